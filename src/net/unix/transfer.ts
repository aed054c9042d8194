/** Sending and receiving over local sockets: streams and packets (unix_stream_sendmsg and relatives in net/unix/af_unix.c). */

import {
  EAGAIN,
  ECONNREFUSED,
  EINVAL,
  EISCONN,
  EMSGSIZE,
  ENOTCONN,
  EOPNOTSUPP,
  EPERM,
  EPIPE,
} from '../../abi/errno.js';
import { POLLIN, POLLOUT, POLLRDNORM } from '../../abi/poll.js';
import { MSG_OOB, MSG_PEEK, MSG_TRUNC, MSG_WAITALL, SOCK_DGRAM, SOCK_SEQPACKET } from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type Block, type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { putFile } from '../../vfs/fdtable.js';
import { encodeUnixAddress } from '../address.js';
import type { ReceivedMessage, SendMessage, Ucred } from '../socket.js';
import { Message } from './queue.js';
import { Rights } from './rights.js';
import { MAX_DGRAM_QUEUE, type UnixSocket } from './socket.js';

/** A stream is cut into messages of at most this many bytes. */
const STREAM_PIECE = 65536;

/** Who sends, for SCM_CREDENTIALS: real ids unless the message says otherwise. */
function senderCred(task: Task, message: SendMessage): Ucred {
  return message.cred ?? { pid: task.pid, uid: task.cred.uid, gid: task.cred.gid };
}

function rightsOf(task: Task, message: SendMessage): Rights | undefined | number {
  return message.files === undefined || message.files.length === 0
    ? undefined
    : Rights.send(task, message.files);
}

/** Copies `n` bytes of the source. @returns the bytes or -EFAULT */
function takeBytes(source: Source, n: number): Uint8Array | number {
  const data = new Uint8Array(n);
  if (n === 0) return data;
  const got = source.take(data, 0, n);
  return got < 0 ? got : got === n ? data : data.slice(0, got);
}

function deliver(
  from: UnixSocket,
  to: UnixSocket,
  data: Uint8Array,
  cred: Ucred,
  rights: Rights | undefined,
): void {
  const m = new Message(data, from.address, cred, rights, from);
  from.sent += m.charge;
  to.messages.push(m);
  to.queue.wake(POLLIN | POLLRDNORM);
}

export function sendStream(
  task: Task,
  socket: UnixSocket,
  source: Source,
  message: SendMessage,
): SyscallResult {
  if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
  if (message.to !== undefined && message.to.length > 0)
    return socket.state === 'connected' ? -EISCONN : -EOPNOTSUPP;
  const { peer } = socket;
  if (peer === undefined) return -ENOTCONN;
  const total = source.remaining;
  const cred = senderCred(task, message);
  let done = 0;
  let rights: Rights | undefined;
  const step = (): number | typeof WOULD_BLOCK => {
    while (done < total) {
      if (socket.error !== 0 && done === 0) return -socket.takeError();
      if (socket.sendShut || peer.dead || peer.recvShut) return done > 0 ? done : -EPIPE;
      const room = socket.options.sndbuf - socket.sent;
      if (room <= 0) return WOULD_BLOCK;
      const data = takeBytes(source, Math.min(total - done, room, STREAM_PIECE));
      if (typeof data === 'number') return done > 0 ? done : data;
      deliver(socket, peer, data, cred, rights);
      rights = undefined;
      done += data.length;
      if (data.length === 0) break;
    }
    return done;
  };
  if (total > 0 && !socket.sendShut) {
    const r = rightsOf(task, message);
    if (typeof r === 'number') return r;
    rights = r;
  }
  const r = step();
  if (r !== WOULD_BLOCK) {
    rights?.discard();
    return r;
  }
  if (socket.dontWait(message.flags)) {
    rights?.discard();
    return done > 0 ? done : -EAGAIN;
  }
  return waitOn(socket, step, {
    ...socket.timed(socket.options.sndTimeout, () => done),
    done: () => rights?.discard(),
  });
}

export function sendPacket(
  task: Task,
  socket: UnixSocket,
  source: Source,
  message: SendMessage,
): SyscallResult {
  if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
  const named = socket.type === SOCK_DGRAM && message.to !== undefined && message.to.length > 0;
  if (socket.type === SOCK_SEQPACKET && socket.state !== 'connected') return -ENOTCONN;
  const target = named ? socket.lookup(task, message.to as Uint8Array) : socket.peer;
  if (typeof target === 'number') return target;
  if (target === undefined) return -ENOTCONN;
  const total = source.remaining;
  if (total > socket.options.sndbuf - 32) return -EMSGSIZE;
  const cred = senderCred(task, message);
  const attempt = (): number | typeof WOULD_BLOCK => {
    if (socket.error !== 0) return -socket.takeError();
    if (socket.sendShut) return -EPIPE;
    if (target.dead) return gone(socket, named);
    if (target.recvShut) return -EPIPE;
    if (socket.type === SOCK_DGRAM && target.peer !== undefined && target.peer !== socket) return -EPERM;
    if (socket.sent > 0 && socket.sent + total > socket.options.sndbuf) return WOULD_BLOCK;
    if (target !== socket && target.peer !== socket && target.messages.length > MAX_DGRAM_QUEUE)
      return WOULD_BLOCK;
    const rights = rightsOf(task, message);
    if (typeof rights === 'number') return rights;
    const data = takeBytes(source, total);
    if (typeof data === 'number' || data.length !== total) {
      rights?.discard();
      return typeof data === 'number' ? data : -EINVAL;
    }
    deliver(socket, target, data, cred, rights);
    return total;
  };
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  if (socket.dontWait(message.flags)) return -EAGAIN;
  // Descriptions to be passed must survive a close by another thread while this call waits.
  const files = message.files ?? [];
  for (const f of files) f.refs++;
  const done = (): void => {
    for (const f of files) putFile(f);
  };
  const block = waitOn(socket, attempt, { ...socket.timed(socket.options.sndTimeout), done });
  return { ...block, on: [socket.queue, target.queue] };
}

