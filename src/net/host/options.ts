/** SOL_SOCKET options of host sockets. What the host must not be asked (addon/host/socket-options.cc) is as for every socket. */

import { ENOPROTOOPT } from '../../abi/errno.js';
import { SO_LINGER, SO_RCVLOWAT, SOL_SOCKET } from '../../abi/socket.js';
import type { SocketOptions } from '../options.js';
import type { HostSocket } from './host-socket.js';

/** @returns 0, -errno, or undefined where the host has no say (time-outs: it never waits for us) */
export function setSocketOption(
  host: HostSocket,
  options: SocketOptions,
  name: number,
  value: Uint8Array,
): number | undefined {
  const r = host.setOption(SOL_SOCKET, name, value);
  if (r === -ENOPROTOOPT) return undefined;
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

/** @returns the value, -errno, or undefined where the host has no say */
export function getSocketOption(
  host: HostSocket,
  name: number,
  room: number,
): Uint8Array | number | undefined {
  const value = host.getOption(SOL_SOCKET, name, room);
  return value === -ENOPROTOOPT ? undefined : value;
}
