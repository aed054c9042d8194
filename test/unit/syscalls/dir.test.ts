import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EFAULT, EINVAL, ENOENT, ENOTDIR } from '../../../src/abi/errno.js';
import { O_RDONLY } from '../../../src/abi/fcntl.js';
import { S_IFDIR, S_IFREG } from '../../../src/abi/stat.js';
import { dirFamily } from '../../../syscalls/dir.js';
import { rwFamily } from '../../../syscalls/rw.js';
import { BASE, handlerOf, makeWorld, type World } from './fakes.js';

const getdents64 = handlerOf(dirFamily.getdents64);
const getdents = handlerOf(dirFamily.getdents);
const lseek = handlerOf(rwFamily.lseek);

/** Names and next positions in the first `len` bytes of the buffer. */
function decode(w: World, len: number): [string, number][] {
  const out: [string, number][] = [];
  const view = new DataView(w.mem.bytes.buffer);
  for (let off = 0; off < len; off += view.getUint16(off + 16, true)) {
    const end = w.mem.bytes.indexOf(0, off + 19);
    out.push([
      Buffer.from(w.mem.bytes.subarray(off + 19, end)).toString(),
      Number(view.getBigInt64(off + 8, true)),
    ]);
  }
  return out;
}

function directory(): { w: World; fd: number; dir: ReturnType<World['open']> } {
  const w = makeWorld();
  const dir = w.open(S_IFDIR | 0o755, O_RDONLY);
  dir.inode.entries = ['a', 'bb', 'ccc'].map((name, i) => ({ name, ino: 100 + i, type: 8 }));
  return { w, fd: dir.fd, dir };
}

test('dot and dot-dot come first, positions are indices, the end is 0', () => {
  const { w, fd } = directory();
  const n = w.call(getdents64, fd, BASE, 4096);
  assert.deepEqual(decode(w, n as number), [
    ['.', 1],
    ['..', 2],
    ['a', 3],
    ['bb', 4],
    ['ccc', 5],
  ]);
  assert.equal(w.call(getdents64, fd, BASE, 4096), 0);
});

test('a small buffer gives whole entries only, and none that fits is EINVAL', () => {
  const { w, fd } = directory();
  assert.equal(w.call(getdents64, fd, BASE, 23), -EINVAL);
  assert.equal(w.call(getdents64, fd, BASE, 50), 48);
  assert.deepEqual(decode(w, 48), [
    ['.', 1],
    ['..', 2],
  ]);
  const n = w.call(getdents64, fd, BASE, 4096);
  assert.deepEqual(
    decode(w, n as number).map(([name]) => name),
    ['a', 'bb', 'ccc'],
  );
});

test('entries that vanish while being read do not shift the rest; rewinding reads anew; seeking back goes on from there', () => {
  const { w, fd, dir } = directory();
  w.call(getdents64, fd, BASE, 72);
  dir.inode.entries = dir.inode.entries.filter((e) => e.name !== 'a');
  let n = w.call(getdents64, fd, BASE, 4096) as number;
  assert.deepEqual(
    decode(w, n).map(([name]) => name),
    ['bb', 'ccc'],
  );
  assert.equal(w.call(lseek, fd, 2, 0), 2);
  n = w.call(getdents64, fd, BASE, 4096) as number;
  assert.deepEqual(
    decode(w, n).map(([name]) => name),
    ['a', 'bb', 'ccc'],
  );
  assert.equal(w.call(lseek, fd, 0, 0), 0);
  n = w.call(getdents64, fd, BASE, 4096) as number;
  assert.deepEqual(
    decode(w, n).map(([name]) => name),
    ['.', '..', 'bb', 'ccc'],
  );
});

test('a bad buffer moves nothing; a file is no directory; a removed directory is gone', () => {
  const { w, fd, dir } = directory();
  assert.equal(w.call(getdents64, fd, 16, 4096), -EFAULT);
  assert.equal(dir.file.pos, 0);
  assert.equal(w.call(getdents64, w.open(S_IFREG, O_RDONLY).fd, BASE, 4096), -ENOTDIR);
  dir.file.path.dentry.unlinked = true;
  assert.equal(w.call(getdents64, fd, BASE, 4096), -ENOENT);
});

test('the old call puts the type in the last byte', () => {
  const { w, fd } = directory();
  assert.equal(w.call(getdents, fd, BASE, 30), 24);
  assert.equal(w.mem.bytes[23], 4);
  assert.equal(Buffer.from(w.mem.bytes.subarray(18, 20)).toString(), '.\0');
});
