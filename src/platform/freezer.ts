/**
 * Pause and resume of a container, as the freezer of control groups does it, without one: each thread is made to stop
 * (PTRACE_INTERRUPT), and what its stop would lead to is put off until the container goes on. A thread that waits for the answer
 * of a call stays where it is, for the answer is put off too (kernel/blocking.ts). SIGKILL reaches all of them.
 */

import { resumeBlock } from '../kernel/blocking.js';
import type { Container } from '../kernel/container.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import type { Native } from './native.js';

const PTRACE_EVENT_EXEC = 4;
/** How soon it is looked again whether all stand, ms: at first, and at most. */
const FIRST_LOOK = 1;
const LONGEST_LOOK = 50;

/** A container that is being paused. */
interface Pausing {
  /** Threads that may still run. */
  readonly running: Set<Task>;
  readonly done: (() => void)[];
}

export class Freezer {
  /** Stops put off, by host thread id: the status of waitpid(2). */
  private readonly held = new Map<number, number>();
  private readonly pausing = new Map<Container, Pausing>();

  constructor(
    private readonly kernel: Kernel,
    private readonly native: Native,
  ) {}

  /** Pauses a container. @param done told once nothing of it runs any more, or it has ended, or goes on again */
  pause(container: Container, done: () => void): void {
    const known = this.pausing.get(container);
    if (known !== undefined) {
      known.done.push(done);
      return;
    }
    const running = new Set<Task>();
    for (const tg of container.processes) for (const t of tg.tasks) running.add(t);
    this.pausing.set(container, { running, done: [done] });
    if (!container.paused) {
      container.paused = true;
      for (const t of running) this.native.ptraceInterrupt(t.hostTid);
    }
    this.look(container, FIRST_LOOK);
  }

  /** Lets a paused container go on. @param event what a stop that was put off is given to: host thread id and status */
  resume(container: Container, event: (tid: number, status: number) => void): void {
    if (!container.paused) return;
    container.paused = false;
    this.finish(container);
    const tasks = [...container.processes].flatMap((tg) => [...tg.tasks]);
    for (const { hostTid } of tasks) {
      const status = this.held.get(hostTid);
      if (status === undefined) continue;
      this.held.delete(hostTid);
      event(hostTid, status);
    }
    for (const t of tasks) resumeBlock(t);
  }

  /** A thread has stopped. @returns true if its container is paused: then it is left so */
  hold(task: Task, status: number): boolean {
    if (!task.container.paused) return false;
    this.held.set(task.hostTid, status);
    return true;
  }

  /** A thread has ended. */
  gone(tid: number): void {
    this.held.delete(tid);
  }

  /** Looks, now and later, whether all threads stand. */
  private look(container: Container, pause: number): void {
    const state = this.pausing.get(container);
    if (state === undefined) return;
    for (const t of state.running) if (this.stands(t)) state.running.delete(t);
    if (state.running.size === 0) {
      this.finish(container);
      return;
    }
    const next = Math.min(LONGEST_LOOK, pause * 2);
    this.kernel.timers.add(this.kernel.now() + pause, () => this.look(container, next));
  }

  private finish(container: Container): void {
    const state = this.pausing.get(container);
    this.pausing.delete(container);
    for (const done of state?.done ?? []) done();
  }

  /** True for a thread that cannot run before the container goes on. */
  private stands(task: Task): boolean {
    const { group: tg, block, stopped, vforkChild: child } = task;
    if (!tg.tasks.has(task) || this.held.has(task.hostTid) || block !== undefined || stopped) return true;
    if (child?.group.didExec === false && child.group.tasks.has(child)) return true;
    // An execve has ended all other threads, and its own goes by the first one's number now.
    const leader = this.held.get(tg.hostPid);
    if (leader !== undefined && leader >> 16 === PTRACE_EVENT_EXEC) return true;
    return tg.tasks.size > 1 && task.hostTid === tg.hostPid && this.isDead(task);
  }

  /** The first thread of a process may have ended before the others: nobody hears of it until they have, too. */
  private isDead(task: Task): boolean {
    const stat = this.native.hostProc(task.hostTid, 'stat');
    return typeof stat !== 'string' || stat[stat.lastIndexOf(')') + 2] === 'Z';
  }
}
