/** Pipes and the open ends of FIFOs, as in pipe(7) and fs/pipe.c. */

import { EAGAIN, EBADF, EBUSY, EINVAL, ENOTTY, EPERM, EPIPE, ERESTARTSYS } from '../../abi/errno.js';
import { F_GETPIPE_SZ, F_SETPIPE_SZ, O_DIRECT, O_NONBLOCK, O_RDONLY, O_WRONLY } from '../../abi/fcntl.js';
import { FIONREAD } from '../../abi/ioctl.js';
import { PIPE_BUF } from '../../abi/limits.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import { CAP_SYS_RESOURCE } from '../../abi/sched.js';
import { S_IFIFO } from '../../abi/stat.js';
import { type Cred, capable } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import { roundPipeSize } from '../../kernel/settings.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WaitQueue, WOULD_BLOCK } from '../../kernel/wait.js';
import { inodeOf, type Path } from '../../vfs/dentry.js';
import { OpenFile } from '../../vfs/file.js';
import type { Inode } from '../../vfs/inode.js';
import { anonPath } from '../anon.js';
import { waitOn } from '../waiting.js';
import { Ring } from './ring.js';

/** PIPE_DEF_BUFFERS pages. */
export const PIPE_DEFAULT_SIZE = 65536;
/** Nobody gets more than this, whatever fs.pipe-max-size and capabilities say: the memory is the sentry's. */
export const PIPE_MAX_SIZE = 1048576;
const PAGE = 4096;

/** fs.pipe-user-pages-soft in bytes: beyond it new pipes have two pages and none grows. Here it counts all users as one. */
const SOFT_LIMIT = 16384 * PAGE;
const SMALL_SIZE = 2 * PAGE;
/** Capacity of all pipes that are open. */
let charged = 0;

/** What all ends of one pipe share (struct pipe_inode_info). */
export class Pipe {
  readonly ring: Ring;
  /** Readers and writers wait here together: never both kinds for long, as one waits for bytes and the other for room. */
  readonly queue = new WaitQueue();
  /** Open ends now. */
  readers = 0;
  writers = 0;
  /** Ends opened ever, for the opening rules of FIFOs. */
  readersEver = 0;
  writersEver = 0;

  constructor(capacity = PIPE_DEFAULT_SIZE) {
    this.ring = new Ring(capacity);
  }

  /** Before an end appears: an open pipe is charged for what it may hold. */
  private charge(): void {
    if (this.readers + this.writers > 0) return;
    const { ring } = this;
    if (charged + ring.capacity > SOFT_LIMIT && ring.length <= SMALL_SIZE) ring.capacity = SMALL_SIZE;
    charged += ring.capacity;
  }

  /** After an end has gone. */
  uncharge(): void {
    if (this.readers + this.writers === 0) charged -= this.ring.capacity;
  }

  /** A read end appears. */
  addReader(): void {
    this.charge();
    this.readers++;
    this.readersEver++;
    this.queue.wake(POLLOUT | POLLWRNORM);
  }
  addWriter(): void {
    this.charge();
    this.writers++;
    this.writersEver++;
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  /** F_SETPIPE_SZ. @returns the new size, -EINVAL, -EPERM, -EBUSY */
  resize(task: Task, arg: number): number {
    const size = arg >>> 0;
    if (size > 0x80000000) return -EINVAL;
    const rounded = roundPipeSize(size);
    const limit = task.kernel.settings.pipeMaxSize;
    if (rounded > this.ring.capacity && rounded > limit && !capable(task.cred, CAP_SYS_RESOURCE))
      return -EPERM;
    if (rounded > PIPE_MAX_SIZE) return -EPERM;
    if (rounded < this.ring.length) return -EBUSY;
    const growth = rounded - this.ring.capacity;
    if (growth > 0 && charged + growth > SOFT_LIMIT) return -EPERM;
    charged += growth;
    this.ring.capacity = rounded;
    this.queue.wake(POLLOUT | POLLWRNORM);
    return rounded;
  }
}

/** The pipe of a FIFO, or of a nameless one, as long as some inode object or open end of it lives. */
export const pipes = new WeakMap<Inode, Pipe>();

/** One open end of a pipe, or both (a FIFO opened O_RDWR). */
export class PipeFile extends OpenFile {
  override readonly queue: WaitQueue;
  private open = true;

  /** Counts itself as reader and writer of `pipe` as `flags` say. */
  constructor(
    readonly pipe: Pipe,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
    this.queue = pipe.queue;
    if (this.readable) pipe.addReader();
    if (this.writable) pipe.addWriter();
  }

  override get seekable(): boolean {
    return false;
  }
  override get pollable(): boolean {
    return true;
  }

  override read(_task: Task, sink: Sink): SyscallResult {
    const r = this.readNow(sink);
    if (r !== WOULD_BLOCK) return r;
    return this.nonblock ? -EAGAIN : waitOn(this, () => this.readNow(sink));
  }

