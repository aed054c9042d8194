/** Pid namespaces (pid_namespaces(7)): the processes that can see each other, and the numbers that they go by. */

import type { Kernel } from './kernel.js';
import type { ProcessGroup, Session, Task, ThreadGroup } from './task.js';

/**
 * One namespace. Numbers are those of the host's pid namespace in which all guests live, so no two processes of a sandbox have
 * the same, but for each namespace's first process, which is pid 1 inside.
 */
export class PidNamespace {
  /** Live tasks by guest thread id. */
  readonly tasksByTid = new Map<number, Task>();
  /** Processes by guest pid, zombies included. */
  readonly processes = new Map<number, ThreadGroup>();
  readonly groups = new Map<number, ProcessGroup>();
  readonly sessions = new Map<number, Session>();
  /** Reaped processes whose number still names a process group or session: what the reaper is told once none does. */
  readonly heldPids = new Map<number, number>();
  /** The first process, pid 1; its end is the end of all others. */
  init: ThreadGroup | undefined;
  /** The host's number for the first process: another name of its first thread. */
  initAlias = 0;
  /** Signals without a handler that guests send to pid 1 are dropped. */
  initProtected = true;
  /** Told when pid 1 has stopped, where nobody inside will continue it. */
  initStopped: (() => void) | undefined;
  /** Pid 1 has ended: everything else is being killed, and nothing new begins. */
  dead = false;

  constructor(readonly kernel: Kernel) {}
}

/** The number of a process for whoever keeps it beyond the process's end (struct pid). */
export class Pid {
  constructor(
    private readonly number: number,
    private readonly pids: PidNamespace,
  ) {}

  /** The number as it is in `pids`; 0 for a process of another namespace (pid_nr_ns). */
  in(pids: PidNamespace): number {
    return pids === this.pids ? this.number : 0;
  }
}
