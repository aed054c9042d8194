/** Objects of a shared host directory. */

import { EINVAL, ENODATA, ENOTSUP, ENXIO, EPERM, EXDEV } from '../../abi/errno.js';
import { O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR, O_WRONLY } from '../../abi/fcntl.js';
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFMT, S_IFREG, S_IFSOCK, S_ISGID } from '../../abi/stat.js';
import type { Cred } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import type { Native } from '../../platform/native.js';
import { openCharDevice } from '../../vfs/chardev.js';
import type { Path } from '../../vfs/dentry.js';
import type { OpenFile } from '../../vfs/file.js';
import {
  type Attr,
  type DirEntry,
  type HostPlace,
  Inode,
  type SetAttr,
  type Timespec,
} from '../../vfs/inode.js';
import { readAttr } from '../host-attr.js';
import { bindOnHost } from './binding.js';
import { Descriptors } from './descriptors.js';
import { HostDirFile, HostFile } from './file.js';
import type { HostFs } from './hostfs.js';

/** utimensat(2): leave this time as it is. */
const UTIME_OMIT = 0x3ffffffe;
const KEEP: Timespec = { sec: 0, nsec: UTIME_OMIT };

export class HostInode extends Inode {
  readonly ino: number;
  /** Of a regular file that was opened at some time. */
  private descriptors: Descriptors | undefined;
  /** Where the file system finds it again. */
  key = '';

  constructor(
    readonly fs: HostFs,
    private parent: HostInode | undefined,
    private name: string,
    private attr: Attr,
  ) {
    super();
    this.ino = attr.ino;
  }

  private get native(): Native {
    return this.fs.native;
  }

  /** Where it was seen last, below the root. */
  get path(): string {
    // The root of a shared file, not directory, has the file's name.
    if (this.parent === undefined) return this.name;
    const above = this.parent.path;
    return above === '' ? this.name : `${above}/${this.name}`;
  }
  private child(name: string): string {
    const { path } = this;
    return path === '' ? name : `${path}/${name}`;
  }

  /** Are these the attributes of this object, and not of a newer one with the same number? */
  isSame(attr: Attr): boolean {
    const { btime, mode } = this.attr;
    const sameBirth = btime.sec === attr.btime.sec && btime.nsec === attr.btime.nsec;
    return sameBirth && ((mode ^ attr.mode) & S_IFMT) === 0;
  }
  /** Is it `other` or a directory over it? */
  isAbove(other: HostInode): boolean {
    for (let i: HostInode | undefined = other; i !== undefined; i = i.parent) if (i === this) return true;
    return false;
  }
  /** It was found under this name just now. */
  seen(parent: HostInode, name: string, attr: Attr): void {
    this.attr = attr;
    if (this.parent === undefined) return;
    this.parent = parent;
    this.name = name;
  }

  getattr(): Attr {
    const { native } = this;
    const fd = this.descriptors?.any ?? -1;
    const err = fd >= 0 ? native.fstat(fd) : native.statAt(this.fs.rootFd, this.path);
    if (err >= 0) {
      const now = readAttr(native.statBuf, this.fs.dev);
      // Something else may be under the name by now.
      if (now.ino === this.ino && this.isSame(now)) this.attr = now;
    }
    return this.attr;
  }
  /** The type never changes, and asking the host at every step of a walk is not needed for it. */
  override get mode(): number {
    return this.attr.mode;
  }

  override setattr(change: SetAttr): number {
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    const { native, path } = this;
    const { rootFd } = this.fs;
    let err = 0;
    if (change.size !== undefined) err = this.resize(change.size);
    if (err >= 0 && (change.uid !== undefined || change.gid !== undefined)) {
      err = native.chownAt(rootFd, path, change.uid ?? -1, change.gid ?? -1);
    }
    if (err >= 0 && change.mode !== undefined) err = native.chmodAt(rootFd, path, change.mode & 0o7777);
    if (err >= 0 && (change.atime !== undefined || change.mtime !== undefined)) {
      const a = change.atime ?? KEEP;
      const m = change.mtime ?? KEEP;
      err = native.utimensAt(rootFd, path, a.sec, a.nsec, m.sec, m.nsec);
    }
    this.getattr();
    return err < 0 ? err : 0;
  }

