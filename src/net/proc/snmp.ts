/** /proc/net/snmp, snmp6, netstat and sockstat: counters of the protocols (RFC 4293, 4022, 4113). */

import { TCP_CLOSE_WAIT, TCP_ESTABLISHED } from '../../abi/inet.js';
import { AF_INET, AF_INET6 } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import { openSockets } from '../all.js';
import type { InetStack } from '../inet/stack.js';
import { TcpSocket } from '../inet/tcp.js';
import { settleAll } from '../inet/traffic.js';
import { TCP_EXT_NAMES } from './tcp-ext.js';

/** Values by name; what is not named is 0. */
type Values = Readonly<Record<string, number>>;

const IP_NAMES =
  'Forwarding DefaultTTL InReceives InHdrErrors InAddrErrors ForwDatagrams InUnknownProtos InDiscards InDelivers OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates OutTransmits';
const ICMP_NAMES =
  'InMsgs InErrors InCsumErrors InDestUnreachs InTimeExcds InParmProbs InSrcQuenchs InRedirects InEchos InEchoReps InTimestamps InTimestampReps InAddrMasks InAddrMaskReps OutMsgs OutErrors OutRateLimitGlobal OutRateLimitHost OutDestUnreachs OutTimeExcds OutParmProbs OutSrcQuenchs OutRedirects OutEchos OutEchoReps OutTimestamps OutTimestampReps OutAddrMasks OutAddrMaskReps';
const TCP_NAMES =
  'RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails EstabResets CurrEstab InSegs OutSegs RetransSegs InErrs OutRsts InCsumErrors';
const UDP_NAMES =
  'InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors';
const IP_EXT_NAMES =
  'InNoRoutes InTruncatedPkts InMcastPkts OutMcastPkts InBcastPkts OutBcastPkts InOctets OutOctets InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InCsumErrors InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts ReasmOverlaps';

const IP6_NAMES =
  'InReceives InHdrErrors InTooBigErrors InNoRoutes InAddrErrors InUnknownProtos InTruncatedPkts InDiscards InDelivers OutForwDatagrams OutRequests OutDiscards OutNoRoutes ReasmTimeout ReasmReqds ReasmOKs ReasmFails FragOKs FragFails FragCreates InMcastPkts OutMcastPkts InOctets OutOctets InMcastOctets OutMcastOctets InBcastOctets OutBcastOctets InNoECTPkts InECT1Pkts InECT0Pkts InCEPkts OutTransmits';
const ICMP6_FIRST = 'InMsgs InErrors OutMsgs OutErrors InCsumErrors';
const ICMP6_TYPES =
  'DestUnreachs PktTooBigs TimeExcds ParmProblems Echos EchoReplies GroupMembQueries GroupMembResponses GroupMembReductions RouterSolicits RouterAdvertisements NeighborSolicits NeighborAdvertisements Redirects MLDv2Reports';

/** Two lines: names, and their values. */
function pair(group: string, names: string, values: Values): string {
  const row = names.split(' ').map((n) => values[n] ?? 0);
  return `${group}: ${names}\n${group}: ${row.join(' ')}\n`;
}

/** One line for each name. */
function lines(prefix: string, names: readonly string[], values: Values): string {
  return names.map((n) => `${(prefix + n).padEnd(32)}\t${values[n] ?? 0}\n`).join('');
}

function currentConnections(stack: InetStack): number {
  let n = 0;
  for (const s of stack.tcpSockets()) if (s.state === TCP_ESTABLISHED || s.state === TCP_CLOSE_WAIT) n++;
  return n;
}

function udpValues(stack: InetStack, v4: boolean): Values {
  const c = stack.counters.udp(v4);
  return {
    InDatagrams: c.in,
    NoPorts: c.noPorts,
    InErrors: c.overflows,
    OutDatagrams: c.out,
    RcvbufErrors: c.overflows,
  };
}

