/** What a container does to its root is done to the host's directory, and the other way round; a pause holds all of it. */
import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench, eventually, skipContainers } from './bundle.js';

const id = (name: string) => `${name}-${process.pid}`;

/** Processor time of a process of the host, ticks. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

describe('roots that are written through', { skip: skipContainers, timeout: 300_000 }, () => {
  const bench = new Bench('written');
  const root = (name: string): string => join(bench.directory, 'rootfs', name);

  it('both sides see at once what the other changes', async () => {
    const c = id('both');
    const script =
      'echo one >/tmp/inside; while [ ! -e /tmp/go ]; do sleep 0.05; done; cat /tmp/go /tmp/moved/f >/tmp/seen; exec sleep 100';
    bench.run('run', '-d', '-b', bench.bundle('both', ['sh', '-c', script]), c);
    assert.ok(await eventually(() => existsSync(root('tmp/inside'))));
    assert.equal(statSync(root('tmp/inside')).uid, 0);
    mkdirSync(root('tmp/dir'));
    writeFileSync(root('tmp/dir/f'), 'there\n');
    renameSync(root('tmp/dir'), root('tmp/moved'));
    writeFileSync(root('tmp/half'), 'go\n');
    renameSync(root('tmp/half'), root('tmp/go'));
    assert.ok(await eventually(() => existsSync(root('tmp/seen'))));
    assert.ok(await eventually(() => readFileSync(root('tmp/seen'), 'utf8') === 'go\nthere\n'));
    rmSync(root('tmp/moved'), { recursive: true });
    assert.match(bench.run('exec', c, 'ls', '/tmp/moved').stderr, /No such file/);
    bench.run('delete', '-f', c);
  });

  it('files belong to the host’s ids of the user namespace', () => {
    const c = id('users');
    mkdirSync(root('mine'));
    chownSync(root('mine'), 100000, 100000);
    const script =
      'cat /proc/self/uid_map; id -u; echo x >/mine/f; ls -ln /mine/f /bin/busybox; echo no >/etc/no || echo refused';
    const bundle = bench.bundle('users', ['sh', '-c', script], (config) => {
      config.linux.namespaces.push({ type: 'user' });
      const map = [{ containerID: 0, hostID: 100000, size: 1000 }];
      Object.assign(config.linux, { uidMappings: map, gidMappings: map });
    });
    const { stdout } = bench.run('run', '-b', bundle, c);
    assert.match(stdout, /^ +0 +100000 +1000\n0\n/);
    assert.match(stdout, / 65534 +65534 .*busybox/);
    assert.match(stdout, / 0 +0 .*\/mine\/f/);
    assert.match(stdout, /refused/);
    assert.equal(statSync(root('mine/f')).uid, 100000);
    assert.equal(existsSync(root('etc/no')), false);
  });

  it('a paused container does nothing, and can be killed', async () => {
    const c = id('still');
    const script =
      '(while :; do :; done) & n=0; while :; do n=$((n+1)); echo $n >/tmp/tick; true; ls / >/dev/null; done';
    bench.run('run', '-d', '-b', bench.bundle('still', ['sh', '-c', script]), c);
    assert.ok(await eventually(() => existsSync(root('tmp/tick'))));
    assert.equal(bench.run('pause', c).status, 0);
    const pids = JSON.parse(bench.run('ps', '--format', 'json', c).stdout) as number[];
    const [tick, cpu] = [readFileSync(root('tmp/tick'), 'latin1'), pids.map(cpuOf)];
    await sleep(400);
    assert.deepEqual([readFileSync(root('tmp/tick'), 'latin1'), pids.map(cpuOf)], [tick, cpu]);
    assert.equal(bench.run('resume', c).status, 0);
    assert.ok(await eventually(() => readFileSync(root('tmp/tick'), 'latin1') !== tick));
    assert.equal(bench.run('pause', c).status, 0);
    assert.equal(bench.run('kill', c, 'KILL').status, 0);
    assert.ok(await eventually(() => bench.state(c).status === 'stopped'));
    assert.equal(bench.run('delete', c).status, 0);
  });
});
