/** File system events (include/linux/fsnotify.h): who changes something says so here, and watches hear of it. */

import { IN_ACCESS, IN_ISDIR, IN_MODIFY } from '../abi/poll.js';
import { S_IFDIR, S_IFIFO, S_IFMT } from '../abi/stat.js';
import type { Path } from './dentry.js';
import type { Inode } from './inode.js';

/** A watch on one inode. */
export interface Mark {
  /** `mask` holds one IN_* event and perhaps IN_ISDIR; `name` is the entry concerned, '' for the inode itself; `unlinked`: it happened through a name that is gone. */
  event(mask: number, name: string, cookie: number, unlinked: boolean): void;
}

const marks = new WeakMap<object, Set<Mark>>();
/** Marks that exist at all: nothing is looked up while there are none. */
let active = 0;
let lastCookie = 0;

export function addMark(inode: Inode, mark: Mark): void {
  const { identity } = inode;
  let set = marks.get(identity);
  if (set === undefined) marks.set(identity, (set = new Set()));
  if (set.has(mark)) return;
  set.add(mark);
  active++;
}

export function removeMark(inode: Inode, mark: Mark): void {
  if (marks.get(inode.identity)?.delete(mark) === true) active--;
}

/** Has an object (Inode.identity) any marks? */
export function isWatched(identity: object): boolean {
  return (marks.get(identity)?.size ?? 0) > 0;
}

/** A number that ties IN_MOVED_FROM and IN_MOVED_TO together. */
export function newCookie(): number {
  lastCookie = (lastCookie + 1) >>> 0 || 1;
  return lastCookie;
}

/** Tells the watches of `inode`. @param name entry of the directory `inode` that the event is about */
export function notify(inode: Inode, mask: number, name = '', cookie = 0, unlinked = false): void {
  if (active === 0) return;
  const identity = inode.knownIdentity;
  const set = identity === undefined ? undefined : marks.get(identity);
  if (set === undefined) return;
  for (const m of [...set]) m.event(mask, name, cookie, unlinked);
}

/** Tells the watches of an object and those of the directory it is in (fsnotify_parent): opens, reads, changes, closes. */
export function notifyPath(path: Path, mask: number): void {
  if (active === 0) return;
  const { inode, parent, name, unlinked } = path.dentry;
  if (inode === undefined) return;
  // Of a FIFO Linux tells that it is opened and closed, not that it is used.
  if ((mask & (IN_ACCESS | IN_MODIFY)) !== 0 && (inode.mode & S_IFMT) === S_IFIFO) return;
  const full = (inode.mode & S_IFMT) === S_IFDIR ? mask | IN_ISDIR : mask;
  if (parent?.inode !== undefined) notify(parent.inode, full, name, 0, unlinked);
  notify(inode, full, '', 0, unlinked);
}
