/** Deadlines of the kernel: a binary heap of callbacks, run by the sentry's loop when their time has come. */

export class Timer {
  /** Position in the heap, -1 when not armed. */
  index = -1;
  constructor(
    public deadline: number,
    readonly expired: () => void,
  ) {}
}

export class TimerQueue {
  private readonly heap: Timer[] = [];

  /** @param now the kernel's monotonic clock, ms */
  constructor(private readonly now: () => number) {}

  /** Runs `expired` once when `now()` reaches `deadline` (ms). */
  add(deadline: number, expired: () => void): Timer {
    const t = new Timer(deadline, expired);
    t.index = this.heap.length;
    this.heap.push(t);
    this.up(t.index);
    return t;
  }

  cancel(timer: Timer): void {
    const i = timer.index;
    if (i < 0) return;
    timer.index = -1;
    const last = this.heap.pop();
    if (last === undefined || last === timer) return;
    this.place(last, i);
    this.up(i);
    this.down(last.index);
  }

  /** Milliseconds until the next deadline (0: overdue), or -1 if nothing is armed. */
  timeout(): number {
    const first = this.heap[0];
    return first === undefined ? -1 : Math.max(0, first.deadline - this.now());
  }

  /** Runs everything that is due. */
  run(): void {
    for (;;) {
      const first = this.heap[0];
      if (first === undefined || first.deadline > this.now()) return;
      this.cancel(first);
      first.expired();
    }
  }

  private place(t: Timer, i: number): void {
    this.heap[i] = t;
    t.index = i;
  }

  private up(start: number): void {
    let i = start;
    const t = this.heap[i] as Timer;
    while (i > 0) {
      const p = (i - 1) >> 1;
      const parent = this.heap[p] as Timer;
      if (parent.deadline <= t.deadline) break;
      this.place(parent, i);
      i = p;
    }
    this.place(t, i);
  }

  private down(start: number): void {
    let i = start;
    const t = this.heap[i] as Timer;
    for (;;) {
      let c = 2 * i + 1;
      if (c >= this.heap.length) break;
      const right = this.heap[c + 1];
      if (right !== undefined && right.deadline < (this.heap[c] as Timer).deadline) c++;
      const child = this.heap[c] as Timer;
      if (child.deadline >= t.deadline) break;
      this.place(child, i);
      i = c;
    }
    this.place(t, i);
  }
}
