/** Options of the levels IP and IPv6 that are more than an int that is kept (ip(7), ipv6(7)). */

import { EADDRNOTAVAIL, EINVAL, ENOTCONN, EPERM } from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import { CAP_NET_ADMIN, CAP_NET_RAW } from '../../abi/sched.js';
import { SO_PRIORITY, SOCK_STREAM } from '../../abi/socket.js';
import { capable } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import { LOOPBACK_INDEX } from './device.js';
import { type InetSocket, intBytes, LOOPBACK_MTU } from './socket.js';

const { IPPROTO_IP, IPPROTO_IPV6 } = inet;
/** Priority by the upper bits of the type of service: nothing, throughput, delay, both. */
const TOS_PRIORITY = [0, 2, 6, 4];
const IPV6_MIN_MTU = 1280;

/** Of TCP the two bits for congestion are the protocol's own. */
function maskTos(socket: InetSocket, value: number): number {
  return value & (socket.type === SOCK_STREAM ? 0xfc : 0xff);
}

/** The type of service says how urgent the socket's packets are (rt_tos2priority). */
function setTos(socket: InetSocket, value: number): number {
  const tos = maskTos(socket, value);
  socket.keepNumber(SO_PRIORITY, TOS_PRIORITY[(tos & 0x1e) >> 3] as number);
  return socket.options.setInt(IPPROTO_IP, inet.IP_TOS, tos);
}

function setTransparent(socket: InetSocket, task: Task, int: number): number {
  const allowed = capable(task.cred, CAP_NET_ADMIN) || capable(task.cred, CAP_NET_RAW);
  return int !== 0 && !allowed ? -EPERM : socket.options.setInt(IPPROTO_IP, inet.IP_TRANSPARENT, int);
}

/** An interface by its index in the order of the network. */
function setUnicast(socket: InetSocket, level: number, name: number, int: number): number {
  if (int !== 0 && int !== LOOPBACK_INDEX << 24) return -EADDRNOTAVAIL;
  return socket.options.setInt(level, name, int);
}

/** setsockopt(2) of level IP or IPv6. @returns -ENOPROTOOPT, -EINVAL, -EPERM, -EADDRNOTAVAIL */
export function setIpOption(
  socket: InetSocket,
  task: Task,
  level: number,
  name: number,
  int: number,
): number {
  const { options } = socket;
  if (level === IPPROTO_IP) {
    if (name === inet.IP_TOS) return setTos(socket, int);
    if (name === inet.IP_TRANSPARENT) return setTransparent(socket, task, int);
    return name === inet.IP_UNICAST_IF
      ? setUnicast(socket, level, name, int)
      : options.setInt(level, name, int);
  }
  switch (name) {
    case inet.IPV6_V6ONLY:
      return socket.local.port !== 0 ? -EINVAL : options.setInt(level, name, int);
    // These two are the same as those of IPv4.
    case inet.IPV6_FREEBIND:
      return options.setInt(IPPROTO_IP, inet.IP_FREEBIND, int);
    case inet.IPV6_TRANSPARENT:
      return setTransparent(socket, task, int);
    case inet.IPV6_UNICAST_IF:
      return setUnicast(socket, level, name, int);
    // Packets are not cut into pieces that anybody could see.
    case inet.IPV6_MTU:
      return int !== 0 && int < IPV6_MIN_MTU ? -EINVAL : 0;
    case inet.IPV6_TCLASS:
      return options.setInt(level, name, int > 0 && int < 256 ? maskTos(socket, int) : int);
    default:
      return options.setInt(level, name, int);
  }
}

/** getsockopt(2) of what is no int that was set. @returns undefined for other options */
export function getIpOption(
  socket: InetSocket,
  level: number,
  name: number,
): Uint8Array | number | undefined {
  if (level === IPPROTO_IP) {
    if (name === inet.IP_MULTICAST_IF) return Buffer.from(socket.multicastFrom.address, 'latin1');
    if (name !== inet.IP_MTU) return undefined;
    // The length of an IPv4 packet has 16 bits.
    return socket.remote === undefined ? -ENOTCONN : intBytes(LOOPBACK_MTU - 1);
  }
  if (level !== IPPROTO_IPV6) return undefined;
  const { options } = socket;
  switch (name) {
    case inet.IPV6_MULTICAST_IF:
      return intBytes(socket.multicastIndex6);
    case inet.IPV6_FREEBIND:
      return intBytes(options.int(IPPROTO_IP, inet.IP_FREEBIND) ?? 0);
    case inet.IPV6_TRANSPARENT:
      return intBytes(options.int(IPPROTO_IP, inet.IP_TRANSPARENT) ?? 0);
    case inet.IPV6_MTU:
      return socket.remote === undefined ? -ENOTCONN : intBytes(LOOPBACK_MTU);
    default:
      return undefined;
  }
}
