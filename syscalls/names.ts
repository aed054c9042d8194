/** Names: making, removing, renaming and linking them (fs/namei.c). The VFS does every check beyond flags. */

import { EINVAL, EPERM } from '../src/abi/errno.js';
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_FOLLOW,
  RENAME_EXCHANGE,
  RENAME_NOREPLACE,
  RENAME_WHITEOUT,
} from '../src/abi/fcntl.js';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK } from '../src/abi/stat.js';
import type { Task } from '../src/kernel/task.js';
import { vfsLink, vfsMkdir, vfsMknod, vfsRename, vfsRmdir, vfsSymlink, vfsUnlink } from '../src/vfs/fsops.js';
import type { Family, SyscallArgs } from './family.js';

function mkdirAt(task: Task, dirfd: number, nameAddr: number, mode: number): number {
  const name = task.mem.path(nameAddr);
  return typeof name === 'number' ? name : vfsMkdir(task, dirfd, name, mode & 0o1777);
}
const sysMkdir = (task: Task, args: SyscallArgs): number =>
  mkdirAt(task, AT_FDCWD, args.ptr(0), args.uint(1));
const sysMkdirat = (task: Task, args: SyscallArgs): number =>
  mkdirAt(task, args.int(0), args.ptr(1), args.uint(2));

/** may_mknod: which types there are to make. */
function checkNodeType(mode: number): number {
  switch (mode & S_IFMT) {
    case 0:
    case S_IFREG:
    case S_IFCHR:
    case S_IFBLK:
    case S_IFIFO:
    case S_IFSOCK:
      return 0;
    case S_IFDIR:
      return -EPERM;
    default:
      return -EINVAL;
  }
}

/** @param dev device number as the 32 bits that user space passes (new_decode_dev) */
function mknodAt(task: Task, dirfd: number, nameAddr: number, mode: number, dev: number): number {
  const bad = checkNodeType(mode);
  if (bad < 0) return bad;
  const name = task.mem.path(nameAddr);
  if (typeof name === 'number') return name;
  const type = (mode & S_IFMT) === 0 ? S_IFREG : mode & S_IFMT;
  return vfsMknod(task, dirfd, name, type | (mode & 0o7777), dev);
}
const sysMknod = (task: Task, args: SyscallArgs): number =>
  mknodAt(task, AT_FDCWD, args.ptr(0), args.uint(1) & 0xffff, args.uint(2));
const sysMknodat = (task: Task, args: SyscallArgs): number =>
  mknodAt(task, args.int(0), args.ptr(1), args.uint(2) & 0xffff, args.uint(3));

function removeAt(task: Task, dirfd: number, nameAddr: number, directory: boolean): number {
  const name = task.mem.path(nameAddr);
  if (typeof name === 'number') return name;
  return directory ? vfsRmdir(task, dirfd, name) : vfsUnlink(task, dirfd, name);
}
const sysRmdir = (task: Task, args: SyscallArgs): number => removeAt(task, AT_FDCWD, args.ptr(0), true);
const sysUnlink = (task: Task, args: SyscallArgs): number => removeAt(task, AT_FDCWD, args.ptr(0), false);
function sysUnlinkat(task: Task, args: SyscallArgs): number {
  const flags = args.int(2);
  if ((flags & ~AT_REMOVEDIR) !== 0) return -EINVAL;
  return removeAt(task, args.int(0), args.ptr(1), flags !== 0);
}

/** Two names, the old one first. @returns both or -errno */
function twoNames(task: Task, oldAddr: number, newAddr: number): readonly [string, string] | number {
  const from = task.mem.path(oldAddr);
  if (typeof from === 'number') return from;
  const to = task.mem.path(newAddr);
  return typeof to === 'number' ? to : [from, to];
}

