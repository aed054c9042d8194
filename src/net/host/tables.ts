/** /proc/net of the host's network: what the namespace itself shows, with inodes of sockets as guests know them. */

import { setNetText } from '../../fs/proc/net.js';
import type { HostNetwork } from './network.js';

/** Tables as they are. */
const PLAIN = [
  'anycast6',
  'arp',
  'dev',
  'dev_mcast',
  'dev_snmp6/lo',
  'fib_trie',
  'if_inet6',
  'igmp',
  'igmp6',
  'ip6_flowlabel',
  'ipv6_route',
  'mcfilter',
  'mcfilter6',
  'netstat',
  'protocols',
  'psched',
  'ptype',
  'route',
  'rt_cache',
  'snmp',
  'snmp6',
  'sockstat',
  'sockstat6',
  'softnet_stat',
  'stat/rt_cache',
];
/** Tables of sockets: the tenth column is the number of an inode. */
const SOCKETS = ['icmp', 'icmp6', 'raw', 'raw6', 'tcp', 'tcp6', 'udp', 'udp6', 'udplite', 'udplite6'];
const BEFORE_INODE = /^((?:\s*\S+){9}\s+)(\d+)/;

/** Has the tables below /proc/net show the host's network. */
export function showHostTables(network: HostNetwork): void {
  const { kernel } = network;
  const read = (name: string): string => {
    const text = kernel.native.hostProc(-1, `net/${name}`);
    return typeof text === 'string' ? text : '';
  };
  for (const name of PLAIN) setNetText(kernel, name, () => read(name));
  for (const name of SOCKETS) setNetText(kernel, name, () => withGuestInodes(network, read(name)));
}

/** What is not a guest's socket has no inode inside. */
function withGuestInodes(network: HostNetwork, text: string): string {
  const inodes = network.guestInodes();
  const lines = text.split('\n');
  // The header has no inode but a word for it.
  return lines
    .map((line) =>
      line.replace(
        BEFORE_INODE,
        (_, before: string, ino: string) => `${before}${inodes.get(Number(ino)) ?? 0}`,
      ),
    )
    .join('\n');
}
