/** The kernel of one sandbox: what there is one of. */

import type { Logger } from '../log/logger.js';
import type { Lanes } from '../platform/lane/lanes.js';
import type { Native } from '../platform/native.js';
import type { Timespec } from '../vfs/inode.js';
import type { Container } from './container.js';
import { KeyStore } from './keys/key.js';
import type { UserMemory } from './memory.js';
import { FilterBudget } from './seccomp/filter.js';
import { Settings } from './settings.js';
import type { Task } from './task.js';
import { TimerQueue } from './timers.js';

export interface KernelOptions {
  /** Tasks that may exist at once over the whole sandbox; beyond it clone(2) gives EAGAIN. */
  maxTasks: number;
}

export class Kernel {
  /** Live tasks by the thread id that host calls take. */
  readonly tasks = new Map<number, Task>();
  readonly containers = new Map<string, Container>();
  /** Processes of all containers, zombies included. */
  processCount = 0;
  readonly timers: TimerQueue;
  readonly keys = new KeyStore(this);
  /** Makes the memory interface of a new task; set at start-up. */
  makeMemory!: (task: Task) => UserMemory;
  /** Level of the console, which only syslog(2) and /proc/sys/kernel/printk speak of. */
  consoleLevel = 7;
  readonly maxTasks: number;
  /** The fast lane; undefined where every call has to be seen. */
  lanes: Lanes | undefined;
  /** Forks since start, for /proc/stat. */
  forks = 0;
  readonly bootTime = Date.now();
  readonly settings = new Settings();
  /** Bytes of the sentry's memory that IPC objects of all namespaces fill. */
  ipcBytes = 0;
  readonly filters = new FilterBudget();

  constructor(
    readonly native: Native,
    readonly log: Logger,
    options: KernelOptions,
  ) {
    this.maxTasks = options.maxTasks;
    this.timers = new TimerQueue(() => this.now());
  }

  /** Bytes that all containers together may use; Infinity if one of them has no limit. */
  get memoryLimit(): number {
    let total = 0;
    for (const container of this.containers.values()) total += container.memory.limit;
    return this.containers.size === 0 ? Infinity : total;
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
