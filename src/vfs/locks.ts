/**
 * File locks by inode (fs/locks.c): flock(2), the record locks of fcntl(2) that belong to a process (here: to its descriptor
 * table, as on Linux), and those that belong to an open file description.
 */

import { EAGAIN, EDEADLK } from '../abi/errno.js';
import { F_UNLCK, F_WRLCK } from '../abi/fcntl.js';
import type { Pid } from '../kernel/pid-namespace.js';
import type { Task } from '../kernel/task.js';
import { type Block, type SyscallResult, WaitQueue, WOULD_BLOCK } from '../kernel/wait.js';
import type { FdTable } from './fdtable.js';
import type { OpenFile } from './file.js';
import type { Inode } from './inode.js';

type Owner = FdTable | OpenFile;

/** A range of bytes, `end` included; Infinity is "to the end of the file, however it grows". */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface RecordLock extends Range {
  readonly owner: Owner;
  readonly type: number;
  /** l_pid: the process that asked; undefined for locks of a description. */
  readonly process: Pid | undefined;
}

class FileLocks {
  /** Whole-file locks of flock(2): description -> F_RDLCK or F_WRLCK. */
  readonly flocks = new Map<OpenFile, number>();
  /** Sorted by start; ranges of one owner never overlap. */
  records: RecordLock[] = [];
  /** Woken whenever a lock went or became weaker. */
  readonly queue = new WaitQueue();

  get empty(): boolean {
    return this.flocks.size === 0 && this.records.length === 0;
  }
}

const locksOf = new WeakMap<object, FileLocks>();
/** Inodes on which a descriptor table may hold record locks. */
const tableLocks = new WeakMap<FdTable, Set<Inode>>();
/** Who waits for whom, for EDEADLK: only locks of processes take part (posix_locks_deadlock). */
const waitsFor = new Map<Owner, Owner>();

function locksFor(inode: Inode): FileLocks {
  const { identity } = inode;
  let l = locksOf.get(identity);
  if (l === undefined) locksOf.set(identity, (l = new FileLocks()));
  return l;
}

// --- flock(2) --------------------------------------------------------------------------------------------------------

/**
 * @param type F_RDLCK (LOCK_SH), F_WRLCK (LOCK_EX) or F_UNLCK
 * @param wait false: -EAGAIN instead of waiting
 */
export function flock(_task: Task, file: OpenFile, type: number, wait: boolean): SyscallResult {
  if (type === F_UNLCK && !file.locks) return 0;
  const l = locksFor(file.inode);
  const had = l.flocks.get(file);
  if (type === F_UNLCK || (had !== undefined && had !== type)) {
    // A conversion is not atomic: the old lock goes first, and others may get theirs in between (flock(2)).
    if (l.flocks.delete(file)) l.queue.wake(1);
  }
  if (type === F_UNLCK || had === type) return 0;
  file.locks = true;
  if (tryFlock(l, file, type)) return 0;
  if (!wait) return -EAGAIN;
  return { on: [l.queue], retry: () => (tryFlock(l, file, type) ? 0 : WOULD_BLOCK) };
}

function tryFlock(l: FileLocks, file: OpenFile, type: number): boolean {
  for (const [other, held] of l.flocks) {
    if (other !== file && (type === F_WRLCK || held === F_WRLCK)) return false;
  }
  l.flocks.set(file, type);
  return true;
}

// --- record locks ------------------------------------------------------------------------------------------------------

function ownerOf(task: Task, file: OpenFile, ofd: boolean): Owner {
  return ofd ? file : task.files;
}

/** The first lock of somebody else that is in the way. */
function conflict(l: FileLocks, owner: Owner, type: number, range: Range): RecordLock | undefined {
  for (const r of l.records) {
    if (r.owner === owner || r.start > range.end || r.end < range.start) continue;
    if (type === F_WRLCK || r.type === F_WRLCK) return r;
  }
  return undefined;
}

/** F_GETLK, F_OFD_GETLK: the lock that would be in the way, or undefined. With F_UNLCK (OFD only) the owner's own locks are looked for. */
export function getLock(
  task: Task,
  file: OpenFile,
  type: number,
  range: Range,
  ofd: boolean,
): RecordLock | undefined {
  const l = locksOf.get(file.inode.identity);
  if (l === undefined) return undefined;
  const owner = ownerOf(task, file, ofd);
  if (type !== F_UNLCK) return conflict(l, owner, type, range);
  return l.records.find((r) => r.owner === owner && r.start <= range.end && r.end >= range.start);
}

