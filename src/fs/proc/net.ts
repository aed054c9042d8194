/** /proc/net: tables of the loopback network. Sockets and counters are listed by whoever owns them (`setNetTable`). */

import type { Kernel } from '../../kernel/kernel.js';

const V4 = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const V6 =
  '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const DATAGRAM = ' ref pointer drops';
const UDP4 = ` ${V4}${DATAGRAM}            \n`;

/** Every file, in the order in which they are listed, with what it begins with. A slash makes a directory. */
const HEADERS: Readonly<Record<string, string>> = {
  anycast6: '',
  arp: 'IP address       HW type     Flags       HW address            Mask     Device\n',
  dev:
    'Inter-|   Receive                                                |  Transmit\n' +
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n',
  dev_mcast: '',
  'dev_snmp6/lo': '',
  fib_trie: '',
  icmp: `${V4}${DATAGRAM}             \n`,
  icmp6: `${V6}${DATAGRAM}\n`,
  if_inet6: '',
  igmp: 'Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n',
  igmp6: '',
  ip6_flowlabel: 'Label S Owner  Users  Linger Expires  Dst                              Opt\n',
  ipv6_route: '',
  mcfilter: 'Idx Device        MCA        SRC    INC    EXC\n',
  mcfilter6: 'Idx Device                Multicast Address                   Source Address    INC    EXC\n',
  netlink: 'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n',
  netstat: '',
  packet: 'sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n',
  protocols:
    'protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re bi br ha uh gp em\n',
  psched: '',
  ptype: 'Type Device      Function\n',
  raw: `${V4}${DATAGRAM}\n`,
  raw6: `${V6}${DATAGRAM}\n`,
  route: `${'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT'.padEnd(127)}\n`,
  rt_cache: `${'Iface\tDestination\tGateway \tFlags\t\tRefCnt\tUse\tMetric\tSource\t\tMTU\tWindow\tIRTT\tTOS\tHHRef\tHHUptod\tSpecDst'.padEnd(127)}\n`,
  snmp: '',
  snmp6: '',
  sockstat: '',
  sockstat6: '',
  softnet_stat: '',
  'stat/rt_cache':
    'entries  in_hit   in_slow_tot in_slow_mc in_no_route in_brd   in_martian_dst in_martian_src out_hit  out_slow_tot out_slow_mc gc_total gc_ignored gc_goal_miss gc_dst_overflow in_hlist_search out_hlist_search\n',
  tcp: `${V4}                                                     \n`,
  tcp6: `${V6}\n`,
  udp: UDP4,
  udp6: `${V6}${DATAGRAM}\n`,
  udplite: UDP4,
  udplite6: `${V6}${DATAGRAM}\n`,
  unix: 'Num       RefCount Protocol Flags    Type St Inode Path\n',
};

const tablesOf = new WeakMap<Kernel, Map<string, () => string>>();

/**
 * Gives the rows of a table under its header.
 * @param name as below /proc/net: tcp, tcp6, udp, udp6, unix, netlink ... @param rows complete lines
 */
export function setNetTable(kernel: Kernel, name: string, rows: () => string): void {
  let tables = tablesOf.get(kernel);
  if (tables === undefined) tablesOf.set(kernel, (tables = new Map()));
  tables.set(name, rows);
}

const textsOf = new WeakMap<Kernel, Map<string, () => string>>();

/** Gives the whole text of a table, its header too: for networks that are not the sandbox's own. */
export function setNetText(kernel: Kernel, name: string, text: () => string): void {
  let texts = textsOf.get(kernel);
  if (texts === undefined) textsOf.set(kernel, (texts = new Map()));
  texts.set(name, text);
}

/** What is directly below `dir` ('' or a directory with a slash at its end), and whether it is a directory. */
export function netNames(dir: string): Map<string, boolean> {
  const names = new Map<string, boolean>();
  for (const path of Object.keys(HEADERS)) {
    if (!path.startsWith(dir)) continue;
    const [name, rest] = path.slice(dir.length).split('/');
    if (name !== undefined) names.set(name, rest !== undefined);
  }
  return names;
}

export function netText(kernel: Kernel, name: string): string {
  const whole = textsOf.get(kernel)?.get(name);
  if (whole !== undefined) return whole();
  return (HEADERS[name] ?? '') + (tablesOf.get(kernel)?.get(name)?.() ?? '');
}
