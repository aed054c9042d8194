/** Urgent bytes (tcp(7), RFC 6093; tcp_check_urg in net/ipv4/tcp_input.c, tcp_recv_urg in net/ipv4/tcp.c). */

import { EFAULT, EINVAL, ENOTCONN } from '../../abi/errno.js';
import { TCP_CLOSE } from '../../abi/inet.js';
import { POLLIN, POLLPRI, POLLRDNORM } from '../../abi/poll.js';
import { MSG_OOB, MSG_PEEK, MSG_TRUNC, SO_OOBINLINE } from '../../abi/socket.js';
import { signalUrgent } from '../../kernel/sigio.js';
import { BufferSink, type Sink } from '../../kernel/useriov.js';
import type { ReceivedMessage } from '../socket.js';
import type { TcpSocket } from './tcp.js';

/** The newest urgent byte of a connection, as the receiver sees it. It stands in the queue like every other byte. */
export interface Urgent {
  /** Bytes of the queue before it. */
  ahead: number;
  readonly byte: number;
  /** Nobody has read it with MSG_OOB. */
  unread: boolean;
}

/** Are urgent bytes left in the stream? */
function inline(socket: TcpSocket): boolean {
  return socket.options.flags.get(SO_OOBINLINE) === 1;
}

/** The last byte of the receiver's queue is urgent. It takes the place of the one before, wherever that stands. */
export function markUrgent(receiver: TcpSocket): void {
  const { rx, urgent } = receiver;
  if (urgent?.ahead === 0 && !inline(receiver)) rx.drop(1);
  const last = new Uint8Array(1);
  rx.peek(new BufferSink(last), rx.length - 1);
  receiver.urgent = { ahead: rx.length - 1, byte: last[0] as number, unread: true };
  signalUrgent(receiver);
  receiver.queue.wake(POLLIN | POLLRDNORM | POLLPRI);
}

/** At most `most` bytes of another sink. */
class Limited implements Sink {
  constructor(
    private readonly sink: Sink,
    private most: number,
  ) {}
  get remaining(): number {
    return Math.min(this.most, this.sink.remaining);
  }
  private count(n: number): number {
    if (n > 0) this.most -= n;
    return n;
  }
  put(src: Uint8Array, off: number, len: number): number {
    return this.count(this.sink.put(src, off, Math.min(len, this.most)));
  }
  putHost(hostFd: number, pos: number, len: number): number {
    return this.count(this.sink.putHost(hostFd, pos, Math.min(len, this.most)));
  }
  putZero(len: number): number {
    return this.count(this.sink.putZero(Math.min(len, this.most)));
  }
}

/**
 * Reads up to the urgent byte, or from there on: where it is not inline it is passed over.
 * @param left bytes that are wanted @returns bytes or -EFAULT
 */
export function takeToMark(
  socket: TcpSocket,
  urgent: Urgent,
  sink: Sink,
  flags: number,
  left: number,
): number {
  const { rx } = socket;
  const atMark = urgent.ahead === 0;
  const skip = atMark && !inline(socket) ? 1 : 0;
  const most = Math.min(left, rx.length - skip, atMark ? Number.POSITIVE_INFINITY : urgent.ahead);
  const room = new Limited(sink, most);
  if ((flags & MSG_PEEK) !== 0) return (flags & MSG_TRUNC) !== 0 ? most : rx.peek(room, skip);
  rx.drop(skip);
  let n = most;
  if ((flags & MSG_TRUNC) !== 0) rx.drop(most);
  else n = rx.drain(room);
  if (!atMark) urgent.ahead -= Math.max(0, n);
  else if (skip > 0 || n > 0) socket.urgent = undefined;
  return n;
}

/** A read that has got something ends here, so that the program may look for the mark. */
export function endsAtMark(socket: TcpSocket): boolean {
  return socket.urgent?.ahead === 0;
}

/** recv(MSG_OOB): the urgent byte alone. It never waits. */
export function recvUrgent(
  socket: TcpSocket,
  sink: Sink,
  flags: number,
  out: ReceivedMessage,
  finish: (n: number) => number,
): number {
  const { urgent, state } = socket;
  if (inline(socket) || urgent === undefined || !urgent.unread) return -EINVAL;
  if (state === TCP_CLOSE) return -ENOTCONN;
  if ((flags & MSG_PEEK) === 0) urgent.unread = false;
  out.flags |= MSG_OOB;
  if (sink.remaining === 0) {
    out.flags |= MSG_TRUNC;
    return finish(0);
  }
  if ((flags & MSG_TRUNC) === 0 && sink.put(Uint8Array.of(urgent.byte), 0, 1) !== 1) return -EFAULT;
  return finish(1);
}

/** FIONREAD counts to the mark. */
export function readableBytes(socket: TcpSocket): number {
  const { rx, urgent } = socket;
  return urgent === undefined || inline(socket) ? rx.length : urgent.ahead;
}

/** Are there bytes enough for a reader? An urgent byte that will be passed over is none. */
export function hasBytes(socket: TcpSocket): boolean {
  const { rx, urgent } = socket;
  const passed = urgent?.ahead === 0 && !inline(socket) ? 1 : 0;
  return rx.length > passed && rx.length >= socket.options.rcvLowat + passed;
}
