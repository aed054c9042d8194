/** `run`: create, start, wait, delete. */
import { type CreateOptions, createContainer } from './create.js';
import { deleteContainer } from './delete.js';
import { destroyContainer } from './destroy.js';
import { closeQuietly } from './host.js';
import type { Runtime } from './runtime.js';
import { startLocked } from './start.js';
import { endedWith } from './wait.js';

export interface RunOptions extends CreateOptions {
  /** Leave the container, stopped, where it is. */
  readonly keep: boolean;
}

/**
 * Run a container.
 *
 * @returns the exit status for the command: the program's own, 0 if the command does not stay
 * @throws errors of one line; nothing is left then
 */
export async function runContainer(runtime: Runtime, options: RunOptions): Promise<number> {
  const { container, terminal } = await createContainer(runtime, options);
  try {
    await startLocked(runtime, container);
  } catch (error) {
    terminal?.close();
    if (runtime.state.exists(options.id)) await destroyContainer(runtime, container);
    throw error;
  }
  const pid = container.record.init?.pid;
  container.release();
  if (options.detach || pid === undefined) {
    terminal?.close();
    return 0;
  }
  const { exitStatus, runInForeground } = await import('./console.js');
  const master = terminal?.takeMaster();
  terminal?.close();
  const status = exitStatus(runInForeground(pid, master === undefined ? undefined : { master }));
  closeQuietly(master);
  // Killed with its sandbox, the stub has no status of the program's to tell.
  const told = runtime.state.exitStatus(options.id) === undefined ? status : endedWith(runtime, options.id);
  if (!options.keep) await deleteContainer(runtime, options.id, true);
  return told;
}
