/**
 * The operator's standard streams as files of the guest: a host descriptor that may be a file, a pipe, a socket or a
 * terminal. It may be shared with the operator's shell, so it is never made non-blocking and never waited for: what is not
 * ready waits in the guest, and the event loop says when to try again.
 */

import { EACCES, EAGAIN, EIO, ERESTARTSYS, ESPIPE } from '../abi/errno.js';
import { O_ACCMODE, O_RDWR, SEEK_CUR, SEEK_SET } from '../abi/fcntl.js';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from '../abi/poll.js';
import { S_IFBLK, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK } from '../abi/stat.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import type { Tty } from '../kernel/tty.js';
import { BufferSink, BufferSource, type Sink, type Source } from '../kernel/useriov.js';
import { type SyscallResult, type Waiter, WaitQueue, WOULD_BLOCK } from '../kernel/wait.js';
import { type Native, St } from '../platform/native.js';
import type { Path } from '../vfs/dentry.js';
import { OpenFile } from '../vfs/file.js';
import type { Attr } from '../vfs/inode.js';
import { type AnonBacking, anonPath, setBacking } from './anon.js';
import { hostTtyIoctl } from './hosttty.js';
import { waitOn } from './waiting.js';

/** Streams by host descriptor: /dev/tty and a standard stream may be two descriptions of one. */
const streams = new Map<number, Set<HostStream>>();

/** Descriptors that are to be closed with their last stream. */
const given = new Set<number>();

/**
 * The descriptor has served its giver: with the last stream of it, now if there is none, it is closed, so that whoever reads what
 * guests wrote there sees its end.
 */
export function giveDescriptor(native: Native, fd: number): void {
  if (streams.has(fd)) given.add(fd);
  else native.close(fd);
}

/** Who else waits for a host descriptor, once. */
const others = new Map<number, () => void>();

/** Has `ready` called once when there is something to read at a host descriptor. @returns 0 or -errno */
export function whenReadable(native: Native, fd: number, ready: () => void): number {
  const r = native.watchFd(fd, POLLIN);
  if (r >= 0) others.set(fd, ready);
  return r;
}

/** The event loop tells that a watched host descriptor is ready (EVENT_HOST_FD). The host then watches it no more. */
export function onHostFd(fd: number, revents: number): void {
  const other = others.get(fd);
  if (other !== undefined) {
    others.delete(fd);
    other();
    return;
  }
  const all = streams.get(fd);
  if (all === undefined) return;
  for (const stream of [...all]) stream.hostReady(revents);
  for (const stream of all) {
    stream.watch();
    break;
  }
}

/** What all streams of a host descriptor wait for. */
function wantedOf(fd: number): number {
  let events = 0;
  for (const stream of streams.get(fd) ?? []) events |= stream.armed;
  return events;
}

/** A queue that asks the host to watch the descriptor as soon as somebody waits. */
class HostQueue extends WaitQueue {
  constructor(private readonly stream: { arm(events: number): void; missing(): number }) {
    super();
  }
  override add(waiter: Waiter): void {
    super.add(waiter);
    this.stream.arm(this.stream.missing());
  }
}

/** A socket of the operator's is a pipe to the guest: bytes go in and out, and the calls about sockets are not for it. */
function shownMode(mode: number): number {
  return (mode & S_IFMT) === S_IFSOCK ? (mode & ~S_IFMT) | S_IFIFO : mode;
}

function nativeAttr(native: Native, fd: number): Attr | number {
  const r = native.fstat(fd);
  if (r < 0) return r;
  const b = native.statBuf;
  const time = (sec: St, nsec: St) => ({ sec: b[sec] ?? 0, nsec: b[nsec] ?? 0 });
  return {
    ino: b[St.ino] ?? 0,
    mode: shownMode(b[St.mode] ?? 0),
    nlink: b[St.nlink] ?? 1,
    uid: b[St.uid] ?? 0,
    gid: b[St.gid] ?? 0,
    rdev: b[St.rdev] ?? 0,
    size: b[St.size] ?? 0,
    blksize: b[St.blksize] ?? 4096,
    blocks: b[St.blocks] ?? 0,
    atime: time(St.atimeSec, St.atimeNsec),
    mtime: time(St.mtimeSec, St.mtimeNsec),
    ctime: time(St.ctimeSec, St.ctimeNsec),
    btime: time(St.btimeSec, St.btimeNsec),
  };
}

