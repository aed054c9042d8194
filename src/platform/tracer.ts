/**
 * The life of tasks as ptrace(2) shows it: new ones, new programs, signals about to be delivered, stops and ends.
 * What a stop means is decided in src/kernel; here the traced thread is moved on.
 */

import { ERESTARTNOINTR, ERESTARTSYS } from '../abi/errno.js';
import { AT_FDCWD } from '../abi/fcntl.js';
import {
  CLONE_CHILD_CLEARTID,
  CLONE_CHILD_SETTID,
  CLONE_FILES,
  CLONE_FS,
  CLONE_PARENT,
  CLONE_PARENT_SETTID,
  CLONE_SETTLS,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VFORK,
  CLONE_VM,
} from '../abi/sched.js';
import {
  SIGBUS,
  SIGKILL,
  SIGSEGV,
  SIGSTOP,
  SIGSYS,
  SIGTRAP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
} from '../abi/signal.js';
import { SYS } from '../arch/x86-64-syscalls.js';
import type { Container } from '../kernel/container.js';
import { maybeDumpCore } from '../kernel/coredump/dump.js';
import { commitExec, type ExecImage, prepareExec, releaseImage } from '../kernel/exec.js';
import { taskExited } from '../kernel/exit.js';
import { abortClone, type CloneArgs, finishClone, prepareClone } from '../kernel/fork.js';
import type { Kernel } from '../kernel/kernel.js';
import { PASSES } from '../kernel/seccomp/enforce.js';
import { type HostCalls, stops } from '../kernel/seccomp/host-filter.js';
import { onContinued, onGroupStop, onSignalStop, stopInfo, waitedSiginfo } from '../kernel/signals.js';
import type { Task } from '../kernel/task.js';
import { CallMasks } from './call-mask.js';
import { cloneArgs } from './clone-args.js';
import { Freezer } from './freezer.js';
import { GuestFilters } from './guest-filters.js';
import { MappedCalls } from './mapped-calls.js';
import { type Native, Reg } from './native.js';
import { SignalReads } from './signal-read.js';
import { Zygote } from './zygote.js';

const PTRACE_EVENT_FORK = 1;
const PTRACE_EVENT_VFORK = 2;
const PTRACE_EVENT_CLONE = 3;
const PTRACE_EVENT_EXEC = 4;
const PTRACE_EVENT_SECCOMP = 7;
const PTRACE_EVENT_STOP = 128;
/** PTRACE_O_TRACESYSGOOD marks stops at a system call's end. */
const SYSCALL_STOP = SIGTRAP | 0x80;

/** Flags that the host's clone gets as the guest asked; the rest is the sentry's business. */
const HOST_CLONE_FLAGS =
  CLONE_VM |
  CLONE_FS |
  CLONE_FILES |
  CLONE_SIGHAND |
  CLONE_VFORK |
  CLONE_THREAD |
  CLONE_SYSVSEM |
  CLONE_SETTLS |
  CLONE_PARENT_SETTID |
  CLONE_CHILD_SETTID |
  CLONE_CHILD_CLEARTID;

/** Watches a traced call for --strace and --profile; undefined when nobody does. */
export interface TraceObserver {
  enter(task: Task, nr: number, regs: Float64Array): unknown;
  exit(token: unknown, result: number): void;
  /** The host runs the call from now on. */
  waits?(token: unknown): void;
}

/** Watches the calls that the host runs by itself; only under a filter that lets them stop on their way. */
export interface NativeObserver {
  /** @returns whether `exit` is to tell of the end: calls that never return have none */
  enter(task: Task, nr: number, regs: Float64Array): boolean;
  /** @returns false if the call that has ended is none of these */
  exit(task: Task, result: number): boolean;
  /** The task has ended. */
  gone(task: Task): void;
  /** The next `calls` native calls of the task will be the loader's. */
  loads(task: Task, calls: number): void;
}

/** Calls that the loader of `image` makes and the filter counts as native, by number. */
function loaderCalls(image: ExecImage): number[] {
  return image.plan.ops.flatMap((op) => {
    if (op.kind === 'mprotect') return [SYS.mprotect];
    return op.kind === 'mmap' && op.fd < 0 ? [SYS.mmap] : [];
  });
}

function isLoaderCall(nr: number): boolean {
  return nr === SYS.mmap || nr === SYS.mprotect;
}

