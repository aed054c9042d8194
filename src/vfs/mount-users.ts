/** Who uses a mount: for EBUSY, and for the end of file systems that were taken out of the tree while in use. */

import type { Kernel } from '../kernel/kernel.js';
import type { Mount } from './dentry.js';
import type { FileSystem } from './inode.js';
import { eachOpenFile } from './open-files.js';

/** Mounts that are some process's root, working directory or program, or that some open file was found through. */
export function mountsInUse(kernel: Kernel): Set<Mount> {
  const used = new Set<Mount>();
  for (const task of kernel.tasks.values()) {
    used.add(task.fs.root.mount);
    used.add(task.fs.cwd.mount);
    if (task.group.exe !== undefined) used.add(task.group.exe.mount);
  }
  eachOpenFile(kernel, (file) => void used.add(file.path.mount));
  return used;
}

/** True if a regular file of `fs` is open for writing, through `mount` if it is given. */
export function hasWriters(kernel: Kernel, fs: FileSystem, mount: Mount | undefined): boolean {
  let found = false;
  eachOpenFile(kernel, (file) => {
    if (file.writes?.fs === fs && (mount === undefined || file.path.mount === mount)) found = true;
  });
  return found;
}

/** File systems that left the tree while somebody used them. */
const lingering = new WeakMap<Kernel, Set<FileSystem>>();

/** Mounts of `gone` went away: once one is mounted nowhere and nobody uses it, it gives back what it holds. */
export function unmounted(kernel: Kernel, gone: Iterable<FileSystem>): void {
  let waiting = lingering.get(kernel);
  if (waiting === undefined) lingering.set(kernel, (waiting = new Set()));
  const mounted = new Set<FileSystem>();
  for (const { mounts } of kernel.containers.values())
    for (const m of mounts?.mounts ?? []) mounted.add(m.fs);
  for (const fs of gone) if (fs.retire !== undefined && !mounted.has(fs)) waiting.add(fs);
  retireUnused(kernel);
}

/** Ends what has lost its last user meanwhile. */
export function retireUnused(kernel: Kernel): void {
  const waiting = lingering.get(kernel);
  if (waiting === undefined || waiting.size === 0) return;
  const used = new Set<FileSystem>();
  for (const m of mountsInUse(kernel)) used.add(m.fs);
  for (const fs of [...waiting]) {
    if (used.has(fs)) continue;
    waiting.delete(fs);
    fs.retire?.();
  }
}
