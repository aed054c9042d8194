/**
 * The filters of a task (seccomp(2)): a chain of programs from the newest to the oldest, each link shared by all who inherited it.
 * What a chain says of a call is mostly known by its number alone; that is kept in a table, as the host kernel does for calls that
 * are always allowed, so that only calls whose arguments matter run programs.
 */

import {
  DATA_ARCH,
  DATA_NR,
  MAX_INSNS_PER_PATH,
  PENALTY_PER_FILTER,
  SECCOMP_MODE_FILTER,
  SECCOMP_MODE_STRICT,
  SECCOMP_RET_ACTION_FULL,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_KILL_THREAD,
} from '../../abi/seccomp.js';
import { AUDIT_ARCH_X86_64 } from '../../arch/x86-64.js';
import { SYS } from '../../arch/x86-64-syscalls.js';
import { type BpfProgram, DEPENDS, run } from './bpf.js';

/** Numbers that tables know: all that x86-64 has. */
const NUMBERS = 512;
/** What a table says of a number. From FIRST_VALUE on: the place of the result among `values`. */
const UNKNOWN = 0;
const ALLOWED = 1;
const VARIES = 2;
const FIRST_VALUE = 3;
/** Different results that a table keeps; numbers with further ones are looked into each time. */
const MAX_VALUES = 250;

const question = new Int32Array(16);
question[DATA_ARCH] = AUDIT_ARCH_X86_64 | 0;

const actionOf = (result: number): number => result & SECCOMP_RET_ACTION_FULL;

/** What all filters of a sandbox take up together: each its instructions and this much for the rest of it. */
const FILTER_COST = 64;
const MAX_COST = 4 << 20;

/** Bounds the filters of a sandbox, and what they write into its log. */
export class FilterBudget {
  private cost = 0;
  private lines = 0;

  /** @returns false if there is no room for a filter of `size` instructions */
  take(size: number): boolean {
    if (this.cost + size + FILTER_COST > MAX_COST) return false;
    this.cost += size + FILTER_COST;
    return true;
  }
  give(size: number): void {
    this.cost -= size + FILTER_COST;
  }
  /** Whether one more line may go into the log. */
  line(): boolean {
    return ++this.lines <= 1000;
  }
  get used(): number {
    return this.cost;
  }
}

/** What decides over the calls of a task. */
export interface CallPolicy {
  /** SECCOMP_MODE_*, as /proc/pid/status has it, and how many filters there are. */
  readonly mode: number;
  readonly depth: number;
  /** True if the call `nr` is allowed whatever its arguments are. Fast. */
  allows(nr: number): boolean;
  /** SECCOMP_RET_* that all calls `nr` get, or DEPENDS. */
  always(nr: number): number;
  /** SECCOMP_RET_* and data for one call. @param data struct seccomp_data as words */
  decide(data: Int32Array): number;
  /** Whether what it says of that call is to be logged. */
  logs(data: Int32Array, result: number): boolean;
  /** Counts who has it: tasks, and filters that were added to it. */
  hold(): void;
  drop(): void;
}

/** One link of a chain. */
export class SeccompFilter implements CallPolicy {
  readonly mode = SECCOMP_MODE_FILTER;
  readonly depth: number;
  /** What MAX_INSNS_PER_PATH is compared with. */
  readonly pathSize: number;
  private readonly table = new Uint8Array(NUMBERS);
  private readonly values: number[] = [];
  private readonly someLog: boolean;
  private users = 0;

  /** @param log SECCOMP_FILTER_FLAG_LOG: what it does not allow is logged */
  private constructor(
    readonly program: BpfProgram,
    readonly previous: SeccompFilter | undefined,
    readonly log: boolean,
    private readonly budget: FilterBudget,
  ) {
    this.someLog = log || previous?.someLog === true;
    this.depth = (previous?.depth ?? 0) + 1;
    this.pathSize = program.size + (previous === undefined ? 0 : previous.pathSize + PENALTY_PER_FILTER);
  }

