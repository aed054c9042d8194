/** Options of SOL_SOCKET of internet sockets that other families do not have, or have otherwise (socket(7), net/core/sock.c). */

import { EACCES, EINVAL, ENODATA, ENODEV, ENOTCONN, EOPNOTSUPP, EPERM } from '../../abi/errno.js';
import { CAP_NET_ADMIN, CAP_NET_RAW } from '../../abi/sched.js';
import * as so from '../../abi/socket.js';
import { capable } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import { LOOPBACK_INDEX, LOOPBACK_NAME } from './device.js';
import { type InetSocket, intBytes } from './socket.js';

/** IFNAMSIZ. */
const NAME_SIZE = 16;
/** Largest buffer that SO_RCVBUFFORCE gives: they are the sentry's memory. */
const FORCE_MAX = 1 << 25;
/** struct so_timestamping: flags and a clock. */
const TIMESTAMPING_SIZE = 8;
/** SK_MEMINFO_VARS. */
const MEMINFO_SIZE = 36;
const BUSY_POLL_BUDGET = 8;

/** SOF_TIMESTAMPING_*: all that there are, and those that this kernel can do. */
const TIMESTAMPING_ALL = 0x7ffff;
const TIMESTAMPING_DONE = so.SOF_TIMESTAMPING_RX_SOFTWARE | so.SOF_TIMESTAMPING_SOFTWARE;

/** Who may set an option to something else than 0. */
type Right = (task: Task) => number;
const admin: Right = (task) => (capable(task.cred, CAP_NET_ADMIN) ? 0 : -EPERM);
const adminOrRaw: Right = (task) => (capable(task.cred, CAP_NET_RAW) ? 0 : admin(task));
const debugging: Right = (task) => (admin(task) < 0 ? -EACCES : 0);

/** Options that are on or off. */
const FLAGS = new Map<number, Right | undefined>([
  [so.SO_DEBUG, debugging],
  [so.SO_REUSEADDR, undefined],
  [so.SO_REUSEPORT, undefined],
  [so.SO_KEEPALIVE, undefined],
  [so.SO_DONTROUTE, undefined],
  [so.SO_BROADCAST, undefined],
  [so.SO_OOBINLINE, undefined],
  [so.SO_NO_CHECK, undefined],
  [so.SO_RXQ_OVFL, undefined],
  [so.SO_SELECT_ERR_QUEUE, undefined],
  [so.SO_PREFER_BUSY_POLL, admin],
  [so.SO_RCVMARK, adminOrRaw],
  [so.SO_WIFI_STATUS, undefined],
  [so.SO_NOFCS, undefined],
]);

/** Options that are a number, with what they are at first. */
const NUMBERS = new Map<number, number>([
  [so.SO_PRIORITY, 0],
  [so.SO_MARK, 0],
  [so.SO_BUSY_POLL, 0],
  [so.SO_ZEROCOPY, 0],
  [so.SO_BINDTOIFINDEX, 0],
  [so.SO_LOCK_FILTER, 0],
]);

function setNumber(socket: InetSocket, task: Task, name: number, value: number): number {
  let ok = 0;
  if (name === so.SO_PRIORITY && (value < 0 || value > 6)) ok = adminOrRaw(task);
  else if (name === so.SO_MARK) ok = adminOrRaw(task);
  else if (name === so.SO_BUSY_POLL && value < 0) ok = -EINVAL;
  else if (name === so.SO_BUSY_POLL && value > socket.soNumber(name)) ok = admin(task);
  else if (name === so.SO_ZEROCOPY && (value < 0 || value > 1)) ok = -EINVAL;
  else if (name === so.SO_BINDTOIFINDEX) return bindToDevice(socket, task, value);
  else if (name === so.SO_LOCK_FILTER) {
    if (value === 0 && socket.soNumber(name) !== 0) return -EPERM;
    return socket.keepNumber(name, Number(value !== 0));
  }
  return ok < 0 ? ok : socket.keepNumber(name, value);
}

