/** eventfd(2): a 64-bit counter to wait on (fs/eventfd.c). */

import { EAGAIN, EINVAL } from '../abi/errno.js';
import { O_RDWR } from '../abi/fcntl.js';
import { POLLERR, POLLIN, POLLOUT } from '../abi/poll.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import type { Sink, Source } from '../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../kernel/wait.js';
import { AnonFile } from './anon-file.js';
import { waitOn } from './waiting.js';

const ULLONG_MAX = 0xffff_ffff_ffff_ffffn;

let nextId = 0;

/** Eight bytes on their way. */
const word = new Uint8Array(8);
const wordView = new DataView(word.buffer);

export class EventFd extends AnonFile {
  private count: bigint;
  private readonly id = nextId++;

  constructor(
    kernel: Kernel,
    initial: number,
    private readonly semaphore: boolean,
    flags: number,
  ) {
    super(kernel, '[eventfd]', O_RDWR | flags);
    this.count = BigInt(initial);
  }

  override read(_task: Task, sink: Sink): SyscallResult {
    if (sink.remaining < 8) return -EINVAL;
    const attempt = (): number | typeof WOULD_BLOCK => {
      if (this.count === 0n) return WOULD_BLOCK;
      const value = this.semaphore ? 1n : this.count;
      // Taken before it is handed over: a bad address loses it (eventfd_read).
      this.count -= value;
      wordView.setBigUint64(0, value, true);
      const n = sink.put(word, 0, 8);
      this.queue.wake(POLLOUT);
      return n < 0 ? n : 8;
    };
    return this.now(attempt);
  }

  override write(_task: Task, source: Source): SyscallResult {
    if (source.remaining < 8) return -EINVAL;
    const n = source.take(word, 0, 8);
    if (n < 0) return n;
    const value = wordView.getBigUint64(0, true);
    if (value === ULLONG_MAX) return -EINVAL;
    return this.now(() => {
      if (this.count + value >= ULLONG_MAX) return WOULD_BLOCK;
      this.count += value;
      this.queue.wake(POLLIN);
      return 8;
    });
  }

  /** Adds one from inside of the kernel, but never overflows (eventfd_signal). */
  signal(): void {
    if (this.count < ULLONG_MAX) this.count++;
    this.queue.wake(POLLIN);
  }

  private now(attempt: () => number | typeof WOULD_BLOCK): SyscallResult {
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    return this.nonblock ? -EAGAIN : waitOn(this, attempt);
  }

  /** Lines of /proc/pid/fdinfo. */
  fdinfo(): string {
    const count = this.count.toString(16).padStart(16);
    return `eventfd-count: ${count}\neventfd-id: ${this.id}\neventfd-semaphore: ${this.semaphore ? 1 : 0}\n`;
  }

  override poll(): number {
    let mask = 0;
    if (this.count > 0n) mask |= POLLIN;
    if (this.count === ULLONG_MAX) mask |= POLLERR;
    if (this.count < ULLONG_MAX - 1n) mask |= POLLOUT;
    return mask;
  }
}
