/** Internet addresses: socket addresses of AF_INET and AF_INET6, and which addresses there are (ip(7), ipv6(7)). */

import { EAFNOSUPPORT, EINVAL } from '../../abi/errno.js';
import { SOCKADDR_IN_SIZE, SOCKADDR_IN6_MIN, SOCKADDR_IN6_SIZE } from '../../abi/inet.js';
import { AF_INET, AF_INET6 } from '../../abi/socket.js';

/**
 * An address as a byte string: 4 bytes or 16. IPv4-mapped addresses of IPv6 sockets are kept as the 4 bytes they mean, so that
 * equal addresses are equal strings.
 */
export type Ip = string;

/** An address and a port. */
export interface Endpoint {
  readonly ip: Ip;
  readonly port: number;
}

export const ANY4: Ip = '\0\0\0\0';
export const ANY6: Ip = '\0'.repeat(16);
export const LOOPBACK4: Ip = '\x7f\0\0\x01';
export const LOOPBACK6: Ip = `${'\0'.repeat(15)}\x01`;
const MAPPED = `${'\0'.repeat(10)}\xff\xff`;

export function isV4(ip: Ip): boolean {
  return ip.length === 4;
}
export function isAny(ip: Ip): boolean {
  return ip === ANY4 || ip === ANY6;
}
/** 224.0.0.0/4 and ff00::/8. */
export function isMulticast(ip: Ip): boolean {
  const first = ip.charCodeAt(0);
  return isV4(ip) ? first >= 224 && first < 240 : first === 0xff;
}
/** fe80::/10, which means nothing without an interface. */
export function isLinkLocal6(ip: Ip): boolean {
  return !isV4(ip) && ip.charCodeAt(0) === 0xfe && (ip.charCodeAt(1) & 0xc0) === 0x80;
}
/** Does an IPv6 address mean nothing without an interface? fe80::/10, and groups of an interface or a link. */
export function needsInterface(ip: Ip): boolean {
  if (isV4(ip)) return false;
  const scope = ip.charCodeAt(1) & 0xf;
  return isLinkLocal6(ip) || (isMulticast(ip) && (scope === 1 || scope === 2));
}
/** 127.255.255.255 and 255.255.255.255. */
export function isBroadcast(ip: Ip): boolean {
  return ip === '\x7f\xff\xff\xff' || ip === '\xff\xff\xff\xff';
}

/** What a socket of a family shows before it has an address. */
export function anyOf(family: number): Ip {
  return family === AF_INET ? ANY4 : ANY6;
}

export function familyIn(raw: Uint8Array): number {
  return (raw[0] ?? 0) | ((raw[1] ?? 0) << 8);
}

/** A decoded socket address. */
export interface InetAddress extends Endpoint {
  /** Index of the interface that an IPv6 address belongs to; 0: none given. */
  readonly scope: number;
  /** An IPv6 socket address with an IPv4 address in it. */
  readonly mapped: boolean;
}

/**
 * Decodes the address given to a socket of `family`.
 * @returns -EINVAL when too short, -EAFNOSUPPORT for another family
 */
export function parseInetAddress(raw: Uint8Array, family: number): InetAddress | number {
  const v4 = family === AF_INET;
  if (raw.length < (v4 ? SOCKADDR_IN_SIZE : SOCKADDR_IN6_MIN)) return -EINVAL;
  if (familyIn(raw) !== family) return -EAFNOSUPPORT;
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const port = bytes.readUInt16BE(2);
  if (v4) return { ip: bytes.toString('latin1', 4, 8), port, scope: 0, mapped: false };
  const ip = bytes.toString('latin1', 8, 24);
  if (ip.startsWith(MAPPED)) return { ip: ip.slice(12), port, scope: 0, mapped: true };
  return { ip, port, scope: raw.length >= SOCKADDR_IN6_SIZE ? bytes.readUInt32LE(24) : 0, mapped: false };
}

/** All 16 bytes of an address as an IPv6 socket shows it. */
export function to16(ip: Ip): Ip {
  return isV4(ip) ? MAPPED + ip : ip;
}

/** The socket address that a socket of `family` shows. */
export function encodeInetAddress(family: number, { ip, port }: Endpoint): Uint8Array {
  const raw = Buffer.alloc(family === AF_INET ? SOCKADDR_IN_SIZE : SOCKADDR_IN6_SIZE);
  raw.writeUInt16LE(family, 0);
  raw.writeUInt16BE(port, 2);
  if (family === AF_INET) raw.write(ip, 4, 'latin1');
  else raw.write(to16(ip), 8, 'latin1');
  return raw;
}

/** Does the family that the kernel files an address under fit this one? Used for messages about a socket. */
export function familyOf(ip: Ip): number {
  return isV4(ip) ? AF_INET : AF_INET6;
}
