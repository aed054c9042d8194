/** Clocks that timers run on, seen from the kernel's own monotonic clock. */

import { EINVAL, EOPNOTSUPP } from '../abi/errno.js';
import {
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_MONOTONIC_COARSE,
  CLOCK_MONOTONIC_RAW,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
  CLOCK_REALTIME_COARSE,
  CLOCK_TAI,
} from '../abi/sched.js';
import type { Kernel } from './kernel.js';

/** A host clock in milliseconds (CLOCK_*). */
export function hostClock(kernel: Kernel, clock: number): number {
  const { native } = kernel;
  if (native.clockGettime(clock) < 0) return 0;
  return native.statBuf[0] * 1000 + native.statBuf[1] / 1e6;
}

/** Milliseconds since the host started, as guests see by CLOCK_BOOTTIME. */
export function hostUptime(kernel: Kernel): number {
  return hostClock(kernel, CLOCK_BOOTTIME);
}

/** @returns 0 if timers can run on `clock`, -EOPNOTSUPP for clocks without, -EINVAL for none at all; not for CPU time (cpu-clock.ts) */
export function timerClock(clock: number): number {
  switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_MONOTONIC:
    case CLOCK_BOOTTIME:
    case CLOCK_TAI:
      return 0;
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_REALTIME_COARSE:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_REALTIME_ALARM:
    case CLOCK_BOOTTIME_ALARM:
      return -EOPNOTSUPP;
    default:
      return -EINVAL;
  }
}

/** Turns a point of time on `clock` (ms) into one on the kernel's clock. Later changes of the wall clock are not followed. */
export function toKernelTime(kernel: Kernel, clock: number, at: number): number {
  return kernel.now() + (at - hostClock(kernel, clock));
}
