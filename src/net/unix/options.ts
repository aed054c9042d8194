/** SOL_SOCKET options that local sockets have in their own way (socket(7), unix(7)). */

import { EINVAL, ENOPROTOOPT, EOPNOTSUPP, EPERM } from '../../abi/errno.js';
import { CAP_NET_ADMIN, CAP_NET_RAW } from '../../abi/sched.js';
import {
  SCM_TIMESTAMP,
  SCM_TIMESTAMPNS,
  SO_BUSY_POLL,
  SO_INCOMING_CPU,
  SO_INQ,
  SO_MARK,
  SO_PASSPIDFD,
  SO_PASSRIGHTS,
  SO_PASSSEC,
  SO_REUSEPORT,
  SO_RXQ_OVFL,
  SO_TIMESTAMP,
  SO_TIMESTAMPNS,
  SO_ZEROCOPY,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../abi/socket.js';
import { TIMEVAL_SIZE } from '../../abi/structs-ipc.js';
import { capable } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import type { Timespec } from '../../vfs/inode.js';
import type { ControlItem } from '../socket.js';
import type { UnixSocket } from './socket.js';

/** Kept and given back: there are no labels, drops, marks or device queues here. */
const SWITCHES: ReadonlySet<number> = new Set([SO_PASSSEC, SO_RXQ_OVFL]);
const NUMBERS: ReadonlySet<number> = new Set([SO_INCOMING_CPU, SO_BUSY_POLL, SO_MARK]);

/** Times of messages (packets only): how they are told of. */
export type Timestamps = 'none' | 'microseconds' | 'nanoseconds';

function setTimestamps(socket: UnixSocket, kind: Timestamps, on: boolean): number {
  socket.timestamps = on ? kind : 'none';
  return 0;
}

/** @returns 0, -errno, or undefined for options that are as those of every socket */
export function setUnixOption(
  task: Task,
  socket: UnixSocket,
  name: number,
  bytes: Uint8Array,
): number | undefined {
  if (bytes.length < 4) return undefined;
  const value = new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
  const { flags } = socket.options;
  switch (name) {
    case SO_TIMESTAMP:
      return setTimestamps(socket, 'microseconds', value !== 0);
    case SO_TIMESTAMPNS:
      return setTimestamps(socket, 'nanoseconds', value !== 0);
    case SO_PASSPIDFD:
      socket.passPidfd = value !== 0;
      return 0;
    case SO_PASSRIGHTS:
      socket.passRights = value !== 0;
      return 0;
    case SO_INQ:
      if (socket.type !== SOCK_STREAM) return -ENOPROTOOPT;
      if (value < 0 || value > 1) return -EINVAL;
      socket.tellsLeft = value !== 0;
      return 0;
    case SO_REUSEPORT:
      return value === 0 ? 0 : -EOPNOTSUPP;
    case SO_ZEROCOPY:
      return -EOPNOTSUPP;
    case SO_MARK:
      if (!capable(task.cred, CAP_NET_ADMIN) && !capable(task.cred, CAP_NET_RAW)) return -EPERM;
      break;
  }
  if (!SWITCHES.has(name) && !NUMBERS.has(name)) return undefined;
  flags.set(name, NUMBERS.has(name) ? value : Number(value !== 0));
  return 0;
}

/** @returns the value, or undefined as setUnixOption */
export function getUnixOption(socket: UnixSocket, name: number): Uint8Array | undefined {
  const value = optionValue(socket, name);
  return value === undefined ? undefined : new Uint8Array(Int32Array.of(value).buffer);
}

function optionValue(socket: UnixSocket, name: number): number | undefined {
  switch (name) {
    case SO_TIMESTAMP:
      return Number(socket.timestamps === 'microseconds');
    case SO_TIMESTAMPNS:
      return Number(socket.timestamps === 'nanoseconds');
    case SO_PASSPIDFD:
      return Number(socket.passPidfd);
    case SO_PASSRIGHTS:
      return Number(socket.passRights);
    case SO_ZEROCOPY:
      return 0;
    default:
      return SWITCHES.has(name) || NUMBERS.has(name) ? (socket.options.flags.get(name) ?? 0) : undefined;
  }
}

/** SCM_TIMESTAMP or SCM_TIMESTAMPNS. */
export function timestampItem(kind: Timestamps, time: Timespec): ControlItem {
  const data = new Uint8Array(TIMEVAL_SIZE);
  const dv = new DataView(data.buffer);
  const nano = kind === 'nanoseconds';
  dv.setBigInt64(0, BigInt(time.sec), true);
  dv.setBigInt64(8, BigInt(nano ? time.nsec : Math.floor(time.nsec / 1000)), true);
  return { level: SOL_SOCKET, type: nano ? SCM_TIMESTAMPNS : SCM_TIMESTAMP, data };
}
