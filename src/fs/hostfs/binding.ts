/** Names of sockets that are made in a shared directory while a socket of the host is to be bound to them (--host-uds). */

import { EAGAIN } from '../../abi/errno.js';

/** The type of the socket that is given a name at this moment, and its descriptor once it has it. */
let binding: { readonly type: number; fd: number } | undefined;

/**
 * Runs `make`, which makes the name of a socket. If that comes to be in a shared directory, a socket of the host of this type is
 * bound to it.
 * @returns what `make` gave, and that socket's descriptor or -errno
 */
export function whileBinding(type: number, make: () => number): { made: number; fd: number } {
  binding = { type, fd: -EAGAIN };
  const made = make();
  const { fd } = binding;
  binding = undefined;
  return { made, fd };
}

/**
 * Asked by a shared directory that is to make the name of a socket.
 * @param bind binds a socket of the host of a type to it; descriptor or -errno
 * @returns 0 or -errno; undefined if the host is to have the name only
 */
export function bindOnHost(bind: (type: number) => number): number | undefined {
  if (binding === undefined) return undefined;
  binding.fd = bind(binding.type);
  return Math.min(0, binding.fd);
}
