/** devpts (Documentation/filesystems/devpts.rst): a node for each pseudo terminal, and ptmx that makes them. */

import { EBUSY, EIO, ENODEV, ENOENT, ENOSPC, EPERM } from '../../abi/errno.js';
import { O_NOCTTY } from '../../abi/fcntl.js';
import { CAP_SYS_ADMIN } from '../../abi/sched.js';
import { S_IFCHR, S_IFMT } from '../../abi/stat.js';
import type { Container } from '../../kernel/container.js';
import { type Cred, capable } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import type { Tty } from '../../kernel/tty.js';
import { Dentry, inodeOf, type Path } from '../../vfs/dentry.js';
import type { OpenFile } from '../../vfs/file.js';
import {
  type Attr,
  type DirEntry,
  type FileSystem,
  Inode,
  type SetAttr,
  type StatFs,
  type Timespec,
} from '../../vfs/inode.js';
import { makedev, minorOf, PseudoDir } from '../pseudo.js';
import { MasterFile, SlaveFile } from './files.js';
import { describeOptions, type PtsOptions, USUAL_OPTIONS } from './options.js';
import { Pty } from './pty.js';

const DEVPTS_MAGIC = 0x1cd1;
/** Pairs that may exist at once (kernel.pty.max). */
export const PTY_MAX = 4096;
/** UNIX98_PTY_SLAVE_MAJOR. */
export const PTS_MAJOR = 136;

const instances = new WeakMap<Container, DevPtsFs>();

export class DevPtsFs implements FileSystem {
  readonly type = 'devpts';
  readonly source = 'devpts';
  readonly options: string;
  /** Nodes come and go with their masters. */
  readonly cacheNames = false;
  readonly root: Inode;
  readonly nodes = new Map<number, CharNode>();
  readonly ptmx: CharNode;

  constructor(
    private readonly container: Container,
    readonly dev: number,
    private readonly given: PtsOptions = USUAL_OPTIONS,
  ) {
    instances.set(container, this);
    this.options = describeOptions(given);
    const now = container.kernel.realtime();
    this.ptmx = new CharNode(this, 2, makedev(5, 2), given.ptmxmode, 0, 0, now, (t, p, f) =>
      this.openMaster(t, p, f),
    );
    this.root = new PtsDir(this, now);
  }

  statfs(): StatFs {
    return {
      type: DEVPTS_MAGIC,
      bsize: 4096,
      blocks: 0,
      bfree: 0,
      bavail: 0,
      files: 0,
      ffree: 0,
      namelen: 255,
    };
  }

  /** Gives a terminal that is not a pair (the operator's) the lowest free number, so that it has a name. */
  attach(tty: Tty, owner: Cred): number {
    const index = this.freeIndex();
    const open = (task: Task, path: Path, flags: number): OpenFile | number =>
      tty.opener === undefined ? -EIO : tty.opener(task, path, flags);
    this.addNode(index, owner, open);
    return index;
  }

  /** Path of node `index` on the mount of this file system, or undefined when it is not mounted. */
  pathOf(index: number): Path | undefined {
    const inode = this.nodes.get(index);
    const mount = this.container.mounts.mounts.find((m) => m.fs === this);
    if (inode === undefined || mount === undefined) return undefined;
    return { mount, dentry: new Dentry(String(index), mount.root, inode) };
  }

  /** open(2) of ptmx: a new pair. */
  openMaster(task: Task, path: Path, flags: number): OpenFile | number {
    if (this.nodes.size >= Math.min(PTY_MAX, this.given.max)) return -ENOSPC;
    const pty = new Pty(this.container.kernel, this.freeIndex());
    pty.tty.opener = (t, p, f) => openSlave(t, p, f, pty);
    this.addNode(pty.index, task.cred, pty.tty.opener);
    const openPeer = (t: Task, f: number): OpenFile | number => {
      const peer = this.pathOf(pty.index);
      return peer === undefined ? -EIO : openSlave(t, peer, f, pty, true);
    };
    return new MasterFile(path, flags & ~O_NOCTTY, pty, openPeer, () => this.nodes.delete(pty.index));
  }

