import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Cgroup } from '../../../src/runtime/cgroups/cgroup.js';
import type { LinuxResources } from '../../../src/runtime/cgroups/resources.js';
import { weightOfShares } from '../../../src/runtime/cgroups/write-cpu.js';
import { ioWeight } from '../../../src/runtime/cgroups/write-io.js';
import { Tree } from './tree.js';

const V1 = { cpu: 'cpu', cpuset: 'cpuset', memory: 'memory', pids: 'pids', blkio: 'blkio' };

function tree1(files: Readonly<Record<string, string>> = {}): Tree {
  return new Tree(V1, {
    'memory/c/memory.limit_in_bytes': '9223372036854771712\n',
    'memory/c/memory.memsw.limit_in_bytes': '9223372036854771712\n',
    'memory/c/memory.soft_limit_in_bytes': '',
    'memory/c/memory.swappiness': '60\n',
    'memory/c/memory.oom_control': '',
    'cpu/c/cpu.shares': '1024\n',
    'cpu/c/cpu.cfs_quota_us': '-1\n',
    'cpu/c/cpu.cfs_period_us': '100000\n',
    'cpuset/cpuset.cpus': '0-3\n',
    'cpuset/cpuset.mems': '0\n',
    'cpuset/c/cpuset.cpus': '\n',
    'cpuset/c/cpuset.mems': '\n',
    'pids/c/pids.max': 'max\n',
    ...files,
  });
}

function limited(tree: Tree, resources: LinuxResources): Cgroup {
  return Cgroup.create('/c', resources, tree.options());
}

