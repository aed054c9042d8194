/** What sockets of messages have in common: UDP, and ICMP below it (net/ipv4/datagram.c, net/core/datagram.c). */

import { EAGAIN, EINVAL, ENOENT, ENOTCONN, EOPNOTSUPP } from '../../abi/errno.js';
import {
  IP_MULTICAST_TTL,
  IP_RECVERR,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MULTICAST_HOPS,
  IPV6_RECVERR,
  IPV6_TCLASS,
  IPV6_UNICAST_HOPS,
  RCV_SHUTDOWN,
  SHUTDOWN_MASK,
} from '../../abi/inet.js';
import { FIONREAD, SIOCGSTAMP, SIOCGSTAMPNS, TIOCOUTQ } from '../../abi/ioctl.js';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../../abi/poll.js';
import {
  MSG_ERRQUEUE,
  MSG_PEEK,
  MSG_TRUNC,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_MARK,
  SO_RXQ_OVFL,
  SO_SELECT_ERR_QUEUE,
} from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import type { Timespec } from '../../vfs/inode.js';
import { emptyMessage, type ReceivedMessage } from '../socket.js';
import { type Endpoint, encodeInetAddress, isMulticast, isV4 } from './address.js';
import { type Datagram, DatagramQueue, receiveControl, type SendControl } from './datagram.js';
import { ErrorQueue, type QueuedError, receiveError } from './errqueue.js';
import { leaveAll } from './multicast.js';
import { InetSocket } from './socket.js';

const READ = POLLIN | POLLRDNORM;
/** What errors a socket may keep, bytes, when its buffer is smaller. */
const LEAST_ERRORS = 16384;

export abstract class DatagramSocket extends InetSocket {
  readonly messages = new DatagramQueue();
  readonly errors = new ErrorQueue();
  /** Datagrams lost for want of room. */
  drops = 0;
  /** RCV_SHUTDOWN, SEND_SHUTDOWN. */
  shut = 0;
  /** The last descriptor is closed. */
  closed = false;
  /** When the message came that was read last; undefined before SIOCGSTAMP has asked for such times. */
  private lastTime: Timespec | undefined;
  private wantsTimes = false;

  override get queuedBytes(): number {
    return this.messages.bytes;
  }
  override get listening(): boolean {
    return false;
  }
  override get hasErrorQueue(): boolean {
    return true;
  }
  override listen(): number {
    return -EOPNOTSUPP;
  }
  override accept(): SyscallResult {
    return -EOPNOTSUPP;
  }
  override pairWith(): number {
    return -EOPNOTSUPP;
  }

  /** TTL, type of service and mark of a message to `to`, by options and ancillary data. */
  protected headers(to: Endpoint, control: SendControl): { ttl: number; tos: number; mark: number } {
    const { options } = this;
    const group = isMulticast(to.ip);
    const [level, tosName, ttlName] = isV4(to.ip)
      ? [IPPROTO_IP, IP_TOS, group ? IP_MULTICAST_TTL : IP_TTL]
      : [IPPROTO_IPV6, IPV6_TCLASS, group ? IPV6_MULTICAST_HOPS : IPV6_UNICAST_HOPS];
    return {
      ttl: control.ttl ?? options.int(level, ttlName) ?? 64,
      tos: control.tos ?? options.int(level, tosName) ?? 0,
      mark: this.soNumber(SO_MARK),
    };
  }

  /** A message has come for this socket. @returns false if it had no room for it */
  receive(datagram: Datagram): boolean {
    const { options } = this;
    const lost = options.flags.get(SO_RXQ_OVFL) === 1 ? this.drops : 0;
    const time = options.stamped || this.wantsTimes ? this.kernel.realtime() : undefined;
    if (!this.messages.push(datagram, options.rcvbuf, lost, time)) {
      this.drops++;
      return false;
    }
    this.queue.wake(READ);
    return true;
  }

