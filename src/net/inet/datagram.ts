/** Datagrams on their way to a socket, and the ancillary data that goes with them (ip(7), ipv6(7)). */

import { EINVAL, ENETUNREACH, ENODEV } from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import {
  AF_INET,
  AF_INET6,
  SCM_TIMESTAMP,
  SCM_TIMESTAMPING,
  SCM_TIMESTAMPNS,
  SO_MARK,
  SO_RCVMARK,
  SO_RXQ_OVFL,
  SO_TIMESTAMP_NEW,
  SO_TIMESTAMPING_NEW,
  SO_TIMESTAMPNS_NEW,
  SOF_TIMESTAMPING_SOFTWARE,
  SOL_SOCKET,
} from '../../abi/socket.js';
import type { Timespec } from '../../vfs/inode.js';
import { socketMemory } from '../memory.js';
import type { ControlItem } from '../socket.js';
import { ANY6, type Endpoint, encodeInetAddress, type Ip, isAny, isV4, to16 } from './address.js';
import { LOOPBACK_INDEX, type LoopbackDevice } from './device.js';
import type { InetOptions } from './options.js';
import { intBytes } from './socket.js';

export interface Datagram {
  readonly data: Uint8Array;
  readonly from: Endpoint;
  /** Where it was sent to. */
  readonly to: Endpoint;
  /** The receiver's own address, which for a group is that of the interface. */
  readonly at: Ip;
  readonly ttl: number;
  readonly tos: number;
  /** SO_MARK of the sender. */
  readonly mark: number;
}

/** A datagram in a receiver's queue. */
interface Queued {
  readonly datagram: Datagram;
  /** Somebody has looked at it. */
  peeked: boolean;
  /** Datagrams that the socket had lost before this one. */
  readonly drops: number;
  /** When it came, if somebody wants to know. */
  readonly time: Timespec | undefined;
}

/** What a datagram takes of a receive buffer beyond its bytes. */
const OVERHEAD = 768;

function cost(d: Datagram): number {
  return d.data.length + OVERHEAD;
}

/** A queue of datagrams, bounded in bytes; what does not fit is lost. */
export class DatagramQueue {
  private items: (Queued | undefined)[] = [];
  private head = 0;
  private charged = 0;

