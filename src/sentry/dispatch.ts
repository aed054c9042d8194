/** From a trapped call to its handler and back: the sentry's loop. */

import type { Handler, SyscallArgs } from '../../syscalls/family.js';
import { handlers, syscallEntry, syscallName } from '../../syscalls/table.js';
import { AT_EXECFN } from '../abi/elf.js';
import { EFAULT, ENOMEM, ENOSYS, ERESTARTNOHAND, ERESTARTSYS } from '../abi/errno.js';
import { DATA_ARCH, DATA_ARGS, DATA_IP, DATA_NR } from '../abi/seccomp.js';
import { decodeLanePlaces, LANE_PLACES_SIZE, NR_LANE_KICK, NR_LANE_MEMORY } from '../arch/lane-layout.js';
import { encodeLoadPlan, execfnAddress, LOAD_PLAN_SIZE, NR_LOAD } from '../arch/load-plan.js';
import { AUDIT_ARCH_X86_64 } from '../arch/x86-64.js';
import { SYS } from '../arch/x86-64-syscalls.js';
import { onHostFd } from '../fs/hostfile.js';
import { startBlock } from '../kernel/blocking.js';
import type { Kernel } from '../kernel/kernel.js';
import { DOOMED, judge, KILLED, PASSES } from '../kernel/seccomp/enforce.js';
import type { Task } from '../kernel/task.js';
import { type Block, CONTINUE } from '../kernel/wait.js';
import { hostSocketsChanged } from '../net/host/network.js';
import {
  CTL_ARGS,
  CTL_ARGS_F64,
  CTL_IP_F64,
  CTL_NR,
  CTL_REPLY_KIND,
  CTL_REPLY_VALUE,
  CTL_STATUS,
  CTL_TID,
  EVENT_CHILD,
  EVENT_HOST_FD,
  EVENT_HOST_SIGNAL,
  EVENT_HOST_SOCKETS,
  EVENT_NO_GUEST,
  EVENT_SYSCALL,
  EVENT_TIMEOUT,
  type Native,
  REPLY_CONTINUE,
  REPLY_VALUE,
} from '../platform/native.js';
import type { Tracer } from '../platform/tracer.js';
import { turn } from '../vfs/turn.js';

/** The arguments in the control block. */
export class CtlArgs implements SyscallArgs {
  private readonly i32: Int32Array;
  private readonly u64: BigUint64Array;
  private readonly f64: Float64Array;
  constructor(ctl: ArrayBuffer) {
    this.i32 = new Int32Array(ctl);
    this.u64 = new BigUint64Array(ctl);
    this.f64 = new Float64Array(ctl);
  }
  int(i: number): number {
    return this.i32[CTL_ARGS + 2 * i] as number;
  }
  uint(i: number): number {
    return (this.i32[CTL_ARGS + 2 * i] as number) >>> 0;
  }
  long(i: number): number {
    return this.f64[CTL_ARGS_F64 + i] as number;
  }
  ptr(i: number): number {
    return this.f64[CTL_ARGS_F64 + i] as number;
  }
  big(i: number): bigint {
    return this.u64[CTL_ARGS / 2 + i] as bigint;
  }
}

function isLaneCall(nr: number): boolean {
  return nr === NR_LANE_KICK || nr === NR_LANE_MEMORY;
}

function isRestart(result: number): boolean {
  return result <= -ERESTARTSYS && result >= -ERESTARTNOHAND;
}

/** Sees every answered call; undefined when nobody looks. */
export interface CallObserver {
  enter(task: Task, nr: number, args: SyscallArgs): unknown;
  /** `result` undefined: nobody here knows it, for the host ran the call, or its caller died. */
  exit(token: unknown, result: number | undefined): void;
  /** The call waits from now on. */
  waits?(token: unknown): void;
  /** Something has happened that it waits for; must return what `block.retry()` does. */
  retry?(token: unknown, block: Block): ReturnType<Block['retry']>;
}

export interface LoopHooks {
  /** A signal for the sentry itself. */
  hostSignal(sig: number): void;
  /** A child that is not a guest has ended or changed state: the reaper. */
  otherChild(pid: number, status: number): boolean;
  /** Asked after each, and when time has passed: is the sandbox over? What is left of it goes with the reaper. */
  ended(): boolean;
}

export class Dispatcher {
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  readonly args: CtlArgs;
  private readonly table: (Handler | undefined)[] = [];
  private readonly reported = new Set<number>();
  private readonly data = new Int32Array(16);

  constructor(
    private readonly kernel: Kernel,
    private readonly native: Native,
    private readonly tracer: Tracer,
    private readonly observer: CallObserver | undefined,
  ) {
    this.i32 = new Int32Array(native.ctl);
    this.f64 = new Float64Array(native.ctl);
    this.args = new CtlArgs(native.ctl);
    for (const [nr, handler] of handlers) this.table[nr] = handler;
  }

