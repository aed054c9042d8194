/** The protocol NETLINK_ROUTE (rtnetlink(7), net/core/rtnetlink.c): who answers which request. */

import { EOPNOTSUPP, EPERM } from '../../../abi/errno.js';
import { NLM_F_DUMP } from '../../../abi/netlink.js';
import * as rt from '../../../abi/rtnetlink.js';
import { CAP_NET_ADMIN } from '../../../abi/sched.js';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../../abi/socket.js';
import { capable } from '../../../kernel/cred.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { askHostRoute } from '../../host/netlink.js';
import { hostNetwork } from '../../host/network.js';
import { type InetStack, inetStack } from '../../inet/stack.js';
import type { Request } from '../message.js';
import type { Answer, NetlinkProtocol, Sender } from '../protocol.js';
import { changeAddress, dumpAddresses, getAddress } from './address.js';
import { changeLink, dumpLinks, getLink } from './link.js';
import { dumpMulticast, dumpNetconf, dumpQdiscs } from './others.js';
import { dumpRoutes, dumpRules, getRoute } from './route.js';

/** What a handler is given. */
export interface RouteRequest {
  readonly kernel: Kernel;
  readonly stack: InetStack;
  readonly request: Request;
  /** First byte of every request: AF_*. */
  readonly family: number;
  readonly sender: Sender;
}

type Handler = (r: RouteRequest) => Answer;

const nothing: Handler = () => ({ dump: [] });
/** For tables that IPv4 does not have. */
const nothing6: Handler = (r) => (r.family === AF_INET ? -EOPNOTSUPP : { dump: [] });

const DUMPS = new Map<number, Handler>([
  [rt.RTM_GETLINK, dumpLinks],
  [rt.RTM_GETADDR, dumpAddresses],
  [rt.RTM_GETROUTE, dumpRoutes],
  [rt.RTM_GETRULE, dumpRules],
  [rt.RTM_GETQDISC, dumpQdiscs],
  [rt.RTM_GETNETCONF, dumpNetconf],
  [rt.RTM_GETMULTICAST, dumpMulticast],
  // There are neighbours and classes only where there are networks beyond the device.
  [rt.RTM_GETNEIGH, nothing],
  [rt.RTM_GETNEIGHTBL, nothing],
  [rt.RTM_GETTCLASS, nothing],
  [rt.RTM_GETTFILTER, nothing],
  [rt.RTM_GETNSID, nothing],
  [rt.RTM_GETNEXTHOP, nothing],
  [rt.RTM_GETANYCAST, nothing6],
]);

const SINGLE = new Map<number, Handler>([
  [rt.RTM_GETLINK, getLink],
  [rt.RTM_GETADDR, getAddress],
  [rt.RTM_GETROUTE, getRoute],
  [rt.RTM_NEWLINK, changeLink],
  [rt.RTM_SETLINK, changeLink],
  [rt.RTM_DELLINK, changeLink],
  [rt.RTM_NEWADDR, changeAddress],
  [rt.RTM_DELADDR, changeAddress],
]);

function answer(kernel: Kernel, request: Request, sender: Sender): Answer {
  const { type } = request;
  if (type > rt.RTM_MAX) return -EOPNOTSUPP;
  // Shorter than its first field, which names the family: nobody feels addressed.
  if (request.body.length < 1) return 'ignored';
  const get = (type & rt.RTM_KIND_MASK) === rt.RTM_KIND_GET;
  if (!get && !capable(sender.task.cred, CAP_NET_ADMIN)) return -EPERM;
  const network = hostNetwork(kernel);
  if (network !== undefined) return get ? askHostRoute(network, request) : -EPERM;
  const handler = (get && (request.flags & NLM_F_DUMP) !== 0 ? DUMPS : SINGLE).get(type);
  const family = request.body[0] ?? AF_UNSPEC;
  return handler?.({ kernel, stack: inetStack(kernel), request, family, sender }) ?? -EOPNOTSUPP;
}

/** Families that a request of this family is about: all, if it is of none or of one that has no tables. */
export function familiesOf(family: number): readonly number[] {
  return family === AF_INET || family === AF_INET6 ? [family] : [AF_INET, AF_INET6];
}

export const rtnetlink: NetlinkProtocol = {
  groups: rt.RTNLGRP_MAX,
  everybodyListens: true,
  everybodySends: false,
  answer,
};
