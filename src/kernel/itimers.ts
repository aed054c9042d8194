/** alarm(2) and setitimer(ITIMER_REAL): one timer a process that sends SIGALRM. */

import { SI_KERNEL, SIGALRM } from '../abi/signal.js';
import { sendToProcess } from './signals.js';
import type { ThreadGroup } from './task.js';
import type { Timer } from './timers.js';

export interface IntervalTimer {
  timer: Timer;
  /** Kernel monotonic ms of the next expiry. */
  next: number;
  /** 0: fires once. */
  interval: number;
}

/** A faster interval would only keep the sandbox busy: pending SIGALRMs are merged anyhow. */
const SHORTEST = 0.1;

/** What is left and the interval, in ms; both 0 when not armed. */
export function getRealTimer(tg: ThreadGroup): { left: number; interval: number } {
  const t = tg.realTimer;
  if (t === undefined) return { left: 0, interval: 0 };
  // An armed timer never reads 0, which would mean disarmed.
  return { left: Math.max(0.001, t.next - tg.kernel.now()), interval: t.interval };
}

/** Arms (or with `first` 0 disarms) the timer. @param first @param interval ms */
export function setRealTimer(tg: ThreadGroup, first: number, interval: number): void {
  cancelRealTimer(tg);
  if (first > 0) arm(tg, tg.kernel.now() + first, interval);
}

export function cancelRealTimer(tg: ThreadGroup): void {
  if (tg.realTimer === undefined) return;
  tg.kernel.timers.cancel(tg.realTimer.timer);
  tg.realTimer = undefined;
}

function arm(tg: ThreadGroup, next: number, interval: number): void {
  const timer = tg.kernel.timers.add(next, () => {
    tg.realTimer = undefined;
    if (interval > 0) {
      const step = Math.max(interval, SHORTEST);
      const missed = Math.max(0, Math.floor((tg.kernel.now() - next) / step));
      arm(tg, next + (missed + 1) * step, interval);
    }
    sendToProcess(tg, { signo: SIGALRM, code: SI_KERNEL });
  });
  tg.realTimer = { timer, next, interval };
}
