/** Giving filters to tasks: seccomp(2), prctl(2) with PR_SET_SECCOMP, and whoever starts a container (kernel/seccomp.c). */

import { EACCES, EFAULT, EINVAL, ENOMEM, EOPNOTSUPP, ESRCH } from '../../abi/errno.js';
import { CAP_SYS_ADMIN } from '../../abi/sched.js';
import {
  BPF_MAXINSNS,
  SECCOMP_FILTER_FLAG_LOG,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW,
  SECCOMP_FILTER_FLAG_TSYNC,
  SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
  SECCOMP_GET_ACTION_AVAIL,
  SECCOMP_GET_NOTIF_SIZES,
  SECCOMP_MODE_FILTER,
  SECCOMP_MODE_STRICT,
  SECCOMP_NOTIF_SIZES,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
  SECCOMP_SET_MODE_FILTER,
  SECCOMP_SET_MODE_STRICT,
  SOCK_FILTER_SIZE,
  SOCK_FPROG_SIZE,
} from '../../abi/seccomp.js';
import { SYS } from '../../arch/x86-64-syscalls.js';
import { capable } from '../cred.js';
import type { Task } from '../task.js';
import { checkProgram } from './bpf.js';
import { type CallPolicy, SeccompFilter, strictMode } from './filter.js';
import type { HostFilter } from './host-filter.js';

/** Flags of SECCOMP_SET_MODE_FILTER. SPEC_ALLOW is about the host's processor, whose mitigations are the host's to choose. */
const FLAGS =
  SECCOMP_FILTER_FLAG_TSYNC |
  SECCOMP_FILTER_FLAG_LOG |
  SECCOMP_FILTER_FLAG_SPEC_ALLOW |
  SECCOMP_FILTER_FLAG_TSYNC_ESRCH;

/** Without SECCOMP_RET_USER_NOTIF, for there are no listeners: SECCOMP_FILTER_FLAG_NEW_LISTENER is EINVAL. */
const ACTIONS = new Set<number>([
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_TRAP,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_LOG,
  SECCOMP_RET_ALLOW,
]);

/** Calls of the fast lane, those that it makes by itself included: it leads around filters that do not allow them all. */
const LANE_CALLS = [
  SYS.read,
  SYS.write,
  SYS.readv,
  SYS.writev,
  SYS.sendto,
  SYS.recvfrom,
  SYS.epoll_ctl,
  SYS.mmap,
  SYS.madvise,
];

/** A filter that is ready to be put in force, which cannot fail any more. */
export interface FilterChange {
  readonly policy: CallPolicy;
  /** SECCOMP_FILTER_FLAG_TSYNC: all threads of the process get it. */
  readonly allThreads: boolean;
}

/** True if calls of a task with this policy may be answered by the fast lane. */
export function laneAllowed(policy: CallPolicy | undefined): boolean {
  return policy === undefined || LANE_CALLS.every((nr) => policy.allows(nr));
}

/**
 * seccomp(2).
 * @param addr address of the operation's argument
 * @returns the result, -errno, or the change that is to be made (`commitFilter`)
 */
export function seccompCall(task: Task, op: number, flags: number, addr: number): number | FilterChange {
  switch (op) {
    case SECCOMP_SET_MODE_STRICT:
      return flags !== 0 || addr !== 0 ? -EINVAL : strict(task);
    case SECCOMP_SET_MODE_FILTER:
      return filter(task, flags, addr);
    case SECCOMP_GET_ACTION_AVAIL: {
      if (flags !== 0) return -EINVAL;
      const action = task.mem.u32(addr);
      if (Number.isNaN(action)) return -EFAULT;
      return ACTIONS.has(action | 0) ? 0 : -EOPNOTSUPP;
    }
    case SECCOMP_GET_NOTIF_SIZES: {
      if (flags !== 0) return -EINVAL;
      const sizes = task.mem.stage(6);
      SECCOMP_NOTIF_SIZES.forEach((size, i) => {
        sizes.setUint16(2 * i, size, true);
      });
      return task.mem.post(addr, 6);
    }
    default:
      return -EINVAL;
  }
}

/** prctl(PR_SET_SECCOMP). */
export function prctlSeccomp(task: Task, mode: number, addr: number): number | FilterChange {
  if (mode === SECCOMP_MODE_STRICT) return strict(task);
  return mode === SECCOMP_MODE_FILTER ? filter(task, 0, addr) : -EINVAL;
}

function strict(task: Task): number | FilterChange {
  if (task.seccomp !== undefined && task.seccomp !== strictMode) return -EINVAL;
  return { policy: strictMode, allThreads: false };
}

