import { Inode, type Attr, type DirEntry, type FileSystem, type StatFs } from '../../vfs/inode.js';
import { OpenFile, type MapSource } from '../../vfs/file.js';
import type { Path } from '../../vfs/dentry.js';
import type { Native } from '../../platform/native.js';
import type { Task } from '../../kernel/task.js';
import type { Sink } from '../../kernel/useriov.js';

class F extends OpenFile {
  constructor(path: Path, flags: number, readonly native: Native, readonly fd: number) { super(path, flags); }
  override read(_t: Task, sink: Sink, pos: number): number { return sink.putHost(this.fd, pos, sink.remaining); }
  override map(): MapSource { return { hostFd: this.fd }; }
  override release(): void { if (this.fd >= 0) this.native.close(this.fd); }
}
class I extends Inode {
  attr: Attr;
  constructor(readonly fs: OverlayFs, readonly path: string) { super(); this.attr = fs.stat(path) as Attr; }
  get ino(): number { return this.attr.ino; }
  getattr(): Attr { return this.attr; }
  override lookup(name: string): Inode | number {
    const p = this.path === '' ? name : this.path + '/' + name;
    const s = this.fs.stat(p);
    return typeof s === 'number' ? s : new I(this.fs, p);
  }
  override mkdir(): number { return -30; }
  override readlink(): string | number { return this.fs.native.readlinkAt(this.fs.rootFd, this.path); }
  override readdir(): DirEntry[] | number { return this.fs.native.readdirAt(this.fs.rootFd, this.path); }
  override open(_t: Task, path: Path, flags: number): OpenFile | number {
    if ((this.mode & 0o170000) === 0o040000) return new F(path, flags, this.fs.native, -1);
    const fd = this.fs.native.openAt(this.fs.rootFd, this.path, 0, 0);
    return fd < 0 ? fd : new F(path, flags, this.fs.native, fd);
  }
}
export class OverlayFs implements FileSystem {
  type = 'overlay'; source = 'x'; dev = 1; cacheNames = true; rootFd: number; root: Inode;
  constructor(readonly native: Native, rootPath: string, _o: object) { this.rootFd = native.openRoot(rootPath); this.root = new I(this, ''); }
  stat(p: string): Attr | number {
    const r = this.native.statAt(this.rootFd, p); if (r < 0) return r;
    const b = this.native.statBuf as unknown as number[];
    return { ino: b[1]!, mode: b[2]!, nlink: b[3]!, uid: b[4]!, gid: b[5]!, rdev: b[6]!, size: b[7]!, blksize: b[8]!, blocks: b[9]!, atime: { sec: b[10]!, nsec: b[11]! }, mtime: { sec: b[12]!, nsec: b[13]! }, ctime: { sec: b[14]!, nsec: b[15]! }, btime: { sec: b[16]!, nsec: b[17]! } };
  }
  statfs(): StatFs { return { type: 1, bsize: 4096, blocks: 0, bfree: 0, bavail: 0, files: 0, ffree: 0, namelen: 255 }; }
}
