/**
 * Echo requests under --network=filtered: the sandbox itself answers those to its own addresses, the host sends those that rules let
 * out. A socket is on the side that it has spoken to last.
 */

import { EPERM } from '../../abi/errno.js';
import { AF_UNSPEC } from '../../abi/socket.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import type { SyscallResult } from '../../kernel/wait.js';
import type { Peer } from '../host/policy.js';
import type { HostInetSocket } from '../host/socket.js';
import { familyIn, type InetAddress } from '../inet/address.js';
import { PingSocket } from '../inet/icmp.js';
import { emptyMessage, type ReceivedMessage, type SendMessage } from '../socket.js';
import { hostAddress } from './address.js';
import { type Filter, isInside } from './filter.js';
import { Outside } from './outside.js';

/** Of echo requests an address's port means nothing: peers are known by their address. */
class PingOutside extends Outside {
  override connect(task: Task, peer: Peer): number {
    return super.connect(task, { ...peer, port: 0 });
  }
  override send(task: Task, peer: Peer): number {
    return super.send(task, { ...peer, port: 0 });
  }
  override receive(peer: Peer): number {
    return super.receive({ ...peer, port: 0 });
  }
}

export class FilteredPingSocket extends PingSocket {
  private readonly outside: Outside;
  private isAway = false;

  constructor(filter: Filter, kernel: Kernel, family: number, flags: number, cred?: Cred) {
    super(kernel, family, flags, cred);
    this.outside = new PingOutside(this, 'icmp', filter);
  }

  private get away(): HostInetSocket | undefined {
    return this.isAway ? this.outside.live : undefined;
  }

  private peerOutside(raw: Uint8Array): InetAddress | undefined {
    const address = this.parseDestination(raw);
    return typeof address === 'number' || isInside(this.stack, address.ip) ? undefined : address;
  }

  /** Goes outside to talk to `peer`. @returns -EPERM, or what socket(2) says */
  private leave(task: Task, event: 'connect' | 'send', peer: InetAddress): HostInetSocket | number {
    if (!this.outside.admits(event, task, { ip: peer.ip, port: 0 })) return -EPERM;
    const host = this.outside.open(task);
    if (typeof host !== 'number') this.isAway = true;
    return host;
  }

  override connect(task: Task, raw: Uint8Array): SyscallResult {
    const peer = raw.length >= 2 && familyIn(raw) === AF_UNSPEC ? undefined : this.peerOutside(raw);
    if (peer === undefined) {
      this.outside.close();
      this.isAway = false;
      return super.connect(task, raw);
    }
    const host = this.leave(task, 'connect', peer);
    return typeof host === 'number' ? host : host.connect(task, hostAddress(this.family, peer));
  }

  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    const { to } = message;
    if (to === undefined || to.length === 0) {
      return this.away?.send(task, source, message) ?? super.send(task, source, message);
    }
    const peer = this.peerOutside(to);
    if (peer === undefined) {
      this.isAway = false;
      return super.send(task, source, message);
    }
    const host = this.leave(task, 'send', peer);
    if (typeof host === 'number') return host;
    return host.send(task, source, { ...message, to: hostAddress(this.family, peer) });
  }

  override recv(
    task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    return this.away?.recv(task, sink, flags, out, finish) ?? super.recv(task, sink, flags, out, finish);
  }
  override read(task: Task, sink: Sink): SyscallResult {
    return this.recv(task, sink, 0, emptyMessage(), (n) => n);
  }
  override poll(): number {
    return this.away?.poll() ?? super.poll();
  }
  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    return this.away?.ioctl(task, request, arg) ?? super.ioctl(task, request, arg);
  }
  override shutdown(how: number): number {
    return this.away?.shutdown(how) ?? super.shutdown(how);
  }
  override localAddress(): Uint8Array {
    return this.away?.localAddress() ?? super.localAddress();
  }
  override peerAddress(): Uint8Array | number {
    return this.away?.peerAddress() ?? super.peerAddress();
  }

  override setSocketOption(task: Task, name: number, value: Uint8Array): number | undefined {
    const r = this.outside.setSocketOption(task, name, value);
    return (this.away && r) ?? super.setSocketOption(task, name, value);
  }
  override getSocketOption(name: number, room: number): Uint8Array | number | undefined {
    return this.away?.getSocketOption(name, room) ?? super.getSocketOption(name, room);
  }
  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    const r = super.setOption(task, level, name, value);
    if (r !== 0) return r;
    this.outside.remember(level, name, value);
    if (this.outside.knowsOption(level, name)) this.outside.live?.setOption(task, level, name, value);
    return r;
  }

  override release(): void {
    this.outside.close();
    super.release();
  }
}
