/** Addresses of rtnetlink(7) (net/ipv4/devinet.c, net/ipv6/addrconf.c): listed, added and taken away. */

import { EADDRNOTAVAIL, EEXIST, EINVAL, ENODEV, EOPNOTSUPP } from '../../../abi/errno.js';
import { NETLINK_ROUTE, NLM_F_EXCL, NLM_F_MULTI, NLM_F_REPLACE } from '../../../abi/netlink.js';
import * as rt from '../../../abi/rtnetlink.js';
import { AF_INET, AF_INET6 } from '../../../abi/socket.js';
import type { Kernel } from '../../../kernel/kernel.js';
import { familyOf, type Ip, isMulticast, isV4 } from '../../inet/address.js';
import { type InterfaceAddress, LOOPBACK_INDEX, LOOPBACK_NAME, samePrefix } from '../../inet/device.js';
import {
  type Attributes,
  attributesOf,
  NetlinkMessage,
  type Request,
  strictAttributesOf,
  stringOf,
  u32,
  u32Of,
} from '../message.js';
import type { Answer } from '../protocol.js';
import { announce } from '../socket.js';
import { changeRoutes } from './route.js';
import { familiesOf, type RouteRequest } from './rtnetlink.js';

/** 1/100 s since the start, as all stamps of addresses count. */
function stamp(kernel: Kernel): number {
  return Math.floor(kernel.now() / 10) >>> 0;
}

function describe(a: InterfaceAddress, type: number, flags: number): NetlinkMessage {
  const v4 = isV4(a.ip);
  const info = Buffer.alloc(rt.IFADDRMSG_SIZE);
  info.set([familyOf(a.ip), a.prefix, a.flags & 0xff, a.scope]);
  info.writeUInt32LE(LOOPBACK_INDEX, 4);
  const m = new NetlinkMessage(type, flags, info);
  if (v4) m.address(rt.IFA_ADDRESS, a.peer).address(rt.IFA_LOCAL, a.ip);
  else {
    if (a.peer !== a.ip) m.address(rt.IFA_LOCAL, a.ip);
    m.address(rt.IFA_ADDRESS, a.peer);
  }
  if (a.broadcast !== undefined) m.address(rt.IFA_BROADCAST, a.broadcast);
  if (v4 && a.label !== '') m.attr(rt.IFA_LABEL, a.label);
  const forever = u32(rt.INFINITY_LIFE_TIME);
  const cache = Buffer.concat([forever, forever, u32(a.created), u32(a.created)]);
  m.attr(rt.IFA_FLAGS, a.flags).attr(rt.IFA_CACHEINFO, cache);
  return a.proto === 0 ? m : m.attr(rt.IFA_PROTO, Buffer.of(a.proto));
}

export function dumpAddresses({ stack, request, family, sender }: RouteRequest): Answer {
  let index = 0;
  if (sender.strict) {
    const { body } = request;
    if (body.length < rt.IFADDRMSG_SIZE || strictAttributesOf(request, rt.IFADDRMSG_SIZE) === undefined) {
      return { dump: [], result: { error: -EINVAL, message: 'Malformed request for addresses' } };
    }
    if (body[1] !== 0 || body[2] !== 0 || body[3] !== 0) {
      return {
        dump: [],
        result: { error: -EINVAL, message: 'Only family and index may be set in the header' },
      };
    }
    index = body.readUInt32LE(4);
    if (index !== 0 && index !== LOOPBACK_INDEX) return { dump: [], result: -ENODEV };
  }
  const { addresses } = stack.device;
  const wanted = familiesOf(family).flatMap((f) => addresses.filter((a) => familyOf(a.ip) === f));
  return { dump: wanted.map((a) => describe(a, rt.RTM_NEWADDR, NLM_F_MULTI)), doneApart: wanted.length > 0 };
}

/** One address; only IPv6 can be asked. */
export function getAddress({ stack, request, family }: RouteRequest): Answer {
  if (family !== AF_INET6) return -EOPNOTSUPP;
  if (request.body.length < rt.IFADDRMSG_SIZE) return -EINVAL;
  const attributes = attributesOf(request, rt.IFADDRMSG_SIZE);
  const ip = addressIn(attributes, rt.IFA_LOCAL, 16) ?? addressIn(attributes, rt.IFA_ADDRESS, 16);
  if (ip === undefined) return -EINVAL;
  const found = stack.device.addresses.find((a) => a.ip === ip);
  return found === undefined ? -EADDRNOTAVAIL : describe(found, rt.RTM_NEWADDR, 0);
}

function addressIn(attributes: Attributes, type: number, length: number): Ip | undefined {
  const data = attributes.get(type);
  return data === undefined || data.length < length ? undefined : data.toString('latin1', 0, length);
}

/** RTM_NEWADDR and RTM_DELADDR. */
export function changeAddress(r: RouteRequest): Answer {
  const { request, family } = r;
  if (family !== AF_INET && family !== AF_INET6) return -EOPNOTSUPP;
  if (request.body.length < rt.IFADDRMSG_SIZE) return -EINVAL;
  let answer: Answer = 0;
  changeRoutes(r.kernel, () => {
    answer = request.type === rt.RTM_NEWADDR ? addAddress(r) : removeAddress(r);
  });
  return answer;
}

