/**
 * One direction of a connection in memory that the sentry shares with the guests at its ends (addon/guest/lane.c is the other
 * party). Everything in it may have been written by a hostile guest: positions are cut to the ring, and nothing is read twice.
 */

import { EFAULT } from '../../abi/errno.js';
import {
  LANE_CLOSED,
  LANE_POSITION,
  LANE_RING,
  RING_HEAD,
  RING_TAIL,
  RING_WANT_DATA,
  RING_WRITING,
} from '../../arch/lane-layout.js';
import type { Sink, Source } from '../../kernel/useriov.js';

/** Bytes that were taken out of a ring and are on their way to a reader. */
export const claimed = new Uint8Array(LANE_RING);

export class LaneRing {
  /**
   * @param words the arena as 32-bit words
   * @param bytes the arena
   * @param header word index of struct tv_ring
   * @param data where the ring's bytes begin in `bytes`
   */
  constructor(
    private readonly words: Int32Array,
    private readonly bytes: Uint8Array,
    private readonly header: number,
    private readonly data: number,
  ) {}

  /**
   * An empty ring, open to guests. The lock of writers stays: a thread that comes late from an earlier lane may hold it.
   * @param start its first position, a multiple of LANE_RING: another one than what late readers may have seen
   */
  reset(start: number): void {
    const { words, header } = this;
    Atomics.store(words, header + RING_WANT_DATA, 0);
    Atomics.store(words, header + RING_TAIL, start);
    Atomics.store(words, header + RING_HEAD, start);
  }

  /** Bytes waiting. */
  get length(): number {
    const tail = Atomics.load(this.words, this.header + RING_TAIL);
    const head = Atomics.load(this.words, this.header + RING_HEAD);
    return Math.min((tail - head) & LANE_POSITION, LANE_RING);
  }
  /** Changes with every write. */
  get arrivals(): number {
    return Atomics.load(this.words, this.header + RING_TAIL);
  }
  /** Bytes ever written, modulo 2^31. */
  get position(): number {
    return this.arrivals & LANE_POSITION;
  }
  /** True while some thread of the writer's is in the middle of a write, or has died there. */
  get busy(): boolean {
    return Atomics.load(this.words, this.header + RING_WRITING) !== 0;
  }

  /** Whether writers tell the sentry of what they write (NR_LANE_KICK). */
  set wantData(wanted: boolean) {
    Atomics.store(this.words, this.header + RING_WANT_DATA, wanted ? 1 : 0);
  }

  /**
   * Takes `count` bytes from `source`.
   * @param piece of fewer bytes, for the source met a bad address, only whole pieces of this size are kept
   * @returns bytes, -EFAULT, or undefined if there is no room or another thread is writing
   */
  fill(source: Source, count: number, piece = LANE_RING): number | undefined {
    const { words, header } = this;
    if (Atomics.compareExchange(words, header + RING_WRITING, 0, 1) !== 0) return undefined;
    const tail = Atomics.load(words, header + RING_TAIL);
    let n: number | undefined;
    if (count <= LANE_RING - this.length) {
      const at = tail & (LANE_RING - 1);
      const first = Math.min(count, LANE_RING - at);
      n = source.take(this.bytes, this.data + at, first);
      if (n === first && n < count) n += Math.max(0, source.take(this.bytes, this.data, count - n));
      if (n < count) n = (n > 0 ? n - (n % piece) : 0) || -EFAULT;
      if (n > 0) Atomics.store(words, header + RING_TAIL, (tail + n) & LANE_POSITION);
    }
    Atomics.store(words, header + RING_WRITING, 0);
    return n;
  }

  /** Puts the bytes of a queue into an empty ring that no guest has yet. @param bytes at most LANE_RING */
  load(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.data);
    Atomics.store(this.words, this.header + RING_TAIL, (this.position + bytes.length) & LANE_POSITION);
  }

  /** Copies waiting bytes to `sink` and leaves them. @param skip how many to pass over @returns bytes or -EFAULT */
  peek(sink: Sink, skip: number): number {
    const head = Atomics.load(this.words, this.header + RING_HEAD);
    const want = Math.min(this.length - skip, sink.remaining);
    if (want <= 0) return 0;
    const at = (head + skip) & (LANE_RING - 1);
    const first = Math.min(want, LANE_RING - at);
    const n = sink.put(this.bytes, this.data + at, first);
    if (n < first || n === want) return n;
    return n + Math.max(0, sink.put(this.bytes, this.data, want - n));
  }

  /** Moves up to `max` bytes into `claimed`, where no other reader of the ring can get them any more. @returns how many */
  claim(max: number): number {
    const { words, header } = this;
    for (;;) {
      const head = Atomics.load(words, header + RING_HEAD);
      const tail = Atomics.load(words, header + RING_TAIL);
      const n = Math.min((tail - head) & LANE_POSITION, LANE_RING, max);
      if (n <= 0) return 0;
      this.copyTo(claimed, head, n);
      const next = ((head + n) & LANE_POSITION) | (head & LANE_CLOSED);
      if (Atomics.compareExchange(words, header + RING_HEAD, head, next) === head) return n;
    }
  }

  private copyTo(to: Uint8Array, position: number, n: number): void {
    const at = position & (LANE_RING - 1);
    const first = Math.min(n, LANE_RING - at);
    to.set(this.bytes.subarray(this.data + at, this.data + at + first));
    if (first < n) to.set(this.bytes.subarray(this.data, this.data + n - first), first);
  }

  /** Shuts guests out: what they are in the middle of comes to nothing, and they make the call. @returns what is waiting, a copy */
  close(): Uint8Array {
    // Writers first: what they have published until here will be found.
    Atomics.or(this.words, this.header + RING_TAIL, LANE_CLOSED);
    Atomics.or(this.words, this.header + RING_HEAD, LANE_CLOSED);
    return claimed.slice(0, this.claim(LANE_RING));
  }
}
