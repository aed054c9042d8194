/** New tasks: clone(2), fork(2), vfork(2), clone3(2), as in copy_process of kernel/fork.c. */

import { EAGAIN, EFAULT, EINVAL, EPERM } from '../abi/errno.js';
import {
  CAP_SYS_ADMIN,
  CAP_SYS_RESOURCE,
  CLONE_CLEAR_SIGHAND,
  CLONE_DETACHED,
  CLONE_FILES,
  CLONE_FS,
  CLONE_INTO_CGROUP,
  CLONE_IO,
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_PARENT,
  CLONE_PIDFD,
  CLONE_SIGHAND,
  CLONE_SYSVSEM,
  CLONE_THREAD,
  CLONE_VM,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
} from '../abi/sched.js';
import { SI_KERNEL, SIGKILL } from '../abi/signal.js';
import type { FdTable } from '../vfs/fdtable.js';
import type { Container } from './container.js';
import { type Cred, capable } from './cred.js';
import { groupFor } from './ids.js';
import { shareSemUndo } from './ipc/sem.js';
import { copySegments } from './ipc/shm.js';
import type { AddressSpace } from './mm.js';
import { PidFile } from './pidfd.js';
import { type Filters, heldFilters, inheritFilters } from './seccomp/install.js';
import { sendToProcess } from './signals.js';
import { type FsContext, type Rlimit, Session, Task, ThreadGroup, type WaitStatus } from './task.js';

/** struct clone_args, or what clone(2)'s registers say. Addresses are the caller's; 0 is none. */
export interface CloneArgs {
  /** CLONE_*, without the exit signal. Beyond 2^32: CLONE_CLEAR_SIGHAND and CLONE_INTO_CGROUP. */
  flags: number;
  exitSignal: number;
  stack: number;
  stackSize: number;
  parentTid: number;
  childTid: number;
  tls: number;
  /** Where the pidfd number goes (clone(2): the same register as parentTid). */
  pidfd: number;
  /** Pids that the caller wants (clone3's set_tid). */
  setTid?: readonly number[];
  /** Set by prepareClone: the descriptor already put in the caller's table. */
  /** Set by prepareClone: the address space that is being copied. */
  copied?: AddressSpace;
  pidFile?: { file: PidFile; fd: number; table: FdTable };
  /** Set by prepareClone: what a new process inherits, whatever another thread does to the caller meanwhile. */
  filters?: Filters;
}

const NAMESPACES = [
  CLONE_NEWNS,
  CLONE_NEWCGROUP,
  CLONE_NEWUTS,
  CLONE_NEWIPC,
  CLONE_NEWUSER,
  CLONE_NEWPID,
  CLONE_NEWNET,
  CLONE_NEWTIME,
];

/** Flags are up to 33 bits wide, so the bit operators of JavaScript are not enough. */
function has(flags: number, flag: number): boolean {
  return Math.floor(flags / flag) % 2 === 1;
}

/**
 * Checks a clone before the host is asked to do it, and reserves what can fail.
 * @returns 0, or -errno. After 0 follows finishClone, or abortClone when the host could not.
 */
export function prepareClone(task: Task, args: CloneArgs): number {
  const invalid = checkFlags(args);
  if (invalid < 0) return invalid;
  const { kernel } = task;
  // Processes count on their own, for zombies are no tasks any more.
  const full = kernel.tasks.size >= kernel.maxTasks || kernel.processCount >= kernel.maxTasks;
  if (task.container.ending || full || !task.container.hasRoom()) return -EAGAIN;
  if (!mayHaveMore(task)) return -EAGAIN;
  const err = has(args.flags, CLONE_PIDFD) ? installPidfd(task, args) : 0;
  if (err < 0) return err;
  if (!has(args.flags, CLONE_VM)) {
    args.copied = task.vm;
    args.copied.copying++;
    if (task.vm.lane !== undefined) task.vm.laneCopied = true;
  }
  args.filters = heldFilters(task);
  return 0;
}

