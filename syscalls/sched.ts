/** Scheduling: affinity and nice values are the host's; policies other than the normal one cannot be had. */

import { E2BIG, EACCES, EFAULT, EINVAL, EPERM, ESRCH } from '../src/abi/errno.js';
import {
  CAP_SYS_ADMIN,
  CAP_SYS_NICE,
  PRIO_PGRP,
  PRIO_PROCESS,
  PRIO_USER,
  RLIMIT_NICE,
  SCHED_BATCH,
  SCHED_DEADLINE,
  SCHED_FIFO,
  SCHED_FLAG_ALL,
  SCHED_IDLE,
  SCHED_NORMAL,
  SCHED_RESET_ON_FORK,
  SCHED_RR,
} from '../src/abi/sched.js';
import { putTimespec } from '../src/abi/structs-process.js';
import { hidesCpus, shownCpus } from '../src/kernel/cpus.js';
import { capable } from '../src/kernel/cred.js';
import { findTaskOrZombie } from '../src/kernel/ids.js';
import type { Task } from '../src/kernel/task.js';
import { statFields } from '../src/kernel/usage.js';
import type { Family, SyscallArgs } from './family.js';

/** Most CPUs a mask can speak of, in bytes: more than any host has. */
const MAX_MASK = 1024;
const SCHED_EXT = 7;
const RT_PRIO_MAX = 99;
/** The slice of the normal policy; only a figure. */
const NORMAL_SLICE_MS = 4;
const SCHED_ATTR_VER0 = 48;
const SCHED_ATTR_VER1 = 56;
const IOPRIO_WHO_PROCESS = 1;
const IOPRIO_WHO_USER = 3;
const IOPRIO_CLASS_RT = 1;
const IOPRIO_CLASS_IDLE = 3;

function target(task: Task, tid: number): Task | undefined {
  return tid === 0 ? task : findTaskOrZombie(task.pids, tid);
}

/** nice, real-time priority and policy as the host has them. */
function hostSched(t: Task): { nice: number; rtPriority: number; policy: number } {
  const text = t.kernel.native.hostProc(t.hostTid, 'stat');
  const f = typeof text === 'string' ? statFields(text) : [];
  return { nice: Number(f[16] ?? 0), rtPriority: Number(f[37] ?? 0), policy: Number(f[38] ?? 0) };
}

function sameUser(task: Task, other: Task): boolean {
  return task.cred.euid === other.cred.euid || task.cred.euid === other.cred.uid;
}

/** The host's mask without processors that the container does not show; if nothing is left of it, as it is. */
function shownMask(t: Task): Uint8Array | number {
  const mask = t.kernel.native.schedGetaffinity(t.hostTid);
  if (typeof mask === 'number' || !hidesCpus(t.container)) return mask;
  const shown = new Uint8Array(mask.length);
  for (const cpu of shownCpus(t.container)) {
    const byte = cpu >> 3;
    if (byte < mask.length)
      shown[byte] = (shown[byte] as number) | ((mask[byte] as number) & (1 << (cpu & 7)));
  }
  return shown.some((b) => b !== 0) ? shown : mask;
}

function sysGetaffinity(task: Task, args: SyscallArgs): number {
  const len = args.uint(1);
  if ((len & 7) !== 0) return -EINVAL;
  const t = target(task, args.int(0));
  if (t === undefined) return -ESRCH;
  const mask = shownMask(t);
  if (typeof mask === 'number') return mask;
  // A buffer too small for the highest CPU is refused, zeroes beyond are not counted.
  let used = mask.length;
  while (used > 0 && mask[used - 1] === 0) used--;
  if (len < used) return -EINVAL;
  const n = Math.min(len, Math.ceil(mask.length / 8) * 8);
  const out = new Uint8Array(n);
  out.set(mask.subarray(0, n));
  return task.mem.write(args.ptr(2), out, 0, n) < n ? -EFAULT : n;
}

function sysSetaffinity(task: Task, args: SyscallArgs): number {
  const mask = new Uint8Array(Math.min(args.uint(1), MAX_MASK));
  if (mask.length > 0 && task.mem.read(args.ptr(2), mask, 0, mask.length) < mask.length) return -EFAULT;
  const t = target(task, args.int(0));
  if (t === undefined) return -ESRCH;
  if (!sameUser(task, t) && !capable(task.cred, CAP_SYS_NICE)) return -EPERM;
  return mask.some((b) => b !== 0) ? task.kernel.native.schedSetaffinity(t.hostTid, mask) : -EINVAL;
}

function sysGetscheduler(task: Task, args: SyscallArgs): number {
  if (args.int(0) < 0) return -EINVAL;
  const t = target(task, args.int(0));
  return t === undefined ? -ESRCH : hostSched(t).policy;
}

function sysGetparam(task: Task, args: SyscallArgs): number {
  if (args.int(0) < 0 || args.ptr(1) === 0) return -EINVAL;
  const t = target(task, args.int(0));
  if (t === undefined) return -ESRCH;
  return task.mem.putU32(args.ptr(1), hostSched(t).rtPriority);
}

