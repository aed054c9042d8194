/** What proc, sys and devpts share: directories and files whose contents are made up at the moment of reading. */

import { EACCES, EINVAL, ENOENT, EPERM } from '../abi/errno.js';
import { POLLERR, POLLIN, POLLPRI, POLLRDNORM } from '../abi/poll.js';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../abi/stat.js';
import type { Task } from '../kernel/task.js';
import type { Sink, Source } from '../kernel/useriov.js';
import { WaitQueue } from '../kernel/wait.js';
import type { Path } from '../vfs/dentry.js';
import { OpenFile } from '../vfs/file.js';
import { type Attr, type DirEntry, type FileSystem, Inode, type Timespec } from '../vfs/inode.js';

/** dev_t of userspace (makedev(3)), for major numbers below 4096. */
export function makedev(major: number, minor: number): number {
  return (((major & 0xfff) << 8) | (minor & 0xff) | ((minor & 0xfff00) << 12)) >>> 0;
}
export function minorOf(dev: number): number {
  return (dev & 0xff) | ((dev >>> 12) & 0xfff00);
}

/** Latin1 byte string -> bytes. */
export function latin1Bytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** An inode number that is the same for the same name at every look-up: FNV-1a of the name, in Linux's range for generated files. */
export function inoOf(key: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) h = Math.imul(h ^ key.charCodeAt(i), 0x01000193);
  return 0xf0000000 + (h & 0x0fffffff);
}

/** Who owns a generated object. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}
export const ROOT_OWNER: Owner = { uid: 0, gid: 0 };

/** A generated object: mode and owner are fixed or computed, times are those of the file system's start. */
export class PseudoInode extends Inode {
  readonly ino: number;
  constructor(
    readonly fs: FileSystem,
    /** Stands for the place in the tree; equal keys are the same inode. */
    readonly key: string,
    private readonly bits: number,
    protected readonly time: Timespec,
    private readonly owner: () => Owner = () => ROOT_OWNER,
    private readonly links = 1,
  ) {
    super();
    this.ino = inoOf(key);
  }

  override get mode(): number {
    return this.bits;
  }

  getattr(): Attr {
    const { uid, gid } = this.owner();
    const t = this.time;
    return {
      ino: this.ino,
      mode: this.bits,
      nlink: this.links,
      uid,
      gid,
      rdev: 0,
      size: this.size(),
      blksize: this.fs.type === 'proc' ? 1024 : 4096,
      blocks: 0,
      atime: t,
      mtime: t,
      ctime: t,
      btime: t,
    };
  }

  protected size(): number {
    return 0;
  }
}

/** What reads and writes of a generated file do. */
export interface TextOps {
  /** The whole text, latin1, or -errno. `task` is who opened the file. */
  read?(task: Task): string | number;
  /** Takes one write(2): 0 or -errno. */
  write?(task: Task, text: string): number;
  /** The same for a setting that does not ask who writes; the operator's, too, who is no task. */
  set?(text: string): number;
  /** A check at open(2), beyond the permission bits: 0 or -errno. */
  open?(task: Task, flags: number): number;
  /** What poll(2) tells of: `count` grows with every change, and then `queue` is woken. */
  changes?(task: Task): Changes;
}

export interface Changes {
  readonly count: number;
  readonly queue: WaitQueue;
}

/** A generated file. Reading from its start makes the text anew; further reads go on in the same text (seq_file). */
export class TextInode extends PseudoInode {
  constructor(
    fs: FileSystem,
    key: string,
    perm: number,
    time: Timespec,
    readonly ops: TextOps,
    owner?: () => Owner,
    private readonly fixedSize = 0,
    /** epoll(7) takes it although nothing ever happens to it (proc_reg_poll, kernfs_fop_poll). */
    private readonly pollable = false,
  ) {
    super(fs, key, S_IFREG | perm, time, owner);
  }
  protected override size(): number {
    return this.fixedSize;
  }
  override open(task: Task, path: Path, flags: number): OpenFile | number {
    const err = this.ops.open?.(task, flags) ?? 0;
    return err < 0 ? err : new TextFile(path, flags, this.ops, this.pollable, this.ops.changes?.(task));
  }
  /** O_TRUNC on a writable setting is harmless. */
  override truncate(): number {
    return 0;
  }
}

