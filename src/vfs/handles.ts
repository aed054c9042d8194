/**
 * File handles (fs/fhandle.c, name_to_handle_at(2)): a file system's own number for an object. An object is found again by the
 * name that it was given a handle under; the kernel remembers so many of them, and older handles are stale.
 */

import type { Task } from '../kernel/task.js';
import { lookupChild } from './dcache.js';
import { Dentry, type Path } from './dentry.js';
import type { FileSystem } from './inode.js';

/** Bytes of a handle here: the inode number, and a generation that is always 0. */
export const HANDLE_BYTES = 12;
/** handle_type: FILEID_INO64_GEN (include/linux/exportfs.h). */
export const HANDLE_TYPE = 0x81;
/** Objects of all file systems whose handles are remembered: a guest may mount thousands of them. */
const REMEMBERED = 65536;

/** By file system and inode number, the oldest first. */
const known = new Map<string, Dentry>();
const ids = new WeakMap<FileSystem, number>();
let lastId = 0;

function keyOf(fs: FileSystem, ino: number): string {
  let id = ids.get(fs);
  if (id === undefined) ids.set(fs, (id = ++lastId));
  return `${id}:${ino}`;
}

/** Gives the object at `path` a handle. @returns its number, or undefined where the file system has no handles */
export function handleOf(path: Path): number | undefined {
  const { inode } = path.dentry;
  if (inode === undefined || inode.fs.exportsHandles !== true) return undefined;
  const key = keyOf(inode.fs, inode.ino);
  known.delete(key);
  known.set(key, path.dentry);
  if (known.size > REMEMBERED) known.delete(known.keys().next().value as string);
  return inode.ino;
}

/** The object with handle `ino` on the file system of `mount`. @returns undefined if it is not known, or gone: ESTALE */
export function findHandle(task: Task, mount: Path['mount'], ino: number): Path | undefined {
  const dentry = known.get(keyOf(mount.fs, ino));
  const now = dentry === undefined ? undefined : again(task, dentry);
  return now === undefined || now.inode?.ino !== ino ? undefined : { mount, dentry: now };
}

/** The dentry that has the name and place of `dentry` now: the cache may have forgotten it. */
function again(task: Task, dentry: Dentry): Dentry | undefined {
  const names: string[] = [];
  let top = dentry;
  for (; top.parent !== undefined; top = top.parent) {
    if (top.unlinked) return undefined;
    names.push(top.name);
  }
  for (const name of names.reverse()) {
    const child = lookupChild(top, name, task);
    if (!(child instanceof Dentry) || child.inode === undefined) return undefined;
    top = child;
  }
  return top;
}
