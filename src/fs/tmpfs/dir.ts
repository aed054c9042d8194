/** Directories in memory: names, and the operations that change them. */

import {
  EEXIST,
  EINVAL,
  EISDIR,
  EMLINK,
  ENAMETOOLONG,
  ENOENT,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  EPERM,
  EXDEV,
} from '../../abi/errno.js';
import { RENAME_EXCHANGE, RENAME_NOREPLACE } from '../../abi/fcntl.js';
import { PATH_MAX } from '../../abi/limits.js';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, S_ISGID } from '../../abi/stat.js';
import type { Cred } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import type { Path } from '../../vfs/dentry.js';
import type { OpenFile } from '../../vfs/file.js';
import type { DirEntry, Inode } from '../../vfs/inode.js';
import { TmpDirFile, TmpFile } from './file.js';
import { newAttr, TmpInode } from './inode.js';
import { TmpSpecial, TmpSymlink } from './special.js';
import type { TmpFs } from './tmpfs.js';

/** Names of one file (ext4's limit is 65000; nothing here depends on it). */
const LINK_MAX = 65000;

export class TmpDir extends TmpInode {
  protected readonly entries = new Map<string, TmpInode>();

  // --- names: what an overlay does differently ----------------------------------------------------------------------

  /** @returns the object, undefined for none, or -errno */
  protected find(name: string): TmpInode | undefined | number {
    return this.entries.get(name);
  }
  protected put(name: string, inode: TmpInode): void {
    this.entries.set(name, inode);
  }
  protected erase(name: string): void {
    this.entries.delete(name);
  }
  /** Has no entries. */
  protected isEmpty(): boolean {
    return this.entries.size === 0;
  }
  override readdir(_task: Task | undefined): DirEntry[] | number {
    const out: DirEntry[] = [];
    for (const [name, inode] of this.entries) out.push(entryOf(name, inode));
    return out;
  }

  // --- operations -----------------------------------------------------------------------------------------------------

  override lookup(name: string, _task: Task | undefined): TmpInode | number {
    return this.find(name) ?? -ENOENT;
  }

  /** Attributes of a new child: set-group-ID directories pass their group on, and directories the bit itself. */
  private childAttr(mode: number, cred: Cred): ReturnType<typeof newAttr> {
    const inherit = (this.attr.mode & S_ISGID) !== 0;
    const bit = inherit && (mode & S_IFMT) === S_IFDIR ? S_ISGID : 0;
    return newAttr(this.fs, mode | bit, cred.fsuid, inherit ? this.attr.gid : cred.fsgid);
  }

  private add(name: string, inode: TmpInode): void {
    this.put(name, inode);
    this.resized(1);
  }

  /** An entry came or went: times, and the size where it counts entries. */
  private resized(by: number): void {
    this.fs.directorySize(this.attr, by);
    this.modified();
  }

