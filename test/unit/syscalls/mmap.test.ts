import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EACCES, EBADF, EINVAL, ENODEV, EOPNOTSUPP, EPERM } from '../../../src/abi/errno.js';
import { O_PATH, O_RDONLY, O_RDWR, O_WRONLY } from '../../../src/abi/fcntl.js';
import {
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_SYNC,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
} from '../../../src/abi/mman.js';
import { MS_NOEXEC, S_IFIFO, S_IFREG } from '../../../src/abi/stat.js';
import { CONTINUE } from '../../../src/kernel/wait.js';
import { mmapFamily } from '../../../syscalls/mmap.js';
import { handlerOf, makeWorld } from './fakes.js';

const mmap = handlerOf(mmapFamily.mmap);

/** A world whose regular files can be mapped; `asked` records what for, `added` the descriptors given to the guest. */
function world() {
  const w = makeWorld();
  const asked: boolean[] = [];
  const added: number[][] = [];
  w.task.kernel.native.fstat = () => -EBADF;
  w.task.kernel.native.addFd = (tid, hostFd, guestFd) => {
    added.push([tid, hostFd, guestFd]);
    return guestFd;
  };
  const open = (flags: number) => {
    const { fd, file } = w.open(S_IFREG | 0o644, flags);
    file.map = (writable) => {
      asked.push(writable);
      return { hostFd: 77 };
    };
    return { fd, file };
  };
  return { w, open, asked, added };
}

test('a mapping that mprotect could make writable comes from a writable descriptor only if the file is', () => {
  const { w, open, asked, added } = world();
  const ro = open(O_RDONLY).fd;
  const rw = open(O_RDWR).fd;
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, MAP_SHARED, ro, 0), CONTINUE);
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, MAP_SHARED, rw, 0), CONTINUE);
  assert.equal(w.call(mmap, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, rw, 0), CONTINUE);
  assert.deepEqual(asked, [false, true, false]);
  assert.deepEqual(added, [
    [5, 77, ro],
    [5, 77, rw],
    [5, 77, rw],
  ]);
});

test('what Linux refuses never reaches the host', () => {
  const { w, open, added } = world();
  const ro = open(O_RDONLY).fd;
  const wr = open(O_WRONLY).fd;
  assert.equal(w.call(mmap, 0, 4096, PROT_WRITE, MAP_SHARED, ro, 0), -EACCES);
  assert.equal(w.call(mmap, 0, 4096, PROT_WRITE, MAP_SHARED, wr, 0), -EACCES);
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, 9, 0), -EBADF);
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, open(O_PATH).fd, 0), -EBADF);
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, 9, 100), -EINVAL);
  assert.equal(w.call(mmap, 0, 0, PROT_READ, MAP_PRIVATE, ro, 0), -EINVAL);
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, 0, ro, 0), -EINVAL);
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, ro, 0), -EOPNOTSUPP);
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, MAP_PRIVATE, w.open(S_IFIFO, O_RDWR).fd, 0), -ENODEV);
  w.task.fs.root.mount.flags |= MS_NOEXEC;
  assert.equal(w.call(mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, ro, 0), -EPERM);
  assert.deepEqual(added, []);
});

test('anonymous memory is for the host alone', () => {
  const { w, added } = world();
  assert.equal(w.call(mmap, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 3, 0), CONTINUE);
  assert.deepEqual(added, []);
});
