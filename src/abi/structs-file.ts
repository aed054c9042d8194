/**
 * Layouts of the structures that file calls exchange with a program, x86-64 (include/uapi/asm-generic/stat.h,
 * linux/stat.h, asm-generic/statfs.h, linux/dirent.h, asm-generic/fcntl.h). Encoders write into a zeroed DataView of the
 * structure's size; decoders read from one. 64-bit fields are doubles in the kernel: exact below 2^53.
 */

import type { Attr, StatFs, Timespec } from '../vfs/inode.js';
import {
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_NOSYMFOLLOW,
  MS_RDONLY,
  MS_RELATIME,
  MS_SYNCHRONOUS,
  ST_NOATIME,
  ST_NODEV,
  ST_NODIRATIME,
  ST_NOEXEC,
  ST_NOSUID,
  ST_NOSYMFOLLOW,
  ST_RDONLY,
  ST_RELATIME,
  ST_SYNCHRONOUS,
  ST_VALID,
  STATX_ATTR_MOUNT_ROOT,
  STATX_BASIC_STATS,
  STATX_BTIME,
  STATX_MNT_ID,
  STATX_MNT_ID_UNIQUE,
} from './stat.js';

export const SIZEOF_STAT = 144;
export const SIZEOF_STATX = 256;
export const SIZEOF_STATFS = 120;
export const SIZEOF_FLOCK = 32;
export const SIZEOF_TIMESPEC = 16;
export const SIZEOF_TIMEVAL = 16;
export const SIZEOF_USTAT = 32;

const TWO32 = 4294967296;

/** Writes a signed or unsigned 64-bit integer given as a double. */
export function set64(view: DataView, off: number, value: number): void {
  view.setUint32(off, value >>> 0, true);
  view.setUint32(off + 4, Math.floor(value / TWO32) >>> 0, true);
}

/** Reads a signed 64-bit integer as a double. */
export function getI64(view: DataView, off: number): number {
  return view.getInt32(off + 4, true) * TWO32 + view.getUint32(off, true);
}

/** Reads an unsigned 64-bit integer as a double. */
export function getU64(view: DataView, off: number): number {
  return view.getUint32(off + 4, true) * TWO32 + view.getUint32(off, true);
}

/** Major part of a dev_t as user space packs it (include/linux/kdev_t.h, new_decode_dev, with glibc's wide form). */
export function major(dev: number): number {
  const low = dev >>> 0;
  const high = Math.floor(dev / TWO32) >>> 0;
  return (((low >>> 8) & 0xfff) | (high & 0xfffff000)) >>> 0;
}

/** Minor part of a dev_t. */
export function minor(dev: number): number {
  const low = dev >>> 0;
  const high = Math.floor(dev / TWO32) >>> 0;
  return (((low & 0xff) | ((low >>> 12) & 0xfff00)) + (high & 0xfff) * 0x100000) >>> 0;
}

/** struct timespec. */
export function putTimespec(view: DataView, off: number, t: Timespec): void {
  set64(view, off, t.sec);
  set64(view, off + 8, t.nsec);
}

/** struct timespec as it stands: the caller checks `nsec`. */
export function getTimespec(view: DataView, off: number): Timespec {
  return { sec: getI64(view, off), nsec: getI64(view, off + 8) };
}

/** struct timeval; microseconds outside 0..999999 give undefined (EINVAL). */
export function getTimeval(view: DataView, off: number): Timespec | undefined {
  const usec = getI64(view, off + 8);
  if (usec < 0 || usec >= 1_000_000) return undefined;
  return { sec: getI64(view, off), nsec: usec * 1000 };
}

/** struct stat, 144 bytes. `dev` is the file system's device number. */
export function encodeStat(view: DataView, attr: Attr, dev: number): void {
  set64(view, 0, dev);
  set64(view, 8, attr.ino);
  set64(view, 16, attr.nlink);
  view.setUint32(24, attr.mode, true);
  view.setUint32(28, attr.uid, true);
  view.setUint32(32, attr.gid, true);
  set64(view, 40, attr.rdev);
  set64(view, 48, attr.size);
  set64(view, 56, attr.blksize);
  set64(view, 64, attr.blocks);
  putTimespec(view, 72, attr.atime);
  putTimespec(view, 88, attr.mtime);
  putTimespec(view, 104, attr.ctime);
}

function putStatxTime(view: DataView, off: number, t: Timespec): void {
  set64(view, off, t.sec);
  view.setUint32(off + 8, t.nsec, true);
}

/**
 * struct statx, 256 bytes.
 * @param want mask that the program asked for
 * @param mountId id of the mount the file was found through
 * @param mountRoot the file is the root of that mount
 */
