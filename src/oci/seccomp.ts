/**
 * `linux.seccomp` of config.json as a program of classic BPF: what libseccomp makes of it for other runtimes (config-linux.md,
 * seccomp_rule_add(3)), for the one architecture that guests have.
 */
import { ENOSYS, EPERM } from '../abi/errno.js';
import {
  BPF_ABS,
  BPF_ALU,
  BPF_AND,
  BPF_JA,
  BPF_JEQ,
  BPF_JGE,
  BPF_JGT,
  BPF_JMP,
  BPF_LD,
  BPF_MAXINSNS,
  BPF_RET,
  DATA_ARCH,
  DATA_ARGS,
  DATA_NR,
  SECCOMP_RET_ALLOW,
  SECCOMP_RET_ERRNO,
  SECCOMP_RET_KILL_PROCESS,
  SECCOMP_RET_KILL_THREAD,
  SECCOMP_RET_LOG,
  SECCOMP_RET_TRACE,
  SECCOMP_RET_TRAP,
  SOCK_FILTER_SIZE,
} from '../abi/seccomp.js';
import { AUDIT_ARCH_X86_64 } from '../arch/x86-64.js';
import { SYS } from '../arch/x86-64-syscalls.js';
import type { OciSeccomp } from './types.js';

type OciRule = NonNullable<OciSeccomp['syscalls']>[number];
type OciTest = NonNullable<OciRule['args']>[number];

/** What a profile comes to. */
export interface SeccompProgram {
  /** struct sock_filter[]. */
  readonly program: Uint8Array;
  /** SECCOMP_FILTER_FLAG_LOG is among its flags; the others mean nothing here. */
  readonly log: boolean;
}

const ACTIONS: ReadonlyMap<string, number> = new Map([
  ['SCMP_ACT_KILL', SECCOMP_RET_KILL_THREAD],
  ['SCMP_ACT_KILL_THREAD', SECCOMP_RET_KILL_THREAD],
  ['SCMP_ACT_KILL_PROCESS', SECCOMP_RET_KILL_PROCESS],
  ['SCMP_ACT_TRAP', SECCOMP_RET_TRAP],
  ['SCMP_ACT_ERRNO', SECCOMP_RET_ERRNO],
  ['SCMP_ACT_TRACE', SECCOMP_RET_TRACE],
  ['SCMP_ACT_LOG', SECCOMP_RET_LOG],
  ['SCMP_ACT_ALLOW', SECCOMP_RET_ALLOW],
]);

/** A profile that cannot be: names the field. */
class Mistake extends Error {}

function action(name: string, errno: number | undefined, field: string): number {
  const value = ACTIONS.get(name);
  if (name === 'SCMP_ACT_NOTIFY')
    throw new Mistake(`${field}: ${name} is not supported: there are no listeners`);
  if (value === undefined) throw new Mistake(`${field}: unknown action ${name}`);
  const withData = value === SECCOMP_RET_ERRNO || value === SECCOMP_RET_TRACE;
  return withData ? value | (errno ?? EPERM) : value;
}

// --- one program, with jumps by name until it is whole ------------------------------------------------------------------

const NEXT = 'next';
const PASS = 'pass';
const FAIL = 'fail';
type Target = typeof NEXT | typeof PASS | typeof FAIL;

interface Insn {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}
interface Step {
  readonly code: number;
  readonly k: number;
  readonly yes?: Target;
  readonly no?: Target;
}

const load = (word: number): Insn & Step => ({ code: BPF_LD | BPF_ABS, jt: 0, jf: 0, k: 4 * word });
const ret = (k: number): Insn => ({ code: BPF_RET, jt: 0, jf: 0, k });
const jump = (op: number, k: number, yes: Target, no: Target): Step => ({ code: BPF_JMP | op, k, yes, no });

