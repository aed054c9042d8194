/** The mount table of a sandbox (fs/namespace.c). */

import { EBUSY, EINVAL } from '../abi/errno.js';
import { Dentry, Mount, type Path } from './dentry.js';
import type { FileSystem } from './inode.js';

export class MountNamespace {
  /** In the order of mounting, as /proc/mounts lists them. */
  readonly mounts: Mount[] = [];
  private nextId = 20;
  private first: Mount | undefined;

  /** The mount at `/`. */
  get root(): Mount {
    if (this.first === undefined) throw new Error('no root mounted yet');
    return this.first;
  }

  /**
   * Mounts `fs` on top of `at`.
   * @param at undefined for the root mount
   * @param flags MS_RDONLY, MS_NOSUID ...
   */
  mount(fs: FileSystem, at: Path | undefined, flags: number): Mount {
    const root = new Dentry('', undefined, fs.root);
    const mount = new Mount(this.nextId++, fs, root, at?.mount, at?.dentry, flags);
    if (at === undefined) {
      this.first ??= mount;
    } else {
      at.mount.children.set(at.dentry, mount);
      at.dentry.mountpoint++;
    }
    this.mounts.push(mount);
    return mount;
  }

  /** @returns 0, -EINVAL (not a mount), -EBUSY (something is mounted inside) */
  umount(mount: Mount): number {
    if (mount.parent === undefined || mount.mountpoint === undefined || !this.mounts.includes(mount)) return -EINVAL;
    if (mount.children.size > 0) return -EBUSY;
    mount.parent.children.delete(mount.mountpoint);
    mount.mountpoint.mountpoint--;
    this.mounts.splice(this.mounts.indexOf(mount), 1);
    return 0;
  }

  /** The root of whatever is mounted on top of `path`, or `path` itself. */
  lookupMount(path: Path): Path {
    let here = path;
    while (here.dentry.mountpoint > 0) {
      const child = here.mount.children.get(here.dentry);
      if (child === undefined) break;
      here = { mount: child, dentry: child.root };
    }
    return here;
  }
}
