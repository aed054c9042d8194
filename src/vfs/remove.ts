/** Names that go or move: unlink(2), rmdir(2), rename(2) (fs/namei.c). */

import { EBUSY, EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR, ENOTEMPTY, EXDEV } from '../abi/errno.js';
import { RENAME_EXCHANGE, RENAME_NOREPLACE } from '../abi/fcntl.js';
import {
  IN_ATTRIB,
  IN_DELETE,
  IN_DELETE_SELF,
  IN_ISDIR,
  IN_MOVE_SELF,
  IN_MOVED_FROM,
  IN_MOVED_TO,
} from '../abi/poll.js';
import { S_IFDIR, S_IFMT } from '../abi/stat.js';
import type { Task } from '../kernel/task.js';
import { detach, exchangeDentries, lookupChild, moveDentry } from './dcache.js';
import { type Dentry, inodeOf, type Path } from './dentry.js';
import type { Inode } from './inode.js';
import { type ParentPath, resolveParentAt } from './namei.js';
import { newCookie, notify } from './notify.js';
import { MAY_WRITE, mayAccess, mayCreateIn, mayRemoveFrom, mountWritable } from './permission.js';

function isDir(inode: Inode): boolean {
  return (inode.mode & S_IFMT) === S_IFDIR;
}

/** The positive entry that is to go. */
function victimOf(task: Task, parent: Path, name: string): Dentry | number {
  const dentry = lookupChild(parent.dentry, name, task);
  if (typeof dentry === 'number') return dentry;
  return dentry.inode === undefined ? -ENOENT : dentry;
}

/** The watches of the object hear of it before those of its directory do (d_delete_notify). */
function removed(dir: Inode, dentry: Dentry, inode: Inode): void {
  detach(dentry);
  goneOrLess(inode);
  notify(dir, IN_DELETE | (isDir(inode) ? IN_ISDIR : 0), dentry.name);
}

/** One link less, which is a change, and perhaps the end. A directory's end is no change of a link count. */
function goneOrLess(inode: Inode): void {
  if (!isDir(inode)) notify(inode, IN_ATTRIB);
  if (isDir(inode) || inode.getattr().nlink === 0) notify(inode, IN_DELETE_SELF);
}

/** @returns 0 or -errno */
export function vfsUnlink(task: Task, dirfd: number, name: string): number {
  const found = resolveParentAt(task, dirfd, name);
  if (typeof found === 'number') return found;
  if (found.kind !== 'norm') return -EISDIR;
  const { parent } = found;
  const readOnly = mountWritable(parent);
  if (readOnly < 0) return readOnly;
  const dentry = victimOf(task, parent, found.last);
  if (typeof dentry === 'number') return dentry;
  const inode = dentry.inode as Inode;
  if (found.trailingSlash) return isDir(inode) ? -EISDIR : -ENOTDIR;
  const dir = inodeOf(parent);
  const refused = mayRemoveFrom(task.cred, dir, inode);
  if (refused < 0) return refused;
  if (isDir(inode)) return -EISDIR;
  if (dentry.mountpoint > 0) return -EBUSY;
  const err = dir.unlink(dentry.name);
  if (err < 0) return err;
  removed(dir, dentry, inode);
  return 0;
}

/** @returns 0 or -errno */
export function vfsRmdir(task: Task, dirfd: number, name: string): number {
  const found = resolveParentAt(task, dirfd, name);
  if (typeof found === 'number') return found;
  if (found.kind === 'dotdot') return -ENOTEMPTY;
  if (found.kind === 'dot') return -EINVAL;
  if (found.kind === 'root') return -EBUSY;
  const { parent } = found;
  const readOnly = mountWritable(parent);
  if (readOnly < 0) return readOnly;
  const dentry = victimOf(task, parent, found.last);
  if (typeof dentry === 'number') return dentry;
  const inode = dentry.inode as Inode;
  const dir = inodeOf(parent);
  const refused = mayRemoveFrom(task.cred, dir, inode);
  if (refused < 0) return refused;
  if (!isDir(inode)) return -ENOTDIR;
  if (dentry.mountpoint > 0 || isRoot(task, parent, dentry)) return -EBUSY;
  const err = dir.rmdir(dentry.name);
  if (err < 0) return err;
  removed(dir, dentry, inode);
  return 0;
}

function isRoot(task: Task, parent: Path, dentry: Dentry): boolean {
  return task.fs.root.dentry === dentry && task.fs.root.mount === parent.mount;
}

/** True if `above` is `dentry` or one of the directories over it. */
function isAncestor(above: Dentry, dentry: Dentry): boolean {
  for (let d: Dentry | undefined = dentry; d !== undefined; d = d.parent) if (d === above) return true;
  return false;
}

