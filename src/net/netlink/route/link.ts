/** Links of rtnetlink(7): the loopback device, and what can be changed about it. */

import { EINVAL, ENODEV, EOPNOTSUPP, ERANGE } from '../../../abi/errno.js';
import { NETLINK_ROUTE, NLA_F_NESTED, NLM_F_CREATE, NLM_F_MULTI } from '../../../abi/netlink.js';
import * as rt from '../../../abi/rtnetlink.js';
import { AF_INET, AF_INET6, AF_UNSPEC } from '../../../abi/socket.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { LOOPBACK_INDEX, LOOPBACK_NAME, type LoopbackDevice } from '../../inet/device.js';
import { inetStack } from '../../inet/stack.js';
import { settleAll } from '../../inet/traffic.js';
import {
  type Attributes,
  attribute,
  attributesOf,
  NetlinkMessage,
  type Refusal,
  strictAttributesOf,
  stringOf,
  u32Of,
} from '../message.js';
import type { Answer } from '../protocol.js';
import { announce } from '../socket.js';
import { announceAddress } from './address.js';
import { changeRoutes } from './route.js';
import type { RouteRequest } from './rtnetlink.js';

/** ARPHRD_LOOPBACK. */
const ARPHRD_LOOPBACK = 772;
const IFF_UP = 1;
const GSO_MAX_SEGS = 65535;
const GSO_MAX_SIZE = 65536;
const TSO_MAX_SIZE = 524280;
/** Of struct inet6_dev: ready to be used. */
const IF_READY = 0x80000000;
/** struct ipv4_devconf and ipv6_devconf, as many numbers as the tables of 6.1 have. */
const INET_CONF_COUNT = 33;
const INET6_CONF_COUNT = 58;
const IFNAMSIZ = 16;

function stats64(device: LoopbackDevice): Buffer {
  const b = Buffer.alloc(rt.LINK_STATS64_SIZE);
  for (const [i, n] of [device.packets, device.packets, device.bytes, device.bytes].entries()) {
    b.writeBigUInt64LE(BigInt(n), 8 * i);
  }
  return b;
}
/** The same in 32 bits, which run over. */
function stats32(device: LoopbackDevice): Buffer {
  const b = Buffer.alloc(rt.LINK_STATS_SIZE);
  for (const [i, n] of [device.packets, device.packets, device.bytes, device.bytes].entries()) {
    b.writeUInt32LE(n % 2 ** 32, 4 * i);
  }
  return b;
}

/** Settings of IPv4: what differs from 0, by their number less 1 (linux/ip.h). */
function inetConf(): Buffer {
  const b = Buffer.alloc(4 * INET_CONF_COUNT);
  // IPV4_DEVCONF_ACCEPT_REDIRECTS, SECURE_REDIRECTS, SHARED_MEDIA, SEND_REDIRECTS; NOXFRM and NOPOLICY of the device.
  for (const name of [4, 5, 6, 7, 17, 18]) b.writeUInt32LE(1, 4 * (name - 1));
  return b;
}
/** Settings of IPv6 (linux/ipv6.h). */
function inet6Conf(mtu: number): Buffer {
  const b = Buffer.alloc(4 * INET6_CONF_COUNT);
  // DEVCONF_HOPLIMIT, MTU6, ACCEPT_RA, ACCEPT_REDIRECTS, AUTOCONF.
  for (const [at, n] of [64, mtu, 1, 1, 1].entries()) b.writeUInt32LE(n, 4 * (at + 1));
  return b;
}

function inet6Spec(device: LoopbackDevice): Buffer {
  const cache = Buffer.alloc(16);
  // Longest reassembled packet; reachable and retransmit times, ms.
  for (const [i, n] of [65535, 0, 30000, 1000].entries()) cache.writeUInt32LE(n, 4 * i);
  const flags = Buffer.alloc(4);
  flags.writeUInt32LE(device.up ? IF_READY : 0);
  return Buffer.concat([
    attribute(rt.IFLA_INET6_FLAGS, flags),
    attribute(rt.IFLA_INET6_CACHEINFO, cache),
    attribute(rt.IFLA_INET6_CONF, inet6Conf(device.mtu)),
    attribute(rt.IFLA_INET6_ADDR_GEN_MODE, Buffer.of(0)),
  ]);
}

function info(family: number, device: LoopbackDevice, change = 0): Buffer {
  const b = Buffer.alloc(rt.IFINFOMSG_SIZE);
  b[0] = family;
  b.writeUInt16LE(ARPHRD_LOOPBACK, 2);
  b.writeInt32LE(LOOPBACK_INDEX, 4);
  b.writeUInt32LE(device.flags, 8);
  b.writeUInt32LE(change, 12);
  return b;
}

