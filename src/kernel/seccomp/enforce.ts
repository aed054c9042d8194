/** What becomes of a call that a task's filters have decided over (__seccomp_filter of kernel/seccomp.c). */

import { ENOSYS } from '../../abi/errno.js';
import { RLIMIT_CORE } from '../../abi/sched.js';
import {
  DATA_ARCH,
  DATA_IP,
  DATA_NR,
  MAX_ERRNO,
  SECCOMP_RET_ACTION_FULL,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_DATA,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
  SECCOMP_RET_USER_NOTIF,
  SYS_SECCOMP,
} from '../../abi/seccomp.js';
import { SIGKILL, SIGSYS } from '../../abi/signal.js';
import { sigBit, signalState } from '../sigstate.js';
import type { Task } from '../task.js';
import { strictMode } from './filter.js';

/** The call goes its way. */
export const PASSES = 'passes';
/** The process has been killed; nobody will see an answer. */
export const KILLED = 'killed';
/** The calling thread alone is to end, with exit(DOOMED_STATUS): `task.fate` is set. */
export const DOOMED = 'doomed';

/** By this status a thread that was made to exit is known from one that others took along. */
export const DOOMED_STATUS = 0xe5;

/** A core file has at least a page. */
const CORE_LEAST = 4096;

/** What the call comes to: one of these words, or a result for its caller. */
export type Verdict = typeof PASSES | typeof KILLED | typeof DOOMED | number;

/**
 * Decides over one call.
 * @param data struct seccomp_data as words
 */
export function judge(task: Task, data: Int32Array): Verdict {
  const policy = task.seccomp;
  if (policy === undefined) return PASSES;
  const result = policy.decide(data);
  const reason = result & SECCOMP_RET_DATA;
  switch (result & SECCOMP_RET_ACTION_FULL) {
    case SECCOMP_RET_ALLOW:
      return PASSES;
    case SECCOMP_RET_LOG:
      report(task, data, 'log', true);
      return PASSES;
    case SECCOMP_RET_ERRNO:
      report(task, data, 'errno', policy.logs(data, result));
      return 0 - Math.min(reason, MAX_ERRNO);
    case SECCOMP_RET_TRAP:
      report(task, data, 'trap', policy.logs(data, result));
      return trap(task, data, reason);
    case SECCOMP_RET_USER_NOTIF:
    case SECCOMP_RET_TRACE:
      // As where there is no listener, and no tracer.
      return -ENOSYS;
    case SECCOMP_RET_KILL_THREAD:
      report(task, data, 'kill_thread', true);
      return killThread(task, data, policy === strictMode ? SIGKILL : SIGSYS);
    default:
      report(task, data, 'kill_process', true);
      return killProcess(task, data);
  }
}

function report(task: Task, data: Int32Array, action: string, wanted: boolean): void {
  if (!wanted || !task.kernel.filters.line()) return;
  task.kernel.log.info({ pid: task.pid, comm: task.comm, nr: data[DATA_NR], action }, 'seccomp');
}

/** SECCOMP_RET_TRAP: SIGSYS for this very call. If nobody can take it, it is the end (force_sig_info). */
function trap(task: Task, data: Int32Array, reason: number): Verdict {
  const state = signalState(task);
  const bit = sigBit(SIGSYS);
  if (state === undefined || ((state.blocked | state.ignored) & bit) !== 0n) return killProcess(task, data);
  return raise(task, data, reason);
}

/** @returns the call's number, which is what a handler finds in the result's register */
function raise(task: Task, data: Int32Array, reason: number): number {
  const [nr, arch] = [data[DATA_NR] as number, data[DATA_ARCH] as number];
  const addr = ((data[DATA_IP] as number) >>> 0) + (data[DATA_IP + 1] as number) * 2 ** 32;
  task.seccompTrap = { addr, nr, arch, data: reason };
  task.kernel.native.sendSignal(task.group.hostPid, task.hostTid, SIGSYS, SYS_SECCOMP, 0, 0, 0);
  return nr;
}

/**
 * The end of the process by SIGSYS, which no handler takes. Only where a core file is wanted and nobody can put a handler in its way is the
 * signal really sent: else the process is killed, and shown to have died of it.
 */
function killProcess(task: Task, data: Int32Array): Verdict {
  const tg = task.group;
  if (tg.limit(RLIMIT_CORE) >= CORE_LEAST && task.vm.tasks.size === 1) {
    const state = signalState(task);
    const bit = sigBit(SIGSYS);
    const heard = state === undefined ? bit : state.blocked | state.ignored | state.caught;
    if ((heard & bit) === 0n) return raise(task, data, 0);
  }
  tg.forcedSignal = SIGSYS;
  tg.kernel.native.sendSignal(tg.hostPid, 0, SIGKILL, 0, 0, 0, 0);
  return KILLED;
}

/** The end of one thread; of the process if there is no other. */
function killThread(task: Task, data: Int32Array, signal: number): Verdict {
  const tg = task.group;
  if (tg.tasks.size > 1) {
    task.fate = signal;
    return DOOMED;
  }
  if (signal === SIGSYS) return killProcess(task, data);
  tg.kernel.native.sendSignal(tg.hostPid, 0, SIGKILL, 0, 0, 0, 0);
  return KILLED;
}
