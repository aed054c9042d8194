/** Struct encoding: what the kernel knows to bytes as the guest expects them. */
import { STATX_BASIC_STATS } from '../../src/abi/stat.js';
import {
  encodeDirent64,
  encodeStat,
  encodeStatx,
  SIZEOF_STAT,
  SIZEOF_STATX,
} from '../../src/abi/structs-file.js';
import type { Attr } from '../../src/vfs/inode.js';
import type { KernelRow } from './row.js';

const family = 'structs';
const batch = 100;

const time = { sec: 1_700_000_000, nsec: 123_456_789 };
const attr: Attr = {
  ino: 123_456,
  mode: 0o100644,
  nlink: 1,
  uid: 1000,
  gid: 1000,
  rdev: 0,
  size: 5_000_000_000,
  blksize: 4096,
  blocks: 9_765_632,
  atime: time,
  mtime: time,
  ctime: time,
  btime: time,
};

export const structRows: readonly KernelRow[] = [
  {
    name: 'encode-stat',
    label: 'encode struct stat',
    family,
    batch,
    prepare: () => {
      const view = new DataView(new ArrayBuffer(SIZEOF_STAT));
      return () => {
        for (let i = 0; i < batch; i++) {
          encodeStat(view, attr, 42);
        }
        return view.getBigInt64(48, true);
      };
    },
    expected: 5_000_000_000n,
  },
  {
    name: 'encode-statx',
    label: 'encode struct statx',
    family,
    batch,
    prepare: () => {
      const view = new DataView(new ArrayBuffer(SIZEOF_STATX));
      return () => {
        for (let i = 0; i < batch; i++) {
          encodeStatx(view, attr, 42, STATX_BASIC_STATS, 7, false);
        }
        return view.getBigInt64(40, true);
      };
    },
    expected: 5_000_000_000n,
  },
  {
    name: 'encode-dirent',
    label: 'encode one linux_dirent64 of a listing',
    family,
    batch,
    prepare: () => {
      const view = new DataView(new ArrayBuffer(64 * batch));
      const names = Array.from({ length: batch }, (_, i) => `entry-of-a-listing-${i}`);
      return () => {
        let at = 0;
        for (let i = 0; i < batch; i++) {
          at += encodeDirent64(view, at, 1000 + i, i + 1, 8, names[i] as string);
        }
        return at;
      };
    },
    // 19 bytes, the name's 20 or 21 and a zero, to the next multiple of 8.
    expected: batch * 40 + (batch - 10) * 8,
  },
];
