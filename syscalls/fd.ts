/** Descriptor numbers: close(2), dup(2), close_range(2) (fs/file.c). */

import { EBADF, EINVAL } from '../src/abi/errno.js';
import { CLOSE_RANGE_CLOEXEC, CLOSE_RANGE_UNSHARE, O_CLOEXEC } from '../src/abi/fcntl.js';
import { RLIMIT_NOFILE } from '../src/abi/sched.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { Socket } from '../src/net/socket.js';
import type { Family, SyscallArgs } from './family.js';

/** The descriptor is gone at once; a socket that lingers keeps the caller (tcp_close). */
function sysClose(task: Task, args: SyscallArgs): SyscallResult {
  const file = task.files.get(args.int(0));
  const r = task.files.close(args.int(0));
  return file instanceof Socket && file.refs === 0 ? (file.lingering() ?? r) : r;
}

function sysDup(task: Task, args: SyscallArgs): number {
  const file = task.files.get(args.int(0));
  if (file === undefined) return -EBADF;
  return task.files.install(file, false, task.group.limit(RLIMIT_NOFILE));
}

/** dup3 once the flags are known to be right and the numbers to differ. */
function dupTo(task: Task, from: number, to: number, cloexec: boolean): number {
  if (to < 0 || to >= task.group.limit(RLIMIT_NOFILE)) return -EBADF;
  const file = task.files.get(from);
  if (file === undefined) return -EBADF;
  task.files.replace(to, file, cloexec);
  return to;
}

function sysDup2(task: Task, args: SyscallArgs): number {
  const from = args.int(0);
  const to = args.int(1);
  if (from === to) return task.files.get(from) === undefined ? -EBADF : to;
  return dupTo(task, from, to, false);
}

function sysDup3(task: Task, args: SyscallArgs): number {
  const flags = args.int(2);
  if ((flags & ~O_CLOEXEC) !== 0) return -EINVAL;
  const from = args.int(0);
  const to = args.int(1);
  if (from === to) return -EINVAL;
  return dupTo(task, from, to, flags !== 0);
}

function sysCloseRange(task: Task, args: SyscallArgs): number {
  const first = args.uint(0);
  const last = args.uint(1);
  const flags = args.uint(2);
  if ((flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC)) !== 0 || last < first) return -EINVAL;
  if ((flags & CLOSE_RANGE_UNSHARE) !== 0 && task.files.users > 1) {
    const own = task.files.copy();
    task.files.put();
    task.files = own;
  }
  const table = task.files;
  for (const fd of [...table.fds()]) {
    if (fd < first) continue;
    if (fd > last) break;
    if ((flags & CLOSE_RANGE_CLOEXEC) === 0) table.close(fd);
    else {
      const d = table.descriptor(fd);
      if (d !== undefined) d.cloexec = true;
    }
  }
  return 0;
}

export const fdFamily: Family = {
  close: { handler: sysClose, args: ['fd'], status: 'full' },
  close_range: { handler: sysCloseRange, args: ['uint', 'uint', 'hex'], status: 'full' },
  dup: { handler: sysDup, args: ['fd'], status: 'full' },
  dup2: { handler: sysDup2, args: ['fd', 'fd'], status: 'full' },
  dup3: { handler: sysDup3, args: ['fd', 'fd', 'open-flags'], status: 'full' },
};
