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
/** Objects of one file system whose handles are remembered. */
const REMEMBERED = 65536;

const known = new WeakMap<FileSystem, Map<number, Dentry>>();

/** Gives the object at `path` a handle. @returns its number, or undefined where the file system has no handles */
export function handleOf(path: Path): number | undefined {
  const { inode } = path.dentry;
  if (inode === undefined || inode.fs.exportsHandles !== true) return undefined;
  let map = known.get(inode.fs);
  if (map === undefined) known.set(inode.fs, (map = new Map()));
  map.delete(inode.ino);
  map.set(inode.ino, path.dentry);
  if (map.size > REMEMBERED) {
    for (const oldest of map.keys()) {
      map.delete(oldest);
      break;
    }
  }
  return inode.ino;
}

/** The object with handle `ino` on the file system of `mount`. @returns undefined if it is not known, or gone: ESTALE */
export function findHandle(task: Task, mount: Path['mount'], ino: number): Path | undefined {
  const dentry = known.get(mount.fs)?.get(ino);
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
