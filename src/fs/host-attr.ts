/** What the host says of a file, as the kernel's attributes. */

import { St } from '../platform/native.js';
import type { Attr, Timespec } from '../vfs/inode.js';

/**
 * Attributes out of the buffer of the host stat calls.
 * @param fsDev the file system's st_dev; `dev` is set only where the object's differs
 */
export function readAttr(b: Float64Array, fsDev: number): Attr {
  const time = (i: St): Timespec => ({ sec: b[i] as number, nsec: b[i + 1] as number });
  const attr: Attr = {
    ino: b[St.ino] as number,
    mode: b[St.mode] as number,
    nlink: b[St.nlink] as number,
    uid: b[St.uid] as number,
    gid: b[St.gid] as number,
    rdev: b[St.rdev] as number,
    size: b[St.size] as number,
    blksize: b[St.blksize] as number,
    blocks: b[St.blocks] as number,
    atime: time(St.atimeSec),
    mtime: time(St.mtimeSec),
    ctime: time(St.ctimeSec),
    btime: time(St.btimeSec),
  };
  const dev = b[St.dev] as number;
  if (dev !== fsDev) attr.dev = dev;
  return attr;
}
