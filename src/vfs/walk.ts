/** Path walking (fs/namei.c, path_resolution(7)). Names are byte strings; nothing is split into arrays. */

import { ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, EXDEV } from '../abi/errno.js';
import {
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
} from '../abi/fcntl.js';
import { NAME_MAX } from '../abi/limits.js';
import { MS_NOSYMFOLLOW, S_IFDIR, S_IFLNK, S_IFMT } from '../abi/stat.js';
import type { Task } from '../kernel/task.js';
import { lookupChild } from './dcache.js';
import type { Dentry, Mount, Path } from './dentry.js';
import type { Inode } from './inode.js';
import { attrAccess, MAY_EXEC } from './permission.js';

export type LastKind = 'norm' | 'dot' | 'dotdot' | 'root';

/** Symbolic links followed in one walk before ELOOP. */
const MAX_LINKS = 40;
const SLASH = 47;
const DOT = 46;

/** One walk: where it is, and what its last component was. */
export class Walk {
  mount: Mount;
  dentry: Dentry;
  /** The last component, not yet looked up, after `walkParent`. */
  last = '';
  lastKind: LastKind = 'root';
  /** Slashes follow the last component. */
  trailing = false;
  private links = 0;
  private root: Path;

  /** @param restrict RESOLVE_* of openat2(2) */
  constructor(
    private readonly task: Task,
    start: Path,
    private readonly restrict: number,
  ) {
    this.mount = start.mount;
    this.dentry = start.dentry;
    // RESOLVE_BENEATH and RESOLVE_IN_ROOT make the starting point the root of the walk.
    this.root = (restrict & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) !== 0 ? start : task.fs.root;
  }

  get path(): Path {
    return { mount: this.mount, dentry: this.dentry };
  }

  /** Walks all of `name`. @param follow a final symbolic link, too @returns 0 or -errno */
  walk(name: string, follow: boolean): number {
    const err = this.walkParent(name);
    return err < 0 ? err : this.walkLast(follow);
  }

