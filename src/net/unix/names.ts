/** Who is bound to which name: abstract names of a kernel, and sockets by the inode of their path (unix(7)). */

import type { Kernel } from '../../kernel/kernel.js';
import type { Inode } from '../../vfs/inode.js';
import type { UnixSocket } from './socket.js';

const abstracts = new WeakMap<Kernel, Map<number, Map<string, UnixSocket>>>();

/** Abstract names in use among sockets of a type (SOCK_STREAM ...): each type has a space of names of its own. */
export function abstractNames(kernel: Kernel, type: number): Map<string, UnixSocket> {
  let types = abstracts.get(kernel);
  if (types === undefined) abstracts.set(kernel, (types = new Map()));
  let names = types.get(type);
  if (names === undefined) types.set(type, (names = new Map()));
  return names;
}

/** The socket bound to the inode of a path, while it is open. */
export const boundInodes = new WeakMap<Inode, UnixSocket>();
