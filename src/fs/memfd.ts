/** memfd_create(2): a nameless file in memory, and the seals on it (mm/memfd.c). */

import { EINVAL, EPERM } from '../abi/errno.js';
import {
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
} from '../abi/fcntl.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import type { Sink, Source } from '../kernel/useriov.js';
import type { SyscallResult } from '../kernel/wait.js';
import type { Native } from '../platform/native.js';
import { Dentry, type Path } from '../vfs/dentry.js';
import { type MapSource, OpenFile } from '../vfs/file.js';
import { type Attr, type FileSystem, Inode, type SetAttr } from '../vfs/inode.js';
import { anonPath } from './anon.js';
import type { TmpFile } from './tmpfs/file.js';

/** include/uapi/linux/fcntl.h */
const F_SEAL_EXEC = 0x20;
const ALL_SEALS =
  F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE | F_SEAL_EXEC;
const NO_WRITE = F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

/** A file in memory behind its seals. Opening it again (through /proc/self/fd) meets the same seals. */
export class MemfdInode extends Inode {
  /** A writable shared mapping was made at some time; whether it is still there the host knows. */
  private mappedWritable = false;

  constructor(
    private readonly native: Native,
    private readonly inner: TmpFile,
    public seals: number,
  ) {
    super();
  }
  get fs(): FileSystem {
    return this.inner.fs;
  }
  get ino(): number {
    return this.inner.ino;
  }
  getattr(): Attr {
    return this.inner.getattr();
  }
  override setattr(change: SetAttr): number {
    if (change.size !== undefined) {
      const { size } = this.inner.getattr();
      if (change.size < size && (this.seals & F_SEAL_SHRINK) !== 0) return -EPERM;
      if (change.size > size && (this.seals & F_SEAL_GROW) !== 0) return -EPERM;
    }
    if (change.mode !== undefined && (this.seals & F_SEAL_EXEC) !== 0) {
      if (((change.mode ^ this.mode) & 0o111) !== 0) return -EPERM;
    }
    return this.inner.setattr(change);
  }
  override open(task: Task, path: Path, flags: number): OpenFile | number {
    const file = this.inner.open(task, path, flags);
    return file instanceof OpenFile ? new MemfdFile(this, file, path, flags) : file;
  }

  /** F_ADD_SEALS. @returns 0, -EINVAL, -EPERM, -EBUSY */
  addSeals(seals: number): number {
    if ((seals & ~ALL_SEALS) !== 0) return -EINVAL;
    if ((this.seals & F_SEAL_SEAL) !== 0) return -EPERM;
    if ((seals & F_SEAL_WRITE) !== 0 && (this.seals & F_SEAL_WRITE) === 0 && this.mappedWritable) {
      const err = this.native.addSeals(this.inner.mapFd(true, true), F_SEAL_WRITE);
      if (err < 0) return err;
    }
    this.seals |= seals;
    return 0;
  }
  noteMapping(writable: boolean): void {
    if (writable) this.mappedWritable = true;
  }
  /** A host descriptor that nobody can write through. */
  mapReadOnly(): number {
    return this.inner.mapFd(false, false);
  }
}

/** A description of it: the file underneath, with every change checked. */
class MemfdFile extends OpenFile {
  constructor(
    private readonly sealed: MemfdInode,
    private readonly inner: OpenFile,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
  }
  override read(task: Task, sink: Sink, pos: number): SyscallResult {
    return this.inner.read(task, sink, pos);
  }
  override write(task: Task, source: Source, pos: number): SyscallResult {
    const { seals } = this.sealed;
    if ((seals & NO_WRITE) !== 0) return -EPERM;
    if ((seals & F_SEAL_GROW) !== 0 && pos + source.remaining > this.sealed.getattr().size) return -EPERM;
    return this.inner.write(task, source, pos);
  }
  override seek(offset: number, whence: number): number {
    this.inner.pos = this.pos;
    const r = this.inner.seek(offset, whence);
    if (r >= 0) this.pos = r;
    return r;
  }
  override allocate(mode: number, pos: number, len: number): number {
    const { seals } = this.sealed;
    if ((mode & FALLOC_FL_PUNCH_HOLE) !== 0 && (seals & NO_WRITE) !== 0) return -EPERM;
    if ((mode & FALLOC_FL_COLLAPSE_RANGE) !== 0 && (seals & (NO_WRITE | F_SEAL_SHRINK)) !== 0) return -EPERM;
    const grows = (mode & FALLOC_FL_KEEP_SIZE) === 0 && pos + len > this.sealed.getattr().size;
    if (grows && (seals & F_SEAL_GROW) !== 0) return -EPERM;
    return this.inner.allocate(mode, pos, len);
  }
  override sync(): number {
    return 0;
  }
  override map(writable: boolean): MapSource | number {
    if ((this.sealed.seals & NO_WRITE) !== 0) {
      const hostFd = writable ? -EPERM : this.sealed.mapReadOnly();
      return hostFd < 0 ? hostFd : { hostFd };
    }
    const source = this.inner.map(writable);
    if (typeof source !== 'number') this.sealed.noteMapping(writable);
    return source;
  }
  override fcntl(task: Task, cmd: number, arg: number): number {
    if (cmd === F_GET_SEALS) return this.sealed.seals;
    if (cmd === F_ADD_SEALS) return this.sealed.addSeals(arg);
    return super.fcntl(task, cmd, arg);
  }
  override release(): void {
    this.inner.release();
  }
}

/** The place of a memory file: /proc/pid/fd shows "/memfd:name (deleted)". */
export function memfdPath(kernel: Kernel, inode: MemfdInode, name: string): Path {
  const { mount } = anonPath(kernel, 'memfd', 0o100600);
  return { mount, dentry: new Dentry(`/memfd:${name} (deleted)`, undefined, inode) };
}

/** Seals of a new file: without MFD_ALLOW_SEALING none can be added. */
export function initialSeals(allowSealing: boolean, noExec: boolean): number {
  return (allowSealing || noExec ? 0 : F_SEAL_SEAL) | (noExec ? F_SEAL_EXEC : 0);
}
