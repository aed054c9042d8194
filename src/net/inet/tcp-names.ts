/** The names of connections: each end has an address and a port, and no two connections have the same four (inet_hashtables.c). */

import { EADDRNOTAVAIL } from '../../abi/errno.js';
import type { Endpoint, Ip } from './address.js';
import { tupleKey } from './stack.js';
import type { TcpSocket } from './tcp.js';
import { TimeWait } from './time-wait.js';

/**
 * Gives a connection to `remote` its own end: the address `ip`, a port if it has none, and its entry among the connections.
 * @returns -EADDRNOTAVAIL when there is no such port
 */
export function takePort(socket: TcpSocket, ip: Ip, remote: Endpoint): number {
  const { connections, tcp, timeWaits } = socket.stack;
  const now = socket.kernel.now();
  timeWaits.purge(now);
  const asked = socket.local.port !== 0;
  const unused = (port: number): boolean => {
    const user = connections.get(tupleKey({ ip, port }, remote));
    return user === undefined || (user instanceof TimeWait && (asked || user.reusable(now)));
  };
  if (socket.local.port === 0) {
    const port = tcp.pickForConnect(`${ip}>${remote.ip}:${remote.port}`, unused);
    if (port === 0) return -EADDRNOTAVAIL;
    socket.local = { ip, port };
    socket.portShared = true;
    tcp.add(socket);
  } else {
    if (!unused(socket.local.port)) return -EADDRNOTAVAIL;
    socket.local = { ip, port: socket.local.port };
  }
  rememberTuple(socket, socket.local, remote);
  return 0;
}

/** Takes its place among the connections; one that is over gives way. */
export function rememberTuple(socket: TcpSocket, local: Endpoint, remote: Endpoint): void {
  const { connections, timeWaits } = socket.stack;
  socket.tuple = tupleKey(local, remote);
  const before = connections.get(socket.tuple);
  if (before instanceof TimeWait) timeWaits.delete(before);
  connections.set(socket.tuple, socket);
}

export function forgetTuple(socket: TcpSocket): void {
  const { connections } = socket.stack;
  if (socket.tuple !== undefined && connections.get(socket.tuple) === socket)
    connections.delete(socket.tuple);
  socket.tuple = undefined;
}
