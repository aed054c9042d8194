/** What is seen of a TCP socket from outside: readiness, counts, ancillary data, and how long it lingers. */

import { EINVAL } from '../../abi/errno.js';
import {
  IPPROTO_TCP,
  RCV_SHUTDOWN,
  SEND_SHUTDOWN,
  SHUTDOWN_MASK,
  TCP_CLOSE,
  TCP_ESTABLISHED,
  TCP_INQ,
  TCP_LISTEN,
  TCP_SYN_SENT,
} from '../../abi/inet.js';
import { FIONREAD, SIOCATMARK, SIOCOUTQNSD, TIOCOUTQ } from '../../abi/ioctl.js';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
} from '../../abi/poll.js';
import { LANE_RING } from '../../arch/lane-layout.js';
import type { Task } from '../../kernel/task.js';
import { type Block, WOULD_BLOCK } from '../../kernel/wait.js';
import type { ReceivedMessage } from '../socket.js';
import { timeControl } from './datagram.js';
import { intBytes } from './socket.js';
import type { TcpSocket } from './tcp.js';
import { hasBytes, readableBytes } from './urgent.js';

const DATA = POLLIN | POLLRDNORM;
const ROOM = POLLOUT | POLLWRNORM;

/** Readiness in every state (tcp_poll). */
export function pollTcp(socket: TcpSocket): number {
  const { state, shut } = socket;
  if (state === TCP_LISTEN) return socket.acceptable > 0 ? DATA : 0;
  let mask = 0;
  if (shut === SHUTDOWN_MASK || state === TCP_CLOSE) mask |= POLLHUP;
  if ((shut & RCV_SHUTDOWN) !== 0) mask |= DATA | POLLRDHUP;
  if (state !== TCP_SYN_SENT) {
    if (hasBytes(socket)) mask |= DATA;
    if (socket.urgent?.unread === true) mask |= POLLPRI;
    if ((shut & SEND_SHUTDOWN) !== 0 || socket.writableNow) mask |= ROOM;
  }
  if (socket.error !== 0 || !socket.errors.empty) mask |= POLLERR;
  return mask;
}

/** ioctl(2) about bytes that wait (tcp_ioctl). @returns undefined for another request */
export function ioctlTcp(socket: TcpSocket, task: Task, request: number, arg: number): number | undefined {
  const listening = socket.state === TCP_LISTEN;
  switch (request) {
    case FIONREAD:
      return listening ? -EINVAL : task.mem.putU32(arg, readableBytes(socket));
    case TIOCOUTQ:
    case SIOCOUTQNSD:
      return listening ? -EINVAL : task.mem.putU32(arg, socket.unreceived);
    case SIOCATMARK:
      return task.mem.putU32(arg, Number(socket.urgent?.ahead === 0));
    default:
      return undefined;
  }
}

/**
 * Adds the ancillary data that was asked for: times (SO_TIMESTAMP), and how much is left (TCP_INQ).
 * @returns `finish` with that done before
 */
export function withControl(
  socket: TcpSocket,
  out: ReceivedMessage,
  finish: (n: number) => number,
): (n: number) => number {
  const { options } = socket;
  const inq = options.on(IPPROTO_TCP, TCP_INQ);
  if (!options.stamped && !inq) return finish;
  return (n) => {
    if (n < 0) return finish(n);
    const control = n > 0 ? timeControl(options, socket.lastArrival) : [];
    const left = socket.rx.length || Number(socket.finReceived);
    if (inq) control.push({ level: IPPROTO_TCP, type: TCP_INQ, data: intBytes(left) });
    out.control = control;
    return finish(n);
  };
}

/** What close(2) waits for with SO_LINGER: that the peer has got everything, for so many seconds at most. */
export function lingerTcp(socket: TcpSocket): Block | undefined {
  const { lingerOn, lingerTime } = socket.options;
  if (lingerOn === 0 || lingerTime <= 0 || !socket.finPending) return undefined;
  return {
    on: [socket.queue],
    retry: () => (socket.finPending ? WOULD_BLOCK : 0),
    deadline: socket.kernel.now() + lingerTime * 1000,
    timeout: () => 0,
    interrupted: () => 0,
  };
}

/** Established, and nothing about it that a read or write of mere bytes would have to look at. */
export function isPlain(socket: TcpSocket, peer: TcpSocket): boolean {
  const { keptBack, urgent, options } = socket;
  return (
    socket.state === TCP_ESTABLISHED &&
    (socket.shut | socket.error) === 0 &&
    keptBack === undefined &&
    urgent === undefined &&
    !options.stamped &&
    socket.peekOffset() < 0 &&
    options.rcvLowat === 1 &&
    socket.capacity(peer) > 2 * LANE_RING
  );
}
