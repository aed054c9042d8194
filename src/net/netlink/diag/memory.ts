/** INET_DIAG_SKMEMINFO and its kin: nine numbers about a socket's buffers (SK_MEMINFO_*). */

import { SK_MEMINFO_SIZE } from '../../../abi/sock-diag.js';
import type { SocketOptions } from '../../options.js';

/** @param rx bytes received and not read @param tx bytes sent and still held */
export function memoryInfo(options: SocketOptions, rx: number, tx: number): Buffer {
  const b = Buffer.alloc(SK_MEMINFO_SIZE);
  for (const [i, n] of [rx, options.rcvbuf, tx, options.sndbuf].entries()) b.writeUInt32LE(n >>> 0, 4 * i);
  return b;
}
