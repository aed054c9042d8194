/** memfd_create(2). */

import { EFAULT, EINVAL, ENAMETOOLONG } from '../src/abi/errno.js';
import { MFD_ALLOW_SEALING, MFD_CLOEXEC, MFD_HUGETLB, O_RDWR } from '../src/abi/fcntl.js';
import { initialSeals, MemfdInode, memfdPath } from '../src/fs/memfd.js';
import { createAnonFile } from '../src/fs/tmpfs/tmpfs.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { OpenFile } from '../src/vfs/file.js';
import { installFd } from './anon-fd.js';
import type { Family, SyscallArgs } from './family.js';

/** include/uapi/linux/memfd.h */
const MFD_NOEXEC_SEAL = 8;
const MFD_EXEC = 16;
/** "memfd:" and the name make up a file name. */
const NAME_BYTES = 249;

function sysMemfdCreate(task: Task, args: SyscallArgs): SyscallResult {
  const flags = args.uint(1);
  // Huge pages are not there to be had.
  if (
    (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL | MFD_EXEC)) !== 0 ||
    (flags & MFD_HUGETLB) !== 0
  )
    return -EINVAL;
  if ((flags & MFD_EXEC) !== 0 && (flags & MFD_NOEXEC_SEAL) !== 0) return -EINVAL;
  const name = task.mem.string(args.ptr(0), NAME_BYTES + 1);
  if (typeof name === 'number') return name === -ENAMETOOLONG ? -EINVAL : -EFAULT;
  const noExec = (flags & MFD_NOEXEC_SEAL) !== 0;
  const made = createAnonFile(task.kernel.native, name, 0, 0, task.container.memory);
  if (typeof made === 'number') return made;
  made.setattr({ mode: noExec ? 0o666 : 0o777, uid: task.cred.fsuid, gid: task.cred.fsgid });
  const inode = new MemfdInode(
    task.kernel.native,
    made,
    initialSeals((flags & MFD_ALLOW_SEALING) !== 0, noExec),
  );
  const file = inode.open(task, memfdPath(task.kernel, inode, name), O_RDWR);
  if (!(file instanceof OpenFile)) return typeof file === 'number' ? file : -EINVAL;
  return installFd(task, file, (flags & MFD_CLOEXEC) !== 0);
}

export const memfdFamily: Family = {
  memfd_create: {
    handler: sysMemfdCreate,
    args: ['str', 'hex'],
    status: 'partial',
    note: 'no MFD_HUGETLB',
  },
};
