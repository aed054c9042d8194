import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeSpawn, spawnSize } from '../../../src/arch/spawn-block.js';

/** Follows the pointers of a block that is at `base`. */
function decode(bytes: Uint8Array, base: number) {
  const b = Buffer.from(bytes);
  const word = (at: number): number => Number(b.readBigUInt64LE(at));
  const string = (address: number): string =>
    b.toString('latin1', address - base, b.indexOf(0, address - base));
  const vector = (address: number): string[] => {
    const out: string[] = [];
    for (let at = address - base; word(at) !== 0; at += 8) out.push(string(word(at)));
    return out;
  };
  const limits = Array.from({ length: word(24) }, (_, i) =>
    [0, 8, 16].map((off) => b.readBigUInt64LE(32 + i * 24 + off)),
  );
  return { empty: string(word(0)), argv: vector(word(8)), env: vector(word(16)), limits };
}

describe('the block that a new process begins with', () => {
  it('leads to the strings and limits', () => {
    const block = {
      argv: ['sh', '', 'a b'],
      env: ['A=\u00e4', 'B='],
      limits: [{ resource: 9, soft: 4096, hard: Infinity }],
    };
    const base = 0x7f00_0000_1000;
    const bytes = encodeSpawn(base, block);
    assert.equal(bytes.length, spawnSize(block));
    assert.deepEqual(decode(bytes, base), {
      empty: '',
      argv: block.argv,
      env: block.env,
      limits: [[9n, 4096n, 2n ** 64n - 1n]],
    });
  });

  it('has no size where execve(2) says E2BIG', () => {
    const block = { argv: ['x'], env: [], limits: [] };
    assert.equal(spawnSize({ ...block, argv: ['x'.repeat(131072)] }), undefined);
    assert.notEqual(spawnSize({ ...block, argv: ['x'.repeat(131071)] }), undefined);
    assert.equal(
      spawnSize({ ...block, env: Array.from({ length: 20 }, () => 'x'.repeat(120000)) }),
      undefined,
    );
  });
});
