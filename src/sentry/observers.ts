/** Who watches calls: --strace and --profile. Nobody watching costs nothing. */

import type { SyscallArgs } from '../../syscalls/family.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import { Reg } from '../platform/native.js';
import type { NativeObserver, TraceObserver } from '../platform/tracer.js';
import type { Profile } from '../profile/profile.js';
import { type Pending, Strace } from '../strace/strace.js';
import type { CallObserver } from './dispatch.js';
import type { SandboxSpec } from './spec.js';

/** Arguments of a call that the tracer stopped: registers of a ptrace stop. */
class RegisterArgs implements SyscallArgs {
  private static readonly ORDER = [Reg.rdi, Reg.rsi, Reg.rdx, Reg.r10, Reg.r8, Reg.r9];
  constructor(private readonly regs: Float64Array) {}
  long(i: number): number {
    return this.regs[RegisterArgs.ORDER[i] as number] as number;
  }
  ptr(i: number): number {
    return this.long(i);
  }
  int(i: number): number {
    return this.long(i) | 0;
  }
  uint(i: number): number {
    return this.long(i) >>> 0;
  }
  big(i: number): bigint {
    return BigInt.asUintN(64, BigInt(this.long(i)));
  }
}

/** Two tokens for one call. */
interface Pair {
  readonly strace: unknown;
  readonly profile: unknown;
}

/** Both: the profile is the inner one, so that the other's work is not in its times. */
function bothCalls(strace: CallObserver, profile: CallObserver): CallObserver {
  return {
    enter: (task, nr, args): Pair => {
      const token = strace.enter(task, nr, args);
      return { strace: token, profile: profile.enter(task, nr, args) };
    },
    exit: (token, result) => {
      profile.exit((token as Pair).profile, result);
      strace.exit((token as Pair).strace, result);
    },
    waits: (token) => profile.waits?.((token as Pair).profile),
    retry: (token, block) => profile.retry?.((token as Pair).profile, block) ?? block.retry(),
  };
}

function bothTraced(strace: TraceObserver, profile: TraceObserver): TraceObserver {
  return {
    enter: (task, nr, regs): Pair => {
      const token = strace.enter(task, nr, regs);
      return { strace: token, profile: profile.enter(task, nr, regs) };
    },
    exit: (token, result) => {
      const pair = token as Pair | undefined;
      profile.exit(pair?.profile, result);
      strace.exit(pair?.strace, result);
    },
    waits: (token) => profile.waits?.((token as Pair).profile),
  };
}

export class Observers {
  readonly forCalls: CallObserver | undefined;
  readonly forTracer: TraceObserver | undefined;
  readonly forNatives: NativeObserver | undefined;
  /** With --strace: whether lines are written now. */
  logging = true;

  constructor(kernel: Kernel, spec: Pick<SandboxSpec, 'strace'>, profile: Profile | undefined) {
    this.forCalls = profile?.forCalls;
    this.forTracer = profile?.forTracer;
    this.forNatives = profile?.natives;
    if (!spec.strace) return;
    const strace = new Strace((line) => {
      if (this.logging) kernel.log.info(line);
    });
    const calls: CallObserver = {
      enter: (task: Task, nr: number, args: SyscallArgs) => strace.enter(task, nr, args),
      exit: (token, result) => strace.exit(token as Pending, result),
    };
    const traced: TraceObserver = {
      enter: (task, nr, regs) => strace.enter(task, nr, new RegisterArgs(regs)),
      exit: (token, result) => {
        if (token !== undefined) strace.exit(token as Pending, result);
      },
    };
    this.forCalls = profile === undefined ? calls : bothCalls(calls, profile.forCalls);
    this.forTracer = profile === undefined ? traced : bothTraced(traced, profile.forTracer);
  }
}
