/** prctl(2); PR_SET_SECCOMP is the tracer's (kernel/seccomp/install.ts). */

import { EFAULT, EINVAL, EPERM } from '../src/abi/errno.js';
import * as P from '../src/abi/sched.js';
import { SECCOMP_MODE_DISABLED } from '../src/abi/seccomp.js';
import { CAP_FULL_SET, type Cred, capable } from '../src/kernel/cred.js';
import {
  SECBIT_KEEP_CAPS,
  SECBIT_NO_CAP_AMBIENT_RAISE,
  SECUREBITS_ALL,
  SECUREBITS_LOCKS,
} from '../src/kernel/cred-change.js';
import { TASK_COMM_MAX, type Task } from '../src/kernel/task.js';
import { CONTINUE } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';

type Option = (task: Task, args: SyscallArgs) => number;

/** True if arguments `from`..4 are all zero, which several options insist on. */
function zeroFrom(args: SyscallArgs, from: number): boolean {
  for (let i = from; i <= 4; i++) if (args.big(i) !== 0n) return false;
  return true;
}

function setName(task: Task, args: SyscallArgs): number {
  const dst = new Uint8Array(TASK_COMM_MAX);
  // The name may end right before an unmapped page, so it is read as a string, and may be longer than fits.
  const s = task.mem.string(args.ptr(1), TASK_COMM_MAX + 1);
  if (typeof s === 'string') task.comm = s;
  else {
    if (task.mem.read(args.ptr(1), dst, 0, TASK_COMM_MAX) < TASK_COMM_MAX) return -EFAULT;
    task.comm = String.fromCharCode(...dst);
  }
  return 0;
}

function getName(task: Task, args: SyscallArgs): number {
  const dv = task.mem.stage(TASK_COMM_MAX + 1);
  for (let i = 0; i < task.comm.length && i < TASK_COMM_MAX; i++) dv.setUint8(i, task.comm.charCodeAt(i));
  return task.mem.post(args.ptr(1), TASK_COMM_MAX + 1);
}

function setDeathSignal(task: Task, args: SyscallArgs): number {
  const sig = args.long(1);
  if (sig < 0 || sig > 64) return -EINVAL;
  task.group.parentDeathSignal = sig;
  return 0;
}

function setNoNewPrivs(task: Task, args: SyscallArgs): number {
  if (args.big(1) !== 1n || !zeroFrom(args, 2)) return -EINVAL;
  task.noNewPrivs = true;
  return 0;
}

function setDumpable(task: Task, args: SyscallArgs): number {
  const value = args.long(1);
  if (value !== 0 && value !== 1) return -EINVAL;
  task.group.dumpable = value;
  return 0;
}

function setKeepCaps(task: Task, args: SyscallArgs): number {
  const value = args.long(1);
  if (value !== 0 && value !== 1) return -EINVAL;
  const { securebits } = task.cred;
  // The lock of SECBIT_KEEP_CAPS is the bit above it.
  if ((securebits & (SECBIT_KEEP_CAPS << 1)) !== 0) return -EPERM;
  task.cred = {
    ...task.cred,
    securebits: value === 1 ? securebits | SECBIT_KEEP_CAPS : securebits & ~SECBIT_KEEP_CAPS,
  };
  task.keepCaps = value === 1;
  return 0;
}

function setSecurebits(task: Task, args: SyscallArgs): number {
  const bits = args.long(1);
  const old = task.cred.securebits;
  if (bits < 0 || bits > SECUREBITS_ALL) return -EPERM;
  const locked = (old & SECUREBITS_LOCKS) >> 1;
  if (((old ^ bits) & locked) !== 0 || (old & SECUREBITS_LOCKS & ~bits) !== 0) return -EPERM;
  if (!capable(task.cred, P.CAP_SETPCAP)) return -EPERM;
  task.cred = { ...task.cred, securebits: bits };
  return 0;
}

function bounding(task: Task, args: SyscallArgs): number {
  const cap = args.long(1);
  if (cap < 0 || cap > P.CAP_LAST_CAP) return -EINVAL;
  return Number((task.cred.capBounding >> BigInt(cap)) & 1n);
}

function dropBounding(task: Task, args: SyscallArgs): number {
  if (!capable(task.cred, P.CAP_SETPCAP)) return -EPERM;
  const cap = args.long(1);
  if (cap < 0 || cap > P.CAP_LAST_CAP) return -EINVAL;
  task.cred = { ...task.cred, capBounding: task.cred.capBounding & ~(1n << BigInt(cap)) };
  return 0;
}

function ambient(task: Task, args: SyscallArgs): number {
  const { cred } = task;
  const op = args.long(1);
  if (op === P.PR_CAP_AMBIENT_CLEAR_ALL) {
    if (!zeroFrom(args, 2)) return -EINVAL;
    task.cred = { ...cred, capAmbient: 0n };
    return 0;
  }
  const cap = args.long(2);
  if (!zeroFrom(args, 3) || cap < 0 || cap > P.CAP_LAST_CAP) return -EINVAL;
  const bit = 1n << BigInt(cap);
  if (op === P.PR_CAP_AMBIENT_IS_SET) return (cred.capAmbient & bit) !== 0n ? 1 : 0;
  if (op !== P.PR_CAP_AMBIENT_RAISE && op !== P.PR_CAP_AMBIENT_LOWER) return -EINVAL;
  const next =
    op === P.PR_CAP_AMBIENT_RAISE ? raised(cred, bit) : { ...cred, capAmbient: cred.capAmbient & ~bit };
  if (typeof next === 'number') return next;
  task.cred = next;
  return 0;
}

