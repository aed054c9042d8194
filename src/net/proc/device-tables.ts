/** Tables of /proc/net about the device: its counters, addresses, routes and groups (proc_pid_net(5)). */

import {
  RT_SCOPE_HOST,
  RT_SCOPE_LINK,
  RT_TABLE_MAIN,
  RTN_BROADCAST,
  RTN_LOCAL,
} from '../../abi/rtnetlink.js';
import { ANY6, type Ip, isV4 } from '../inet/address.js';
import { LOOPBACK_INDEX, LOOPBACK_NAME, type LoopbackDevice } from '../inet/device.js';
import { joinedGroups } from '../inet/multicast-groups.js';
import { type LocalRoute, routesOf } from '../inet/routes.js';
import type { InetStack } from '../inet/stack.js';
import { settleAll } from '../inet/traffic.js';

function hex(value: number, width: number): string {
  return (value >>> 0).toString(16).padStart(width, '0');
}
function hexBytes(ip: Ip): string {
  return Buffer.from(ip, 'latin1').toString('hex');
}

/** Received and sent are the same on a loopback device. */
export function devText(stack: InetStack): string {
  settleAll(stack);
  const { packets, bytes } = stack.device;
  const n = (value: number, width: number): string => String(value).padStart(width);
  const received = [bytes, packets, 0, 0, 0, 0, 0, 0].map((v, i) => n(v, [7, 7, 4, 4, 4, 5, 10, 9][i] ?? 0));
  const sent = [bytes, packets, 0, 0, 0, 0, 0, 0].map((v, i) => n(v, [8, 7, 4, 4, 4, 5, 7, 10][i] ?? 0));
  return `${LOOPBACK_NAME.padStart(6)}: ${received.join(' ')} ${sent.join(' ')}\n`;
}

/** The scope of an address in bits of its own (IPV6_ADDR_*). */
function scopeBits(scope: number): number {
  return scope === RT_SCOPE_HOST ? 0x10 : scope === RT_SCOPE_LINK ? 0x20 : 0;
}

export function ifInet6Text(device: LoopbackDevice): string {
  return device.addresses
    .filter((a) => !isV4(a.ip))
    .map((a) => {
      const numbers = [LOOPBACK_INDEX, a.prefix, scopeBits(a.scope), a.flags & 0xff].map((v) => hex(v, 2));
      return `${hexBytes(a.ip)} ${numbers.join(' ')} ${LOOPBACK_NAME.padStart(8)}\n`;
    })
    .join('');
}

/** RTF_UP; RTF_NONEXTHOP; RTF_REJECT; RTF_LOCAL. */
const RTF_UP = 1;
const RTF_NONEXTHOP = 0x00200000;
const RTF_REJECT = 0x200;
const RTF_LOCAL = 0x80000000;

function route6(dst: Ip, bits: number, metric: number, refs: number, flags: number): string {
  const none = `${hexBytes(ANY6)} 00`;
  const numbers = [metric, refs, 0, flags].map((v) => hex(v, 8)).join(' ');
  return `${hexBytes(dst)} ${hex(bits, 2)} ${none} ${hexBytes(ANY6)} ${numbers} ${LOOPBACK_NAME.padStart(8)}\n`;
}

/** The main table, then the local one; both begin with the route that refuses everything else. */
export function ipv6RouteText(device: LoopbackDevice): string {
  const refuse = route6(ANY6, 0, 0xffffffff, 1, RTF_NONEXTHOP | RTF_REJECT);
  const of = (wanted: (r: LocalRoute) => boolean): string =>
    routesOf(device)
      .filter((r) => !isV4(r.dst) && wanted(r))
      .map((r) =>
        route6(
          r.dst,
          r.bits,
          r.metric,
          r.type === RTN_LOCAL ? 2 : 1,
          RTF_UP | (r.type === RTN_LOCAL ? RTF_LOCAL + RTF_NONEXTHOP : 0),
        ),
      )
      .join('');
  return of((r) => r.table === RT_TABLE_MAIN) + refuse + of((r) => r.table !== RT_TABLE_MAIN) + refuse;
}

