/**
 * io_submit(2), io_getevents(2), io_cancel(2) (fs/aio.c). Reads and writes are done when they are submitted, as Linux does
 * them for files that it has in memory; only polls end later. io_setup(2) and io_destroy(2) go through the tracer.
 */

import {
  decodeIocb,
  encodeIoEvent,
  IO_EVENT_SIZE,
  IOCB_CMD_FDSYNC,
  IOCB_CMD_FSYNC,
  IOCB_CMD_POLL,
  IOCB_CMD_PREAD,
  IOCB_CMD_PREADV,
  IOCB_CMD_PWRITE,
  IOCB_CMD_PWRITEV,
  IOCB_FLAG_RESFD,
  IOCB_KEY,
  IOCB_SIZE,
  type Iocb,
} from '../src/abi/aio.js';
import { EAGAIN, EBADF, EFAULT, EINPROGRESS, EINTR, EINVAL, EOPNOTSUPP } from '../src/abi/errno.js';
import {
  __O_SYNC,
  O_DSYNC,
  RWF_APPEND,
  RWF_DSYNC,
  RWF_HIPRI,
  RWF_NOWAIT,
  RWF_SYNC,
} from '../src/abi/fcntl.js';
import { POLLERR, POLLHUP } from '../src/abi/poll.js';
import { TIMESPEC_SIZE } from '../src/abi/structs-process.js';
import { EventFd } from '../src/fs/eventfd.js';
import { type AioContext, findAio, type PendingRequest } from '../src/kernel/aio.js';
import type { IoVec } from '../src/kernel/memory.js';
import type { Task } from '../src/kernel/task.js';
import { type SyscallResult, type Waiter, WOULD_BLOCK } from '../src/kernel/wait.js';
import { putFile } from '../src/vfs/fdtable.js';
import type { OpenFile } from '../src/vfs/file.js';
import { accessOk, cappedCount, fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { readFileAt, writePosition, writeRoom, writeSeekable, writeStream } from './io.js';
import { withoutWaiting } from './kernel-buffers.js';
import { readSigset } from './poll-args.js';
import { iovCut, iovLength } from './rw.js';

const RWF_OK = RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND;
/** Most events that one call fetches in one go. */
const MAX_BATCH = 4096;

/** What a submitted request comes to: its result, a refusal of the submission, or an end later. */
type Started = { res: number } | { refused: number } | 'pending' | 'would block';

/** The bytes of a request in the guest. */
function vectorOf(task: Task, cb: Iocb): readonly IoVec[] | number {
  if (cb.opcode === IOCB_CMD_PREADV || cb.opcode === IOCB_CMD_PWRITEV)
    return task.mem.iovec(cb.buf, cb.nbytes);
  const len = cappedCount(cb.nbytes);
  return accessOk(cb.buf, len) ? [{ addr: cb.buf, len }] : -EFAULT;
}

function transfer(task: Task, file: OpenFile, cb: Iocb, writes: boolean): Started {
  if ((cb.rwFlags & ~RWF_OK) !== 0) return { refused: -EOPNOTSUPP };
  if (writes ? !file.writable : !file.readable) return { refused: -EBADF };
  const iov = vectorOf(task, cb);
  if (typeof iov === 'number') return { refused: iov };
  if (file.seekable && (cb.offset < 0 || cb.offset + iovLength(iov) >= 2 ** 63)) return { refused: -EINVAL };
  if (iovLength(iov) === 0) return { res: 0 };
  const res = withoutWaiting(file, () => (writes ? write(task, file, cb, iov) : read(task, file, cb, iov)));
  const waits = res === -EAGAIN && !file.nonblock && (cb.rwFlags & RWF_NOWAIT) === 0;
  return waits ? 'would block' : { res };
}

function read(task: Task, file: OpenFile, cb: Iocb, iov: readonly IoVec[]): SyscallResult {
  return readFileAt(task, file, task.mem.sink(iov), file.seekable ? cb.offset : 0);
}

function write(task: Task, file: OpenFile, cb: Iocb, iov: readonly IoVec[]): SyscallResult {
  if (!file.seekable) return writeStream(task, file, task.mem.source(iov));
  const append = file.append || (cb.rwFlags & RWF_APPEND) !== 0;
  const pos = append ? file.getattr().size : writePosition(file, cb.offset);
  const room = writeRoom(task, file, pos, iovLength(iov));
  if (room < 0) return room;
  const durable =
    (cb.rwFlags & RWF_SYNC) !== 0 ? __O_SYNC | O_DSYNC : (cb.rwFlags & RWF_DSYNC) !== 0 ? O_DSYNC : 0;
  return writeSeekable(task, file, task.mem.source(iovCut(iov, room)), pos, durable);
}

/** Where the counter of IOCB_FLAG_RESFD is. */
function notifier(task: Task, cb: Iocb): EventFd | undefined | number {
  if ((cb.flags & IOCB_FLAG_RESFD) === 0) return undefined;
  const file = fileOf(task, cb.resfd);
  if (file === undefined) return -EBADF;
  return file instanceof EventFd ? file : -EINVAL;
}

/** IOCB_CMD_POLL: ends once, with the events that are there. */
class PollRequest implements PendingRequest, Waiter {
  constructor(
    private readonly ctx: AioContext,
    private readonly file: OpenFile,
    private readonly cb: Iocb,
    private readonly wanted: number,
    private readonly tell: EventFd | undefined,
  ) {
    file.refs++;
    if (tell !== undefined) tell.refs++;
    file.queue.add(this);
    ctx.add(this);
  }
  get obj(): number {
    return this.cb.addr;
  }
  /** The result is what the wake-up said, also beyond what was asked for. */
  wake(events: number): boolean {
    if (events !== 0 && (events & this.wanted) === 0) return false;
    const now = this.file.poll() & this.wanted;
    if (now !== 0) this.finish(events !== 0 ? events : now);
    return false;
  }
  private finish(res: number): void {
    const { ctx, cb, tell } = this;
    if (!ctx.has(this)) return;
    ctx.complete({ data: cb.data, obj: cb.addr, res });
    tell?.signal();
    this.drop();
  }
  cancel(): void {
    this.finish(0);
  }
  drop(): void {
    if (!this.ctx.remove(this)) return;
    this.file.queue.remove(this);
    putFile(this.file);
    if (this.tell !== undefined) putFile(this.tell);
  }
}

function poll(ctx: AioContext, file: OpenFile, cb: Iocb, tell: EventFd | undefined): Started {
  if (cb.buf > 0xffff || cb.offset !== 0 || cb.nbytes !== 0 || cb.rwFlags !== 0) return { refused: -EINVAL };
  const wanted = cb.buf | POLLERR | POLLHUP;
  const now = file.poll() & wanted;
  if (now !== 0) return { res: now };
  new PollRequest(ctx, file, cb, wanted, tell);
  return 'pending';
}

function start(task: Task, ctx: AioContext, file: OpenFile, cb: Iocb, tell: EventFd | undefined): Started {
  switch (cb.opcode) {
    case IOCB_CMD_PREAD:
    case IOCB_CMD_PREADV:
      return transfer(task, file, cb, false);
    case IOCB_CMD_PWRITE:
    case IOCB_CMD_PWRITEV:
      return transfer(task, file, cb, true);
    case IOCB_CMD_FSYNC:
    case IOCB_CMD_FDSYNC:
      if (cb.buf !== 0 || cb.offset !== 0 || cb.nbytes !== 0 || cb.rwFlags !== 0) return { refused: -EINVAL };
      return { res: file.sync(cb.opcode === IOCB_CMD_FDSYNC) };
    case IOCB_CMD_POLL:
      return poll(ctx, file, cb, tell);
    default:
      return { refused: -EINVAL };
  }
}

/** io_submit_one. @returns 0, -errno, or WOULD_BLOCK for a stream that has to be waited for */
function submitOne(task: Task, ctx: AioContext, addr: number): number | { wait: OpenFile } {
  const dv = task.mem.view(addr, IOCB_SIZE);
  if (typeof dv === 'number') return dv;
  const cb = decodeIocb(dv, addr);
  if (cb.reserved !== 0n || cb.nbytes < 0) return -EINVAL;
  if (ctx.full) return -EAGAIN;
  const file = fileOf(task, cb.fd);
  if (file === undefined) return -EBADF;
  const tell = notifier(task, cb);
  if (typeof tell === 'number') return tell;
  const err = task.mem.putU32(addr + IOCB_KEY, 0);
  if (err < 0) return err;
  const started = start(task, ctx, file, cb, tell);
  if (started === 'would block') return { wait: file };
  if (started === 'pending') return 0;
  if ('refused' in started) return started.refused;
  ctx.complete({ data: cb.data, obj: addr, res: started.res });
  tell?.signal();
  return 0;
}

function sysIoSubmit(task: Task, args: SyscallArgs): SyscallResult {
  const ctx = findAio(task, args.ptr(0));
  const count = args.long(1);
  if (ctx === undefined || count < 0) return -EINVAL;
  const list = args.ptr(2);
  const most = Math.min(count, ctx.room);
  for (let i = 0; i < most; i++) {
    const addr = task.mem.u64(list + 8 * i);
    const r = Number.isNaN(addr) ? -EFAULT : submitOne(task, ctx, addr);
    if (r === 0) continue;
    if (i > 0) return i;
    if (typeof r === 'number') return r;
    // The first one: a stream without bytes, or without room, is waited for as read(2) and write(2) would.
    return submitLater(task, ctx, addr, r.wait);
  }
  return most;
}

function submitLater(task: Task, ctx: AioContext, addr: number, file: OpenFile): SyscallResult {
  file.refs++;
  return {
    on: [file.queue, ctx.queue],
    retry() {
      if (ctx.dead) return -EINVAL;
      const r = submitOne(task, ctx, addr);
      if (typeof r !== 'number') return WOULD_BLOCK;
      return r === 0 ? 1 : r;
    },
    done: () => putFile(file),
  };
}

/** Fetches events until there are `least`. @param timeout milliseconds, undefined for ever */
function getEvents(
  task: Task,
  args: SyscallArgs,
  timeout: number | undefined,
  sigmask: bigint | undefined,
): SyscallResult {
  const ctx = findAio(task, args.ptr(0));
  const least = args.long(1);
  const most = args.long(2);
  const addr = args.ptr(3);
  if (ctx === undefined || least < 0 || most < least) return -EINVAL;
  let done = 0;
  const attempt = (): number | typeof WOULD_BLOCK => {
    while (done < most && ctx.events.length > 0) {
      const n = Math.min(most - done, ctx.events.length, MAX_BATCH);
      const dv = task.mem.stage(n * IO_EVENT_SIZE);
      for (let i = 0; i < n; i++) encodeIoEvent(dv, i * IO_EVENT_SIZE, ctx.events[i]);
      if (task.mem.post(addr + done * IO_EVENT_SIZE, n * IO_EVENT_SIZE) < 0) return done > 0 ? done : -EFAULT;
      ctx.fetched(n);
      done += n;
    }
    if (done >= least) return done;
    return ctx.dead ? (done > 0 ? done : -EINVAL) : WOULD_BLOCK;
  };
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  if (timeout === 0) return done;
  return {
    on: [ctx.queue],
    retry: attempt,
    ...(timeout === undefined ? {} : { deadline: task.kernel.now() + timeout, timeout: () => done }),
    interrupted: () => (done > 0 ? done : -EINTR),
    ...(sigmask === undefined ? {} : { sigmask }),
  };
}

/** A struct timespec that nobody checks: its parts add up, and below 0 it never ends. @returns milliseconds, or -EFAULT */
function readLimit(task: Task, addr: number): number | undefined {
  if (addr === 0) return undefined;
  const dv = task.mem.view(addr, TIMESPEC_SIZE);
  if (typeof dv === 'number') return dv;
  const ms = Number(dv.getBigInt64(0, true)) * 1000 + Number(dv.getBigInt64(8, true)) / 1e6;
  return ms < 0 ? undefined : Math.min(ms, Number.MAX_SAFE_INTEGER);
}

function sysIoGetevents(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = readLimit(task, args.ptr(4));
  if (timeout !== undefined && timeout < 0) return timeout;
  return getEvents(task, args, timeout, undefined);
}

function sysIoPgetevents(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = readLimit(task, args.ptr(4));
  if (timeout !== undefined && timeout < 0) return timeout;
  const set = args.ptr(5);
  if (set === 0) return getEvents(task, args, timeout, undefined);
  const dv = task.mem.view(set, 16);
  if (typeof dv === 'number') return dv;
  const mask = readSigset(task, Number(dv.getBigUint64(0, true)), Number(dv.getBigUint64(8, true)));
  return typeof mask === 'number' ? mask : getEvents(task, args, timeout, mask);
}

function sysIoCancel(task: Task, args: SyscallArgs): number {
  const addr = args.ptr(1);
  const key = task.mem.u32(addr + IOCB_KEY);
  if (Number.isNaN(key)) return -EFAULT;
  const ctx = findAio(task, args.ptr(0));
  if (key !== 0 || ctx === undefined) return -EINVAL;
  for (const request of ctx.pending) {
    if (request.obj !== addr) continue;
    request.cancel();
    return -EINPROGRESS;
  }
  return -EINVAL;
}

export const aioFamily: Family = {
  io_submit: { handler: sysIoSubmit, args: ['ptr', 'int', 'ptr'], status: 'full' },
  io_getevents: { handler: sysIoGetevents, args: ['ptr', 'int', 'int', 'ptr', 'struct'], status: 'full' },
  io_pgetevents: {
    handler: sysIoPgetevents,
    args: ['ptr', 'int', 'int', 'ptr', 'struct', 'struct'],
    status: 'full',
  },
  io_cancel: { handler: sysIoCancel, args: ['ptr', 'struct', 'ptr'], status: 'full' },
};
