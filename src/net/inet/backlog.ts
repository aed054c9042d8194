/** What a listening socket holds: connections to be accepted, and those that must wait (inet_connection_sock.c). */

import { POLLIN, POLLRDNORM } from '../../abi/poll.js';
import type { Timer } from '../../kernel/timers.js';
import type { Endpoint } from './address.js';
import { connectionHash, matchScore } from './ports.js';
import type { InetStack } from './stack.js';
import type { TcpSocket } from './tcp.js';

export class Backlog {
  /** Established, for accept(2). */
  readonly ready: TcpSocket[] = [];
  /** Clients whose connection does not fit in yet: on Linux their SYN is dropped, and sent again later. */
  readonly waiting = new Set<TcpSocket>();
  /** Established, but kept back until they have something to read (TCP_DEFER_ACCEPT). */
  private readonly deferred = new Map<TcpSocket, Timer>();
  private limit = 0;

  constructor(private readonly listener: TcpSocket) {}

  setLimit(backlog: number): void {
    this.limit = Math.min(backlog >>> 0, this.listener.kernel.settings.somaxconn);
  }

  /** How many may wait to be accepted. */
  get most(): number {
    return this.limit;
  }
  get full(): boolean {
    return this.ready.length + this.deferred.size > this.limit;
  }

  /** A connection is established. @param deferMs how long it may wait for its first bytes; 0: not at all */
  add(server: TcpSocket, deferMs: number): void {
    if (deferMs === 0) {
      this.push(server);
      return;
    }
    const { kernel } = this.listener;
    server.keptBack = () => this.arrived(server);
    this.deferred.set(
      server,
      kernel.timers.add(kernel.now() + deferMs, () => this.arrived(server)),
    );
  }

  private push(server: TcpSocket): void {
    this.ready.push(server);
    this.listener.queue.wake(POLLIN | POLLRDNORM);
  }

  /** A connection that was kept back has something to say. */
  private arrived(server: TcpSocket): void {
    const timer = this.deferred.get(server);
    server.keptBack = undefined;
    if (timer === undefined) return;
    this.listener.kernel.timers.cancel(timer);
    this.deferred.delete(server);
    this.push(server);
  }

  /** Everything that nobody will accept any more; the backlog is empty afterwards. */
  abandon(): { servers: TcpSocket[]; clients: TcpSocket[] } {
    for (const timer of this.deferred.values()) this.listener.kernel.timers.cancel(timer);
    const servers = [...this.ready.splice(0), ...this.deferred.keys()];
    const clients = [...this.waiting];
    this.deferred.clear();
    this.waiting.clear();
    return { servers, clients };
  }
}

/** The listener that answers a connection to `to`: the one with the nearest address, or one of those that share it. */
export function findListener(stack: InetStack, from: Endpoint, to: Endpoint): TcpSocket | undefined {
  let best: TcpSocket[] = [];
  let score = 1;
  for (const s of stack.listeners.get(to.port) ?? []) {
    const n = matchScore(s, to.ip);
    if (n < score) continue;
    if (n > score) best = [];
    score = n;
    best.push(s);
  }
  return best.length > 1 ? best[connectionHash(from, to) % best.length] : best[0];
}
