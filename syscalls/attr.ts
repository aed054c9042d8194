/** Changing what a file is: modes, owners, times, sizes, and making it durable (fs/open.c, fs/utimes.c, fs/sync.c). */

import {
  EBADF,
  EFAULT,
  EFBIG,
  EINVAL,
  EISDIR,
  ENODEV,
  ENOTTY,
  EOPNOTSUPP,
  ESPIPE,
} from '../src/abi/errno.js';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_INSERT_RANGE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_UNSHARE_RANGE,
  FALLOC_FL_ZERO_RANGE,
  SYNC_FILE_RANGE_WAIT_AFTER,
  SYNC_FILE_RANGE_WAIT_BEFORE,
  SYNC_FILE_RANGE_WRITE,
  UTIME_NOW,
  UTIME_OMIT,
} from '../src/abi/fcntl.js';
import { IN_MODIFY } from '../src/abi/poll.js';
import { RLIMIT_FSIZE } from '../src/abi/sched.js';
import { SIGXFSZ } from '../src/abi/signal.js';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../src/abi/stat.js';
import { getI64, getTimespec, getTimeval } from '../src/abi/structs-file.js';
import { raise } from '../src/kernel/signals.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { inodeOf, type Path } from '../src/vfs/dentry.js';
import { MAX_OFFSET } from '../src/vfs/file.js';
import { vfsChmod, vfsChown, vfsTruncate, vfsUtimens } from '../src/vfs/fsops.js';
import type { Timespec } from '../src/vfs/inode.js';
import { notifyPath } from '../src/vfs/notify.js';
import { fileOf, pathAt } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

// --- modes and owners -------------------------------------------------------------------------------------------

function chmodAt(task: Task, dirfd: number, nameAddr: number, mode: number, flags: number): number {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const path = pathAt(task, dirfd, nameAddr, flags);
  if (typeof path === 'number') return path;
  if ((inodeOf(path).mode & S_IFMT) === S_IFLNK) return -EOPNOTSUPP;
  return vfsChmod(task, path, mode & 0o7777);
}
const sysChmod = (task: Task, args: SyscallArgs): number =>
  chmodAt(task, AT_FDCWD, args.ptr(0), args.uint(1), 0);
const sysFchmodat = (task: Task, args: SyscallArgs): number =>
  chmodAt(task, args.int(0), args.ptr(1), args.uint(2), 0);
const sysFchmodat2 = (task: Task, args: SyscallArgs): number =>
  chmodAt(task, args.int(0), args.ptr(1), args.uint(2), args.int(3));
function sysFchmod(task: Task, args: SyscallArgs): number {
  const file = fileOf(task, args.int(0));
  return file === undefined ? -EBADF : vfsChmod(task, file.path, args.uint(1) & 0o7777);
}

/** An id argument: 0xffffffff means "keep", -1 in the kernel. */
function idArg(args: SyscallArgs, i: number): number {
  const id = args.uint(i);
  return id === 0xffffffff ? -1 : id;
}

function chownAt(
  task: Task,
  dirfd: number,
  nameAddr: number,
  uid: number,
  gid: number,
  flags: number,
): number {
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const path = pathAt(task, dirfd, nameAddr, flags);
  return typeof path === 'number' ? path : vfsChown(task, path, uid, gid);
}
const sysChown = (task: Task, args: SyscallArgs): number =>
  chownAt(task, AT_FDCWD, args.ptr(0), idArg(args, 1), idArg(args, 2), 0);
const sysLchown = (task: Task, args: SyscallArgs): number =>
  chownAt(task, AT_FDCWD, args.ptr(0), idArg(args, 1), idArg(args, 2), AT_SYMLINK_NOFOLLOW);
const sysFchownat = (task: Task, args: SyscallArgs): number =>
  chownAt(task, args.int(0), args.ptr(1), idArg(args, 2), idArg(args, 3), args.int(4));
function sysFchown(task: Task, args: SyscallArgs): number {
  const file = fileOf(task, args.int(0));
  return file === undefined ? -EBADF : vfsChown(task, file.path, idArg(args, 1), idArg(args, 2));
}

