/** Signal-driven input and output: O_ASYNC, F_SETOWN, F_SETSIG (fs/fcntl.c, kill_fasync and send_sigio). */

import { EINVAL, ESRCH } from '../src/abi/errno.js';
import { F_OWNER_PGRP, F_OWNER_PID, F_OWNER_TID, O_ASYNC } from '../src/abi/fcntl.js';
import { findProcess, findTask } from '../src/kernel/ids.js';
import { pollCode, signalOwner } from '../src/kernel/sigio.js';
import type { Task } from '../src/kernel/task.js';
import type { Waiter } from '../src/kernel/wait.js';
import type { OpenFile } from '../src/vfs/file.js';

/** Waiters of descriptions with O_ASYNC. */
const watchers = new WeakMap<OpenFile, Waiter>();

/**
 * Turns O_ASYNC on or off. Only files that can wait have it; on others Linux leaves the flag as it is.
 * @param fd the descriptor that was used
 * @returns true if the file supports it
 */
export function setAsync(file: OpenFile, on: boolean, fd: number): boolean {
  if (!file.pollable) return false;
  const known = watchers.get(file);
  if (on && known === undefined) {
    const waiter: Waiter = {
      wake(events) {
        signalOwner(file, pollCode(events), fd);
        return false;
      },
    };
    watchers.set(file, waiter);
    file.queue.add(waiter);
  } else if (!on && known !== undefined) {
    file.queue.remove(known);
    watchers.delete(file);
  }
  file.flags = on ? file.flags | O_ASYNC : file.flags & ~O_ASYNC;
  return true;
}

/** F_SETOWN: a pid, or a process group as a negative number; 0 for nobody. */
export function setOwner(task: Task, file: OpenFile, who: number): number {
  if (who === -0x80000000) return -EINVAL;
  return setOwnerEx(task, file, who < 0 ? F_OWNER_PGRP : F_OWNER_PID, Math.abs(who));
}

/** F_SETOWN_EX. */
export function setOwnerEx(task: Task, file: OpenFile, kind: number, id: number): number {
  if (kind !== F_OWNER_TID && kind !== F_OWNER_PID && kind !== F_OWNER_PGRP) return -EINVAL;
  if (id < 0) return -ESRCH;
  if (id !== 0) {
    const known =
      kind === F_OWNER_PGRP
        ? task.pids.groups.get(id)
        : kind === F_OWNER_TID
          ? findTask(task.pids, id)
          : findProcess(task.pids, id);
    if (known === undefined) return -ESRCH;
  }
  file.owner = id;
  file.ownerPids = task.pids;
  if (id !== 0) file.owned();
  file.ownerKind = kind;
  return 0;
}

/** The owner's number; 0 if it is none of the caller's pid namespace. */
export function ownerOf(task: Task, file: OpenFile): number {
  return file.ownerPids === task.pids ? file.owner : 0;
}

/** F_GETOWN: the owner as F_SETOWN takes it. */
export function getOwner(task: Task, file: OpenFile): number {
  const owner = ownerOf(task, file);
  return file.ownerKind === F_OWNER_PGRP ? -owner : owner;
}

/** F_SETSIG: 0 for SIGIO, or a signal number. */
export function setOwnerSignal(file: OpenFile, signal: number): number {
  if (signal < 0 || signal > 64) return -EINVAL;
  file.ownerSignal = signal;
  return 0;
}
