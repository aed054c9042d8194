/** `update`. */
import { readFileSync } from 'node:fs';
import { limitsOf } from '../oci/convert.js';
import type { OciResources } from '../oci/types.js';
import { ConfigError, readConfig, readResources } from '../oci/validate.js';
import { Cgroup } from './cgroups/cgroup.js';
import type { LinuxResources } from './cgroups/resources.js';
import { RuntimeError, reasonOf } from './errors.js';
import type { Runtime } from './runtime.js';
import { statusOf } from './status.js';

/** The text of a file of resources; undefined: standard input. @throws RuntimeError */
export function readResourcesFile(path: string | undefined): string {
  try {
    return readFileSync(path ?? 0, 'utf8');
  } catch (error) {
    throw new RuntimeError(`--resources ${path ?? '-'}: ${reasonOf(error)}`);
  }
}

/** Absent and 0 mean: as it was. */
function given<T extends object>(values: T | undefined): Partial<T> {
  const entries = Object.entries(values ?? {});
  return Object.fromEntries(entries.filter(([, value]) => value !== 0 && value !== '')) as Partial<T>;
}

/** What holds after an update. */
export function merged(before: OciResources, changes: OciResources): OciResources {
  return {
    ...before,
    memory: { ...before.memory, ...given(changes.memory) },
    cpu: { ...before.cpu, ...given(changes.cpu) },
    ...(changes.pids?.limit ? { pids: { ...before.pids, ...changes.pids } } : {}),
  };
}

/**
 * Change the limits of a container, on the host and in the sandbox.
 *
 * @param text JSON like linux.resources
 * @throws RuntimeError, CgroupError
 */
export async function updateContainer(runtime: Runtime, id: string, text: string): Promise<void> {
  const changes = read(runtime, text);
  const container = await runtime.state.lock(id);
  try {
    const { record } = container;
    const connection = statusOf(record) === 'stopped' ? undefined : runtime.connect(record);
    if (connection === undefined) throw new RuntimeError('container not running');
    try {
      const { value: config } = readConfig(runtime.state.config(id));
      const resources = merged(record.resources ?? config.linux?.resources ?? {}, changes);
      if (record.cgroup !== undefined) {
        const cgroup = Cgroup.restore(record.cgroup, (message) => runtime.report.warn(message));
        cgroup.update(changes as LinuxResources);
      }
      await connection.request('update', { id, limits: limitsOf(resources) });
      container.update({ resources });
    } finally {
      connection.close();
    }
  } finally {
    container.release();
  }
}

function read(runtime: Runtime, text: string): OciResources {
  try {
    const { value, warnings } = readResources(text);
    for (const warning of warnings) runtime.report.warn(warning);
    return value;
  } catch (error) {
    if (error instanceof ConfigError) throw new RuntimeError(error.message);
    throw error;
  }
}
