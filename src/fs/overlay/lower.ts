/** The read-only host directory under an overlay: attributes, and one shared descriptor an open file. */

import { EPERM } from '../../abi/errno.js';
import { O_DIRECTORY, O_NOATIME, O_PATH, O_RDONLY } from '../../abi/fcntl.js';
import { type Native, St } from '../../platform/native.js';
import type { Attr } from '../../vfs/inode.js';
import { readAttr } from '../host-attr.js';

/** Descriptors of files that nobody has open at the moment, kept for the next open. */
const MAX_IDLE = 512;

/** Host directories kept open, so that looking up their names takes one short host call. */
const MAX_DIRS = 256;

/** A lower file's descriptor and its users. */
export interface LowerHandle {
  readonly path: string;
  fd: number;
  refs: number;
  /** In the list of idle ones (it may be in use again all the same). */
  idle: boolean;
}

export class Lower {
  readonly rootFd: number;
  readonly dev: number;
  private readonly idle = new Set<LowerHandle>();
  /** O_PATH descriptors of directories by path, the one used last at the end. */
  private readonly dirs = new Map<string, number>();
  private lastDir = '';
  private lastDirFd = -1;

  /** Throws an Error with a clear line when the directory cannot be opened. */
  constructor(
    readonly native: Native,
    hostPath: string,
  ) {
    const bytes = Buffer.from(hostPath, 'utf8').toString('latin1');
    this.rootFd = native.openRoot(bytes);
    if (this.rootFd < 0)
      throw new Error(`cannot open ${hostPath} as root file system (errno ${-this.rootFd})`);
    const err = native.statAt(this.rootFd, '');
    if (err < 0) throw new Error(`cannot stat ${hostPath} (errno ${-err})`);
    this.dev = native.statBuf[St.dev] as number;
  }

  /** Attributes of `path` below the root ('' is the root). @returns -errno */
  stat(path: string): Attr | number {
    const err = this.native.statAt(this.rootFd, path);
    return err < 0 ? err : readAttr(this.native.statBuf, this.dev);
  }

  /** Attributes of `name` in the lower directory `dir`. @returns -errno */
  statChild(dir: string, name: string): Attr | number {
    const fd = this.dirFd(dir);
    if (fd < 0) return fd;
    const err = this.native.statAt(fd, name);
    return err < 0 ? err : readAttr(this.native.statBuf, this.dev);
  }

  private dirFd(dir: string): number {
    if (dir === '') return this.rootFd;
    if (dir === this.lastDir) return this.lastDirFd;
    let fd = this.dirs.get(dir);
    if (fd === undefined) {
      fd = this.native.openAt(this.rootFd, dir, O_PATH | O_DIRECTORY, 0);
      if (fd < 0) return fd;
      if (this.dirs.size >= MAX_DIRS) this.closeOldestDir();
    } else this.dirs.delete(dir);
    this.dirs.set(dir, fd);
    this.lastDir = dir;
    this.lastDirFd = fd;
    return fd;
  }

  private closeOldestDir(): void {
    for (const [dir, fd] of this.dirs) {
      this.dirs.delete(dir);
      this.native.close(fd);
      return;
    }
  }

  /** Takes the descriptor of a lower regular file. @returns 0 or -errno */
  acquire(h: LowerHandle): number {
    if (h.fd < 0) {
      let fd = this.native.openAt(this.rootFd, h.path, O_RDONLY | O_NOATIME, 0);
      // Only the owner of a file may leave its access time alone.
      if (fd === -EPERM) fd = this.native.openAt(this.rootFd, h.path, O_RDONLY, 0);
      if (fd < 0) return fd;
      h.fd = fd;
    }
    h.refs++;
    return 0;
  }

  release(h: LowerHandle): void {
    if (--h.refs > 0 || h.idle) return;
    h.idle = true;
    this.idle.add(h);
    if (this.idle.size > MAX_IDLE) this.evict();
  }

  /** Closes the descriptor that has been idle for longest; those in use again just leave the list. */
  private evict(): void {
    for (const h of this.idle) {
      this.idle.delete(h);
      h.idle = false;
      if (h.refs > 0) continue;
      this.native.close(h.fd);
      h.fd = -1;
      return;
    }
  }

  /** Gives the descriptor up at once if nobody uses it. */
  discard(h: LowerHandle): void {
    if (h.refs > 0 || h.fd < 0) return;
    if (h.idle) this.idle.delete(h);
    h.idle = false;
    this.native.close(h.fd);
    h.fd = -1;
  }
}

/** Extended attributes of a lower object, all at once. Those that the host does not show are not there. */
export function lowerXattrs(lower: Lower, path: string): Map<string, Uint8Array> {
  const out = new Map<string, Uint8Array>();
  const { native } = lower;
  const list = native.listxattr(lower.rootFd, path);
  if (typeof list === 'number') return out;
  for (const name of Buffer.from(list).toString('latin1').split('\0')) {
    if (name === '' || name.startsWith('system.')) continue;
    const value = native.getxattr(lower.rootFd, path, name);
    if (typeof value !== 'number') out.set(name, value);
  }
  return out;
}
