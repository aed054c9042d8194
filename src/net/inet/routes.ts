/** The routes that follow from the addresses of the loopback device: it has no others. */

import {
  IFA_F_NOPREFIXROUTE,
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_SCOPE_UNIVERSE,
  RT_TABLE_LOCAL,
  RT_TABLE_MAIN,
  RTN_BROADCAST,
  RTN_LOCAL,
  RTPROT_KERNEL,
} from '../../abi/rtnetlink.js';
import { type Ip, isV4 } from './address.js';
import { hasNetwork, type InterfaceAddress, type LoopbackDevice, networkOf } from './device.js';

/** RTN_UNICAST. */
const RTN_UNICAST = 1;
/** Metric of IPv6 routes that the kernel makes. */
const KERNEL_METRIC = 256;

export interface LocalRoute {
  readonly dst: Ip;
  readonly bits: number;
  /** RT_TABLE_*, RT_SCOPE_*, RTN_*, RTPROT_*. */
  readonly table: number;
  readonly scope: number;
  readonly type: number;
  readonly protocol: number;
  readonly metric: number;
  /** The address that messages on this way come from. */
  readonly source: Ip;
}

function local(dst: Ip, bits: number, source: Ip): LocalRoute {
  return {
    dst,
    bits,
    table: RT_TABLE_LOCAL,
    scope: isV4(dst) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE,
    type: RTN_LOCAL,
    protocol: RTPROT_KERNEL,
    metric: 0,
    source,
  };
}

/** Nobody can be told by a device that is off. */
function of4(a: InterfaceAddress, source: Ip, up: boolean): LocalRoute[] {
  const out = [local(a.ip, 32, source)];
  if (!hasNetwork(a)) return out;
  if ((a.flags & IFA_F_NOPREFIXROUTE) === 0) out.push(local(networkOf(a.peer, a.prefix), a.prefix, a.ip));
  if (a.prefix < 31 && up) {
    const last = networkOf(a.peer, a.prefix, true);
    out.push({ ...local(last, 32, a.ip), scope: RT_SCOPE_LINK, type: RTN_BROADCAST });
  }
  return out;
}

function of6(a: InterfaceAddress): LocalRoute[] {
  const out: LocalRoute[] = [];
  if (a.prefix < 128 && (a.flags & IFA_F_NOPREFIXROUTE) === 0) {
    const dst = networkOf(a.ip, a.prefix);
    out.push({
      ...local(dst, a.prefix, a.ip),
      table: RT_TABLE_MAIN,
      type: RTN_UNICAST,
      metric: KERNEL_METRIC,
    });
  }
  out.push(local(a.ip, 128, a.ip));
  return out;
}

/** All routes, by destination, the widest first. */
export function routesOf(device: LoopbackDevice): LocalRoute[] {
  const all = device.addresses.flatMap((a) =>
    isV4(a.ip) ? of4(a, device.primaryOf(a).ip, device.up) : of6(a),
  );
  const seen = new Set<string>();
  const unique = all.filter((r) => {
    const key = `${r.dst}/${r.bits}/${r.table}`;
    return !seen.has(key) && seen.add(key);
  });
  return unique.sort((a, b) => (a.dst < b.dst ? -1 : a.dst > b.dst ? 1 : a.bits - b.bits));
}