// --- times ------------------------------------------------------------------------------------------------------

/** Two times as a program gave them; undefined: both now. */
type Times = readonly [Timespec, Timespec] | undefined;

function validNsec(t: Timespec): boolean {
  return t.nsec === UTIME_NOW || t.nsec === UTIME_OMIT || (t.nsec >= 0 && t.nsec < 1_000_000_000);
}

/** vfs_utimes: works out now and omit, then changes the inode. */
function setTimes(task: Task, path: Path, times: Times): number {
  const now = task.kernel.realtime();
  if (times === undefined) return vfsUtimens(task, path, now, now, false);
  const [a, m] = times;
  if (!validNsec(a) || !validNsec(m)) return -EINVAL;
  // Both now: whoever may write may do it. Anything else is for the owner alone.
  const explicit = a.nsec !== UTIME_NOW || m.nsec !== UTIME_NOW;
  const pick = (t: Timespec): Timespec | undefined =>
    t.nsec === UTIME_OMIT ? undefined : t.nsec === UTIME_NOW ? now : t;
  return vfsUtimens(task, path, pick(a), pick(m), explicit);
}

/** do_utimes: by name, or the descriptor itself when there is no name. */
function utimesAt(task: Task, dirfd: number, nameAddr: number, times: Times, flags: number): number {
  if (nameAddr === 0 && dirfd !== AT_FDCWD) {
    if (flags !== 0) return -EINVAL;
    const file = fileOf(task, dirfd);
    return file === undefined ? -EBADF : setTimes(task, file.path, times);
  }
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const path = nameAddr === 0 ? -EFAULT : pathAt(task, dirfd, nameAddr, flags);
  return typeof path === 'number' ? path : setTimes(task, path, times);
}

function sysUtimensat(task: Task, args: SyscallArgs): number {
  let times: Times;
  const addr = args.ptr(2);
  if (addr !== 0) {
    const view = task.mem.view(addr, 32);
    if (typeof view === 'number') return view;
    times = [getTimespec(view, 0), getTimespec(view, 16)];
    if (times[0].nsec === UTIME_OMIT && times[1].nsec === UTIME_OMIT) return 0;
  }
  return utimesAt(task, args.int(0), args.ptr(1), times, args.int(3));
}

/** The two struct timeval of utimes(2). */
function readTimevals(task: Task, addr: number): Times | number {
  if (addr === 0) return undefined;
  const view = task.mem.view(addr, 32);
  if (typeof view === 'number') return view;
  const a = getTimeval(view, 0);
  const m = getTimeval(view, 16);
  return a === undefined || m === undefined ? -EINVAL : [a, m];
}

function sysUtimes(task: Task, args: SyscallArgs): number {
  const times = readTimevals(task, args.ptr(1));
  return typeof times === 'number' ? times : utimesAt(task, AT_FDCWD, args.ptr(0), times, 0);
}

function sysFutimesat(task: Task, args: SyscallArgs): number {
  const times = readTimevals(task, args.ptr(2));
  return typeof times === 'number' ? times : utimesAt(task, args.int(0), args.ptr(1), times, 0);
}

/** utime(2): struct utimbuf, two seconds counts. */
function sysUtime(task: Task, args: SyscallArgs): number {
  let times: Times;
  const addr = args.ptr(1);
  if (addr !== 0) {
    const view = task.mem.view(addr, 16);
    if (typeof view === 'number') return view;
    times = [
      { sec: getI64(view, 0), nsec: 0 },
      { sec: getI64(view, 8), nsec: 0 },
    ];
  }
  return utimesAt(task, AT_FDCWD, args.ptr(0), times, 0);
}

// --- sizes ------------------------------------------------------------------------------------------------------

/** inode_newsize_ok: growing past RLIMIT_FSIZE raises SIGXFSZ. */
function checkSize(task: Task, size: number, old: number): number {
  if (size > old && size > task.group.limit(RLIMIT_FSIZE)) {
    raise(task, SIGXFSZ);
    return -EFBIG;
  }
  return size > MAX_OFFSET ? -EFBIG : 0;
}