export class Tracer {
  private readonly regs = new Float64Array(27);
  private readonly signalReads: SignalReads;
  /** Clones that the host is carrying out, by the caller's host thread id. */
  private readonly clones = new Map<number, { task: Task; args: CloneArgs; token: unknown }>();
  private readonly execs = new Map<number, { task: Task; image: ExecImage; token: unknown }>();
  /** rt_sigtimedwait(2) calls on their way: where the siginfo goes. */
  private readonly sigwaits = new Map<number, { info: number; token: unknown }>();
  /** New tasks that stopped before their parent's event told of them. */
  private readonly early = new Set<number>();
  /** Programs whose loader has not asked for its plan yet. */
  private readonly loading = new Map<Task, ExecImage>();
  private readonly masks: CallMasks;
  private readonly mapped: MappedCalls;
  readonly filters: GuestFilters;
  private readonly freezer: Freezer;
  /** What new processes are copies of; undefined where there is one program and no other will be asked for. */
  zygote: Zygote | undefined;
  /** Programs of new processes that stand at their execve, or will. */
  private readonly firstPrograms = new Map<Task, ExecImage>();

  constructor(
    private readonly kernel: Kernel,
    private readonly native: Native,
    private readonly observer: TraceObserver | undefined,
    /** Calls that the host runs by itself. */
    private readonly isNative: (nr: number) => boolean,
    calls: HostCalls,
    private readonly natives?: NativeObserver,
  ) {
    this.freezer = new Freezer(kernel, native);
    this.masks = new CallMasks(native);
    this.mapped = new MappedCalls(native);
    this.signalReads = new SignalReads(native);
    this.filters = new GuestFilters(native, calls);
  }

  /** Stops all of a container, whatever it does. @param done told once nothing of it runs any more */
  pause(container: Container, done: () => void): void {
    this.freezer.pause(container, done);
  }

  /** Lets it go on. */
  resume(container: Container): void {
    this.freezer.resume(container, (tid, status) => this.event(tid, status));
  }

  /** One status of waitpid(2). */
  event(tid: number, status: number): void {
    const task = this.kernel.tasks.get(tid);
    if (task === undefined && this.zygote?.event(tid, status) === true) return;
    if ((status & 0xff) !== 0x7f) this.ended(tid, task, status & 0xffff);
    else if (task === undefined) this.early.add(tid);
    else if (!this.freezer.hold(task, status)) this.stopped(task, status >> 16, (status >> 8) & 0xff);
  }

  private ended(tid: number, task: Task | undefined, status: number): void {
    this.early.delete(tid);
    this.freezer.gone(tid);
    this.sigwaits.delete(tid);
    this.mapped.gone(tid);
    this.filters.gone(tid);
    this.masks.ended(tid);
    const clone = this.clones.get(tid);
    if (clone !== undefined) {
      this.clones.delete(tid);
      abortClone(clone.task, clone.args);
    }
    const exec = this.execs.get(tid);
    if (exec !== undefined) {
      this.execs.delete(tid);
      releaseImage(exec.image);
    }
    if (task === undefined) return;
    const first = this.firstPrograms.get(task);
    if (first !== undefined) releaseImage(first);
    this.firstPrograms.delete(task);
    this.loaded(task);
    this.natives?.gone(task);
    taskExited(this.kernel, task, status);
  }

  private stopped(task: Task, event: number, sig: number): void {
    switch (event) {
      case 0:
        if (sig === SYSCALL_STOP) this.callFailed(task);
        else this.signal(task, sig);
        break;
      case PTRACE_EVENT_SECCOMP:
        this.traced(task);
        break;
      case PTRACE_EVENT_FORK:
      case PTRACE_EVENT_VFORK:
      case PTRACE_EVENT_CLONE:
        this.cloned(task);
        break;
      case PTRACE_EVENT_EXEC:
        this.execed(task);
        break;
      case PTRACE_EVENT_STOP:
        this.trap(task, sig);
        break;
      default:
        this.native.ptraceCont(task.hostTid, 0);
    }
  }

  // --- calls of the trace class -----------------------------------------------------------------------------------

