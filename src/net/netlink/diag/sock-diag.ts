/** The protocol NETLINK_SOCK_DIAG (sock_diag(7), net/core/sock_diag.c): which family answers. */

import { EINVAL, ENOENT, EPERM } from '../../../abi/errno.js';
import { NLM_F_DUMP } from '../../../abi/netlink.js';
import { SOCK_DESTROY, SOCK_DIAG_BY_FAMILY } from '../../../abi/sock-diag.js';
import { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX } from '../../../abi/socket.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { askHostSockets } from '../../host/netlink.js';
import { hostNetwork } from '../../host/network.js';
import type { Request } from '../message.js';
import type { Answer, NetlinkProtocol, Sender } from '../protocol.js';
import { destroyInet, inetDiag } from './inet-diag.js';
import { netlinkDiag } from './netlink-diag.js';
import { unixDiag } from './unix-diag.js';

const GROUPS = 32;
const AF_MAX = 46;

export interface DiagRequest {
  readonly kernel: Kernel;
  readonly request: Request;
  readonly sender: Sender;
  readonly dump: boolean;
}

/** Packet sockets cannot be made here, so there are none. */
function packetDiag({ dump }: DiagRequest): Answer {
  return dump ? { dump: [] } : -EINVAL;
}

const FAMILIES = new Map<number, (r: DiagRequest) => Answer>([
  [AF_INET, inetDiag],
  [AF_INET6, inetDiag],
  [AF_UNIX, unixDiag],
  [AF_NETLINK, netlinkDiag],
  [AF_PACKET, packetDiag],
]);

function answer(kernel: Kernel, request: Request, sender: Sender): Answer {
  const { type, body } = request;
  if (type !== SOCK_DIAG_BY_FAMILY && type !== SOCK_DESTROY) return -EINVAL;
  // struct sock_diag_req: family and protocol.
  if (body.length < 2) return -EINVAL;
  const family = body[0] ?? 0;
  if (family >= AF_MAX) return -EINVAL;
  const dump = (request.flags & NLM_F_DUMP) !== 0;
  const r = { kernel, request, sender, dump };
  const network = hostNetwork(kernel);
  if (network !== undefined && (family === AF_INET || family === AF_INET6))
    return type === SOCK_DESTROY ? -EPERM : askHostSockets(network, request);
  if (type === SOCK_DESTROY) return family === AF_INET || family === AF_INET6 ? destroyInet(r) : -ENOENT;
  return FAMILIES.get(family)?.(r) ?? -ENOENT;
}

export const sockDiag: NetlinkProtocol = {
  groups: GROUPS,
  everybodyListens: true,
  everybodySends: false,
  answer,
};
