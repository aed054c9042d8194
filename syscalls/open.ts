/** open(2), creat(2), openat2(2) (fs/open.c). */

import { E2BIG, EAGAIN, EFAULT, EINVAL } from '../src/abi/errno.js';
import {
  __O_TMPFILE,
  AT_FDCWD,
  O_ACCMODE,
  O_APPEND,
  O_ASYNC,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECT,
  O_DIRECTORY,
  O_EXCL,
  O_LARGEFILE,
  O_NOATIME,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_CACHED,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from '../src/abi/fcntl.js';
import { RLIMIT_NOFILE } from '../src/abi/sched.js';
import { getU64 } from '../src/abi/structs-file.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { OpenFile } from '../src/vfs/file.js';
import { openAt } from '../src/vfs/namei.js';
import type { Family, SyscallArgs } from './family.js';

/** Every flag of open(2); others are ignored by open and refused by openat2. */
const VALID_OPEN_FLAGS =
  O_ACCMODE |
  O_CREAT |
  O_EXCL |
  O_NOCTTY |
  O_TRUNC |
  O_APPEND |
  O_NONBLOCK |
  O_SYNC |
  O_ASYNC |
  O_DIRECT |
  O_LARGEFILE |
  O_DIRECTORY |
  O_NOFOLLOW |
  O_NOATIME |
  O_CLOEXEC |
  O_PATH |
  __O_TMPFILE;
const O_PATH_FLAGS = O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;
const VALID_RESOLVE =
  RESOLVE_NO_XDEV |
  RESOLVE_NO_MAGICLINKS |
  RESOLVE_NO_SYMLINKS |
  RESOLVE_BENEATH |
  RESOLVE_IN_ROOT |
  RESOLVE_CACHED;
const MODE_BITS = 0o7777;

/**
 * What build_open_flags refuses. `flags` has only valid bits and, with O_PATH, only those that go with it.
 * @returns 0 or -EINVAL
 */
function checkOpenFlags(flags: number): number {
  if ((flags & __O_TMPFILE) !== 0) {
    if ((flags & O_DIRECTORY) === 0 || (flags & O_CREAT) !== 0 || (flags & O_ACCMODE) === O_RDONLY)
      return -EINVAL;
  } else if ((flags & O_CREAT) !== 0 && (flags & O_DIRECTORY) !== 0) return -EINVAL;
  return 0;
}

/** The rest of every open: a free number first, then the file, then both together. */
function finishOpen(
  task: Task,
  dirfd: number,
  nameAddr: number,
  flags: number,
  mode: number,
  resolve: number,
): SyscallResult {
  const name = task.mem.path(nameAddr);
  if (typeof name === 'number') return name;
  const limit = task.group.limit(RLIMIT_NOFILE);
  const free = task.files.roomFor(limit);
  if (free < 0) return free;
  const cloexec = (flags & O_CLOEXEC) !== 0;
  const file = openAt(task, dirfd, name, flags & ~O_CLOEXEC, mode, resolve);
  if (file instanceof OpenFile) return task.files.install(file, cloexec, limit);
  if (typeof file === 'number') return file;
  // A FIFO whose other end is not there yet.
  return file.block((opened) => task.files.install(opened, cloexec, limit));
}

function doOpen(
  task: Task,
  dirfd: number,
  nameAddr: number,
  rawFlags: number,
  rawMode: number,
): SyscallResult {
  let flags = (rawFlags & VALID_OPEN_FLAGS) | O_LARGEFILE;
  if ((flags & O_PATH) !== 0) flags &= O_PATH_FLAGS;
  const bad = checkOpenFlags(flags);
  if (bad < 0) return bad;
  const mode = (flags & (O_CREAT | __O_TMPFILE)) !== 0 ? rawMode & MODE_BITS : 0;
  return finishOpen(task, dirfd, nameAddr, flags, mode, 0);
}

function sysOpen(task: Task, args: SyscallArgs): SyscallResult {
  return doOpen(task, AT_FDCWD, args.ptr(0), args.int(1), args.uint(2));
}

function sysOpenat(task: Task, args: SyscallArgs): SyscallResult {
  return doOpen(task, args.int(0), args.ptr(1), args.int(2), args.uint(3));
}

function sysCreat(task: Task, args: SyscallArgs): SyscallResult {
  return doOpen(task, AT_FDCWD, args.ptr(0), O_CREAT | O_WRONLY | O_TRUNC, args.uint(1));
}

/** struct open_how of the first version: flags, mode, resolve. */
const OPEN_HOW_SIZE = 24;

function sysOpenat2(task: Task, args: SyscallArgs): SyscallResult {
  const size = args.long(3);
  if (size >= 0 && size < OPEN_HOW_SIZE) return -EINVAL;
  if (size < 0 || size > 4096) return -E2BIG;
  const how = task.mem.view(args.ptr(2), size);
  if (typeof how === 'number') return -EFAULT;
  for (let i = OPEN_HOW_SIZE; i < size; i++) if (how.getUint8(i) !== 0) return -E2BIG;
  const flags64 = getU64(how, 0);
  const mode = getU64(how, 8);
  const resolve = getU64(how, 16);
  if (flags64 > 0xffffffff || (flags64 & ~VALID_OPEN_FLAGS) !== 0) return -EINVAL;
  if (resolve > 0xffffffff || (resolve & ~VALID_RESOLVE) !== 0) return -EINVAL;
  if ((resolve & RESOLVE_BENEATH) !== 0 && (resolve & RESOLVE_IN_ROOT) !== 0) return -EINVAL;
  let flags = flags64 | 0;
  if ((flags & (O_CREAT | __O_TMPFILE)) !== 0) {
    if (mode > MODE_BITS) return -EINVAL;
  } else if (mode !== 0) return -EINVAL;
  const bad = checkOpenFlags(flags);
  if (bad < 0) return bad;
  if ((flags & O_PATH) !== 0) {
    if ((flags & ~O_PATH_FLAGS) !== 0) return -EINVAL;
  } else flags |= O_LARGEFILE;
  if ((resolve & RESOLVE_CACHED) !== 0) {
    // Without a cache that is known to answer every step the honest answer is "not from the cache": callers then try again without.
    return -EAGAIN;
  }
  return finishOpen(task, args.int(0), args.ptr(1), flags, mode, resolve);
}

export const openFamily: Family = {
  open: { handler: sysOpen, args: ['path', 'open-flags', 'mode'], status: 'full' },
  openat: { handler: sysOpenat, args: ['dirfd', 'path', 'open-flags', 'mode'], status: 'full' },
  creat: { handler: sysCreat, args: ['path', 'mode'], status: 'full' },
  openat2: {
    handler: sysOpenat2,
    args: ['dirfd', 'path', 'struct', 'size'],
    status: 'partial',
    note: 'RESOLVE_CACHED always gives EAGAIN',
  },
};