function checkFlags(args: CloneArgs): number {
  const { flags } = args;
  if (has(flags, CLONE_SIGHAND) && !has(flags, CLONE_VM)) return -EINVAL;
  if (has(flags, CLONE_THREAD) && !has(flags, CLONE_SIGHAND)) return -EINVAL;
  if (has(flags, CLONE_NEWNS) && has(flags, CLONE_FS)) return -EINVAL;
  if (has(flags, CLONE_NEWUSER) && has(flags, CLONE_FS)) return -EINVAL;
  if (has(flags, CLONE_THREAD) && (has(flags, CLONE_NEWUSER) || has(flags, CLONE_NEWPID))) return -EINVAL;
  if (has(flags, CLONE_CLEAR_SIGHAND) && has(flags, CLONE_SIGHAND)) return -EINVAL;
  if (has(flags, CLONE_PIDFD) && (has(flags, CLONE_DETACHED) || has(flags, CLONE_THREAD))) return -EINVAL;
  if (args.exitSignal < 0 || args.exitSignal > 64) return -EINVAL;
  // There are no namespaces, cgroups or chosen pids inside a sandbox.
  if (NAMESPACES.some((ns) => has(flags, ns))) return -EPERM;
  if (has(flags, CLONE_INTO_CGROUP)) return -EINVAL;
  if (args.setTid !== undefined && args.setTid.length > 0) return -EPERM;
  return 0;
}

/** RLIMIT_NPROC counts the tasks of the real uid; root and the privileged are exempt. */
function mayHaveMore(task: Task): boolean {
  const limit = task.group.limit(RLIMIT_NPROC);
  const { cred } = task;
  if (limit === Infinity || cred.uid === 0) return true;
  if (capable(cred, CAP_SYS_RESOURCE) || capable(cred, CAP_SYS_ADMIN)) return true;
  let count = 0;
  for (const t of task.kernel.tasks.values()) if (t.cred.uid === cred.uid) count++;
  return count < limit;
}

function installPidfd(task: Task, args: CloneArgs): number {
  const file = new PidFile(task.kernel, 0);
  const table = task.files;
  const fd = table.install(file, true, task.group.limit(RLIMIT_NOFILE));
  if (fd < 0) return fd;
  if (task.mem.putU32(args.pidfd, fd) < 0) {
    table.close(fd);
    return -EFAULT;
  }
  args.pidFile = { file, fd, table };
  return 0;
}

/** The host refused after prepareClone had said yes. */
export function abortClone(_task: Task, args: CloneArgs): void {
  if (args.copied !== undefined) args.copied.copying--;
  args.filters?.seccomp?.drop();
  if (args.pidFile !== undefined) args.pidFile.table.close(args.pidFile.fd);
}

/**
 * The host has made the child, stopped before its first instruction; enters it into the tables.
 * @param childHostTid thread id for host calls
 * @param childTid thread id as the guest sees it
 */
export function finishClone(task: Task, args: CloneArgs, childHostTid: number, childTid: number): Task {
  const { kernel } = task;
  const thread = has(args.flags, CLONE_THREAD);
  const tg = thread ? task.group : childProcess(task, args, childHostTid, childTid);
  let { fs, files } = task;
  if (has(args.flags, CLONE_FS)) fs.users++;
  else fs = fs.copy();
  // The child's copy must not have the pidfd, which clone(2) installs after copying.
  if (has(args.flags, CLONE_FILES)) files.share(has(args.flags, CLONE_VM));
  else {
    files = files.copy();
    if (args.pidFile !== undefined) files.close(args.pidFile.fd);
  }
  const child = new Task(childTid, childHostTid, tg, task.cred, fs, files, kernel.makeMemory);
  child.comm = task.comm;
  child.noNewPrivs = task.noNewPrivs;
  child.keepCaps = task.keepCaps;
  child.timerSlack = task.timerSlack;
  child.defaultTimerSlack = task.timerSlack;
  child.ioprio = task.ioprio;
  child.personality = task.personality;
  child.sessionRing = task.sessionRing?.hold();
  child.requestKeyDefault = task.requestKeyDefault;
  shareStandIns(task, child, args.flags);
  // The host gives a new thread the filters that the others have at that moment.
  inheritFilters(child, thread ? heldFilters(task) : args.filters);
  if (thread) args.filters?.seccomp?.drop();
  if (args.copied !== undefined) args.copied.copying--;
  enterTask(child);
  kernel.forks++;
  args.pidFile?.file.bind(tg);
  // Made while the container was already going down.
  if (tg.container.ending) sendToProcess(tg, { signo: SIGKILL, code: SI_KERNEL });
  return child;
}

