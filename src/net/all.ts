/** The sockets that programs hold. */

import type { Kernel } from '../kernel/kernel.js';
import { Socket } from './socket.js';

/** Every socket that some process has a descriptor of, each once. */
export function openSockets(kernel: Kernel): Set<Socket> {
  const found = new Set<Socket>();
  const tables = new Set([...kernel.tasks.values()].map((t) => t.files));
  for (const table of tables) {
    for (const fd of table.fds()) {
      const file = table.get(fd);
      if (file instanceof Socket) found.add(file);
    }
  }
  return found;
}