describe('limits of cgroup version 1', () => {
  it('are written as numbers without an exponent', () => {
    const tree = tree1();
    limited(tree, {
      memory: { limit: 2 ** 62, reservation: 1e6, swappiness: 0, disableOOMKiller: true },
      cpu: { shares: 1024, quota: 50000, period: 20000, cpus: '0-1', mems: '0' },
      pids: { limit: 100 },
    });
    assert.equal(tree.get('memory/c/memory.limit_in_bytes'), '4611686018427387904');
    assert.equal(tree.get('memory/c/memory.soft_limit_in_bytes'), '1000000');
    assert.equal(tree.get('memory/c/memory.swappiness'), '0');
    assert.equal(tree.get('memory/c/memory.oom_control'), '1');
    assert.equal(tree.get('cpu/c/cpu.cfs_quota_us'), '50000');
    assert.equal(tree.get('cpu/c/cpu.cfs_period_us'), '20000');
    assert.equal(tree.get('cpuset/c/cpuset.cpus'), '0-1');
    assert.equal(tree.get('pids/c/pids.max'), '100');
  });

  it('hold devices to the rules in their order', () => {
    const tree = new Tree(
      { devices: 'devices' },
      { 'devices/c/devices.allow': '', 'devices/c/devices.deny': '' },
    );
    const devices = [{ allow: false }, { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' }];
    const cgroup = limited(tree, { devices });
    assert.equal(tree.get('devices/c/devices.deny'), 'a *:* rwm');
    assert.equal(tree.get('devices/c/devices.allow'), 'c 10:229 rw');
    // In the kernel's lines `a` is everything, whatever numbers come with it.
    cgroup.update({ devices: [{ allow: true, type: 'a', major: 1, minor: 3 }] });
    assert.equal(tree.get('devices/c/devices.allow'), 'c 1:3 rwm');
  });

  it('leave alone what is 0 or absent', () => {
    const tree = tree1();
    limited(tree, {
      memory: { limit: 0, swap: 0, reservation: 0 },
      cpu: { shares: 0, quota: 0, period: 0, cpus: '' },
      pids: { limit: 0 },
      blockIO: { weight: 0 },
    });
    assert.equal(tree.get('memory/c/memory.memsw.limit_in_bytes'), '9223372036854771712\n');
    assert.equal(tree.get('cpu/c/cpu.shares'), '1024\n');
    assert.equal(tree.get('pids/c/pids.max'), 'max\n');
    assert.deepEqual(tree.warnings, []);
  });

  it('know -1 as no limit, and no limit of memory as none of swap', () => {
    const tree = tree1();
    limited(tree, { memory: { limit: -1 }, pids: { limit: -1 }, cpu: { quota: -1 } });
    assert.equal(tree.get('memory/c/memory.limit_in_bytes'), '-1');
    assert.equal(tree.get('memory/c/memory.memsw.limit_in_bytes'), '-1');
    assert.equal(tree.get('pids/c/pids.max'), 'max');
    assert.equal(tree.get('cpu/c/cpu.cfs_quota_us'), '-1');
  });

  it('give a new cpuset what its parents have', () => {
    const tree = tree1();
    limited(tree, {});
    assert.equal(tree.get('cpuset/c/cpuset.cpus'), '0-3');
    assert.equal(tree.get('cpuset/c/cpuset.mems'), '0');
  });

  it('that have no file or no controller are errors with field and controller', () => {
    const tree = tree1();
    const refused = (resources: LinuxResources, text: RegExp): void =>
      assert.throws(() => limited(tree, resources), { name: 'CgroupError', message: text });
    refused(
      { blockIO: { weight: 100 } },
      /^linux\.resources\.blockIO\.weight cannot be set: the blkio controller has no blkio\.bfq\.weight in /,
    );
    refused(
      { hugepageLimits: [{ pageSize: '2MB', limit: 0 }] },
      /^linux\.resources\.hugepageLimits cannot be set: there is no hugetlb controller/,
    );
    refused({ rdma: { mlx: { hcaHandles: 1 } } }, /resources\.rdma cannot be set: .*rdma controller/);
    refused(
      { unified: { 'memory.high': '1' } },
      /unified\["memory\.high"\] cannot be set: cgroup version 2 has no memory/,
    );
    refused({ memory: { swappiness: 101 } }, /swappiness: 101 is not between 0 and 100/);
    refused({ cpu: { realtimeRuntime: 1 } }, /cpu\.realtimeRuntime cannot be set/);
  });

  it('are refused when more is in use and the config wants that', () => {
    const tree = tree1({ 'memory/c/memory.usage_in_bytes': '5000\n' });
    assert.throws(
      () => limited(tree, { memory: { limit: 4096, checkBeforeUpdate: true } }),
      /memory\.limit cannot be set: 4096 bytes are less than the 5000 in use/,
    );
  });
});

const C2 = 'u/c/';
function tree2(files: Readonly<Record<string, string>> = {}): Tree {
  const out: Record<string, string> = {
    'u/cgroup.controllers': 'cpuset cpu io memory pids\n',
    'u/cgroup.subtree_control': 'cpu\n',
    [`${C2}cgroup.controllers`]: 'cpuset cpu io memory pids\n',
  };
  for (const name of [
    'memory.max',
    'memory.low',
    'memory.swap.max',
    'cpu.weight',
    'cpuset.cpus',
    'io.weight',
    'io.max',
  ])
    out[C2 + name] = '';
  return new Tree({ '': 'u' }, { ...out, 'u/c/cpu.max': 'max 100000\n', 'u/c/pids.max': 'max\n', ...files });
}

describe('limits of cgroup version 2', () => {
  it('are converted as every runtime does', () => {
    const tree = tree2();
    limited(tree, {
      memory: { limit: 1000, swap: 1500, reservation: 500 },
      cpu: { shares: 1024, quota: 150000, cpus: '1' },
      pids: { limit: 5 },
      blockIO: { weight: 500, throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1e6 }] },
    });
    assert.equal(tree.get('u/c/memory.max'), '1000');
    assert.equal(tree.get('u/c/memory.swap.max'), '500');
    assert.equal(tree.get('u/c/memory.low'), '500');
    assert.equal(tree.get('u/c/cpu.weight'), '39');
    assert.equal(tree.get('u/c/cpu.max'), '150000');
    assert.equal(tree.get('u/c/io.weight'), 'default 4950');
    assert.equal(tree.get('u/c/io.max'), '8:0 rbps=1000000');
    assert.deepEqual([2, 1024, 262144, 1e9].map(weightOfShares), [1, 39, 10000, 10000]);
    assert.deepEqual([10, 1000].map(ioWeight), [1, 10000]);
  });

  it('take the limit of memory that is there from a new one of swap', () => {
    const tree = tree2({ 'u/c/memory.max': '1000\n' });
    limited(tree, { memory: { swap: 1500 } });
    assert.equal(tree.get('u/c/memory.swap.max'), '500');
  });

  it('keep the quota when only the period changes', () => {
    const tree = tree2({ 'u/c/cpu.max': '20000 100000\n' });
    limited(tree, { cpu: { period: 50000 } });
    assert.equal(tree.get('u/c/cpu.max'), '20000 50000');
  });

  it('write files as `unified` says and hand controllers down', () => {
    const tree = tree2({ 'u/c/memory.high': '', 'u/c/memory.oom.group': '0' });
    limited(tree, { unified: { 'memory.high': '4096', 'memory.oom.group': '1' } });
    assert.equal(tree.get('u/c/memory.high'), '4096');
    assert.equal(tree.get('u/c/memory.oom.group'), '1');
    assert.throws(() => limited(tree, { unified: { '../x': '1' } }), /no slash/);
    assert.match(tree.get('u/cgroup.subtree_control'), /^\+/);
  });

  it('that make no sense together are refused, those that it does not have are warned of', () => {
    const tree = tree2();
    assert.throws(() => limited(tree, { memory: { swap: 100 } }), /memory\.swap needs a memory\.limit/);
    assert.throws(() => limited(tree, { memory: { limit: 200, swap: 100 } }), /less than memory\.limit/);
    assert.throws(() => limited(tree, { cpu: { realtimeRuntime: 5 } }), /version 2 does not have it/);
    limited(tree, { memory: { swappiness: 10, disableOOMKiller: true } });
    assert.equal(tree.warnings.length, 2);
  });
});

describe('a host without cgroups that we may write', () => {
  it('gives one warning and a container without a cgroup', () => {
    const warnings: string[] = [];
    const options = { id: 'c1', manager: 'cgroupfs', warn: (m: string) => warnings.push(m) } as const;
    const host = { mountinfo: '', cgroup: '' };
    const cgroup = Cgroup.create('/c', { memory: { limit: 1e6 }, pids: { limit: 3 } }, { ...options, host });
    assert.equal(cgroup.exists, false);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^no cgroup for container c1: no cgroup file system is mounted/);
    assert.equal(cgroup.add(1), true);
    assert.deepEqual(cgroup.pids(), []);
    assert.equal(cgroup.stats().memory.usage.limit, 0);
    assert.equal(cgroup.destroy(), true);
  });

  it('is not looked at when the manager is `disabled`', () => {
    const tree = tree1();
    const cgroup = Cgroup.create(
      '/new',
      { memory: { limit: 1 } },
      { ...tree.options(), manager: 'disabled' },
    );
    assert.equal(cgroup.exists, false);
    assert.equal(tree.has('memory/new'), false);
    assert.deepEqual(tree.warnings, []);
  });
});