/** Largest text that one write(2) may bring. */
const WRITE_MAX = 4096;

class TextFile extends OpenFile {
  private text: Uint8Array | undefined;
  override readonly queue: WaitQueue;
  private seen: number;
  constructor(
    path: Path,
    flags: number,
    private readonly ops: TextOps,
    private readonly watchable: boolean,
    private readonly changes: Changes | undefined,
  ) {
    super(path, flags);
    this.queue = changes?.queue ?? new WaitQueue();
    this.seen = changes?.count ?? 0;
  }

  override get pollable(): boolean {
    return this.watchable || this.changes !== undefined;
  }
  /** A change is told once, as an error and urgent data (mounts_poll). */
  override poll(): number {
    if (this.changes === undefined) return super.poll();
    if (this.changes.count === this.seen) return POLLIN | POLLRDNORM;
    this.seen = this.changes.count;
    return POLLIN | POLLRDNORM | POLLERR | POLLPRI;
  }

  override read(task: Task, sink: Sink, pos: number): number {
    if (this.ops.read === undefined) return -EINVAL;
    if (this.text === undefined || pos === 0) {
      const text = this.ops.read(task);
      if (typeof text === 'number') return text;
      this.text = latin1Bytes(text);
    }
    const n = Math.min(sink.remaining, this.text.length - pos);
    return n <= 0 ? 0 : sink.put(this.text, pos, n);
  }

  override write(task: Task, source: Source): number {
    if (this.ops.write === undefined && this.ops.set === undefined) return -EINVAL;
    const buf = new Uint8Array(Math.min(source.remaining, WRITE_MAX));
    const n = buf.length === 0 ? 0 : source.take(buf, 0, buf.length);
    if (n < 0) return n;
    const text = Buffer.from(buf.subarray(0, n)).toString('latin1');
    const err = this.ops.write?.(task, text) ?? this.ops.set?.(text) ?? -EINVAL;
    return err < 0 ? err : n;
  }

  override truncate(): number {
    return 0;
  }
}

/** An open directory with nothing of its own: names come from the inode. */
export class DirFile extends OpenFile {}

/** A directory whose names are fixed or computed. */
export abstract class PseudoDir extends PseudoInode {
  constructor(fs: FileSystem, key: string, perm: number, time: Timespec, owner?: () => Owner, links = 2) {
    super(fs, key, S_IFDIR | perm, time, owner, links);
  }
  abstract override lookup(name: string, task: Task | undefined): Inode | number;
  abstract override readdir(task: Task | undefined): DirEntry[] | number;

  /** In proc a name that is not there cannot even be looked up for making; elsewhere there is just no such operation. */
  private refuse(err: number): number {
    return this.fs.type === 'proc' ? -ENOENT : err;
  }
  override create(): number {
    return this.refuse(-EACCES);
  }
  override mkdir(): number {
    return this.refuse(-EPERM);
  }
  override mknod(): number {
    return this.refuse(-EPERM);
  }
  override symlink(): number {
    return this.refuse(-EPERM);
  }
  override link(): number {
    return this.refuse(-EPERM);
  }
  override unlink(): number {
    return -EPERM;
  }
  override rmdir(): number {
    return -EPERM;
  }
  override rename(): number {
    return -EPERM;
  }

  override open(_task: Task, path: Path, flags: number): OpenFile | number {
    return new DirFile(path, flags);
  }
}

/** A directory that never changes. */
export class StaticDir extends PseudoDir {
  private readonly entries = new Map<string, Inode>();
  add(name: string, inode: Inode): void {
    this.entries.set(name, inode);
  }
  get(name: string): Inode | undefined {
    return this.entries.get(name);
  }
  protected keepOnly(names: readonly string[]): void {
    for (const name of this.entries.keys()) if (!names.includes(name)) this.entries.delete(name);
  }
  override lookup(name: string): Inode | number {
    return this.entries.get(name) ?? -ENOENT;
  }
  override readdir(): DirEntry[] {
    return [...this.entries].map(([name, inode]) => dirEntry(name, inode));
  }
}

