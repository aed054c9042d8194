/** A process's descriptors (struct files_struct, fs/file.c). */

import { EBADF, EMFILE } from '../abi/errno.js';
import { O_PATH } from '../abi/fcntl.js';
import { IN_CLOSE_NOWRITE, IN_CLOSE_WRITE } from '../abi/poll.js';
import type { OpenFile } from './file.js';
import { dropFileLocks } from './locks.js';
import { notifyPath } from './notify.js';
import { uncountWriter } from './text-busy.js';

/** The hard upper bound of a descriptor number + 1, as fs.nr_open. */
export const NR_OPEN = 1048576;

export interface Descriptor {
  readonly file: OpenFile;
  cloexec: boolean;
}

export class FdTable {
  private readonly slots: (Descriptor | undefined)[] = [];
  /** No number below is free. */
  private firstFree = 0;
  /** Processes that share this table (CLONE_FILES). */
  users = 1;

  constructor(
    /** Called when a descriptor goes away, before its description is released: POSIX locks, epoll entries. */
    private readonly onClose: (table: FdTable, fd: number, file: OpenFile) => void = () => {},
  ) {}

  /** The description of `fd`, or undefined. */
  get(fd: number): OpenFile | undefined {
    return this.slots[fd]?.file;
  }
  descriptor(fd: number): Descriptor | undefined {
    return this.slots[fd];
  }

  /** Puts a description at the lowest free number >= `from`, below `limit` (RLIMIT_NOFILE). @returns the number or -EMFILE */
  install(file: OpenFile, cloexec: boolean, limit: number, from = 0): number {
    let fd = Math.max(from, this.firstFree);
    while (this.slots[fd] !== undefined) fd++;
    if (fd >= limit) return -EMFILE;
    if (from <= this.firstFree) this.firstFree = fd + 1;
    this.set(fd, file, cloexec);
    return fd;
  }

  /** 0 if `install` with this limit would find a number, else -EMFILE: asked before anything that leaves traces. */
  roomFor(limit: number): number {
    let fd = this.firstFree;
    while (this.slots[fd] !== undefined) fd++;
    this.firstFree = fd;
    return fd >= limit ? -EMFILE : 0;
  }

  /** Puts a description at exactly `fd`, closing what was there (dup2). */
  replace(fd: number, file: OpenFile, cloexec: boolean): void {
    file.refs++;
    this.close(fd);
    file.refs--;
    this.set(fd, file, cloexec);
  }

  private set(fd: number, file: OpenFile, cloexec: boolean): void {
    // A far number must not make a sparse giant: fill up, so that the array stays a plain one.
    while (this.slots.length < fd) this.slots.push(undefined);
    this.slots[fd] = { file, cloexec };
    file.lane?.close();
    file.refs++;
  }

  /** @returns 0 or -EBADF */
  close(fd: number): number {
    const d = this.slots[fd];
    if (d === undefined) return -EBADF;
    this.slots[fd] = undefined;
    if (fd < this.firstFree) this.firstFree = fd;
    d.file.lane?.close();
    this.onClose(this, fd, d.file);
    putFile(d.file);
    return 0;
  }

  /** Size of the table as Linux would have it (max_fds): select(2) does not look at numbers above. */
  get capacity(): number {
    const used = this.slots.length;
    if (used <= 64) return 64;
    return 128 * 2 ** Math.ceil(Math.log2(Math.floor((used - 1) / 128) + 1));
  }

  /** All open numbers, ascending. */
  *fds(): Generator<number> {
    for (let fd = 0; fd < this.slots.length; fd++) if (this.slots[fd] !== undefined) yield fd;
  }

  /** A copy for fork(2). */
  copy(): FdTable {
    const t = new FdTable(this.onClose);
    for (const d of this.slots) {
      t.slots.push(d === undefined ? undefined : { ...d });
      if (d === undefined) continue;
      d.file.lane?.close();
      d.file.refs++;
    }
    t.firstFree = this.firstFree;
    return t;
  }

  /** One user more (CLONE_FILES). @param sameSpace in the same address space: the fast lane knows only those */
  share(sameSpace: boolean): void {
    this.users++;
    if (!sameSpace) for (const fd of this.fds()) this.slots[fd]?.file.lane?.close();
  }

  closeOnExec(): void {
    for (const fd of this.fds()) if (this.slots[fd]?.cloexec === true) this.close(fd);
  }

  /** One user less; the last one closes everything. */
  put(): void {
    if (--this.users > 0) return;
    for (const fd of this.fds()) this.close(fd);
  }
}

/** What the end of any description brings: its own locks go, and watches hear of it. */
function closeFile(file: OpenFile): void {
  if (file.locks) dropFileLocks(file);
  if ((file.flags & O_PATH) === 0) notifyPath(file.path, file.writable ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
}

/** Drops a reference of a description. */
export function putFile(file: OpenFile): void {
  if (--file.refs !== 0) return;
  closeFile(file);
  if (file.watchers !== undefined) for (const w of [...file.watchers]) w.fileReleased();
  uncountWriter(file);
  file.release();
}
