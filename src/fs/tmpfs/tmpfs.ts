/** tmpfs(5): a file system in memory. */

import { totalmem } from 'node:os';
import { S_IFREG, TMPFS_MAGIC } from '../../abi/stat.js';
import type { Native } from '../../platform/native.js';
import type { Attr, FileSystem, StatFs, Timespec } from '../../vfs/inode.js';
import type { Quota } from './content.js';
import { newRoot, type TmpDir } from './dir.js';
import { TmpFile } from './file.js';
import { newAttr, type TmpInode } from './inode.js';

export interface TmpFsOptions {
  /** Permissions and owner of the root directory; 01777 and root. */
  mode?: number;
  uid?: number;
  gid?: number;
  /** Bytes that files may use together; half of the host's memory. */
  maxBytes?: number;
  /** Objects that may exist; one for two pages of `maxBytes`. */
  maxInodes?: number;
  /** st_dev. */
  dev?: number;
  /** First field of /proc/mounts. */
  source?: string;
}

const PAGE = 4096;
/** What a directory entry counts in st_size, as Linux's tmpfs does it; `.` and `..` count, too. */
const DIRENT_SIZE = 20;

export class TmpFs implements FileSystem, Quota {
  readonly type: string = 'tmpfs';
  readonly source: string;
  readonly dev: number;
  readonly cacheNames = true;
  readonly maxBytes: number;
  readonly maxInodes: number;
  protected bytesUsed = 0;
  protected inodesUsed = 1;
  protected lastIno = 0;
  private top: TmpDir | undefined;
  private clock: Timespec = { sec: 0, nsec: 0 };
  private clockMs = 0;

  constructor(
    readonly native: Native,
    private readonly given: TmpFsOptions,
  ) {
    this.source = given.source ?? 'tmpfs';
    this.dev = given.dev ?? 0x1a;
    this.maxBytes = given.maxBytes ?? Math.floor(totalmem() / 2 / PAGE) * PAGE;
    this.maxInodes = given.maxInodes ?? Math.max(1024, Math.floor(this.maxBytes / PAGE / 2));
  }

  get root(): TmpDir {
    this.top ??= this.makeRoot();
    return this.top;
  }

  protected makeRoot(): TmpDir {
    return newRoot(this, this.given.mode ?? 0o1777, this.given.uid ?? 0, this.given.gid ?? 0);
  }

  get options(): string {
    const out: string[] = [];
    if (this.given.maxBytes !== undefined) out.push(`size=${this.maxBytes / 1024}k`);
    if (this.given.maxInodes !== undefined) out.push(`nr_inodes=${this.maxInodes}`);
    if (this.given.mode !== undefined && this.given.mode !== 0o1777)
      out.push(`mode=${this.given.mode.toString(8)}`);
    return out.join(',');
  }

  /** Time for stamps: milliseconds, never ahead of what the guest's own clock shows. */
  now(): Timespec {
    const ms = Date.now();
    if (ms !== this.clockMs) {
      this.clockMs = ms;
      const sec = Math.floor(ms / 1000);
      this.clock = { sec, nsec: (ms - sec * 1000) * 1_000_000 };
    }
    return this.clock;
  }

  newIno(): number {
    return ++this.lastIno;
  }

  /** Counts a new object. @returns false if there may not be more */
  takeInode(): boolean {
    if (this.inodesUsed >= this.maxInodes) return false;
    this.inodesUsed++;
    return true;
  }
  /** The object's last name and last user are gone. */
  inodeGone(_inode: TmpInode): void {
    this.inodesUsed--;
  }

  get bytesFree(): number {
    return this.maxBytes - this.bytesUsed;
  }
  charge(delta: number): void {
    this.bytesUsed += delta;
  }

  /** Sets st_size of a directory that has `by` entries more; 0 for a new one. */
  directorySize(attr: Attr, by: number): void {
    if (by === 0) attr.size = 2 * DIRENT_SIZE;
    else attr.size = Math.max(0, attr.size + by * DIRENT_SIZE);
  }

  statfs(): StatFs {
    const free = Math.max(0, Math.floor(this.bytesFree / PAGE));
    return {
      type: TMPFS_MAGIC,
      bsize: PAGE,
      blocks: Math.floor(this.maxBytes / PAGE),
      bfree: free,
      bavail: free,
      files: this.maxInodes,
      ffree: this.maxInodes - this.inodesUsed,
      namelen: 255,
    };
  }
}

const anonymous = new WeakMap<Native, TmpFs>();

/** A nameless regular file in memory (memfd_create(2)); its bytes go with its last description. */
export function createAnonFile(native: Native, _name: string, uid = 0, gid = 0): TmpFile {
  let fs = anonymous.get(native);
  if (fs === undefined) anonymous.set(native, (fs = new TmpFs(native, { dev: 1 })));
  fs.takeInode();
  const attr = newAttr(fs, S_IFREG | 0o777, uid, gid);
  attr.nlink = 0;
  return new TmpFile(fs, attr);
}
