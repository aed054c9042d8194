/** Identity, groups, sessions and descriptors of processes; prctl(2) is in prctl.ts. */

import { EACCES, EBADF, EINVAL, ENOENT, EOPNOTSUPP, EPERM, ESRCH } from '../src/abi/errno.js';
import { O_NONBLOCK } from '../src/abi/fcntl.js';
import {
  CLONE_FILES,
  CLONE_FS,
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VM,
  RLIMIT_NOFILE,
} from '../src/abi/sched.js';
import { findByTid, findProcess, findTask, groupFor, joinGroup, newSession } from '../src/kernel/ids.js';
import { exitSem } from '../src/kernel/ipc/sem.js';
import { PidFile } from '../src/kernel/pidfd.js';
import { mayInspect } from '../src/kernel/ptrace-access.js';
import type { Task, ThreadGroup } from '../src/kernel/task.js';
import { CONTINUE, type SyscallResult } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';
import { prctlCalls } from './prctl.js';

const PERSONALITY_QUERY = 0xffffffff;
const NAMESPACE_FLAGS =
  CLONE_NEWNS |
  CLONE_NEWCGROUP |
  CLONE_NEWUTS |
  CLONE_NEWIPC |
  CLONE_NEWUSER |
  CLONE_NEWPID |
  CLONE_NEWNET |
  CLONE_NEWTIME;
const UNSHARE_FLAGS =
  NAMESPACE_FLAGS | CLONE_FILES | CLONE_FS | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM | CLONE_SYSVSEM;

const KCMP_FILE = 0;
const KCMP_VM = 1;
const KCMP_FILES = 2;
const KCMP_FS = 3;
const KCMP_SIGHAND = 4;
const KCMP_IO = 5;
const KCMP_SYSVSEM = 6;
const KCMP_TYPES = 8;

/** The process a pid argument names; 0 is the caller's. */
function target(task: Task, pid: number): ThreadGroup | undefined {
  return pid === 0 ? task.group : findByTid(task.pids, pid);
}

function sysGetppid(task: Task): number {
  return task.group.parent?.pid ?? 0;
}

function sysGetpgid(task: Task, args: SyscallArgs): number {
  return target(task, args.int(0))?.group.pgid ?? -ESRCH;
}

function sysGetsid(task: Task, args: SyscallArgs): number {
  return target(task, args.int(0))?.session.sid ?? -ESRCH;
}

function sysSetpgid(task: Task, args: SyscallArgs): number {
  const self = task.group;
  const pid = args.int(0) === 0 ? self.pid : args.int(0);
  const pgid = args.int(1) === 0 ? pid : args.int(1);
  if (pgid < 0) return -EINVAL;
  const tg = findProcess(task.pids, pid);
  if (tg === undefined) return findTask(task.pids, pid) === undefined ? -ESRCH : -EINVAL;
  if (tg !== self) {
    if (tg.parent !== self) return -ESRCH;
    if (tg.session !== self.session) return -EPERM;
    if (tg.didExec) return -EACCES;
  }
  if (tg.session.sid === tg.pid) return -EPERM;
  if (pgid !== tg.pid && task.pids.groups.get(pgid)?.session !== self.session) return -EPERM;
  joinGroup(tg, groupFor(task.pids, pgid, tg.session));
  return 0;
}

function sysSetsid(task: Task): number {
  const tg = task.group;
  if (task.pids.groups.has(tg.pid) || tg.session.sid === tg.pid) return -EPERM;
  newSession(tg);
  return tg.pid;
}

function sysPidfdOpen(task: Task, args: SyscallArgs): number {
  const flags = args.uint(1);
  if ((flags & ~O_NONBLOCK) !== 0) return -EINVAL;
  const pid = args.int(0);
  if (pid <= 0) return -EINVAL;
  const tg = findProcess(task.pids, pid);
  if (tg === undefined) return findTask(task.pids, pid) === undefined ? -ESRCH : -ENOENT;
  const file = new PidFile(task.kernel, flags & O_NONBLOCK).bind(tg);
  const fd = task.files.install(file, true, task.group.limit(RLIMIT_NOFILE));
  if (fd < 0) file.release();
  return fd;
}