/** A bound socket is let go again only by those with CAP_NET_RAW. @param index 0: none */
function bindToDevice(socket: InetSocket, task: Task, index: number): number {
  if (index < 0) return -EINVAL;
  if (socket.soNumber(so.SO_BINDTOIFINDEX) !== 0 && !capable(task.cred, CAP_NET_RAW)) return -EPERM;
  return socket.keepNumber(so.SO_BINDTOIFINDEX, index);
}

function bindToName(socket: InetSocket, task: Task, value: Uint8Array): number {
  const name = Buffer.from(value.subarray(0, NAME_SIZE - 1))
    .toString('latin1')
    .split('\0')[0] as string;
  if (name !== '' && name !== LOOPBACK_NAME) return -ENODEV;
  return bindToDevice(socket, task, name === '' ? 0 : LOOPBACK_INDEX);
}

/** SO_TIMESTAMP and its kin: which times come with messages. */
function setTimestamp(socket: InetSocket, name: number, on: boolean): number {
  const { stamps } = socket.options;
  stamps.nanoseconds = on && (name === so.SO_TIMESTAMPNS || name === so.SO_TIMESTAMPNS_NEW);
  if (on) stamps.wide = name === so.SO_TIMESTAMP_NEW || name === so.SO_TIMESTAMPNS_NEW;
  stamps.on = on;
  return 0;
}

function getTimestamp(socket: InetSocket, name: number): number {
  const { on, wide, nanoseconds } = socket.options.stamps;
  // Who asks for the wide form in us is told of the one in ns too.
  if (name === so.SO_TIMESTAMP_NEW) return Number(on && wide);
  const ns = name === so.SO_TIMESTAMPNS || name === so.SO_TIMESTAMPNS_NEW;
  const isWide = name === so.SO_TIMESTAMPNS_NEW;
  return Number(on && wide === isWide && nanoseconds === ns);
}

function isTimestamp(name: number): boolean {
  return (
    name === so.SO_TIMESTAMP ||
    name === so.SO_TIMESTAMPNS ||
    name === so.SO_TIMESTAMP_NEW ||
    name === so.SO_TIMESTAMPNS_NEW
  );
}

/** Times of arrival are kept; those of departure are refused. */
function setTimestamping({ options: { stamps } }: InetSocket, value: number, wide: boolean): number {
  if ((value & ~TIMESTAMPING_ALL) !== 0) return -EINVAL;
  if ((value & ~TIMESTAMPING_DONE) !== 0) return -EOPNOTSUPP;
  stamps.timestamping = value;
  stamps.wide = wide;
  return 0;
}

/**
 * setsockopt(2) of level SOL_SOCKET.
 * @returns undefined for what is the same for every socket
 */
export function setSocketLevel(
  socket: InetSocket,
  task: Task,
  name: number,
  value: Uint8Array,
): number | undefined {
  if (name === so.SO_BINDTODEVICE) return bindToName(socket, task, value);
  if (value.length < 4) return -EINVAL;
  const int = new DataView(value.buffer, value.byteOffset).getInt32(0, true);
  if (FLAGS.has(name)) {
    const denied = int === 0 ? 0 : (FLAGS.get(name)?.(task) ?? 0);
    return denied < 0 ? denied : socket.keepNumber(name, Number(int !== 0));
  }
  if (NUMBERS.has(name)) return setNumber(socket, task, name, int);
  if (isTimestamp(name)) return setTimestamp(socket, name, int !== 0);
  return setRare(socket, task, name, int);
}

