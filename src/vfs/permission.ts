/** Who may do what to an inode (fs/namei.c: generic_permission, may_delete; capabilities(7)). */

import { EACCES, EPERM, EROFS } from '../abi/errno.js';
import { CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER } from '../abi/sched.js';
import { MS_RDONLY, S_IFDIR, S_IFMT, S_ISVTX } from '../abi/stat.js';
import { capable, inGroup, type Cred } from '../kernel/cred.js';
import type { Path } from './dentry.js';
import type { Inode } from './inode.js';

export const MAY_EXEC = 1;
export const MAY_WRITE = 2;
export const MAY_READ = 4;

/**
 * May `cred` (by its file system ids) access `inode`?
 * @param mask MAY_READ | MAY_WRITE | MAY_EXEC. @returns 0 or -EACCES
 */
export function mayAccess(cred: Cred, inode: Inode, mask: number): number {
  const attr = inode.getattr();
  const { mode } = attr;
  const shift = attr.uid === cred.fsuid ? 6 : inGroup(cred, attr.gid) ? 3 : 0;
  if (((mode >> shift) & mask) === mask) return 0;
  const directory = (mode & S_IFMT) === S_IFDIR;
  if (directory) {
    if ((mask & MAY_WRITE) === 0 && capable(cred, CAP_DAC_READ_SEARCH)) return 0;
    return capable(cred, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
  }
  if (mask === MAY_READ && capable(cred, CAP_DAC_READ_SEARCH)) return 0;
  // Even root executes only what somebody may execute.
  if ((mask & MAY_EXEC) !== 0 && (mode & 0o111) === 0) return -EACCES;
  return capable(cred, CAP_DAC_OVERRIDE) ? 0 : -EACCES;
}

/** @returns 0, or -EROFS on a read-only mount */
export function mountWritable(path: Path): number {
  return (path.mount.flags & MS_RDONLY) !== 0 ? -EROFS : 0;
}

/** May a name be made in `dir`? */
export function mayCreate(cred: Cred, dir: Inode): number {
  return mayAccess(cred, dir, MAY_WRITE | MAY_EXEC);
}

/** May `victim` be removed from `dir`? In a sticky directory only by its or the directory's owner. */
export function mayDelete(cred: Cred, dir: Inode, victim: Inode): number {
  const denied = mayAccess(cred, dir, MAY_WRITE | MAY_EXEC);
  if (denied < 0) return denied;
  const d = dir.getattr();
  if ((d.mode & S_ISVTX) === 0 || d.uid === cred.fsuid || victim.getattr().uid === cred.fsuid) return 0;
  return capable(cred, CAP_FOWNER) ? 0 : -EPERM;
}

/** Is `cred` the owner of `inode`, or as good as (CAP_FOWNER)? */
export function ownerOrCapable(cred: Cred, inode: Inode): boolean {
  return inode.getattr().uid === cred.fsuid || capable(cred, CAP_FOWNER);
}
