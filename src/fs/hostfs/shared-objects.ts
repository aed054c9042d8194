/**
 * Objects of the host that several shared directories of one sandbox show, as volumes that the containers of a pod have in common:
 * locks, FIFOs, sockets and watches belong to the object, whoever came by which way.
 */

import { S_IFIFO, S_IFMT } from '../../abi/stat.js';
import { isWatched } from '../../vfs/notify.js';
import type { HostInode } from './inode.js';

interface Entry {
  readonly object: object;
  readonly shownBy: Set<HostInode>;
}

const known = new Map<string, Entry>();
const FIRST_SWEEP = 8192;
let sweepAt = FIRST_SWEEP;

/** What stands for the object with these marks; `inode` shows it from now on. */
export function sharedObject(marks: string, inode: HostInode): object {
  let entry = known.get(marks);
  if (entry === undefined) {
    if (known.size >= sweepAt) sweep();
    known.set(marks, (entry = { object: {}, shownBy: new Set() }));
  }
  entry.shownBy.add(inode);
  return entry.object;
}

/** The same, if anybody has asked for it. */
export function knownObject(marks: string): object | undefined {
  return known.get(marks)?.object;
}

/** The object has other marks now: an overlay of the host has copied it up. */
export function remark(old: string, marks: string): void {
  const entry = known.get(old);
  if (entry === undefined || known.has(marks)) return;
  known.delete(old);
  known.set(marks, entry);
}

/** Its last name is gone: nobody else will come to it. */
export function forgetObject(marks: string): void {
  known.delete(marks);
}

function isUsed({ object, shownBy }: Entry): boolean {
  if (isWatched(object)) return true;
  for (const inode of shownBy) if (inode.holds > 0 || (inode.mode & S_IFMT) === S_IFIFO) return true;
  return false;
}

function sweep(): void {
  for (const [marks, entry] of known) {
    if (isUsed(entry)) continue;
    known.delete(marks);
    for (const inode of entry.shownBy) inode.unshare();
  }
  sweepAt = Math.max(FIRST_SWEEP, 2 * known.size);
}
