/** The dentry cache (fs/dcache.c): looking names up, and forgetting them when there are too many. */

import { ENOENT } from '../abi/errno.js';
import { S_IFDIR, S_IFMT } from '../abi/stat.js';
import type { Task } from '../kernel/task.js';
import { Dentry } from './dentry.js';
import type { Inode } from './inode.js';

/** Names of leaves (files, links, absent names) kept before the unused ones are dropped. */
const MAX_LEAVES = 200_000;

let leaves = 0;

/** For tests: names of leaves added since the last sweep. */
export function cachedLeaves(): number {
  return leaves;
}

function isDir(inode: Inode): boolean {
  return (inode.mode & S_IFMT) === S_IFDIR;
}

/**
 * The entry `name` of the directory `dir`; a negative dentry where there is none.
 * @returns a dentry, or -errno of the file system
 */
export function lookupChild(dir: Dentry, name: string, task: Task | undefined): Dentry | number {
  const parent = dir.inode as Inode;
  const known = dir.children?.get(name);
  const keeps = parent.fs.cacheNames;
  if (known !== undefined && keeps) return known;
  const inode = parent.lookup(name, task);
  if (typeof inode === 'number') {
    if (inode !== -ENOENT) return inode;
    if (known !== undefined) {
      // Something outside of this kernel removed it.
      known.unlinked = true;
      dir.children?.delete(name);
    }
    const negative = new Dentry(name, dir, undefined);
    if (keeps) remember(dir, negative);
    return negative;
  }
  if (known !== undefined) {
    if (known.inode === inode) return known;
    // A generated file system makes its objects anew on every look: the same number is the same object.
    if (known.inode?.ino === inode.ino) {
      known.inode = inode;
      return known;
    }
    known.unlinked = true;
  }
  const child = new Dentry(name, dir, inode);
  remember(dir, child);
  return child;
}

function remember(dir: Dentry, child: Dentry): void {
  dir.children ??= new Map();
  dir.children.set(child.name, child);
  if (child.inode === undefined || !isDir(child.inode)) {
    if (++leaves > MAX_LEAVES) sweep(rootOf(dir), child);
  }
}

/** A negative dentry became positive: `name` was made in its directory. */
export function instantiate(dentry: Dentry, inode: Inode): void {
  dentry.inode = inode;
  const dir = dentry.parent as Dentry;
  if (dir.children?.get(dentry.name) !== dentry) remember(dir, dentry);
}

/** The name was removed from its directory. Whoever holds the dentry keeps its inode; the name is known to be absent. */
export function detach(dentry: Dentry): void {
  const dir = dentry.parent as Dentry;
  dentry.unlinked = true;
  dir.children?.delete(dentry.name);
}

/** Moves a dentry to another name (d_move); what was there is gone. */
export function moveDentry(dentry: Dentry, dir: Dentry, name: string): void {
  dentry.parent?.children?.delete(dentry.name);
  dentry.name = name;
  dentry.parent = dir;
  dir.children ??= new Map();
  dir.children.set(name, dentry);
}

/** Both names change places (RENAME_EXCHANGE). */
export function exchangeDentries(a: Dentry, b: Dentry): void {
  const dirA = a.parent as Dentry;
  const dirB = b.parent as Dentry;
  const nameA = a.name;
  moveDentry(a, dirB, b.name);
  b.name = nameA;
  b.parent = dirA;
  (dirA.children as Map<string, Dentry>).set(nameA, b);
}

function rootOf(dentry: Dentry): Dentry {
  let d = dentry;
  while (d.parent !== undefined) d = d.parent;
  return d;
}

/**
 * Drops every leaf below `root` that nobody holds open, mounts on or watches, but `keep`, and lets the file system forget what
 * it cached for it. Directories stay: they may be somebody's working directory, and there are far fewer of them.
 */
function sweep(root: Dentry, keep: Dentry): void {
  leaves = 0;
  const todo: Dentry[] = [root];
  for (let dir = todo.pop(); dir !== undefined; dir = todo.pop()) {
    if (dir.children === undefined) continue;
    for (const [name, child] of dir.children) {
      const { inode } = child;
      if (inode !== undefined && isDir(inode)) {
        todo.push(child);
        continue;
      }
      if (child === keep || child.mountpoint > 0 || (inode !== undefined && inode.holds > 0)) {
        leaves++;
        continue;
      }
      dir.children.delete(name);
      if (inode !== undefined) dir.inode?.forget(name);
    }
  }
  // A cache full of files in use must not be swept again and again.
  leaves = Math.min(leaves, MAX_LEAVES / 2);
}
