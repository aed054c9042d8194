/** Netlink sockets for ss(8) (net/netlink/diag.c). */

import { EINVAL, ENOENT } from '../../../abi/errno.js';
import {
  NETLINK_LIST_MEMBERSHIPS,
  NETLINK_PROTOCOLS,
  NLM_F_MULTI,
  SOL_NETLINK,
} from '../../../abi/netlink.js';
import * as diag from '../../../abi/sock-diag.js';
import { AF_NETLINK, SOCK_DGRAM } from '../../../abi/socket.js';
import { NetlinkMessage } from '../message.js';
import { getNetlinkOption } from '../options.js';
import { netlinkTables } from '../ports.js';
import type { Answer } from '../protocol.js';
import { netlinkProtocols } from '../protocols.js';
import type { NetlinkSocket } from '../socket.js';
import { memoryInfo } from './memory.js';
import type { DiagRequest } from './sock-diag.js';

/** NETLINK_UNCONNECTED, NETLINK_CONNECTED. */
const UNCONNECTED = 0;
const CONNECTED = 1;

function describe(s: NetlinkSocket, show: number): NetlinkMessage {
  const b = Buffer.alloc(diag.NETLINK_DIAG_MSG_SIZE);
  b.set([AF_NETLINK, s.type, s.protocol, s.peerPort === 0 && s.peerGroup === 0 ? UNCONNECTED : CONNECTED]);
  for (const [i, n] of [s.port, s.peerPort, s.peerGroup, s.inode.ino, s.inode.ino].entries()) {
    b.writeUInt32LE(n >>> 0, 4 + 4 * i);
  }
  const m = new NetlinkMessage(diag.SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, b);
  if ((show & diag.NDIAG_SHOW_GROUPS) !== 0 && s.netlink.groups.size > 0) {
    const groups = getNetlinkOption(s, SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, 0);
    if (typeof groups !== 'number') m.attr(diag.NETLINK_DIAG_GROUPS, Buffer.from(groups));
  }
  if ((show & diag.NDIAG_SHOW_MEMINFO) !== 0) {
    m.attr(diag.NETLINK_DIAG_MEMINFO, memoryInfo(s.options, s.queued, 0));
  }
  if ((show & diag.NDIAG_SHOW_FLAGS) !== 0) {
    m.attr(diag.NETLINK_DIAG_FLAGS, s.dumping ? diag.NDIAG_FLAG_CB_RUNNING : 0);
  }
  return m;
}

/** The kernel's own socket of a protocol: at port 0, and no program's. */
function describeKernel(protocol: number): NetlinkMessage {
  const b = Buffer.alloc(diag.NETLINK_DIAG_MSG_SIZE);
  b.set([AF_NETLINK, SOCK_DGRAM, protocol, UNCONNECTED]);
  return new NetlinkMessage(diag.SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, b);
}

export function netlinkDiag({ kernel, request, dump: all }: DiagRequest): Answer {
  const { body } = request;
  if (body.length < diag.NETLINK_DIAG_REQ_SIZE || !all) return -EINVAL;
  const wanted = body[1] ?? 0;
  if (wanted !== diag.NDIAG_PROTO_ALL && wanted >= NETLINK_PROTOCOLS) return { dump: [], result: -ENOENT };
  const show = body.readUInt32LE(8);
  const tables = netlinkTables(kernel);
  const dump = [...netlinkProtocols]
    .filter(([n]) => wanted === diag.NDIAG_PROTO_ALL || n === wanted)
    .flatMap(([n, { answer }]) => [
      ...(answer === undefined ? [] : [describeKernel(n)]),
      ...[...(tables.get(n)?.sockets ?? [])].map((s) => describe(s, show)),
    ]);
  return { dump, doneApart: true };
}
