/** Clocks that only the sentry may answer for: those that would be set. Reading clocks is native. */

import { EFAULT, EINVAL, EOPNOTSUPP, EPERM } from '../src/abi/errno.js';
import { CAP_SYS_TIME, CLOCK_REALTIME, CLOCK_SGI_CYCLE, CLOCK_TAI } from '../src/abi/sched.js';
import {
  getI64,
  putI64,
  putTimeval,
  readTimespec,
  readTimeval,
  TIMEX_SIZE,
  TMS_SIZE,
} from '../src/abi/structs-process.js';
import { hostUptime } from '../src/kernel/clocks.js';
import { capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import { CLOCK_TICKS, noUsage, processUsage } from '../src/kernel/usage.js';
import type { Family, SyscallArgs } from './family.js';

/** State of a clock that nothing disciplines (TIME_ERROR, STA_UNSYNC). */
const TIME_ERROR = 5;
const STA_UNSYNC = 0x40;
const TICK_US = 10_000;
const NTP_PHASE_LIMIT = 16_000_000;
/** Modes of adjtimex(2). */
const ADJ_OFFSET = 0x0001;
const ADJ_TICK = 0x4000;
const ADJ_ADJTIME = 0x8000;
const ADJ_OFFSET_SS_READ = 0xa001;
/** Offset of `tick` in struct timex. */
const TIMEX_TICK = 88;

function sysTimes(task: Task, args: SyscallArgs): number {
  const now = Math.floor((hostUptime(task.kernel) / 1000) * CLOCK_TICKS);
  const addr = args.ptr(0);
  if (addr === 0) return now;
  const own = processUsage(task.group, true);
  const children = task.group.childUsage ?? noUsage();
  const ticks = (us: number): number => Math.floor((us * CLOCK_TICKS) / 1e6);
  const dv = task.mem.stage(TMS_SIZE);
  [own.utime, own.stime, children.utime, children.stime].forEach((us, i) => {
    putI64(dv, i * 8, ticks(us));
  });
  return task.mem.post(addr, TMS_SIZE) < 0 ? -EFAULT : now;
}

function sysClockSettime(task: Task, args: SyscallArgs): number {
  if (args.int(0) !== CLOCK_REALTIME) return -EINVAL;
  const dv = task.mem.view(args.ptr(1), 16);
  if (typeof dv === 'number') return -EFAULT;
  return readTimespec(dv, 0) === undefined ? -EINVAL : -EPERM;
}

function sysSettimeofday(task: Task, args: SyscallArgs): number {
  if (args.ptr(0) !== 0) {
    const dv = task.mem.view(args.ptr(0), 16);
    if (typeof dv === 'number') return -EFAULT;
    if (readTimeval(dv, 0) === undefined) return -EINVAL;
  }
  return -EPERM;
}

/** True for what even the unprivileged may ask: nothing to change, or what is left of an adjtime(3). */
function readOnly(modes: number): boolean {
  return modes === 0 || modes === ADJ_OFFSET_SS_READ;
}

/** Why a change cannot be had: what is wrong with it by itself comes before that nobody may make one. */
function refusal(task: Task, addr: number, modes: number): number {
  if ((modes & ADJ_ADJTIME) !== 0 && (modes & ADJ_OFFSET) === 0) return -EINVAL;
  const tick = (modes & ADJ_ADJTIME) === 0 && (modes & ADJ_TICK) !== 0;
  if (!tick || !capable(task.cred, CAP_SYS_TIME)) return -EPERM;
  const dv = task.mem.view(addr, TIMEX_SIZE);
  if (typeof dv === 'number') return -EFAULT;
  const us = getI64(dv, TIMEX_TICK);
  return us < TICK_US * 0.9 || us > TICK_US * 1.1 ? -EINVAL : -EPERM;
}

/** Reading is answered with a clock that is not synchronized, as far as the sandbox can tell; changing it is EPERM. */
function adjust(task: Task, addr: number): number {
  const modes = task.mem.u32(addr);
  if (Number.isNaN(modes)) return -EFAULT;
  if (!readOnly(modes)) return refusal(task, addr, modes);
  const dv = task.mem.stage(TIMEX_SIZE);
  putI64(dv, 24, NTP_PHASE_LIMIT);
  putI64(dv, 32, NTP_PHASE_LIMIT);
  dv.setInt32(40, STA_UNSYNC, true);
  putI64(dv, 56, 1);
  putI64(dv, 64, 32_768_000);
  const { sec, nsec } = task.kernel.realtime();
  putTimeval(dv, 72, sec * 1000 + Math.floor(nsec / 1e6));
  putI64(dv, 80, Math.floor(nsec / 1000));
  putI64(dv, 88, TICK_US);
  return task.mem.post(addr, TIMEX_SIZE) < 0 ? -EFAULT : TIME_ERROR;
}

export const timeFamily: Family = {
  times: { handler: sysTimes, args: ['ptr'], status: 'full' },
  clock_settime: {
    handler: sysClockSettime,
    args: ['int', 'struct'],
    status: 'partial',
    note: "EPERM: the clock is the host's",
  },
  settimeofday: { handler: sysSettimeofday, args: ['struct', 'ptr'], status: 'partial', note: 'EPERM' },
  adjtimex: {
    handler: (task, args) => adjust(task, args.ptr(0)),
    args: ['ptr'],
    status: 'partial',
    note: 'read only; EPERM to adjust',
  },
  clock_adjtime: {
    handler: (task, args) => {
      const clock = args.int(0);
      if (clock === CLOCK_REALTIME) return adjust(task, args.ptr(1));
      return clock > 0 && clock <= CLOCK_TAI && clock !== CLOCK_SGI_CYCLE ? -EOPNOTSUPP : -EINVAL;
    },
    args: ['int', 'ptr'],
    status: 'partial',
    note: 'read only; EPERM to adjust',
  },
};
