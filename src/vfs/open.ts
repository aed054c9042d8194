/** open(2): from a name and flags to a file description (fs/namei.c, path_openat; fs/open.c). */

import {
  EACCES, EEXIST, EISDIR, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, ENXIO, EPERM,
} from '../abi/errno.js';
import {
  O_ACCMODE, O_CREAT, O_DIRECTORY, O_EXCL, O_NOATIME, O_NOCTTY, O_NOFOLLOW, O_PATH, O_RDONLY, O_RDWR, O_TRUNC,
  O_WRONLY,
} from '../abi/fcntl.js';
import { PATH_MAX } from '../abi/limits.js';
import {
  MS_NODEV, S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK, S_ISGID, S_ISUID,
} from '../abi/stat.js';
import { openFifo, type PendingOpen } from '../fs/pipe/fifo.js';
import type { Task } from '../kernel/task.js';
import { openCharDevice } from './chardev.js';
import { Dentry, inodeOf, type Path } from './dentry.js';
import { PathFile, type OpenFile } from './file.js';
import type { Inode } from './inode.js';
import { startOf, Walk } from './namei.js';
import { MAY_READ, MAY_WRITE, mayAccess, mayCreate, mountWritable, ownerOrCapable } from './permission.js';

export type OpenResult = OpenFile | number | PendingOpen;

const __O_TMPFILE = 0o20000000;
/** Flags that mean something only at the open itself. */
const CREATION_FLAGS = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC;

/**
 * Everything of open(2) but the descriptor.
 * @param flags O_*, checked for form by the caller; without O_CLOEXEC
 * @param mode permissions of a new file, before the umask
 * @param restrict RESOLVE_* of openat2(2)
 * @returns a description with no references yet, a FIFO's wait, or -errno
 */
export function openAt(task: Task, dirfd: number, name: string, flags: number, mode: number, restrict = 0): OpenResult {
  if (name === '') return -ENOENT;
  if (name.length >= PATH_MAX) return -ENAMETOOLONG;
  const start = startOf(task, dirfd, name);
  if (typeof start === 'number') return start;
  const walk = new Walk(task, start, restrict);
  if ((flags & O_PATH) === 0 && (flags & __O_TMPFILE) !== 0) return openTmpfile(task, walk, name, flags, mode);
  return openWalk(task, walk, name, flags, mode);
}

function openWalk(task: Task, walk: Walk, name: string, flags: number, mode: number): OpenResult {
  const creating = (flags & (O_CREAT | O_PATH)) === O_CREAT;
  const follow = (flags & O_NOFOLLOW) === 0 && !(creating && (flags & O_EXCL) !== 0);
  if (!creating) {
    const err = walk.whole(name, follow);
    if (err < 0) return err;
    return openPath(task, walk.path(), flags);
  }
  let text = name;
  for (;;) {
    const err = walk.toParent(text);
    if (err < 0) return err;
    if (walk.kind !== 'norm') {
      const moved = walk.step(walk.last, true);
      if (moved < 0) return moved;
      return (flags & O_EXCL) !== 0 ? -EEXIST : -EISDIR;
    }
    if (walk.trailingSlash) return -EISDIR;
    const child = walk.child(walk.last);
    if (typeof child === 'number') return child;
    const { inode } = child;
    if (inode === undefined) return create(task, walk.path(), child, flags, mode);
    if ((flags & O_EXCL) !== 0) return -EEXIST;
    if ((inode.mode & S_IFMT) !== S_IFLNK || !follow) {
      const moved = walk.step(walk.last, false);
      return moved < 0 ? moved : openPath(task, walk.path(), flags);
    }
    // A link in the last place: what it names may still have to be made.
    const jumped = inode.jump(task);
    if (jumped !== undefined) {
      const moved = walk.follow(child);
      return moved < 0 ? moved : openPath(task, walk.path(), flags);
    }
    if (++walk.links > 40) return -ELOOP;
    const target = inode.readlink(task);
    if (typeof target === 'number') return target;
    if (target === '') return -ENOENT;
    text = target;
  }
}

function create(task: Task, dir: Path, child: Dentry, flags: number, mode: number): OpenResult {
  const readonly = mountWritable(dir);
  if (readonly < 0) return readonly;
  const parent = inodeOf(dir);
  if (dir.dentry.unlinked) return -ENOENT;
  const denied = mayCreate(task.cred, parent);
  if (denied < 0) return denied;
  const inode = parent.create(child.name, S_IFREG | (mode & 0o7777 & ~task.fs.umask), task.cred);
  if (typeof inode === 'number') return inode;
  const dentry = replaceNegative(dir.dentry, child, inode);
  // The new file's own permissions do not apply to its maker.
  return inode.open(task, { mount: dir.mount, dentry }, keptFlags(flags));
}

