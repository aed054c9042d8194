/** Addresses that guests give to sockets of the host: decoded for the policy, as the host will read them. */

import {
  IP_ADD_MEMBERSHIP,
  IP_ADD_SOURCE_MEMBERSHIP,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_ADD_MEMBERSHIP,
  MCAST_JOIN_GROUP,
  MCAST_JOIN_SOURCE_GROUP,
} from '../../abi/inet.js';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../abi/socket.js';
import { familyIn, parseInetAddress } from '../inet/address.js';
import type { Peer } from './policy.js';

/** struct group_req, struct group_source_req: a socket address after the number of an interface. */
const GROUP_REQ_ADDRESS = 8;

/** @returns undefined for what is no internet address: the host refuses it, or takes it for none at all */
export function peerOf(raw: Uint8Array, protocol: Peer['protocol']): Peer | undefined {
  const family = familyIn(raw);
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const address = parseInetAddress(raw, family);
  if (typeof address === 'number') return undefined;
  return { protocol, ip: address.ip, port: address.port, scope: address.scope };
}

/** The address of a message or of bind(2) on a socket of `family`: AF_INET ones read addresses without a family as their own. */
export function addressed(raw: Uint8Array, family: number, protocol: Peer['protocol']): Peer | undefined {
  if (family !== AF_INET || familyIn(raw) !== AF_UNSPEC || raw.length < 2) return peerOf(raw, protocol);
  const named = Uint8Array.from(raw);
  named[0] = AF_INET;
  return peerOf(named, protocol);
}

/** The multicast group that an option joins, if it is one that does. */
export function joinedGroup(
  level: number,
  name: number,
  value: Uint8Array,
  protocol: Peer['protocol'],
): Peer | undefined {
  const bytes = (n: number): string => Buffer.from(value.subarray(0, n)).toString('latin1');
  if (level === IPPROTO_IP && (name === IP_ADD_MEMBERSHIP || name === IP_ADD_SOURCE_MEMBERSHIP))
    return { protocol, ip: bytes(4), port: 0, scope: 0 };
  if (level === IPPROTO_IPV6 && name === IPV6_ADD_MEMBERSHIP)
    return { protocol, ip: bytes(16), port: 0, scope: 0 };
  if (level !== IPPROTO_IP && level !== IPPROTO_IPV6) return undefined;
  if (name !== MCAST_JOIN_GROUP && name !== MCAST_JOIN_SOURCE_GROUP) return undefined;
  return peerOf(value.subarray(GROUP_REQ_ADDRESS), protocol);
}