  private traced(task: Task): void {
    const { regs } = this;
    if (this.native.getRegs(task.hostTid, regs) < 0) return;
    task.vm.drain?.();
    const nr = regs[Reg.orig_rax] as number;
    if (nr === SYS.rt_sigtimedwait && this.signalReads.entered(task)) return;
    if (this.filters.loads(task, nr)) return;
    if (task.loaderTraps > 0 && isLoaderCall(nr)) task.loaderTraps--;
    else if (this.denied(task, nr)) return;
    if (MappedCalls.has(nr, regs)) {
      this.mapping(task, nr);
      return;
    }
    if (nr === SYS.seccomp || nr === SYS.prctl) {
      this.filtering(task, nr);
      return;
    }
    if (this.natives !== undefined && this.isNative(nr)) {
      if (this.natives.enter(task, nr, regs)) this.native.ptraceToExit(task.hostTid);
      else this.native.ptraceCont(task.hostTid, 0);
      return;
    }
    if (this.isNative(nr)) {
      // A filter of the guest's has had it stopped, and lets it go on.
      this.native.ptraceCont(task.hostTid, 0);
      return;
    }
    const token = this.observer?.enter(task, nr, regs);
    let result: number;
    const first = nr === SYS.execve ? this.firstPrograms.get(task) : undefined;
    if (first !== undefined) {
      this.firstPrograms.delete(task);
      const [empty, argv, envp] = [regs[Reg.rdi], regs[Reg.rsi], regs[Reg.rdx]] as [number, number, number];
      result = this.startExec(task, first, empty, argv, envp, token);
    } else if (nr === SYS.execve) {
      const [path, argv, envp] = [regs[Reg.rdi], regs[Reg.rsi], regs[Reg.rdx]] as [number, number, number];
      result = this.exec(task, AT_FDCWD, path, argv, envp, 0, token);
    } else if (nr === SYS.execveat) {
      const [fd, path, argv, envp, flags] = [
        regs[Reg.rdi],
        regs[Reg.rsi],
        regs[Reg.rdx],
        regs[Reg.r10],
        regs[Reg.r8],
      ] as [number, number, number, number, number];
      result = this.exec(task, fd | 0, path, argv, envp, flags | 0, token);
    } else if (nr === SYS.rt_sigtimedwait) {
      const info = regs[Reg.rsi] as number;
      this.sigwaits.set(task.hostTid, { info, token });
      task.sigwaitBlocked = this.sigmask(task);
      this.observer?.waits?.(token);
      this.native.ptraceToExit(task.hostTid);
      return;
    } else {
      result = this.clone(task, nr, token);
    }
    if (result >= 0) {
      this.observer?.waits?.(token);
      return;
    }
    this.observer?.exit(token, result);
    this.native.ptraceSkip(task.hostTid, result);
  }

  private mapping(task: Task, nr: number): void {
    const token = this.observer?.enter(task, nr, this.regs);
    const known = this.mapped.begin(task, nr, this.regs, token);
    if (known === undefined) {
      this.observer?.waits?.(token);
      return;
    }
    this.observer?.exit(token, known);
    this.native.ptraceSkip(task.hostTid, known);
  }

  /** @returns true if the filters of `task` have ended the call */
  private denied(task: Task, nr: number): boolean {
    const result = this.filters.decide(task, nr);
    if (result === PASSES) return false;
    if (result === undefined) return true;
    this.observer?.exit(this.observer.enter(task, nr, this.regs), result);
    this.native.ptraceSkip(task.hostTid, result);
    return true;
  }

  private filtering(task: Task, nr: number): void {
    const token = this.observer?.enter(task, nr, this.regs);
    const known = this.filters.begin(task, nr, this.regs, token);
    if (known === undefined) {
      this.observer?.waits?.(token);
      return;
    }
    this.observer?.exit(token, known);
    if (known !== -ERESTARTNOINTR) {
      this.native.ptraceSkip(task.hostTid, known);
      return;
    }
    // Another thread is at it just now: once more.
    this.native.ptraceReturn(task.hostTid, 0, true);
    this.native.ptraceCont(task.hostTid, 0);
  }

  /** @returns 0 when the host is on its way, or -errno */
  private exec(
    task: Task,
    dirfd: number,
    pathAddr: number,
    argv: number,
    envp: number,
    flags: number,
    token: unknown,
  ): number {
    const name = task.mem.path(pathAddr);
    if (typeof name === 'number') return name;
    const image = prepareExec(task, dirfd, name, flags);
    if (typeof image === 'number') return image;
    // The host's lookup must see an empty name: the end of the guest's own string is one. A thread that changes it meanwhile
    // only reaches the room's empty root.
    return this.startExec(task, image, pathAddr + name.length, argv, envp, token);
  }

  /** Lets a task that stands at its execve load `image`. */
  startExec(task: Task, image: ExecImage, empty: number, argv: number, envp: number, token: unknown): number {
    this.execs.set(task.hostTid, { task, image, token });
    const r = this.native.ptraceExec(task.hostTid, empty, argv, envp);
    if (r < 0) {
      this.execs.delete(task.hostTid);
      releaseImage(image);
    }
    return 0;
  }

