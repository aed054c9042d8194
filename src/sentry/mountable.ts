/** What mount(2) can mount in a sandbox. */

import { mountTmpFs } from '../fs/tmpfs/mount.js';
import { registerFileSystem } from '../vfs/filesystems.js';
import type { FileSystem } from '../vfs/inode.js';

/** @param single file systems of which there is one, whoever mounts it: proc, sysfs, devpts */
export function registerFileSystems(single: readonly FileSystem[]): void {
  registerFileSystem('tmpfs', mountTmpFs);
  for (const fs of single) registerFileSystem(fs.type, () => fs);
}
