/**
 * The root file system of a sandbox: a host directory, only read, under a layer in memory that takes every change. Nobody else
 * is expected to change the directory meanwhile: names and attributes are read once.
 */

import { S_IFDIR, S_IFMT } from '../../abi/stat.js';
import type { Native } from '../../platform/native.js';
import type { Attr, StatFs } from '../../vfs/inode.js';
import type { TmpDir } from '../tmpfs/dir.js';
import type { TmpInode } from '../tmpfs/inode.js';
import { TmpFs } from '../tmpfs/tmpfs.js';
import { OverlayDir } from './dir.js';
import { lowerInode } from './inodes.js';
import { Lower } from './lower.js';

export interface OverlayOptions {
  /** Bytes that the layer in memory may hold; half of the host's memory. */
  maxBytes?: number;
  maxInodes?: number;
}

/** First inode number of objects made here: above what host file systems give, so that the two never meet. */
const FIRST_NEW_INO = 2 ** 40;
/** Size of a new directory, as of ext4 and most others with blocks. */
const DIR_SIZE = 4096;

export class OverlayFs extends TmpFs {
  override readonly type = 'overlay';
  readonly host: Lower;
  override readonly dev: number;
  /** Hard links of the host: one inode whatever the name, by `linkKey`. */
  private readonly links = new Map<string, TmpInode>();
  private readonly shared = new WeakMap<TmpInode, string>();

  /**
   * @param hostRootPath absolute path of a host directory, an ordinary string. Throws an Error with one line if it cannot be opened.
   */
  constructor(native: Native, hostRootPath: string, options: OverlayOptions) {
    super(native, { ...options, source: 'overlay', mode: 0o755 });
    this.host = new Lower(native, hostRootPath);
    this.dev = this.host.dev;
    this.lastIno = FIRST_NEW_INO;
  }

  override get options(): string {
    return '';
  }

  protected override makeRoot(): TmpDir {
    const attr = this.host.stat('');
    if (typeof attr === 'number') throw new Error(`cannot stat the root file system (errno ${-attr})`);
    return new OverlayDir(this, attr, '');
  }

  /** The object `name` in the lower directory `dir`; `path` is both. @returns -errno, -ENOENT if there is none */
  lowerObject(dir: string, name: string, path: string): TmpInode | number {
    const attr = this.host.statChild(dir, name);
    if (typeof attr === 'number') return attr;
    const key = this.linkKey(attr);
    if (key !== undefined) {
      const known = this.links.get(key);
      if (known !== undefined) return known;
    }
    this.countInodes(1);
    const inode = lowerInode(this, path, attr);
    if (key !== undefined) {
      this.links.set(key, inode);
      this.shared.set(inode, key);
    }
    return inode;
  }

  /**
   * Names a host object with several names whatever its path is; the time of birth tells it from a later one with the same
   * number. Undefined for others, and where the number is not exact in a double: two files must never be taken for one.
   */
  private linkKey(attr: Attr): string | undefined {
    if (attr.nlink < 2 || (attr.mode & S_IFMT) === S_IFDIR || !Number.isSafeInteger(attr.ino))
      return undefined;
    return `${attr.dev ?? this.dev}:${attr.ino}:${attr.btime.sec}.${attr.btime.nsec}`;
  }

  /** Has several names on the host. */
  isShared(inode: TmpInode): boolean {
    return this.shared.has(inode);
  }

  /** A clean object was dropped from the caches. */
  forgotten(_inode: TmpInode): void {
    this.countInodes(-1);
  }

  override inodeGone(inode: TmpInode): void {
    super.inodeGone(inode);
    const key = this.shared.get(inode);
    if (key !== undefined) this.links.delete(key);
  }

  /** Directories of block file systems do not show how many entries they have. */
  override directorySize(attr: Attr, by: number): void {
    if (by !== 0) return;
    attr.size = DIR_SIZE;
    attr.blocks = DIR_SIZE / 512;
  }

  /** What the host has, but free space is the layer's. */
  override statfs(): StatFs {
    const own = super.statfs();
    const host = this.native.statfs(this.host.rootFd, '');
    if (typeof host === 'number') return own;
    const free = Math.min(host.bfree, Math.floor(this.bytesFree / host.bsize));
    return { ...host, bfree: free, bavail: Math.min(host.bavail, free) };
  }
}
