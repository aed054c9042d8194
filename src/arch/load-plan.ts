/** What the loader is told after an execve: encoder of struct tv_plan (addon/guest/plan.h). */

export const NR_LOAD = 1000;
const MAX_OPS = 64;
const MAX_AUX = 16;
const MAX_WORDS = 12;
const STRINGS = 16384;
/** Bytes of the loader's memory for a filter. */
export const SCRATCH_SIZE = 4096;

const OFF_OPS = 40;
const OFF_AUX = OFF_OPS + MAX_OPS * 56;
const OFF_WORDS = OFF_AUX + MAX_AUX * 16;
const OFF_STRINGS = OFF_WORDS + MAX_WORDS * 8;
export const LOAD_PLAN_SIZE = OFF_STRINGS + STRINGS;

export type LoadOp =
  | { kind: 'mmap'; addr: number; len: number; prot: number; flags: number; fd: number; off: number }
  | { kind: 'zero'; addr: number; len: number }
  | { kind: 'mprotect'; addr: number; len: number; prot: number }
  /** seccomp(2) with the struct sock_fprog at `addr`. */
  | { kind: 'filter'; addr: number };

const OP_KINDS = { mmap: 1, zero: 2, mprotect: 3, filter: 4 } as const;

export interface LoadPlan {
  ops: LoadOp[];
  /** Entries of the auxiliary vector to change: AT_* and value. */
  aux: [number, number][];
  /** Words that replace argv[0]: interpreter, its argument, script. Empty for a binary. */
  words: string[];
  entry: number;
  /** AT_EXECFN. */
  execfn: string;
}

/** Where AT_EXECFN points when the loader has its plan at `plan`: the first of the strings. */
export function execfnAddress(plan: number): number {
  return plan + OFF_STRINGS;
}

/** @returns the plan as bytes, or undefined if it does not fit (a program with absurdly many segments) */
export function encodeLoadPlan(plan: LoadPlan): Uint8Array | undefined {
  if (plan.ops.length > MAX_OPS || plan.aux.length > MAX_AUX || plan.words.length > MAX_WORDS)
    return undefined;
  const bytes = new Uint8Array(LOAD_PLAN_SIZE);
  const dv = new DataView(bytes.buffer);
  const word = (off: number, v: number): void => dv.setBigInt64(off, BigInt(v), true);
  let used = 0;
  const string = (s: string): number => {
    const at = used;
    for (let i = 0; i < s.length && used < STRINGS - 1; i++) bytes[OFF_STRINGS + used++] = s.charCodeAt(i);
    used++;
    return at;
  };
  word(0, plan.ops.length);
  word(8, plan.aux.length);
  word(16, plan.words.length);
  word(24, plan.entry);
  word(32, string(plan.execfn));
  plan.ops.forEach((op, i) => {
    const at = OFF_OPS + i * 56;
    word(at, OP_KINDS[op.kind]);
    word(at + 8, op.addr);
    if (op.kind !== 'filter') word(at + 16, op.len);
    if (op.kind === 'mmap' || op.kind === 'mprotect') word(at + 24, op.prot);
    if (op.kind === 'mmap') {
      word(at + 32, op.flags);
      word(at + 40, op.fd);
      word(at + 48, op.off);
    }
  });
  plan.aux.forEach(([key, value], i) => {
    word(OFF_AUX + i * 16, key);
    word(OFF_AUX + i * 16 + 8, value);
  });
  plan.words.forEach((w, i) => {
    word(OFF_WORDS + i * 8, string(w));
  });
  return used <= STRINGS ? bytes : undefined;
}
