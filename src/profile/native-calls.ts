/** Times the calls that the host runs by itself, from the tracer's stops before and after them. */

import { EAGAIN } from '../abi/errno.js';
import { FUTEX_CMD_MASK, FUTEX_WAIT, FUTEX_WAIT_BITSET } from '../abi/sched.js';
import { SYS } from '../arch/x86-64-syscalls.js';
import type { Task } from '../kernel/task.js';
import { Reg } from '../platform/native.js';
import type { NativeObserver } from '../platform/tracer.js';
import { type CallProfile, now } from './calls.js';
import type { Row } from './row.js';

/** These sleep, or wait for somebody; so does futex with some of its operations. */
const WAITS: ReadonlySet<number> = new Set([
  SYS.nanosleep,
  SYS.clock_nanosleep,
  SYS.pause,
  SYS.rt_sigsuspend,
  SYS.restart_syscall,
]);
const NEVER_RETURNS: ReadonlySet<number> = new Set([SYS.exit, SYS.exit_group]);

function waits(nr: number, regs: Float64Array): boolean {
  if (nr !== SYS.futex) return WAITS.has(nr);
  const operation = (regs[Reg.rsi] as number) & FUTEX_CMD_MASK;
  return operation === FUTEX_WAIT || operation === FUTEX_WAIT_BITSET;
}

interface Pending {
  readonly row: Row;
  readonly start: number;
  readonly waits: boolean;
  /** What is in the result register afterwards is a result. */
  readonly hasResult: boolean;
}

export class NativeCalls implements NativeObserver {
  private readonly pending = new Map<Task, Pending>();
  /** Calls that the loader has still to make before the program's own begin. */
  private readonly loading = new Map<Task, number>();
  private shortest = Infinity;

  constructor(private readonly profile: CallProfile) {}

  /** The shortest time seen, in nanoseconds, which is nearly all the tracer's; null: none was. */
  get floor(): number | null {
    return this.shortest === Infinity ? null : Math.round(this.shortest);
  }

  loads(task: Task, calls: number): void {
    if (calls > 0) this.loading.set(task, calls);
    else this.loading.delete(task);
  }

  enter(task: Task, nr: number, regs: Float64Array): boolean {
    if (this.isLoaders(task)) return false;
    const row = this.profile.row(nr, 'native');
    row.count++;
    if (NEVER_RETURNS.has(nr)) return false;
    const hasResult = nr !== SYS.rt_sigreturn;
    this.pending.set(task, { row, start: now(), waits: waits(nr, regs), hasResult });
    return true;
  }

  exit(task: Task, result: number): boolean {
    const call = this.pending.get(task);
    if (call === undefined) return false;
    this.pending.delete(task);
    const ns = now() - call.start;
    if (call.waits && result !== -EAGAIN) {
      call.row.wait.record(ns);
    } else {
      call.row.time.record(ns);
      this.shortest = Math.min(this.shortest, ns);
    }
    if (call.hasResult) call.row.ended(result);
    return true;
  }

  gone(task: Task): void {
    this.loading.delete(task);
    const call = this.pending.get(task);
    if (call === undefined) return;
    this.pending.delete(task);
    if (call.waits) call.row.wait.record(now() - call.start);
  }

  /** The sandbox has ended, and what still ran in it. */
  finish(): void {
    for (const task of [...this.pending.keys()]) this.gone(task);
  }

  private isLoaders(task: Task): boolean {
    const left = this.loading.get(task);
    if (left === undefined) return false;
    this.loads(task, left - 1);
    return true;
  }
}
