/**
 * The buffers of a pipe (struct pipe_buffer): a ring of slots, each a page with some bytes in it. What a pipe holds is counted
 * in slots, not in bytes: a page that is not full is only filled up by a write that fits behind its bytes as a whole.
 */

import { EFAULT } from '../../abi/errno.js';
import type { Sink, Source } from '../../kernel/useriov.js';

/** Bytes of a slot. */
export const PIPE_PAGE = 4096;
/** Flag of a slot: later writes may add to it. Pages that splice(2) brought are left as they are. */
export const CAN_MERGE = 1;
/** Flag of a slot: a packet, which ends a read, and of which a read drops what it has no room for. */
export const PACKET = 2;

export class Ring {
  /** Pages that exist: a power of two, at most `slots`. The page of slot `i` begins at `i * PIPE_PAGE`. */
  private pages = 0;
  private data = new Uint8Array(0);
  private offsets = new Uint16Array(0);
  private lengths = new Uint16Array(0);
  private flags = new Uint8Array(0);
  /** The oldest slot, and how many are in use. */
  private tail = 0;
  used = 0;
  /** Bytes waiting. */
  length = 0;

  /** @param slots how many may be in use: a power of two; never set below `used` */
  constructor(public slots: number) {}

  get capacity(): number {
    return this.slots * PIPE_PAGE;
  }
  get full(): boolean {
    return this.used >= this.slots;
  }

  /** Some slot holds a packet. */
  get packets(): boolean {
    for (let k = 0; k < this.used; k++) {
      if (((this.flags[(this.tail + k) & (this.pages - 1)] as number) & PACKET) !== 0) return true;
    }
    return false;
  }

  /**
   * One pass of a write: takes from `source` what there is room for.
   * @param packet the bytes form packets, each of a page at most
   * @param first it is the call's first pass: only that one may add to the newest page
   * @returns bytes (0: no room); -EFAULT when none came. Less than fits: the source ended early, by a fault.
   */
  fill(source: Source, packet: boolean, first: boolean): number {
    let done = first ? this.merge(source) : 0;
    if (done < 0) return done;
    while (source.remaining > 0 && this.used < this.slots) {
      const want = Math.min(source.remaining, (this.slots - this.used) * PIPE_PAGE);
      const n = this.append(source, want, packet ? PACKET : CAN_MERGE);
      if (n <= 0) return done > 0 ? done : -EFAULT;
      done += n;
    }
    return done;
  }

  /** Adds what would not fill a page to the newest one, if all of it fits there. @returns bytes or -EFAULT */
  private merge(source: Source): number {
    const chars = source.remaining % PIPE_PAGE;
    if (chars === 0 || this.used === 0) return 0;
    const i = (this.tail + this.used - 1) & (this.pages - 1);
    const end = (this.offsets[i] as number) + (this.lengths[i] as number);
    if (((this.flags[i] as number) & CAN_MERGE) === 0 || end + chars > PIPE_PAGE) return 0;
    if (source.take(this.data, i * PIPE_PAGE + end, chars) < chars) return -EFAULT;
    this.lengths[i] = (this.lengths[i] as number) + chars;
    this.length += chars;
    return chars;
  }

  /**
   * Fills fresh slots with `want` bytes, or as many as lie in one piece. The caller has seen that there are slots.
   * @param at where the first byte lies in its page: as it lay in the page of a file
   * @returns bytes, 0 or -EFAULT when not a whole page came
   */
  append(source: Source, want: number, flag: number, at = 0): number {
    const need = Math.ceil((at + want) / PIPE_PAGE);
    this.room(Math.min(this.slots, this.used + need));
    const i = (this.tail + this.used) & (this.pages - 1);
    const run = Math.min(need, this.pages - i, this.slots - this.used) * PIPE_PAGE;
    const piece = Math.min(want, run - at);
    const n = source.take(this.data, i * PIPE_PAGE + at, piece);
    if (n < 0) return n;
    // A page that did not come whole is not kept.
    const kept = n === piece ? n : Math.max(0, Math.floor((at + n) / PIPE_PAGE) * PIPE_PAGE - at);
    this.claim(kept, flag, at);
    return kept;
  }

  /** The next `bytes` bytes of data belong to fresh slots. */
  private claim(bytes: number, flag: number, at: number): void {
    let offset = at;
    for (let left = bytes; left > 0; ) {
      const i = (this.tail + this.used++) & (this.pages - 1);
      const n = Math.min(left, PIPE_PAGE - offset);
      this.offsets[i] = offset;
      this.lengths[i] = n;
      this.flags[i] = flag;
      left -= n;
      offset = 0;
    }
    this.length += bytes;
  }