export function dirEntry(name: string, inode: Inode): DirEntry {
  return { name, ino: inode.ino, type: (inode.mode & S_IFMT) >> 12 };
}

/** A symbolic link with computed text, and optionally a jump in place of parsing it. */
export class LinkInode extends PseudoInode {
  constructor(
    fs: FileSystem,
    key: string,
    time: Timespec,
    private readonly text: (task: Task | undefined) => string | number,
    private readonly target?: (task: Task) => Path | number,
    owner?: () => Owner,
    perm = 0o777,
  ) {
    super(fs, key, S_IFLNK | perm, time, owner);
  }
  override readlink(task: Task | undefined): string | number {
    return this.text(task);
  }
  override jump(task: Task): Path | number | undefined {
    return this.target?.(task);
  }
  protected override size(): number {
    return this.target === undefined ? 0 : 64;
  }
}

/** A tree of fixed texts and directories: strings, functions and further trees by name. */
export interface Tree {
  readonly [name: string]: string | (() => string) | TextLeaf | TreeLink | LiveTree | Tree;
}
/** A directory of a tree whose names come and go: they are asked for whenever somebody looks. Nobody may keep them (`cacheNames`). */
export class LiveTree {
  /** @param make what is below a name */
  constructor(
    readonly names: () => readonly string[],
    readonly make: (name: string) => Tree | TreeLink,
  ) {}
}
/** A symbolic link in a tree. */
export class TreeLink {
  constructor(readonly target: string) {}
}
/** A leaf of a tree with other permissions or with writes. */
export class TextLeaf {
  constructor(
    readonly perm: number,
    readonly ops: TextOps,
    readonly size = 0,
  ) {}
}

class LiveDir extends StaticDir {
  constructor(
    fs: FileSystem,
    key: string,
    time: Timespec,
    private readonly tree: LiveTree,
    private readonly fileSize: number,
  ) {
    super(fs, key, 0o555, time);
  }

  private refresh(): void {
    const names = this.tree.names();
    this.keepOnly(names);
    const fresh = names.filter((name) => this.get(name) === undefined);
    const tree = Object.fromEntries(fresh.map((name) => [name, this.tree.make(name)]));
    populate(this, tree, this.time, this.fileSize);
  }
  override lookup(name: string): Inode | number {
    this.refresh();
    return super.lookup(name);
  }
  override readdir(): DirEntry[] {
    this.refresh();
    return super.readdir();
  }
}

/** Builds the directories and files of `tree` under `dir`. @param size st_size of files (4096 in sysfs) */
export function populate(dir: StaticDir, tree: Tree, time: Timespec, size = 0): void {
  const { fs } = dir;
  for (const [name, what] of Object.entries(tree)) {
    const key = `${dir.key}/${name}`;
    if (typeof what === 'string')
      dir.add(name, new TextInode(fs, key, 0o444, time, { read: () => what }, undefined, size, true));
    else if (typeof what === 'function') {
      dir.add(name, new TextInode(fs, key, 0o444, time, { read: what }, undefined, size, true));
    } else if (what instanceof TextLeaf) {
      dir.add(name, new TextInode(fs, key, what.perm, time, what.ops, undefined, what.size || size, true));
    } else if (what instanceof LiveTree) {
      dir.add(name, new LiveDir(fs, key, time, what, size));
    } else if (what instanceof TreeLink) {
      dir.add(name, new LinkInode(fs, key, time, () => what.target));
    } else {
      const existing = dir.get(name);
      const sub = existing instanceof StaticDir ? existing : new StaticDir(fs, key, 0o555, time);
      populate(sub, what, time, size);
      dir.add(name, sub);
    }
  }
}
