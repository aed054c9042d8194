/** The loopback device of a kernel: flags, addresses and what follows from them (net/ipv4/devinet.c, net/ipv6/addrconf.c). */

import { EADDRNOTAVAIL, EEXIST, EINVAL, ENOBUFS } from '../../abi/errno.js';
import { IFA_F_PERMANENT, IFA_F_SECONDARY, RT_SCOPE_HOST } from '../../abi/rtnetlink.js';
import { type Ip, isV4, LOOPBACK4, LOOPBACK6 } from './address.js';

export const LOOPBACK_INDEX = 1;
export const LOOPBACK_NAME = 'lo';
/** IFF_LOOPBACK. */
const IFF_LOOPBACK = 0x8;
const IFF_UP = 0x1;
/** IFF_RUNNING, and IFF_LOWER_UP, which ioctl(2) has no room for. */
const IFF_RUNNING = 0x40;
const IFF_LOWER_UP = 0x10000;
/** Most addresses: every look-up may have to go through all of them. */
const MAX_ADDRESSES = 1024;

/** An address of the device (struct in_ifaddr, struct inet6_ifaddr). */
export interface InterfaceAddress {
  /** The device's own end. */
  readonly ip: Ip;
  /** IFA_ADDRESS: the other end of a link between two, else the same. */
  readonly peer: Ip;
  /** Bits of the network's part. */
  readonly prefix: number;
  readonly scope: number;
  readonly flags: number;
  /** IFA_LABEL (IPv4). */
  readonly label: string;
  readonly broadcast: Ip | undefined;
  /** IFA_PROTO. */
  readonly proto: number;
  /** When it was made and last changed, 1/100 s since the start. */
  readonly created: number;
}

