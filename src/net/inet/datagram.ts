/** Datagrams on their way to a socket, and the ancillary data that goes with them (ip(7), ipv6(7)). */

import { EINVAL } from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import { AF_INET } from '../../abi/socket.js';
import type { ControlItem } from '../socket.js';
import { ANY6, type Endpoint, type Ip, isAny, isV4, to16 } from './address.js';
import { LOOPBACK_INDEX, type LoopbackDevice } from './device.js';
import type { InetOptions } from './options.js';
import { intBytes } from './socket.js';

export interface Datagram {
  readonly data: Uint8Array;
  readonly from: Endpoint;
  readonly to: Ip;
  readonly ttl: number;
  readonly tos: number;
}

/** What a datagram takes of a receive buffer beyond its bytes. */
const OVERHEAD = 768;

/** A queue of datagrams, bounded in bytes; what does not fit is lost. */
export class DatagramQueue {
  private items: Datagram[] = [];
  private head = 0;
  private charged = 0;

  get length(): number {
    return this.items.length - this.head;
  }
  get first(): Datagram | undefined {
    return this.items[this.head];
  }
  /** @returns false when there is no room */
  push(d: Datagram, rcvbuf: number): boolean {
    // As on Linux one message always fits, however small the buffer.
    if (this.charged > rcvbuf || (this.charged > 0 && this.charged + d.data.length + OVERHEAD > rcvbuf))
      return false;
    this.items.push(d);
    this.charged += d.data.length + OVERHEAD;
    return true;
  }
  shift(): void {
    const d = this.items[this.head];
    if (d === undefined) return;
    this.charged -= d.data.length + OVERHEAD;
    this.items[this.head++] = undefined as unknown as Datagram;
    if (this.head > 64 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
  }
  clear(): void {
    this.items = [];
    this.head = 0;
    this.charged = 0;
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
}

/** @returns -EINVAL for what is malformed or unknown */
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
  if (out.from !== undefined && !isAny(out.from) && !device.isLocal(out.from)) return -EINVAL;
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
    return true;
  }
  const value = byteOf(data, type === inet.IP_TTL ? 1 : 0);
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
    return true;
  }
  const value = int32(data);
  if (value === undefined || value < -1 || value > 255) return false;
  if (type === inet.IPV6_HOPLIMIT) out.ttl = value < 0 ? 64 : value;
  else if (type === inet.IPV6_TCLASS) out.tos = Math.max(0, value);
  else return false;
  return true;
}

/** Ancillary data that the receiver has asked for. */
export function receiveControl(d: Datagram, options: InetOptions): ControlItem[] | undefined {
  const out: ControlItem[] = [];
  if (isV4(d.to)) {
    const level = inet.IPPROTO_IP;
    if (options.on(level, inet.IP_PKTINFO)) {
      const data = Buffer.alloc(12);
      data.writeInt32LE(LOOPBACK_INDEX, 0);
      data.write(d.to, 4, 'latin1');
      data.write(d.to, 8, 'latin1');
      out.push({ level, type: inet.IP_PKTINFO, data });
    }
    if (options.on(level, inet.IP_RECVTTL)) out.push({ level, type: inet.IP_TTL, data: intBytes(d.ttl) });
    if (options.on(level, inet.IP_RECVTOS))
      out.push({ level, type: inet.IP_TOS, data: Uint8Array.of(d.tos) });
  }
  const level = inet.IPPROTO_IPV6;
  if (options.on(level, inet.IPV6_RECVPKTINFO)) {
    const data = Buffer.alloc(20);
    data.write(to16(d.to), 0, 'latin1');
    data.writeUInt32LE(LOOPBACK_INDEX, 16);
    out.push({ level, type: inet.IPV6_PKTINFO, data });
  }
  if (!isV4(d.to)) {
    if (options.on(level, inet.IPV6_RECVHOPLIMIT))
      out.push({ level, type: inet.IPV6_HOPLIMIT, data: intBytes(d.ttl) });
    if (options.on(level, inet.IPV6_RECVTCLASS))
      out.push({ level, type: inet.IPV6_TCLASS, data: intBytes(d.tos) });
  }
  return out.length > 0 ? out : undefined;
}
