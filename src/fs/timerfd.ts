/** timerfd_create(2): timers that are read (fs/timerfd.c). */

import { EAGAIN, EINVAL } from '../abi/errno.js';
import { O_RDWR } from '../abi/fcntl.js';
import { POLLIN, POLLRDNORM } from '../abi/poll.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import type { Timer } from '../kernel/timers.js';
import type { Sink } from '../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../kernel/wait.js';
import { AnonFile } from './anon-file.js';
import { waitOn } from './waiting.js';

/** Remaining time and interval, milliseconds. */
export interface TimerSetting {
  value: number;
  interval: number;
}

const word = new Uint8Array(8);
const wordView = new DataView(word.buffer);

/** Milliseconds as (seconds, nanoseconds). */
function pairOf(ms: number): string {
  const sec = Math.floor(ms / 1000);
  return `(${sec}, ${Math.round((ms - sec * 1000) * 1e6)})`;
}

export class TimerFd extends AnonFile {
  private timer: Timer | undefined;
  /** Expirations not read yet. */
  private ticks = 0;
  /** Next expiry on the kernel's clock (for an expired periodic timer the one that was missed), or undefined: disarmed. */
  private next: number | undefined;
  private interval = 0;
  private settimeFlags = 0;

  constructor(
    private readonly kernel: Kernel,
    /** CLOCK_* that absolute times are of. */
    readonly clock: number,
    flags: number,
  ) {
    super(kernel, '[timerfd]', O_RDWR | flags);
  }

  /**
   * timerfd_settime(2). @returns the former setting
   * @param deadline first expiry on the kernel's clock (ms), undefined disarms
   * @param flags TFD_TIMER_*, only to be shown
   */
  set(deadline: number | undefined, interval: number, flags = 0): TimerSetting {
    this.settimeFlags = flags;
    const old = this.get();
    this.stop();
    this.ticks = 0;
    this.interval = interval;
    this.next = deadline;
    if (deadline !== undefined) this.arm(deadline);
    return old;
  }

  get(): TimerSetting {
    if (this.next === undefined) return { value: 0, interval: this.interval };
    this.forward();
    // An armed timer never shows zero, which would say that it is not armed.
    const value = this.next === undefined ? 0 : Math.max(this.next - this.kernel.now(), 1e-6);
    return { value, interval: this.interval };
  }

  /** Lines of /proc/pid/fdinfo. */
  fdinfo(): string {
    const { value, interval } = this.get();
    return (
      `clockid: ${this.clock}\nticks: ${this.ticks}\nsettime flags: 0${this.settimeFlags.toString(8)}\n` +
      `it_value: ${pairOf(value)}\nit_interval: ${pairOf(interval)}\n`
    );
  }

  private arm(deadline: number): void {
    this.timer = this.kernel.timers.add(deadline, () => {
      this.timer = undefined;
      this.ticks++;
      // A periodic timer is set again when it is read: a short interval costs nothing while nobody looks.
      this.next = this.interval > 0 ? deadline + this.interval : undefined;
      this.queue.wake(POLLIN | POLLRDNORM);
    });
  }

  /** Counts the periods that passed since the timer fired and arms it for the next one. */
  private forward(): void {
    if (this.next === undefined || this.interval === 0 || this.timer !== undefined) return;
    const late = this.kernel.now() - this.next;
    if (late >= 0) {
      const periods = Math.floor(late / this.interval) + 1;
      this.ticks += periods;
      this.next += periods * this.interval;
    }
    this.arm(this.next);
  }

  private stop(): void {
    if (this.timer !== undefined) this.kernel.timers.cancel(this.timer);
    this.timer = undefined;
    this.next = undefined;
  }

  override read(_task: Task, sink: Sink): SyscallResult {
    if (sink.remaining < 8) return -EINVAL;
    const attempt = (): number | typeof WOULD_BLOCK => {
      if (this.ticks === 0) return WOULD_BLOCK;
      this.forward();
      wordView.setBigUint64(0, BigInt(this.ticks), true);
      const n = sink.put(word, 0, 8);
      if (n >= 0) this.ticks = 0;
      return n;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    return this.nonblock ? -EAGAIN : waitOn(this, attempt);
  }

  override poll(): number {
    return this.ticks > 0 ? POLLIN | POLLRDNORM : 0;
  }

  override release(): void {
    this.stop();
  }
}
