/** Ancillary data as the host has it (cmsg(3)): out of received messages, and into those to be sent. */

import { EINVAL, ENOBUFS } from '../../abi/errno.js';
import {
  IP_PKTINFO,
  IP_TOS,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_UDP,
  IPV6_DONTFRAG,
  IPV6_HOPLIMIT,
  IPV6_PKTINFO,
  IPV6_TCLASS,
  UDP_SEGMENT,
} from '../../abi/inet.js';
import { CMSGHDR_SIZE, cmsgAlign } from '../../abi/structs-ipc.js';
import { SOCK_CONTROL, SOCK_CONTROL_ROOM } from '../../platform/native.js';
import type { ControlItem } from '../socket.js';

/** What a guest may say beside the bytes. Options of packets and routing headers are not among it. */
const SENDABLE = new Map<number, ReadonlySet<number>>([
  [IPPROTO_IP, new Set([IP_PKTINFO, IP_TOS, IP_TTL])],
  [IPPROTO_IPV6, new Set([IPV6_PKTINFO, IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_DONTFRAG])],
  [IPPROTO_UDP, new Set([UDP_SEGMENT])],
]);

/** Writes items into the staging area. @returns bytes, -EINVAL for what may not be sent, -ENOBUFS for too much */
export function stageControl(scratch: ArrayBuffer, items: readonly ControlItem[]): number {
  let used = 0;
  for (const { level, type, data } of items) {
    const types = SENDABLE.get(level);
    // What is another protocol's nobody looks at.
    if (types === undefined) continue;
    if (!types.has(type)) return -EINVAL;
    const size = CMSGHDR_SIZE + data.length;
    if (used + cmsgAlign(size) > SOCK_CONTROL_ROOM) return -ENOBUFS;
    const dv = new DataView(scratch, SOCK_CONTROL + used, cmsgAlign(size));
    dv.setBigUint64(0, BigInt(size), true);
    dv.setInt32(8, level, true);
    dv.setInt32(12, type, true);
    new Uint8Array(scratch, SOCK_CONTROL + used + CMSGHDR_SIZE, data.length).set(data);
    used += cmsgAlign(size);
  }
  return used;
}

/** Copies what came with a message out of the staging area. @param len bytes there */
export function readControl(scratch: ArrayBuffer, len: number): ControlItem[] | undefined {
  if (len < CMSGHDR_SIZE) return undefined;
  const dv = new DataView(scratch, SOCK_CONTROL, Math.min(len, SOCK_CONTROL_ROOM));
  const items: ControlItem[] = [];
  for (let off = 0; off + CMSGHDR_SIZE <= dv.byteLength; ) {
    const size = Number(dv.getBigUint64(off, true));
    if (size < CMSGHDR_SIZE || size > dv.byteLength - off) break;
    const data = new Uint8Array(scratch, SOCK_CONTROL + off + CMSGHDR_SIZE, size - CMSGHDR_SIZE).slice();
    items.push({ level: dv.getInt32(off + 8, true), type: dv.getInt32(off + 12, true), data });
    off += cmsgAlign(size);
  }
  return items;
}
