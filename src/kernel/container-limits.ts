/** What a container is held to, and what it sees of that. */

/** Values as the runtime gives them; absent ones stay as they are, null takes a limit away. */
export interface LimitValues {
  /** Bytes. */
  readonly memory?: number | null;
  /** Threads and processes. */
  readonly tasks?: number | null;
  /** Processors that are shown. */
  readonly cpus?: number | null;
  /** Which processors there are, as cpuset(7) writes lists. */
  readonly cpuset?: string | null;
  /** Microseconds of processor time in each period. */
  readonly cpuQuota?: number | null;
  readonly cpuPeriod?: number | null;
  readonly cpuShares?: number | null;
}

/** Without a limit: Infinity. */
export class ContainerLimits {
  tasks = Infinity;
  cpus = Infinity;
  cpuset: string | undefined;
  cpuQuota = Infinity;
  cpuPeriod = 100_000;
  cpuShares = 1024;

  change(values: LimitValues): void {
    const { tasks, cpus, cpuset, cpuQuota, cpuPeriod, cpuShares } = values;
    if (tasks !== undefined) this.tasks = tasks ?? Infinity;
    if (cpus !== undefined) this.cpus = cpus ?? Infinity;
    if (cpuset !== undefined) this.cpuset = cpuset ?? undefined;
    if (cpuQuota !== undefined) this.cpuQuota = cpuQuota ?? Infinity;
    if (cpuPeriod !== undefined) this.cpuPeriod = cpuPeriod ?? 100_000;
    if (cpuShares !== undefined) this.cpuShares = cpuShares ?? 1024;
  }
}
