/** The kernel of one sandbox: what there is one of. */

import type { Logger } from '../log/logger.js';
import type { Lanes } from '../platform/lane/lanes.js';
import type { Native } from '../platform/native.js';
import type { Timespec } from '../vfs/inode.js';
import type { MountNamespace } from '../vfs/mounts.js';
import { IpcNamespace } from './ipc/namespace.js';
import { KeyStore } from './keys/key.js';
import type { UserMemory } from './memory.js';
import { Settings } from './settings.js';
import type { ProcessGroup, Session, Task, ThreadGroup, WaitStatus } from './task.js';
import { TimerQueue } from './timers.js';
import type { Tty } from './tty.js';

export interface KernelOptions {
  hostname: string;
  /** Tasks that may exist at once over the whole sandbox; beyond it clone(2) gives EAGAIN. */
  maxTasks: number;
}

export class Kernel {
  /** Live tasks by the thread id that host calls take. */
  readonly tasks = new Map<number, Task>();
  /** Live tasks by guest thread id. */
  readonly tasksByTid = new Map<number, Task>();
  /** Processes by guest pid, zombies included. */
  readonly processes = new Map<number, ThreadGroup>();
  readonly groups = new Map<number, ProcessGroup>();
  readonly sessions = new Map<number, Session>();
  readonly timers: TimerQueue;
  readonly keys = new KeyStore(this);
  /** Host pids of reaped processes whose number still names a process group or session: not to be used again yet. */
  readonly heldPids = new Map<number, number>();
  /** Makes the memory interface of a new task; set at start-up. */
  makeMemory!: (task: Task) => UserMemory;
  /** The first process of the sandbox, pid 1 to the guest. */
  init!: ThreadGroup;
  /** Pid of the first process inside the private pid namespace: another name of its first thread. */
  initAlias = 0;
  /** As in a pid namespace, signals without a handler that guests send to pid 1 are dropped. */
  initProtected = true;
  /** Told when pid 1 has stopped, for nobody inside will continue it. */
  initStopped: (() => void) | undefined;
  /** How pid 1 ended; from then on everything else is being killed. */
  exitStatus: WaitStatus | undefined;
  mounts!: MountNamespace;
  hostname: string;
  domainname = '(none)';
  /** Level of the console, which only syslog(2) and /proc/sys/kernel/printk speak of. */
  consoleLevel = 7;
  readonly maxTasks: number;
  /** The fast lane; undefined where every call has to be seen. */
  lanes: Lanes | undefined;
  /** The operator's terminal, when a standard stream is one. */
  hostTty: Tty | undefined;
  /** Forks since start, for /proc/stat. */
  forks = 0;
  readonly bootTime = Date.now();
  readonly settings = new Settings();
  readonly ipc = new IpcNamespace(this);

  constructor(
    readonly native: Native,
    readonly log: Logger,
    options: KernelOptions,
  ) {
    this.hostname = options.hostname;
    this.maxTasks = options.maxTasks;
    this.timers = new TimerQueue(() => this.now());
  }

  /** Monotonic milliseconds with fractions. */
  now(): number {
    return performance.now();
  }

  /** Wall clock, for timestamps. */
  realtime(): Timespec {
    const ms = performance.timeOrigin + performance.now();
    const sec = Math.floor(ms / 1000);
    return { sec, nsec: Math.min(999_999_999, Math.floor((ms - sec * 1000) * 1e6)) };
  }
}
