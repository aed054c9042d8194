/** timer_create(2) and its family (kernel/time/posix-timers.c). */

import { EAGAIN } from '../abi/errno.js';
import { SI_TIMER, SIGEV_NONE } from '../abi/signal.js';
import type { CpuClock } from './cpu-clock.js';
import { sendToProcess, sendToTask } from './signals.js';
import { sigBit, signalState } from './sigstate.js';
import type { Task, ThreadGroup } from './task.js';
import type { Timer } from './timers.js';

/** Timers a process may have; Linux bounds them by RLIMIT_SIGPENDING. */
export const MAX_TIMERS = 1024;
/** DELAYTIMER_MAX. */
const DELAYTIMER_MAX = 0x7fffffff;
/** Signals of one timer come no faster than this (ms): expiries in between are overruns. */
const SHORTEST = 1;
/** Nothing tells when processor time is used up, so it is looked at this often (ms) at most, and at least while it stands still. */
const CPU_TICK = 2;
const CPU_IDLE_TICK = 64;

export interface SigEvent {
  /** SIGEV_SIGNAL, SIGEV_NONE or SIGEV_THREAD_ID. */
  notify: number;
  signo: number;
  value: number;
  /** The thread of SIGEV_THREAD_ID. */
  task: Task | undefined;
}

export class PosixTimer {
  interval = 0;
  /** Next expiry while armed, ms on the kernel's clock or on `cpu`. */
  next = 0;
  /** For `cpu`: what it showed when last looked at, and how long to wait for the next time when it stands still. */
  seen = 0;
  idle = CPU_TICK;
  armed = false;
  timer: Timer | undefined;
  /** Expiries since the signal was queued, and the count that goes with the signal last delivered. */
  overrun = 0;
  lastOverrun = 0;
  pending = false;

  constructor(
    readonly id: number,
    readonly clock: number,
    readonly event: SigEvent,
    /** Set when it runs on processor time. */
    readonly cpu: CpuClock | undefined,
  ) {}
}

/** The timers of one process. */
export class PosixTimers {
  private readonly timers = new Map<number, PosixTimer>();
  private nextId = 0;

  constructor(private readonly tg: ThreadGroup) {}

  /** @returns the timer's id or -EAGAIN */
  create(clock: number, event: SigEvent | undefined, signo: number, cpu?: CpuClock): number {
    if (this.timers.size >= MAX_TIMERS) return -EAGAIN;
    while (this.timers.has(this.nextId)) this.nextId = (this.nextId + 1) % DELAYTIMER_MAX;
    const id = this.nextId++;
    const ev = event ?? { notify: 0, signo, value: id, task: undefined };
    this.timers.set(id, new PosixTimer(id, clock, ev, cpu));
    return id;
  }

  get(id: number): PosixTimer | undefined {
    return this.timers.get(id);
  }

  delete(id: number): boolean {
    const t = this.timers.get(id);
    if (t === undefined) return false;
    this.disarm(t);
    this.timers.delete(id);
    return true;
  }

  clear(): void {
    for (const t of this.timers.values()) this.disarm(t);
    this.timers.clear();
  }

  /** The timer's clock: the kernel's own, or processor time (NaN when that has ended). */
  now(t: PosixTimer): number {
    return t.cpu === undefined ? this.tg.kernel.now() : t.cpu.read();
  }

  /** Time left in ms; 0 when not armed. A one-shot or silent timer that has expired reads 0 too. */
  left(t: PosixTimer): number {
    if (!t.armed) return 0;
    const now = this.now(t);
    if (Number.isNaN(now)) return 0;
    if (t.next <= now) {
      if (t.interval === 0) return t.event.notify === SIGEV_NONE ? 0 : 1e-6;
      return t.interval - ((now - t.next) % t.interval);
    }
    return t.next - now;
  }

  /** @param next absolute, ms on the clock of `now`; undefined disarms. */
  set(t: PosixTimer, next: number | undefined, interval: number): void {
    this.disarm(t);
    t.interval = interval;
    t.pending = false;
    t.overrun = 0;
    t.lastOverrun = 0;
    if (next !== undefined) this.arm(t, next);
  }

  private disarm(t: PosixTimer): void {
    t.armed = false;
    if (t.timer !== undefined) this.tg.kernel.timers.cancel(t.timer);
    t.timer = undefined;
  }

  private arm(t: PosixTimer, next: number, wakeAt = next): void {
    t.armed = true;
    t.next = next;
    // SIGEV_NONE is only ever asked how much is left.
    if (t.event.notify === SIGEV_NONE) return;
    if (t.cpu === undefined) t.timer = this.tg.kernel.timers.add(wakeAt, () => this.expire(t));
    else this.watch(t, t.cpu);
  }

  /** Looks at processor time when it could be used up at the earliest, and ever less often while it stands still. */
  private watch(t: PosixTimer, cpu: CpuClock): void {
    const { kernel } = this.tg;
    const now = cpu.read();
    if (Number.isNaN(now)) {
      t.armed = false;
      return;
    }
    t.idle = now > t.seen ? CPU_TICK : Math.min(2 * t.idle, CPU_IDLE_TICK);
    t.seen = now;
    const wait = Math.max((t.next - now) / cpu.rate(), t.idle);
    t.timer = kernel.timers.add(kernel.now() + wait, () => {
      if (cpu.read() >= t.next) this.expire(t);
      else this.watch(t, cpu);
    });
  }

  private expire(t: PosixTimer): void {
    t.timer = undefined;
    t.armed = false;
    const expiries = t.interval > 0 ? this.advance(t) : 1;
    if (t.pending && this.stillPending(t)) {
      t.overrun = Math.min(DELAYTIMER_MAX, t.overrun + expiries);
      return;
    }
    // The last signal was taken without a stop (sigtimedwait(2), or it was ignored).
    if (t.pending) t.lastOverrun = t.overrun;
    t.overrun = Math.min(DELAYTIMER_MAX, expiries - 1);
    t.pending = true;
    this.fire(t);
  }

  /** Arm an interval timer for the first expiry that is still to come. @returns how many have been since the last time */
  private advance(t: PosixTimer): number {
    const now = this.now(t);
    const expiries = 1 + Math.floor(Math.max(0, now - t.next) / t.interval);
    const next = t.next + expiries * t.interval;
    this.arm(t, next, Math.max(next, now + SHORTEST));
    return expiries;
  }

  private fire(t: PosixTimer): void {
    const { event } = t;
    const info = { signo: event.signo, code: SI_TIMER, pid: t.id, uid: t.overrun, value: event.value };
    if (event.task === undefined) sendToProcess(this.tg, info);
    else if (this.tg.tasks.has(event.task)) sendToTask(event.task, info);
  }

  private stillPending(t: PosixTimer): boolean {
    const task = t.event.task ?? this.tg.leader;
    const state = task === undefined ? undefined : signalState(task);
    return state !== undefined && (state.pending & sigBit(t.event.signo)) !== 0n;
  }

  /** The timer's signal is being delivered. @returns its overrun count */
  delivered(id: number): number {
    const t = this.timers.get(id);
    if (t === undefined) return 0;
    // What has expired until now counts, also if the kernel's own timer is late with it.
    if (t.armed && t.interval > 0 && this.now(t) >= t.next) {
      this.disarm(t);
      t.overrun = Math.min(DELAYTIMER_MAX, t.overrun + this.advance(t));
    }
    t.pending = false;
    t.lastOverrun = t.overrun;
    t.overrun = 0;
    return t.lastOverrun;
  }
}
