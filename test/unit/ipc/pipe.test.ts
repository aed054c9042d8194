import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, EBUSY, EPIPE } from '../../../src/abi/errno.js';
import {
  F_GETPIPE_SZ,
  F_SETPIPE_SZ,
  O_DIRECT,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
} from '../../../src/abi/fcntl.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../../src/abi/poll.js';
import { S_IFIFO } from '../../../src/abi/stat.js';
import { anonPath } from '../../../src/fs/anon.js';
import { openFifo } from '../../../src/fs/pipe/fifo.js';
import { makePipe } from '../../../src/fs/pipe/pipe.js';
import { Mount } from '../../../src/vfs/dentry.js';
import { putFile } from '../../../src/vfs/fdtable.js';
import { OpenFile } from '../../../src/vfs/file.js';
import type { FileSystem } from '../../../src/vfs/inode.js';
import { bytes, Call, fakeKernel, fakeTask, room } from './fake.js';

function pipe(flags = 0) {
  const { kernel } = fakeKernel();
  const task = fakeTask(kernel);
  const ends = makePipe(kernel, flags);
  assert.ok(typeof ends !== 'number');
  const [r, w] = ends;
  r.refs = w.refs = 1;
  return { kernel, task, r, w };
}

test('a write of at most PIPE_BUF bytes is whole or not there', () => {
  const { task, r, w } = pipe(O_NONBLOCK);
  assert.equal(w.write(task, bytes(65536 - 4095)), 65536 - 4095);
  assert.equal(w.write(task, bytes(4096)), -EAGAIN, 'all sixteen pages are in use');
  assert.equal(w.poll() & POLLOUT, 0);
  assert.equal(w.write(task, bytes(4095)), 4095, 'what fits behind the last bytes');
  assert.equal(r.read(task, room(70000).sink), 65536);
  assert.equal(r.read(task, room(1).sink), -EAGAIN);
});

test('a large blocking write continues as room appears, and reports what it did when interrupted', () => {
  const { task, r, w } = pipe();
  const text = Array.from({ length: 100_000 }, (_, i) => String.fromCharCode(i % 251)).join('');
  const write = new Call(w.write(task, bytes(text)));
  assert.ok(write.waiting);
  let got = '';
  while (got.length < text.length) {
    const into = room(3000);
    assert.ok((r.read(task, into.sink) as number) > 0);
    got += into.text();
  }
  assert.equal(write.result, text.length);
  assert.ok(got === text);
  const second = new Call(w.write(task, bytes(70_000)));
  second.interrupt();
  assert.equal(second.result, 65536);
});

test('end of file, broken pipe and hang-ups', () => {
  const { task, r, w } = pipe();
  const read = new Call(r.read(task, room(10).sink));
  assert.ok(read.waiting);
  putFile(w);
  assert.equal(read.result, 0);
  assert.equal(r.poll(), POLLHUP);
  const other = pipe();
  putFile(other.r);
  assert.equal(other.w.write(task, bytes('x')), -EPIPE);
  assert.equal(other.w.poll() & POLLERR, POLLERR);
});

test('packets keep their boundaries and lose what a read does not take', () => {
  const { task, r, w } = pipe(O_DIRECT | O_NONBLOCK);
  w.write(task, bytes('first'));
  w.write(task, bytes('second'));
  const a = room(3);
  const b = room(100);
  assert.equal(r.read(task, a.sink), 3);
  assert.equal(r.read(task, b.sink), 6);
  assert.deepEqual([a.text(), b.text()], ['fir', 'second']);
});

test('the size of a pipe changes, but never below what it holds', () => {
  const { task, w } = pipe();
  w.write(task, bytes(5000));
  assert.equal(w.fcntl(task, F_SETPIPE_SZ, 4096), -EBUSY);
  assert.equal(w.fcntl(task, F_SETPIPE_SZ, 8193), 16384);
  assert.equal(w.fcntl(task, F_GETPIPE_SZ, 0), 16384);
});

test('opening a FIFO waits for the other side, even one that is gone again', () => {
  const { kernel, task } = pipe();
  // The inode is made the short way, but lies in a file system that names lead to.
  const { dentry } = anonPath(kernel, 'fifo', S_IFIFO | 0o600);
  const path = { mount: new Mount(1, {} as FileSystem, dentry, undefined, undefined, 0), dentry };
  const pending = openFifo(task, path, O_RDONLY);
  assert.ok(typeof pending === 'object' && !(pending instanceof OpenFile));
  let reader: OpenFile | undefined;
  const open = new Call(
    pending.block((f) => {
      f.refs++;
      reader = f;
      return 3;
    }),
  );
  assert.ok(open.waiting);
  const writer = openFifo(task, path, O_WRONLY | O_NONBLOCK);
  assert.ok(writer instanceof OpenFile);
  assert.equal(open.result, 3);
  writer.refs = 1;
  writer.write(task, bytes('hi'), 0);
  putFile(writer);
  assert.equal((reader as OpenFile).poll(), POLLIN | POLLHUP | 0x40);
  assert.ok(kernel);
});
