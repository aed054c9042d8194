/**
 * A host directory shared with the host (`--volume`): every change goes through, and every look-up asks the host anew, as
 * others may change it at any time.
 */

import { EROFS } from '../../abi/errno.js';
import { type Native, St } from '../../platform/native.js';
import type { FileSystem, StatFs } from '../../vfs/inode.js';
import { HostInode, readAttr } from './inode.js';

export interface HostFsOptions {
  /** Refuses every change, whatever the mount's flags say. */
  readonly?: boolean;
}

export class HostFs implements FileSystem {
  readonly type = 'hostfs';
  readonly source: string;
  readonly dev: number;
  readonly cacheNames = false;
  readonly root: HostInode;
  readonly rootFd: number;
  readonly readonly: boolean;
  /** The sentry may give files to anybody. */
  readonly privileged: boolean;
  /** One object for one host object, by device and number, as long as somebody uses it. */
  private readonly inodes = new Map<string, WeakRef<HostInode>>();
  private readonly collected = new FinalizationRegistry((key: string) => {
    if (this.inodes.get(key)?.deref() === undefined) this.inodes.delete(key);
  });

  /** Throws an Error with one line if the directory cannot be opened. `hostPath` is an ordinary string. */
  constructor(
    readonly native: Native,
    hostPath: string,
    options: HostFsOptions = {},
  ) {
    const bytes = Buffer.from(hostPath, 'utf8').toString('latin1');
    this.source = bytes;
    this.readonly = options.readonly === true;
    this.privileged = process.geteuid?.() === 0;
    this.rootFd = native.openRoot(bytes);
    if (this.rootFd < 0) throw new Error(`cannot open the directory ${hostPath} (errno ${-this.rootFd})`);
    const err = native.statAt(this.rootFd, '');
    if (err < 0) throw new Error(`cannot stat ${hostPath} (errno ${-err})`);
    this.dev = native.statBuf[St.dev] as number;
    this.root = new HostInode(this, undefined, '', readAttr(native.statBuf, this.dev));
    this.remember(this.key(), this.root);
  }

  /** 0, or -EROFS. */
  writable(): number {
    return this.readonly ? -EROFS : 0;
  }

  private key(): string {
    const b = this.native.statBuf;
    return `${b[St.dev]}:${b[St.ino]}`;
  }

  private remember(key: string, inode: HostInode): void {
    this.inodes.set(key, new WeakRef(inode));
    this.collected.register(inode, key);
  }

  /** The object that a stat call has just found under `name` in `dir`: statBuf holds its attributes. */
  found(dir: HostInode, name: string): HostInode {
    const attr = readAttr(this.native.statBuf, this.dev);
    const key = this.key();
    const known = this.inodes.get(key)?.deref();
    if (known?.isSame(attr) === true) {
      // A bind mount on the host can show a directory below itself; it must not become its own parent here.
      if (!known.isAbove(dir)) {
        known.seen(dir, name, attr);
        return known;
      }
      return new HostInode(this, dir, name, attr);
    }
    const inode = new HostInode(this, dir, name, attr);
    this.remember(key, inode);
    return inode;
  }

  statfs(): StatFs {
    const s = this.native.statfs(this.rootFd, '');
    if (typeof s !== 'number') return s;
    return { type: 0, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, namelen: 255 };
  }
}
