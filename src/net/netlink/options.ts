/** Options of level SOL_NETLINK (netlink(7)). */

import { EINVAL, ENOPROTOOPT, EPERM } from '../../abi/errno.js';
import * as nl from '../../abi/netlink.js';
import { CAP_NET_BROADCAST } from '../../abi/sched.js';
import { capable } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import { intBytes } from '../inet/socket.js';
import { u32 } from './message.js';
import type { NetlinkSocket } from './socket.js';

export class NetlinkOptions {
  /** Groups that the socket hears of, from 1. */
  readonly groups = new Set<number>();
  packetInfo = false;
  broadcastErrors = false;
  noErrors = false;
  allNamespaces = false;
  capped = false;
  extended = false;
  strict = false;
}

type Flag =
  | 'packetInfo'
  | 'broadcastErrors'
  | 'noErrors'
  | 'allNamespaces'
  | 'capped'
  | 'extended'
  | 'strict';

const FLAGS: Readonly<Record<number, Flag>> = {
  [nl.NETLINK_PKTINFO]: 'packetInfo',
  [nl.NETLINK_BROADCAST_ERROR]: 'broadcastErrors',
  [nl.NETLINK_NO_ENOBUFS]: 'noErrors',
  [nl.NETLINK_LISTEN_ALL_NSID]: 'allNamespaces',
  [nl.NETLINK_CAP_ACK]: 'capped',
  [nl.NETLINK_EXT_ACK]: 'extended',
  [nl.NETLINK_GET_STRICT_CHK]: 'strict',
};

/** @returns -ENOPROTOOPT, -EINVAL, -EPERM */
export function setNetlinkOption(
  socket: NetlinkSocket,
  task: Task,
  level: number,
  name: number,
  value: Uint8Array,
): number {
  if (level !== nl.SOL_NETLINK) return -ENOPROTOOPT;
  const { netlink } = socket;
  // What is too short to be a number counts as 0.
  const int = value.length >= 4 ? new DataView(value.buffer, value.byteOffset).getUint32(0, true) : 0;
  if (name === nl.NETLINK_ADD_MEMBERSHIP || name === nl.NETLINK_DROP_MEMBERSHIP) {
    if (!socket.mayListen(task)) return -EPERM;
    if (int < 1 || int > socket.rules.groups) return -EINVAL;
    if (name === nl.NETLINK_ADD_MEMBERSHIP) netlink.groups.add(int);
    else netlink.groups.delete(int);
    return 0;
  }
  const flag = FLAGS[name];
  if (flag === undefined) return -ENOPROTOOPT;
  if (name === nl.NETLINK_LISTEN_ALL_NSID && !capable(task.cred, CAP_NET_BROADCAST)) return -EPERM;
  netlink[flag] = int !== 0;
  return 0;
}

/** @returns the value's bytes, -ENOPROTOOPT, -EINVAL */
export function getNetlinkOption(
  socket: NetlinkSocket,
  level: number,
  name: number,
  room: number,
): Uint8Array | number {
  if (level !== nl.SOL_NETLINK) return -ENOPROTOOPT;
  const { netlink } = socket;
  if (name === nl.NETLINK_LIST_MEMBERSHIPS) {
    const words = Array.from({ length: Math.ceil(socket.rules.groups / 32) }, () => 0);
    for (const g of netlink.groups) words[(g - 1) >> 5] = (words[(g - 1) >> 5] ?? 0) | (1 << (g - 1));
    return Buffer.concat(words.map(u32));
  }
  const flag = FLAGS[name];
  if (flag === undefined) return -ENOPROTOOPT;
  return room < 4 ? -EINVAL : intBytes(Number(netlink[flag]));
}
