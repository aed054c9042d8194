/**
 * Questions of guests about the host's interfaces, routes and sockets (rtnetlink(7), sock_diag(7)). The host is not given a guest's
 * message but one made anew, of the parts that are understood; programs filter answers by the rest themselves.
 */

import { EINVAL, EOPNOTSUPP } from '../../abi/errno.js';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../abi/inet.js';
import * as nl from '../../abi/netlink.js';
import * as rt from '../../abi/rtnetlink.js';
import { INET_DIAG_MSG_SIZE, INET_DIAG_REQ_SIZE, SOCK_DIAG_BY_FAMILY } from '../../abi/sock-diag.js';
import { attributesOf, NetlinkMessage, type Request, requests } from '../netlink/message.js';
import type { Answer } from '../netlink/protocol.js';
import type { HostNetwork } from './network.js';

/** The longest answer, bytes: a table of routes with more has no place here. */
const MOST = 1 << 20;
/** NLMSG_DONE, with its result. */
const DONE_SIZE = nl.NLMSGHDR_SIZE + 4;
/** Names of interfaces (IFNAMSIZ, ALTIFNAMSIZ) and addresses are no longer than this. */
const LONGEST_ATTRIBUTE = 128;

/** What may be asked: size of the fixed part, and the attributes that count. */
const QUESTIONS = new Map<number, { readonly fixed: number; readonly attributes: readonly number[] }>([
  [
    rt.RTM_GETLINK,
    { fixed: rt.IFINFOMSG_SIZE, attributes: [rt.IFLA_IFNAME, rt.IFLA_ALT_IFNAME, rt.IFLA_EXT_MASK] },
  ],
  [rt.RTM_GETADDR, { fixed: rt.IFADDRMSG_SIZE, attributes: [rt.IFA_ADDRESS, rt.IFA_LOCAL] }],
  [rt.RTM_GETROUTE, { fixed: rt.RTMSG_SIZE, attributes: [rt.RTA_DST, rt.RTA_SRC, rt.RTA_IIF, rt.RTA_OIF] }],
  [rt.RTM_GETNEIGH, { fixed: rt.NDMSG_SIZE, attributes: [rt.NDA_DST] }],
  [rt.RTM_GETRULE, { fixed: rt.RTMSG_SIZE, attributes: [] }],
  [rt.RTM_GETMULTICAST, { fixed: rt.IFADDRMSG_SIZE, attributes: [] }],
  [rt.RTM_GETANYCAST, { fixed: rt.IFADDRMSG_SIZE, attributes: [] }],
]);

/** Questions about interfaces, addresses and routes. */
export function askHostRoute(network: HostNetwork, request: Request): Answer {
  const question = QUESTIONS.get(request.type);
  if (question === undefined) return -EOPNOTSUPP;
  const fixed = Buffer.alloc(question.fixed);
  request.body.copy(fixed, 0, 0, question.fixed);
  const message = new NetlinkMessage(request.type, flagsOf(request), fixed);
  const dump = (request.flags & nl.NLM_F_DUMP) !== 0;
  const given = attributesOf(request, question.fixed);
  for (const type of dump ? [] : question.attributes) {
    const value = given.get(type);
    if (value !== undefined && value.length <= LONGEST_ATTRIBUTE) message.attr(type, value);
  }
  return ask(network, network.route, request, message);
}

/** Questions about TCP and UDP sockets: those of the whole network namespace. */
export function askHostSockets(network: HostNetwork, request: Request): Answer {
  if (request.body.length < INET_DIAG_REQ_SIZE) return -EINVAL;
  const protocol = request.body[1];
  if (protocol !== IPPROTO_TCP && protocol !== IPPROTO_UDP) return -EINVAL;
  const fixed = Buffer.from(request.body.subarray(0, INET_DIAG_REQ_SIZE));
  const answer = ask(
    network,
    network.diag,
    request,
    new NetlinkMessage(SOCK_DIAG_BY_FAMILY, flagsOf(request), fixed),
    (message) => renumber(network, message),
  );
  return answer;
}

/** The last of struct inet_diag_msg is the number of an inode: the host's, which is another inside. */
function renumber(network: HostNetwork, message: Request): void {
  const at = INET_DIAG_MSG_SIZE - 4;
  if (message.body.length < INET_DIAG_MSG_SIZE) return;
  message.body.writeUInt32LE(network.guestInodes().get(message.body.readUInt32LE(at)) ?? 0, at);
}

function flagsOf(request: Request): number {
  return nl.NLM_F_REQUEST | (request.flags & nl.NLM_F_DUMP);
}

function ask(
  network: HostNetwork,
  fd: number,
  request: Request,
  question: NetlinkMessage,
  change?: (message: Request) => void,
): Answer {
  const space = Buffer.alloc(MOST);
  const n = network.native.netlinkAsk(fd, question.encode(0, 0), space);
  if (n < 0) return n;
  const messages: NetlinkMessage[] = [];
  for (const message of requests(space.subarray(0, n))) {
    if (message.type === nl.NLMSG_DONE) break;
    if (message.type === nl.NLMSG_ERROR)
      return message.body.length < 4 ? -EINVAL : message.body.readInt32LE(0);
    change?.(message);
    messages.push(new NetlinkMessage(message.type, message.flags, Buffer.from(message.body)));
  }
  if ((request.flags & nl.NLM_F_DUMP) !== 0)
    return { dump: messages, doneApart: network.meta[0] === DONE_SIZE };
  return messages[0] ?? 0;
}
