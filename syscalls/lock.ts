/** flock(2), and the record locks of fcntl(2) (fs/locks.c): decoding; the lock lists are src/vfs/locks.ts. */

import { EBADF, EINVAL, EOVERFLOW } from '../src/abi/errno.js';
import {
  F_RDLCK,
  F_UNLCK,
  F_WRLCK,
  LOCK_EX,
  LOCK_MAND,
  LOCK_NB,
  LOCK_SH,
  LOCK_UN,
  SEEK_CUR,
  SEEK_END,
  SEEK_SET,
} from '../src/abi/fcntl.js';
import { decodeFlock, encodeFlock, type Flock, SIZEOF_FLOCK } from '../src/abi/structs-file.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import type { OpenFile } from '../src/vfs/file.js';
import { flock, getLock, setLock } from '../src/vfs/locks.js';
import { fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

/** A range of bytes, `end` included; Infinity is "to the end of the file, however it grows". */
export interface LockRange {
  readonly start: number;
  readonly end: number;
}

/** Offsets are signed 64-bit; beyond what a double holds exactly a lock's end means the same as no end. */
const OFFSET_LIMIT = 2 ** 63;

/** The range that a struct flock means (flock_to_posix_lock). @returns the range, -EINVAL or -EOVERFLOW */
export function lockRange(file: OpenFile, lock: Flock): LockRange | number {
  let base: number;
  if (lock.whence === SEEK_SET) base = 0;
  else if (lock.whence === SEEK_CUR) base = file.pos;
  else if (lock.whence === SEEK_END) base = file.getattr().size;
  else return -EINVAL;
  const from = base + lock.start;
  if (from >= OFFSET_LIMIT) return -EOVERFLOW;
  if (from < 0) return -EINVAL;
  if (lock.len === 0) return { start: from, end: Infinity };
  if (lock.len > 0) {
    const end = from + lock.len - 1;
    if (end >= OFFSET_LIMIT) return end > OFFSET_LIMIT ? -EOVERFLOW : { start: from, end: Infinity };
    return { start: from, end };
  }
  if (from + lock.len < 0) return -EINVAL;
  return { start: from + lock.len, end: from - 1 };
}

function readFlock(task: Task, addr: number): Flock | number {
  const view = task.mem.view(addr, SIZEOF_FLOCK);
  return typeof view === 'number' ? view : decodeFlock(view);
}

/** F_GETLK and F_OFD_GETLK: the first lock in the way of the one described, or F_UNLCK. */
export function getRecordLock(task: Task, file: OpenFile, addr: number, ofd: boolean): number {
  const want = readFlock(task, addr);
  if (typeof want === 'number') return want;
  if (want.type !== F_RDLCK && want.type !== F_WRLCK && !(ofd && want.type === F_UNLCK)) return -EINVAL;
  const range = lockRange(file, want);
  if (typeof range === 'number') return range;
  if (ofd && want.pid !== 0) return -EINVAL;
  const other = getLock(task, file, want.type, range, ofd);
  const answer: Flock =
    other === undefined
      ? { ...want, type: F_UNLCK }
      : {
          type: other.type,
          whence: SEEK_SET,
          start: other.start,
          len: other.end === Infinity ? 0 : other.end - other.start + 1,
          pid: other.process?.in(task.pids) ?? -1,
        };
  encodeFlock(task.mem.stage(SIZEOF_FLOCK), answer);
  return task.mem.post(addr, SIZEOF_FLOCK);
}

/** F_SETLK, F_SETLKW and their OFD forms. */
export function setRecordLock(
  task: Task,
  file: OpenFile,
  addr: number,
  ofd: boolean,
  wait: boolean,
): SyscallResult {
  const want = readFlock(task, addr);
  if (typeof want === 'number') return want;
  const range = lockRange(file, want);
  if (typeof range === 'number') return range;
  if (want.type !== F_RDLCK && want.type !== F_WRLCK && want.type !== F_UNLCK) return -EINVAL;
  if (want.type === F_RDLCK && !file.readable) return -EBADF;
  if (want.type === F_WRLCK && !file.writable) return -EBADF;
  if (ofd && want.pid !== 0) return -EINVAL;
  return setLock(task, file, want.type, range, ofd, wait);
}

function sysFlock(task: Task, args: SyscallArgs): SyscallResult {
  const op = args.int(1);
  // Mandatory locks are gone; Linux still accepts the request and does nothing.
  if ((op & LOCK_MAND) !== 0) return 0;
  const how = op & ~LOCK_NB;
  if (how !== LOCK_SH && how !== LOCK_EX && how !== LOCK_UN) return -EINVAL;
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if (how !== LOCK_UN && !file.readable && !file.writable) return -EBADF;
  const type = how === LOCK_SH ? F_RDLCK : how === LOCK_EX ? F_WRLCK : F_UNLCK;
  return flock(task, file, type, (op & LOCK_NB) === 0);
}

export const lockFamily: Family = {
  flock: { handler: sysFlock, args: ['fd', 'hex'], status: 'full' },
};
