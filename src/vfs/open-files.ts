/** All open file descriptions of a sandbox, for questions that are asked too rarely to be worth a count. */

import type { Kernel } from '../kernel/kernel.js';
import type { FdTable } from './fdtable.js';
import type { OpenFile } from './file.js';

/** Calls `see` for every open description that is in some descriptor table; for duplicates more than once. */
export function eachOpenFile(kernel: Kernel, see: (file: OpenFile) => void): void {
  const tables = new Set<FdTable>();
  for (const task of kernel.tasks.values()) tables.add(task.files);
  for (const table of tables) {
    for (const fd of table.fds()) {
      const file = table.get(fd);
      if (file !== undefined) see(file);
    }
  }
}
