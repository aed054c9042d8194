/** Directories of a shared host directory: every look-up asks the host anew. */

import { ENOENT, EOVERFLOW, EPERM, ESTALE, EXDEV } from '../../abi/errno.js';
import { O_DIRECTORY, O_PATH, RENAME_EXCHANGE } from '../../abi/fcntl.js';
import { S_IFDIR, S_IFIFO, S_IFMT, S_IFSOCK, S_ISGID } from '../../abi/stat.js';
import type { Cred } from '../../kernel/cred.js';
import type { Task } from '../../kernel/task.js';
import type { DirEntry, Inode } from '../../vfs/inode.js';
import { bindOnHost } from './binding.js';
import { noteOpen } from './directories.js';
import { HostInode } from './inode.js';

export class HostDir extends HostInode {
  private fd = -1;
  /** For the choice of the one to close (directories.ts). */
  recentlyUsed = false;

  /** An O_PATH descriptor, which stays the directory's; or -errno. */
  dirFd(): number {
    this.recentlyUsed = true;
    if (this.fd >= 0) return this.fd;
    if (this.parent === undefined && this.name === '') return this.fs.rootFd;
    return this.reopen();
  }

  /** Opens the nearest directory above that is open, and from there down: paths may be deeper than our stack is. */
  private reopen(): number {
    const { native } = this;
    const way: HostDir[] = [this];
    let up = this.parent;
    for (; up !== undefined && up.fd < 0 && up.parent !== undefined; up = up.parent) way.push(up);
    let at = up === undefined || up.fd < 0 ? this.fs.rootFd : up.fd;
    for (let i = way.length - 1; i >= 0; i--) {
      const dir = way[i] as HostDir;
      const from = at;
      at = native.openAt(from, dir.name, O_PATH | O_DIRECTORY, 0);
      if (i < way.length - 1) native.close(from);
      if (at < 0) return at;
      if (native.fstat(at) < 0 || !dir.isFound()) {
        native.close(at);
        return -ESTALE;
      }
    }
    this.fd = at;
    noteOpen(this);
    return at;
  }

  /** Another directory needs the descriptor more. */
  closeFd(): void {
    if (this.fd >= 0) this.native.close(this.fd);
    this.fd = -1;
  }

  protected override openFd(): number {
    return this.fd;
  }

  override lookup(name: string, _task: Task | undefined): HostInode | number {
    const dir = this.dirFd();
    if (dir < 0) return dir === -ESTALE ? -ENOENT : dir;
    const err = this.native.statAt(dir, name);
    return err < 0 ? err : this.fs.found(this, name);
  }

  override readdir(_task: Task | undefined): DirEntry[] | number {
    const dir = this.dirFd();
    return dir < 0 ? dir : this.native.readdirAt(dir, '');
  }

  // --- new names ----------------------------------------------------------------------------------------------------------

  /** Owner and group that the host is to give a new object: -1 leaves its own choice. -EOVERFLOW for users that it does not have. */
  private owner(cred: Cred): { uid: number; gid: number } | number {
    const { ids, privileged } = this.fs;
    if (!privileged) return { uid: -1, gid: -1 };
    const { mode, gid: ours } = this.getattr();
    const uid = ids.uid(cred.fsuid);
    const gid = ids.gid((mode & S_ISGID) !== 0 ? ours : cred.fsgid);
    return uid < 0 || gid < 0 ? -EOVERFLOW : { uid, gid };
  }

  /**
   * Makes `name` by `make`, and gives it the owner and mode that the guest's kernel would.
   * @param mode S_IFMT and permissions; undefined for what has none
   */
  private make(
    name: string,
    mode: number | undefined,
    cred: Cred,
    make: (dir: number) => number,
  ): HostInode | number {
    const { native } = this;
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    const owner = this.owner(cred);
    if (typeof owner === 'number') return owner;
    const dir = this.dirFd();
    const err = dir < 0 ? dir : make(dir);
    if (err < 0) return err;
    const bit = mode !== undefined && (mode & S_IFMT) === S_IFDIR ? this.attr.mode & S_ISGID : 0;
    this.changed();
    if (owner.uid >= 0) {
      const chown = native.chownAt(dir, name, owner.uid, owner.gid);
      // A host that does not let us (a network file system) keeps the sentry's user as the owner.
      if (chown < 0 && chown !== -EPERM) return chown;
    }
    if (mode !== undefined) {
      const chmod = native.chmodAt(dir, name, (mode & 0o7777) | bit);
      if (chmod < 0) return chmod;
    }
    return this.lookup(name, undefined);
  }

