/** Objects of a shared host directory; what only directories have is in dir.ts. */

import { EINVAL, EIO, ENODATA, ENOTSUP, ENXIO, ESTALE } from '../../abi/errno.js';
import { O_DIRECTORY, O_PATH, O_RDONLY, O_WRONLY } from '../../abi/fcntl.js';
import { S_IFCHR, S_IFDIR, S_IFMT, S_IFREG } from '../../abi/stat.js';
import type { Task } from '../../kernel/task.js';
import { type Native, St } from '../../platform/native.js';
import { openCharDevice } from '../../vfs/chardev.js';
import type { Path } from '../../vfs/dentry.js';
import type { OpenFile } from '../../vfs/file.js';
import { type Attr, type HostPlace, Inode, type SetAttr, type Timespec } from '../../vfs/inode.js';
import { turn } from '../../vfs/turn.js';
import { Descriptors } from './descriptors.js';
import type { HostDir } from './dir.js';
import { HostDirFile, HostFile } from './file.js';
import { capsInward, capsOutward } from './file-caps.js';
import type { HostFs } from './hostfs.js';
import { forgetObject, knownObject, remark, sharedObject } from './shared-objects.js';

/** utimensat(2): leave this time as it is. */
const UTIME_OMIT = 0x3ffffffe;
const KEEP: Timespec = { sec: 0, nsec: UTIME_OMIT };

const FILE_CAPS = 'security.capability';

/** Extended attributes that are shared with the host. */
function isShared(name: string): boolean {
  return name.startsWith('user.') || name === FILE_CAPS;
}

export class HostInode extends Inode {
  ino: number;
  /** Of a regular file that was opened at some time. */
  private descriptors: Descriptors | undefined;
  /** Where the file system finds it again. */
  key: number | string = 0;
  /** What tells it from all other objects, together with its time of birth. */
  private hostDev = 0;
  private inoLow = 0;
  private inoHigh = 0;
  /** Owner and group on the host. */
  private hostUid = 0;
  private hostGid = 0;
  /** The turn of the loop in which `attr` was read. */
  private seenIn = turn.number;
  /** What locks and the like go by, once there are any. */
  private shared: object | undefined;
  /** It was taken its last name away here. */
  private nameless = false;

  /** The buffer of the stat calls must still tell of the object. */
  constructor(
    readonly fs: HostFs,
    public parent: HostDir | undefined,
    protected name: string,
    protected attr: Attr,
  ) {
    super();
    this.ino = attr.ino;
    this.noteMarks();
  }

  protected get native(): Native {
    return this.fs.native;
  }

  // --- where it is --------------------------------------------------------------------------------------------------

  /** A descriptor of the directory that it was seen in last, or -errno; of the object itself where `placeName` is empty. */
  placeFd(): number {
    return this.parent === undefined ? this.fs.rootFd : this.parent.dirFd();
  }
  /** Its name there. The root of a shared file, not directory, may have one too. */
  get placeName(): string {
    return this.name;
  }

  /** Its path below the root, as it was seen last. */
  get path(): string {
    const names = [this.name];
    for (let up = this.parent; up !== undefined; up = up.parent) if (up.name !== '') names.push(up.name);
    return names.reverse().join('/');
  }

  /** Does the buffer of the stat calls tell of this object? */
  isFound(): boolean {
    const b = this.native.statBuf;
    const same = b[St.inoLow] === this.inoLow && b[St.inoHigh] === this.inoHigh && b[St.dev] === this.hostDev;
    const { btime, mode } = this.attr;
    return (
      same &&
      b[St.btimeSec] === btime.sec &&
      b[St.btimeNsec] === btime.nsec &&
      (((b[St.mode] as number) ^ mode) & S_IFMT) === 0
    );
  }

  private get marks(): string {
    const { btime, mode } = this.attr;
    return `${this.hostDev}:${this.inoHigh}:${this.inoLow}:${btime.sec}.${btime.nsec}:${mode & S_IFMT}`;
  }
  override get identity(): object {
    this.shared ??= sharedObject(this.marks, this);
    return this.shared;
  }
  override get knownIdentity(): object | undefined {
    return this.shared ?? knownObject(this.marks);
  }
  /** What was shared is used by nobody, and forgotten. */
  unshare(): void {
    this.shared = undefined;
  }

