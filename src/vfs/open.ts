/** open(2) (fs/namei.c: path_openat, do_open, may_open). */

import {
  EACCES,
  EAGAIN,
  EEXIST,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  ENXIO,
  EPERM,
  EROFS,
} from '../abi/errno.js';
import {
  __O_TMPFILE,
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOATIME,
  O_NOCTTY,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_PATH,
  O_TRUNC,
  O_WRONLY,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
} from '../abi/fcntl.js';
import { PATH_MAX } from '../abi/limits.js';
import { IN_CREATE, IN_MODIFY, IN_OPEN } from '../abi/poll.js';
import {
  MS_NODEV,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFIFO,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
} from '../abi/stat.js';
import { openFifo } from '../fs/pipe/fifo.js';
import type { Task } from '../kernel/task.js';
import type { Block } from '../kernel/wait.js';
import { instantiate, lookupChild } from './dcache.js';
import { Dentry, inodeOf, type Path } from './dentry.js';
import { OpenFile, PathFile } from './file.js';
import type { Inode } from './inode.js';
import { anyLeases, breakLeases } from './leases.js';
import { startOf } from './namei.js';
import { notify, notifyPath } from './notify.js';
import {
  MAY_READ,
  MAY_WRITE,
  mayAccess,
  mayCreateIn,
  modeAfterWrite,
  mountWritable,
  ownerOrCapable,
} from './permission.js';
import { countWriter, denyIfRunning } from './text-busy.js';
import { Walk } from './walk.js';

/** A description, -errno, or the open of a FIFO that has to wait for its other end. */
export type OpenResult = OpenFile | number | { block(install: (file: OpenFile) => number): Block };

/** Flags that matter only while opening; the rest is the description's. */
const OPENING = O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC;

/**
 * All of open(2), openat(2) and openat2(2) but the descriptor number.
 * @param flags O_*, already checked for nonsense; O_CLOEXEC is the caller's
 * @param mode permissions of a new file, umask not yet applied
 * @param resolveFlags RESOLVE_* of openat2(2)
 * @returns a description with no references, -errno, or a wait
 */
export function openAt(
  task: Task,
  dirfd: number,
  name: string,
  flags: number,
  mode: number,
  resolveFlags = 0,
): OpenResult {
  if (name === '') return -ENOENT;
  if (name.length >= PATH_MAX) return -ENAMETOOLONG;
  // Where the start is also the root even absolute names depend on it.
  const scoped = (resolveFlags & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)) !== 0;
  const start = startOf(task, dirfd, scoped ? '.' : name);
  if (typeof start === 'number') return start;
  const walk = new Walk(task, start, resolveFlags);
  if ((flags & O_PATH) !== 0) return openPath(walk, name, flags);
  if ((flags & __O_TMPFILE) !== 0) return openTmpfile(task, walk, name, flags, mode);
  if ((flags & O_CREAT) !== 0) return openCreate(task, walk, name, flags, mode);
  const err = walk.walk(name, (flags & O_NOFOLLOW) === 0);
  return err < 0 ? err : openExisting(task, walk.path, flags);
}

/** Opens what was found otherwise than by its name (open_by_handle_at(2)); nothing is made. */
export function openFound(task: Task, path: Path, flags: number): OpenResult {
  return (flags & O_PATH) !== 0 ? pathFile(path, flags) : openExisting(task, path, flags & ~O_CREAT);
}

function openPath(walk: Walk, name: string, flags: number): OpenFile | number {
  const err = walk.walk(name, (flags & O_NOFOLLOW) === 0);
  return err < 0 ? err : pathFile(walk.path, flags);
}