  private execed(leader: Task): void {
    // After execve the caller has the thread group leader's id; all other threads are gone.
    const former = this.native.ptraceEventMessage(leader.hostTid);
    const exec = this.execs.get(former);
    this.execs.delete(former);
    if (exec === undefined) {
      // A program that the sentry knows nothing of must not run.
      this.kernel.log.error({ pid: leader.pid }, 'exec event without an execve');
      this.kernel.native.sendSignal(leader.group.hostPid, 0, SIGKILL, 0, 0, 0, 0);
      this.native.ptraceCont(leader.hostTid, 0);
      return;
    }
    const { task, image } = exec;
    if (task !== leader) this.becomeLeader(task, leader);
    commitExec(task, image);
    this.loading.set(task, image);
    const calls = loaderCalls(image);
    this.natives?.loads(task, calls.length);
    task.loaderTraps = calls.filter((nr) => stops(task.hostFilter, nr)).length;
    this.observer?.exit(exec.token, 0);
    this.native.ptraceCont(task.hostTid, 0);
  }

  /** A thread that was not the leader has executed a program: it takes the leader's identity (fs/exec.c, de_thread). */
  private becomeLeader(task: Task, leader: Task): void {
    const { kernel } = this;
    this.natives?.gone(leader);
    taskExited(kernel, leader, 0);
    kernel.tasks.delete(task.hostTid);
    task.pids.tasksByTid.delete(task.tid);
    task.hostTid = leader.hostTid;
    task.tid = leader.tid;
    kernel.tasks.set(task.hostTid, task);
    task.pids.tasksByTid.set(task.tid, task);
  }

  /** The program whose loader of `task` asks for its plan, once. */
  takeLoading(task: Task): ExecImage | undefined {
    return this.loading.get(task);
  }

  /** The loader has its descriptors, or the task is gone. */
  loaded(task: Task): void {
    const image = this.loading.get(task);
    task.loadingMaps = 0;
    if (image === undefined) return;
    this.loading.delete(task);
    releaseImage(image);
  }

  private clone(task: Task, nr: number, token: unknown): number {
    const args = cloneArgs(task, nr, this.regs);
    if (typeof args === 'number') return args;
    const r = prepareClone(task, args);
    if (r < 0) return r;
    let flags = args.flags & HOST_CLONE_FLAGS;
    // Every guest process is the reaper's host child, whoever its guest parent is.
    if ((flags & CLONE_THREAD) === 0) flags |= CLONE_PARENT;
    const stack = args.stack === 0 ? 0 : args.stack + args.stackSize;
    this.clones.set(task.hostTid, { task, args, token });
    if (this.native.ptraceClone(task.hostTid, flags, stack, args.parentTid, args.childTid, args.tls) < 0) {
      this.clones.delete(task.hostTid);
      abortClone(task, args);
    }
    return 0;
  }

  private cloned(task: Task): void {
    const clone = this.clones.get(task.hostTid);
    this.clones.delete(task.hostTid);
    const childHostTid = this.native.ptraceEventMessage(task.hostTid);
    const childTid = this.native.guestTid(childHostTid);
    if (clone === undefined || childHostTid <= 0) {
      this.native.ptraceCont(task.hostTid, 0);
      return;
    }
    this.native.ptraceAdopt(task.hostTid, childHostTid);
    this.native.ptraceRestore(task.hostTid);
    if (childTid > 0) {
      const child = finishClone(task, clone.args, childHostTid, childTid);
      if ((clone.args.flags & CLONE_VFORK) !== 0) task.vforkChild = child;
      this.observer?.exit(clone.token, child.tid);
      if (this.early.delete(childHostTid)) this.begin(child);
    } else {
      abortClone(task, clone.args);
    }
    this.native.ptraceCont(task.hostTid, 0);
  }

  /** Lets a new task run its first instruction. */
  private begin(child: Task): void {
    this.native.ptraceRestore(child.hostTid);
    this.native.ptraceCont(child.hostTid, 0);
    child.begun = true;
  }

  /** Enters a zygote in place of a first program: the room's first process becomes it. */
  openZygote(hostTid: number): Zygote {
    this.zygote = new Zygote(this.native, hostTid, (tid) => this.early.delete(tid));
    return this.zygote;
  }

  /** A process that the sentry has made itself has become a task: it stands at its execve, or before it. */
  adopted(task: Task): void {
    task.begun = true;
  }

  /** The next execve of an adopted task is to load `image`. */
  setFirstProgram(task: Task, image: ExecImage): void {
    this.firstPrograms.set(task, image);
  }