  /** Moves bytes to `sink`; a packet ends it. @returns bytes, or -EFAULT when not a whole slot could be put */
  drain(sink: Sink): number {
    let done = 0;
    while (this.used > 0 && sink.remaining > 0) {
      const packet = ((this.flags[this.tail] as number) & PACKET) !== 0;
      const piece = this.front(sink.remaining);
      const n = sink.put(this.data, piece.start, piece.length);
      if (n < piece.length) {
        const kept = n <= 0 ? 0 : this.wholeSlots(n);
        this.consume(kept);
        return done + kept > 0 ? done + kept : -EFAULT;
      }
      done += n;
      this.consume(packet ? (this.lengths[this.tail] as number) : n);
      if (packet) break;
    }
    return done;
  }

  /** Bytes of the slots that the first `n` bytes fill. */
  private wholeSlots(n: number): number {
    let bytes = 0;
    for (let k = 0; k < this.used; k++) {
      const len = this.lengths[(this.tail + k) & (this.pages - 1)] as number;
      if (bytes + len > n) break;
      bytes += len;
    }
    return bytes;
  }

  /** The oldest bytes, as far as they lie in one piece, `max` at most; one packet at most. */
  private front(max: number): { start: number; length: number } {
    const mask = this.pages - 1;
    let i = this.tail;
    const { start } = this.slot(0);
    let { length } = this.slot(0);
    for (let k = 1; length < max && k < this.used; k++) {
      const next = (this.tail + k) & mask;
      const ends = (this.offsets[i] as number) + (this.lengths[i] as number) === PIPE_PAGE;
      const packets = ((this.flags[i] as number) | (this.flags[next] as number)) & PACKET;
      if (next === 0 || !ends || this.offsets[next] !== 0 || packets !== 0) break;
      length += this.lengths[next] as number;
      i = next;
    }
    return { start, length: Math.min(length, max) };
  }

  /** Copies the oldest bytes, and leaves them. @returns bytes */
  gather(to: Uint8Array): number {
    let done = 0;
    for (let k = 0; k < this.used && done < to.length; k++) {
      const { start, length } = this.slot(k);
      const n = Math.min(length, to.length - done);
      to.set(this.data.subarray(start, start + n), done);
      done += n;
    }
    return done;
  }

  /** Where the bytes of the slot `k` behind the oldest lie. */
  private slot(k: number): { start: number; length: number } {
    const i = (this.tail + k) & (this.pages - 1);
    return { start: i * PIPE_PAGE + (this.offsets[i] as number), length: this.lengths[i] as number };
  }

  /** Drops the oldest `n` bytes. */
  consume(n: number): void {
    this.length -= n;
    const mask = this.pages - 1;
    for (let left = n; left > 0; ) {
      const i = this.tail;
      const len = this.lengths[i] as number;
      if (left < len) {
        this.offsets[i] = (this.offsets[i] as number) + left;
        this.lengths[i] = len - left;
        return;
      }
      left -= len;
      this.tail = (i + 1) & mask;
      this.used--;
    }
    // An empty ring starts over at 0, so that what is written next lies in one piece.
    if (this.used === 0) this.tail = 0;
  }

  /**
   * Copies whole slots (the last one perhaps in part) to another ring, as link_pipe and splice_pipe_to_pipe do.
   * @param max bytes at most
   * @param move they leave this ring; a slot that moves as a whole keeps its flags, any other cannot be added to
   * @returns bytes
   */
  copyTo(to: Ring, max: number, move: boolean): number {
    let done = 0;
    for (let k = 0; done < max && k < this.used && !to.full; k++) {
      const i = (this.tail + k) & (this.pages - 1);
      const len = this.lengths[i] as number;
      const n = Math.min(len, max - done);
      const flag = this.flags[i] as number;
      to.put(
        this.data.subarray(i * PIPE_PAGE, (i + 1) * PIPE_PAGE),
        this.offsets[i] as number,
        n,
        move && n === len ? flag : flag & ~CAN_MERGE,
      );
      done += n;
    }
    if (move) this.consume(done);
    return done;
  }

  /** Puts bytes of one page into a slot, at the place that they have in that page. */
  private put(page: Uint8Array, offset: number, len: number, flag: number): void {
    this.room(this.used + 1);
    const i = (this.tail + this.used) & (this.pages - 1);
    this.data.set(page.subarray(offset, offset + len), i * PIPE_PAGE + offset);
    this.claim(len, flag, offset);
  }

  /** Makes pages for `need` slots. */
  private room(need: number): void {
    if (this.pages >= need) return;
    const { data, offsets, lengths, flags, tail, used } = this;
    const mask = this.pages - 1;
    let pages = Math.max(1, this.pages);
    while (pages < need) pages *= 2;
    this.data = new Uint8Array(pages * PIPE_PAGE);
    this.offsets = new Uint16Array(pages);
    this.lengths = new Uint16Array(pages);
    this.flags = new Uint8Array(pages);
    for (let k = 0; k < used; k++) {
      const i = (tail + k) & mask;
      this.data.set(data.subarray(i * PIPE_PAGE, (i + 1) * PIPE_PAGE), k * PIPE_PAGE);
      this.offsets[k] = offsets[i] as number;
      this.lengths[k] = lengths[i] as number;
      this.flags[k] = flags[i] as number;
    }
    this.pages = pages;
    this.tail = 0;
  }
}
