/** What happens to both ends of a connection (RFC 9293, net/ipv4/tcp_input.c), without segments in between. */

import { ECONNREFUSED, ECONNRESET, EPIPE } from '../../abi/errno.js';
import {
  IPPROTO_TCP,
  RCV_SHUTDOWN,
  SEND_SHUTDOWN,
  SHUTDOWN_MASK,
  TCP_CLOSE,
  TCP_CLOSE_WAIT,
  TCP_CLOSING,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT1,
  TCP_FIN_WAIT2,
  TCP_LAST_ACK,
  TCP_LINGER2,
  TCP_SYN_SENT,
} from '../../abi/inet.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import type { TcpSocket } from './tcp.js';
import { forgetTuple } from './tcp-names.js';
import { countSegments } from './traffic.js';
import { progressMade } from './user-timeout.js';

const READ = POLLIN | POLLRDNORM;
const WRITE = POLLOUT | POLLWRNORM;

/** Both know of each other; bytes may flow. */
export function establish(client: TcpSocket, server: TcpSocket): void {
  client.peer = server;
  server.peer = client;
  client.state = server.state = TCP_ESTABLISHED;
  const { lanes } = client.kernel;
  if (lanes !== undefined) {
    client.lane = lanes.sideOf(client);
    server.lane = lanes.sideOf(server);
  }
  client.stopWaiting();
  client.queue.wake(WRITE);
}

/** The connection is over for this end (tcp_done); what it has received may still be read. */
function done(socket: TcpSocket): void {
  socket.lane?.close();
  socket.state = TCP_CLOSE;
  socket.shut = SHUTDOWN_MASK;
  socket.finPending = false;
  progressMade(socket);
  forgetTuple(socket);
  if (!socket.portFixed || socket.closed) socket.releasePort();
}

/** Both ends have closed, this one first: its name stays taken for a while (tcp_time_wait). */
function enterTimeWait(socket: TcpSocket): void {
  const { orphan, stack, kernel } = socket;
  if (orphan !== undefined) {
    stack.timeWaits.restart(orphan, kernel.now());
    socket.orphan = undefined;
  } else if (socket.local.port !== 0) stack.rememberTimeWait(socket, false, kernel.now());
  done(socket);
}

/** The owner of this end has closed it, and waits for nothing more: it waits for the other end's FIN by itself. */
export function leaveOrphan(socket: TcpSocket): void {
  if (socket.state !== TCP_FIN_WAIT2 || socket.orphan !== undefined) return;
  const { stack, kernel, options } = socket;
  const asked = options.int(IPPROTO_TCP, TCP_LINGER2) ?? 0;
  if (asked < 0) {
    abort(socket);
    return;
  }
  const usual = kernel.settings.tcpFinTimeout;
  const seconds = asked === 0 ? usual : asked;
  socket.orphan = stack.rememberTimeWait(socket, true, kernel.now(), seconds * 1000);
  forgetTuple(socket);
  socket.releasePort();
}

/** The peer says that it will send no more. */
function receiveFin(socket: TcpSocket): void {
  socket.lane?.close();
  socket.finReceived = true;
  socket.shut |= RCV_SHUTDOWN;
  if (socket.state === TCP_ESTABLISHED) socket.state = TCP_CLOSE_WAIT;
  else if (socket.state === TCP_FIN_WAIT1) socket.state = TCP_CLOSING;
  else if (socket.state === TCP_FIN_WAIT2) enterTimeWait(socket);
  socket.keptBack?.();
  socket.queue.wake(READ | POLLRDHUP | (socket.shut === SHUTDOWN_MASK ? POLLHUP | WRITE : 0));
}

/** The peer has got everything, and the end of it. */
function finAcknowledged(socket: TcpSocket): void {
  socket.finPending = false;
  if (socket.state === TCP_FIN_WAIT1) {
    socket.state = TCP_FIN_WAIT2;
    if (socket.closed) leaveOrphan(socket);
  } else if (socket.state === TCP_CLOSING) enterTimeWait(socket);
  else if (socket.state === TCP_LAST_ACK) done(socket);
  if (socket.closed) socket.queue.wake(POLLHUP);
}

/** Says so to the peer, once it has room for all bytes before. */
export function sendFin(socket: TcpSocket): void {
  const { peer, state } = socket;
  socket.shut |= SEND_SHUTDOWN;
  if (peer === undefined) return;
  if (state === TCP_ESTABLISHED) socket.state = TCP_FIN_WAIT1;
  else if (state === TCP_CLOSE_WAIT) socket.state = TCP_LAST_ACK;
  else return;
  socket.finPending = true;
  flushFin(socket);
}

/** A FIN that waits behind bytes goes on its way when there is room for them. */
export function flushFin(socket: TcpSocket): void {
  const { peer } = socket;
  if (!socket.finPending || peer === undefined || socket.unreceived > 0) return;
  // Whoever talks to himself is told last.
  if (peer === socket) {
    socket.state = TCP_CLOSING;
    socket.finReceived = true;
    finAcknowledged(socket);
    socket.queue.wake(READ | WRITE | POLLRDHUP | POLLHUP);
    return;
  }
  // The FIN and its acknowledgement.
  countSegments(socket, 2);
  receiveFin(peer);
  finAcknowledged(socket);
}

/** The peer, or whoever is where it should be, has no such connection (tcp_reset). */
export function receiveReset(socket: TcpSocket): void {
  if (socket.state === TCP_CLOSE) return;
  if (socket.state === TCP_SYN_SENT) socket.error = ECONNREFUSED;
  else {
    socket.error = socket.state === TCP_CLOSE_WAIT ? EPIPE : ECONNRESET;
    socket.stack.counters.tcp.resets++;
  }
  end(socket);
}

/** Ends a connection at this side alone, with whatever error it has. */
export function end(socket: TcpSocket): void {
  socket.stopWaiting();
  dropOrphan(socket);
  done(socket);
  socket.peer = undefined;
  socket.keptBack?.();
  socket.queue.wake(READ | WRITE | POLLRDHUP | POLLHUP | POLLERR);
}

function dropOrphan(socket: TcpSocket): void {
  if (socket.orphan !== undefined) socket.stack.timeWaits.delete(socket.orphan);
  socket.orphan = undefined;
}

/** Ends a connection without the courtesy of a FIN: the peer sees a reset. */
export function abort(socket: TcpSocket): void {
  const { peer } = socket;
  if (socket.state === TCP_CLOSE) return;
  dropOrphan(socket);
  done(socket);
  socket.peer = undefined;
  if (peer === undefined || peer === socket) return;
  socket.stack.counters.tcp.resetsSent++;
  countSegments(socket, 1);
  receiveReset(peer);
}
