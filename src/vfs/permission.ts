/** Who may do what to an inode (fs/namei.c: inode_permission, may_delete; fs/attr.c: setattr_prepare). */

import { EACCES, EOVERFLOW, EPERM, EROFS } from '../abi/errno.js';
import { CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID } from '../abi/sched.js';
import { MS_RDONLY, S_IFDIR, S_IFMT, S_IFREG, S_ISGID, S_ISUID, S_ISVTX, S_IXGRP } from '../abi/stat.js';
import { type Cred, capable, inGroup } from '../kernel/cred.js';
import type { Path } from './dentry.js';
import type { Attr, Inode } from './inode.js';

export const MAY_EXEC = 1;
export const MAY_WRITE = 2;
export const MAY_READ = 4;

/**
 * May `cred` access `inode` in the ways of `mask` (4 read, 2 write, 1 execute or search)? By fsuid, fsgid and
 * CAP_DAC_OVERRIDE / CAP_DAC_READ_SEARCH; see path_resolution(7).
 * @returns 0 or -EACCES
 */
export function mayAccess(cred: Cred, inode: Inode, mask: number): 0 | number {
  return attrAccess(cred, inode.getattr(), mask);
}

/** The same for attributes that the caller has already. */
export function attrAccess(cred: Cred, attr: Attr, mask: number): 0 | number {
  const { mode } = attr;
  const foreign = isForeign(attr);
  if (foreign && (mask & MAY_WRITE) !== 0) return -EACCES;
  // What everybody may do needs no look at the caller; that is most directories of a walk.
  if ((mode & (mode >> 3) & (mode >> 6) & mask) === mask) return 0;
  const shift = owns(cred, attr) ? 6 : attr.foreignGid !== true && inGroup(cred, attr.gid) ? 3 : 0;
  if (((mode >> shift) & mask) === mask) return 0;
  return !foreign && overrides(cred, mode, mask) ? 0 : -EACCES;
}

/** True for what belongs to a user or group that the container does not have: its capabilities do not reach there. */
function isForeign(attr: Attr): boolean {
  return attr.foreignUid === true || attr.foreignGid === true;
}

function owns(cred: Cred, attr: Attr): boolean {
  return attr.uid === cred.fsuid && attr.foreignUid !== true;
}

function overrides(cred: Cred, mode: number, mask: number): boolean {
  const isDir = (mode & S_IFMT) === S_IFDIR;
  // Nobody executes a file without any execute bit.
  if (isDir || (mask & MAY_EXEC) === 0 || (mode & 0o111) !== 0) {
    if (capable(cred, CAP_DAC_OVERRIDE)) return true;
  }
  const readOnly = isDir ? (mask & MAY_WRITE) === 0 : mask === MAY_READ;
  return readOnly && capable(cred, CAP_DAC_READ_SEARCH);
}

/** @returns 0, or -EROFS on a read-only mount */
export function mountWritable(path: Path): 0 | number {
  return (path.mount.flags & MS_RDONLY) !== 0 ? -EROFS : 0;
}

/** True for the owner of an object and for CAP_FOWNER (inode_owner_or_capable). */
export function ownerOrCapable(cred: Cred, attr: Attr): boolean {
  return owns(cred, attr) || (attr.foreignUid !== true && capable(cred, CAP_FOWNER));
}

/** May entries be made in this directory? @returns 0 or -EACCES */
export function mayCreateIn(cred: Cred, dir: Inode): number {
  return mayAccess(cred, dir, MAY_WRITE | MAY_EXEC);
}

/** May the entry `victim` of `dir` be removed or renamed? @returns 0, -EACCES, -EPERM (sticky directories), -EOVERFLOW */
export function mayRemoveFrom(cred: Cred, dir: Inode, victim: Inode): number {
  const attr = dir.getattr();
  const err = attrAccess(cred, attr, MAY_WRITE | MAY_EXEC);
  if (err < 0) return err;
  const theirs = victim.getattr();
  if (isForeign(theirs)) return -EOVERFLOW;
  if ((attr.mode & S_ISVTX) === 0) return 0;
  return owns(cred, theirs) || owns(cred, attr) || capable(cred, CAP_FOWNER) ? 0 : -EPERM;
}

/** The mode that chmod(2) really gives: set-group-ID only for members of the group and CAP_FSETID. */
export function chmodMode(cred: Cred, attr: Attr, mode: number): number {
  const drop = (mode & S_ISGID) !== 0 && !inGroup(cred, attr.gid) && !capable(cred, CAP_FSETID);
  return drop ? mode & ~S_ISGID : mode;
}

/** chown(2): the owner may give the file to a group that they are in; anything else needs CAP_CHOWN. @returns 0 or -EPERM */
export function mayChown(cred: Cred, attr: Attr, uid: number, gid: number): number {
  if (isForeign(attr)) return -EPERM;
  if (capable(cred, CAP_CHOWN)) return 0;
  if (uid !== -1 && (cred.fsuid !== attr.uid || uid !== attr.uid)) return -EPERM;
  if (gid !== -1 && (cred.fsuid !== attr.uid || (gid !== attr.gid && !inGroup(cred, gid)))) return -EPERM;
  return 0;
}

/** Mode of a regular file after a change of owner: the set-ID bits go. */
export function modeAfterChown(cred: Cred, attr: Attr): number {
  const { mode } = attr;
  if ((mode & S_IFMT) === S_IFDIR) return mode;
  const keepGroup = (mode & S_IXGRP) === 0 && (inGroup(cred, attr.gid) || capable(cred, CAP_FSETID));
  return mode & ~S_ISUID & (keepGroup ? -1 : ~S_ISGID);
}

/** Mode of a regular file after a write or truncation by `cred` (file_remove_privs). */
export function modeAfterWrite(cred: Cred, attr: Attr): number {
  const { mode } = attr;
  if ((mode & (S_ISUID | S_ISGID)) === 0 || (mode & S_IFMT) !== S_IFREG) return mode;
  if (capable(cred, CAP_FSETID)) return mode;
  const dropGroup = (mode & S_IXGRP) !== 0 || !inGroup(cred, attr.gid);
  return mode & ~S_ISUID & (dropGroup ? ~S_ISGID : -1);
}
