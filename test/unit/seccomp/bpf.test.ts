/** Programs of filters: which are allowed, what they return, and what is known of them by a call's number alone. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EINVAL } from '../../../src/abi/errno.js';
import { type BpfProgram, checkProgram, DEPENDS, run } from '../../../src/kernel/seccomp/bpf.js';
import { encode, type Insn, interpret, numbers, randomProgram } from './machine.js';

const ARCH = 0xc000003e;
const ret: Insn = { code: 0x06, jt: 0, jf: 0, k: 0x7fff0000 };
const insn = (code: number, k = 0, jt = 0, jf = 0): Insn => ({ code, jt, jf, k });

function checked(program: readonly Insn[]): BpfProgram {
  const result = checkProgram(encode(program));
  assert.ok(typeof result !== 'number', JSON.stringify(program));
  return result;
}

function dataOf(random: (below: number) => number): number[] {
  const words = Array.from({ length: 16 }, () =>
    random(3) === 0 ? random(70) : (random(65536) * 65536 + random(65536)) | 0,
  );
  words[1] = ARCH | 0;
  if (random(2) === 0) words[0] = random(460);
  return words;
}

describe('random programs', () => {
  test('return what a plain machine returns', () => {
    const random = numbers(20240501);
    let distinct = new Set<number>();
    for (let i = 0; i < 4000; i++) {
      const program = randomProgram(random, 1 + random(60));
      const compiled = checked(program);
      for (let j = 0; j < 8; j++) {
        const data = dataOf(random);
        const result = run(compiled, Int32Array.from(data)) >>> 0;
        assert.equal(result, interpret(program, data), `program ${i}: ${JSON.stringify(program)}`);
        distinct = distinct.add(result);
      }
    }
    assert.ok(distinct.size > 1000, 'the programs do something');
  });

  test('by the number alone are said to depend on the rest, or return what they return for all of it', () => {
    const random = numbers(77);
    let [known, open] = [0, 0];
    for (let i = 0; i < 4000; i++) {
      const program = randomProgram(random, 1 + random(30));
      const compiled = checked(program);
      const data = dataOf(random);
      const result = run(compiled, Int32Array.from(data), true);
      let looked = false;
      const full = interpret(program, data, (index) => {
        looked ||= index > 1;
      });
      if (result === DEPENDS) {
        open++;
        assert.ok(looked, 'it has looked at something else');
      } else {
        known++;
        assert.equal(result >>> 0, full);
        assert.ok(!looked);
      }
    }
    assert.ok(known > 500 && open > 500, `${known} known, ${open} open`);
  });

  test('that are spoilt are refused, or still end inside themselves', () => {
    const random = numbers(4242);
    let refused = 0;
    for (let i = 0; i < 20_000; i++) {
      const bytes = encode(randomProgram(random, 1 + random(20)));
      const at = random(bytes.length);
      bytes[at] = random(256);
      const program = checkProgram(bytes);
      if (typeof program === 'number') {
        assert.equal(program, -EINVAL);
        refused++;
      } else run(program, Int32Array.from(dataOf(random)));
    }
    assert.ok(refused > 2000, `${refused} of 20000`);
  });
});

describe('a program is refused', () => {
  const bad: [string, Insn[]][] = [
    ['without an end', [insn(0x20)]],
    ['that ends with a jump', [ret, insn(0x05, 0)]],
    ['that jumps out of itself', [insn(0x05, 1), ret]],
    ['that jumps backwards', [insn(0x05, 0xffffffff), ret]],
    ['that may jump out of itself', [insn(0x15, 0, 1, 0), ret]],
    ['that may fall out of itself', [insn(0x15, 0, 0, 1), ret]],
    ['that loads behind the data', [insn(0x20, 64), ret]],
    ['that loads between words', [insn(0x20, 2), ret]],
    ['that loads half words', [insn(0x28, 0), ret]],
    ['that divides by nothing', [insn(0x34, 0), ret]],
    ['with a modulus', [insn(0x94, 3), ret]],
    ['that shifts too far', [insn(0x64, 32), ret]],
    ['with memory that there is not', [insn(0x02, 16), ret]],
    ['that reads memory before it is written', [insn(0x60, 3), ret]],
    [
      'that reads memory which one way has not written',
      [insn(0x15, 0, 0, 1), insn(0x02, 3), insn(0x60, 3), ret],
    ],
    ['of unknown instructions', [insn(0xffff), ret]],
  ];
  for (const [what, program] of bad) {
    test(what, () => assert.equal(checkProgram(encode(program)), -EINVAL));
  }
  test('that is empty, too long, or no whole number of instructions', () => {
    assert.equal(checkProgram(new Uint8Array(0)), -EINVAL);
    assert.equal(checkProgram(new Uint8Array(12)), -EINVAL);
    assert.equal(checkProgram(encode(new Array<Insn>(4097).fill(ret))), -EINVAL);
    assert.ok(typeof checkProgram(encode(new Array<Insn>(4096).fill(ret))) !== 'number');
  });
});

test('the size of a program is that of its translation', () => {
  const size = (...program: Insn[]): number => checked(program).size;
  assert.equal(size(ret), 5);
  assert.equal(size(insn(0x16)), 4);
  assert.equal(size(insn(0x20), insn(0x15, 5, 0, 1), ret, ret), 9);
  assert.equal(size(insn(0x15, 5, 1, 2), ret, ret, ret), 11);
  assert.equal(size(insn(0x45, 5, 0, 1), ret, ret), 9);
  assert.equal(size(insn(0x15, 0x80000000, 0, 1), ret, ret), 9);
  assert.equal(size(insn(0x3c), ret), 10);
});
