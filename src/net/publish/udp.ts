/** A published UDP port: each peer outside has a socket of its own inside, until it has been silent for a while. */

import { O_NONBLOCK } from '../../abi/fcntl.js';
import { IP_PKTINFO, IPPROTO_IP, IPPROTO_IPV6, IPV6_PKTINFO } from '../../abi/inet.js';
import { AF_INET, AF_INET6 } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Timer } from '../../kernel/timers.js';
import { BufferSink, BufferSource } from '../../kernel/useriov.js';
import type { Waiter } from '../../kernel/wait.js';
import { putFile } from '../../vfs/fdtable.js';
import { peerOf } from '../host/addresses.js';
import type { HostSocket } from '../host/host-socket.js';
import type { HostNetwork } from '../host/network.js';
import { encodeInetAddress, isLinkLocal6, LOOPBACK4, LOOPBACK6 } from '../inet/address.js';
import { UdpSocket } from '../inet/udp.js';
import { type ControlItem, emptyMessage } from '../socket.js';
import { callerIn } from './caller.js';
import type { Runnable, Turns } from './turns.js';

/** Datagrams in one direction before others have their turn. */
const MOST_AT_ONCE = 32;
/** Peers of one port at once: the one that has been silent for longest makes room. */
const MOST_PEERS = 1024;
/** How long a peer may be silent, ms. */
const IDLE = 60_000;

/** Used within one turn only; no datagram is longer. */
const space = new Uint8Array(65536);

/** One peer outside. */
class UdpSession implements Waiter, Runnable {
  lastUse: number;
  /** The own address that the peer speaks to: answers come from there. */
  own: readonly ControlItem[] | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly inside: UdpSocket,
    private readonly outside: HostSocket,
    private readonly peer: Uint8Array,
    private readonly turns: Turns,
  ) {
    this.lastUse = kernel.now();
    inside.refs++;
    inside.queue.add(this);
  }

  wake(): boolean {
    this.turns.add(this);
    return false;
  }

  /** From the peer to the guest. @returns false: nobody is there */
  forward(datagram: Uint8Array): boolean {
    this.lastUse = this.kernel.now();
    this.inside.send(callerIn(this.kernel), new BufferSource(datagram), { flags: 0 });
    return this.inside.takeError() === 0;
  }

  /** Answers of the guest's. What the host has no room for now is lost, as on any way. */
  run(): void {
    for (let i = 0; i < MOST_AT_ONCE; i++) {
      const sink = new BufferSink(space);
      const n = this.inside.recv(callerIn(this.kernel), sink, 0, emptyMessage(), (count) => count);
      if (typeof n !== 'number' || n < 0) return;
      this.lastUse = this.kernel.now();
      this.outside.send(new BufferSource(space.subarray(0, n)), 0, this.peer, this.own);
    }
    this.turns.later(this);
  }

  close(): void {
    this.inside.queue.remove(this);
    putFile(this.inside);
  }
}

export class UdpPublisher implements Runnable {
  /** By address of the peer; the one used last is the last. */
  private readonly sessions = new Map<string, UdpSession>();
  private timer: Timer | undefined;

  /** @param outside bound already, and told to say which address messages came to @param port the guest's */
  constructor(
    private readonly network: HostNetwork,
    private readonly outside: HostSocket,
    private readonly port: number,
    private readonly turns: Turns,
  ) {
    outside.watch(() => turns.add(this));
  }

  run(): void {
    for (let i = 0; i < MOST_AT_ONCE; i++) {
      const out = emptyMessage();
      const n = this.outside.receive(new BufferSink(space), 0, out);
      if (n < 0) return;
      const peer = out.from === undefined ? undefined : peerOf(out.from, 'udp');
      if (out.from === undefined || peer === undefined || this.network.policy.receive(peer) < 0) continue;
      this.deliver(out.from, space.subarray(0, n), answeringFrom(out.control));
    }
    this.turns.later(this);
  }

  /** That nobody listens inside is the peer's to find out by its own time-out. */
  private deliver(peer: Uint8Array, datagram: Uint8Array, own: readonly ControlItem[] | undefined): void {
    const key = Buffer.from(peer).toString('latin1');
    const known = this.sessions.get(key);
    if (known !== undefined) {
      this.sessions.delete(key);
      known.own = own;
      if (known.forward(datagram)) {
        this.sessions.set(key, known);
        return;
      }
      known.close();
    }
    for (const inside of this.connections()) {
      const session = new UdpSession(this.network.kernel, inside, this.outside, peer, this.turns);
      session.own = own;
      if (session.forward(datagram)) {
        this.remember(key, session);
        return;
      }
      session.close();
    }
  }

  private remember(key: string, session: UdpSession): void {
    if (this.sessions.size >= MOST_PEERS) this.endOldest();
    this.sessions.set(key, session);
    this.arm();
  }

  /** Sockets that speak to the guest's, over one family after the other. */
  private *connections(): Generator<UdpSocket> {
    const { kernel } = this.network;
    for (const [family, ip] of [
      [AF_INET, LOOPBACK4],
      [AF_INET6, LOOPBACK6],
    ] as const) {
      const socket = new UdpSocket(kernel, family, O_NONBLOCK);
      const address = encodeInetAddress(family, { ip, port: this.port });
      if (socket.connect(callerIn(kernel), address) === 0) yield socket;
      else socket.release();
    }
  }

  private endOldest(): void {
    for (const [key, session] of this.sessions) {
      this.sessions.delete(key);
      session.close();
      return;
    }
  }

  private arm(): void {
    const { kernel } = this.network;
    this.timer ??= kernel.timers.add(kernel.now() + IDLE, () => this.endIdle());
  }
  private endIdle(): void {
    this.timer = undefined;
    const before = this.network.kernel.now() - IDLE;
    for (const [key, session] of this.sessions) {
      if (session.lastUse > before) continue;
      this.sessions.delete(key);
      session.close();
    }
    if (this.sessions.size > 0) this.arm();
  }
}

/** struct in_pktinfo, in6_pktinfo: from where a message came in to where its answer goes out. */
function answeringFrom(control: readonly ControlItem[] | undefined): ControlItem[] | undefined {
  for (const item of control ?? []) {
    const v4 = item.level === IPPROTO_IP && item.type === IP_PKTINFO;
    if (!v4 && !(item.level === IPPROTO_IPV6 && item.type === IPV6_PKTINFO)) continue;
    const data = Uint8Array.from(item.data);
    // The interface is the routing table's to choose; but a link-local address means nothing without it.
    if (v4) data.fill(0, 0, 4);
    else if (!isLinkLocal6(Buffer.from(data.subarray(0, 16)).toString('latin1'))) data.fill(0, 16, 20);
    return [{ ...item, data }];
  }
  return undefined;
}
