/** Resource limits (getrlimit(2)): who may change them, and which ones the host must enforce. */

import { EINVAL, EPERM } from '../abi/errno.js';
import {
  CAP_SYS_RESOURCE,
  RLIMIT_AS,
  RLIMIT_CPU,
  RLIMIT_DATA,
  RLIMIT_MEMLOCK,
  RLIMIT_NLIMITS,
  RLIMIT_NOFILE,
  RLIMIT_SIGPENDING,
  RLIMIT_STACK,
} from '../abi/sched.js';
import { NR_OPEN } from '../vfs/fdtable.js';
import { capable } from './cred.js';
import type { Rlimit, Task, ThreadGroup } from './task.js';
import { CONTINUE } from './wait.js';

/** Lines of /proc/pid/limits of what is the host's to enforce: memory, CPU time and queued signals. Cores are never dumped by it. */
const HOST_LIMITS = new Map([
  [RLIMIT_AS, 'Max address space'],
  [RLIMIT_DATA, 'Max data size'],
  [RLIMIT_STACK, 'Max stack size'],
  [RLIMIT_MEMLOCK, 'Max locked memory'],
  [RLIMIT_CPU, 'Max cpu time'],
  [RLIMIT_SIGPENDING, 'Max pending signals'],
]);

/**
 * Sets a limit (do_prlimit).
 * @returns 0, -EINVAL, -EPERM; CONTINUE when only the caller itself can set the limit on its host process, by the very call
 * that it is making
 */
export function setLimit(task: Task, tg: ThreadGroup, resource: number, next: Rlimit): number {
  if (resource < 0 || resource >= RLIMIT_NLIMITS || next.soft > next.hard) return -EINVAL;
  if (resource === RLIMIT_NOFILE && next.hard > NR_OPEN) return -EPERM;
  const old = tg.limits[resource];
  if (next.hard > (old?.hard ?? Infinity) && !capable(task.cred, CAP_SYS_RESOURCE)) return -EPERM;
  // What even root's sandbox is not given on the host cannot be had, as in a container without CAP_SYS_RESOURCE.
  if (next.hard > hostCeiling(tg, resource)) return -EPERM;
  tg.limits[resource] = next;
  // Without CAP_SYS_RESOURCE the sentry may not touch a process of another user, which guests of a root sentry are.
  return applyToHost(tg, resource, next) === -EPERM && tg === task.group ? CONTINUE : 0;
}

/** Puts the soft limit on the host process, never above the hard one there, which stays: it could not be raised again. */
function applyToHost(tg: ThreadGroup, resource: number, limit: Rlimit): number {
  const name = HOST_LIMITS.get(resource);
  if (name === undefined) return 0;
  const hard = hostHard(tg, name);
  const soft = Math.min(limit.soft, hard);
  // CPU time is the exception: SIGKILL at the hard limit is the host's to send.
  const nextHard = resource === RLIMIT_CPU ? Math.min(limit.hard, hard) : hard;
  return tg.kernel.native.prlimit(tg.hostPid, resource, hostValue(soft), hostValue(nextHard));
}

/** True for what the host must carry out: a new process has to ask for it itself (`setLimit` gives CONTINUE). */
export function isHostLimit(resource: number): boolean {
  return HOST_LIMITS.has(resource);
}

/** How high the hard limit may be for the host to carry it out. */
function hostCeiling(tg: ThreadGroup, resource: number): number {
  const name = HOST_LIMITS.get(resource);
  return name === undefined ? Infinity : hostHard(tg, name);
}

function hostValue(limit: number): number {
  return limit < Number.MAX_SAFE_INTEGER ? limit : -1;
}

function hostHard(tg: ThreadGroup, name: string): number {
  const text = tg.kernel.native.hostProc(tg.hostPid, 'limits');
  const line = typeof text === 'string' ? text.split('\n').find((l) => l.startsWith(name)) : undefined;
  const value = line?.slice(name.length).trim().split(/\s+/)[1];
  return value === undefined || value === 'unlimited' ? Infinity : Number(value);
}
