/** Limits of containers: what the host enforces, what the sandbox does, and what a container sees of both. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { readHierarchies } from '../../src/runtime/cgroups/hierarchy.js';
import { Bench, type Config, cgroupsNamed, skipContainers } from './bundle.js';

const MIB = 2 ** 20;
const versions = readHierarchies();
const one = versions.some((h) => h.version === 1 && h.controllers.includes('memory'));
const managed = one || versions.some((h) => h.controllers.includes('memory'));

/** Path of the directory of a controller. */
function directory(controller: string, path: string): string {
  const found = versions.find((h) => h.controllers.includes(controller));
  return `${found?.mountPoint ?? ''}${path}`;
}
function value(controller: string, path: string, file1: string, file2: string): string {
  return readFileSync(`${directory(controller, path)}/${one ? file1 : file2}`, 'latin1').trim();
}

const resources =
  (values: Record<string, unknown>, cgroupsPath?: string) =>
  (config: Config): void => {
    config.linux['resources'] = values;
    if (cgroupsPath !== undefined) config.linux['cgroupsPath'] = cgroupsPath;
    config.mounts = [
      ...config.mounts,
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
      { destination: '/sys', type: 'sysfs', source: 'sysfs' },
      { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['ro'] },
    ];
  };
/** A program with so many megabytes of its own. */
const eat = (mib: number): string => `busybox dd if=/dev/zero of=/dev/null bs=${mib}M count=1 2>/dev/null`;

