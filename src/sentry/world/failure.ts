/** How a part of config.json that cannot be had is told. */

import { errnoName } from '../../strace/format.js';
import { messages } from '../../strace/messages.js';
import { SandboxError } from '../error.js';

/** Exit status of the runtime's own errors. */
const FAILURE = 128;

/** What an error number means, as sentences go on with it. @param errno negative */
export function reason(errno: number): string {
  const text = messages[errnoName(-errno)] ?? `error ${-errno}`;
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** @param where the field, and what it says, e.g. `mounts[3] /data` @param why text, or -errno */
export function failure(where: string, why: string | number): SandboxError {
  return new SandboxError(`${where}: ${typeof why === 'number' ? reason(why) : why}`, FAILURE);
}

/** @returns `result` unless it is an error, which is thrown */
export function must<T>(where: string, result: T | number): T {
  if (typeof result === 'number' && result < 0) throw failure(where, result);
  return result as T;
}