/** IF_OPER_UNKNOWN: the device does not say; IF_OPER_DOWN. */
function operState(device: LoopbackDevice): Buffer {
  return Buffer.of(device.up ? 0 : 2);
}

function describe(device: LoopbackDevice, flags: number, change = 0): NetlinkMessage {
  return new NetlinkMessage(rt.RTM_NEWLINK, flags, info(AF_UNSPEC, device, change))
    .attr(rt.IFLA_IFNAME, LOOPBACK_NAME)
    .attr(rt.IFLA_TXQLEN, device.txQueueLength)
    .attr(rt.IFLA_OPERSTATE, operState(device))
    .attr(rt.IFLA_LINKMODE, Buffer.of(0))
    .attr(rt.IFLA_MTU, device.mtu)
    .attr(rt.IFLA_MIN_MTU, 0)
    .attr(rt.IFLA_MAX_MTU, 0)
    .attr(rt.IFLA_GROUP, 0)
    .attr(rt.IFLA_PROMISCUITY, 0)
    .attr(rt.IFLA_ALLMULTI, 0)
    .attr(rt.IFLA_NUM_TX_QUEUES, 1)
    .attr(rt.IFLA_GSO_MAX_SEGS, GSO_MAX_SEGS)
    .attr(rt.IFLA_GSO_MAX_SIZE, GSO_MAX_SIZE)
    .attr(rt.IFLA_GRO_MAX_SIZE, GSO_MAX_SIZE)
    .attr(rt.IFLA_TSO_MAX_SIZE, TSO_MAX_SIZE)
    .attr(rt.IFLA_TSO_MAX_SEGS, GSO_MAX_SEGS)
    .attr(rt.IFLA_NUM_RX_QUEUES, 1)
    .attr(rt.IFLA_CARRIER, Buffer.of(1))
    .attr(rt.IFLA_CARRIER_CHANGES, 0)
    .attr(rt.IFLA_CARRIER_UP_COUNT, 0)
    .attr(rt.IFLA_CARRIER_DOWN_COUNT, 0)
    .attr(rt.IFLA_PROTO_DOWN, Buffer.of(0))
    .attr(rt.IFLA_ADDRESS, Buffer.alloc(6))
    .attr(rt.IFLA_BROADCAST, Buffer.alloc(6))
    .attr(rt.IFLA_MAP, Buffer.alloc(rt.LINK_IFMAP_SIZE))
    .attr(rt.IFLA_STATS64, stats64(device))
    .attr(rt.IFLA_STATS, stats32(device))
    .attr(rt.IFLA_QDISC, 'noqueue')
    .attr(
      rt.IFLA_AF_SPEC,
      Buffer.concat([
        attribute(AF_INET, attribute(rt.IFLA_INET_CONF, inetConf())),
        attribute(AF_INET6, inet6Spec(device)),
      ]),
    );
}

/** What IPv6 says of a link (inet6_fill_ifinfo). */
function describe6(device: LoopbackDevice): NetlinkMessage {
  return new NetlinkMessage(rt.RTM_NEWLINK, NLM_F_MULTI, info(AF_INET6, device))
    .attr(rt.IFLA_IFNAME, LOOPBACK_NAME)
    .attr(rt.IFLA_ADDRESS, Buffer.alloc(6))
    .attr(rt.IFLA_MTU, device.mtu)
    .attr(rt.IFLA_OPERSTATE, operState(device))
    .attr(rt.IFLA_PROTINFO | NLA_F_NESTED, inet6Spec(device));
}

/** Strict senders leave what is not a filter at 0. @param one a single link is asked for, which may be named by index */
function strictHeader(body: Buffer, one: boolean): Refusal | undefined {
  if (body.length < rt.IFINFOMSG_SIZE) return { error: -EINVAL, message: 'Header is too short' };
  const foreign =
    body[1] !== 0 || body.readUInt16LE(2) !== 0 || body.readUInt32LE(8) !== 0 || body.readUInt32LE(12) !== 0;
  if (foreign) return { error: -EINVAL, message: 'Only family and index may be set in the header' };
  if (!one && body.readInt32LE(4) !== 0)
    return { error: -EINVAL, message: 'Links are not filtered by index' };
  return undefined;
}

const NO_ATTRIBUTES: Refusal = { error: -EINVAL, message: 'Malformed attributes' };

