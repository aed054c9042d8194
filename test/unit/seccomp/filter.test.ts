/** Chains of filters: precedence, tables by number, inheritance, and what they may take up; and the host's filter beside them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SYS } from '../../../src/arch/x86-64-syscalls.js';
import { checkProgram, DEPENDS } from '../../../src/kernel/seccomp/bpf.js';
import { FilterBudget, SeccompFilter, strictMode } from '../../../src/kernel/seccomp/filter.js';
import { hostFilter, stops } from '../../../src/kernel/seccomp/host-filter.js';
import { laneAllowed } from '../../../src/kernel/seccomp/install.js';
import { compileFilter, compileResults } from '../../../src/platform/filter.js';
import { filterRules, hostCalls } from '../../../syscalls/table.js';
import { decode, encode, type Insn, interpret, numbers, randomProgram } from './machine.js';

const ARCH = 0xc000003e | 0;
const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;
const TRACE = 0x7ff00000;
const LOG = 0x7ffc0000;
const KILL_PROCESS = 0x80000000 | 0;

const ret = (k: number): Insn => ({ code: 0x06, jt: 0, jf: 0, k });
const loadNr: Insn = { code: 0x20, jt: 0, jf: 0, k: 0 };
/** A result for each of some numbers; all others are allowed. */
function table(results: Record<number, number>): Insn[] {
  const rows = Object.entries(results).flatMap(([nr, k]) => [
    { code: 0x15, jt: 0, jf: 1, k: Number(nr) },
    ret(k),
  ]);
  return [loadNr, ...rows, ret(ALLOW)];
}

function add(program: readonly Insn[], previous?: SeccompFilter, budget = new FilterBudget()): SeccompFilter {
  const checked = checkProgram(encode(program));
  assert.ok(typeof checked !== 'number');
  const filter = SeccompFilter.add(checked, previous, false, budget);
  assert.ok(filter !== undefined);
  return filter;
}

const dataOf = (nr: number, first = 0): Int32Array =>
  Int32Array.of(nr, ARCH, 0, 0, first, ...new Array<number>(11).fill(0));

describe('a chain', () => {
  test('gives the strictest result, and of equal actions that of the newest', () => {
    const actions = [KILL_PROCESS, 0, 0x00030005, ERRNO | 9, 0x7fc00000, TRACE, LOG, ALLOW];
    for (const [i, first] of actions.entries()) {
      for (const [j, second] of actions.entries()) {
        const chain = add(table({ 5: second }), add(table({ 5: first })));
        assert.equal(chain.decide(dataOf(5)), actions[Math.min(i, j)], `${i} then ${j}`);
        assert.equal(chain.allows(5), i === 7 && j === 7);
      }
    }
    const newest = add(table({ 5: ERRNO | 2 }), add(table({ 5: ERRNO | 1 })));
    assert.equal(newest.decide(dataOf(5)), ERRNO | 2);
  });

  test('says by its tables what its programs say, however long it is', () => {
    const random = numbers(99);
    for (let i = 0; i < 300; i++) {
      const programs = Array.from({ length: 1 + random(4) }, () => randomProgram(random, 1 + random(20)));
      let chain: SeccompFilter | undefined;
      for (const program of programs) {
        chain = add(program, chain);
        // Some links have been asked before they were added to.
        if (random(2) === 0) for (let nr = 0; nr < 40; nr++) chain.always(nr);
      }
      const newestFirst = [...programs].reverse();
      for (let j = 0; j < 60; j++) {
        const data = dataOf(random(3) === 0 ? random(2 ** 31) : random(40), random(5));
        let expected = ALLOW;
        for (const program of newestFirst) {
          const one = interpret(program, [...data]) | 0;
          if ((one & 0xffff0000) < (expected & 0xffff0000)) expected = one;
        }
        assert.equal(chain?.decide(data), expected);
        if (chain?.allows(data[0] as number) === true) assert.equal(expected, ALLOW);
      }
    }
  });

  test('knows what was added to what', () => {
    const first = add(table({}));
    const [second, other] = [add(table({}), first), add(table({}), first)];
    assert.ok(second.descendsFrom(first) && second.descendsFrom(second));
    assert.ok(!first.descendsFrom(second) && !second.descendsFrom(other));
    assert.equal(second.depth, 2);
  });

  test('ends at the size that Linux allows', () => {
    const budget = new FilterBudget();
    const program = checkProgram(encode([ret(ALLOW)]));
    assert.ok(typeof program !== 'number');
    let chain: SeccompFilter | undefined;
    let count = 0;
    for (;;) {
      const longer: SeccompFilter | undefined = SeccompFilter.add(program, chain, false, budget);
      if (longer === undefined) break;
      chain = longer;
      count++;
    }
    // Five instructions each, and four for each but the first.
    assert.equal(count, Math.floor((32768 + 4) / 9));
  });

  test('gives back what it has taken up when its last user is gone, shared links with the last of these', () => {
    const budget = new FilterBudget();
    const shared = add(table({ 1: ERRNO }), undefined, budget);
    const [left, right] = [add(table({}), shared, budget), add(table({}), shared, budget)];
    left.hold();
    left.hold();
    right.hold();
    left.drop();
    const all = budget.used;
    left.drop();
    assert.ok(budget.used < all && budget.used > 0);
    right.drop();
    assert.equal(budget.used, 0);
  });

  test('is bounded together with all others', () => {
    const budget = new FilterBudget();
    const large = checkProgram(encode(new Array<Insn>(4096).fill(ret(ALLOW))));
    assert.ok(typeof large !== 'number');
    let count = 0;
    while (SeccompFilter.add(large, undefined, false, budget) !== undefined) count++;
    assert.ok(count > 100 && count < 2000, `${count}`);
  });
});