function setRare(socket: InetSocket, task: Task, name: number, int: number): number | undefined {
  const { options } = socket;
  switch (name) {
    case so.SO_TIMESTAMPING:
    case so.SO_TIMESTAMPING_NEW:
      return setTimestamping(socket, int, name === so.SO_TIMESTAMPING_NEW);
    case so.SO_SNDBUFFORCE:
    case so.SO_RCVBUFFORCE:
      if (admin(task) < 0) return -EPERM;
      options.forceBuffer(name === so.SO_RCVBUFFORCE, Math.min(Math.max(int, 0), FORCE_MAX));
      return 0;
    case so.SO_RCVLOWAT: {
      const most = socket.type === so.SOCK_STREAM ? options.mostLowat : 0x7fffffff;
      options.rcvLowat = int < 0 ? most : Math.min(int || 1, most);
      return 0;
    }
    case so.SO_BUF_LOCK:
      if ((int & ~3) !== 0) return -EINVAL;
      options.bufferLocks = int;
      return 0;
    case so.SO_TXREHASH:
      if (socket.type !== so.SOCK_STREAM) return -EOPNOTSUPP;
      if (int < -1 || int > 1) return -EINVAL;
      return socket.keepNumber(name, Math.abs(int));
    case so.SO_BUSY_POLL_BUDGET:
      if (int > BUSY_POLL_BUDGET && admin(task) < 0) return -EPERM;
      return int < 0 || int > 0xffff ? -EINVAL : 0;
    // Nothing is left to do for them: they are of the past, or advice about routes.
    case so.SO_BSDCOMPAT:
    case so.SO_CNX_ADVICE:
    case so.SO_INCOMING_CPU:
      return 0;
    // Credentials are what local sockets have.
    case so.SO_PASSCRED:
    case so.SO_PASSSEC:
      return -EOPNOTSUPP;
    default:
      return undefined;
  }
}

/**
 * getsockopt(2) of level SOL_SOCKET.
 * @param room what the caller has room for
 * @returns undefined for what is the same for every socket
 */
export function getSocketLevel(
  socket: InetSocket,
  name: number,
  room: number,
): Uint8Array | number | undefined {
  if (FLAGS.has(name)) return intBytes(socket.soNumber(name));
  const initial = NUMBERS.get(name);
  if (initial !== undefined) return intBytes(socket.soNumber(name, initial));
  if (isTimestamp(name)) return intBytes(getTimestamp(socket, name));
  switch (name) {
    case so.SO_BINDTODEVICE: {
      if (socket.soNumber(so.SO_BINDTOIFINDEX) !== LOOPBACK_INDEX) return new Uint8Array(0);
      return room < NAME_SIZE ? -EINVAL : Buffer.from(`${LOOPBACK_NAME}\0`, 'latin1');
    }
    case so.SO_TIMESTAMPING:
    case so.SO_TIMESTAMPING_NEW: {
      const raw = new Uint8Array(TIMESTAMPING_SIZE);
      new DataView(raw.buffer).setInt32(0, socket.options.stamps.timestamping, true);
      return raw;
    }
    case so.SO_TXREHASH:
      return socket.type === so.SOCK_STREAM ? intBytes(socket.soNumber(name, 1)) : -EOPNOTSUPP;
    case so.SO_BUF_LOCK:
      return intBytes(socket.options.bufferLocks);
    case so.SO_BSDCOMPAT:
    case so.SO_INCOMING_NAPI_ID:
      return intBytes(0);
    // The one processor that there may be, once something has come in.
    case so.SO_INCOMING_CPU:
      return intBytes(socket.remote === undefined ? -1 : 0);
    case so.SO_PASSCRED:
    case so.SO_PASSSEC:
      return -EOPNOTSUPP;
    default:
      return getIdentity(socket, name, room);
  }
}

/** What a socket tells of itself and of its peer. */
function getIdentity(socket: InetSocket, name: number, room: number): Uint8Array | number | undefined {
  switch (name) {
    case so.SO_COOKIE:
    case so.SO_NETNS_COOKIE: {
      if (room < 8) return -EINVAL;
      const raw = Buffer.alloc(8);
      raw.writeBigUInt64LE(name === so.SO_COOKIE ? BigInt(socket.inode.ino) : 1n);
      return raw;
    }
    case so.SO_MEMINFO: {
      const raw = Buffer.alloc(MEMINFO_SIZE);
      raw.writeUInt32LE(socket.queuedBytes >>> 0, 0);
      raw.writeInt32LE(socket.options.rcvbuf, 4);
      raw.writeInt32LE(socket.options.sndbuf, 12);
      return raw;
    }
    case so.SO_PEERNAME: {
      const peer = socket.peerAddress();
      if (typeof peer === 'number') return -ENOTCONN;
      return room > peer.length ? -EINVAL : peer;
    }
    case so.SO_PEERGROUPS:
      return -ENODATA;
    default:
      return undefined;
  }
}
