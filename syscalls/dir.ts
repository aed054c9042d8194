/** Directories: reading them, and where a process is (fs/readdir.c, fs/d_path.c, fs/open.c). */

import { EBADF, EFAULT, EINVAL, ENAMETOOLONG, ENOENT, ENOTDIR, EPERM, ERANGE } from '../src/abi/errno.js';
import { AT_FDCWD } from '../src/abi/fcntl.js';
import { PATH_MAX } from '../src/abi/limits.js';
import { IN_ACCESS } from '../src/abi/poll.js';
import { CAP_SYS_CHROOT } from '../src/abi/sched.js';
import { S_IFDIR, S_IFMT } from '../src/abi/stat.js';
import {
  dirent64Length,
  direntLength,
  encodeDirent,
  encodeDirent64,
  putBytes,
} from '../src/abi/structs-file.js';
import { capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import { inodeOf, type Path } from '../src/vfs/dentry.js';
import type { OpenFile } from '../src/vfs/file.js';
import type { DirEntry } from '../src/vfs/inode.js';
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW, pathName, resolveAt } from '../src/vfs/namei.js';
import { notifyPath } from '../src/vfs/notify.js';
import { mayAccess } from '../src/vfs/permission.js';
import { accessOk, fileOf, isDirectory } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';

const DT_DIR = S_IFDIR >> 12;
const MAY_EXEC = 1;
/** Most bytes that one getdents call fills; a program with a bigger buffer calls again. */
const GETDENTS_MAX = 256 * 1024;

/**
 * The entries of each directory that is being read, taken when its position was 0: positions are indices into it, so they
 * stay good while entries come and go.
 */
const snapshots = new Map<OpenFile, readonly DirEntry[]>();
/**
 * Entries that all of them may hold together, about 100 MB; then those not read for longest are forgotten and, should they be
 * read on after all, taken anew. A guest can have many directories half read.
 */
const MAX_ENTRIES = 1_000_000;
let entriesHeld = 0;

function forgetSnapshot(dir: OpenFile): void {
  entriesHeld -= snapshots.get(dir)?.length ?? 0;
  snapshots.delete(dir);
}

function keepSnapshot(dir: OpenFile, entries: readonly DirEntry[]): void {
  forgetSnapshot(dir);
  snapshots.set(dir, entries);
  entriesHeld += entries.length;
  for (const oldest of snapshots.keys()) {
    if (entriesHeld <= MAX_ENTRIES || oldest === dir) break;
    forgetSnapshot(oldest);
  }
}

/** Inode number of a directory's parent, across a mount point. */
function parentIno(path: Path): number {
  let { mount, dentry } = path;
  while (dentry === mount.root && mount.parent !== undefined && mount.mountpoint !== undefined) {
    dentry = mount.mountpoint;
    mount = mount.parent;
  }
  const parent = dentry === mount.root ? dentry : (dentry.parent ?? dentry);
  return (parent.inode ?? inodeOf(path)).ino;
}

/** The entries of an open directory, `.` and `..` first. */
function entriesOf(task: Task, dir: OpenFile): readonly DirEntry[] | number {
  const known = snapshots.get(dir);
  if (known !== undefined && dir.pos !== 0) return known;
  const names = dir.readdir(task);
  if (typeof names === 'number') return names;
  const all: DirEntry[] = [
    { name: '.', ino: dir.inode.ino, type: DT_DIR },
    { name: '..', ino: parentIno(dir.path), type: DT_DIR },
    ...names,
  ];
  keepSnapshot(dir, all);
  return all;
}

type Encode = typeof encodeDirent64;