  override create(name: string, mode: number, cred: Cred): TmpInode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    const inode = new TmpFile(this.fs, this.childAttr(S_IFREG | (mode & 0o7777), cred));
    this.add(name, inode);
    return inode;
  }

  override mkdir(name: string, mode: number, cred: Cred): TmpInode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    const inode = new TmpDir(this.fs, this.childAttr(S_IFDIR | (mode & 0o7777), cred));
    this.fs.directorySize(inode.attr, 0);
    this.add(name, inode);
    this.attr.nlink++;
    return inode;
  }

  override mknod(name: string, mode: number, rdev: number, cred: Cred): TmpInode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    const inode = new TmpSpecial(this.fs, this.childAttr(mode, cred));
    inode.attr.rdev = rdev;
    this.add(name, inode);
    return inode;
  }

  override symlink(name: string, target: string, cred: Cred): TmpInode | number {
    if (target.length >= PATH_MAX) return -ENAMETOOLONG;
    if (!this.fs.takeInode()) return -ENOSPC;
    const inode = new TmpSymlink(this.fs, this.childAttr(S_IFLNK | 0o777, cred), target);
    inode.attr.size = target.length;
    this.add(name, inode);
    return inode;
  }

  override tmpfile(mode: number, cred: Cred): TmpInode | number {
    if (!this.fs.takeInode()) return -ENOSPC;
    const inode = new TmpFile(this.fs, this.childAttr(S_IFREG | (mode & 0o7777), cred));
    inode.attr.nlink = 0;
    return inode;
  }

  override link(name: string, target: Inode): number {
    if (!(target instanceof TmpInode) || target.fs !== this.fs) return -EXDEV;
    if (target instanceof TmpDir) return -EPERM;
    // Without a name it can get one only while an O_TMPFILE description holds it.
    if (target.attr.nlink === 0 && (target.holds === 0 || target.lostName)) return -ENOENT;
    if (target.attr.nlink >= LINK_MAX) return -EMLINK;
    target.attr.nlink++;
    target.changed();
    this.add(name, target);
    return 0;
  }

  override unlink(name: string): number {
    const inode = this.find(name);
    if (inode === undefined) return -ENOENT;
    if (typeof inode === 'number') return inode;
    if (inode instanceof TmpDir) return -EISDIR;
    this.erase(name);
    this.resized(-1);
    inode.lostName = true;
    inode.unlinked();
    return 0;
  }

  override rmdir(name: string): number {
    const inode = this.find(name);
    if (inode === undefined) return -ENOENT;
    if (typeof inode === 'number') return inode;
    if (!(inode instanceof TmpDir)) return -ENOTDIR;
    if (!inode.isEmpty()) return -ENOTEMPTY;
    this.erase(name);
    this.resized(-1);
    this.attr.nlink--;
    inode.removed();
    return 0;
  }

  /** This directory lost its name for good. */
  private removed(): void {
    this.attr.nlink = 1;
    this.unlinked();
  }

  override rename(oldName: string, newDir: Inode, newName: string, flags: number): number {
    if (!(newDir instanceof TmpDir) || newDir.fs !== this.fs) return -EXDEV;
    const source = this.find(oldName);
    if (source === undefined) return -ENOENT;
    if (typeof source === 'number') return source;
    const target = newDir.find(newName);
    if (typeof target === 'number') return target;
    if ((flags & RENAME_EXCHANGE) !== 0) {
      return target === undefined ? -ENOENT : this.exchange(oldName, source, newDir, newName, target);
    }
    if (target !== undefined) {
      if ((flags & RENAME_NOREPLACE) !== 0) return -EEXIST;
      if (target === source) return 0;
      if (source === newDir) return -EINVAL;
      const err = newDir.makeWay(source, newName, target);
      if (err < 0) return err;
    } else if (source === newDir) return -EINVAL;
    this.erase(oldName);
    newDir.put(newName, source);
    this.resized(-1);
    newDir.resized(1);
    this.moved(source, newDir);
    source.changed();
    return 0;
  }

  /** Removes what a rename replaces. */
  private makeWay(source: TmpInode, name: string, target: TmpInode): number {
    if (target instanceof TmpDir) {
      if (!(source instanceof TmpDir)) return -EISDIR;
      if (!target.isEmpty()) return -ENOTEMPTY;
    } else if (source instanceof TmpDir) return -ENOTDIR;
    this.erase(name);
    this.resized(-1);
    if (target instanceof TmpDir) {
      this.attr.nlink--;
      target.removed();
    } else {
      target.lostName = true;
      target.unlinked();
    }
    return 0;
  }

  private exchange(
    oldName: string,
    source: TmpInode,
    newDir: TmpDir,
    newName: string,
    target: TmpInode,
  ): number {
    this.erase(oldName);
    newDir.erase(newName);
    this.put(oldName, target);
    newDir.put(newName, source);
    this.moved(source, newDir);
    newDir.moved(target, this);
    this.modified();
    newDir.modified();
    source.changed();
    target.changed();
    return 0;
  }

  /** `inode` went from here to `to`: the link that its `..` is goes along. */
  private moved(inode: TmpInode, to: TmpDir): void {
    if (!(inode instanceof TmpDir) || to === this) return;
    this.attr.nlink--;
    to.attr.nlink++;
  }

  override abandon(): TmpInode[] {
    const held = [...this.entries.values()];
    this.entries.clear();
    super.abandon();
    return held;
  }

  override open(_task: Task, path: Path, flags: number): OpenFile | number {
    return new TmpDirFile(this, path, flags);
  }
}

/** A readdir entry of an object in memory. */
export function entryOf(name: string, inode: TmpInode): DirEntry {
  return { name, ino: inode.attr.ino, type: (inode.attr.mode & S_IFMT) >>> 12 };
}

/** The root of a file system in memory. */
export function newRoot(fs: TmpFs, mode: number, uid: number, gid: number): TmpDir {
  const root = new TmpDir(fs, newAttr(fs, S_IFDIR | (mode & 0o7777), uid, gid));
  fs.directorySize(root.attr, 0);
  return root;
}
