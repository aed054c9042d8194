import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  closeQuietly,
  isAlive,
  listenSocket,
  processStat,
  signalProcess,
  socketPair,
} from '../../src/runtime/host.js';
import { spawnSentry } from '../../src/runtime/sentry-process.js';
import { testRoot } from '../support/paths.js';
import { withScratch } from '../support/scratch.js';

const tsx = ['--import', import.meta.resolve('tsx')];

function waitUntil(what: () => boolean): void {
  for (let i = 0; i < 500 && !what(); i++) spawnSync('sleep', ['0.01']);
  assert.ok(what());
}

test('the sentry is nobody’s child, in a session of its own, with its descriptors and no others', async () => {
  await withScratch('sentry', async (directory) => {
    const listen = listenSocket(directory, 'control.sock');
    const [control, other] = socketPair();
    const log = openSync(join(directory, 'log'), 'w');
    const command = ['/bin/sh', '-c', 'env; ulimit -c; exec sleep 100'];
    const sentry = spawnSentry({ control, listen, sandboxId: 'box', debugLog: log, command });
    try {
      waitUntil(() => readFileSync(`/proc/${sentry.pid}/comm`, 'latin1') === 'sleep\n');
      const fds = readdirSync(`/proc/${sentry.pid}/fd`).map(Number);
      assert.deepEqual(fds, [0, 1, 2, 3, 4]);
      const link = (fd: number) => readlinkSync(`/proc/${sentry.pid}/fd/${fd}`);
      assert.deepEqual(
        [link(0), link(1), link(2)],
        ['/dev/null', join(directory, 'log'), join(directory, 'log')],
      );
      assert.equal(link(3), readlinkSync(`/proc/self/fd/${control}`));
      assert.equal(link(4), readlinkSync(`/proc/self/fd/${listen}`));
      const stat = processStat(sentry.pid)!;
      assert.notEqual(stat.parent, process.pid);
      assert.equal(stat.startTime, sentry.startTime);
      const session = readFileSync(`/proc/${sentry.pid}/stat`, 'latin1').split(') ')[1]!.split(' ');
      assert.notEqual(session[3], readFileSync('/proc/self/stat', 'latin1').split(') ')[1]!.split(' ')[3]);
      assert.equal(session[4], '0', 'no terminal');
      assert.equal(readlinkSync(`/proc/${sentry.pid}/cwd`), '/');
      assert.match(readFileSync(`/proc/${sentry.pid}/status`, 'latin1'), /SigBlk:\t0+\nSigIgn:\t0+\n/);
      assert.doesNotMatch(readFileSync(join(directory, 'log'), 'utf8'), /HOME|NODE/);
    } finally {
      assert.ok(signalProcess(sentry, 9));
      for (const fd of [listen, control, other, log]) closeSync(fd);
    }
    waitUntil(() => !isAlive(sentry));
  });
});

test('what cannot be executed is told', async () => {
  await withScratch('sentry', async (directory) => {
    const listen = listenSocket(directory, 'control.sock');
    const [control, other] = socketPair();
    const start = (path: string) => spawnSentry({ control, listen, sandboxId: 'box', command: [path] });
    assert.throws(
      () => start('/nowhere/node'),
      /cannot start the sentry: execute \/nowhere\/node: no such file or dir/,
    );
    assert.throws(() => start(directory), /permission denied/);
    assert.throws(() => listenSocket(directory, 'control.sock'), /address already in use/);
    for (const fd of [listen, control, other]) closeQuietly(fd);
  });
});

test('its end is not its starter’s, and the other way round', async () => {
  await withScratch('sentry', async (directory) => {
    const file = join(testRoot, 'runtime/start-sentry.ts');
    const result = spawnSync('env', ['-i', process.execPath, ...tsx, file, directory], {
      encoding: 'utf8',
      cwd: '/',
      timeout: 30_000,
    });
    assert.equal(result.stderr, '');
    const [pid, startTime] = result.stdout.split(' ').map(Number) as [number, number];
    const sentry = { pid, startTime };
    assert.ok(isAlive(sentry));
    assert.ok(existsSync(join(directory, 'control.sock')));
    assert.equal(
      signalProcess({ pid, startTime: startTime + 1 }, 9),
      false,
      'another process of that number',
    );
    assert.ok(signalProcess(sentry, 9));
    waitUntil(() => !isAlive(sentry));
  });
});