function raised(cred: Cred, bit: bigint): Cred | number {
  if ((cred.capPermitted & cred.capInheritable & bit) === 0n) return -EPERM;
  if ((cred.securebits & SECBIT_NO_CAP_AMBIENT_RAISE) !== 0) return -EPERM;
  return { ...cred, capAmbient: (cred.capAmbient | bit) & CAP_FULL_SET };
}

/** A bound on how late sleeps may end, which are the host's. */
function setTimerSlack(task: Task, args: SyscallArgs): number {
  const ns = args.long(1);
  task.timerSlack = ns <= 0 ? task.defaultTimerSlack : ns;
  return CONTINUE;
}

/** A hint on huge pages, which the host gives or not. */
function setThpDisable(task: Task, args: SyscallArgs): number {
  if (!zeroFrom(args, 2)) return -EINVAL;
  task.group.thpDisable = args.big(1) !== 0n;
  return 0;
}

function put32(task: Task, addr: number, value: number): number {
  return task.mem.putU32(addr, value);
}

const OPTIONS = new Map<number, Option>([
  [P.PR_SET_NAME, setName],
  [P.PR_GET_NAME, getName],
  [P.PR_SET_PDEATHSIG, setDeathSignal],
  [P.PR_GET_PDEATHSIG, (task, args) => put32(task, args.ptr(1), task.group.parentDeathSignal)],
  [P.PR_SET_DUMPABLE, setDumpable],
  [P.PR_GET_DUMPABLE, (task) => task.group.dumpable],
  [P.PR_SET_KEEPCAPS, setKeepCaps],
  [P.PR_GET_KEEPCAPS, (task) => ((task.cred.securebits & SECBIT_KEEP_CAPS) !== 0 ? 1 : 0)],
  [P.PR_SET_NO_NEW_PRIVS, setNoNewPrivs],
  [P.PR_GET_NO_NEW_PRIVS, (task, args) => (zeroFrom(args, 1) ? Number(task.noNewPrivs) : -EINVAL)],
  [
    P.PR_SET_CHILD_SUBREAPER,
    (task, args) => {
      task.group.childSubreaper = args.big(1) !== 0n;
      return 0;
    },
  ],
  [P.PR_GET_CHILD_SUBREAPER, (task, args) => put32(task, args.ptr(1), Number(task.group.childSubreaper))],
  [P.PR_CAPBSET_READ, bounding],
  [P.PR_CAPBSET_DROP, dropBounding],
  [P.PR_CAP_AMBIENT, ambient],
  [P.PR_GET_SECUREBITS, (task) => task.cred.securebits],
  [P.PR_SET_SECUREBITS, setSecurebits],
  [P.PR_SET_TIMERSLACK, setTimerSlack],
  [P.PR_GET_TIMERSLACK, (task) => task.timerSlack],
  [P.PR_SET_THP_DISABLE, setThpDisable],
  [P.PR_GET_THP_DISABLE, (task, args) => (zeroFrom(args, 1) ? Number(task.group.thpDisable) : -EINVAL)],
  [P.PR_GET_SECCOMP, (task) => task.seccomp?.mode ?? SECCOMP_MODE_DISABLED],
  [P.PR_SET_MM, () => -EPERM],
  // Whether the caller's own rdtsc faults.
  [P.PR_GET_TSC, () => CONTINUE],
  [P.PR_SET_TSC, () => CONTINUE],
  [P.PR_GET_TIMING, () => P.PR_TIMING_STATISTICAL],
  [P.PR_SET_TIMING, (_task, args) => (args.long(1) === P.PR_TIMING_STATISTICAL ? 0 : -EINVAL)],
  // There are no performance counters to switch.
  [P.PR_TASK_PERF_EVENTS_DISABLE, () => 0],
  [P.PR_TASK_PERF_EVENTS_ENABLE, () => 0],
  [P.PR_SET_IO_FLUSHER, (task) => (capable(task.cred, P.CAP_SYS_RESOURCE) ? -EINVAL : -EPERM)],
  [P.PR_GET_IO_FLUSHER, (task) => (capable(task.cred, P.CAP_SYS_RESOURCE) ? -EINVAL : -EPERM)],
  // Names of anonymous mappings are the caller's own memory's; the host keeps them or says that it cannot.
  [P.PR_SET_VMA, () => CONTINUE],
]);

function sysPrctl(task: Task, args: SyscallArgs): number {
  return OPTIONS.get(args.int(0))?.(task, args) ?? -EINVAL;
}

export const prctlCalls: Family = {
  prctl: {
    handler: sysPrctl,
    args: ['int', 'hex', 'hex', 'hex', 'hex'],
    status: 'partial',
    note: 'unknown options: EINVAL',
  },
};
