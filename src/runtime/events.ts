/** `events`. */
import type { ContainerStats } from '../control/protocol.js';
import { Cgroup } from './cgroups/cgroup.js';
import type { CgroupStats } from './cgroups/stats.js';
import { RuntimeError } from './errors.js';
import type { ContainerRecord } from './record.js';
import type { Connection, Runtime } from './runtime.js';
import { statusOf } from './status.js';

/** How often it is looked whether somebody was killed for lack of memory, or the container has ended; milliseconds. */
const GLANCE = 200;

/** Statistics as runc prints them; what the host does not count is the sandbox's own count. */
function statistics(stats: CgroupStats, own: ContainerStats): object {
  const { cpu, memory, pids } = stats;
  return {
    ...stats,
    cpu: { ...cpu, usage: { ...cpu.usage, total: cpu.usage.total || own.cpu } },
    memory: {
      ...memory,
      usage: {
        ...memory.usage,
        // The host does not see what the sentry holds.
        usage: (memory.usage.usage || own.resident) + own.files,
        ...(own.limits.memory == null ? {} : { limit: own.limits.memory }),
      },
    },
    pids: {
      current: own.tasks,
      ...(pids.limit === undefined && own.limits.tasks == null
        ? {}
        : { limit: own.limits.tasks ?? pids.limit }),
    },
    intel_rdt: {},
    network_interfaces: null,
  };
}

class Watcher {
  /** Seen so far: of the host's OOM killer, and of the sentry's. */
  private kills: number;
  private ownKills: number | undefined;

  constructor(
    private readonly record: ContainerRecord,
    private readonly connection: Connection,
    private readonly cgroup: Cgroup,
    private readonly print: (line: string) => void,
  ) {
    this.kills = cgroup.oomKills();
  }

  async stats(): Promise<void> {
    const { id } = this.record;
    const own = await this.connection.request('stats', { id });
    this.tellKills(own.oomKills - (this.ownKills ?? own.oomKills));
    this.ownKills = own.oomKills;
    this.print(JSON.stringify({ type: 'stats', id, data: statistics(this.cgroup.stats(), own) }));
  }

  private tellKills(count: number): void {
    for (let n = 0; n < count; n++) this.print(JSON.stringify({ type: 'oom', id: this.record.id }));
  }

  glance(): void {
    const kills = this.cgroup.oomKills();
    this.tellKills(kills - this.kills);
    this.kills = Math.max(this.kills, kills);
  }

  /** Until the container has ended. */
  async watch(interval: number): Promise<void> {
    for (let next = Date.now(); statusOf(this.record) !== 'stopped'; ) {
      if (Date.now() >= next) {
        await this.stats();
        next = Date.now() + interval;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(GLANCE, interval)));
      this.glance();
    }
  }
}

/**
 * Print statistics of a container.
 *
 * @param interval milliseconds; undefined: once, instead of until it has stopped
 * @param print is given lines of JSON
 * @throws RuntimeError
 */
export async function printEvents(
  runtime: Runtime,
  id: string,
  interval: number | undefined,
  print: (line: string) => void,
): Promise<void> {
  const record = runtime.state.get(id);
  const connection = statusOf(record) === 'stopped' ? undefined : runtime.connect(record);
  if (connection === undefined) throw new RuntimeError(`container with id ${id} is not running`);
  const directories = record.cgroup ?? { version: 1, directories: [] };
  const cgroup = Cgroup.restore(directories, (message) => runtime.report.warn(message));
  try {
    const watcher = new Watcher(record, connection, cgroup, print);
    if (interval === undefined) await watcher.stats();
    else await watcher.watch(interval).catch(ignoreEnd(record));
  } finally {
    connection.close();
  }
}

/** The container may end between two looks. */
function ignoreEnd(record: ContainerRecord): (error: unknown) => void {
  return (error) => {
    if (statusOf(record) !== 'stopped') throw error;
  };
}
