/**
 * The host's side of a guest's socket: connected to a unix socket of the host, or bound to a name that the host has too
 * (--host-uds). Bytes go through; descriptors and credentials do not.
 */

import { EAGAIN, EOPNOTSUPP, EPIPE } from '../../abi/errno.js';
import { FIONREAD } from '../../abi/ioctl.js';
import { POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import {
  MSG_DONTWAIT,
  MSG_EOR,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  SO_ERROR,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../abi/socket.js';
import { type WaitOptions, waitOn } from '../../fs/waiting.js';
import type { Task } from '../../kernel/task.js';
import type { Timer } from '../../kernel/timers.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type Block, type SyscallResult, WaitQueue, WOULD_BLOCK } from '../../kernel/wait.js';
import type { HostSocket } from '../host/host-socket.js';
import type { ReceivedMessage, SendMessage } from '../socket.js';
import { recvPacket } from './packet.js';
import type { UnixSocket } from './socket.js';

const RECEIVE_FLAGS = MSG_OOB | MSG_PEEK | MSG_TRUNC;
/** How often a full backlog or queue of the host is tried again: nothing tells when there is room. */
const RETRY_MS = 5;

/** A wait for something that only the clock can be asked about. */
export function waitByClock(socket: UnixSocket, attempt: Block['retry'], options: WaitOptions): Block {
  const { timers } = socket.kernel;
  const turn = new WaitQueue();
  let timer: Timer | undefined;
  const disarm = (): void => {
    if (timer !== undefined) timers.cancel(timer);
    timer = undefined;
  };
  const retry = (): number | typeof WOULD_BLOCK => {
    disarm();
    const r = attempt();
    if (r === WOULD_BLOCK) timer = timers.add(socket.kernel.now() + RETRY_MS, () => turn.wake(POLLOUT));
    return r;
  };
  const done = (): void => {
    disarm();
    options.done?.();
  };
  return { ...waitOn(socket, retry, { ...options, done }), on: [turn] };
}

export class HostEnd {
  /** An error (positive errno) that came after some bytes: the next call's to find. */
  private pending = 0;

  constructor(
    private readonly socket: UnixSocket,
    readonly host: HostSocket,
    /** It has a name on the host. */
    readonly bound: boolean,
  ) {
    host.watch((events) => {
      const data = (events & POLLIN) !== 0 ? POLLIN | POLLRDNORM : 0;
      const room = (events & POLLOUT) !== 0 ? POLLOUT | POLLWRNORM : 0;
      socket.queue.wake(events | data | room);
    });
  }

  send(_task: Task, source: Source, message: SendMessage): SyscallResult {
    const { socket } = this;
    if (message.files !== undefined && message.files.length > 0) return -EOPNOTSUPP;
    const stream = socket.type === SOCK_STREAM;
    const total = source.remaining;
    let moved = 0;
    const attempt = (): number | typeof WOULD_BLOCK => {
      for (;;) {
        const n = this.takePending() || this.host.send(source, message.flags & (MSG_OOB | MSG_EOR));
        if (n === -EAGAIN) return WOULD_BLOCK;
        if (n < 0) return this.partial(moved, n);
        moved += n;
        if (!stream || moved >= total) return moved;
      }
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (socket.dontWait(message.flags)) return moved > 0 ? moved : -EAGAIN;
    const timed = socket.timed(socket.options.sndTimeout, () => moved);
    // Room in the receiver's queue of datagrams is nothing that readiness tells of.
    return stream ? waitOn(socket, attempt, timed) : waitByClock(socket, attempt, timed);
  }

  private partial(moved: number, error: number): number {
    if (moved === 0) return error;
    if (error !== -EPIPE) this.pending = -error;
    return moved;
  }
  /** @returns -errno or 0 */
  private takePending(): number {
    const error = this.pending;
    this.pending = 0;
    return -error;
  }

  recv(sink: Sink, flags: number, out: ReceivedMessage, finish: (n: number) => number): SyscallResult {
    const { socket } = this;
    const wanted = sink.remaining;
    const stream = socket.type === SOCK_STREAM;
    const target = !stream || (flags & (MSG_PEEK | MSG_OOB)) !== 0 ? 0 : this.least(wanted, flags);
    let copied = 0;
    const attempt = (): number | typeof WOULD_BLOCK => {
      for (;;) {
        // Datagrams of other guests come the shorter way.
        if (socket.type === SOCK_DGRAM && socket.messages.length > 0)
          return recvPacket(socket, sink, flags | MSG_DONTWAIT, out, finish) as number;
        const n = this.takePending() || this.host.receive(sink, flags & RECEIVE_FLAGS, out);
        if (n === -EAGAIN) return WOULD_BLOCK;
        if (n < 0) return copied > 0 ? finish(this.partial(copied, n)) : n;
        // What a program of the host calls itself means nothing here.
        out.from = new Uint8Array(0);
        copied += n;
        if (n === 0 || copied >= target) return finish(copied);
      }
    };
    const partial = (): number => (copied > 0 ? finish(copied) : 0);
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (socket.dontWait(flags)) return partial() || -EAGAIN;
    return waitOn(socket, attempt, socket.timed(socket.options.rcvTimeout, partial));
  }
  private least(wanted: number, flags: number): number {
    return (flags & MSG_WAITALL) !== 0 ? wanted : Math.min(this.socket.options.rcvLowat, wanted);
  }

  poll(): number {
    const mask = this.host.poll();
    return mask < 0 ? POLLERR : mask | (this.pending === 0 ? 0 : POLLERR);
  }

  /** SO_ERROR (positive). */
  takeError(): number {
    if (this.pending !== 0) return -this.takePending();
    const value = this.host.getOption(SOL_SOCKET, SO_ERROR, 4);
    return typeof value === 'number' ? 0 : new DataView(value.buffer, value.byteOffset).getInt32(0, true);
  }

  /** FIONREAD, TIOCOUTQ, SIOCATMARK. @returns value or -errno */
  ioctl(request: number): number {
    const r = this.host.intIoctl(request);
    return r < 0 || request !== FIONREAD ? r : r + this.host.unreadLength;
  }
}
