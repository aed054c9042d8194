/**
 * The host descriptors of one shared file: one for each access mode, whatever number of descriptions use it. A description
 * that writes only must not need the right to read on the host, so there are three. That for reading stays open for a while when
 * nobody uses it: most files are opened again and again.
 */

import { ESTALE } from '../../abi/errno.js';
import { O_ACCMODE, O_RDONLY, O_RDWR, O_WRONLY } from '../../abi/fcntl.js';
import type { HostInode } from './inode.js';

interface Slot {
  fd: number;
  users: number;
}

/** Files whose descriptor for reading nobody uses, over all shared directories; the one used last at the end. */
const idle = new Set<Descriptors>();
const MAX_IDLE = 256;

/** Closes what is kept of files of a file system that is gone. */
export function closeIdle(isIts: (inode: HostInode) => boolean): void {
  for (const d of [...idle]) if (isIts(d.inode)) d.forget();
}

export class Descriptors {
  /** By access mode: O_RDONLY, O_WRONLY, O_RDWR. */
  private readonly slots: (Slot | undefined)[] = [];

  constructor(readonly inode: HostInode) {}

  /** Any descriptor that can be asked for attributes, or -1. */
  get any(): number {
    for (const s of this.slots) if (s !== undefined) return s.fd;
    return -1;
  }

  /** The access mode of a description with these flags: 3 gives no right to read or write, but is opened like O_RDWR. */
  static access(flags: number): number {
    const access = flags & O_ACCMODE;
    return access === O_RDONLY || access === O_WRONLY ? access : O_RDWR;
  }

  /**
   * One description more.
   * @param made descriptor with which the file was made just now: opening it again may not be allowed; -1 for none
   * @returns 0 or -errno; `made` is used or closed
   */
  take(access: number, made: number): number {
    const { native } = this.inode.fs;
    let slot = this.slots[access];
    if (slot === undefined) {
      // A descriptor for both must not serve one that only reads: it may be mapped, and the host would let it be written.
      const fd = made >= 0 && access !== O_RDONLY ? made : this.open(access);
      if (fd !== made && made >= 0) native.close(made);
      if (fd < 0) return fd;
      this.slots[access] = slot = { fd, users: 0 };
      // An overlay of the host copies a file up that is to be written.
      if (access !== O_RDONLY && fd !== made && native.fstat(fd) >= 0) this.inode.adopt();
    } else if (made >= 0) native.close(made);
    if (slot.users++ === 0) idle.delete(this);
    return 0;
  }

  private open(flags: number): number {
    const { native } = this.inode.fs;
    // Through another one, if there is any: the file may have no name any more.
    const other = this.any;
    const dir = other >= 0 ? other : this.inode.placeFd();
    if (dir < 0) return dir;
    const fd = native.openFileAt(dir, other >= 0 ? '' : this.inode.placeName, flags);
    if (fd < 0 || other >= 0 || this.inode.isFound()) return fd;
    native.close(fd);
    return -ESTALE;
  }

  /** The end of a description. */
  give(access: number): void {
    const slot = this.slots[access];
    if (slot === undefined || --slot.users > 0) return;
    if (access === O_RDONLY && !this.inode.isNameless) this.keep();
    else this.close(access);
  }

  private close(access: number): void {
    const slot = this.slots[access];
    this.slots[access] = undefined;
    if (slot !== undefined) this.inode.fs.native.close(slot.fd);
  }

  private keep(): void {
    idle.add(this);
    if (idle.size <= MAX_IDLE) return;
    for (const oldest of idle) {
      oldest.forget();
      return;
    }
  }

  /** Nobody will need what is kept. */
  forget(): void {
    idle.delete(this);
    if (this.slots[O_RDONLY]?.users === 0) this.close(O_RDONLY);
  }

  /**
   * An overlay of the host has copied the file up: what was opened for reading shows what it was before. Who reads goes on with
   * what it is now.
   */
  copiedUp(): void {
    const { native } = this.inode.fs;
    this.forget();
    const old = this.slots[O_RDONLY];
    if (old === undefined) return;
    const writable = (this.slots[O_RDWR] ?? this.slots[O_WRONLY])?.fd ?? -1;
    const dir = writable >= 0 ? writable : this.inode.placeFd();
    if (dir < 0) return;
    const fd = native.openFileAt(dir, writable >= 0 ? '' : this.inode.placeName, O_RDONLY);
    if (fd < 0) return;
    if (writable >= 0 || this.inode.isFound()) {
      native.close(old.fd);
      old.fd = fd;
    } else native.close(fd);
  }

  /** The host descriptor that descriptions of this access mode use. */
  fd(access: number): number {
    return this.slots[access]?.fd ?? -1;
  }
}
