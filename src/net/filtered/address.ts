/** Addresses for the host, written anew from what was decided over: nothing that a guest wrote is read a second time. */

import { AF_INET } from '../../abi/socket.js';
import { anyOf, encodeInetAddress, type InetAddress } from '../inet/address.js';

/** Where sin6_scope_id is in a struct sockaddr_in6. */
const SCOPE_ID = 24;

/** The socket address of a peer, for a socket of `family`. */
export function hostAddress(family: number, { ip, port, scope }: Omit<InetAddress, 'mapped'>): Uint8Array {
  const raw = encodeInetAddress(family, { ip, port });
  if (family !== AF_INET) new DataView(raw.buffer, raw.byteOffset).setUint32(SCOPE_ID, scope, true);
  return raw;
}

/** The wildcard address with a port. */
export function wildcard(family: number, port: number): Uint8Array {
  return encodeInetAddress(family, { ip: anyOf(family), port });
}