/** What is sent is received: there is one device, and nothing is lost on it. */
export function snmpText(stack: InetStack): string {
  settleAll(stack);
  const { ip4, tcp } = stack.counters;
  const n = ip4.packets;
  const icmp = ip4.unreachable;
  return (
    pair('Ip', IP_NAMES, {
      Forwarding: 2,
      DefaultTTL: 64,
      InReceives: n,
      InDelivers: n,
      OutRequests: n,
      OutTransmits: n,
    }) +
    pair('Icmp', ICMP_NAMES, {
      InMsgs: icmp,
      InDestUnreachs: icmp,
      OutMsgs: icmp,
      OutDestUnreachs: icmp,
    }) +
    pair('Tcp', TCP_NAMES, {
      RtoAlgorithm: 1,
      RtoMin: 200,
      RtoMax: 120000,
      MaxConn: -1,
      ActiveOpens: tcp.activeOpens,
      PassiveOpens: tcp.passiveOpens,
      AttemptFails: tcp.failedAttempts,
      EstabResets: tcp.resets,
      CurrEstab: currentConnections(stack),
      InSegs: tcp.segments,
      OutSegs: tcp.segments,
      OutRsts: tcp.resetsSent,
    }) +
    pair('Udp', UDP_NAMES, udpValues(stack, true)) +
    pair('UdpLite', UDP_NAMES, {})
  );
}

function ip6Text(stack: InetStack): string {
  const { packets: n, bytes, unreachable } = stack.counters.ip6;
  const types = ICMP6_TYPES.split(' ');
  return (
    lines('Ip6', IP6_NAMES.split(' '), {
      InReceives: n,
      InDelivers: n,
      OutRequests: n,
      OutTransmits: n,
      InOctets: bytes,
      OutOctets: bytes,
      InNoECTPkts: n,
    }) +
    lines('Icmp6', ICMP6_FIRST.split(' '), { InMsgs: unreachable, OutMsgs: unreachable }) +
    lines('Icmp6In', types, { DestUnreachs: unreachable }) +
    lines('Icmp6Out', types, { DestUnreachs: unreachable })
  );
}

export function snmp6Text(stack: InetStack): string {
  settleAll(stack);
  const names = UDP_NAMES.split(' ');
  const lite = names.filter((n) => n !== 'IgnoredMulti');
  return ip6Text(stack) + lines('Udp6', names, udpValues(stack, false)) + lines('UdpLite6', lite, {});
}

/** The same of one device, which begins with its number. */
export function deviceSnmp6Text(stack: InetStack, index: number): string {
  settleAll(stack);
  return lines('', ['ifIndex'], { ifIndex: index }) + ip6Text(stack);
}

export function netstatText(stack: InetStack): string {
  settleAll(stack);
  const { ip4, tcp } = stack.counters;
  return (
    pair('TcpExt', TCP_EXT_NAMES, {
      ListenOverflows: tcp.listenOverflows,
      ListenDrops: tcp.listenOverflows,
    }) +
    pair('IpExt', IP_EXT_NAMES, {
      InOctets: ip4.bytes,
      OutOctets: ip4.bytes,
      InNoECTPkts: ip4.packets,
    })
  );
}

/** Sockets of TCP that are connected or listen, and those that nobody holds any more. */
function tcpInUse(stack: InetStack, family: number): { inuse: number; orphan: number } {
  let inuse = 0;
  let orphan = 0;
  for (const s of stack.tcpSockets()) {
    if (s.family !== family) continue;
    inuse++;
    if (s.closed) orphan++;
  }
  return { inuse, orphan };
}
function udpInUse(stack: InetStack, family: number): number {
  return [...stack.udp.all()].filter((s) => s.family === family).length;
}

export function sockstatText(kernel: Kernel, stack: InetStack): string {
  const open = openSockets(kernel);
  const { inuse, orphan } = tcpInUse(stack, AF_INET);
  const alloc = [...open].filter((s) => s instanceof TcpSocket).length;
  return (
    `sockets: used ${open.size}\n` +
    `TCP: inuse ${inuse} orphan ${orphan} tw ${stack.timeWaits.size} alloc ${alloc} mem 0\n` +
    `UDP: inuse ${udpInUse(stack, AF_INET)} mem 0\n` +
    'UDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n'
  );
}

export function sockstat6Text(stack: InetStack): string {
  return (
    `TCP6: inuse ${tcpInUse(stack, AF_INET6).inuse}\n` +
    `UDP6: inuse ${udpInUse(stack, AF_INET6)}\n` +
    'UDPLITE6: inuse 0\nRAW6: inuse 0\nFRAG6: inuse 0 memory 0\n'
  );
}