/** Fills the caller's buffer with as many entries as fit, from the directory's position on. @returns bytes or -errno */
function getdents(task: Task, args: SyscallArgs, lengthOf: (n: number) => number, encode: Encode): number {
  const dir = fileOf(task, args.int(0));
  if (dir === undefined) return -EBADF;
  if (!isDirectory(dir)) return -ENOTDIR;
  if (dir.path.dentry.unlinked) return -ENOENT;
  const addr = args.ptr(1);
  const count = args.uint(2);
  if (!accessOk(addr, count)) return -EFAULT;
  const entries = entriesOf(task, dir);
  if (typeof entries === 'number') return entries;
  const first = dir.pos;
  let size = 0;
  let end = first;
  for (; end < entries.length; end++) {
    const length = lengthOf(entries[end].name.length);
    if (size + length > count || size + length > GETDENTS_MAX) break;
    size += length;
  }
  if (end === first) {
    if (first < entries.length) return -EINVAL;
    // Read to its end: nobody goes on from here but by starting anew.
    if (first === entries.length) forgetSnapshot(dir);
    return 0;
  }
  const view = task.mem.stage(size);
  let off = 0;
  for (let i = first; i < end; i++) {
    const e = entries[i];
    off += encode(view, off, e.ino, i + 1, e.type, e.name);
  }
  const err = task.mem.post(addr, size);
  if (err < 0) return err;
  dir.pos = end;
  notifyPath(dir.path, IN_ACCESS);
  return size;
}

function sysGetdents64(task: Task, args: SyscallArgs): number {
  return getdents(task, args, dirent64Length, encodeDirent64);
}

function sysGetdents(task: Task, args: SyscallArgs): number {
  return getdents(task, args, direntLength, encodeDirent);
}

function sysGetcwd(task: Task, args: SyscallArgs): number {
  const { cwd } = task.fs;
  if (cwd.dentry.unlinked) return -ENOENT;
  const name = pathName(task, cwd);
  const size = name.length + 1;
  if (size > PATH_MAX) return -ENAMETOOLONG;
  if (args.long(1) >= 0 && args.long(1) < size) return -ERANGE;
  putBytes(task.mem.stage(size), 0, name);
  const err = task.mem.post(args.ptr(0), size);
  return err < 0 ? err : size;
}

/** Makes `path` the working directory if the caller may search it. */
function enter(task: Task, path: Path): number {
  const inode = inodeOf(path);
  if ((inode.mode & S_IFMT) !== S_IFDIR) return -ENOTDIR;
  const err = mayAccess(task.cred, inode, MAY_EXEC);
  if (err < 0) return err;
  task.fs.cwd = path;
  return 0;
}

function sysChdir(task: Task, args: SyscallArgs): number {
  const name = task.mem.path(args.ptr(0));
  if (typeof name === 'number') return name;
  const path = resolveAt(task, AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
  return typeof path === 'number' ? path : enter(task, path);
}

function sysFchdir(task: Task, args: SyscallArgs): number {
  const file = task.files.get(args.int(0));
  return file === undefined ? -EBADF : enter(task, file.path);
}

function sysChroot(task: Task, args: SyscallArgs): number {
  const name = task.mem.path(args.ptr(0));
  if (typeof name === 'number') return name;
  const path = resolveAt(task, AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
  if (typeof path === 'number') return path;
  const err = mayAccess(task.cred, inodeOf(path), MAY_EXEC);
  if (err < 0) return err;
  if (!capable(task.cred, CAP_SYS_CHROOT)) return -EPERM;
  task.fs.root = path;
  return 0;
}

export const dirFamily: Family = {
  getdents: { handler: sysGetdents, args: ['fd', 'ptr', 'uint'], status: 'full' },
  getdents64: { handler: sysGetdents64, args: ['fd', 'ptr', 'uint'], status: 'full' },
  getcwd: { handler: sysGetcwd, args: ['ptr', 'size'], status: 'full' },
  chdir: { handler: sysChdir, args: ['path'], status: 'full' },
  fchdir: { handler: sysFchdir, args: ['fd'], status: 'full' },
  chroot: { handler: sysChroot, args: ['path'], status: 'full' },
};