  /** Walks to the directory that holds the last component, which goes to `last`. @returns 0 or -errno */
  walkParent(name: string): number {
    const end = name.length;
    let i = 0;
    if (name.charCodeAt(0) === SLASH) {
      const err = this.toRoot();
      if (err < 0) return err;
      while (i < end && name.charCodeAt(i) === SLASH) i++;
    }
    if (i === end) {
      this.last = '';
      this.lastKind = 'root';
      this.trailing = false;
      return 0;
    }
    for (;;) {
      const err = this.search();
      if (err < 0) return err;
      let j = name.indexOf('/', i);
      if (j < 0) j = end;
      let next = j;
      while (next < end && name.charCodeAt(next) === SLASH) next++;
      const len = j - i;
      const kind = componentKind(name, i, len);
      if (len > NAME_MAX) return -ENAMETOOLONG;
      if (next === end) {
        this.last = i === 0 && j === end ? name : name.slice(i, j);
        this.lastKind = kind;
        this.trailing = j < end;
        return 0;
      }
      const stepped = kind === 'norm' ? this.step(name.slice(i, j), true) : this.dots(kind);
      if (stepped < 0) return stepped;
      if ((this.inode.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
      i = next;
    }
  }

  /** Looks the last component up and goes there. @returns 0 or -errno */
  walkLast(follow: boolean): number {
    const { trailing } = this;
    const err =
      this.lastKind === 'norm' ? this.step(this.last, follow || trailing) : this.dots(this.lastKind);
    if (err < 0) return err;
    return trailing && (this.inode.mode & S_IFMT) !== S_IFDIR ? -ENOTDIR : 0;
  }

  /** Inode of the place; it is never negative between steps. */
  private get inode(): Inode {
    return this.dentry.inode as Inode;
  }

  /** A component may be looked up here only in a directory that the caller may search. */
  private search(): number {
    const attr = this.inode.getattr();
    if ((attr.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
    return attrAccess(this.task.cred, attr, MAY_EXEC);
  }

  private toRoot(): number {
    if ((this.restrict & RESOLVE_BENEATH) !== 0) return -EXDEV;
    if ((this.restrict & RESOLVE_NO_XDEV) !== 0 && this.root.mount !== this.mount) return -EXDEV;
    this.mount = this.root.mount;
    this.dentry = this.root.dentry;
    return 0;
  }

  private dots(kind: LastKind): number {
    return kind === 'dotdot' ? this.up() : 0;
  }

  private step(name: string, follow: boolean): number {
    const dir = this.dentry;
    const child = lookupChild(dir, name, this.task);
    if (typeof child === 'number') return child;
    const { inode } = child;
    if (inode === undefined) return -ENOENT;
    if ((inode.mode & S_IFMT) === S_IFLNK) return follow ? this.follow(child, inode) : this.enter(child);
    return this.enter(child);
  }

  /** Goes to a child and through what is mounted on it. */
  private enter(child: Dentry): number {
    let dentry = child;
    while (dentry.mountpoint > 0) {
      const over = this.mount.children.get(dentry);
      if (over === undefined) break;
      if ((this.restrict & RESOLVE_NO_XDEV) !== 0) return -EXDEV;
      this.mount = over;
      dentry = over.root;
    }
    this.dentry = dentry;
    return 0;
  }

  /** `..`: never above the root, and through mounts upwards. */
  private up(): number {
    const { root } = this;
    for (;;) {
      if (this.dentry === root.dentry && this.mount === root.mount) {
        return (this.restrict & RESOLVE_BENEATH) !== 0 ? -EXDEV : 0;
      }
      if (this.dentry !== this.mount.root) break;
      const { parent, mountpoint } = this.mount;
      if (parent === undefined || mountpoint === undefined) return 0;
      if ((this.restrict & RESOLVE_NO_XDEV) !== 0) return -EXDEV;
      this.mount = parent;
      this.dentry = mountpoint;
    }
    return this.dentry.parent === undefined ? 0 : this.enter(this.dentry.parent);
  }

  /** Follows the symbolic link `link`, which lies in the present directory. */
  follow(link: Dentry, inode: Inode): number {
    const err = this.countLink();
    if (err < 0) return err;
    const place = inode.jump(this.task);
    if (place !== undefined) return this.jump(place);
    const target = inode.readlink(this.task);
    if (typeof target === 'number') return target;
    if (target === '') return -ENOENT;
    if (link.inode !== inode) return -ENOENT;
    return this.walk(target, true);
  }

  private jump(place: Path | number): number {
    if (typeof place === 'number') return place;
    if ((this.restrict & RESOLVE_NO_MAGICLINKS) !== 0) return -ELOOP;
    if ((this.restrict & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) !== 0) return -EXDEV;
    if ((this.restrict & RESOLVE_NO_XDEV) !== 0 && place.mount !== this.mount) return -EXDEV;
    this.mount = place.mount;
    this.dentry = place.dentry;
    return 0;
  }

  /** For open(2) with O_CREAT: follows a link whose text is `target`, but for the last component. @returns 0 or -errno */
  followParent(target: string): number {
    const err = this.countLink();
    return err < 0 ? err : this.walkParent(target);
  }

  private countLink(): number {
    if (++this.links > MAX_LINKS) return -ELOOP;
    const refused = (this.restrict & RESOLVE_NO_SYMLINKS) !== 0 || (this.mount.flags & MS_NOSYMFOLLOW) !== 0;
    return refused ? -ELOOP : 0;
  }

  /** For open(2) with O_CREAT: goes to a child that is known to be there, without following it. */
  enterChild(child: Dentry): number {
    return this.enter(child);
  }
}

function componentKind(name: string, at: number, len: number): LastKind {
  if (len > 2 || name.charCodeAt(at) !== DOT) return 'norm';
  if (len === 1) return 'dot';
  return name.charCodeAt(at + 1) === DOT ? 'dotdot' : 'norm';
}
