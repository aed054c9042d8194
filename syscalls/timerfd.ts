/** timerfd_create(2), timerfd_settime(2), timerfd_gettime(2). */

import { EBADF, EINVAL, EPERM } from '../src/abi/errno.js';
import { TFD_CLOEXEC, TFD_NONBLOCK, TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET } from '../src/abi/poll.js';
import {
  CAP_WAKE_ALARM,
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
} from '../src/abi/sched.js';
import { ITIMERSPEC_SIZE, TIMESPEC_SIZE } from '../src/abi/structs-ipc.js';
import { putTimespec, readTimespec } from '../src/abi/structs-process.js';
import { TimerFd, type TimerSetting } from '../src/fs/timerfd.js';
import { capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { installFd } from './anon-fd.js';
import { fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

const CLOCKS = [CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_REALTIME_ALARM, CLOCK_BOOTTIME_ALARM];

function sysTimerfdCreate(task: Task, args: SyscallArgs): SyscallResult {
  const clock = args.int(0);
  const flags = args.int(1);
  if ((flags & ~(TFD_CLOEXEC | TFD_NONBLOCK)) !== 0 || !CLOCKS.includes(clock)) return -EINVAL;
  const alarm = clock === CLOCK_REALTIME_ALARM || clock === CLOCK_BOOTTIME_ALARM;
  if (alarm && !capable(task.cred, CAP_WAKE_ALARM)) return -EPERM;
  return installFd(task, new TimerFd(task.kernel, clock, flags & TFD_NONBLOCK), (flags & TFD_CLOEXEC) !== 0);
}

function timerOf(task: Task, fd: number): TimerFd | number {
  const file = fileOf(task, fd);
  if (file === undefined) return -EBADF;
  return file instanceof TimerFd ? file : -EINVAL;
}

function putSetting(task: Task, addr: number, setting: TimerSetting): number {
  const dv = task.mem.stage(ITIMERSPEC_SIZE);
  putTimespec(dv, 0, setting.interval);
  putTimespec(dv, TIMESPEC_SIZE, setting.value);
  return task.mem.post(addr, ITIMERSPEC_SIZE);
}

/** Now on a guest clock, ms. Alarm clocks read as the ones they are made of. */
function clockNow(task: Task, clock: number): number {
  const { native } = task.kernel;
  const base =
    clock === CLOCK_REALTIME_ALARM ? CLOCK_REALTIME : clock === CLOCK_BOOTTIME_ALARM ? CLOCK_BOOTTIME : clock;
  native.clockGettime(base);
  return (native.statBuf[0] ?? 0) * 1000 + (native.statBuf[1] ?? 0) / 1e6;
}

/** TFD_TIMER_CANCEL_ON_SET is accepted: nobody can set the clock inside the sandbox, so there is nothing to report. */
function sysTimerfdSettime(task: Task, args: SyscallArgs): SyscallResult {
  const flags = args.int(1);
  const oldAddr = args.ptr(3);
  const dv = task.mem.view(args.ptr(2), ITIMERSPEC_SIZE);
  if (typeof dv === 'number') return dv;
  const interval = readTimespec(dv, 0);
  const value = readTimespec(dv, TIMESPEC_SIZE);
  if (interval === undefined || value === undefined) return -EINVAL;
  if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) !== 0) return -EINVAL;
  const timer = timerOf(task, args.int(0));
  if (typeof timer === 'number') return timer;
  let deadline: number | undefined;
  if (value > 0) {
    const wait = (flags & TFD_TIMER_ABSTIME) !== 0 ? value - clockNow(task, timer.clock) : value;
    deadline = task.kernel.now() + Math.max(0, wait);
  }
  const old = timer.set(deadline, interval, flags);
  // A time that is past already counts at once, as an expired hrtimer does.
  if (deadline !== undefined && deadline <= task.kernel.now()) task.kernel.timers.run();
  return oldAddr === 0 ? 0 : putSetting(task, oldAddr, old);
}

function sysTimerfdGettime(task: Task, args: SyscallArgs): SyscallResult {
  const timer = timerOf(task, args.int(0));
  if (typeof timer === 'number') return timer;
  return putSetting(task, args.ptr(1), timer.get());
}

export const timerfdFamily: Family = {
  timerfd_create: { handler: sysTimerfdCreate, args: ['int', 'hex'], status: 'full' },
  timerfd_settime: { handler: sysTimerfdSettime, args: ['fd', 'hex', 'struct', 'ptr'], status: 'full' },
  timerfd_gettime: { handler: sysTimerfdGettime, args: ['fd', 'ptr'], status: 'full' },
};
