/** epoll_create(2), epoll_ctl(2), epoll_wait(2) and relatives. */

import { EBADF, EFAULT, EINTR, EINVAL, EPERM } from '../src/abi/errno.js';
import { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD } from '../src/abi/poll.js';
import { EPOLL_EVENT_DATA, EPOLL_EVENT_SIZE } from '../src/abi/structs-ipc.js';
import { Epoll, type EpollEvent } from '../src/fs/epoll.js';
import { waitOn } from '../src/fs/waiting.js';
import type { Task } from '../src/kernel/task.js';
import { type SyscallResult, WOULD_BLOCK } from '../src/kernel/wait.js';
import { installFd } from './anon-fd.js';
import { accessOk, fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { readSigset, readTimeout } from './poll-args.js';

/** Events handed over by one call at most; a larger `maxevents` is allowed and simply not filled. */
const MAX_BATCH = 65536;
const MAX_EVENTS = Math.floor(0x7fffffff / EPOLL_EVENT_SIZE);

function create(task: Task, flags: number): number {
  if ((flags & ~EPOLL_CLOEXEC) !== 0) return -EINVAL;
  return installFd(task, new Epoll(task.kernel), (flags & EPOLL_CLOEXEC) !== 0);
}

function sysEpollCreate(task: Task, args: SyscallArgs): SyscallResult {
  return args.int(0) <= 0 ? -EINVAL : create(task, 0);
}

function sysEpollCreate1(task: Task, args: SyscallArgs): SyscallResult {
  return create(task, args.int(0));
}

function sysEpollCtl(task: Task, args: SyscallArgs): SyscallResult {
  const op = args.int(1);
  const fd = args.int(2);
  const want: EpollEvent = { events: 0, dataLow: 0, dataHigh: 0 };
  if (op !== EPOLL_CTL_DEL) {
    const dv = task.mem.view(args.ptr(3), EPOLL_EVENT_SIZE);
    if (typeof dv === 'number') return dv;
    want.events = dv.getInt32(0, true);
    want.dataLow = dv.getUint32(EPOLL_EVENT_DATA, true);
    want.dataHigh = dv.getUint32(EPOLL_EVENT_DATA + 4, true);
  }
  const epoll = fileOf(task, args.int(0));
  const file = fileOf(task, fd);
  if (epoll === undefined || file === undefined) return -EBADF;
  if (!file.pollable) return -EPERM;
  if (!(epoll instanceof Epoll) || epoll === file) return -EINVAL;
  if (file.lane?.isOpen === true) task.kernel.lanes?.controlled(task, args.int(0), epoll);
  switch (op) {
    case EPOLL_CTL_ADD:
      return epoll.add(file, fd, want, task);
    case EPOLL_CTL_MOD:
      return epoll.modify(file, fd, want, task);
    case EPOLL_CTL_DEL:
      return epoll.remove(file, fd);
    default:
      return -EINVAL;
  }
}

/** Room for the events of most calls. */
const few = new Uint8Array(64 * EPOLL_EVENT_SIZE);

/** Copies events out to `addr`. @returns how many of them: those before a bad address */
function storeEvents(task: Task, addr: number, events: readonly EpollEvent[]): number {
  const size = events.length * EPOLL_EVENT_SIZE;
  const bytes = size <= few.length ? few : new Uint8Array(size);
  const dv = new DataView(bytes.buffer);
  let off = 0;
  for (const e of events) {
    dv.setUint32(off, e.events >>> 0, true);
    dv.setUint32(off + EPOLL_EVENT_DATA, e.dataLow, true);
    dv.setUint32(off + EPOLL_EVENT_DATA + 4, e.dataHigh, true);
    off += EPOLL_EVENT_SIZE;
  }
  return Math.floor(Math.max(0, task.mem.write(addr, bytes, 0, size)) / EPOLL_EVENT_SIZE);
}

/** @param timeout milliseconds, undefined waits for ever */
function wait(
  task: Task,
  args: SyscallArgs,
  timeout: number | undefined,
  sigmask: bigint | undefined,
): SyscallResult {
  const addr = args.ptr(1);
  const max = args.int(2);
  const epoll = fileOf(task, args.int(0));
  if (epoll === undefined) return -EBADF;
  if (max <= 0 || max > MAX_EVENTS) return -EINVAL;
  if (!accessOk(addr, max * EPOLL_EVENT_SIZE)) return -EFAULT;
  if (!(epoll instanceof Epoll)) return -EINVAL;
  const attempt = (): number | typeof WOULD_BLOCK => {
    const n = epoll.collect(Math.min(max, MAX_BATCH), (events) => storeEvents(task, addr, events), task);
    return n === 0 ? WOULD_BLOCK : n < 0 ? -EFAULT : n;
  };
  const n = attempt();
  if (n !== WOULD_BLOCK) return n;
  if (timeout === 0 && sigmask === undefined) return 0;
  const block = waitOn(epoll, attempt, {
    deadline: timeout === undefined ? undefined : task.kernel.now() + timeout,
    timeout: () => 0,
    interrupted: -EINTR,
  });
  return sigmask === undefined ? block : { ...block, sigmask };
}

function sysEpollWait(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = args.int(3);
  return wait(task, args, timeout < 0 ? undefined : timeout, undefined);
}

function sysEpollPwait(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = args.int(3);
  const mask = readSigset(task, args.ptr(4), args.long(5));
  if (typeof mask === 'number') return mask;
  return wait(task, args, timeout < 0 ? undefined : timeout, mask);
}

function sysEpollPwait2(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = readTimeout(task, args.ptr(3));
  if (typeof timeout === 'number' && timeout < 0) return timeout;
  const mask = readSigset(task, args.ptr(4), args.long(5));
  if (typeof mask === 'number') return mask;
  return wait(task, args, timeout, mask);
}

export const epollFamily: Family = {
  epoll_create: { handler: sysEpollCreate, args: ['int'], status: 'full' },
  epoll_create1: { handler: sysEpollCreate1, args: ['hex'], status: 'full' },
  epoll_ctl: { handler: sysEpollCtl, args: ['fd', 'int', 'fd', 'struct'], status: 'full' },
  epoll_wait: { handler: sysEpollWait, args: ['fd', 'ptr', 'int', 'int'], status: 'full' },
  epoll_pwait: { handler: sysEpollPwait, args: ['fd', 'ptr', 'int', 'int', 'ptr', 'size'], status: 'full' },
  epoll_pwait2: {
    handler: sysEpollPwait2,
    args: ['fd', 'ptr', 'int', 'struct', 'ptr', 'size'],
    status: 'full',
  },
};
