/** Changing names and attributes (fs/namei.c, fs/open.c, fs/attr.c, fs/utimes.c): every check, then the file system. */

import {
  EACCES, EBUSY, EEXIST, EINVAL, EISDIR, ELOOP, EMLINK, ENOENT, ENOTDIR, ENOTEMPTY, EPERM, EXDEV,
} from '../abi/errno.js';
import { AT_EMPTY_PATH, AT_SYMLINK_FOLLOW, RENAME_EXCHANGE, RENAME_NOREPLACE } from '../abi/fcntl.js';
import { IN_ATTRIB, IN_CREATE, IN_DELETE, IN_DELETE_SELF, IN_ISDIR, IN_MODIFY, IN_MOVED_FROM, IN_MOVED_TO, IN_MOVE_SELF } from '../abi/poll.js';
import { CAP_CHOWN, CAP_DAC_READ_SEARCH, CAP_FSETID, CAP_MKNOD } from '../abi/sched.js';
import {
  S_IFBLK, S_IFCHR, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, S_ISGID, S_ISUID,
} from '../abi/stat.js';
import { capable, inGroup } from '../kernel/cred.js';
import type { Task } from '../kernel/task.js';
import { Dentry, inodeOf, type Path } from './dentry.js';
import type { Inode, SetAttr, Timespec } from './inode.js';
import { LOOKUP_EMPTY, LOOKUP_FOLLOW, lookupChild, resolveAt, resolveParentAt, type ParentLookup } from './namei.js';
import { newCookie, notify, notifyPath } from './notify.js';
import { MAY_WRITE, mayAccess, mayCreate, mayDelete, mountWritable, ownerOrCapable } from './permission.js';
import { replaceNegative } from './open.js';

const typeOf = (inode: Inode): number => inode.mode & S_IFMT;

/** A place for a new name: the directory and the negative dentry. @param directory trailing slashes are allowed */
function newName(task: Task, dirfd: number, name: string, directory: boolean): { dir: Path; child: Dentry } | number {
  const at = resolveParentAt(task, dirfd, name);
  if (typeof at === 'number') return at;
  if (at.kind !== 'norm') return -EEXIST;
  const child = lookupChild(task, at.parent.mount, at.parent.dentry, at.last);
  if (typeof child === 'number') return child;
  const notDir = checkDirectory(task, at.parent);
  if (notDir < 0) return notDir;
  if (child.inode !== undefined) return -EEXIST;
  if (at.trailingSlash && !directory) return -ENOENT;
  const readonly = mountWritable(at.parent);
  if (readonly < 0) return readonly;
  if (at.parent.dentry.unlinked) return -ENOENT;
  const denied = mayCreate(task.cred, inodeOf(at.parent));
  return denied < 0 ? denied : { dir: at.parent, child };
}

/** The parent must be a directory that may be searched. */
function checkDirectory(task: Task, dir: Path): number {
  const inode = inodeOf(dir);
  if (typeOf(inode) !== S_IFDIR) return -ENOTDIR;
  return mayAccess(task.cred, inode, 1);
}

/** Carries out a creation and enters the result. */
function enter(dir: Path, child: Dentry, made: Inode | number): number {
  if (typeof made === 'number') return made;
  replaceNegative(dir.dentry, child, made);
  notify(inodeOf(dir), IN_CREATE | (typeOf(made) === S_IFDIR ? IN_ISDIR : 0), child.name);
  return 0;
}

/** @param mode permissions before the umask */
export function vfsMkdir(task: Task, dirfd: number, name: string, mode: number): number {
  const at = newName(task, dirfd, name, true);
  if (typeof at === 'number') return at;
  return enter(at.dir, at.child, inodeOf(at.dir).mkdir(at.child.name, S_IFDIR | (mode & ~task.fs.umask), task.cred));
}

/** @param mode S_IF* type (a regular file too) and permissions before the umask */
export function vfsMknod(task: Task, dirfd: number, name: string, mode: number, rdev: number): number {
  const type = mode & S_IFMT;
  if ((type === S_IFCHR || type === S_IFBLK) && rdev !== 0 && !capable(task.cred, CAP_MKNOD)) return -EPERM;
  const at = newName(task, dirfd, name, false);
  if (typeof at === 'number') return at;
  const dir = inodeOf(at.dir);
  const full = type | (mode & 0o7777 & ~task.fs.umask);
  const made = type === S_IFREG ? dir.create(at.child.name, full, task.cred) : dir.mknod(at.child.name, full, rdev, task.cred);
  return enter(at.dir, at.child, made);
}

