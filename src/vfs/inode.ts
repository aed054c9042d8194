/** What the VFS asks of a file system's objects, as in include/linux/fs.h. */

import { EINVAL, ENODEV, ENOTDIR, ENOTSUP, EPERM, EROFS } from '../abi/errno.js';
import type { Cred } from '../kernel/cred.js';
import type { Task } from '../kernel/task.js';
import type { Path } from './dentry.js';
import type { OpenFile } from './file.js';

export interface Timespec {
  readonly sec: number;
  readonly nsec: number;
}

/** struct kstat: what stat(2) and statx(2) show. `mode` holds type and permissions. */
export interface Attr {
  ino: number;
  mode: number;
  nlink: number;
  uid: number;
  gid: number;
  /** Device number of a device node, as userspace's dev_t. */
  rdev: number;
  size: number;
  blksize: number;
  /** 512-byte blocks. */
  blocks: number;
  atime: Timespec;
  mtime: Timespec;
  ctime: Timespec;
  btime: Timespec;
  /** st_dev where it is not the file system's: directories of an overlay that are other mounts on the host. */
  dev?: number;
  /** The owner, or the group, is nobody that exists inside: shown as the overflow id. */
  foreignUid?: boolean;
  foreignGid?: boolean;
}

/** struct iattr: only the present fields change. Permission was checked by the VFS. */
export interface SetAttr {
  mode?: number;
  uid?: number;
  gid?: number;
  size?: number;
  atime?: Timespec;
  mtime?: Timespec;
}

/** An entry of readdir, without `.` and `..`. `type` is DT_* (S_IFMT >> 12). */
export interface DirEntry {
  readonly name: string;
  readonly ino: number;
  readonly type: number;
}

export interface StatFs {
  type: number;
  bsize: number;
  blocks: number;
  bfree: number;
  bavail: number;
  files: number;
  ffree: number;
  namelen: number;
}

/** A mounted file system's super block. */
export interface FileSystem {
  /** Type as in /proc/mounts: overlay, tmpfs, proc ... */
  readonly type: string;
  /** Source as in /proc/mounts. */
  readonly source: string;
  /** st_dev as userspace's dev_t. */
  readonly dev: number;
  readonly root: Inode;
  /** False: every name is looked up anew on every walk (proc, shared host directories). */
  readonly cacheNames: boolean;
  /** @param at what was asked about, where that matters */
  statfs(at?: Inode): StatFs | number;
  /** Makes everything written so far durable (sync(2), syncfs(2)); absent where nothing outlives the sandbox. @returns 0 or -errno */
  sync?(): number;
  /** Super block options for /proc/mounts, after rw/ro: e.g. "size=65536k". */
  readonly options?: string;
  /** Its objects have file handles (name_to_handle_at(2)). */
  readonly exportsHandles?: boolean;
  /** Other options for a file system that is mounted already (mount(2) with MS_REMOUNT); absent where there are none. @returns 0 or -errno */
  reconfigure?(data: string): number;
  /** It is mounted nowhere any more and nobody uses it: gives back what it holds. */
  retire?(): void;
}

/** An object of the host: a path below a descriptor, neither of which leads out of what guests share. */
export interface HostPlace {
  readonly rootFd: number;
  readonly path: string;
}

/**
 * One object of a file system. Directory operations get a name that is one component (not empty, `.`, `..`; no slash; at
 * most 255 bytes), after the VFS checked permissions, read-only mounts, sticky bits and existence through its dentry cache.
 */
export abstract class Inode {
  abstract readonly fs: FileSystem;
  abstract readonly ino: number;
  /** Open descriptions and other long-lived users: while there are any the object is not dropped from caches, nor its data when its last name goes. */
  holds = 0;
  /** Descriptions that open(2) made for writing, of a regular file (text-busy.ts). */
  writers = 0;
  /** A nameless file (O_TMPFILE) that may still be given its first name (I_LINKABLE). */
  linkable = false;

  /** What stands for the object wherever it is shown: file systems of a sandbox may share a directory of the host. */
  get identity(): object {
    return this;
  }
  /** The same, or undefined if nobody has asked for it yet. */
  get knownIdentity(): object | undefined {
    return this;
  }

  hold(): void {
    this.holds++;
  }
  /** The end of a `hold`. */
  drop(): void {
    this.holds--;
  }

  /** The VFS forgot the clean entry `name` of this directory; the file system may, too. */
  forget(_name: string): void {}

  /** Current attributes. The result may be the live object: callers must not change it. */
  abstract getattr(): Attr;

  /** Type and permissions; S_IFMT decides which operations make sense. */
  get mode(): number {
    return this.getattr().mode;
  }

  /** Changes attributes. The file system updates ctime. @returns 0 or -errno */
  setattr(_change: SetAttr): number {
    return -EPERM;
  }

  /** @returns the inode, or -ENOENT and other errors */
  lookup(_name: string, _task: Task | undefined): Inode | number {
    return -ENOTDIR;
  }
  /** Makes a regular file with `mode` (S_IFREG | permissions, umask applied), owner from `cred`'s fsuid/fsgid (setgid directories pass on their group). */
  create(_name: string, _mode: number, _cred: Cred): Inode | number {
    return -EROFS;
  }
  mkdir(_name: string, _mode: number, _cred: Cred): Inode | number {
    return -EROFS;
  }
  mknod(_name: string, _mode: number, _rdev: number, _cred: Cred): Inode | number {
    return -EROFS;
  }
  symlink(_name: string, _target: string, _cred: Cred): Inode | number {
    return -EROFS;
  }
  link(_name: string, _target: Inode): number {
    return -EROFS;
  }
  unlink(_name: string): number {
    return -EROFS;
  }
  rmdir(_name: string): number {
    return -EROFS;
  }
  /** `flags` are RENAME_*; both directories belong to this file system. */
  rename(_oldName: string, _newDir: Inode, _newName: string, _flags: number): number {
    return -EROFS;
  }
  /** A nameless regular file (O_TMPFILE). */
  tmpfile(_mode: number, _cred: Cred): Inode | number {
    return -ENOTSUP;
  }
  /** Target text of a symbolic link. */
  readlink(_task: Task | undefined): string | number {
    return -EINVAL;
  }
  /** Magic links (/proc/pid/exe, fd/N, cwd, root) jump instead of being parsed; undefined for ordinary links. */
  jump(_task: Task): Path | number | undefined {
    return undefined;
  }
  /** All entries of a directory, in a stable order. */
  readdir(_task: Task | undefined): DirEntry[] | number {
    return -ENOTDIR;
  }
  /** True for FIFOs whose file system has an `open` of its own: nameless pipes reached through /proc/pid/fd, FIFOs of the host. */
  get opensItself(): boolean {
    return false;
  }
  /** Opens; permission and truncation are the VFS's work. `path` is where it was found. @returns file description or -errno */
  open(_task: Task, _path: Path, _flags: number): OpenFile | number {
    return -ENODEV;
  }
  /** Changes the size of a regular file. */
  truncate(size: number): number {
    return this.setattr({ size });
  }
  /** Where on the host the object itself is that this one shows, if guests share it with the host. */
  hostPlace(): HostPlace | undefined {
    return undefined;
  }
  getxattr(_name: string): Uint8Array | number {
    return -ENOTSUP;
  }
  setxattr(_name: string, _value: Uint8Array, _flags: number): number {
    return -ENOTSUP;
  }
  listxattr(): string[] | number {
    return [];
  }
  removexattr(_name: string): number {
    return -ENOTSUP;
  }
}
