/** /proc/net: tables of the loopback network. Sockets are listed by whoever owns them (`setNetTable`). */

import type { Kernel } from '../../kernel/kernel.js';

const HEADERS: Readonly<Record<string, string>> = {
  tcp: '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n',
  tcp6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n',
  udp: '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops             \n',
  udp6: '  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n',
  raw: '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n',
  unix: 'Num       RefCount Protocol Flags    Type St Inode Path\n',
  packet: 'sk       RefCnt Type Proto  Iface R Rmem   User   Inode\n',
  netlink: 'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n',
  arp: 'IP address       HW type     Flags       HW address            Mask     Device\n',
  route:
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       \n',
  ipv6_route: '',
  if_inet6: '00000000000000000000000000000001 01 80 10 80       lo\n',
  dev:
    'Inter-|   Receive                                                |  Transmit\n' +
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n' +
    '    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0\n',
  protocols:
    'protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs se re sp bi br ha uh gp em\n',
  sockstat: 'sockets: used 0\n',
  wireless: '',
  dev_mcast: '',
  igmp: '',
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

export const netNames = Object.keys(HEADERS);

export function netText(kernel: Kernel, name: string): string {
  return (HEADERS[name] ?? '') + (tablesOf.get(kernel)?.get(name)?.() ?? '');
}