export function vfsSymlink(task: Task, target: string, dirfd: number, name: string): number {
  if (target === '') return -ENOENT;
  const at = newName(task, dirfd, name, false);
  if (typeof at === 'number') return at;
  return enter(at.dir, at.child, inodeOf(at.dir).symlink(at.child.name, target, task.cred));
}

/** linkat(2). @param flags AT_SYMLINK_FOLLOW, AT_EMPTY_PATH */
export function vfsLink(task: Task, oldFd: number, oldName: string, newFd: number, newPath: string, flags: number): number {
  if ((flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH)) !== 0) return -EINVAL;
  if ((flags & AT_EMPTY_PATH) !== 0 && oldName === '' && !capable(task.cred, CAP_DAC_READ_SEARCH)) return -ENOENT;
  const how = ((flags & AT_SYMLINK_FOLLOW) !== 0 ? LOOKUP_FOLLOW : 0) | ((flags & AT_EMPTY_PATH) !== 0 ? LOOKUP_EMPTY : 0);
  const old = resolveAt(task, oldFd, oldName, how);
  if (typeof old === 'number') return old;
  const at = newName(task, newFd, newPath, false);
  if (typeof at === 'number') return at;
  if (old.mount !== at.dir.mount) return -EXDEV;
  const inode = inodeOf(old);
  if (typeOf(inode) === S_IFDIR) return -EPERM;
  if (inode.getattr().nlink >= 65000) return -EMLINK;
  const r = inodeOf(at.dir).link(at.child.name, inode);
  return r < 0 ? r : enter(at.dir, at.child, inode);
}

/** An existing name to be removed or moved: directory and positive dentry. */
function oldName(task: Task, at: ParentLookup): Dentry | number {
  const notDir = checkDirectory(task, at.parent);
  if (notDir < 0) return notDir;
  const child = lookupChild(task, at.parent.mount, at.parent.dentry, at.last);
  if (typeof child === 'number') return child;
  return child.inode === undefined ? -ENOENT : child;
}

/** A name is gone: the dentry stays for whoever uses it, the parent remembers the absence. */
function gone(dir: Dentry, child: Dentry): void {
  child.unlinked = true;
  const absent = new Dentry(child.name, dir, undefined);
  dir.children?.set(child.name, absent);
}

export function vfsUnlink(task: Task, dirfd: number, name: string): number {
  const at = resolveParentAt(task, dirfd, name);
  if (typeof at === 'number') return at;
  if (at.kind !== 'norm') return -EISDIR;
  const child = oldName(task, at);
  if (typeof child === 'number') return child;
  const inode = child.inode as Inode;
  const directory = typeOf(inode) === S_IFDIR;
  if (at.trailingSlash) return directory ? -EISDIR : -ENOTDIR;
  const err = mayRemove(task, at.parent, inode);
  if (err < 0) return err;
  if (directory) return -EISDIR;
  if (child.mountpoint > 0) return -EBUSY;
  const r = inodeOf(at.parent).unlink(child.name);
  if (r < 0) return r;
  gone(at.parent.dentry, child);
  notify(inode, IN_ATTRIB);
  if (inode.getattr().nlink === 0) notify(inode, IN_DELETE_SELF);
  notify(inodeOf(at.parent), IN_DELETE, child.name);
  return 0;
}

function mayRemove(task: Task, dir: Path, inode: Inode): number {
  const readonly = mountWritable(dir);
  return readonly < 0 ? readonly : mayDelete(task.cred, inodeOf(dir), inode);
}

export function vfsRmdir(task: Task, dirfd: number, name: string): number {
  const at = resolveParentAt(task, dirfd, name);
  if (typeof at === 'number') return at;
  if (at.kind === 'dot') return -EINVAL;
  if (at.kind === 'dotdot') return -ENOTEMPTY;
  if (at.kind === 'root') return -EBUSY;
  const child = oldName(task, at);
  if (typeof child === 'number') return child;
  const inode = child.inode as Inode;
  const err = mayRemove(task, at.parent, inode);
  if (err < 0) return err;
  if (typeOf(inode) !== S_IFDIR) return -ENOTDIR;
  if (child.mountpoint > 0) return -EBUSY;
  const r = inodeOf(at.parent).rmdir(child.name);
  if (r < 0) return r;
  gone(at.parent.dentry, child);
  notify(inode, IN_DELETE_SELF);
  notify(inodeOf(at.parent), IN_DELETE | IN_ISDIR, child.name);
  return 0;
}

