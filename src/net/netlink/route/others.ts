/** What else rtnetlink(7) lists: queueing disciplines, settings, multicast groups. */

import { EINVAL } from '../../../abi/errno.js';
import { NLM_F_MULTI } from '../../../abi/netlink.js';
import * as rt from '../../../abi/rtnetlink.js';
import { AF_INET, AF_INET6 } from '../../../abi/socket.js';
import { familyOf } from '../../inet/address.js';
import { LOOPBACK_INDEX } from '../../inet/device.js';
import { joinedGroups } from '../../inet/multicast-groups.js';
import { attribute, NetlinkMessage, u32 } from '../message.js';
import type { Answer } from '../protocol.js';
import { familiesOf, type RouteRequest } from './rtnetlink.js';

/** TC_H_ROOT. */
const ROOT = 0xffffffff;
/** struct gnet_stats_basic, gnet_stats_queue, tc_stats: nothing is ever queued. */
const BASIC_SIZE = 16;
const QUEUE_SIZE = 20;
const STATS_SIZE = 40;

/** The device queues nothing. */
export function dumpQdiscs({ request }: RouteRequest): Answer {
  if (request.body.length < rt.TCMSG_SIZE) return -EINVAL;
  const index = request.body.readInt32LE(4);
  if (index !== 0 && index !== LOOPBACK_INDEX) return { dump: [] };
  const info = Buffer.alloc(rt.TCMSG_SIZE);
  info.writeInt32LE(LOOPBACK_INDEX, 4);
  info.writeUInt32LE(ROOT, 12);
  // tcm_info: how many refer to it.
  info.writeUInt32LE(2, 16);
  const stats = Buffer.concat([
    attribute(rt.TCA_STATS_BASIC, Buffer.alloc(BASIC_SIZE)),
    attribute(rt.TCA_STATS_QUEUE, Buffer.alloc(QUEUE_SIZE)),
  ]);
  const m = new NetlinkMessage(rt.RTM_NEWQDISC, NLM_F_MULTI, info)
    .attr(rt.TCA_KIND, 'noqueue')
    .attr(rt.TCA_HW_OFFLOAD, Buffer.of(0))
    .attr(rt.TCA_STATS2, stats)
    .attr(rt.TCA_STATS, Buffer.alloc(STATS_SIZE));
  return { dump: [m], doneApart: true };
}

/** Of the device, of all, and what new devices would have: nothing is forwarded. */
const CONF_INDEXES = [LOOPBACK_INDEX, -1, -2];
const CONF4 = [
  rt.NETCONFA_FORWARDING,
  rt.NETCONFA_RP_FILTER,
  rt.NETCONFA_MC_FORWARDING,
  rt.NETCONFA_BC_FORWARDING,
  rt.NETCONFA_PROXY_NEIGH,
  rt.NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN,
];
const CONF6 = [
  rt.NETCONFA_FORWARDING,
  rt.NETCONFA_MC_FORWARDING,
  rt.NETCONFA_PROXY_NEIGH,
  rt.NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN,
];

export function dumpNetconf({ family }: RouteRequest): Answer {
  const messages = familiesOf(family).flatMap((f) =>
    CONF_INDEXES.map((index) => {
      const m = new NetlinkMessage(rt.RTM_NEWNETCONF, NLM_F_MULTI, Buffer.of(f));
      m.attr(rt.NETCONFA_IFINDEX, index);
      for (const name of f === AF_INET ? CONF4 : CONF6) m.attr(name, 0);
      return m;
    }),
  );
  return { dump: messages };
}

/** Groups that the device itself has joined (ip maddr). */
export function dumpMulticast({ stack, family }: RouteRequest): Answer {
  const wanted = family === AF_INET6 ? AF_INET6 : AF_INET;
  const messages = joinedGroups(stack)
    .filter((g) => familyOf(g.ip) === wanted)
    .map(({ ip }) => {
      const info = Buffer.alloc(rt.IFADDRMSG_SIZE);
      info.set([wanted, wanted === AF_INET ? 32 : 128, rt.IFA_F_PERMANENT, rt.RT_SCOPE_UNIVERSE]);
      info.writeUInt32LE(LOOPBACK_INDEX, 4);
      const forever = u32(rt.INFINITY_LIFE_TIME);
      return new NetlinkMessage(rt.RTM_GETMULTICAST, NLM_F_MULTI, info)
        .address(rt.IFA_MULTICAST, ip)
        .attr(rt.IFA_CACHEINFO, Buffer.concat([forever, forever, u32(0), u32(0)]));
    });
  return { dump: messages };
}
