/** Guest memory over the addon: process_vm_readv(2) through the staging area. */

import { EFAULT, EINVAL } from '../abi/errno.js';
import { PATH_MAX, UIO_MAXIOV } from '../abi/limits.js';
import type { IoVec, UserMemory } from '../kernel/memory.js';
import type { Sink, Source } from '../kernel/useriov.js';
import type { Native } from './native.js';

/** Most that one read or write moves, as in fs/read_write.c. */
export const MAX_RW_COUNT = 0x7ffff000;

/** Structures are staged in the upper half, strings and data of the addon's own use lie in the lower one. */
const STAGE = 0x80000;
const STAGE_SIZE = 0x70000;
const ZEROES = new Uint8Array(65536);

/** Where reads and writes are in a list of address ranges. */
class Cursor {
  protected iov: readonly IoVec[] = [];
  protected index = 0;
  protected done = 0;
  remaining = 0;

  constructor(
    protected readonly native: Native,
    protected readonly task: { readonly hostTid: number },
  ) {}

  set(iov: readonly IoVec[]): this {
    this.iov = iov;
    this.index = 0;
    this.done = 0;
    this.remaining = 0;
    for (const v of iov) this.remaining += v.len;
    return this;
  }

  /** Moves up to `len` bytes range by range; `move` gets an address, a length and the offset so far, and returns bytes or -errno. */
  protected each(len: number, move: (addr: number, len: number, at: number) => number): number {
    let total = 0;
    while (total < len && this.index < this.iov.length) {
      const v = this.iov[this.index] as IoVec;
      const want = Math.min(len - total, v.len - this.done);
      if (want === 0) {
        this.index++;
        this.done = 0;
        continue;
      }
      const n = move(v.addr + this.done, want, total);
      if (n < 0) return total > 0 ? total : n;
      total += n;
      this.done += n;
      this.remaining -= n;
      if (n < want) break;
    }
    return total;
  }
}

class UserSink extends Cursor implements Sink {
  ranges(): IoVec[] {
    return this.iov.slice(this.index).map(({ addr, len }, i) => {
      const used = i === 0 ? this.done : 0;
      return { addr: addr + used, len: len - used };
    });
  }
  put(src: Uint8Array, off: number, len: number): number {
    return this.each(len, (addr, n, at) =>
      this.native.writeMemFrom(this.task.hostTid, addr, src, off + at, n),
    );
  }
  putHost(hostFd: number, pos: number, len: number): number {
    return this.each(len, (addr, n, at) =>
      this.native.readHostToGuest(this.task.hostTid, hostFd, addr, n, pos < 0 ? -1 : pos + at),
    );
  }
  putZero(len: number): number {
    return this.each(len, (addr, n) => {
      let done = 0;
      while (done < n) {
        const r = this.native.writeMemFrom(
          this.task.hostTid,
          addr + done,
          ZEROES,
          0,
          Math.min(ZEROES.length, n - done),
        );
        if (r < 0) return done > 0 ? done : r;
        done += r;
      }
      return done;
    });
  }
}

class UserSource extends Cursor implements Source {
  giveBack(n: number): void {
    let left = n;
    this.remaining += n;
    while (left > this.done) {
      left -= this.done;
      this.done = this.iov[--this.index]?.len ?? 0;
    }
    this.done -= left;
  }
  take(dst: Uint8Array, off: number, len: number): number {
    return this.each(len, (addr, n, at) => this.native.readMemTo(this.task.hostTid, addr, dst, off + at, n));
  }
  takeHost(hostFd: number, pos: number, len: number): number {
    return this.each(len, (addr, n, at) =>
      this.native.writeHostFromGuest(this.task.hostTid, hostFd, addr, n, pos < 0 ? -1 : pos + at),
    );
  }
}

export class GuestMemory implements UserMemory {
  private readonly bytes: Uint8Array;
  private readonly one = [{ addr: 0, len: 0 }];
  private readonly oneOut = [{ addr: 0, len: 0 }];
  private cachedSink: UserSink | undefined;
  private cachedSource: UserSource | undefined;
  private readonly word: DataView;

