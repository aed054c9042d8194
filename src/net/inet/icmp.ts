/**
 * ICMP and ICMPv6 as far as ping(8) goes: sockets of SOCK_DGRAM that send echo requests and get the answers (icmp(7),
 * net/ipv4/ping.c), and raw sockets, which see every message (raw(7), net/ipv4/raw.c, net/ipv6/raw.c).
 */

import {
  EACCES,
  EAGAIN,
  EDESTADDRREQ,
  EINVAL,
  EMSGSIZE,
  ENOPROTOOPT,
  EOPNOTSUPP,
  EPERM,
  EPIPE,
} from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import { CAP_NET_RAW } from '../../abi/sched.js';
import {
  AF_INET,
  AF_UNSPEC,
  MSG_OOB,
  SO_BROADCAST,
  SO_REUSEADDR,
  SOCK_DGRAM,
  SOCK_RAW,
} from '../../abi/socket.js';
import { type Cred, capable } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Source } from '../../kernel/useriov.js';
import type { SyscallResult } from '../../kernel/wait.js';
import type { SendMessage } from '../socket.js';
import { anyOf, type Endpoint, familyIn, type Ip, isAny, isV4, to16 } from './address.js';
import { type Datagram, parseSendControl, type SendControl } from './datagram.js';
import { DatagramSocket } from './datagram-socket.js';
import { type InetStack, isBroadcastTo, type Target, targetOf } from './stack.js';
import { countIcmp } from './traffic.js';

const ICMP_HEADER = 8;
const IP_HEADER = 20;
const IP6_HEADER = 40;
const UDP_HEADER = 8;
const MAX_MESSAGE = 65507;
const TTL = 64;
/** Types: echo request and reply, destination unreachable. */
const V4 = { echo: 8, reply: 0, unreachable: 3, portCode: 3, most: 576 };
const V6 = { echo: 128, reply: 129, unreachable: 1, portCode: 4, most: 1280 };
/** Size of struct icmp6_filter. */
const FILTER6_SIZE = 32;

function rules(ip: Ip): typeof V4 {
  return isV4(ip) ? V4 : V6;
}

