/** UDP sockets of the loopback device (udp(7), net/ipv4/udp.c, net/ipv6/udp.c). */

import {
  EACCES,
  EAGAIN,
  ECONNREFUSED,
  EDESTADDRREQ,
  EINVAL,
  EMSGSIZE,
  ENETUNREACH,
  ENOBUFS,
  ENOPROTOOPT,
  EOPNOTSUPP,
  EPIPE,
} from '../../abi/errno.js';
import {
  IPPROTO_UDP,
  SEND_SHUTDOWN,
  SO_EE_ORIGIN_ICMP,
  SO_EE_ORIGIN_ICMP6,
  SO_EE_ORIGIN_LOCAL,
  UDP_CORK,
  UDP_NO_CHECK6_RX,
  UDP_NO_CHECK6_TX,
} from '../../abi/inet.js';
import {
  AF_UNSPEC,
  MSG_MORE,
  MSG_OOB,
  MSG_ZEROCOPY,
  SO_BROADCAST,
  SO_ZEROCOPY,
  SOCK_DGRAM,
} from '../../abi/socket.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Source } from '../../kernel/useriov.js';
import type { SyscallResult } from '../../kernel/wait.js';
import { socketMemory } from '../memory.js';
import type { SendMessage } from '../socket.js';
import { anyOf, type Endpoint, familyIn, isAny, isMulticast, isV4, needsInterface } from './address.js';
import { type Datagram, parseSendControl, type SendControl } from './datagram.js';
import { DatagramSocket } from './datagram-socket.js';
import { noteCopied } from './errqueue.js';
import { portUnreachable } from './icmp.js';
import { deviceListens, socketListens } from './multicast.js';
import { connectionHash, matchScore } from './ports.js';
import { intBytes } from './socket.js';
import { isBroadcastTo, type Route, type Target, targetOf } from './stack.js';
import { countDatagram, countUnreachable } from './traffic.js';

/** Most bytes of a datagram: what 16 bits of length leave beside the headers. */
const MAX_PAYLOAD4 = 65507;
const MAX_PAYLOAD6 = 65527;
const MTU = 65536;
/** A connected socket is a better match than any that is not. */
const CONNECTED_SCORE = 8;
/** How much of a message comes back with an error: as much as fits into 576 bytes, or 1280. */
const QUOTED4 = 520;
const QUOTED6 = 1184;
/** ICMP: destination unreachable, port unreachable. */
const UNREACHABLE4 = { type: 3, code: 3 };
const UNREACHABLE6 = { type: 1, code: 4 };

/** A message that is put together from several calls (UDP_CORK, MSG_MORE). */
interface Corked {
  readonly target: Target;
  readonly control: SendControl;
  readonly parts: Uint8Array[];
  length: number;
  /** Bytes of the memory of all sockets. */
  charged: number;
}

export class UdpSocket extends DatagramSocket {
  private corked: Corked | undefined;
  private corks = false;
  private readonly udpOptions = new Map<number, number>();

