/** Commands that are killed in the middle, and many at once: nothing is left. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench, cgroupsNamed, eventually, skipContainers } from './bundle.js';

describe('robust lives', { skip: skipContainers, timeout: 600_000 }, () => {
  const bench = new Bench('robust');
  const bundle = bench.bundle('robust', ['sleep', '100']);

  /** Sentries have no name of ours, but the directory of their sandbox goes with them. */
  const nothingLeft = (...names: string[]) =>
    eventually(
      () =>
        bench.files().length + bench.processes(...names).length + cgroupsNamed(names[0] ?? '').length === 0,
    );

  it('create killed at any moment: the next command cleans up, and the name is free', async () => {
    const c = `crash-${process.pid}`;
    for (let delay = 10; delay < 250; delay += 16) {
      const [path, args] = bench.command('create', '-b', bundle, c);
      const child = spawn(path, args, { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.on('exit', resolve));
      await Promise.race([sleep(delay), ended]);
      child.kill('SIGKILL');
      await ended;
      // Either it was done, or there is no such container.
      const listed = bench.run('list', '-q');
      if (listed.stdout !== '') assert.equal(bench.state(c).status, 'created', `killed after ${delay} ms`);
      assert.equal(bench.run('delete', '--force', c).status, 0);
      assert.equal(bench.run('run', '-d', '-b', bundle, c).status, 0, `killed after ${delay} ms`);
      assert.equal(bench.run('delete', '--force', c).status, 0);
      assert.ok(
        await nothingLeft(c),
        `killed after ${delay} ms: ${bench.files()} ${bench.processes(c)} ${cgroupsNamed(c)}`,
      );
    }
  });

  it('create killed by its own hook', async () => {
    const c = `hook-${process.pid}`;
    for (const stage of ['prestart', 'createContainer']) {
      const killing = bench.bundle('killing', ['true'], (config) => {
        config.hooks = { [stage]: [{ path: '/bin/sh', args: ['sh', '-c', 'kill -KILL $PPID'] }] };
      });
      assert.notEqual(bench.run('create', '-b', killing, c).status, 0);
      assert.equal(bench.run('list', '-q').stdout, '');
      assert.equal(bench.run('run', '-b', bench.bundle('fine', ['true']), c).status, 0);
      assert.ok(await nothingLeft(c), stage);
    }
  });

  it('create told to end takes back what it has done', async () => {
    const c = `term-${process.pid}`;
    const slow = bench.bundle('slow', ['true'], (config) => {
      config.hooks = { prestart: [{ path: '/bin/sleep', args: ['sleep', '1'] }] };
    });
    const [path, args] = bench.command('create', '-b', slow, c);
    const child = spawn(path, args, { stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    assert.ok(await eventually(() => bench.files().includes(c)));
    child.kill('SIGTERM');
    assert.equal(await ended, 143);
    assert.ok(await nothingLeft(c));
  });

  it('a container that has opened all the files that there can be', async () => {
    const c = `files-${process.pid}`;
    // Held by processes that stay, as many as there can be.
    const opening =
      'i=0; while [ $i -lt 30 ]; do (for n in 3 4 5 6 7 8; do eval "command exec $n>/tmp/$i.$n"; done; ' +
      'exec sleep 100) & i=$((i+1)); done; sleep 100';
    const greedy = bench.bundle('greedy', ['sh', '-c', opening]);
    const [path, args] = bench.command('run', '-d', '-b', greedy, c);
    const few = ['-c', 'ulimit -n 200; exec "$0" "$@"', path, ...args];
    assert.equal(spawnSync('sh', few, { stdio: 'ignore', timeout: 60_000 }).status, 0);
    const refused = () =>
      /write error|[Cc]an't create|cannot create/.test(
        bench.run('exec', c, 'sh', '-c', 'echo >/tmp/more').stderr,
      );
    assert.ok(await eventually(refused), 'the files are not used up');
    for (let i = 0; i < 3; i++) assert.equal(bench.run('exec', c, 'echo', 'alive').stdout, 'alive\n');
    assert.equal(bench.run('ps', c).status, 0);
    assert.equal(bench.run('delete', '--force', c).status, 0);
    assert.ok(await nothingLeft(c));
  });

  it('fifty containers at once', async () => {
    const ids = Array.from({ length: 50 }, (_, index) => `many-${process.pid}-${index}`);
    const each = async (id: string): Promise<(number | null)[]> => {
      const codes = [await bench.start('create', '-b', bundle, id), await bench.start('start', id)];
      codes.push(await bench.start('kill', id, 'KILL'));
      codes.push(await bench.start('wait', id), await bench.start('delete', '--force', id));
      return codes;
    };
    for (const codes of await Promise.all(ids.map(each))) assert.deepEqual(codes, [0, 0, 0, 0, 0]);
    assert.deepEqual([bench.files(), bench.mounts()], [[], []]);
    assert.ok(await eventually(() => bench.processes(`many-${process.pid}-`).length === 0));
    for (const id of ids.slice(0, 5)) assert.deepEqual(cgroupsNamed(id), []);
  });
});
