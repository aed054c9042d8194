/** SOL_SOCKET options of host sockets: the host's own, as far as guests may ask for them (addon/host/socket-options.cc). */

import { ENOPROTOOPT } from '../../abi/errno.js';
import {
  SO_LINGER,
  SO_PEERCRED,
  SO_RCVLOWAT,
  SO_RCVTIMEO,
  SO_SNDTIMEO,
  SOL_SOCKET,
} from '../../abi/socket.js';
import { SocketOptions } from '../options.js';
import type { HostSocket } from './host-socket.js';

/** Options that are kept here: the host never waits for us, and knows nothing of guests. */
const OURS: ReadonlySet<number> = new Set([SO_RCVTIMEO, SO_SNDTIMEO, SO_PEERCRED]);

/** @returns 0, -errno, or undefined where the host has no say (OURS) */
export function setSocketOption(
  host: HostSocket,
  options: SocketOptions,
  name: number,
  value: Uint8Array,
): number | undefined {
  const r = host.setOption(SOL_SOCKET, name, value);
  if (r === -ENOPROTOOPT) return OURS.has(name) ? undefined : r;
  // The host keeps poll(2) waiting for so many bytes; a call that waits must do the same.
  if (r === 0 && name === SO_RCVLOWAT) {
    const kept = getSocketOption(host, name, 4);
    if (kept instanceof Uint8Array) options.rcvLowat = new DataView(kept.buffer).getInt32(0, true);
  }
  // Whoever lingers is kept waiting by us.
  if (r === 0 && name === SO_LINGER) {
    const dv = new DataView(value.buffer, value.byteOffset, value.byteLength);
    options.lingerOn = dv.getInt32(0, true);
    options.lingerTime = dv.getInt32(4, true);
  }
  return r;
}

/** What a connection has of its listener's options, of those that are kept here. */
export function inheritedOptions(from: SocketOptions): SocketOptions {
  const { rcvTimeout, sndTimeout, rcvLowat, lingerOn, lingerTime } = from;
  return Object.assign(new SocketOptions(), { rcvTimeout, sndTimeout, rcvLowat, lingerOn, lingerTime });
}

/** @returns the value, -errno, or undefined where the host has no say */
export function getSocketOption(
  host: HostSocket,
  name: number,
  room: number,
): Uint8Array | number | undefined {
  const value = host.getOption(SOL_SOCKET, name, room);
  return value === -ENOPROTOOPT && OURS.has(name) ? undefined : value;
}
