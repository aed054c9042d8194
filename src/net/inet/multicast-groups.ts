/** The multicast groups of the loopback device, for /proc/net/igmp and rtnetlink: those that every device is in. */

import type { Kernel } from '../../kernel/kernel.js';
import type { Ip } from './address.js';

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
export function joinedGroups(_kernel: Kernel): JoinedGroup[] {
  return [ALL_HOSTS4, allNodes6(2), allNodes6(1)].map((ip) => ({ ip, users: 1 }));
}