/**
 * The normal policies are the host's to carry out. Real-time ones would let a guest starve the sentry and the machine.
 * @returns 0 or -errno
 */
function setPolicy(task: Task, tid: number, policy: number, priority: number): number {
  const t = target(task, tid);
  if (t === undefined) return -ESRCH;
  const plain = policy & ~SCHED_RESET_ON_FORK;
  const realtime = plain === SCHED_FIFO || plain === SCHED_RR;
  if (
    !realtime &&
    plain !== SCHED_NORMAL &&
    plain !== SCHED_BATCH &&
    plain !== SCHED_IDLE &&
    plain !== SCHED_DEADLINE
  ) {
    return -EINVAL;
  }
  if (realtime ? priority < 1 || priority > RT_PRIO_MAX : priority !== 0) return -EINVAL;
  if (!sameUser(task, t) && !capable(task.cred, CAP_SYS_NICE)) return -EPERM;
  if (policy === hostSched(t).policy) return 0;
  if (realtime || plain === SCHED_DEADLINE) return -EPERM;
  return task.kernel.native.schedSetscheduler(t.hostTid, policy, 0);
}

function sysSetscheduler(task: Task, args: SyscallArgs): number {
  if (args.int(1) < 0 || args.int(0) < 0 || args.ptr(2) === 0) return -EINVAL;
  const priority = task.mem.i32(args.ptr(2));
  return Number.isNaN(priority) ? -EFAULT : setPolicy(task, args.int(0), args.int(1), priority);
}

function sysSetparam(task: Task, args: SyscallArgs): number {
  if (args.int(0) < 0 || args.ptr(1) === 0) return -EINVAL;
  const priority = task.mem.i32(args.ptr(1));
  if (Number.isNaN(priority)) return -EFAULT;
  const t = target(task, args.int(0));
  return t === undefined ? -ESRCH : setPolicy(task, args.int(0), hostSched(t).policy, priority);
}

function priorityBound(policy: number, realtime: number): number {
  if (policy === SCHED_FIFO || policy === SCHED_RR) return realtime;
  return [SCHED_NORMAL, SCHED_BATCH, SCHED_IDLE, SCHED_DEADLINE, SCHED_EXT].includes(policy) ? 0 : -EINVAL;
}

function sysRrGetInterval(task: Task, args: SyscallArgs): number {
  if (args.int(0) < 0) return -EINVAL;
  if (target(task, args.int(0)) === undefined) return -ESRCH;
  putTimespec(task.mem.stage(16), 0, NORMAL_SLICE_MS);
  return task.mem.post(args.ptr(1), 16) < 0 ? -EFAULT : 0;
}

function sysGetattr(task: Task, args: SyscallArgs): number {
  const size = args.uint(2);
  if (args.ptr(1) === 0 || args.int(0) < 0 || size < SCHED_ATTR_VER0 || size > 4096 || args.uint(3) !== 0)
    return -EINVAL;
  const t = target(task, args.int(0));
  if (t === undefined) return -ESRCH;
  const { nice, rtPriority, policy } = hostSched(t);
  const n = Math.min(size, SCHED_ATTR_VER1);
  const dv = task.mem.stage(SCHED_ATTR_VER1);
  dv.setUint32(0, n, true);
  dv.setUint32(4, policy, true);
  dv.setInt32(16, nice, true);
  dv.setUint32(20, rtPriority, true);
  return task.mem.post(args.ptr(1), n) < 0 ? -EFAULT : 0;
}

function sysSetattr(task: Task, args: SyscallArgs): number {
  const addr = args.ptr(1);
  if (addr === 0 || args.int(0) < 0 || args.uint(2) !== 0) return -EINVAL;
  const size = task.mem.u32(addr);
  if (Number.isNaN(size)) return -EFAULT;
  if (size !== 0 && (size < SCHED_ATTR_VER0 || size > 4096)) return -E2BIG;
  const dv = task.mem.view(addr, SCHED_ATTR_VER0);
  if (typeof dv === 'number') return -EFAULT;
  const policy = dv.getInt32(4, true);
  const nice = dv.getInt32(16, true);
  const priority = dv.getInt32(20, true);
  const flags = dv.getBigUint64(8, true);
  if (policy < 0) return -EINVAL;
  const t = target(task, args.int(0));
  if (t === undefined) return -ESRCH;
  if ((flags & ~BigInt(SCHED_FLAG_ALL)) !== 0n) return -EINVAL;
  const r = setPolicy(task, args.int(0), policy, priority);
  return r < 0 || policy !== SCHED_NORMAL ? r : renice(task, t, nice);
}

/** The tasks that `which` and `who` of getpriority(2) and ioprio_get(2) mean (their numbers differ by one). */
function* priorityTargets(task: Task, which: number, who: number): Generator<Task> {
  if (which === PRIO_PROCESS) {
    const t = target(task, who);
    if (t !== undefined) yield t;
  } else if (which === PRIO_PGRP) {
    const group = who === 0 ? task.group.group : task.pids.groups.get(who);
    for (const tg of group?.members ?? []) yield* tg.tasks;
  } else {
    const uid = who === 0 ? task.cred.uid : who >>> 0;
    for (const t of task.pids.tasksByTid.values()) if (t.cred.uid === uid) yield t;
  }
}

