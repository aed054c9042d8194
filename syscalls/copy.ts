/** sendfile(2) and copy_file_range(2): from one file to another through a buffer of the kernel's (fs/read_write.c). */

import {
  EAGAIN,
  EBADF,
  EFAULT,
  EINVAL,
  EISDIR,
  EOVERFLOW,
  EPIPE,
  ERESTARTSYS,
  ESPIPE,
} from '../src/abi/errno.js';
import { S_IFDIR, S_IFMT, S_IFREG } from '../src/abi/stat.js';
import type { Task } from '../src/kernel/task.js';
import type { Timer } from '../src/kernel/timers.js';
import { type SyscallResult, WaitQueue, WOULD_BLOCK } from '../src/kernel/wait.js';
import { putFile } from '../src/vfs/fdtable.js';
import type { OpenFile } from '../src/vfs/file.js';
import { cappedCount, fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { raiseSigpipe, writeRoom, writeSeekable } from './io.js';
import { bufferSink, bufferSource, withoutWaiting } from './kernel-buffers.js';
import { fileToPipe, pipeOf } from './pipe-transfer.js';

/** Bytes moved at a time. */
const CHUNK = 256 * 1024;
/** Most bytes that one call copies between files at a time: the sentry has other guests to serve. */
const COPY_MAX = 32 * 1024 * 1024;
/** Milliseconds between two such parts of one sendfile(2). */
const PAUSE_MS = 0.2;

/** Used within one turn only, never across a wait. */
let chunk: Uint8Array | undefined;
function buffer(): Uint8Array {
  chunk ??= new Uint8Array(CHUNK);
  return chunk;
}

/** Reads up to `len` bytes of `file` at `pos` into the shared buffer. @returns bytes or -errno */
function readChunk(task: Task, file: OpenFile, pos: number, len: number): number {
  const sink = bufferSink(task, len < CHUNK ? buffer().subarray(0, len) : buffer());
  return withoutWaiting(file, () => file.read(task, sink, pos));
}

/** Writes `len` bytes of the shared buffer to `file`: at `pos`, or where a stream is. @returns bytes or -errno */
function writeChunk(task: Task, file: OpenFile, pos: number, len: number): number {
  if (!file.seekable) {
    const source = bufferSource(task, buffer().subarray(0, len));
    return withoutWaiting(file, () => file.write(task, source, 0));
  }
  const room = writeRoom(task, file, pos, len);
  if (room < 0) return room;
  const source = bufferSource(task, buffer().subarray(0, room));
  return withoutWaiting(file, () => writeSeekable(task, file, source, pos));
}

/** One sendfile(2) under way: positions, and what is done so far. */
class Transfer {
  done = 0;
  /** Woken when it may go on after a pause. */
  readonly turn = new WaitQueue();
  private timer: Timer | undefined;

  constructor(
    private readonly task: Task,
    private readonly from: OpenFile,
    private readonly to: OpenFile,
    private pos: number,
    private readonly count: number,
    /** Told the new position of the input whenever it moved. Negative if that cannot be kept. */
    private readonly moved: (pos: number) => number,
  ) {}

  /** Moves as much as goes without waiting. @returns the final result, or WOULD_BLOCK when the output is full */
  run(): number | typeof WOULD_BLOCK {
    const { task, from, to } = this;
    const most = Math.min(this.count, this.done + COPY_MAX);
    while (this.done < most) {
      const n = readChunk(task, from, this.pos, Math.min(CHUNK, most - this.done));
      if (n <= 0) return this.done > 0 ? this.done : n;
      const w = writeChunk(task, to, to.pos, n);
      if (w === -EAGAIN || w === 0) return to.nonblock ? (this.done > 0 ? this.done : -EAGAIN) : WOULD_BLOCK;
      if (w < 0) {
        if (w === -EPIPE) raiseSigpipe(task, to);
        return this.done > 0 ? this.done : w;
      }
      this.done += w;
      this.pos += w;
      if (to.seekable) to.pos += w;
      if (this.moved(this.pos) < 0) return -EFAULT;
    }
    return this.done < this.count ? this.later() : this.done;
  }

  /** Goes on once others have had their turn. */
  private later(): typeof WOULD_BLOCK {
    const { kernel } = this.task;
    this.timer = kernel.timers.add(kernel.now() + PAUSE_MS, () => this.turn.wake(1));
    return WOULD_BLOCK;
  }

  /** It ends, in whatever way. */
  end(): void {
    if (this.timer !== undefined) this.task.kernel.timers.cancel(this.timer);
  }
}

function sysSendfile(task: Task, args: SyscallArgs): SyscallResult {
  const offAddr = args.ptr(2);
  let pos = 0;
  if (offAddr !== 0) {
    pos = task.mem.i64(offAddr);
    if (Number.isNaN(pos)) return -EFAULT;
  }
  const from = fileOf(task, args.int(1));
  if (from === undefined || !from.readable) return -EBADF;
  if (offAddr !== 0 && !from.seekable) return -ESPIPE;
  if (offAddr === 0) pos = from.pos;
  const count = args.long(3);
  if (pos < 0 || count < 0) return -EINVAL;
  const to = fileOf(task, args.int(0));
  if (to === undefined || !to.writable) return -EBADF;
  // The input must be a file with positions, so that nothing is lost when the output takes less; O_APPEND is refused.
  if (!from.seekable || (from.inode.mode & S_IFMT) === S_IFDIR) return -EINVAL;
  const moved = (p: number): number => {
    pos = p;
    if (offAddr !== 0) return task.mem.putU64(offAddr, p);
    from.pos = p;
    return 0;
  };
  const pipe = pipeOf(to);
  if (pipe !== undefined) {
    // One filling of the pipe and no more, as splice(2) would (splice_file_to_pipe).
    if (!from.splices.read) return -EINVAL;
    const nonblock = to.nonblock;
    return fileToPipe({
      task,
      from,
      to,
      pipe,
      nonblock,
      pos: () => pos,
      len: count,
      moved: (n) => moved(pos + n),
    });
  }
  if (to.append || !from.splices.read || !to.splices.write) return -EINVAL;
  const transfer = new Transfer(task, from, to, pos, cappedCount(count), moved);
  const r = transfer.run();
  if (r !== WOULD_BLOCK) {
    // The position is stored even where nothing was copied.
    if (r === 0 && offAddr !== 0) return task.mem.putU64(offAddr, pos);
    return r;
  }
  from.refs++;
  to.refs++;
  return {
    on: [to.queue, transfer.turn],
    retry: () => transfer.run(),
    interrupted: () => (transfer.done > 0 ? transfer.done : -ERESTARTSYS),
    done: () => {
      transfer.end();
      putFile(from);
      putFile(to);
    },
  };
}

const TWO64 = 2 ** 64;

/** Does a position, taken without its sign, pass the end of the numbers? */
function wraps(pos: number, len: number): boolean {
  return (pos < 0 ? TWO64 + pos : pos) + len >= TWO64;
}

/** generic_copy_file_checks: what may be copied to where. @returns bytes to copy or -errno */
function checkCopy(from: OpenFile, to: OpenFile, inPos: number, outPos: number, len: number): number {
  const inAttr = from.getattr();
  const outType = to.inode.mode & S_IFMT;
  const inType = inAttr.mode & S_IFMT;
  if (inType === S_IFDIR || outType === S_IFDIR) return -EISDIR;
  if (inType !== S_IFREG || outType !== S_IFREG) return -EINVAL;
  if (!from.readable || !to.writable || to.append) return -EBADF;
  if (wraps(inPos, len) || wraps(outPos, len)) return -EOVERFLOW;
  if (inPos < 0 || outPos < 0) return -EINVAL;
  const count = Math.min(len, Math.max(0, inAttr.size - inPos));
  if (from.inode === to.inode && outPos + count > inPos && inPos + count > outPos) return -EINVAL;
  return count;
}

/** The position that a copy uses: the one at `addr`, or the description's own. NaN for a bad address. */
function positionAt(task: Task, file: OpenFile, addr: number): number {
  return addr === 0 ? file.pos : task.mem.i64(addr);
}

function sysCopyFileRange(task: Task, args: SyscallArgs): number {
  const from = fileOf(task, args.int(0));
  const to = fileOf(task, args.int(2));
  if (from === undefined || to === undefined) return -EBADF;
  const inAddr = args.ptr(1);
  const outAddr = args.ptr(3);
  let inPos = positionAt(task, from, inAddr);
  let outPos = positionAt(task, to, outAddr);
  if (Number.isNaN(inPos) || Number.isNaN(outPos)) return -EFAULT;
  if (args.uint(5) !== 0) return -EINVAL;
  const len = args.long(4);
  const count = checkCopy(from, to, inPos, outPos, len < 0 ? TWO64 + len : len);
  if (count <= 0) return count;
  const most = Math.min(cappedCount(count), COPY_MAX);
  let done = 0;
  let err = 0;
  while (done < most) {
    const n = readChunk(task, from, inPos, Math.min(CHUNK, most - done));
    const w = n <= 0 ? n : writeChunk(task, to, outPos, n);
    if (w <= 0) {
      err = w;
      break;
    }
    done += w;
    inPos += w;
    outPos += w;
  }
  if (done === 0) return err;
  if (inAddr === 0) from.pos = inPos;
  else if (task.mem.putU64(inAddr, inPos) < 0) return -EFAULT;
  if (outAddr === 0) to.pos = outPos;
  else if (task.mem.putU64(outAddr, outPos) < 0) return -EFAULT;
  return done;
}

export const copyFamily: Family = {
  sendfile: { handler: sysSendfile, args: ['fd', 'fd', 'ptr', 'size'], status: 'full' },
  copy_file_range: {
    handler: sysCopyFileRange,
    args: ['fd', 'ptr', 'fd', 'ptr', 'size', 'hex'],
    status: 'full',
  },
};