/** A name has come into being: the negative dentry turns positive. */
export function replaceNegative(dir: Dentry, child: Dentry, inode: Inode): Dentry {
  child.inode = inode;
  child.unlinked = false;
  (dir.children ??= new Map()).set(child.name, child);
  return child;
}

function keptFlags(flags: number): number {
  return flags & ~CREATION_FLAGS;
}

function openTmpfile(task: Task, walk: Walk, name: string, flags: number, mode: number): OpenResult {
  const err = walk.whole(name, (flags & O_NOFOLLOW) === 0);
  if (err < 0) return err;
  const dir = walk.path();
  const parent = inodeOf(dir);
  if ((parent.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  const readonly = mountWritable(dir);
  if (readonly < 0) return readonly;
  const denied = mayAccess(task.cred, parent, MAY_WRITE | 1);
  if (denied < 0) return denied;
  const inode = parent.tmpfile(S_IFREG | (mode & 0o7777 & ~task.fs.umask), task.cred);
  if (typeof inode === 'number') return inode;
  const dentry = new Dentry(`#${inode.ino}`, dir.dentry, inode);
  dentry.unlinked = true;
  return inode.open(task, { mount: dir.mount, dentry }, keptFlags(flags & ~__O_TMPFILE));
}

/** Opens what a path leads to. */
export function openPath(task: Task, path: Path, flags: number): OpenResult {
  const inode = inodeOf(path);
  const type = inode.mode & S_IFMT;
  if ((flags & O_DIRECTORY) !== 0 && type !== S_IFDIR) return -ENOTDIR;
  if ((flags & O_PATH) !== 0) return new PathFile(path, flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW));
  if (type === S_IFLNK) return -ELOOP;
  if (type === S_IFSOCK) return -ENXIO;
  const allowed = mayOpen(task, path, inode, type, flags);
  if (allowed < 0) return allowed;
  if ((flags & O_TRUNC) !== 0 && type === S_IFREG) {
    const cut = truncateForOpen(task, inode);
    if (cut < 0) return cut;
  }
  const kept = keptFlags(flags);
  if (type === S_IFIFO) return openFifo(task, path, kept);
  if (type === S_IFCHR || type === S_IFBLK) return openDevice(task, path, inode, type, flags);
  return inode.open(task, path, kept);
}

/** may_open: access mode against permissions, read-only mounts, append-only. */
function mayOpen(task: Task, path: Path, inode: Inode, type: number, flags: number): number {
  const access = flags & O_ACCMODE;
  const writing = access !== O_RDONLY || (flags & O_TRUNC) !== 0;
  if (type === S_IFDIR && writing) return -EISDIR;
  const special = type === S_IFCHR || type === S_IFBLK || type === S_IFIFO;
  let mask = 0;
  if (access === O_RDONLY || access === O_RDWR || access === O_ACCMODE) mask |= MAY_READ;
  if (access === O_WRONLY || access === O_RDWR || access === O_ACCMODE) mask |= MAY_WRITE;
  if ((flags & O_TRUNC) !== 0) mask |= MAY_WRITE;
  const denied = mayAccess(task.cred, inode, mask);
  if (denied < 0) return denied;
  if (writing && !special) {
    const readonly = mountWritable(path);
    if (readonly < 0) return readonly;
  }
  if ((type === S_IFCHR || type === S_IFBLK) && (path.mount.flags & MS_NODEV) !== 0) return -EACCES;
  if ((flags & O_NOATIME) !== 0 && !ownerOrCapable(task.cred, inode)) return -EPERM;
  return 0;
}

function truncateForOpen(_task: Task, inode: Inode): number {
  const { mode } = inode;
  const r = inode.truncate(0);
  if (r < 0) return r;
  const cleared = strippedMode(mode);
  return cleared === mode ? 0 : inode.setattr({ mode: cleared });
}

/** Mode after a write by somebody without CAP_FSETID: no set-user-id, no set-group-id for executables. */
function strippedMode(mode: number): number {
  let next = mode & ~S_ISUID;
  if ((mode & 0o010) !== 0) next &= ~S_ISGID;
  return next;
}

function openDevice(task: Task, path: Path, inode: Inode, type: number, flags: number): OpenResult {
  if (type === S_IFBLK) return -ENXIO;
  // O_NOCTTY is for the terminal's own open.
  return openCharDevice(task, path, inode.getattr().rdev, flags & ~(O_CREAT | O_EXCL | O_TRUNC));
}

