/** splice(2), tee(2), vmsplice(2): decoding and checks; what they do is in pipe-transfer.ts. */

import { EAGAIN, EBADF, EFAULT, EINVAL, ESPIPE } from '../src/abi/errno.js';
import {
  O_APPEND,
  SPLICE_F_GIFT,
  SPLICE_F_MORE,
  SPLICE_F_MOVE,
  SPLICE_F_NONBLOCK,
} from '../src/abi/fcntl.js';
import { type Pipe, PipeFile } from '../src/fs/pipe/pipe.js';
import { PIPE_PAGE } from '../src/fs/pipe/ring.js';
import { finishWith } from '../src/fs/waiting.js';
import type { IoVec } from '../src/kernel/memory.js';
import type { Task } from '../src/kernel/task.js';
import { type SyscallResult, WOULD_BLOCK } from '../src/kernel/wait.js';
import type { OpenFile } from '../src/vfs/file.js';
import { cappedCount, fileOf, isCharacterDevice, isDirectory } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import {
  awaitRoom,
  fileToPipe,
  pipeOf,
  pipeToFile,
  pipeToPipe,
  waiting,
  wakeReaders,
  wakeWriters,
} from './pipe-transfer.js';
import { iovLength } from './rw.js';

/** Positions are less than this (loff_t). */
const MAX_POSITION = 2 ** 63;
const SPLICE_F_ALL = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | SPLICE_F_MORE | SPLICE_F_GIFT;

/** The position of the side that is no pipe: the variable of the caller's at `addr`, or with `addr` 0 the description's own. */
class Position {
  private constructor(
    private readonly task: Task,
    private readonly file: OpenFile,
    private readonly addr: number,
    private own: number,
  ) {}

  /** @returns -EFAULT, or -EINVAL for a position of a file that has none, or a negative one */
  static of(task: Task, file: OpenFile, addr: number): Position | number {
    const start = addr === 0 ? 0 : task.mem.i64(addr);
    if (Number.isNaN(start)) return -EFAULT;
    return new Position(task, file, addr, start);
  }
  /** May `len` bytes be moved from here on (rw_verify_area)? */
  allows(len: number): boolean {
    if (this.addr !== 0 && !this.file.seekable) return false;
    return this.pos >= 0 && len >= 0 && this.pos + len < MAX_POSITION;
  }
  get pos(): number {
    return this.addr === 0 ? this.file.pos : this.own;
  }
  moved(n: number): number {
    // Devices have a position that nothing moves.
    if (isCharacterDevice(this.file)) return 0;
    if (this.addr !== 0) this.own += n;
    else if (this.file.seekable) this.file.pos += n;
    return 0;
  }
  /** The end of a call that moved `n` bytes: the caller's variable is written. */
  store(n: number): number {
    if (n < 0 || this.addr === 0) return n;
    return this.task.mem.putU64(this.addr, this.own) < 0 ? -EFAULT : n;
  }
}

function sysSplice(task: Task, args: SyscallArgs): SyscallResult {
  const count = args.long(4);
  const flags = args.uint(5);
  if (count === 0) return 0;
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL;
  const from = fileOf(task, args.int(0));
  const to = fileOf(task, args.int(2));
  if (from === undefined || to === undefined) return -EBADF;
  const inAddr = args.ptr(1);
  const outAddr = args.ptr(3);
  if ((pipeOf(from) !== undefined && inAddr !== 0) || (pipeOf(to) !== undefined && outAddr !== 0))
    return -ESPIPE;
  const out = Position.of(task, to, outAddr);
  if (typeof out === 'number') return out;
  const input = Position.of(task, from, inAddr);
  if (typeof input === 'number') return input;
  if (!from.readable || !to.writable) return -EBADF;
  const nonblock = (flags & SPLICE_F_NONBLOCK) !== 0;
  if (from instanceof PipeFile && to instanceof PipeFile) {
    if (from.pipe === to.pipe) return -EINVAL;
    const len = count < 0 ? Infinity : count;
    return pipeToPipe(task, from, to, len, nonblock || from.nonblock || to.nonblock, true);
  }
  if (from instanceof PipeFile) return outOf(task, from, to, out, count, nonblock);
  return to instanceof PipeFile ? into(task, from, to, input, count, nonblock) : -EINVAL;
}