function sysPidfdGetfd(task: Task, args: SyscallArgs): number {
  if (args.uint(2) !== 0) return -EINVAL;
  const pidfd = task.file(args.int(0));
  if (!(pidfd instanceof PidFile)) return -EBADF;
  const tg = pidfd.process;
  const leader = tg?.leader;
  if (tg === undefined || leader === undefined) return -ESRCH;
  if (!mayInspect(task, tg, true)) return -EPERM;
  const file = leader.files.get(args.int(1));
  return file === undefined ? -EBADF : task.files.install(file, true, task.group.limit(RLIMIT_NOFILE));
}

function sysUnshare(task: Task, args: SyscallArgs): number {
  const flags = args.uint(0);
  if ((flags & ~UNSHARE_FLAGS) !== 0) return -EINVAL;
  if ((flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) !== 0 && task.group.tasks.size > 1) return -EINVAL;
  if ((flags & NAMESPACE_FLAGS) !== 0) return -EPERM;
  if ((flags & CLONE_FS) !== 0 && task.fs.users > 1) {
    task.fs.users--;
    task.fs = task.fs.copy();
  }
  if ((flags & CLONE_FILES) !== 0 && task.files.users > 1) {
    const copy = task.files.copy();
    task.files.put();
    task.files = copy;
  }
  if ((flags & CLONE_SYSVSEM) !== 0) exitSem(task);
  return 0;
}

function sysSetns(task: Task, args: SyscallArgs): number {
  const file = task.file(args.int(0));
  if (file === undefined) return -EBADF;
  return file instanceof PidFile && (args.uint(1) & NAMESPACE_FLAGS) !== 0 ? -EPERM : -EINVAL;
}

/** A guest that is killed gives its memory back at once, so nothing is ever left to be hurried: only the checks remain. */
function sysProcessMrelease(task: Task, args: SyscallArgs): number {
  if (args.uint(1) !== 0) return -EINVAL;
  const pidfd = task.file(args.int(0));
  if (!(pidfd instanceof PidFile)) return -EBADF;
  const leader = pidfd.process?.leader;
  return leader === undefined || leader.group.zombie ? -ESRCH : -EINVAL;
}

/** What lays out addresses and maps memory is the host kernel, so it must know, too; the value is only the caller's own. */
function sysPersonality(task: Task, args: SyscallArgs): number {
  const persona = args.uint(0);
  if (persona === PERSONALITY_QUERY) return task.personality;
  task.personality = persona;
  return CONTINUE;
}

const order = new WeakMap<object, number>();
let nextOrder = 1;

/** 0 equal, 1 less, 2 greater, as kcmp(2); any fixed order will do. */
function compare(a: object | undefined, b: object | undefined): number {
  if (a === b) return 0;
  const [first, second] = [a, b].map((o) => {
    if (o === undefined) return 0;
    if (!order.has(o)) order.set(o, nextOrder++);
    return order.get(o) as number;
  }) as [number, number];
  return first < second ? 1 : 2;
}

const SHARED = new Map<number, (a: Task, b: Task) => number>([
  [KCMP_VM, (a, b) => compare(a.vm, b.vm)],
  [KCMP_FILES, (a, b) => compare(a.files, b.files)],
  [KCMP_FS, (a, b) => compare(a.fs, b.fs)],
  [KCMP_SIGHAND, (a, b) => compare(a.sighand, b.sighand)],
  [KCMP_IO, (a, b) => compare(a.ioContext, b.ioContext)],
  [KCMP_SYSVSEM, (a, b) => compare(a.semUndo, b.semUndo)],
]);

function sysKcmp(task: Task, args: SyscallArgs): number {
  const a = findTask(task.pids, args.int(0));
  const b = findTask(task.pids, args.int(1));
  const type = args.int(2);
  if (a === undefined || b === undefined) return -ESRCH;
  if (!mayInspect(task, a.group, true) || !mayInspect(task, b.group, true)) return -EPERM;
  if (type < 0 || type >= KCMP_TYPES) return -EINVAL;
  if (type !== KCMP_FILE) return SHARED.get(type)?.(a, b) ?? -EOPNOTSUPP;
  const fa = a.file(args.uint(3));
  const fb = b.file(args.uint(4));
  return fa === undefined || fb === undefined ? -EBADF : compare(fa, fb);
}

/** Tracing is the sentry's own means to run guests; a second tracer cannot be. */
function sysPtrace(): SyscallResult {
  return -EPERM;
}

/** Bytes that are moved at once. */
const VM_CHUNK = 65536;