/** F_SETLK, F_SETLKW and their OFD forms. @returns 0, -EAGAIN, -EDEADLK or a wait */
export function setLock(
  task: Task,
  file: OpenFile,
  type: number,
  range: Range,
  ofd: boolean,
  wait: boolean,
): SyscallResult {
  const { inode } = file;
  const owner = ownerOf(task, file, ofd);
  if (type === F_UNLCK) {
    const l = locksOf.get(inode.identity);
    if (l !== undefined && replace(l, owner, undefined, range)) l.queue.wake(1);
    return 0;
  }
  const l = locksFor(inode);
  const process = ofd ? undefined : task.group.ref;
  const lock: RecordLock = { owner, type, start: range.start, end: range.end, process };
  const other = conflict(l, owner, type, range);
  if (other === undefined) {
    take(l, file, lock, ofd ? undefined : task.files);
    return 0;
  }
  if (!wait) return -EAGAIN;
  if (ofd) return waitForLock(l, file, lock, undefined);
  if (wouldDeadlock(owner, other.owner)) return -EDEADLK;
  return waitForLock(l, file, lock, task.files);
}

function waitForLock(l: FileLocks, file: OpenFile, lock: RecordLock, table: FdTable | undefined): Block {
  return {
    on: [l.queue],
    retry() {
      const other = conflict(l, lock.owner, lock.type, lock);
      if (other !== undefined) {
        if (table === undefined) return WOULD_BLOCK;
        if (wouldDeadlock(lock.owner, other.owner)) return -EDEADLK;
        waitsFor.set(lock.owner, other.owner);
        return WOULD_BLOCK;
      }
      take(l, file, lock, table);
      return 0;
    },
    done() {
      waitsFor.delete(lock.owner);
    },
  };
}

/** Does `holder` wait, directly or through others, for `asker`? */
function wouldDeadlock(asker: Owner, holder: Owner): boolean {
  const seen = new Set<Owner>();
  for (let o: Owner | undefined = holder; o !== undefined && !seen.has(o); o = waitsFor.get(o)) {
    if (o === asker) return true;
    seen.add(o);
  }
  return false;
}

function take(l: FileLocks, file: OpenFile, lock: RecordLock, table: FdTable | undefined): void {
  if (table === undefined) file.locks = true;
  else {
    let inodes = tableLocks.get(table);
    if (inodes === undefined) tableLocks.set(table, (inodes = new Set()));
    inodes.add(file.inode);
  }
  if (replace(l, lock.owner, lock, lock)) l.queue.wake(1);
}

/**
 * Puts `lock` (or nothing) over the owner's locks in `range`: they are cut, split or swallowed; neighbours of the same type merge.
 * @returns true if a lock went or may have become weaker
 */
function replace(l: FileLocks, owner: Owner, lock: RecordLock | undefined, range: Range): boolean {
  let weaker = false;
  const next: RecordLock[] = [];
  let merged = lock;
  for (const r of l.records) {
    const touches = r.start <= range.end + 1 && r.end + 1 >= range.start;
    if (r.owner !== owner || !touches) {
      next.push(r);
      continue;
    }
    if (merged !== undefined && r.type === merged.type) {
      merged = { ...merged, start: Math.min(merged.start, r.start), end: Math.max(merged.end, r.end) };
      continue;
    }
    if (r.start > range.end || r.end < range.start) {
      next.push(r);
      continue;
    }
    weaker = true;
    if (r.start < range.start) next.push({ ...r, end: range.start - 1 });
    if (r.end > range.end) next.push({ ...r, start: range.end + 1 });
  }
  if (merged !== undefined) next.push(merged);
  next.sort((a, b) => a.start - b.start);
  l.records = next;
  return weaker;
}

// --- the end of locks -----------------------------------------------------------------------------------------------------

/** Closing any descriptor of a file drops all record locks that the process has on it (fcntl(2)). For FdTable's onClose. */
export function closeLocks(table: FdTable, _fd: number, file: OpenFile): void {
  const inodes = tableLocks.get(table);
  if (inodes === undefined) return;
  const { inode } = file;
  if (!inodes.delete(inode)) return;
  const l = locksOf.get(inode.identity);
  if (l !== undefined) dropOwner(l, table);
}

/** The last reference of a description went away: its flock and its own record locks go. */
export function dropFileLocks(file: OpenFile): void {
  const l = locksOf.get(file.inode.identity);
  if (l === undefined) return;
  if (l.flocks.delete(file)) l.queue.wake(1);
  dropOwner(l, file);
}

function dropOwner(l: FileLocks, owner: Owner): void {
  const rest = l.records.filter((r) => r.owner !== owner);
  if (rest.length === l.records.length) return;
  l.records = rest;
  l.queue.wake(1);
}
