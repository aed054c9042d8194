/** Names: dentries, mounts and paths, as in include/linux/dcache.h and fs/mount.h. */

import type { FileSystem, Inode } from './inode.js';

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
  constructor(
    readonly id: number,
    readonly fs: FileSystem,
    readonly root: Dentry,
    /** undefined for the root mount. */
    readonly parent: Mount | undefined,
    /** The dentry of `parent` that is covered. */
    readonly mountpoint: Dentry | undefined,
    /** MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_RELATIME. */
    public flags: number,
  ) {}
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