  constructor(
    private readonly native: Native,
    private readonly task: { readonly hostTid: number },
  ) {
    this.bytes = new Uint8Array(native.scratch, STAGE, STAGE_SIZE);
    this.word = new DataView(native.scratch, STAGE, 8);
  }

  view(addr: number, len: number): DataView | number {
    if (len > STAGE_SIZE) return -EFAULT;
    if (this.native.readMem(this.task.hostTid, addr, STAGE, len) !== len) return -EFAULT;
    return new DataView(this.native.scratch, STAGE, len);
  }

  stage(len: number): DataView {
    if (len > STAGE_SIZE) throw new Error(`stage: ${len} bytes`);
    this.bytes.fill(0, 0, len);
    return new DataView(this.native.scratch, STAGE, len);
  }

  post(addr: number, len: number): number {
    return this.native.writeMem(this.task.hostTid, addr, STAGE, len) === len ? 0 : -EFAULT;
  }

  read(addr: number, dst: Uint8Array, off: number, len: number): number {
    return this.native.readMemTo(this.task.hostTid, addr, dst, off, len);
  }

  write(addr: number, src: Uint8Array, off: number, len: number): number {
    return this.native.writeMemFrom(this.task.hostTid, addr, src, off, len);
  }

  string(addr: number, max: number): string | number {
    return this.native.readString(this.task.hostTid, addr, max);
  }

  path(addr: number): string | number {
    return this.native.readString(this.task.hostTid, addr, PATH_MAX);
  }

  u32(addr: number): number {
    return this.native.readMem(this.task.hostTid, addr, STAGE, 4) === 4
      ? this.word.getUint32(0, true)
      : Number.NaN;
  }
  i32(addr: number): number {
    return this.native.readMem(this.task.hostTid, addr, STAGE, 4) === 4
      ? this.word.getInt32(0, true)
      : Number.NaN;
  }
  u64(addr: number): number {
    if (this.native.readMem(this.task.hostTid, addr, STAGE, 8) !== 8) return Number.NaN;
    return this.word.getUint32(0, true) + this.word.getUint32(4, true) * 4294967296;
  }
  i64(addr: number): number {
    if (this.native.readMem(this.task.hostTid, addr, STAGE, 8) !== 8) return Number.NaN;
    return this.word.getUint32(0, true) + this.word.getInt32(4, true) * 4294967296;
  }

  putU32(addr: number, value: number): number {
    this.word.setUint32(0, value, true);
    return this.post(addr, 4);
  }
  putU64(addr: number, value: number): number {
    this.word.setBigInt64(0, BigInt(value), true);
    return this.post(addr, 8);
  }

  iovec(addr: number, count: number): IoVec[] | number {
    if (count < 0 || count > UIO_MAXIOV) return -EINVAL;
    if (count === 0) return [];
    const dv = this.view(addr, count * 16);
    if (typeof dv === 'number') return dv;
    const iov: IoVec[] = [];
    let total = 0;
    for (let i = 0; i < count; i++) {
      const base = dv.getUint32(i * 16, true) + dv.getUint32(i * 16 + 4, true) * 4294967296;
      const lenHigh = dv.getInt32(i * 16 + 12, true);
      if (lenHigh < 0) return -EINVAL;
      const len = Math.min(dv.getUint32(i * 16 + 8, true) + lenHigh * 4294967296, MAX_RW_COUNT - total);
      total += len;
      iov.push({ addr: base, len });
    }
    return iov;
  }

  sink(iov: readonly IoVec[]): Sink {
    return new UserSink(this.native, this.task).set(iov);
  }
  source(iov: readonly IoVec[]): Source {
    return new UserSource(this.native, this.task).set(iov);
  }

  sink1(addr: number, len: number): Sink {
    const v = this.one[0] as { addr: number; len: number };
    v.addr = addr;
    v.len = len;
    this.cachedSink ??= new UserSink(this.native, this.task);
    return this.cachedSink.set(this.one);
  }
  source1(addr: number, len: number): Source {
    const v = this.oneOut[0] as { addr: number; len: number };
    v.addr = addr;
    v.len = len;
    this.cachedSource ??= new UserSource(this.native, this.task);
    return this.cachedSource.set(this.oneOut);
  }
}
