/**
 * Advisory locks (fs/locks.c): flock(2) locks of a file description, record locks of a process (fcntl F_SETLK), record locks
 * of a description (F_OFD_SETLK). All are kept by inode; flock and record locks do not see each other.
 */

import { EAGAIN, EDEADLK, ENOLCK } from '../abi/errno.js';
import { F_UNLCK, F_WRLCK } from '../abi/fcntl.js';
import type { Task } from '../kernel/task.js';
import { WaitQueue, WOULD_BLOCK, type SyscallResult } from '../kernel/wait.js';
import type { FdTable } from './fdtable.js';
import type { OpenFile } from './file.js';
import type { Inode } from './inode.js';

/** A range of bytes, `end` included; Infinity is "to the end of the file, however it grows". */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Who holds a lock: a process by its descriptor table, or a description. */
type Owner = FdTable | OpenFile;

interface Lock extends Range {
  owner: Owner;
  type: number;
  /** Holder as F_GETLK tells it; -1 for a description's lock. */
  pid: number;
}

/** Record locks that one inode has at most; each costs the sentry memory. */
const MAX_LOCKS = 10_000;

class InodeLocks {
  flocks: Lock[] = [];
  records: Lock[] = [];
  readonly queue = new WaitQueue();
}

const table = new WeakMap<Inode, InodeLocks>();
/** For EDEADLK: on whom the owner of record locks waits now. */
const waitsFor = new Map<Owner, Owner>();
/** Descriptions and tables that hold anything, so that an ordinary close looks at nothing. */
const holders = new WeakSet<Owner>();

function locksOf(inode: Inode): InodeLocks {
  let l = table.get(inode);
  if (l === undefined) table.set(inode, (l = new InodeLocks()));
  return l;
}

function conflict(list: readonly Lock[], owner: Owner, type: number, range: Range): Lock | undefined {
  return list.find(
    (l) => l.owner !== owner && l.start <= range.end && range.start <= l.end && (type === F_WRLCK || l.type === F_WRLCK),
  );
}

/** The list with `range` of `owner` set to `type`: its own older locks are cut, split or replaced, equal neighbours joined. */
function replaceRange(list: readonly Lock[], next: Lock): Lock[] {
  const out: Lock[] = [];
  let { start, end } = next;
  for (const l of list) {
    if (l.owner !== next.owner) {
      out.push(l);
    } else if (l.type === next.type && l.start <= end + 1 && start <= l.end + 1) {
      start = Math.min(start, l.start);
      end = Math.max(end, l.end);
    } else if (l.end < next.start || l.start > next.end) {
      out.push(l);
    } else {
      if (l.start < next.start) out.push({ ...l, end: next.start - 1 });
      if (l.end > next.end) out.push({ ...l, start: next.end + 1 });
    }
  }
  if (next.type !== F_UNLCK) out.push({ ...next, start, end });
  return out.sort((a, b) => a.start - b.start);
}

/**
 * flock(2).
 * @param type F_RDLCK (shared), F_WRLCK (exclusive), F_UNLCK
 * @param wait false for LOCK_NB
 */
export function flock(_task: Task, file: OpenFile, type: number, wait: boolean): SyscallResult {
  const locks = locksOf(file.inode);
  const whole = { start: 0, end: Infinity };
  // Changing a lock lets go of the old one first, as Linux does.
  const had = locks.flocks.find((l) => l.owner === file);
  if (had !== undefined && had.type === type) return 0;
  locks.flocks = locks.flocks.filter((l) => l.owner !== file);
  if (had !== undefined) locks.queue.wake(0);
  if (type === F_UNLCK) return 0;
  const attempt = (): number | typeof WOULD_BLOCK => {
    if (conflict(locks.flocks, file, type, whole) !== undefined) return WOULD_BLOCK;
    locks.flocks.push({ ...whole, owner: file, type, pid: -1 });
    holders.add(file);
    return 0;
  };
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  return wait ? { on: [locks.queue], retry: attempt } : -EAGAIN;
}

/** The first lock in the way of one described, or undefined. */
export function getLock(
  task: Task,
  file: OpenFile,
  type: number,
  range: Range,
  ofd: boolean,
): { type: number; start: number; end: number; pid: number } | undefined {
  return conflict(locksOf(file.inode).records, ofd ? file : task.files, type, range);
}

/** F_SETLK, F_SETLKW (`wait`) and their OFD forms. @returns 0, -EAGAIN, -EDEADLK, -ENOLCK or a wait */
export function setLock(task: Task, file: OpenFile, type: number, range: Range, ofd: boolean, wait: boolean): SyscallResult {
  const owner: Owner = ofd ? file : task.files;
  const locks = locksOf(file.inode);
  const pid = ofd ? -1 : task.pid;
  const attempt = (): number | typeof WOULD_BLOCK => {
    const other = type === F_UNLCK ? undefined : conflict(locks.records, owner, type, range);
    if (other !== undefined) {
      if (wait && !ofd) {
        if (deadlock(owner, other.owner)) return -EDEADLK;
        waitsFor.set(owner, other.owner);
      }
      return WOULD_BLOCK;
    }
    if (locks.records.length >= MAX_LOCKS && type !== F_UNLCK) return -ENOLCK;
    const before = locks.records;
    locks.records = replaceRange(before, { owner, type, pid, ...range });
    holders.add(owner);
    if (type !== F_WRLCK) locks.queue.wake(0);
    return 0;
  };
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  if (!wait) return -EAGAIN;
  return { on: [locks.queue], retry: attempt, done: () => void waitsFor.delete(owner) };
}

function deadlock(owner: Owner, on: Owner): boolean {
  let at: Owner | undefined = on;
  for (let depth = 0; at !== undefined && depth < 64; depth++) {
    if (at === owner) return true;
    at = waitsFor.get(at);
  }
  return false;
}

function dropOwner(inode: Inode, owner: Owner): void {
  const locks = table.get(inode);
  if (locks === undefined) return;
  const before = locks.flocks.length + locks.records.length;
  locks.flocks = locks.flocks.filter((l) => l.owner !== owner);
  locks.records = locks.records.filter((l) => l.owner !== owner);
  if (locks.flocks.length + locks.records.length !== before) locks.queue.wake(0);
}

/**
 * A descriptor is being closed: the process loses all its record locks on that file (fcntl(2)), and with the last descriptor
 * the description loses its own.
 */
export function closeLocks(files: FdTable, _fd: number, file: OpenFile): void {
  if (holders.has(files)) dropOwner(file.inode, files);
  if (file.refs === 1 && holders.has(file)) dropOwner(file.inode, file);
}

