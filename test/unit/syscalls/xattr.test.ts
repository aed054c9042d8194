import assert from 'node:assert/strict';
import { test } from 'node:test';
import { E2BIG, EBADF, EINVAL, ENODATA, EPERM, ERANGE } from '../../../src/abi/errno.js';
import { O_PATH, O_RDWR } from '../../../src/abi/fcntl.js';
import { S_IFIFO, S_IFREG } from '../../../src/abi/stat.js';
import { xattrFamily } from '../../../syscalls/xattr.js';
import { BASE, handlerOf, makeWorld } from './fakes.js';

const set = handlerOf(xattrFamily.fsetxattr);
const get = handlerOf(xattrFamily.fgetxattr);
const list = handlerOf(xattrFamily.flistxattr);
const NAME = BASE;
const VALUE = BASE + 0x1000;

test('names, sizes and flags are checked before the file is asked', () => {
  const w = makeWorld();
  const { fd, inode } = w.open(S_IFREG | 0o666, O_RDWR);
  inode.setxattr = () => assert.fail('reached the file system');
  w.place(NAME, 'user.a');
  assert.equal(w.call(set, 9, NAME, VALUE, 1, 4), -EBADF);
  assert.equal(w.call(set, fd, NAME, VALUE, 1, 4), -EINVAL);
  assert.equal(w.call(set, fd, NAME, VALUE, 65537, 0), -E2BIG);
  assert.equal(w.call(set, w.open(S_IFREG, O_PATH).fd, NAME, VALUE, 1, 0), -EBADF);
  w.place(NAME, '');
  assert.equal(w.call(set, fd, NAME, VALUE, 1, 0), -ERANGE);
  w.place(NAME, `user.${'x'.repeat(251)}`);
  assert.equal(w.call(set, fd, NAME, VALUE, 1, 0), -ERANGE);
});

test('name spaces: trusted and security want rights, user wants a file or directory', () => {
  const w = makeWorld();
  const { fd, inode } = w.open(S_IFREG | 0o666, O_RDWR);
  inode.setxattr = () => 0;
  w.place(NAME, 'trusted.a');
  assert.equal(w.call(set, fd, NAME, VALUE, 1, 0), -EPERM);
  assert.equal(w.call(get, fd, NAME, VALUE, 1), -ENODATA);
  w.place(NAME, 'security.capability');
  assert.equal(w.call(set, fd, NAME, VALUE, 1, 0), -EPERM);
  w.place(NAME, 'user.a');
  assert.equal(w.call(set, fd, NAME, VALUE, 1, 0), 0);
  assert.equal(w.call(set, w.open(S_IFIFO | 0o666, O_RDWR).fd, NAME, VALUE, 1, 0), -EPERM);
});

test('a size of 0 asks how much there is, a small buffer is ERANGE, trusted names are hidden', () => {
  const w = makeWorld();
  const { fd, inode } = w.open(S_IFREG | 0o666, O_RDWR);
  inode.getxattr = () => Buffer.from('value');
  inode.listxattr = () => ['user.a', 'trusted.b'];
  w.place(NAME, 'user.a');
  assert.equal(w.call(get, fd, NAME, VALUE, 0), 5);
  assert.equal(w.call(get, fd, NAME, VALUE, 4), -ERANGE);
  assert.equal(w.call(get, fd, NAME, VALUE, 5), 5);
  assert.equal(w.call(list, fd, VALUE, 0), 7);
  assert.equal(w.call(list, fd, VALUE, 6), -ERANGE);
  assert.equal(w.call(list, fd, VALUE, 100), 7);
  assert.equal(Buffer.from(w.mem.bytes.subarray(0x1000, 0x1007)).toString(), 'user.a\0');
});
