/** Options of the levels IP, IPv6 and TCP (ip(7), ipv6(7), tcp(7)): what values they take, and what they are at first. */

import { EINVAL, ENOPROTOOPT } from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import { SOCK_STREAM } from '../../abi/socket.js';
import type { Settings } from '../../kernel/settings.js';
import { SocketOptions } from '../options.js';

/** An option that is an int. What it changes, if anything, is with whoever reads it. */
interface Spec {
  readonly min: number;
  readonly max: number;
  readonly initial: number;
  /** The setting below /proc/sys that says what it is until somebody sets it. */
  readonly setting?: keyof Settings;
  /** -1 puts the initial value back. */
  readonly resets?: boolean;
  /** Any value but 0 is kept as 1. */
  readonly flag?: boolean;
  /** Not for streams: -ENOPROTOOPT on reading and -EINVAL on setting. */
  readonly datagramOnly?: boolean;
}

const FLAG: Spec = { min: -(2 ** 31), max: 2 ** 31 - 1, initial: 0, flag: true };
const FLAG_ON: Spec = { ...FLAG, initial: 1 };

function key(level: number, name: number): number {
  return level * 65536 + name;
}

function specs(level: number, list: Readonly<Record<number, Spec>>): [number, Spec][] {
  return Object.entries(list).map(([name, spec]) => [key(level, Number(name)), spec]);
}

const SPECS = new Map<number, Spec>([
  ...specs(inet.IPPROTO_IP, {
    [inet.IP_TOS]: { min: -(2 ** 31), max: 2 ** 31 - 1, initial: 0 },
    [inet.IP_TTL]: { min: 1, max: 255, initial: 64, resets: true },
    [inet.IP_RECVOPTS]: FLAG,
    [inet.IP_RETOPTS]: FLAG,
    [inet.IP_PKTINFO]: FLAG,
    [inet.IP_MTU_DISCOVER]: { min: 0, max: 5, initial: 1 },
    [inet.IP_RECVERR]: FLAG,
    [inet.IP_RECVTTL]: FLAG,
    [inet.IP_RECVTOS]: FLAG,
    [inet.IP_FREEBIND]: FLAG,
    [inet.IP_TRANSPARENT]: FLAG,
    [inet.IP_RECVFRAGSIZE]: { ...FLAG, datagramOnly: true },
    [inet.IP_UNICAST_IF]: { min: -(2 ** 31), max: 2 ** 31 - 1, initial: 0 },
    [inet.IP_BIND_ADDRESS_NO_PORT]: FLAG,
    [inet.IP_MULTICAST_TTL]: { min: 0, max: 255, initial: 1, resets: true, datagramOnly: true },
    [inet.IP_MULTICAST_LOOP]: FLAG_ON,
    [inet.IP_MULTICAST_ALL]: { min: 0, max: 1, initial: 1 },
    [inet.IP_RECVORIGDSTADDR]: FLAG,
  }),
  ...specs(inet.IPPROTO_IPV6, {
    [inet.IPV6_V6ONLY]: FLAG,
    [inet.IPV6_UNICAST_HOPS]: { min: 0, max: 255, initial: 64, resets: true },
    [inet.IPV6_MULTICAST_HOPS]: { min: 0, max: 255, initial: 1, resets: true, datagramOnly: true },
    [inet.IPV6_MULTICAST_LOOP]: { min: 0, max: 1, initial: 1 },
    [inet.IPV6_MTU_DISCOVER]: { min: 0, max: 5, initial: 1 },
    [inet.IPV6_RECVERR]: FLAG,
    [inet.IPV6_RECVPKTINFO]: FLAG,
    [inet.IPV6_RECVHOPLIMIT]: FLAG,
    [inet.IPV6_RECVTCLASS]: FLAG,
    [inet.IPV6_TCLASS]: { min: 0, max: 255, initial: 0, resets: true },
    [inet.IPV6_DONTFRAG]: FLAG,
    [inet.IPV6_MULTICAST_ALL]: FLAG_ON,
    // No extension headers are ever sent, and there is one path.
    [inet.IPV6_RECVRTHDR]: FLAG,
    [inet.IPV6_RECVHOPOPTS]: FLAG,
    [inet.IPV6_RECVDSTOPTS]: FLAG,
    [inet.IPV6_RECVPATHMTU]: FLAG,
    [inet.IPV6_AUTOFLOWLABEL]: FLAG_ON,
    [inet.IPV6_UNICAST_IF]: { min: -(2 ** 31), max: 2 ** 31 - 1, initial: 0 },
    [inet.IPV6_RECVORIGDSTADDR]: FLAG,
  }),
  ...specs(inet.IPPROTO_TCP, {
    [inet.TCP_NODELAY]: FLAG,
    [inet.TCP_MAXSEG]: { min: 88, max: 32767, initial: 536 },
    [inet.TCP_CORK]: FLAG,
    [inet.TCP_WINDOW_CLAMP]: { min: 0, max: 2 ** 31 - 1, initial: 0 },
    [inet.TCP_KEEPIDLE]: { min: 1, max: 32767, initial: 7200, setting: 'tcpKeepaliveTime' },
    [inet.TCP_KEEPINTVL]: { min: 1, max: 32767, initial: 75, setting: 'tcpKeepaliveInterval' },
    [inet.TCP_KEEPCNT]: { min: 1, max: 127, initial: 9, setting: 'tcpKeepaliveProbes' },
    [inet.TCP_SYNCNT]: { min: 1, max: 127, initial: 6 },
    [inet.TCP_LINGER2]: { min: -(2 ** 31), max: 2 ** 31 - 1, initial: 60 },
    [inet.TCP_DEFER_ACCEPT]: { min: -(2 ** 31), max: 2 ** 31 - 1, initial: 0 },
    [inet.TCP_QUICKACK]: FLAG_ON,
    [inet.TCP_USER_TIMEOUT]: { min: 0, max: 2 ** 31 - 1, initial: 0 },
    [inet.TCP_NOTSENT_LOWAT]: { min: -(2 ** 31), max: 2 ** 31 - 1, initial: 0 },
    // Nobody sends bytes with a SYN (net.ipv4.tcp_fastopen), so that no queue for them is ever used.
    [inet.TCP_FASTOPEN]: { min: 0, max: 2 ** 31 - 1, initial: 0 },
    [inet.TCP_INQ]: { min: 0, max: 1, initial: 0 },
    [inet.TCP_THIN_LINEAR_TIMEOUTS]: { min: 0, max: 1, initial: 0 },
  }),
]);

