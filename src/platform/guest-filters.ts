/**
 * Filters that guests give themselves (seccomp(2)), as far as the tracer has to do with them: calls that stop here are decided over
 * here, and the host is told which of the calls that it runs by itself have to stop from now on. The guest installs that filter of the
 * host's itself: its own call is turned into one with a program of ours, which lies in the loader's memory for a moment.
 * ARCHITECTURE.md says why it is not the guest's own program.
 */

import { ENOMEM, ERESTARTNOINTR } from '../abi/errno.js';
import {
  DATA_ARCH,
  DATA_ARGS,
  DATA_IP,
  DATA_NR,
  SECCOMP_FILTER_FLAG_TSYNC,
  SECCOMP_SET_MODE_FILTER,
  SOCK_FILTER_SIZE,
  SOCK_FPROG_SIZE,
  SYS_SECCOMP,
} from '../abi/seccomp.js';
import { SIGKILL, SIGSYS } from '../abi/signal.js';
import { SCRATCH_SIZE } from '../arch/load-plan.js';
import { AUDIT_ARCH_X86_64 } from '../arch/x86-64.js';
import { SYS } from '../arch/x86-64-syscalls.js';
import { DOOMED, DOOMED_STATUS, judge, KILLED, PASSES } from '../kernel/seccomp/enforce.js';
import type { CallPolicy } from '../kernel/seccomp/filter.js';
import { type HostCalls, type HostFilter, hostFilter } from '../kernel/seccomp/host-filter.js';
import {
  commitFilter,
  dropChange,
  type FilterChange,
  prctlSeccomp,
  seccompCall,
} from '../kernel/seccomp/install.js';
import type { Task } from '../kernel/task.js';
import { compileResults } from './filter.js';
import { type Native, Reg } from './native.js';

/** Where registers and siginfo are staged: bytes of the staging area that no handler uses. */
const SCRATCH = 0x100000 - 1024;
/** Argument registers in their order. */
const ARGUMENTS = [Reg.rdi, Reg.rsi, Reg.rdx, Reg.r10, Reg.r8, Reg.r9] as const;
/** siginfo_t of SIGSYS. */
const SI_CALL_ADDR = 16;
const SI_SYSCALL = 24;
const SI_ARCH = 28;

/** A filter of the host's that its task is about to install. */
interface Install {
  readonly task: Task;
  readonly host: HostFilter | undefined;
  /** Undefined: the loader does it, for filters that are in force already. */
  readonly change: FilterChange | undefined;
  readonly token: unknown;
}

export class GuestFilters {
  private readonly installs = new Map<number, Install>();
  private readonly made = new WeakMap<CallPolicy, { readonly host: HostFilter | undefined }>();
  private readonly data = new Int32Array(16);
  private readonly regs: DataView;

  constructor(
    private readonly native: Native,
    private readonly calls: HostCalls,
  ) {
    this.regs = new DataView(native.scratch, SCRATCH, 8 * 27);
  }

  // --- calls that stop for the tracer ---------------------------------------------------------------------------------

  /**
   * A task stands at a call that is none of the sentry's own making.
   * @returns PASSES if the call goes its way, what it returns instead of being made, or undefined if it will not return
   */
  decide(task: Task, nr: number): typeof PASSES | number | undefined {
    if (task.fate !== 0) {
      this.exit(task, nr);
      return undefined;
    }
    if (task.seccomp === undefined || task.seccomp.allows(nr)) return PASSES;
    if (this.native.ptraceRegs(task.hostTid, SCRATCH) < 0) return undefined;
    const verdict = judge(task, this.seccompData(nr));
    if (verdict === DOOMED) this.exit(task, nr);
    return verdict === DOOMED || verdict === KILLED ? undefined : verdict;
  }

  /** struct seccomp_data from the registers in the staging area. */
  private seccompData(nr: number): Int32Array {
    const { data, regs } = this;
    const word = (reg: number, to: number): void => {
      data[to] = regs.getInt32(8 * reg, true);
      data[to + 1] = regs.getInt32(8 * reg + 4, true);
    };
    data[DATA_NR] = nr;
    data[DATA_ARCH] = AUDIT_ARCH_X86_64 | 0;
    word(Reg.rip, DATA_IP);
    ARGUMENTS.forEach((reg, i) => {
      word(reg, DATA_ARGS + 2 * i);
    });
    return data;
  }

  /** A thread that is to end alone stands at a call: it becomes exit(2). */
  private exit(task: Task, nr: number): void {
    if (nr === SYS.exit) this.native.ptraceCont(task.hostTid, 0);
    else this.native.ptraceCall(task.hostTid, SYS.exit, DOOMED_STATUS, 0, 0);
  }

  /** The same for one that has stopped on its way back from a call. */
  exitNext(task: Task): void {
    this.native.ptraceInject(task.hostTid, SYS.exit, DOOMED_STATUS, 0, 0, 0, true);
  }

  /** SIGSYS is about to be delivered: siginfo of the one that a filter has raised. */
  delivers(task: Task): void {
    const trap = task.seccompTrap;
    task.seccompTrap = undefined;
    if (trap === undefined || this.native.ptraceGetSiginfo(task.hostTid, SCRATCH) < 0) return;
    const info = new DataView(this.native.scratch, SCRATCH, 128);
    for (let i = 0; i < 128; i += 4) info.setInt32(i, 0, true);
    info.setInt32(0, SIGSYS, true);
    info.setInt32(4, trap.data, true);
    info.setInt32(8, SYS_SECCOMP, true);
    info.setBigUint64(SI_CALL_ADDR, BigInt(trap.addr), true);
    info.setInt32(SI_SYSCALL, trap.nr, true);
    info.setInt32(SI_ARCH, trap.arch, true);
    this.native.ptraceSetSiginfo(task.hostTid, SCRATCH);
  }

