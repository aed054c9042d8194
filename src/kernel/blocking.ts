/**
 * Calls that wait: a handler returned a `Block`, and the caller sleeps in the host kernel until `native.reply`. The host
 * does not interrupt such a call for signals by itself (SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV): kernel/signals.ts decides.
 */

import { EINTR, ERESTARTNOHAND, ERESTARTNOINTR, ERESTARTSYS, ETIMEDOUT } from '../abi/errno.js';
import { CTL_ARGS, CTL_NR, type Native } from '../platform/native.js';
import { deliverable, signalState } from './sigstate.js';
import type { Task } from './task.js';
import type { Timer } from './timers.js';
import { type Block, type Waiter, WOULD_BLOCK } from './wait.js';

/** Tasks woken while another one is being answered, to be tried in turn rather than by recursion. */
const woken: BlockedCall[] = [];
let draining = false;

class BlockedCall implements Waiter {
  private timer: Timer | undefined;
  private queued = false;
  private ended = false;
  /** Its time has come while the container was paused. */
  private expired = false;

  constructor(
    readonly task: Task,
    readonly block: Block,
    /** Effective deadline; an interrupted and restarted call keeps its first one. */
    readonly deadline: number | undefined,
    readonly key: string,
  ) {}

  attach(): void {
    for (const q of this.block.on) q.add(this);
    if (this.deadline !== undefined) {
      this.timer = this.task.kernel.timers.add(this.deadline, () => this.expire());
    }
    this.task.block = this.block;
    this.task.unblock = () => this.detach();
  }

  wake(): boolean {
    if (this.ended || this.queued || this.task.container.paused) return false;
    this.queued = true;
    woken.push(this);
    if (!draining) drain();
    return true;
  }

  /** Tries to finish; stays waiting if it cannot. */
  attempt(): void {
    this.queued = false;
    // Of a paused container: when it goes on (resumeBlock).
    if (this.ended || this.task.container.paused) return;
    const { callRetry } = this.task;
    const r = callRetry === undefined ? this.block.retry() : callRetry(this.block);
    // `retry` may itself have ended the wait (it wakes others, and these may signal us).
    if (r !== WOULD_BLOCK && !this.ended) this.finish(r);
  }

  private expire(): void {
    this.expired = this.task.container.paused;
    if (this.expired) return;
    this.attempt();
    if (!this.ended) this.finish(this.block.timeout === undefined ? -ETIMEDOUT : this.block.timeout());
  }

  /** The container goes on: what has happened meanwhile counts now. */
  resume(): void {
    if (this.expired) this.expire();
    else this.attempt();
  }

  finish(result: number): void {
    this.detach();
    if (isRestart(result)) this.task.restartAnswered = true;
    this.task.kernel.native.reply(this.task.hostTid, result);
    this.task.callEnded?.(result);
  }

  /** Leaves the queues; the task no longer waits. */
  detach(): void {
    if (this.ended) return;
    this.ended = true;
    for (const q of this.block.on) q.remove(this);
    if (this.timer !== undefined) this.task.kernel.timers.cancel(this.timer);
    this.task.block = undefined;
    this.task.unblock = undefined;
    calls.delete(this.task);
    this.block.done?.();
  }
}

const calls = new WeakMap<Task, BlockedCall>();

function drain(): void {
  draining = true;
  try {
    for (let call = woken.shift(); call !== undefined; call = woken.shift()) call.attempt();
  } finally {
    draining = false;
  }
}

/** Number and arguments of the call in the control block: what a restarted call has in common with its first run. */
function callKey(native: Native): string {
  const words = new Uint32Array(native.ctl);
  return `${words[CTL_NR]}:${words.subarray(CTL_ARGS, CTL_ARGS + 12).join()}`;
}

/**
 * Puts the caller of the current call to sleep until the block ends; then the host gets the answer. `retry` runs once after
 * the queues have been joined, so no wake-up between the handler and this is lost. Must be called by the dispatcher
 * while the control block still holds the call.
 */
export function startBlock(task: Task, block: Block): void {
  if (task.block !== undefined) throw new Error(`task ${task.tid} is blocked already`);
  const restart = task.restartDeadline;
  task.restartDeadline = undefined;
  let { deadline } = block;
  const key = deadline === undefined ? '' : callKey(task.kernel.native);
  if (restart !== undefined && restart.key === key && deadline !== undefined) deadline = restart.deadline;
  const call = new BlockedCall(task, block, deadline, key);
  calls.set(task, call);
  call.attach();
  call.attempt();
  if (calls.get(task) === call && (task.signalHint || block.sigmask !== undefined)) checkPending(task);
}

/**
 * A signal that was on its way when the call was taken does not interrupt it any more at the host; a mask of the call's own
 * may let a signal through that was pending all the time. Both are found here.
 */
function checkPending(task: Task): void {
  const state = signalState(task);
  if (state === undefined) return;
  const { block } = task;
  if (block === undefined) return;
  const now = deliverable(state, state.pending, block.sigmask ?? state.blocked);
  if (now === 0n) {
    task.signalHint = deliverable(state, state.pending, state.blocked) !== 0n;
    return;
  }
  const hidden = block.sigmask !== undefined && (now & ~state.blocked) === 0n;
  interruptBlock(task, { hidden, blocked: state.blocked, caught: (now & state.caught) !== 0n, sure: false });
}

/** Lets a call that waits go on, whose container was paused. */
export function resumeBlock(task: Task): void {
  calls.get(task)?.resume();
}

export interface Interruption {
  /** The signal is blocked in the task's own mask and only the call's mask lets it in. */
  hidden?: boolean;
  /** The task's own mask. */
  blocked?: bigint;
  /** A handler will run, so a restarted call is a new one. */
  caught?: boolean;
  /** The host has surely marked this very thread as having a signal. Without that a restart code would reach the guest. */
  sure?: boolean;
}

/**
 * What one waits for is looked at before signals are, as everywhere in Linux (wait(2) and its SIGCHLD).
 * @returns true if the task does not wait (any more)
 */
export function settle(task: Task): boolean {
  calls.get(task)?.attempt();
  return task.block === undefined;
}

/** Ends a task's wait because a signal has arrived; the signal must have been sent to the host before. */
export function interruptBlock(task: Task, why: Interruption = { sure: true }): void {
  const { block } = task;
  const call = calls.get(task);
  if (block === undefined || call === undefined) return;
  if (settle(task) || block.uninterruptible === true) return;
  let result =
    typeof block.interrupted === 'function' ? block.interrupted() : (block.interrupted ?? -ERESTARTSYS);
  if (why.hidden === true && block.sigmask !== undefined) {
    task.tempSigmask = block.sigmask;
    task.savedSigmask = why.blocked ?? 0n;
    result = -EINTR;
  }
  if (why.caught !== true && call.deadline !== undefined && isRestart(result)) {
    task.restartDeadline = { deadline: call.deadline, key: call.key };
  }
  if (why.hidden === true || why.sure !== true) task.kernel.native.ptraceInterrupt(task.hostTid);
  call.finish(result);
}

function isRestart(result: number): boolean {
  return result === -ERESTARTSYS || result === -ERESTARTNOHAND || result === -ERESTARTNOINTR;
}

/** Ends a wait without an answer: the task is gone. */
export function cancelBlock(task: Task): void {
  calls.get(task)?.detach();
  task.callEnded?.(undefined);
}
