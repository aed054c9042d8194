/** /proc/net/unix: one row for each socket (proc(5)). */

import { setNetTable } from '../../fs/proc/net.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { UnixSocket } from './socket.js';

const sockets = new WeakMap<Kernel, Set<UnixSocket>>();

/** __SO_ACCEPTCON and enum socket_state, as the table shows them. */
const FLAG_LISTENING = 0x10000;
const SS_UNCONNECTED = 1;
const SS_CONNECTING = 2;
const SS_CONNECTED = 3;

/** All sockets that are not closed, those that wait to be accepted too; in the order of their making. */
export function unixSockets(kernel: Kernel): Iterable<UnixSocket> {
  return sockets.get(kernel) ?? [];
}

export function register(socket: UnixSocket): void {
  const { kernel } = socket;
  let all = sockets.get(kernel);
  if (all === undefined) {
    sockets.set(kernel, (all = new Set()));
    setNetTable(kernel, 'unix', () => rows(kernel));
  }
  all.add(socket);
}

export function unregister(socket: UnixSocket): void {
  sockets.get(socket.kernel)?.delete(socket);
}

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, '0');
}

function rows(kernel: Kernel): string {
  let out = '';
  for (const s of unixSockets(kernel)) out += row(s);
  return out;
}

function row(s: UnixSocket): string {
  const { peer, address } = s;
  // The socket, its inode, and the partner that has it as its own.
  const references = 1 + Number(s.accepted) + Number(peer !== undefined && !peer.dead && peer.peer === s);
  const state = !s.accepted ? SS_CONNECTING : s.state === 'connected' ? SS_CONNECTED : SS_UNCONNECTED;
  const inode = s.accepted ? s.inode.ino : 0;
  const name =
    address.kind === 'unnamed'
      ? ''
      : ` ${address.kind === 'abstract' ? '@' : ''}${address.name.replaceAll('\0', '@')}`;
  return (
    `0000000000000000: ${hex(references, 8)} 00000000 ${hex(s.listening ? FLAG_LISTENING : 0, 8)} ` +
    `${hex(s.type, 4)} ${hex(state, 2)} ${String(inode).padStart(5)}${name}\n`
  );
}