  /** Is it `other` or a directory over it? */
  isAbove(other: HostInode): boolean {
    for (let i: HostInode | undefined = other; i !== undefined; i = i.parent) if (i === this) return true;
    return false;
  }
  /** It was found under this name just now: the buffer of the stat calls tells of it. */
  seen(parent: HostDir, name: string): void {
    this.refresh();
    this.nameless = false;
    if (this.parent === undefined) return;
    this.parent = parent;
    this.name = name;
  }
  /** It has got this name here. */
  movedTo(parent: HostDir, name: string): void {
    const dir = parent.dirFd();
    if (dir < 0 || this.native.statAt(dir, name) < 0) return;
    this.adopt();
    this.nameless = false;
    if (this.parent === undefined) return;
    this.parent = parent;
    this.name = name;
  }
  /** A name of it was removed here. */
  lostName(): void {
    this.seenIn = -1;
    if (this.attr.nlink < 2 || (this.mode & S_IFMT) === S_IFDIR) {
      this.nameless = true;
      this.descriptors?.forget();
      if (this.shared !== undefined) forgetObject(this.marks);
      this.attr = { ...this.attr, nlink: 0 };
    }
  }
  /**
   * The buffer of the stat calls tells of this object without a doubt, for it was reached by a descriptor or has just been moved.
   * An overlay of the host that copies a file up to be written gives it other marks than before.
   */
  adopt(): void {
    if (this.isFound()) {
      this.refresh();
      return;
    }
    const old = this.marks;
    this.noteMarks();
    this.attr = this.fs.readAttr();
    this.ino = this.attr.ino;
    this.seenIn = turn.number;
    if (this.shared !== undefined) remark(old, this.marks);
    this.fs.renumbered(this);
    this.descriptors?.copiedUp();
  }
  /** Takes the attributes over that the buffer of the stat calls has for it. */
  private refresh(): void {
    this.seenIn = turn.number;
    if (this.isUnchanged()) return;
    this.attr = this.fs.readAttr();
    this.noteMarks();
  }
  /** Most walks meet what they met before. A change shows in ctime, but for several within one tick of the host's clock. */
  private isUnchanged(): boolean {
    const b = this.native.statBuf;
    const { attr } = this;
    return (
      b[St.ctimeNsec] === attr.ctime.nsec &&
      b[St.ctimeSec] === attr.ctime.sec &&
      b[St.atimeNsec] === attr.atime.nsec &&
      b[St.atimeSec] === attr.atime.sec &&
      b[St.size] === attr.size &&
      b[St.blocks] === attr.blocks &&
      b[St.nlink] === attr.nlink &&
      b[St.mode] === attr.mode &&
      b[St.mtimeNsec] === attr.mtime.nsec &&
      b[St.mtimeSec] === attr.mtime.sec &&
      b[St.uid] === this.hostUid &&
      b[St.gid] === this.hostGid &&
      b[St.ino] === attr.ino
    );
  }
  private noteMarks(): void {
    const b = this.native.statBuf;
    this.hostDev = b[St.dev] as number;
    this.inoLow = b[St.inoLow] as number;
    this.inoHigh = b[St.inoHigh] as number;
    this.hostUid = b[St.uid] as number;
    this.hostGid = b[St.gid] as number;
  }
  /** Nobody can find it by a name any more. */
  get isNameless(): boolean {
    return this.nameless;
  }
  /** It has changed: its attributes must be read anew. */
  changed(): void {
    this.seenIn = -1;
  }

  /**
   * Runs `use` with a descriptor that stands for the object, whatever its name stands for by now.
   * @param changes it is another afterwards
   * @returns what `use` gives, or -errno
   */
  withObject(use: (fd: number) => number, changes = false): number {
    const known = this.openFd();
    if (changes) this.changed();
    if (known >= 0) return use(known);
    if (this.nameless) return -ESTALE;
    const { native } = this;
    const dir = this.placeFd();
    if (dir < 0) return dir;
    if (this.placeName === '') return use(dir);
    const fd = native.openAt(dir, this.placeName, O_PATH, 0);
    if (fd < 0) return fd;
    const r = native.fstat(fd) < 0 ? -EIO : this.isFound() ? use(fd) : -ESTALE;
    if (changes && r >= 0 && native.fstat(fd) >= 0) this.adopt();
    native.close(fd);
    return r;
  }

  /** A descriptor that is open anyway, or -1. */
  protected openFd(): number {
    return this.descriptors?.any ?? -1;
  }

  // --- attributes ---------------------------------------------------------------------------------------------------

  getattr(): Attr {
    if (this.seenIn === turn.number && turn.number !== 0) return this.attr;
    const { native } = this;
    const fd = this.openFd();
    if (fd < 0 && this.nameless) return this.attr;
    const dir = fd >= 0 ? fd : this.placeFd();
    const err = dir < 0 ? dir : fd >= 0 ? native.fstat(fd) : native.statAt(dir, this.placeName);
    // Something else may be under the name by now.
    if (err >= 0 && (fd >= 0 || this.isFound())) this.adopt();
    return this.attr;
  }
  /** The type never changes, and asking the host at every step of a walk is not needed for it. */
  override get mode(): number {
    return this.attr.mode;
  }

