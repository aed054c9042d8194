/**
 * The bytes of a regular file in memory. Small ones are a byte array; one that grows, or that somebody maps, moves to a host
 * memfd for good, so that reads, writes and mappings see the same bytes. Host descriptors are few: small files must not use one.
 */

import { ENFILE, ENOMEM, ENOSPC, ENXIO, EOPNOTSUPP } from '../../abi/errno.js';
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_ZERO_RANGE,
  SEEK_DATA,
  SEEK_HOLE,
} from '../../abi/fcntl.js';
import type { ContainerMemory } from '../../kernel/container-memory.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type Native, St } from '../../platform/native.js';

/** Largest file that stays a byte array. */
export const INLINE_MAX = 65536;
/** Largest file that stays one when the host has no descriptor left. */
const INLINE_EMERGENCY = 16 << 20;
const PAGE = 4096;

/** Whom the pages are charged to. */
export interface Quota {
  readonly native: Native;
  /** Bytes that may still be used. */
  readonly bytesFree: number;
  /** The container whose memory it is, if one has a limit. */
  readonly memory: ContainerMemory | undefined;
  /** More (or fewer) bytes are in use. */
  charge(delta: number): void;
}

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}

export class Content {
  size = 0;
  /** Bytes of memory in use as charged to the quota. */
  charged = 0;
  private buf: Uint8Array = EMPTY;
  private fd = -1;
  private readOnlyFd = -1;
  /** Has, or had, holes: only the host knows what is in use. */
  private sparse = false;
  private mapped = false;

  constructor(
    private readonly quota: Quota,
    private readonly name: string,
  ) {}

  /** 512-byte blocks in use. */
  get blocks(): number {
    if (this.fd >= 0 && (this.sparse || this.mapped)) this.recount();
    return this.charged / 512;
  }

  /** @returns bytes, 0 at the end, -errno */
  read(sink: Sink, pos: number): number {
    if (pos >= this.size) return 0;
    const n = Math.min(this.size - pos, sink.remaining);
    return this.fd >= 0 ? sink.putHost(this.fd, pos, n) : sink.put(this.buf, pos, n);
  }

  /** @returns bytes written (short when space runs out), -ENOSPC, -ENOMEM, -EFAULT */
  write(source: Source, pos: number): number {
    let len = source.remaining;
    if (len === 0) return 0;
    len = this.room(pos, len);
    if (len < 0) return len;
    const end = pos + len;
    if (this.fd < 0) {
      const err = this.makeRoom(end);
      if (err < 0) return err;
    }
    if (pos > this.size) this.sparse = true;
    const n = this.fd >= 0 ? source.takeHost(this.fd, pos, len) : source.take(this.buf, pos, len);
    if (n > 0) {
      if (pos + n > this.size) this.size = pos + n;
      this.recount();
    }
    return n;
  }

  /** How much of a write of `len` bytes at `pos` quota and memory let through; -ENOSPC, -ENOMEM for nothing. */
  private room(pos: number, len: number): number {
    const { bytesFree, memory } = this.quota;
    const dense = pos <= this.size && !this.sparse;
    const needed = dense ? pages(pos + len) - this.charged : pages(len) + PAGE;
    let free = bytesFree;
    if (memory !== undefined && needed > 0) free = Math.min(free, memory.room(Math.min(needed, free)));
    if (needed <= free) return len;
    const part = dense ? Math.min(len, Math.max(0, this.charged + free - pos)) : 0;
    return part > 0 ? part : this.refusal(free);
  }

  /** Why `free` bytes are too few: the file system is full, or the container's memory is. */
  private refusal(free: number): number {
    return free < this.quota.bytesFree ? -ENOMEM : -ENOSPC;
  }

  /** May `bytes` more be used? @returns 0, -ENOSPC, -ENOMEM */
  private admit(bytes: number): number {
    const { bytesFree, memory } = this.quota;
    if (bytes > bytesFree) return -ENOSPC;
    return memory === undefined || memory.room(bytes) >= bytes ? 0 : -ENOMEM;
  }

