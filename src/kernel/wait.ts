/**
 * Wait queues and blocked calls, as in include/linux/wait.h: an object that can become ready owns a `WaitQueue`; whoever
 * waits for it adds a `Waiter`.
 */

export interface Waiter {
  /** Called on every wake-up with a POLL* mask of what happened; must not block. True if it consumed an exclusive wake-up. */
  wake(events: number): boolean;
  /** Only one exclusive waiter is woken at a time (accept, EPOLLEXCLUSIVE, pipe readers). */
  exclusive?: boolean;
  /** Joins at the head (add_wait_queue): is woken before all that joined earlier. */
  readonly newestFirst?: boolean;
  /** It is content with what it finds later, as the members of an epoll instance are: nobody sleeps here. */
  lazy?: boolean;
}

/** Hears who waits on a queue. */
export interface QueueWatcher {
  joined(waiter: Waiter): void;
  left(waiter: Waiter): void;
}

/** Waiters kept in a list; of more of them it would take too long to find one. */
const LIST_MAX = 64;

export class WaitQueue {
  private waiters: Waiter[] | undefined;
  /** In place of the list once it was long: how often each waits. */
  private many: Map<Waiter, number> | undefined;
  watcher: QueueWatcher | undefined;

  add(waiter: Waiter): void {
    this.insert(waiter);
    this.watcher?.joined(waiter);
  }

  private insert(waiter: Waiter): void {
    if (this.many !== undefined) {
      this.many.set(waiter, (this.many.get(waiter) ?? 0) + 1);
      return;
    }
    this.waiters ??= [];
    this.waiters.push(waiter);
    if (this.waiters.length > LIST_MAX) this.toMany(this.waiters);
  }

  private toMany(list: readonly Waiter[]): void {
    this.many = new Map();
    this.waiters = undefined;
    for (const waiter of list) this.insert(waiter);
  }

  remove(waiter: Waiter): void {
    if (this.erase(waiter)) this.watcher?.left(waiter);
  }

  /** @returns whether it was there */
  private erase(waiter: Waiter): boolean {
    const { many } = this;
    if (many !== undefined) {
      const times = many.get(waiter) ?? 0;
      if (times > 1) many.set(waiter, times - 1);
      else many.delete(waiter);
      if (many.size === 0) this.many = undefined;
      return times > 0;
    }
    const i = this.waiters === undefined ? -1 : this.waiters.indexOf(waiter);
    if (i >= 0) this.waiters?.splice(i, 1);
    return i >= 0;
  }

  /** How many waiters there are for which `which` holds; one that waits several times counts as often. */
  count(which: (waiter: Waiter) => boolean): number {
    let n = 0;
    for (const w of this.waiters ?? []) if (which(w)) n++;
    for (const [w, times] of this.many ?? []) if (which(w)) n += times;
    return n;
  }

  get empty(): boolean {
    return this.many === undefined && (this.waiters === undefined || this.waiters.length === 0);
  }

  /** Wakes all waiters, but at most one exclusive one. */
  wake(events: number): void {
    if (this.empty) return;
    const all = [...(this.many?.keys() ?? this.waiters ?? [])];
    const [only] = all;
    if (all.length === 1 && only !== undefined) {
      only.wake(events);
      return;
    }
    for (const w of [...all].reverse()) if (w.newestFirst === true) w.wake(events);
    let exclusiveDone = false;
    for (const w of all) {
      if (w.newestFirst === true || (w.exclusive === true && exclusiveDone)) continue;
      if (w.wake(events) && w.exclusive === true) exclusiveDone = true;
    }
  }
}

/** `retry` returns this when the call still has to wait. */
export const WOULD_BLOCK: unique symbol = Symbol('would block');

/** A call that cannot be answered yet. Handlers return one in place of a number; the kernel then keeps the caller waiting. */
export interface Block {
  /** Queues whose wake-ups make `retry` worth calling. */
  readonly on: readonly WaitQueue[];
  /** Tries to finish the call: the result, or WOULD_BLOCK. */
  retry(): number | typeof WOULD_BLOCK;
  /** Absolute time on the kernel's monotonic clock (ms, as `Kernel.now()`), and the result when it passes. */
  readonly deadline?: number;
  timeout?(): number;
  /** Result when a signal interrupts: -ERESTARTSYS (default), -ERESTARTNOHAND or -EINTR. */
  readonly interrupted?: number | (() => number);
  /** No signal ends it but one that kills: the host delivers others after the call. */
  readonly uninterruptible?: boolean;
  /** A signal mask in force while the call waits (ppoll, epoll_pwait): 64-bit set as bigint. */
  readonly sigmask?: bigint;
  /** Called exactly once when the wait ends in whatever way (also when the task dies). */
  done?(): void;
}

/**
 * A handler's result that means: let the host kernel run the call as it stands (SECCOMP_USER_NOTIF_FLAG_CONTINUE). Only for
 * calls whose arguments are all in registers (mmap), once the sentry has put in place what they refer to. No errno and no
 * value that a call returns is ever this number.
 */
export const CONTINUE = -0x7fff0001;

export type SyscallResult = number | Block;
