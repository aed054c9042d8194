/** Sending and receiving over stream sockets (unix_stream_sendmsg and unix_stream_read_generic in net/unix/af_unix.c). */

import { EAGAIN, EFAULT, EINVAL, EISCONN, ENOBUFS, ENOTCONN, EOPNOTSUPP, EPIPE } from '../../abi/errno.js';
import { POLLIN, POLLRDNORM } from '../../abi/poll.js';
import { MSG_OOB, MSG_PEEK, MSG_WAITALL } from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import type { ReceivedMessage, SendMessage, Ucred } from '../socket.js';
import { STREAM_PIECE, streamCharge } from './charge.js';
import { type Message, roomFor } from './queue.js';
import type { Rights } from './rights.js';
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
import { passMark, receiveUrgent, sendUrgent } from './urgent.js';

export function sendStream(
  task: Task,
  socket: UnixSocket,
  source: Source,
  message: SendMessage,
): SyscallResult {
  const urgent = (message.flags & MSG_OOB) !== 0;
  const total = source.remaining;
  // The last byte is the urgent one.
  if (urgent && total === 0) return -EOPNOTSUPP;
  if (message.to !== undefined && message.to.length > 0)
    return socket.state === 'connected' ? -EISCONN : -EOPNOTSUPP;
  const { peer } = socket;
  if (peer === undefined) return -ENOTCONN;
  if (socket.sendShut) return -EPIPE;
  let done = 0;
  let rights: Rights | undefined;
  const step = (): number | typeof WOULD_BLOCK => {
    const before = done;
    const r = move();
    // Once for all pieces: the receiver reads them in one go.
    if (done > before) peer.queue.wake(POLLIN | POLLRDNORM);
    return r;
  };
  const move = (): number | typeof WOULD_BLOCK => {
    while (done < total) {
      const last = urgent && done === total - 1;
      if (socket.error !== 0) return done > 0 ? done : -socket.takeError();
      if (socket.sendShut || peer.dead || peer.recvShut) return done > 0 ? done : -EPIPE;
      if (socket.sent >= socket.options.sndbuf) return WOULD_BLOCK;
      const want = Math.min(
        total - done - (urgent && !last ? 1 : 0),
        STREAM_PIECE,
        Math.floor(socket.options.sndbuf / 2) - 64,
      );
      if (!roomFor(streamCharge(want), socket.sent)) return done > 0 ? done : -ENOBUFS;
      const data = takeBytes(source, want);
      if (typeof data === 'number') return done > 0 ? done : data;
      const cred = senderCred(task, message, socket, peer);
      const m = deliver(socket, peer, data, cred, rights, streamCharge(want));
      rights = undefined;
      if (last) sendUrgent(peer, m);
      done += want;
    }
    return done;
  };
  if (total > 0) {
    const r = rightsOf(task, message, peer);
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

function sameSender(a: Ucred | undefined, b: Ucred | undefined): boolean {
  return (
    a === b || (a !== undefined && b !== undefined && a.pid === b.pid && a.uid === b.uid && a.gid === b.gid)
  );
}

/** One receive: what it has so far, and how it goes on when more has come. */
export class StreamRead {
  private copied = 0;
  private first: Message | undefined;
  private readonly peek: boolean;
  /** Fewer bytes than these are waited for. */
  private readonly target: number;

  constructor(
    private readonly socket: UnixSocket,
    private readonly sink: Sink,
    flags: number,
    private readonly out: ReceivedMessage,
    private readonly done: (n: number) => number,
  ) {
    const wanted = sink.remaining;
    this.peek = (flags & MSG_PEEK) !== 0;
    const target = (flags & MSG_WAITALL) !== 0 ? wanted : Math.min(socket.options.rcvLowat, wanted);
    this.target = target || 1;
  }

  private finish(n: number): number {
    const { socket, out } = this;
    if (socket.tellsLeft) out.left = socket.messages.bytes;
    return this.done(n);
  }

  readonly attempt = (): number | typeof WOULD_BLOCK => {
    const { socket } = this;
    const over = this.drain();
    if (over < 0) return over;
    if (over > 0 || this.copied >= this.target) return this.finish(this.copied);
    if (socket.error !== 0) {
      const error = socket.takeError();
      return this.copied > 0 ? this.finish(this.copied) : -error;
    }
    if (!socket.recvShut) return WOULD_BLOCK;
    // Nobody sent the end: whoever asks who it was hears of pid 0, and of no process.
    if (this.first === undefined && socket.options.passCred) this.out.cred = { pid: 0, uid: 0, gid: 0 };
    if (this.first === undefined && socket.passPidfd) this.out.process = null;
    return this.finish(this.copied);
  };

  /** What a wait that ends early has to show. */
  readonly partial = (): number => (this.copied > 0 ? this.finish(this.copied) : 0);

  /** Moves what is there. @returns 0 if there is no more, 1 if the call ends here, -EFAULT if nothing could be stored */
  private drain(): number {
    const { socket, peek } = this;
    let skip = peek ? Math.max(socket.peekOff, 0) : 0;
    for (let i = 0; ; ) {
      i = passMark(socket, i, peek, this.copied > 0);
      if (i < 0) return 1;
      const m = socket.messages.at(i);
      if (m === undefined) return 0;
      if (peek && skip >= m.left) {
        skip -= m.left;
        i++;
        continue;
      }
      const r = this.moveFrom(m, skip);
      if (r !== 0) return r;
      skip = 0;
      // A look goes through all that is there, even when there is no room left: it may still find descriptors.
      if (!peek && this.sink.remaining === 0) return 1;
      if (peek && socket.messages.at(++i) === undefined) return 1;
    }
  }

  /** Moves bytes of one message. @returns as drain */
  private moveFrom(m: Message, skip: number): number {
    const { socket, sink, out, peek } = this;
    if (this.first === undefined) {
      this.first = m;
      describeSender(socket, m, out);
    } else if (socket.wantsSender && !sameSender(this.first.cred, m.cred)) {
      return 1;
    }
    const want = Math.min(m.left - skip, sink.remaining);
    if (want > 0 && sink.put(m.data, m.off + skip, want) !== want) return this.copied > 0 ? 1 : -EFAULT;
    this.copied += want;
    const rights = m.rights !== undefined;
    takeRights(m, peek, out);
    if (peek) {
      socket.peeked(want);
      return rights ? 1 : 0;
    }
    socket.messages.consume(m, want);
    socket.consumed(want);
    if (m.left > 0) return 1;
    socket.messages.shift();
    return rights ? 1 : 0;
  }
}

export function recvStream(
  socket: UnixSocket,
  sink: Sink,
  flags: number,
  out: ReceivedMessage,
  finish: (n: number) => number,
): SyscallResult {
  if (socket.state !== 'connected') return -EINVAL;
  if ((flags & MSG_OOB) !== 0) return receiveUrgent(socket, sink, (flags & MSG_PEEK) !== 0, out, finish);
  const read = new StreamRead(socket, sink, flags, out, finish);
  return waitToReceive(socket, flags, read.attempt, read.partial);
}
