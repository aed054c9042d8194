/**
 * Urgent bytes of a stream (MSG_OOB, CONFIG_AF_UNIX_OOB). The newest one can be received apart from the others; its place in
 * the queue, taken or not, is the mark at which reads stop.
 */

import { EFAULT, EINVAL } from '../../abi/errno.js';
import { POLLPRI } from '../../abi/poll.js';
import { MSG_OOB, SO_OOBINLINE } from '../../abi/socket.js';
import { signalUrgent } from '../../kernel/sigio.js';
import type { Sink } from '../../kernel/useriov.js';
import type { ReceivedMessage } from '../socket.js';
import type { Message } from './queue.js';
import type { UnixSocket } from './socket.js';

function inline(socket: UnixSocket): boolean {
  return (socket.options.flags.get(SO_OOBINLINE) ?? 0) !== 0;
}

/** Makes `m`, already in the queue, the urgent byte: an older one that was not taken is a byte like others from now on. */
export function sendUrgent(to: UnixSocket, m: Message): void {
  to.urgent = m;
  signalUrgent(to);
  to.queue.wake(POLLPRI);
}

/** recv(MSG_OOB). @returns 1, or -EINVAL when there is no urgent byte or it comes among the others */
export function receiveUrgent(
  socket: UnixSocket,
  sink: Sink,
  peek: boolean,
  out: ReceivedMessage,
  finish: (n: number) => number,
): number {
  const m = socket.urgent;
  if (m === undefined || inline(socket)) return -EINVAL;
  if (sink.remaining > 0 && sink.put(m.data, m.off, 1) !== 1) return -EFAULT;
  if (!peek) {
    socket.urgent = undefined;
    // It stays in the queue, empty, as the mark.
    socket.messages.consume(m, 1);
    // Two marks without a byte between them are one.
    socket.messages.dropEmptyBefore(m);
  }
  out.flags |= MSG_OOB;
  return finish(1);
}

/**
 * Where a read goes on that has come to the message at `i`: at the mark it ends if it has bytes, and begins behind it if not
 * (manage_oob).
 * @returns the index of the next message to read, which may not exist, or -1 if the read is over
 */
export function passMark(socket: UnixSocket, i: number, peek: boolean, some: boolean): number {
  const { messages } = socket;
  let at = i;
  let m = messages.at(at);
  if (m === undefined || (m.left > 0 && m !== socket.urgent)) return at;
  if (m.left === 0) {
    if (some && socket.urgent === undefined) return -1;
    if (peek) at++;
    else messages.shift();
    m = messages.at(at);
    if (m === undefined) return some ? -1 : at;
  }
  if (m !== socket.urgent) return at;
  if (some) return -1;
  if (!peek) {
    socket.urgent = undefined;
    if (!inline(socket)) messages.shift();
  } else if (!inline(socket)) {
    at++;
  }
  return at;
}

/** SIOCATMARK: 1 if the next read would begin at the mark. */
export function atMark(socket: UnixSocket): number {
  // A connection that waits counts as a message without bytes.
  if (socket.waiting.length > 0) return 1;
  const m = socket.messages.at(0);
  if (m === undefined) return 0;
  const { urgent } = socket;
  const taken = m.left === 0 && (urgent === undefined || socket.messages.at(1) === urgent);
  return Number(m === urgent || taken);
}