/** renameat2(2). @param flags RENAME_NOREPLACE, RENAME_EXCHANGE (RENAME_WHITEOUT is refused by the file system) */
export function vfsRename(task: Task, oldFd: number, oldPath: string, newFd: number, newPath: string, flags: number): number {
  if ((flags & RENAME_NOREPLACE) !== 0 && (flags & RENAME_EXCHANGE) !== 0) return -EINVAL;
  const from = resolveParentAt(task, oldFd, oldPath);
  if (typeof from === 'number') return from;
  const to = resolveParentAt(task, newFd, newPath);
  if (typeof to === 'number') return to;
  if (from.parent.mount !== to.parent.mount) return -EXDEV;
  if (from.kind !== 'norm') return -EBUSY;
  if (to.kind !== 'norm') return (flags & RENAME_NOREPLACE) !== 0 ? -EEXIST : -EBUSY;
  const readonly = mountWritable(from.parent);
  if (readonly < 0) return readonly;
  return renameChecked(task, from, to, flags);
}

function renameChecked(task: Task, from: ParentLookup, to: ParentLookup, flags: number): number {
  const source = oldName(task, from);
  if (typeof source === 'number') return source;
  const notDir = checkDirectory(task, to.parent);
  if (notDir < 0) return notDir;
  const target = lookupChild(task, to.parent.mount, to.parent.dentry, to.last);
  if (typeof target === 'number') return target;
  const moved = source.inode as Inode;
  const over = target.inode;
  if (over !== undefined && (flags & RENAME_NOREPLACE) !== 0) return -EEXIST;
  if (over === undefined && (flags & RENAME_EXCHANGE) !== 0) return -ENOENT;
  const directory = typeOf(moved) === S_IFDIR;
  if (!directory && (from.trailingSlash || ((flags & RENAME_EXCHANGE) === 0 && to.trailingSlash))) return -ENOTDIR;
  if (isAncestor(source, to.parent.dentry)) return -EINVAL;
  if (isAncestor(target, from.parent.dentry)) return (flags & RENAME_EXCHANGE) !== 0 ? -EINVAL : -ENOTEMPTY;
  const err = mayMove(task, from, to, source, target, flags);
  if (err < 0) return err;
  if (moved === over) return 0;
  const r = inodeOf(from.parent).rename(source.name, inodeOf(to.parent), target.name, flags);
  if (r < 0) return r;
  settle(from.parent.dentry, to.parent.dentry, source, target, (flags & RENAME_EXCHANGE) !== 0);
  announce(from, to, moved, over, flags);
  return 0;
}

function isAncestor(dentry: Dentry, of: Dentry): boolean {
  for (let d: Dentry | undefined = of; d !== undefined; d = d.parent) if (d === dentry) return true;
  return false;
}

function mayMove(task: Task, from: ParentLookup, to: ParentLookup, source: Dentry, target: Dentry, flags: number): number {
  const moved = source.inode as Inode;
  const over = target.inode;
  const leave = mayDelete(task.cred, inodeOf(from.parent), moved);
  if (leave < 0) return leave;
  const arrive = over === undefined ? mayCreate(task.cred, inodeOf(to.parent)) : mayDelete(task.cred, inodeOf(to.parent), over);
  if (arrive < 0) return arrive;
  if (to.parent.dentry.unlinked) return -ENOENT;
  const directory = typeOf(moved) === S_IFDIR;
  if (over !== undefined && (flags & RENAME_EXCHANGE) === 0 && over !== moved) {
    if (directory && typeOf(over) !== S_IFDIR) return -ENOTDIR;
    if (!directory && typeOf(over) === S_IFDIR) return -EISDIR;
  }
  if (source.mountpoint > 0 || target.mountpoint > 0) return -EBUSY;
  // A directory that changes its parent has its ".." written.
  if (directory && from.parent.dentry !== to.parent.dentry) return mayAccess(task.cred, moved, MAY_WRITE);
  return 0;
}

/** The dentries move as the names did. */
function settle(fromDir: Dentry, toDir: Dentry, source: Dentry, target: Dentry, exchange: boolean): void {
  const [oldLast, newLast] = [source.name, target.name];
  if (exchange) {
    source.name = newLast;
    source.parent = toDir;
    target.name = oldLast;
    target.parent = fromDir;
    toDir.children?.set(newLast, source);
    fromDir.children?.set(oldLast, target);
    return;
  }
  if (target.inode !== undefined) target.unlinked = true;
  fromDir.children?.set(oldLast, new Dentry(oldLast, fromDir, undefined));
  source.name = newLast;
  source.parent = toDir;
  (toDir.children ??= new Map()).set(newLast, source);
}

