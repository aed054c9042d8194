/** Sending and receiving datagrams and records (unix_dgram_sendmsg and unix_dgram_recvmsg in net/unix/af_unix.c). */

import {
  EAGAIN,
  ECONNREFUSED,
  EFAULT,
  EINVAL,
  EMSGSIZE,
  ENOBUFS,
  ENOTCONN,
  EOPNOTSUPP,
  EPERM,
  EPIPE,
} from '../../abi/errno.js';
import { POLLIN, POLLRDNORM } from '../../abi/poll.js';
import { MSG_OOB, MSG_PEEK, MSG_TRUNC, SOCK_DGRAM, SOCK_SEQPACKET } from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { putFile } from '../../vfs/fdtable.js';
import { parseUnixAddress } from '../address.js';
import type { ReceivedMessage, SendMessage } from '../socket.js';
import { packetCharge } from './charge.js';
import { disconnect } from './connections.js';
import { waitByClock } from './host-end.js';
import { HostTarget } from './names.js';
import { timestampItem } from './options.js';
import { type Message, roomFor } from './queue.js';
import type { UnixSocket } from './socket.js';
import {
  deliver,
  describeSender,
  rightsOf,
  senderCred,
  takeBytes,
  takeRights,
  waitToReceive,
} from './transfer.js';

/** Room beside the bytes that a send buffer must have. */
const SNDBUF_SPARE = 32;

/** One send: its bytes are copied once, and wait with it. */
class PacketSend {
  private data: Uint8Array | number | undefined;
  /** Whom it goes to; an errno is reported only when the message is ready, as on Linux. */
  private target: UnixSocket | HostTarget | number | undefined;
  private readonly total: number;

  constructor(
    private readonly task: Task,
    readonly socket: UnixSocket,
    private readonly source: Source,
    private readonly message: SendMessage,
    /** A destination of its own. */
    private readonly to: Uint8Array | undefined,
  ) {
    this.total = source.remaining;
    this.find();
  }

  private find(): void {
    this.target = this.to === undefined ? this.socket.peer : this.socket.lookup(this.task, this.to);
  }

  /** Queues whose wake-ups make another attempt worth while. */
  get queues() {
    const { socket, known } = this;
    return known !== undefined && known !== socket ? [socket.queue, known.queue] : [socket.queue];
  }
  /** The receiver, if it is a guest's. */
  private get known(): UnixSocket | undefined {
    const { target } = this;
    return typeof target === 'object' && !(target instanceof HostTarget) ? target : undefined;
  }
  /** Only the clock can tell when the receiver has room. */
  get outside(): boolean {
    return this.target instanceof HostTarget;
  }
  private sendOut(target: HostTarget, data: Uint8Array): number | typeof WOULD_BLOCK {
    const { files } = this.message;
    if (files !== undefined && files.length > 0) return -EOPNOTSUPP;
    const n = target.uds.sendOnce(target.place, this.socket.type, data);
    return n === -EAGAIN ? WOULD_BLOCK : n;
  }

  readonly attempt = (): number | typeof WOULD_BLOCK => {
    const { socket, total } = this;
    if (this.data === undefined) {
      if (socket.error !== 0) return -socket.takeError();
      if (socket.sendShut) return -EPIPE;
      if (socket.sent >= socket.options.sndbuf) return WOULD_BLOCK;
      this.data = takeBytes(this.source, total);
    }
    if (typeof this.data === 'number') return this.data;
    if (this.known?.dead === true && this.to !== undefined) this.find();
    const { target } = this;
    if (target === undefined) return -ENOTCONN;
    if (typeof target === 'number') return target;
    if (target instanceof HostTarget) return this.sendOut(target, this.data);
    if (target.dead) return gone(socket, target);
    if (target.peer !== undefined && target.peer !== socket) return -EPERM;
    if (target.recvShut) return -EPIPE;
    if (target !== socket && target.fullFor(socket)) return WOULD_BLOCK;
    if (!roomFor(packetCharge(total), socket.sent)) return -ENOBUFS;
    const rights = rightsOf(this.task, this.message, target);
    if (typeof rights === 'number') return rights;
    const cred = senderCred(this.task, this.message, socket, target);
    const m = deliver(socket, target, this.data, cred, rights, packetCharge(total));
    if (target.timestamps !== 'none') m.time = this.task.kernel.realtime();
    target.queue.wake(POLLIN | POLLRDNORM);
    return total;
  };
}

