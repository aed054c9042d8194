/** Namespaces as files: what /proc/pid/ns leads to (fs/nsfs.c, ioctl_nsfs(2)). */

import { EINVAL, ENOTTY, EPERM } from '../abi/errno.js';
import { O_ACCMODE, O_RDONLY } from '../abi/fcntl.js';
import { RLIMIT_NOFILE } from '../abi/sched.js';
import { S_IFREG } from '../abi/stat.js';
import type { Container } from '../kernel/container.js';
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

/** Inode numbers of the first namespace of each kind (include/linux/proc_ns.h), and their flags of clone(2). */
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
/** The numbers of others begin behind those. */
const FIRST_DYNAMIC = 0xf0000100;

const numbers = new WeakMap<object, number>();
const firsts = new WeakMap<Kernel, Set<NamespaceKind>>();
let lastNumber = FIRST_DYNAMIC;

/** What a container has of a kind; those of network, time and users are the sandbox's. */
function namespaceOf(container: Container, kind: NamespaceKind): object {
  switch (kind) {
    case 'pid':
      return container.pids;
    case 'ipc':
      return container.ipc;
    case 'uts':
      return container.uts;
    case 'mnt':
      return container.mounts;
    case 'cgroup':
      return container;
    default:
      return container.kernel;
  }
}

function numberOf(container: Container, kind: NamespaceKind): number {
  const ns = namespaceOf(container, kind);
  if (ns === container.kernel) return KINDS[kind][0];
  let number = numbers.get(ns);
  if (number !== undefined) return number;
  let taken = firsts.get(container.kernel);
  if (taken === undefined) firsts.set(container.kernel, (taken = new Set()));
  number = taken.has(kind) ? ++lastNumber : KINDS[kind][0];
  taken.add(kind);
  numbers.set(ns, number);
  return number;
}

class NsInode extends Inode {
  private readonly attr: Attr;
  constructor(
    readonly fs: NsFs,
    readonly kind: NamespaceKind,
    readonly ino: number,
    now: Timespec,
  ) {
    super();
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
    const file = new NsFile(this.fs, 'user', this.fs.path('user', KINDS.user[0]), O_RDONLY);
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
  private readonly inodes = new Map<number, NsInode>();

  constructor(private readonly now: Timespec) {
    this.root = new NsInode(this, 'user', KINDS.user[0], now);
    this.mount = new Mount(0, this, new Dentry('', undefined, this.root), undefined, undefined, 0);
  }
  path(kind: NamespaceKind, number: number): Path {
    let inode = this.inodes.get(number);
    if (inode === undefined) this.inodes.set(number, (inode = new NsInode(this, kind, number, this.now)));
    return { mount: this.mount, dentry: new Dentry(`${kind}:[${number}]`, undefined, inode) };
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
export function namespaceName(container: Container, kind: NamespaceKind): string {
  return `${kind}:[${numberOf(container, kind)}]`;
}

const filesystems = new WeakMap<Kernel, NsFs>();

/** Where a container's namespace of a kind can be opened. */
export function namespacePath(container: Container, kind: NamespaceKind): Path {
  const { kernel } = container;
  let fs = filesystems.get(kernel);
  if (fs === undefined) filesystems.set(kernel, (fs = new NsFs(kernel.realtime())));
  return fs.path(kind, numberOf(container, kind));
}
