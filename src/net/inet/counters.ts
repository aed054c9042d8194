/** What /proc/net/snmp and netstat count. There are no packets here: segments are those that would have been sent. */

/** Of UDP, for each of IPv4 and IPv6. */
export class UdpCounters {
  in = 0;
  out = 0;
  /** Nobody had the port. */
  noPorts = 0;
  /** The receiver's buffer was full. */
  overflows = 0;
}

export class TcpCounters {
  activeOpens = 0;
  passiveOpens = 0;
  failedAttempts = 0;
  /** Resets of established connections. */
  resets = 0;
  resetsSent = 0;
  segments = 0;
  /** Connections that waited because the backlog was full. */
  listenOverflows = 0;
}

/** Of IPv4 or IPv6. */
export class IpCounters {
  packets = 0;
  bytes = 0;
  /** Destination unreachable, from ICMP. */
  unreachable = 0;
}

export class InetCounters {
  readonly ip4 = new IpCounters();
  readonly ip6 = new IpCounters();
  readonly udp4 = new UdpCounters();
  readonly udp6 = new UdpCounters();
  readonly tcp = new TcpCounters();

  ip(v4: boolean): IpCounters {
    return v4 ? this.ip4 : this.ip6;
  }
  udp(v4: boolean): UdpCounters {
    return v4 ? this.udp4 : this.udp6;
  }
}
