/** getrlimit(2), prlimit(2), getrusage(2). */

import { EFAULT, EINVAL, EPERM, ESRCH } from '../src/abi/errno.js';
import {
  CAP_SYS_RESOURCE,
  RLIMIT_NLIMITS,
  RUSAGE_CHILDREN,
  RUSAGE_SELF,
  RUSAGE_THREAD,
} from '../src/abi/sched.js';
import { putRlimit, putRusage, RLIMIT_SIZE, RUSAGE_SIZE, readLimit } from '../src/abi/structs-process.js';
import { capable } from '../src/kernel/cred.js';
import { findByTid } from '../src/kernel/ids.js';
import { setLimit } from '../src/kernel/limits.js';
import { credOf } from '../src/kernel/signals.js';
import type { Rlimit, Task, ThreadGroup } from '../src/kernel/task.js';
import { noUsage, processUsage, threadUsage } from '../src/kernel/usage.js';
import { CONTINUE } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';

function putLimits(task: Task, addr: number, limit: Rlimit): number {
  putRlimit(task.mem.stage(RLIMIT_SIZE), limit.soft, limit.hard);
  return task.mem.post(addr, RLIMIT_SIZE) < 0 ? -EFAULT : 0;
}

function readLimits(task: Task, addr: number): Rlimit | number {
  const dv = task.mem.view(addr, RLIMIT_SIZE);
  return typeof dv === 'number' ? -EFAULT : { soft: readLimit(dv, 0), hard: readLimit(dv, 8) };
}

function limitOf(tg: ThreadGroup, resource: number): Rlimit {
  return tg.limits[resource] ?? { soft: Infinity, hard: Infinity };
}

function sysGetrlimit(task: Task, args: SyscallArgs): number {
  const resource = args.uint(0);
  return resource >= RLIMIT_NLIMITS ? -EINVAL : putLimits(task, args.ptr(1), limitOf(task.group, resource));
}

function sysSetrlimit(task: Task, args: SyscallArgs): number {
  const next = readLimits(task, args.ptr(1));
  return typeof next === 'number' ? next : setLimit(task, task.group, args.uint(0), next);
}

/** check_prlimit_permission */
function mayLimit(task: Task, tg: ThreadGroup): boolean {
  if (tg === task.group || capable(task.cred, CAP_SYS_RESOURCE)) return true;
  const theirs = credOf(tg);
  if (theirs === undefined) return false;
  const { uid, gid } = task.cred;
  return (
    [theirs.uid, theirs.euid, theirs.suid].every((id) => id === uid) &&
    [theirs.gid, theirs.egid, theirs.sgid].every((id) => id === gid)
  );
}

function sysPrlimit64(task: Task, args: SyscallArgs): number {
  const pid = args.int(0);
  const resource = args.uint(1);
  const next = args.ptr(2) === 0 ? undefined : readLimits(task, args.ptr(2));
  if (typeof next === 'number') return next;
  const tg = pid === 0 ? task.group : findByTid(task.pids, pid);
  if (tg === undefined) return -ESRCH;
  if (!mayLimit(task, tg)) return -EPERM;
  if (resource >= RLIMIT_NLIMITS) return -EINVAL;
  const old = limitOf(tg, resource);
  if (next !== undefined) {
    const r = setLimit(task, tg, resource, next);
    // The host's old limits are not the guest's: a caller that asks for them gets them here, and the host keeps its own.
    if (r === CONTINUE && args.ptr(3) === 0) return r;
    if (r < 0 && r !== CONTINUE) return r;
  }
  return args.ptr(3) === 0 ? 0 : putLimits(task, args.ptr(3), old);
}

function sysGetrusage(task: Task, args: SyscallArgs): number {
  const who = args.int(0);
  if (who !== RUSAGE_SELF && who !== RUSAGE_CHILDREN && who !== RUSAGE_THREAD) return -EINVAL;
  let usage = task.group.childUsage ?? noUsage();
  if (who === RUSAGE_SELF) usage = processUsage(task.group);
  if (who === RUSAGE_THREAD) usage = threadUsage(task);
  putRusage(task.mem.stage(RUSAGE_SIZE), usage);
  return task.mem.post(args.ptr(1), RUSAGE_SIZE) < 0 ? -EFAULT : 0;
}

export const limitsFamily: Family = {
  getrlimit: { handler: sysGetrlimit, args: ['int', 'ptr'], status: 'full' },
  setrlimit: { handler: sysSetrlimit, args: ['int', 'struct'], status: 'full' },
  prlimit64: { handler: sysPrlimit64, args: ['int', 'int', 'struct', 'ptr'], status: 'full' },
  getrusage: { handler: sysGetrusage, args: ['int', 'ptr'], status: 'full' },
};
