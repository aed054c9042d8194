/** Guest memory, the one way to it (DESIGN: handlers never know how bytes travel). */

import type { Sink, Source } from './useriov.js';

/** One part of an iovec, already checked: address and length in bytes. */
export interface IoVec {
  readonly addr: number;
  readonly len: number;
}

/**
 * Memory of one task. Addresses are doubles; a negative or huge one is simply not mapped. All methods return -EFAULT for bad
 * addresses and never throw on anything a guest does.
 */
export interface UserMemory {
  /** Copies in exactly `len` bytes (at most 1 MiB - 64 KiB) and returns a DataView on them, valid until the next call of any method of any UserMemory; or -EFAULT. */
  view(addr: number, len: number): DataView | number;
  /** A zeroed DataView of `len` bytes to fill and then `post`. Valid until the next call of any method. */
  stage(len: number): DataView;
  /** Copies the staged bytes (the first `len` of the last `stage`) to `addr`. @returns 0 or -EFAULT */
  post(addr: number, len: number): number;
  /** Copies to and from a byte array of the kernel's; bytes copied (short at a bad page) or -EFAULT when none. */
  read(addr: number, dst: Uint8Array, off: number, len: number): number;
  write(addr: number, src: Uint8Array, off: number, len: number): number;
  /** NUL-terminated latin1 string with at most `max` bytes including the NUL; -EFAULT, -ENAMETOOLONG. */
  string(addr: number, max: number): string | number;
  /** A path (PATH_MAX). */
  path(addr: number): string | number;
  /** 32-bit and 64-bit scalars. NaN for a bad address. */
  u32(addr: number): number;
  i32(addr: number): number;
  /** As a double (exact below 2^53). */
  u64(addr: number): number;
  i64(addr: number): number;
  /** @returns 0 or -EFAULT */
  putU32(addr: number, value: number): number;
  putU64(addr: number, value: number): number;
  /** An iovec array: checked count (UIO_MAXIOV) and lengths, total cut at MAX_RW_COUNT; -EINVAL, -EFAULT. */
  iovec(addr: number, count: number): IoVec[] | number;
  /** Where a read puts its bytes, and where a write takes them from. */
  sink(iov: readonly IoVec[]): Sink;
  source(iov: readonly IoVec[]): Source;
  /**
   * The same for one address range, without an array. The object belongs to the task and is used again by its next call: it
   * may be kept by what waits for this call, and by nothing else. One sink and one source may be in use at the same time.
   */
  sink1(addr: number, len: number): Sink;
  source1(addr: number, len: number): Source;
}
