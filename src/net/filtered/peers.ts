/** Whom the part outside of one guest's socket may talk to: rules are asked once for each peer. */

import { EPERM } from '../../abi/errno.js';
import type { Task } from '../../kernel/task.js';
import type { NetworkPolicy, Peer } from '../host/policy.js';
import type { Endpoint } from '../inet/address.js';
import type { Filter } from './filter.js';

/** Peers of a datagram socket that are known to be allowed. */
const MAX_PEERS = 1024;

function peerKey({ ip, port }: Endpoint): string {
  return `${ip}${port}`;
}

/** As a policy it lets the host socket talk only to those that were decided over before. */
export class Peers implements NetworkPolicy {
  /** Peers that were allowed: what they answer is let in. The oldest is first. */
  private readonly known = new Set<string>();
  /** The port that the guest has chosen: that of others' rules to come in. */
  ownPort = 0;
  protected naming = false;

  constructor(
    protected readonly protocol: Peer['protocol'],
    readonly filter: Filter,
  ) {}

  /** Decides over a peer that the guest talks to. */
  admits(event: 'connect' | 'send', task: Task, peer: Endpoint): boolean {
    const key = peerKey(peer);
    // A datagram socket that was allowed once is not asked again.
    if (event === 'send' && this.known.has(key)) return true;
    const flow = { direction: 'out', protocol: this.protocol, ip: peer.ip, port: peer.port } as const;
    if (!this.filter.allows(event, flow, task)) return false;
    this.allow(peer);
    return true;
  }

  /** A peer that was decided over. */
  allow(peer: Endpoint): void {
    if (this.known.size >= MAX_PEERS)
      for (const oldest of this.known) {
        this.known.delete(oldest);
        break;
      }
    this.known.add(peerKey(peer));
  }

  forget(peer: Endpoint): void {
    this.known.delete(peerKey(peer));
  }

  connect(_task: Task, peer: Peer): number {
    return this.known.has(peerKey(peer)) ? 0 : -EPERM;
  }
  send(_task: Task, peer: Peer): number {
    return this.known.has(peerKey(peer)) ? 0 : -EPERM;
  }
  /** Only the socket that this is part of gives the host socket a name; connections that it has accepted get none. */
  bind(): number {
    return this.naming ? 0 : -EPERM;
  }
  accept(peer: Peer): number {
    return this.comesIn('accept', peer);
  }
  receive(peer: Peer): number {
    if (this.known.has(peerKey(peer))) return 0;
    const r = this.comesIn('receive', peer);
    if (r === 0) this.allow(peer);
    return r;
  }
  join(task: Task, group: Peer): number {
    return this.filter.mayJoin(this.protocol, group.ip, task) ? 0 : -EPERM;
  }

  private comesIn(event: 'accept' | 'receive', peer: Peer): number {
    const flow = { direction: 'in', protocol: this.protocol, ip: peer.ip, port: this.ownPort } as const;
    return this.filter.allows(event, flow) ? 0 : -EPERM;
  }
}