function renameAt(
  task: Task,
  oldFd: number,
  oldAddr: number,
  newFd: number,
  newAddr: number,
  flags: number,
): number {
  if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) !== 0) return -EINVAL;
  if ((flags & RENAME_EXCHANGE) !== 0 && (flags & (RENAME_NOREPLACE | RENAME_WHITEOUT)) !== 0) return -EINVAL;
  const names = twoNames(task, oldAddr, newAddr);
  return typeof names === 'number' ? names : vfsRename(task, oldFd, names[0], newFd, names[1], flags);
}
const sysRename = (task: Task, args: SyscallArgs): number =>
  renameAt(task, AT_FDCWD, args.ptr(0), AT_FDCWD, args.ptr(1), 0);
const sysRenameat = (task: Task, args: SyscallArgs): number =>
  renameAt(task, args.int(0), args.ptr(1), args.int(2), args.ptr(3), 0);
const sysRenameat2 = (task: Task, args: SyscallArgs): number =>
  renameAt(task, args.int(0), args.ptr(1), args.int(2), args.ptr(3), args.uint(4));

function linkAt(
  task: Task,
  oldFd: number,
  oldAddr: number,
  newFd: number,
  newAddr: number,
  flags: number,
): number {
  if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const names = twoNames(task, oldAddr, newAddr);
  return typeof names === 'number' ? names : vfsLink(task, oldFd, names[0], newFd, names[1], flags);
}
const sysLink = (task: Task, args: SyscallArgs): number =>
  linkAt(task, AT_FDCWD, args.ptr(0), AT_FDCWD, args.ptr(1), 0);
const sysLinkat = (task: Task, args: SyscallArgs): number =>
  linkAt(task, args.int(0), args.ptr(1), args.int(2), args.ptr(3), args.int(4));

function symlinkAt(task: Task, targetAddr: number, dirfd: number, nameAddr: number): number {
  const names = twoNames(task, targetAddr, nameAddr);
  return typeof names === 'number' ? names : vfsSymlink(task, names[0], dirfd, names[1]);
}
const sysSymlink = (task: Task, args: SyscallArgs): number =>
  symlinkAt(task, args.ptr(0), AT_FDCWD, args.ptr(1));
const sysSymlinkat = (task: Task, args: SyscallArgs): number =>
  symlinkAt(task, args.ptr(0), args.int(1), args.ptr(2));

/** umask(2): the new mask's permission bits; the old mask is the result. */
function sysUmask(task: Task, args: SyscallArgs): number {
  const old = task.fs.umask;
  task.fs.umask = args.int(0) & 0o777;
  return old;
}

export const namesFamily: Family = {
  mkdir: { handler: sysMkdir, args: ['path', 'mode'], status: 'full' },
  mkdirat: { handler: sysMkdirat, args: ['dirfd', 'path', 'mode'], status: 'full' },
  mknod: { handler: sysMknod, args: ['path', 'mode', 'hex'], status: 'full' },
  mknodat: { handler: sysMknodat, args: ['dirfd', 'path', 'mode', 'hex'], status: 'full' },
  rmdir: { handler: sysRmdir, args: ['path'], status: 'full' },
  unlink: { handler: sysUnlink, args: ['path'], status: 'full' },
  unlinkat: { handler: sysUnlinkat, args: ['dirfd', 'path', 'at-flags'], status: 'full' },
  rename: { handler: sysRename, args: ['path', 'path'], status: 'full' },
  renameat: { handler: sysRenameat, args: ['dirfd', 'path', 'dirfd', 'path'], status: 'full' },
  renameat2: { handler: sysRenameat2, args: ['dirfd', 'path', 'dirfd', 'path', 'hex'], status: 'full' },
  link: { handler: sysLink, args: ['path', 'path'], status: 'full' },
  linkat: { handler: sysLinkat, args: ['dirfd', 'path', 'dirfd', 'path', 'at-flags'], status: 'full' },
  symlink: { handler: sysSymlink, args: ['path', 'path'], status: 'full' },
  symlinkat: { handler: sysSymlinkat, args: ['path', 'dirfd', 'path'], status: 'full' },
  umask: { handler: sysUmask, args: ['mode'], status: 'full' },
};
