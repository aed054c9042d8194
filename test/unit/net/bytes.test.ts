/** The queue of a connection: what comes out is what went in, whatever the sizes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferSink, BufferSource } from '../../../src/kernel/useriov.js';
import { ByteQueue } from '../../../src/net/inet/bytes.js';

const CAPACITY = 262144;

function bytes(from: number, n: number): Uint8Array {
  return Uint8Array.from({ length: n }, (_, i) => (from + i) * 31 + ((from + i) >> 8));
}

test('bytes keep their order around the end of the ring, and while it grows', () => {
  const queue = new ByteQueue();
  let written = 0;
  let read = 0;
  // A small generator in place of Math.random, so that a failure can be repeated.
  let seed = 12345;
  const next = (max: number): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % max;
  for (let i = 0; i < 2000; i++) {
    const size = next(next(4) === 0 ? 60000 : 3000);
    const room = queue.room(CAPACITY);
    const n = queue.fill(new BufferSource(bytes(written, size)), room);
    assert.equal(n, Math.min(size, room));
    written += n;
    const out = new Uint8Array(next(next(4) === 0 ? 90000 : 3000));
    const expected = bytes(read, Math.min(out.length, queue.length));
    const peeked = new Uint8Array(expected.length);
    assert.equal(queue.peek(new BufferSink(peeked), 0), expected.length);
    assert.deepEqual(peeked, expected);
    const got = queue.drain(new BufferSink(out));
    assert.equal(got, expected.length);
    assert.deepEqual(out.subarray(0, got), expected);
    read += got;
    assert.equal(queue.length, written - read);
  }
  assert.ok(written > CAPACITY);
});

test('a source or sink that fails leaves the queue as it was', () => {
  const queue = new ByteQueue();
  const bad = { remaining: 10, take: () => -14, giveBack: () => undefined, takeHost: () => -14 };
  assert.equal(queue.fill(bad, 10), -14);
  assert.equal(queue.length, 0);
  queue.fill(new BufferSource(bytes(0, 5)), 5);
  const full = { remaining: 5, put: () => -14, putHost: () => -14, putZero: () => -14 };
  assert.equal(queue.drain(full), -14);
  assert.equal(queue.length, 5);
});

test('no more than the capacity, and none after it is full', () => {
  const queue = new ByteQueue();
  assert.equal(queue.fill(new BufferSource(bytes(0, 5000)), queue.room(4608)), 4608);
  assert.equal(queue.room(4608), 0);
  queue.drop(8);
  assert.equal(queue.room(4608), 8);
  queue.free();
  assert.equal(queue.room(4608), 4608);
});
