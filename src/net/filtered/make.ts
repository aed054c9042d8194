/** socket(2) of the internet families under --network=filtered. */

import { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_IP, IPPROTO_TCP, IPPROTO_UDP } from '../../abi/inet.js';
import { AF_INET, SOCK_DGRAM, SOCK_STREAM } from '../../abi/socket.js';
import type { Task } from '../../kernel/task.js';
import { mayPing } from '../inet/icmp.js';
import type { Socket } from '../socket.js';
import type { Filter } from './filter.js';
import { FilteredPingSocket } from './ping.js';
import { FilteredTcpSocket } from './tcp.js';
import { FilteredUdpSocket } from './udp.js';

/**
 * A socket whose every contact with the outside the filter decides over, or undefined for what the sandbox's own network answers.
 */
export function makeFilteredSocket(
  task: Task,
  filter: Filter,
  family: number,
  type: number,
  protocol: number,
  flags: number,
): Socket | undefined {
  filter.start?.();
  const { kernel, cred } = task;
  if (type === SOCK_STREAM && (protocol === IPPROTO_IP || protocol === IPPROTO_TCP)) {
    return new FilteredTcpSocket(filter, kernel, family, flags, cred);
  }
  if (type !== SOCK_DGRAM) return undefined;
  if (protocol === IPPROTO_IP || protocol === IPPROTO_UDP) {
    return new FilteredUdpSocket(filter, kernel, family, flags, cred);
  }
  if (protocol !== (family === AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6) || !mayPing(kernel, cred))
    return undefined;
  return new FilteredPingSocket(filter, kernel, family, flags, cred);
}
