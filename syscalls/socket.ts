/** Making, naming and connecting sockets. */

import {
  EACCES,
  EAFNOSUPPORT,
  EFAULT,
  EINVAL,
  EMFILE,
  ENFILE,
  EPERM,
  EPROTONOSUPPORT,
  ESOCKTNOSUPPORT,
} from '../src/abi/errno.js';
import { O_NONBLOCK } from '../src/abi/fcntl.js';
import {
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_MAX,
  IPPROTO_TCP,
  IPPROTO_UDP,
} from '../src/abi/inet.js';
import { RLIMIT_NOFILE } from '../src/abi/sched.js';
import {
  AF_INET,
  AF_INET6,
  AF_NETLINK,
  AF_PACKET,
  AF_UNIX,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOCK_STREAM,
} from '../src/abi/socket.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { networkFilter } from '../src/net/filtered/filter.js';
import { makeFilteredSocket } from '../src/net/filtered/make.js';
import { hostNetwork } from '../src/net/host/network.js';
import { HostRawIcmpSocket } from '../src/net/host/raw-icmp.js';
import { HostInetSocket } from '../src/net/host/socket.js';
import { mayPing, PingSocket, RawIcmpSocket } from '../src/net/inet/icmp.js';
import { inetStack } from '../src/net/inet/stack.js';
import { TcpSocket } from '../src/net/inet/tcp.js';
import { UdpSocket } from '../src/net/inet/udp.js';
import { netlinkProtocols } from '../src/net/netlink/protocols.js';
import { NetlinkSocket } from '../src/net/netlink/socket.js';
import type { Socket } from '../src/net/socket.js';
import { UnixSocket, unixType } from '../src/net/unix/socket.js';
import { installFd, installPair } from './anon-fd.js';
import type { Family, SyscallArgs } from './family.js';
import { readAddress, socketOf, storeAddress } from './socket-address.js';
import { socketIoFamily } from './socket-io.js';
import { socketOptionFamily } from './socket-options.js';

const SOCK_TYPE_MASK = 0xf;
const SOCK_MAX = 11;

/** A new socket, not installed. @returns -EINVAL, -EAFNOSUPPORT, -EPROTONOSUPPORT, -ESOCKTNOSUPPORT */
function makeSocket(task: Task, family: number, typeAndFlags: number, protocol: number): Socket | number {
  if ((typeAndFlags & ~(SOCK_TYPE_MASK | SOCK_CLOEXEC | SOCK_NONBLOCK)) !== 0) return -EINVAL;
  const type = typeAndFlags & SOCK_TYPE_MASK;
  if (type >= SOCK_MAX) return -EINVAL;
  const flags = (typeAndFlags & SOCK_NONBLOCK) !== 0 ? O_NONBLOCK : 0;
  if (family === AF_INET || family === AF_INET6) return makeInetSocket(task, family, type, protocol, flags);
  if (family === AF_NETLINK) return makeNetlinkSocket(task, type, protocol, flags);
  // What programs without CAP_NET_RAW are told: here nobody sees packets.
  if (family === AF_PACKET) return -EPERM;
  if (family !== AF_UNIX) return -EAFNOSUPPORT;
  if (protocol !== 0 && protocol !== AF_UNIX) return -EPROTONOSUPPORT;
  const kind = unixType(type);
  if (kind === undefined) return -ESOCKTNOSUPPORT;
  return new UnixSocket(task.kernel, kind, flags, task.cred);
}

/** Protocols that are not there are as if their modules were missing. */
function makeNetlinkSocket(task: Task, type: number, protocol: number, flags: number): Socket | number {
  if (type !== SOCK_RAW && type !== SOCK_DGRAM) return -ESOCKTNOSUPPORT;
  const rules = netlinkProtocols.get(protocol);
  if (rules === undefined) return -EPROTONOSUPPORT;
  return new NetlinkSocket(task.kernel, type, protocol, rules, flags, task.cred);
}

function icmpOf(family: number): number {
  return family === AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6;
}

/**
 * TCP, UDP and ICMP; every other protocol is as if its module were missing, and other raw sockets as without CAP_NET_RAW.
 */
function makeInetSocket(
  task: Task,
  family: number,
  type: number,
  protocol: number,
  flags: number,
): Socket | number {
  if (protocol < 0 || protocol >= IPPROTO_MAX) return -EINVAL;
  const network = hostNetwork(task.kernel);
  if (network !== undefined) {
    return type === SOCK_RAW && protocol === icmpOf(family)
      ? HostRawIcmpSocket.open(task, network, family, flags)
      : HostInetSocket.make(task, network, family, type, protocol, flags);
  }
  if (inetStack(task.kernel).full) return -ENFILE;
  const filter = networkFilter(task.kernel);
  const filtered = filter && makeFilteredSocket(task, filter, family, type, protocol, flags);
  if (filtered !== undefined) return filtered;
  if (type === SOCK_STREAM) {
    if (protocol !== IPPROTO_IP && protocol !== IPPROTO_TCP) return -EPROTONOSUPPORT;
    return new TcpSocket(task.kernel, family, flags, task.cred);
  }
  if (type === SOCK_DGRAM) {
    if (protocol === icmpOf(family)) {
      if (!mayPing(task.kernel, task.cred)) return -EACCES;
      return new PingSocket(task.kernel, family, flags, task.cred);
    }
    if (protocol !== IPPROTO_IP && protocol !== IPPROTO_UDP) return -EPROTONOSUPPORT;
    return new UdpSocket(task.kernel, family, flags, task.cred);
  }
  if (type === SOCK_RAW && protocol === icmpOf(family)) return RawIcmpSocket.make(task, family, flags);
  if (type === SOCK_RAW) return protocol === IPPROTO_IP ? -EPROTONOSUPPORT : -EPERM;
  return -ESOCKTNOSUPPORT;
}

