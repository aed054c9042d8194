/** What a file is: stat(2), statx(2), access(2), readlink(2), statfs(2) (fs/stat.c, fs/open.c, fs/statfs.c). */

import { EACCES, EBADF, EFAULT, EINVAL, ENOENT } from '../src/abi/errno.js';
import {
  AT_EACCESS,
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_NO_AUTOMOUNT,
  AT_STATX_SYNC_TYPE,
  AT_SYMLINK_NOFOLLOW,
} from '../src/abi/fcntl.js';
import { CAP_DAC_OVERRIDE } from '../src/abi/sched.js';
import {
  MS_NOEXEC,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  STATX__RESERVED,
} from '../src/abi/stat.js';
import {
  encodeStat,
  encodeStatfs,
  encodeStatx,
  encodeUstat,
  putBytes,
  SIZEOF_STAT,
  SIZEOF_STATFS,
  SIZEOF_STATX,
  SIZEOF_USTAT,
} from '../src/abi/structs-file.js';
import { CAP_FULL_SET, type Cred, capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import { inodeOf, type Path } from '../src/vfs/dentry.js';
import type { Attr, FileSystem } from '../src/vfs/inode.js';
import { LOOKUP_EMPTY, LOOKUP_FOLLOW, resolveAt } from '../src/vfs/namei.js';
import { mayAccess, mountWritable } from '../src/vfs/permission.js';
import { pathAt } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

function postStat(task: Task, attr: Attr, fs: FileSystem, addr: number): number {
  encodeStat(task.mem.stage(SIZEOF_STAT), attr, fs.dev);
  return task.mem.post(addr, SIZEOF_STAT);
}

function statName(task: Task, nameAddr: number, bufAddr: number, lookup: number): number {
  const name = task.mem.path(nameAddr);
  if (typeof name === 'number') return name;
  const path = resolveAt(task, AT_FDCWD, name, lookup);
  if (typeof path === 'number') return path;
  const inode = inodeOf(path);
  return postStat(task, inode.getattr(), inode.fs, bufAddr);
}
const sysStat = (task: Task, args: SyscallArgs): number =>
  statName(task, args.ptr(0), args.ptr(1), LOOKUP_FOLLOW);
const sysLstat = (task: Task, args: SyscallArgs): number => statName(task, args.ptr(0), args.ptr(1), 0);

function statFd(task: Task, fd: number, bufAddr: number): number {
  const file = task.files.get(fd);
  return file === undefined ? -EBADF : postStat(task, file.getattr(), file.inode.fs, bufAddr);
}
const sysFstat = (task: Task, args: SyscallArgs): number => statFd(task, args.int(0), args.ptr(1));

function sysNewfstatat(task: Task, args: SyscallArgs): number {
  const dirfd = args.int(0);
  const flags = args.int(3);
  const nameAddr = args.ptr(1);
  const name = nameAddr === 0 && (flags & AT_EMPTY_PATH) !== 0 ? '' : task.mem.path(nameAddr);
  if (typeof name === 'number') return name;
  // fstat(3) of libc comes this way; like fstat(2) it needs no walk and ignores the other flags.
  if (name === '' && (flags & AT_EMPTY_PATH) !== 0 && dirfd >= 0) return statFd(task, dirfd, args.ptr(2));
  if ((flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)) !== 0)
    return -EINVAL;
  const lookup =
    ((flags & AT_SYMLINK_NOFOLLOW) === 0 ? LOOKUP_FOLLOW : 0) |
    ((flags & AT_EMPTY_PATH) !== 0 ? LOOKUP_EMPTY : 0);
  const path = resolveAt(task, dirfd, name, lookup);
  if (typeof path === 'number') return path;
  const inode = inodeOf(path);
  return postStat(task, inode.getattr(), inode.fs, args.ptr(2));
}

