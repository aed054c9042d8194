/** Gives the files of /proc/net what they show. */

import { AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, SOCK_STREAM } from '../../abi/socket.js';
import { setNetTable } from '../../fs/proc/net.js';
import { countCpus } from '../../fs/sys/sys.js';
import type { Kernel } from '../../kernel/kernel.js';
import { openSockets } from '../all.js';
import { LOOPBACK_INDEX } from '../inet/device.js';
import { inetStack } from '../inet/stack.js';
import { TcpSocket } from '../inet/tcp.js';
import { UdpSocket } from '../inet/udp.js';
import { netlinkTables } from '../netlink/ports.js';
import { netlinkProtocols } from '../netlink/protocols.js';
import type { Socket } from '../socket.js';
import { devText, fibTrieText, ifInet6Text, igmp6Text, igmpText, ipv6RouteText } from './device-tables.js';
import { deviceSnmp6Text, netstatText, snmp6Text, snmpText, sockstat6Text, sockstatText } from './snmp.js';

/** Words of a row of softnet_stat and stat/rt_cache, which count packets that nobody has to handle here. */
const SOFTNET_WORDS = 15;
const RT_CACHE_WIDTHS = [8, 8, 11, 10, 11, 8, 14, 14, 8, 12, 11, 8, 10, 12, 15, 15, 16];

function netlinkRow(
  protocol: number,
  port: number,
  groups: number,
  queued: number,
  drops: number,
  ino: number,
): string {
  return (
    `${'0'.repeat(16)} ${String(protocol).padEnd(3)} ${String(port).padEnd(10)} ` +
    `${(groups >>> 0).toString(16).padStart(8, '0')} ${String(queued).padEnd(8)} ${'0'.padEnd(8)} ${'0'.padEnd(5)} ` +
    `${'2'.padEnd(8)} ${String(drops).padEnd(8)} ${String(ino).padEnd(8)}\n`
  );
}

/** Each protocol that the kernel takes part in has its socket, then those of programs. */
function netlinkText(kernel: Kernel): string {
  const tables = netlinkTables(kernel);
  let out = '';
  for (const [protocol, rules] of netlinkProtocols) {
    if (rules.answer !== undefined) out += netlinkRow(protocol, 0, 0, 0, 0, 0);
    for (const s of tables.get(protocol)?.sockets ?? []) {
      let groups = 0;
      for (const g of s.netlink.groups) if (g <= 32) groups |= 1 << (g - 1);
      out += netlinkRow(protocol, s.port, groups, s.queued, s.drops, s.inode.ino);
    }
  }
  return out;
}

interface Protocol {
  readonly name: string;
  readonly size: number;
  /** Memory in use, pages; undefined: not counted. */
  readonly memory: number | undefined;
  readonly header: number;
  readonly slab: boolean;
  readonly counts: ((s: Socket) => boolean) | undefined;
  /** Which operations of struct proto it has, in the order of the columns. */
  readonly operations: string;
}

const inet = (kind: typeof TcpSocket | typeof UdpSocket, family: number) => (s: Socket) =>
  s instanceof kind && s.family === family;
const unix = (stream: boolean) => (s: Socket) => s.family === AF_UNIX && (s.type === SOCK_STREAM) === stream;

const TCP_OPS = 'yyyyyyyyyyyynyyyyy';
const UDP_OPS = 'yyynyyynyyyynnyyyn';
const FEW_OPS = 'ynnnnnnnnnnnnnnnnn';
const PROTOCOLS: readonly Protocol[] = [
  {
    name: 'UDPv6',
    size: 1472,
    memory: 0,
    header: 0,
    slab: true,
    counts: inet(UdpSocket, AF_INET6),
    operations: UDP_OPS,
  },
  {
    name: 'TCPv6',
    size: 2432,
    memory: 0,
    header: 192,
    slab: true,
    counts: inet(TcpSocket, AF_INET6),
    operations: TCP_OPS,
  },
  {
    name: 'UNIX-STREAM',
    size: 1152,
    memory: undefined,
    header: 0,
    slab: true,
    counts: unix(true),
    operations: FEW_OPS,
  },
  {
    name: 'UNIX',
    size: 1152,
    memory: undefined,
    header: 0,
    slab: true,
    counts: unix(false),
    operations: FEW_OPS,
  },
  {
    name: 'UDP',
    size: 1344,
    memory: 0,
    header: 0,
    slab: true,
    counts: inet(UdpSocket, AF_INET),
    operations: UDP_OPS,
  },
  {
    name: 'TCP',
    size: 2304,
    memory: 0,
    header: 192,
    slab: true,
    counts: inet(TcpSocket, AF_INET),
    operations: TCP_OPS,
  },
  {
    name: 'NETLINK',
    size: 1096,
    memory: undefined,
    header: 0,
    slab: false,
    counts: (s) => s.family === AF_NETLINK,
    operations: 'n'.repeat(18),
  },
];

function protocolsText(kernel: Kernel): string {
  const open = [...openSockets(kernel)];
  return PROTOCOLS.map((p) => {
    const count = p.counts === undefined ? 0 : open.filter(p.counts).length;
    const pressure = p.memory === undefined || p.header === 0 ? 'NI' : 'no';
    return (
      `${p.name.padEnd(9)} ${String(p.size).padStart(4)} ${String(count).padStart(6)}  ${String(p.memory ?? -1).padStart(6)}   ` +
      `${pressure.padEnd(3)} ${String(p.header).padStart(6)}   ${(p.slab ? 'yes' : 'no').padEnd(3)}  ${'kernel'.padEnd(10)} ` +
      `${[...p.operations].map((c) => c.padStart(2)).join(' ')}\n`
    );
  }).join('');
}

/** Rows of zeros, one for each processor. */
function zeros(kernel: Kernel, widths: readonly number[]): string {
  const row = `${widths
    .map((w) => '00000000'.padEnd(w))
    .join(' ')
    .trimEnd()}\n`;
  return row.repeat(countCpus(kernel));
}

/** Registers everything but the tables of internet and unix sockets, which do it themselves. */
export function registerNetFiles(kernel: Kernel): void {
  const stack = inetStack(kernel);
  const { device } = stack;
  const files: Readonly<Record<string, () => string>> = {
    dev: () => devText(stack),
    'dev_snmp6/lo': () => deviceSnmp6Text(stack, LOOPBACK_INDEX),
    fib_trie: () => fibTrieText(device),
    if_inet6: () => ifInet6Text(device),
    igmp: () => igmpText(stack),
    igmp6: () => igmp6Text(stack),
    ipv6_route: () => ipv6RouteText(device),
    netlink: () => netlinkText(kernel),
    netstat: () => netstatText(stack),
    protocols: () => protocolsText(kernel),
    // Ticks of the packet scheduler: of its clock in a us, and the timer's resolution (net/sched/sch_api.c).
    psched: () => '000003e8 00000040 000f4240 3b9aca00\n',
    ptype: () => '0800          ip_rcv\n86dd          ipv6_rcv\n',
    snmp: () => snmpText(stack),
    snmp6: () => snmp6Text(stack),
    sockstat: () => sockstatText(kernel, stack),
    sockstat6: () => sockstat6Text(stack),
    softnet_stat: () =>
      zeros(
        kernel,
        Array.from({ length: SOFTNET_WORDS }, () => 8),
      ),
    'stat/rt_cache': () => zeros(kernel, RT_CACHE_WIDTHS),
  };
  for (const [name, text] of Object.entries(files)) setNetTable(kernel, name, text);
}
