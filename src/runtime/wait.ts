/** `wait`, and how wait statuses become exit statuses. */
import { RuntimeError } from './errors.js';
import { waitEnd } from './processes.js';
import type { Runtime } from './runtime.js';
import { statusOf } from './status.js';

const SIGKILL = 9;

/** The exit status that shells give: the program's own, or 128 and the signal's number. @param status as of wait4(2) */
export function exitCode(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}

/** The exit code of a container that has stopped. Nobody writes a status down when the sandbox itself was killed. */
export function endedWith(runtime: Runtime, id: string): number {
  return exitCode(runtime.state.exitStatus(id) ?? SIGKILL);
}

/**
 * Wait until a container has stopped.
 *
 * @param pid wait for this process instead, numbered as inside
 * @returns its exit status
 * @throws RuntimeError
 */
export async function waitContainer(runtime: Runtime, id: string, pid: number | undefined): Promise<number> {
  const record = runtime.state.get(id);
  const connection = statusOf(record) === 'stopped' ? undefined : runtime.connect(record);
  if (connection === undefined) {
    if (pid !== undefined && pid !== 1) throw new RuntimeError('container not running');
    return endedWith(runtime, id);
  }
  try {
    const params = { id, ...(pid === undefined ? {} : { pid }) };
    const { status } = await connection.request('wait', params, [], Number.POSITIVE_INFINITY);
    return exitCode(status);
  } catch (error) {
    // The sandbox may have ended before its answer was on its way.
    if (pid !== undefined || record.init === undefined || !(await waitEnd(record.init, 1000))) throw error;
    return endedWith(runtime, id);
  } finally {
    connection.close();
  }
}
