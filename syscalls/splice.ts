/**
 * splice(2), tee(2), vmsplice(2) (fs/splice.c). Pages are not handed over: bytes go through a buffer of the kernel's, at most
 * SPLICE_MAX a call. What a program sees is the same, and a short count is always allowed.
 */

import { EAGAIN, EBADF, EFAULT, EINVAL, EPIPE, ESPIPE } from '../src/abi/errno.js';
import {
  O_APPEND,
  SPLICE_F_GIFT,
  SPLICE_F_MORE,
  SPLICE_F_MOVE,
  SPLICE_F_NONBLOCK,
} from '../src/abi/fcntl.js';
import { type Pipe, PipeFile } from '../src/fs/pipe/pipe.js';
import type { Task } from '../src/kernel/task.js';
import { type SyscallResult, type WaitQueue, WOULD_BLOCK } from '../src/kernel/wait.js';
import { putFile } from '../src/vfs/fdtable.js';
import type { OpenFile } from '../src/vfs/file.js';
import { bufferSink, bufferSource, withoutWaiting } from './copy.js';
import { fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { raiseSigpipe, writeRoom, writeSeekable, writeStream } from './io.js';
import { iovLength } from './rw.js';

const SPLICE_MAX = 64 * 1024;
const SPLICE_F_ALL = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT;

/** Used within one turn only, never across a wait. */
let space: Uint8Array | undefined;
function buffer(len: number): Uint8Array {
  space ??= new Uint8Array(SPLICE_MAX);
  return space.subarray(0, Math.min(len, SPLICE_MAX));
}

/** The pipe that a description is an end of. */
function pipeOf(file: OpenFile): Pipe | undefined {
  return file instanceof PipeFile ? file.pipe : undefined;
}

/** Copies what is in a pipe, at most `buf.length` bytes, and leaves it there. @returns bytes */
function peek(task: Task, pipe: Pipe, buf: Uint8Array): number {
  return pipe.ring.peek(bufferSink(task, buf));
}

/** Takes `n` bytes, seen before with `peek`, out of a pipe. A read of a pipe in packet mode ends with the packet. */
function consume(task: Task, from: OpenFile, n: number): void {
  for (let left = n; left > 0; ) {
    const want = left;
    const r = withoutWaiting(from, () => from.read(task, bufferSink(task, buffer(want)), 0));
    if (r <= 0) break;
    left -= r;
  }
}

/** Writes `buf` to `to` at `pos` without waiting. @returns bytes or -errno */
function push(task: Task, to: OpenFile, buf: Uint8Array, pos: number): number {
  if (!to.seekable) {
    const r = withoutWaiting(to, () => to.write(task, bufferSource(task, buf), 0));
    if (r === -EPIPE) raiseSigpipe(task);
    return r;
  }
  const room = writeRoom(task, to, pos, buf.length);
  if (room < 0) return room;
  return withoutWaiting(to, () => writeSeekable(task, to, bufferSource(task, buf.subarray(0, room)), pos));
}

/** One direction's position: the variable of the caller's at `addr`, or with `addr` 0 the description's own. */
class Position {
  constructor(
    private readonly task: Task,
    private readonly file: OpenFile,
    private readonly addr: number,
    private own: number,
  ) {}
  get pos(): number {
    return this.addr === 0 ? this.file.pos : this.own;
  }
  moved(n: number): void {
    if (this.addr === 0) {
      if (this.file.seekable) this.file.pos += n;
      return;
    }
    this.own += n;
    this.task.mem.putU64(this.addr, this.own);
  }
}

function position(task: Task, file: OpenFile, addr: number): Position | number {
  const start = addr === 0 ? 0 : task.mem.i64(addr);
  return Number.isNaN(start) ? -EFAULT : new Position(task, file, addr, start);
}

/** An attempt to move bytes: the result, or -EAGAIN when it may go on later. */
type Attempt = () => number;

/**
 * Repeats `attempt` until it moves something, unless the call must not wait.
 * @param files what is waited for; kept open meanwhile
 */
function attempting(attempt: Attempt, wait: boolean, files: readonly OpenFile[]): SyscallResult {
  const r = attempt();
  if (r !== -EAGAIN || !wait) return r;
  for (const f of files) f.refs++;
  const on: WaitQueue[] = files.map((f) => f.queue);
  return {
    on,
    retry: () => {
      const again = attempt();
      return again === -EAGAIN ? WOULD_BLOCK : again;
    },
    done: () => files.forEach(putFile),
  };
}

/**
 * How much `to` may be given at once: as a pipe it takes pieces of any size here, not whole writes of PIPE_BUF as write(2)
 * promises. @returns bytes, -EAGAIN when it is full, or -EPIPE after SIGPIPE
 */
function roomIn(task: Task, to: OpenFile): number {
  const pipe = pipeOf(to);
  if (pipe === undefined) return SPLICE_MAX;
  if (pipe.readers === 0) {
    raiseSigpipe(task);
    return -EPIPE;
  }
  return pipe.ring.space > 0 ? pipe.ring.space : -EAGAIN;
}

/** What is in `pipe`, at most `len` bytes, left there. 0: nothing, and no writer is left. */
function peekAtMost(task: Task, pipe: Pipe, len: number): Uint8Array | number {
  const buf = buffer(len);
  const n = peek(task, pipe, buf);
  if (n === 0) return pipe.writers === 0 ? 0 : -EAGAIN;
  return n < 0 ? n : buf.subarray(0, n);
}

/** From a pipe to anything: only what the other side took leaves the pipe. */
function fromPipe(task: Task, from: OpenFile, pipe: Pipe, to: OpenFile, out: Position, len: number): number {
  const room = roomIn(task, to);
  if (room < 0) return room;
  const bytes = peekAtMost(task, pipe, Math.min(len, room));
  if (typeof bytes === 'number') return bytes;
  const w = push(task, to, bytes, out.pos);
  if (w <= 0) return w;
  consume(task, from, w);
  out.moved(w);
  return w;
}

/** From a file or stream to a pipe: only as much is read as the pipe has room for. */
function toPipe(task: Task, from: OpenFile, to: OpenFile, input: Position, len: number): number {
  const room = roomIn(task, to);
  if (room < 0) return room;
  const buf = buffer(Math.min(room, len));
  const n = withoutWaiting(from, () => from.read(task, bufferSink(task, buf), input.pos));
  if (n <= 0) return n;
  const w = push(task, to, buf.subarray(0, n), 0);
  if (w > 0) input.moved(w);
  return w;
}

function sysSplice(task: Task, args: SyscallArgs): SyscallResult {
  const len = args.long(4);
  const flags = args.uint(5);
  if (len === 0) return 0;
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL;
  const from = fileOf(task, args.int(0));
  const to = fileOf(task, args.int(2));
  if (from === undefined || to === undefined) return -EBADF;
  const inPipe = pipeOf(from);
  const outPipe = pipeOf(to);
  const inAddr = args.ptr(1);
  const outAddr = args.ptr(3);
  if ((inPipe !== undefined && inAddr !== 0) || (outPipe !== undefined && outAddr !== 0)) return -ESPIPE;
  const out = position(task, to, outAddr);
  if (typeof out === 'number') return out;
  const input = position(task, from, inAddr);
  if (typeof input === 'number') return input;
  if (!from.readable || !to.writable) return -EBADF;
  if (inPipe === undefined && outPipe === undefined) return -EINVAL;
  if (inPipe !== undefined && inPipe === outPipe) return -EINVAL;
  if ((outAddr !== 0 && !to.seekable) || (inAddr !== 0 && !from.seekable)) return -EINVAL;
  if (out.pos < 0 || input.pos < 0) return -EINVAL;
  if (outPipe === undefined && (to.flags & O_APPEND) !== 0) return -EINVAL;
  const wait = (flags & SPLICE_F_NONBLOCK) === 0;
  const most = len < 0 ? SPLICE_MAX : Math.min(len, SPLICE_MAX);
  if (inPipe !== undefined) {
    const mayWait = wait && !from.nonblock && !to.nonblock;
    return attempting(() => fromPipe(task, from, inPipe, to, out, most), mayWait, [from, to]);
  }
  return attempting(() => toPipe(task, from, to, input, most), wait && !to.nonblock && !from.nonblock, [
    from,
    to,
  ]);
}

/** Copies from one pipe to another without taking anything away. */
function sysTee(task: Task, args: SyscallArgs): SyscallResult {
  const len = args.long(2);
  const flags = args.uint(3);
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL;
  if (len === 0) return 0;
  const from = fileOf(task, args.int(0));
  const to = fileOf(task, args.int(1));
  if (from === undefined || to === undefined) return -EBADF;
  if (!from.readable || !to.writable) return -EBADF;
  const inPipe = pipeOf(from);
  const outPipe = pipeOf(to);
  if (inPipe === undefined || outPipe === undefined || inPipe === outPipe) return -EINVAL;
  const most = len < 0 ? SPLICE_MAX : len;
  const attempt = (): number => {
    const room = roomIn(task, to);
    if (room < 0) return room;
    const bytes = peekAtMost(task, inPipe, Math.min(most, room));
    return typeof bytes === 'number' ? bytes : push(task, to, bytes, 0);
  };
  const wait = (flags & SPLICE_F_NONBLOCK) === 0 && !from.nonblock && !to.nonblock;
  return attempting(attempt, wait, [from, to]);
}

/** vmsplice(2): a vector into a pipe, or out of one. */
function sysVmsplice(task: Task, args: SyscallArgs): SyscallResult {
  const flags = args.uint(3);
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL;
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if (!file.readable && !file.writable) return -EBADF;
  const iov = task.mem.iovec(args.ptr(1), args.long(2));
  if (typeof iov === 'number') return iov;
  if (iovLength(iov) === 0) return 0;
  if (pipeOf(file) === undefined) return -EBADF;
  const wait = (flags & SPLICE_F_NONBLOCK) === 0 && !file.nonblock;
  if (file.writable) {
    // It waits for room, and then takes only what fits: unlike write(2) it does not wait for the rest.
    return attempting(() => withoutWaiting(file, () => writeStream(task, file, task.mem.source(iov))), wait, [
      file,
    ]);
  }
  const read = (): SyscallResult => file.read(task, task.mem.sink(iov), 0);
  return wait ? read() : withoutWaiting(file, read);
}

export const spliceFamily: Family = {
  splice: { handler: sysSplice, args: ['fd', 'ptr', 'fd', 'ptr', 'size', 'hex'], status: 'full' },
  tee: { handler: sysTee, args: ['fd', 'fd', 'size', 'hex'], status: 'full' },
  vmsplice: {
    handler: sysVmsplice,
    args: ['fd', 'ptr', 'int', 'hex'],
    status: 'full',
    note: 'bytes are copied, never gifted',
  },
};
