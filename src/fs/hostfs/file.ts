/** Open files and directories of a shared host directory. */

import { EISDIR, ENOMEM } from '../../abi/errno.js';
import { SEEK_DATA, SEEK_HOLE } from '../../abi/fcntl.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import type { SyscallResult } from '../../kernel/wait.js';
import type { Path } from '../../vfs/dentry.js';
import { type MapSource, OpenFile } from '../../vfs/file.js';
import { modeAfterWrite } from '../../vfs/permission.js';
import { Descriptors } from './descriptors.js';
import type { HostInode } from './inode.js';
import { syncElsewhere } from './sync.js';

export class HostFile extends OpenFile {
  /** O_RDONLY, O_WRONLY or O_RDWR: which of the host descriptors. */
  readonly access: number;

  constructor(
    private readonly file: HostInode,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
    this.access = Descriptors.access(flags);
  }
  private get fd(): number {
    return this.file.hostFd(this.access);
  }

  override read(_task: Task, sink: Sink, pos: number): number {
    return sink.putHost(this.fd, pos, sink.remaining);
  }
  override write(task: Task, source: Source, pos: number): number {
    const n = this.take(source, pos);
    if (n > 0 && (this.file.mode & 0o6000) !== 0) {
      // The host kernel does this for its own users, but not when the sentry is root.
      const attr = this.file.getattr();
      const mode = modeAfterWrite(task.cred, attr);
      if (mode !== attr.mode) this.file.setattr({ mode });
    }
    return n;
  }
  private take(source: Source, pos: number): number {
    const { account } = this.file.fs;
    const all = source.remaining;
    if (account === undefined || all === 0) return source.takeHost(this.fd, pos, all);
    return account.grow(all, (room) => source.takeHost(this.fd, pos, room)) || -ENOMEM;
  }
  override seek(offset: number, whence: number): number {
    if (whence !== SEEK_DATA && whence !== SEEK_HOLE) return super.seek(offset, whence);
    const pos = this.file.fs.native.lseek(this.fd, offset, whence);
    if (pos >= 0) this.pos = pos;
    return pos;
  }
  override allocate(mode: number, pos: number, len: number): number {
    const { account, native } = this.file.fs;
    if (account === undefined) return native.fallocate(this.fd, mode, pos, len);
    let result = -ENOMEM;
    account.grow(len, (room) => {
      if (room === len) result = native.fallocate(this.fd, mode, pos, len);
      return 0;
    });
    return result;
  }
  override sync(dataOnly: boolean): number {
    return this.file.fs.native.fsync(this.fd, dataOnly);
  }
  override startWriteback(pos: number, length: number): number {
    return this.file.fs.native.startWriteback(this.fd, pos, length);
  }
  override fsync(dataOnly: boolean): SyscallResult {
    const { fs } = this.file;
    return fs.inMemory ? this.sync(dataOnly) : syncElsewhere(fs.native, this.fd, dataOnly);
  }
  override map(_writable: boolean): MapSource | number {
    return { hostFd: this.fd };
  }
  override release(): void {
    this.file.give(this.access);
  }
}

export class HostDirFile extends OpenFile {
  constructor(
    private readonly dir: HostInode,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
    dir.hold();
  }
  override read(): number {
    return -EISDIR;
  }
  /** New and removed names are on the disk afterwards. */
  override sync(dataOnly: boolean): number {
    return this.dir.withFd((fd) => this.dir.fs.native.fsync(fd, dataOnly));
  }
  override fsync(dataOnly: boolean): SyscallResult {
    const { fs } = this.dir;
    if (fs.inMemory) return this.sync(dataOnly);
    let started: SyscallResult = 0;
    const err = this.dir.withFd((fd) => {
      started = syncElsewhere(fs.native, fd, dataOnly);
      return 0;
    });
    return err < 0 ? err : started;
  }
  override release(): void {
    this.dir.drop();
  }
}