  override setattr(change: SetAttr): number {
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    let err = change.size === undefined ? 0 : this.resize(change.size);
    const { uid, gid, mode, atime, mtime } = change;
    if (err >= 0 && (uid ?? gid ?? mode ?? atime ?? mtime) !== undefined)
      err = this.withObject((fd) => this.change(fd, change), true);
    else this.changed();
    return err < 0 ? err : 0;
  }

  private change(fd: number, { uid, gid, mode, atime, mtime }: SetAttr): number {
    const { native } = this;
    const { ids } = this.fs;
    let err = 0;
    if (uid !== undefined || gid !== undefined) {
      const owner = uid === undefined ? -1 : ids.uid(uid);
      const group = gid === undefined ? -1 : ids.gid(gid);
      if ((uid !== undefined && owner < 0) || (gid !== undefined && group < 0)) return -EINVAL;
      err = native.chownAt(fd, '', owner, group);
    }
    if (err >= 0 && mode !== undefined) err = native.chmodAt(fd, '', mode & 0o7777);
    if (err >= 0 && (atime !== undefined || mtime !== undefined)) {
      const a = atime ?? KEEP;
      const m = mtime ?? KEEP;
      err = native.utimensAt(fd, '', a.sec, a.nsec, m.sec, m.nsec);
    }
    return err;
  }

  private resize(size: number): number {
    this.descriptors ??= new Descriptors(this);
    const err = this.descriptors.take(O_WRONLY, -1);
    if (err < 0) return err;
    const r = this.native.ftruncate(this.descriptors.fd(O_WRONLY), size);
    this.descriptors.give(O_WRONLY);
    return r;
  }

  override hostPlace(): HostPlace {
    return { rootFd: this.fs.rootFd, path: this.path };
  }

  override readlink(): string | number {
    const dir = this.placeFd();
    return dir < 0 ? dir : this.native.readlinkAt(dir, this.placeName);
  }

  // --- descriptions -------------------------------------------------------------------------------------------------------

  /** FIFOs of directories that others on the host use too are not the guest's, and not opened at all. */
  override get opensItself(): boolean {
    return !this.fs.fifos;
  }

  override open(task: Task, path: Path, flags: number): OpenFile | number {
    const { attr } = this;
    const type = attr.mode & S_IFMT;
    if (type === S_IFDIR) return new HostDirFile(this, path, flags);
    // Ours of that number, never the host's.
    if (type === S_IFCHR) return openCharDevice(task, path, flags, attr.rdev);
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

  /** Runs `use` with a descriptor of this directory (or regular file) opened for reading. */
  withFd(use: (fd: number) => number): number {
    const { native } = this;
    const type = this.mode & S_IFMT;
    if (type !== S_IFDIR && type !== S_IFREG) return -EINVAL;
    return this.withObject((object) => {
      const fd =
        type === S_IFDIR
          ? native.openAt(object, '', O_RDONLY | O_DIRECTORY, 0)
          : native.openFileAt(object, '', O_RDONLY);
      if (fd < 0) return fd;
      const r = use(fd);
      native.close(fd);
      return r;
    });
  }

  /** statfs(2): directories of the host may be mounts there. */
  statfs(): ReturnType<HostFs['statfs']> {
    let found: ReturnType<HostFs['statfs']> = -ESTALE;
    const err = this.withObject((fd) => {
      found = this.native.statfs(fd, '');
      return 0;
    });
    return err < 0 ? err : found;
  }

  // --- extended attributes ------------------------------------------------------------------------------------------------

  override getxattr(name: string): Uint8Array | number {
    if (!isShared(name)) return -ENODATA;
    let value: Uint8Array | number = -ENODATA;
    const err = this.withObject((fd) => {
      value = this.native.getxattr(fd, '', name);
      return 0;
    });
    if (err < 0) return err;
    const found = value as Uint8Array | number;
    return name === FILE_CAPS && typeof found !== 'number' ? capsInward(found, this.fs.ids.uid(0)) : found;
  }
  override setxattr(name: string, value: Uint8Array, flags: number): number {
    if (!isShared(name)) return -ENOTSUP;
    const kept = name === FILE_CAPS ? capsOutward(value, this.fs.ids.uid(0)) : value;
    if (typeof kept === 'number') return kept;
    return (
      this.fs.writable() || this.withObject((fd) => this.native.setxattr(fd, '', name, kept, flags), true)
    );
  }
  override listxattr(): string[] | number {
    let list: Uint8Array | number = 0;
    const err = this.withObject((fd) => {
      list = this.native.listxattr(fd, '');
      return 0;
    });
    if (err < 0) return err;
    const found = list as Uint8Array | number;
    if (typeof found === 'number') return found;
    return Buffer.from(found).toString('latin1').split('\0').filter(isShared);
  }
  override removexattr(name: string): number {
    if (!isShared(name)) return -ENODATA;
    return this.fs.writable() || this.withObject((fd) => this.native.removexattr(fd, '', name), true);
  }
}
