import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EBADF, EINVAL, EMFILE, EOVERFLOW, EPERM, ESRCH } from '../../../src/abi/errno.js';
import {
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_GETFL,
  F_GETOWN,
  F_SETFD,
  F_SETFL,
  F_SETOWN,
  F_SETSIG,
  O_APPEND,
  O_ASYNC,
  O_CREAT,
  O_NOATIME,
  O_NONBLOCK,
  O_PATH,
  O_RDWR,
} from '../../../src/abi/fcntl.js';
import { POLLIN } from '../../../src/abi/poll.js';
import { SIGIO } from '../../../src/abi/signal.js';
import { S_IFDIR, S_IFIFO, S_IFREG } from '../../../src/abi/stat.js';
import { fcntlFamily } from '../../../syscalls/fcntl.js';
import { fdFamily } from '../../../syscalls/fd.js';
import { lockRange } from '../../../syscalls/lock.js';
import { handlerOf, makeWorld } from './fakes.js';

const fcntl = handlerOf(fcntlFamily.fcntl);
const closeRange = handlerOf(fdFamily.close_range);

test('F_DUPFD takes the lowest free number from its argument on, below RLIMIT_NOFILE', () => {
  const w = makeWorld();
  const { fd, file } = w.open(S_IFREG, O_RDWR);
  assert.equal(w.call(fcntl, fd, F_DUPFD, 10), 10);
  assert.equal(w.call(fcntl, fd, F_DUPFD_CLOEXEC, 10), 11);
  assert.equal(w.call(fcntl, 10, F_GETFD), 0);
  assert.equal(w.call(fcntl, 11, F_GETFD), 1);
  assert.equal(file.refs, 3);
  assert.equal(w.call(fcntl, fd, F_DUPFD, 64), -EINVAL);
  assert.equal(w.call(fcntl, fd, F_DUPFD, -1), -EINVAL);
  assert.equal(w.call(fcntl, fd, F_DUPFD, 63), 63);
  assert.equal(w.call(fcntl, fd, F_DUPFD, 63), -EMFILE);
});

test('F_SETFL changes its own flags only, and O_NOATIME is for the owner', () => {
  const w = makeWorld();
  const { fd, file, inode } = w.open(S_IFREG, O_RDWR);
  assert.equal(w.call(fcntl, fd, F_SETFL, O_APPEND | O_NONBLOCK | O_CREAT | 1), 0);
  assert.equal(w.call(fcntl, fd, F_GETFL), O_RDWR | O_APPEND | O_NONBLOCK);
  assert.equal(w.call(fcntl, fd, F_SETFL, O_NOATIME), 0);
  assert.equal(w.call(fcntl, fd, F_SETFL, 0), 0);
  inode.attr.uid = 1;
  assert.equal(w.call(fcntl, fd, F_SETFL, O_NOATIME), -EPERM);
  assert.equal(file.flags, O_RDWR);
});

test('an O_PATH descriptor knows F_GETFL and F_SETFD, nothing that touches the file', () => {
  const w = makeWorld();
  const { fd } = w.open(S_IFDIR, O_PATH);
  assert.equal(w.call(fcntl, fd, F_GETFL), O_PATH);
  assert.equal(w.call(fcntl, fd, F_SETFD, 1), 0);
  assert.equal(w.call(fcntl, fd, F_SETFL, O_APPEND), -EBADF);
  assert.equal(w.call(fcntl, 40, F_GETFL), -EBADF);
  assert.equal(w.call(fcntl, w.open(S_IFREG, O_RDWR).fd, 999), -EINVAL);
});

test('O_ASYNC signals the owner when the file becomes ready, and stops when it is turned off', () => {
  const w = makeWorld();
  w.task.pids.processes.set(5, w.task.group);
  const { fd, file } = w.open(S_IFIFO, O_RDWR);
  assert.equal(w.call(fcntl, fd, F_SETOWN, 12345), -ESRCH);
  assert.equal(w.call(fcntl, fd, F_SETOWN, 5), 0);
  assert.equal(w.call(fcntl, fd, F_GETOWN), 5);
  assert.equal(w.call(fcntl, fd, F_SETFL, O_ASYNC), 0);
  assert.equal(w.call(fcntl, fd, F_GETFL), O_RDWR | O_ASYNC);
  file.queue.wake(POLLIN);
  assert.deepEqual(w.signals, [SIGIO]);
  assert.equal(w.call(fcntl, fd, F_SETSIG, 65), -EINVAL);
  assert.equal(w.call(fcntl, fd, F_SETFL, 0), 0);
  file.queue.wake(POLLIN);
  assert.equal(w.signals.length, 1);
});

test('close_range closes what is open in its range and no more, or marks it close-on-exec', () => {
  const w = makeWorld();
  const { fd } = w.open(S_IFREG, O_RDWR);
  for (const n of [3, 5, 9]) w.call(fcntl, fd, F_DUPFD, n);
  assert.equal(w.call(closeRange, 5, 4, 0), -EINVAL);
  assert.equal(w.call(closeRange, 3, 8, 4), 0);
  assert.equal(w.call(fcntl, 5, F_GETFD), 1);
  assert.equal(w.call(closeRange, 4, 0xffffffff, 0), 0);
  assert.deepEqual([...w.task.files.fds()], [0, 3]);
});

test('a lock range counts from start, position or end, backwards too', () => {
  const w = makeWorld();
  const { file, inode } = w.open(S_IFREG, O_RDWR);
  file.pos = 10;
  inode.attr.size = 100;
  const lock = { type: 0, whence: 0, start: 5, len: 10, pid: 0 };
  assert.deepEqual(lockRange(file, lock), { start: 5, end: 14 });
  assert.deepEqual(lockRange(file, { ...lock, whence: 1 }), { start: 15, end: 24 });
  assert.deepEqual(lockRange(file, { ...lock, whence: 2, start: -1, len: 0 }), { start: 99, end: Infinity });
  assert.deepEqual(lockRange(file, { ...lock, len: -5 }), { start: 0, end: 4 });
  assert.equal(lockRange(file, { ...lock, len: -6 }), -EINVAL);
  assert.equal(lockRange(file, { ...lock, start: -1 }), -EINVAL);
  assert.equal(lockRange(file, { ...lock, whence: 3 }), -EINVAL);
  assert.equal(lockRange(file, { ...lock, whence: 1, start: 2 ** 63 }), -EOVERFLOW);
});
