/** Groups and who listens to them (ip(7), ipv6(7); net/ipv4/igmp.c, net/ipv6/mcast.c). */

import { EADDRINUSE, EADDRNOTAVAIL, EINVAL, ENOBUFS, ENODEV, ENOPROTOOPT, EPROTO } from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import { SOCK_STREAM } from '../../abi/socket.js';
import { ANY4, type Ip, isAny, isMulticast, isV4 } from './address.js';
import { LOOPBACK_INDEX } from './device.js';
import type { InetSocket } from './socket.js';
import type { InetStack } from './stack.js';

/** net.ipv4.igmp_max_memberships, and the same bound for IPv6, which on Linux is one of memory. */
const MAX_MEMBERSHIPS = 20;
const MAX_MEMBERSHIPS6 = 1024;
/** net.ipv4.igmp_max_msf. */
const MAX_SOURCES = 10;
/** 224.0.0.1, to which every interface belongs. */
const ALL_HOSTS: Ip = '\xe0\0\0\x01';

/** A socket's membership in a group. */
export interface Membership {
  readonly group: Ip;
  /** Only messages from the sources are wanted (MCAST_INCLUDE), or all but these. */
  include: boolean;
  readonly sources: Set<Ip>;
  /** Sources were named at some time: the kind cannot change any more. */
  named: boolean;
}

function allows(m: Membership, from: Ip): boolean {
  return m.sources.has(from) === m.include;
}

/** Does the device take messages to `group` from `from`? */
export function deviceListens(stack: InetStack, group: Ip, from: Ip): boolean {
  if (group === ALL_HOSTS) return true;
  for (const m of stack.groups.get(group) ?? []) if (allows(m, from)) return true;
  return false;
}

/** Does a socket hear them? Without a word about the group it depends on IP_MULTICAST_ALL. */
export function socketListens(socket: InetSocket, group: Ip, from: Ip): boolean {
  const own = socket.memberships.find((m) => m.group === group);
  if (own !== undefined) return allows(own, from);
  return (
    (isV4(group)
      ? socket.options.int(inet.IPPROTO_IP, inet.IP_MULTICAST_ALL)
      : socket.options.int(inet.IPPROTO_IPV6, inet.IPV6_MULTICAST_ALL)) === 1
  );
}

function join(socket: InetSocket, group: Ip, include: boolean): number {
  const { memberships, stack } = socket;
  if (memberships.some((m) => m.group === group)) return -EADDRINUSE;
  const most = isV4(group) ? MAX_MEMBERSHIPS : MAX_MEMBERSHIPS6;
  if (memberships.filter((m) => isV4(m.group) === isV4(group)).length >= most) return -ENOBUFS;
  const m: Membership = { group, include, sources: new Set(), named: false };
  memberships.push(m);
  const all = stack.groups.get(group);
  if (all === undefined) stack.groups.set(group, new Set([m]));
  else all.add(m);
  return 0;
}

function leave(socket: InetSocket, group: Ip): number {
  const { memberships, stack } = socket;
  const at = memberships.findIndex((m) => m.group === group);
  if (at < 0) return -EADDRNOTAVAIL;
  const [m] = memberships.splice(at, 1);
  const all = stack.groups.get(group);
  all?.delete(m as Membership);
  if (all?.size === 0) stack.groups.delete(group);
  return 0;
}

/** The socket is closed. */
export function leaveAll(socket: InetSocket): void {
  for (const { group } of [...socket.memberships]) leave(socket, group);
}

/**
 * Adds or removes a source (ip_mc_source).
 * @param include the kind of membership that the call is about
 */
function changeSource(socket: InetSocket, group: Ip, source: Ip, include: boolean, adds: boolean): number {
  const m = socket.memberships.find((one) => one.group === group);
  if (m === undefined) return -EINVAL;
  if (m.include !== include) {
    if (m.named) return -EINVAL;
    m.include = include;
  }
  if (!adds) {
    if (!m.sources.delete(source)) return -EADDRNOTAVAIL;
    // No source at all is the same as no membership.
    return include && m.sources.size === 0 ? leave(socket, group) : 0;
  }
  if (m.sources.has(source)) return -EADDRNOTAVAIL;
  if (m.sources.size >= MAX_SOURCES) return -ENOBUFS;
  m.sources.add(source);
  m.named = true;
  return 0;
}

