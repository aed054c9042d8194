/** File descriptions (struct file): what an open(2) makes, shared by dup(2) and fork(2). */

import { EBADF, EFBIG, EINVAL, ENODEV, ENOTTY, ESPIPE } from '../abi/errno.js';
import {
  F_GETPIPE_SZ,
  F_SETPIPE_SZ,
  O_ACCMODE,
  O_APPEND,
  O_NONBLOCK,
  O_PATH,
  O_RDWR,
  O_WRONLY,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
} from '../abi/fcntl.js';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../abi/poll.js';
import type { PidNamespace } from '../kernel/pid-namespace.js';
import type { Task } from '../kernel/task.js';
import type { Sink, Source } from '../kernel/useriov.js';
import { type Block, type SyscallResult, WaitQueue } from '../kernel/wait.js';
import { inodeOf, type Path } from './dentry.js';
import type { FdTable } from './fdtable.js';
import type { Attr, DirEntry, Inode } from './inode.js';

/** Largest file offset, as MAX_LFS_FILESIZE; doubles hold it only up to 2^53, which is enough for any real file. */
export const MAX_OFFSET = Number.MAX_SAFE_INTEGER;

/** A file that a mapping can be made of. */
export interface MapSource {
  /** Host descriptor with the file's bytes; stays the file description's. */
  readonly hostFd: number;
}

const SPLICES = { read: true, write: true };
/** For `OpenFile.splices` of files that splice(2) refuses. */
export const NO_SPLICES = { read: false, write: false };

/** Hears of the end of a file description (fs/eventpoll.c, eventpoll_release). */
export interface ReleaseWatcher {
  fileReleased(): void;
  /** Whether the fast lane may open for the file: false if who watches cannot do without being woken. Absent: false. */
  laneAllowed?(): boolean;
  /** The file's fast lane has opened or closed. */
  laneChanged?(): void;
}

/** The fast lane of a stream (src/net/lane): its bytes move between guests without the sentry while it is open. */
export interface FileLane {
  readonly isOpen: boolean;
  /** Changes with every write to this file by the other end; undefined while the lane is closed. */
  readonly arrivals: number | undefined;
  /** A call that the lane could answer was made of descriptor `fd`. */
  used(task: Task, fd: number): void;
  /** Somebody sleeps until bytes come, or has ceased to. */
  sleep(begins: boolean): void;
  /** What follows concerns more than bytes, or more than one descriptor: all calls go through the sentry again. */
  close(): void;
}

export abstract class OpenFile {
  /** Descriptors (in all tables and in flight) that refer to this description; at 0 `release` runs. */
  refs = 0;
  pos = 0;
  /** Waiters for readiness: poll, epoll and blocked calls. */
  readonly queue = new WaitQueue();
  /** F_SETOWN, F_SETSIG. */
  owner = 0;
  /** F_OWNER_TID, F_OWNER_PID or F_OWNER_PGRP: what `owner` (always >= 0) counts. */
  ownerKind = 1;
  /** Where the number counts. */
  ownerPids: PidNamespace | undefined;
  ownerSignal = 0;
  /** Whoever must hear that the last reference went away (epoll entries); told before `release`. */
  watchers: Set<ReleaseWatcher> | undefined;
  /** Streams that have one. */
  lane: FileLane | undefined;

  /** The inode that counts this description as a writer (text-busy.ts). */
  writes: Inode | undefined;

  /** Set while there may be flock(2) or open file description locks of it. */
  locks = false;

  constructor(
    readonly path: Path,
    /** O_* status flags and access mode (without creation flags). */
    public flags: number,
  ) {}

  get inode(): Inode {
    return inodeOf(this.path);
  }
  get readable(): boolean {
    // O_RDONLY and O_RDWR; the fourth access mode, 3, gives neither right (include/linux/fs.h, OPEN_FMODE).
    return (this.flags & (O_PATH | O_WRONLY)) === 0;
  }
  get writable(): boolean {
    if ((this.flags & O_PATH) !== 0) return false;
    const access = this.flags & O_ACCMODE;
    return access === O_WRONLY || access === O_RDWR;
  }
  get nonblock(): boolean {
    return (this.flags & O_NONBLOCK) !== 0;
  }
  get append(): boolean {
    return (this.flags & O_APPEND) !== 0;
  }

  /** False: no offset (pipes, sockets, ttys); pread/lseek give ESPIPE. */
  get seekable(): boolean {
    return true;
  }

