/** What calls on descriptors have in common. */

import { AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW, MAX_RW_COUNT, O_PATH } from '../src/abi/fcntl.js';
import { S_IFCHR, S_IFDIR, S_IFMT, S_IFREG } from '../src/abi/stat.js';
import type { Task } from '../src/kernel/task.js';
import type { Path } from '../src/vfs/dentry.js';
import type { OpenFile } from '../src/vfs/file.js';
import { LOOKUP_EMPTY, LOOKUP_FOLLOW, resolveAt } from '../src/vfs/namei.js';

/** One past the last address a program may name (USER_PTR_MAX with four-level page tables). */
export const TASK_SIZE_MAX = 0x7ffffffff000;

/** True if `len` bytes at `addr` lie in the user half (access_ok): says nothing about what is mapped there. */
export function accessOk(addr: number, len: number): boolean {
  return addr >= 0 && len >= 0 && addr + len <= TASK_SIZE_MAX;
}

/** The count of a read or write as the kernel uses it (MAX_RW_COUNT). */
export function cappedCount(len: number): number {
  return len > MAX_RW_COUNT ? MAX_RW_COUNT : len;
}

/** The description of a descriptor that is more than a place: undefined for a bad number and for O_PATH (fdget). */
export function fileOf(task: Task, fd: number): OpenFile | undefined {
  const file = task.files.get(fd);
  return file === undefined || (file.flags & O_PATH) !== 0 ? undefined : file;
}

export function isRegular(file: OpenFile): boolean {
  return (file.inode.mode & S_IFMT) === S_IFREG;
}

export function isCharacterDevice(file: OpenFile): boolean {
  return (file.inode.mode & S_IFMT) === S_IFCHR;
}

export function isDirectory(file: OpenFile): boolean {
  return (file.inode.mode & S_IFMT) === S_IFDIR;
}

/**
 * The path that `dirfd` and the string at `nameAddr` mean, as most *at calls find it.
 * @param atFlags AT_SYMLINK_NOFOLLOW and AT_EMPTY_PATH count; with the latter a null pointer is an empty name
 * @returns the path or -errno
 */
export function pathAt(task: Task, dirfd: number, nameAddr: number, atFlags: number): Path | number {
  const empty = (atFlags & AT_EMPTY_PATH) !== 0;
  const name = empty && nameAddr === 0 ? '' : task.mem.path(nameAddr);
  if (typeof name === 'number') return name;
  const lookup = ((atFlags & AT_SYMLINK_NOFOLLOW) === 0 ? LOOKUP_FOLLOW : 0) | (empty ? LOOKUP_EMPTY : 0);
  return resolveAt(task, dirfd, name, lookup);
}