  /** Does the socket keep errors with their messages? */
  protected keepsErrors(about: Endpoint): boolean {
    return isV4(about.ip)
      ? this.options.on(IPPROTO_IP, IP_RECVERR)
      : this.options.on(IPPROTO_IPV6, IPV6_RECVERR);
  }
  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    const r = super.setOption(task, level, name, value);
    const about =
      (level === IPPROTO_IP && name === IP_RECVERR) || (level === IPPROTO_IPV6 && name === IPV6_RECVERR);
    // Who does not want them any more does not get the old ones either.
    if (r === 0 && about && !this.options.on(level, name)) this.errors.clear();
    return r;
  }
  /** Keeps an error for MSG_ERRQUEUE. */
  protected keepError(error: QueuedError): void {
    if (this.errors.push(error, Math.max(this.options.rcvbuf, LEAST_ERRORS))) this.queue.wake(POLLERR);
  }
  /** The next operation fails with `errno`. */
  protected fail(errno: number): void {
    this.error = errno;
    this.queue.wake(POLLIN | POLLOUT | POLLERR);
  }

  override recv(
    _task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    if ((flags & MSG_ERRQUEUE) !== 0) return this.recvError(sink, out, finish);
    // A call that does not wait is not told of the end (__skb_recv_udp).
    const wait = !this.dontWait(flags);
    const attempt = (): number | typeof WOULD_BLOCK => this.take(sink, flags, out, finish, wait);
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (!wait) return -EAGAIN;
    return waitOn(this, attempt, this.timed(this.options.rcvTimeout));
  }

  /** The error of the next entry becomes the pending one (sock_dequeue_err_skb). */
  private recvError(sink: Sink, out: ReceivedMessage, finish: (n: number) => number): number {
    const n = receiveError(this.errors, this.family, sink, out, finish);
    if (n !== -EAGAIN) this.error = this.errors.first?.errno ?? 0;
    return n;
  }

  private take(
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
    wait: boolean,
  ): number | typeof WOULD_BLOCK {
    if (this.error !== 0) return -this.takeError();
    const peek = (flags & MSG_PEEK) !== 0;
    const offset = this.peekOffset();
    const found = this.messages.at(peek ? Math.max(0, offset) : 0);
    if (found === undefined) return wait && (this.shut & RCV_SHUTDOWN) !== 0 ? finish(0) : WOULD_BLOCK;
    const { queued } = found;
    const { data, from } = queued.datagram;
    const want = Math.min(data.length - found.offset, sink.remaining);
    const n = want === 0 ? 0 : sink.put(data, found.offset, want);
    if (n < 0) {
      // A message that cannot be copied is lost (udp_recvmsg).
      if (!peek) this.messages.shift();
      if (!peek) this.drops++;
      return n;
    }
    if (n < data.length) out.flags |= MSG_TRUNC;
    out.from = encodeInetAddress(this.family, from);
    out.control = receiveControl(queued, this.options);
    queued.peeked = true;
    if (!peek) {
      this.lastTime = queued.time;
      this.messages.shift();
    }
    if (offset >= 0) this.setPeekOffset(Math.max(0, peek ? offset + n : offset - n));
    return finish((flags & MSG_TRUNC) !== 0 ? data.length : n);
  }

  override read(task: Task, sink: Sink): SyscallResult {
    return this.recv(task, sink, 0, emptyMessage(), (n) => n);
  }
  override write(task: Task, source: Source): SyscallResult {
    return this.send(task, source, { flags: 0 });
  }

  override shutdown(how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -EINVAL;
    this.shut |= how + 1;
    this.queue.wake(READ | POLLRDHUP | POLLOUT);
    return this.remote === undefined ? -ENOTCONN : 0;
  }

  override poll(): number {
    let mask = POLLOUT | POLLWRNORM | POLLWRBAND;
    if (this.error !== 0 || !this.errors.empty) {
      mask |= POLLERR | (this.soNumber(SO_SELECT_ERR_QUEUE) === 1 ? POLLPRI : 0);
    }
    if ((this.shut & RCV_SHUTDOWN) !== 0) mask |= READ | POLLRDHUP;
    if (this.shut === SHUTDOWN_MASK) mask |= POLLHUP;
    if (this.messages.length > 0) mask |= READ;
    return mask;
  }

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    switch (request) {
      case FIONREAD:
        return task.mem.putU32(arg, this.messages.first?.datagram.data.length ?? 0);
      case TIOCOUTQ:
        return task.mem.putU32(arg, 0);
      case SIOCGSTAMP:
      case SIOCGSTAMPNS:
        return this.putLastTime(task, arg, request === SIOCGSTAMPNS);
      default:
        return super.ioctl(task, request, arg);
    }
  }

  /** @returns -ENOENT when no message was read since times are kept, which they are from the first question on */
  private putLastTime(task: Task, arg: number, nanoseconds: boolean): number {
    this.wantsTimes = true;
    if (this.lastTime === undefined) return -ENOENT;
    const { sec, nsec } = this.lastTime;
    const dv = task.mem.stage(16);
    dv.setBigInt64(0, BigInt(sec), true);
    dv.setBigInt64(8, BigInt(nanoseconds ? nsec : Math.floor(nsec / 1000)), true);
    return task.mem.post(arg, 16);
  }

  override release(): void {
    this.closed = true;
    this.uncount();
    leaveAll(this);
    this.unclaim();
    this.messages.clear();
    this.errors.clear();
    this.queue.wake(POLLHUP);
  }
}