function sysTruncate(task: Task, args: SyscallArgs): SyscallResult {
  const size = args.long(1);
  if (size < 0) return -EINVAL;
  const path = pathAt(task, AT_FDCWD, args.ptr(0), 0);
  if (typeof path === 'number') return path;
  const attr = inodeOf(path).getattr();
  const type = attr.mode & S_IFMT;
  if (type === S_IFDIR) return -EISDIR;
  if (type !== S_IFREG) return -EINVAL;
  const bad = checkSize(task, size, attr.size);
  return bad < 0 ? bad : vfsTruncate(task, path, size);
}

function sysFtruncate(task: Task, args: SyscallArgs): number {
  const size = args.long(1);
  if (size < 0) return -EINVAL;
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  const attr = file.getattr();
  if ((attr.mode & S_IFMT) !== S_IFREG || !file.writable) return -EINVAL;
  const bad = checkSize(task, size, attr.size);
  if (bad < 0) return bad;
  const r = file.truncate(size);
  if (r >= 0) notifyPath(file.path, IN_MODIFY);
  return r;
}

/** Which fallocate(2) modes go together (fs/open.c, vfs_fallocate). */
function checkFallocMode(mode: number): number {
  const how = mode & ~FALLOC_FL_KEEP_SIZE;
  const keep = (mode & FALLOC_FL_KEEP_SIZE) !== 0;
  switch (how) {
    case 0:
    case FALLOC_FL_ZERO_RANGE:
    case FALLOC_FL_UNSHARE_RANGE:
      return 0;
    case FALLOC_FL_PUNCH_HOLE:
      return keep ? 0 : -EOPNOTSUPP;
    case FALLOC_FL_COLLAPSE_RANGE:
    case FALLOC_FL_INSERT_RANGE:
      return keep ? -EOPNOTSUPP : 0;
    default:
      return -EOPNOTSUPP;
  }
}

function sysFallocate(task: Task, args: SyscallArgs): number {
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  const mode = args.int(1);
  const pos = args.long(2);
  const len = args.long(3);
  if (pos < 0 || len <= 0) return -EINVAL;
  const bad = checkFallocMode(mode);
  if (bad < 0) return bad;
  if (!file.writable) return -EBADF;
  const attr = file.getattr();
  switch (attr.mode & S_IFMT) {
    case S_IFREG:
    case S_IFBLK:
      break;
    case S_IFIFO:
      return -ESPIPE;
    case S_IFDIR:
      return -EISDIR;
    default:
      return -ENODEV;
  }
  if (pos + len > MAX_OFFSET) return -EFBIG;
  if ((mode & FALLOC_FL_KEEP_SIZE) === 0) {
    const tooBig = checkSize(task, pos + len, attr.size);
    if (tooBig < 0) return tooBig;
  }
  const r = file.allocate(mode, pos, len);
  if (r >= 0) notifyPath(file.path, IN_MODIFY);
  return r === -ENOTTY ? -EOPNOTSUPP : r;
}

// --- durability and advice --------------------------------------------------------------------------------------

function syncFile(task: Task, fd: number, dataOnly: boolean): SyscallResult {
  const file = fileOf(task, fd);
  return file === undefined ? -EBADF : file.fsync(dataOnly);
}
const sysFsync = (task: Task, args: SyscallArgs): SyscallResult => syncFile(task, args.int(0), false);
const sysFdatasync = (task: Task, args: SyscallArgs): SyscallResult => syncFile(task, args.int(0), true);

/** Every mounted file system that keeps something outside memory; the others have nothing to write. */
function sysSync(task: Task): number {
  for (const mount of task.container.mounts.mounts) mount.fs.sync?.();
  return 0;
}

function sysSyncfs(task: Task, args: SyscallArgs): number {
  const file = fileOf(task, args.int(0));
  return file === undefined ? -EBADF : (file.inode.fs.sync?.() ?? 0);
}

