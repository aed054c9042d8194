/**
 * The seccomp program, compiled from the table of calls (seccomp(2), Documentation/userspace-api/seccomp_filter.rst).
 * It fails closed: whatever is not named is handed to the sentry, other architectures and x32 get ENOSYS.
 */

import { ENOSYS } from '../abi/errno.js';
import { AUDIT_ARCH_X86_64, X32_SYSCALL_BIT } from '../arch/x86-64.js';

const BPF_LD_W_ABS = 0x20;
const BPF_JEQ = 0x15;
const BPF_JGE = 0x35;
const BPF_JSET = 0x45;
const BPF_RET = 0x06;

const SECCOMP_RET_ALLOW = 0x7fff0000;
const SECCOMP_RET_TRACE = 0x7ff00000;
const SECCOMP_RET_USER_NOTIF = 0x7fc00000;
const SECCOMP_RET_ERRNO = 0x00050000;

/** Offsets in struct seccomp_data. */
const OFF_NR = 0;
const OFF_ARCH = 4;
const OFF_ARGS = 16;

export type SyscallClass = 'native' | 'notify' | 'trace' | 'refused';

/**
 * A test of one argument's low 32 bits (high: the upper ones) for a native call. The call is native only if all tests hold;
 * otherwise the sentry gets it.
 */
export interface ArgTest {
  arg: number;
  high?: boolean;
  /** The word must equal this ... */
  eq?: number;
  /** ... or differ from it ... */
  ne?: number;
  /** ... or have all these bits set (one bit only) ... */
  set?: number;
  /** ... or none of these. */
  clear?: number;
}

export interface FilterRule {
  nr: number;
  class: SyscallClass;
  /** Errno of a refused call. */
  errno?: number;
  /** Alternatives; each a list of tests that must all hold. None: always native. */
  when?: readonly (readonly ArgTest[])[];
  /** Alternatives of what stops for the tracer, of a notified call or of what `when` does not let through; the rest is a notification. */
  trace?: readonly (readonly ArgTest[])[];
}

interface Insn {
  code: number;
  jt: number;
  jf: number;
  k: number;
}

const ret = (k: number): Insn => ({ code: BPF_RET, jt: 0, jf: 0, k });
const load = (k: number): Insn => ({ code: BPF_LD_W_ABS, jt: 0, jf: 0, k });

function action(rule: FilterRule, native: number): number {
  if (rule.class === 'native') return native;
  if (rule.class === 'trace') return SECCOMP_RET_TRACE;
  if (rule.class === 'refused') return SECCOMP_RET_ERRNO | (rule.errno ?? ENOSYS);
  return SECCOMP_RET_USER_NOTIF;
}

/** One alternative: falls through to what follows when a test fails. */
function alternative(tests: readonly ArgTest[], native: number): Insn[] {
  const body: Insn[] = [];
  const failing: { at: number; onTrue: boolean }[] = [];
  for (const t of tests) {
    body.push(load(OFF_ARGS + 8 * t.arg + (t.high === true ? 4 : 0)));
    const onTrue = t.ne !== undefined || t.clear !== undefined;
    const code = t.eq !== undefined || t.ne !== undefined ? BPF_JEQ : BPF_JSET;
    failing.push({ at: body.length, onTrue });
    body.push({ code, jt: 0, jf: 0, k: (t.eq ?? t.ne ?? t.set ?? t.clear ?? 0) >>> 0 });
  }
  body.push(ret(native));
  for (const f of failing) {
    const insn = body[f.at] as Insn;
    const distance = body.length - f.at - 1;
    if (f.onTrue) insn.jt = distance;
    else insn.jf = distance;
  }
  return body;
}

/** What is done for one number once it is known. */
function leaf(rule: FilterRule, native: number): Insn[] {
  const some = rule.class === 'notify' && rule.trace !== undefined;
  const tested = rule.class === 'native' ? rule.when : some ? [] : undefined;
  if (tested !== undefined) {
    return [
      ...tested.flatMap((tests) => alternative(tests, native)),
      ...(rule.trace ?? []).flatMap((tests) => alternative(tests, SECCOMP_RET_TRACE)),
      ret(SECCOMP_RET_USER_NOTIF),
    ];
  }
  return [ret(action(rule, native))];
}

