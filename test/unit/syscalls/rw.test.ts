import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EAGAIN, EBADF, EFAULT, EFBIG, EINVAL, EISDIR, EPIPE, ESPIPE } from '../../../src/abi/errno.js';
import { O_APPEND, O_DSYNC, O_PATH, O_RDONLY, O_RDWR, O_WRONLY } from '../../../src/abi/fcntl.js';
import { RLIMIT_FSIZE } from '../../../src/abi/sched.js';
import { SIGPIPE, SIGXFSZ } from '../../../src/abi/signal.js';
import { S_IFDIR, S_IFIFO, S_IFREG } from '../../../src/abi/stat.js';
import { WaitQueue, WOULD_BLOCK } from '../../../src/kernel/wait.js';
import { isBlock } from '../../../src/vfs/file.js';
import { rwFamily } from '../../../syscalls/rw.js';
import { BASE, handlerOf, makeWorld, SIZE } from './fakes.js';

const read = handlerOf(rwFamily.read);
const write = handlerOf(rwFamily.write);
const pread = handlerOf(rwFamily.pread64);
const pwrite = handlerOf(rwFamily.pwrite64);
const writev = handlerOf(rwFamily.writev);
const pwritev2 = handlerOf(rwFamily.pwritev2);
const lseek = handlerOf(rwFamily.lseek);

test('read moves the position, pread does not, and both tell bad descriptors before bad addresses', () => {
  const w = makeWorld();
  const { fd, file } = w.open(S_IFREG | 0o644, O_RDWR);
  file.data = Buffer.from('abcdef');
  assert.equal(w.call(read, fd, BASE, 4), 4);
  assert.equal(file.pos, 4);
  assert.equal(w.call(pread, fd, BASE + 8, 4, 1), 4);
  assert.equal(file.pos, 4);
  assert.equal(Buffer.from(w.mem.bytes.subarray(8, 12)).toString(), 'bcde');
  assert.equal(w.call(read, fd, BASE, 100), 2);
  assert.equal(w.call(read, fd, BASE, 100), 0);
  assert.equal(w.call(read, 9, 1, 1), -EBADF);
  assert.equal(w.call(pread, fd, BASE, 1, -1), -EINVAL);
  file.pos = 0;
  assert.equal(w.call(read, fd, 8, 4), -EFAULT);
  assert.equal(w.call(read, fd, BASE, -1), -EFAULT);
  assert.equal(file.pos, 0);
});

test('access modes, O_PATH, directories and streams are refused with their own errors', () => {
  const w = makeWorld();
  const wr = w.open(S_IFREG, O_WRONLY).fd;
  const rd = w.open(S_IFREG, O_RDONLY).fd;
  const path = w.open(S_IFREG, O_PATH | O_RDWR).fd;
  const both = w.open(S_IFREG, 3).fd;
  const dir = w.open(S_IFDIR, O_RDONLY).fd;
  const pipe = w.open(S_IFIFO, O_RDWR).fd;
  assert.equal(w.call(read, wr, BASE, 1), -EBADF);
  assert.equal(w.call(write, rd, BASE, 1), -EBADF);
  assert.equal(w.call(read, path, BASE, 1), -EBADF);
  assert.equal(w.call(read, both, BASE, 1), -EBADF);
  assert.equal(w.call(write, both, BASE, 1), -EBADF);
  assert.equal(w.call(read, dir, BASE, 1), -EISDIR);
  assert.equal(w.call(pread, pipe, BASE, 1, 0), -ESPIPE);
  assert.equal(w.call(lseek, pipe, 0, 9), -EINVAL);
  assert.equal(w.call(lseek, pipe, 0, 0), -ESPIPE);
});

test('O_APPEND writes at the end, pwrite included; a partial write counts', () => {
  const w = makeWorld();
  const { fd, file } = w.open(S_IFREG, O_RDWR | O_APPEND);
  file.data = Buffer.from('1234');
  file.inode.setattr({ size: 4 });
  w.place(BASE, 'xy');
  assert.equal(w.call(write, fd, BASE, 2), 2);
  assert.equal(file.pos, 6);
  assert.equal(w.call(pwrite, fd, BASE, 2, 0), 2);
  assert.equal(Buffer.from(file.data).toString(), '1234xyxy');
  assert.equal(file.pos, 6);
  assert.equal(w.call(write, fd, BASE + SIZE - 1, 2), 1);
});

