/** Clocks of processor time that timers can run on (kernel/time/posix-cpu-timers.c). */

import { EINVAL } from '../abi/errno.js';
import { CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID } from '../abi/sched.js';
import { findProcess, findTask } from './ids.js';
import type { Task, ThreadGroup } from './task.js';
import { threadRunTime } from './usage.js';

export interface CpuClock {
  /** Time used so far, ms; NaN when the owner has ended. */
  read(): number;
  /** How many threads may be using it up at once. */
  rate(): number;
}

/** Bits of a clock's number beyond the process or thread, which is stored inverted. */
const PER_THREAD = 4;
const WHICH = 3;
const SCHED = 2;
const ID_SHIFT = 3;

class ProcessClock implements CpuClock {
  constructor(private readonly tg: ThreadGroup) {}
  read(): number {
    const us = this.tg.zombie ? -1 : this.tg.kernel.native.cpuTime(this.tg.hostPid);
    return us < 0 ? Number.NaN : us / 1000;
  }
  rate(): number {
    return Math.max(1, this.tg.tasks.size);
  }
}

class ThreadClock implements CpuClock {
  constructor(private readonly task: Task) {}
  read(): number {
    const us = this.task.group.tasks.has(this.task) ? threadRunTime(this.task) : -1;
    return us < 0 ? Number.NaN : us / 1000;
  }
  rate(): number {
    return 1;
  }
}

/** True for numbers that name a clock of processor time. */
export function isCpuClock(clock: number): boolean {
  return clock < 0 || clock === CLOCK_PROCESS_CPUTIME_ID || clock === CLOCK_THREAD_CPUTIME_ID;
}

/**
 * The clock that `task` means. Clocks of user time alone count all time here, as nobody can sample it from outside.
 * @returns -EINVAL if there is no such process, or the thread is one of another process
 */
export function cpuClock(task: Task, clock: number): CpuClock | number {
  if (clock === CLOCK_PROCESS_CPUTIME_ID) return new ProcessClock(task.group);
  if (clock === CLOCK_THREAD_CPUTIME_ID) return new ThreadClock(task);
  if ((clock & WHICH) > SCHED) return -EINVAL;
  const id = ~(clock >> ID_SHIFT);
  if ((clock & PER_THREAD) !== 0) {
    const thread = id === 0 ? task : findTask(task.pids, id);
    return thread?.group === task.group ? new ThreadClock(thread) : -EINVAL;
  }
  const tg = id === 0 ? task.group : findProcess(task.pids, id);
  return tg === undefined || tg.zombie ? -EINVAL : new ProcessClock(tg);
}
