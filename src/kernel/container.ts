/** A container: what its processes share, and when it is over. */

import { SI_KERNEL, SIGKILL } from '../abi/signal.js';
import type { FileSystem } from '../vfs/inode.js';
import { unmounted } from '../vfs/mount-users.js';
import type { MountNamespace } from '../vfs/mounts.js';
import { ContainerLimits, type LimitValues } from './container-limits.js';
import { ContainerMemory, type Victim } from './container-memory.js';
import type { DeviceRules } from './device-rules.js';
import { IpcNamespace } from './ipc/namespace.js';
import type { Kernel } from './kernel.js';
import { PidNamespace } from './pid-namespace.js';
import { sendToProcess } from './signals.js';
import type { ThreadGroup, WaitStatus } from './task.js';
import type { Tty } from './tty.js';
import { INITIAL_USERS, type UserNamespace } from './user-namespace.js';

/** The names that uname(2) gives (struct uts_namespace). */
export class UtsNamespace {
  domainname = '(none)';
  constructor(public hostname: string) {}
}

export interface ContainerOptions {
  id: string;
  /** Byte string. */
  hostname: string;
  /** Namespaces of another container, to be shared with it; new ones without. */
  pids?: PidNamespace;
  ipc?: IpcNamespace;
  uts?: UtsNamespace;
  /** Without it ids are the same inside and outside. */
  users?: UserNamespace;
}

export class Container {
  readonly id: string;
  readonly pids: PidNamespace;
  readonly ipc: IpcNamespace;
  readonly uts: UtsNamespace;
  readonly users: UserNamespace;
  /** Set before the first process. */
  mounts!: MountNamespace;
  /** The first process. It is pid 1 unless the container shares another's pid namespace. */
  init: ThreadGroup | undefined;
  /** How the first process ended; from then on everything else is being killed. */
  exitStatus: WaitStatus | undefined;
  /** Told of that at once. */
  onInitExit: ((status: WaitStatus) => void) | undefined;
  /** Told once nothing of the container runs any more. */
  onExit: ((status: WaitStatus) => void) | undefined;
  /** All processes, zombies included. */
  readonly processes = new Set<ThreadGroup>();
  /** Nothing of it is to run (platform/freezer.ts). */
  paused = false;
  /** Threads, and processes that nobody has waited for yet: what `limits.tasks` bounds (pids.current). */
  tasks = 0;
  readonly limits = new ContainerLimits();
  /** What it uses of the machine's memory. */
  readonly memory: ContainerMemory;
  /** Its cgroup as it sees it: the path in /proc/pid/cgroup, and the version that there is of the file system. */
  cgroup: { readonly path: string; readonly version: 1 | 2 } = { path: '/', version: 2 };
  /** File systems of which there is one, whoever mounts it, by type. */
  readonly singles = new Map<string, FileSystem>();
  /** Devices that may be made and opened; undefined: all. */
  devices: DeviceRules | undefined;
  /** The terminal that /dev/console is: the operator's, when a standard stream is one. */
  hostTty: Tty | undefined;

  /** A container without processes; createInit (kernel/fork.ts) starts it. */
  constructor(
    readonly kernel: Kernel,
    options: ContainerOptions,
  ) {
    this.id = options.id;
    this.pids = options.pids ?? new PidNamespace(kernel);
    this.ipc = options.ipc ?? new IpcNamespace(kernel);
    this.uts = options.uts ?? new UtsNamespace(options.hostname);
    this.users = options.users ?? INITIAL_USERS;
    this.memory = new ContainerMemory({
      native: kernel.native,
      timers: kernel.timers,
      now: () => kernel.now(),
      processes: () => this.processes,
      kill: (victim, text) => this.outOfMemory(victim, text),
    });
    kernel.containers.set(this.id, this);
  }

  /** Changes limits, at the start and later. */
  setLimits(values: LimitValues): void {
    this.limits.change(values);
    if (values.memory !== undefined) this.memory.setLimit(values.memory ?? Infinity);
  }

  private outOfMemory(victim: Victim, text: string): void {
    this.kernel.log.warn(`container ${this.id}: ${text}`);
    for (const tg of this.processes) {
      if (tg === victim) sendToProcess(tg, { signo: SIGKILL, code: SI_KERNEL });
    }
  }

  /** True once no process may begin in it any more. */
  get ending(): boolean {
    return this.exitStatus !== undefined || this.pids.dead;
  }

  /** May one more task begin? */
  hasRoom(): boolean {
    return this.tasks < this.limits.tasks;
  }

  /** The first process has ended. With it goes the container, and with pid 1 everything in its namespace (zap_pid_ns_processes). */
  initExited(status: WaitStatus): void {
    const { pids, init } = this;
    this.exitStatus = status;
    const victims = pids.init === init ? pids.processes.values() : this.processes;
    pids.dead ||= pids.init === init;
    for (const tg of [...victims]) {
      if (!tg.zombie) sendToProcess(tg, { signo: SIGKILL, code: SI_KERNEL });
    }
    this.onInitExit?.(status);
  }

  /** Called when a process has ended or has been waited for: the last one's end is the container's. */
  checkEnd(): void {
    const { exitStatus, onExit } = this;
    if (exitStatus === undefined || onExit === undefined) return;
    for (const tg of this.processes) if (!tg.zombie) return;
    this.onExit = undefined;
    onExit(exitStatus);
  }

  /** Forgets the container, all of whose processes have ended: its mounts go, and its name is free. */
  dispose(): void {
    const { kernel, mounts } = this;
    kernel.containers.delete(this.id);
    this.memory.dispose();
    if (mounts === undefined) return;
    unmounted(kernel, mounts.dissolve());
  }
}
