/** The filter compiler: jumps fit, tests of arguments decide, and the documentation names every native call. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compileFilter, type FilterRule } from '../../../src/platform/filter.js';
import { nativeCalls } from '../../../syscalls/native.js';
import { filterRules } from '../../../syscalls/table.js';

const ALLOW = 0x7fff0000;
const NOTIFY = 0x7fc00000;
const TRACE = 0x7ff00000;

/** Runs a program over struct seccomp_data, as the host kernel does. */
function decide(program: Uint8Array, nr: number, args: readonly bigint[] = []): number {
  const data = new DataView(new ArrayBuffer(64));
  data.setUint32(0, nr, true);
  data.setUint32(4, 0xc000003e, true);
  args.forEach((value, i) => {
    data.setBigUint64(16 + 8 * i, value, true);
  });
  const code = new DataView(program.buffer, program.byteOffset, program.byteLength);
  let accumulator = 0;
  for (let pc = 0; pc * 8 < program.length; pc++) {
    const k = code.getUint32(pc * 8 + 4, true);
    const jump = (taken: boolean): number => code.getUint8(pc * 8 + (taken ? 2 : 3));
    switch (code.getUint16(pc * 8, true)) {
      case 0x20:
        accumulator = data.getUint32(k, true);
        break;
      case 0x15:
        pc += jump(accumulator === k);
        break;
      case 0x35:
        pc += jump(accumulator >= k);
        break;
      case 0x45:
        pc += jump((accumulator & k) !== 0);
        break;
      case 0x06:
        return k;
      default:
        assert.fail(`instruction ${pc}`);
    }
  }
  return assert.fail('the program runs off its end');
}

test('every class and every argument test', () => {
  const rules: FilterRule[] = [
    { nr: 1, class: 'native' },
    { nr: 5, class: 'trace' },
    { nr: 7, class: 'refused', errno: 1 },
    {
      nr: 9,
      class: 'native',
      when: [
        [{ arg: 3, set: 0x20 }],
        [
          { arg: 0, eq: 4 },
          { arg: 1, clear: 2 },
        ],
      ],
    },
    { nr: 11, class: 'native', when: [[{ arg: 0, ne: 17 }]] },
  ];
  const program = compileFilter(rules);
  assert.equal(decide(program, 1), ALLOW);
  assert.equal(decide(program, 5), TRACE);
  assert.equal(decide(program, 7), 0x00050001);
  for (const nr of [0, 2, 6, 8, 10, 12, 1000]) assert.equal(decide(program, nr), NOTIFY, `number ${nr}`);
  assert.equal(decide(program, 9, [0n, 0n, 0n, 0x22n]), ALLOW);
  assert.equal(decide(program, 9, [4n, 1n, 0n, 0n]), ALLOW);
  assert.equal(decide(program, 9, [4n, 2n, 0n, 0n]), NOTIFY);
  assert.equal(decide(program, 11, [17n]), NOTIFY);
  assert.equal(decide(program, 11, [16n]), ALLOW);
  assert.equal(decide(program, 0x40000001), 0x00050026);
});

test('watched: native calls stop for the tracer, under the same conditions, and nothing else changes', () => {
  const rules = filterRules();
  const plain = compileFilter(rules);
  const watched = compileFilter(rules, true);
  for (const { nr } of rules) {
    for (const args of [[], [17n, 9n, 0n, 0x22n], [2n, 6n, 3n, 2n], [0x1002n, 128n]]) {
      const before = decide(plain, nr, args);
      assert.equal(decide(watched, nr, args), before === ALLOW ? TRACE : before, `number ${nr}`);
    }
  }
});

test('futex: all but the priority-inheriting operations are native', () => {
  const program = compileFilter(filterRules());
  const FUTEX = 202;
  const PRIVATE = 128n;
  for (const op of [0n, 1n, 3n, 4n, 5n, 9n, 10n]) {
    assert.equal(decide(program, FUTEX, [0n, op]), ALLOW, `operation ${op}`);
    assert.equal(decide(program, FUTEX, [0n, op | PRIVATE]), ALLOW, `operation ${op}, private`);
  }
  for (const op of [6n, 7n, 8n, 11n, 12n, 13n]) {
    assert.equal(decide(program, FUTEX, [0n, op | PRIVATE]), NOTIFY, `operation ${op}`);
  }
});

test('SECURITY.md names every native call, and no other', () => {
  const text = readFileSync(new URL('../../../SECURITY.md', import.meta.url), 'utf8');
  const section = text.slice(text.indexOf('## Native calls'), text.indexOf('## Limits'));
  const named = [...section.matchAll(/^\| `(\w+)` \|/gm)].map((m) => m[1]).sort();
  assert.deepEqual(named, Object.keys(nativeCalls).sort());
});
