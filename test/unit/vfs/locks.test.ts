import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, EDEADLK } from '../../../src/abi/errno.js';
import { F_RDLCK, F_UNLCK, F_WRLCK, O_CREAT, O_RDWR } from '../../../src/abi/fcntl.js';
import type { Task } from '../../../src/kernel/task.js';
import { type Block, type SyscallResult, WOULD_BLOCK } from '../../../src/kernel/wait.js';
import { FdTable, putFile } from '../../../src/vfs/fdtable.js';
import { closeLocks, flock, getLock, setLock } from '../../../src/vfs/locks.js';
import { tmpWorld } from './world.js';

function setup() {
  const w = tmpWorld();
  const a = w.open('/f', O_RDWR | O_CREAT);
  const b = w.open('/f', O_RDWR);
  const other = Object.assign(Object.create(w.task) as Task, { files: new FdTable(closeLocks), pid: 2 });
  return { w, a, b, one: w.task, two: other };
}
const range = (start: number, end: number) => ({ start, end });
function block(r: SyscallResult): Block {
  assert.ok(typeof r !== 'number', `expected a wait, got ${String(r)}`);
  return r;
}

test('flock belongs to the description', () => {
  const { a, b, one } = setup();
  assert.equal(flock(one, a, F_RDLCK, false), 0);
  assert.equal(flock(one, b, F_RDLCK, false), 0);
  assert.equal(flock(one, b, F_WRLCK, false), -EAGAIN);
  const wait = block(flock(one, b, F_WRLCK, true));
  assert.equal(wait.retry(), WOULD_BLOCK);
  putFile(a);
  assert.equal(wait.retry(), 0, 'the last close unlocks');
});

test('record locks split, merge and conflict by range', () => {
  const { a, one, two } = setup();
  assert.equal(setLock(one, a, F_WRLCK, range(0, 99), false, false), 0);
  assert.equal(setLock(one, a, F_UNLCK, range(40, 59), false, false), 0);
  assert.equal(setLock(two, a, F_WRLCK, range(40, 59), false, false), 0);
  assert.equal(setLock(two, a, F_RDLCK, range(39, 39), false, false), -EAGAIN);
  const found = getLock(two, a, F_RDLCK, range(0, Infinity), false);
  assert.deepEqual([found?.start, found?.end, found?.process], [0, 39, one.group.ref]);
  assert.equal(setLock(two, a, F_UNLCK, range(0, Infinity), false, false), 0);
  assert.equal(setLock(one, a, F_WRLCK, range(40, 59), false, false), 0);
  const whole = getLock(two, a, F_WRLCK, range(50, 50), false);
  assert.deepEqual([whole?.start, whole?.end], [0, 99], 'neighbours merge');
});

test('closing any descriptor drops the locks of the process; a deadlock is seen', () => {
  const { w, a, b, one, two } = setup();
  assert.equal(setLock(one, a, F_WRLCK, range(0, 0), false, false), 0);
  assert.equal(setLock(two, a, F_WRLCK, range(1, 1), false, false), 0);
  const wait = block(setLock(one, a, F_WRLCK, range(1, 1), false, true));
  assert.equal(wait.retry(), WOULD_BLOCK);
  assert.equal(setLock(two, a, F_WRLCK, range(0, 0), false, true), -EDEADLK);
  wait.done?.();
  const fd = w.files.install(b, false, 100);
  w.files.close(fd);
  assert.equal(setLock(two, a, F_WRLCK, range(0, 0), false, false), 0);
});

test('locks of a description conflict with those of the same process', () => {
  const { a, b, one } = setup();
  assert.equal(setLock(one, a, F_WRLCK, range(0, 9), true, false), 0);
  assert.equal(setLock(one, b, F_WRLCK, range(5, 5), true, false), -EAGAIN);
  assert.equal(setLock(one, b, F_RDLCK, range(5, 5), false, false), -EAGAIN);
  assert.equal(getLock(one, b, F_RDLCK, range(0, 0), false)?.process, undefined);
  putFile(a);
  assert.equal(setLock(one, b, F_WRLCK, range(5, 5), true, false), 0);
});