/** What is asked of a group, in whichever of the many structs. */
interface Request {
  readonly group: Ip;
  /** Where the group is: an interface by number or by one of its addresses. */
  readonly index: number;
  readonly address: Ip;
  readonly source: Ip;
}

function ipAt(raw: Buffer, at: number, length = 4): Ip {
  return raw.toString('latin1', at, at + length);
}

/** The address in a struct sockaddr_storage. */
function storedIp(raw: Buffer, at: number, v4: boolean): Ip {
  return v4 ? ipAt(raw, at + 4) : ipAt(raw, at + 8, 16);
}

/** The device that is meant. @returns its index, or 0 */
function deviceOf(socket: InetSocket, { index, address }: Request): number {
  if (index !== 0) return index === LOOPBACK_INDEX ? index : 0;
  if (isAny(address)) return 0;
  return socket.stack.device.isLocal(address) ? LOOPBACK_INDEX : 0;
}

/** A group is joined or left. */
function change4(socket: InetSocket, name: number, r: Request): number {
  if (name === inet.IP_DROP_MEMBERSHIP || name === inet.MCAST_LEAVE_GROUP) {
    if (deviceOf(socket, r) === 0) return -ENODEV;
    return leave(socket, r.group);
  }
  if (!isMulticast(r.group)) return -EINVAL;
  if (deviceOf(socket, r) === 0) return -ENODEV;
  switch (name) {
    case inet.IP_ADD_MEMBERSHIP:
    case inet.MCAST_JOIN_GROUP:
      return join(socket, r.group, false);
    case inet.IP_ADD_SOURCE_MEMBERSHIP:
    case inet.MCAST_JOIN_SOURCE_GROUP: {
      const joined = join(socket, r.group, true);
      if (joined < 0 && joined !== -EADDRINUSE) return joined;
      return changeSource(socket, r.group, r.source, true, true);
    }
    case inet.IP_DROP_SOURCE_MEMBERSHIP:
    case inet.MCAST_LEAVE_SOURCE_GROUP:
      return changeSource(socket, r.group, r.source, true, false);
    case inet.IP_BLOCK_SOURCE:
    case inet.MCAST_BLOCK_SOURCE:
      return changeSource(socket, r.group, r.source, false, true);
    default:
      return changeSource(socket, r.group, r.source, false, false);
  }
}

/** struct ip_mreq or ip_mreqn. */
function parseMreq(raw: Buffer): Request | undefined {
  if (raw.length < inet.IP_MREQ_SIZE) return undefined;
  const index = raw.length >= inet.IP_MREQN_SIZE ? raw.readInt32LE(8) : 0;
  return { group: ipAt(raw, 0), address: ipAt(raw, 4), index, source: ANY4 };
}
/** struct ip_mreq_source. */
function parseMreqSource(raw: Buffer): Request | undefined {
  if (raw.length !== inet.IP_MREQ_SOURCE_SIZE) return undefined;
  return { group: ipAt(raw, 0), address: ipAt(raw, 4), index: 0, source: ipAt(raw, 8) };
}
/** struct group_req or group_source_req. */
function parseGroup(raw: Buffer, v4: boolean, withSource: boolean): Request | undefined {
  const size = withSource ? inet.GROUP_SOURCE_REQ_SIZE : inet.GROUP_REQ_SIZE;
  if (raw.length < size) return undefined;
  return {
    group: storedIp(raw, inet.GROUP_REQ_GROUP, v4),
    address: ANY4,
    index: raw.readUInt32LE(0),
    source: withSource ? storedIp(raw, inet.GROUP_SOURCE_REQ_SOURCE, v4) : ANY4,
  };
}

function parse(name: number, raw: Buffer, v4: boolean): Request | undefined {
  switch (name) {
    case inet.IP_ADD_MEMBERSHIP:
    case inet.IP_DROP_MEMBERSHIP:
      return parseMreq(raw);
    case inet.MCAST_JOIN_GROUP:
    case inet.MCAST_LEAVE_GROUP:
      return parseGroup(raw, v4, false);
    case inet.MCAST_JOIN_SOURCE_GROUP:
    case inet.MCAST_LEAVE_SOURCE_GROUP:
    case inet.MCAST_BLOCK_SOURCE:
    case inet.MCAST_UNBLOCK_SOURCE:
      return parseGroup(raw, v4, true);
    default:
      return parseMreqSource(raw);
  }
}

