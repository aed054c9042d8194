/** From names to places: the path walk of fs/namei.c, path_resolution(7). */

import { EBADF, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EXDEV } from '../abi/errno.js';
import {
  AT_FDCWD, RESOLVE_BENEATH, RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_NO_XDEV,
} from '../abi/fcntl.js';
import { NAME_MAX, PATH_MAX } from '../abi/limits.js';
import { S_IFDIR, S_IFLNK, S_IFMT } from '../abi/stat.js';
import type { Task } from '../kernel/task.js';
import { Dentry, type Mount, type Path } from './dentry.js';
import { mayAccess, MAY_EXEC } from './permission.js';

export { openAt } from './open.js';

/** Follow a symbolic link in the last component. */
export const LOOKUP_FOLLOW = 1;
/** The result must be a directory. */
export const LOOKUP_DIRECTORY = 2;
/** An empty name means the start itself. */
export const LOOKUP_EMPTY = 4;

/** Symbolic links that one walk follows at most. */
const MAX_LINKS = 40;
/** Names known to be absent that one directory remembers. */
const MAX_CHILDREN = 8192;
const SLASH = 47;

export type LastKind = 'norm' | 'dot' | 'dotdot' | 'root';

export interface ParentLookup {
  parent: Path;
  /** Last component; empty for 'root'. */
  last: string;
  trailingSlash: boolean;
  kind: LastKind;
}

/** A walk in progress (struct nameidata). */
export class Walk {
  mount: Mount;
  dentry: Dentry;
  links = 0;
  last = '';
  trailingSlash = false;
  kind: LastKind = 'root';
  private readonly root: Path;

  constructor(
    readonly task: Task,
    readonly start: Path,
    /** RESOLVE_* of openat2(2). */
    readonly restrict = 0,
  ) {
    this.mount = start.mount;
    this.dentry = start.dentry;
    this.root = (restrict & (RESOLVE_IN_ROOT | RESOLVE_BENEATH)) !== 0 ? start : task.fs.root;
  }

  path(): Path {
    return { mount: this.mount, dentry: this.dentry };
  }

  private jumpRoot(): number {
    if ((this.restrict & RESOLVE_BENEATH) !== 0) return -EXDEV;
    if ((this.restrict & RESOLVE_NO_XDEV) !== 0 && this.root.mount !== this.mount) return -EXDEV;
    this.mount = this.root.mount;
    this.dentry = this.root.dentry;
    return 0;
  }

  /**
   * Walks all of `name` but its last component, which is left in `last`, `kind` and `trailingSlash`.
   * @returns 0 or -errno
   */
  toParent(name: string): number {
    let pos = 0;
    const end = name.length;
    if (name.charCodeAt(0) === SLASH) {
      const err = this.jumpRoot();
      if (err < 0) return err;
    }
    while (pos < end && name.charCodeAt(pos) === SLASH) pos++;
    this.kind = 'root';
    this.last = '';
    this.trailingSlash = false;
    if (pos === end) return 0;
    for (;;) {
      let stop = name.indexOf('/', pos);
      if (stop < 0) stop = end;
      let next = stop;
      while (next < end && name.charCodeAt(next) === SLASH) next++;
      const component = name.slice(pos, stop);
      const err = this.enter();
      if (err < 0) return err;
      this.kind = component === '.' ? 'dot' : component === '..' ? 'dotdot' : 'norm';
      if (next >= end) {
        this.last = component;
        this.trailingSlash = next > stop;
        return 0;
      }
      const moved = this.step(component, true);
      if (moved < 0) return moved;
      pos = next;
    }
  }

