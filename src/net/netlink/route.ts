/** rtnetlink(7) about the loopback device: links, addresses and routes, as dumps or one by one. Nothing can be changed. */

import { EINVAL, ENETUNREACH, ENODEV, EOPNOTSUPP, EPERM } from '../../abi/errno.js';
import * as nl from '../../abi/netlink.js';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../abi/socket.js';
import { LOOPBACK_FLAGS, LOOPBACK_INDEX } from '../inet/interfaces.js';
import { NetlinkMessage, type Request, u32 } from './message.js';

/** ARPHRD_LOOPBACK. */
const ARPHRD_LOOPBACK = 772;
/** IFF_LOWER_UP, which ioctl(2) has no room for. */
const IFF_LOWER_UP = 0x10000;
const MTU = 65536;
const TX_QUEUE_LENGTH = 1000;
/** struct rtnl_link_stats and rtnl_link_stats64: all counters of a device that counts nothing. */
const STATS_SIZE = 96;
const STATS64_SIZE = 200;
const FOREVER = 0xffffffff;

const LOOP4 = Buffer.from([127, 0, 0, 1]);
const NET4 = Buffer.from([127, 0, 0, 0]);
const BROADCAST4 = Buffer.from([127, 255, 255, 255]);
const LOOP6 = Buffer.from([...new Array<number>(15).fill(0), 1]);

function link(flags: number): NetlinkMessage {
  const info = Buffer.alloc(16);
  info.writeUInt16LE(ARPHRD_LOOPBACK, 2);
  info.writeInt32LE(LOOPBACK_INDEX, 4);
  info.writeUInt32LE(LOOPBACK_FLAGS | IFF_LOWER_UP, 8);
  return new NetlinkMessage(nl.RTM_NEWLINK, flags, info)
    .attr(nl.IFLA_IFNAME, 'lo')
    .attr(nl.IFLA_TXQLEN, TX_QUEUE_LENGTH)
    .attr(nl.IFLA_OPERSTATE, Buffer.of(0))
    .attr(nl.IFLA_LINKMODE, Buffer.of(0))
    .attr(nl.IFLA_MTU, MTU)
    .attr(nl.IFLA_GROUP, 0)
    .attr(nl.IFLA_PROMISCUITY, 0)
    .attr(nl.IFLA_NUM_TX_QUEUES, 1)
    .attr(nl.IFLA_NUM_RX_QUEUES, 1)
    .attr(nl.IFLA_QDISC, 'noqueue')
    .attr(nl.IFLA_ADDRESS, Buffer.alloc(6))
    .attr(nl.IFLA_BROADCAST, Buffer.alloc(6))
    .attr(nl.IFLA_STATS64, Buffer.alloc(STATS64_SIZE))
    .attr(nl.IFLA_STATS, Buffer.alloc(STATS_SIZE));
}

function address(family: number): NetlinkMessage {
  const v4 = family === AF_INET;
  const info = Buffer.from([
    family,
    v4 ? 8 : 128,
    nl.IFA_F_PERMANENT,
    nl.RT_SCOPE_HOST,
    LOOPBACK_INDEX,
    0,
    0,
    0,
  ]);
  const cache = Buffer.concat([u32(FOREVER), u32(FOREVER), u32(0), u32(0)]);
  const m = new NetlinkMessage(nl.RTM_NEWADDR, nl.NLM_F_MULTI, info);
  m.attr(nl.IFA_ADDRESS, v4 ? LOOP4 : LOOP6);
  if (v4) m.attr(nl.IFA_LOCAL, LOOP4).attr(nl.IFA_LABEL, 'lo');
  return m.attr(nl.IFA_FLAGS, nl.IFA_F_PERMANENT).attr(nl.IFA_CACHEINFO, cache);
}

interface RouteSpec {
  readonly dst: Buffer;
  readonly bits: number;
  readonly table: number;
  readonly scope: number;
  readonly type: number;
}

const ROUTES: readonly RouteSpec[] = [
  { dst: NET4, bits: 8, table: nl.RT_TABLE_LOCAL, scope: nl.RT_SCOPE_HOST, type: nl.RTN_LOCAL },
  { dst: LOOP4, bits: 32, table: nl.RT_TABLE_LOCAL, scope: nl.RT_SCOPE_HOST, type: nl.RTN_LOCAL },
  { dst: BROADCAST4, bits: 32, table: nl.RT_TABLE_LOCAL, scope: nl.RT_SCOPE_LINK, type: nl.RTN_BROADCAST },
  { dst: LOOP6, bits: 128, table: nl.RT_TABLE_MAIN, scope: nl.RT_SCOPE_UNIVERSE, type: nl.RTN_UNICAST },
  { dst: LOOP6, bits: 128, table: nl.RT_TABLE_LOCAL, scope: nl.RT_SCOPE_UNIVERSE, type: nl.RTN_LOCAL },
];

