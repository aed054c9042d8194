/** What of a task's filters the host has to know: which of the calls that it runs by itself have to be stopped. */

import { ENOSYS } from '../../abi/errno.js';
import {
  MAX_ERRNO,
  SECCOMP_RET_ACTION_FULL,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_DATA,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
  SECCOMP_RET_USER_NOTIF,
} from '../../abi/seccomp.js';
import { DEPENDS } from './bpf.js';
import type { CallPolicy } from './filter.js';

/** Calls that never come to the sentry by themselves. */
export interface HostCalls {
  /** The host runs them. */
  readonly native: readonly number[];
  /** The host's filter refuses them. */
  readonly refused: readonly number[];
}

/** A filter of the host's beside the one of all guests: SECCOMP_RET_* by number, ascending; it allows all others. */
export interface HostFilter {
  readonly entries: readonly (readonly [nr: number, result: number])[];
  /** Two filters with the same key are the same. */
  readonly key: string;
}

/**
 * The filter that makes a policy hold at the host. Native calls that it does not allow outright stop for the tracer, which asks
 * again with the arguments. Refused ones are the host's to answer, where no argument matters.
 * @returns undefined if the host need not be told anything
 */
export function hostFilter(policy: CallPolicy, calls: HostCalls): HostFilter | undefined {
  const entries: [number, number][] = [];
  for (const nr of calls.native) if (!policy.allows(nr)) entries.push([nr, SECCOMP_RET_TRACE]);
  for (const nr of calls.refused) {
    const result = refusal(policy.always(nr));
    if (result !== undefined) entries.push([nr, result]);
  }
  if (entries.length === 0) return undefined;
  entries.sort((a, b) => a[0] - b[0]);
  return { entries, key: entries.join() };
}

/** True if the host stops the call for the tracer because of this filter. */
export function stops(filter: HostFilter | undefined, nr: number): boolean {
  return filter?.entries.some(([n, result]) => n === nr && result === SECCOMP_RET_TRACE) === true;
}

/** What the host is to say instead of EPERM; undefined: that. */
function refusal(result: number): number | undefined {
  if (result === DEPENDS) return undefined;
  switch (result & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
    case SECCOMP_RET_LOG:
      return undefined;
    case SECCOMP_RET_ERRNO:
      return SECCOMP_RET_ERRNO | Math.min(result & SECCOMP_RET_DATA, MAX_ERRNO);
    case SECCOMP_RET_TRAP:
    case SECCOMP_RET_KILL_THREAD:
      return result;
    case SECCOMP_RET_TRACE:
    case SECCOMP_RET_USER_NOTIF:
      // Nobody listens.
      return SECCOMP_RET_ERRNO | ENOSYS;
    default:
      return SECCOMP_RET_KILL_PROCESS;
  }
}