test('strict mode allows four calls', () => {
  const allowed = Object.values(SYS).filter((nr) => strictMode.allows(nr));
  assert.deepEqual(
    allowed.sort((a, b) => a - b),
    [0, 1, 15, 60],
  );
  assert.equal(strictMode.decide(dataOf(2)), 0);
});

describe('the filter of the host', () => {
  const calls = hostCalls();
  const guests = decode(compileFilter(filterRules()));
  /** What the host does with both filters: the strictest, of equals the newer one's. */
  const together = (own: readonly Insn[], data: number[]): number => {
    const [old, added] = [interpret(guests, data), interpret(own, data)];
    return (added & 0xffff0000) <= (old & 0xffff0000) ? added : old;
  };

  test('is none when everything that it is about is allowed', () => {
    assert.equal(hostFilter(add(table({ [SYS.read]: ERRNO })), calls), undefined);
  });

  test('stops native calls that are not allowed, and no call becomes native by it', () => {
    const random = numbers(5);
    for (let i = 0; i < 60; i++) {
      const results = Object.fromEntries(
        Array.from({ length: random(80) }, () => [
          random(460),
          [ERRNO | 3, LOG, 0, ALLOW][random(4)] as number,
        ]),
      );
      const policy = add(i % 4 === 0 ? randomProgram(random, 40) : table(results));
      const host = hostFilter(policy, calls);
      const program = decode(compileResults(host?.entries ?? []));
      for (let nr = 0; nr < 470; nr++) {
        for (const args of [0, 0x22, -1]) {
          const data = [nr, ARCH, 0, 0, args, 0, args, 0, args, 0, args, 0, args, 0, args, 0];
          const [before, after] = [interpret(guests, data), together(program, data)];
          if (before === ALLOW) assert.equal(after, policy.allows(nr) ? ALLOW : TRACE, `number ${nr}`);
          else assert.notEqual(after, ALLOW);
          if (before === TRACE || before === 0x7fc00000) assert.equal(after, before, `number ${nr}`);
        }
        assert.equal(stops(host, nr), calls.native.includes(nr) && !policy.allows(nr));
      }
    }
  });

  test('answers refused calls as the policy says where no argument matters', () => {
    const [nr, other] = [SYS.reboot, SYS.swapon];
    const ask = (policy: SeccompFilter, number: number): number =>
      together(decode(compileResults(hostFilter(policy, calls)?.entries ?? [])), [
        number,
        ARCH,
        ...new Array<number>(14).fill(0),
      ]);
    const results: [number, number][] = [
      [ERRNO | 38, ERRNO | 38],
      [ERRNO | 0xffff, ERRNO | 4095],
      [0x00030007, 0x00030007],
      [0, 0],
      [KILL_PROCESS, 0x80000000],
      [0x12340000, 0x80000000],
      [TRACE, ERRNO | 38],
      [LOG, ERRNO | 1],
    ];
    for (const [result, expected] of results) {
      const policy = add(table({ [nr]: result }));
      assert.equal(ask(policy, nr), expected);
      assert.equal(ask(policy, other), ERRNO | 1);
    }
    const depends = add([
      { code: 0x20, jt: 0, jf: 0, k: 16 },
      { code: 0x15, jt: 0, jf: 1, k: 1 },
      ret(0),
      ret(ALLOW),
    ]);
    assert.equal(depends.always(nr), DEPENDS);
    assert.equal(ask(depends, nr), ERRNO | 1);
  });

  test('fits into the memory of the loader', () => {
    const all = hostFilter(add([ret(0)]), calls);
    assert.ok(compileResults(all?.entries ?? []).length < 4000);
  });
});

test('the fast lane is for programs whose filters always allow what it does', () => {
  assert.ok(laneAllowed(undefined));
  assert.ok(laneAllowed(add(table({ [SYS.openat]: ERRNO }))));
  for (const nr of [SYS.read, SYS.sendto, SYS.epoll_ctl, SYS.madvise, SYS.mmap]) {
    assert.ok(!laneAllowed(add(table({ [nr]: LOG }))), `${nr}`);
  }
});
