/** Messages of netlink, and the filters of sock_diag. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EINVAL } from '../../../src/abi/errno.js';
import { NLM_F_ACK_TLVS, NLM_F_CAPPED } from '../../../src/abi/netlink.js';
import * as diag from '../../../src/abi/sock-diag.js';
import { AF_INET } from '../../../src/abi/socket.js';
import { LOOPBACK4 } from '../../../src/net/inet/address.js';
import { auditBytecode, type Filtered, runBytecode } from '../../../src/net/netlink/diag/bytecode.js';
import {
  attributesOf,
  errorMessage,
  NetlinkMessage,
  requests,
  strictAttributesOf,
  stringOf,
  u32Of,
} from '../../../src/net/netlink/message.js';

function request(): Buffer {
  return new NetlinkMessage(18, 1, Buffer.alloc(16)).attr(3, 'lo').attr(4, 77).encode(5, 0);
}

test('what was written is read again', () => {
  const [r, ...rest] = requests(Buffer.concat([request(), Buffer.from('short')]));
  assert.ok(r !== undefined);
  assert.equal(rest.length, 0);
  assert.deepEqual([r.type, r.flags, r.seq], [18, 1, 5]);
  const attributes = attributesOf(r, 16);
  assert.equal(stringOf(attributes, 3), 'lo');
  assert.equal(u32Of(attributes, 4), 77);
  assert.equal(u32Of(attributes, 3), undefined);
  assert.equal(strictAttributesOf(r, 16)?.size, 2);
});

test('lengths that lie end the list', () => {
  for (const length of [0, 15, 1000, 0xffffffff]) {
    const bytes = request();
    bytes.writeUInt32LE(length, 0);
    assert.deepEqual([...requests(bytes)], []);
  }
});

test('attributes that lie are not read', () => {
  for (const length of [0, 3, 200, 0xffff]) {
    const bytes = request();
    bytes.writeUInt16LE(length, 32);
    const [r] = requests(bytes);
    assert.ok(r !== undefined);
    assert.equal(attributesOf(r, 16).size, 0);
    assert.equal(strictAttributesOf(r, 16), undefined);
  }
});

test('errors quote as much as is wanted', () => {
  const [r] = requests(request());
  assert.ok(r !== undefined);
  const plain = errorMessage(r, -EINVAL, { capped: false, extended: false });
  assert.equal(plain.flags, 0);
  assert.equal(plain.encode(1, 2).length, 16 + 4 + r.whole.length);
  const capped = errorMessage(r, -EINVAL, { capped: true, extended: false });
  assert.equal(capped.flags, NLM_F_CAPPED);
  assert.equal(capped.encode(1, 2).length, 16 + 4 + 16);
  const why = { error: -EINVAL, message: 'why' };
  assert.equal(errorMessage(r, why, { capped: false, extended: true }).flags, NLM_F_ACK_TLVS);
  assert.equal(errorMessage(r, why, { capped: false, extended: false }).flags, 0);
});

const op = (code: number, yes: number, no: number): number[] => [code, yes, no & 255, no >> 8];
const socket: Filtered = {
  family: AF_INET,
  local: { ip: LOOPBACK4, port: 80 },
  remote: { ip: LOOPBACK4, port: 4000 },
  autobound: false,
};
const run = (...bytes: number[]): boolean | number => {
  const program = Buffer.from(bytes);
  const r = auditBytecode(program);
  return r < 0 ? r : runBytecode(program, socket);
};

test('filters by port', () => {
  assert.equal(run(...op(diag.INET_DIAG_BC_S_EQ, 8, 12), ...op(0, 0, 80)), true);
  assert.equal(run(...op(diag.INET_DIAG_BC_S_GE, 8, 12), ...op(0, 0, 81)), false);
  assert.equal(run(...op(diag.INET_DIAG_BC_D_LE, 8, 12), ...op(0, 0, 4000)), true);
});

test('filters that would not end, or read beyond their end, are refused', () => {
  assert.equal(run(...op(diag.INET_DIAG_BC_JMP, 0, 0)), -EINVAL);
  assert.equal(run(...op(diag.INET_DIAG_BC_NOP, 0, 0)), -EINVAL);
  assert.equal(run(...op(diag.INET_DIAG_BC_S_EQ, 4, 8)), -EINVAL);
  assert.equal(run(...op(diag.INET_DIAG_BC_S_EQ, 8, 100), ...op(0, 0, 80)), -EINVAL);
  assert.equal(run(...op(diag.INET_DIAG_BC_S_COND, 8, 12), ...op(AF_INET, 8, 0)), -EINVAL);
  assert.equal(run(...op(99, 4, 8)), -EINVAL);
  assert.equal(auditBytecode(Buffer.alloc(70_000)), -EINVAL);
});

test('filters of any bytes end', () => {
  let seed = 1;
  const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 16;
  let ran = 0;
  for (let i = 0; i < 200_000; i++) {
    const program = Buffer.from(Array.from({ length: 4 * (1 + (random() % 6)) }, () => random() % 24));
    if (auditBytecode(program) < 0) continue;
    runBytecode(program, socket);
    ran++;
  }
  assert.ok(ran > 0);
});
