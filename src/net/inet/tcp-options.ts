/** Options of level TCP that are more than an int that is kept (tcp(7)). */

import { EINVAL, ENOENT } from '../../abi/errno.js';
import * as inet from '../../abi/inet.js';
import { isV4 } from './address.js';
import { intBytes, LOOPBACK_MTU } from './socket.js';
import type { TcpSocket } from './tcp.js';

/** TCP_CA_NAME_MAX. */
const NAME_MAX = 16;
const CONGESTION_CONTROLS = ['cubic', 'reno'];
/** TCP_FIN_TIMEOUT_MAX, seconds. */
const LINGER2_MAX = 120;
/** Longest time between two attempts, seconds. */
const RTO_MAX = 120;
/** Full segments: at first half of the window, which is the longest packet without headers and the timestamps option. */
const FULL_SEGMENT4 = 32741;
const FULL_SEGMENT6 = 32732;
const TIMESTAMPS = 12;
const DEFAULT_MSS = 536;
/** Half of the smallest receive buffer. */
const MIN_WINDOW_CLAMP = 1152;
const INITIAL_WINDOW = 10;
/** Options in use: timestamps, selective acknowledgements, window scaling. */
const TCPI_OPTIONS = 7;

/** TCP_DEFER_ACCEPT counts retransmissions: the time is rounded up to the end of one. */
function roundToRetransmission(seconds: number): number {
  let step = 1;
  let period = seconds > 0 ? 1 : 0;
  for (let i = 1; seconds > period && i < 255; i++) {
    step = Math.min(step * 2, RTO_MAX);
    period += step;
  }
  return period;
}

/** How long the other end may take to close: at most two minutes, negative not at all, 0 as long as usual. */
function setLinger2(socket: TcpSocket, seconds: number): number {
  const { tcpFinTimeout } = socket.kernel.settings;
  const kept = seconds < 0 ? -1 : seconds === 0 ? tcpFinTimeout : Math.min(seconds, LINGER2_MAX);
  return socket.options.setInt(inet.IPPROTO_TCP, inet.TCP_LINGER2, kept);
}

/** TCP_WINDOW_CLAMP: how much the peer may send unread; 0, only without a connection, for no bound. */
function setWindowClamp(socket: TcpSocket, bytes: number): number {
  if (bytes === 0 && socket.state !== inet.TCP_CLOSE) return -EINVAL;
  const kept = bytes === 0 ? 0 : Math.max(bytes, MIN_WINDOW_CLAMP);
  return socket.options.setInt(inet.IPPROTO_TCP, inet.TCP_WINDOW_CLAMP, kept);
}

/** @returns undefined for an option that is just kept */
export function setTcpOption(socket: TcpSocket, name: number, value: Uint8Array): number | undefined {
  if (name === inet.TCP_CONGESTION) {
    if (value.length < 1) return -EINVAL;
    const text = Buffer.from(value.subarray(0, NAME_MAX - 1))
      .toString('latin1')
      .split('\0')[0] as string;
    if (!CONGESTION_CONTROLS.includes(text)) return -ENOENT;
    socket.congestion = text;
    return 0;
  }
  if (value.length < 4) return undefined;
  const seconds = new DataView(value.buffer, value.byteOffset).getInt32(0, true);
  if (name === inet.TCP_LINGER2) return setLinger2(socket, seconds);
  if (name === inet.TCP_WINDOW_CLAMP) return setWindowClamp(socket, seconds);
  // It has had no effect for years.
  if (name === inet.TCP_THIN_DUPACK) return seconds < 0 || seconds > 1 ? -EINVAL : 0;
  // 0: no wish any more.
  if (name === inet.TCP_MAXSEG && seconds === 0)
    return socket.options.setInt(inet.IPPROTO_TCP, name, DEFAULT_MSS);
  if (name !== inet.TCP_DEFER_ACCEPT) return undefined;
  return socket.options.setInt(inet.IPPROTO_TCP, name, roundToRetransmission(seconds));
}

function wishedSegment(socket: TcpSocket): number {
  return socket.options.int(inet.IPPROTO_TCP, inet.TCP_MAXSEG) ?? DEFAULT_MSS;
}

/** Bytes of a full segment: of the connection, or what is asked for before there is one. */
function segmentSize(socket: TcpSocket): number {
  const own = wishedSegment(socket);
  if (socket.remote === undefined || socket.state === inet.TCP_CLOSE) return own;
  // What the other end has asked for counts too.
  const peers = socket.peer === undefined ? DEFAULT_MSS : wishedSegment(socket.peer);
  const asked = own === DEFAULT_MSS ? peers : peers === DEFAULT_MSS ? own : Math.min(own, peers);
  const most = isV4(socket.local.ip) ? FULL_SEGMENT4 : FULL_SEGMENT6;
  return asked === DEFAULT_MSS ? most : Math.min(asked - TIMESTAMPS, most);
}

function tcpInfo(socket: TcpSocket): Uint8Array {
  const raw = new Uint8Array(inet.TCP_INFO_SIZE);
  const dv = new DataView(raw.buffer);
  dv.setUint8(0, socket.state);
  const mss = segmentSize(socket);
  dv.setUint32(inet.TCP_INFO_SND_MSS, mss, true);
  dv.setUint32(inet.TCP_INFO_SND_CWND, INITIAL_WINDOW, true);
  dv.setUint32(inet.TCP_INFO_ADVMSS, mss, true);
  dv.setUint32(inet.TCP_INFO_RCV_MSS, DEFAULT_MSS, true);
  dv.setUint32(inet.TCP_INFO_RCV_SPACE, socket.options.receiveRoom, true);
  if (socket.remote === undefined) return raw;
  dv.setUint8(inet.TCP_INFO_OPTIONS, TCPI_OPTIONS);
  dv.setUint32(inet.TCP_INFO_PMTU, isV4(socket.local.ip) ? LOOPBACK_MTU - 1 : LOOPBACK_MTU, true);
  dv.setBigUint64(inet.TCP_INFO_BYTES_ACKED, BigInt(socket.bytesSent), true);
  dv.setBigUint64(inet.TCP_INFO_BYTES_RECEIVED, BigInt(socket.peer?.bytesSent ?? 0), true);
  return raw;
}

/** @returns undefined for an option that is just kept */
export function getTcpOption(socket: TcpSocket, name: number): Uint8Array | undefined {
  switch (name) {
    case inet.TCP_INFO:
      return tcpInfo(socket);
    case inet.TCP_THIN_DUPACK:
      return intBytes(0);
    case inet.TCP_MAXSEG:
      return intBytes(segmentSize(socket));
    case inet.TCP_CONGESTION: {
      const raw = new Uint8Array(NAME_MAX);
      Buffer.from(raw.buffer).write(socket.congestion, 'latin1');
      return raw;
    }
    default:
      return undefined;
  }
}