/** rename(2) and renameat2(2). @param flags RENAME_NOREPLACE or RENAME_EXCHANGE @returns 0 or -errno */
export function vfsRename(
  task: Task,
  oldDirfd: number,
  oldName: string,
  newDirfd: number,
  newName: string,
  flags: number,
): number {
  if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) !== 0) return -EINVAL;
  if (flags === (RENAME_NOREPLACE | RENAME_EXCHANGE)) return -EINVAL;
  const from = resolveParentAt(task, oldDirfd, oldName);
  if (typeof from === 'number') return from;
  const to = resolveParentAt(task, newDirfd, newName);
  if (typeof to === 'number') return to;
  if (from.parent.mount !== to.parent.mount) return -EXDEV;
  if (from.kind !== 'norm') return -EBUSY;
  if (to.kind !== 'norm') return (flags & RENAME_NOREPLACE) !== 0 ? -EEXIST : -EBUSY;
  const readOnly = mountWritable(from.parent);
  if (readOnly < 0) return readOnly;
  const source = victimOf(task, from.parent, from.last);
  if (typeof source === 'number') return source;
  const target = lookupChild(to.parent.dentry, to.last, task);
  if (typeof target === 'number') return target;
  const shape = checkShape(from, to, source, target, flags);
  if (shape < 0) return shape;
  // Two names of one file: nothing happens (POSIX wants it so).
  if (source.inode === target.inode) return 0;
  const refused = mayRename(task, from.parent, to.parent, source, target, flags);
  return refused < 0 ? refused : moveNames(from.parent, to.parent, source, target, flags);
}

/** What does not depend on who asks (do_renameat2): trailing slashes, a directory into itself. */
function checkShape(from: ParentPath, to: ParentPath, source: Dentry, target: Dentry, flags: number): number {
  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  if ((flags & RENAME_NOREPLACE) !== 0 && target.inode !== undefined) return -EEXIST;
  if (exchange) {
    if (target.inode === undefined) return -ENOENT;
    if (!isDir(target.inode) && to.trailingSlash) return -ENOTDIR;
  }
  if (!isDir(source.inode as Inode)) {
    if (from.trailingSlash || (!exchange && to.trailingSlash)) return -ENOTDIR;
  }
  if (isAncestor(source, to.parent.dentry)) return -EINVAL;
  if (target.inode !== undefined && isAncestor(target, from.parent.dentry))
    return exchange ? -EINVAL : -ENOTEMPTY;
  return 0;
}

/** vfs_rename's checks of permissions and kinds. */
function mayRename(task: Task, from: Path, to: Path, source: Dentry, target: Dentry, flags: number): number {
  const { cred } = task;
  const inode = source.inode as Inode;
  const other = target.inode;
  let err = mayRemoveFrom(cred, inodeOf(from), inode);
  if (err < 0) return err;
  if (other === undefined) {
    if (to.dentry.unlinked) return -ENOENT;
    err = mayCreateIn(cred, inodeOf(to));
  } else {
    err = mayRemoveFrom(cred, inodeOf(to), other);
    if (err === 0 && (flags & RENAME_EXCHANGE) === 0) {
      if (isDir(inode) && !isDir(other)) err = -ENOTDIR;
      else if (!isDir(inode) && isDir(other)) err = -EISDIR;
    }
  }
  if (err < 0) return err;
  // A directory that moves to another one gets a new `..`.
  if (from.dentry !== to.dentry) {
    if (isDir(inode)) err = mayAccess(cred, inode, MAY_WRITE);
    if (err === 0 && (flags & RENAME_EXCHANGE) !== 0 && other !== undefined && isDir(other)) {
      err = mayAccess(cred, other, MAY_WRITE);
    }
    if (err < 0) return err;
  }
  if (source.mountpoint > 0 || target.mountpoint > 0) return -EBUSY;
  if (from.dentry !== to.dentry && [source, target].some((d) => task.container.mounts.coversBelow(d)))
    return -EBUSY;
  if (isRoot(task, from, source) || isRoot(task, to, target)) return -EBUSY;
  return 0;
}

function moveNames(from: Path, to: Path, source: Dentry, target: Dentry, flags: number): number {
  const oldDir = inodeOf(from);
  const newDir = inodeOf(to);
  const inode = source.inode as Inode;
  const other = target.inode;
  const oldName = source.name;
  const newName = target.name;
  const err = oldDir.rename(oldName, newDir, newName, flags);
  if (err < 0) return err;
  const exchange = (flags & RENAME_EXCHANGE) !== 0;
  if (exchange) exchangeDentries(source, target);
  else {
    if (other !== undefined) detach(target);
    moveDentry(source, to.dentry, newName);
  }
  tellMoved(oldDir, newDir, oldName, newName, inode);
  if (exchange && other !== undefined) tellMoved(newDir, oldDir, newName, oldName, other);
  else if (other !== undefined) goneOrLess(other);
  return 0;
}

function tellMoved(oldDir: Inode, newDir: Inode, oldName: string, newName: string, inode: Inode): void {
  const mask = isDir(inode) ? IN_ISDIR : 0;
  const cookie = newCookie();
  notify(oldDir, IN_MOVED_FROM | mask, oldName, cookie);
  notify(newDir, IN_MOVED_TO | mask, newName, cookie);
  notify(inode, IN_MOVE_SELF);
}
