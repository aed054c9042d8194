import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN } from '../../../src/abi/errno.js';
import { O_NONBLOCK, O_RDWR } from '../../../src/abi/fcntl.js';
import { POLLIN, POLLOUT, POLLRDNORM } from '../../../src/abi/poll.js';
import { S_IFIFO, S_IFREG } from '../../../src/abi/stat.js';
import { HostStream, onHostFd } from '../../../src/fs/hostfile.js';
import type { Kernel } from '../../../src/kernel/kernel.js';
import { St } from '../../../src/platform/native.js';
import { bytes, Call, fakeKernel, fakeTask, room } from './fake.js';

/** A host descriptor made of two strings: what can be read, and how much may be written. */
function host(mode: number, flags = O_RDWR) {
  const { kernel } = fakeKernel();
  const state = { input: '', output: '', space: 0, pos: 0, watched: 0 };
  const native = {
    statBuf: new Float64Array(18),
    fstat: () => {
      native.statBuf[St.mode] = mode;
      return 0;
    },
    pollFd: (_fd: number, events: number) =>
      events & ((state.input === '' ? 0 : POLLIN) | (state.space > 0 ? POLLOUT : 0)),
    watchFd: (_fd: number, events: number) => {
      state.watched = events;
      return 0;
    },
    unwatchFd: () => {
      state.watched = 0;
    },
    lseek: (_fd: number, pos: number, whence: number) => {
      state.pos = whence === 0 ? pos : state.pos + pos;
      return state.pos;
    },
    readNonblock: (_fd: number, dst: Uint8Array, off: number, len: number) => {
      const n = Math.min(len, state.input.length);
      if (n === 0) return -EAGAIN;
      dst.set(Buffer.from(state.input.slice(0, n)), off);
      state.input = state.input.slice(n);
      return n;
    },
    writeNonblock: (_fd: number, src: Uint8Array, off: number, len: number) => {
      const n = Math.min(len, state.space);
      if (n === 0) return -EAGAIN;
      state.output += Buffer.from(src.subarray(off, off + n)).toString('latin1');
      state.space -= n;
      return n;
    },
  };
  const full = Object.assign(kernel, { native }) as unknown as Kernel;
  const stream = new HostStream(full, 0, flags);
  stream.refs = 1;
  return { state, stream, task: fakeTask(full) };
}

test('a read that finds nothing waits for the event loop, not in the host', () => {
  const { state, stream, task } = host(S_IFIFO | 0o600);
  const into = room(10);
  const read = new Call(stream.read(task, into.sink, 0));
  assert.ok(read.waiting);
  assert.ok((state.watched & POLLIN) !== 0);
  state.watched = 0;
  state.input = 'typed';
  onHostFd(0, POLLIN);
  assert.equal(read.result, 5);
  assert.equal(into.text(), 'typed');
  assert.equal(state.watched & POLLIN, 0, 'nobody waits, nothing is watched');
});

test('a blocking write goes on until everything is out', () => {
  const { state, stream, task } = host(S_IFIFO | 0o600);
  state.space = 3;
  const write = new Call(stream.write(task, bytes('abcdefgh'), 0));
  assert.ok(write.waiting);
  for (let i = 0; i < 2; i++) {
    state.space = 3;
    onHostFd(0, POLLOUT);
  }
  assert.equal(write.result, 8);
  assert.equal(state.output, 'abcdefgh');
});

test('asking for readiness while others wait makes the host watch again', () => {
  const { state, stream, task } = host(S_IFIFO | 0o600, O_RDWR | O_NONBLOCK);
  let woken = 0;
  stream.queue.add({
    wake(events) {
      woken |= events;
      return true;
    },
  });
  assert.ok((state.watched & POLLIN) !== 0);
  state.input = 'x';
  state.watched = 0;
  onHostFd(0, POLLIN);
  assert.equal(woken & (POLLIN | POLLRDNORM), POLLIN | POLLRDNORM);
  assert.equal(state.watched & POLLIN, 0, 'a level that is there is not watched in a circle');
  stream.read(task, room(1).sink, 0);
  assert.equal(stream.poll() & POLLIN, 0);
  assert.ok((state.watched & POLLIN) !== 0);
});

test("the position of a file is the host descriptor's own", () => {
  const { state, stream } = host(S_IFREG | 0o600);
  state.pos = 42;
  assert.equal(stream.pos, 42);
  stream.pos = 50;
  assert.equal(state.pos, 50);
});
