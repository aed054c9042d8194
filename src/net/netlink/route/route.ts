/** Routes and rules of rtnetlink(7): those that follow from the device's addresses (net/ipv4/fib_frontend.c, net/ipv6/route.c). */

import { EINVAL, ENETUNREACH, ENOENT, EOPNOTSUPP } from '../../../abi/errno.js';
import { NETLINK_ROUTE, NLM_F_MULTI } from '../../../abi/netlink.js';
import * as rt from '../../../abi/rtnetlink.js';
import { AF_INET, AF_INET6 } from '../../../abi/socket.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { ANY4, ANY6, familyOf, type Ip, isAny, isV4 } from '../../inet/address.js';
import { LOOPBACK_INDEX, samePrefix } from '../../inet/device.js';
import { type LocalRoute, routesOf } from '../../inet/routes.js';
import { inetStack } from '../../inet/stack.js';
import { attributesOf, NetlinkMessage, type Request, strictAttributesOf, u32Of } from '../message.js';
import type { Answer } from '../protocol.js';
import { announce } from '../socket.js';
import { familiesOf, type RouteRequest } from './rtnetlink.js';

function header(r: LocalRoute, bits: number, flags: number, table = r.table): Buffer {
  const info = Buffer.alloc(rt.RTMSG_SIZE);
  info.set([familyOf(r.dst), bits, 0, 0, table, r.protocol, r.scope, r.type]);
  info.writeUInt32LE(flags, 8);
  return info;
}

/** IPv6 says more of each route: its metric, that nobody has used it, and that it is of medium preference. */
function describe(r: LocalRoute, flags: number, table = r.table, type = rt.RTM_NEWROUTE): NetlinkMessage {
  const m = new NetlinkMessage(type, flags, header(r, r.bits, 0, table)).attr(rt.RTA_TABLE, table);
  if (r.bits > 0) m.address(rt.RTA_DST, r.dst);
  if (isV4(r.dst)) return m.address(rt.RTA_PREFSRC, r.source).attr(rt.RTA_OIF, LOOPBACK_INDEX);
  return m
    .attr(rt.RTA_PRIORITY, r.metric)
    .attr(rt.RTA_OIF, LOOPBACK_INDEX)
    .attr(rt.RTA_CACHEINFO, Buffer.alloc(rt.RTA_CACHEINFO_SIZE))
    .attr(rt.RTA_PREF, Buffer.of(0));
}

/** Makes a change to the device's addresses, and tells who listens of the routes that came or went with it. */
export function changeRoutes(kernel: Kernel, change: () => void): void {
  const { device } = inetStack(kernel);
  const before = routesOf(device);
  change();
  const after = routesOf(device);
  const tell = (r: LocalRoute, type: number): void => {
    const group = isV4(r.dst) ? rt.RTNLGRP_IPV4_ROUTE : rt.RTNLGRP_IPV6_ROUTE;
    announce(kernel, NETLINK_ROUTE, group, describe(r, 0, r.table, type));
  };
  const same = (a: LocalRoute) => (b: LocalRoute) =>
    a.dst === b.dst && a.bits === b.bits && a.table === b.table;
  for (const r of after) if (!before.some(same(r))) tell(r, rt.RTM_NEWROUTE);
  for (const r of before) if (!after.some(same(r))) tell(r, rt.RTM_DELROUTE);
}

interface Filter {
  readonly table: number;
  readonly oif: number;
  readonly protocol: number;
  readonly type: number;
}

/** What a strict sender wants to see. @returns undefined for a malformed request */
function readFilter(request: Request): Filter | undefined {
  const { body } = request;
  const attributes = strictAttributesOf(request, rt.RTMSG_SIZE);
  if (body.length < rt.RTMSG_SIZE || attributes === undefined) return undefined;
  // Lengths of prefixes, the type of service and the scope are no filters.
  if (body[1] !== 0 || body[2] !== 0 || body[3] !== 0 || body[6] !== 0) return undefined;
  return {
    table: u32Of(attributes, rt.RTA_TABLE) ?? body[4] ?? 0,
    oif: u32Of(attributes, rt.RTA_OIF) ?? 0,
    protocol: body[5] ?? 0,
    type: body[7] ?? 0,
  };
}

const EVERYTHING: Filter = { table: 0, oif: 0, protocol: 0, type: 0 };
const TABLES = [rt.RT_TABLE_UNSPEC, rt.RT_TABLE_MAIN, rt.RT_TABLE_LOCAL];

export function dumpRoutes({ stack, request, family, sender }: RouteRequest): Answer {
  const filter = sender.strict ? readFilter(request) : EVERYTHING;
  if (filter === undefined) {
    return { dump: [], result: { error: -EINVAL, message: 'Malformed request for routes' } };
  }
  if (!TABLES.includes(filter.table)) {
    const named = family === AF_INET || family === AF_INET6;
    return { dump: [], result: named ? { error: -ENOENT, message: 'There is no such table' } : 0 };
  }
  const fits = (value: number, wanted: number): boolean => wanted === 0 || value === wanted;
  const wanted = familiesOf(family).flatMap((f) =>
    routesOf(stack.device).filter(
      (r) =>
        familyOf(r.dst) === f &&
        fits(r.table, filter.table) &&
        fits(r.protocol, filter.protocol) &&
        fits(r.type, filter.type) &&
        fits(LOOPBACK_INDEX, filter.oif),
    ),
  );
  return { dump: wanted.map((r) => describe(r, NLM_F_MULTI)), doneApart: wanted.length > 0 };
}

