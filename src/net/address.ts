/** Socket addresses of AF_UNIX (unix(7)). */

import { EINVAL } from '../abi/errno.js';
import { AF_UNIX } from '../abi/socket.js';
import { SOCKADDR_PATH, SOCKADDR_UN_SIZE } from '../abi/structs-ipc.js';

/** A decoded sockaddr_un: `name` is a path, an abstract name without its leading NUL, or '' (unnamed). */
export interface UnixAddress {
  readonly kind: 'unnamed' | 'path' | 'abstract';
  readonly name: string;
}

export const UNNAMED: UnixAddress = { kind: 'unnamed', name: '' };

/** @param raw the bytes of the address as given, family included. @returns -EINVAL for anything malformed */
export function parseUnixAddress(raw: Uint8Array): UnixAddress | number {
  if (raw.length < SOCKADDR_PATH || raw.length > SOCKADDR_UN_SIZE) return -EINVAL;
  if (((raw[0] ?? 0) | ((raw[1] ?? 0) << 8)) !== AF_UNIX) return -EINVAL;
  if (raw.length === SOCKADDR_PATH) return UNNAMED;
  if (raw[SOCKADDR_PATH] === 0) {
    return { kind: 'abstract', name: Buffer.from(raw.subarray(SOCKADDR_PATH + 1)).toString('latin1') };
  }
  const path = raw.subarray(SOCKADDR_PATH);
  const end = path.indexOf(0);
  return { kind: 'path', name: Buffer.from(end < 0 ? path : path.subarray(0, end)).toString('latin1') };
}

/** The address as getsockname(2) gives it; a path has its NUL counted. */
export function encodeUnixAddress(address: UnixAddress): Uint8Array {
  const text =
    address.kind === 'unnamed' ? '' : address.kind === 'path' ? `${address.name}\0` : `\0${address.name}`;
  const raw = Buffer.alloc(SOCKADDR_PATH + text.length);
  raw.writeUInt16LE(AF_UNIX, 0);
  raw.write(text, SOCKADDR_PATH, 'latin1');
  return raw;
}