/** Binary search over numbers that have a result each; all others have `miss`. */
function results(entries: readonly (readonly [nr: number, result: number])[], miss: number): Insn[] {
  if (entries.length === 0) return [ret(miss)];
  if (entries.length === 1) {
    const [nr, result] = entries[0] as readonly [number, number];
    return [{ code: BPF_JEQ, jt: 0, jf: 1, k: nr }, ret(result), ret(miss)];
  }
  const middle = entries.length >> 1;
  const left = results(entries.slice(0, middle), miss);
  if (left.length > 255) throw new Error('filter: a branch is too long for one jump');
  const [first] = entries[middle] as readonly [number, number];
  return [
    { code: BPF_JGE, jt: left.length, jf: 0, k: first },
    ...left,
    ...results(entries.slice(middle), miss),
  ];
}

/**
 * A filter that is installed beside the one of `compileFilter`: of two results the host takes the stricter one, so that it can take away
 * and never give. Other architectures than x86-64 are refused there already.
 * @param entries SECCOMP_RET_* by number, ascending; all others are allowed
 * @returns the program as struct sock_filter[]
 */
export function compileResults(entries: readonly (readonly [nr: number, result: number])[]): Uint8Array {
  return encode([load(OFF_NR), ...results(entries, SECCOMP_RET_ALLOW)]);
}

/** Binary search over the rules that are not `notify`; every miss is a notification. */
function search(rules: readonly FilterRule[], native: number): Insn[] {
  if (rules.length === 0) return [ret(SECCOMP_RET_USER_NOTIF)];
  if (rules.length === 1) {
    const rule = rules[0] as FilterRule;
    const body = leaf(rule, native);
    return [{ code: BPF_JEQ, jt: 0, jf: body.length, k: rule.nr }, ...body, ret(SECCOMP_RET_USER_NOTIF)];
  }
  const middle = rules.length >> 1;
  const left = search(rules.slice(0, middle), native);
  const right = search(rules.slice(middle), native);
  if (left.length > 255) throw new Error('filter: a branch is too long for one jump');
  return [{ code: BPF_JGE, jt: left.length, jf: 0, k: (rules[middle] as FilterRule).nr }, ...left, ...right];
}

/**
 * @param rules at most one a number
 * @param watched native calls stop for the tracer on their way to the host, which then runs them as ever
 * @returns the program as struct sock_filter[]
 */
export function compileFilter(rules: readonly FilterRule[], watched = false): Uint8Array {
  const native = watched ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW;
  const special = rules
    .filter((r) => r.class !== 'notify' || r.trace !== undefined)
    .sort((a, b) => a.nr - b.nr);
  // Leaves share no code, so the tree stays simple; long trees are split below so that jumps fit in a byte.
  const program: Insn[] = [
    load(OFF_ARCH),
    { code: BPF_JEQ, jt: 1, jf: 0, k: AUDIT_ARCH_X86_64 },
    ret(SECCOMP_RET_ERRNO | ENOSYS),
    load(OFF_NR),
    { code: BPF_JGE, jt: 0, jf: 1, k: X32_SYSCALL_BIT },
    ret(SECCOMP_RET_ERRNO | ENOSYS),
    ...search(special, native),
  ];
  return encode(program);
}

function encode(program: readonly Insn[]): Uint8Array {
  const out = new DataView(new ArrayBuffer(program.length * 8));
  program.forEach((insn, i) => {
    out.setUint16(i * 8, insn.code, true);
    out.setUint8(i * 8 + 2, insn.jt);
    out.setUint8(i * 8 + 3, insn.jf);
    out.setUint32(i * 8 + 4, insn.k, true);
  });
  return new Uint8Array(out.buffer);
}
