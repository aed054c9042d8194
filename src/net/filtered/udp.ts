/**
 * UDP sockets of --network=filtered: sockets of the sandbox's own network with a part outside, made when a rule first lets something
 * out or in. One that is not connected may talk to both sides.
 */

import { EAGAIN, EINVAL, EPERM } from '../../abi/errno.js';
import { IP_PKTINFO, IPPROTO_IP, IPPROTO_IPV6, IPV6_PKTINFO } from '../../abi/inet.js';
import { POLLIN, POLLOUT, POLLWRBAND, POLLWRNORM } from '../../abi/poll.js';
import { AF_UNSPEC, MSG_DONTWAIT, MSG_ERRQUEUE } from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { joinedGroup } from '../host/addresses.js';
import type { HostInetSocket } from '../host/socket.js';
import {
  type Endpoint,
  familyIn,
  type InetAddress,
  type Ip,
  isAny,
  isMulticast,
  parseInetAddress,
} from '../inet/address.js';
import { UdpSocket } from '../inet/udp.js';
import { type ControlItem, emptyMessage, type ReceivedMessage, type SendMessage } from '../socket.js';
import { hostAddress, wildcard } from './address.js';
import { type Filter, isInside } from './filter.js';
import { Outside } from './outside.js';

/** A socket address of AF_UNSPEC. */
const NOBODY = new Uint8Array(2);
const WRITABLE = POLLOUT | POLLWRNORM | POLLWRBAND;

export class FilteredUdpSocket extends UdpSocket {
  private readonly outside: Outside;
  /** connect(2) has named a peer outside: all of this socket is there. */
  private away = false;
  /** Connected to a peer that only TCP may reach: a way to ask for a route, as getaddrinfo(3) does, and nothing more. */
  private mute = false;
  /** Which side is received from first. */
  private outsideFirst = false;

  constructor(filter: Filter, kernel: Kernel, family: number, flags: number, cred?: Cred) {
    super(kernel, family, flags, cred);
    this.outside = new Outside(this, 'udp', filter);
  }

  private get connectedAway(): HostInetSocket | undefined {
    return this.away ? this.outside.live : undefined;
  }

  override bind(task: Task, raw: Uint8Array): number {
    const address = parseInetAddress(raw, this.family);
    if (this.outside.live !== undefined) return -EINVAL;
    if (typeof address !== 'number' && !isAny(address.ip) && !this.belongsInside(address.ip)) {
      return this.bindOutside(task, address);
    }
    const r = super.bind(task, raw);
    if (r < 0 || !isAny(this.local.ip) || !this.portFixed) return r;
    const { filter } = this.outside;
    if (!filter.rules.mayListen('udp', this.local.port)) return r;
    filter.mayListen('udp', this.local, task);
    const opened = this.openAt(task, this.local.port);
    // Who cannot have the port outside does not have it.
    if (opened < 0) this.unclaim();
    return opened;
  }

  /** bind(2) to an address that only the host can have: a multicast group, or one of its own. */
  private bindOutside(task: Task, address: InetAddress): number {
    if (this.local.port !== 0 || !this.bindable) return -EINVAL;
    if (address.port !== 0 && !this.outside.filter.mayListen('udp', address, task)) return -EPERM;
    const host = this.outside.openAt(task, hostAddress(this.family, address), address.port);
    return typeof host === 'number' ? host : 0;
  }

  /** Opens the part outside at a port that others may come in at. */
  private openAt(task: Task, port: number): number {
    const host = this.outside.openAt(task, wildcard(this.family, port), port);
    return typeof host === 'number' ? host : 0;
  }

  /** Opens the part outside to send: its port is the host's choice, as behind any router. */
  private openToSend(task: Task): HostInetSocket | number {
    if (this.portFixed) this.outside.ownPort = this.local.port;
    return this.outside.open(task);
  }

  /** Where a call leads to: a peer outside, or undefined for what the sandbox's own network answers. */
  private peerOutside(raw: Uint8Array): InetAddress | undefined {
    const address = this.parseDestination(raw);
    return typeof address === 'number' || this.belongsInside(address.ip) ? undefined : address;
  }
  /** Groups are the sandbox's own unless a rule names them. */
  private belongsInside(ip: Ip): boolean {
    if (isInside(this.stack, ip)) return true;
    return isMulticast(ip) && !this.outside.filter.rules.mayLeadTo(ip);
  }

