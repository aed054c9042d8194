/** What TCP and UDP sockets have in common: names, ports and options (net/ipv4/af_inet.c, net/ipv6/af_inet6.c). */

import {
  EACCES,
  EADDRINUSE,
  EADDRNOTAVAIL,
  EAFNOSUPPORT,
  EINVAL,
  ENODEV,
  ENOENT,
  ENOPROTOOPT,
  ENOTCONN,
  EOPNOTSUPP,
} from '../../abi/errno.js';
import {
  IP_BIND_ADDRESS_NO_PORT,
  IP_FREEBIND,
  IP_TRANSPARENT,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
} from '../../abi/inet.js';
import { SIOCGSTAMP, SIOCGSTAMPNS } from '../../abi/ioctl.js';
import { CAP_NET_BIND_SERVICE } from '../../abi/sched.js';
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  SO_PEEK_OFF,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SOCK_STREAM,
} from '../../abi/socket.js';
import { type Cred, capable } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { SyscallResult } from '../../kernel/wait.js';
import { Socket } from '../socket.js';
import {
  ANY4,
  ANY6,
  anyOf,
  type Endpoint,
  encodeInetAddress,
  familyIn,
  type InetAddress,
  type Ip,
  isAny,
  isBroadcast,
  isLinkLocal6,
  isMulticast,
  isV4,
  needsInterface,
  parseInetAddress,
} from './address.js';
import { LOOPBACK_INDEX } from './device.js';
import { interfaceIoctl } from './interfaces.js';
import { getIpOption, setIpOption } from './ip-options.js';
import { type Membership, setGroupOption } from './multicast.js';
import { InetOptions } from './options.js';
import type { Bound } from './ports.js';
import { getSocketLevel, setSocketLevel } from './socket-level.js';
import { type InetStack, inetStack } from './stack.js';

/** The loopback device's. */
export const LOOPBACK_MTU = 65536;

export abstract class InetSocket extends Socket implements Bound {
  readonly options: InetOptions;
  readonly stack: InetStack;
  readonly uid: number;
  local: Endpoint;
  remote: Endpoint | undefined;
  portShared = false;
  /** bind(2) named the address, the port: they stay when the connection ends. */
  addressFixed = false;
  portFixed = false;
  readonly memberships: Membership[] = [];
  /** IP_MULTICAST_IF: the interface and the address that messages to groups leave by. */
  multicastFrom: { index: number; address: Ip } = { index: 0, address: ANY4 };
  /** IPV6_MULTICAST_IF. */
  multicastIndex6 = 0;
  private counted = true;
  /** Messages sent with MSG_ZEROCOPY: the number of the next one. */
  zerocopySent = 0;
  /** Pending error (positive errno). */
  error = 0;

  constructor(kernel: Kernel, family: number, type: number, protocol: number, flags: number, cred?: Cred) {
    super(kernel, family, type, protocol, flags, cred);
    this.options = new InetOptions(type, kernel.settings);
    this.stack = inetStack(kernel);
    this.stack.sockets++;
    this.uid = cred?.fsuid ?? 0;
    if (family === AF_INET6 && kernel.settings.bindV6Only === 1)
      this.options.setInt(IPPROTO_IPV6, IPV6_V6ONLY, 1);
    this.local = { ip: anyOf(family), port: 0 };
  }

  get reuseAddr(): boolean {
    return this.options.flags.get(SO_REUSEADDR) === 1;
  }
  get reusePort(): boolean {
    return this.options.flags.get(SO_REUSEPORT) === 1;
  }
  get v6only(): boolean {
    return this.family === AF_INET6 && this.options.on(IPPROTO_IPV6, IPV6_V6ONLY);
  }

  /** Registers with the table of ports, or leaves it. */
  protected abstract claim(endpoint: Endpoint): boolean;
  protected abstract pickPort(ip: string): number;
  abstract unclaim(): void;

  override bind(task: Task, raw: Uint8Array): number {
    const address = this.parseForBind(raw);
    if (typeof address === 'number') return address;
    const unusable = this.checkBindable(address);
    if (unusable < 0) return unusable;
    const { port } = address;
    const { unprivilegedPortStart } = this.kernel.settings;
    const reserved = port !== 0 && port < unprivilegedPortStart && !this.portsAreFree;
    if (reserved && !capable(task.cred, CAP_NET_BIND_SERVICE)) return -EACCES;
    if (this.local.port !== 0 || !this.bindable) return -EINVAL;
    if (port === 0 && this.options.on(IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT))
      this.local = { ip: address.ip, port };
    else if (!this.bindPort(address.ip, port)) return -EADDRINUSE;
    this.addressFixed = !isAny(address.ip);
    this.portFixed = port !== 0;
    return 0;
  }

  /** No port needs a capability. */
  protected get portsAreFree(): boolean {
    return false;
  }
  /** A socket in use cannot be bound any more. */
  protected get bindable(): boolean {
    return this.remote === undefined;
  }

  protected parseForBind(raw: Uint8Array): InetAddress | number {
    const address = parseInetAddress(raw, this.family);
    if (typeof address !== 'number' || address !== -EAFNOSUPPORT || this.family !== AF_INET) return address;
    // Old programs leave the family out when they bind to the wildcard address.
    if (familyIn(raw) !== AF_UNSPEC) return address;
    const wild = parseInetAddress(withFamily(raw), AF_INET);
    return typeof wild !== 'number' && wild.ip === ANY4 ? wild : -EAFNOSUPPORT;
  }

