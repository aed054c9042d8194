/**
 * cgroup and cgroup2 as a container sees them: its own cgroup with limits and usage, to read. There are no others, and none can
 * be made: what programs look for here is how much they may use.
 */

import type { Container } from '../../kernel/container.js';
import { Dentry } from '../../vfs/dentry.js';
import type { FileSystem, Inode, StatFs } from '../../vfs/inode.js';
import { populate, StaticDir, type Tree } from '../pseudo.js';
import { CONTROLLERS_1, type Controller1, files1 } from './v1.js';
import { files2 } from './v2.js';

/** include/uapi/linux/magic.h */
const CGROUP_SUPER_MAGIC = 0x27e0eb;
const CGROUP2_SUPER_MAGIC = 0x63677270;

export class CgroupFs implements FileSystem {
  readonly type: 'cgroup' | 'cgroup2';
  readonly cacheNames = true;
  readonly root: Inode;

  /** @param options as /proc/mounts shows them: the controller of a hierarchy of version 1 */
  constructor(
    container: Container,
    readonly dev: number,
    readonly source: string,
    files: Tree,
    readonly options = '',
  ) {
    this.type = options === '' ? 'cgroup2' : 'cgroup';
    const now = container.kernel.realtime();
    const root = new StaticDir(this, this.type, 0o555, now);
    populate(root, files, now);
    this.root = root;
  }

  statfs(): StatFs {
    return {
      type: this.type === 'cgroup' ? CGROUP_SUPER_MAGIC : CGROUP2_SUPER_MAGIC,
      bsize: 4096,
      blocks: 0,
      bfree: 0,
      bavail: 0,
      files: 0,
      ffree: 0,
      namelen: 255,
    };
  }
}

/** Version 2: everything in one directory. */
export function cgroup2Fs(container: Container, dev: number, source: string): CgroupFs {
  return new CgroupFs(container, dev, source, files2(container));
}

/** Version 1: the hierarchy of one controller. */
export function cgroup1Fs(container: Container, dev: number, source: string, name: Controller1): CgroupFs {
  return new CgroupFs(container, dev, source, files1(container, name), name);
}

/** The container's directory as what a mount shows: /proc/self/mountinfo tells its path in the whole hierarchy. */
export function cgroupRoot(fs: CgroupFs, path: string): Dentry {
  let above: Dentry | undefined = path === '/' ? undefined : new Dentry('', undefined, fs.root);
  const names = path.split('/').filter((name) => name !== '');
  for (const name of names) above = new Dentry(name, above, fs.root);
  return above ?? new Dentry('', undefined, fs.root);
}

/** /proc/PID/cgroup of all processes of a container. */
export function cgroupText({ cgroup }: Container): string {
  if (cgroup.version === 2) return `0::${cgroup.path}\n`;
  return CONTROLLERS_1.map((name, i) => `${CONTROLLERS_1.length - i}:${name}:${cgroup.path}\n`).join('');
}

/** /proc/cgroups: the controllers that there are, in hierarchies of version 1 or all in the one of version 2. */
export function cgroupsText({ cgroup }: Container): string {
  const rows = [...CONTROLLERS_1]
    .filter((name) => cgroup.version === 1 || name !== 'cpuacct')
    .map((name) => {
      const hierarchy = cgroup.version === 1 ? CONTROLLERS_1.length - CONTROLLERS_1.indexOf(name) : 0;
      return `${name}\t${hierarchy}\t1\t1\n`;
    });
  return `#subsys_name\thierarchy\tnum_cgroups\tenabled\n${rows.reverse().join('')}`;
}
