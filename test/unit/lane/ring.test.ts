import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  LANE_ARENA_SIZE,
  LANE_CLOSED,
  LANE_RING,
  RING_HEAD,
  RING_TAIL,
  RING_WRITING,
  ringOffset,
} from '../../../src/arch/lane-layout.js';
import type { Sink, Source } from '../../../src/kernel/useriov.js';
import { ByteQueue } from '../../../src/net/inet/bytes.js';
import { LaneRing } from '../../../src/net/lane/ring.js';

const words = new Int32Array(LANE_ARENA_SIZE / 4);
const bytes = new Uint8Array(words.buffer);

function ring(): LaneRing {
  words.fill(0);
  return new LaneRing(words, bytes, 0, ringOffset(0, 0));
}

function source(data: Uint8Array): Source {
  let at = 0;
  return {
    get remaining() {
      return data.length - at;
    },
    take(dst: Uint8Array, off: number, len: number) {
      dst.set(data.subarray(at, at + len), off);
      at += len;
      return len;
    },
  } as Source;
}

/** A buffer of a guest that ends after `valid` bytes. */
function sink(room: number, valid = room): Sink & { got: number[] } {
  const got: number[] = [];
  return {
    got,
    get remaining() {
      return room - got.length;
    },
    put(src: Uint8Array, off: number, len: number) {
      const n = Math.min(len, valid - got.length);
      if (n <= 0) return -14;
      for (let i = 0; i < n; i++) got.push(src[off + i] as number);
      return n;
    },
  } as unknown as Sink & { got: number[] };
}

const numbers = (n: number, first = 0): Uint8Array => Uint8Array.from({ length: n }, (_, i) => first + i);

describe('a ring of the fast lane', () => {
  test('bytes go round its end in order', () => {
    const r = ring();
    const queue = new ByteQueue();
    assert.ok(queue.toLane(r, () => queue.fromLane(r.close())));
    for (let round = 0; round < 5; round++) {
      assert.equal(
        queue.fill(source(new Uint8Array(LANE_RING - 100).fill(round)), LANE_RING),
        LANE_RING - 100,
      );
      assert.equal(queue.length, LANE_RING - 100);
      const out = sink(LANE_RING);
      assert.equal(queue.drain(out), LANE_RING - 100);
      assert.ok(out.got.every((b) => b === round));
    }
  });

  test('what does not fit closes the lane, and nothing is lost', () => {
    const r = ring();
    const queue = new ByteQueue();
    assert.ok(queue.toLane(r, () => queue.fromLane(r.close())));
    assert.equal(queue.fill(source(numbers(100)), 100), 100);
    assert.equal(queue.fill(source(new Uint8Array(LANE_RING)), LANE_RING), LANE_RING);
    assert.equal(queue.length, LANE_RING + 100);
    assert.notEqual((words[RING_TAIL] as number) & LANE_CLOSED, 0, 'guests are shut out');
    const out = sink(100);
    assert.equal(queue.drain(out), 100);
    assert.deepEqual(out.got, [...numbers(100)]);
  });

  test('bytes that were waiting go in, and come back', () => {
    const r = ring();
    const queue = new ByteQueue();
    queue.fill(source(numbers(10)), 10);
    assert.ok(queue.toLane(r, () => queue.fromLane(r.close())));
    assert.equal(r.length, 10);
    queue.fromLane(r.close());
    const out = sink(20);
    queue.drain(out);
    assert.deepEqual(out.got, [...numbers(10)]);
  });

  test('a reader whose buffer ends early gets the rest later', () => {
    const r = ring();
    const queue = new ByteQueue();
    assert.ok(queue.toLane(r, () => queue.fromLane(r.close())));
    queue.fill(source(numbers(50)), 50);
    assert.equal(queue.drain(sink(50, 20)), 20);
    assert.equal(queue.drain(sink(50, 0)), -14);
    const out = sink(50);
    assert.equal(queue.drain(out), 30);
    assert.deepEqual(out.got, [...numbers(30, 20)]);
  });

  test('another writer in the middle of a write: the lane closes', () => {
    const r = ring();
    words[RING_WRITING] = 1;
    assert.ok(r.busy);
    assert.equal(r.fill(source(numbers(5)), 5), undefined);
  });

  test('nonsense of a guest stays in the ring', () => {
    const r = ring();
    for (const [head, tail] of [
      [0, 0x7fffffff],
      [0x7fffffff, 5],
      [-1, 12345],
      [77, -1],
      [0x40000000, 0],
    ] as const) {
      words[RING_HEAD] = head;
      words[RING_TAIL] = tail;
      assert.ok(r.length >= 0 && r.length <= LANE_RING);
      const out = sink(1 << 20);
      assert.ok(r.peek(out, 0) <= LANE_RING);
      assert.ok(r.claim(1 << 20) <= LANE_RING);
      r.fill(source(numbers(100)), 100);
      assert.ok(r.close().length <= LANE_RING);
    }
    assert.ok(
      bytes.subarray(ringOffset(0, 1)).every((b) => b === 0),
      'nothing was written beyond',
    );
  });
});
