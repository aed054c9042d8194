/**
 * Where bytes of a read go to and bytes of a write come from. File systems see only these two interfaces and never know
 * whether the other side is guest memory, a kernel buffer or another file (splice, sendfile, reading an ELF header).
 */

import type { IoVec } from './memory.js';

export interface Sink {
  /** Bytes that still fit. */
  readonly remaining: number;
  /** Copies src[off..off+len) out; bytes taken (may be short), or -EFAULT if not even one could be. */
  put(src: Uint8Array, off: number, len: number): number;
  /** Reads up to `len` bytes of a host descriptor at `pos` straight into the sink; bytes, 0 at the end, or -errno. */
  putHost(hostFd: number, pos: number, len: number): number;
  /** Fills with zeroes (holes). */
  putZero(len: number): number;
  /** The guest's addresses that the bytes go to, if that is what this sink is over. */
  ranges?(): IoVec[];
}

export interface Source {
  readonly remaining: number;
  /** Copies up to `len` bytes to dst[off..); bytes given, or -EFAULT if not even one could be. */
  take(dst: Uint8Array, off: number, len: number): number;
  /** Writes up to `len` bytes to a host descriptor at `pos`; bytes or -errno. */
  takeHost(hostFd: number, pos: number, len: number): number;
  /** The last `n` bytes taken found no place: they are taken again. */
  giveBack(n: number): void;
}

/** A sink over a kernel buffer. */
export class BufferSink implements Sink {
  private used = 0;
  constructor(
    private readonly buf: Uint8Array,
    private readonly preadHost?: (
      fd: number,
      dst: Uint8Array,
      off: number,
      len: number,
      pos: number,
    ) => number,
  ) {}
  get remaining(): number {
    return this.buf.length - this.used;
  }
  /** Bytes filled so far. */
  get filled(): number {
    return this.used;
  }
  put(src: Uint8Array, off: number, len: number): number {
    const n = Math.min(len, this.remaining);
    this.buf.set(src.subarray(off, off + n), this.used);
    this.used += n;
    return n;
  }
  /** Lets `read` fill up to `len` bytes; it says how many it gave (or -errno). */
  putWith(read: (dst: Uint8Array, off: number, len: number) => number, len: number): number {
    const n = read(this.buf, this.used, Math.min(len, this.remaining));
    if (n > 0) this.used += n;
    return n;
  }
  putHost(hostFd: number, pos: number, len: number): number {
    if (this.preadHost === undefined) throw new Error('BufferSink without host access');
    const n = this.preadHost(hostFd, this.buf, this.used, Math.min(len, this.remaining), pos);
    if (n > 0) this.used += n;
    return n;
  }
  putZero(len: number): number {
    const n = Math.min(len, this.remaining);
    this.buf.fill(0, this.used, this.used + n);
    this.used += n;
    return n;
  }
}

/** A source over a kernel buffer. */
export class BufferSource implements Source {
  private used = 0;
  constructor(
    private readonly buf: Uint8Array,
    private readonly pwriteHost?: (
      fd: number,
      src: Uint8Array,
      off: number,
      len: number,
      pos: number,
    ) => number,
  ) {}
  get remaining(): number {
    return this.buf.length - this.used;
  }
  take(dst: Uint8Array, off: number, len: number): number {
    const n = Math.min(len, this.remaining);
    dst.set(this.buf.subarray(this.used, this.used + n), off);
    this.used += n;
    return n;
  }
  giveBack(n: number): void {
    this.used -= n;
  }
  /** Hands up to `len` bytes to `write`, which says how many it took (or -errno). */
  takeWith(write: (src: Uint8Array, off: number, len: number) => number, len: number): number {
    const n = write(this.buf, this.used, Math.min(len, this.remaining));
    if (n > 0) this.used += n;
    return n;
  }
  takeHost(hostFd: number, pos: number, len: number): number {
    if (this.pwriteHost === undefined) throw new Error('BufferSource without host access');
    const n = this.pwriteHost(hostFd, this.buf, this.used, Math.min(len, this.remaining), pos);
    if (n > 0) this.used += n;
    return n;
  }
}
