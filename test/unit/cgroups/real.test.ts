import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { after, describe, it } from 'node:test';
import { Cgroup } from '../../../src/runtime/cgroups/cgroup.js';
import { readHierarchies } from '../../../src/runtime/cgroups/hierarchy.js';

const parent = `/tvisor-test-${process.pid}`;
const warnings: string[] = [];
const options = { id: 'real', manager: 'cgroupfs', warn: (m: string) => warnings.push(m) } as const;

/** The host lets us make cgroups with memory and pids. */
function usable(): boolean {
  try {
    const probe = Cgroup.create(
      `${parent}/probe`,
      { memory: { limit: 1 << 30 }, pids: { limit: 10 } },
      options,
    );
    const { exists } = probe;
    probe.destroy();
    return exists;
  } catch {
    return false;
  }
}

describe('cgroups of this host', { skip: usable() ? false : 'they cannot be written' }, () => {
  const started: ChildProcess[] = [];
  function sleeper(): number {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    started.push(child);
    assert.ok(child.pid !== undefined);
    return child.pid;
  }
  function make(name: string): Cgroup {
    return Cgroup.create(`${parent}/${name}`, { memory: { limit: 64 << 20 }, pids: { limit: 20 } }, options);
  }
  after(() => {
    for (const child of started) child.kill('SIGKILL');
  });

  it('take limits and processes, count them, and go without a trace', () => {
    const cgroup = make('a');
    const pid = sleeper();
    assert.equal(cgroup.add(pid), true);
    assert.deepEqual(cgroup.pids(), [pid]);
    assert.match(
      readFileSync(`/proc/${pid}/cgroup`, 'latin1'),
      new RegExp(`memory:${parent}/a$|^0::${parent}/a$`, 'm'),
    );
    const stats = cgroup.stats();
    assert.equal(stats.memory.usage.limit, 64 << 20);
    assert.deepEqual(stats.pids, { current: 1, limit: 20 });
    assert.deepEqual(cgroup.limits().memory, 64 << 20);
    const again = Cgroup.restore(JSON.parse(JSON.stringify(cgroup.record)), options.warn);
    again.update({ memory: { limit: 128 << 20, swap: 256 << 20 } });
    again.update({ memory: { limit: 32 << 20, swap: 32 << 20 }, pids: { limit: -1 } });
    assert.deepEqual([again.limits().memory, again.limits().pids], [32 << 20, undefined]);
    process.kill(pid, 'SIGKILL');
    const directories = cgroup.record.directories.map((d) => d.directory);
    assert.equal(again.destroy(), true);
    for (const directory of directories) {
      assert.equal(existsSync(directory), false);
      assert.equal(existsSync(dirname(directory)), false, 'the parent that we made');
    }
    assert.equal(cgroup.destroy(), true, 'once more');
    assert.deepEqual(cgroup.pids(), []);
  });

  it('that were there before stay, and so do parents that somebody uses', () => {
    const [hierarchy] = readHierarchies().filter((h) => h.version === 2 || h.controllers.includes('memory'));
    assert.ok(hierarchy);
    const directory = `${hierarchy.mountPoint}${parent}/before`;
    mkdirSync(directory, { recursive: true });
    const cgroup = make('before');
    const other = make('other');
    cgroup.destroy();
    assert.equal(existsSync(directory), true);
    rmdirSync(directory);
    assert.equal(existsSync(other.record.directories[0]?.directory ?? ''), true);
    other.destroy();
    for (const { mountPoint } of readHierarchies()) {
      // `before` made it and left it to `other`, which had not made it.
      if (existsSync(mountPoint + parent)) rmdirSync(mountPoint + parent);
    }
  });

  it('say what keeps them, and that a process is gone', () => {
    const cgroup = make('busy');
    const pid = sleeper();
    cgroup.add(pid);
    warnings.length = 0;
    const { record } = cgroup;
    assert.equal(cgroup.destroy(), false);
    assert.match(warnings[0] ?? '', new RegExp(`busy cannot be removed: in use by ${pid}$`));
    process.kill(pid, 'SIGKILL');
    assert.equal(Cgroup.restore(record, options.warn).destroy(), true);
    const another = make('esrch');
    assert.equal(another.add(4194303), false);
    another.destroy();
  });

  it('let a sentry go that lives on', () => {
    const cgroup = make('sentry');
    const [guest, sentry] = [sleeper(), sleeper()];
    cgroup.add(guest);
    cgroup.addSentry(sentry);
    assert.deepEqual(cgroup.pids(), [guest]);
    process.kill(guest, 'SIGKILL');
    warnings.length = 0;
    assert.equal(cgroup.destroy(), true, warnings.join());
    process.kill(sentry, 0);
    process.kill(sentry, 'SIGKILL');
  });

  it('leave nothing behind when a limit cannot be set', () => {
    const resources = { memory: { limit: 64 << 20 }, rdma: { none: { hcaHandles: 1 } } };
    assert.throws(() => Cgroup.create(`${parent}/bad`, resources, options), /resources\.rdma cannot be set/);
    for (const { mountPoint } of readHierarchies())
      assert.equal(existsSync(mountPoint + parent), false, mountPoint);
  });
});
