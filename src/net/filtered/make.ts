/** socket(2) of the internet families under --network=filtered. */

import { EPERM, EPROTONOSUPPORT } from '../../abi/errno.js';
import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP } from '../../abi/inet.js';
import { AF_INET, SOCK_DGRAM, SOCK_STREAM } from '../../abi/socket.js';
import type { Task } from '../../kernel/task.js';
import type { Peer } from '../host/policy.js';
import { HostInetSocket } from '../host/socket.js';
import { SocketOptions } from '../options.js';
import type { Socket } from '../socket.js';
import type { Filter } from './filter.js';
import { Peers } from './peers.js';
import { FilteredTcpSocket } from './tcp.js';
import { FilteredUdpSocket } from './udp.js';

/** Echo requests are sockets of the host from the first: rules are asked as the guest makes its calls. */
class PingPeers extends Peers {
  override connect(task: Task, { ip }: Peer): number {
    return this.ask('connect', task, ip);
  }
  override send(task: Task, { ip }: Peer): number {
    return this.ask('send', task, ip);
  }
  /** The port of an address is a number that the host puts its own in place of. */
  private ask(event: 'connect' | 'send', task: Task, ip: string): number {
    return this.admits(event, task, { ip, port: 0 }) ? 0 : -EPERM;
  }
  override receive(peer: Peer): number {
    return super.receive({ ...peer, port: 0 });
  }
}

/**
 * A socket whose every contact with the outside the filter decides over, or undefined for what the sandbox's own network answers.
 * @returns -EPROTONOSUPPORT, or what the host says of ping sockets
 */
export function makeFilteredSocket(
  task: Task,
  filter: Filter,
  family: number,
  type: number,
  protocol: number,
  flags: number,
): Socket | number | undefined {
  filter.start?.();
  const { kernel, cred } = task;
  if (type === SOCK_STREAM && (protocol === IPPROTO_IP || protocol === IPPROTO_TCP)) {
    return new FilteredTcpSocket(filter, kernel, family, flags, cred);
  }
  if (type !== SOCK_DGRAM) return undefined;
  if (protocol === IPPROTO_IP || protocol === IPPROTO_UDP) {
    return new FilteredUdpSocket(filter, kernel, family, flags, cred);
  }
  if (protocol !== IPPROTO_ICMP && protocol !== IPPROTO_ICMPV6) return undefined;
  if (protocol !== (family === AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6)) return -EPROTONOSUPPORT;
  const owner = { policy: new PingPeers('icmp', filter), options: new SocketOptions() };
  return HostInetSocket.make(task, filter.network, family, type, protocol, flags, owner);
}
