/**
 * Connections that are over, but whose names are not free yet (net/ipv4/inet_timewait_sock.c, tcp_minisocks.c): those of which
 * both ends have closed (TIME-WAIT), and those whose owner has gone before the other end closed (FIN-WAIT-2).
 */

import { TCP_FIN_WAIT2, TCP_TIME_WAIT } from '../../abi/inet.js';
import type { Endpoint } from './address.js';
import type { Bound } from './ports.js';

/** TCP_TIMEWAIT_LEN, ms. */
const TIMEWAIT_MS = 60_000;
/** For so long nobody but who has asked for the very port gets it for the same connection (net.ipv4.tcp_tw_reuse_delay), ms. */
const REUSE_DELAY_MS = 1000;

/** Those with a time of their own are looked through one by one; more of them have the usual time. */
const MAX_SPECIAL = 256;

/** What stays of a connection. */
export class TimeWait implements Bound {
  readonly listening = false;
  readonly family: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly uid: number;
  readonly v6only: boolean;
  readonly reuseAddr: boolean;
  readonly reusePort: boolean;
  readonly portShared: boolean;
  state: number;
  /** The other end has not closed yet. */
  private finAwaited: boolean;

  /** @param since, until on the kernel's clock, ms */
  constructor(
    socket: Bound & { readonly remote: Endpoint | undefined },
    finAwaited: boolean,
    private since: number,
    public until: number,
  ) {
    this.family = socket.family;
    this.local = socket.local;
    this.remote = socket.remote ?? socket.local;
    this.uid = socket.uid;
    this.v6only = socket.v6only;
    this.reuseAddr = socket.reuseAddr;
    this.reusePort = socket.reusePort;
    this.portShared = socket.portShared;
    this.finAwaited = finAwaited;
    this.state = finAwaited ? TCP_FIN_WAIT2 : TCP_TIME_WAIT;
  }

  get timeWait(): boolean {
    return true;
  }
  /** May a connection whose port nobody asked for have the same four numbers (tcp_twsk_unique)? */
  reusable(now: number): boolean {
    return !this.finAwaited && now > this.since + REUSE_DELAY_MS;
  }
  /** The other end has closed. */
  closed(now: number): void {
    this.finAwaited = false;
    this.state = TCP_TIME_WAIT;
    this.since = now;
    this.until = now + TIMEWAIT_MS;
  }
}

/** All of them, with those whose time is over first. They are looked for when somebody asks, so that no timer runs. */
export class TimeWaits {
  /** In the order of their ends, but for those of a time of their own. */
  private readonly usual = new Set<TimeWait>();
  private readonly special = new Set<TimeWait>();

  /** @param most how many there may be (net.ipv4.tcp_max_tw_buckets) @param gone takes the name of one out of all tables */
  constructor(
    private readonly most: () => number,
    private readonly gone: (entry: TimeWait) => void,
  ) {}

  get size(): number {
    return this.usual.size + this.special.size;
  }
  get full(): boolean {
    return this.size >= this.most();
  }

  /** @param ms how long its name stays taken; undefined: as long as usual */
  add(
    socket: Bound & { readonly remote: Endpoint | undefined },
    finAwaited: boolean,
    now: number,
    ms?: number,
  ): TimeWait {
    const special = ms !== undefined && ms !== TIMEWAIT_MS && this.special.size < MAX_SPECIAL;
    const entry = new TimeWait(socket, finAwaited, now, now + (special ? ms : TIMEWAIT_MS));
    (special ? this.special : this.usual).add(entry);
    return entry;
  }

  /** The other end of a connection has closed too: now its time begins. */
  restart(entry: TimeWait, now: number): void {
    const known = this.usual.delete(entry) || this.special.delete(entry);
    if (!known) return;
    entry.closed(now);
    this.usual.add(entry);
  }

  delete(entry: TimeWait): void {
    this.usual.delete(entry);
    this.special.delete(entry);
    this.gone(entry);
  }

  /** Forgets those whose time is over. */
  purge(now: number): void {
    for (const entry of this.usual) {
      if (entry.until > now) break;
      this.delete(entry);
    }
    for (const entry of this.special) if (entry.until <= now) this.delete(entry);
  }
}
