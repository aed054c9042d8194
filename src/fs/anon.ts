/** Nameless inodes (fs/anon_inodes.c, fs/pipe.c, net/socket.c): what pipes, sockets and event descriptors are open files of. */

import { PIPEFS_MAGIC, S_IFMT, S_IFSOCK, SOCKFS_MAGIC } from '../abi/stat.js';
import type { Cred } from '../kernel/cred.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import { Dentry, Mount, type Path } from '../vfs/dentry.js';
import type { OpenFile } from '../vfs/file.js';
import { type Attr, type FileSystem, Inode, type SetAttr, type StatFs, type Timespec } from '../vfs/inode.js';

/** Programs take numbers of one digit for none at all (netstat): on a machine that has been up for a minute there are no such. */
const FIRST_INO = 4096;
const ANON_INODE_FS_MAGIC = 0x09041934;

/** One of pipefs, sockfs and anon_inodefs: internal mounts that no path leads to. */
class AnonFs implements FileSystem {
  readonly cacheNames = true;
  readonly root: Inode;
  readonly mount: Mount;
  private nextIno = FIRST_INO;

  constructor(
    readonly type: string,
    readonly dev: number,
    private readonly magic: number,
    now: Timespec,
  ) {
    this.root = new AnonInode(this, 0, 0, 0, 0, now);
    this.mount = new Mount(0, this, new Dentry('', undefined, this.root), undefined, undefined, 0);
  }
  get source(): string {
    return this.type;
  }
  newIno(): number {
    return this.nextIno++;
  }
  statfs(): StatFs {
    return {
      type: this.magic,
      bsize: 4096,
      blocks: 0,
      bfree: 0,
      bavail: 0,
      files: 0,
      ffree: 0,
      namelen: 255,
    };
  }
}

/** What stands behind a nameless inode when it is opened anew through /proc/pid/fd. */
export interface AnonBacking {
  open(task: Task, path: Path, flags: number): OpenFile | number;
  truncate(size: number): number;
}

class AnonInode extends Inode {
  private readonly attr: Attr;
  backing: AnonBacking | undefined;
  constructor(
    readonly fs: FileSystem,
    readonly ino: number,
    mode: number,
    uid: number,
    gid: number,
    now: Timespec,
  ) {
    super();
    this.attr = {
      ino,
      mode,
      nlink: 1,
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
  getattr(): Attr {
    return this.attr;
  }
  override get opensItself(): boolean {
    return this.backing !== undefined;
  }
  override open(task: Task, path: Path, flags: number): OpenFile | number {
    return this.backing?.open(task, path, flags) ?? super.open(task, path, flags);
  }
  override truncate(size: number): number {
    return this.backing?.truncate(size) ?? super.truncate(size);
  }
  override setattr(change: SetAttr): number {
    if (change.mode !== undefined) this.attr.mode = (this.attr.mode & S_IFMT) | (change.mode & 0o7777);
    if (change.uid !== undefined) this.attr.uid = change.uid;
    if (change.gid !== undefined) this.attr.gid = change.gid;
    if (change.atime !== undefined) this.attr.atime = change.atime;
    if (change.mtime !== undefined) this.attr.mtime = change.mtime;
    return 0;
  }
}

interface AnonMounts {
  pipe: AnonFs;
  socket: AnonFs;
  anon: AnonFs;
  /** The one inode that all `anon_inode:` files share, as on Linux. */
  shared: Inode;
}

const mountsOf = new WeakMap<Kernel, AnonMounts>();

function anonMounts(kernel: Kernel): AnonMounts {
  let m = mountsOf.get(kernel);
  if (m === undefined) {
    const now = kernel.realtime();
    const anon = new AnonFs('anon_inodefs', 0x10, ANON_INODE_FS_MAGIC, now);
    m = {
      pipe: new AnonFs('pipefs', 0xe, PIPEFS_MAGIC, now),
      socket: new AnonFs('sockfs', 0x9, SOCKFS_MAGIC, now),
      anon,
      shared: new AnonInode(anon, 1 + anon.newIno(), 0o600, 0, 0, now),
    };
    mountsOf.set(kernel, m);
  }
  return m;
}

/** True for paths made by `anonPath`: /proc/pid/fd shows their name as it is, without a directory. */
export function isAnonPath(path: Path): boolean {
  return path.mount.fs instanceof AnonFs;
}

/** Says how the nameless inode at `path` is opened anew. */
export function setBacking(path: Path, backing: AnonBacking): void {
  if (path.dentry.inode instanceof AnonInode) path.dentry.inode.backing = backing;
}

/**
 * The path of a nameless inode. `anon_inode:[...]` names share one inode of mode 0600; any other name gets an inode of its
 * own with `mode` (type and permissions).
 * @param name as /proc/pid/fd shows it; a bare word ("pipe", "socket") gets ":[inode number]" appended
 */
export function anonPath(kernel: Kernel, name: string, mode: number, cred?: Cred): Path {
  const m = anonMounts(kernel);
  if (name.startsWith('anon_inode:')) {
    return { mount: m.anon.mount, dentry: new Dentry(name, undefined, m.shared) };
  }
  const fs = (mode & S_IFMT) === S_IFSOCK ? m.socket : m.pipe;
  const ino = fs.newIno();
  const inode = new AnonInode(fs, ino, mode, cred?.fsuid ?? 0, cred?.fsgid ?? 0, kernel.realtime());
  const full = name.includes('[') || name.startsWith('/') ? name : `${name}:[${ino}]`;
  return { mount: fs.mount, dentry: new Dentry(full, undefined, inode) };
}
