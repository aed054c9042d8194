/** Bytes over a connection (tcp_sendmsg and tcp_recvmsg in net/ipv4/tcp.c): from the sender straight to the receiver's queue. */

import { EAGAIN, ENOTCONN, EOPNOTSUPP, EPIPE } from '../../abi/errno.js';
import {
  RCV_SHUTDOWN,
  SEND_SHUTDOWN,
  TCP_CLOSE,
  TCP_CLOSE_WAIT,
  TCP_ESTABLISHED,
  TCP_FIN_WAIT2,
  TCP_LISTEN,
  TCP_SYN_SENT,
} from '../../abi/inet.js';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import { MSG_FASTOPEN, MSG_OOB, MSG_PEEK, MSG_TRUNC, MSG_WAITALL } from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import type { ReceivedMessage } from '../socket.js';
import type { TcpSocket } from './tcp.js';
import { flushFin, receiveReset } from './tcp-state.js';
import { endsAtMark, markUrgent, recvUrgent, takeToMark } from './urgent.js';
import { awaitProgress, progressMade } from './user-timeout.js';

/**
 * Sends what fits now.
 * @returns bytes (0: no room), -EPIPE or the pending error where nothing can be sent, -EFAULT
 */
function push(socket: TcpSocket, source: Source, flags: number): number {
  const { state, peer } = socket;
  if (socket.error !== 0) return -socket.takeError();
  if (state === TCP_SYN_SENT) return 0;
  if ((state !== TCP_ESTABLISHED && state !== TCP_CLOSE_WAIT) || (socket.shut & SEND_SHUTDOWN) !== 0)
    return -EPIPE;
  if (peer === undefined) return -EPIPE;
  if (
    peer.closed ||
    peer.peer !== socket ||
    ((peer.shut & RCV_SHUTDOWN) !== 0 && peer.state === TCP_FIN_WAIT2)
  ) {
    return sendToNobody(socket, peer, source);
  }
  if ((flags & MSG_OOB) !== 0) socket.lane?.close();
  const room = peer.rx.room(socket.capacity(peer));
  if (room === 0 && peer.rx.length === 0) socket.retryLater();
  const n = peer.rx.fill(source, room);
  awaitProgress(socket);
  if (n > 0) {
    if (socket.lane?.isOpen !== true) socket.laneSent(n);
    if (peer.options.stamped) peer.lastArrival = peer.kernel.realtime();
    if (peer.keptBack !== undefined) peer.keptBack();
    if ((flags & MSG_OOB) !== 0) markUrgent(peer);
    else peer.queue.wake(POLLIN | POLLRDNORM);
  }
  return n;
}

/** The bytes are taken, and the answer is a reset: the other end has closed, or will not read any more. */
function sendToNobody(socket: TcpSocket, peer: TcpSocket, source: Source): number {
  receiveReset(socket);
  receiveReset(peer);
  return source.remaining;
}

export function sendTcp(socket: TcpSocket, source: Source, flags: number): SyscallResult {
  if ((flags & MSG_FASTOPEN) !== 0) return -EOPNOTSUPP;
  const total = source.remaining;
  const first = push(socket, source, flags);
  if (first < 0 || (first === total && socket.state !== TCP_SYN_SENT)) return first;
  let moved = first;
  if (socket.dontWait(flags)) return moved > 0 ? moved : -EAGAIN;
  const step = (): number | typeof WOULD_BLOCK => {
    // An error ends the call only if nothing was sent; else the next call finds it.
    if (moved > 0 && (socket.error !== 0 || (socket.shut & SEND_SHUTDOWN) !== 0)) return moved;
    const n = push(socket, source, flags);
    if (n < 0) return moved > 0 ? moved : n;
    moved += n;
    return moved === total && socket.state !== TCP_SYN_SENT ? moved : WOULD_BLOCK;
  };
  return waitOn(
    socket,
    step,
    socket.timed(socket.options.sndTimeout, () => moved),
  );
}

/** Bytes were taken out of the queue, which held `before`: a sender that waits for room may go on. */
function makeRoom(socket: TcpSocket, before: number): void {
  const { peer } = socket;
  if (peer === undefined) return;
  if (peer.finPending) flushFin(peer);
  progressMade(peer);
  if (peer.queue.empty) return;
  if (peer.crowded(before) && peer.writableNow) peer.queue.wake(POLLOUT | POLLWRNORM);
}

