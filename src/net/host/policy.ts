/** Who may talk to whom: what every socket of the host is asked about before the host hears of it. */

import type { Task } from '../../kernel/task.js';
import type { Ip } from '../inet/address.js';

/** One end of a conversation, and what it is spoken in. */
export interface Peer {
  /** icmp: echo requests of ping sockets (the port is their identifier). */
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  /** 4 or 16 bytes; an IPv4-mapped IPv6 address is given as the 4 bytes that it means. The wildcard address is not replaced. */
  readonly ip: Ip;
  readonly port: number;
  /** Index of the interface that an IPv6 address belongs to; 0: none given. */
  readonly scope: number;
}

/**
 * Every method answers at once: 0 to allow, or a negative errno, which the guest's call then ends with. What is asked about is what
 * the host is told: the address was read from the guest once. `task` is whoever makes the call.
 */
export interface NetworkPolicy {
  /** connect(2), of streams and of datagram sockets; what a connected socket sends is not asked about again. */
  connect(task: Task, peer: Peer): number;
  /** sendto(2) and sendmsg(2) with a destination: asked at least once for each socket and destination. */
  send(task: Task, peer: Peer): number;
  /** bind(2), and listen(2) of a socket without a name: the own address and port, 0 for a port of the host's choice. */
  bind(task: Task, own: Peer): number;
  /** A connection has arrived from `peer`: refused ones are reset, and the guest never sees them. */
  accept(peer: Peer): number;
  /** A datagram has arrived on a socket that is not connected: refused ones are lost. Asked for each of them. */
  receive(peer: Peer): number;
  /** A multicast group is to be joined. */
  join(task: Task, group: Peer): number;
}

/** --network=host: whatever the host permits. */
export const ALLOW_ALL: NetworkPolicy = {
  connect: () => 0,
  send: () => 0,
  bind: () => 0,
  accept: () => 0,
  receive: () => 0,
  join: () => 0,
};
