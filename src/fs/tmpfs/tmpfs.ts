/** tmpfs(5): a file system in memory. */

import { totalmem } from 'node:os';
import { EINVAL, ENOMEM } from '../../abi/errno.js';
import { S_IFREG, TMPFS_MAGIC } from '../../abi/stat.js';
import type { ContainerMemory } from '../../kernel/container-memory.js';
import type { Native } from '../../platform/native.js';
import { Dentry, Mount, type Path } from '../../vfs/dentry.js';
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
  /** What several of them may use together. */
  budget?: Budget;
  /** The container that its contents are charged to. */
  memory?: ContainerMemory | undefined;
}

/** Bytes and objects that a group of file systems may use together, and what they use now. */
export class Budget {
  bytes = 0;
  inodes = 0;
  constructor(
    readonly maxBytes: number,
    readonly maxInodes: number,
  ) {}
}

/** Half of the host's memory, in bytes. */
export function defaultMaxBytes(): number {
  return Math.floor(totalmem() / 2 / PAGE) * PAGE;
}
/** One object for two pages. */
export function defaultMaxInodes(maxBytes: number): number {
  return Math.max(1024, Math.floor(maxBytes / PAGE / 2));
}

const PAGE = 4096;
/** What an object takes of the sentry's memory besides its contents, about. */
const INODE_BYTES = 1024;
/** What a directory entry counts in st_size, as Linux's tmpfs does it; `.` and `..` count, too. */
const DIRENT_SIZE = 20;

export class TmpFs implements FileSystem, Quota {
  readonly type: string = 'tmpfs';
  readonly source: string;
  readonly dev: number;
  readonly cacheNames = true;
  readonly exportsHandles = true;
  maxBytes: number;
  maxInodes: number;
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
    this.maxBytes = given.maxBytes ?? defaultMaxBytes();
    this.maxInodes = given.maxInodes ?? defaultMaxInodes(this.maxBytes);
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
    if ((this.given.uid ?? 0) !== 0) out.push(`uid=${this.given.uid}`);
    if ((this.given.gid ?? 0) !== 0) out.push(`gid=${this.given.gid}`);
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
    const { budget, memory } = this.given;
    if (this.inodesUsed >= this.maxInodes) return false;
    if (budget !== undefined && budget.inodes >= budget.maxInodes) return false;
    if (memory !== undefined && memory.room(INODE_BYTES) < INODE_BYTES) return false;
    if (budget !== undefined) budget.inodes++;
    this.countInodes(1);
    return true;
  }
  protected countInodes(by: number): void {
    this.inodesUsed += by;
    this.given.memory?.charge(by * INODE_BYTES);
  }
  /** The object's last name and last user are gone. */
  inodeGone(_inode: TmpInode): void {
    this.countInodes(-1);
    if (this.given.budget !== undefined) this.given.budget.inodes--;
  }

  get bytesFree(): number {
    const own = this.maxBytes - this.bytesUsed;
    const { budget } = this.given;
    return budget === undefined ? own : Math.min(own, budget.maxBytes - budget.bytes);
  }
  get memory(): ContainerMemory | undefined {
    return this.given.memory;
  }
  charge(delta: number): void {
    this.bytesUsed += delta;
    this.given.memory?.charge(delta);
    if (this.given.budget !== undefined) this.given.budget.bytes += delta;
  }

  /** Other limits, where they are given, for a remount. @returns 0, or -EINVAL if more is in use */
  limit(maxBytes: number | undefined, maxInodes: number | undefined): number {
    if ((maxBytes ?? Infinity) < this.bytesUsed || (maxInodes ?? Infinity) < this.inodesUsed) return -EINVAL;
    if (maxBytes !== undefined) this.given.maxBytes = this.maxBytes = maxBytes;
    if (maxInodes !== undefined) this.given.maxInodes = this.maxInodes = maxInodes;
    return 0;
  }

  /** Mounted nowhere, used by nobody: all its objects go. */
  retire(): void {
    const { top } = this;
    this.top = undefined;
    for (const todo = top === undefined ? [] : [top as TmpInode]; ; ) {
      const inode = todo.pop();
      if (inode === undefined) break;
      for (const child of inode.abandon()) todo.push(child);
    }
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

/** One for nameless files of each container with an account, and one for all others. */
const anonymous = new WeakMap<Native | ContainerMemory, TmpFs>();

/** A place for a nameless file: /proc/pid/maps shows `name` as it is. */
export function tmpfsPath(file: TmpFile, name: string): Path {
  const root = new Dentry('', undefined, file);
  return {
    mount: new Mount(0, file.fs, root, undefined, undefined, 0),
    dentry: new Dentry(name, undefined, file),
  };
}

/**
 * A nameless regular file in memory (memfd_create(2)); its bytes go with its last description.
 * @param memory the container that it is charged to
 * @returns the file, or -ENOMEM
 */
export function createAnonFile(
  native: Native,
  _name: string,
  uid = 0,
  gid = 0,
  memory?: ContainerMemory,
): TmpFile | number {
  const owner = memory ?? native;
  let fs = anonymous.get(owner);
  if (fs === undefined) anonymous.set(owner, (fs = new TmpFs(native, { dev: 1, memory })));
  if (!fs.takeInode()) return -ENOMEM;
  const attr = newAttr(fs, S_IFREG | 0o777, uid, gid);
  attr.nlink = 0;
  return new TmpFile(fs, attr);
}