  /** Makes the byte array hold `end` bytes, or moves to a memfd. */
  private makeRoom(end: number): number {
    if (end <= this.buf.length) return 0;
    if (end > INLINE_MAX) {
      const err = this.moveToHost();
      if (err === 0 || end > INLINE_EMERGENCY) return err;
    }
    let capacity = Math.max(64, this.buf.length);
    while (capacity < end) capacity *= 2;
    const bigger = new Uint8Array(capacity);
    bigger.set(this.buf.subarray(0, this.size));
    this.buf = bigger;
    return 0;
  }

  /** @returns 0 or -errno */
  private moveToHost(): number {
    if (this.fd >= 0) return 0;
    const { native } = this.quota;
    const fd = native.memfd(this.name);
    if (fd < 0) return -ENFILE;
    let err = native.ftruncate(fd, this.size);
    for (let done = 0; err >= 0 && done < this.size; ) {
      const n = native.pwrite(fd, this.buf, done, this.size - done, done);
      if (n <= 0) err = n < 0 ? n : -ENOSPC;
      else done += n;
    }
    if (err < 0) {
      native.close(fd);
      return err;
    }
    this.fd = fd;
    this.buf = EMPTY;
    return 0;
  }

  /** Changes the size; new bytes are zero. @returns 0 or -errno */
  truncate(size: number): number {
    if (size === 0 && !this.mapped) {
      this.free();
      return 0;
    }
    if (size > this.size) {
      if (this.fd < 0 && size > INLINE_MAX) {
        const err = this.moveToHost();
        if (err < 0) return err;
      }
      if (this.fd < 0) {
        const err = this.admit(pages(size) - this.charged) || this.makeRoom(size);
        if (err < 0) return err;
      }
      this.sparse = true;
    }
    if (this.fd >= 0) {
      const err = this.quota.native.ftruncate(this.fd, size);
      if (err < 0) return err;
    } else if (size < this.size) {
      this.buf.fill(0, size, this.size);
      if (size * 4 < this.buf.length) this.buf = this.buf.slice(0, Math.max(64, size));
    }
    this.size = size;
    this.recount();
    return 0;
  }

  /** fallocate(2): mode 0, KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE. @returns 0 or -errno */
  allocate(mode: number, pos: number, len: number): number {
    const keep = (mode & FALLOC_FL_KEEP_SIZE) !== 0;
    const what = mode & ~FALLOC_FL_KEEP_SIZE;
    if (what !== 0 && what !== FALLOC_FL_PUNCH_HOLE && what !== FALLOC_FL_ZERO_RANGE) return -EOPNOTSUPP;
    const end = pos + len;
    if (what !== 0) {
      const err = this.zero(pos, Math.min(end, this.size));
      if (err < 0 || what === FALLOC_FL_PUNCH_HOLE) return err;
    }
    const dense = pos <= this.size && !this.sparse;
    const needed = dense ? pages(end) - this.charged : pages(len) + PAGE;
    const refused = this.admit(needed);
    if (refused < 0) return refused;
    if (this.fd < 0) {
      const err = end <= INLINE_MAX ? this.makeRoom(end) : this.moveToHost();
      if (err < 0) return err;
    }
    if (this.fd >= 0) {
      const err = this.quota.native.fallocate(this.fd, keep ? FALLOC_FL_KEEP_SIZE : 0, pos, len);
      if (err < 0) return err;
      this.sparse = true;
    }
    if (!keep && end > this.size) this.size = end;
    this.recount();
    return 0;
  }

  private zero(from: number, to: number): number {
    if (from >= to) return 0;
    if (this.fd < 0) {
      this.buf.fill(0, from, to);
      this.sparse = true;
      return 0;
    }
    const err = this.quota.native.fallocate(
      this.fd,
      FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
      from,
      to - from,
    );
    if (err < 0) return err;
    this.sparse = true;
    this.recount();
    return 0;
  }

  /** SEEK_DATA and SEEK_HOLE of lseek(2). @returns position or -ENXIO */
  seek(pos: number, whence: number): number {
    if (pos < 0 || pos >= this.size) return -ENXIO;
    if (this.fd >= 0) return this.quota.native.lseek(this.fd, pos, whence);
    return this.seekInline(pos, whence);
  }

