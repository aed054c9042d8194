/**
 * The host descriptors of one shared file: one for each access mode, whatever number of descriptions use it. A description
 * that writes only must not need the right to read on the host, so there are three.
 */

import { ESTALE } from '../../abi/errno.js';
import { O_ACCMODE, O_RDONLY, O_RDWR, O_WRONLY } from '../../abi/fcntl.js';
import type { HostInode } from './inode.js';

interface Slot {
  fd: number;
  users: number;
}

export class Descriptors {
  /** By access mode: O_RDONLY, O_WRONLY, O_RDWR. */
  private readonly slots: (Slot | undefined)[] = [];

  constructor(private readonly inode: HostInode) {}

  /** Any descriptor that can be asked for attributes, or -1. */
  get any(): number {
    for (const s of this.slots) if (s !== undefined) return s.fd;
    return -1;
  }
  /** Any descriptor that can be written through, or -1. */
  get writable(): number {
    return (this.slots[O_RDWR] ?? this.slots[O_WRONLY])?.fd ?? -1;
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
    slot.users++;
    return 0;
  }

  private open(flags: number): number {
    const { native } = this.inode.fs;
    // Through another one, if there is any: the file may have no name any more.
    const other = this.any;
    const dir = other >= 0 ? other : this.inode.placeFd();
    if (dir < 0) return dir;
    const fd = native.openFileAt(dir, other >= 0 ? '' : this.inode.placeName, flags);
    if (fd < 0 || this.inode.isFound()) return fd;
    native.close(fd);
    return -ESTALE;
  }

  /** The end of a description. */
  give(access: number): void {
    const slot = this.slots[access];
    if (slot === undefined || --slot.users > 0) return;
    this.inode.fs.native.close(slot.fd);
    this.slots[access] = undefined;
  }

  /** The host descriptor that descriptions of this access mode use. */
  fd(access: number): number {
    return this.slots[access]?.fd ?? -1;
  }
}