/** A node of a tree of addresses: the first `bits` bits are those of `key`. */
interface Branch {
  readonly key: number;
  readonly bits: number;
  readonly below: readonly [Tree, Tree];
}
interface Leaf {
  readonly key: number;
  readonly routes: readonly LocalRoute[];
}
type Tree = Branch | Leaf;

/** Sorts leaves into a tree in which each branch is as deep as the bits that its leaves have in common. */
function grow(leaves: readonly Leaf[]): Tree {
  const first = leaves[0] as Leaf;
  const last = leaves.at(-1) as Leaf;
  if (first === last) return first;
  const bits = Math.clz32(first.key ^ last.key);
  const split = leaves.findIndex((l) => ((l.key >>> (31 - bits)) & 1) === 1);
  const mask = bits === 0 ? 0 : -1 << (32 - bits);
  return {
    key: first.key & mask,
    bits,
    below: [grow(leaves.slice(0, split)), grow(leaves.slice(split))],
  };
}

function number4(ip: Ip): number {
  return Buffer.from(ip, 'latin1').readUInt32BE(0);
}
function dottedNumber(key: number): string {
  return [24, 16, 8, 0].map((shift) => (key >>> shift) & 0xff).join('.');
}

function isLeaf(tree: Tree): tree is Leaf {
  return 'routes' in tree;
}

function draw(tree: Tree, depth: number): string {
  const margin = ' '.repeat(3 * depth - 1);
  if (!isLeaf(tree)) {
    const full = tree.below.filter((t) => !isLeaf(t) && t.bits === tree.bits + 1).length;
    const head = `${margin}+-- ${dottedNumber(tree.key)}/${tree.bits} 1 ${full} 0\n`;
    return head + tree.below.map((t) => draw(t, depth + 1)).join('');
  }
  const routes = tree.routes
    .map((r) => {
      const scope = r.scope === RT_SCOPE_HOST ? 'host' : 'link';
      return `${' '.repeat(3 * depth + 2)}/${r.bits} ${scope} ${r.type === RTN_BROADCAST ? 'BROADCAST' : 'LOCAL'}\n`;
    })
    .join('');
  return `${margin}|-- ${dottedNumber(tree.key)}\n${routes}`;
}

/** The tree in which IPv4 looks for routes, as Main and Local, which are one until there are rules. */
export function fibTrieText(device: LoopbackDevice): string {
  const byDst = new Map<Ip, LocalRoute[]>();
  for (const r of routesOf(device).filter((r) => isV4(r.dst)))
    byDst.set(r.dst, [r, ...(byDst.get(r.dst) ?? [])]);
  if (byDst.size === 0) return '';
  const leaves = [...byDst].map(([dst, routes]) => ({ key: number4(dst), routes }));
  const drawn = draw(grow(leaves.sort((a, b) => (a.key >>> 0) - (b.key >>> 0))), 1);
  return `Main:\n${drawn}Local:\n${drawn}`;
}

/** Groups of IPv4: each a word as the machine stores it. */
export function igmpText(stack: InetStack): string {
  const groups = joinedGroups(stack).filter((g) => isV4(g.ip));
  const head = `${LOOPBACK_INDEX}\t${LOOPBACK_NAME.padEnd(10)}: ${String(groups.length).padStart(5)} ${'V3'.padStart(7)}\n`;
  const rows = groups.map((g) => {
    const word = Buffer.from(g.ip, 'latin1').readUInt32LE(0);
    return `\t\t\t\t${hex(word, 8).toUpperCase()} ${String(g.users).padStart(5)} 0:00000000\t\t0\n`;
  });
  return head + rows.join('');
}

/** MAF_* of a group that the device is in. */
const GROUP_FLAGS = { link: 0xc, node: 0x8 };

export function igmp6Text(stack: InetStack): string {
  return joinedGroups(stack)
    .filter((g) => !isV4(g.ip))
    .map((g) => {
      const flags = g.ip.charCodeAt(1) === 1 ? GROUP_FLAGS.node : GROUP_FLAGS.link;
      const index = String(LOOPBACK_INDEX).padEnd(4);
      return `${index} ${LOOPBACK_NAME.padEnd(15)} ${hexBytes(g.ip)} ${String(g.users).padStart(5)} ${hex(flags, 8).toUpperCase()} 0\n`;
    })
    .join('');
}
