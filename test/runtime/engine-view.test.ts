/** What an engine does to the process of the pid file, and sees of it: it stands for the guest's in everything. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { processStat } from '../../src/runtime/host.js';
import { Bench, eventually, skipContainers } from './bundle.js';

const id = (name: string) => `${name}-${process.pid}`;

describe("a container's process on the host", { skip: skipContainers, timeout: 300_000 }, () => {
  const bench = new Bench('engine-view');
  // What a test that has failed leaves.
  after(() => {
    for (const left of bench.run('list', '--quiet').stdout.split('\n').filter(Boolean))
      bench.run('delete', '--force', left);
  });

  /** Runs a container in the background. @returns its pid file's number */
  function start(name: string, script: string, change?: Parameters<Bench['bundle']>[2]): number {
    const pidFile = join(bench.directory, `${name}.pid`);
    const bundle = bench.bundle(name, ['sh', '-c', script], change);
    const result = bench.run('run', '--detach', '--bundle', bundle, '--pid-file', pidFile, id(name));
    assert.deepEqual([result.status, result.stderr], [0, '']);
    return Number(readFileSync(pidFile, 'utf8'));
  }

  const inRoot = (path: string) => join(bench.directory, 'rootfs', path);
  const ended = (name: string) => eventually(() => bench.state(id(name)).status === 'stopped');

  it("files and processes are those of the container, and what is put in its root is the guest's", async () => {
    const pid = start('view', 'echo guest >/tmp/from-guest; until [ -e /tmp/from-host ]; do sleep 0.1; done');
    const view = `/proc/${pid}/root`;
    assert.ok(await eventually(() => existsSync(`${view}/tmp/from-guest`)));
    assert.ok(existsSync(`${view}/bin/busybox`));
    assert.equal(existsSync(`${view}/usr/bin/env`), false);
    const commands = readdirSync(`${view}/proc`)
      .filter((name) => /^\d+$/.test(name))
      .map((name) => readFileSync(`${view}/proc/${name}/cmdline`, 'latin1').split('\0')[0]);
    assert.ok(commands.includes('sh'), `${commands}`);
    writeFileSync(`${view}/tmp/from-host`, '');
    assert.ok(await ended('view'));
    assert.equal(bench.run('delete', id('view')).status, 0);
  });

  it('its signals are the guest’s', async () => {
    const pid = start(
      'signals',
      'trap "echo term >/tmp/term; exit 4" TERM; echo >/tmp/set; while :; do sleep 0.1; done',
    );
    assert.ok(await eventually(() => existsSync(inRoot('tmp/set'))));
    process.kill(pid, 'SIGTERM');
    assert.ok(await ended('signals'));
    assert.equal(readFileSync(inRoot('tmp/term'), 'utf8'), 'term\n');
    assert.equal(bench.run('wait', id('signals')).stdout, `{"id":"${id('signals')}","exitStatus":4}\n`);
    assert.equal(bench.run('delete', id('signals')).status, 0);
  });

  it('its end by SIGKILL is the container’s, and that of a process of exec only its own', async () => {
    const pid = start('killed', 'sleep 1000');
    const execPidFile = join(bench.directory, 'exec.pid');
    const exec = ['--detach', '--pid-file', execPidFile, id('killed'), 'sleep', '777'];
    assert.equal(bench.run('exec', ...exec).status, 0);
    const seen = () => bench.run('exec', id('killed'), 'ps').stdout;
    assert.match(seen(), /sleep 777/);
    process.kill(Number(readFileSync(execPidFile, 'utf8')), 'SIGKILL');
    assert.ok(await eventually(() => !/sleep 777/.test(seen())));
    assert.equal(bench.state(id('killed')).status, 'running');
    process.kill(pid, 'SIGKILL');
    assert.ok(await ended('killed'));
    assert.equal(bench.run('delete', id('killed')).status, 0);
    assert.deepEqual(bench.processes(id('killed')), []);
  });

  it('the host ends the guest and the sentry as early as config.json says, and it no sooner', async () => {
    const score = (of: number) => readFileSync(`/proc/${of}/oom_score_adj`, 'latin1').trim();
    const pid = start('score', 'sleep 1000', ({ process }) => {
      process['oomScoreAdj'] = 321;
    });
    const guests = (JSON.parse(bench.run('ps', '--format', 'json', id('score')).stdout) as number[]).filter(
      Number,
    );
    assert.deepEqual(guests.map(score), ['321']);
    assert.ok(Number(score(pid)) <= 321);
    const sentry = processStat(processStat(guests[0]!)!.parent)!.parent;
    assert.equal(score(sentry), '321');
    assert.equal(bench.run('delete', '--force', id('score')).status, 0);
  });
});
