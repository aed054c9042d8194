/** /sys/class/net: the loopback device's attributes (Documentation/ABI/testing/sysfs-class-net). */

import { EACCES, EINVAL, ENOENT } from '../abi/errno.js';
import { O_ACCMODE, O_RDONLY } from '../abi/fcntl.js';
import { TextLeaf, type Tree, TreeLink } from '../fs/pseudo.js';
import type { Kernel } from '../kernel/kernel.js';
import { LOOPBACK_INDEX, LOOPBACK_NAME, type LoopbackDevice } from './inet/device.js';
import { type InetStack, inetStack } from './inet/stack.js';
import { settleAll } from './inet/traffic.js';

/** A counter that is never anything but 0, and those that count. */
const COUNTERS = [
  'collisions',
  'multicast',
  'rx_bytes',
  'rx_compressed',
  'rx_crc_errors',
  'rx_dropped',
  'rx_errors',
  'rx_fifo_errors',
  'rx_frame_errors',
  'rx_length_errors',
  'rx_missed_errors',
  'rx_nohandler',
  'rx_over_errors',
  'rx_packets',
  'tx_aborted_errors',
  'tx_bytes',
  'tx_carrier_errors',
  'tx_compressed',
  'tx_dropped',
  'tx_errors',
  'tx_fifo_errors',
  'tx_heartbeat_errors',
  'tx_packets',
  'tx_window_errors',
];

function statistics(stack: InetStack): Tree {
  const of = (name: string): (() => string) => {
    if (!name.endsWith('_bytes') && !name.endsWith('_packets')) return () => '0\n';
    return () => {
      settleAll(stack);
      return `${name.endsWith('_bytes') ? stack.device.bytes : stack.device.packets}\n`;
    };
  };
  return Object.fromEntries(COUNTERS.map((name) => [name, of(name)]));
}

/** An attribute that the device has no value for. */
function unknown(error: number): TextLeaf {
  return new TextLeaf(0o444, { read: () => error });
}

/** sysfs is mounted read-only, and what Linux lets root change is shown with the mode it has there. */
function fixed(text: string | (() => string)): TextLeaf {
  const open = (_task: unknown, flags: number): number => ((flags & O_ACCMODE) === O_RDONLY ? 0 : -EACCES);
  return new TextLeaf(0o644, { read: () => (typeof text === 'string' ? text : text()), open });
}

function attributes(stack: InetStack, device: LoopbackDevice): Tree {
  return {
    addr_assign_type: '0\n',
    addr_len: '6\n',
    address: '00:00:00:00:00:00\n',
    broadcast: '00:00:00:00:00:00\n',
    carrier: new TextLeaf(0o644, { read: () => (device.up ? '1\n' : -EINVAL) }),
    carrier_changes: '0\n',
    carrier_down_count: '0\n',
    carrier_up_count: '0\n',
    dev_id: '0x0\n',
    dev_port: '0\n',
    dormant: '0\n',
    duplex: unknown(-EINVAL),
    // IFF_LOOPBACK and IFF_UP alone: the others are a state, not a setting.
    flags: fixed(() => `0x${(device.flags & 0x9).toString(16)}\n`),
    gro_flush_timeout: fixed('0\n'),
    ifalias: fixed(''),
    ifindex: `${LOOPBACK_INDEX}\n`,
    iflink: `${LOOPBACK_INDEX}\n`,
    link_mode: '0\n',
    mtu: fixed(() => `${device.mtu}\n`),
    name_assign_type: '2\n',
    napi_defer_hard_irqs: fixed('0\n'),
    netdev_group: fixed('0\n'),
    operstate: () => (device.up ? 'unknown\n' : 'down\n'),
    proto_down: fixed('0\n'),
    queues: {
      'rx-0': { rps_cpus: fixed('0\n'), rps_flow_cnt: fixed('0\n') },
      'tx-0': {
        traffic_class: unknown(-ENOENT),
        tx_maxrate: fixed('0\n'),
        tx_timeout: '0\n',
        xps_cpus: unknown(-ENOENT),
        xps_rxqs: fixed('0\n'),
      },
    },
    speed: unknown(-EINVAL),
    statistics: statistics(stack),
    subsystem: new TreeLink('../../../../class/net'),
    testing: '0\n',
    threaded: fixed('0\n'),
    tx_queue_len: fixed(() => `${device.txQueueLength}\n`),
    type: '772\n',
    uevent: fixed(`INTERFACE=${LOOPBACK_NAME}\nIFINDEX=${LOOPBACK_INDEX}\n`),
  };
}

/** What belongs below /sys: the device, and the list of all. */
export function netSysTree(kernel: Kernel): Tree {
  const stack = inetStack(kernel);
  return {
    class: { net: { [LOOPBACK_NAME]: new TreeLink(`../../devices/virtual/net/${LOOPBACK_NAME}`) } },
    devices: { virtual: { net: { [LOOPBACK_NAME]: attributes(stack, stack.device) } } },
  };
}
