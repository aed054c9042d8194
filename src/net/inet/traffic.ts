/** Counts what would have gone over the loopback device, for its statistics and those of the protocols. */

import { isV4 } from './address.js';
import type { InetStack } from './stack.js';
import type { TcpSocket } from './tcp.js';

const IP4_HEADER = 20;
const IP6_HEADER = 40;
const UDP_HEADER = 8;
const ICMP_HEADER = 8;
/** With its timestamps. */
const TCP_HEADER = 32;
/** What the first segments of both sides say more: length of segments, scale of windows. */
export const SYN_OPTIONS = 16;
/** Most bytes of a segment: what the 16 bits of a packet's length leave. */
const SEGMENT = 65483;
/** An ICMP error quotes so much of a packet that it has this length itself. */
const ICMP_MOST4 = 576;
const ICMP_MOST6 = 1280;

function ipHeader(v4: boolean): number {
  return v4 ? IP4_HEADER : IP6_HEADER;
}

function count(stack: InetStack, v4: boolean, packets: number, bytes: number): void {
  const ip = stack.counters.ip(v4);
  ip.packets += packets;
  ip.bytes += bytes;
  stack.device.count(packets, bytes);
}

/** A datagram with `length` bytes of payload was sent. */
export function countDatagram(stack: InetStack, v4: boolean, length: number): void {
  stack.counters.udp(v4).out++;
  count(stack, v4, 1, ipHeader(v4) + UDP_HEADER + length);
}

/** An ICMP message of `length` bytes was sent. */
export function countIcmp(stack: InetStack, v4: boolean, length: number): void {
  count(stack, v4, 1, ipHeader(v4) + length);
}

/** A datagram found nobody: the host says so by ICMP. */
export function countUnreachable(stack: InetStack, v4: boolean, length: number): void {
  stack.counters.udp(v4).noPorts++;
  stack.counters.ip(v4).unreachable++;
  const quoted = 2 * ipHeader(v4) + ICMP_HEADER + UDP_HEADER + length;
  count(stack, v4, 1, Math.min(quoted, v4 ? ICMP_MOST4 : ICMP_MOST6));
}

/** Segments without data: of a handshake, of an end. @param options bytes of options beyond the usual ones */
export function countSegments(socket: TcpSocket, segments: number, options = 0): void {
  const v4 = isV4(socket.local.ip);
  socket.stack.counters.tcp.segments += segments;
  count(socket.stack, v4, segments, segments * (ipHeader(v4) + TCP_HEADER) + options);
}

/** Counts what a connection has sent since it was last looked at, with one acknowledgement for each segment. */
export function settle(socket: TcpSocket): void {
  const sent = socket.bytesSent - socket.bytesCounted;
  if (sent <= 0) return;
  socket.bytesCounted = socket.bytesSent;
  const v4 = isV4(socket.local.ip);
  count(socket.stack, v4, 0, sent);
  countSegments(socket, 2 * Math.ceil(sent / SEGMENT));
}

/** Counts what all connections have sent, so that what is shown is true now. */
export function settleAll(stack: InetStack): void {
  for (const s of stack.tcpSockets()) settle(s);
}
