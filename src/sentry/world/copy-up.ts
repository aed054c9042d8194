/** tmpcopyup: a tmpfs begins with a copy of the directory that it is mounted on. */

import { ENAMETOOLONG, ENOSPC } from '../../abi/errno.js';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../../abi/stat.js';
import { HostInode } from '../../fs/hostfs/inode.js';
import type { TmpDir } from '../../fs/tmpfs/dir.js';
import { TmpFile } from '../../fs/tmpfs/file.js';
import { BufferSink, BufferSource } from '../../kernel/useriov.js';
import type { Native } from '../../platform/native.js';
import type { Attr, Inode } from '../../vfs/inode.js';
import { ROOT_CRED } from './places.js';

/** Bytes of one step. */
const STEP = 1 << 20;
/** Directories within each other. */
const MAX_DEPTH = 256;

/** @returns 0, or -errno: -ENOSPC if it does not fit */
export function copyUp(native: Native, from: Inode, to: TmpDir): number {
  // A list and not recursion: what the host has may be deep.
  const todo: [from: Inode, to: TmpDir, depth: number][] = [[from, to, 0]];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const [source, target, depth] = next;
    if (depth > MAX_DEPTH) return -ENAMETOOLONG;
    const entries = source.readdir(undefined);
    if (typeof entries === 'number') return entries;
    for (const { name } of entries) {
      const child = source.lookup(name, undefined);
      // It may have gone meanwhile.
      if (typeof child === 'number') continue;
      const copy = copyOne(native, child, target, name);
      if (typeof copy === 'number') {
        if (copy < 0) return copy;
        continue;
      }
      if ((child.mode & S_IFMT) === S_IFDIR) todo.push([child, copy as TmpDir, depth + 1]);
    }
    const err = takeAttributes(target, source.getattr());
    if (err < 0) return err;
  }
  return 0;
}

/** @returns the copy, -errno, or 0 for what is not copied (sockets) */
function copyOne(native: Native, from: Inode, to: TmpDir, name: string): Inode | number {
  const attr = { ...from.getattr() };
  const type = attr.mode & S_IFMT;
  if (type === S_IFSOCK) return 0;
  const made = makeLike(from, attr, to, name);
  if (typeof made === 'number') return made;
  if (type === S_IFREG) {
    const err = copyBytes(native, from, made, attr.size);
    if (err < 0) return err;
  }
  if (type === S_IFDIR) return made;
  const err = takeAttributes(made, attr);
  return err < 0 ? err : made;
}

function makeLike(from: Inode, { mode, rdev }: Attr, to: TmpDir, name: string): Inode | number {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return to.mkdir(name, mode, ROOT_CRED);
    case S_IFREG:
      return to.create(name, mode, ROOT_CRED);
    case S_IFLNK: {
      const target = from.readlink(undefined);
      return typeof target === 'number' ? target : to.symlink(name, target, ROOT_CRED);
    }
    default:
      return to.mknod(name, mode, rdev, ROOT_CRED);
  }
}

function takeAttributes(to: Inode, { mode, uid, gid, atime, mtime }: Attr): number {
  const isLink = (mode & S_IFMT) === S_IFLNK;
  return to.setattr({ uid, gid, atime, mtime, ...(isLink ? {} : { mode: mode & 0o7777 }) });
}

function copyBytes(native: Native, from: Inode, to: Inode, size: number): number {
  if (!(to instanceof TmpFile)) return 0;
  const buf = Buffer.alloc(Math.min(size, STEP));
  const copy = (read: (pos: number) => number): number => {
    for (let pos = 0; pos < size; ) {
      const n = read(pos);
      if (n <= 0) return n;
      for (let done = 0; done < n; ) {
        const source = new BufferSource(buf.subarray(done, n), (...args) => native.pwrite(...args));
        const w = to.writeAt(source, pos + done);
        if (w <= 0) return w || -ENOSPC;
        done += w;
      }
      pos += n;
    }
    return 0;
  };
  if (from instanceof HostInode)
    return from.withFd((fd) => copy((pos) => native.pread(fd, buf, 0, buf.length, pos)));
  if (from instanceof TmpFile)
    return copy((pos) => from.readAt(new BufferSink(buf, (...args) => native.pread(...args)), pos));
  return 0;
}