/** Name for /proc/pid/fd. */
function streamName(attr: Attr): string {
  const type = attr.mode & S_IFMT;
  if (type === S_IFIFO) return 'pipe';
  if (type === S_IFREG || type === S_IFBLK) return 'host:[file]';
  const major = Math.floor(attr.rdev / 256) & 0xfff;
  const minor = attr.rdev & 0xff;
  if (major === 1 && minor === 3) return '/dev/null';
  return major >= 136 && major <= 143 ? `/dev/pts/${minor}` : '/dev/console';
}

/** /dev/stdin and its like: a further description of the same host descriptor, with no more rights than that one has. */
function reopening(kernel: Kernel, path: Path, fd: number, rights: number): AnonBacking {
  return {
    open(_task, _path, flags) {
      const have = rights & O_ACCMODE;
      if (have !== O_RDWR && have !== (flags & O_ACCMODE)) return -EACCES;
      if (!streams.has(fd)) return -EIO;
      return new HostStream(kernel, fd, flags, undefined, path, true);
    },
    truncate: (size) => kernel.native.ftruncate(fd, size),
  };
}

export class HostStream extends OpenFile {
  override readonly queue: WaitQueue = new HostQueue(this);
  private readonly native: Native;
  private readonly type: number;
  /** Events that the host watches the descriptor for. */
  armed = 0;
  /** The terminal, if it is one. */
  readonly tty: Tty | undefined;

  /**
   * @param fd host descriptor; stays the caller's to close
   * @param flags its O_* status flags and access mode
   * @param tty the kernel's object for the operator's terminal, if `fd` is one
   * @param path where the guest shall see it (a device node of /dev); made up if undefined
   */
  constructor(
    kernel: Kernel,
    readonly fd: number,
    flags: number,
    tty?: Tty,
    path?: Path,
    /** Opened anew: a position of its own. */
    private readonly anew = false,
  ) {
    const attr = nativeAttr(kernel.native, fd);
    if (typeof attr === 'number') throw new Error(`host descriptor ${fd}: fstat gives ${attr}`);
    super(path ?? anonPath(kernel, streamName(attr), attr.mode), flags);
    if (path === undefined) setBacking(this.path, reopening(kernel, this.path, fd, flags));
    this.native = kernel.native;
    this.type = attr.mode & S_IFMT;
    this.tty = tty;
    const others = streams.get(fd);
    if (others === undefined) streams.set(fd, new Set([this]));
    else others.add(this);
    // The host keeps the position: whoever shares the description with us sees it move, and we see theirs.
    if (this.seekable && !anew) {
      Object.defineProperty(this, 'pos', {
        get: () => Math.max(0, this.native.lseek(this.fd, 0, SEEK_CUR)),
        set: (pos: number) => void this.native.lseek(this.fd, pos, SEEK_SET),
      });
    }
  }

  override get seekable(): boolean {
    return this.type === S_IFREG || this.type === S_IFBLK;
  }
  override get pollable(): boolean {
    return !this.seekable;
  }
  override getattr(): Attr {
    // A terminal has a node of its own inside, and ttyname(3) compares the two.
    if (this.tty !== undefined) return this.inode.getattr();
    const attr = nativeAttr(this.native, this.fd);
    return typeof attr === 'number' ? this.inode.getattr() : attr;
  }

  override seek(offset: number, whence: number): number {
    if (!this.seekable || this.anew) return super.seek(offset, whence);
    return this.native.lseek(this.fd, offset, whence);
  }
  override truncate(size: number): number {
    return this.seekable ? this.native.ftruncate(this.fd, size) : super.truncate(size);
  }
  override sync(dataOnly: boolean): number {
    return this.native.fsync(this.fd, dataOnly);
  }
  override allocate(mode: number, pos: number, len: number): number {
    return this.seekable ? this.native.fallocate(this.fd, mode, pos, len) : -ESPIPE;
  }

