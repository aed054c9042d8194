/** Bytes of one direction of a connection: a ring that grows with need and is given back when much is in use. */

import type { Sink, Source } from '../../kernel/useriov.js';

const FIRST_SIZE = 4096;
/** Beyond this, empty rings do not keep their memory (as the pressure mark of net.ipv4.tcp_mem). */
const PRESSURE = 64 * 1024 * 1024;
/** Beyond this every connection has to do with a small queue, whatever its buffer sizes say. */
const HARD_LIMIT = 256 * 1024 * 1024;
const SMALL_ROOM = 4096;

/** Memory of all rings, bytes. */
let allocated = 0;

export class ByteQueue {
  private buf: Uint8Array | undefined;
  /** Where the oldest byte is. */
  private head = 0;
  /** Bytes waiting. */
  length = 0;

  /** How many of at most `capacity` bytes may be added. */
  room(capacity: number): number {
    const bound = allocated > HARD_LIMIT ? Math.min(capacity, SMALL_ROOM) : capacity;
    return Math.max(0, bound - this.length);
  }

  /** Takes up to `max` bytes. @returns bytes, or -EFAULT when none came */
  fill(source: Source, max: number): number {
    const want = Math.min(max, source.remaining);
    if (want <= 0) return 0;
    const buf = this.reserve(this.length + want);
    const tail = (this.head + this.length) & (buf.length - 1);
    const first = Math.min(want, buf.length - tail);
    let n = source.take(buf, tail, first);
    if (n < 0) return n;
    if (n === first && n < want) {
      const more = source.take(buf, 0, want - n);
      if (more > 0) n += more;
    }
    this.length += n;
    return n;
  }

  /**
   * Copies bytes to `sink` and leaves them here.
   * @param skip how many of the oldest bytes to pass over @returns bytes, or -EFAULT when none could be put
   */
  peek(sink: Sink, skip: number): number {
    const { buf } = this;
    const want = Math.min(this.length - skip, sink.remaining);
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
    const n = this.peek(sink, 0);
    if (n > 0) this.drop(n);
    return n;
  }

  /** Throws the `n` oldest bytes away. */
  drop(n: number): void {
    this.length -= n;
    if (this.length > 0) {
      this.head = (this.head + n) & ((this.buf as Uint8Array).length - 1);
      return;
    }
    // An empty ring starts over at 0, so that what comes next lies in one piece.
    this.head = 0;
    if (allocated > PRESSURE) this.free();
  }

  /** Throws everything away, memory too. */
  free(): void {
    allocated -= this.buf?.length ?? 0;
    this.buf = undefined;
    this.head = 0;
    this.length = 0;
  }

  /** The ring, grown to hold `need` bytes; its size is a power of two. */
  private reserve(need: number): Uint8Array {
    if (this.buf !== undefined && this.buf.length >= need) return this.buf;
    let size = this.buf?.length ?? FIRST_SIZE;
    while (size < need) size *= 2;
    const next = new Uint8Array(size);
    if (this.buf !== undefined) {
      const firstPart = Math.min(this.length, this.buf.length - this.head);
      next.set(this.buf.subarray(this.head, this.head + firstPart), 0);
      next.set(this.buf.subarray(0, this.length - firstPart), firstPart);
    }
    allocated += size - (this.buf?.length ?? 0);
    this.buf = next;
    this.head = 0;
    return next;
  }
}
