/** Pause and resume: what counts as standing, and what is put off until the container goes on. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ETIMEDOUT } from '../../../src/abi/errno.js';
import { SIGKILL } from '../../../src/abi/signal.js';
import { startBlock } from '../../../src/kernel/blocking.js';
import { taskExited } from '../../../src/kernel/exit.js';
import { WaitQueue, WOULD_BLOCK } from '../../../src/kernel/wait.js';
import { Freezer } from '../../../src/platform/freezer.js';
import type { Native } from '../../../src/platform/native.js';
import { world } from '../kernel/fake.js';

const STOPPED = 0x057f;

function frozen() {
  const w = world();
  const freezer = new Freezer(w.kernel, w.host as unknown as Native);
  let done = 0;
  const events: number[] = [];
  return {
    ...w,
    freezer,
    events,
    pause: () => freezer.pause(w.container, () => done++),
    resume: () => freezer.resume(w.container, (tid) => events.push(tid)),
    get done() {
      return done;
    },
  };
}

test('a pause is over once every thread has stopped, and their stops count when it goes on', () => {
  const w = frozen();
  const child = w.fork(w.init, 10);
  assert.equal(w.freezer.hold(child, STOPPED), false, 'not paused');
  w.pause();
  assert.deepEqual(w.host.interrupted, [1002, 1010]);
  assert.equal(w.freezer.hold(w.init, STOPPED), true);
  w.advance(10);
  assert.equal(w.done, 0, 'one runs yet');
  assert.equal(w.freezer.hold(child, STOPPED), true);
  w.advance(60);
  assert.equal(w.done, 1);
  assert.deepEqual(w.events, []);
  w.resume();
  assert.deepEqual(w.events, [1002, 1010]);
  assert.equal(w.freezer.hold(child, STOPPED), false);
});

test('a call that waits is left alone: what it waits for, and its time, count when the container goes on', () => {
  const w = frozen();
  const child = w.fork(w.init, 10);
  const queue = new WaitQueue();
  let ready = false;
  startBlock(w.init, { on: [queue], retry: () => (ready ? 7 : WOULD_BLOCK) });
  startBlock(child, { on: [], retry: () => WOULD_BLOCK, deadline: w.kernel.now() + 5 });
  w.pause();
  assert.equal(w.done, 1, 'both wait');
  ready = true;
  queue.wake(1);
  w.advance(100);
  assert.deepEqual(w.host.replies, []);
  w.resume();
  assert.deepEqual(w.host.replies, [
    { tid: 1002, value: 7 },
    { tid: 1010, value: -ETIMEDOUT },
  ]);
});

test('a thread that is killed meanwhile counts no more', () => {
  const w = frozen();
  const child = w.fork(w.init, 10);
  w.pause();
  w.freezer.hold(w.init, STOPPED);
  w.freezer.gone(child.hostTid);
  taskExited(w.kernel, child, SIGKILL);
  w.advance(60);
  assert.equal(w.done, 1);
  w.resume();
  assert.deepEqual(w.events, [1002]);
});

test('who waits in vfork(2) stands while the child has not executed a program', () => {
  const w = frozen();
  const child = w.fork(w.init, 10);
  w.init.vforkChild = child;
  w.pause();
  w.freezer.hold(child, STOPPED);
  w.advance(60);
  assert.equal(w.done, 1);
});

test('a second pause before the first is over waits for the same', () => {
  const w = frozen();
  w.pause();
  w.pause();
  assert.equal(w.host.interrupted.length, 1);
  w.freezer.hold(w.init, STOPPED);
  w.advance(60);
  assert.equal(w.done, 2);
});
