/** UDP sockets of the loopback device (udp(7), net/ipv4/udp.c, net/ipv6/udp.c). */

import {
  EACCES,
  EAGAIN,
  ECONNREFUSED,
  EDESTADDRREQ,
  EINVAL,
  EMSGSIZE,
  ENETUNREACH,
  ENOTCONN,
  EOPNOTSUPP,
  EPIPE,
} from '../../abi/errno.js';
import {
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_UDP,
  IPV6_TCLASS,
  IPV6_UNICAST_HOPS,
  RCV_SHUTDOWN,
  SEND_SHUTDOWN,
  SHUTDOWN_MASK,
} from '../../abi/inet.js';
import { FIONREAD, TIOCOUTQ } from '../../abi/ioctl.js';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../../abi/poll.js';
import {
  AF_UNSPEC,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_BROADCAST,
  SOCK_DGRAM,
} from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { emptyMessage, type ReceivedMessage, type SendMessage } from '../socket.js';
import { anyOf, type Endpoint, encodeInetAddress, familyIn, isAny, isBroadcast, isV4 } from './address.js';
import {
  type Datagram,
  DatagramQueue,
  parseSendControl,
  receiveControl,
  type SendControl,
} from './datagram.js';
import { connectionHash, matchScore } from './ports.js';
import { InetSocket } from './socket.js';
import { type Route, route } from './stack.js';
import { countDatagram, countUnreachable } from './traffic.js';

/** Most bytes of a datagram: what 16 bits of length leave beside the headers. */
const MAX_PAYLOAD4 = 65507;
const MAX_PAYLOAD6 = 65527;
/** A connected socket is a better match than any that is not. */
const CONNECTED_SCORE = 8;

export class UdpSocket extends InetSocket {
  readonly messages = new DatagramQueue();
  /** Datagrams lost for want of room. */
  drops = 0;
  /** RCV_SHUTDOWN, SEND_SHUTDOWN. */
  shut = 0;
  /** The last descriptor is closed. */
  closed = false;

  constructor(kernel: Kernel, family: number, flags: number, cred?: Cred) {
    super(kernel, family, SOCK_DGRAM, IPPROTO_UDP, flags, cred);
  }

