/** /sys/class/net of the host's network: the interfaces that there are, each with what it has when it is read. */

import { EINVAL, ENODEV } from '../../abi/errno.js';
import * as nl from '../../abi/netlink.js';
import * as rt from '../../abi/rtnetlink.js';
import { LiveTree, TextLeaf, type Tree, TreeLink } from '../../fs/pseudo.js';
import {
  type Attributes,
  attributesOf,
  NetlinkMessage,
  type Request,
  requests,
  u32Of,
} from '../netlink/message.js';
import type { HostNetwork } from './network.js';

/** The longest answer about all interfaces, bytes. */
const MOST = 1 << 20;
/** IF_OPER_*. */
const OPERSTATES = ['unknown', 'notpresent', 'down', 'lowerlayerdown', 'testing', 'dormant', 'up'];
/** IFF_RUNNING, IFF_LOWER_UP, IFF_DORMANT: a state, not a setting. */
const STATES = 0x30040;
/** struct rtnl_link_stats64: 64 bits each. */
const COUNTERS = [
  'rx_packets',
  'tx_packets',
  'rx_bytes',
  'tx_bytes',
  'rx_errors',
  'tx_errors',
  'rx_dropped',
  'tx_dropped',
  'multicast',
  'collisions',
  'rx_length_errors',
  'rx_over_errors',
  'rx_crc_errors',
  'rx_frame_errors',
  'rx_fifo_errors',
  'rx_missed_errors',
  'tx_aborted_errors',
  'tx_carrier_errors',
  'tx_fifo_errors',
  'tx_heartbeat_errors',
  'tx_window_errors',
  'rx_compressed',
  'tx_compressed',
  'rx_nohandler',
];

/** An interface as RTM_NEWLINK tells of it: struct ifinfomsg and attributes. */
interface Link {
  readonly type: number;
  readonly index: number;
  readonly flags: number;
  readonly attributes: Attributes;
}

function linkOf(message: Request): Link {
  const { body } = message;
  return {
    type: body.readUInt16LE(2),
    index: body.readInt32LE(4),
    flags: body.readUInt32LE(8),
    attributes: attributesOf(message, rt.IFINFOMSG_SIZE),
  };
}

/** @param name one interface, or all without it */
function links(network: HostNetwork, name?: string): Link[] {
  const flags = nl.NLM_F_REQUEST | (name === undefined ? nl.NLM_F_DUMP : 0);
  const question = new NetlinkMessage(rt.RTM_GETLINK, flags, Buffer.alloc(rt.IFINFOMSG_SIZE));
  if (name !== undefined) question.attr(rt.IFLA_IFNAME, name);
  const space = Buffer.alloc(MOST);
  const n = network.native.netlinkAsk(network.route, question.encode(0, 0), space);
  const found: Link[] = [];
  for (const message of requests(space.subarray(0, Math.max(0, n)))) {
    if (message.type === rt.RTM_NEWLINK && message.body.length >= rt.IFINFOMSG_SIZE)
      found.push(linkOf(message));
  }
  return found;
}

function hexBytes(bytes: Buffer | undefined): string {
  return Array.from(bytes ?? [], (b) => b.toString(16).padStart(2, '0')).join(':');
}

function attributes(network: HostNetwork, name: string): Tree {
  const leaf = (text: (link: Link) => string | number): TextLeaf =>
    new TextLeaf(0o444, {
      read: () => {
        const [link] = links(network, name);
        if (link === undefined) return -ENODEV;
        const r = text(link);
        return typeof r === 'string' ? `${r}\n` : r;
      },
    });
  const number = (type: number): TextLeaf => leaf(({ attributes: a }) => String(u32Of(a, type) ?? 0));
  const counter = (i: number): TextLeaf =>
    leaf(({ attributes: a }) => {
      const stats = a.get(rt.IFLA_STATS64);
      return stats === undefined || stats.length < 8 * (i + 1) ? '0' : String(stats.readBigUInt64LE(8 * i));
    });
  return {
    addr_len: leaf(({ attributes: a }) => String(a.get(rt.IFLA_ADDRESS)?.length ?? 0)),
    address: leaf(({ attributes: a }) => hexBytes(a.get(rt.IFLA_ADDRESS))),
    broadcast: leaf(({ attributes: a }) => hexBytes(a.get(rt.IFLA_BROADCAST))),
    // IFF_UP: what is down cannot say.
    carrier: leaf(({ flags, attributes: a }) =>
      (flags & 1) !== 0 ? String(a.get(rt.IFLA_CARRIER)?.[0] ?? 0) : -EINVAL,
    ),
    duplex: leaf(() => -EINVAL),
    flags: leaf(({ flags }) => `0x${((flags & ~STATES) >>> 0).toString(16)}`),
    ifindex: leaf(({ index }) => String(index)),
    iflink: leaf(({ index, attributes: a }) => String(u32Of(a, rt.IFLA_LINK) ?? index)),
    mtu: number(rt.IFLA_MTU),
    operstate: leaf(({ attributes: a }) => OPERSTATES[a.get(rt.IFLA_OPERSTATE)?.[0] ?? 0] ?? 'unknown'),
    speed: leaf(() => -EINVAL),
    statistics: Object.fromEntries(COUNTERS.map((one, i) => [one, counter(i)])),
    subsystem: new TreeLink('../../../../class/net'),
    tx_queue_len: number(rt.IFLA_TXQLEN),
    type: leaf(({ type }) => String(type)),
    uevent: leaf(({ index }) => `INTERFACE=${name}\nIFINDEX=${index}`),
  };
}

/** What belongs below /sys: the interfaces that there are when somebody looks, for engines connect containers to networks later on. */
export function hostSysTree(network: HostNetwork): Tree {
  const names = (): string[] =>
    links(network)
      .map((link) => link.attributes.get(rt.IFLA_IFNAME)?.toString('latin1').split('\0')[0] ?? '')
      .filter((name) => name !== '');
  const each = (make: (name: string) => Tree | TreeLink): LiveTree => new LiveTree(names, make);
  return {
    class: { net: each((name) => new TreeLink(`../../devices/virtual/net/${name}`)) },
    devices: { virtual: { net: each((name) => attributes(network, name)) } },
  };
}