  /** Serves guests until the hooks say so or none is left. */
  run(hooks: LoopHooks): void {
    const { native, kernel, i32 } = this;
    for (;;) {
      kernel.timers.run();
      const event = native.next(kernel.timers.timeout());
      turn.number++;
      if (event === EVENT_SYSCALL) {
        this.syscall();
      } else if (event === EVENT_CHILD) {
        const pid = i32[CTL_TID] as number;
        const status = i32[CTL_STATUS] as number;
        if (!hooks.otherChild(pid, status)) this.tracer.event(pid, status);
        if (hooks.ended()) return;
      } else if (event === EVENT_HOST_FD) {
        onHostFd(i32[CTL_TID] as number, i32[CTL_STATUS] as number);
      } else if (event === EVENT_HOST_SOCKETS) {
        hostSocketsChanged(kernel, i32[CTL_STATUS] as number);
      } else if (event === EVENT_HOST_SIGNAL) {
        hooks.hostSignal(i32[CTL_TID] as number);
        if (hooks.ended()) return;
      } else if (event === EVENT_TIMEOUT) {
        if (hooks.ended()) return;
      } else if (event === EVENT_NO_GUEST) {
        return;
      }
    }
  }

  private syscall(): void {
    const { i32 } = this;
    const nr = i32[CTL_NR] as number;
    const task = this.kernel.tasks.get(i32[CTL_TID] as number);
    if (task === undefined) {
      this.stranger(nr);
      return;
    }
    if (task.vm.drain !== undefined) task.vm.drain();
    task.currentNr = nr;
    task.restartAnswered = false;
    const { observer } = this;
    if (observer !== undefined) this.observed(task, nr, observer);
    else this.call(task, nr);
  }

  /** A call of somebody who is no task: the zygote, a copy of it that is not yet one, or what is left of a dead one. */
  private stranger(nr: number): void {
    const answer = this.tracer.zygote?.call(this.i32[CTL_TID] as number, nr, this.args.ptr(0));
    if (answer !== 'later') this.answer(answer ?? -ENOSYS);
  }

  private observed(task: Task, nr: number, observer: CallObserver): void {
    // What the loader asks is none of the guest's calls.
    if (
      nr === NR_LOAD ||
      task.loadingMaps > 0 ||
      task.attaching !== undefined ||
      task.mapsZeroAs !== undefined
    ) {
      this.call(task, nr);
      return;
    }
    const token = observer.enter(task, nr, this.args);
    const ended = (result: number | undefined): void => {
      task.callEnded = undefined;
      task.callRetry = undefined;
      observer.exit(token, result);
    };
    task.callEnded = ended;
    const result = this.call(task, nr);
    if (result !== undefined) {
      ended(result === CONTINUE ? undefined : result);
    } else if (task.callEnded === ended) {
      observer.waits?.(token);
      if (observer.retry !== undefined) task.callRetry = observer.retry.bind(observer, token);
    }
  }

  /** @returns the result, or undefined if the call waits */
  private call(task: Task, nr: number): number | undefined {
    if (task.loadingMaps > 0) return this.answer(this.loaderMap(task, nr));
    if (task.attaching !== undefined) return this.answer(this.attachMap(task, nr, task.attaching));
    if (
      task.laneMap !== undefined &&
      this.kernel.lanes?.maps(task, nr, this.args.int(2), this.args.int(4)) === true
    )
      return this.answer(CONTINUE);
    if (task.seccomp !== undefined && (task.fate !== 0 || !task.seccomp.allows(nr))) {
      const denied = this.filtered(task, nr);
      if (denied !== PASSES) return denied;
    }
    const handler = this.table[nr];
    if (handler === undefined) return this.answer(this.unknown(task, nr));
    let result: ReturnType<Handler>;
    try {
      result = handler(task, this.args);
    } catch (error) {
      // A bug of ours must cost the guest one call, not the sandbox.
      this.kernel.log.error({ err: error, syscall: syscallName(nr), pid: task.pid }, 'handler threw');
      result = -EFAULT;
    }
    if (typeof result === 'number')
      return this.answer(isRestart(result) ? this.restart(task, result) : result);
    startBlock(task, result);
    return undefined;
  }

