/** Timers that send signals: alarm(2), setitimer(2), timer_create(2). They are the sentry's, for only it may interrupt calls. */

import { EAGAIN, EFAULT, EINVAL } from '../src/abi/errno.js';
import { ITIMER_PROF, ITIMER_REAL, TIMER_ABSTIME } from '../src/abi/sched.js';
import { SIGALRM, SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD, SIGEV_THREAD_ID } from '../src/abi/signal.js';
import {
  getI64,
  ITIMER_SIZE,
  putTimespec,
  putTimeval,
  readTimespec,
  readTimeval,
  SIGEVENT_SIZE,
} from '../src/abi/structs-process.js';
import { timerClock, toKernelTime } from '../src/kernel/clocks.js';
import { cpuClock, isCpuClock } from '../src/kernel/cpu-clock.js';
import { findTask } from '../src/kernel/ids.js';
import { getRealTimer, setRealTimer } from '../src/kernel/itimers.js';
import { type PosixTimer, PosixTimers, type SigEvent } from '../src/kernel/posix-timers.js';
import type { Task } from '../src/kernel/task.js';
import { CONTINUE, type SyscallResult } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';

/** Stores a pair interval, value (struct itimerval or itimerspec). */
function putPair(
  task: Task,
  addr: number,
  put: (dv: DataView, off: number, ms: number) => void,
  interval: number,
  left: number,
): number {
  const dv = task.mem.stage(ITIMER_SIZE);
  put(dv, 0, interval);
  put(dv, 16, left);
  return task.mem.post(addr, ITIMER_SIZE) < 0 ? -EFAULT : 0;
}

function sysAlarm(task: Task, args: SyscallArgs): number {
  const { left } = getRealTimer(task.group);
  setRealTimer(task.group, Math.min(args.uint(0), 0x7fffffff) * 1000, 0);
  if (left === 0) return 0;
  // Rounded to the nearest second, but never to 0, which would say that none was set.
  return Math.max(1, Math.floor((left + 500) / 1000));
}

function sysGetitimer(task: Task, args: SyscallArgs): SyscallResult {
  const which = args.int(0);
  if (which !== ITIMER_REAL) return which < 0 || which > ITIMER_PROF ? -EINVAL : CONTINUE;
  const { left, interval } = getRealTimer(task.group);
  return putPair(task, args.ptr(1), putTimeval, interval, left);
}

function sysSetitimer(task: Task, args: SyscallArgs): SyscallResult {
  const which = args.int(0);
  if (which !== ITIMER_REAL) return which < 0 || which > ITIMER_PROF ? -EINVAL : CONTINUE;
  let interval: number | undefined = 0;
  let value: number | undefined = 0;
  if (args.ptr(1) !== 0) {
    const dv = task.mem.view(args.ptr(1), ITIMER_SIZE);
    if (typeof dv === 'number') return -EFAULT;
    interval = readTimeval(dv, 0);
    value = readTimeval(dv, 16);
    if (interval === undefined || value === undefined) return -EINVAL;
  }
  const old = getRealTimer(task.group);
  setRealTimer(task.group, value, interval);
  return args.ptr(2) === 0 ? 0 : putPair(task, args.ptr(2), putTimeval, old.interval, old.left);
}

/** struct sigevent. @returns -EFAULT, -EINVAL */
function readSigevent(task: Task, addr: number): SigEvent | number {
  const dv = task.mem.view(addr, SIGEVENT_SIZE);
  if (typeof dv === 'number') return -EFAULT;
  const event: SigEvent = {
    value: getI64(dv, 0),
    signo: dv.getInt32(8, true),
    notify: dv.getInt32(12, true),
    task: undefined,
  };
  const tid = dv.getInt32(16, true);
  if (event.notify === SIGEV_NONE) return event;
  const toThread = event.notify === SIGEV_THREAD_ID;
  // libc makes SIGEV_THREAD of a signal to a thread of its own; asked for as such it is a signal to the process.
  if (!toThread && event.notify !== SIGEV_SIGNAL && event.notify !== SIGEV_THREAD) return -EINVAL;
  if (toThread) {
    const target = findTask(task.pids, tid);
    if (target === undefined || target.group !== task.group) return -EINVAL;
    event.task = target;
  }
  return event.signo <= 0 || event.signo > 64 ? -EINVAL : event;
}