  /** May names be looked up in the current directory? */
  private enter(): number {
    const { inode } = this.dentry;
    if (inode === undefined) return -ENOENT;
    if ((inode.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
    return mayAccess(this.task.cred, inode, MAY_EXEC);
  }

  /** Moves by one component; an ordinary name must exist. @returns 0 or -errno */
  step(component: string, follow: boolean): number {
    if (component === '.' || component === '') return 0;
    if (component === '..') return this.up();
    const child = this.child(component);
    if (typeof child === 'number') return child;
    const { inode } = child;
    if (inode === undefined) return -ENOENT;
    if (follow && (inode.mode & S_IFMT) === S_IFLNK) return this.follow(child);
    this.dentry = child;
    return this.cross();
  }

  /** The dentry of a name in the current directory; it may be negative. @returns dentry or -errno */
  child(name: string): Dentry | number {
    if (name.length > NAME_MAX) return -ENAMETOOLONG;
    return lookupChild(this.task, this.mount, this.dentry, name);
  }

  private cross(): number {
    if (this.dentry.mountpoint === 0) return 0;
    const top = this.task.kernel.mounts.lookupMount(this.path());
    if ((this.restrict & RESOLVE_NO_XDEV) !== 0 && top.mount !== this.mount) return -EXDEV;
    this.mount = top.mount;
    this.dentry = top.dentry;
    return 0;
  }

  private up(): number {
    for (;;) {
      if (this.mount === this.root.mount && this.dentry === this.root.dentry) {
        return (this.restrict & RESOLVE_BENEATH) !== 0 ? -EXDEV : 0;
      }
      if (this.dentry !== this.mount.root) break;
      const { parent, mountpoint } = this.mount;
      if (parent === undefined || mountpoint === undefined) return 0;
      if ((this.restrict & RESOLVE_NO_XDEV) !== 0) return -EXDEV;
      this.mount = parent;
      this.dentry = mountpoint;
    }
    this.dentry = this.dentry.parent ?? this.dentry;
    return this.cross();
  }

  /** Follows the symbolic link `link`, an entry of the current directory, wherever it leads. */
  follow(link: Dentry): number {
    if (++this.links > MAX_LINKS || (this.restrict & RESOLVE_NO_SYMLINKS) !== 0) return -ELOOP;
    const { inode } = link;
    if (inode === undefined) return -ENOENT;
    const target = inode.jump(this.task);
    if (typeof target === 'number') return target;
    if (target !== undefined) {
      if ((this.restrict & RESOLVE_NO_MAGICLINKS) !== 0) return -ELOOP;
      if ((this.restrict & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) !== 0) return -EXDEV;
      this.mount = target.mount;
      this.dentry = target.dentry;
      return 0;
    }
    const text = inode.readlink(this.task);
    if (typeof text === 'number') return text;
    if (text === '') return -ENOENT;
    return this.whole(text, true);
  }

  /** Walks all of `name`. @returns 0 or -errno */
  whole(name: string, follow: boolean): number {
    const err = this.toParent(name);
    if (err < 0) return err;
    const slash = this.trailingSlash;
    const moved = this.step(this.last, follow || slash);
    if (moved < 0) return moved;
    if (slash && ((this.dentry.inode?.mode ?? 0) & S_IFMT) !== S_IFDIR) return -ENOTDIR;
    return 0;
  }
}

/** The dentry of `name` in directory `dir`, from the cache or the file system. */
export function lookupChild(task: Task, mount: Mount, dir: Dentry, name: string): Dentry | number {
  const children = (dir.children ??= new Map());
  const known = children.get(name);
  if (known !== undefined && (mount.fs.cacheNames || known.mountpoint > 0)) return known;
  const parent = dir.inode;
  if (parent === undefined || dir.unlinked) return -ENOENT;
  const found = parent.lookup(name, task);
  if (typeof found === 'number' && found !== -ENOENT) return found;
  const inode = typeof found === 'number' ? undefined : found;
  if (known !== undefined && known.inode === inode) return known;
  if (known !== undefined) known.unlinked = true;
  if (children.size >= MAX_CHILDREN) forgetAbsent(children);
  const child = new Dentry(name, dir, inode);
  children.set(name, child);
  return child;
}

function forgetAbsent(children: Map<string, Dentry>): void {
  for (const [name, child] of children) if (child.inode === undefined) children.delete(name);
}

function checkName(name: string, flags: number): number {
  if (name === '' && (flags & LOOKUP_EMPTY) === 0) return -ENOENT;
  return name.length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/**
 * Looks a name up.
 * @param start where relative names start
 * @param flags LOOKUP_*
 * @returns the place, which exists, or -errno
 */
export function resolve(task: Task, start: Path, name: string, flags: number): Path | number {
  const bad = checkName(name, flags);
  if (bad < 0) return bad;
  const walk = new Walk(task, start);
  const err = name === '' ? 0 : walk.whole(name, (flags & LOOKUP_FOLLOW) !== 0);
  if (err < 0) return err;
  if ((flags & LOOKUP_DIRECTORY) !== 0 && ((walk.dentry.inode?.mode ?? 0) & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  return walk.path();
}

/** Looks up the directory that the last component of a name is in, existing or not. */
export function resolveParent(task: Task, start: Path, name: string): ParentLookup | number {
  const bad = checkName(name, 0);
  if (bad < 0) return bad;
  const walk = new Walk(task, start);
  const err = walk.toParent(name);
  if (err < 0) return err;
  if (walk.last.length > NAME_MAX) return -ENAMETOOLONG;
  return { parent: walk.path(), last: walk.last, trailingSlash: walk.trailingSlash, kind: walk.kind };
}

/** Where a name that goes with `dirfd` starts. @returns the place, -EBADF or -ENOTDIR */
export function startOf(task: Task, dirfd: number, name: string): Path | number {
  if (dirfd === AT_FDCWD || name.charCodeAt(0) === SLASH) return task.fs.cwd;
  const file = task.file(dirfd);
  if (file === undefined) return -EBADF;
  if (name !== '' && (file.inode.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  return file.path;
}

export function resolveAt(task: Task, dirfd: number, name: string, flags: number): Path | number {
  const bad = checkName(name, flags);
  if (bad < 0) return bad;
  const start = startOf(task, dirfd, name);
  return typeof start === 'number' ? start : resolve(task, start, name, flags);
}

export function resolveParentAt(task: Task, dirfd: number, name: string): ParentLookup | number {
  const bad = checkName(name, 0);
  if (bad < 0) return bad;
  const start = startOf(task, dirfd, name);
  return typeof start === 'number' ? start : resolveParent(task, start, name);
}

/**
 * The name of a place as the task sees it (d_path): from its root on, " (deleted)" appended if it is gone, the bare name of a
 * nameless inode.
 */
export function pathName(task: Task, path: Path): string {
  const { root } = task.fs;
  let { mount, dentry } = path;
  if (mount.parent === undefined && mount !== task.kernel.mounts.root) return dentry.name;
  const deleted = dentry.unlinked ? ' (deleted)' : '';
  let text = '';
  for (;;) {
    if (mount === root.mount && dentry === root.dentry) break;
    if (dentry === mount.root) {
      if (mount.parent === undefined || mount.mountpoint === undefined) {
        if (root.dentry !== mount.root) text = `(unreachable)${text}`;
        break;
      }
      dentry = mount.mountpoint;
      mount = mount.parent;
      continue;
    }
    text = `/${dentry.name}${text}`;
    if (dentry.parent === undefined) break;
    dentry = dentry.parent;
  }
  return (text === '' ? '/' : text) + deleted;
}
