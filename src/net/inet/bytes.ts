/** Bytes of one direction of a connection: a ring that grows with need and is given back when much is in use. */

import { EFAULT } from '../../abi/errno.js';
import { LANE_RING } from '../../arch/lane-layout.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { claimed, type LaneRing } from '../lane/ring.js';
import type { LaneBytes } from '../lane/side.js';
import { socketMemory } from '../memory.js';

const FIRST_SIZE = 4096;
/** What a connection has to do with when memory is scarce, whatever its buffer sizes say. */
const SMALL_ROOM = 4096;
/** Bytes are taken in pieces of this size (the pages of one skb); one that does not come whole is not kept. */
const SEGMENT = 32768;

export class ByteQueue implements LaneBytes {
  private buf: Uint8Array | undefined;
  /** Where the oldest byte is. */
  private head = 0;
  private count = 0;
  /** While the fast lane is open the bytes lie there, and none here; `closeLane` brings them back. */
  private ring: LaneRing | undefined;
  private closeLane: () => void = () => {};

  /** Bytes waiting. */
  get length(): number {
    return this.ring === undefined ? this.count : this.ring.length;
  }

  toLane(ring: LaneRing, close: () => void): boolean {
    const { buf, head, count } = this;
    if (count > LANE_RING) return false;
    if (buf !== undefined && count > 0) {
      const bytes = new Uint8Array(count);
      for (let i = 0; i < count; i++) bytes[i] = buf[(head + i) & (buf.length - 1)] as number;
      ring.load(bytes);
    }
    this.free();
    this.ring = ring;
    this.closeLane = close;
    return true;
  }

  fromLane(left: Uint8Array): void {
    this.ring = undefined;
    if (left.length > 0) this.append(left);
  }

  private append(bytes: Uint8Array): void {
    const buf = this.reserve(this.count + bytes.length);
    for (let i = 0; i < bytes.length; i++) {
      buf[(this.head + this.count + i) & (buf.length - 1)] = bytes[i] as number;
    }
    this.count += bytes.length;
  }

  /** Bytes from the lane that could not be put where they should go are the oldest again. */
  private giveBack(bytes: Uint8Array): void {
    this.closeLane();
    const { buf, head, count } = this;
    this.buf = undefined;
    this.head = 0;
    this.count = 0;
    this.append(bytes);
    if (buf === undefined) return;
    const first = Math.min(count, buf.length - head);
    this.append(buf.subarray(head, head + first));
    this.append(buf.subarray(0, count - first));
    socketMemory.release(buf.length);
  }

  /** How many of at most `capacity` bytes may be added. */
  room(capacity: number): number {
    const bound = socketMemory.scarce ? Math.min(capacity, SMALL_ROOM) : capacity;
    if (this.buf === undefined && socketMemory.exhausted) return 0;
    return Math.max(0, bound - this.length);
  }

  /** Takes up to `max` bytes. @returns bytes, or -EFAULT when none came */
  fill(source: Source, max: number): number {
    const want = Math.min(max, source.remaining);
    if (want <= 0) return 0;
    if (this.ring !== undefined) {
      const done = this.ring.fill(source, want);
      if (done !== undefined) return done;
      this.closeLane();
    }
    const buf = this.reserve(this.count + want);
    const tail = (this.head + this.count) & (buf.length - 1);
    const first = Math.min(want, buf.length - tail);
    let n = source.take(buf, tail, first);
    if (n < 0) return n;
    if (n === first && n < want) {
      const more = source.take(buf, 0, want - n);
      if (more > 0) n += more;
    }
    if (n < want) n -= n % SEGMENT;
    if (n === 0) return -EFAULT;
    this.count += n;
    return n;
  }

  /**
   * Copies bytes to `sink` and leaves them here.
   * @param skip how many of the oldest bytes to pass over @returns bytes, or -EFAULT when none could be put
   */
  peek(sink: Sink, skip: number): number {
    const { buf, ring } = this;
    if (ring !== undefined) return ring.peek(sink, skip);
    const want = Math.min(this.count - skip, sink.remaining);
    if (buf === undefined || want <= 0) return 0;
    const at = (this.head + skip) & (buf.length - 1);
    const first = Math.min(want, buf.length - at);
    const n = sink.put(buf, at, first);
    if (n < first || n === want) return n;
    const more = sink.put(buf, 0, want - n);
    return more > 0 ? n + more : n;
  }

  /** Moves bytes to `sink`. @returns bytes, or -EFAULT when none could be put */
  drain(sink: Sink): number {
    if (this.ring !== undefined) return this.drainLane(sink, this.ring);
    const n = this.peek(sink, 0);
    if (n > 0) this.drop(n);
    return n;
  }

  private drainLane(sink: Sink, ring: LaneRing): number {
    const n = ring.claim(sink.remaining);
    const put = n === 0 ? 0 : sink.put(claimed, 0, n);
    if (put < n) this.giveBack(claimed.slice(Math.max(put, 0), n));
    return put;
  }

  /** Throws the `n` oldest bytes away. */
  drop(n: number): void {
    if (this.ring !== undefined) {
      this.ring.claim(n);
      return;
    }
    this.count -= n;
    if (this.count > 0) {
      this.head = (this.head + n) & ((this.buf as Uint8Array).length - 1);
      return;
    }
    // An empty ring starts over at 0, so that what comes next lies in one piece.
    this.head = 0;
    if (socketMemory.pressed) this.free();
  }

  /** Throws everything away, memory too. */
  free(): void {
    if (this.ring !== undefined) this.closeLane();
    socketMemory.release(this.buf?.length ?? 0);
    this.buf = undefined;
    this.head = 0;
    this.count = 0;
  }

  /** The ring, grown to hold `need` bytes; its size is a power of two. */
  private reserve(need: number): Uint8Array {
    if (this.buf !== undefined && this.buf.length >= need) return this.buf;
    let size = this.buf?.length ?? FIRST_SIZE;
    while (size < need) size *= 2;
    const next = new Uint8Array(size);
    if (this.buf !== undefined) {
      const firstPart = Math.min(this.count, this.buf.length - this.head);
      next.set(this.buf.subarray(this.head, this.head + firstPart), 0);
      next.set(this.buf.subarray(0, this.count - firstPart), firstPart);
    }
    socketMemory.used += size - (this.buf?.length ?? 0);
    this.buf = next;
    this.head = 0;
    return next;
  }
}