/** The destination is closed. */
function gone(socket: UnixSocket, named: boolean): number {
  if (named) return -ECONNREFUSED;
  if (socket.type === SOCK_SEQPACKET) return -EPIPE;
  socket.peer = undefined;
  socket.state = 'idle';
  return -ECONNREFUSED;
}

/** Fills `out` from a message; a peek leaves the descriptions in flight and takes references of its own. */
function describe(socket: UnixSocket, m: Message, peek: boolean, out: ReceivedMessage): void {
  out.from = m.from.kind === 'unnamed' ? new Uint8Array(0) : encodeUnixAddress(m.from);
  if (socket.options.passCred) out.cred = m.cred;
  if (m.rights === undefined) return;
  if (peek) {
    for (const f of m.rights.files) f.refs++;
    out.files = m.rights.files;
  } else {
    out.files = m.rights.land();
    m.rights = undefined;
  }
}

/** Waits for `attempt` as receiving calls do. */
function waitToReceive(
  socket: UnixSocket,
  flags: number,
  attempt: Block['retry'],
  partial: () => number,
): SyscallResult {
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  if (socket.dontWait(flags)) return partial() || -EAGAIN;
  return waitOn(socket, attempt, socket.timed(socket.options.rcvTimeout, partial));
}

export function recvPacket(
  _task: Task,
  socket: UnixSocket,
  sink: Sink,
  flags: number,
  out: ReceivedMessage,
  finish: (n: number) => number,
): SyscallResult {
  if ((flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
  if (socket.type === SOCK_SEQPACKET && socket.state !== 'connected') return -ENOTCONN;
  const attempt = (): number | typeof WOULD_BLOCK => {
    const m = socket.messages.at(0);
    if (m === undefined) {
      if (socket.error !== 0) return -socket.takeError();
      if (!socket.recvShut) return WOULD_BLOCK;
      out.from = new Uint8Array(0);
      return finish(0);
    }
    const want = Math.min(m.data.length, sink.remaining);
    const n = want === 0 ? 0 : sink.put(m.data, 0, want);
    if (n < 0) return n;
    if (n < m.data.length) out.flags |= MSG_TRUNC;
    const peek = (flags & MSG_PEEK) !== 0;
    describe(socket, m, peek, out);
    if (!peek) {
      socket.messages.shift();
      // Senders that found the queue full wait here.
      if (!socket.queue.empty && socket.messages.length <= MAX_DGRAM_QUEUE) socket.queue.wake(POLLOUT);
    }
    return finish((flags & MSG_TRUNC) !== 0 ? m.data.length : n);
  };
  return waitToReceive(socket, flags, attempt, () => 0);
}

export function recvStream(
  _task: Task,
  socket: UnixSocket,
  sink: Sink,
  flags: number,
  out: ReceivedMessage,
  finish: (n: number) => number,
): SyscallResult {
  if (socket.state !== 'connected') return -EINVAL;
  if ((flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
  const peek = (flags & MSG_PEEK) !== 0;
  const wanted = sink.remaining;
  const target = (flags & MSG_WAITALL) !== 0 ? wanted : Math.min(socket.options.rcvLowat, wanted);
  let copied = 0;
  let first: Message | undefined;
  const attempt = (): number | typeof WOULD_BLOCK => {
    const end = drainStream();
    if (end < 0 && copied === 0) return end;
    if (copied > 0 && (copied >= target || end !== 0 || peek)) return finish(copied);
    if (wanted === 0) return finish(0);
    if (copied === 0 && socket.error !== 0) return -socket.takeError();
    if (socket.recvShut || socket.error !== 0) return finish(copied);
    return WOULD_BLOCK;
  };
  /** Moves what is there. @returns 0, 1 if a message boundary (rights, other credentials) ends this call, -EFAULT */
  const drainStream = (): number => {
    for (let i = 0; sink.remaining > 0; i = peek ? i + 1 : 0) {
      const m = socket.messages.at(i);
      if (m === undefined) return 0;
      if (first !== undefined && !joins(socket, first, m, out)) return 1;
      const n = sink.put(m.data, m.off, Math.min(m.left, sink.remaining));
      if (n < 0) return n;
      if (first === undefined || m.rights !== undefined) describe(socket, m, peek, out);
      first = m;
      copied += n;
      if (peek) continue;
      socket.messages.consume(m, n);
      if (m.left === 0) socket.messages.shift();
      if (out.files !== undefined) return 1;
    }
    return 0;
  };
  return waitToReceive(socket, flags, attempt, () => (copied > 0 ? finish(copied) : 0));
}

/** May bytes of `next` follow those of `first` in one receive? Not with descriptors, nor across senders if they are asked for. */
function joins(socket: UnixSocket, first: Message, next: Message, out: ReceivedMessage): boolean {
  if (next.rights !== undefined || out.files !== undefined) return false;
  if (!socket.options.passCred) return true;
  return (
    first.cred.pid === next.cred.pid && first.cred.uid === next.cred.uid && first.cred.gid === next.cred.gid
  );
}
