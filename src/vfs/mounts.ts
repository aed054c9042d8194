/** The mount tree (fs/namespace.c). */

import { EBUSY, EINVAL } from '../abi/errno.js';
import { Dentry, Mount, type Path } from './dentry.js';
import type { FileSystem } from './inode.js';

/** The first mount id, as a booted machine's numbers look. */
const FIRST_ID = 20;

export class MountNamespace {
  /** In the order of mounting. */
  readonly mounts: Mount[] = [];
  private nextId = FIRST_ID;

  /** The root mount; only there after the first `mount`. */
  get root(): Mount {
    const first = this.mounts[0];
    if (first === undefined) throw new Error('mount namespace without a root');
    return first;
  }

  /**
   * Mounts `fs`.
   * @param at where; undefined for the root mount. What is mounted there already is covered.
   * @param flags MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_RELATIME
   */
  mount(fs: FileSystem, at: Path | undefined, flags: number): Mount {
    const place = at === undefined ? undefined : this.lookupMount(at);
    const mount = new Mount(
      this.nextId++,
      fs,
      new Dentry('', undefined, fs.root),
      place?.mount,
      place?.dentry,
      flags,
    );
    if (place !== undefined) {
      place.mount.children.set(place.dentry, mount);
      place.dentry.mountpoint++;
    }
    this.mounts.push(mount);
    return mount;
  }

  /** @returns 0, -EBUSY when other mounts lie below, -EINVAL for the root */
  umount(mount: Mount): number {
    if (mount.parent === undefined || mount.mountpoint === undefined) return -EINVAL;
    if (mount.children.size > 0) return -EBUSY;
    mount.parent.children.delete(mount.mountpoint);
    mount.mountpoint.mountpoint--;
    this.mounts.splice(this.mounts.indexOf(mount), 1);
    return 0;
  }

  /** What is seen at `path`: the root of the topmost mount there, or `path` itself. */
  lookupMount(path: Path): Path {
    let { mount, dentry } = path;
    while (dentry.mountpoint > 0) {
      const over = mount.children.get(dentry);
      if (over === undefined) break;
      mount = over;
      dentry = over.root;
    }
    return mount === path.mount && dentry === path.dentry ? path : { mount, dentry };
  }
}
