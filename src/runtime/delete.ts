/** `delete`. */
import { runPoststop } from './container-hooks.js';
import { destroyContainer } from './destroy.js';
import { NotFoundError, RuntimeError } from './errors.js';
import type { Runtime } from './runtime.js';
import { isHalfMade, ociState, statusOf } from './status.js';

/**
 * Delete a container that has stopped, or whose program has never begun: engines clean up so after a create that they give up.
 *
 * @param force kill it first; and it is no mistake if there is none
 * @throws RuntimeError, NotFoundError
 */
export async function deleteContainer(runtime: Runtime, id: string, force: boolean): Promise<void> {
  let container: Awaited<ReturnType<typeof runtime.state.lock>>;
  try {
    container = await runtime.state.lock(id);
  } catch (error) {
    if (force && error instanceof NotFoundError) return;
    throw error;
  }
  const { record } = container;
  const status = statusOf(record);
  if (status !== 'stopped' && status !== 'created' && !force) {
    container.release();
    throw new RuntimeError(`cannot delete container "${id}" that is not stopped: it is ${status}`);
  }
  const config = isHalfMade(record) ? undefined : runtime.state.config(id);
  await destroyContainer(runtime, container);
  if (config !== undefined) await runPoststop(runtime, config, ociState(record, 'stopped'));
}