/** Do two addresses of one family agree in their first `bits` bits? */
export function samePrefix(a: Ip, b: Ip, bits: number): boolean {
  if (a.length !== b.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return false;
  const rest = bits & 7;
  return rest === 0 || (a.charCodeAt(whole) ^ b.charCodeAt(whole)) >> (8 - rest) === 0;
}

/** The first `bits` bits of an address, the others 0, or all 1 (a broadcast address). */
export function networkOf(ip: Ip, bits: number, ones = false): Ip {
  let out = '';
  for (let i = 0; i < ip.length; i++) {
    const keep = Math.max(0, Math.min(8, bits - 8 * i));
    const host = 0xff >> keep;
    out += String.fromCharCode(ones ? ip.charCodeAt(i) | host : ip.charCodeAt(i) & ~host & 0xff);
  }
  return out;
}

function initial(ip: Ip, prefix: number): InterfaceAddress {
  const v4 = isV4(ip);
  return {
    ip,
    peer: ip,
    prefix,
    scope: RT_SCOPE_HOST,
    flags: IFA_F_PERMANENT,
    label: v4 ? LOOPBACK_NAME : '',
    broadcast: undefined,
    // IFAPROT_KERNEL_LO, which IPv4 does not say of 127.0.0.1.
    proto: v4 ? 0 : 1,
    created: 0,
  };
}

export class LoopbackDevice {
  /** What is sent while it is off is lost. Its IPv4 addresses stay, those of IPv6 go. */
  up = true;
  mtu = 65536;
  txQueueLength = 1000;
  /** Of IPv4 in the order in which they are shown; of IPv6 the newest last. */
  addresses: readonly InterfaceAddress[] = [initial(LOOPBACK4, 8), initial(LOOPBACK6, 128)];
  /** Packets and bytes sent, which are also those received. */
  packets = 0;
  bytes = 0;

  /** IFF_*. */
  get flags(): number {
    return IFF_LOOPBACK | (this.up ? IFF_UP | IFF_RUNNING | IFF_LOWER_UP : 0);
  }

  /** Counts what went through. */
  count(packets: number, bytes: number): void {
    this.packets += packets;
    this.bytes += bytes;
  }

  /** Is a message to `ip` for this machine? Of an IPv4 network on this device every address is, but not the broadcast address. */
  isLocal(ip: Ip): boolean {
    return this.addressFor(ip) !== undefined;
  }

  /** The address that messages to `ip`, which is local, come from. */
  sourceFor(ip: Ip): Ip | undefined {
    const found = this.addressFor(ip);
    return found === undefined ? undefined : this.primaryOf(found).ip;
  }

  /** The first address of the same network, in whose name all of it speaks. */
  primaryOf(a: InterfaceAddress): InterfaceAddress {
    if (!isV4(a.ip) || (a.flags & IFA_F_SECONDARY) === 0) return a;
    const same = (b: InterfaceAddress): boolean =>
      b.prefix === a.prefix && (b.flags & IFA_F_SECONDARY) === 0 && samePrefix(b.peer, a.peer, a.prefix);
    return this.addresses.find(same) ?? a;
  }

  private addressFor(ip: Ip): InterfaceAddress | undefined {
    let network: InterfaceAddress | undefined;
    for (const a of this.addresses) {
      if (a.ip === ip) return a;
      if (network === undefined && isV4(ip) && inNetwork(a, ip)) network = a;
    }
    return network;
  }

  /** Is it the broadcast address of one of the device's IPv4 networks? */
  isBroadcast(ip: Ip): boolean {
    if (!this.up || !isV4(ip)) return false;
    return this.addresses.some(
      (a) =>
        a.broadcast === ip || (hasNetwork(a) && a.prefix < 31 && networkOf(a.peer, a.prefix, true) === ip),
    );
  }

  /** @returns -EEXIST, -EINVAL for the same network with another scope, -ENOBUFS */
  add(address: InterfaceAddress): number {
    if (this.addresses.length >= MAX_ADDRESSES) return -ENOBUFS;
    return isV4(address.ip) ? this.add4(address) : this.add6(address);
  }

  private add6(address: InterfaceAddress): number {
    if (this.addresses.some((a) => a.ip === address.ip)) return -EEXIST;
    // The widest scope first, of one scope the newest.
    const at = this.addresses.findIndex((a) => !isV4(a.ip) && a.scope >= address.scope);
    this.addresses = this.addresses.toSpliced(at < 0 ? this.addresses.length : at, 0, address);
    return 0;
  }

  /** Switches the device on or off. @returns addresses that came or went with it */
  setUp(up: boolean): InterfaceAddress[] {
    if (this.up === up) return [];
    this.up = up;
    const before = this.addresses;
    if (!up) this.addresses = before.filter((a) => isV4(a.ip));
    else this.add6(initial(LOOPBACK6, 128));
    return [...before, ...this.addresses].filter((a) => before.includes(a) !== this.addresses.includes(a));
  }

  private add4(address: InterfaceAddress): number {
    const list = [...this.addresses];
    let flags = address.flags;
    let at = 0;
    for (const [i, a] of list.entries()) {
      if (!isV4(a.ip)) continue;
      const primary = (a.flags & IFA_F_SECONDARY) === 0;
      if (primary && address.scope <= a.scope) at = i + 1;
      if (a.prefix !== address.prefix || !samePrefix(a.peer, address.peer, a.prefix)) continue;
      if (a.ip === address.ip) return -EEXIST;
      if (a.scope !== address.scope) return -EINVAL;
      flags |= IFA_F_SECONDARY;
    }
    // Secondary addresses come last of all.
    if ((flags & IFA_F_SECONDARY) !== 0) at = list.length;
    list.splice(at, 0, { ...address, flags });
    this.addresses = list;
    return 0;
  }

  /** Puts an address in another's place. */
  replace(old: InterfaceAddress, address: InterfaceAddress): void {
    this.addresses = this.addresses.map((a) => (a === old ? address : a));
  }

  /** Takes an address away, and with the first one of an IPv4 network the others. @returns those that went, or -EADDRNOTAVAIL */
  remove(address: InterfaceAddress): InterfaceAddress[] | number {
    if (!this.addresses.includes(address)) return -EADDRNOTAVAIL;
    const primary = isV4(address.ip) && (address.flags & IFA_F_SECONDARY) === 0;
    const goes = (a: InterfaceAddress): boolean =>
      a === address ||
      (primary &&
        (a.flags & IFA_F_SECONDARY) !== 0 &&
        a.prefix === address.prefix &&
        samePrefix(a.peer, address.peer, a.prefix));
    const gone = this.addresses.filter(goes);
    this.addresses = this.addresses.filter((a) => !goes(a));
    return gone;
  }
}

/** Is there a route to the whole network of the address? */
export function hasNetwork(a: InterfaceAddress): boolean {
  return (
    isV4(a.ip) &&
    (a.flags & IFA_F_SECONDARY) === 0 &&
    a.peer.charCodeAt(0) !== 0 &&
    (a.prefix < 32 || a.peer !== a.ip)
  );
}

function inNetwork(a: InterfaceAddress, ip: Ip): boolean {
  if (!hasNetwork(a) || !samePrefix(a.peer, ip, a.prefix)) return false;
  return a.prefix >= 31 || networkOf(a.peer, a.prefix, true) !== ip;
}
