/** The end of tasks and processes, as in kernel/exit.c: zombies, reparenting, what parents and process groups hear. */

import { POLLIN } from '../abi/poll.js';
import { __WCOREFLAG } from '../abi/sched.js';
import {
  CLD_DUMPED,
  CLD_EXITED,
  CLD_KILLED,
  SI_KERNEL,
  SIGCHLD,
  SIGCONT,
  SIGHUP,
  SIGKILL,
} from '../abi/signal.js';
import { exitAio } from './aio.js';
import { cancelBlock } from './blocking.js';
import { isOrphanedGroup, leaveGroup, releasePid } from './ids.js';
import { exitSem } from './ipc/sem.js';
import { leaveSpace } from './ipc/shm.js';
import { cancelRealTimer } from './itimers.js';
import type { Kernel } from './kernel.js';
import { dropRings } from './keys/rings.js';
import { DOOMED_STATUS } from './seccomp/enforce.js';
import { checkGroupStop, credOf, sendToGroup, sendToProcess } from './signals.js';
import { sigBit, signalState } from './sigstate.js';
import type { ProcessGroup, Task, ThreadGroup, WaitStatus } from './task.js';
import { disassociate } from './tty.js';
import { addUsage, noUsage, processUsage } from './usage.js';

/** si_code and si_status of a wait status. */
export function exitCode(status: WaitStatus): { code: number; status: number } {
  const sig = status & 0x7f;
  if (sig === 0) return { code: CLD_EXITED, status: (status >> 8) & 0xff };
  return { code: (status & 0x80) !== 0 ? CLD_DUMPED : CLD_KILLED, status: sig };
}

/**
 * A thread has ended at the host. With the last one the process ends; its status is that thread's, which is the first
 * thread's (the host reports that one last).
 * @param status as waitpid(2) gave it
 */
export function taskExited(kernel: Kernel, task: Task, status: WaitStatus): void {
  const tg = task.group;
  if (!tg.tasks.has(task)) return;
  cancelBlock(task);
  if (kernel.tasks.get(task.hostTid) === task) kernel.tasks.delete(task.hostTid);
  if (tg.pids.tasksByTid.get(task.tid) === task) tg.pids.tasksByTid.delete(task.tid);
  if (tg.tasks.size === 1) {
    tg.exitCred = task.cred;
    tg.exitTask = task;
  }
  tg.tasks.delete(task);
  if (tg.tasks.size > 0) tg.container.tasks--;
  kernel.lanes?.forget(task);
  leaveSpace(task);
  exitSem(task);
  task.fs.users--;
  task.files.put();
  dropRings(task, tg.tasks.size === 0);
  task.sessionRing?.drop();
  task.sessionRing = undefined;
  task.seccomp?.drop();
  parentThreadDied(tg, task);
  if (tg.tasks.size === 0) processExited(tg, ownStatus(task, status));
  else if (tg.stopSignal === 0) stopCompleted(tg);
}

/** What the process died of, where that is not what the sentry had the host do (kernel/seccomp/enforce.ts). */
function ownStatus(task: Task, status: WaitStatus): WaitStatus {
  const { forcedSignal } = task.group;
  if (forcedSignal !== 0 && (status & 0x7f) === SIGKILL) return forcedSignal;
  return task.fate !== 0 && status === DOOMED_STATUS << 8 ? task.fate : status;
}

/** The remaining threads may all be in the group stop that the dead one was still missing from. */
function stopCompleted(tg: ThreadGroup): void {
  for (const t of tg.tasks) if (!t.stopped) return;
  checkGroupStop(tg, tg.pendingStop);
}

/** PR_SET_PDEATHSIG goes by the parent's thread; so does wait(__WNOTHREAD), where another thread takes over. */
function parentThreadDied(tg: ThreadGroup, task: Task): void {
  const heir = tg.leader;
  for (const child of [...tg.children]) {
    if (child.parentTask !== task) continue;
    child.parentTask = heir;
    if (child.parentDeathSignal !== 0 && !child.zombie) {
      const uid = task.cred.uid;
      sendToProcess(child, { signo: child.parentDeathSignal, code: 0, pid: tg.pid, uid });
    }
  }
}

function processExited(tg: ThreadGroup, status: WaitStatus): void {
  cancelRealTimer(tg);
  tg.posixTimers?.clear();
  exitAio(tg);
  for (const l of tg.signalListeners ?? []) l.groupGone(tg);
  tg.signalListeners = undefined;
  tg.stopSignal = 0;
  tg.stopReport = false;
  tg.continueReport = false;
  disassociate(tg, true);
  const dumped = tg.coreSignal !== 0 && (status & 0x7f) === tg.coreSignal;
  tg.exitStatus = dumped ? status | __WCOREFLAG : status;
  const { container } = tg;
  if (tg === container.init) container.initExited(status);
  orphanChildren(tg);
  hangUpOrphaned(tg.group, tg, tg.parent);
  // The order matters: a pidfd's reader may wait for us at once.
  const reap = notifyParent(tg);
  tg.exitQueue.wake(POLLIN);
  if (reap) release(tg);
  tg.parent?.childQueue.wake(POLLIN);
  tg.onExit?.(tg.exitStatus);
  container.checkEnd();
}

