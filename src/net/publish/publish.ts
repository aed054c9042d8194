/** Ports of the host that lead to ports of the sandbox's own network (--publish). */

import { EADDRINUSE, EAFNOSUPPORT } from '../../abi/errno.js';
import { IP_PKTINFO, IPPROTO_IP, IPPROTO_IPV6, IPV6_RECVPKTINFO, IPV6_V6ONLY } from '../../abi/inet.js';
import { AF_INET, AF_INET6, SO_REUSEADDR, SOCK_DGRAM, SOCK_STREAM, SOL_SOCKET } from '../../abi/socket.js';
import { HostSocket } from '../host/host-socket.js';
import type { HostNetwork } from '../host/network.js';
import { ANY4, ANY6, encodeInetAddress, type Ip, isV4 } from '../inet/address.js';
import { TcpPublisher } from './tcp.js';
import type { Turns } from './turns.js';
import { UdpPublisher } from './udp.js';

/** One port. */
export interface PublishSpec {
  /** Address of the host, 4 or 16 bytes; without it all of them, of both families where there are both. */
  readonly ip?: Ip;
  readonly hostPort: number;
  /** The guest's. */
  readonly port: number;
  readonly protocol: 'tcp' | 'udp';
}

const BACKLOG = 4096;
const ON = new Uint8Array(Int32Array.of(1).buffer);
const OFF = new Uint8Array(Int32Array.of(0).buffer);

/**
 * Listens on the host and relays from there on.
 * @returns 0 or what the host says: -EADDRINUSE, -EADDRNOTAVAIL, -EACCES ...
 */
export function publish(network: HostNetwork, spec: PublishSpec, turns: Turns): number {
  const socket = open(network, spec);
  if (typeof socket === 'number') return socket;
  if (spec.protocol === 'tcp') new TcpPublisher(network, socket, spec.port, turns);
  else new UdpPublisher(network, socket, spec.port, turns);
  return 0;
}

function open(network: HostNetwork, spec: PublishSpec): HostSocket | number {
  if (spec.ip !== undefined) return openOn(network, spec, spec.ip);
  const both = openOn(network, spec, ANY6);
  // A host without IPv6 has no such sockets, or no such addresses.
  if (typeof both !== 'number' || both === -EADDRINUSE) return both;
  const v4 = openOn(network, spec, ANY4);
  return typeof v4 === 'number' && both !== -EAFNOSUPPORT ? both : v4;
}

function openOn(network: HostNetwork, spec: PublishSpec, ip: Ip): HostSocket | number {
  const family = isV4(ip) ? AF_INET : AF_INET6;
  const tcp = spec.protocol === 'tcp';
  const socket = HostSocket.open(network, family, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
  if (typeof socket === 'number') return socket;
  if (family === AF_INET6) socket.setOption(IPPROTO_IPV6, IPV6_V6ONLY, ip === ANY6 ? OFF : ON);
  // Connections of an earlier sandbox may still be dying.
  if (tcp) socket.setOption(SOL_SOCKET, SO_REUSEADDR, ON);
  else if (family === AF_INET) socket.setOption(IPPROTO_IP, IP_PKTINFO, ON);
  else socket.setOption(IPPROTO_IPV6, IPV6_RECVPKTINFO, ON);
  let r = socket.bind(encodeInetAddress(family, { ip, port: spec.hostPort }));
  if (r === 0 && tcp) r = socket.listen(BACKLOG);
  if (r === 0) return socket;
  socket.close();
  return r;
}