function sysStatx(task: Task, args: SyscallArgs): number {
  const dirfd = args.int(0);
  const nameAddr = args.ptr(1);
  const flags = args.uint(2);
  const want = args.uint(3);
  const empty = (flags & AT_EMPTY_PATH) !== 0;
  const name = nameAddr === 0 && empty ? '' : task.mem.path(nameAddr);
  if (typeof name === 'number') return name;
  if (want >= STATX__RESERVED || (flags & AT_STATX_SYNC_TYPE) === AT_STATX_SYNC_TYPE) return -EINVAL;
  const known = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE;
  if ((flags & ~known) !== 0) return -EINVAL;
  let path: Path | number;
  let attr: Attr;
  if (name === '' && empty && dirfd >= 0) {
    const file = task.files.get(dirfd);
    if (file === undefined) return -EBADF;
    path = file.path;
    attr = file.getattr();
  } else {
    path = resolveAt(
      task,
      dirfd,
      name,
      ((flags & AT_SYMLINK_NOFOLLOW) === 0 ? LOOKUP_FOLLOW : 0) | (empty ? LOOKUP_EMPTY : 0),
    );
    if (typeof path === 'number') return path;
    attr = inodeOf(path).getattr();
  }
  const { mount, dentry } = path;
  encodeStatx(
    task.mem.stage(SIZEOF_STATX),
    attr,
    inodeOf(path).fs.dev,
    want,
    mount.id,
    dentry === mount.root,
  );
  return task.mem.post(args.ptr(4), SIZEOF_STATX);
}

/** The credentials that access(2) checks with: the real ids, and the capabilities that they would have. */
function realCred(cred: Cred): Cred {
  const capEffective = cred.uid === 0 ? cred.capPermitted & CAP_FULL_SET : 0n;
  return { ...cred, fsuid: cred.uid, fsgid: cred.gid, capEffective };
}

/** do_faccessat once path and credentials are known. */
function accessPath(cred: Cred, path: Path, mode: number): number {
  const inode = inodeOf(path);
  const type = inode.mode & S_IFMT;
  if ((mode & 1) !== 0 && type === S_IFREG && (path.mount.flags & MS_NOEXEC) !== 0) return -EACCES;
  if (mode === 0) return 0;
  const err = mayAccess(cred, inode, mode);
  if (err < 0) return err;
  const special = type === S_IFCHR || type === S_IFBLK || type === S_IFIFO || type === S_IFSOCK;
  return (mode & 2) !== 0 && !special ? mountWritable(path) : 0;
}