function outOf(
  task: Task,
  from: PipeFile,
  to: OpenFile,
  out: Position,
  count: number,
  nonblock: boolean,
): SyscallResult {
  if (!out.allows(count) || (to.flags & O_APPEND) !== 0 || !to.splices.write) return -EINVAL;
  const transfer = {
    task,
    from,
    to,
    pipe: from.pipe,
    nonblock: nonblock || from.nonblock,
    pos: () => out.pos,
    len: cappedCount(count),
    moved: (n: number) => out.moved(n),
  };
  return finishWith(pipeToFile(transfer, nonblock || to.nonblock), (n) => out.store(n));
}

function into(
  task: Task,
  from: OpenFile,
  to: PipeFile,
  input: Position,
  count: number,
  nonblock: boolean,
): SyscallResult {
  if (!input.allows(count) || !from.splices.read || isDirectory(from)) return -EINVAL;
  const transfer = {
    task,
    from,
    to,
    pipe: to.pipe,
    nonblock: nonblock || to.nonblock,
    nonblockCall: nonblock,
    pos: () => input.pos,
    len: cappedCount(count),
    moved: (n: number) => input.moved(n),
  };
  return finishWith(fileToPipe(transfer), (n) => input.store(n));
}

/** Copies from one pipe to another without taking anything away. */
function sysTee(task: Task, args: SyscallArgs): SyscallResult {
  const count = args.long(2);
  const flags = args.uint(3);
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL;
  if (count === 0) return 0;
  const from = fileOf(task, args.int(0));
  const to = fileOf(task, args.int(1));
  if (from === undefined || to === undefined) return -EBADF;
  if (!from.readable || !to.writable) return -EBADF;
  if (!(from instanceof PipeFile) || !(to instanceof PipeFile) || from.pipe === to.pipe) return -EINVAL;
  const nonblock = (flags & SPLICE_F_NONBLOCK) !== 0 || from.nonblock || to.nonblock;
  return pipeToPipe(task, from, to, count < 0 ? Infinity : count, nonblock, false);
}

/** Adds what there is room for, and can be read, of a part of a vector. @returns bytes */
function appendPages(task: Task, pipe: Pipe, part: IoVec): number {
  const source = task.mem.source([part]);
  let done = 0;
  while (source.remaining > 0 && !pipe.ring.full) {
    const n = pipe.ring.append(source, source.remaining, 0, (part.addr + done) % PIPE_PAGE);
    if (n <= 0) break;
    done += n;
  }
  return done;
}

/** From a vector into a pipe: every page that a part touches becomes a slot. It takes what fits and does not wait for the rest. */
function vmspliceIn(task: Task, file: PipeFile, iov: readonly IoVec[], nonblock: boolean): SyscallResult {
  const { pipe } = file;
  return waiting(() => {
    const room = awaitRoom(task, pipe, nonblock);
    if (room !== 0) return room;
    let done = 0;
    for (const part of iov) {
      const n = appendPages(task, pipe, part);
      done += n;
      if (n < part.len) break;
    }
    if (done > 0) wakeReaders(pipe);
    return done > 0 ? done : -EFAULT;
  }, [file]);
}

/** Out of a pipe into a vector. */
function vmspliceOut(task: Task, file: PipeFile, iov: readonly IoVec[], nonblock: boolean): SyscallResult {
  const { pipe } = file;
  return waiting(() => {
    const { ring } = pipe;
    if (ring.used === 0) {
      if (pipe.writers === 0) return 0;
      return nonblock ? -EAGAIN : WOULD_BLOCK;
    }
    const wasFull = ring.full;
    const n = ring.drain(task.mem.sink([...iov]));
    if (wasFull && !ring.full) wakeWriters(pipe);
    return n;
  }, [file]);
}

/** vmsplice(2): a vector into a pipe, or out of one. The description being non-blocking changes nothing. */
function sysVmsplice(task: Task, args: SyscallArgs): SyscallResult {
  const flags = args.uint(3);
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL;
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if (!file.readable && !file.writable) return -EBADF;
  const iov = task.mem.iovec(args.ptr(1), args.long(2));
  if (typeof iov === 'number') return iov;
  if (iovLength(iov) === 0) return 0;
  if (!(file instanceof PipeFile)) return -EBADF;
  const nonblock = (flags & SPLICE_F_NONBLOCK) !== 0;
  return file.writable ? vmspliceIn(task, file, iov, nonblock) : vmspliceOut(task, file, iov, nonblock);
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