/** Children of the dead get the nearest living subreaper among its ancestors, or pid 1. */
function orphanChildren(tg: ThreadGroup): void {
  if (tg.children.size === 0) return;
  const { pids } = tg;
  if (pids.dead) {
    for (const child of [...tg.children]) if (child.zombie) release(child);
    return;
  }
  let heir = tg.parent;
  while (heir !== undefined && heir !== pids.init && (heir.zombie || !heir.childSubreaper))
    heir = heir.parent;
  heir ??= pids.init;
  if (heir === undefined) return;
  for (const child of [...tg.children]) {
    tg.children.delete(child);
    child.parent = heir;
    child.parentTask = heir.leader;
    heir.children.add(child);
    child.exitSignal = SIGCHLD;
    if (child.zombie) {
      if (notifyParent(child)) release(child);
      heir.childQueue.wake(POLLIN);
    }
    hangUpOrphaned(child.group, undefined, tg);
  }
}

/**
 * If the group has just lost its last link to its session and has stopped members, they get SIGHUP and SIGCONT
 * (kill_orphaned_pgrp).
 * @param ignored the dying member, when the group is its own
 * @param link the parent through which the group hung on the session
 */
function hangUpOrphaned(
  group: ProcessGroup,
  ignored: ThreadGroup | undefined,
  link: ThreadGroup | undefined,
): void {
  if (link === undefined || link.group === group || link.session !== group.session) return;
  if (!isOrphanedGroup(group, ignored)) return;
  let stopped = false;
  for (const p of group.members) if (p !== ignored && p.stopSignal !== 0) stopped = true;
  if (!stopped) return;
  sendToGroup(group, { signo: SIGHUP, code: SI_KERNEL });
  sendToGroup(group, { signo: SIGCONT, code: SI_KERNEL });
}

/**
 * Sends the exit signal.
 * @returns true if nobody will wait: the parent ignores SIGCHLD, or there is no parent any more
 */
function notifyParent(tg: ThreadGroup): boolean {
  const { parent } = tg;
  if (parent === undefined || parent.zombie) return true;
  const sig = tg.exitSignal;
  if (sig === 0) return false;
  const ignored = sig === SIGCHLD && parent.sigchldDisposition === 1;
  // A lone thread with the default action that already sits in wait(2) cannot tell whether SIGCHLD came, unless it has it blocked.
  if (sig === SIGCHLD && parent.sigchldDisposition === 0 && waitsForChild(parent)) return ignored;
  const uid = tg.exitCred?.uid ?? 0;
  sendToProcess(parent, { signo: sig, pid: tg.pid, uid, ...exitCode(tg.exitStatus ?? 0) });
  return ignored;
}

function waitsForChild(parent: ThreadGroup): boolean {
  if (parent.tasks.size !== 1) return false;
  const [only] = parent.tasks;
  if (only?.block?.on.includes(parent.childQueue) !== true) return false;
  return ((signalState(only)?.blocked ?? 0n) & sigBit(SIGCHLD)) === 0n;
}

/** The parent has waited: usage is added up, and the pid is free. */
export function reapChild(tg: ThreadGroup): void {
  const { parent } = tg;
  tg.exitUsage = processUsage(tg, true);
  tg.utime = tg.exitUsage.utime;
  tg.stime = tg.exitUsage.stime;
  if (parent !== undefined) {
    parent.childUsage ??= noUsage();
    addUsage(parent.childUsage, tg.exitUsage);
    if (tg.childUsage !== undefined) addUsage(parent.childUsage, tg.childUsage);
    parent.childUtime = parent.childUsage.utime;
    parent.childStime = parent.childUsage.stime;
  }
  release(tg);
}

/** Forgets a zombie (release_task). */
function release(tg: ThreadGroup): void {
  if (tg.reaped) return;
  const { kernel, container, pids } = tg;
  tg.exitCred ??= credOf(tg);
  tg.reaped = true;
  tg.exitTask = undefined;
  tg.parent?.children.delete(tg);
  kernel.processCount--;
  pids.processes.delete(tg.pid);
  container.processes.delete(tg);
  container.tasks--;
  leaveGroup(tg, tg.group);
  releasePid(tg);
}