/** Moves, shows or throws away up to what `sink` has room for. @returns bytes or -EFAULT */
function take(socket: TcpSocket, sink: Sink, flags: number, left: number): number {
  const { rx, urgent } = socket;
  const before = rx.length;
  if (before === 0 || left === 0) return 0;
  if (urgent !== undefined) {
    const n = takeToMark(socket, urgent, sink, flags, left);
    if (rx.length < before) makeRoom(socket, before);
    return n;
  }
  if ((flags & MSG_PEEK) !== 0) return peek(socket, sink, flags, left);
  let n: number;
  if ((flags & MSG_TRUNC) !== 0) rx.drop((n = Math.min(before, left)));
  else n = rx.drain(sink);
  if (n > 0) makeRoom(socket, before);
  const offset = socket.peekOffset();
  if (offset > 0) socket.setPeekOffset(Math.max(0, offset - n));
  return n;
}

/** Shows bytes, from where the last look ended if the socket wants that (SO_PEEK_OFF). */
function peek(socket: TcpSocket, sink: Sink, flags: number, left: number): number {
  const { rx } = socket;
  const offset = socket.peekOffset();
  const skip = Math.max(0, offset);
  const most = Math.min(rx.length - skip, left);
  if (most <= 0) return 0;
  const n = (flags & MSG_TRUNC) !== 0 ? most : rx.peek(sink, skip);
  if (offset >= 0 && n > 0) socket.setPeekOffset(offset + n);
  return n;
}

/** Nothing more to read now: why? @returns 0 at the end, -errno, or WOULD_BLOCK */
function ended(socket: TcpSocket): number | typeof WOULD_BLOCK {
  if (socket.finReceived) return 0;
  if (socket.error !== 0) return -socket.takeError();
  if ((socket.shut & RCV_SHUTDOWN) !== 0) return 0;
  return socket.state === TCP_CLOSE ? -ENOTCONN : WOULD_BLOCK;
}

/** @param finish called with the count; its result is the call's */
export function recvTcp(
  socket: TcpSocket,
  sink: Sink,
  flags: number,
  out: ReceivedMessage,
  finish: (n: number) => number,
): SyscallResult {
  if (socket.state === TCP_LISTEN) return -ENOTCONN;
  if ((flags & MSG_OOB) !== 0) return recvUrgent(socket, sink, flags, out, finish);
  const wanted = sink.remaining;
  const target = (flags & MSG_WAITALL) !== 0 ? wanted : Math.min(socket.options.rcvLowat, wanted);
  const peek = (flags & MSG_PEEK) !== 0;
  let copied = 0;
  const attempt = (): number | typeof WOULD_BLOCK => {
    const over = socket.error !== 0 || (socket.shut & RCV_SHUTDOWN) !== 0;
    // What is only looked at is copied once there is enough of it.
    if (!peek || over || socket.rx.length >= target || socket.dontWait(flags)) {
      const n = take(socket, sink, flags, wanted - copied);
      if (n < 0 && copied === 0) return n;
      if (n > 0) copied += n;
    }
    if (copied >= target && (copied > 0 || socket.rx.length > 0)) return finish(copied);
    if (copied > 0) return over || peek || endsAtMark(socket) ? finish(copied) : WOULD_BLOCK;
    const why = ended(socket);
    return typeof why === 'number' && why >= 0 ? finish(why) : why;
  };
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  if (socket.dontWait(flags)) return copied > 0 ? finish(copied) : -EAGAIN;
  return waitOn(
    socket,
    attempt,
    socket.timed(socket.options.rcvTimeout, () => (copied > 0 ? finish(copied) : 0)),
  );
}

/** read(2) where bytes are there: no closures, nothing to tell beside them. @returns undefined when it is not so simple */
export function readNow(socket: TcpSocket, sink: Sink): number | undefined {
  const { rx } = socket;
  const before = rx.length;
  if (before === 0 || before < socket.options.rcvLowat || sink.remaining === 0) return undefined;
  if (socket.urgent !== undefined || socket.peekOffset() > 0) return undefined;
  const n = rx.drain(sink);
  if (n > 0) makeRoom(socket, before);
  return n;
}