  private resize(size: number): number {
    const open = this.descriptors?.writable ?? -1;
    if (open >= 0) return this.native.ftruncate(open, size);
    const fd = this.native.openAt(this.fs.rootFd, this.path, O_WRONLY, 0);
    if (fd < 0) return fd;
    const err = this.native.ftruncate(fd, size);
    this.native.close(fd);
    return err;
  }

  // --- names ------------------------------------------------------------------------------------------------------------

  override lookup(name: string, _task: Task | undefined): HostInode | number {
    const err = this.native.statAt(this.fs.rootFd, this.child(name));
    return err < 0 ? err : this.fs.found(this, name);
  }

  /** A new object gets the owner and mode that the guest's kernel would give it. */
  private made(name: string, err: number, mode: number | undefined, cred: Cred): HostInode | number {
    if (err < 0) return err;
    const { native } = this;
    const { rootFd, privileged } = this.fs;
    const path = this.child(name);
    if (privileged) {
      const gid = (this.attr.mode & S_ISGID) !== 0 ? this.attr.gid : cred.fsgid;
      const chown = native.chownAt(rootFd, path, cred.fsuid, gid);
      // A host that does not let us (a network file system) keeps the sentry's user as the owner.
      if (chown < 0 && chown !== -EPERM) return chown;
    }
    if (mode !== undefined) {
      const isDir = (mode & S_IFMT) === S_IFDIR;
      const bit = isDir ? this.attr.mode & S_ISGID : 0;
      const chmod = native.chmodAt(rootFd, path, (mode & 0o7777) | bit);
      if (chmod < 0) return chmod;
    }
    return this.lookup(name, undefined);
  }

  override create(name: string, mode: number, cred: Cred): HostInode | number {
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    const fd = this.native.openAt(this.fs.rootFd, this.child(name), O_CREAT | O_EXCL | O_RDWR, 0o600);
    const inode = this.made(name, fd, S_IFREG | mode, cred);
    if (typeof inode !== 'number') this.fs.keepMade(inode, fd);
    else if (fd >= 0) this.native.close(fd);
    return inode;
  }

  override mkdir(name: string, mode: number, cred: Cred): HostInode | number {
    const err = this.fs.writable() || this.native.mkdirAt(this.fs.rootFd, this.child(name), 0o700);
    return this.made(name, err, S_IFDIR | mode, cred);
  }

  override mknod(name: string, mode: number, _rdev: number, cred: Cred): HostInode | number {
    const type = mode & S_IFMT;
    // A device node on the host would work there.
    if (type === S_IFCHR || type === S_IFBLK) return -EPERM;
    const err = this.fs.writable() || this.makeNode(name, type);
    return this.made(name, err, mode, cred);
  }
  private makeNode(name: string, type: number): number {
    const { rootFd } = this.fs;
    const path = this.child(name);
    const bound =
      type === S_IFSOCK ? bindOnHost((kind) => this.native.udsBind(rootFd, path, kind)) : undefined;
    return bound ?? this.native.mknodAt(rootFd, path, type | 0o600, 0);
  }

  override hostPlace(): HostPlace {
    return { rootFd: this.fs.rootFd, path: this.path };
  }

  override symlink(name: string, target: string, cred: Cred): HostInode | number {
    const err = this.fs.writable() || this.native.symlinkAt(this.fs.rootFd, target, this.child(name));
    return this.made(name, err, undefined, cred);
  }

  override link(name: string, target: Inode): number {
    if (!(target instanceof HostInode) || target.fs !== this.fs) return -EXDEV;
    return this.fs.writable() || this.native.linkAt(this.fs.rootFd, target.path, this.child(name));
  }

