/** Pids, process groups and sessions: look-up and membership, as in kernel/pid.c. */

import type { PidNamespace } from './pid-namespace.js';
import { ProcessGroup, Session, type Task, type ThreadGroup } from './task.js';

/**
 * The live task with a guest thread id. The first process is pid 1 to the guest, but libc learns its thread id from
 * set_tid_address(2), which the host answers: that number is another name of the same thread.
 */
export function findTask(pids: PidNamespace, tid: number): Task | undefined {
  const task = pids.tasksByTid.get(tid);
  if (task !== undefined || tid !== pids.initAlias) return task;
  return pids.tasksByTid.get(1);
}

/** The same, and the first thread of a zombie, for calls that only look at a thread or set what no longer matters. */
export function findTaskOrZombie(pids: PidNamespace, tid: number): Task | undefined {
  return findTask(pids, tid) ?? findProcess(pids, tid)?.exitTask;
}

/** The process with a guest pid, zombies included. */
export function findProcess(pids: PidNamespace, pid: number): ThreadGroup | undefined {
  const tg = pids.processes.get(pid);
  if (tg !== undefined || pid !== pids.initAlias || pid === 0) return tg;
  return pids.init;
}

/** The process that a pid or any of its thread ids names, as most calls that take a pid do (find_task_by_vpid). */
export function findByTid(pids: PidNamespace, tid: number): ThreadGroup | undefined {
  return findTask(pids, tid)?.group ?? findProcess(pids, tid);
}

/** The group `pgid` in `session`, made if there is none. */
export function groupFor(pids: PidNamespace, pgid: number, session: Session): ProcessGroup {
  let group = pids.groups.get(pgid);
  if (group === undefined) {
    group = new ProcessGroup(pgid, session);
    pids.groups.set(pgid, group);
    session.groups.add(group);
    pids.sessions.set(session.sid, session);
  }
  return group;
}

/** Moves a process into a group. */
export function joinGroup(tg: ThreadGroup, group: ProcessGroup): void {
  const old = tg.group;
  tg.group = group;
  group.members.add(tg);
  if (old !== group) leaveGroup(tg, old);
}

/** Takes a process out of a group; an empty group and its empty session cease to be. */
export function leaveGroup(tg: ThreadGroup, group: ProcessGroup): void {
  const { pids } = tg;
  group.members.delete(tg);
  if (group.members.size > 0) return;
  if (pids.groups.get(group.pgid) === group) pids.groups.delete(group.pgid);
  const { session } = group;
  session.groups.delete(group);
  if (session.groups.size === 0) pids.sessions.delete(session.sid);
  freePid(pids, group.pgid);
  freePid(pids, session.sid);
}

/** Makes a new session with its first group, both named by `tg`'s pid, and moves `tg` there. */
export function newSession(tg: ThreadGroup): Session {
  const session = new Session(tg.pid, tg.pids);
  joinGroup(tg, groupFor(tg.pids, tg.pid, session));
  return session;
}

/**
 * Gives a reaped process's number back to the host, unless a process group or session still goes by it: Linux never
 * uses such a number again, and the host does not know our groups.
 */
export function releasePid(tg: ThreadGroup): void {
  const { pids } = tg;
  // The reaper knows its children by their numbers in the guests' pid namespace, where a first process has another than inside.
  pids.heldPids.set(tg.pid, tg === pids.init ? pids.initAlias : tg.pid);
  freePid(pids, tg.pid);
}

function freePid(pids: PidNamespace, pid: number): void {
  const number = pids.heldPids.get(pid);
  if (number === undefined || pids.groups.has(pid) || pids.sessions.has(pid)) return;
  pids.heldPids.delete(pid);
  pids.kernel.native.reap(number);
}

/**
 * True if no member's parent is in another group of the same session (POSIX 3.264; will_become_orphaned_pgrp of kernel/exit.c).
 * @param ignored a member that is about to go and does not count
 */
export function isOrphanedGroup(group: ProcessGroup, ignored?: ThreadGroup): boolean {
  for (const p of group.members) {
    // The operator's shell outside stands for the parent of a pid 1 that has his terminal.
    if (p === p.pids.init && p.pids.initStopped !== undefined && p !== ignored) return false;
    if (p === ignored || p.zombie || p.parent === undefined) continue;
    if (p.parent.group !== group && p.parent.session === group.session) return false;
  }
  return true;
}
