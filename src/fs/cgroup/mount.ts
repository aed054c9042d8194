/** Mounting a container's cgroup where config.json wants it. */

import { EINVAL } from '../../abi/errno.js';
import { MS_RDONLY, S_IFDIR } from '../../abi/stat.js';
import type { Container } from '../../kernel/container.js';
import { initialCred } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import { lookupChild } from '../../vfs/dcache.js';
import { Dentry, type Mount, type Path } from '../../vfs/dentry.js';
import type { FileSystem } from '../../vfs/inode.js';
import { makedev } from '../pseudo.js';
import { TmpFs } from '../tmpfs/tmpfs.js';
import { type CgroupFs, cgroup1Fs, cgroup2Fs, cgroupRoot } from './cgroup.js';
import { CONTROLLERS_1, type Controller1 } from './v1.js';

/** Minor numbers of the file systems' devices: the same in all containers, as the hierarchies are. */
const MINOR_2 = 0x1b;
const MINOR_TOP = 0x1c;
const MINOR_1 = 0x1d;

export interface CgroupMount {
  /** `cgroup` means what the host has, `cgroup2` always version 2. */
  readonly type: 'cgroup' | 'cgroup2';
  readonly source: string;
  /** MS_*. */
  readonly flags: number;
}

/**
 * Mounts it at `at`: one file system of version 2, or a small tmpfs with a directory for each hierarchy of version 1, as runtimes
 * do it. Version 1's hierarchies are also found when `at` is looked up in the container.
 *
 * @returns the mounts, the one at `at` first
 */
export function mountCgroups(container: Container, at: Path, what: CgroupMount): [Mount, ...Mount[]] {
  const { mounts, cgroup } = container;
  const put = (fs: CgroupFs, place: Path): Mount => {
    const mount = mounts.create(fs, cgroupRoot(fs, cgroup.path), what.flags);
    mounts.attach(mount, place);
    return mount;
  };
  if (what.type === 'cgroup2' || cgroup.version === 2) {
    return [put(cgroup2Fs(container, makedev(0, MINOR_2), what.source), mounts.lookupMount(at))];
  }
  const fs = new TmpFs(container.kernel.native, {
    mode: 0o755,
    dev: makedev(0, MINOR_TOP),
    source: 'tmpfs',
  });
  const names = [...CONTROLLERS_1].reverse();
  for (const name of names) fs.root.mkdir(name, S_IFDIR | 0o555, initialCred(0, 0, []));
  const top = mounts.create(fs, new Dentry('', undefined, fs.root), what.flags | MS_RDONLY);
  mounts.attach(top, mounts.lookupMount(at));
  const made: [Mount, ...Mount[]] = [top];
  for (const [i, name] of names.entries()) {
    const dentry = lookupChild(top.root, name, undefined);
    if (typeof dentry === 'number') throw new Error(`no directory ${name} in a new tmpfs (errno ${-dentry})`);
    const hierarchy = cgroup1Fs(container, makedev(0, MINOR_1 + i), what.source, name);
    made.push(put(hierarchy, { mount: top, dentry }));
  }
  return made;
}

/** mount -t cgroup2. */
export function mountCgroup2({ container }: Task, source: string): FileSystem {
  return cgroup2Fs(container, makedev(0, MINOR_2), source);
}

/** mount -t cgroup -o CONTROLLER. @returns -EINVAL for another controller, or for version 1 where there is only version 2 */
export function mountCgroup1({ container }: Task, source: string, data: string): FileSystem | number {
  const index = CONTROLLERS_1.indexOf(data as Controller1);
  const name = CONTROLLERS_1[index];
  if (name === undefined || container.cgroup.version === 2) return -EINVAL;
  return cgroup1Fs(container, makedev(0, MINOR_1 + CONTROLLERS_1.length - 1 - index), source, name);
}
