/** The end of a container, from whatever it was: its processes, cgroups, state and, with the last one, sandbox. */
import { Cgroup } from './cgroups/cgroup.js';
import { isAlive } from './host.js';
import { endProcess, waitEnd } from './processes.js';
import type { ContainerRecord } from './record.js';
import type { Runtime } from './runtime.js';
import { releaseSandbox } from './sandbox.js';
import type { LockedContainer } from './state.js';

/** How long the sentry may take to kill what is left of a container, and its stub then to end; milliseconds. */
const KILLING = 10_000;
const STUB_ENDING = 2000;
/** And the sentry to go, when it has no container any more. */
const SENTRY_ENDING = 2000;

/** Have the sentry end a container. @returns false if it does not */
async function endInSandbox(runtime: Runtime, record: ContainerRecord): Promise<boolean> {
  const connection = runtime.connect(record);
  if (connection === undefined) return false;
  try {
    await connection.request('delete', { id: record.id }, [], KILLING);
    return true;
  } catch (error) {
    runtime.report.debug(`delete ${record.id}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  } finally {
    connection.close();
  }
}

/** The processes of a container: in the sandbox, and the stub. */
async function endProcesses(runtime: Runtime, record: ContainerRecord): Promise<void> {
  const { init, sentry } = record;
  const lives = sentry !== undefined && isAlive(sentry);
  const ended = lives && (await endInSandbox(runtime, record));
  // Without its only container a sandbox has nobody to answer for.
  const mates = matesOf(runtime, record);
  if (sentry !== undefined && mates.length === 0) await endProcess(sentry, ended ? SENTRY_ENDING : 0);
  else if (sentry !== undefined && lives) moveSentry(runtime, sentry.pid, mates);
  if (init !== undefined && !(await waitEnd(init, ended ? STUB_ENDING : 0))) await endProcess(init, 0);
}

/** The other containers of a container's sandbox. */
function matesOf(runtime: Runtime, { id, sandbox }: ContainerRecord): ContainerRecord[] {
  return runtime.state.list().filter((other) => other.sandbox === sandbox && other.id !== id);
}

/** A sentry's processor time counts for one of its containers: no longer for one that goes. */
function moveSentry(runtime: Runtime, pid: number, mates: readonly ContainerRecord[]): void {
  const cgroup = mates.find((mate) => mate.cgroup !== undefined)?.cgroup;
  if (cgroup !== undefined) Cgroup.restore(cgroup, (message) => runtime.report.warn(message)).addSentry(pid);
}

/**
 * Remove a container and all that belongs to it.
 *
 * @param container locked; it is gone afterwards
 */
export async function destroyContainer(runtime: Runtime, container: LockedContainer): Promise<void> {
  const { record } = container;
  await endProcesses(runtime, record);
  if (record.cgroup !== undefined) {
    Cgroup.restore(record.cgroup, (message) => runtime.report.warn(message)).destroy();
  }
  container.remove();
  if (record.sandbox !== undefined) await releaseSandbox(runtime, record.sandbox, record.sentry);
}

/** Remove a container that somebody began to create who was killed; nothing happens if it is another's by now. */
export async function cleanHalfMade(runtime: Runtime, id: string): Promise<void> {
  const container = runtime.state.tryLock(id);
  if (container === undefined) return;
  const { phase, creator } = container.record;
  if (phase === 'creating' && !isAlive(creator)) await destroyContainer(runtime, container);
  else container.release();
}
