/** name_to_handle_at(2) and open_by_handle_at(2). */

import { EBADF, EFAULT, EINVAL, EOPNOTSUPP, EOVERFLOW, EPERM, ESTALE } from '../src/abi/errno.js';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_HANDLE_FID,
  AT_SYMLINK_FOLLOW,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
} from '../src/abi/fcntl.js';
import { CAP_DAC_READ_SEARCH, RLIMIT_NOFILE } from '../src/abi/sched.js';
import { capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { OpenFile } from '../src/vfs/file.js';
import { findHandle, HANDLE_BYTES, HANDLE_TYPE, handleOf } from '../src/vfs/handles.js';
import { openFound } from '../src/vfs/open.js';
import { pathAt } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

/** struct file_handle: bytes (4), type (4), then the handle. */
const HEADER = 8;
const MAX_HANDLE_SZ = 128;

function sysNameToHandleAt(task: Task, args: SyscallArgs): number {
  const flags = args.int(4);
  if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH | AT_HANDLE_FID)) !== 0) return -EINVAL;
  const follow = (flags & AT_SYMLINK_FOLLOW) !== 0 ? 0 : AT_SYMLINK_NOFOLLOW;
  const path = pathAt(task, args.int(0), args.ptr(1), (flags & AT_EMPTY_PATH) | follow);
  if (typeof path === 'number') return path;
  const ino = handleOf(path);
  if (ino === undefined) return -EOPNOTSUPP;
  const addr = args.ptr(2);
  const room = task.mem.u32(addr);
  if (Number.isNaN(room)) return -EFAULT;
  if (room > MAX_HANDLE_SZ) return -EINVAL;
  const err = task.mem.putU32(args.ptr(3), path.mount.id);
  if (err < 0) return err;
  const fits = room >= HANDLE_BYTES;
  const size = fits ? HEADER + HANDLE_BYTES : HEADER;
  const dv = task.mem.stage(size);
  dv.setUint32(0, HANDLE_BYTES, true);
  dv.setInt32(4, HANDLE_TYPE, true);
  if (fits) dv.setBigUint64(HEADER, BigInt(ino), true);
  return task.mem.post(addr, size) || (fits ? 0 : -EOVERFLOW);
}

/** The mount that a descriptor (or AT_FDCWD) lies in. */
function mountOf(task: Task, fd: number) {
  return fd === AT_FDCWD ? task.fs.cwd.mount : task.files.get(fd)?.path.mount;
}

function sysOpenByHandleAt(task: Task, args: SyscallArgs): SyscallResult {
  const addr = args.ptr(1);
  const header = task.mem.view(addr, HEADER);
  if (typeof header === 'number') return header;
  const bytes = header.getUint32(0, true);
  const type = header.getInt32(4, true);
  if (bytes > MAX_HANDLE_SZ || bytes === 0) return -EINVAL;
  const mount = mountOf(task, args.int(0));
  if (mount === undefined) return -EBADF;
  if (!capable(task.cred, CAP_DAC_READ_SEARCH)) return -EPERM;
  const handle = task.mem.view(addr + HEADER, bytes);
  if (typeof handle === 'number') return handle;
  if (mount.fs.exportsHandles !== true || type !== HANDLE_TYPE || bytes < HANDLE_BYTES) return -ESTALE;
  const path = findHandle(task, mount, Number(handle.getBigUint64(0, true)));
  if (path === undefined) return -ESTALE;
  const limit = task.group.limit(RLIMIT_NOFILE);
  const free = task.files.roomFor(limit);
  if (free < 0) return free;
  const flags = args.int(2);
  const cloexec = (flags & O_CLOEXEC) !== 0;
  const file = openFound(task, path, flags & ~O_CLOEXEC);
  if (file instanceof OpenFile) return task.files.install(file, cloexec, limit);
  if (typeof file === 'number') return file;
  return file.block((opened) => task.files.install(opened, cloexec, limit));
}

export const handleFamily: Family = {
  name_to_handle_at: {
    handler: sysNameToHandleAt,
    args: ['dirfd', 'path', 'struct', 'ptr', 'at-flags'],
    status: 'partial',
    note: 'no AT_HANDLE_CONNECTABLE and AT_HANDLE_MNT_ID_UNIQUE; generated file systems have no handles: EOPNOTSUPP',
  },
  open_by_handle_at: {
    handler: sysOpenByHandleAt,
    args: ['fd', 'struct', 'open-flags'],
    status: 'partial',
    note: 'an object is found by the name that it had; without it ESTALE',
  },
};
