/** Parts of host sockets and published ports that need no host: what is given back, addresses, ancillary data, turns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EINVAL } from '../../../src/abi/errno.js';
import * as inet from '../../../src/abi/inet.js';
import { AF_INET, AF_INET6 } from '../../../src/abi/socket.js';
import type { Kernel } from '../../../src/kernel/kernel.js';
import { TimerQueue } from '../../../src/kernel/timers.js';
import { BufferSource } from '../../../src/kernel/useriov.js';
import { addressed, joinedGroup, peerOf } from '../../../src/net/host/addresses.js';
import { readControl, stageControl } from '../../../src/net/host/control.js';
import { encodeInetAddress } from '../../../src/net/inet/address.js';
import { Turns } from '../../../src/net/publish/turns.js';
import type { Native } from '../../../src/platform/native.js';
import { GuestMemory } from '../../../src/platform/user-memory.js';

/** Memory of 4096 bytes, each the low byte of its address. */
const memory = {
  scratch: new ArrayBuffer(1 << 20),
  readMemTo(_tid: number, addr: number, dst: Uint8Array, off: number, len: number): number {
    for (let i = 0; i < len; i++) dst[off + i] = (addr + i) & 0xff;
    return len;
  },
} as unknown as Native;

test('what found no place is taken again, also across the ranges of a vector', () => {
  const source = new GuestMemory(memory, { hostTid: 1 }).source([
    { addr: 10, len: 3 },
    { addr: 50, len: 0 },
    { addr: 100, len: 4 },
    { addr: 200, len: 2 },
  ]);
  const buf = new Uint8Array(9);
  assert.equal(source.take(buf, 0, 9), 9);
  assert.deepEqual([...buf], [10, 11, 12, 100, 101, 102, 103, 200, 201]);
  for (const back of [1, 2, 3, 6, 7, 9]) {
    source.giveBack(back);
    assert.equal(source.remaining, back);
    const again = new Uint8Array(back);
    assert.equal(source.take(again, 0, back), back);
    assert.deepEqual([...again], [...buf.subarray(9 - back)]);
  }
  assert.equal(source.take(buf, 0, 1), 0);
  const plain = new BufferSource(buf);
  plain.take(new Uint8Array(9), 0, 5);
  plain.giveBack(2);
  assert.equal(plain.remaining, 6);
});

test('a policy is asked about what an address means', () => {
  const raw = encodeInetAddress(AF_INET6, { ip: '\x7f\0\0\x01', port: 80 });
  assert.deepEqual(peerOf(raw, 'tcp'), { protocol: 'tcp', ip: '\x7f\0\0\x01', port: 80, scope: 0 });
  // A message of an AF_INET socket may leave the family out; a connection then has no peer.
  const nameless = encodeInetAddress(AF_INET, { ip: '\x0a\0\0\x01', port: 53 });
  nameless[0] = 0;
  assert.equal(addressed(nameless, AF_INET, 'udp')?.ip, '\x0a\0\0\x01');
  assert.equal(addressed(nameless, AF_INET6, 'udp'), undefined);
  assert.equal(peerOf(nameless, 'udp'), undefined);
  assert.equal(peerOf(nameless.subarray(0, 1), 'udp'), undefined);
});

test('joining a group is seen in each of its forms', () => {
  const group = '\xef\x01\x02\x03';
  const mreq = Buffer.from(`${group}\0\0\0\0`, 'latin1');
  const request = Buffer.concat([Buffer.alloc(8), encodeInetAddress(AF_INET, { ip: group, port: 0 })]);
  assert.equal(joinedGroup(inet.IPPROTO_IP, inet.IP_ADD_MEMBERSHIP, mreq, 'udp')?.ip, group);
  assert.equal(joinedGroup(inet.IPPROTO_IP, inet.MCAST_JOIN_GROUP, request, 'udp')?.ip, group);
  assert.equal(joinedGroup(inet.IPPROTO_IP, inet.IP_TTL, mreq, 'udp'), undefined);
  assert.equal(joinedGroup(inet.IPPROTO_IP, inet.MCAST_JOIN_GROUP, Buffer.alloc(4), 'udp'), undefined);
});

test('ancillary data goes there and back, and what may not be sent is refused', () => {
  const scratch = new ArrayBuffer(1 << 20);
  const items = [
    { level: inet.IPPROTO_IP, type: inet.IP_TTL, data: Uint8Array.of(7, 0, 0, 0) },
    { level: inet.IPPROTO_IP, type: inet.IP_TOS, data: Uint8Array.of(16) },
  ];
  assert.deepEqual(readControl(scratch, stageControl(scratch, items)), items);
  // Options of packets (IP_RETOPTS) would send them another way.
  const options = { level: inet.IPPROTO_IP, type: inet.IP_RETOPTS, data: new Uint8Array(8) };
  assert.equal(stageControl(scratch, [options]), -EINVAL);
  assert.equal(readControl(scratch, 0), undefined);
});

test('turns come after the call that asked for them, and leave room between', () => {
  let now = 0;
  const timers = new TimerQueue(() => now);
  const turns = new Turns({ timers, now: () => now } as unknown as Kernel);
  const ran: string[] = [];
  const busy = {
    run(): void {
      ran.push('busy');
      turns.later(busy);
    },
  };
  turns.add(busy);
  turns.add({ run: () => void ran.push('once') });
  assert.deepEqual(ran, []);
  timers.run();
  timers.run();
  assert.deepEqual(ran, ['busy', 'once']);
  now += 1;
  timers.run();
  assert.deepEqual(ran, ['busy', 'once', 'busy']);
});
