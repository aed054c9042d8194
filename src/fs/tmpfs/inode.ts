/** What all objects of an in-memory file system share: attributes, times, extended attributes, the end of an object. */

import { EEXIST, ENODATA, ENOSPC, ENOTSUP } from '../../abi/errno.js';
import { IN_UNMOUNT } from '../../abi/poll.js';
import { S_IFDIR, S_IFMT, XATTR_CREATE, XATTR_REPLACE } from '../../abi/stat.js';
import { type Attr, Inode, type SetAttr, type Timespec } from '../../vfs/inode.js';
import { notify } from '../../vfs/notify.js';
import type { TmpFs } from './tmpfs.js';

/** Bytes of all extended attributes of one object, names included (as ext4's one block). */
const XATTR_TOTAL_MAX = 65536;
const DAY = 86400;

function after(a: Timespec, b: Timespec): boolean {
  return a.sec > b.sec || (a.sec === b.sec && a.nsec > b.nsec);
}

/** Attributes of a new object. */
export function newAttr(fs: TmpFs, mode: number, uid: number, gid: number): Attr {
  const now = fs.now();
  return {
    ino: fs.newIno(),
    mode,
    nlink: (mode & S_IFMT) === S_IFDIR ? 2 : 1,
    uid,
    gid,
    rdev: 0,
    size: 0,
    blksize: 4096,
    blocks: 0,
    atime: now,
    mtime: now,
    ctime: now,
    btime: now,
  };
}

export abstract class TmpInode extends Inode {
  protected xattrs: Map<string, Uint8Array> | undefined;
  /** Where a lower host directory holds it, relative to the root; undefined for what was made here. */
  lower: string | undefined;
  /** Differs from its lower object in some way that must not be forgotten. */
  dirty = false;
  /** It lost a name: once it has none it gets none again, unlike an O_TMPFILE. */
  lostName = false;
  private gone = false;

  constructor(
    readonly fs: TmpFs,
    readonly attr: Attr,
  ) {
    super();
  }
  get ino(): number {
    return this.attr.ino;
  }
  override get mode(): number {
    return this.attr.mode;
  }
  getattr(): Attr {
    return this.attr;
  }

  override setattr(change: SetAttr): number {
    const { attr } = this;
    if (change.size !== undefined) {
      const err = this.resize(change.size);
      if (err < 0) return err;
    }
    this.dirty = true;
    if (change.mode !== undefined) attr.mode = (attr.mode & S_IFMT) | (change.mode & 0o7777);
    if (change.uid !== undefined) attr.uid = change.uid;
    if (change.gid !== undefined) attr.gid = change.gid;
    if (change.atime !== undefined) attr.atime = change.atime;
    if (change.mtime !== undefined) attr.mtime = change.mtime;
    attr.ctime = this.fs.now();
    return 0;
  }

  protected resize(_size: number): number {
    return -ENOTSUP;
  }

  /** The object was read: relatime's rule for the access time (mount(8)). */
  accessed(): void {
    const { attr } = this;
    const now = this.fs.now();
    if (after(attr.atime, attr.mtime) && after(attr.atime, attr.ctime) && now.sec - attr.atime.sec < DAY)
      return;
    attr.atime = now;
  }

  /** The contents changed. */
  modified(): void {
    this.dirty = true;
    this.attr.mtime = this.attr.ctime = this.fs.now();
  }

  /** The attributes changed. */
  changed(): void {
    this.dirty = true;
    this.attr.ctime = this.fs.now();
  }

  /** One name less; what has neither names nor users goes. */
  unlinked(): void {
    this.attr.nlink--;
    this.changed();
    this.disposeIfUnused();
  }

  override drop(): void {
    this.holds--;
    this.disposeIfUnused();
  }

  private disposeIfUnused(): void {
    if (this.holds > 0 || this.attr.nlink > 0 || this.gone) return;
    this.gone = true;
    this.dispose();
    this.fs.inodeGone(this);
  }

  /** The file system is gone: the object has no name any more. @returns what it held */
  abandon(): TmpInode[] {
    notify(this, IN_UNMOUNT);
    this.attr.nlink = 0;
    this.disposeIfUnused();
    return [];
  }

  /** Neither name nor user is left: gives back what it holds. */
  protected dispose(): void {}

  // --- extended attributes ------------------------------------------------------------------------------------------

  /** The map to read and change; a lower object fills it first. */
  protected attributes(): Map<string, Uint8Array> | number {
    this.xattrs ??= new Map();
    return this.xattrs;
  }

  override getxattr(name: string): Uint8Array | number {
    if (name.startsWith('system.')) return -ENOTSUP;
    const map = this.attributes();
    return typeof map === 'number' ? map : (map.get(name) ?? -ENODATA);
  }

  override setxattr(name: string, value: Uint8Array, flags: number): number {
    if (name.startsWith('system.')) return -ENOTSUP;
    const map = this.attributes();
    if (typeof map === 'number') return map;
    const old = map.get(name);
    if (old !== undefined && (flags & XATTR_CREATE) !== 0) return -EEXIST;
    if (old === undefined && (flags & XATTR_REPLACE) !== 0) return -ENODATA;
    let total = value.length + name.length;
    for (const [n, v] of map) if (n !== name) total += n.length + v.length;
    if (total > XATTR_TOTAL_MAX) return -ENOSPC;
    map.set(name, value.slice());
    this.changed();
    return 0;
  }

  override listxattr(): string[] | number {
    const map = this.attributes();
    return typeof map === 'number' ? map : [...map.keys()];
  }

  override removexattr(name: string): number {
    if (name.startsWith('system.')) return -ENOTSUP;
    const map = this.attributes();
    if (typeof map === 'number') return map;
    if (!map.delete(name)) return -ENODATA;
    this.changed();
    return 0;
  }
}
