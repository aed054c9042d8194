/** Pipes and the open ends of FIFOs, as in pipe(7) and fs/pipe.c. */

import { EAGAIN, EBADF, EBUSY, EINVAL, ENFILE, ENOTTY, EPERM, EPIPE, ERESTARTSYS } from '../../abi/errno.js';
import { F_GETPIPE_SZ, F_SETPIPE_SZ, O_DIRECT, O_NONBLOCK, O_RDONLY, O_WRONLY } from '../../abi/fcntl.js';
import { FIONREAD } from '../../abi/ioctl.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import { SIGPIPE } from '../../abi/signal.js';
import { S_IFIFO } from '../../abi/stat.js';
import { LANE_RING } from '../../arch/lane-layout.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import { roundPipeSize } from '../../kernel/settings.js';
import { raise } from '../../kernel/signals.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WaitQueue, WOULD_BLOCK } from '../../kernel/wait.js';
import type { LaneBytes, LaneSide, LaneSocket } from '../../net/lane/side.js';
import { inodeOf, type Path } from '../../vfs/dentry.js';
import { OpenFile } from '../../vfs/file.js';
import { anonPath, isAnonPath } from '../anon.js';
import { waitOn } from '../waiting.js';
import { PipeShare } from './account.js';
import { NO_BYTES, PipeBytes } from './lane.js';
import { PIPE_PAGE, Ring } from './ring.js';

/** Milliseconds of a tick of the clock that files get their times from. */
const TICK_MS = 4;

/** What all ends of one pipe share (struct pipe_inode_info). */
export class Pipe {
  private readonly slots: Ring;
  /** What waits for readers, in slots or in the fast lane. */
  readonly bytes: PipeBytes;
  /** Its open files. */
  readonly ends = new Set<PipeFile>();
  /** Readers and writers wait here together: never both kinds for long, as one waits for bytes and the other for room. */
  readonly queue = new WaitQueue();
  /** Open ends now. */
  readers = 0;
  writers = 0;
  /** Ends opened ever, for the opening rules of FIFOs. */
  readersEver = 0;
  writersEver = 0;

  constructor(private readonly share: PipeShare) {
    this.slots = new Ring(share.slots);
    this.bytes = new PipeBytes(this.slots);
  }

  /** The slots: whoever asks for them ends the fast lane. */
  get ring(): Ring {
    if (this.bytes.ring !== undefined) this.closeLane();
    return this.slots;
  }
  private closeLane(): void {
    for (const end of this.ends) end.lane?.close();
  }
  /** The other end of `end`, if there is one of each. */
  partnerOf(end: PipeFile): PipeFile | undefined {
    if (this.ends.size !== 2 || this.readers !== 1 || this.writers !== 1) return undefined;
    if (this.slots.capacity < 2 * LANE_RING) return undefined;
    for (const other of this.ends) if (other !== end) return other;
    return undefined;
  }
  added(end: PipeFile): void {
    this.closeLane();
    this.ends.add(end);
  }

  /** A read end appears. */
  addReader(): void {
    this.readers++;
    this.readersEver++;
    this.queue.wake(POLLOUT | POLLWRNORM);
  }
  addWriter(): void {
    this.writers++;
    this.writersEver++;
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  /** An end has gone, as reader, writer or both (pipe_release): one side that is alone now hears of it. */
  removeEnd(end: PipeFile, readable: boolean, writable: boolean): void {
    this.closeLane();
    this.ends.delete(end);
    if (readable) this.readers--;
    if (writable) this.writers--;
    if (this.readers + this.writers === 0) this.share.release();
    else if (this.readers === 0 || this.writers === 0) this.queue.wake(0);
  }

  /** F_SETPIPE_SZ. @returns the new size, -EINVAL, -EPERM, -EBUSY */
  resize(task: Task, arg: number): number {
    const size = arg >>> 0;
    if (size > 0x80000000) return -EINVAL;
    const slots = roundPipeSize(size) / PIPE_PAGE;
    if (!this.share.allows(task.cred, slots)) return -EPERM;
    if (slots < this.ring.used) return -EBUSY;
    this.share.resize(slots);
    this.ring.slots = slots;
    this.queue.wake(0);
    return this.ring.capacity;
  }
}

/** The pipe of a FIFO, or of a nameless one, as long as some inode object or open end of it lives. */
export const pipes = new WeakMap<object, Pipe>();

/** One open end of a pipe, or both (a FIFO opened O_RDWR). */
export class PipeFile extends OpenFile implements LaneSocket {
  declare lane: LaneSide | undefined;
  readonly rx: LaneBytes;
  override readonly queue: WaitQueue;
  private open = true;
  /** False for a nameless pipe. */
  private readonly named: boolean;
  private touched = Number.NEGATIVE_INFINITY;

  /** Counts itself as reader and writer of `pipe` as `flags` say. */
  constructor(
    readonly pipe: Pipe,
    path: Path,
    flags: number,
  ) {
    super(path, flags);
    this.queue = pipe.queue;
    this.rx = this.readable ? pipe.bytes : NO_BYTES;
    this.named = !isAnonPath(path);
    pipe.added(this);
    if (this.readable) pipe.addReader();
    if (this.writable) pipe.addWriter();
  }

  override get seekable(): boolean {
    return false;
  }
  override get pollable(): boolean {
    return true;
  }
  override get wakeMask(): number {
    return (
      (this.readable ? POLLIN | POLLRDNORM | POLLHUP : 0) |
      (this.writable ? POLLOUT | POLLWRNORM | POLLERR : 0)
    );
  }

