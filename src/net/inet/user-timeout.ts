/** TCP_USER_TIMEOUT: a connection ends when the peer has taken nothing for so long (tcp(7), RFC 5482). */

import { ETIMEDOUT } from '../../abi/errno.js';
import { IPPROTO_TCP, TCP_CLOSE, TCP_USER_TIMEOUT } from '../../abi/inet.js';
import type { TcpSocket } from './tcp.js';
import { end } from './tcp-state.js';

/** Bytes wait for room: the time begins, unless it runs already. Without the option nothing happens. */
export function awaitProgress(socket: TcpSocket): void {
  // First what nearly always ends it.
  if (socket.unreceived === 0) return;
  const ms = socket.options.int(IPPROTO_TCP, TCP_USER_TIMEOUT) ?? 0;
  if (ms === 0 || socket.state === TCP_CLOSE || socket.userTimer !== undefined) return;
  const { kernel } = socket;
  socket.userTimer = kernel.timers.add(kernel.now() + ms, () => {
    socket.userTimer = undefined;
    if (socket.unreceived === 0) return;
    // The peer is not told: it will hear of it when it says something.
    socket.error = ETIMEDOUT;
    end(socket);
  });
}

/** The peer has taken something, or there is no connection any more. */
export function progressMade(socket: TcpSocket): void {
  if (socket.userTimer === undefined) return;
  socket.kernel.timers.cancel(socket.userTimer);
  socket.userTimer = undefined;
  awaitProgress(socket);
}
