/** New names: mkdir(2), mknod(2), symlink(2), link(2) (fs/namei.c). */

import { EEXIST, EINVAL, ENOENT, EPERM, EXDEV } from '../abi/errno.js';
import { AT_EMPTY_PATH, AT_SYMLINK_FOLLOW } from '../abi/fcntl.js';
import { IN_ATTRIB, IN_CREATE, IN_ISDIR } from '../abi/poll.js';
import { CAP_DAC_READ_SEARCH, CAP_MKNOD } from '../abi/sched.js';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK } from '../abi/stat.js';
import { capable } from '../kernel/cred.js';
import type { Task } from '../kernel/task.js';
import { majorOf, minorOf } from './chardev.js';
import { instantiate, lookupChild } from './dcache.js';
import { type Dentry, inodeOf, type Path } from './dentry.js';
import type { Inode } from './inode.js';
import { LOOKUP_EMPTY, LOOKUP_FOLLOW, resolveAt, resolveParentAt } from './namei.js';
import { notify } from './notify.js';
import { mayCreateIn, mountWritable } from './permission.js';

/** A free name in a directory that the caller may write to. */
interface Free {
  parent: Path;
  dir: Inode;
  dentry: Dentry;
}

/** Finds the place of a new name (filename_create and may_create). @param isDir trailing slashes are fine */
function freeName(task: Task, dirfd: number, name: string, isDir: boolean): Free | number {
  const found = resolveParentAt(task, dirfd, name);
  if (typeof found === 'number') return found;
  if (found.kind !== 'norm') return -EEXIST;
  const { parent } = found;
  const dentry = lookupChild(parent.dentry, found.last, task);
  if (typeof dentry === 'number') return dentry;
  if (dentry.inode !== undefined) return -EEXIST;
  if (found.trailingSlash && !isDir) return -ENOENT;
  if (parent.dentry.unlinked) return -ENOENT;
  const readOnly = mountWritable(parent);
  return readOnly < 0 ? readOnly : { parent, dir: inodeOf(parent), dentry };
}

/** Makes the dentry of a new object positive and tells watches. @returns 0 or -errno */
function created(free: Free, made: Inode | number, mask = IN_CREATE): number {
  if (typeof made === 'number') return made;
  instantiate(free.dentry, made);
  notify(free.dir, mask, free.dentry.name);
  return 0;
}

/** @param mode permissions, umask not yet applied @returns 0 or -errno */
export function vfsMkdir(task: Task, dirfd: number, name: string, mode: number): number {
  const free = freeName(task, dirfd, name, true);
  if (typeof free === 'number') return free;
  const refused = mayCreateIn(task.cred, free.dir);
  if (refused < 0) return refused;
  const bits = mode & 0o1777 & ~task.fs.umask;
  return created(free, free.dir.mkdir(free.dentry.name, S_IFDIR | bits, task.cred), IN_CREATE | IN_ISDIR);
}

function mayMakeDevice(task: Task, type: number, rdev: number): boolean {
  if (!capable(task.cred, CAP_MKNOD)) return false;
  const { devices } = task.container;
  return devices?.allows(type === S_IFCHR ? 'c' : 'b', majorOf(rdev), minorOf(rdev), 'm') !== false;
}

/** @param mode S_IFMT and permissions, umask not yet applied @param rdev userspace's dev_t @returns 0 or -errno */
export function vfsMknod(task: Task, dirfd: number, name: string, mode: number, rdev: number): number {
  const type = (mode & S_IFMT) === 0 ? S_IFREG : mode & S_IFMT;
  if (type === S_IFDIR) return -EPERM;
  const isDevice = type === S_IFCHR || type === S_IFBLK;
  if (!isDevice && type !== S_IFREG && type !== S_IFIFO && type !== S_IFSOCK) return -EINVAL;
  const free = freeName(task, dirfd, name, false);
  if (typeof free === 'number') return free;
  const refused = mayCreateIn(task.cred, free.dir);
  if (refused < 0) return refused;
  if (isDevice && !mayMakeDevice(task, type, rdev)) return -EPERM;
  const bits = type | (mode & 0o7777 & ~task.fs.umask);
  const child = free.dentry.name;
  const made =
    type === S_IFREG
      ? free.dir.create(child, bits, task.cred)
      : free.dir.mknod(child, bits, isDevice ? rdev : 0, task.cred);
  return created(free, made);
}

/** @returns 0 or -errno */
export function vfsSymlink(task: Task, target: string, dirfd: number, name: string): number {
  if (target === '') return -ENOENT;
  const free = freeName(task, dirfd, name, false);
  if (typeof free === 'number') return free;
  const refused = mayCreateIn(task.cred, free.dir);
  if (refused < 0) return refused;
  return created(free, free.dir.symlink(free.dentry.name, target, task.cred));
}

/** @param flags AT_SYMLINK_FOLLOW, AT_EMPTY_PATH @returns 0 or -errno */
export function vfsLink(
  task: Task,
  oldDirfd: number,
  oldName: string,
  newDirfd: number,
  newName: string,
  flags: number,
): number {
  if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  const empty = (flags & AT_EMPTY_PATH) !== 0;
  if (empty && oldName === '' && !capable(task.cred, CAP_DAC_READ_SEARCH)) return -ENOENT;
  const how = (empty ? LOOKUP_EMPTY : 0) | ((flags & AT_SYMLINK_FOLLOW) !== 0 ? LOOKUP_FOLLOW : 0);
  const old = resolveAt(task, oldDirfd, oldName, how);
  if (typeof old === 'number') return old;
  const free = freeName(task, newDirfd, newName, false);
  if (typeof free === 'number') return free;
  if (old.mount !== free.parent.mount) return -EXDEV;
  const refused = mayCreateIn(task.cred, free.dir);
  if (refused < 0) return refused;
  const inode = inodeOf(old);
  if ((inode.mode & S_IFMT) === S_IFDIR) return -EPERM;
  if (inode.getattr().nlink === 0 && !inode.linkable) return -ENOENT;
  inode.linkable = false;
  const err = free.dir.link(free.dentry.name, inode);
  if (err < 0) return err;
  notify(inode, IN_ATTRIB);
  return created(free, inode);
}
