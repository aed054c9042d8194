/** fcntl(2) (fs/fcntl.c). */

import { EBADF, EINVAL, EPERM } from '../src/abi/errno.js';
import {
  F_ADD_SEALS,
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_DUPFD_QUERY,
  F_GETFD,
  F_GETFL,
  F_GETLEASE,
  F_GETLK,
  F_GETOWN,
  F_GETOWN_EX,
  F_GETSIG,
  F_NOTIFY,
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_OFD_SETLKW,
  F_SETFD,
  F_SETFL,
  F_SETLEASE,
  F_SETLK,
  F_SETLKW,
  F_SETOWN,
  F_SETOWN_EX,
  F_SETSIG,
  FD_CLOEXEC,
  O_APPEND,
  O_ASYNC,
  O_DIRECT,
  O_NOATIME,
  O_NONBLOCK,
  O_PATH,
} from '../src/abi/fcntl.js';
import { CAP_FOWNER, RLIMIT_NOFILE } from '../src/abi/sched.js';
import { S_IFIFO, S_IFMT, S_IFREG } from '../src/abi/stat.js';
import { setNotify } from '../src/fs/dnotify.js';
import { capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import type { OpenFile } from '../src/vfs/file.js';
import { getLease, setLease } from '../src/vfs/leases.js';
import type { Family, SyscallArgs } from './family.js';
import { getOwner, ownerOf, setAsync, setOwner, setOwnerEx, setOwnerSignal } from './fasync.js';
import { getRecordLock, setRecordLock } from './lock.js';

/** Flags that F_SETFL changes by itself; O_ASYNC goes through `setAsync`. */
const SETFL_MASK = O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME;

function duplicate(task: Task, file: OpenFile, from: number, cloexec: boolean): number {
  const limit = task.group.limit(RLIMIT_NOFILE);
  if (from < 0 || from >= limit) return -EINVAL;
  return task.files.install(file, cloexec, limit, from);
}

function setFlags(task: Task, file: OpenFile, fd: number, wanted: number): number {
  const attr = file.getattr();
  if (
    (wanted & ~file.flags & O_NOATIME) !== 0 &&
    task.cred.fsuid !== attr.uid &&
    !capable(task.cred, CAP_FOWNER)
  ) {
    return -EPERM;
  }
  const type = attr.mode & S_IFMT;
  if ((wanted & O_DIRECT) !== 0 && type !== S_IFREG && type !== S_IFIFO) return -EINVAL;
  if (((wanted ^ file.flags) & O_ASYNC) !== 0) setAsync(file, (wanted & O_ASYNC) !== 0, fd);
  if (((wanted ^ file.flags) & (SETFL_MASK | O_ASYNC)) !== 0) file.lane?.close();
  file.flags = (file.flags & ~SETFL_MASK) | (wanted & SETFL_MASK);
  return 0;
}

/** F_SETOWN_EX and F_GETOWN_EX: struct f_owner_ex, two ints. */
function changeOwnerEx(task: Task, file: OpenFile, addr: number): number {
  const view = task.mem.view(addr, 8);
  if (typeof view === 'number') return view;
  return setOwnerEx(task, file, view.getInt32(0, true), view.getInt32(4, true));
}
function readOwnerEx(task: Task, file: OpenFile, addr: number): number {
  const view = task.mem.stage(8);
  view.setInt32(0, file.ownerKind, true);
  view.setInt32(4, ownerOf(task, file), true);
  return task.mem.post(addr, 8);
}

/** Commands that work on any descriptor, O_PATH included; undefined for all others. */
function pathCommand(
  task: Task,
  fd: number,
  file: OpenFile,
  cmd: number,
  args: SyscallArgs,
): number | undefined {
  switch (cmd) {
    case F_DUPFD:
      return duplicate(task, file, args.int(2), false);
    case F_DUPFD_CLOEXEC:
      return duplicate(task, file, args.int(2), true);
    case F_DUPFD_QUERY: {
      const other = task.files.get(args.int(2));
      return other === undefined ? -EBADF : other === file ? 1 : 0;
    }
    case F_GETFD:
      return task.files.descriptor(fd)?.cloexec === true ? FD_CLOEXEC : 0;
    case F_SETFD: {
      const d = task.files.descriptor(fd);
      if (d === undefined) return -EBADF;
      d.cloexec = (args.int(2) & FD_CLOEXEC) !== 0;
      return 0;
    }
    case F_GETFL:
      return file.flags;
    default:
      return undefined;
  }
}

function sysFcntl(task: Task, args: SyscallArgs): SyscallResult {
  const fd = args.int(0);
  const file = task.files.get(fd);
  if (file === undefined) return -EBADF;
  const cmd = args.uint(1);
  const simple = pathCommand(task, fd, file, cmd, args);
  if (simple !== undefined) return simple;
  if ((file.flags & O_PATH) !== 0) return -EBADF;
  switch (cmd) {
    case F_SETFL:
      return setFlags(task, file, fd, args.int(2));
    case F_GETLK:
      return getRecordLock(task, file, args.ptr(2), false);
    case F_OFD_GETLK:
      return getRecordLock(task, file, args.ptr(2), true);
    case F_SETLK:
      return setRecordLock(task, file, args.ptr(2), false, false);
    case F_SETLKW:
      return setRecordLock(task, file, args.ptr(2), false, true);
    case F_OFD_SETLK:
      return setRecordLock(task, file, args.ptr(2), true, false);
    case F_OFD_SETLKW:
      return setRecordLock(task, file, args.ptr(2), true, true);
    case F_GETOWN:
      return getOwner(task, file);
    case F_SETOWN:
      return setOwner(task, file, args.int(2));
    case F_GETOWN_EX:
      return readOwnerEx(task, file, args.ptr(2));
    case F_SETOWN_EX:
      return changeOwnerEx(task, file, args.ptr(2));
    case F_GETSIG:
      return file.ownerSignal;
    case F_SETSIG:
      return setOwnerSignal(file, args.int(2));
    case F_GETLEASE:
      return getLease(task.kernel, file);
    case F_SETLEASE:
      return setLease(task, file, fd, args.int(2));
    case F_NOTIFY:
      return setNotify(task, file, fd, args.int(2));
    // Pipe sizes and seals: the file's own. That it may be written is asked before whether it has seals at all.
    default:
      if (cmd === F_ADD_SEALS && !file.writable) return -EPERM;
      return file.fcntl(task, cmd, args.uint(2));
  }
}

export const fcntlFamily: Family = {
  fcntl: {
    handler: sysFcntl,
    args: ['fd', 'int', 'hex'],
    status: 'partial',
    note: 'no write hints: EINVAL',
  },
};
