/** Who is bound to which name: abstract names of a kernel, and sockets by the inode of their path (unix(7)). */

import type { Kernel } from '../../kernel/kernel.js';
import type { Inode } from '../../vfs/inode.js';
import type { UnixSocket } from './socket.js';

const abstracts = new WeakMap<Kernel, Map<string, UnixSocket>>();

/** Abstract names in use. */
export function abstractNames(kernel: Kernel): Map<string, UnixSocket> {
  let names = abstracts.get(kernel);
  if (names === undefined) abstracts.set(kernel, (names = new Map()));
  return names;
}

/** The socket bound to the inode of a path, while it is open. */
export const boundInodes = new WeakMap<Inode, UnixSocket>();