  /** End of a traced call, or of a watched native one. One that was rewritten has made nothing: the caller gets its registers and the error. */
  private callFailed(task: Task): void {
    const known = this.native.getRegs(task.hostTid, this.regs) >= 0;
    const result = this.regs[Reg.rax] as number;
    if (known && this.natives?.exit(task, result) === true) {
      this.native.ptraceCont(task.hostTid, 0);
      return;
    }
    if (task.signalRead?.stage === 'taking') {
      this.signalReads.ended(task, task.signalRead, result);
      return;
    }
    const sigwait = this.sigwaits.get(task.hostTid);
    if (sigwait !== undefined) {
      this.sigwaits.delete(task.hostTid);
      task.sigwaitBlocked = undefined;
      if (result > 0 && sigwait.info !== 0) waitedSiginfo(task, sigwait.info);
      this.observer?.exit(sigwait.token, result);
      this.native.ptraceCont(task.hostTid, 0);
      return;
    }
    const mapping = this.mapped.ended(task, result) ?? this.filters.ended(task, result);
    if (mapping !== undefined) {
      this.observer?.exit(mapping.token, mapping.result);
      this.native.ptraceCont(task.hostTid, 0);
      return;
    }
    const clone = this.clones.get(task.hostTid);
    const exec = this.execs.get(task.hostTid);
    this.clones.delete(task.hostTid);
    this.execs.delete(task.hostTid);
    if (clone !== undefined) abortClone(task, clone.args);
    if (exec !== undefined) releaseImage(exec.image);
    this.observer?.exit(clone?.token ?? exec?.token, result);
    this.native.ptraceRestore(task.hostTid);
    this.native.ptraceCont(task.hostTid, 0);
  }

  // --- signals and stops --------------------------------------------------------------------------------------------

  private signal(task: Task, sig: number): void {
    if ((sig === SIGSEGV || sig === SIGBUS || sig === SIGTRAP) && this.laneFault(task, sig)) return;
    if (this.masks.entered(task, sig)) return;
    if (task.signalRead !== undefined) this.signalReads.interrupted(task, task.signalRead);
    if (sig === SIGSYS) this.filters.delivers(task);
    const inject = onSignalStop(task, sig);
    if (!task.restartAnswered) this.repeatUntaken(task);
    task.restartAnswered = false;
    if (inject !== 0) maybeDumpCore(task, inject);
    this.masks.deliver(task, inject);
  }

  /** A fault of the fast lane's own doing is none of the program's. */
  private laneFault(task: Task, sig: number): boolean {
    const { lanes } = this.kernel;
    if (lanes === undefined || this.native.getRegs(task.hostTid, this.regs) < 0) return false;
    const to = lanes.fixup(task, this.regs[Reg.rip] as number, sig === SIGTRAP);
    // Nor is one that somebody has sent just then the lane's.
    if (to === undefined || (stopInfo(task)?.code ?? 0) <= 0) return false;
    this.native.ptraceJump(task.hostTid, to);
    this.native.ptraceCont(task.hostTid, 0);
    return true;
  }

  /**
   * A signal also ends a call that the sentry has not received yet, and to the host that looks like an interrupted wait: EINTR
   * for a handler without SA_RESTART, even from a call that never waits. Nothing of it has happened, so it is made again.
   */
  private repeatUntaken(task: Task): void {
    const { regs } = this;
    if (this.native.getRegs(task.hostTid, regs) < 0 || regs[Reg.rax] !== -ERESTARTSYS) return;
    const nr = regs[Reg.orig_rax] as number;
    // The host's own mmap never says so: that is one of a file.
    if (nr === SYS.mmap || (nr >= 0 && !this.isNative(nr)))
      this.native.ptraceResult(task.hostTid, -ERESTARTNOINTR);
  }

  private trap(task: Task, sig: number): void {
    if (sig === SIGSTOP || sig === SIGTSTP || sig === SIGTTIN || sig === SIGTTOU) {
      onGroupStop(task, sig);
      this.native.ptraceListen(task.hostTid);
      return;
    }
    if (!task.begun) {
      this.begin(task);
      return;
    }
    if (task.stopped) onContinued(task);
    if (task.fate !== 0) {
      this.filters.exitNext(task);
      return;
    }
    if (task.signalRead?.stage === 'asked') {
      this.signalReads.begin(task, task.signalRead);
      return;
    }
    this.masks.apply(task);
    this.native.ptraceCont(task.hostTid, 0);
  }

  private sigmask(task: Task): bigint {
    if (this.native.ptraceGetSigmask(task.hostTid) < 0) return 0n;
    return new DataView(this.native.scratch).getBigUint64(0, true);
  }
}
