/** getsockopt(2) and setsockopt(2). */

import { EDOM, EFAULT, EINVAL, ENOPROTOOPT, EOPNOTSUPP, EPERM, ERANGE } from '../src/abi/errno.js';
import { CAP_NET_ADMIN } from '../src/abi/sched.js';
import {
  SO_ACCEPTCONN,
  SO_BROADCAST,
  SO_DEBUG,
  SO_DOMAIN,
  SO_DONTROUTE,
  SO_ERROR,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_NO_CHECK,
  SO_OOBINLINE,
  SO_PASSCRED,
  SO_PASSSEC,
  SO_PEEK_OFF,
  SO_PEERCRED,
  SO_PEERGROUPS,
  SO_PEERPIDFD,
  SO_PRIORITY,
  SO_PROTOCOL,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_RCVLOWAT,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SO_SNDLOWAT,
  SO_SNDTIMEO,
  SO_TIMESTAMP,
  SO_TIMESTAMPNS,
  SO_TYPE,
  SOL_SOCKET,
} from '../src/abi/socket.js';
import { LINGER_SIZE, TIMEVAL_SIZE, UCRED_SIZE } from '../src/abi/structs-ipc.js';
import { putTimeval } from '../src/abi/structs-process.js';
import { capable } from '../src/kernel/cred.js';
import { PidFile } from '../src/kernel/pidfd.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { putUcred, Socket } from '../src/net/socket.js';
import { installFd } from './anon-fd.js';
import type { Family, SyscallArgs } from './family.js';
import { socketOf } from './socket-address.js';

/** Options that are kept and given back, and have nothing to change on a local socket. */
const KEPT = new Set([
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_KEEPALIVE,
  SO_BROADCAST,
  SO_OOBINLINE,
  SO_PRIORITY,
  SO_DONTROUTE,
  SO_NO_CHECK,
  SO_DEBUG,
]);
const BOOLEAN = new Set([
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_KEEPALIVE,
  SO_BROADCAST,
  SO_OOBINLINE,
  SO_DONTROUTE,
  SO_DEBUG,
]);

/** SO_SNDBUFFORCE and SO_RCVBUFFORCE know no limit on Linux; here a buffer is the sentry's memory. */
const FORCED_BUFFER_MAX = 4 * 1024 * 1024;
/** A timeout that passes at once, and is shown as none. */
const AT_ONCE = 1e-9;

/** A struct timeval of a timeout, ms; 0 for none. @returns -EDOM for one that is not valid */
function readSocketTimeout(dv: DataView): number {
  const sec = Number(dv.getBigInt64(0, true));
  const usec = Number(dv.getBigInt64(8, true));
  if (usec < 0 || usec >= 1_000_000) return -EDOM;
  // A negative time means at once; 0 would mean never.
  if (sec < 0) return AT_ONCE;
  return Math.min(sec, 2 ** 43) * 1000 + usec / 1000;
}

function setSocketTimeout(socket: Socket, name: number, dv: DataView): number {
  const ms = readSocketTimeout(dv);
  if (ms < 0) return ms;
  if (name === SO_RCVTIMEO) socket.options.rcvTimeout = ms;
  else socket.options.sndTimeout = ms;
  return 0;
}

function setInteger(task: Task, socket: Socket, name: number, value: number): number {
  const { options } = socket;
  switch (name) {
    case SO_SNDBUFFORCE:
    case SO_RCVBUFFORCE:
      if (!capable(task.cred, CAP_NET_ADMIN)) return -EPERM;
      if (name === SO_SNDBUFFORCE) options.setSndbuf(value, FORCED_BUFFER_MAX);
      else options.setRcvbuf(value, FORCED_BUFFER_MAX);
      return 0;
    case SO_SNDBUF:
      options.setSndbuf(value);
      return 0;
    case SO_RCVBUF:
      options.setRcvbuf(value);
      return 0;
    case SO_PASSCRED:
      options.passCred = value !== 0;
      return 0;
    case SO_PEEK_OFF:
      return socket.setPeekOffset(value);
    case SO_RCVLOWAT:
      options.rcvLowat = value < 0 ? 0x7fffffff : value || 1;
      return 0;
    default:
      if (!KEPT.has(name)) return -ENOPROTOOPT;
      options.flags.set(name, BOOLEAN.has(name) ? Number(value !== 0) : value);
      return 0;
  }
}

