/** The state directory: locks, whole files, names that are taken, and what killed processes leave. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeWhole } from '../../src/runtime/files.js';
import { lockFile, processStat } from '../../src/runtime/host.js';
import { LockedDirectory } from '../../src/runtime/locked-directory.js';
import { type ContainerRecord, RECORD_VERSION } from '../../src/runtime/record.js';
import { StateDirectory } from '../../src/runtime/state.js';
import { statusOf } from '../../src/runtime/status.js';
import { withScratch } from '../support/scratch.js';
import { skipUnlessRoot } from './namespace.js';

const lock = (fd: number) => lockFile(fd, 'exclusive', false);
const self = processStat(process.pid) ?? assert.fail();
/** Our number, but another process. */
const gone = { pid: self.pid, startTime: self.startTime - 1 };

function record(id: string, changes: Partial<ContainerRecord> = {}): ContainerRecord {
  return {
    version: RECORD_VERSION,
    id,
    bundle: '/b',
    rootfs: '/b/rootfs',
    ociVersion: '1.0.2',
    annotations: {},
    created: '2026-01-01T00:00:00.000Z',
    owner: 0,
    creator: self,
    phase: 'creating',
    paused: false,
    joined: false,
    ...changes,
  };
}

test('of two containers of one name the second is refused, and the first is as it was', () =>
  withScratch('state', async (directory) => {
    const state = new StateDirectory(join(directory, 'a/b'), lock);
    state.prepare();
    assert.equal(statSync(join(directory, 'a/b')).mode & 0o777, 0o700);
    const first = state.reserve(record('c'), '{"a":1}');
    assert.throws(() => state.reserve(record('c', { bundle: '/other' }), '{}'), /"c" already exists/);
    assert.deepEqual([state.get('c').bundle, state.config('c')], ['/b', '{"a":1}']);
    assert.deepEqual(readdirSync(join(directory, 'a/b')).sort(), ['@sandboxes', 'c']);
    first.remove();
    assert.throws(() => state.get('c'), /container "c" does not exist/);
    await assert.rejects(state.lock('c'), /does not exist/);
  }));

test('a container is locked for others, until it is let go or removed', () =>
  withScratch('state', async (directory) => {
    const state = new StateDirectory(directory, lock);
    state.prepare();
    const mine = state.reserve(record('c'), '{}');
    assert.equal(state.tryLock('c'), undefined);
    await assert.rejects(state.lock('c', 30), /in use by another command/);
    // Reading waits for nobody.
    assert.equal(state.get('c').phase, 'creating');
    mine.update({ phase: 'created' });
    mine.release();
    const again = await state.lock('c');
    assert.equal(again.record.phase, 'created');
    const waiting = state.lock('c');
    again.remove();
    await assert.rejects(waiting, /does not exist/);
  }));

test('a lock of a directory that has been replaced is not taken for one of the new', () =>
  withScratch('state', async (directory) => {
    const path = join(directory, 'd');
    const old = LockedDirectory.create(lock, path, () => undefined) ?? assert.fail();
    const waiting = LockedDirectory.lock(lock, path);
    old.remove();
    const fresh = LockedDirectory.create(lock, path, () => undefined) ?? assert.fail();
    fresh.release();
    const locked = await waiting;
    assert.ok(locked);
    assert.equal(LockedDirectory.tryLock(lock, path), undefined);
    locked.release();
  }));

test('what fails while a directory is filled leaves nothing', () =>
  withScratch('state', async (directory) => {
    assert.throws(() =>
      LockedDirectory.create(lock, join(directory, 'd'), (path) => {
        writeFileSync(join(path, 'x'), 'x');
        throw new Error('full');
      }),
    );
    assert.deepEqual(readdirSync(directory), []);
  }));

test('leftovers of processes that have died are swept, those of others stay', () =>
  withScratch('state', async (directory) => {
    for (const name of [`@new-${gone.pid}-${gone.startTime}-0`, `@old-${gone.pid}-${gone.startTime}-1`]) {
      mkdirSync(join(directory, name, 'sub'), { recursive: true });
    }
    mkdirSync(join(directory, `@new-${self.pid}-${self.startTime}-7`));
    mkdirSync(join(directory, '@other'));
    LockedDirectory.sweep(lock, directory);
    assert.deepEqual(
      readdirSync(directory).sort(),
      [`@new-${self.pid}-${self.startTime}-7`, '@other'].sort(),
    );
  }));

test('a file is replaced as a whole, and stays as it was when that fails', () =>
  withScratch('state', async (directory) => {
    const path = join(directory, 'f');
    writeWhole(path, 'one', 0o600);
    writeWhole(path, 'two', 0o600);
    assert.equal(readFileSync(path, 'utf8'), 'two');
    mkdirSync(join(directory, 'd/x'), { recursive: true });
    assert.throws(() => writeWhole(join(directory, 'd'), 'text', 0o600));
    assert.deepEqual(readdirSync(directory).sort(), ['d', 'f']);
  }));

test('a full disk: one clear line, and nothing is left of the container', { skip: skipUnlessRoot }, () =>
  withScratch('state', async (directory) => {
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', directory], {
      encoding: 'utf8',
    });
    assert.equal(mount.status, 0, mount.stderr);
    try {
      const state = new StateDirectory(join(directory, 'root'), lock);
      state.prepare();
      const config = JSON.stringify({ text: 'x'.repeat(64 * 1024) });
      assert.throws(() => state.reserve(record('c'), config), /"c": no space left on device$/);
      assert.deepEqual(readdirSync(join(directory, 'root')), ['@sandboxes']);
    } finally {
      spawnSync('umount', [directory]);
    }
  }),
);

test('a state directory that cannot be: one clear line', { timeout: 30_000 }, () => {
  for (const [root, reason] of [
    ['/proc/none/deeper', 'no such file or directory'],
    ['/etc/passwd/x', 'not a directory'],
    [`/tmp/${'x'.repeat(300)}`, 'name too long'],
  ]) {
    assert.throws(() => new StateDirectory(root ?? '', lock).prepare(), new RegExp(`: ${reason}$`));
  }
});

test('a damaged record, and one of another version, are told and not taken for something else', () =>
  withScratch('state', async (directory) => {
    const state = new StateDirectory(directory, lock);
    state.prepare();
    state.reserve(record('c'), '{}').release();
    writeFileSync(join(directory, 'c/container.json'), '{"version":1,"id"');
    assert.throws(() => state.get('c'), /container\.json: damaged/);
    writeFileSync(join(directory, 'c/container.json'), '{"version":99}');
    assert.throws(() => state.get('c'), /another version of tvisor/);
    // Of another runtime that has the same directory.
    mkdirSync(join(directory, 'runc'));
    writeFileSync(join(directory, 'runc/state.json'), '{}');
    assert.throws(() => state.get('runc'), /does not exist/);
  }));

test('a pid that is another process by now, and a zombie, are dead', () => {
  const running = { phase: 'started', init: self, sentry: self } as const;
  assert.equal(statusOf(record('c', running)), 'running');
  assert.equal(statusOf(record('c', { ...running, phase: 'created' })), 'created');
  assert.equal(statusOf(record('c', { ...running, paused: true })), 'paused');
  assert.equal(statusOf(record('c', { ...running, init: gone })), 'stopped');
  assert.equal(statusOf(record('c', { ...running, sentry: gone })), 'stopped');
  assert.equal(statusOf(record('c')), 'creating');
  assert.equal(statusOf(record('c', { creator: gone })), 'stopped');
});