/** SECCOMP_SET_MODE_FILTER: the program is read once. */
function filter(task: Task, flags: number, addr: number): number | FilterChange {
  if ((flags & ~FLAGS) !== 0) return -EINVAL;
  const fprog = task.mem.view(addr, SOCK_FPROG_SIZE);
  if (typeof fprog === 'number') return -EFAULT;
  const count = fprog.getUint16(0, true);
  const at = Number(fprog.getBigUint64(8, true));
  if (count === 0 || count > BPF_MAXINSNS) return -EINVAL;
  if (!task.noNewPrivs && !capable(task.cred, CAP_SYS_ADMIN)) return -EACCES;
  if (at === 0) return -EINVAL;
  const bytes = new Uint8Array(count * SOCK_FILTER_SIZE);
  if (task.mem.read(at, bytes, 0, bytes.length) !== bytes.length) return -EFAULT;
  const program = checkProgram(bytes);
  if (typeof program === 'number') return program;
  const { seccomp } = task;
  if (seccomp !== undefined && !(seccomp instanceof SeccompFilter)) return -EINVAL;
  const allThreads = (flags & SECCOMP_FILTER_FLAG_TSYNC) !== 0;
  const other = allThreads ? unsyncable(task, seccomp) : 0;
  const log = (flags & SECCOMP_FILTER_FLAG_LOG) !== 0;
  if (other !== 0) return (flags & SECCOMP_FILTER_FLAG_TSYNC_ESRCH) !== 0 ? -ESRCH : other;
  const policy = SeccompFilter.add(program, seccomp, log, task.kernel.filters);
  return policy === undefined ? -ENOMEM : { policy, allThreads };
}

/** A thread whose filters are not among those of the caller. @returns its id, or 0 */
function unsyncable(task: Task, own: SeccompFilter | undefined): number {
  for (const t of task.group.tasks) {
    if (t === task || t.seccomp === undefined) continue;
    if (!(t.seccomp instanceof SeccompFilter) || own?.descendsFrom(t.seccomp) !== true) return t.tid;
  }
  return 0;
}

/** Puts a change in force. @param host what the host has been told for it */
export function commitFilter(task: Task, change: FilterChange, host: HostFilter | undefined): void {
  for (const t of change.allThreads ? [...task.group.tasks] : [task]) {
    setPolicy(t, change.policy);
    t.hostFilter = host;
    if (task.noNewPrivs) t.noNewPrivs = true;
  }
}

/** Gives up a change that was not made. */
export function dropChange(change: FilterChange): void {
  change.policy.hold();
  change.policy.drop();
}

function setPolicy(task: Task, policy: CallPolicy): void {
  policy.hold();
  task.seccomp?.drop();
  task.seccomp = policy;
  if (!laneAllowed(policy)) forbidLane(task);
}

function forbidLane(task: Task): void {
  if (task.vm.laneForbidden) return;
  task.vm.laneForbidden = true;
  task.kernel.lanes?.forbid(task);
}

/** What a new task inherits. */
export interface Filters {
  readonly seccomp: CallPolicy | undefined;
  readonly hostFilter: HostFilter | undefined;
}

/** What `task` would hand down now; counted as one more user of it. */
export function heldFilters(task: Task): Filters {
  task.seccomp?.hold();
  return { seccomp: task.seccomp, hostFilter: task.hostFilter };
}

/** Takes what was held over to a new task. */
export function inheritFilters(child: Task, filters: Filters | undefined): void {
  child.seccomp = filters?.seccomp;
  child.hostFilter = filters?.hostFilter;
  if (!laneAllowed(child.seccomp)) child.vm.laneForbidden = true;
}

/**
 * The filters of a container's first process, or of one that is started in it: whoever calls this decides, so neither no_new_privs
 * nor a capability is asked for. They come into force with the program that `ExecImage.filters` gives them to, and the loader
 * tells the host of them.
 * @param programs struct sock_filter[] each, the oldest first
 * @param log SECCOMP_FILTER_FLAG_LOG
 * @returns the change, -EINVAL for what is no program, -ENOMEM when there is no room for it
 */
export function planFilters(task: Task, programs: readonly Uint8Array[], log = false): FilterChange | number {
  const { seccomp } = task;
  if (seccomp !== undefined && !(seccomp instanceof SeccompFilter)) return -EINVAL;
  let policy: SeccompFilter | undefined = seccomp;
  for (const bytes of programs) {
    const program = checkProgram(bytes);
    const longer: SeccompFilter | undefined =
      typeof program === 'number' ? undefined : SeccompFilter.add(program, policy, log, task.kernel.filters);
    if (longer === undefined) {
      if (policy !== undefined && policy !== seccomp) dropChange({ policy, allThreads: false });
      return typeof program === 'number' ? program : -ENOMEM;
    }
    policy = longer;
  }
  return policy === undefined || policy === seccomp ? -EINVAL : { policy, allThreads: false };
}