/** Longest value of an option that is not every socket's: struct group_source_req has 264 bytes. */
const OPTION_MAX = 320;

/** The value of an option as the caller gives it, at most OPTION_MAX bytes. */
function readValue(task: Task, args: SyscallArgs): Uint8Array | number {
  const value = new Uint8Array(Math.min(args.int(4), OPTION_MAX));
  if (value.length > 0 && task.mem.read(args.ptr(3), value, 0, value.length) !== value.length) return -EFAULT;
  return value;
}

/** An option of the protocol's own level. */
function setProtocolOption(task: Task, socket: Socket, args: SyscallArgs): number {
  const value = readValue(task, args);
  return typeof value === 'number' ? value : socket.setOption(task, args.int(1), args.int(2), value);
}

/** An option of SOL_SOCKET that the socket may know itself. @returns undefined if it does not */
function setOwnOption(task: Task, socket: Socket, args: SyscallArgs): number | undefined {
  if (socket.setSocketOption === Socket.prototype.setSocketOption) return undefined;
  const value = readValue(task, args);
  return typeof value === 'number' ? value : socket.setSocketOption(task, args.int(2), value);
}

function sysSetsockopt(task: Task, args: SyscallArgs): SyscallResult {
  const name = args.int(2);
  const len = args.int(4);
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  if (len < 0) return -EINVAL;
  socket.lane?.close();
  if (args.int(1) !== SOL_SOCKET) return setProtocolOption(task, socket, args);
  const own = setOwnOption(task, socket, args);
  if (own !== undefined) return own;
  if (len < 4) return -EINVAL;
  const size =
    name === SO_RCVTIMEO || name === SO_SNDTIMEO ? TIMEVAL_SIZE : name === SO_LINGER ? LINGER_SIZE : 4;
  const int = task.mem.i32(args.ptr(3));
  if (Number.isNaN(int)) return -EFAULT;
  if (len < size) return -EINVAL;
  const dv = task.mem.view(args.ptr(3), size);
  if (typeof dv === 'number') return dv;
  if (size === TIMEVAL_SIZE) return setSocketTimeout(socket, name, dv);
  if (size === LINGER_SIZE) {
    socket.options.lingerOn = Number(dv.getInt32(0, true) !== 0);
    if (socket.options.lingerOn === 1) socket.options.lingerTime = dv.getInt32(4, true);
    return 0;
  }
  return setInteger(task, socket, name, int);
}

/** Value of an option with an int, or undefined when it is not one. */
function getInteger(socket: Socket, name: number): number | undefined {
  const { options } = socket;
  switch (name) {
    case SO_TYPE:
      return socket.type;
    case SO_DOMAIN:
      return socket.family;
    case SO_PROTOCOL:
      return socket.protocol;
    case SO_ERROR:
      return socket.takeError();
    case SO_ACCEPTCONN:
      return Number(socket.listening);
    case SO_SNDBUF:
      return options.sndbuf;
    case SO_RCVBUF:
      return options.rcvbuf;
    case SO_PASSCRED:
      return Number(options.passCred);
    case SO_RCVLOWAT:
      return options.rcvLowat;
    case SO_SNDLOWAT:
      return 1;
    case SO_PEEK_OFF:
      return socket.peekOffset();
    case SO_PASSSEC:
    case SO_TIMESTAMP:
    case SO_TIMESTAMPNS:
      return 0;
    default:
      return KEPT.has(name) ? (options.flags.get(name) ?? 0) : undefined;
  }
}

