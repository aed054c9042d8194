/** Small helpers for calls that wait on a file. */

import { type Block, type SyscallResult, WOULD_BLOCK } from '../kernel/wait.js';
import { putFile } from '../vfs/fdtable.js';
import type { OpenFile } from '../vfs/file.js';

/** What a wait adds to `waitOn`. */
export interface WaitOptions {
  deadline?: number | undefined;
  timeout?: () => number;
  interrupted?: number | (() => number);
  done?: () => void;
}

/**
 * A wait on `file.queue` that keeps the file description alive meanwhile: another thread may close the descriptor, and the
 * call goes on as on Linux.
 */
export function waitOn(file: OpenFile, retry: Block['retry'], options: WaitOptions = {}): Block {
  file.refs++;
  return {
    on: [file.queue],
    retry,
    ...(options.deadline === undefined ? {} : { deadline: options.deadline }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.interrupted === undefined ? {} : { interrupted: options.interrupted }),
    done() {
      options.done?.();
      putFile(file);
    },
  };
}

/** Applies `finish` to the number that a call ends with, now or later: what must still be written to the guest. */
export function finishWith(result: SyscallResult, finish: (n: number) => number): SyscallResult {
  if (typeof result === 'number') return finish(result);
  const { retry, timeout, interrupted } = result;
  return {
    ...result,
    retry: () => {
      const r = retry();
      return r === WOULD_BLOCK ? r : finish(r);
    },
    ...(timeout === undefined ? {} : { timeout: () => finish(timeout()) }),
    ...(interrupted === undefined
      ? {}
      : { interrupted: () => finish(typeof interrupted === 'number' ? interrupted : interrupted()) }),
  };
}
