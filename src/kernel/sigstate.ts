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

/** State of a thread, or undefined when it is gone. */
export function signalState(task: Task): SignalState | undefined {
  const text = task.kernel.native.hostProc(task.hostTid, 'status');
  return typeof text === 'string' ? parseSignalState(text) : undefined;
}

export function parseSignalState(text: string): SignalState {
  const at = text.indexOf('SigPnd:');
  const field = (name: string): bigint => {
    const i = text.indexOf(name, Math.max(0, at));
    return i < 0 ? 0n : BigInt(`0x${text.slice(i + name.length, i + name.length + 17).trim()}`);
  };
  return {
    pending: field('SigPnd:') | field('ShdPnd:'),
    blocked: field('SigBlk:'),
    ignored: field('SigIgn:'),
    caught: field('SigCgt:'),
  };
}

/** The signals of `set` that would do something under `mask`. */
export function deliverable(state: SignalState, set: bigint, mask: bigint): bigint {
  return set & ~mask & ~state.ignored & ~(DEFAULT_IGNORED & ~state.caught);
}