  override connect(task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length >= 2 && familyIn(raw) === AF_UNSPEC) return this.leave(task, raw);
    const peer = this.peerOutside(raw);
    if (peer !== undefined) return this.connectOutside(task, peer);
    // From now on only that peer inside is heard.
    if (this.away) this.leave(task, NOBODY);
    const r = super.connect(task, raw);
    if (r === 0 && this.outside.live !== undefined) this.outside.close();
    return r;
  }

  /** connect(2) with AF_UNSPEC. */
  private leave(task: Task, raw: Uint8Array): SyscallResult {
    if (this.away) this.outside.close();
    this.away = false;
    this.mute = false;
    const r = super.connect(task, raw);
    const { ownPort, filter, live } = this.outside;
    const open = ownPort !== 0 && filter.rules.mayListen('udp', ownPort);
    return r === 0 && open && live === undefined ? this.openAt(task, ownPort) : r;
  }

  private connectOutside(task: Task, peer: InetAddress): SyscallResult {
    // A packet from the loopback device does not leave the machine.
    if (this.addressFixed) return -EINVAL;
    const mute = this.onlyAsks(peer);
    if (!mute && !this.outside.admits('connect', task, peer)) return -EPERM;
    const host = this.openToSend(task);
    if (typeof host === 'number') return host;
    if (mute) this.outside.allow(peer);
    const r = host.connect(task, hostAddress(this.family, peer));
    if (mute) this.outside.forget(peer);
    if (r === 0) {
      if (this.remote !== undefined) super.connect(task, NOBODY);
      this.away = true;
      this.mute = mute;
    }
    return r;
  }

  /** Is it a peer that something else than UDP may reach? Who connects to it is told the route, and may send nothing. */
  private onlyAsks(peer: Endpoint): boolean {
    const { rules } = this.outside.filter;
    const flow = { direction: 'out', protocol: 'udp', ip: peer.ip, port: peer.port } as const;
    return !rules.judge(flow).allowed && rules.mayReach(peer.ip, peer.port);
  }

  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    const { to } = message;
    if (to === undefined || to.length === 0) {
      if (this.mute) return -EPERM;
      return this.connectedAway?.send(task, source, plain(message)) ?? super.send(task, source, message);
    }
    const peer = this.peerOutside(to);
    if (peer === undefined) return super.send(task, source, message);
    if (this.addressFixed) return -EINVAL;
    if (!this.outside.admits('send', task, peer)) return -EPERM;
    if (!this.away && !this.autobind()) return -EAGAIN;
    const host = this.openToSend(task);
    if (typeof host === 'number') return host;
    return host.send(task, source, { ...plain(message), to: hostAddress(this.family, peer) });
  }

  override recv(
    task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    const connected = this.connectedAway;
    if (connected !== undefined) return connected.recv(task, sink, flags, out, finish);
    // A part outside may come while the call waits.
    const attempt = (): number | typeof WOULD_BLOCK => {
      this.outsideFirst = !this.outsideFirst;
      for (const outside of [this.outsideFirst, !this.outsideFirst]) {
        const now = flags | MSG_DONTWAIT;
        const r = outside
          ? (this.outside.live?.recv(task, sink, now, out, finish) ?? -EAGAIN)
          : super.recv(task, sink, now, out, finish);
        if (typeof r === 'number' && r !== -EAGAIN) return r;
      }
      return WOULD_BLOCK;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (this.dontWait(flags) || (flags & MSG_ERRQUEUE) !== 0) return -EAGAIN;
    return waitOn(this, attempt, this.timed(this.options.rcvTimeout));
  }
  override read(task: Task, sink: Sink): SyscallResult {
    return this.recv(task, sink, 0, emptyMessage(), (n) => n);
  }

  override shutdown(how: number): number {
    return this.connectedAway?.shutdown(how) ?? super.shutdown(how);
  }
  override localAddress(): Uint8Array {
    const host = this.connectedAway ?? (this.local.port === 0 ? this.outside.live : undefined);
    return host?.localAddress() ?? super.localAddress();
  }
  override peerAddress(): Uint8Array | number {
    return this.connectedAway?.peerAddress() ?? super.peerAddress();
  }
  override poll(): number {
    const host = this.outside.live;
    if (host === undefined) return super.poll();
    if (this.away) return host.poll();
    const own = super.poll();
    const theirs = host.poll();
    return ((own | theirs) & ~WRITABLE) | (own & theirs & WRITABLE);
  }
  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    const host = this.outside.live;
    const waits = host !== undefined && (this.away || (super.poll() & POLLIN) === 0);
    return waits ? host.ioctl(task, request, arg) : super.ioctl(task, request, arg);
  }

  override setSocketOption(task: Task, name: number, value: Uint8Array): number | undefined {
    const r = this.outside.setSocketOption(task, name, value);
    return (this.connectedAway && r) ?? super.setSocketOption(task, name, value);
  }
  override getSocketOption(name: number, room: number): Uint8Array | number | undefined {
    return this.connectedAway?.getSocketOption(name, room) ?? super.getSocketOption(name, room);
  }
  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    const group = joinedGroup(level, name, value, 'udp');
    if (group !== undefined && this.outside.filter.rules.mayLeadTo(group.ip)) {
      return this.joinOutside(task, level, name, value);
    }
    const known = this.outside.knowsOption(level, name);
    if (this.connectedAway !== undefined) {
      return known ? this.connectedAway.setOption(task, level, name, value) : -EPERM;
    }
    const r = super.setOption(task, level, name, value);
    if (r !== 0) return r;
    this.outside.remember(level, name, value);
    if (known) this.outside.live?.setOption(task, level, name, value);
    return r;
  }
  /** A group that rules let through is joined at the host, whatever the sandbox's own network has of it. */
  private joinOutside(task: Task, level: number, name: number, value: Uint8Array): number {
    const host = this.openToSend(task);
    return typeof host === 'number' ? host : host.setOption(task, level, name, value);
  }
  override getOption(level: number, name: number, room: number): Uint8Array | number {
    return this.connectedAway?.getOption(level, name, room) ?? super.getOption(level, name, room);
  }

  override release(): void {
    this.outside.close();
    super.release();
  }
}

/** A message without the device that it is to leave through: routes are the host's matter. */
function plain(message: SendMessage): SendMessage {
  return message.control === undefined
    ? message
    : { ...message, control: message.control.map(withoutDevice) };
}

function withoutDevice(item: ControlItem): ControlItem {
  const v4 = item.level === IPPROTO_IP && item.type === IP_PKTINFO && item.data.length === 12;
  const v6 = item.level === IPPROTO_IPV6 && item.type === IPV6_PKTINFO && item.data.length === 20;
  if (!v4 && !v6) return item;
  const data = Uint8Array.from(item.data);
  data.fill(0, v4 ? 0 : 16, v4 ? 4 : 20);
  return { ...item, data };
}