  private readNow(sink: Sink): number | typeof WOULD_BLOCK {
    const { ring, queue, writers } = this.pipe;
    if (sink.remaining === 0) return 0;
    if (ring.length === 0) return writers === 0 ? 0 : WOULD_BLOCK;
    const spaceBefore = ring.space;
    const n = ring.drain(sink);
    // Writers sleep only while less than PIPE_BUF is free (or they fill all of it): waking them at every byte would make
    // large transfers crawl.
    if (n >= 0 && spaceBefore < PIPE_BUF && ring.space >= Math.min(PIPE_BUF, ring.capacity) && !queue.empty) {
      queue.wake(POLLOUT | POLLWRNORM);
    }
    return n;
  }

  override write(_task: Task, source: Source): SyscallResult {
    const total = source.remaining;
    if (total === 0) return 0;
    const packet = (this.flags & O_DIRECT) !== 0;
    let done = 0;
    const step = (): number | typeof WOULD_BLOCK => {
      const r = this.writeNow(source, total, done, packet);
      if (r < 0) return done > 0 ? done : r;
      done += r;
      return done === total ? done : WOULD_BLOCK;
    };
    const r = step();
    if (r !== WOULD_BLOCK) return r;
    if (this.nonblock) return done > 0 ? done : -EAGAIN;
    return waitOn(this, step, { interrupted: () => (done > 0 ? done : -ERESTARTSYS) });
  }

  /**
   * Writes what fits now. At most PIPE_BUF bytes go in one piece or not at all; so does every packet of O_DIRECT.
   * @returns bytes (0: no room), -EPIPE, -EFAULT
   */
  private writeNow(source: Source, total: number, done: number, packet: boolean): number {
    const { ring, queue } = this.pipe;
    if (this.pipe.readers === 0) return -EPIPE;
    let moved = 0;
    for (;;) {
      const left = total - done - moved;
      const piece = packet ? Math.min(left, PIPE_BUF) : left;
      if (left === 0) break;
      if ((total <= PIPE_BUF || packet) && ring.space < piece) break;
      const n = ring.fill(source, piece, packet);
      if (n < 0 && moved === 0) return n;
      if (n <= 0) break;
      moved += n;
      if (!packet) break;
    }
    if (moved > 0 && !queue.empty) queue.wake(POLLIN | POLLRDNORM);
    return moved;
  }

  override poll(): number {
    const { pipe } = this;
    let mask = 0;
    if (this.readable) {
      if (pipe.ring.length > 0) mask |= POLLIN | POLLRDNORM;
      // A FIFO that never had a writer since it was opened for reading is not hung up.
      if (pipe.writers === 0 && pipe.writersEver !== this.writersSeen) mask |= POLLHUP;
    }
    if (this.writable) {
      if (pipe.ring.space >= Math.min(PIPE_BUF, pipe.ring.capacity)) mask |= POLLOUT | POLLWRNORM;
      if (pipe.readers === 0) mask |= POLLERR;
    }
    return mask;
  }
  /** Writers that were gone before this end was opened (f_version in fs/pipe.c); -1: hang-ups always count. */
  writersSeen = -1;

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    if (request !== FIONREAD) return -ENOTTY;
    return task.mem.putU32(arg, this.pipe.ring.length);
  }

  override fcntl(task: Task, cmd: number, arg: number): number {
    if (cmd === F_GETPIPE_SZ) return this.pipe.ring.capacity;
    if (cmd === F_SETPIPE_SZ) return this.pipe.resize(task, arg);
    return super.fcntl(task, cmd, arg);
  }

  override truncate(): number {
    return -EINVAL;
  }
  override allocate(): number {
    return -EBADF;
  }

  override release(): void {
    if (!this.open) return;
    this.open = false;
    const { pipe } = this;
    let events = 0;
    if (this.readable && --pipe.readers === 0) events |= POLLOUT | POLLWRNORM | POLLERR;
    if (this.writable && --pipe.writers === 0) events |= POLLIN | POLLRDNORM | POLLHUP;
    pipe.uncharge();
    if (events !== 0) pipe.queue.wake(events);
  }
}

/** Capacity of a new pipe: fs.pipe-max-size bounds it for those without CAP_SYS_RESOURCE (alloc_pipe_info). */
export function newPipeSize(kernel: Kernel, cred: Cred | undefined): number {
  const limit = kernel.settings.pipeMaxSize;
  if (limit >= PIPE_DEFAULT_SIZE || cred === undefined || capable(cred, CAP_SYS_RESOURCE))
    return PIPE_DEFAULT_SIZE;
  return limit;
}

/**
 * pipe2(2).
 * @param flags O_NONBLOCK and O_DIRECT for both ends
 * @returns read end and write end, not yet installed
 */
export function makePipe(kernel: Kernel, flags: number, cred?: Cred): [PipeFile, PipeFile] {
  const pipe = new Pipe(newPipeSize(kernel, cred));
  const path = anonPath(kernel, 'pipe', S_IFIFO | 0o600, cred);
  // Opening it again through /proc/pid/fd finds the same pipe.
  pipes.set(inodeOf(path), pipe);
  const status = flags & (O_NONBLOCK | O_DIRECT);
  // O_DIRECT is the writer's matter, but both ends show it.
  return [new PipeFile(pipe, path, O_RDONLY | status), new PipeFile(pipe, path, O_WRONLY | status)];
}
