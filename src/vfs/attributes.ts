/** Changes of attributes: chmod(2), chown(2), utimensat(2), truncate(2) (fs/open.c, fs/attr.c, fs/utimes.c). */

import { EACCES, EINVAL, EISDIR, EOPNOTSUPP, EPERM } from '../abi/errno.js';
import { IN_ATTRIB, IN_MODIFY } from '../abi/poll.js';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.js';
import type { Task } from '../kernel/task.js';
import type { SyscallResult } from '../kernel/wait.js';
import { inodeOf, type Path } from './dentry.js';
import type { SetAttr, Timespec } from './inode.js';
import { breakLeases } from './leases.js';
import { notifyPath } from './notify.js';
import { truncateInode } from './open.js';
import {
  chmodMode,
  MAY_WRITE,
  mayAccess,
  mayChown,
  modeAfterChown,
  mountWritable,
  ownerOrCapable,
} from './permission.js';
import { denyIfRunning } from './text-busy.js';

function change(path: Path, set: SetAttr): number {
  const err = inodeOf(path).setattr(set);
  if (err >= 0) notifyPath(path, IN_ATTRIB);
  return err;
}

/** @param mode permission bits (07777) @returns 0 or -errno */
export function vfsChmod(task: Task, path: Path, mode: number): number {
  const readOnly = mountWritable(path);
  if (readOnly < 0) return readOnly;
  const attr = inodeOf(path).getattr();
  if (!ownerOrCapable(task.cred, attr)) return -EPERM;
  if ((attr.mode & S_IFMT) === S_IFLNK) return -EOPNOTSUPP;
  const bits = chmodMode(task.cred, attr, mode & 0o7777);
  return change(path, { mode: (attr.mode & S_IFMT) | bits });
}

/** @param uid new owner, -1 to keep @param gid new group, -1 to keep @returns 0 or -errno */
export function vfsChown(task: Task, path: Path, uid: number, gid: number): number {
  const { users } = task.container;
  if ((uid !== -1 && !users.hasUid(uid)) || (gid !== -1 && !users.hasGid(gid))) return -EINVAL;
  const readOnly = mountWritable(path);
  if (readOnly < 0) return readOnly;
  const attr = inodeOf(path).getattr();
  const refused = mayChown(task.cred, attr, uid, gid);
  if (refused < 0) return refused;
  const set: SetAttr = {};
  if (uid !== -1) set.uid = uid;
  if (gid !== -1) set.gid = gid;
  const mode = modeAfterChown(task.cred, attr);
  if (mode !== attr.mode) set.mode = mode;
  return change(path, set);
}

/**
 * @param atime new time, undefined to keep
 * @param explicit the times were given by the caller, not "now": only the owner may do that
 */
export function vfsUtimens(
  task: Task,
  path: Path,
  atime: Timespec | undefined,
  mtime: Timespec | undefined,
  explicit: boolean,
): number {
  const readOnly = mountWritable(path);
  if (readOnly < 0) return readOnly;
  if (atime === undefined && mtime === undefined) return 0;
  const inode = inodeOf(path);
  if (!ownerOrCapable(task.cred, inode.getattr())) {
    if (explicit) return -EPERM;
    if (mayAccess(task.cred, inode, MAY_WRITE) < 0) return -EACCES;
  }
  const set: SetAttr = {};
  if (atime !== undefined) set.atime = atime;
  if (mtime !== undefined) set.mtime = mtime;
  return change(path, set);
}

/** truncate(2): by name. @param size new size in bytes @returns 0, -errno, or the wait for a lease */
export function vfsTruncate(task: Task, path: Path, size: number): SyscallResult {
  const inode = inodeOf(path);
  const type = inode.mode & S_IFMT;
  if (type === S_IFDIR) return -EISDIR;
  if (type !== S_IFREG) return -EINVAL;
  const refused =
    mountWritable(path) || mayAccess(task.cred, inode, MAY_WRITE) || denyIfRunning(task.kernel, inode);
  if (refused < 0) return refused;
  const lease = breakLeases(task, inode, true, false, () => vfsTruncate(task, path, size));
  if (lease !== 0) return lease;
  const err = truncateInode(task, inode, size);
  if (err >= 0) notifyPath(path, IN_MODIFY);
  return err;
}