/** The test of one argument, of 64 bits without a sign. */
function steps(test: OciTest, field: string): Step[] {
  const { index, op } = test;
  const [value, second] = [BigInt(test.value), BigInt(test.valueTwo ?? 0)];
  const half = (n: bigint): [number, number] => [Number((n >> 32n) & 0xffffffffn), Number(n & 0xffffffffn)];
  const [high, low] = half(value);
  const [loadLow, loadHigh] = [load(DATA_ARGS + 2 * index), load(DATA_ARGS + 2 * index + 1)];
  switch (op) {
    case 'SCMP_CMP_EQ':
      return [loadHigh, jump(BPF_JEQ, high, NEXT, FAIL), loadLow, jump(BPF_JEQ, low, PASS, FAIL)];
    case 'SCMP_CMP_NE':
      return [loadHigh, jump(BPF_JEQ, high, NEXT, PASS), loadLow, jump(BPF_JEQ, low, FAIL, PASS)];
    case 'SCMP_CMP_GT':
    case 'SCMP_CMP_GE': {
      const last = op === 'SCMP_CMP_GT' ? BPF_JGT : BPF_JGE;
      const decided = jump(BPF_JGT, high, PASS, NEXT);
      return [loadHigh, decided, jump(BPF_JEQ, high, NEXT, FAIL), loadLow, jump(last, low, PASS, FAIL)];
    }
    case 'SCMP_CMP_LT':
    case 'SCMP_CMP_LE': {
      const last = op === 'SCMP_CMP_LT' ? BPF_JGE : BPF_JGT;
      const decided = jump(BPF_JGT, high, FAIL, NEXT);
      return [loadHigh, decided, jump(BPF_JEQ, high, NEXT, PASS), loadLow, jump(last, low, FAIL, PASS)];
    }
    case 'SCMP_CMP_MASKED_EQ': {
      const mask = (k: number): Step => ({ code: BPF_ALU | BPF_AND, k });
      const [wantedHigh, wantedLow] = half(second);
      const upper = [loadHigh, mask(high), jump(BPF_JEQ, wantedHigh, NEXT, FAIL)];
      return [...upper, loadLow, mask(low), jump(BPF_JEQ, wantedLow, PASS, FAIL)];
    }
    default:
      throw new Mistake(`${field}: unknown operator ${op as string}`);
  }
}

/** Returns `result` if all tests hold, else goes on behind it. */
function conditional(tests: readonly (readonly Step[])[], result: number): Insn[] {
  const all = tests.flat();
  const out: Insn[] = [];
  let end = 0;
  for (const test of tests) {
    end += test.length;
    for (const { code, k, yes = NEXT, no = NEXT } of test) {
      const distance = (to: Target): number => {
        if (to === NEXT) return 0;
        return (to === PASS ? end : all.length + 1) - out.length - 1;
      };
      out.push({ code, k, jt: distance(yes), jf: distance(no) });
    }
  }
  return [...out, ret(result)];
}

/** What a number comes to: instructions that always return. */
interface Leaf {
  readonly nr: number;
  readonly body: readonly Insn[];
}

/** Finds the leaf whose number is the largest that is not above the call's. */
function search(leaves: readonly Leaf[]): Insn[] {
  if (leaves.length === 1) return [...(leaves[0] as Leaf).body];
  const middle = leaves.length >> 1;
  const left = search(leaves.slice(0, middle));
  const right = search(leaves.slice(middle));
  const k = (leaves[middle] as Leaf).nr;
  const code = BPF_JMP | BPF_JGE;
  if (left.length <= 255) return [{ code, jt: left.length, jf: 0, k }, ...left, ...right];
  const far = { code: BPF_JMP | BPF_JA, jt: 0, jf: 0, k: left.length };
  return [{ code, jt: 0, jf: 1, k }, far, ...left, ...right];
}

// --- the profile --------------------------------------------------------------------------------------------------------

/** Rules of one number, in the order of the profile. */
interface Rules {
  /** What it comes to whatever its arguments are: such a rule beats those with tests. */
  always?: number;
  readonly tests: { steps: Step[][]; result: number }[];
}

/**
 * Rules that say the same as the default are none. Of tests of one argument with several values each is a rule of its own, as in
 * runc; otherwise all tests of a rule must hold.
 */
function collect(profile: OciSeccomp, fallback: number): Map<number, Rules> {
  const byNumber = new Map<number, Rules>();
  for (const [i, rule] of (profile.syscalls ?? []).entries()) {
    const field = `linux.seccomp.syscalls[${i}]`;
    const result = action(rule.action, rule.errnoRet, `${field}.action`);
    if (result === fallback) continue;
    const tests = (rule.args ?? []).map((test, j) => steps(test, `${field}.args[${j}].op`));
    const indexes = new Set((rule.args ?? []).map(({ index }) => index));
    const groups = indexes.size < tests.length ? tests.map((test) => [test]) : [tests];
    for (const name of rule.names) {
      // A name that this machine does not know is one of another architecture, or of a later kernel.
      const nr = Object.hasOwn(SYS, name) ? SYS[name as keyof typeof SYS] : undefined;
      if (nr === undefined) continue;
      const rules = byNumber.get(nr) ?? { tests: [] };
      byNumber.set(nr, rules);
      if (tests.length === 0) rules.always ??= result;
      else rules.tests.push(...groups.map((group) => ({ steps: group, result })));
    }
  }
  return byNumber;
}

