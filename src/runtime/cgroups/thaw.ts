/** Frozen processes cannot end: whoever kills one lets it go on first. */

import { readText, writeText } from './files.js';
import { hostTexts, readHierarchies } from './hierarchy.js';

/** Thaws the cgroup of a process, whoever froze it. A process that is not frozen, or gone, is left alone. */
export function thaw(pid: number): void {
  const cgroup = readText(`/proc/${pid}/cgroup`);
  if (cgroup === undefined) return;
  for (const { version, controllers, own } of readHierarchies({ ...hostTexts(), cgroup })) {
    const [file, frozen, thawed] =
      version === 2 ? ['cgroup.freeze', '1', '0'] : ['freezer.state', 'FROZEN', 'THAWED'];
    if ((version === 1 && !controllers.includes('freezer')) || readText(`${own}/${file}`) !== frozen)
      continue;
    try {
      writeText(`${own}/${file}`, thawed);
    } catch {
      // Not ours to change: the process stays until somebody else thaws it.
    }
  }
}
