/** Who has which port, and who listens to which group (net/netlink/af_netlink.c). */

import type { Kernel } from '../../kernel/kernel.js';
import type { NetlinkSocket } from './socket.js';

/** The first port that no process id can be. */
const LAST_FREE = 0xffffefff;
const FIRST_FREE = 0x80000000;

/** The sockets of one protocol. */
export class NetlinkTable {
  readonly sockets = new Set<NetlinkSocket>();
  private readonly ports = new Map<number, NetlinkSocket>();
  private next = LAST_FREE;

  at(port: number): NetlinkSocket | undefined {
    return this.ports.get(port);
  }
  /** @returns false if somebody has it */
  take(port: number, socket: NetlinkSocket): boolean {
    if (this.ports.has(port)) return false;
    this.ports.set(port, socket);
    return true;
  }
  /** Takes a port that nobody has, beyond all process ids: each in turn, so that looking for one is short. */
  takeFree(socket: NetlinkSocket): number {
    for (;;) {
      const port = this.next;
      this.next = port <= FIRST_FREE ? LAST_FREE : port - 1;
      if (this.take(port, socket)) return port;
    }
  }
  remove(port: number, socket: NetlinkSocket): void {
    if (this.ports.get(port) === socket) this.ports.delete(port);
  }
}

/** Bytes that messages in all queues of a kernel may take: each queue is bounded, but a guest may have many. */
const MOST_QUEUED = 64 << 20;
const queuedIn = new WeakMap<Kernel, { bytes: number }>();

/** Counts bytes of queues, or (below 0) counts them off. @returns false if there is no more room for them */
export function chargeQueues(kernel: Kernel, bytes: number): boolean {
  let all = queuedIn.get(kernel);
  if (all === undefined) queuedIn.set(kernel, (all = { bytes: 0 }));
  if (bytes > 0 && all.bytes + bytes > MOST_QUEUED) return false;
  all.bytes += bytes;
  return true;
}

const tables = new WeakMap<Kernel, Map<number, NetlinkTable>>();

export function netlinkTable(kernel: Kernel, protocol: number): NetlinkTable {
  const table = netlinkTables(kernel).get(protocol);
  if (table !== undefined) return table;
  const made = new NetlinkTable();
  netlinkTables(kernel).set(protocol, made);
  return made;
}

/** All protocols that have had a socket. */
export function netlinkTables(kernel: Kernel): Map<number, NetlinkTable> {
  let all = tables.get(kernel);
  if (all === undefined) tables.set(kernel, (all = new Map()));
  return all;
}

/** The kernel tells everybody in a group. */
export function broadcast(kernel: Kernel, protocol: number, group: number, data: Buffer): void {
  for (const s of tables.get(kernel)?.get(protocol)?.sockets ?? []) {
    if (s.memberOf(group)) s.enqueue({ data, from: 0, group }, false);
  }
}