function body(rules: Rules, fallback: number): Insn[] {
  if (rules.always !== undefined) return [ret(rules.always)];
  return [...rules.tests.flatMap((t) => conditional(t.steps, t.result)), ret(fallback)];
}

/** The largest number that the profile has a name for: what is beyond it its author did not know of. */
function lastKnown(profile: OciSeccomp): number {
  const names = (profile.syscalls ?? []).flatMap((rule) => rule.names);
  return Math.max(
    -1,
    ...names.map((name) => (Object.hasOwn(SYS, name) ? SYS[name as keyof typeof SYS] : -1)),
  );
}

/**
 * As in runc, calls that are newer than all that a profile speaks of are ENOSYS where they would be refused: libraries then do
 * without them, and an EPERM would be taken for an answer.
 */
function beyond(profile: OciSeccomp, fallback: number): number {
  const permissive = ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE'].includes(profile.defaultAction);
  return permissive ? fallback : SECCOMP_RET_ERRNO | ENOSYS;
}

/** One leaf for each stretch of numbers that come to the same. */
function leavesOf(profile: OciSeccomp, fallback: number): Leaf[] {
  const rules = collect(profile, fallback);
  const leaves: Leaf[] = [];
  const add = (nr: number, insns: Insn[]): void => {
    const [last] = leaves.at(-1)?.body ?? [];
    const same = insns.length === 1 && leaves.at(-1)?.body.length === 1 && last?.k === insns[0]?.k;
    if (!same) leaves.push({ nr, body: insns });
  };
  const end = lastKnown(profile) + 1;
  for (let nr = 0; nr < end; nr++) {
    const own = rules.get(nr);
    add(nr, own === undefined ? [ret(fallback)] : body(own, fallback));
  }
  add(end, [ret(end === 0 ? fallback : beyond(profile, fallback))]);
  return leaves;
}

function encode(program: readonly Insn[]): Uint8Array {
  const out = new DataView(new ArrayBuffer(program.length * SOCK_FILTER_SIZE));
  program.forEach((insn, i) => {
    out.setUint16(i * SOCK_FILTER_SIZE, insn.code, true);
    out.setUint8(i * SOCK_FILTER_SIZE + 2, insn.jt);
    out.setUint8(i * SOCK_FILTER_SIZE + 3, insn.jf);
    out.setUint32(i * SOCK_FILTER_SIZE + 4, insn.k, true);
  });
  return new Uint8Array(out.buffer);
}

/**
 * Makes a profile a program.
 * @param profile `linux.seccomp` as it is in config.json, checked against its schema; 64-bit values as numbers, bigints or decimal text
 * @returns the program, or one line that names the field for what cannot be: SCMP_ACT_NOTIFY, listenerPath, more than BPF_MAXINSNS
 */
export function seccompProgram(profile: OciSeccomp): SeccompProgram | string {
  try {
    if (profile.listenerPath !== undefined && profile.listenerPath !== '')
      throw new Mistake('linux.seccomp.listenerPath is not supported: there are no listeners');
    const fallback = action(profile.defaultAction, profile.defaultErrnoRet, 'linux.seccomp.defaultAction');
    const program: Insn[] = [
      load(DATA_ARCH),
      // Calls of other architectures do not get this far: the filter of all guests refuses them.
      { code: BPF_JMP | BPF_JEQ, jt: 1, jf: 0, k: AUDIT_ARCH_X86_64 },
      ret(SECCOMP_RET_ERRNO | ENOSYS),
      load(DATA_NR),
      ...search(leavesOf(profile, fallback)),
    ];
    if (program.length > BPF_MAXINSNS)
      throw new Mistake(
        `linux.seccomp.syscalls: the rules need ${program.length} instructions, more than ${BPF_MAXINSNS}`,
      );
    const log = profile.flags?.includes('SECCOMP_FILTER_FLAG_LOG') === true;
    return { program: encode(program), log };
  } catch (error) {
    if (error instanceof Mistake) return error.message;
    throw error;
  }
}