describe('limits of containers', { skip: skipContainers, timeout: 300_000 }, () => {
  const bench = new Bench('limits');
  const id = (name: string): string => `${name}-${process.pid}`;

  for (const flags of [[], ['--ignore-cgroups']]) {
    const how = flags.length === 0 ? 'with a cgroup' : 'without one';
    it(`memory ${how}: programs that fit run, and neither they nor files take more`, () => {
      const limit = { memory: { limit: 64 * MIB } };
      const run = (script: string): ReturnType<Bench['run']> =>
        bench.run(
          ...flags,
          'run',
          '--bundle',
          bench.bundle('memory', ['sh', '-c', script], resources(limit)),
          id('m'),
        );
      assert.deepEqual(run(`${eat(50)}; echo $?`).stdout, '0\n');
      // Without a cgroup a program that is gone at once is not seen: this one goes on for a while.
      const times = flags.length === 0 ? 1 : 60;
      const killed = `busybox dd if=/dev/zero of=/dev/null bs=100M count=${times} 2>/dev/null; echo $?`;
      const outcome = run(killed);
      assert.ok(outcome.stdout === '137\n' || outcome.status === 137, JSON.stringify(outcome));
      const files = run(
        'busybox dd if=/dev/zero of=/tmp/x bs=1M count=500 2>/dev/null; echo $?; busybox stat -c %s /tmp/x',
      );
      const [status = '', size = ''] = files.stdout.split('\n');
      assert.equal(status, '137', JSON.stringify(files));
      assert.ok(files.status === 137 || (Number(size) > 32 * MIB && Number(size) <= 68 * MIB), size);
      const again = run(
        `busybox dd if=/dev/zero of=/tmp/x bs=1M count=40 2>/dev/null && rm /tmp/x; ${eat(50)}; echo $?`,
      );
      assert.equal(again.stdout, '0\n', 'what was removed is free');
      assert.deepEqual([bench.files(), cgroupsNamed(id('m'))], [[], []]);
    });
  }

  it('are what a container sees of itself', () => {
    const limit = {
      memory: { limit: 64 * MIB },
      cpu: { quota: 50_000, period: 100_000, shares: 512 },
      pids: { limit: 30 },
    };
    const files = one
      ? ['memory/memory.limit_in_bytes', 'cpu/cpu.cfs_quota_us', 'cpu/cpu.shares', 'pids/pids.max']
      : ['memory.max', 'cpu.max', 'cpu.weight', 'pids.max'];
    const script = `cd /sys/fs/cgroup; cat ${files.join(' ')}; busybox nproc; busybox grep MemTotal /proc/meminfo; cat /proc/self/cgroup`;
    const bundle = bench.bundle(
      'sees',
      ['sh', '-c', script],
      resources(limit, `/tvisor-limits-${process.pid}/c`),
    );
    const lines = bench.run('run', '--bundle', bundle, id('s')).stdout.trimEnd().split('\n');
    const expected = one
      ? [String(64 * MIB), '50000', '512', '30']
      : [String(64 * MIB), '50000 100000', '20', '30'];
    assert.deepEqual(lines.slice(0, 6), [...expected, '1', 'MemTotal:          65536 kB']);
    assert.ok(
      lines.slice(6).every((line) => line.endsWith(`:/tvisor-limits-${process.pid}/c`)),
      lines.join(),
    );
  });

  it('of tasks: a fork too many fails', () => {
    const script = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 5 & done; echo all';
    const run = (limit: number): string => {
      const bundle = bench.bundle('tasks', ['sh', '-c', script], resources({ pids: { limit } }));
      return bench.run('run', '--bundle', bundle, id('t')).stdout;
    };
    assert.equal(run(10), '');
    assert.equal(run(30), 'all\n');
  });

  it('change while it runs, and can be taken away', { skip: !managed && 'no cgroup of memory' }, () => {
    const path = `/tvisor-limits-${process.pid}/u`;
    const limit = { memory: { limit: 64 * MIB }, pids: { limit: 20 } };
    const bundle = bench.bundle('update', ['sleep', '100'], resources(limit, path));
    const c = id('u');
    assert.equal(bench.run('run', '--detach', '--bundle', bundle, c).status, 0);
    const limits = (): string[] => [
      value('memory', path, 'memory.limit_in_bytes', 'memory.max'),
      value('pids', path, 'pids.max', 'pids.max'),
    ];
    const seen = (): string => bench.run('exec', c, 'busybox', 'grep', 'MemTotal', '/proc/meminfo').stdout;
    assert.deepEqual(limits(), [String(64 * MIB), '20']);
    assert.equal(bench.run('update', '--memory', String(128 * MIB), '--pids-limit', '40', c).status, 0);
    assert.deepEqual(limits(), [String(128 * MIB), '40']);
    assert.match(seen(), / 131072 kB/);
    assert.equal(bench.run('update', '--memory', '-1', '--pids-limit', '-1', c).status, 0);
    assert.equal(limits()[1], 'max');
    assert.doesNotMatch(seen(), / 131072 kB/);
    const { data } = JSON.parse(bench.run('events', '--stats', c).stdout) as {
      data: { memory: { usage: { usage: number } }; pids: { current: number } };
    };
    assert.ok(data.memory.usage.usage > 0 && data.pids.current === 1, JSON.stringify(data));
    assert.equal(bench.run('delete', '--force', c).status, 0);
    assert.equal(existsSync(directory('memory', `/tvisor-limits-${process.pid}`)), false);
  });

  it('programs die before their stub, whatever their score', {
    skip: !managed && 'no cgroup of memory',
  }, () => {
    const bundle = bench.bundle(
      'score',
      // By its own hand: what the sentry writes into a program that has been killed may cost another one its life.
      [
        'sh',
        '-c',
        `busybox awk 'BEGIN { s = "xxxxxxxx"; for (;;) s = s s }'; echo $?; cat /proc/self/oom_score_adj`,
      ],
      (config) => {
        resources({ memory: { limit: 64 * MIB } })(config);
        config.process['oomScoreAdj'] = 1000;
      },
    );
    assert.equal(bench.run('run', '--bundle', bundle, id('o')).stdout, '137\n1000\n');
  });

  it('that cannot be set are errors with their field, and nothing is left', () => {
    const limit = { rdma: { none: { hcaHandles: 1 } } };
    const bundle = bench.bundle('bad', ['true'], resources(limit));
    const { status, stderr } = bench.run('run', '--bundle', bundle, id('b'));
    assert.notEqual(status, 0);
    assert.match(stderr, /^tvisor run: linux\.resources\.rdma cannot be set: [^\n]*\n$/);
    assert.deepEqual([bench.files(), cgroupsNamed(id('b'))], [[], []]);
  });
});
