/** The fast lane of stream sockets (src/net/lane/side.ts): while it is open, bytes that come with nothing lie in a ring. */

import { EFAULT } from '../../abi/errno.js';
import { POLLIN, POLLRDNORM } from '../../abi/poll.js';
import { MSG_CMSG_CLOEXEC, MSG_DONTWAIT, MSG_NOSIGNAL, MSG_OOB, SOCK_STREAM } from '../../abi/socket.js';
import { LANE_RING } from '../../arch/lane-layout.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { encodeUnixAddress } from '../address.js';
import { claimed, type LaneRing } from '../lane/ring.js';
import type { LaneBytes } from '../lane/side.js';
import type { ReceivedMessage, SendMessage } from '../socket.js';
import { streamCharge } from './charge.js';
import { Message } from './queue.js';
import type { UnixSocket } from './socket.js';
import { StreamRead } from './stream.js';
import { waitToReceive } from './transfer.js';

const SIMPLE_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL | MSG_CMSG_CLOEXEC;

/** What a socket has received while its lane is open. */
export class UnixLaneBytes implements LaneBytes {
  /** Undefined while the lane is closed. */
  ring: LaneRing | undefined;
  private closeLane: () => void = () => {};

  constructor(private readonly socket: UnixSocket) {}

  get length(): number {
    return this.ring?.length ?? this.socket.messages.bytes;
  }

  /** Messages become mere bytes: those of a socket that nobody asks more of. */
  toLane(ring: LaneRing, close: () => void): boolean {
    const { messages } = this.socket;
    if (messages.bytes > LANE_RING) return false;
    for (const m of messages) if (m.rights !== undefined || m.cred !== undefined) return false;
    const all = new Uint8Array(messages.bytes);
    let at = 0;
    for (let m = messages.at(0); m !== undefined; m = messages.at(0)) {
      all.set(m.data.subarray(m.off), at);
      at += m.left;
      messages.shift();
    }
    ring.load(all);
    this.ring = ring;
    this.closeLane = close;
    return true;
  }

  fromLane(left: Uint8Array): void {
    this.ring = undefined;
    if (left.length > 0) this.socket.messages.push(this.message(left));
  }

  private message(data: Uint8Array): Message {
    const sender = this.socket.peer ?? this.socket;
    const charge = streamCharge(data.length);
    sender.sent += charge;
    return new Message(data, undefined, undefined, sender, charge);
  }

  /** Moves bytes to `sink`. @returns bytes, or -EFAULT when not all could be put: then they stay, as a message does */
  drain(sink: Sink): number {
    const n = this.ring?.claim(sink.remaining) ?? 0;
    const put = n === 0 ? 0 : sink.put(claimed, 0, n);
    if (put >= n) return put;
    const all = claimed.slice(0, n);
    this.closeLane();
    this.socket.messages.unshift(this.message(all));
    return -EFAULT;
  }
}

/** Whether `socket` is one end of a connection of mere bytes. */
function plain(socket: UnixSocket): boolean {
  const { options } = socket;
  return (
    socket.type === SOCK_STREAM &&
    socket.state === 'connected' &&
    socket.accepted &&
    socket.error === 0 &&
    !(socket.recvShut || socket.sendShut || socket.dead || socket.wantsSender || socket.tellsLeft) &&
    socket.peekOff < 0 &&
    socket.urgent === undefined &&
    options.rcvLowat === 1 &&
    options.sndbuf > 2 * LANE_RING
  );
}

/** See LaneSocket. */
export function unixLanePartner(socket: UnixSocket): UnixSocket | undefined {
  const { peer } = socket;
  return peer !== undefined && peer !== socket && peer.peer === socket && plain(socket) && plain(peer)
    ? peer
    : undefined;
}

/** Sends through an open lane. @returns undefined if it is none, or none any more */
export function sendLane(socket: UnixSocket, source: Source, message: SendMessage): number | undefined {
  const { peer } = socket;
  const ring = peer?.rx.ring;
  if (peer === undefined || ring === undefined) return undefined;
  const { flags, to, files, cred, control } = message;
  const more = to !== undefined || files !== undefined || cred !== undefined || control !== undefined;
  const n = more || (flags & MSG_OOB) !== 0 ? undefined : ring.fill(source, source.remaining);
  if (n === undefined) socket.lane?.close();
  else if (n > 0) peer.queue.wake(POLLIN | POLLRDNORM);
  return n;
}

/** Receives through an open lane. @returns undefined as sendLane */
export function recvLane(
  socket: UnixSocket,
  sink: Sink,
  flags: number,
  out: ReceivedMessage,
  finish: (n: number) => number,
): SyscallResult | undefined {
  if (socket.rx.ring === undefined) return undefined;
  if ((flags & ~SIMPLE_FLAGS) !== 0 || sink.remaining === 0) {
    socket.lane?.close();
    return undefined;
  }
  let read: StreamRead | undefined;
  const attempt = (): number | typeof WOULD_BLOCK => {
    if (socket.rx.ring === undefined) {
      read ??= new StreamRead(socket, sink, flags, out, finish);
      return read.attempt();
    }
    const n = socket.rx.drain(sink);
    if (n === 0) return WOULD_BLOCK;
    const from = socket.peer?.address;
    out.from = from === undefined || from.kind === 'unnamed' ? new Uint8Array(0) : encodeUnixAddress(from);
    return n < 0 ? n : finish(n);
  };
  return waitToReceive(socket, flags, attempt, () => read?.partial() ?? 0);
}