  override create(name: string, mode: number, cred: Cred): HostInode | number {
    return this.createFile(name, mode, cred);
  }
  override tmpfile(mode: number, cred: Cred): HostInode | number {
    return this.createFile('', mode, cred);
  }
  private createFile(name: string, mode: number, cred: Cred): HostInode | number {
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    const owner = this.owner(cred);
    if (typeof owner === 'number') return owner;
    const dir = this.dirFd();
    const fd = dir < 0 ? dir : this.native.createAt(dir, name, mode & 0o7777, owner.uid, owner.gid);
    if (fd < 0) return fd;
    this.changed();
    const inode = this.fs.found(this, name);
    if (name === '') inode.lostName();
    this.fs.keepMade(inode, fd);
    return inode;
  }

  override mkdir(name: string, mode: number, cred: Cred): HostInode | number {
    return this.make(name, S_IFDIR | mode, cred, (dir) => this.native.mkdirAt(dir, name, 0o700));
  }

  override mknod(name: string, mode: number, _rdev: number, cred: Cred): HostInode | number {
    const type = mode & S_IFMT;
    // A device node on the host would work there.
    if (type !== S_IFIFO && type !== S_IFSOCK) return -EPERM;
    return this.make(name, mode, cred, (dir) => {
      const bound =
        type === S_IFSOCK ? bindOnHost((kind) => this.native.udsBind(dir, name, kind)) : undefined;
      return bound ?? this.native.mknodAt(dir, name, type | 0o600, 0);
    });
  }

  override symlink(name: string, target: string, cred: Cred): HostInode | number {
    return this.make(name, undefined, cred, (dir) => this.native.symlinkAt(dir, target, name));
  }

  override link(name: string, target: Inode): number {
    if (!(target instanceof HostInode) || target.fs !== this.fs) return -EXDEV;
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    const dir = this.dirFd();
    if (dir < 0) return dir;
    const err = target.withObject((fd) => this.native.linkFd(fd, dir, name), true);
    this.changed();
    if (err >= 0) target.movedTo(this, name);
    return err;
  }

  // --- names that go ------------------------------------------------------------------------------------------------------

  override unlink(name: string): number {
    return this.remove(name, false);
  }
  override rmdir(name: string): number {
    return this.remove(name, true);
  }
  private remove(name: string, isDir: boolean): number {
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    const dir = this.dirFd();
    if (dir < 0) return dir;
    const inode = this.lookup(name, undefined);
    const err = this.native.unlinkAt(dir, name, isDir);
    if (err < 0) return err;
    this.changed();
    if (typeof inode !== 'number') this.fs.lostName(inode);
    return 0;
  }

  override rename(oldName: string, newDir: Inode, newName: string, flags: number): number {
    if (!(newDir instanceof HostDir) || newDir.fs !== this.fs) return -EXDEV;
    const readOnly = this.fs.writable();
    if (readOnly < 0) return readOnly;
    const [from, to] = [this.dirFd(), newDir.dirFd()];
    if (from < 0 || to < 0) return Math.min(from, to);
    const over = newDir.lookup(newName, undefined);
    const moved = this.lookup(oldName, undefined);
    const err = this.native.renameAt(from, oldName, to, newName, flags);
    if (err < 0) return err;
    this.changed();
    newDir.changed();
    const exchanged = (flags & RENAME_EXCHANGE) !== 0;
    if (typeof moved !== 'number') moved.movedTo(newDir, newName);
    if (typeof over === 'number' || over === moved) return 0;
    if (exchanged) over.movedTo(this, oldName);
    else this.fs.lostName(over);
    return 0;
  }
}
