/** Names to places and back: what the calls that take paths use (fs/namei.c, fs/d_path.c). */

import { EBADF, ENAMETOOLONG, ENOENT, ENOTDIR } from '../abi/errno.js';
import { AT_FDCWD } from '../abi/fcntl.js';
import { PATH_MAX } from '../abi/limits.js';
import { S_IFDIR, S_IFMT } from '../abi/stat.js';
import type { Task } from '../kernel/task.js';
import { inodeOf, type Path } from './dentry.js';
import { type LastKind, Walk } from './walk.js';

export { openAt } from './open.js';

/** Follow a symbolic link in the last component. */
export const LOOKUP_FOLLOW = 1;
/** The result must be a directory. */
export const LOOKUP_DIRECTORY = 2;
/** An empty name means the start itself (AT_EMPTY_PATH). */
export const LOOKUP_EMPTY = 4;

/** The directory of a name, and its last component. */
export interface ParentPath {
  parent: Path;
  last: string;
  /** Slashes follow the last component: it has to be a directory. */
  trailingSlash: boolean;
  kind: LastKind;
}

/**
 * Finds `name` from `start` (absolute names: from the task's root).
 * @param flags LOOKUP_*
 * @returns the place, or -ENOENT, -ENOTDIR, -EACCES, -ELOOP, -ENAMETOOLONG and what file systems say
 */
export function resolve(task: Task, start: Path, name: string, flags: number): Path | number {
  if (name === '') return (flags & LOOKUP_EMPTY) !== 0 ? start : -ENOENT;
  if (name.length >= PATH_MAX) return -ENAMETOOLONG;
  const walk = new Walk(task, start, 0);
  const err = walk.walk(name, (flags & LOOKUP_FOLLOW) !== 0);
  if (err < 0) return err;
  const { path } = walk;
  if ((flags & LOOKUP_DIRECTORY) !== 0 && (inodeOf(path).mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  return path;
}

/** Finds the directory that `name` is, or would be, in. The last component is not looked up. */
export function resolveParent(task: Task, start: Path, name: string): ParentPath | number {
  if (name === '') return -ENOENT;
  if (name.length >= PATH_MAX) return -ENAMETOOLONG;
  const walk = new Walk(task, start, 0);
  const err = walk.walkParent(name);
  if (err < 0) return err;
  return { parent: walk.path, last: walk.last, trailingSlash: walk.trailing, kind: walk.lastKind };
}

/**
 * Where a relative name starts: AT_FDCWD or an open directory. Absolute names do not look at `dirfd`.
 * @returns the place, -EBADF or -ENOTDIR
 */
export function startOf(task: Task, dirfd: number, name: string): Path | number {
  if (dirfd === AT_FDCWD || name.charCodeAt(0) === 47) return task.fs.cwd;
  const file = task.file(dirfd);
  if (file === undefined) return -EBADF;
  if (name !== '' && (file.inode.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  return file.path;
}

/** `resolve` for the *at calls. */
export function resolveAt(task: Task, dirfd: number, name: string, flags: number): Path | number {
  if (name === '' && (flags & LOOKUP_EMPTY) === 0) return -ENOENT;
  if (name.length >= PATH_MAX) return -ENAMETOOLONG;
  const start = startOf(task, dirfd, name);
  return typeof start === 'number' ? start : resolve(task, start, name, flags);
}

/** `resolveParent` for the *at calls. */
export function resolveParentAt(task: Task, dirfd: number, name: string): ParentPath | number {
  if (name === '') return -ENOENT;
  if (name.length >= PATH_MAX) return -ENAMETOOLONG;
  const start = startOf(task, dirfd, name);
  return typeof start === 'number' ? start : resolveParent(task, start, name);
}

/**
 * The name of a place as the task sees it from its root (d_path). " (deleted)" follows names that are gone; places that
 * the root does not lead to get "(unreachable)" in front; nameless objects (pipe:[7]) have just their own name.
 */
export function pathName(task: Task, path: Path): string {
  const { root } = task.fs;
  let { mount, dentry } = path;
  if (dentry.parent === undefined && dentry !== mount.root)
    return dentry.name + (dentry.unlinked ? ' (deleted)' : '');
  let text = '';
  let deleted = false;
  while (dentry !== root.dentry || mount !== root.mount) {
    if (dentry === mount.root) {
      if (mount.parent === undefined || mount.mountpoint === undefined) {
        // Above the task's root: it was left by chroot(2), or the mount is gone.
        if (root.dentry !== root.mount.root || root.mount.parent !== undefined)
          text = `(unreachable)${text === '' ? '/' : text}`;
        break;
      }
      dentry = mount.mountpoint;
      mount = mount.parent;
      continue;
    }
    if (dentry.parent === undefined) break;
    if (dentry.unlinked) deleted = true;
    text = `/${dentry.name}${text}`;
    dentry = dentry.parent;
  }
  if (text === '') text = '/';
  return deleted ? `${text} (deleted)` : text;
}