  override read(_task: Task, sink: Sink): SyscallResult {
    const r = this.readNow(sink);
    if (r !== WOULD_BLOCK) return r;
    return this.nonblock ? -EAGAIN : waitOn(this, () => this.readNow(sink));
  }

  lanePartner(): PipeFile | undefined {
    const partner = this.pipe.partnerOf(this);
    const direct = (this.flags | (partner?.flags ?? 0)) & O_DIRECT;
    return direct === 0 ? partner : undefined;
  }

  private readNow(sink: Sink): number | typeof WOULD_BLOCK {
    if (sink.remaining === 0) return 0;
    const { bytes } = this.pipe;
    if (bytes.ring !== undefined) return bytes.drain(sink) || WOULD_BLOCK;
    const { ring, queue, writers } = this.pipe;
    if (ring.used === 0) return writers === 0 ? 0 : WOULD_BLOCK;
    const wasFull = ring.full;
    const n = ring.drain(sink);
    // Writers sleep only while all slots are in use: waking them at every byte would make large transfers crawl.
    if (wasFull && !ring.full && !queue.empty) queue.wake(POLLOUT | POLLWRNORM);
    return n;
  }

  override write(task: Task, source: Source): SyscallResult {
    const total = source.remaining;
    if (total === 0) return 0;
    const packet = (this.flags & O_DIRECT) !== 0;
    let done = 0;
    let broken = false;
    const step = (first: boolean): number | typeof WOULD_BLOCK => {
      if (this.pipe.readers === 0) {
        broken = done > 0;
        return broken ? done : -EPIPE;
      }
      const { queue, bytes } = this.pipe;
      const fast = packet ? undefined : bytes.ring?.fill(source, source.remaining, PIPE_PAGE);
      if (fast !== undefined) {
        if (fast > 0 && !queue.empty) queue.wake(POLLIN | POLLRDNORM);
        return fast;
      }
      const { ring } = this.pipe;
      const n = ring.fill(source, packet, first);
      if (n > 0) done += n;
      // What ended early with room left has met a bad address.
      if (n > 0 && this.named) this.touch(task);
      const over = n < 0 || done === total || !ring.full;
      if (n > 0 && !queue.empty) queue.wake(POLLIN | POLLRDNORM);
      if (!over) return WOULD_BLOCK;
      return done > 0 ? done : n;
    };
    const r = step(true);
    if (r !== WOULD_BLOCK) return r;
    if (this.nonblock) {
      // Who watches for edges is woken even by a write that found no room (poll_usage in fs/pipe.c).
      if (done === 0) this.pipe.queue.wake(POLLIN | POLLRDNORM);
      return done > 0 ? done : -EAGAIN;
    }
    return waitOn(this, () => step(false), {
      interrupted: () => (done > 0 ? done : -ERESTARTSYS),
      // A short count comes with the signal as well. Sent earlier it would interrupt the very call that it comes with.
      done: () => {
        if (broken) raise(task, SIGPIPE);
      },
    });
  }

  /** The time of the last change is seen in the directory, so it is kept: as exactly as the clock of files ticks. */
  private touch(task: Task): void {
    const now = task.kernel.now();
    if (now - this.touched < TICK_MS) return;
    this.touched = now;
    this.inode.setattr({ mtime: task.kernel.realtime() });
  }

  override poll(): number {
    const { pipe } = this;
    let mask = 0;
    if (this.readable) {
      if (pipe.bytes.length > 0) mask |= POLLIN | POLLRDNORM;
      // A FIFO that never had a writer since it was opened for reading is not hung up.
      if (pipe.writers === 0 && pipe.writersEver !== this.writersSeen) mask |= POLLHUP;
    }
    if (this.writable) {
      if (pipe.bytes.ring !== undefined || !pipe.ring.full) mask |= POLLOUT | POLLWRNORM;
      if (pipe.readers === 0) mask |= POLLERR;
    }
    return mask;
  }
  /** Writers that were gone before this end was opened (f_version in fs/pipe.c); -1: hang-ups always count. */
  writersSeen = -1;

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    if (request !== FIONREAD) return -ENOTTY;
    return task.mem.putU32(arg, this.pipe.bytes.length);
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
    this.pipe.removeEnd(this, this.readable, this.writable);
  }
}

/**
 * pipe2(2).
 * @param flags O_NONBLOCK for both ends, O_DIRECT for the writer
 * @returns read end and write end, not yet installed, or -ENFILE when the user's pipes hold too much
 */
export function makePipe(kernel: Kernel, flags: number, cred?: Cred): [PipeFile, PipeFile] | number {
  const share = PipeShare.make(kernel, cred);
  if (share === undefined) return -ENFILE;
  const pipe = new Pipe(share);
  const path = anonPath(kernel, 'pipe', S_IFIFO | 0o600, cred);
  // Opening it again through /proc/pid/fd finds the same pipe.
  pipes.set(inodeOf(path).identity, pipe);
  const nonblock = flags & O_NONBLOCK;
  const reader = new PipeFile(pipe, path, O_RDONLY | nonblock);
  const writer = new PipeFile(pipe, path, O_WRONLY | nonblock | (flags & O_DIRECT));
  reader.lane = kernel.lanes?.sideOf(reader);
  writer.lane = kernel.lanes?.sideOf(writer);
  return [reader, writer];
}