  override read(task: Task, sink: Sink, pos: number): SyscallResult {
    if (this.seekable) return this.transferIn(sink, pos);
    let waiting = false;
    const attempt = (): number | typeof WOULD_BLOCK => {
      const denied = this.tty?.jobControl(task, false) ?? 0;
      if (denied !== 0) return denied;
      const want = sink.remaining;
      const n = this.transferIn(sink, -1);
      if (n === -EAGAIN) {
        this.arm(POLLIN);
        return WOULD_BLOCK;
      }
      // A short read is as good as an EAGAIN to an edge-triggered waiter: the next byte must be announced.
      if (n >= 0 && n < want && !waiting && !this.queue.empty) this.arm(POLLIN);
      return n;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    waiting = true;
    return this.nonblock ? -EAGAIN : waitOn(this, attempt);
  }

  override write(task: Task, source: Source, pos: number): SyscallResult {
    if (this.seekable) return this.transferOut(source, pos);
    const total = source.remaining;
    let done = 0;
    const attempt = (): number | typeof WOULD_BLOCK => {
      const denied = this.tty?.jobControl(task, true) ?? 0;
      if (denied !== 0) return done > 0 ? done : denied;
      while (done < total) {
        const n = this.transferOut(source, -1);
        if (n === -EAGAIN || n === 0) {
          this.arm(POLLOUT);
          return WOULD_BLOCK;
        }
        if (n < 0) return done > 0 ? done : n;
        done += n;
      }
      return done;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (this.nonblock) return done > 0 ? done : -EAGAIN;
    return waitOn(this, attempt, { interrupted: () => (done > 0 ? done : -ERESTARTSYS) });
  }

  /** One transfer that never waits; `pos` < 0: at the descriptor's own place. A kernel buffer has no way to the host of its own. */
  private transferIn(sink: Sink, pos: number): number {
    if (!(sink instanceof BufferSink)) return sink.putHost(this.fd, pos, sink.remaining);
    return sink.putWith(
      (dst, off, len) =>
        pos < 0
          ? this.native.readNonblock(this.fd, dst, off, len)
          : this.native.pread(this.fd, dst, off, len, pos),
      sink.remaining,
    );
  }
  private transferOut(source: Source, pos: number): number {
    if (!(source instanceof BufferSource)) return source.takeHost(this.fd, pos, source.remaining);
    return source.takeWith(
      (src, off, len) =>
        pos < 0
          ? this.native.writeNonblock(this.fd, src, off, len)
          : this.native.pwrite(this.fd, src, off, len, pos),
      source.remaining,
    );
  }

  override poll(): number {
    if (this.seekable) return super.poll();
    const wanted = (this.readable ? POLLIN : 0) | (this.writable ? POLLOUT : 0);
    const r = this.native.pollFd(this.fd, wanted | POLLPRI | POLLRDHUP);
    if (r < 0) return POLLERR;
    let mask = r & ~POLLNVAL;
    if ((mask & POLLIN) !== 0) mask |= POLLRDNORM;
    if ((mask & POLLOUT) !== 0) mask |= POLLWRNORM;
    // Whoever asks and finds nothing is about to wait.
    if (!this.queue.empty) this.arm(wanted & ~r);
    return mask;
  }

  /** Events that are not there now: what a new waiter waits for. */
  missing(): number {
    const wanted = (this.readable ? POLLIN : 0) | (this.writable ? POLLOUT : 0);
    const r = this.native.pollFd(this.fd, wanted);
    return r < 0 ? 0 : wanted & ~r;
  }

  /** Asks for one EVENT_HOST_FD when any of `events` (or a hang-up) comes. */
  arm(events: number): void {
    if (events === 0 || (this.armed | events) === this.armed) return;
    this.armed |= events;
    this.watch();
  }

  /** Tells the host what to watch the descriptor for. */
  watch(): void {
    const events = wantedOf(this.fd);
    if (events === 0) this.native.unwatchFd(this.fd);
    else if (this.native.watchFd(this.fd, events) < 0) this.armed = 0;
  }

  hostReady(revents: number): void {
    const rest = this.armed & ~revents;
    this.armed = 0;
    const ended = (revents & (POLLHUP | POLLERR | POLLNVAL)) !== 0;
    this.queue.wake(
      revents | ((revents & POLLIN) !== 0 ? POLLRDNORM : 0) | ((revents & POLLOUT) !== 0 ? POLLWRNORM : 0),
    );
    // A descriptor that has come to its end would be reported again and again.
    if (!ended && !this.queue.empty) this.armed |= rest;
  }

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    return hostTtyIoctl(this.native, this, task, request, arg);
  }

  override release(): void {
    this.armed = 0;
    this.watch();
    const all = streams.get(this.fd);
    all?.delete(this);
    if (all?.size !== 0) return;
    streams.delete(this.fd);
    if (given.delete(this.fd)) this.native.close(this.fd);
  }
}
