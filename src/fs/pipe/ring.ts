/** The bytes of a pipe: a ring that grows with need, and the packet boundaries of O_DIRECT writes. */

import type { Sink, Source } from '../../kernel/useriov.js';

/** Ring buffers start with this size and double. */
const FIRST_SIZE = 4096;

/** A run of bytes in the ring: a packet, which one read takes whole, or a stretch of the plain stream. */
interface Segment {
  len: number;
  readonly packet: boolean;
}

export class Ring {
  private buf: Uint8Array | undefined;
  /** Where the oldest byte is. */
  private head = 0;
  /** Bytes waiting. */
  length = 0;
  /** Present only while packets are in the ring. */
  private segments: Segment[] | undefined;

  /** Capacity in bytes; never below `length`. */
  constructor(public capacity: number) {}

  get space(): number {
    return this.capacity - this.length;
  }

  /**
   * Takes up to `max` bytes (at most `space`) from `source`. @returns bytes, or the source's error when none came
   * @param packet the bytes form a packet
   */
  fill(source: Source, max: number, packet: boolean): number {
    const want = Math.min(max, this.space, source.remaining);
    if (want <= 0) return 0;
    const buf = this.room(this.length + want);
    let done = 0;
    while (done < want) {
      const tail = (this.head + this.length + done) % buf.length;
      const n = source.take(buf, tail, Math.min(want - done, buf.length - tail));
      if (n <= 0) {
        if (done === 0) return n;
        break;
      }
      done += n;
    }
    if (packet || this.segments !== undefined) this.addSegment(done, packet);
    this.length += done;
    return done;
  }

  /** Moves bytes to `sink`, a packet at most. @returns bytes, or -EFAULT when none could be put */
  drain(sink: Sink): number {
    const first = this.segments?.[0];
    const n = this.copyOut(sink, first === undefined ? this.length : first.len);
    if (n < 0) return n;
    this.drop(first?.packet === true ? first.len : n);
    if (first !== undefined && this.segments !== undefined) {
      if (!first.packet && n < first.len) first.len -= n;
      else this.segments.shift();
      if (this.segments.length === 0) this.segments = undefined;
    }
    return n;
  }

  /** Copies without consuming (tee). @returns bytes or -EFAULT */
  peek(sink: Sink): number {
    return this.copyOut(sink, this.length);
  }

  private copyOut(sink: Sink, available: number): number {
    const { buf } = this;
    if (buf === undefined) return 0;
    const want = Math.min(available, sink.remaining);
    let done = 0;
    while (done < want) {
      const at = (this.head + done) % buf.length;
      const piece = Math.min(want - done, buf.length - at);
      const n = sink.put(buf, at, piece);
      if (n < 0) return done > 0 ? done : n;
      done += n;
      if (n < piece) break;
    }
    return done;
  }

  private drop(n: number): void {
    this.length -= n;
    // An empty ring starts over at 0, so that what is written next lies in one piece.
    this.head = this.length === 0 ? 0 : (this.head + n) % (this.buf as Uint8Array).length;
  }

  private addSegment(len: number, packet: boolean): void {
    this.segments ??= this.length > 0 ? [{ len: this.length, packet: false }] : [];
    this.segments.push({ len, packet });
  }

  /** The buffer, grown to hold `need` bytes. */
  private room(need: number): Uint8Array {
    if (this.buf !== undefined && this.buf.length >= need) return this.buf;
    let size = this.buf?.length ?? FIRST_SIZE;
    while (size < need) size *= 2;
    const next = new Uint8Array(Math.min(size, Math.max(this.capacity, need)));
    if (this.buf !== undefined) {
      const firstPart = Math.min(this.length, this.buf.length - this.head);
      next.set(this.buf.subarray(this.head, this.head + firstPart), 0);
      next.set(this.buf.subarray(0, this.length - firstPart), firstPart);
    }
    this.buf = next;
    this.head = 0;
    return next;
  }
}