function route(r: RouteSpec, flags: number): NetlinkMessage {
  const v4 = r.dst.length === 4;
  const info = Buffer.alloc(12);
  info.set([v4 ? AF_INET : AF_INET6, r.bits, 0, 0, r.table, nl.RTPROT_KERNEL, r.scope, r.type]);
  const m = new NetlinkMessage(nl.RTM_NEWROUTE, flags, info)
    .attr(nl.RTA_TABLE, r.table)
    .attr(nl.RTA_DST, r.dst);
  return (
    v4 ? m.attr(nl.RTA_PREFSRC, LOOP4) : m.attr(nl.RTA_PRIORITY, r.type === nl.RTN_LOCAL ? 0 : 256)
  ).attr(nl.RTA_OIF, LOOPBACK_INDEX);
}

/** Everything of a kind. @returns undefined for kinds that nobody can list here */
function dump(request: Request): NetlinkMessage[] | undefined {
  const family = request.body[0] ?? AF_UNSPEC;
  const of = (one: number): boolean => family === AF_UNSPEC || family === one;
  switch (request.type) {
    case nl.RTM_GETLINK:
      return [link(nl.NLM_F_MULTI)];
    case nl.RTM_GETADDR:
      return [AF_INET, AF_INET6].filter(of).map(address);
    case nl.RTM_GETROUTE:
      return ROUTES.filter((r) => of(r.dst.length === 4 ? AF_INET : AF_INET6)).map((r) =>
        route(r, nl.NLM_F_MULTI),
      );
    default:
      return undefined;
  }
}

/** The value of an attribute of a request, after its fixed part of `fixed` bytes. */
function attribute(request: Request, fixed: number, type: number): Buffer | undefined {
  const { body } = request;
  for (let off = fixed; off + 4 <= body.length; ) {
    const len = body.readUInt16LE(off);
    if (len < 4 || len > body.length - off) return undefined;
    if ((body.readUInt16LE(off + 2) & 0x3fff) === type) return body.subarray(off + 4, off + len);
    off += (len + 3) & ~3;
  }
  return undefined;
}

/** One link, by its index or name. */
function getLink(request: Request): NetlinkMessage | number {
  if (request.body.length < 16) return -EINVAL;
  const index = request.body.readInt32LE(4);
  const name = attribute(request, 16, nl.IFLA_IFNAME);
  if (index > 0) return index === LOOPBACK_INDEX ? link(0) : -ENODEV;
  if (name === undefined) return -EINVAL;
  return name.toString('latin1').split('\0')[0] === 'lo' ? link(0) : -ENODEV;
}

/** The route to one address. */
function getRoute(request: Request): NetlinkMessage | number {
  if (request.body.length < 12) return -EINVAL;
  const dst = attribute(request, 12, nl.RTA_DST);
  const v4 = request.body[0] === AF_INET;
  if (dst === undefined || dst.length !== (v4 ? 4 : 16)) return -EINVAL;
  if (v4 ? dst[0] !== 127 : !dst.equals(LOOP6)) return -ENETUNREACH;
  const scope = nl.RT_SCOPE_UNIVERSE;
  // Only who asks for it learns the table that the route was found in.
  const asked = (request.body.readUInt32LE(8) & nl.RTM_F_LOOKUP_TABLE) !== 0;
  const table = asked ? nl.RT_TABLE_LOCAL : nl.RT_TABLE_MAIN;
  return route({ dst, bits: v4 ? 32 : 128, table, scope, type: nl.RTN_LOCAL }, 0);
}

/** @returns messages that answer the request, NLMSG_DONE of a dump included, or -errno for an NLMSG_ERROR */
export function answerRoute(request: Request): NetlinkMessage[] | number {
  const { type } = request;
  if (type > nl.RTM_MAX) return -EOPNOTSUPP;
  // The lowest two bits say what to do: new, delete, get, set.
  if ((type & 3) !== 2) return -EPERM;
  if ((request.flags & nl.NLM_F_DUMP) !== 0) {
    const messages = dump(request);
    if (messages === undefined) return -EOPNOTSUPP;
    return [...messages, new NetlinkMessage(nl.NLMSG_DONE, nl.NLM_F_MULTI, u32(0))];
  }
  const one =
    type === nl.RTM_GETLINK ? getLink(request) : type === nl.RTM_GETROUTE ? getRoute(request) : -EOPNOTSUPP;
  return typeof one === 'number' ? one : [one];
}
