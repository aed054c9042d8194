/**
 * What splice(2) and its relatives do with pipes (fs/splice.c). Pages are not handed over but copied. What a program sees is
 * the same: what has come from a file keeps to slots of its own, in the places that it had in the file's pages.
 */

import { EAGAIN, EFAULT, EPIPE, ERESTARTSYS } from '../src/abi/errno.js';
import { IN_ACCESS, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../src/abi/poll.js';
import { S_IFMT, S_IFREG, S_IFSOCK } from '../src/abi/stat.js';
import { type Pipe, PipeFile } from '../src/fs/pipe/pipe.js';
import { PIPE_PAGE } from '../src/fs/pipe/ring.js';
import type { Task } from '../src/kernel/task.js';
import { type SyscallResult, WOULD_BLOCK } from '../src/kernel/wait.js';
import { putFile } from '../src/vfs/fdtable.js';
import type { OpenFile } from '../src/vfs/file.js';
import { notifyPath } from '../src/vfs/notify.js';
import { raiseSigpipe, writeRoom, writeSeekable } from './io.js';
import { bufferSink, bufferSource, withoutWaiting } from './kernel-buffers.js';

/** Bytes moved at a time: what sixteen pages hold. */
const BATCH = 16 * PIPE_PAGE;

/** Used within one turn only, never across a wait. */
let space: Uint8Array | undefined;
function buffer(len: number): Uint8Array {
  space ??= new Uint8Array(BATCH);
  return space.subarray(0, Math.min(len, BATCH));
}

/** The pipe that a description is an end of. */
export function pipeOf(file: OpenFile): Pipe | undefined {
  return file instanceof PipeFile ? file.pipe : undefined;
}

/** Somebody took bytes out of a pipe that was full. */
export function wakeWriters(pipe: Pipe): void {
  pipe.queue.wake(POLLOUT | POLLWRNORM);
}
export function wakeReaders(pipe: Pipe): void {
  pipe.queue.wake(POLLIN | POLLRDNORM);
}

/**
 * Repeats `attempt` as long as it says WOULD_BLOCK.
 * @param files what is waited for; kept open meanwhile
 */
export function waiting(
  attempt: () => number | typeof WOULD_BLOCK,
  files: readonly OpenFile[],
  interrupted?: () => number,
): SyscallResult {
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  for (const f of files) f.refs++;
  return {
    on: files.map((f) => f.queue),
    retry: attempt,
    ...(interrupted === undefined ? {} : { interrupted }),
    done: () => files.forEach(putFile),
  };
}

/** Is there a slot to be filled (wait_for_space)? @returns 0, -EPIPE after SIGPIPE, -EAGAIN or WOULD_BLOCK */
export function awaitRoom(task: Task, pipe: Pipe, nonblock: boolean): number | typeof WOULD_BLOCK {
  if (pipe.readers === 0) {
    raiseSigpipe(task);
    return -EPIPE;
  }
  if (!pipe.ring.full) return 0;
  return nonblock ? -EAGAIN : WOULD_BLOCK;
}

/** One direction of a splice(2) or sendfile(2). */
interface Transfer {
  readonly task: Task;
  readonly from: OpenFile;
  readonly to: OpenFile;
  readonly pipe: Pipe;
  /** Do not wait for the pipe. */
  readonly nonblock: boolean;
  /** SPLICE_F_NONBLOCK was given. */
  readonly nonblockCall?: boolean;
  /** Where in the file; for streams it does not matter. */
  pos(): number;
  readonly len: number;
  /** `n` bytes went through: the position follows. @returns 0 or -EFAULT */
  moved(n: number): number;
}

/**
 * From a file or stream into a pipe (splice_file_to_pipe): waits for a free slot, then for the first bytes, unless the
 * description is non-blocking. @returns bytes, 0 at the end of the file, -errno
 */
export function fileToPipe(t: Transfer): SyscallResult {
  const { task, from, pipe } = t;
  // The flag of the call reaches sockets, and no other file.
  const nonblockIn = from.nonblock || (t.nonblockCall === true && (from.inode.mode & S_IFMT) === S_IFSOCK);
  const attempt = (): number | typeof WOULD_BLOCK => {
    const room = awaitRoom(task, pipe, t.nonblock);
    if (room !== 0) return room;
    const n = fillFrom(t);
    return n === -EAGAIN && !nonblockIn ? WOULD_BLOCK : n;
  };
  return waiting(attempt, [from, t.to]);
}

function fillFrom(t: Transfer): number {
  const { task, from, pipe } = t;
  const { ring } = pipe;
  const inPages = from.seekable && (from.inode.mode & S_IFMT) === S_IFREG;
  let done = 0;
  while (done < t.len && !ring.full) {
    const at = inPages ? t.pos() % PIPE_PAGE : 0;
    // Up to the end of a page, so that the next part does not begin in the middle of one.
    const most = Math.min((ring.slots - ring.used) * PIPE_PAGE, BATCH) - at;
    const buf = buffer(Math.min(t.len - done, most));
    const n = withoutWaiting(from, () => from.read(task, bufferSink(task, buf), t.pos()));
    if (n <= 0) {
      if (done === 0) return n;
      break;
    }
    const source = bufferSource(task, buf.subarray(0, n));
    for (let offset = at; source.remaining > 0; offset = 0) ring.append(source, source.remaining, 0, offset);
    done += n;
    if (t.moved(n) < 0) {
      done = -EFAULT;
      break;
    }
    // Only a file goes on: from a stream what is there comes, and no more.
    if (!inPages) break;
  }
  notifyPath(from.path, IN_ACCESS);
  wakeReaders(pipe);
  return done;
}

/**
 * From a pipe into a file or stream: all that is there, `len` bytes at most; only what the other side took leaves the pipe.
 * Waits for the first byte. A stream that can wait is given all of it.
 * @param nonblockOut do not wait for the stream
 */
export function pipeToFile(t: Transfer, nonblockOut: boolean): SyscallResult {
  const { task, to, pipe } = t;
  let done = 0;
  const attempt = (): number | typeof WOULD_BLOCK => {
    while (done < t.len) {
      if (pipe.ring.used === 0) {
        if (pipe.writers === 0 || done > 0) return done;
        return t.nonblock ? -EAGAIN : WOULD_BLOCK;
      }
      const buf = buffer(t.len - done);
      const w = push(task, to, buf.subarray(0, pipe.ring.gather(buf)), t.pos());
      if (w === -EAGAIN && !nonblockOut) return WOULD_BLOCK;
      if (w <= 0) return done > 0 ? done : w;
      const wasFull = pipe.ring.full;
      pipe.ring.consume(w);
      if (wasFull && !pipe.ring.full) wakeWriters(pipe);
      done += w;
      t.moved(w);
    }
    return done;
  };
  return waiting(attempt, [t.from, to], () => (done > 0 ? done : -ERESTARTSYS));
}

/** Writes `buf` to `to` at `pos` without waiting. @returns bytes or -errno */
function push(task: Task, to: OpenFile, buf: Uint8Array, pos: number): number {
  if (!to.seekable) {
    const r = withoutWaiting(to, () => to.write(task, bufferSource(task, buf), 0));
    if (r === -EPIPE) raiseSigpipe(task, to);
    return r;
  }
  const room = writeRoom(task, to, pos, buf.length);
  if (room < 0) return room;
  return withoutWaiting(to, () => writeSeekable(task, to, bufferSource(task, buf.subarray(0, room)), pos));
}

/**
 * From one pipe to another: slots are moved, or shared and left (tee(2)).
 * @param move splice(2)
 */
export function pipeToPipe(
  task: Task,
  from: PipeFile,
  to: PipeFile,
  len: number,
  nonblock: boolean,
  move: boolean,
): SyscallResult {
  const input = from.pipe;
  const output = to.pipe;
  const attempt = (): number | typeof WOULD_BLOCK => {
    if (input.ring.used === 0) {
      if (input.writers === 0) return 0;
      return nonblock ? -EAGAIN : WOULD_BLOCK;
    }
    const room = awaitRoom(task, output, nonblock);
    if (room !== 0) return room;
    const wasFull = input.ring.full;
    const n = input.ring.copyTo(output.ring, len, move);
    wakeReaders(output);
    if (move && wasFull && !input.ring.full) wakeWriters(input);
    return n;
  };
  return waiting(attempt, [from, to]);
}