function sysTimerCreate(task: Task, args: SyscallArgs): number {
  const clock = args.int(0);
  const cpu = isCpuClock(clock) ? cpuClock(task, clock) : undefined;
  const supported = typeof cpu === 'number' ? cpu : cpu === undefined ? timerClock(clock) : 0;
  if (supported < 0) return supported;
  let event: SigEvent | number | undefined;
  if (args.ptr(1) !== 0) event = readSigevent(task, args.ptr(1));
  if (typeof event === 'number') return event;
  const timers = (task.group.posixTimers ??= new PosixTimers(task.group));
  const id = timers.create(clock, event, SIGALRM, typeof cpu === 'object' ? cpu : undefined);
  if (id < 0) return -EAGAIN;
  if (task.mem.putU32(args.ptr(2), id) < 0) {
    timers.delete(id);
    return -EFAULT;
  }
  return 0;
}

function timerOf(task: Task, id: number): { timers: PosixTimers; timer: PosixTimer } | undefined {
  const timers = task.group.posixTimers;
  const timer = timers?.get(id);
  return timers === undefined || timer === undefined ? undefined : { timers, timer };
}

function sysTimerSettime(task: Task, args: SyscallArgs): number {
  const dv = task.mem.view(args.ptr(2), ITIMER_SIZE);
  if (args.ptr(2) === 0) return -EINVAL;
  if (typeof dv === 'number') return -EFAULT;
  const interval = readTimespec(dv, 0);
  const value = readTimespec(dv, 16);
  if (interval === undefined || value === undefined) return -EINVAL;
  const found = timerOf(task, args.int(0));
  if (found === undefined) return -EINVAL;
  const { timers, timer } = found;
  const old = { interval: timer.interval, left: timers.left(timer) };
  let next: number | undefined;
  if (value > 0) {
    const absolute = (args.int(1) & TIMER_ABSTIME) !== 0;
    if (!absolute) next = timers.now(timer) + value;
    else next = timer.cpu === undefined ? toKernelTime(task.kernel, timer.clock, value) : value;
  }
  timers.set(timer, next, value > 0 ? interval : 0);
  return args.ptr(3) === 0 ? 0 : putPair(task, args.ptr(3), putTimespec, old.interval, old.left);
}

function sysTimerGettime(task: Task, args: SyscallArgs): number {
  const found = timerOf(task, args.int(0));
  if (found === undefined) return -EINVAL;
  return putPair(task, args.ptr(1), putTimespec, found.timer.interval, found.timers.left(found.timer));
}

function sysTimerGetoverrun(task: Task, args: SyscallArgs): number {
  return timerOf(task, args.int(0))?.timer.lastOverrun ?? -EINVAL;
}

function sysTimerDelete(task: Task, args: SyscallArgs): number {
  return task.group.posixTimers?.delete(args.int(0)) === true ? 0 : -EINVAL;
}

export const timerFamily: Family = {
  alarm: { handler: sysAlarm, args: ['int'], status: 'full' },
  getitimer: {
    handler: sysGetitimer,
    args: ['int', 'ptr'],
    status: 'full',
    note: 'VIRTUAL and PROF run on the host',
  },
  setitimer: {
    handler: sysSetitimer,
    args: ['int', 'struct', 'ptr'],
    status: 'full',
    note: 'VIRTUAL and PROF run on the host',
  },
  timer_create: {
    handler: sysTimerCreate,
    args: ['int', 'struct', 'ptr'],
    status: 'full',
    note: 'processor time is looked at every 2 ms at most',
  },
  timer_settime: {
    handler: sysTimerSettime,
    args: ['int', 'hex', 'struct', 'ptr'],
    status: 'partial',
    note: 'absolute wall-clock timers do not follow later changes of the clock',
  },
  timer_gettime: { handler: sysTimerGettime, args: ['int', 'ptr'], status: 'full' },
  timer_getoverrun: { handler: sysTimerGetoverrun, args: ['int'], status: 'full' },
  timer_delete: { handler: sysTimerDelete, args: ['int'], status: 'full' },
};