const NAMES4 = new Set([
  inet.IP_ADD_MEMBERSHIP,
  inet.IP_DROP_MEMBERSHIP,
  inet.IP_ADD_SOURCE_MEMBERSHIP,
  inet.IP_DROP_SOURCE_MEMBERSHIP,
  inet.IP_BLOCK_SOURCE,
  inet.IP_UNBLOCK_SOURCE,
  inet.MCAST_JOIN_GROUP,
  inet.MCAST_LEAVE_GROUP,
  inet.MCAST_JOIN_SOURCE_GROUP,
  inet.MCAST_LEAVE_SOURCE_GROUP,
  inet.MCAST_BLOCK_SOURCE,
  inet.MCAST_UNBLOCK_SOURCE,
]);

/**
 * setsockopt(2) about groups.
 * @returns undefined for another option; -EPROTO on streams, -EINVAL, -ENODEV, -EADDRINUSE, -EADDRNOTAVAIL, -ENOBUFS
 */
export function setGroupOption(
  socket: InetSocket,
  level: number,
  name: number,
  value: Uint8Array,
): number | undefined {
  const raw = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (level === inet.IPPROTO_IP) {
    if (!NAMES4.has(name)) return name === inet.IP_MULTICAST_IF ? setInterface4(socket, raw) : undefined;
    if (socket.type === SOCK_STREAM && NEEDS_DATAGRAMS.has(name)) return -EPROTO;
    const request = parse(name, raw, true);
    return request === undefined ? -EINVAL : change4(socket, name, request);
  }
  if (name === inet.IPV6_MULTICAST_IF) return setInterface6(socket, raw);
  if (name === inet.IPV6_ADD_MEMBERSHIP || name === inet.IPV6_DROP_MEMBERSHIP) {
    if (socket.type === SOCK_STREAM) return -EPROTO;
    if (raw.length < inet.IPV6_MREQ_SIZE) return -EINVAL;
    return change6(socket, name === inet.IPV6_ADD_MEMBERSHIP, ipAt(raw, 0, 16), raw.readInt32LE(16));
  }
  if (name === inet.MCAST_JOIN_GROUP || name === inet.MCAST_LEAVE_GROUP) {
    const request = parseGroup(raw, false, false);
    if (request === undefined) return -EINVAL;
    return change6(socket, name === inet.MCAST_JOIN_GROUP, request.group, request.index);
  }
  return undefined;
}

const NEEDS_DATAGRAMS = new Set([inet.IP_ADD_MEMBERSHIP, inet.IP_DROP_MEMBERSHIP]);

function change6(socket: InetSocket, joins: boolean, group: Ip, index: number): number {
  if (joins && !isMulticast(group)) return -EINVAL;
  if (index !== LOOPBACK_INDEX) return -ENODEV;
  return joins ? join(socket, group, false) : leave(socket, group);
}

/** IP_MULTICAST_IF: an address, an ip_mreq or an ip_mreqn. */
function setInterface4(socket: InetSocket, raw: Buffer): number {
  if (socket.type === SOCK_STREAM) return -EINVAL;
  if (raw.length < 4) return -EINVAL;
  const index = raw.length >= inet.IP_MREQN_SIZE ? raw.readInt32LE(8) : 0;
  const address = ipAt(raw, raw.length >= inet.IP_MREQ_SIZE ? 4 : 0);
  if (index === 0 && isAny(address)) {
    socket.multicastFrom = { index: 0, address: ANY4 };
    return 0;
  }
  const found = deviceOf(socket, { group: ANY4, source: ANY4, index, address });
  if (found === 0) return -EADDRNOTAVAIL;
  socket.multicastFrom = { index: found, address };
  return 0;
}

function setInterface6(socket: InetSocket, raw: Buffer): number {
  if (socket.type === SOCK_STREAM) return -ENOPROTOOPT;
  if (raw.length < 4) return -EINVAL;
  const index = raw.readInt32LE(0);
  if (index !== 0 && index !== LOOPBACK_INDEX) return -ENODEV;
  socket.multicastIndex6 = index;
  return 0;
}
