/** `start`. */
import { runPoststart } from './container-hooks.js';
import { destroyContainer } from './destroy.js';
import { RuntimeError } from './errors.js';
import type { Runtime } from './runtime.js';
import type { LockedContainer } from './state.js';
import { ociState, type Status, statusOf } from './status.js';

/** Why a container in another state than `created` cannot be started. */
const REFUSALS: Readonly<Record<Exclude<Status, 'created'>, string>> = {
  creating: 'cannot start a container that is being created',
  running: 'cannot start an already running container',
  paused: 'cannot start a paused container: it runs already',
  stopped: 'cannot start a container that has stopped',
};

/**
 * Let the program of a container go that this command has locked.
 *
 * @throws RuntimeError; HookError if a poststart hook fails, and then the container is gone
 */
export async function startLocked(runtime: Runtime, container: LockedContainer): Promise<void> {
  const { record } = container;
  const status = statusOf(record);
  if (status !== 'created') throw new RuntimeError(REFUSALS[status]);
  const connection = runtime.connect(record);
  if (connection === undefined) throw new RuntimeError(REFUSALS.stopped);
  try {
    await connection.request('start', { id: record.id });
  } finally {
    connection.close();
  }
  container.update({ phase: 'started' });
  try {
    await runPoststart(runtime.state.config(record.id), ociState(record, 'running'));
  } catch (error) {
    await destroyContainer(runtime, container);
    throw error;
  }
}

/** Start a container. */
export async function startContainer(runtime: Runtime, id: string): Promise<void> {
  const container = await runtime.state.lock(id);
  try {
    await startLocked(runtime, container);
  } finally {
    container.release();
  }
}
