/** file_getattr(2) and file_setattr(2) of Linux 6.17 (fs/file_attr.c): inode flags, project and extent sizes, which no file system here keeps. */

import { E2BIG, EINVAL, EOPNOTSUPP } from '../src/abi/errno.js';
import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW } from '../src/abi/fcntl.js';
import type { Task } from '../src/kernel/task.js';
import { mountWritable } from '../src/vfs/permission.js';
import { pathAt } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

/** struct file_attr: flags (8), then four 32-bit numbers. */
const FILE_ATTR_SIZE = 24;
const SIZE_MAX = 4096;

function checkSize(args: SyscallArgs): number {
  if ((args.uint(4) & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const size = args.long(3);
  if (size > SIZE_MAX) return -E2BIG;
  return size < FILE_ATTR_SIZE ? -EINVAL : 0;
}

function sysFileGetattr(task: Task, args: SyscallArgs): number {
  const bad = checkSize(args);
  if (bad < 0) return bad;
  const path = pathAt(task, args.int(0), args.ptr(1), args.int(4));
  return typeof path === 'number' ? path : -EOPNOTSUPP;
}

function sysFileSetattr(task: Task, args: SyscallArgs): number {
  const bad = checkSize(args);
  if (bad < 0) return bad;
  const dv = task.mem.view(args.ptr(2), args.long(3));
  if (typeof dv === 'number') return dv;
  for (let i = FILE_ATTR_SIZE; i < dv.byteLength; i++) if (dv.getUint8(i) !== 0) return -E2BIG;
  const path = pathAt(task, args.int(0), args.ptr(1), args.int(4));
  if (typeof path === 'number') return path;
  return mountWritable(path) || -EOPNOTSUPP;
}

const NOTE = 'EOPNOTSUPP: no file system here has inode flags or projects';

export const fileAttrFamily: Family = {
  file_getattr: {
    handler: sysFileGetattr,
    args: ['dirfd', 'path', 'ptr', 'size', 'at-flags'],
    status: 'partial',
    note: NOTE,
  },
  file_setattr: {
    handler: sysFileSetattr,
    args: ['dirfd', 'path', 'struct', 'size', 'at-flags'],
    status: 'partial',
    note: NOTE,
  },
};
