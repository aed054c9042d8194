/** Signal masks, dispositions and pending sets of guests are the host kernel's; this reads them (proc_pid_status(5)). */

import { SIGCHLD, SIGCONT, SIGURG, SIGWINCH } from '../abi/signal.js';
import type { Task } from './task.js';

/** Sets of signals, bit n - 1 for signal n. */
export interface SignalState {
  /** SigPnd | ShdPnd. */
  pending: bigint;
  blocked: bigint;
  ignored: bigint;
  caught: bigint;
}

export function sigBit(sig: number): bigint {
  return 1n << BigInt(sig - 1);
}

/** Signals whose default action is to be ignored (sig_kernel_ignore). */
const DEFAULT_IGNORED = sigBit(SIGCHLD) | sigBit(SIGCONT) | sigBit(SIGURG) | sigBit(SIGWINCH);

const sets = new BigUint64Array(5);

/** State of a thread, or undefined when it is gone. */
export function signalState(task: Task): SignalState | undefined {
  if (task.kernel.native.signalSets(task.hostTid, sets) < 0) return undefined;
  const [own = 0n, shared = 0n, blocked = 0n, ignored = 0n, caught = 0n] = sets;
  return { pending: own | shared, blocked, ignored, caught };
}

/** The signals of `set` that would do something under `mask`. */
export function deliverable(state: SignalState, set: bigint, mask: bigint): bigint {
  return set & ~mask & ~state.ignored & ~(DEFAULT_IGNORED & ~state.caught);
}
