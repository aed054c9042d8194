/** Places in the tree of a container that is being made: found, and made where there are none. */

import { ELOOP, ENOENT, ENOTDIR } from '../../abi/errno.js';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/stat.js';
import { initialCred } from '../../kernel/cred.js';
import { instantiate, lookupChild } from '../../vfs/dcache.js';
import { inodeOf, type Path } from '../../vfs/dentry.js';
import type { Inode } from '../../vfs/inode.js';
import type { MountNamespace } from '../../vfs/mounts.js';
import { mountWritable } from '../../vfs/permission.js';

/** Symbolic links on one way. */
const MAX_LINKS = 40;
export const ROOT_CRED = initialCred(0, 0, []);

/** What is made at the end of a way where there is nothing. */
export type Make = 'directory' | 'file';

export function isDirectory(path: Path): boolean {
  return (inodeOf(path).mode & S_IFMT) === S_IFDIR;
}

export class Places {
  constructor(private readonly ns: MountNamespace) {}

  private get top(): Path {
    return this.ns.lookupMount({ mount: this.ns.root, dentry: this.ns.root.root });
  }

  /** @param path byte string, taken as absolute @returns the place, through links and mounts, or -errno */
  find(path: string): Path | number {
    return this.walk(path, undefined);
  }

  /**
   * The place `path`, made if it is not there, with the directories on the way. Links lead on below the container's root, wherever
   * they point, and never out of it.
   *
   * @returns the place, or -errno
   */
  make(path: string, what: Make): Path | number {
    return this.walk(path, what);
  }

  private walk(path: string, what: Make | undefined): Path | number {
    let trail = [this.top];
    const todo = path.split('/').reverse();
    let links = 0;
    for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (trail.length > 1) trail.pop();
        continue;
      }
      const here = trail.at(-1) as Path;
      if (!isDirectory(here)) return -ENOTDIR;
      const last = todo.every((rest) => rest === '');
      const next = this.step(here, name, last ? what : what && 'directory');
      if (typeof next === 'number') return next;
      if ((inodeOf(next).mode & S_IFMT) !== S_IFLNK) {
        trail.push(next);
        continue;
      }
      const target = inodeOf(next).readlink(undefined);
      if (typeof target === 'number') return target;
      if (++links > MAX_LINKS) return -ELOOP;
      if (target.startsWith('/')) trail = [this.top];
      todo.push(...target.split('/').reverse());
    }
    return trail.at(-1) as Path;
  }

  private step(dir: Path, name: string, what: Make | undefined): Path | number {
    const dentry = lookupChild(dir.dentry, name, undefined);
    if (typeof dentry === 'number') return dentry;
    if (dentry.inode === undefined) {
      if (what === undefined) return -ENOENT;
      const inode = mountWritable(dir) || makeIn(inodeOf(dir), name, what);
      if (typeof inode === 'number') return inode;
      instantiate(dentry, inode);
    }
    return this.ns.lookupMount({ mount: dir.mount, dentry });
  }
}

function makeIn(dir: Inode, name: string, what: Make): Inode | number {
  return what === 'directory'
    ? dir.mkdir(name, S_IFDIR | 0o755, ROOT_CRED)
    : dir.create(name, S_IFREG | 0o644, ROOT_CRED);
}
