/** fsync(2) of a host file waits for another thread: no signal ends it, and others are served meanwhile. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EIO, EMFILE } from '../../../src/abi/errno.js';
import { SIGTERM } from '../../../src/abi/signal.js';
import { onHostFd } from '../../../src/fs/hostfile.js';
import { syncElsewhere } from '../../../src/fs/hostfs/sync.js';
import { startBlock } from '../../../src/kernel/blocking.js';
import { sendToProcess } from '../../../src/kernel/signals.js';
import { WOULD_BLOCK } from '../../../src/kernel/wait.js';
import type { Native } from '../../../src/platform/native.js';
import { world } from '../kernel/fake.js';

const DONE = 77;

/** A host whose other thread comes to `result`, or cannot be had. */
function disk(result: number, start = DONE) {
  const watched: number[] = [];
  const native = {
    fsync: () => -EIO,
    syncStart: () => start,
    syncResult: (done: number) => (done === DONE ? result : -1),
    watchFd: (fd: number) => watched.push(fd),
    unwatchFd: (fd: number) => watched.splice(watched.indexOf(fd), 1),
  } as unknown as Native;
  return { native, watched };
}

describe('fsync of a host file', () => {
  for (const result of [0, -EIO]) {
    it(`gives what the other thread has come to: ${result}`, () => {
      const { native, watched } = disk(result);
      const { host, init, fork } = world();
      const task = fork(init, 10);
      const block = syncElsewhere(native, 5, true);
      assert.ok(typeof block !== 'number');
      assert.equal(block.retry(), WOULD_BLOCK);
      startBlock(task, block);
      assert.deepEqual(watched, [DONE]);
      host.masks.set(1010, { caught: [SIGTERM] });
      sendToProcess(task.group, { signo: SIGTERM, code: 0, pid: 9, uid: 0 });
      assert.deepEqual(host.signalsOf(1010), [SIGTERM]);
      assert.deepEqual(host.replies, [], 'the signal waits');
      onHostFd(DONE, 1);
      assert.deepEqual(host.replies, [{ tid: 1010, value: result }]);
      assert.deepEqual(watched, []);
    });
  }

  it('is done at once where no other thread can be had', () => {
    assert.equal(syncElsewhere(disk(0, -EMFILE).native, 5, false), -EIO);
  });
});