  /**
   * A call that the filters of its caller do not allow by its number alone.
   * @returns PASSES, the answer, or undefined if nobody will get one
   */
  private filtered(task: Task, nr: number): typeof PASSES | number | undefined {
    // What the loader, the fast lane and the tracer make a task ask for is none of the program's calls.
    const own = (nr === NR_LOAD && this.tracer.takeLoading(task) !== undefined) || isLaneCall(nr);
    if (own || task.mapsZeroAs !== undefined) return PASSES;
    const verdict = task.fate !== 0 ? DOOMED : judge(task, this.seccompData());
    if (verdict === PASSES) return PASSES;
    if (verdict === KILLED) return undefined;
    if (verdict !== DOOMED) return this.answer(verdict);
    // It stops before it could run on, and there it is made to exit.
    this.native.ptraceInterrupt(task.hostTid);
    return this.answer(-ENOSYS);
  }

  /** struct seccomp_data of the call in the control block. */
  private seccompData(): Int32Array {
    const { data, i32 } = this;
    const ip = this.f64[CTL_IP_F64] as number;
    data[DATA_NR] = i32[CTL_NR] as number;
    data[DATA_ARCH] = AUDIT_ARCH_X86_64 | 0;
    data[DATA_IP] = ip | 0;
    data[DATA_IP + 1] = Math.floor(ip / 2 ** 32) | 0;
    data.set(i32.subarray(CTL_ARGS, CTL_ARGS + 12), DATA_ARGS);
    return data;
  }

  /** Only a thread that the host has marked as having a signal may get a restart code; of several threads it may be another. */
  private restart(task: Task, result: number): number {
    task.restartAnswered = true;
    if (task.group.tasks.size > 1) this.native.ptraceInterrupt(task.hostTid);
    return result;
  }

  private answer(result: number): number {
    if (result === CONTINUE) {
      this.i32[CTL_REPLY_KIND] = REPLY_CONTINUE;
    } else {
      this.i32[CTL_REPLY_KIND] = REPLY_VALUE;
      this.f64[CTL_REPLY_VALUE] = result;
    }
    return result;
  }

  private unknown(task: Task, nr: number): number {
    if (nr === NR_LOAD) return this.load(task);
    if (nr === NR_LANE_KICK) return this.kernel.lanes?.kick(task, this.args.int(0)) ?? -ENOSYS;
    if (nr === NR_LANE_MEMORY) return this.kernel.lanes?.memory(task, this.args.int(0)) ?? -ENOSYS;
    // A number that no Linux has is a guest's probing, and no gap of ours.
    if (syscallEntry(nr) !== undefined && !this.reported.has(nr) && this.reported.size < 1024) {
      this.reported.add(nr);
      this.kernel.log.warn(
        { syscall: syscallName(nr), nr, pid: task.pid, comm: task.comm },
        'system call not implemented',
      );
    }
    return -ENOSYS;
  }

  /**
   * While a program is loaded its only calls are the loader's mappings of the descriptors that `load` put there. Their number is
   * known, so the program's own first mmap cannot be taken for one of them.
   */
  private loaderMap(task: Task, nr: number): number {
    if (nr !== SYS.mmap) return -ENOSYS;
    if (--task.loadingMaps === 0) this.tracer.loaded(task);
    return CONTINUE;
  }

  /** The mmap that a shmat(2) has become (platform/mapped-calls.ts). */
  private attachMap(task: Task, nr: number, how: NonNullable<Task['attaching']>): number {
    if (nr !== SYS.mmap || this.args.int(4) !== how.fd) return -ENOSYS;
    const put = this.native.addFd(task.hostTid, how.hostFd, how.fd);
    return put < 0 ? -ENOMEM : CONTINUE;
  }

  /** The loader's question (addon/guest/loader.c). */
  private load(task: Task): number {
    const image = this.tracer.takeLoading(task);
    if (image === undefined) return -ENOSYS;
    for (const f of image.files) {
      const r = this.native.addFd(task.hostTid, f.hostFd, f.fd);
      if (r < 0) return r;
    }
    const places = task.mem.view(this.args.ptr(2), LANE_PLACES_SIZE);
    if (typeof places !== 'number') {
      const decoded = decodeLanePlaces(places);
      task.vm.scratch = decoded.scratch;
      this.kernel.lanes?.loaded(task, { ...decoded, nearSites: image.laneSites });
    }
    const filter = this.tracer.filters.forLoader(task);
    if (filter < 0) return filter;
    const ops =
      filter === 0 ? image.plan.ops : [...image.plan.ops, { kind: 'filter', addr: filter } as const];
    const plan = encodeLoadPlan({ ...image.plan, ops });
    if (plan === undefined) return -EFAULT;
    if (task.mem.write(this.args.ptr(0), plan, 0, LOAD_PLAN_SIZE) !== LOAD_PLAN_SIZE) return -EFAULT;
    task.loadingMaps = image.plan.ops.filter((op) => op.kind === 'mmap' && op.fd >= 0).length;
    task.group.auxv = [...image.plan.aux, [AT_EXECFN, execfnAddress(this.args.ptr(0))]];
    return 0;
  }
}
