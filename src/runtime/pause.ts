/** `pause` and `resume`. */
import { RuntimeError } from './errors.js';
import type { Runtime } from './runtime.js';
import { statusOf } from './status.js';

/** Stop all processes of a container, or let them go on. @throws RuntimeError */
export async function setPaused(runtime: Runtime, id: string, paused: boolean): Promise<void> {
  const container = await runtime.state.lock(id);
  try {
    const status = statusOf(container.record);
    if (status !== (paused ? 'running' : 'paused')) {
      const what = paused ? 'pause' : 'resume';
      throw new RuntimeError(`cannot ${what} container "${id}": it is ${status}`);
    }
    const connection = runtime.connect(container.record);
    if (connection === undefined) throw new RuntimeError('container not running');
    try {
      await connection.request(paused ? 'pause' : 'resume', { id });
    } finally {
      connection.close();
    }
    container.update({ paused });
  } finally {
    container.release();
  }
}
