/** wait4(2), waitid(2). */

import { EAGAIN, EBADF, EFAULT, EINVAL, ESRCH } from '../src/abi/errno.js';
import {
  __WALL,
  __WCLONE,
  __WNOTHREAD,
  WCONTINUED,
  WEXITED,
  WNOHANG,
  WNOWAIT,
  WSTOPPED,
  WUNTRACED,
} from '../src/abi/sched.js';
import { SIGCHLD } from '../src/abi/signal.js';
import { putChildSiginfo, putRusage, RUSAGE_SIZE, SIGINFO_SIZE } from '../src/abi/structs-process.js';
import { type ChildFilter, type WaitResult, waitChild } from '../src/kernel/children.js';
import { findProcess } from '../src/kernel/ids.js';
import { PidFile } from '../src/kernel/pidfd.js';
import type { Task } from '../src/kernel/task.js';
import { type SyscallResult, WOULD_BLOCK } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';

const WAIT4_OPTIONS = WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL;
const WAITID_EVENTS = WEXITED | WSTOPPED | WCONTINUED;
const WAITID_OPTIONS = WNOHANG | WNOWAIT | WAITID_EVENTS | __WNOTHREAD | __WCLONE | __WALL;
const P_ALL = 0;
const P_PID = 1;
const P_PGID = 2;
const P_PIDFD = 3;

/**
 * Looks for news and waits for them unless WNOHANG.
 * @param answer stores what was found and gives the call's result; gets undefined when WNOHANG found nothing
 */
function waitFor(
  task: Task,
  filter: ChildFilter,
  options: number,
  wantUsage: boolean,
  answer: (found: WaitResult | undefined) => number,
  nothing = 0,
): SyscallResult {
  const first = waitChild(task, filter, options, wantUsage);
  if (typeof first !== 'number') return answer(first);
  if (first !== 0) return first;
  if ((options & WNOHANG) !== 0) return answer(undefined);
  if (nothing !== 0) return nothing;
  return {
    on: [task.group.childQueue],
    retry() {
      const found = waitChild(task, filter, options, wantUsage);
      if (typeof found !== 'number') return answer(found);
      return found === 0 ? WOULD_BLOCK : found;
    },
  };
}

function storeUsage(task: Task, addr: number, found: WaitResult): number {
  if (addr === 0 || found.usage === undefined) return 0;
  putRusage(task.mem.stage(RUSAGE_SIZE), found.usage);
  return task.mem.post(addr, RUSAGE_SIZE);
}

function sysWait4(task: Task, args: SyscallArgs): SyscallResult {
  const pid = args.int(0);
  const statusAddr = args.ptr(1);
  const options = args.uint(2);
  const usageAddr = args.ptr(3);
  if ((options & ~WAIT4_OPTIONS) !== 0) return -EINVAL;
  if (pid === -0x80000000) return -ESRCH;
  let filter: ChildFilter;
  if (pid === -1) filter = { kind: 'all' };
  else if (pid > 0) filter = { kind: 'process', tg: findProcess(task.pids, pid) };
  else filter = { kind: 'group', pgid: pid === 0 ? task.group.group.pgid : -pid };
  return waitFor(task, filter, options | WEXITED, usageAddr !== 0, (found) => {
    if (found === undefined) return 0;
    // The child is gone even if its status cannot be stored, as on Linux.
    if (statusAddr !== 0 && task.mem.putU32(statusAddr, found.word) < 0) return -EFAULT;
    return storeUsage(task, usageAddr, found) < 0 ? -EFAULT : found.pid;
  });
}

function sysWaitid(task: Task, args: SyscallArgs): SyscallResult {
  const infoAddr = args.ptr(2);
  const options = args.uint(3);
  const usageAddr = args.ptr(4);
  if ((options & ~WAITID_OPTIONS) !== 0 || (options & WAITID_EVENTS) === 0) return -EINVAL;
  let nothing = 0;
  const filter = waitidFilter(task, args.int(0), args.int(1), () => {
    nothing = -EAGAIN;
  });
  if (typeof filter === 'number') return filter;
  const answer = (found: WaitResult | undefined): number => {
    if (found !== undefined && storeUsage(task, usageAddr, found) < 0) return -EFAULT;
    if (infoAddr === 0) return 0;
    const dv = task.mem.stage(SIGINFO_SIZE);
    if (found !== undefined) putChildSiginfo(dv, SIGCHLD, found.code, found.pid, found.uid, found.status);
    // Only the fields up to si_status are stored.
    return task.mem.post(infoAddr, 28);
  };
  return waitFor(task, filter, options, usageAddr !== 0, answer, nothing);
}

/** @param nonblock called for a pidfd that must not wait */
function waitidFilter(task: Task, which: number, id: number, nonblock: () => void): ChildFilter | number {
  if (which === P_ALL) return { kind: 'all' };
  if (which === P_PID) return id <= 0 ? -EINVAL : { kind: 'process', tg: findProcess(task.pids, id) };
  if (which === P_PGID) {
    return id < 0 ? -EINVAL : { kind: 'group', pgid: id === 0 ? task.group.group.pgid : id };
  }
  if (which !== P_PIDFD || id < 0) return -EINVAL;
  const file = task.file(id);
  if (!(file instanceof PidFile)) return -EBADF;
  if (file.nonblock) nonblock();
  return { kind: 'process', tg: file.process };
}

export const waitFamily: Family = {
  wait4: {
    handler: sysWait4,
    args: ['int', 'ptr', 'hex', 'ptr'],
    status: 'full',
    note: 'ru_maxrss of a child that has ended is 0: the host no longer knows it',
  },
  waitid: { handler: sysWaitid, args: ['int', 'int', 'ptr', 'hex', 'ptr'], status: 'full' },
};