/** The address that a request describes. @returns -EINVAL, -ENODEV, -EOPNOTSUPP for one that expires */
function decode(kernel: Kernel, request: Request, family: number): InterfaceAddress | number {
  const { body } = request;
  const attributes = attributesOf(request, rt.IFADDRMSG_SIZE);
  const size = family === AF_INET ? 4 : 16;
  const prefix = body[1] ?? 0;
  const peer = addressIn(attributes, rt.IFA_ADDRESS, size);
  const ip = addressIn(attributes, rt.IFA_LOCAL, size) ?? (family === AF_INET ? undefined : peer);
  if (ip === undefined || prefix > 8 * size) return -EINVAL;
  if (body.readUInt32LE(4) !== LOOPBACK_INDEX) return -ENODEV;
  const life = attributes.get(rt.IFA_CACHEINFO);
  if (life !== undefined && (life.length < 16 || life.readUInt32LE(4) !== rt.INFINITY_LIFE_TIME)) {
    return life.length < 16 ? -EINVAL : -EOPNOTSUPP;
  }
  if (family === AF_INET6 && isMulticast(ip)) return -EADDRNOTAVAIL;
  const asked = u32Of(attributes, rt.IFA_FLAGS) ?? body[2] ?? 0;
  const kept = rt.IFA_F_NOPREFIXROUTE | rt.IFA_F_NODAD;
  return {
    ip,
    peer: peer ?? ip,
    prefix,
    scope: family === AF_INET ? (body[3] ?? 0) : scope6(ip),
    flags: (asked & kept) | rt.IFA_F_PERMANENT,
    label: family === AF_INET ? (stringOf(attributes, rt.IFA_LABEL) ?? LOOPBACK_NAME) : '',
    broadcast: family === AF_INET ? addressIn(attributes, rt.IFA_BROADCAST, 4) : undefined,
    proto: attributes.get(rt.IFA_PROTO)?.[0] ?? 0,
    created: stamp(kernel),
  };
}

/** The scope of an IPv6 address is a matter of its first bits. */
function scope6(ip: Ip): number {
  const bits = (ip.charCodeAt(0) << 8) | ip.charCodeAt(1);
  if ((bits & 0xffc0) === 0xfe80) return rt.RT_SCOPE_LINK;
  if ((bits & 0xffc0) === 0xfec0) return 200;
  return ip === `${'\0'.repeat(15)}\x01` ? rt.RT_SCOPE_HOST : rt.RT_SCOPE_UNIVERSE;
}

/** Tells who listens of an address. @param type RTM_NEWADDR, RTM_DELADDR */
export function announceAddress(kernel: Kernel, type: number, a: InterfaceAddress): void {
  const group = isV4(a.ip) ? rt.RTNLGRP_IPV4_IFADDR : rt.RTNLGRP_IPV6_IFADDR;
  announce(kernel, NETLINK_ROUTE, group, describe(a, type, 0));
}

function addAddress({ kernel, stack, request, family }: RouteRequest): Answer {
  const address = decode(kernel, request, family);
  if (typeof address === 'number') return address;
  const { device } = stack;
  const r = device.add(address);
  if (r === -EEXIST) {
    if ((request.flags & NLM_F_EXCL) !== 0 || (request.flags & NLM_F_REPLACE) === 0) return -EEXIST;
    const old = device.addresses.find(
      (a) => a.ip === address.ip && (!isV4(a.ip) || a.prefix === address.prefix),
    );
    if (old === undefined) return -EEXIST;
    device.replace(old, { ...address, flags: address.flags | (old.flags & rt.IFA_F_SECONDARY) });
  } else if (r < 0) return r;
  const added = device.addresses.find((a) => a.ip === address.ip && a.prefix === address.prefix);
  if (added !== undefined) announceAddress(kernel, rt.RTM_NEWADDR, added);
  return 0;
}

function removeAddress({ kernel, stack, request, family }: RouteRequest): Answer {
  const { body } = request;
  const attributes = attributesOf(request, rt.IFADDRMSG_SIZE);
  const size = family === AF_INET ? 4 : 16;
  const prefix = body[1] ?? 0;
  const local = addressIn(attributes, rt.IFA_LOCAL, size);
  const peer = addressIn(attributes, rt.IFA_ADDRESS, size);
  if (body.readUInt32LE(4) !== LOOPBACK_INDEX) return -ENODEV;
  if (family === AF_INET6 && local === undefined && peer === undefined) return -EINVAL;
  const label = family === AF_INET ? stringOf(attributes, rt.IFA_LABEL) : undefined;
  const fits = (a: InterfaceAddress): boolean => {
    if (familyOf(a.ip) !== family) return false;
    if (family === AF_INET6) return a.ip === (local ?? peer) && a.prefix === prefix;
    if (local !== undefined && a.ip !== local) return false;
    if (label !== undefined && a.label !== label) return false;
    return peer === undefined || (a.prefix === prefix && samePrefix(a.peer, peer, a.prefix));
  };
  const found = stack.device.addresses.find(fits);
  const gone = found === undefined ? -EADDRNOTAVAIL : stack.device.remove(found);
  if (typeof gone === 'number') return gone;
  for (const a of gone) announceAddress(kernel, rt.RTM_DELADDR, a);
  return 0;
}