function sysGetpriority(task: Task, args: SyscallArgs): number {
  const which = args.int(0);
  if (which < PRIO_PROCESS || which > PRIO_USER) return -EINVAL;
  let best = -ESRCH;
  // The call gives 20 - nice, so that no result looks like an error.
  for (const t of priorityTargets(task, which, args.int(1))) best = Math.max(best, 20 - hostSched(t).nice);
  return best;
}

function renice(task: Task, t: Task, wanted: number): number {
  const nice = Math.max(-20, Math.min(19, wanted));
  const privileged = capable(task.cred, CAP_SYS_NICE);
  if (t.cred.uid !== task.cred.euid && t.cred.euid !== task.cred.euid && !privileged) return -EPERM;
  const now = hostSched(t).nice;
  if (nice < now && !privileged && 20 - nice > task.group.limit(RLIMIT_NICE)) return -EACCES;
  if (nice === now) return 0;
  // The host may refuse what the guest's capabilities allow.
  return task.kernel.native.setPriority(t.hostTid, nice) < 0 ? -EACCES : 0;
}

function sysSetpriority(task: Task, args: SyscallArgs): number {
  const which = args.int(0);
  if (which < PRIO_PROCESS || which > PRIO_USER) return -EINVAL;
  let result = -ESRCH;
  for (const t of [...priorityTargets(task, which, args.int(1))]) {
    const r = renice(task, t, args.int(2));
    if (r < 0 || result === -ESRCH) result = r;
  }
  return result;
}

function sysIoprioGet(task: Task, args: SyscallArgs): number {
  const which = args.int(0);
  if (which < IOPRIO_WHO_PROCESS || which > IOPRIO_WHO_USER) return -EINVAL;
  for (const t of priorityTargets(task, which - 1, args.int(1))) return t.ioprio;
  return -ESRCH;
}

/** Guests do no disk I/O of their own, so the value is kept for ioprio_get(2) and has no other effect. */
function sysIoprioSet(task: Task, args: SyscallArgs): number {
  const which = args.int(0);
  const value = args.int(2);
  const ioClass = value >> 13;
  if (which < IOPRIO_WHO_PROCESS || which > IOPRIO_WHO_USER || ioClass < 0 || ioClass > IOPRIO_CLASS_IDLE)
    return -EINVAL;
  if (ioClass === 0 && (value & 7) !== 0) return -EINVAL;
  if (ioClass === IOPRIO_CLASS_RT && !capable(task.cred, CAP_SYS_ADMIN) && !capable(task.cred, CAP_SYS_NICE))
    return -EPERM;
  let result = -ESRCH;
  for (const t of priorityTargets(task, which - 1, args.int(1))) {
    if (!sameUser(task, t) && !capable(task.cred, CAP_SYS_NICE)) return -EPERM;
    t.ioprio = value;
    t.ioContext ??= {};
    result = 0;
  }
  return result;
}

/** Calls on scheduling; sched_yield(2) and getcpu(2) are native. */
export const schedFamily: Family = {
  sched_getaffinity: { handler: sysGetaffinity, args: ['int', 'size', 'ptr'], status: 'full' },
  sched_setaffinity: { handler: sysSetaffinity, args: ['int', 'size', 'ptr'], status: 'full' },
  sched_getscheduler: { handler: sysGetscheduler, args: ['int'], status: 'full' },
  sched_getparam: { handler: sysGetparam, args: ['int', 'ptr'], status: 'full' },
  sched_setscheduler: {
    handler: sysSetscheduler,
    args: ['int', 'int', 'struct'],
    status: 'partial',
    note: 'EPERM for a change of policy',
  },
  sched_setparam: { handler: sysSetparam, args: ['int', 'struct'], status: 'full' },
  sched_get_priority_max: {
    handler: (_task, args) => priorityBound(args.int(0), RT_PRIO_MAX),
    args: ['int'],
    status: 'full',
  },
  sched_get_priority_min: {
    handler: (_task, args) => priorityBound(args.int(0), 1),
    args: ['int'],
    status: 'full',
  },
  sched_rr_get_interval: {
    handler: sysRrGetInterval,
    args: ['int', 'ptr'],
    status: 'partial',
    note: 'always 4 ms',
  },
  sched_getattr: { handler: sysGetattr, args: ['int', 'ptr', 'size', 'hex'], status: 'full' },
  sched_setattr: {
    handler: sysSetattr,
    args: ['int', 'struct', 'hex'],
    status: 'partial',
    note: 'nice values; EPERM for a change of policy',
  },
  getpriority: { handler: sysGetpriority, args: ['int', 'int'], status: 'full' },
  setpriority: { handler: sysSetpriority, args: ['int', 'int', 'int'], status: 'full' },
  ioprio_get: { handler: sysIoprioGet, args: ['int', 'int'], status: 'full' },
  ioprio_set: {
    handler: sysIoprioSet,
    args: ['int', 'int', 'hex'],
    status: 'partial',
    note: 'kept, without effect',
  },
};