/** process_vm_readv(2) and process_vm_writev(2): short where the first bad page is, as mm/process_vm_access.c. */
function processVm(write: boolean) {
  return (task: Task, args: SyscallArgs): number => {
    if (args.long(5) !== 0) return -EINVAL;
    const local = task.mem.iovec(args.ptr(1), args.long(2));
    if (typeof local === 'number') return local;
    const remote = task.mem.iovec(args.ptr(3), args.long(4));
    if (typeof remote === 'number') return remote;
    const other = findTask(task.pids, args.int(0));
    if (other === undefined) return -ESRCH;
    if (!mayInspect(task, other.group, true)) return -EPERM;
    const source = write ? task.mem.source(local) : other.mem.source(remote);
    const sink = write ? other.mem.sink(remote) : task.mem.sink(local);
    const buf = new Uint8Array(Math.min(VM_CHUNK, source.remaining, sink.remaining));
    let done = 0;
    while (source.remaining > 0 && sink.remaining > 0) {
      const got = source.take(buf, 0, Math.min(buf.length, sink.remaining));
      const put = got <= 0 ? got : sink.put(buf, 0, got);
      if (put <= 0) return done > 0 ? done : put;
      done += put;
      if (put < got) break;
    }
    return done;
  };
}

/** The list itself is the host's, and so is the answer; whose it may be is decided here. */
function sysGetRobustList(task: Task, args: SyscallArgs): SyscallResult {
  const tid = args.int(0);
  const other = tid === 0 ? task : findTask(task.pids, tid);
  if (other === undefined) return -ESRCH;
  return mayInspect(task, other.group, true) ? CONTINUE : -EPERM;
}

export const processFamily: Family = {
  getpid: { handler: (task) => task.pid, args: [], status: 'full' },
  gettid: { handler: (task) => task.tid, args: [], status: 'full' },
  getppid: { handler: sysGetppid, args: [], status: 'full' },
  getpgid: { handler: sysGetpgid, args: ['int'], status: 'full' },
  getpgrp: { handler: (task) => task.group.group.pgid, args: [], status: 'full' },
  setpgid: { handler: sysSetpgid, args: ['int', 'int'], status: 'full' },
  getsid: { handler: sysGetsid, args: ['int'], status: 'full' },
  setsid: { handler: sysSetsid, args: [], status: 'full' },
  pidfd_open: { handler: sysPidfdOpen, args: ['int', 'hex'], status: 'partial', note: 'no PIDFD_THREAD' },
  pidfd_getfd: { handler: sysPidfdGetfd, args: ['fd', 'fd', 'hex'], status: 'full' },
  unshare: {
    handler: sysUnshare,
    args: ['clone-flags'],
    status: 'partial',
    note: 'CLONE_FILES, CLONE_FS and CLONE_SYSVSEM; namespaces give EPERM',
  },
  setns: {
    handler: sysSetns,
    args: ['fd', 'hex'],
    status: 'partial',
    note: 'a sandbox has one of each namespace: EPERM for those of a pidfd',
  },
  personality: {
    handler: sysPersonality,
    args: ['hex'],
    status: 'partial',
    note: 'a set-user-ID program keeps ADDR_NO_RANDOMIZE for its stack',
  },
  kcmp: {
    handler: sysKcmp,
    args: ['int', 'int', 'int', 'hex', 'hex'],
    status: 'partial',
    note: 'no KCMP_EPOLL_TFD',
  },
  ptrace: {
    handler: sysPtrace,
    args: ['int', 'int', 'ptr', 'ptr'],
    status: 'partial',
    note: 'EPERM: no debuggers inside',
  },
  process_vm_readv: {
    handler: processVm(false),
    args: ['int', 'ptr', 'size', 'ptr', 'size', 'hex'],
    status: 'full',
  },
  process_vm_writev: {
    handler: processVm(true),
    args: ['int', 'ptr', 'size', 'ptr', 'size', 'hex'],
    status: 'full',
  },
  get_robust_list: { handler: sysGetRobustList, args: ['int', 'ptr', 'ptr'], status: 'full' },
  arch_prctl: {
    handler: () => -EINVAL,
    args: ['hex', 'ptr'],
    status: 'partial',
    note: 'EINVAL for the gs base and the vDSO',
  },
  process_mrelease: { handler: sysProcessMrelease, args: ['fd', 'hex'], status: 'full' },
  ...prctlCalls,
};
