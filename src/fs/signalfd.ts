/**
 * signalfd(2): signals that are read (fs/signalfd.c). What is pending is in the host kernel, and only a thread itself can take
 * a signal off its queues. So readiness is looked up there, and a read makes its caller run rt_sigtimedwait(2) once it
 * stands still (platform/signal-read.ts).
 */

import { EAGAIN, EINVAL, ERESTARTNOINTR } from '../abi/errno.js';
import { O_RDWR } from '../abi/fcntl.js';
import { POLLIN } from '../abi/poll.js';
import { SIGKILL, SIGSTOP } from '../abi/signal.js';
import { SIGNALFD_SIGINFO_SIZE } from '../abi/structs-ipc.js';
import type { Kernel } from '../kernel/kernel.js';
import { sigBit, signalState } from '../kernel/sigstate.js';
import type { SignalListener, Task, ThreadGroup } from '../kernel/task.js';
import type { Sink } from '../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../kernel/wait.js';
import { AnonFile } from './anon-file.js';
import { waitOn } from './waiting.js';

/** Signals that one read takes at most; more come with the next one. */
const BATCH = 64;

export class SignalFd extends AnonFile implements SignalListener {
  private mask: bigint;
  /** Processes that have used it, and whose signals may therefore be waited for. */
  private readonly groups = new Set<ThreadGroup>();

  /** @param mask set of signals; SIGKILL and SIGSTOP are left out */
  constructor(kernel: Kernel, mask: bigint, flags: number) {
    super(kernel, '[signalfd]', O_RDWR | flags);
    this.mask = allowed(mask);
  }

  /** signalfd(2) on an existing descriptor. */
  setMask(mask: bigint): void {
    this.mask = allowed(mask);
    this.queue.wake(POLLIN);
  }

  /** A process that uses this descriptor was sent a signal. */
  signalled(signo: number): void {
    if ((this.mask & sigBit(signo)) !== 0n) this.queue.wake(POLLIN);
  }

  groupGone(tg: ThreadGroup): void {
    this.groups.delete(tg);
  }

  /** Is something pending for this thread that it blocks? What it does not block is on its way to a handler. */
  private pending(task: Task): boolean {
    if (!this.groups.has(task.group)) {
      this.groups.add(task.group);
      (task.group.signalListeners ??= new Set()).add(this);
    }
    const state = signalState(task);
    return state !== undefined && (state.pending & state.blocked & this.mask) !== 0n;
  }

  /** Line of /proc/pid/fdinfo. */
  fdinfo(): string {
    return `sigmask:\t${this.mask.toString(16).padStart(16, '0')}\n`;
  }

  override poll(task?: Task): number {
    return task !== undefined && this.pending(task) ? POLLIN : 0;
  }

  override read(task: Task, sink: Sink): SyscallResult {
    const room = Math.min(BATCH, Math.floor(sink.remaining / SIGNALFD_SIGINFO_SIZE));
    const ranges = sink.ranges?.();
    if (room === 0 || ranges === undefined) return -EINVAL;
    const { nonblock } = this;
    const attempt = (): number | typeof WOULD_BLOCK => {
      if (!this.pending(task)) return WOULD_BLOCK;
      task.signalRead = { mask: this.mask, ranges, room, nonblock, infos: [], stage: 'asked', place: 0 };
      // The thread stops on its way back to the program, where it can be made to take the signals.
      task.kernel.native.ptraceInterrupt(task.hostTid);
      return -ERESTARTNOINTR;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    return nonblock ? -EAGAIN : waitOn(this, attempt);
  }

  override release(): void {
    for (const tg of this.groups) tg.signalListeners?.delete(this);
    this.groups.clear();
  }
}

function allowed(mask: bigint): bigint {
  return mask & ~(sigBit(SIGKILL) | sigBit(SIGSTOP));
}