  /**
   * Reads at `pos` (for files that are not seekable it is ignored). The caller moves `this.pos`.
   * @returns bytes, 0 at the end, -errno; or a Block for files that can wait (never when `nonblock`)
   */
  read(_task: Task, _sink: Sink, _pos: number): SyscallResult {
    return -EINVAL;
  }
  /** Writes at `pos`; the same rules. O_APPEND is already turned into the right `pos` by the caller. */
  write(_task: Task, _source: Source, _pos: number): SyscallResult {
    return -EINVAL;
  }
  /** New position for lseek(2), SEEK_DATA and SEEK_HOLE included where the file system knows them. @returns position or -errno */
  seek(offset: number, whence: number): number {
    if (!this.seekable) return -ESPIPE;
    let base: number;
    if (whence === SEEK_SET) base = 0;
    else if (whence === SEEK_CUR) base = this.pos;
    else if (whence === SEEK_END) base = this.getattr().size;
    else return -EINVAL;
    const next = base + offset;
    if (next < 0 || next > MAX_OFFSET) return -EINVAL;
    this.pos = next;
    return next;
  }
  /** Directory entries after `.` and `..`; called once per rewind. */
  readdir(_task: Task): DirEntry[] | number {
    return this.inode.readdir(_task);
  }
  /** Attributes for fstat(2). */
  getattr(): Attr {
    return this.inode.getattr();
  }
  truncate(size: number): number {
    if (!this.writable) return -EINVAL;
    if (size > MAX_OFFSET) return -EFBIG;
    return this.inode.truncate(size);
  }
  /** fallocate(2). */
  allocate(_mode: number, _pos: number, _len: number): number {
    return -ENOTTY;
  }
  /** Makes everything written so far durable. @returns 0 or -errno */
  sync(_dataOnly: boolean): number {
    return -EINVAL;
  }
  /** Begins to make a part durable, for whoever will ask for it later. @param length 0: to the end @returns 0 or -errno */
  startWriteback(_pos: number, _length: number): number {
    return this.sync(true);
  }
  /** The same as `sync` for fsync(2) and fdatasync(2), whose caller may wait. */
  fsync(dataOnly: boolean): SyscallResult {
    return this.sync(dataOnly);
  }
  /**
   * Current readiness (POLLIN | POLLOUT ...). Files that cannot wait are always ready.
   * @param _task who asks, if there is one: to some files the answer depends on it
   */
  poll(_task?: Task): number {
    return POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
  }
  /** Whether splice(2) and sendfile(2) may read it and write it (splice_read and splice_write of struct file_operations). */
  get splices(): { readonly read: boolean; readonly write: boolean } {
    return SPLICES;
  }
  /** A write that gives EPIPE raises SIGPIPE. */
  get raisesSigpipe(): boolean {
    return true;
  }
  /** Events of `queue` that concern this description: both ends of a pipe share one. */
  get wakeMask(): number {
    return -1;
  }
  /** epoll refuses regular files and directories (EPERM). */
  get pollable(): boolean {
    return false;
  }
  ioctl(_task: Task, _request: number, _arg: number): SyscallResult {
    return -ENOTTY;
  }
  /** fcntl(2) commands that only some files know: F_SETPIPE_SZ, F_GETPIPE_SZ, F_ADD_SEALS, F_GET_SEALS. @returns value or -errno */
  fcntl(_task: Task, cmd: number, _arg: number): number {
    return cmd === F_SETPIPE_SZ || cmd === F_GETPIPE_SZ ? -EBADF : -EINVAL;
  }
  /** It has got an owner (F_SETOWN), who is to hear of what happens from now on. */
  owned(): void {}
  /** For mmap(2): a host descriptor that holds the bytes, or -ENODEV/-EACCES. `writable` is a shared writable mapping. */
  map(_writable: boolean): MapSource | number {
    return -ENODEV;
  }
  /** A descriptor of it in `table` is closed; others may be left. */
  flush(_table: FdTable): void {}
  /** The last reference went away. Wakes nobody by itself. */
  release(): void {}
}

/** What O_PATH gives: a place, not a file. Every operation but fstat, dup, close, *at is EBADF. */
export class PathFile extends OpenFile {
  constructor(path: Path, flags: number) {
    super(path, flags);
    this.inode.hold();
  }
  override release(): void {
    this.inode.drop();
  }
  override read(): SyscallResult {
    return -EBADF;
  }
  override write(): SyscallResult {
    return -EBADF;
  }
  override seek(): number {
    return -EBADF;
  }
  override truncate(): number {
    return -EBADF;
  }
}

/** True if a handler's result is a wait and not a number. */
export function isBlock(r: SyscallResult): r is Block {
  return typeof r !== 'number';
}
