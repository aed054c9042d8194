/** Who uses which port, and who may (net/ipv4/inet_connection_sock.c, inet_hashtables.c, udp.c). */

import { AF_INET } from '../../abi/socket.js';
import type { Settings } from '../../kernel/settings.js';
import { ANY4, ANY6, type Endpoint, type Ip, isAny, isV4 } from './address.js';

/** A socket as the tables see it. */
export interface Bound {
  readonly family: number;
  /** Address it receives on; ANY4 or ANY6 for all. */
  local: Endpoint;
  /** The other end of a connected socket. */
  remote: Endpoint | undefined;
  readonly uid: number;
  readonly v6only: boolean;
  readonly reuseAddr: boolean;
  readonly reusePort: boolean;
  readonly listening: boolean;
  /** The port was chosen by connect(2): another connection to elsewhere may have the same. */
  readonly portShared: boolean;
  /** Only the name of a connection that is over. */
  readonly timeWait?: boolean;
}

/** For so long nothing is looked for again that was not there, unless a port becomes free: ms. */
const FAILURE_MS = 50;

interface Bucket<S> {
  readonly sockets: Set<S>;
  /** Those whose port is theirs by bind(2) or is of the first of them. */
  owners: number;
}

function receives4(s: { local: Endpoint; v6only: boolean }): boolean {
  return isV4(s.local.ip) || (s.local.ip === ANY6 && !s.v6only);
}

/** Would both get messages for some one address? */
function overlap(a: { local: Endpoint; v6only: boolean }, b: Bound): boolean {
  const same = isAny(a.local.ip) || isAny(b.local.ip) || a.local.ip === b.local.ip;
  if (!same) return false;
  return (receives4(a) && receives4(b)) || (!isV4(a.local.ip) && !isV4(b.local.ip));
}

/** How well a socket fits a message to `ip` (compute_score): 0 not at all. */
export function matchScore(s: Bound, ip: Ip): number {
  if (s.local.ip === ip) return 4;
  if (isV4(ip)) {
    if (s.local.ip === ANY4) return s.family === AF_INET ? 3 : 2;
    return s.local.ip === ANY6 && !s.v6only ? 1 : 0;
  }
  return s.local.ip === ANY6 ? 1 : 0;
}

/** The share of a connection among sockets with SO_REUSEPORT: the same four values always meet the same socket. */
export function connectionHash(from: Endpoint, to: Endpoint): number {
  let h = (from.port * 0x9e3779b1) ^ (to.port * 0x85ebca6b);
  for (let i = 0; i < from.ip.length; i++) h = Math.imul(h ^ from.ip.charCodeAt(i), 0x01000193);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

export class PortTable<S extends Bound> {
  private readonly buckets = new Map<number, Bucket<S>>();
  /** What was looked for in vain of late, so that the next who asks does not make the sentry look through all ports again. */
  private failed: { what: string; until: number } | undefined;

  /** @param stream true for TCP's rules of SO_REUSEADDR, false for UDP's */
  constructor(
    private readonly stream: boolean,
    private readonly settings: Settings,
  ) {}

  /** Everybody with a port. */
  *all(): Generator<S> {
    for (const b of this.buckets.values()) yield* b.sockets;
  }

  at(port: number): Iterable<S> {
    return this.buckets.get(port)?.sockets ?? [];
  }

  /**
   * May `socket` have the address and port `local`?
   * @param sharing false: not even what both allow to be shared counts as free
   */
  free(socket: Bound, local: Endpoint, sharing = true): boolean {
    const bucket = this.buckets.get(local.port);
    if (bucket === undefined) return true;
    const wanted = { local, v6only: socket.v6only };
    let free = true;
    for (const s of bucket.sockets) {
      if (s === socket || !overlap(wanted, s)) continue;
      if (!(sharing && this.tolerates(socket, s))) free = false;
      // Of datagram sockets the newest decides, if it shares its port with this one (udp_lib_lport_inuse).
      else if (!this.stream && this.sharesPort(socket, s)) free = true;
    }
    return free;
  }

  private tolerates(socket: Bound, other: S): boolean {
    if (socket.reuseAddr && other.reuseAddr && !(this.stream && other.listening)) return true;
    return this.sharesPort(socket, other);
  }

  private sharesPort(socket: Bound, other: S): boolean {
    return socket.reusePort && other.reusePort && (other.timeWait === true || socket.uid === other.uid);
  }

  add(socket: S): void {
    const { port } = socket.local;
    let bucket = this.buckets.get(port);
    if (bucket === undefined) this.buckets.set(port, (bucket = { sockets: new Set(), owners: 0 }));
    bucket.sockets.add(socket);
    if (!socket.portShared) bucket.owners++;
  }

  remove(socket: S): void {
    const bucket = this.buckets.get(socket.local.port);
    if (bucket?.sockets.delete(socket) !== true) return;
    this.failed = undefined;
    if (!socket.portShared) bucket.owners--;
    if (bucket.sockets.size === 0) this.buckets.delete(socket.local.port);
  }

  /** A free port for a socket that binds to port 0; 0 when there is none. */
  pick(socket: Bound, ip: Ip): number {
    const what = `${ip} ${socket.reuseAddr} ${socket.reusePort}`;
    return this.search(what, (port) => this.free(socket, { ip, port }, !this.stream));
  }

  /** A port for a connection, which `unique` says is not in use with the peer `what`; 0 when there is none. */
  pickForConnect(what: string, unique: (port: number) => boolean): number {
    return this.search(what, (port) => {
      const bucket = this.buckets.get(port);
      return bucket === undefined || (bucket.owners === 0 && unique(port));
    });
  }

  private search(what: string, good: (port: number) => boolean): number {
    const now = performance.now();
    if (this.failed?.what === what && now < this.failed.until) return 0;
    const { localPortFirst: first, localPortLast: last } = this.settings;
    const count = last - first + 1;
    const start = Math.floor(Math.random() * count);
    for (let i = 0; i < count; i++) {
      const port = first + ((start + i) % count);
      if (good(port)) return port;
    }
    this.failed = { what, until: now + FAILURE_MS };
    return 0;
  }
}
