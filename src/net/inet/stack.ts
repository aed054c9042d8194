/** What the internet sockets of one kernel share: their ports. The only interface is the loopback device. */

import { ENETUNREACH } from '../../abi/errno.js';
import { AF_INET, AF_INET6, SO_BINDTOIFINDEX } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Settings } from '../../kernel/settings.js';
import { ANY4, type Endpoint, type Ip, isAny, isMulticast, isV4, LOOPBACK4, LOOPBACK6 } from './address.js';
import { InetCounters } from './counters.js';
import { LOOPBACK_INDEX, LoopbackDevice } from './device.js';
import type { PingSocket, RawIcmpSocket } from './icmp.js';
import type { Membership } from './multicast.js';
import { PortTable } from './ports.js';
import type { InetSocket } from './socket.js';
import { showInNetTables } from './tables.js';
import type { TcpSocket } from './tcp.js';
import { TimeWait, TimeWaits } from './time-wait.js';
import type { UdpSocket } from './udp.js';

/** Most sockets: each costs the sentry more than 2 KB before anything waits in it. */
const MAX_SOCKETS = 200_000;
const EVERYBODY: Ip = '\xff\xff\xff\xff';

export class InetStack {
  readonly device = new LoopbackDevice();
  readonly counters = new InetCounters();
  /** Sockets, and connections that nobody has accepted yet. */
  sockets = 0;
  readonly tcp: PortTable<TcpSocket | TimeWait>;
  readonly udp: PortTable<UdpSocket>;
  /** ICMP sockets by identifier, and those that see every ICMP message. */
  readonly pings: PortTable<PingSocket>;
  readonly raw = new Set<RawIcmpSocket>();
  /** Memberships of all sockets, by group. */
  readonly groups = new Map<Ip, Set<Membership>>();
  /** Listeners by port. */
  readonly listeners = new Map<number, TcpSocket[]>();
  /** Each end of every connection, as `tupleKey` names it. */
  readonly connections = new Map<string, TcpSocket | TimeWait>();
  readonly timeWaits: TimeWaits;
  /** Connections that nobody has answered, for the device is off: they are tried again when it is on. */
  readonly unanswered = new Set<TcpSocket>();

  constructor(settings: Settings) {
    this.tcp = new PortTable<TcpSocket | TimeWait>(true, settings);
    this.udp = new PortTable<UdpSocket>(false, settings);
    this.pings = new PortTable<PingSocket>(false, settings);
    this.timeWaits = new TimeWaits(
      () => settings.tcpMaxTimeWaits,
      (entry) => this.forgetTimeWait(entry),
    );
  }

  /** TCP sockets that have a port, without what is left of ended connections. */
  *tcpSockets(): Generator<TcpSocket> {
    for (const s of this.tcp.all()) if (!(s instanceof TimeWait)) yield s;
  }

  /** There may be no more sockets (ENFILE). */
  get full(): boolean {
    return this.sockets >= MAX_SOCKETS;
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

/** 255.255.255.255, and the last address of a network. */
export function isBroadcastTo({ device }: InetStack, ip: Ip): boolean {
  return ip === EVERYBODY || device.isBroadcast(ip);
}

/** Where a message goes. */
export interface Target extends Route {
  readonly port: number;
  /** The interface's address, where the destination is many machines. */
  readonly at?: Ip;
  /** It leaves by a device that was asked for, and comes to nobody. */
  readonly lost?: boolean;
}

/**
 * Where a message of a socket goes.
 * @param bound the socket's address @param index the interface that it was told to leave by, 0 for any
 * @returns -ENETUNREACH
 */
export function targetOf(
  socket: InetSocket,
  { ip, port }: Endpoint,
  bound: Ip,
  index: number,
): Target | number {
  const { stack } = socket;
  const wanted = index || socket.soNumber(SO_BINDTOIFINDEX);
  if (isMulticast(ip) || ip === EVERYBODY) return toMany(socket, { ip, port }, bound, wanted);
  const way = route(stack, ip, bound);
  if (typeof way === 'number') {
    const lost = wanted === LOOPBACK_INDEX && stack.device.up && isV4(ip);
    return lost ? { to: ip, port, from: bound, lost } : way;
  }
  return stack.device.isBroadcast(way.to) ? { ...way, port, at: LOOPBACK4 } : { ...way, port };
}

/** The interface is that which was asked for, or that of the sender's address; no route leads to groups by itself. */
function toMany(
  { stack, multicastFrom }: InetSocket,
  { ip, port }: Endpoint,
  bound: Ip,
  wanted: number,
): Target | number {
  if (!isV4(ip) || !stack.device.up) return -ENETUNREACH;
  const group = isMulticast(ip);
  const from = isAny(bound) && group ? multicastFrom.address : bound;
  const index = wanted || (group ? multicastFrom.index : 0);
  if (index !== 0 ? index !== LOOPBACK_INDEX : isAny(from)) return -ENETUNREACH;
  return { to: ip, port, from: isV4(from) ? from : ANY4, at: LOOPBACK4 };
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
