/**
 * mmap(2) of a file (mm/mmap.c, do_mmap). Memory is the host kernel's: once the sentry agrees it puts a host descriptor of
 * the file at the guest's number and lets the host run the call as it stands; every argument is in a register, so nothing
 * can be exchanged in between.
 */

import { EACCES, EAGAIN, EBADF, EINVAL, ENOMEM, EOPNOTSUPP, EOVERFLOW, EPERM } from '../src/abi/errno.js';
import {
  MAP_32BIT,
  MAP_ANONYMOUS,
  MAP_DENYWRITE,
  MAP_EXECUTABLE,
  MAP_FIXED,
  MAP_FIXED_NOREPLACE,
  MAP_GROWSDOWN,
  MAP_HUGETLB,
  MAP_LOCKED,
  MAP_NONBLOCK,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_STACK,
  MAP_TYPE,
  MAP_UNINITIALIZED,
  PROT_EXEC,
  PROT_WRITE,
} from '../src/abi/mman.js';
import { MS_NOEXEC } from '../src/abi/stat.js';
import { noteMapping } from '../src/fs/proc/maps.js';
import { removedSegmentAt } from '../src/kernel/ipc/shm.js';
import type { Task } from '../src/kernel/task.js';
import { CONTINUE } from '../src/kernel/wait.js';
import type { OpenFile } from '../src/vfs/file.js';
import { fileOf, TASK_SIZE_MAX } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

const PAGE_SIZE = 4096;
/** Flags that MAP_SHARED_VALIDATE accepts (LEGACY_MAP_MASK); MAP_SYNC only on file systems that have it, which is none. */
const LEGACY_MAP_MASK =
  MAP_SHARED |
  MAP_PRIVATE |
  MAP_FIXED |
  MAP_FIXED_NOREPLACE |
  MAP_ANONYMOUS |
  MAP_DENYWRITE |
  MAP_EXECUTABLE |
  MAP_UNINITIALIZED |
  MAP_GROWSDOWN |
  MAP_LOCKED |
  MAP_NORESERVE |
  MAP_POPULATE |
  MAP_NONBLOCK |
  MAP_STACK |
  MAP_HUGETLB |
  MAP_32BIT;

/** Rights of a mapping against those of its file. @returns whether the mapping may ever be written through, or -errno */
function checkMapping(file: OpenFile, prot: number, flags: number): boolean | number {
  const type = flags & MAP_TYPE;
  if (type !== MAP_SHARED && type !== MAP_SHARED_VALIDATE && type !== MAP_PRIVATE) return -EINVAL;
  const shared = type !== MAP_PRIVATE;
  if (type === MAP_SHARED_VALIDATE && (flags & ~LEGACY_MAP_MASK) !== 0) return -EOPNOTSUPP;
  if (shared && (prot & PROT_WRITE) !== 0 && !file.writable) return -EACCES;
  if (!file.readable) return -EACCES;
  if ((prot & PROT_EXEC) !== 0 && (file.path.mount.flags & MS_NOEXEC) !== 0) return -EPERM;
  // mprotect(2) is the host's: a mapping of a file that the caller may not write must come from a read-only descriptor.
  return shared && file.writable;
}

function sysMmap(task: Task, args: SyscallArgs): number {
  const flags = args.int(3);
  const offset = args.long(5);
  if (offset % PAGE_SIZE !== 0) return -EINVAL;
  if ((flags & MAP_ANONYMOUS) !== 0) return CONTINUE;
  const fd = args.int(4);
  const other = task.mapsZeroAs;
  const file = fileOf(task, other !== undefined && fd === other ? 0 : fd);
  if (file === undefined) return -EBADF;
  const len = args.long(1);
  if (len === 0) return -EINVAL;
  if (len < 0 || len > TASK_SIZE_MAX) return -ENOMEM;
  if (offset < 0) return -EOVERFLOW;
  if ((flags & MAP_HUGETLB) !== 0) return -EINVAL;
  const writable = checkMapping(file, args.int(2), flags);
  if (typeof writable === 'number') return writable;
  let source = file.map(writable);
  // Sealed against writing: a mapping that only reads now can never be made writable.
  if (source === -EPERM && (args.int(2) & PROT_WRITE) === 0) source = file.map(false);
  if (typeof source === 'number') return source;
  noteMapping(task.kernel, source.hostFd, file.path);
  // Another thread's shmat(2), or mmap of descriptor 0, has just that number at the host, for an instant.
  if (fd !== other && task.container.ipc.isReservedFd(fd)) return -EAGAIN;
  const put = task.kernel.native.addFd(task.hostTid, source.hostFd, fd);
  return put < 0 ? put : CONTINUE;
}

/**
 * The host's own work, with the rights that the mapping has. Only a removed segment of shared memory (shmctl(2)) cannot be
 * mapped anew, and that is what this does.
 */
function sysRemapFilePages(task: Task, args: SyscallArgs): number {
  const addr = args.ptr(0);
  return removedSegmentAt(task, addr) ? -EINVAL : CONTINUE;
}

export const mmapFamily: Family = {
  remap_file_pages: {
    handler: sysRemapFilePages,
    args: ['ptr', 'size', 'prot', 'off', 'map-flags'],
    status: 'full',
  },
  mmap: {
    handler: sysMmap,
    args: ['ptr', 'size', 'prot', 'map-flags', 'fd', 'off'],
    status: 'partial',
    note: 'only files whose bytes the host can map (ENODEV otherwise); no MAP_HUGETLB files',
  },
};