function accessAt(task: Task, dirfd: number, nameAddr: number, mode: number, flags: number): number {
  if ((mode & ~7) !== 0) return -EINVAL;
  if ((flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const own = task.cred;
  if ((flags & AT_EACCESS) === 0 && !sameIds(own)) task.cred = realCred(own);
  try {
    const path = pathAt(task, dirfd, nameAddr, flags);
    return typeof path === 'number' ? path : accessPath(task.cred, path, mode);
  } finally {
    task.cred = own;
  }
}

/** True if the real ids give the same answers as the effective ones, so that no copy is needed. */
function sameIds(cred: Cred): boolean {
  if (cred.fsuid !== cred.uid || cred.fsgid !== cred.gid) return false;
  return cred.uid === 0
    ? cred.capEffective === cred.capPermitted
    : !capable(cred, CAP_DAC_OVERRIDE) && cred.capEffective === 0n;
}

const sysAccess = (task: Task, args: SyscallArgs): number =>
  accessAt(task, AT_FDCWD, args.ptr(0), args.int(1), 0);
const sysFaccessat = (task: Task, args: SyscallArgs): number =>
  accessAt(task, args.int(0), args.ptr(1), args.int(2), 0);
const sysFaccessat2 = (task: Task, args: SyscallArgs): number =>
  accessAt(task, args.int(0), args.ptr(1), args.int(2), args.int(3));

function readlinkAt(task: Task, dirfd: number, nameAddr: number, bufAddr: number, size: number): number {
  if (size <= 0) return -EINVAL;
  const name = task.mem.path(nameAddr);
  if (typeof name === 'number') return name;
  const path = resolveAt(task, dirfd, name, LOOKUP_EMPTY);
  if (typeof path === 'number') return path;
  const inode = inodeOf(path);
  // An empty name reads the link that an O_PATH descriptor stands for; anything else there is no name at all.
  if ((inode.mode & S_IFMT) !== S_IFLNK) return name === '' ? -ENOENT : -EINVAL;
  const target = inode.readlink(task);
  if (typeof target === 'number') return target;
  const len = Math.min(target.length, size);
  putBytes(task.mem.stage(len), 0, len < target.length ? target.slice(0, len) : target);
  const err = task.mem.post(bufAddr, len);
  return err < 0 ? err : len;
}
const sysReadlink = (task: Task, args: SyscallArgs): number =>
  readlinkAt(task, AT_FDCWD, args.ptr(0), args.ptr(1), args.int(2));
const sysReadlinkat = (task: Task, args: SyscallArgs): number =>
  readlinkAt(task, args.int(0), args.ptr(1), args.ptr(2), args.int(3));

function postStatfs(task: Task, path: Path, addr: number): number {
  const inode = inodeOf(path);
  const { fs } = inode;
  const s = fs.statfs(inode);
  if (typeof s === 'number') return s;
  encodeStatfs(task.mem.stage(SIZEOF_STATFS), s, fs.dev, path.mount.flags);
  return task.mem.post(addr, SIZEOF_STATFS);
}

function sysStatfs(task: Task, args: SyscallArgs): number {
  const path = pathAt(task, AT_FDCWD, args.ptr(0), 0);
  return typeof path === 'number' ? path : postStatfs(task, path, args.ptr(1));
}

function sysFstatfs(task: Task, args: SyscallArgs): number {
  const file = task.files.get(args.int(0));
  return file === undefined ? -EBADF : postStatfs(task, file.path, args.ptr(1));
}

function sysUstat(task: Task, args: SyscallArgs): number {
  const dev = args.uint(0);
  const mount = task.container.mounts.mounts.find((m) => m.fs.dev === dev);
  if (mount === undefined) return -EINVAL;
  const s = mount.fs.statfs();
  if (typeof s === 'number') return s;
  encodeUstat(task.mem.stage(SIZEOF_USTAT), s);
  return task.mem.post(args.ptr(1), SIZEOF_USTAT) < 0 ? -EFAULT : 0;
}

export const statFamily: Family = {
  stat: { handler: sysStat, args: ['path', 'ptr'], status: 'full' },
  lstat: { handler: sysLstat, args: ['path', 'ptr'], status: 'full' },
  fstat: { handler: sysFstat, args: ['fd', 'ptr'], status: 'full' },
  newfstatat: { handler: sysNewfstatat, args: ['dirfd', 'path', 'ptr', 'at-flags'], status: 'full' },
  statx: { handler: sysStatx, args: ['dirfd', 'path', 'at-flags', 'hex', 'ptr'], status: 'full' },
  access: { handler: sysAccess, args: ['path', 'int'], status: 'full' },
  faccessat: { handler: sysFaccessat, args: ['dirfd', 'path', 'int'], status: 'full' },
  faccessat2: { handler: sysFaccessat2, args: ['dirfd', 'path', 'int', 'at-flags'], status: 'full' },
  readlink: { handler: sysReadlink, args: ['path', 'ptr', 'size'], status: 'full' },
  readlinkat: { handler: sysReadlinkat, args: ['dirfd', 'path', 'ptr', 'size'], status: 'full' },
  statfs: { handler: sysStatfs, args: ['path', 'ptr'], status: 'full' },
  fstatfs: { handler: sysFstatfs, args: ['fd', 'ptr'], status: 'full' },
  ustat: { handler: sysUstat, args: ['hex', 'ptr'], status: 'full' },
};