  /** @returns the longer chain, or undefined if that is too much for the task (MAX_INSNS_PER_PATH) or the sandbox */
  static add(
    program: BpfProgram,
    previous: SeccompFilter | undefined,
    log: boolean,
    budget: FilterBudget,
  ): SeccompFilter | undefined {
    const path = program.size + (previous === undefined ? 0 : previous.pathSize + PENALTY_PER_FILTER);
    if (path > MAX_INSNS_PER_PATH || !budget.take(program.size)) return undefined;
    previous?.hold();
    return new SeccompFilter(program, previous, log, budget);
  }

  hold(): void {
    this.users++;
  }

  drop(): void {
    let f: SeccompFilter | undefined = this;
    while (f !== undefined && --f.users <= 0) {
      f.budget.give(f.program.size);
      f = f.previous;
    }
  }

  allows(nr: number): boolean {
    const known = this.table[nr];
    if (known === ALLOWED) return true;
    return known === UNKNOWN && this.always(nr) === SECCOMP_RET_ALLOW;
  }

  always(nr: number): number {
    const known = this.table[nr];
    if (known === undefined) return DEPENDS;
    if (known === UNKNOWN) return this.learn(nr);
    if (known === ALLOWED) return SECCOMP_RET_ALLOW;
    return known === VARIES ? DEPENDS : (this.values[known - FIRST_VALUE] as number);
  }

  decide(data: Int32Array): number {
    if (data[DATA_ARCH] === question[DATA_ARCH]) {
      const known = this.always(data[DATA_NR] as number);
      if (known !== DEPENDS) return known;
    }
    let result: number = SECCOMP_RET_ALLOW;
    for (let f: SeccompFilter | undefined = this; f !== undefined; f = f.previous) {
      const one = run(f.program, data);
      if (actionOf(one) < actionOf(result)) result = one;
    }
    return result;
  }

  /** Whether this filter is `other` or one that was added to it. */
  descendsFrom(other: SeccompFilter): boolean {
    let f: SeccompFilter | undefined = this;
    while (f !== undefined && f.depth > other.depth) f = f.previous;
    return f === other;
  }

  logs(data: Int32Array, result: number): boolean {
    if (!this.someLog) return false;
    for (let f: SeccompFilter | undefined = this; f !== undefined; f = f.previous) {
      if (f.log && actionOf(run(f.program, data)) === actionOf(result)) return true;
    }
    return false;
  }

  private learn(nr: number): number {
    question[DATA_NR] = nr;
    let result: number = SECCOMP_RET_ALLOW;
    for (let f: SeccompFilter | undefined = this; f !== undefined; f = f.previous) {
      const table: Uint8Array = f.table;
      // What an older link knows holds for all that are older still.
      const known = table[nr] !== UNKNOWN && table[nr] !== VARIES ? f.always(nr) : undefined;
      const one: number = known ?? (table[nr] === VARIES ? DEPENDS : run(f.program, question, true));
      if (one === DEPENDS) return this.note(nr, DEPENDS);
      if (actionOf(one) < actionOf(result)) result = one;
      if (known !== undefined) break;
    }
    return this.note(nr, result);
  }

  private note(nr: number, result: number): number {
    if (result === SECCOMP_RET_ALLOW) this.table[nr] = ALLOWED;
    else if (result === DEPENDS) this.table[nr] = VARIES;
    else {
      let at = this.values.indexOf(result);
      if (at < 0 && this.values.length < MAX_VALUES) at = this.values.push(result) - 1;
      if (at >= 0) this.table[nr] = FIRST_VALUE + at;
    }
    return result;
  }
}

const STRICT_CALLS = new Set<number>([SYS.read, SYS.write, SYS.exit, SYS.rt_sigreturn]);

/** SECCOMP_MODE_STRICT: four calls; any other one ends the thread, with SIGKILL and not with SIGSYS. */
export const strictMode: CallPolicy = {
  mode: SECCOMP_MODE_STRICT,
  depth: 0,
  allows: (nr) => STRICT_CALLS.has(nr),
  always: (nr) => (STRICT_CALLS.has(nr) ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_THREAD),
  decide: (data) => strictMode.always(data[DATA_NR] as number),
  logs: () => false,
  hold: () => undefined,
  drop: () => undefined,
};
