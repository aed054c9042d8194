/** What happens to both ends of a connection (RFC 9293, net/ipv4/tcp_input.c), without segments in between. */

import { ECONNREFUSED, ECONNRESET, EPIPE } from '../../abi/errno.js';
import {
  RCV_SHUTDOWN,
  SEND_SHUTDOWN,
  SHUTDOWN_MASK,
  TCP_CLOSE,
  TCP_CLOSE_WAIT,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT2,
  TCP_SYN_SENT,
} from '../../abi/inet.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import type { TcpSocket } from './tcp.js';

const READ = POLLIN | POLLRDNORM;
const WRITE = POLLOUT | POLLWRNORM;

/** Both know of each other; bytes may flow. */
export function establish(client: TcpSocket, server: TcpSocket): void {
  client.peer = server;
  server.peer = client;
  client.state = server.state = TCP_ESTABLISHED;
  client.stopWaiting();
  client.queue.wake(WRITE);
}

/** The connection is over for this end (tcp_done); what it has received may still be read. */
function done(socket: TcpSocket): void {
  socket.state = TCP_CLOSE;
  socket.shut = SHUTDOWN_MASK;
  socket.forgetTuple();
}

/** The peer says that it will send no more. */
function receiveFin(socket: TcpSocket): void {
  socket.finReceived = true;
  socket.shut |= RCV_SHUTDOWN;
  if (socket.state === TCP_ESTABLISHED) socket.state = TCP_CLOSE_WAIT;
  else if (socket.state === TCP_FIN_WAIT2) done(socket);
  socket.keptBack?.();
  socket.queue.wake(READ | POLLRDHUP | (socket.shut === SHUTDOWN_MASK ? POLLHUP | WRITE : 0));
}

/** Says so to the peer. */
export function sendFin(socket: TcpSocket): void {
  const { peer, state } = socket;
  socket.shut |= SEND_SHUTDOWN;
  if (peer === undefined) return;
  if (state === TCP_ESTABLISHED) socket.state = TCP_FIN_WAIT2;
  else if (state === TCP_CLOSE_WAIT) done(socket);
  else return;
  receiveFin(peer);
}

/** The peer, or whoever is where it should be, has no such connection (tcp_reset). */
export function receiveReset(socket: TcpSocket): void {
  if (socket.state === TCP_CLOSE) return;
  if (socket.state === TCP_SYN_SENT) socket.error = ECONNREFUSED;
  else socket.error = socket.state === TCP_CLOSE_WAIT ? EPIPE : ECONNRESET;
  end(socket);
}

/** Ends a connection at this side alone, with whatever error it has. */
export function end(socket: TcpSocket): void {
  socket.stopWaiting();
  done(socket);
  socket.peer = undefined;
  socket.keptBack?.();
  socket.queue.wake(READ | WRITE | POLLRDHUP | POLLHUP | POLLERR);
}

/** Ends a connection without the courtesy of a FIN: the peer sees a reset. */
export function abort(socket: TcpSocket): void {
  const { peer } = socket;
  if (socket.state === TCP_CLOSE) return;
  done(socket);
  socket.peer = undefined;
  if (peer !== undefined && peer !== socket) receiveReset(peer);
}
