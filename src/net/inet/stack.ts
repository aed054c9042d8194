/** What the internet sockets of one kernel share: their ports. The only interface is the loopback device. */

import { ENETUNREACH } from '../../abi/errno.js';
import { AF_INET, AF_INET6 } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Settings } from '../../kernel/settings.js';
import { type Endpoint, type Ip, isAny, isV4, LOOPBACK4, LOOPBACK6 } from './address.js';
import { InetCounters } from './counters.js';
import { LoopbackDevice } from './device.js';
import { PortTable } from './ports.js';
import { showInNetTables } from './tables.js';
import type { TcpSocket } from './tcp.js';
import { TimeWait, TimeWaits } from './time-wait.js';
import type { UdpSocket } from './udp.js';

export class InetStack {
  readonly device = new LoopbackDevice();
  readonly counters = new InetCounters();
  readonly tcp: PortTable<TcpSocket | TimeWait>;
  readonly udp: PortTable<UdpSocket>;
  /** Listeners by port. */
  readonly listeners = new Map<number, TcpSocket[]>();
  /** Each end of every connection, as `tupleKey` names it. */
  readonly connections = new Map<string, TcpSocket | TimeWait>();
  readonly timeWaits: TimeWaits;

  constructor(settings: Settings) {
    this.tcp = new PortTable<TcpSocket | TimeWait>(true, settings);
    this.udp = new PortTable<UdpSocket>(false, settings);
    this.timeWaits = new TimeWaits(
      () => settings.tcpMaxTimeWaits,
      (entry) => this.forgetTimeWait(entry),
    );
  }

  /** TCP sockets that have a port, without what is left of ended connections. */
  *tcpSockets(): Generator<TcpSocket> {
    for (const s of this.tcp.all()) if (!(s instanceof TimeWait)) yield s;
  }

  private forgetTimeWait(entry: TimeWait): void {
    this.tcp.remove(entry);
    const key = tupleKey(entry.local, entry.remote);
    if (this.connections.get(key) === entry) this.connections.delete(key);
  }

  /**
   * Keeps the name of a connection that is over taken.
   * @param finAwaited its other end has not closed yet @param ms for how long; undefined: as long as usual
   * @returns undefined when there are too many
   */
  rememberTimeWait(socket: TcpSocket, finAwaited: boolean, now: number, ms?: number): TimeWait | undefined {
    this.timeWaits.purge(now);
    if (this.timeWaits.full) return undefined;
    const entry = this.timeWaits.add(socket, finAwaited, now, ms);
    this.tcp.add(entry);
    this.connections.set(tupleKey(entry.local, entry.remote), entry);
    return entry;
  }
}

const stacks = new WeakMap<Kernel, InetStack>();

export function inetStack(kernel: Kernel): InetStack {
  let stack = stacks.get(kernel);
  if (stack === undefined) {
    stacks.set(kernel, (stack = new InetStack(kernel.settings)));
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