function sysSyncFileRange(task: Task, args: SyscallArgs): SyscallResult {
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  const flags = args.uint(3);
  const known = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
  const pos = args.long(1);
  const len = args.long(2);
  if ((flags & ~known) !== 0 || pos < 0 || len < 0) return -EINVAL;
  const type = file.inode.mode & S_IFMT;
  if (type !== S_IFREG && type !== S_IFBLK && type !== S_IFDIR && type !== S_IFLNK) return -ESPIPE;
  if (flags === 0) return 0;
  return flags === SYNC_FILE_RANGE_WRITE ? file.startWriteback(pos, len) : file.fsync(true);
}

/** posix_fadvise(2): a hint about access patterns. Checked, and then safe to do nothing about. */
function sysFadvise64(task: Task, args: SyscallArgs): number {
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if ((file.inode.mode & S_IFMT) === S_IFIFO) return -ESPIPE;
  const advice = args.int(3);
  return args.long(2) < 0 || advice < 0 || advice > 5 ? -EINVAL : 0;
}

/** readahead(2): a hint; pages are the host's to bring in. */
function sysReadahead(task: Task, args: SyscallArgs): number {
  const file = fileOf(task, args.int(0));
  if (file === undefined || !file.readable) return -EBADF;
  const type = file.inode.mode & S_IFMT;
  if (type === S_IFDIR || type === S_IFIFO || type === S_IFSOCK || type === S_IFCHR) return -EINVAL;
  return 0;
}

export const attrFamily: Family = {
  chmod: { handler: sysChmod, args: ['path', 'mode'], status: 'full' },
  fchmod: { handler: sysFchmod, args: ['fd', 'mode'], status: 'full' },
  fchmodat: { handler: sysFchmodat, args: ['dirfd', 'path', 'mode'], status: 'full' },
  fchmodat2: { handler: sysFchmodat2, args: ['dirfd', 'path', 'mode', 'at-flags'], status: 'full' },
  chown: { handler: sysChown, args: ['path', 'int', 'int'], status: 'full' },
  lchown: { handler: sysLchown, args: ['path', 'int', 'int'], status: 'full' },
  fchown: { handler: sysFchown, args: ['fd', 'int', 'int'], status: 'full' },
  fchownat: { handler: sysFchownat, args: ['dirfd', 'path', 'int', 'int', 'at-flags'], status: 'full' },
  utime: { handler: sysUtime, args: ['path', 'ptr'], status: 'full' },
  utimes: { handler: sysUtimes, args: ['path', 'ptr'], status: 'full' },
  futimesat: { handler: sysFutimesat, args: ['dirfd', 'path', 'ptr'], status: 'full' },
  utimensat: { handler: sysUtimensat, args: ['dirfd', 'path', 'ptr', 'at-flags'], status: 'full' },
  truncate: { handler: sysTruncate, args: ['path', 'off'], status: 'full' },
  ftruncate: { handler: sysFtruncate, args: ['fd', 'off'], status: 'full' },
  fallocate: { handler: sysFallocate, args: ['fd', 'hex', 'off', 'off'], status: 'full' },
  fsync: { handler: sysFsync, args: ['fd'], status: 'full' },
  fdatasync: { handler: sysFdatasync, args: ['fd'], status: 'full' },
  sync: {
    handler: sysSync,
    args: [],
    status: 'partial',
    note: 'in-memory file systems have nothing to write; host directories are synced where they offer it',
  },
  syncfs: {
    handler: sysSyncfs,
    args: ['fd'],
    status: 'partial',
    note: 'in-memory file systems have nothing to write; host directories are synced where they offer it',
  },
  sync_file_range: { handler: sysSyncFileRange, args: ['fd', 'off', 'off', 'hex'], status: 'full' },
  fadvise64: {
    handler: sysFadvise64,
    args: ['fd', 'off', 'off', 'int'],
    status: 'full',
    note: 'a hint: checked, not acted on',
  },
  readahead: {
    handler: sysReadahead,
    args: ['fd', 'off', 'size'],
    status: 'full',
    note: 'a hint: checked, not acted on',
  },
};