export function dumpLinks({ stack, request, family, sender }: RouteRequest): Answer {
  settleAll(stack);
  let attributes: Attributes | undefined;
  if (sender.strict) {
    const bad = strictHeader(request.body, false);
    if (bad !== undefined) return { dump: [], result: bad };
    attributes = strictAttributesOf(request, rt.IFINFOMSG_SIZE);
    if (attributes === undefined) return { dump: [], result: NO_ATTRIBUTES };
  } else attributes = attributesOf(request, rt.IFINFOMSG_SIZE);
  // The loopback device is nobody's port. Kinds that are not known are no filter, and there are none.
  if ((u32Of(attributes, rt.IFLA_MASTER) ?? 0) !== 0) return { dump: [] };
  if (family === AF_INET6) return { dump: [describe6(stack.device)], doneApart: true };
  return { dump: [describe(stack.device, NLM_F_MULTI)], doneApart: true };
}

/** Is the link that a request names ours? By index, else by name. @returns 0, -ENODEV, -EINVAL for no name */
function named(body: Buffer, attributes: Attributes): number {
  const index = body.readInt32LE(4);
  if (index > 0) return index === LOOPBACK_INDEX ? 0 : -ENODEV;
  const name = stringOf(attributes, rt.IFLA_IFNAME) ?? stringOf(attributes, rt.IFLA_ALT_IFNAME);
  if (name === undefined) return -EINVAL;
  return name === LOOPBACK_NAME ? 0 : -ENODEV;
}

/** One link, by its index or name. */
export function getLink({ stack, request, sender }: RouteRequest): Answer {
  settleAll(stack);
  const bad = sender.strict ? strictHeader(request.body, true) : undefined;
  if (bad !== undefined) return bad;
  if (request.body.length < rt.IFINFOMSG_SIZE) return -EINVAL;
  const attributes = attributesOf(request, rt.IFINFOMSG_SIZE);
  const name = attributes.get(rt.IFLA_IFNAME);
  if (name !== undefined && name.length > IFNAMSIZ) return -ERANGE;
  const r = named(request.body, attributes);
  return r < 0 ? r : describe(stack.device, 0);
}

/** Tells who listens that the link is another now. @param change IFF_* that changed */
export function announceLink(kernel: Kernel, change: number): void {
  const { device } = inetStack(kernel);
  announce(kernel, NETLINK_ROUTE, rt.RTNLGRP_LINK, describe(device, 0, change));
}

/** Switches the device on or off. @param flags IFF_*; of them only IFF_UP can change */
export function setLinkFlags(kernel: Kernel, flags: number): void {
  const { device, unanswered } = inetStack(kernel);
  const up = (flags & IFF_UP) !== 0;
  if (device.up === up) return;
  changeRoutes(kernel, () => {
    for (const a of device.setUp(up)) announceAddress(kernel, up ? rt.RTM_NEWADDR : rt.RTM_DELADDR, a);
  });
  announceLink(kernel, IFF_UP);
  if (up) for (const s of [...unanswered]) s.callAgain();
}

/** RTM_NEWLINK, RTM_SETLINK and RTM_DELLINK: no device comes or goes, and this one can be switched off and on. */
export function changeLink({ kernel, stack, request }: RouteRequest): Answer {
  const { body, type } = request;
  if (body.length < rt.IFINFOMSG_SIZE) return -EINVAL;
  const attributes = attributesOf(request, rt.IFINFOMSG_SIZE);
  const r = named(body, attributes);
  if (r < 0) {
    // Only RTM_NEWLINK may name nothing, to make what has no name yet.
    if (r === -EINVAL && type === rt.RTM_NEWLINK && (request.flags & NLM_F_CREATE) === 0) return -ENODEV;
    const makes =
      type === rt.RTM_NEWLINK && (request.flags & NLM_F_CREATE) !== 0 && body.readInt32LE(4) === 0;
    return makes ? { error: -EOPNOTSUPP, message: 'No kind of device can be made' } : r;
  }
  if (type === rt.RTM_DELLINK) return -EOPNOTSUPP;
  const name = stringOf(attributes, rt.IFLA_IFNAME);
  if (name !== undefined && name !== LOOPBACK_NAME) return -EOPNOTSUPP;
  return applyLink(kernel, stack.device, body, attributes);
}

function applyLink(kernel: Kernel, device: LoopbackDevice, body: Buffer, attributes: Attributes): Answer {
  const mtu = u32Of(attributes, rt.IFLA_MTU);
  const length = u32Of(attributes, rt.IFLA_TXQLEN);
  if (mtu !== undefined && mtu > 0x7fffffff) return -EINVAL;
  if (mtu !== undefined) device.mtu = mtu;
  if (length !== undefined) device.txQueueLength = length;
  if (mtu !== undefined || length !== undefined) announceLink(kernel, 0);
  const flags = body.readUInt32LE(8);
  const change = body.readUInt32LE(12);
  if (flags !== 0 || change !== 0)
    setLinkFlags(kernel, change === 0 ? flags : (device.flags & ~change) | (flags & change));
  return 0;
}
