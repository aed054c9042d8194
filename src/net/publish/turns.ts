/** Who has something to move, in turn: not inside the guest's call that gave rise to it, but before the next event. */

import type { Kernel } from '../../kernel/kernel.js';
import type { Timer } from '../../kernel/timers.js';

/** After a full turn guests and timers come first, ms. */
const PAUSE = 0.05;

export interface Runnable {
  run(): void;
}

export class Turns {
  private waiting = new Set<Runnable>();
  private timer: Timer | undefined;

  constructor(private readonly kernel: Kernel) {}

  /** Has `one` run soon. */
  add(one: Runnable): void {
    this.waiting.add(one);
    this.arm(0);
  }
  /** The same for one that has just had its turn, and has more to do. */
  later(one: Runnable): void {
    this.waiting.add(one);
    this.arm(PAUSE);
  }

  private arm(ms: number): void {
    const { timers } = this.kernel;
    const deadline = this.kernel.now() + ms;
    if (this.timer !== undefined) {
      if (this.timer.deadline <= deadline) return;
      timers.cancel(this.timer);
    }
    this.timer = timers.add(deadline, () => this.runAll());
  }

  private runAll(): void {
    this.timer = undefined;
    const now = this.waiting;
    this.waiting = new Set();
    for (const one of now) one.run();
  }
}