/** SO_PEERGROUPS: all groups or none; `room` too small is -ERANGE, and the length that is needed is stored. */
function getPeerGroups(task: Task, socket: Socket, addr: number, lenAddr: number, room: number): number {
  const groups = socket.peerGroups();
  if (typeof groups === 'number') return groups;
  const value = new Uint8Array(Uint32Array.from(groups).buffer);
  if (task.mem.putU32(lenAddr, value.length) < 0) return -EFAULT;
  if (room < value.length) return -ERANGE;
  return task.mem.write(addr, value, 0, value.length) === value.length ? 0 : -EFAULT;
}

/** SO_PEERPIDFD: a new descriptor of the peer's process. */
function getPeerProcess(task: Task, socket: Socket, addr: number, lenAddr: number, room: number): number {
  const process = socket.peerProcess();
  if (typeof process === 'number') return process;
  const fd = installFd(task, new PidFile(task.kernel, 0).bind(process), true);
  if (fd < 0) return fd;
  const value = new Uint8Array(Int32Array.of(fd).buffer);
  const n = Math.min(room, value.length);
  if (task.mem.write(addr, value, 0, n) === n && task.mem.putU32(lenAddr, n) === 0) return 0;
  task.files.close(fd);
  return -EFAULT;
}

/** The value of an option as bytes, or undefined when there is no such option. */
function optionBytes(task: Task, socket: Socket, name: number): Uint8Array | undefined {
  const bytes = new Uint8Array(TIMEVAL_SIZE);
  const dv = new DataView(bytes.buffer);
  const { options } = socket;
  switch (name) {
    case SO_RCVTIMEO:
    case SO_SNDTIMEO:
      putTimeval(dv, 0, name === SO_RCVTIMEO ? options.rcvTimeout : options.sndTimeout);
      return bytes;
    case SO_LINGER:
      dv.setInt32(0, options.lingerOn, true);
      dv.setInt32(4, options.lingerTime, true);
      return bytes.subarray(0, LINGER_SIZE);
    case SO_PEERCRED: {
      putUcred(task, socket.peerCred(), dv);
      return bytes.subarray(0, UCRED_SIZE);
    }
    default: {
      const value = getInteger(socket, name);
      if (value === undefined) return undefined;
      dv.setInt32(0, value, true);
      return bytes.subarray(0, 4);
    }
  }
}

function sysGetsockopt(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  const level = args.int(1);
  const name = args.int(2);
  const room = task.mem.i32(args.ptr(4));
  if (Number.isNaN(room)) return -EFAULT;
  if (room < 0) return -EINVAL;
  if (level === SOL_SOCKET && name === SO_PEERGROUPS)
    return getPeerGroups(task, socket, args.ptr(3), args.ptr(4), room);
  if (level === SOL_SOCKET && name === SO_PEERPIDFD)
    return getPeerProcess(task, socket, args.ptr(3), args.ptr(4), room);
  if (level === SOL_SOCKET && name === SO_PEEK_OFF && socket.peekOffset() === -EOPNOTSUPP) return -EOPNOTSUPP;
  const value =
    level === SOL_SOCKET
      ? (socket.getSocketOption(name, room) ?? optionBytes(task, socket, name) ?? -ENOPROTOOPT)
      : socket.getOption(level, name, room);
  if (typeof value === 'number') return value;
  const n = Math.min(room, value.length);
  if (n > 0 && task.mem.write(args.ptr(3), value, 0, n) !== n) return -EFAULT;
  return task.mem.putU32(args.ptr(4), n);
}

const OPTIONS_NOTE =
  'no filters (SO_ATTACH_FILTER, SO_ATTACH_BPF), pacing, send times, UDP segmentation, saved SYNs, Fast Open of clients';

export const socketOptionFamily: Family = {
  getsockopt: {
    handler: sysGetsockopt,
    args: ['fd', 'int', 'int', 'ptr', 'ptr'],
    status: 'partial',
    note: OPTIONS_NOTE,
  },
  setsockopt: {
    handler: sysSetsockopt,
    args: ['fd', 'int', 'int', 'struct', 'int'],
    status: 'partial',
    note: OPTIONS_NOTE,
  },
};
