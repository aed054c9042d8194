/** Who watches calls: --strace. Nobody watching costs nothing. */

import type { SyscallArgs } from '../../syscalls/family.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import { Reg } from '../platform/native.js';
import type { TraceObserver } from '../platform/tracer.js';
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

export class Observers {
  readonly forCalls: CallObserver | undefined;
  readonly forTracer: TraceObserver | undefined;

  constructor(kernel: Kernel, spec: SandboxSpec) {
    if (!spec.strace) return;
    const strace = new Strace((line) => kernel.log.info(line));
    this.forCalls = {
      enter: (task: Task, nr: number, args: SyscallArgs) => strace.enter(task, nr, args),
      exit: (token, result) => strace.exit(token as Pending, result),
    };
    this.forTracer = {
      enter: (task, nr, regs) => strace.enter(task, nr, new RegisterArgs(regs)),
      exit: (token, result) => {
        if (token !== undefined) strace.exit(token as Pending, result);
      },
    };
  }
}