  /** In the byte array a page of zeroes is a hole, once there may be any. */
  private seekInline(pos: number, whence: number): number {
    if (!this.sparse) return whence === SEEK_DATA ? pos : this.size;
    const wanted = whence === SEEK_HOLE;
    for (let at = pos; at < this.size; at = at - (at % PAGE) + PAGE) {
      const start = at - (at % PAGE);
      const empty = this.buf.subarray(start, Math.min(start + PAGE, this.size)).every((byte) => byte === 0);
      if (empty === wanted) return at;
    }
    return wanted ? this.size : -ENXIO;
  }

  /**
   * A host descriptor for mappings. Who may only read gets one that cannot be written through: mprotect(2) is the host
   * kernel's, and would else turn a read-only mapping into a writable one.
   * @returns descriptor or -errno
   */
  map(writable: boolean): number {
    const err = this.moveToHost();
    if (err < 0) return err;
    this.mapped = true;
    this.quota.memory?.mapped.add(this);
    if (writable) return this.fd;
    if (this.readOnlyFd < 0) {
      const fd = this.quota.native.reopenReadOnly(this.fd);
      if (fd < 0) return -ENFILE;
      this.readOnlyFd = fd;
    }
    return this.readOnlyFd;
  }

  /** Fills an empty content with `size` bytes of a host file, holes kept. @returns 0 or -errno */
  copyFrom(hostFd: number, size: number): number {
    const { native } = this.quota;
    if (size <= INLINE_MAX) {
      const refused = this.admit(pages(size));
      if (refused < 0) return refused;
      const buf = new Uint8Array(size);
      let done = 0;
      while (done < size) {
        const n = native.pread(hostFd, buf, done, size - done, done);
        if (n < 0) return n;
        if (n === 0) break;
        done += n;
      }
      this.buf = buf;
      this.size = size;
      this.recount();
      return 0;
    }
    let err = this.moveToHost();
    if (err >= 0) err = native.ftruncate(this.fd, size);
    for (let pos = 0; err >= 0 && pos < size; ) {
      const data = native.lseek(hostFd, pos, SEEK_DATA);
      if (data === -ENXIO) break;
      // A host file system without holes says EINVAL: everything is data then.
      const from = data < 0 ? pos : data;
      const hole = native.lseek(hostFd, from, SEEK_HOLE);
      const to = hole < 0 ? size : Math.min(hole, size);
      if (from > 0 || to < size) this.sparse = true;
      err = this.copyRange(hostFd, from, to);
      pos = Math.max(to, from + 1);
      // At once, so that the next run finds what is really free.
      this.size = to;
      this.recount();
    }
    if (err < 0) {
      this.free();
      return err;
    }
    this.size = size;
    this.recount();
    return 0;
  }

  private copyRange(hostFd: number, from: number, to: number): number {
    const { native } = this.quota;
    // A run may begin and end inside pages.
    const start = from - (from % PAGE);
    const refused = this.admit(pages(to - start));
    if (refused < 0) return refused;
    for (let at = from; at < to; ) {
      const n = native.copyRange(hostFd, at, this.fd, at, to - at);
      if (n < 0) return n;
      if (n === 0) break;
      at += n;
    }
    return 0;
  }

  /** Works out what is in use and charges the difference. */
  recount(): void {
    let used: number;
    if (this.fd < 0) used = pages(this.size);
    else if (this.sparse || this.mapped) {
      const { native } = this.quota;
      used = native.fstat(this.fd) < 0 ? this.charged : (native.statBuf[St.blocks] as number) * 512;
    } else used = pages(this.size);
    if (used !== this.charged) {
      this.quota.charge(used - this.charged);
      this.charged = used;
    }
  }

  /** Gives everything back. The content is empty afterwards and may be used again. */
  free(): void {
    if (this.fd >= 0) this.quota.native.close(this.fd);
    if (this.readOnlyFd >= 0) this.quota.native.close(this.readOnlyFd);
    this.fd = -1;
    this.readOnlyFd = -1;
    this.buf = EMPTY;
    this.size = 0;
    this.sparse = false;
    if (this.mapped) this.quota.memory?.mapped.delete(this);
    this.mapped = false;
    this.quota.charge(-this.charged);
    this.charged = 0;
  }
}

const EMPTY = new Uint8Array(0);
