/**
 * Objects of the lower directory as objects in memory: attributes are read once, and live in memory from then on; the bytes of
 * files are read from the host until something changes them.
 */

import { ENXIO } from '../../abi/errno.js';
import { O_ACCMODE, O_RDONLY, SEEK_DATA } from '../../abi/fcntl.js';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from '../../abi/stat.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { St } from '../../platform/native.js';
import type { Path } from '../../vfs/dentry.js';
import type { OpenFile } from '../../vfs/file.js';
import type { Attr } from '../../vfs/inode.js';
import { Content } from '../tmpfs/content.js';
import { TmpFile } from '../tmpfs/file.js';
import { TmpInode } from '../tmpfs/inode.js';
import { TmpSpecial } from '../tmpfs/special.js';
import { OverlayDir } from './dir.js';
import { type LowerHandle, lowerXattrs } from './lower.js';
import type { OverlayFs } from './overlay.js';

/** The object for the lower `path` with the attributes `attr`. */
export function lowerInode(fs: OverlayFs, path: string, attr: Attr): TmpInode {
  switch (attr.mode & S_IFMT) {
    case S_IFDIR:
      return new OverlayDir(fs, attr, path);
    case S_IFREG:
      return new OverlayFile(fs, attr, path);
    case S_IFLNK:
      return new OverlaySymlink(fs, attr, path);
    default:
      return new OverlaySpecial(fs, attr, path);
  }
}

class OverlayFile extends TmpFile {
  private readonly handle: LowerHandle;
  /** Descriptions of this file. */
  private openFiles = 0;
  /**
   * They have the lower descriptor until the last one is closed, copied up or not: its number may be on its way to a guest
   * (a program that is being loaded), and must not come to mean another file meanwhile.
   */
  private held = false;

  constructor(
    private readonly overlay: OverlayFs,
    attr: Attr,
    override lower: string,
  ) {
    super(overlay, attr);
    this.handle = { path: lower, fd: -1, refs: 0, idle: false };
  }

  override open(task: Task, path: Path, flags: number): OpenFile | number {
    // Before anything of it can be mapped: who maps after a writer came must see what is written.
    if ((flags & O_ACCMODE) !== O_RDONLY) {
      const content = this.data();
      if (typeof content === 'number') return content;
    }
    return super.open(task, path, flags);
  }

  override opened(readable: boolean): number {
    const err = readable ? this.holdLower() : 0;
    if (err < 0) return err;
    this.openFiles++;
    return super.opened(readable);
  }

  override closed(): void {
    if (--this.openFiles === 0) this.letGo();
    super.closed();
  }

  private holdLower(): number {
    if (this.held || this.content !== undefined) return 0;
    const err = this.acquire();
    if (err >= 0) this.held = true;
    return err;
  }

  private letGo(): void {
    if (!this.held) return;
    const { host } = this.overlay;
    this.held = false;
    host.release(this.handle);
    if (this.content !== undefined) host.discard(this.handle);
  }

  private acquire(): number {
    const fresh = this.handle.fd < 0;
    const err = this.overlay.host.acquire(this.handle);
    if (err >= 0 && fresh) this.refresh(this.handle.fd);
    return err;
  }

  /** The host's file may have changed since its name was looked up. */
  private refresh(fd: number): void {
    const { attr } = this;
    const { native } = this.fs;
    if (this.dirty || native.fstat(fd) < 0) return;
    const b = native.statBuf;
    attr.size = b[St.size] as number;
    attr.blocks = b[St.blocks] as number;
    attr.mtime = { sec: b[St.mtimeSec] as number, nsec: b[St.mtimeNsec] as number };
  }

  /** Runs `use` with the lower descriptor. */
  private withLower(use: (fd: number) => number): number {
    const err = this.acquire();
    if (err < 0) return err;
    const r = use(this.handle.fd);
    this.overlay.host.release(this.handle);
    return r;
  }

  override readAt(sink: Sink, pos: number): number {
    if (this.content !== undefined) return super.readAt(sink, pos);
    const { size } = this.attr;
    if (pos >= size) return 0;
    const n = Math.min(sink.remaining, size - pos);
    return this.held
      ? sink.putHost(this.handle.fd, pos, n)
      : this.withLower((fd) => sink.putHost(fd, pos, n));
  }

  override writeAt(source: Source, pos: number): number {
    // Nothing to write is no reason to copy the bytes up.
    return source.remaining === 0 ? 0 : super.writeAt(source, pos);
  }

  protected override resize(size: number): number {
    // Emptying a file needs nothing of what was in it.
    if (size === 0 && this.content === undefined) this.detachLower(new Content(this.fs, 'file'));
    return super.resize(size);
  }

  override seekData(pos: number, whence: number): number {
    if (this.content !== undefined) return super.seekData(pos, whence);
    if (pos < 0 || pos >= this.attr.size) return -ENXIO;
    return this.withLower((fd) => {
      const r = this.fs.native.lseek(fd, pos, whence);
      if (r >= 0 || r === -ENXIO) return r;
      return whence === SEEK_DATA ? pos : this.attr.size;
    });
  }

  override mapFd(writes: boolean, mayWrite: boolean): number {
    if (this.content !== undefined || writes) return super.mapFd(writes, mayWrite);
    const err = this.holdLower();
    return err < 0 ? err : this.handle.fd;
  }

  /** Copies the bytes up. */
  protected override data(): Content | number {
    if (this.content !== undefined) return this.content;
    const content = new Content(this.fs, 'file');
    const err = this.withLower((fd) => content.copyFrom(fd, this.attr.size));
    if (err < 0) return err;
    this.detachLower(content);
    return content;
  }

  private detachLower(content: Content): void {
    this.content = content;
    this.dirty = true;
    // Does nothing while descriptions hold it.
    this.overlay.host.discard(this.handle);
  }

  protected override attributes(): Map<string, Uint8Array> {
    this.xattrs ??= lowerXattrs(this.overlay.host, this.lower);
    return this.xattrs;
  }

  protected override dispose(): void {
    super.dispose();
    this.overlay.host.discard(this.handle);
  }
}

class OverlaySymlink extends TmpInode {
  private target: string | undefined;
  constructor(
    private readonly overlay: OverlayFs,
    attr: Attr,
    override lower: string,
  ) {
    super(overlay, attr);
  }
  override readlink(): string | number {
    if (this.target === undefined) {
      const { host } = this.overlay;
      const target = host.native.readlinkAt(host.rootFd, this.lower);
      if (typeof target === 'number') return target;
      this.target = target;
    }
    return this.target;
  }
}

/** A FIFO or socket name of the host is one of the guest's own here; a device node of the host is nothing to open. */
class OverlaySpecial extends TmpSpecial {
  constructor(
    fs: OverlayFs,
    attr: Attr,
    override lower: string,
  ) {
    super(fs, attr);
  }
  override open(): number {
    return -ENXIO;
  }
}