  override unlink(name: string): number {
    return this.remove(name, false);
  }
  override rmdir(name: string): number {
    return this.remove(name, true);
  }
  private remove(name: string, isDir: boolean): number {
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    const inode = this.lookup(name, undefined);
    const err = this.native.unlinkAt(this.fs.rootFd, this.child(name), isDir);
    if (err >= 0 && typeof inode !== 'number' && (isDir || inode.attr.nlink < 2)) this.fs.removed(inode);
    return err;
  }

  override rename(oldName: string, newDir: Inode, newName: string, flags: number): number {
    if (!(newDir instanceof HostInode) || newDir.fs !== this.fs) return -EXDEV;
    const { rootFd } = this.fs;
    const err =
      this.fs.writable() || this.native.renameAt(rootFd, this.child(oldName), newDir.child(newName), flags);
    if (err < 0) return err;
    // Looking both names up tells the objects where they are now.
    newDir.lookup(newName, undefined);
    this.lookup(oldName, undefined);
    return 0;
  }

  override readlink(): string | number {
    return this.native.readlinkAt(this.fs.rootFd, this.path);
  }

  override readdir(_task: Task | undefined): DirEntry[] | number {
    return this.native.readdirAt(this.fs.rootFd, this.path);
  }

  // --- descriptions -------------------------------------------------------------------------------------------------------

  /** FIFOs of the host are not the guest's, and not opened at all. */
  override get opensItself(): boolean {
    return true;
  }

  override open(task: Task, path: Path, flags: number): OpenFile | number {
    const type = this.mode & S_IFMT;
    // Ours of that number, never the host's.
    if (type === S_IFCHR) return openCharDevice(task, path, flags, this.attr.rdev);
    if (type === S_IFDIR) return new HostDirFile(this, path, flags);
    if (type !== S_IFREG) return -ENXIO;
    const file = new HostFile(this, path, flags);
    const err = this.take(file.access);
    return err < 0 ? err : file;
  }

  /** Takes the host descriptor for one more description. @param access O_RDONLY, O_WRONLY or O_RDWR @returns 0 or -errno */
  private take(access: number): number {
    const readOnly = access === O_RDONLY ? 0 : this.fs.writable();
    if (readOnly < 0) return readOnly;
    this.descriptors ??= new Descriptors(this);
    const err = this.descriptors.take(access, this.fs.takeMade(this));
    if (err < 0) return err;
    this.hold();
    return 0;
  }

  /** The end of a description. */
  give(access: number): void {
    this.descriptors?.give(access);
    this.drop();
  }

  /** The host descriptor that descriptions of this kind use. */
  hostFd(access: number): number {
    return this.descriptors?.fd(access) ?? -1;
  }

  /** Runs `use` with a descriptor of this directory (or shared file) opened for reading. */
  withFd(use: (fd: number) => number): number {
    const { native } = this;
    const type = this.mode & S_IFMT;
    if (type !== S_IFDIR && type !== S_IFREG) return -EINVAL;
    const flags = type === S_IFDIR ? O_RDONLY | O_DIRECTORY : O_RDONLY;
    const fd = native.openAt(this.fs.rootFd, this.path, flags, 0);
    if (fd < 0) return fd;
    const r = use(fd);
    native.close(fd);
    return r;
  }

  // --- extended attributes: only `user.` is shared with the host ------------------------------------------------------------

  override getxattr(name: string): Uint8Array | number {
    if (!name.startsWith('user.')) return -ENODATA;
    return this.native.getxattr(this.fs.rootFd, this.path, name);
  }
  override setxattr(name: string, value: Uint8Array, flags: number): number {
    if (!name.startsWith('user.')) return -ENOTSUP;
    return this.fs.writable() || this.native.setxattr(this.fs.rootFd, this.path, name, value, flags);
  }
  override listxattr(): string[] | number {
    const list = this.native.listxattr(this.fs.rootFd, this.path);
    if (typeof list === 'number') return list;
    return Buffer.from(list)
      .toString('latin1')
      .split('\0')
      .filter((n) => n.startsWith('user.'));
  }
  override removexattr(name: string): number {
    if (!name.startsWith('user.')) return -ENODATA;
    return this.fs.writable() || this.native.removexattr(this.fs.rootFd, this.path, name);
  }
}
