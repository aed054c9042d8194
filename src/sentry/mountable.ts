/** What mount(2) can mount in a sandbox. */

import { ENODEV } from '../abi/errno.js';
import { mountCgroup1, mountCgroup2 } from '../fs/cgroup/mount.js';
import { mountTmpFs } from '../fs/tmpfs/mount.js';
import type { Container } from '../kernel/container.js';
import { registerFileSystem } from '../vfs/filesystems.js';
import type { FileSystem } from '../vfs/inode.js';

/** @param single file systems of which a container has one, whoever mounts it: proc, sysfs, devpts */
export function registerFileSystems(container: Container, single: readonly FileSystem[]): void {
  registerFileSystem('tmpfs', mountTmpFs);
  registerFileSystem('cgroup', mountCgroup1);
  registerFileSystem('cgroup2', mountCgroup2);
  for (const fs of single) {
    container.singles.set(fs.type, fs);
    registerFileSystem(fs.type, (task) => task.container.singles.get(fs.type) ?? -ENODEV);
  }
}