  protected checkBindable({ ip, scope, mapped }: InetAddress): number {
    if (mapped && this.v6only) return -EINVAL;
    if (isMulticast(ip) && !isV4(ip) && this.type === SOCK_STREAM) return -EINVAL;
    if (needsInterface(ip)) {
      if (scope === 0) return -EINVAL;
      if (scope !== LOOPBACK_INDEX) return -ENODEV;
    }
    if (isMulticast(ip)) return 0;
    if (isAny(ip) || this.stack.device.isLocal(ip) || isBroadcast(ip)) return 0;
    const anywhere = this.options.on(IPPROTO_IP, IP_FREEBIND) || this.options.on(IPPROTO_IP, IP_TRANSPARENT);
    return anywhere ? 0 : -EADDRNOTAVAIL;
  }

  private bindPort(ip: string, wanted: number): boolean {
    const port = wanted === 0 ? this.pickPort(ip) : wanted;
    return port !== 0 && this.claim({ ip, port });
  }

  /** Gives a socket without a port one. @returns false when there is none left */
  protected autobind(): boolean {
    return this.local.port !== 0 || this.bindPort(this.local.ip, 0);
  }

  override localAddress(): Uint8Array {
    return encodeInetAddress(this.family, this.local);
  }
  override peerAddress(): Uint8Array | number {
    // A peer without a port is none (inet_getname).
    if (this.remote === undefined || this.remote.port === 0) return -ENOTCONN;
    return encodeInetAddress(this.family, this.remote);
  }
  /** The socket is gone, and counts no more. */
  protected uncount(): void {
    if (this.counted) this.stack.sockets--;
    this.counted = false;
  }
  override setPendingError(errno: number): void {
    this.error = errno;
  }
  override takeError(): number {
    const e = this.error;
    this.error = 0;
    return e;
  }

  /** @returns the destination, with the rules that connect(2) and sendto(2) share; -EINVAL, -EAFNOSUPPORT */
  protected parseDestination(given: Uint8Array): InetAddress | number {
    const raw = this.family === AF_INET && this.type !== SOCK_STREAM ? withFamily(given) : given;
    const family = familyIn(raw);
    const v4 = this.family === AF_INET || (this.type !== SOCK_STREAM && family === AF_INET);
    const address = parseInetAddress(raw, v4 ? AF_INET : this.family);
    if (typeof address === 'number') return address;
    return isLinkLocal6(address.ip) && address.scope === 0 ? -EINVAL : address;
  }

  /** An option of SOL_SOCKET that is a number, or 0 and 1. */
  soNumber(name: number, initial = 0): number {
    return this.options.flags.get(name) ?? initial;
  }
  keepNumber(name: number, value: number): number {
    this.options.flags.set(name, value);
    return 0;
  }
  override setPeekOffset(value: number): number {
    return this.keepNumber(SO_PEEK_OFF, value);
  }
  override peekOffset(): number {
    return this.soNumber(SO_PEEK_OFF, -1);
  }
  /** Bytes that wait to be read, with what they cost, for SO_MEMINFO. */
  abstract get queuedBytes(): number;

  override setSocketOption(task: Task, name: number, value: Uint8Array): number | undefined {
    return setSocketLevel(this, task, name, value);
  }
  override getSocketOption(name: number, room: number): Uint8Array | number | undefined {
    return getSocketLevel(this, name, room);
  }

  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    if (!this.knowsLevel(level)) return -ENOPROTOOPT;
    const group = level === IPPROTO_TCP ? undefined : setGroupOption(this, level, name, value);
    if (group !== undefined) return group;
    const int = readInt(level, value);
    if (int === undefined) return -EINVAL;
    return level === IPPROTO_TCP
      ? this.options.setInt(level, name, int)
      : setIpOption(this, task, level, name, int);
  }

  override getOption(level: number, name: number, room: number): Uint8Array | number {
    if (!this.knowsLevel(level)) return this.family === AF_INET ? -EOPNOTSUPP : -ENOPROTOOPT;
    const special = getIpOption(this, level, name);
    if (special !== undefined) return special;
    const value = this.options.int(level, name);
    if (value === undefined) return -ENOPROTOOPT;
    // Level IP gives one byte to those who have room for no more (ip(7)).
    if (level === IPPROTO_IP && room > 0 && room < 4 && value >= 0 && value <= 255)
      return Uint8Array.of(value);
    return intBytes(value);
  }

  private knowsLevel(level: number): boolean {
    if (level === IPPROTO_TCP) return this.type === SOCK_STREAM;
    return level === IPPROTO_IP || (level === IPPROTO_IPV6 && this.family === AF_INET6);
  }

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    // Only sockets of messages know when the last one came.
    if (request === SIOCGSTAMP || request === SIOCGSTAMPNS) return -ENOENT;
    return interfaceIoctl(task, request, arg);
  }

  /** Messages to this socket come from both families. */
  get dualStack(): boolean {
    return this.family === AF_INET6 && !this.v6only && (this.local.ip === ANY6 || isV4(this.local.ip));
  }
}

/** An address without a family as one of AF_INET (udp_sendmsg). */
function withFamily(raw: Uint8Array): Uint8Array {
  if (raw.length < 2 || familyIn(raw) !== AF_UNSPEC) return raw;
  const named = Uint8Array.from(raw);
  named[0] = AF_INET;
  return named;
}

/** The int that an option is set to. Level IP takes a single byte too. */
function readInt(level: number, value: Uint8Array): number | undefined {
  if (value.length >= 4) return new DataView(value.buffer, value.byteOffset).getInt32(0, true);
  return level === IPPROTO_IP && value.length >= 1 ? value[0] : undefined;
}

export function intBytes(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}