/** net.ipv4.tcp_wmem and tcp_rmem: what a connection has before it says otherwise. */
const TCP_SNDBUF = 16384;
const TCP_RCVBUF = 131072;
const RCVBUF_MAX = 6291456;
const SNDBUF_LOCK = 1;
const RCVBUF_LOCK = 2;
/**
 * Bytes that a connection may have on their way for each side that did not set its buffer. A sender's grows on Linux to the maximum of
 * net.ipv4.tcp_wmem while its peer does not read, at once where nothing is slow. Programs count on it that write much before they read.
 */
const SEND_ROOM = 4194304;
const RECEIVE_ROOM = 131072;

/** It is the listener's own business. */
const NOT_INHERITED = key(inet.IPPROTO_TCP, inet.TCP_DEFER_ACCEPT);

export class InetOptions extends SocketOptions {
  private readonly ints = new Map<number, number>();
  /** SO_BUF_LOCK: buffers that were set by hand. */
  bufferLocks = 0;
  /** SO_TIMESTAMP and its kin: times in ns rather than us, with 64 bits on every machine. */
  readonly stamps = { on: false, wide: false, nanoseconds: false, timestamping: 0 };

  constructor(
    private readonly type: number,
    private readonly settings: Settings,
  ) {
    super();
    if (type !== SOCK_STREAM) return;
    this.sndbuf = TCP_SNDBUF;
    this.rcvbuf = TCP_RCVBUF;
  }

