/** Namespaces as files: what /proc/pid/ns leads to (fs/nsfs.c, ioctl_nsfs(2)). There is one of each kind. */

import { EINVAL, ENOTTY, EPERM } from '../abi/errno.js';
import { O_ACCMODE, O_RDONLY } from '../abi/fcntl.js';
import { RLIMIT_NOFILE } from '../abi/sched.js';
import { S_IFREG } from '../abi/stat.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import { Dentry, Mount, type Path } from '../vfs/dentry.js';
import { OpenFile } from '../vfs/file.js';
import { type Attr, type FileSystem, Inode, type StatFs, type Timespec } from '../vfs/inode.js';

const NSFS_MAGIC = 0x6e736673;
const NS_GET_USERNS = 0xb701;
const NS_GET_PARENT = 0xb702;
const NS_GET_NSTYPE = 0xb703;
const NS_GET_OWNER_UID = 0xb704;

/** Inode numbers of the initial namespaces (include/linux/proc_ns.h), and their flags of clone(2). */
const KINDS = {
  cgroup: [0xeffffffb, 0x02000000],
  ipc: [0xefffffff, 0x08000000],
  mnt: [0xf0000000, 0x00020000],
  net: [0xf0000098, 0x40000000],
  pid: [0xeffffffc, 0x20000000],
  time: [0xeffffffa, 0x80],
  user: [0xeffffffd, 0x10000000],
  uts: [0xeffffffe, 0x04000000],
} as const;
export type NamespaceKind = keyof typeof KINDS;

class NsInode extends Inode {
  readonly ino: number;
  private readonly attr: Attr;
  constructor(
    readonly fs: NsFs,
    readonly kind: NamespaceKind,
    now: Timespec,
  ) {
    super();
    this.ino = KINDS[kind][0];
    this.attr = {
      ino: this.ino,
      mode: S_IFREG | 0o444,
      nlink: 1,
      uid: 0,
      gid: 0,
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
  override open(_task: Task, path: Path, flags: number): OpenFile | number {
    if ((flags & O_ACCMODE) !== O_RDONLY) return -EPERM;
    return new NsFile(this.fs, this.kind, path, flags);
  }
}

class NsFile extends OpenFile {
  constructor(
    private readonly fs: NsFs,
    private readonly kind: NamespaceKind,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
  }
  override ioctl(task: Task, request: number, arg: number): number {
    switch (request) {
      case NS_GET_NSTYPE:
        return KINDS[this.kind][1];
      case NS_GET_USERNS:
        // The owner of the user namespace itself lies outside.
        return this.kind === 'user' ? -EPERM : this.openUser(task);
      case NS_GET_PARENT:
        return this.kind === 'user' || this.kind === 'pid' ? -EPERM : -EINVAL;
      case NS_GET_OWNER_UID:
        return this.kind === 'user' ? task.mem.putU32(arg, 0) : -EINVAL;
      default:
        return -ENOTTY;
    }
  }
  private openUser(task: Task): number {
    const file = new NsFile(this.fs, 'user', this.fs.path('user'), O_RDONLY);
    return task.files.install(file, true, task.group.limit(RLIMIT_NOFILE));
  }
}

class NsFs implements FileSystem {
  readonly type = 'nsfs';
  readonly source = 'nsfs';
  readonly dev = 4;
  readonly cacheNames = true;
  readonly root: Inode;
  private readonly mount: Mount;
  private readonly inodes = new Map<NamespaceKind, NsInode>();

  constructor(private readonly now: Timespec) {
    this.root = new NsInode(this, 'user', now);
    this.mount = new Mount(0, this, new Dentry('', undefined, this.root), undefined, undefined, 0);
  }
  path(kind: NamespaceKind): Path {
    let inode = this.inodes.get(kind);
    if (inode === undefined) this.inodes.set(kind, (inode = new NsInode(this, kind, this.now)));
    return { mount: this.mount, dentry: new Dentry(namespaceName(kind), undefined, inode) };
  }
  statfs(): StatFs {
    return {
      type: NSFS_MAGIC,
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

/** What a link of /proc/pid/ns says. */
export function namespaceName(kind: NamespaceKind): string {
  return `${kind}:[${KINDS[kind][0]}]`;
}

const filesystems = new WeakMap<Kernel, NsFs>();

/** Where the namespace of a kind can be opened. */
export function namespacePath(kernel: Kernel, kind: NamespaceKind): Path {
  let fs = filesystems.get(kernel);
  if (fs === undefined) filesystems.set(kernel, (fs = new NsFs(kernel.realtime())));
  return fs.path(kind);
}
