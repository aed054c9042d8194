/** Regular files in memory. */

import { EINVAL, EISDIR, EOPNOTSUPP } from '../../abi/errno.js';
import { O_NOATIME, SEEK_DATA, SEEK_HOLE } from '../../abi/fcntl.js';
import { MS_NOATIME, MS_NODIRATIME } from '../../abi/stat.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import type { Path } from '../../vfs/dentry.js';
import { type MapSource, OpenFile } from '../../vfs/file.js';
import type { Attr, DirEntry } from '../../vfs/inode.js';
import { modeAfterWrite } from '../../vfs/permission.js';
import { Content } from './content.js';
import { TmpInode } from './inode.js';

export class TmpFile extends TmpInode {
  protected content: Content | undefined;

  /** The bytes, ready to change. */
  protected data(): Content | number {
    this.content ??= new Content(this.fs, 'file');
    return this.content;
  }

  override getattr(): Attr {
    if (this.content !== undefined) this.attr.blocks = this.content.blocks;
    return this.attr;
  }

  private settle(content: Content): void {
    this.attr.size = content.size;
  }

  readAt(sink: Sink, pos: number): number {
    return this.content === undefined ? 0 : this.content.read(sink, pos);
  }

  writeAt(source: Source, pos: number): number {
    const c = this.data();
    if (typeof c === 'number') return c;
    const n = c.write(source, pos);
    if (n > 0) {
      this.settle(c);
      this.modified();
    }
    return n;
  }

  protected override resize(size: number): number {
    const c = this.data();
    if (typeof c === 'number') return c;
    const err = c.truncate(size);
    if (err < 0) return err;
    this.settle(c);
    this.modified();
    return 0;
  }

  /** fallocate(2). */
  allocate(mode: number, pos: number, len: number): number {
    const c = this.data();
    if (typeof c === 'number') return c;
    const err = c.allocate(mode, pos, len);
    if (err < 0) return err;
    this.settle(c);
    this.modified();
    return 0;
  }

  /** SEEK_DATA and SEEK_HOLE. */
  seekData(pos: number, whence: number): number {
    const c = this.data();
    return typeof c === 'number' ? c : c.seek(pos, whence);
  }

  /**
   * A host descriptor with the bytes.
   * @param _writes the mapping is to write to them at once
   * @param mayWrite the description is writable: the mapping may be made writable later
   */
  mapFd(_writes: boolean, mayWrite: boolean): number {
    const c = this.data();
    return typeof c === 'number' ? c : c.map(mayWrite);
  }

  /** A description was made: files that need something of the host for reading get it here. @returns 0 or -errno */
  opened(_readable: boolean): number {
    this.hold();
    return 0;
  }
  closed(): void {
    this.drop();
  }

  override open(_task: Task, path: Path, flags: number): OpenFile | number {
    const file = new TmpOpenFile(this, path, flags);
    const err = this.opened(file.readable);
    return err < 0 ? err : file;
  }

  protected override dispose(): void {
    this.content?.free();
  }
}

/** True if reading through this description leaves the access time alone. */
function noAtime(path: Path, flags: number): boolean {
  return (flags & O_NOATIME) !== 0 || (path.mount.flags & MS_NOATIME) !== 0;
}

class TmpOpenFile extends OpenFile {
  private readonly keepAtime: boolean;

  constructor(
    private readonly file: TmpFile,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
    this.keepAtime = noAtime(path, flags);
  }

  override get inode(): TmpFile {
    return this.file;
  }

  override read(_task: Task, sink: Sink, pos: number): number {
    const n = this.file.readAt(sink, pos);
    if (n >= 0 && !this.keepAtime) this.file.accessed();
    return n;
  }

  override write(task: Task, source: Source, pos: number): number {
    const n = this.file.writeAt(source, pos);
    if (n > 0) this.dropPrivileges(task);
    return n;
  }

  private dropPrivileges(task: Task): void {
    const { attr } = this.file;
    if ((attr.mode & 0o6000) === 0) return;
    attr.mode = modeAfterWrite(task.cred, attr);
  }

  override seek(offset: number, whence: number): number {
    if (whence !== SEEK_DATA && whence !== SEEK_HOLE) return super.seek(offset, whence);
    const pos = this.file.seekData(offset, whence);
    if (pos >= 0) this.pos = pos;
    return pos;
  }

  override allocate(mode: number, pos: number, len: number): number {
    return this.file.allocate(mode, pos, len);
  }
  override sync(): number {
    return 0;
  }
  override map(writable: boolean): MapSource | number {
    const fd = this.file.mapFd(writable, this.writable);
    return fd < 0 ? fd : { hostFd: fd };
  }
  override release(): void {
    this.file.closed();
  }
}

/** An open directory. */
export class TmpDirFile extends OpenFile {
  constructor(
    private readonly dir: TmpInode,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
    dir.hold();
  }
  override read(): number {
    return -EISDIR;
  }
  override readdir(task: Task): DirEntry[] | number {
    if (!noAtime(this.path, this.flags) && (this.path.mount.flags & MS_NODIRATIME) === 0) this.dir.accessed();
    return this.dir.readdir(task);
  }
  override truncate(): number {
    return -EINVAL;
  }
  override allocate(): number {
    return -EOPNOTSUPP;
  }
  override sync(): number {
    return 0;
  }
  override release(): void {
    this.dir.drop();
  }
}
