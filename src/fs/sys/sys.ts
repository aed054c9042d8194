/** /sys: the few read-only files that programs look for (sysfs(5)). */

import { SYSFS_MAGIC } from '../../abi/stat.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { FileSystem, Inode, StatFs } from '../../vfs/inode.js';
import { populate, StaticDir, TextLeaf, type Tree } from '../pseudo.js';

/** st_size of attributes in sysfs: a page. */
const ATTRIBUTE_SIZE = 4096;

export class SysFs implements FileSystem {
  readonly type = 'sysfs';
  readonly source = 'sysfs';
  readonly root: Inode;

  constructor(
    kernel: Kernel,
    readonly dev: number,
    /** What others have to show, below the same root. */
    more: readonly Tree[] = [],
    /** Whether all names stay as they are. */
    readonly cacheNames = true,
  ) {
    const now = kernel.realtime();
    const root = new StaticDir(this, 'sys', 0o755, now);
    populate(root, tree(kernel, countCpus(kernel)), now, ATTRIBUTE_SIZE);
    for (const t of more) populate(root, t, now, ATTRIBUTE_SIZE);
    this.root = root;
  }

  statfs(): StatFs {
    return {
      type: SYSFS_MAGIC,
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

/** Processors that the host shows in /proc/cpuinfo. */
export function countCpus(kernel: Kernel): number {
  const text = kernel.native.hostProc(-1, 'cpuinfo');
  const n = typeof text === 'string' ? (text.match(/^processor\s*:/gm)?.length ?? 1) : 1;
  return Math.max(1, n);
}

/** A list of numbers as the kernel prints it: "0-3". */
function range(n: number): string {
  return n === 1 ? '0\n' : `0-${n - 1}\n`;
}

function cpuTree(n: number): Tree {
  const cpus: Record<string, Tree | string> = {};
  for (let i = 0; i < n; i++) {
    cpus[`cpu${i}`] = {
      ...(i === 0 ? {} : { online: '1\n' }),
      topology: {
        core_id: `${i}\n`,
        physical_package_id: '0\n',
        core_siblings_list: range(n),
        thread_siblings_list: `${i}\n`,
        package_cpus_list: range(n),
      },
    };
  }
  return {
    ...cpus,
    online: range(n),
    possible: range(n),
    present: range(n),
    offline: '\n',
    kernel_max: '8191\n',
  };
}

/** A bitmap of the first `n` numbers as the kernel prints it: words of 32 bits in hex, the highest first. */
function bitmap(n: number): string {
  const words: string[] = [];
  for (let left = n; left > 0; left -= 32)
    words.unshift((left >= 32 ? 0xffffffff : 2 ** left - 1).toString(16));
  return `${words.join(',')}\n`;
}

/** All memory is on one node (drivers/base/node.c); its figures are the machine's. */
function nodeTree(kernel: Kernel, cpus: number): Tree {
  const meminfo = (): string => {
    const text = kernel.native.hostProc(-1, 'meminfo');
    const kb = (name: string): number =>
      typeof text === 'string' ? Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) : 0;
    const line = (name: string, value: number): string =>
      `Node 0 ${`${name}:`.padEnd(14)} ${String(value).padStart(9)} kB\n`;
    const total = kb('MemTotal');
    const free = kb('MemFree');
    return line('MemTotal', total) + line('MemFree', free) + line('MemUsed', total - free);
  };
  return {
    has_cpu: '0\n',
    has_memory: '0\n',
    has_normal_memory: '0\n',
    online: '0\n',
    possible: '0\n',
    node0: { cpulist: range(cpus), cpumap: bitmap(cpus), distance: '10\n', meminfo },
  };
}

function tree(kernel: Kernel, cpus: number): Tree {
  return {
    block: {},
    bus: {},
    class: {},
    dev: { block: {}, char: {} },
    devices: {
      system: {
        cpu: cpuTree(cpus),
        node: nodeTree(kernel, cpus),
      },
    },
    firmware: {},
    fs: { cgroup: {} },
    kernel: {
      mm: {
        transparent_hugepage: {
          enabled: 'always [madvise] never\n',
          defrag: 'always defer defer+madvise [madvise] never\n',
          hpage_pmd_size: '2097152\n',
          shmem_enabled: 'always within_size advise [never] deny force\n',
        },
        hugepages: {},
      },
      profiling: new TextLeaf(0o444, { read: () => '0\n' }),
    },
    module: {},
    power: {},
  };
}
