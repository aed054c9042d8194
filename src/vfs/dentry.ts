/** Names: dentries, mounts and paths, as in include/linux/dcache.h and fs/mount.h. */

import type { FileSystem, Inode } from './inode.js';
import type { PeerGroup } from './propagation.js';

/** A name in a directory. `inode` undefined: a negative entry, the name is known to be absent. */
export class Dentry {
  /** Cached children by name; undefined until the first lookup. */
  children: Map<string, Dentry> | undefined;
  /** Mounts on top of this dentry are found by `Mount.children`; this says if there is any, for a quick test. */
  mountpoint = 0;
  /** Set when the name was removed while the dentry is still in use (" (deleted)" in /proc). */
  unlinked = false;

  constructor(
    public name: string,
    /** undefined for the root of a file system. */
    public parent: Dentry | undefined,
    public inode: Inode | undefined,
  ) {}
}

/** A mounted file system (struct mount). */
export class Mount {
  readonly children = new Map<Dentry, Mount>();
  /** Its own flags, without those of the file system that all its mounts share. */
  ownFlags: number;
  /** Cannot leave its place alone (MNT_LOCKED): what it covers stays covered. */
  locked = false;
  /** Flags that nobody may take away (MNT_LOCK_*). */
  lockedFlags = 0;
  /** MS_UNBINDABLE. */
  unbindable = false;
  /** What /proc/pid/mounts shows where it is not the file system's own; `root`: where in that its root lies. */
  shown: { readonly type: string; readonly source: string; readonly root?: string } | undefined;
  /** MS_SHARED: those that it is shared with. */
  group: PeerGroup | undefined;
  /** MS_SLAVE: those that it follows. */
  master: PeerGroup | undefined;
  /** Marked by umount2(2) with MNT_EXPIRE. */
  expiring = false;

  constructor(
    readonly id: number,
    readonly fs: FileSystem,
    readonly root: Dentry,
    /** undefined for the root mount, and once it is mounted nowhere. */
    public parent: Mount | undefined,
    /** The dentry of `parent` that is covered. */
    public mountpoint: Dentry | undefined,
    /** MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_NODIRATIME, MS_RELATIME, MS_SYNCHRONOUS. */
    public flags: number,
  ) {
    this.ownFlags = flags;
  }
}

/** struct path. Immutable. */
export interface Path {
  readonly mount: Mount;
  readonly dentry: Dentry;
}

/** The inode of a positive path. */
export function inodeOf(path: Path): Inode {
  const inode = path.dentry.inode;
  if (inode === undefined) throw new Error('inodeOf: negative dentry');
  return inode;
}
