/** The files of a cgroup of version 2 (cgroup-v2.rst), for the container that is in it. */

import type { Container } from '../../kernel/container.js';
import { cpuList, shownCpus } from '../../kernel/cpus.js';
import type { Tree } from '../pseudo.js';
import { cpuWeight, memberList, usedMemory, usedTime } from './figures.js';

function orMax(value: number): string {
  return Number.isFinite(value) ? `${value}\n` : 'max\n';
}

function memoryFiles(container: Container): Tree {
  const { memory } = container;
  return {
    'memory.current': () => `${memory.usage()}\n`,
    'memory.peak': () => `${Math.max(memory.peak, memory.usage())}\n`,
    'memory.max': () => orMax(memory.limit),
    'memory.high': 'max\n',
    'memory.low': '0\n',
    'memory.min': '0\n',
    'memory.oom.group': '0\n',
    'memory.swap.current': '0\n',
    'memory.swap.max': () => (memory.limit === Infinity ? 'max\n' : '0\n'),
    'memory.events': () =>
      `low 0\nhigh 0\nmax ${memory.oomKills}\noom ${memory.oomKills}\noom_kill ${memory.oomKills}\noom_group_kill 0\n`,
    'memory.stat': () => {
      const { anonymous, held } = usedMemory(container);
      return (
        `anon ${anonymous}\nfile ${held}\nkernel 0\nshmem ${held}\n` +
        `inactive_anon 0\nactive_anon ${anonymous}\ninactive_file 0\nactive_file 0\nunevictable 0\n`
      );
    },
  };
}

function cpuFiles(container: Container): Tree {
  const { limits } = container;
  return {
    'cpu.max': () => `${Number.isFinite(limits.cpuQuota) ? limits.cpuQuota : 'max'} ${limits.cpuPeriod}\n`,
    'cpu.max.burst': '0\n',
    'cpu.weight': () => `${cpuWeight(limits.cpuShares)}\n`,
    'cpu.idle': '0\n',
    'cpu.stat': () => {
      const { utime, stime } = usedTime(container);
      return `usage_usec ${utime + stime}\nuser_usec ${utime}\nsystem_usec ${stime}\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n`;
    },
    'cpuset.cpus': () => `${limits.cpuset ?? ''}\n`,
    'cpuset.cpus.effective': () => `${cpuList(shownCpus(container))}\n`,
    'cpuset.mems': '\n',
    'cpuset.mems.effective': '0\n',
  };
}

export function files2(container: Container): Tree {
  return {
    'cgroup.controllers': 'cpuset cpu memory pids\n',
    'cgroup.subtree_control': '\n',
    'cgroup.type': 'domain\n',
    'cgroup.procs': () => memberList(container, false),
    'cgroup.threads': () => memberList(container, true),
    'cgroup.events': 'populated 1\nfrozen 0\n',
    'cgroup.freeze': '0\n',
    'cgroup.stat': 'nr_descendants 0\nnr_dying_descendants 0\n',
    'cgroup.max.depth': 'max\n',
    'cgroup.max.descendants': 'max\n',
    ...memoryFiles(container),
    ...cpuFiles(container),
    'pids.current': () => `${container.tasks}\n`,
    'pids.max': () => orMax(container.limits.tasks),
  };
}