  /** Takes the name of a terminal away that `attach` gave it. */
  detach(index: number): void {
    this.nodes.delete(index);
  }

  /** The number that the next terminal gets. */
  freeIndex(): number {
    let index = 0;
    while (this.nodes.has(index)) index++;
    return index;
  }

  private addNode(index: number, owner: Cred, open: NodeOpen): void {
    const rdev = makedev(PTS_MAJOR, index);
    const node = new CharNode(
      this,
      index + 3,
      rdev,
      this.given.mode,
      this.given.uid ?? owner.fsuid,
      this.given.gid ?? owner.fsgid,
      this.container.kernel.realtime(),
      open,
    );
    this.nodes.set(index, node);
  }
}

/** The devpts instance of a container, for the device node /dev/ptmx. */
export function devPtsOf(container: Container): DevPtsFs | undefined {
  return instances.get(container);
}

/** open(2) of a node `c 136 N`: the VFS goes by device number, not by inode. */
export function openPts(task: Task, path: Path, flags: number): OpenFile | number {
  const node = devPtsOf(task.container)?.nodes.get(minorOf(inodeOf(path).getattr().rdev));
  return node === undefined ? -EIO : node.open(task, path, flags);
}

function openSlave(task: Task, path: Path, flags: number, pty: Pty, unlocked = false): OpenFile | number {
  if (pty.hungUp || (pty.locked && !unlocked)) return -EIO;
  if (pty.tty.exclusive && !capable(task.cred, CAP_SYS_ADMIN)) return -EBUSY;
  const file = new SlaveFile(path, flags & ~O_NOCTTY, pty);
  if ((flags & O_NOCTTY) === 0 && file.readable) pty.tty.maybeControl(task);
  return file;
}

type NodeOpen = (task: Task, path: Path, flags: number) => OpenFile | number;

class CharNode extends Inode {
  private readonly attr: Attr;
  constructor(
    readonly fs: FileSystem,
    readonly ino: number,
    rdev: number,
    perm: number,
    uid: number,
    gid: number,
    now: Timespec,
    private readonly opener: NodeOpen,
  ) {
    super();
    this.attr = {
      ino,
      mode: S_IFCHR | perm,
      nlink: 1,
      uid,
      gid,
      rdev,
      size: 0,
      blksize: 1024,
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
  override setattr(change: SetAttr): number {
    const { attr } = this;
    if (change.size !== undefined) return 0;
    if (change.mode !== undefined) attr.mode = (attr.mode & S_IFMT) | (change.mode & 0o7777);
    attr.uid = change.uid ?? attr.uid;
    attr.gid = change.gid ?? attr.gid;
    attr.atime = change.atime ?? attr.atime;
    attr.mtime = change.mtime ?? attr.mtime;
    return 0;
  }
  override truncate(): number {
    return 0;
  }
  override open(task: Task, path: Path, flags: number): OpenFile | number {
    return this.opener(task, path, flags);
  }
}

class PtsDir extends PseudoDir {
  constructor(
    private readonly pts: DevPtsFs,
    now: Timespec,
  ) {
    super(pts, 'devpts', 0o755, now);
  }
  override lookup(name: string): Inode | number {
    if (name === 'ptmx') return this.pts.ptmx;
    if (!/^(0|[1-9]\d{0,4})$/.test(name)) return -ENOENT;
    return this.pts.nodes.get(Number(name)) ?? -ENOENT;
  }
  override readdir(): DirEntry[] {
    const nodes = [...this.pts.nodes].sort(([a], [b]) => b - a);
    const entries = nodes.map(([index, node]) => ({
      name: String(index),
      ino: node.ino,
      type: S_IFCHR >> 12,
    }));
    return [...entries, { name: 'ptmx', ino: 2, type: S_IFCHR >> 12 }];
  }
  override unlink(): number {
    return -EPERM;
  }
  override create(): number {
    return -EPERM;
  }
}

/** open(2) of a /dev/ptmx node (c 5 2). */
export function openPtmx(task: Task, path: Path, flags: number): OpenFile | number {
  return devPtsOf(task.container)?.openMaster(task, path, flags) ?? -ENODEV;
}