function pathFile(path: Path, flags: number): OpenFile | number {
  if ((flags & O_DIRECTORY) !== 0 && (inodeOf(path).mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  return new PathFile(path, flags & (O_PATH | O_DIRECTORY | O_NOFOLLOW));
}

function openTmpfile(task: Task, walk: Walk, name: string, flags: number, mode: number): OpenResult {
  const err = walk.walk(name, (flags & O_NOFOLLOW) === 0);
  if (err < 0) return err;
  const { path } = walk;
  const dir = inodeOf(path);
  if ((dir.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  const refused = mountWritable(path) || mayCreateIn(task.cred, dir);
  if (refused < 0) return refused;
  const inode = dir.tmpfile(S_IFREG | (mode & ~task.fs.umask & 0o7777), task.cred);
  if (typeof inode === 'number') return inode;
  inode.linkable = (flags & O_EXCL) === 0;
  const dentry = new Dentry(`#${inode.ino}`, path.dentry, inode);
  dentry.unlinked = true;
  const file = inode.open(task, { mount: path.mount, dentry }, statusFlags(flags));
  if (typeof file !== 'number') countWriter(file, inode);
  return file;
}

/** O_CREAT: the last component may be absent, or a link to somewhere where it is. */
function openCreate(task: Task, walk: Walk, name: string, flags: number, mode: number): OpenResult {
  let err = walk.walkParent(name);
  for (;;) {
    if (err < 0) return err;
    if (walk.lastKind !== 'norm') {
      err = walk.walkLast(true);
      if (err < 0) return err;
      return (flags & O_EXCL) !== 0 ? -EEXIST : -EISDIR;
    }
    if (walk.trailing) return -EISDIR;
    const parent = walk.path;
    const child = lookupChild(parent.dentry, walk.last, task);
    if (typeof child === 'number') return child;
    if (child.inode === undefined) return createAndOpen(task, parent, child, flags, mode);
    if ((flags & O_EXCL) !== 0) return -EEXIST;
    const isLink = (child.inode.mode & S_IFMT) === S_IFLNK;
    if (!isLink || (flags & O_NOFOLLOW) !== 0) {
      err = walk.enterChild(child);
      return err < 0 ? err : openExisting(task, walk.path, flags);
    }
    const target = linkTarget(task, child.inode);
    if (typeof target === 'number') return target;
    if (target === undefined) {
      err = walk.follow(child, child.inode);
      return err < 0 ? err : openExisting(task, walk.path, flags);
    }
    err = walk.followParent(target);
  }
}

/** Text of a link; undefined for a magic one. */
function linkTarget(task: Task, inode: Inode): string | number | undefined {
  if (inode.jump(task) !== undefined) return undefined;
  const target = inode.readlink(task);
  return target === '' ? -ENOENT : target;
}

function createAndOpen(task: Task, parent: Path, child: Dentry, flags: number, mode: number): OpenResult {
  const dir = inodeOf(parent);
  if (parent.dentry.unlinked) return -ENOENT;
  const refused = mountWritable(parent) || mayCreateIn(task.cred, dir);
  if (refused < 0) return refused;
  const inode = dir.create(child.name, S_IFREG | (mode & ~task.fs.umask & 0o7777), task.cred);
  if (typeof inode === 'number') return inode;
  instantiate(child, inode);
  notify(dir, IN_CREATE, child.name);
  return finish(task, { mount: parent.mount, dentry: child }, inode, flags);
}

/** May the object be opened so (may_open)? Then truncates and opens it. */
function openExisting(task: Task, path: Path, flags: number): OpenResult {
  const inode = inodeOf(path);
  const type = inode.mode & S_IFMT;
  if ((flags & O_DIRECTORY) !== 0 && type !== S_IFDIR) return -ENOTDIR;
  if (type === S_IFLNK) return -ELOOP;
  const access = flags & O_ACCMODE;
  const truncate = (flags & O_TRUNC) !== 0 && type === S_IFREG;
  let mask = access === O_WRONLY ? MAY_WRITE : access === 0 ? MAY_READ : MAY_READ | MAY_WRITE;
  if ((flags & O_TRUNC) !== 0) mask |= MAY_WRITE;
  if (type === S_IFDIR && ((mask & MAY_WRITE) !== 0 || (flags & O_CREAT) !== 0)) return -EISDIR;
  if ((type === S_IFCHR || type === S_IFBLK) && (path.mount.flags & MS_NODEV) !== 0) return -EACCES;
  const keeps = type === S_IFREG || type === S_IFDIR;
  if (keeps && (mask & MAY_WRITE) !== 0 && mountWritable(path) < 0) return -EROFS;
  const refused = mayAccess(task.cred, inode, mask);
  if (refused < 0) return refused;
  if ((flags & O_NOATIME) !== 0 && !ownerOrCapable(task.cred, inode.getattr())) return -EPERM;
  if (type === S_IFSOCK) return -ENXIO;
  if (type === S_IFREG && (mask & MAY_WRITE) !== 0) {
    const running = denyIfRunning(task.kernel, inode);
    if (running < 0) return running;
  }
  if (type === S_IFREG && anyLeases()) {
    const writes = (mask & MAY_WRITE) !== 0;
    const lease = leaseBroken(task, path, flags, writes);
    if (lease !== 0) return lease;
  }
  if (truncate) {
    const err = truncateInode(task, inode, 0);
    if (err < 0) return err;
    notifyPath(path, IN_MODIFY);
  }
  return finish(task, path, inode, flags);
}

/** Leases in the way of an opening. @returns 0 when there are none, -EAGAIN, or the wait for their end, after which it opens */
function leaseBroken(task: Task, path: Path, flags: number, writes: boolean): OpenResult {
  let install: ((file: OpenFile) => number) | undefined;
  const go = (): number => {
    const file = openExisting(task, path, flags);
    if (typeof file === 'number') return file;
    return file instanceof OpenFile && install !== undefined ? install(file) : -EAGAIN;
  };
  const block = breakLeases(task, inodeOf(path), writes, (flags & O_NONBLOCK) !== 0, go);
  if (typeof block === 'number') return block;
  return {
    block(then) {
      install = then;
      return block;
    },
  };
}

/** Changes the size and takes the set-ID bits away, as a write would. @returns 0 or -errno */
export function truncateInode(task: Task, inode: Inode, size: number): number {
  const err = inode.truncate(size);
  if (err < 0) return err;
  const attr = inode.getattr();
  const mode = modeAfterWrite(task.cred, attr);
  return mode === attr.mode ? 0 : inode.setattr({ mode });
}

function finish(task: Task, path: Path, inode: Inode, flags: number): OpenResult {
  // Whether a terminal becomes the controlling one is its driver's business; none keeps the flag.
  const noctty = (inode.mode & S_IFMT) === S_IFCHR ? flags & O_NOCTTY : 0;
  const status = statusFlags(flags) | noctty;
  if ((inode.mode & S_IFMT) === S_IFIFO && !inode.opensItself)
    return openedFifo(path, openFifo(task, path, status));
  const file = inode.open(task, path, status);
  if (typeof file === 'number') return file;
  countWriter(file, inode);
  notifyPath(path, IN_OPEN);
  return file;
}

/** Tells of the opening of a FIFO, now or when a partner has come. */
function openedFifo(path: Path, result: OpenResult): OpenResult {
  if (typeof result === 'number') return result;
  if (result instanceof OpenFile) {
    notifyPath(path, IN_OPEN);
    return result;
  }
  return {
    block: (install) =>
      result.block((file) => {
        notifyPath(path, IN_OPEN);
        return install(file);
      }),
  };
}

function statusFlags(flags: number): number {
  return flags & ~OPENING & ~(flags & __O_TMPFILE);
}