/** The Internet checksum of whole buffers, each but the last of even length (RFC 1071). */
export function checksum(...parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** What the checksum of ICMPv6 covers beside the message. */
function pseudoHeader(from: Ip, to: Ip, length: number): Uint8Array {
  const raw = Buffer.alloc(40);
  raw.write(to16(from) + to16(to), 0, 'latin1');
  raw.writeUInt32BE(length, 32);
  raw[39] = inet.IPPROTO_ICMPV6;
  return raw;
}

function computeChecksum(from: Ip, to: Ip, message: Uint8Array): number {
  return isV4(to) ? checksum(message) : checksum(pseudoHeader(from, to, message.length), message);
}

/** Puts the checksum into a message whose field for it is 0. */
function seal(from: Ip, to: Ip, message: Uint8Array): void {
  const sum = computeChecksum(from, to, message);
  message[2] = sum >> 8;
  message[3] = sum & 0xff;
}

/** The header of an IPv4 packet. */
function header4(d: Datagram, protocol: number, length: number): Buffer {
  const raw = Buffer.alloc(IP_HEADER);
  raw[0] = 0x45;
  raw[1] = d.tos;
  raw.writeUInt16BE(IP_HEADER + length, 2);
  // Not to be cut in pieces.
  raw[6] = 0x40;
  raw[8] = d.ttl;
  raw[9] = protocol;
  raw.write(d.from.ip + d.to.ip, 12, 'latin1');
  raw.writeUInt16BE(checksum(raw), 10);
  return raw;
}

function header6(d: Datagram, protocol: number, length: number): Buffer {
  const raw = Buffer.alloc(IP6_HEADER);
  raw.writeUInt32BE((0x60000000 | (d.tos << 20)) >>> 0, 0);
  raw.writeUInt16BE(length, 4);
  raw[6] = protocol;
  raw[7] = d.ttl;
  raw.write(d.from.ip + d.to.ip, 8, 'latin1');
  return raw;
}

/** An ICMP message arrives: raw sockets see it, and what asks for an answer is answered. */
function arrive(stack: InetStack, message: Datagram): void {
  countIcmp(stack, isV4(message.to.ip), message.data.length);
  for (const s of stack.raw) s.see(message);
  const { echo, reply } = rules(message.to.ip);
  const { data, from, to } = message;
  const [type] = data;
  if (data.length < ICMP_HEADER || computeChecksum(from.ip, to.ip, data) !== 0) return;
  if (type === reply) deliverReply(stack, message);
  // Requests to everybody are not answered (net.ipv4.icmp_echo_ignore_broadcasts).
  else if (type === echo && data[1] === 0 && stack.device.isLocal(to.ip)) {
    const answer = Uint8Array.from(data);
    answer.set([reply, 0, 0, 0]);
    seal(to.ip, from.ip, answer);
    arrive(stack, { ...message, data: answer, from: to, to: from, at: from.ip, ttl: TTL });
  }
}

/** The socket with the identifier that is in the message gets it. */
function deliverReply(stack: InetStack, message: Datagram): void {
  const { data, from, to } = message;
  const id = ((data[4] as number) << 8) | (data[5] as number);
  let newest: PingSocket | undefined;
  for (const s of stack.pings.at(id)) {
    const fits = (isAny(s.local.ip) && s.local.ip.length === to.ip.length) || s.local.ip === to.ip;
    if (fits && (s.remote === undefined || s.remote.ip === from.ip)) newest = s;
  }
  newest?.receive(message);
}

/** Nobody has the port that a datagram was for: the sender's host is told. */
export function portUnreachable(stack: InetStack, d: Datagram): void {
  if (stack.raw.size === 0) return;
  const { unreachable, portCode, most } = rules(d.to.ip);
  const v4 = isV4(d.to.ip);
  const udp = Buffer.alloc(UDP_HEADER);
  udp.writeUInt16BE(d.from.port, 0);
  udp.writeUInt16BE(d.to.port, 2);
  udp.writeUInt16BE((UDP_HEADER + d.data.length) & 0xffff, 4);
  const length = UDP_HEADER + d.data.length;
  const ip = v4 ? header4(d, inet.IPPROTO_UDP, length) : header6(d, inet.IPPROTO_UDP, length);
  const room = most - (v4 ? IP_HEADER : IP6_HEADER) - ICMP_HEADER;
  const quoted = Buffer.concat([ip, udp, d.data]).subarray(0, room);
  const data = Buffer.concat([Uint8Array.of(unreachable, portCode, 0, 0, 0, 0, 0, 0), quoted]);
  seal(d.to.ip, d.from.ip, data);
  const from = { ip: d.to.ip, port: 0 };
  const message = { ...d, data, from, to: d.from, at: d.from.ip, ttl: TTL, mark: 0 };
  for (const s of stack.raw) s.see(message);
}

/** May a process have sockets for echo requests (net.ipv4.ping_group_range)? Capabilities do not matter. */
export function mayPing({ settings }: Kernel, cred: Cred): boolean {
  const { pingGroupFirst: first, pingGroupLast: last } = settings;
  return [cred.egid, ...cred.groups].some((gid) => gid >= first && gid <= last);
}

/** What both kinds of ICMP sockets have in common. */
abstract class IcmpSocket extends DatagramSocket {
  protected override get bindable(): boolean {
    return true;
  }

  override connect(_task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -EINVAL;
    if (familyIn(raw) === AF_UNSPEC) {
      this.remote = undefined;
      return 0;
    }
    const target = this.destination(raw, {});
    if (typeof target === 'number') return target;
    if (!this.autobind()) return -EAGAIN;
    this.local = { ip: target.from, port: this.local.port };
    this.remote = { ip: target.to, port: target.port };
    return 0;
  }

  protected destination(raw: Uint8Array, control: SendControl): Target | number {
    const address = this.parseDestination(raw);
    if (typeof address === 'number') return address;
    if (isV4(address.ip) !== (this.family === AF_INET)) return -EINVAL;
    const bound = this.addressFixed ? this.local.ip : anyOf(this.family);
    const target = targetOf(this, address, control.from ?? bound, control.index ?? 0);
    if (typeof target === 'number') return target;
    return isBroadcastTo(this.stack, target.to) && this.soNumber(SO_BROADCAST) !== 1 ? -EACCES : target;
  }

  override send(_task: Task, source: Source, message: SendMessage): SyscallResult {
    if (source.remaining > MAX_MESSAGE) return -EMSGSIZE;
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    const data = new Uint8Array(source.remaining);
    const n = data.length === 0 ? 0 : source.take(data, 0, data.length);
    if (n < 0) return n;
    if (n < data.length) return -EINVAL;
    const control =
      message.control === undefined ? {} : parseSendControl(message.control, this.family, this.stack.device);
    if (typeof control === 'number') return control;
    const refused = this.check(data);
    if (refused < 0) return refused;
    const target = this.target(message.to, control);
    if (typeof target === 'number') return target;
    if (!this.autobind()) return -EAGAIN;
    if (this.error !== 0) return -this.takeError();
    if ((this.shut & inet.SEND_SHUTDOWN) !== 0) return -EPIPE;
    if (target.lost !== true) this.launch(target, data, control);
    return n;
  }

  private target(to: Uint8Array | undefined, control: SendControl): Target | number {
    if (to !== undefined && to.length > 0) return this.destination(to, control);
    const { remote } = this;
    return remote === undefined
      ? -EDESTADDRREQ
      : targetOf(this, remote, control.from ?? this.local.ip, control.index ?? 0);
  }

  /** May such a message be sent at all? */
  protected abstract check(data: Uint8Array): number;
  /** Makes the message complete. @param from the address that it comes from */
  protected abstract complete(data: Uint8Array, from: Ip, to: Ip): void;

  private launch(target: Target, data: Uint8Array, control: SendControl): void {
    const from = control.from ?? target.from;
    this.complete(data, from, target.to);
    const to = { ip: target.to, port: 0 };
    arrive(this.stack, {
      data,
      from: { ip: from, port: 0 },
      to,
      at: target.at ?? target.to,
      ...this.headers(to, control),
    });
  }
}

/** SOCK_DGRAM with IPPROTO_ICMP or IPPROTO_ICMPV6: its port is the identifier of its requests. */
export class PingSocket extends IcmpSocket {
  constructor(kernel: Kernel, family: number, flags: number, cred?: Cred) {
    const protocol = family === AF_INET ? inet.IPPROTO_ICMP : inet.IPPROTO_ICMPV6;
    super(kernel, family, SOCK_DGRAM, protocol, flags, cred);
    // As the protocol has it (INET_PROTOSW_REUSE).
    this.keepNumber(SO_REUSEADDR, 1);
  }

  protected override get portsAreFree(): boolean {
    return true;
  }
  protected override get bindable(): boolean {
    return this.remote === undefined;
  }
  protected override claim(endpoint: Endpoint): boolean {
    const { pings } = this.stack;
    for (const s of pings.at(endpoint.port)) {
      if (s !== this && !(s.reuseAddr && this.reuseAddr)) return false;
    }
    this.local = endpoint;
    pings.add(this);
    return true;
  }
  protected override pickPort(ip: Ip): number {
    return this.stack.pings.pick(this, ip);
  }
  override unclaim(): void {
    if (this.local.port === 0) return;
    this.stack.pings.remove(this);
    this.local = { ip: this.addressFixed ? this.local.ip : anyOf(this.family), port: 0 };
  }

  protected override check(data: Uint8Array): number {
    const { echo } = this.family === AF_INET ? V4 : V6;
    return data.length >= ICMP_HEADER && data[0] === echo && data[1] === 0 ? 0 : -EINVAL;
  }
  /** Identifier and checksum are the kernel's. */
  protected override complete(data: Uint8Array, from: Ip, to: Ip): void {
    const { port } = this.local;
    data.set([0, 0, port >> 8, port & 0xff], 2);
    seal(from, to, data);
  }
}

/** SOCK_RAW with IPPROTO_ICMP or IPPROTO_ICMPV6. */
export class RawIcmpSocket extends IcmpSocket {
  /** ICMP_FILTER: a bit for each type that is not wanted; ICMP6_FILTER: the same for 256 types. */
  private filter = new Uint8Array(FILTER6_SIZE);

  constructor(kernel: Kernel, family: number, flags: number, cred?: Cred) {
    const protocol = family === AF_INET ? inet.IPPROTO_ICMP : inet.IPPROTO_ICMPV6;
    super(kernel, family, SOCK_RAW, protocol, flags, cred);
    this.local = { ip: anyOf(family), port: protocol };
    this.keepNumber(SO_REUSEADDR, 1);
    this.stack.raw.add(this);
  }

  /** @returns -EPERM without CAP_NET_RAW */
  static make(task: Task, family: number, flags: number): RawIcmpSocket | number {
    return capable(task.cred, CAP_NET_RAW)
      ? new RawIcmpSocket(task.kernel, family, flags, task.cred)
      : -EPERM;
  }

  override bind(_task: Task, raw: Uint8Array): number {
    if (this.remote !== undefined) return -EINVAL;
    const address = this.parseForBind(raw);
    if (typeof address === 'number') return address;
    const unusable = this.checkBindable(address);
    if (unusable < 0) return unusable;
    this.local = { ip: address.ip, port: this.protocol };
    this.addressFixed = !isAny(address.ip);
    return 0;
  }
  protected override claim(): boolean {
    return true;
  }
  protected override pickPort(): number {
    return this.protocol;
  }
  override unclaim(): void {}

  /** A message has come to this machine. */
  see(message: Datagram): void {
    const { from, to, data } = message;
    const v4 = isV4(to.ip);
    if (v4 !== (this.family === AF_INET)) return;
    if (!isAny(this.local.ip) && this.local.ip !== to.ip) return;
    if (this.remote !== undefined && this.remote.ip !== from.ip) return;
    const type = data[0] ?? 0;
    const most = v4 ? 32 : 256;
    if (type < most && ((this.filter[type >> 3] as number) & (1 << (type & 7))) !== 0) return;
    if (!v4) this.receive(message);
    else {
      const header = header4(message, inet.IPPROTO_ICMP, data.length);
      this.receive({ ...message, data: Buffer.concat([header, data]) });
    }
  }

  protected override check(data: Uint8Array): number {
    return this.family !== AF_INET && data.length < 4 ? -EINVAL : 0;
  }
  /** The checksum of ICMPv6 is the kernel's, of ICMP the program's. */
  protected override complete(data: Uint8Array, from: Ip, to: Ip): void {
    if (isV4(to)) return;
    data.set([0, 0], 2);
    seal(from, to, data);
  }

  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    // Where the kernel puts the checksum of ICMPv6 is not for programs to say, but they may say it right.
    if (level === inet.SOL_RAW && name === inet.IPV6_CHECKSUM && this.family !== AF_INET)
      return value[0] === 2 ? 0 : -EINVAL;
    if (level !== this.filterLevel || name !== inet.ICMP_FILTER) {
      return super.setOption(task, level, name, value);
    }
    const size = this.family === AF_INET ? 4 : FILTER6_SIZE;
    this.filter.set(value.subarray(0, size));
    return 0;
  }
  override getOption(level: number, name: number, room: number): Uint8Array | number {
    if (level !== this.filterLevel) return super.getOption(level, name, room);
    if (name !== inet.ICMP_FILTER) return -ENOPROTOOPT;
    return this.filter.slice(0, this.family === AF_INET ? 4 : FILTER6_SIZE);
  }
  private get filterLevel(): number {
    return this.family === AF_INET ? inet.SOL_RAW : inet.IPPROTO_ICMPV6;
  }

  override release(): void {
    this.stack.raw.delete(this);
    super.release();
  }
}