  override get listening(): boolean {
    return false;
  }
  protected override claim(endpoint: Endpoint): boolean {
    const { udp } = this.stack;
    if (!udp.free(this, endpoint)) return false;
    this.local = endpoint;
    udp.add(this);
    return true;
  }
  protected override pickPort(ip: string): number {
    return this.stack.udp.pick(this, ip);
  }
  override unclaim(): void {
    if (this.local.port === 0) return;
    this.stack.udp.remove(this);
    this.local = { ip: this.addressFixed ? this.local.ip : anyOf(this.family), port: 0 };
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

  override connect(_task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -EINVAL;
    if (familyIn(raw) === AF_UNSPEC) return this.disconnect();
    const target = this.destination(raw);
    if (typeof target === 'number') return target;
    if (isBroadcast(target.to) && this.options.flags.get(SO_BROADCAST) !== 1) return -EACCES;
    if (!this.autobind()) return -EAGAIN;
    this.local = { ip: target.from, port: this.local.port };
    this.remote = { ip: target.to, port: target.port };
    return 0;
  }

  private disconnect(): number {
    this.remote = undefined;
    if (!this.portFixed) this.unclaim();
    if (!this.addressFixed) this.local = { ip: anyOf(this.family), port: this.local.port };
    return 0;
  }

  /** Where an address leads to from here. @returns -EINVAL, -EAFNOSUPPORT, -ENETUNREACH */
  private destination(raw: Uint8Array): (Route & { port: number }) | number {
    const address = this.parseDestination(raw);
    if (typeof address === 'number') return address;
    if (this.v6only && isV4(address.ip)) return -ENETUNREACH;
    const bound = this.addressFixed ? this.local.ip : anyOf(this.family);
    const way = route(this.stack, address.ip, bound);
    return typeof way === 'number' ? way : { ...way, port: address.port };
  }

  override send(_task: Task, source: Source, message: SendMessage): SyscallResult {
    if (source.remaining > 0xffff) return -EMSGSIZE;
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    const target = this.target(message.to);
    if (typeof target === 'number') return target;
    const control =
      message.control === undefined ? {} : parseSendControl(message.control, this.family, this.stack.device);
    if (typeof control === 'number') return control;
    if (!this.autobind()) return -EAGAIN;
    if (isBroadcast(target.to) && this.options.flags.get(SO_BROADCAST) !== 1) return -EACCES;
    if (source.remaining > (isV4(target.to) ? MAX_PAYLOAD4 : MAX_PAYLOAD6)) return -EMSGSIZE;
    if (this.error !== 0) return -this.takeError();
    if ((this.shut & SEND_SHUTDOWN) !== 0) return -EPIPE;
    const data = new Uint8Array(source.remaining);
    const n = data.length === 0 ? 0 : source.take(data, 0, data.length);
    if (n < 0) return n;
    if (n < data.length) return -EINVAL;
    this.deliver(target, data, control);
    return n;
  }

  /** The destination of a message: its own, or the socket's. */
  private target(to: Uint8Array | undefined): (Route & { port: number }) | number {
    if (to !== undefined && to.length > 0) {
      const target = this.destination(to);
      return typeof target !== 'number' && target.port === 0 ? -EINVAL : target;
    }
    const { remote } = this;
    return remote === undefined ? -EDESTADDRREQ : { to: remote.ip, port: remote.port, from: this.local.ip };
  }

  private deliver(target: Route & { port: number }, data: Uint8Array, control: SendControl): void {
    const { options } = this;
    const v4 = isV4(target.to);
    const from = { ip: control.from ?? target.from, port: this.local.port };
    const datagram: Datagram = {
      data,
      from,
      to: target.to,
      ttl:
        control.ttl ??
        (v4 ? options.int(IPPROTO_IP, IP_TTL) : options.int(IPPROTO_IPV6, IPV6_UNICAST_HOPS)) ??
        64,
      tos:
        control.tos ?? (v4 ? options.int(IPPROTO_IP, IP_TOS) : options.int(IPPROTO_IPV6, IPV6_TCLASS)) ?? 0,
    };
    const to = { ip: target.to, port: target.port };
    countDatagram(this.stack, v4, data.length);
    if (isBroadcast(target.to)) {
      for (const s of this.stack.udp.at(to.port)) if (s.fits(from, to) > 0) s.receive(datagram);
      return;
    }
    const receiver = this.receiverOf(from, to);
    if (receiver !== undefined) {
      receiver.receive(datagram);
      return;
    }
    // The host has no such port, and says so: only a connected socket can tell whom it concerns.
    countUnreachable(this.stack, v4, data.length);
    if (this.remote !== undefined) this.refused();
  }

  private refused(): void {
    this.error = ECONNREFUSED;
    this.queue.wake(POLLIN | POLLOUT | POLLERR);
  }

  /** How well a datagram's addresses fit: 0 not at all. */
  private fits(from: Endpoint, to: Endpoint): number {
    const { remote } = this;
    const score = isBroadcast(to.ip) && isAny(this.local.ip) && this.dualOrV4 ? 1 : matchScore(this, to.ip);
    if (score === 0 || remote === undefined) return score;
    return remote.ip === from.ip && remote.port === from.port ? score + CONNECTED_SCORE : 0;
  }
  private get dualOrV4(): boolean {
    return isV4(this.local.ip) || this.dualStack;
  }

  private receiverOf(from: Endpoint, to: Endpoint): UdpSocket | undefined {
    let best: UdpSocket[] = [];
    let score = 1;
    for (const s of this.stack.udp.at(to.port)) {
      const n = s.fits(from, to);
      if (n < score) continue;
      if (n > score) best = [];
      score = n;
      best.push(s);
    }
    const last = best.at(-1);
    // Those with SO_REUSEPORT share; of others the newest gets everything.
    if (last?.reusePort !== true) return last;
    const sharing = best.filter((s) => s.reusePort);
    return sharing[connectionHash(from, to) % sharing.length];
  }

  private receive(datagram: Datagram): void {
    if (!this.messages.push(datagram, this.options.rcvbuf)) {
      this.drops++;
      this.stack.counters.udp(isV4(datagram.to)).overflows++;
      return;
    }
    this.stack.counters.udp(isV4(datagram.to)).in++;
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  override recv(
    _task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    const attempt = (): number | typeof WOULD_BLOCK => {
      if (this.error !== 0) return -this.takeError();
      const d = this.messages.first;
      if (d === undefined) return (this.shut & RCV_SHUTDOWN) !== 0 ? finish(0) : WOULD_BLOCK;
      const want = Math.min(d.data.length, sink.remaining);
      const n = want === 0 ? 0 : sink.put(d.data, 0, want);
      if (n < 0) return n;
      if (n < d.data.length) out.flags |= MSG_TRUNC;
      out.from = encodeInetAddress(this.family, d.from);
      out.control = receiveControl(d, this.options);
      if ((flags & MSG_PEEK) === 0) this.messages.shift();
      return finish((flags & MSG_TRUNC) !== 0 ? d.data.length : n);
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (this.dontWait(flags)) return -EAGAIN;
    return waitOn(this, attempt, this.timed(this.options.rcvTimeout));
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
    this.queue.wake(POLLIN | POLLRDNORM | POLLRDHUP | POLLOUT);
    return this.remote === undefined ? -ENOTCONN : 0;
  }

  override poll(): number {
    let mask = POLLOUT | POLLWRNORM | POLLWRBAND;
    if (this.error !== 0) mask |= POLLERR;
    if ((this.shut & RCV_SHUTDOWN) !== 0) mask |= POLLIN | POLLRDNORM | POLLRDHUP;
    if (this.shut === SHUTDOWN_MASK) mask |= POLLHUP;
    if (this.messages.length > 0) mask |= POLLIN | POLLRDNORM;
    return mask;
  }

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    if (request === FIONREAD) return task.mem.putU32(arg, this.messages.first?.data.length ?? 0);
    if (request === TIOCOUTQ) return task.mem.putU32(arg, 0);
    return super.ioctl(task, request, arg);
  }

  override release(): void {
    this.closed = true;
    this.unclaim();
    this.messages.clear();
    this.queue.wake(POLLHUP);
  }
}
