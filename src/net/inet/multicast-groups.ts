/** The multicast groups of the loopback device, for /proc/net/igmp and rtnetlink: those of its own, and those that sockets have joined. */

import type { Ip } from './address.js';
import type { InetStack } from './stack.js';

export interface JoinedGroup {
  readonly ip: Ip;
  /** How many have joined. */
  readonly users: number;
}

const ALL_HOSTS4: Ip = '\xe0\0\0\x01';
function allNodes6(scope: number): Ip {
  return `\xff${String.fromCharCode(scope)}${'\0'.repeat(13)}\x01`;
}
/** 224.0.0.1; all nodes of the link and of the device. */
const OWN: readonly Ip[] = [ALL_HOSTS4, allNodes6(2), allNodes6(1)];

/** The newest first; the device's own last. */
export function joinedGroups(stack: InetStack): JoinedGroup[] {
  const joined = [...stack.groups]
    .filter(([ip]) => !OWN.includes(ip))
    .map(([ip, members]) => ({ ip, users: members.size }));
  const own = OWN.map((ip) => ({ ip, users: 1 + (stack.groups.get(ip)?.size ?? 0) }));
  return [...joined.reverse(), ...own];
}