/** What kcmp(2) compares: shared by CLONE_*, or made anew. */
function shareStandIns(task: Task, child: Task, flags: number): void {
  if (has(flags, CLONE_VM)) child.vm = task.vm;
  else copySegments(task, child);
  child.vm.lanePlaces = task.vm.lanePlaces;
  child.vm.scratch = task.vm.scratch;
  child.vm.tasks.add(child);
  if (has(flags, CLONE_SIGHAND)) child.sighand = task.sighand;
  if (has(flags, CLONE_SYSVSEM)) child.semUndo = shareSemUndo(task);
  if (task.ioContext !== undefined) child.ioContext = has(flags, CLONE_IO) ? task.ioContext : {};
}

function childProcess(task: Task, args: CloneArgs, hostPid: number, pid: number): ThreadGroup {
  const self = task.group;
  const sibling = has(args.flags, CLONE_PARENT) && self.parent !== undefined;
  const parent = sibling ? self.parent! : self;
  const signal = sibling ? self.exitSignal : args.exitSignal;
  const tg = new ThreadGroup(self.container, pid, hostPid, parent, self.group, signal, self.limits);
  tg.parentTask = sibling ? self.parentTask : task;
  tg.exe = self.exe;
  tg.auxv = self.auxv;
  tg.cmdlinePrefix = self.cmdlinePrefix;
  tg.dumpable = self.dumpable;
  tg.oomScoreAdj = self.oomScoreAdj;
  tg.thpDisable = self.thpDisable;
  const cleared = has(args.flags, CLONE_CLEAR_SIGHAND) && self.sigchldDisposition === 2;
  tg.sigchldDisposition = cleared ? 0 : self.sigchldDisposition;
  tg.noCldStop = cleared ? false : self.noCldStop;
  self.group.members.add(tg);
  parent.children.add(tg);
  enterProcess(tg);
  return tg;
}

function enterProcess(tg: ThreadGroup): void {
  tg.kernel.processCount++;
  tg.pids.processes.set(tg.pid, tg);
  tg.container.processes.add(tg);
}

function enterTask(task: Task): void {
  task.group.tasks.add(task);
  task.kernel.tasks.set(task.hostTid, task);
  task.pids.tasksByTid.set(task.tid, task);
  task.container.tasks++;
}

/** What a process starts with that the sentry makes itself. */
export interface ProcessOptions {
  /** Thread id for host calls. */
  hostPid: number;
  /** Its pid inside the guests' pid namespace. */
  guestPid: number;
  cred: Cred;
  fs: FsContext;
  files: FdTable;
  /** RLIMIT_NLIMITS entries. */
  limits: Rlimit[];
}

/**
 * Makes a container's first process: leader of its own session and group, without a parent. It is pid 1, and its number at the
 * host another name of its first thread, unless the pid namespace has a first process already. `kernel.makeMemory` and
 * `container.mounts` must be set.
 */
export function createInit(container: Container, options: ProcessOptions): Task {
  const { pids } = container;
  const first = pids.init === undefined;
  const task = createProcess(container, options, first ? 1 : options.guestPid);
  if (first) {
    pids.init = task.group;
    pids.initAlias = options.guestPid;
  }
  container.init = task.group;
  return task;
}

/**
 * Makes one more process in a running container, with a session and group of its own: a child of nobody inside.
 * @param onExit told of its end; nobody waits for it, its number is free at once
 */
export function createExec(
  container: Container,
  options: ProcessOptions,
  onExit: (status: WaitStatus) => void,
): Task {
  const task = createProcess(container, options, options.guestPid);
  task.group.onExit = onExit;
  return task;
}

function createProcess(container: Container, options: ProcessOptions, pid: number): Task {
  const { kernel, pids } = container;
  const group = groupFor(pids, pid, new Session(pid, pids));
  const tg = new ThreadGroup(container, pid, options.hostPid, undefined, group, 0, options.limits);
  group.members.add(tg);
  enterProcess(tg);
  const task = new Task(pid, options.hostPid, tg, options.cred, options.fs, options.files, kernel.makeMemory);
  enterTask(task);
  return task;
}