/** The route to one address (ip route get). */
export function getRoute({ stack, request, family, sender }: RouteRequest): Answer {
  if (family !== AF_INET && family !== AF_INET6) return -EOPNOTSUPP;
  if (request.body.length < rt.RTMSG_SIZE) return -EINVAL;
  const attributes = attributesOf(request, rt.RTMSG_SIZE);
  const size = family === AF_INET ? 4 : 16;
  const given = attributes.get(rt.RTA_DST);
  if (given !== undefined && given.length < size) return -EINVAL;
  const dst = given?.toString('latin1', 0, size) ?? (family === AF_INET ? ANY4 : ANY6);
  const oif = u32Of(attributes, rt.RTA_OIF) ?? 0;
  // Without a destination it is the device itself that is looked for.
  const to = isAny(dst) && family === AF_INET ? '\x7f\0\0\x01' : dst;
  const source = stack.device.sourceFor(to);
  if (source === undefined || (oif !== 0 && oif !== LOOPBACK_INDEX)) return -ENETUNREACH;
  if (family === AF_INET && (request.body.readUInt32LE(8) & rt.RTM_F_FIB_MATCH) !== 0) {
    // The narrowest comes last.
    const match = routesOf(stack.device).findLast((r) => samePrefix(r.dst, to, r.bits));
    if (match !== undefined) return describe(match, 0, rt.RT_TABLE_MAIN);
  }
  return family === AF_INET ? found4(dst, source, sender.task.cred.euid) : found6(dst, source);
}

/** IPv4 has local and main routes in one table until a rule tells them apart, and calls it main. */
function found4(dst: Ip, source: Ip, uid: number): NetlinkMessage {
  const cache = Buffer.alloc(rt.RTA_CACHEINFO_SIZE);
  cache.writeUInt32LE(1);
  const r = {
    dst,
    bits: 32,
    table: rt.RT_TABLE_MAIN,
    scope: 0,
    type: rt.RTN_LOCAL,
    protocol: 0,
    source,
    metric: 0,
  };
  return new NetlinkMessage(rt.RTM_NEWROUTE, 0, header(r, 32, rt.RTCF_LOCAL + rt.RTM_F_CLONED))
    .attr(rt.RTA_TABLE, rt.RT_TABLE_MAIN)
    .address(rt.RTA_DST, dst)
    .attr(rt.RTA_OIF, LOOPBACK_INDEX)
    .address(rt.RTA_PREFSRC, source)
    .attr(rt.RTA_UID, uid)
    .attr(rt.RTA_CACHEINFO, cache);
}

function found6(dst: Ip, source: Ip): NetlinkMessage {
  const cache = Buffer.alloc(rt.RTA_CACHEINFO_SIZE);
  cache.writeUInt32LE(1);
  const table = rt.RT_TABLE_LOCAL;
  const r = {
    dst,
    bits: 128,
    table,
    scope: 0,
    type: rt.RTN_LOCAL,
    protocol: rt.RTPROT_KERNEL,
    source,
    metric: 0,
  };
  const info = header(r, 128, 0);
  // It was looked up for messages from any address.
  info[2] = 128;
  return new NetlinkMessage(rt.RTM_NEWROUTE, 0, info)
    .attr(rt.RTA_TABLE, table)
    .address(rt.RTA_DST, dst)
    .address(rt.RTA_SRC, ANY6)
    .address(rt.RTA_PREFSRC, source)
    .attr(rt.RTA_PRIORITY, 0)
    .attr(rt.RTA_OIF, LOOPBACK_INDEX)
    .attr(rt.RTA_CACHEINFO, cache)
    .attr(rt.RTA_PREF, Buffer.of(0));
}

/** Local addresses first, then the main table, and for IPv4 one that nobody fills. */
const RULES: readonly { table: number; priority: number }[] = [
  { table: rt.RT_TABLE_LOCAL, priority: 0 },
  { table: rt.RT_TABLE_MAIN, priority: 32766 },
  { table: rt.RT_TABLE_DEFAULT, priority: 32767 },
];

export function dumpRules({ family }: RouteRequest): Answer {
  const rules = familiesOf(family).flatMap((f) =>
    RULES.filter((r) => f === AF_INET || r.table !== rt.RT_TABLE_DEFAULT).map((r) => {
      const info = Buffer.alloc(rt.RTMSG_SIZE);
      info.set([f, 0, 0, 0, r.table, 0, 0, rt.FR_ACT_TO_TBL]);
      const m = new NetlinkMessage(rt.RTM_NEWRULE, NLM_F_MULTI, info)
        .attr(rt.FRA_TABLE, r.table)
        .attr(rt.FRA_SUPPRESS_PREFIXLEN, 0xffffffff)
        .attr(rt.FRA_PROTOCOL, Buffer.of(rt.RTPROT_KERNEL));
      return r.priority === 0 ? m : m.attr(rt.FRA_PRIORITY, r.priority);
    }),
  );
  return { dump: rules };
}