  get length(): number {
    return this.items.length - this.head;
  }
  get first(): Queued | undefined {
    return this.items[this.head];
  }
  /** @returns false when there is no room */
  push(datagram: Datagram, rcvbuf: number, drops: number, time: Timespec | undefined): boolean {
    // As on Linux one message always fits, however small the buffer.
    const bytes = cost(datagram);
    if (this.charged > rcvbuf || (this.charged > 0 && this.charged + bytes > rcvbuf)) return false;
    if (!socketMemory.charge(bytes)) return false;
    this.items.push({ datagram, peeked: false, drops, time });
    this.charged += bytes;
    return true;
  }
  shift(): void {
    const q = this.items[this.head];
    if (q === undefined) return;
    this.uncharge(cost(q.datagram));
    this.items[this.head++] = undefined;
    if (this.head > 64 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
  }
  clear(): void {
    this.items = [];
    this.head = 0;
    this.uncharge(this.charged);
  }
  private uncharge(bytes: number): void {
    this.charged -= bytes;
    socketMemory.release(bytes);
  }
  /** The datagram with the byte `offset` of all that wait, and where in it that is (SO_PEEK_OFF). */
  at(offset: number): { queued: Queued; offset: number } | undefined {
    let left = offset;
    for (let i = this.head; i < this.items.length; i++) {
      const queued = this.items[i] as Queued;
      const { length } = queued.datagram.data;
      const passed = left >= length && (left > 0 || queued.peeked);
      if (!passed) return { queued, offset: left };
      left -= length;
    }
    return undefined;
  }
  /** Bytes charged, for SO_MEMINFO and /proc/net/udp. */
  get bytes(): number {
    return this.charged;
  }
}

/** What sendmsg(2) may say beside the bytes. */
export interface SendControl {
  from?: Ip;
  ttl?: number;
  tos?: number;
  /** The interface that the message leaves by; 0: whichever. */
  index?: number;
}

/** @returns -EINVAL for what is malformed or unknown, -ENODEV, -ENETUNREACH */
export function parseSendControl(
  items: readonly ControlItem[],
  family: number,
  device: LoopbackDevice,
): SendControl | number {
  const out: SendControl = {};
  for (const { level, type, data } of items) {
    let ok = true;
    if (level === inet.IPPROTO_IP) ok = parse4(out, type, data);
    else if (level === inet.IPPROTO_IPV6 && family !== AF_INET) ok = parse6(out, type, data);
    if (!ok) return -EINVAL;
  }
  if (out.index !== undefined && out.index !== 0 && out.index !== LOOPBACK_INDEX) return -ENODEV;
  if (out.from !== undefined && !isAny(out.from) && !device.isLocal(out.from)) {
    // Of IPv4 the routes say so, of IPv6 the data is found to be wrong.
    return isV4(out.from) ? -ENETUNREACH : -EINVAL;
  }
  return out;
}

function int32(data: Uint8Array): number | undefined {
  return data.length === 4 ? new DataView(data.buffer, data.byteOffset).getInt32(0, true) : undefined;
}
function byteOf(data: Uint8Array, min: number): number | undefined {
  const v = data.length === 1 ? data[0] : int32(data);
  return v === undefined || v < min || v > 255 ? undefined : v;
}

function parse4(out: SendControl, type: number, data: Uint8Array): boolean {
  if (type === inet.IP_PKTINFO) {
    if (data.length !== 12) return false;
    const ip = Buffer.from(data.subarray(4, 8)).toString('latin1');
    if (!isAny(ip)) out.from = ip;
    out.index = new DataView(data.buffer, data.byteOffset).getInt32(0, true);
    return true;
  }
  const ttl = type === inet.IP_TTL;
  const value = ttl && data.length !== 4 ? undefined : byteOf(data, ttl ? 1 : 0);
  if (value === undefined) return false;
  if (type === inet.IP_TTL) out.ttl = value;
  else if (type === inet.IP_TOS) out.tos = value;
  else return false;
  return true;
}

function parse6(out: SendControl, type: number, data: Uint8Array): boolean {
  if (type === inet.IPV6_PKTINFO) {
    if (data.length < 20) return false;
    const ip = Buffer.from(data.subarray(0, 16)).toString('latin1');
    if (ip !== ANY6) out.from = ip;
    out.index = new DataView(data.buffer, data.byteOffset).getInt32(16, true);
    return true;
  }
  const value = int32(data);
  if (value === undefined || value < -1 || value > 255) return false;
  if (type === inet.IPV6_HOPLIMIT) out.ttl = value < 0 ? 64 : value;
  else if (type === inet.IPV6_TCLASS) out.tos = Math.max(0, value);
  else return false;
  return true;
}

/** Two 64-bit words. */
function pair(sec: number, rest: number): Buffer {
  const raw = Buffer.alloc(16);
  raw.writeBigInt64LE(BigInt(sec), 0);
  raw.writeBigInt64LE(BigInt(Math.floor(rest)), 8);
  return raw;
}

/** The time of arrival in the form that the socket wants (SO_TIMESTAMP and its kin). */
export function timeControl(options: InetOptions, time: Timespec | undefined): ControlItem[] {
  const { on, wide, nanoseconds, timestamping } = options.stamps;
  const out: ControlItem[] = [];
  const level = SOL_SOCKET;
  if (time === undefined) return out;
  const { sec, nsec } = time;
  if (on && nanoseconds) {
    out.push({ level, type: wide ? SO_TIMESTAMPNS_NEW : SCM_TIMESTAMPNS, data: pair(sec, nsec) });
  } else if (on) {
    out.push({ level, type: wide ? SO_TIMESTAMP_NEW : SCM_TIMESTAMP, data: pair(sec, nsec / 1000) });
  }
  if ((timestamping & SOF_TIMESTAMPING_SOFTWARE) !== 0) {
    const data = Buffer.concat([pair(sec, nsec), Buffer.alloc(32)]);
    out.push({ level, type: wide ? SO_TIMESTAMPING_NEW : SCM_TIMESTAMPING, data });
  }
  return out;
}

/** Ancillary data that the receiver has asked for. */
export function receiveControl(
  { datagram, drops, time }: Queued,
  options: InetOptions,
): ControlItem[] | undefined {
  const out = timeControl(options, time);
  if (drops > 0 && options.flags.get(SO_RXQ_OVFL) === 1) {
    out.push({ level: SOL_SOCKET, type: SO_RXQ_OVFL, data: intBytes(drops) });
  }
  if (options.flags.get(SO_RCVMARK) === 1) {
    out.push({ level: SOL_SOCKET, type: SO_MARK, data: intBytes(datagram.mark) });
  }
  if (isV4(datagram.to.ip)) control4(datagram, options, out);
  control6(datagram, options, out);
  return out.length > 0 ? out : undefined;
}

function control4(d: Datagram, options: InetOptions, out: ControlItem[]): void {
  const level = inet.IPPROTO_IP;
  if (options.on(level, inet.IP_PKTINFO)) {
    const data = Buffer.alloc(12);
    data.writeInt32LE(LOOPBACK_INDEX, 0);
    data.write(d.at, 4, 'latin1');
    data.write(d.to.ip, 8, 'latin1');
    out.push({ level, type: inet.IP_PKTINFO, data });
  }
  if (options.on(level, inet.IP_RECVTTL)) out.push({ level, type: inet.IP_TTL, data: intBytes(d.ttl) });
  if (options.on(level, inet.IP_RECVTOS)) out.push({ level, type: inet.IP_TOS, data: Uint8Array.of(d.tos) });
  if (options.on(level, inet.IP_RECVORIGDSTADDR)) {
    out.push({ level, type: inet.IP_RECVORIGDSTADDR, data: encodeInetAddress(AF_INET, d.to) });
  }
}

function control6(d: Datagram, options: InetOptions, out: ControlItem[]): void {
  const level = inet.IPPROTO_IPV6;
  if (options.on(level, inet.IPV6_RECVPKTINFO)) {
    const data = Buffer.alloc(20);
    data.write(to16(d.to.ip), 0, 'latin1');
    data.writeUInt32LE(LOOPBACK_INDEX, 16);
    out.push({ level, type: inet.IPV6_PKTINFO, data });
  }
  if (isV4(d.to.ip)) return;
  if (options.on(level, inet.IPV6_RECVHOPLIMIT))
    out.push({ level, type: inet.IPV6_HOPLIMIT, data: intBytes(d.ttl) });
  if (options.on(level, inet.IPV6_RECVTCLASS))
    out.push({ level, type: inet.IPV6_TCLASS, data: intBytes(d.tos) });
  if (options.on(level, inet.IPV6_RECVORIGDSTADDR)) {
    out.push({ level, type: inet.IPV6_RECVORIGDSTADDR, data: encodeInetAddress(AF_INET6, d.to) });
  }
}
