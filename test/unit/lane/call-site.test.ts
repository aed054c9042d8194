import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { instructionLength } from '../../../src/arch/x86-64-length.js';
import {
  findCallSite,
  nearJump,
  SITE_BEFORE,
  shortJump,
  siteCode,
} from '../../../src/platform/lane/call-site.js';
import { requireTool } from '../../support/tools.js';

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.trim().split(/\s+/), (b) => Number.parseInt(b, 16));
/** Where `text` lies: its padding has to end at a multiple of sixteen, or of eight if it is shorter. */
const BASE = 0x10000;

/** glibc's write(2) where there is one thread. */
const WRITE = `b8 01 00 00 00 0f 05 48 3d 00 f0 ff ff 77 58 c3 0f 1f 80 00 00 00 00 90`;

function find(text: string, nr: number, ip = BASE): ReturnType<typeof findCallSite> {
  const code = hex(text);
  const after = code.findIndex((b, i) => b === 0x05 && code[i - 1] === 0x0f) + 1;
  const padded = new Uint8Array(SITE_BEFORE + code.length - after + 32).fill(0x06);
  padded.set(code.subarray(Math.max(0, after - SITE_BEFORE)), Math.max(0, SITE_BEFORE - after));
  return findCallSite(padded, ip, nr);
}

describe('call sites', () => {
  test('mov, syscall, and padding behind the ret', () => {
    const site = find(WRITE, 1, BASE + 8 + 7);
    assert.deepEqual(site, { start: BASE + 8, padding: BASE + 24 });
    assert.deepEqual([...shortJump(site as NonNullable<typeof site>)], [0xeb, 14]);
  });

  test('xor, syscall', () => {
    const site = find('31 c0 0f 05 c3 0f 1f 80 00 00 00 00 66 90 66 90', 0, BASE + 4);
    assert.deepEqual(site, { start: BASE, padding: BASE + 5 });
  });

  test('what is not like that stays as it is', () => {
    assert.equal(find(WRITE, 2, BASE + 7), undefined, 'another number');
    assert.equal(
      find(WRITE.replace('c3', '90'), 1, BASE + 8 + 7),
      undefined,
      'what looks like padding is executed',
    );
    assert.equal(
      find('b8 01 00 00 00 0f 05 c3 90 90 90 90 90 90 90 90', 1, BASE + 8 + 7),
      undefined,
      'no padding is as long as what it pads to',
    );
    assert.equal(find(WRITE, 1, BASE + 6), undefined, 'padding that ends at no border');
    assert.equal(
      find('48 89 d8 0f 05 c3 0f 1f 80 00 00 00 00', 0, BASE + 5),
      undefined,
      'number from elsewhere',
    );
    assert.equal(find('b8 01 00 00 00 0f 05 c3 0f 1f 40 00', 1, BASE + 7), undefined, 'too little padding');
    assert.equal(
      find('b8 01 00 00 00 0f 05 48 89 c3 0f 1f 80 00 00 00 00 90', 1, BASE + 7),
      undefined,
      'a c3 within',
    );
  });

  test('the way to the lane, near and far', () => {
    const near = siteCode(0x10000, 0x20000, 0x123456789abc, 1);
    assert.deepEqual([...near.subarray(0, 15)], [...hex('48 b9 bc 9a 78 56 34 12 00 00 b8 01 00 00 00')]);
    assert.equal(near[15], 0xe9);
    const far = siteCode(0x3f0000, 0x7f1234567890, 0x401234, 0);
    assert.deepEqual([...far.subarray(15)], [...hex('49 bb 90 78 56 34 12 7f 00 00 41 ff e3')]);
  });

  test('jumps reach two gigabytes', () => {
    assert.deepEqual(nearJump(0x1000, 0x2000), hex('e9 fb 0f 00 00'));
    assert.equal(nearJump(0x1000, 0x1_0000_0000), undefined);
  });

  test('lengths of instructions are those of a disassembler', (t) => {
    if (!requireTool(t, 'objdump')) return;
    const library = '/lib/x86_64-linux-gnu/libc.so.6';
    const objdump = spawnSync('objdump', ['-d', '--no-show-raw-insn', '-j', '.text', library], {
      encoding: 'latin1',
      maxBuffer: 1 << 28,
    });
    assert.equal(objdump.status, 0, objdump.stderr);
    // Addresses of .text are offsets in the file, as in every shared library of today's linkers.
    const code = new Uint8Array(readFileSync(library));
    const at = [...objdump.stdout.matchAll(/^\s+([0-9a-f]+):\t/gm)].map((m) =>
      Number.parseInt(m[1] as string, 16),
    );
    let known = 0;
    for (let i = 0; i + 1 < at.length; i++) {
      const [here, next] = [at[i] as number, at[i + 1] as number];
      const length = instructionLength(code, here);
      if (next - here > 15 || length === 0) continue;
      assert.equal(length, next - here, `at ${here.toString(16)}`);
      known++;
    }
    assert.ok(known > at.length * 0.9, `${known} of ${at.length}`);
  });
});
