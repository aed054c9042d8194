/** read(2), write(2) and their relatives with positions, vectors and flags (fs/read_write.c). */

import { EBADF, EFAULT, EINVAL, ENXIO, EOPNOTSUPP, ESPIPE } from '../src/abi/errno.js';
import {
  __O_SYNC,
  O_DSYNC,
  O_NONBLOCK,
  RWF_APPEND,
  RWF_DSYNC,
  RWF_HIPRI,
  RWF_NOAPPEND,
  RWF_NOWAIT,
  RWF_SYNC,
  SEEK_MAX,
} from '../src/abi/fcntl.js';
import type { IoVec } from '../src/kernel/memory.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import type { OpenFile } from '../src/vfs/file.js';
import { accessOk, cappedCount, fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { readFile, readFileAt, writePosition, writeRoom, writeSeekable, writeStream } from './io.js';

function sysRead(task: Task, args: SyscallArgs): SyscallResult {
  const file = task.files.get(args.int(0));
  if (file === undefined || !file.readable) return -EBADF;
  if (file.lane !== undefined) file.lane.used(task, args.int(0));
  const addr = args.ptr(1);
  const len = args.long(2);
  if (!accessOk(addr, len)) return -EFAULT;
  return readFile(task, file, task.mem.sink1(addr, cappedCount(len)));
}

function sysWrite(task: Task, args: SyscallArgs): SyscallResult {
  const file = task.files.get(args.int(0));
  if (file === undefined || !file.writable) return -EBADF;
  if (file.lane !== undefined) file.lane.used(task, args.int(0));
  const addr = args.ptr(1);
  const count = args.long(2);
  if (!accessOk(addr, count)) return -EFAULT;
  const len = cappedCount(count);
  if (!file.seekable) return writeStream(task, file, task.mem.source1(addr, len));
  const pos = writePosition(file, file.pos);
  const room = writeRoom(task, file, pos, len);
  if (room < 0) return room;
  const r = writeSeekable(task, file, task.mem.source1(addr, room), pos);
  if (typeof r === 'number' && r > 0) file.pos = pos + r;
  return r;
}

function sysPread64(task: Task, args: SyscallArgs): SyscallResult {
  const pos = args.long(3);
  if (pos < 0) return -EINVAL;
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if (!file.seekable) return -ESPIPE;
  if (!file.readable) return -EBADF;
  const addr = args.ptr(1);
  const len = args.long(2);
  if (!accessOk(addr, len)) return -EFAULT;
  return readFileAt(task, file, task.mem.sink1(addr, cappedCount(len)), pos);
}

function sysPwrite64(task: Task, args: SyscallArgs): SyscallResult {
  const offset = args.long(3);
  if (offset < 0) return -EINVAL;
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if (!file.seekable) return -ESPIPE;
  if (!file.writable) return -EBADF;
  const addr = args.ptr(1);
  const len = args.long(2);
  if (!accessOk(addr, len)) return -EFAULT;
  // With O_APPEND Linux appends whatever the offset says; pwrite(2) calls it a bug and keeps it.
  const pos = writePosition(file, offset);
  const room = writeRoom(task, file, pos, cappedCount(len));
  if (room < 0) return room;
  return writeSeekable(task, file, task.mem.source1(addr, room), pos);
}

/** Bytes in a vector. */
export function iovLength(iov: readonly IoVec[]): number {
  let total = 0;
  for (const part of iov) total += part.len;
  return total;
}

/** The first `max` bytes of a vector. */
export function iovCut(iov: readonly IoVec[], max: number): readonly IoVec[] {
  const out: IoVec[] = [];
  let left = max;
  for (const part of iov) {
    if (left <= 0) break;
    out.push(part.len <= left ? part : { addr: part.addr, len: left });
    left -= part.len;
  }
  return out;
}

const RWF_KNOWN = RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND | RWF_NOAPPEND;

/** Checks RWF_* flags (kiocb_set_rw_flags). */
function checkRwFlags(flags: number): number {
  if ((flags & ~RWF_KNOWN) !== 0) return -EOPNOTSUPP;
  return (flags & RWF_APPEND) !== 0 && (flags & RWF_NOAPPEND) !== 0 ? -EINVAL : 0;
}

/** Runs `io` as if the description were non-blocking when RWF_NOWAIT asks for it. Nothing else runs meanwhile: one thread. */
function withNowait(file: OpenFile, flags: number, io: () => SyscallResult): SyscallResult {
  if ((flags & RWF_NOWAIT) === 0 || file.nonblock) return io();
  file.flags |= O_NONBLOCK;
  try {
    return io();
  } finally {
    file.flags &= ~O_NONBLOCK;
  }
}

/** do_readv and do_preadv: `pos` undefined reads at the description's position. */
function readVector(
  task: Task,
  file: OpenFile,
  args: SyscallArgs,
  pos: number | undefined,
  flags: number,
): SyscallResult {
  if (pos !== undefined && !file.seekable) return -ESPIPE;
  if (!file.readable) return -EBADF;
  const iov = task.mem.iovec(args.ptr(1), args.long(2));
  if (typeof iov === 'number') return iov;
  if (iovLength(iov) === 0) return 0;
  const bad = checkRwFlags(flags);
  if (bad < 0) return bad;
  const sink = task.mem.sink(iov);
  return withNowait(file, flags, () =>
    pos === undefined ? readFile(task, file, sink) : readFileAt(task, file, sink, pos),
  );
}

/** do_writev and do_pwritev: `at` undefined writes at the description's position and moves it. */
function writeVector(
  task: Task,
  file: OpenFile,
  args: SyscallArgs,
  at: number | undefined,
  flags: number,
): SyscallResult {
  if (at !== undefined && !file.seekable) return -ESPIPE;
  if (!file.writable) return -EBADF;
  const iov = task.mem.iovec(args.ptr(1), args.long(2));
  if (typeof iov === 'number') return iov;
  const len = iovLength(iov);
  if (len === 0) return 0;
  const bad = checkRwFlags(flags);
  if (bad < 0) return bad;
  if (!file.seekable) {
    const source = task.mem.source(iov);
    return withNowait(file, flags, () => writeStream(task, file, source));
  }
  const append = (flags & RWF_APPEND) !== 0 || (file.append && (flags & RWF_NOAPPEND) === 0);
  const pos = append ? file.getattr().size : (at ?? file.pos);
  const room = writeRoom(task, file, pos, len);
  if (room < 0) return room;
  const durable =
    ((flags & RWF_DSYNC) !== 0 ? O_DSYNC : 0) | ((flags & RWF_SYNC) !== 0 ? O_DSYNC | __O_SYNC : 0);
  const source = task.mem.source(room < len ? iovCut(iov, room) : iov);
  const r = withNowait(file, flags, () => writeSeekable(task, file, source, pos, durable));
  if (at === undefined && typeof r === 'number' && r > 0) file.pos = pos + r;
  return r;
}

function sysReadv(task: Task, args: SyscallArgs): SyscallResult {
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if (file.lane !== undefined) file.lane.used(task, args.int(0));
  return readVector(task, file, args, undefined, 0);
}

function sysWritev(task: Task, args: SyscallArgs): SyscallResult {
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  if (file.lane !== undefined) file.lane.used(task, args.int(0));
  return writeVector(task, file, args, undefined, 0);
}

/** preadv and preadv2: on 64-bit the offset is whole in the fourth argument; -1 means the own position (preadv2 only). */
function positioned(version: 1 | 2, move: typeof readVector) {
  return (task: Task, args: SyscallArgs): SyscallResult => {
    const pos = args.long(3);
    const flags = version === 2 ? args.int(5) : 0;
    const own = version === 2 && pos === -1;
    if (pos < 0 && !own) return -EINVAL;
    const file = fileOf(task, args.int(0));
    return file === undefined ? -EBADF : move(task, file, args, own ? undefined : pos, flags);
  };
}

function sysLseek(task: Task, args: SyscallArgs): SyscallResult {
  const file = fileOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  const whence = args.uint(2);
  if (whence > SEEK_MAX) return -EINVAL;
  const offset = args.long(1);
  if (whence > 2 && offset < 0 && file.seekable) return -ENXIO;
  return file.seek(offset, whence);
}

export const rwFamily: Family = {
  read: { handler: sysRead, args: ['fd', 'ptr', 'size'], status: 'full' },
  write: { handler: sysWrite, args: ['fd', 'buf', 'size'], status: 'full' },
  pread64: { handler: sysPread64, args: ['fd', 'ptr', 'size', 'off'], status: 'full' },
  pwrite64: { handler: sysPwrite64, args: ['fd', 'buf', 'size', 'off'], status: 'full' },
  readv: { handler: sysReadv, args: ['fd', 'ptr', 'int'], status: 'full' },
  writev: { handler: sysWritev, args: ['fd', 'ptr', 'int'], status: 'full' },
  preadv: { handler: positioned(1, readVector), args: ['fd', 'ptr', 'int', 'off', 'hex'], status: 'full' },
  pwritev: { handler: positioned(1, writeVector), args: ['fd', 'ptr', 'int', 'off', 'hex'], status: 'full' },
  preadv2: {
    handler: positioned(2, readVector),
    args: ['fd', 'ptr', 'int', 'off', 'hex', 'hex'],
    status: 'partial',
    note: 'RWF_ATOMIC and RWF_DONTCACHE give EOPNOTSUPP',
  },
  pwritev2: {
    handler: positioned(2, writeVector),
    args: ['fd', 'ptr', 'int', 'off', 'hex', 'hex'],
    status: 'partial',
    note: 'RWF_ATOMIC and RWF_DONTCACHE give EOPNOTSUPP',
  },
  lseek: { handler: sysLseek, args: ['fd', 'off', 'int'], status: 'full' },
};