function sysSocket(task: Task, args: SyscallArgs): SyscallResult {
  const type = args.int(1);
  const socket = makeSocket(task, args.int(0), type, args.int(2));
  return typeof socket === 'number' ? socket : installFd(task, socket, (type & SOCK_CLOEXEC) !== 0);
}

function sysSocketpair(task: Task, args: SyscallArgs): SyscallResult {
  const type = args.int(1);
  const a = makeSocket(task, args.int(0), type, args.int(2));
  if (typeof a === 'number') return a;
  const b = makeSocket(task, args.int(0), type, args.int(2));
  const r = typeof b === 'number' ? b : a.pairWith(task, b);
  if (typeof b === 'number' || r < 0) {
    a.release();
    if (typeof b !== 'number') b.release();
    return r;
  }
  return installPair(task, a, b, (type & SOCK_CLOEXEC) !== 0, args.ptr(3));
}

function sysBind(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  const raw = readAddress(task, args.ptr(1), args.int(2));
  return typeof raw === 'number' ? raw : socket.bind(task, raw);
}

function sysListen(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  return typeof socket === 'number' ? socket : socket.listen(task, args.int(1));
}

function sysConnect(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  const raw = readAddress(task, args.ptr(1), args.int(2));
  return typeof raw === 'number' ? raw : socket.connect(task, raw);
}

function accept(task: Task, args: SyscallArgs, flags: number): SyscallResult {
  if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) !== 0) return -EINVAL;
  const listener = socketOf(task, args.int(0));
  if (typeof listener === 'number') return listener;
  const addr = args.ptr(1);
  const lenAddr = args.ptr(2);
  return listener.accept(task, 0, (socket) => {
    const fd = task.files.install(socket, (flags & SOCK_CLOEXEC) !== 0, task.group.limit(RLIMIT_NOFILE));
    if (fd < 0) return -EMFILE;
    if ((flags & SOCK_NONBLOCK) !== 0) socket.flags |= O_NONBLOCK;
    if (addr !== 0) {
      const peer = socket.acceptedAddress();
      const r = typeof peer === 'number' ? -EFAULT : storeAddress(task, peer, addr, lenAddr);
      if (r < 0) {
        task.files.close(fd);
        return r;
      }
    }
    return fd;
  });
}

function sysAccept(task: Task, args: SyscallArgs): SyscallResult {
  return accept(task, args, 0);
}

function sysAccept4(task: Task, args: SyscallArgs): SyscallResult {
  return accept(task, args, args.int(3));
}

function sysGetsockname(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  return typeof socket === 'number'
    ? socket
    : storeAddress(task, socket.localAddress(), args.ptr(1), args.ptr(2));
}

function sysGetpeername(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  const peer = socket.peerAddress();
  return typeof peer === 'number' ? peer : storeAddress(task, peer, args.ptr(1), args.ptr(2));
}

function sysShutdown(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  return typeof socket === 'number' ? socket : socket.shutdown(args.int(1));
}

const note =
  'AF_UNIX; TCP, UDP and ICMP echo on the loopback device; netlink of routes, sockets and events. Other raw and packet sockets are EPERM, other families EAFNOSUPPORT';

export const socketFamily: Family = {
  socket: { handler: sysSocket, args: ['int', 'hex', 'int'], status: 'partial', note },
  socketpair: { handler: sysSocketpair, args: ['int', 'hex', 'int', 'ptr'], status: 'full' },
  bind: { handler: sysBind, args: ['fd', 'struct', 'int'], status: 'full' },
  listen: { handler: sysListen, args: ['fd', 'int'], status: 'full' },
  connect: { handler: sysConnect, args: ['fd', 'struct', 'int'], status: 'full' },
  accept: { handler: sysAccept, args: ['fd', 'ptr', 'ptr'], status: 'full' },
  accept4: { handler: sysAccept4, args: ['fd', 'ptr', 'ptr', 'hex'], status: 'full' },
  getsockname: { handler: sysGetsockname, args: ['fd', 'ptr', 'ptr'], status: 'full' },
  getpeername: { handler: sysGetpeername, args: ['fd', 'ptr', 'ptr'], status: 'full' },
  shutdown: { handler: sysShutdown, args: ['fd', 'int'], status: 'full' },
  ...socketIoFamily,
  ...socketOptionFamily,
};
