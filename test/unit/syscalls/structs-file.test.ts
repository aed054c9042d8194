import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeFlock,
  dirent64Length,
  direntLength,
  encodeDirent,
  encodeDirent64,
  encodeFlock,
  encodeStat,
  encodeStatx,
  getI64,
  getTimeval,
  major,
  minor,
  set64,
  statfsFlags,
} from '../../../src/abi/structs-file.js';
import type { Attr } from '../../../src/vfs/inode.js';

const attr: Attr = {
  ino: 0x1_0000_0002,
  mode: 0o100644,
  nlink: 3,
  uid: 1000,
  gid: 100,
  rdev: 0,
  size: 5_000_000_001,
  blksize: 4096,
  blocks: 9_765_632,
  atime: { sec: -1, nsec: 5 },
  mtime: { sec: 1_700_000_000, nsec: 999_999_999 },
  ctime: { sec: 4_294_967_296, nsec: 1 },
  btime: { sec: 0, nsec: 0 },
};

test('64-bit fields hold negative numbers and numbers beyond 32 bits', () => {
  const view = new DataView(new ArrayBuffer(8));
  for (const n of [0, 1, -1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, 2 ** 53 - 1, -(2 ** 53) + 1]) {
    set64(view, 0, n);
    assert.equal(view.getBigInt64(0, true), BigInt(n));
    assert.equal(getI64(view, 0), n);
  }
});

test('struct stat has its fields where the kernel puts them', () => {
  const view = new DataView(new ArrayBuffer(144));
  encodeStat(view, attr, 0x801);
  assert.equal(view.getBigUint64(0, true), 0x801n);
  assert.equal(view.getBigUint64(8, true), 0x1_0000_0002n);
  assert.equal(view.getBigUint64(16, true), 3n);
  assert.equal(view.getUint32(24, true), 0o100644);
  assert.equal(view.getUint32(28, true), 1000);
  assert.equal(view.getUint32(32, true), 100);
  assert.equal(view.getBigInt64(48, true), 5_000_000_001n);
  assert.equal(view.getBigInt64(72, true), -1n);
  assert.equal(view.getBigInt64(96, true), 999_999_999n);
  assert.equal(view.getBigInt64(104, true), 4_294_967_296n);
});

test('statx says which fields it filled: no birth time where the file system has none', () => {
  const view = new DataView(new ArrayBuffer(256));
  encodeStatx(view, attr, 0x801, 0xfff, 7, true);
  assert.equal(view.getUint32(0, true), 0x7ff | 0x1000);
  assert.equal(view.getBigUint64(8, true), 0x2000n);
  assert.equal(view.getUint16(28, true), 0o100644);
  assert.equal(view.getUint32(136, true), 8);
  assert.equal(view.getUint32(140, true), 1);
  assert.equal(view.getBigUint64(144, true), 7n);
  encodeStatx(view, { ...attr, btime: { sec: 9, nsec: 0 } }, 0x801, 0xfff, 7, false);
  assert.equal(view.getUint32(0, true), 0xfff | 0x1000);
  assert.equal(view.getBigInt64(80, true), 9n);
});

test('device numbers come apart as makedev(3) puts them together', () => {
  assert.deepEqual([major(0x801), minor(0x801)], [8, 1]);
  // makedev(136, 300): minor bits above 8 lie above the major.
  const dev = (136 << 8) | (300 & 0xff) | ((300 & 0xfff00) << 12);
  assert.deepEqual([major(dev), minor(dev)], [136, 300]);
});

test('directory entries are padded to eight bytes, names end with NUL, the old form has its type last', () => {
  assert.equal(dirent64Length(1), 24);
  assert.equal(dirent64Length(4), 24);
  assert.equal(dirent64Length(5), 32);
  const view = new DataView(new ArrayBuffer(64));
  assert.equal(encodeDirent64(view, 0, 42, 3, 8, 'ab\xff'), 24);
  assert.equal(view.getUint16(16, true), 24);
  assert.equal(view.getUint8(18), 8);
  assert.deepEqual([view.getUint8(21), view.getUint8(22)], [0xff, 0]);
  assert.equal(direntLength(4), 24);
  assert.equal(direntLength(5), 32);
  assert.equal(encodeDirent(view, 32, 42, 3, 4, 'abcd'), 24);
  assert.equal(view.getUint8(32 + 23), 4);
});

test('struct flock survives the way there and back', () => {
  const view = new DataView(new ArrayBuffer(32));
  const lock = { type: 1, whence: 2, start: -10, len: 2 ** 40, pid: 77 };
  encodeFlock(view, lock);
  assert.deepEqual(decodeFlock(view), lock);
});

test('microseconds out of range are no time', () => {
  const view = new DataView(new ArrayBuffer(16));
  set64(view, 8, 1_000_000);
  assert.equal(getTimeval(view, 0), undefined);
  set64(view, 8, -1);
  assert.equal(getTimeval(view, 0), undefined);
  set64(view, 8, 999_999);
  assert.deepEqual(getTimeval(view, 0), { sec: 0, nsec: 999_999_000 });
});

test('statfs flags follow the mount flags', () => {
  assert.equal(statfsFlags(0), 0x20);
  assert.equal(statfsFlags(1 | 2 | 8), 0x20 | 1 | 2 | 8);
  assert.equal(statfsFlags(0x200000), 0x20 | 0x1000);
});
