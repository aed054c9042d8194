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
        usage: memory.usage.usage || own.resident + own.files,
        ...(own.limits.memory === undefined ? {} : { limit: own.limits.memory }),
      },
    },
    pids: {
      current: own.tasks,
      ...(pids.limit === undefined && own.limits.tasks === undefined
        ? {}
        : { limit: own.limits.tasks ?? pids.limit }),
    },
    intel_rdt: {},
    network_interfaces: null,
  };
}

class Watcher {
  private kills: number;

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
    this.print(JSON.stringify({ type: 'stats', id, data: statistics(this.cgroup.stats(), own) }));
  }

  glance(): void {
    const kills = this.cgroup.oomKills();
    for (; this.kills < kills; this.kills++) {
      this.print(JSON.stringify({ type: 'oom', id: this.record.id }));
    }
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
