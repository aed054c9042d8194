/** `debug`. */
import type { DebugParams } from '../control/protocol.js';
import { RuntimeError } from './errors.js';
import type { Runtime } from './runtime.js';

/** Ask a container's sandbox. @returns what it says, lines of text @throws RuntimeError */
export async function debugContainer(runtime: Runtime, id: string, params: DebugParams): Promise<string> {
  const connection = runtime.connect(runtime.state.get(id));
  if (connection === undefined) throw new RuntimeError('container not running');
  try {
    return (await connection.request('debug', params)).text;
  } finally {
    connection.close();
  }
}
