/** Timeouts and signal masks of the polling calls. */

import { EINVAL } from '../src/abi/errno.js';
import { SIGKILL, SIGSTOP } from '../src/abi/signal.js';
import { SIGSET_SIZE, TIMESPEC_SIZE } from '../src/abi/structs-ipc.js';
import { readTimespec } from '../src/abi/structs-process.js';
import type { Task } from '../src/kernel/task.js';

/** SIGKILL and SIGSTOP cannot be blocked. */
const UNBLOCKABLE = (1n << BigInt(SIGKILL - 1)) | (1n << BigInt(SIGSTOP - 1));

/** A sigset_t argument; undefined for a null pointer. @returns the set, -EINVAL (wrong size), -EFAULT */
export function readSigset(task: Task, addr: number, size: number): bigint | undefined | number {
  if (addr === 0) return undefined;
  if (size !== SIGSET_SIZE) return -EINVAL;
  const dv = task.mem.view(addr, SIGSET_SIZE);
  return typeof dv === 'number' ? dv : dv.getBigUint64(0, true) & ~UNBLOCKABLE;
}

/** A struct timespec argument as milliseconds; undefined (for ever) for a null pointer. @returns -EINVAL, -EFAULT below zero */
export function readTimeout(task: Task, addr: number): number | undefined {
  if (addr === 0) return undefined;
  const dv = task.mem.view(addr, TIMESPEC_SIZE);
  if (typeof dv === 'number') return dv;
  return readTimespec(dv, 0) ?? -EINVAL;
}