  constructor(kernel: Kernel, family: number, flags: number, cred?: Cred) {
    super(kernel, family, SOCK_DGRAM, IPPROTO_UDP, flags, cred);
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

  override connect(_task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -EINVAL;
    if (familyIn(raw) === AF_UNSPEC) return this.disconnect();
    const target = this.destination(raw, {}, true);
    if (typeof target === 'number') return target;
    if (this.forbidsBroadcast(target)) return -EACCES;
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

  private forbidsBroadcast({ to }: Route): boolean {
    return isBroadcastTo(this.stack, to) && this.soNumber(SO_BROADCAST) !== 1;
  }

  /** Where an address leads to from here. @returns -EINVAL, -EAFNOSUPPORT, -ENETUNREACH */
  private destination(raw: Uint8Array, control: SendControl, connects = false): Target | number {
    const address = this.parseDestination(raw);
    if (typeof address === 'number') return address;
    const { ip, scope } = address;
    if (connects && needsInterface(ip) && scope === 0 && this.multicastIndex6 === 0) return -EINVAL;
    if (this.v6only && isV4(address.ip)) return -ENETUNREACH;
    const bound = this.addressFixed ? this.local.ip : anyOf(this.family);
    return targetOf(this, address, control.from ?? bound, control.index ?? 0);
  }

  override send(_task: Task, source: Source, message: SendMessage): SyscallResult {
    if (source.remaining > 0xffff) return -EMSGSIZE;
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    const corked = this.corked ?? this.begin(message);
    if (typeof corked === 'number') return corked;
    const { target } = corked;
    const most = isV4(target.to) ? MAX_PAYLOAD4 : MAX_PAYLOAD6;
    if (corked.length + source.remaining > most) return this.tooLong(target);
    if (this.error !== 0) return -this.takeError();
    if ((this.shut & SEND_SHUTDOWN) !== 0) return -EPIPE;
    const data = new Uint8Array(source.remaining);
    const n = data.length === 0 ? 0 : source.take(data, 0, data.length);
    if (n < 0) return n;
    if (n < data.length) return -EINVAL;
    corked.parts.push(data);
    corked.length += n;
    this.corked = corked;
    if (!this.corks && (message.flags & MSG_MORE) === 0) this.uncork();
    else if (!this.charge(n)) return -ENOBUFS;
    const zerocopy = (message.flags & MSG_ZEROCOPY) !== 0 && this.soNumber(SO_ZEROCOPY) === 1;
    return zerocopy ? noteCopied(this, n) : n;
  }

  /** What waits to become a message takes of the memory of all sockets; without any it is lost. */
  private charge(bytes: number): boolean {
    if (this.corked !== undefined && socketMemory.charge(bytes)) {
      this.corked.charged += bytes;
      return true;
    }
    this.dropCorked();
    return false;
  }
  private dropCorked(): void {
    socketMemory.release(this.corked?.charged ?? 0);
    this.corked = undefined;
  }

  /** The first part of a message says where it goes. */
  private begin(message: SendMessage): Corked | number {
    const control =
      message.control === undefined ? {} : parseSendControl(message.control, this.family, this.stack.device);
    if (typeof control === 'number') return control;
    const target = this.target(message.to, control);
    if (typeof target === 'number') return target;
    if (!this.autobind()) return -EAGAIN;
    if (this.forbidsBroadcast(target)) return -EACCES;
    return { target, control, parts: [], length: 0, charged: 0 };
  }

  /** The destination of a message: its own, or the socket's. */
  private target(to: Uint8Array | undefined, control: SendControl): Target | number {
    if (to !== undefined && to.length > 0) {
      const target = this.destination(to, control);
      return typeof target !== 'number' && target.port === 0 ? -EINVAL : target;
    }
    const { remote } = this;
    if (remote === undefined) return -EDESTADDRREQ;
    return targetOf(this, remote, control.from ?? this.local.ip, control.index ?? 0);
  }

  /** No packet has room for it: what was put together is lost, and the error may be looked up later. */
  private tooLong(target: Target): number {
    this.dropCorked();
    const to = { ip: target.to, port: target.port };
    if (this.keepsErrors(to)) {
      const v4 = isV4(to.ip);
      this.keepError({
        errno: EMSGSIZE,
        origin: SO_EE_ORIGIN_LOCAL,
        type: 0,
        code: 0,
        info: v4 ? MTU - 1 : MTU,
        data: 0,
        bytes: new Uint8Array(0),
        to: { ip: to.ip, port: this.remote?.port ?? 0 },
        offender: undefined,
      });
    }
    return -EMSGSIZE;
  }

  /** Sends what was put together (udp_push_pending_frames). */
  private uncork(): void {
    const { corked } = this;
    this.dropCorked();
    if (corked === undefined) return;
    const { parts, target, control } = corked;
    const data = parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts);
    this.deliver(target, data, control);
  }

  private deliver(target: Target, data: Uint8Array, control: SendControl): void {
    const to = { ip: target.to, port: target.port };
    const from = { ip: control.from ?? target.from, port: this.local.port };
    if (target.lost === true || !this.stack.device.up) return;
    const at = target.at ?? to.ip;
    const datagram: Datagram = { data, from, to, at, ...this.headers(to, control) };
    countDatagram(this.stack, isV4(to.ip), data.length);
    if (isMulticast(to.ip)) {
      if (!deviceListens(this.stack, to.ip, from.ip)) return;
      for (const s of this.stack.udp.at(to.port)) {
        if (s.fitsMany(from, to) && socketListens(s, to.ip, from.ip)) s.receive(datagram);
      }
    } else if (target.at !== undefined) {
      for (const s of this.stack.udp.at(to.port)) if (s.fitsMany(from, to)) s.receive(datagram);
    } else {
      const receiver = receiverOf(this, from, to);
      if (receiver !== undefined) receiver.receive(datagram);
      else this.unreachable(datagram);
    }
  }

  /** The host has no such port, and says so: to a connected socket, or to one that keeps errors. */
  private unreachable(datagram: Datagram): void {
    const { to, data } = datagram;
    countUnreachable(this.stack, isV4(to.ip), data.length);
    portUnreachable(this.stack, datagram);
    const { remote } = this;
    if (remote !== undefined && (remote.ip !== to.ip || remote.port !== to.port)) return;
    const keeps = this.keepsErrors(to);
    if (!keeps && remote === undefined) return;
    if (keeps) {
      const v4 = isV4(to.ip);
      this.keepError({
        errno: ECONNREFUSED,
        origin: v4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6,
        ...(v4 ? UNREACHABLE4 : UNREACHABLE6),
        info: 0,
        data: 0,
        bytes: data.subarray(0, v4 ? QUOTED4 : QUOTED6),
        to,
        offender: to.ip,
      });
    }
    this.fail(ECONNREFUSED);
  }

  /** How well a datagram's addresses fit: 0 not at all. */
  fits(from: Endpoint, to: Endpoint): number {
    const { remote } = this;
    const score = matchScore(this, to.ip);
    if (score === 0 || remote === undefined) return score;
    return remote.ip === from.ip && remote.port === from.port ? score + CONNECTED_SCORE : 0;
  }
  /** Does a message to many go to this socket too? */
  private fitsMany(from: Endpoint, to: Endpoint): boolean {
    const { remote, local } = this;
    const v4 = isV4(to.ip);
    const wild = isAny(local.ip) && (v4 ? isV4(local.ip) || this.dualStack : !isV4(local.ip));
    if (local.ip !== to.ip && !wild) return false;
    return remote === undefined || (remote.ip === from.ip && remote.port === from.port);
  }

  override receive(datagram: Datagram): boolean {
    const taken = super.receive(datagram);
    const counters = this.stack.counters.udp(isV4(datagram.to.ip));
    if (taken) counters.in++;
    else counters.overflows++;
    return taken;
  }

  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    if (level !== IPPROTO_UDP) return super.setOption(task, level, name, value);
    if (value.length < 4) return -EINVAL;
    const int = new DataView(value.buffer, value.byteOffset).getInt32(0, true);
    if (name === UDP_CORK) {
      this.corks = int !== 0;
      if (!this.corks) this.uncork();
      return 0;
    }
    if (name !== UDP_NO_CHECK6_RX && name !== UDP_NO_CHECK6_TX)
      return super.setOption(task, level, name, value);
    this.udpOptions.set(name, Number(int !== 0));
    return 0;
  }
  override getOption(level: number, name: number, room: number): Uint8Array | number {
    if (level !== IPPROTO_UDP) return super.getOption(level, name, room);
    if (name === UDP_CORK) return intBytes(Number(this.corks));
    if (name !== UDP_NO_CHECK6_RX && name !== UDP_NO_CHECK6_TX) return -ENOPROTOOPT;
    return intBytes(this.udpOptions.get(name) ?? 0);
  }

  override release(): void {
    this.dropCorked();
    super.release();
  }
}

/** The socket that gets a message to one. */
function receiverOf(sender: UdpSocket, from: Endpoint, to: Endpoint): UdpSocket | undefined {
  let best: UdpSocket[] = [];
  let score = 1;
  for (const s of sender.stack.udp.at(to.port)) {
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