function announce(from: ParentLookup, to: ParentLookup, moved: Inode, over: Inode | undefined, flags: number): void {
  const cookie = newCookie();
  const dir = typeOf(moved) === S_IFDIR ? IN_ISDIR : 0;
  notify(inodeOf(from.parent), IN_MOVED_FROM | dir, from.last, cookie);
  notify(inodeOf(to.parent), IN_MOVED_TO | dir, to.last, cookie);
  notify(moved, IN_MOVE_SELF);
  if (over !== undefined && (flags & RENAME_EXCHANGE) === 0) {
    notify(over, IN_ATTRIB);
    if (over.getattr().nlink === 0) notify(over, IN_DELETE_SELF);
  }
}

// --- attributes ---------------------------------------------------------------------------------------------------

function change(path: Path, attr: SetAttr, event: number = IN_ATTRIB): number {
  const r = inodeOf(path).setattr(attr);
  if (r >= 0) notifyPath(path, event);
  return r < 0 ? r : 0;
}

/** @param mode the 12 permission bits */
export function vfsChmod(task: Task, path: Path, mode: number): number {
  const readonly = mountWritable(path);
  if (readonly < 0) return readonly;
  const inode = inodeOf(path);
  if (!ownerOrCapable(task.cred, inode)) return -EPERM;
  const attr = inode.getattr();
  let next = mode & 0o7777;
  if (!inGroup(task.cred, attr.gid) && !capable(task.cred, CAP_FSETID)) next &= ~S_ISGID;
  return change(path, { mode: (attr.mode & S_IFMT) | next });
}

/** @param uid -1 (or 0xffffffff) keeps it; gid too */
export function vfsChown(task: Task, path: Path, uid: number, gid: number): number {
  const readonly = mountWritable(path);
  if (readonly < 0) return readonly;
  const inode = inodeOf(path);
  const attr = inode.getattr();
  const newUid = uid < 0 || uid === 0xffffffff ? undefined : uid;
  const newGid = gid < 0 || gid === 0xffffffff ? undefined : gid;
  const { cred } = task;
  const owner = cred.fsuid === attr.uid;
  if (newUid !== undefined && !(owner && newUid === attr.uid) && !capable(cred, CAP_CHOWN)) return -EPERM;
  if (newGid !== undefined && !(owner && (newGid === attr.gid || inGroup(cred, newGid))) && !capable(cred, CAP_CHOWN)) return -EPERM;
  const set: SetAttr = {};
  if (newUid !== undefined) set.uid = newUid;
  if (newGid !== undefined) set.gid = newGid;
  const type = attr.mode & S_IFMT;
  if (type !== S_IFDIR && type !== S_IFLNK) {
    const mode = withoutSetIds(attr.mode);
    if (mode !== attr.mode) set.mode = mode;
  }
  return change(path, set);
}

/** No set-user-id; no set-group-id where the group may execute. */
export function withoutSetIds(mode: number): number {
  const next = mode & ~S_ISUID;
  return (mode & 0o010) !== 0 ? next & ~S_ISGID : next;
}

/** @param explicit the caller named times; only the owner may. Without, write permission is enough. undefined keeps a time. */
export function vfsUtimens(
  task: Task,
  path: Path,
  atime: Timespec | undefined,
  mtime: Timespec | undefined,
  explicit: boolean,
): number {
  if (atime === undefined && mtime === undefined) return 0;
  const readonly = mountWritable(path);
  if (readonly < 0) return readonly;
  const inode = inodeOf(path);
  if (!ownerOrCapable(task.cred, inode)) {
    if (explicit) return -EPERM;
    const denied = mayAccess(task.cred, inode, MAY_WRITE);
    if (denied < 0) return -EACCES;
  }
  const set: SetAttr = {};
  if (atime !== undefined) set.atime = atime;
  if (mtime !== undefined) set.mtime = mtime;
  return change(path, set);
}

/** truncate(2) of a path that has been found. */
export function vfsTruncate(task: Task, path: Path, size: number): number {
  const inode = inodeOf(path);
  const type = typeOf(inode);
  if (type === S_IFDIR) return -EISDIR;
  if (type === S_IFLNK) return -ELOOP;
  if (type !== S_IFREG) return -EINVAL;
  const readonly = mountWritable(path);
  if (readonly < 0) return readonly;
  const denied = mayAccess(task.cred, inode, MAY_WRITE);
  if (denied < 0) return denied;
  const r = inode.truncate(size);
  if (r < 0) return r;
  const attr = inode.getattr();
  const mode = capable(task.cred, CAP_FSETID) ? attr.mode : withoutSetIds(attr.mode);
  if (mode !== attr.mode) inode.setattr({ mode });
  notifyPath(path, IN_MODIFY);
  return 0;
}