export function encodeStatx(
  view: DataView,
  attr: Attr,
  dev: number,
  want: number,
  mountId: number,
  mountRoot: boolean,
): void {
  let mask = STATX_BASIC_STATS | ((want & STATX_MNT_ID_UNIQUE) !== 0 ? STATX_MNT_ID_UNIQUE : STATX_MNT_ID);
  if (attr.btime.sec !== 0 || attr.btime.nsec !== 0) {
    mask |= STATX_BTIME;
    putStatxTime(view, 80, attr.btime);
  }
  view.setUint32(0, mask, true);
  view.setUint32(4, attr.blksize, true);
  set64(view, 8, mountRoot ? STATX_ATTR_MOUNT_ROOT : 0);
  view.setUint32(16, attr.nlink, true);
  view.setUint32(20, attr.uid, true);
  view.setUint32(24, attr.gid, true);
  view.setUint16(28, attr.mode, true);
  set64(view, 32, attr.ino);
  set64(view, 40, attr.size);
  set64(view, 48, attr.blocks);
  set64(view, 56, STATX_ATTR_MOUNT_ROOT);
  putStatxTime(view, 64, attr.atime);
  putStatxTime(view, 96, attr.ctime);
  putStatxTime(view, 112, attr.mtime);
  view.setUint32(128, major(attr.rdev), true);
  view.setUint32(132, minor(attr.rdev), true);
  view.setUint32(136, major(dev), true);
  view.setUint32(140, minor(dev), true);
  set64(view, 144, mountId);
}

const MOUNT_TO_STATFS: readonly (readonly [number, number])[] = [
  [MS_RDONLY, ST_RDONLY],
  [MS_NOSUID, ST_NOSUID],
  [MS_NODEV, ST_NODEV],
  [MS_NOEXEC, ST_NOEXEC],
  [MS_SYNCHRONOUS, ST_SYNCHRONOUS],
  [MS_NOATIME, ST_NOATIME],
  [MS_NODIRATIME, ST_NODIRATIME],
  [MS_RELATIME, ST_RELATIME],
  [MS_NOSYMFOLLOW, ST_NOSYMFOLLOW],
];

/** f_flags of statfs(2) for a mount's MS_* flags (fs/statfs.c, flags_by_mnt). */
export function statfsFlags(mountFlags: number): number {
  let flags = ST_VALID;
  for (const [ms, st] of MOUNT_TO_STATFS) if ((mountFlags & ms) !== 0) flags |= st;
  return flags;
}

/** struct statfs, 120 bytes. f_fsid is the device number. */
export function encodeStatfs(view: DataView, s: StatFs, dev: number, mountFlags: number): void {
  set64(view, 0, s.type);
  set64(view, 8, s.bsize);
  set64(view, 16, s.blocks);
  set64(view, 24, s.bfree);
  set64(view, 32, s.bavail);
  set64(view, 40, s.files);
  set64(view, 48, s.ffree);
  set64(view, 56, dev);
  set64(view, 64, s.namelen);
  set64(view, 72, s.bsize);
  set64(view, 80, statfsFlags(mountFlags));
}

/** struct ustat, 32 bytes: free blocks, free inodes, no names. */
export function encodeUstat(view: DataView, s: StatFs): void {
  view.setInt32(0, Math.min(s.bfree, 0x7fffffff), true);
  set64(view, 8, s.ffree);
}

/** struct flock as it stands. */
export interface Flock {
  type: number;
  whence: number;
  start: number;
  len: number;
  pid: number;
}

export function decodeFlock(view: DataView): Flock {
  return {
    type: view.getInt16(0, true),
    whence: view.getInt16(2, true),
    start: getI64(view, 8),
    len: getI64(view, 16),
    pid: view.getInt32(24, true),
  };
}

export function encodeFlock(view: DataView, lock: Flock): void {
  view.setInt16(0, lock.type, true);
  view.setInt16(2, lock.whence, true);
  set64(view, 8, lock.start);
  set64(view, 16, lock.len);
  view.setInt32(24, lock.pid, true);
}

/** Length of a struct linux_dirent64 with a name of `nameLength` bytes. */
export function dirent64Length(nameLength: number): number {
  return (19 + nameLength + 1 + 7) & ~7;
}

/** Length of a struct linux_dirent (getdents(2)) with a name of `nameLength` bytes; its type is in the last byte. */
export function direntLength(nameLength: number): number {
  return (18 + nameLength + 2 + 7) & ~7;
}

/** struct linux_dirent64 at `off`. `next` is d_off: the position after this entry. @returns its length */
export function encodeDirent64(
  view: DataView,
  off: number,
  ino: number,
  next: number,
  type: number,
  name: string,
): number {
  const length = dirent64Length(name.length);
  set64(view, off, ino);
  set64(view, off + 8, next);
  view.setUint16(off + 16, length, true);
  view.setUint8(off + 18, type);
  putBytes(view, off + 19, name);
  return length;
}

/** struct linux_dirent at `off`. @returns its length */
export function encodeDirent(
  view: DataView,
  off: number,
  ino: number,
  next: number,
  type: number,
  name: string,
): number {
  const length = direntLength(name.length);
  set64(view, off, ino);
  set64(view, off + 8, next);
  view.setUint16(off + 16, length, true);
  putBytes(view, off + 18, name);
  view.setUint8(off + length - 1, type);
  return length;
}

/** Writes a latin1 byte string; what follows stays as it is (zero in a fresh view). */
export function putBytes(view: DataView, off: number, bytes: string): void {
  for (let i = 0; i < bytes.length; i++) view.setUint8(off + i, bytes.charCodeAt(i));
}