  override setSndbuf(value: number): void {
    super.setSndbuf(value);
    this.bufferLocks |= SNDBUF_LOCK;
  }
  override setRcvbuf(value: number): void {
    super.setRcvbuf(value);
    this.bufferLocks |= RCVBUF_LOCK;
  }
  /** SO_RCVBUFFORCE and SO_SNDBUFFORCE: beyond what anybody may have. */
  forceBuffer(receive: boolean, value: number): void {
    if (receive) {
      this.setRcvbuf(0);
      this.rcvbuf = Math.max(this.rcvbuf, value * 2);
    } else {
      this.setSndbuf(0);
      this.sndbuf = Math.max(this.sndbuf, value * 2);
    }
  }

  /** Payload that fits: a set buffer is twice what was asked for, the other half being for overhead. */
  get sendRoom(): number {
    return (this.bufferLocks & SNDBUF_LOCK) !== 0 ? this.sndbuf >> 1 : SEND_ROOM;
  }
  get receiveRoom(): number {
    const clamp = this.ints.size > 0 ? (this.int(inet.IPPROTO_TCP, inet.TCP_WINDOW_CLAMP) ?? 0) : 0;
    return clamp > 0 ? Math.min(this.receiveBuffer, clamp) : this.receiveBuffer;
  }
  private get receiveBuffer(): number {
    return (this.bufferLocks & RCVBUF_LOCK) !== 0 ? this.rcvbuf >> 1 : Math.max(RECEIVE_ROOM, this.rcvLowat);
  }

  /** Does somebody want to know when something comes? */
  get stamped(): boolean {
    return this.stamps.on || this.stamps.timestamping !== 0;
  }

  /** The largest SO_RCVLOWAT: half of what the buffer is or may become. */
  get mostLowat(): number {
    return (this.bufferLocks & RCVBUF_LOCK) !== 0 ? this.rcvbuf >> 1 : RCVBUF_MAX >> 1;
  }

  /** A new connection has its listener's options. */
  inherit(from: InetOptions): void {
    for (const [k, v] of from.ints) if (k !== NOT_INHERITED) this.ints.set(k, v);
    for (const [k, v] of from.flags) this.flags.set(k, v);
    this.sndbuf = from.sndbuf;
    this.rcvbuf = from.rcvbuf;
    this.bufferLocks = from.bufferLocks;
    Object.assign(this.stamps, from.stamps);
    this.rcvTimeout = from.rcvTimeout;
    this.sndTimeout = from.sndTimeout;
    this.rcvLowat = from.rcvLowat;
    this.lingerOn = from.lingerOn;
    this.lingerTime = from.lingerTime;
  }

  /** The value of an option, or undefined when there is none of that name. */
  int(level: number, name: number): number | undefined {
    const spec = SPECS.get(key(level, name));
    if (spec === undefined) return undefined;
    return this.ints.get(key(level, name)) ?? this.usual(spec);
  }
  /** What an option is that nobody set. */
  private usual(spec: Spec): number {
    return spec.setting === undefined ? spec.initial : this.settings[spec.setting];
  }
  on(level: number, name: number): boolean {
    return this.ints.size > 0 && (this.ints.get(key(level, name)) ?? 0) !== 0;
  }

  /** @returns -ENOPROTOOPT for an unknown name, -EINVAL for a value that it cannot have */
  setInt(level: number, name: number, value: number): number {
    const spec = SPECS.get(key(level, name));
    if (spec === undefined) return -ENOPROTOOPT;
    if (spec.datagramOnly === true && this.type === SOCK_STREAM)
      return level === inet.IPPROTO_IP ? -EINVAL : -ENOPROTOOPT;
    if (value === -1 && spec.resets === true) {
      this.ints.delete(key(level, name));
      return 0;
    }
    if (value < spec.min || value > spec.max) return -EINVAL;
    this.ints.set(key(level, name), spec.flag === true ? Number(value !== 0) : value);
    return 0;
  }
}
