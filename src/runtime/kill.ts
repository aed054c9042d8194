/** `kill`. */
import { RuntimeError } from './errors.js';
import type { Runtime } from './runtime.js';
import { statusOf } from './status.js';

/** Whom a signal is for: the first process, unless something else is said. */
export interface SignalTarget {
  readonly all: boolean;
  /** Numbers as inside. */
  readonly pid?: number;
  readonly pgid?: number;
}

/**
 * Send a signal to processes of a container.
 *
 * @throws RuntimeError in the words that engines look for: `container not running`
 */
export async function killContainer(
  runtime: Runtime,
  id: string,
  signal: number,
  { all, pid, pgid }: SignalTarget,
): Promise<void> {
  const record = runtime.state.get(id);
  const connection = statusOf(record) === 'stopped' ? undefined : runtime.connect(record);
  if (connection === undefined) {
    // With all its processes dead a signal has reached all of them.
    if (all) return;
    throw new RuntimeError('container not running');
  }
  try {
    await connection.request('signal', {
      id,
      signal,
      ...(pid === undefined ? {} : { pid }),
      ...(pgid === undefined ? {} : { pgid }),
      ...(all ? { all } : {}),
    });
  } finally {
    connection.close();
  }
}