  // --- giving filters ---------------------------------------------------------------------------------------------------

  /**
   * A task stands at seccomp(2) or at prctl(PR_SET_SECCOMP).
   * @param token the observer's, given back by `ended`
   * @returns what the call returns if that is known, undefined when the host is on its way with it
   */
  begin(task: Task, nr: number, regs: Float64Array, token: unknown): number | undefined {
    const [first, second, third] = [regs[Reg.rdi], regs[Reg.rsi], regs[Reg.rdx]] as [number, number, number];
    if (task.vm.scratchBusy) return -ERESTARTNOINTR;
    const change =
      nr === SYS.prctl
        ? prctlSeccomp(task, second, third)
        : seccompCall(task, first >>> 0, second >>> 0, third);
    if (typeof change === 'number') return change;
    const host = this.hostFor(change.policy);
    if (!this.needed(task, host, change.allThreads)) {
      commitFilter(task, change, host);
      return 0;
    }
    if (!this.put(task, host)) {
      dropChange(change);
      return -ENOMEM;
    }
    this.installs.set(task.hostTid, { task, host, change, token });
    task.vm.scratchBusy = true;
    const flags = change.allThreads ? SECCOMP_FILTER_FLAG_TSYNC : 0;
    this.native.ptraceCall(task.hostTid, SYS.seccomp, SECCOMP_SET_MODE_FILTER, flags, task.vm.scratch);
    return undefined;
  }

  /** Every program of a container asks for that of its profile. */
  private hostFor(policy: CallPolicy): HostFilter | undefined {
    let made = this.made.get(policy);
    if (made === undefined) {
      made = { host: hostFilter(policy, this.calls) };
      this.made.set(policy, made);
    }
    return made.host;
  }

  /** Whether the host does not know yet. */
  private needed(task: Task, host: HostFilter | undefined, allThreads: boolean): boolean {
    const tasks = allThreads ? task.group.tasks : [task];
    for (const t of tasks) if (t.hostFilter?.key !== host?.key) return true;
    return false;
  }

  /** Writes struct sock_fprog and its program into the loader's memory. */
  private put(task: Task, host: HostFilter | undefined): boolean {
    const { scratch } = task.vm;
    // What the caller has already need not be said again, but other threads are to get all that it has.
    const known = task.hostFilter?.key === host?.key;
    const program = compileResults(known ? [] : (host?.entries ?? []));
    const bytes = new Uint8Array(SOCK_FPROG_SIZE + program.length);
    const view = new DataView(bytes.buffer);
    view.setUint16(0, program.length / SOCK_FILTER_SIZE, true);
    view.setBigUint64(8, BigInt(scratch + SOCK_FPROG_SIZE), true);
    bytes.set(program, SOCK_FPROG_SIZE);
    if (scratch === 0 || bytes.length > SCRATCH_SIZE) return false;
    return task.mem.write(scratch, bytes, 0, bytes.length) === bytes.length;
  }

  /**
   * The loader of `task` asks for its plan: filters that it was given before its first program have still to be told to the host.
   * @returns the address of the struct sock_fprog to install, 0 for none, or -errno
   */
  forLoader(task: Task): number {
    if (task.seccomp === undefined) return 0;
    const host = this.hostFor(task.seccomp);
    if (task.hostFilter?.key === host?.key) return 0;
    if (!this.put(task, host)) return -ENOMEM;
    this.installs.set(task.hostTid, { task, host, change: undefined, token: undefined });
    return task.vm.scratch;
  }

  /** @returns true if `task` stands at the loader's seccomp(2), which then goes on */
  loads(task: Task, nr: number): boolean {
    const install = this.installs.get(task.hostTid);
    if (install === undefined || install.change !== undefined || nr !== SYS.seccomp) return false;
    this.native.ptraceToExit(task.hostTid);
    return true;
  }

  /**
   * A task has stopped at the end of a call.
   * @returns undefined if it is none of these; else the observer's token and what the call returns
   */
  ended(task: Task, result: number): { token: unknown; result: number } | undefined {
    const install = this.installs.get(task.hostTid);
    if (install === undefined) return undefined;
    this.installs.delete(task.hostTid);
    const { change, host, token } = install;
    if (change === undefined) {
      if (result === 0) task.hostFilter = host;
      else this.failed(task, result);
      return { token, result };
    }
    task.vm.scratchBusy = false;
    // Of threads that cannot follow we know ourselves: that others cannot is no answer for the guest.
    const value = result > 0 ? -ENOMEM : result;
    if (value === 0) commitFilter(task, change, host);
    else dropChange(change);
    this.native.ptraceRestore(task.hostTid);
    this.native.ptraceResult(task.hostTid, value);
    return { token, result: value };
  }

  /** A program must not run without the filters that it was to have. */
  private failed(task: Task, result: number): void {
    task.kernel.log.error({ pid: task.pid, result }, 'the host refuses the filter of a new program');
    this.native.sendSignal(task.group.hostPid, 0, SIGKILL, 0, 0, 0, 0);
  }

  /** The task has ended, or executed another program. */
  gone(tid: number): void {
    const install = this.installs.get(tid);
    if (install === undefined) return;
    this.installs.delete(tid);
    if (install.change === undefined) return;
    install.task.vm.scratchBusy = false;
    dropChange(install.change);
  }
}