export function sendPacket(
  task: Task,
  socket: UnixSocket,
  source: Source,
  message: SendMessage,
): SyscallResult {
  let to: Uint8Array | undefined;
  if (socket.type === SOCK_SEQPACKET) {
    if (socket.error !== 0) return -socket.takeError();
    if (socket.state !== 'connected') return -ENOTCONN;
  } else if (message.to !== undefined && message.to.length > 0) {
    to = message.to;
  }
  if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
  if (to !== undefined) {
    const address = parseUnixAddress(to);
    if (typeof address === 'number') return address;
    if (address.kind === 'unnamed') return -EINVAL;
  }
  socket.nameForCredentials();
  if (source.remaining > socket.options.sndbuf - SNDBUF_SPARE) return -EMSGSIZE;
  const send = new PacketSend(task, socket, source, message, to);
  const r = send.attempt();
  if (r !== WOULD_BLOCK) return r;
  if (socket.dontWait(message.flags)) return -EAGAIN;
  // Descriptions to be passed must survive a close by another thread while this call waits.
  const files = message.files ?? [];
  for (const f of files) f.refs++;
  const done = (): void => {
    for (const f of files) putFile(f);
  };
  const options = { ...socket.timed(socket.options.sndTimeout), done };
  if (send.outside) return waitByClock(socket, send.attempt, options);
  return { ...waitOn(socket, send.attempt, options), on: send.queues };
}

/** The destination is closed. */
function gone(socket: UnixSocket, target: UnixSocket): number {
  if (socket.type === SOCK_SEQPACKET) return -EPIPE;
  if (socket.peer === target) disconnect(socket);
  return -ECONNREFUSED;
}

/** The message that a receive is about, and how much of its beginning a look leaves out (SO_PEEK_OFF). */
function choose(socket: UnixSocket, peek: boolean): { m: Message; skip: number } | undefined {
  let skip = peek ? socket.peekOff : -1;
  if (skip < 0) {
    const m = socket.messages.at(0);
    return m === undefined ? undefined : { m, skip: 0 };
  }
  for (let i = 0; ; i++) {
    const m = socket.messages.at(i);
    if (m === undefined) return undefined;
    const size = m.data.length;
    if (skip < size || (size === 0 && skip === 0 && !m.peeked)) return { m, skip };
    skip -= size;
  }
}

export function recvPacket(
  socket: UnixSocket,
  sink: Sink,
  flags: number,
  out: ReceivedMessage,
  finish: (n: number) => number,
): SyscallResult {
  if (socket.type === SOCK_SEQPACKET && socket.state !== 'connected') return -ENOTCONN;
  if ((flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
  const peek = (flags & MSG_PEEK) !== 0;
  const attempt = (): number | typeof WOULD_BLOCK => {
    if (socket.error !== 0) return -socket.takeError();
    const chosen = choose(socket, peek);
    if (chosen !== undefined) return receiveOne(socket, chosen.m, chosen.skip, sink, flags, out, finish);
    if (!socket.recvShut) return WOULD_BLOCK;
    // Datagrams have no end: only a receive that has begun to wait hears that nothing will come.
    if (socket.type === SOCK_DGRAM && socket.dontWait(flags)) return -EAGAIN;
    out.from = new Uint8Array(0);
    return finish(0);
  };
  return waitToReceive(socket, flags, attempt, () => 0);
}

function receiveOne(
  socket: UnixSocket,
  m: Message,
  skip: number,
  sink: Sink,
  flags: number,
  out: ReceivedMessage,
  finish: (n: number) => number,
): number {
  const peek = (flags & MSG_PEEK) !== 0;
  const left = m.data.length - skip;
  const want = Math.min(left, sink.remaining);
  const stored = want === 0 || sink.put(m.data, skip, want) === want;
  if (peek) {
    m.peeked = true;
  } else {
    socket.messages.shift();
    socket.hadRoom();
  }
  if (!stored) {
    if (!peek) m.rights?.discard();
    return -EFAULT;
  }
  if (want < left) out.flags |= MSG_TRUNC;
  if (socket.timestamps !== 'none')
    out.control = [timestampItem(socket.timestamps, m.time ?? socket.kernel.realtime())];
  describeSender(socket, m, out);
  takeRights(m, peek, out);
  if (peek) socket.peeked(want);
  else socket.consumed(m.data.length);
  return finish((flags & MSG_TRUNC) !== 0 ? left : want);
}
