/** What the internet sockets of one kernel share: their ports. The only interface is the loopback device. */

import { ENETUNREACH } from '../../abi/errno.js';
import { AF_INET, AF_INET6 } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import { type Endpoint, type Ip, isAny, isV4, LOOPBACK4, LOOPBACK6 } from './address.js';
import { LoopbackDevice } from './device.js';
import { PortTable } from './ports.js';
import { showInNetTables } from './tables.js';
import type { TcpSocket } from './tcp.js';
import type { UdpSocket } from './udp.js';

export class InetStack {
  readonly device = new LoopbackDevice();
  readonly tcp = new PortTable<TcpSocket>(true);
  readonly udp = new PortTable<UdpSocket>(false);
  /** Listeners by port. */
  readonly listeners = new Map<number, TcpSocket[]>();
  /** Connections, as `tupleKey` names them from the side that called connect(2). */
  readonly connections = new Set<string>();
}

const stacks = new WeakMap<Kernel, InetStack>();

export function inetStack(kernel: Kernel): InetStack {
  let stack = stacks.get(kernel);
  if (stack === undefined) {
    stacks.set(kernel, (stack = new InetStack()));
    showInNetTables(kernel, stack, AF_INET, '');
    showInNetTables(kernel, stack, AF_INET6, '6');
  }
  return stack;
}

export function tupleKey(from: Endpoint, to: Endpoint): string {
  return `${from.ip}${String.fromCharCode(from.port, to.port)}${to.ip}`;
}

/** The way to a destination: the address that it really is, and the one that messages to it come from. */
export interface Route {
  readonly to: Ip;
  readonly from: Ip;
}

/**
 * Looks up the way to `ip` for a socket bound to `bound`. The wildcard address means this machine.
 * @returns -ENETUNREACH for whatever is not on the loopback device
 */
export function route({ device }: InetStack, ip: Ip, bound: Ip): Route | number {
  const loopback = isV4(ip) ? LOOPBACK4 : LOOPBACK6;
  const own = isAny(bound) ? undefined : bound;
  if (own !== undefined && isV4(own) !== isV4(ip)) return -ENETUNREACH;
  const to = isAny(ip) ? (own ?? loopback) : ip;
  const source = device.sourceFor(to);
  if (source !== undefined) return { to, from: own ?? source };
  if (!device.isBroadcast(to)) return -ENETUNREACH;
  return { to, from: own ?? loopback };
}
