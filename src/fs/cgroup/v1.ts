/** The files of cgroups of version 1 (cgroup-v1 of the kernel's documentation), by controller, for the container in them. */

import type { Container } from '../../kernel/container.js';
import { cpuList, shownCpus } from '../../kernel/cpus.js';
import type { Tree } from '../pseudo.js';
import { memberList, usedMemory, usedTime } from './figures.js';

/** How memory limits that are none look: the largest number of whole pages. */
const NO_BYTES = '9223372036854771712';

/** The hierarchies, each with one controller, highest number first as in /proc/PID/cgroup. */
export const CONTROLLERS_1 = ['pids', 'memory', 'cpuset', 'cpuacct', 'cpu'] as const;
export type Controller1 = (typeof CONTROLLERS_1)[number];

function memoryFiles(container: Container): Tree {
  const { memory } = container;
  const limit = (): string => (memory.limit === Infinity ? NO_BYTES : String(memory.limit));
  return {
    'memory.limit_in_bytes': () => `${limit()}\n`,
    'memory.soft_limit_in_bytes': `${NO_BYTES}\n`,
    'memory.usage_in_bytes': () => `${memory.usage()}\n`,
    'memory.max_usage_in_bytes': () => `${Math.max(memory.peak, memory.usage())}\n`,
    'memory.failcnt': () => `${memory.oomKills}\n`,
    'memory.swappiness': '60\n',
    'memory.use_hierarchy': '1\n',
    'memory.oom_control': () => `oom_kill_disable 0\nunder_oom 0\noom_kill ${memory.oomKills}\n`,
    'memory.stat': () => {
      const { anonymous, held } = usedMemory(container);
      const own = (prefix: string): string =>
        `${prefix}cache ${held}\n${prefix}rss ${anonymous}\n${prefix}shmem ${held}\n${prefix}swap 0\n` +
        `${prefix}inactive_anon 0\n${prefix}active_anon ${anonymous}\n${prefix}inactive_file 0\n${prefix}active_file 0\n`;
      return `${own('')}hierarchical_memory_limit ${limit()}\n${own('total_')}`;
    },
  };
}

function cpuFiles({ limits }: Container): Tree {
  return {
    'cpu.shares': () => `${limits.cpuShares}\n`,
    'cpu.cfs_quota_us': () => `${Number.isFinite(limits.cpuQuota) ? limits.cpuQuota : -1}\n`,
    'cpu.cfs_period_us': () => `${limits.cpuPeriod}\n`,
    'cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n',
  };
}

function cpuacctFiles(container: Container): Tree {
  const nanoseconds = (): number => {
    const { utime, stime } = usedTime(container);
    return (utime + stime) * 1000;
  };
  return {
    'cpuacct.usage': () => `${nanoseconds()}\n`,
    'cpuacct.stat': () => {
      const { utime, stime } = usedTime(container);
      return `user ${Math.floor(utime / 10_000)}\nsystem ${Math.floor(stime / 10_000)}\n`;
    },
  };
}

function cpusetFiles(container: Container): Tree {
  const cpus = (): string => `${cpuList(shownCpus(container))}\n`;
  return {
    'cpuset.cpus': cpus,
    'cpuset.effective_cpus': cpus,
    'cpuset.mems': '0\n',
    'cpuset.effective_mems': '0\n',
  };
}

const FILES: Record<Controller1, (container: Container) => Tree> = {
  memory: memoryFiles,
  cpu: cpuFiles,
  cpuacct: cpuacctFiles,
  cpuset: cpusetFiles,
  pids: (container) => ({
    'pids.current': () => `${container.tasks}\n`,
    'pids.max': () => (container.limits.tasks === Infinity ? 'max\n' : `${container.limits.tasks}\n`),
  }),
};

export function files1(container: Container, controller: Controller1): Tree {
  return {
    'cgroup.procs': () => memberList(container, false),
    tasks: () => memberList(container, true),
    'cgroup.clone_children': '0\n',
    notify_on_release: '0\n',
    ...FILES[controller](container),
  };
}
