/**
 * A host directory shared with the host (`--volume`): every change goes through, and every look-up asks the host anew, as
 * others may change it at any time.
 */

import { realpathSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { EROFS } from '../../abi/errno.js';
import { RAMFS_MAGIC, S_IFDIR, S_IFMT, TMPFS_MAGIC } from '../../abi/stat.js';
import { INITIAL_USERS } from '../../kernel/user-namespace.js';
import { type Native, St } from '../../platform/native.js';
import type { Attr, FileSystem, Inode, StatFs } from '../../vfs/inode.js';
import { readAttr } from '../host-attr.js';
import { closeIdle } from './descriptors.js';
import { HostDir } from './dir.js';
import { closeAll } from './directories.js';
import { HostIds } from './ids.js';
import { HostInode } from './inode.js';
import type { HostMemory } from './memory.js';

/** Objects remembered before those that nobody has open are forgotten. */
const MAX_INODES = 65536;

export interface HostFsOptions {
  /** Refuses every change, whatever the mount's flags say. */
  readonly?: boolean;
  /** What is shared, as a descriptor (O_PATH) that the file system takes over; `hostPath` is then only a name. */
  fd?: number;
  /** Whose ids guests have; without it those of the host. */
  ids?: HostIds;
  /** FIFOs in it are the guests' own, as in a root file system; otherwise they are not opened at all. */
  fifos?: boolean;
}

export class HostFs implements FileSystem {
  readonly type = 'hostfs';
  readonly exportsHandles = true;
  readonly source: string;
  readonly dev: number;
  readonly cacheNames = false;
  readonly root: HostInode;
  readonly rootFd: number;
  readonly readonly: boolean;
  /** The sentry may give files to anybody. */
  readonly privileged: boolean;
  readonly ids: HostIds;
  readonly fifos: boolean;
  /** Its contents are a container's memory. */
  account: HostMemory | undefined;
  private volatile: boolean | undefined;
  /** One object for one host object, by device, number and nothing else: `isFound` tells it from an earlier one. */
  private readonly inodes = new Map<number | string, HostInode>();
  /** The file made last and the descriptor that it was made with, until its first open or the next look-up. */
  private made: { inode: HostInode; fd: number } | undefined;

  /** Throws an Error with one line if it cannot be opened. `hostPath`, a directory, a regular file or a socket, is an ordinary string. */
  constructor(
    readonly native: Native,
    hostPath: string,
    options: HostFsOptions = {},
  ) {
    this.source = Buffer.from(hostPath, 'utf8').toString('latin1');
    this.readonly = options.readonly === true;
    this.privileged = process.geteuid?.() === 0;
    this.ids = options.ids ?? new HostIds(INITIAL_USERS);
    this.fifos = options.fifos === true;
    const { fd, name } = options.fd === undefined ? this.openPath(hostPath) : { fd: options.fd, name: '' };
    this.rootFd = fd;
    const err = native.statAt(fd, name);
    if (err < 0) throw new Error(`cannot stat ${hostPath} (errno ${-err})`);
    this.dev = native.statBuf[St.dev] as number;
    this.root = newInode(this, undefined, name, this.readAttr());
    this.remember(this.key(), this.root);
  }

  /** The directory to look below, and the name there: '' for the directory itself. */
  private openPath(hostPath: string): { fd: number; name: string } {
    const found = statSync(hostPath, { throwIfNoEntry: false });
    const isDir = found === undefined || !(found.isFile() || found.isSocket());
    // A shared file is reached through its directory, of which nothing but that one name is ever asked for.
    const file = isDir ? '' : realpathSync(hostPath);
    const top = isDir ? hostPath : dirname(file);
    const name = Buffer.from(isDir ? '' : basename(file), 'utf8').toString('latin1');
    const fd = this.native.openRoot(Buffer.from(top, 'utf8').toString('latin1'));
    if (fd < 0) throw new Error(`cannot open the directory ${top} (errno ${-fd})`);
    return { fd, name };
  }

  /** Mounted nowhere any more. */
  retire(): void {
    this.dropMade();
    closeAll((dir) => dir.fs === this);
    closeIdle((inode) => inode.fs === this);
    this.native.close(this.rootFd);
  }

  /** 0, or -EROFS. */
  writable(): number {
    return this.readonly ? -EROFS : 0;
  }

  /** What the buffer of the stat calls says, with owners as guests know them. */
  readAttr(): Attr {
    const attr = readAttr(this.native.statBuf, this.dev);
    this.ids.inward(attr);
    return attr;
  }

  private key(): number | string {
    const b = this.native.statBuf;
    const [low, high, dev] = [b[St.inoLow], b[St.inoHigh], b[St.dev]] as [number, number, number];
    return dev === this.dev && high < 2 ** 21 ? high * 2 ** 32 + low : `${dev}:${high}:${low}`;
  }

  private remember(key: number | string, inode: HostInode): void {
    if (this.inodes.size >= MAX_INODES) this.forgetUnused();
    inode.key = key;
    this.inodes.set(key, inode);
  }

  /** The object's number on the host is another one now: the buffer of the stat calls has it. */
  renumbered(inode: HostInode): void {
    const key = this.key();
    if (key === inode.key) return;
    if (this.inodes.get(inode.key) === inode) this.inodes.delete(inode.key);
    this.remember(key, inode);
  }

  /** Drops what nobody has open. Somebody may still stand at it, and then gets a second object for it, which does no harm. */
  private forgetUnused(): void {
    for (const [key, inode] of this.inodes) {
      if (inode.holds === 0 && (inode.mode & S_IFMT) !== S_IFDIR) this.inodes.delete(key);
    }
  }

  /** An object has lost a name. With the last one its number may come back as another one's. */
  lostName(inode: HostInode): void {
    inode.lostName();
    if (inode.getattr().nlink === 0 && this.inodes.get(inode.key) === inode) this.inodes.delete(inode.key);
  }

  /** Keeps the descriptor that made a file for its first open, which the file's mode may not allow once more. */
  keepMade(inode: HostInode, fd: number): void {
    this.dropMade();
    this.made = { inode, fd };
  }
  /** That descriptor, the caller's now, or -1. */
  takeMade(inode: HostInode): number {
    const { made } = this;
    if (made?.inode !== inode) return -1;
    this.made = undefined;
    return made.fd;
  }
  private dropMade(): void {
    if (this.made === undefined) return;
    this.native.close(this.made.fd);
    this.made = undefined;
  }

  /** The object that a stat call has just found under `name` in `dir`: the buffer holds its attributes. */
  found(dir: HostDir, name: string): HostInode {
    this.dropMade();
    const key = this.key();
    const known = this.inodes.get(key);
    if (known?.isFound() === true) {
      // A bind mount on the host can show a directory below itself; it must not become its own parent here.
      if (!known.isAbove(dir)) {
        known.seen(dir, name);
        return known;
      }
      return newInode(this, dir, name, this.readAttr());
    }
    const inode = newInode(this, dir, name, this.readAttr());
    this.remember(key, inode);
    return inode;
  }

  /** The host keeps it in memory too: fsync(2) takes no time. */
  get inMemory(): boolean {
    if (this.volatile === undefined) {
      const st = this.statfs();
      this.volatile = typeof st !== 'number' && (st.type === TMPFS_MAGIC || st.type === RAMFS_MAGIC);
    }
    return this.volatile;
  }

  /** syncfs(2) of the host's file system. */
  sync(): number {
    return this.root.withFd((fd) => this.native.syncfs(fd));
  }

  /** @param at what was asked about: below the root the host may have other file systems */
  statfs(at?: Inode): StatFs | number {
    return at instanceof HostInode && at !== this.root ? at.statfs() : this.native.statfs(this.rootFd, '');
  }
}

function newInode(fs: HostFs, dir: HostDir | undefined, name: string, attr: Attr): HostInode {
  return (attr.mode & S_IFMT) === S_IFDIR
    ? new HostDir(fs, dir, name, attr)
    : new HostInode(fs, dir, name, attr);
}