test('RLIMIT_FSIZE cuts a write that crosses it and signals the one after', () => {
  const w = makeWorld();
  w.task.group.limits[RLIMIT_FSIZE].soft = 3;
  const { fd, file } = w.open(S_IFREG, O_RDWR);
  assert.equal(w.call(write, fd, BASE, 5), 3);
  assert.equal(file.data.length, 3);
  assert.deepEqual(w.signals, []);
  assert.equal(w.call(write, fd, BASE, 5), -EFBIG);
  assert.deepEqual(w.signals, [SIGXFSZ]);
  assert.equal(w.call(write, fd, BASE, 0), 0);
});

test('a vector is cut by the limit too', () => {
  const w = makeWorld();
  w.task.group.limits[RLIMIT_FSIZE].soft = 3;
  const { fd, file } = w.open(S_IFREG, O_RDWR);
  w.mem.putU64(BASE, BASE + 0x100);
  w.mem.putU64(BASE + 8, 2);
  w.mem.putU64(BASE + 16, BASE + 0x200);
  w.mem.putU64(BASE + 24, 2);
  w.place(BASE + 0x100, 'ab');
  w.place(BASE + 0x200, 'cd');
  assert.equal(w.call(writev, fd, BASE, 2), 3);
  assert.equal(Buffer.from(file.data).toString(), 'abc');
});

test('a broken pipe raises SIGPIPE, also when it breaks while the writer waits', () => {
  const w = makeWorld();
  const { fd, file } = w.open(S_IFIFO, O_RDWR);
  file.answer = -EPIPE;
  assert.equal(w.call(write, fd, BASE, 1), -EPIPE);
  assert.deepEqual(w.signals, [SIGPIPE]);
  let broken = false;
  let ended = 0;
  file.answer = {
    on: [new WaitQueue()],
    retry: () => (broken ? -EPIPE : WOULD_BLOCK),
    done: () => {
      ended++;
    },
  };
  const r = w.call(write, fd, BASE, 1);
  assert.ok(isBlock(r));
  assert.equal(r.retry(), WOULD_BLOCK);
  assert.equal(w.signals.length, 1);
  broken = true;
  assert.equal(r.retry(), -EPIPE);
  // The signal follows the answer, which it would interrupt otherwise.
  assert.equal(w.signals.length, 1);
  r.done?.();
  assert.equal(w.signals.length, 2);
  assert.equal(ended, 1);
});

test('a write takes set-user-id away from a file, and O_DSYNC or RWF_DSYNC make it durable', () => {
  const w = makeWorld();
  const { fd, file, inode } = w.open(S_IFREG | 0o4755, O_RDWR);
  assert.equal(w.call(write, fd, BASE, 1), 1);
  assert.equal(inode.attr.mode & 0o7777, 0o755);
  assert.equal(file.synced, 0);
  w.mem.putU64(BASE, BASE);
  w.mem.putU64(BASE + 8, 1);
  assert.equal(w.call(pwritev2, fd, BASE, 1, 0, 0, 2), 1);
  assert.equal(file.synced, 1);
  file.flags |= O_DSYNC;
  w.call(write, fd, BASE, 1);
  assert.equal(file.synced, 2);
  const root = makeWorld(0);
  const kept = root.open(S_IFREG | 0o4755, O_RDWR);
  root.call(write, kept.fd, BASE, 1);
  assert.equal(kept.inode.attr.mode & 0o7777, 0o4755);
});

test('RWF_NOWAIT makes a stream non-blocking for one call only', () => {
  const w = makeWorld();
  const { fd, file } = w.open(S_IFIFO, O_RDWR);
  w.mem.putU64(BASE, BASE);
  w.mem.putU64(BASE + 8, 1);
  let seen = false;
  file.read = function read() {
    seen = this.nonblock;
    return -EAGAIN;
  };
  const preadv2 = handlerOf(rwFamily.preadv2);
  assert.equal(w.call(preadv2, fd, BASE, 1, -1, 0, 8), -EAGAIN);
  assert.equal(seen, true);
  assert.equal(file.nonblock, false);
});
