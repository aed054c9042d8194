/** A task with its own small memory, for handlers without an addon. */

import { EFAULT, EINVAL, ENAMETOOLONG } from '../../../src/abi/errno.js';
import { S_IFDIR, S_IFIFO, S_IFREG } from '../../../src/abi/stat.js';
import { Container } from '../../../src/kernel/container.js';
import { initialCred } from '../../../src/kernel/cred.js';
import { Kernel } from '../../../src/kernel/kernel.js';
import type { IoVec, UserMemory } from '../../../src/kernel/memory.js';
import { FsContext, ProcessGroup, Session, Task, ThreadGroup } from '../../../src/kernel/task.js';
import type { Sink, Source } from '../../../src/kernel/useriov.js';
import type { SyscallResult } from '../../../src/kernel/wait.js';
import type { Logger } from '../../../src/log/logger.js';
import type { Native } from '../../../src/platform/native.js';
import { Dentry, Mount, type Path } from '../../../src/vfs/dentry.js';
import { FdTable } from '../../../src/vfs/fdtable.js';
import { OpenFile } from '../../../src/vfs/file.js';
import { type Attr, type DirEntry, type FileSystem, Inode, type SetAttr } from '../../../src/vfs/inode.js';
import type { Handler, SyscallArgs } from '../../../syscalls/family.js';

/** First mapped address, and how much is mapped from there. */
export const BASE = 0x10000;
export const SIZE = 0x40000;

/** Memory of one task: mapped from BASE on, nothing else. */
export class FakeMemory implements UserMemory {
  readonly bytes = new Uint8Array(SIZE);
  private staged = new DataView(new ArrayBuffer(0));

  private ok(addr: number, len: number): boolean {
    return addr >= BASE && addr + len <= BASE + SIZE;
  }
  view(addr: number, len: number): DataView | number {
    if (!this.ok(addr, len)) return -EFAULT;
    return new DataView(this.bytes.slice(addr - BASE, addr - BASE + len).buffer);
  }
  stage(len: number): DataView {
    this.staged = new DataView(new ArrayBuffer(len));
    return this.staged;
  }
  post(addr: number, len: number): number {
    const r = this.write(addr, new Uint8Array(this.staged.buffer), 0, len);
    return r < 0 ? r : 0;
  }
  read(addr: number, dst: Uint8Array, off: number, len: number): number {
    if (!this.ok(addr, len)) return -EFAULT;
    dst.set(this.bytes.subarray(addr - BASE, addr - BASE + len), off);
    return len;
  }
  write(addr: number, src: Uint8Array, off: number, len: number): number {
    if (!this.ok(addr, len)) return -EFAULT;
    this.bytes.set(src.subarray(off, off + len), addr - BASE);
    return len;
  }
  string(addr: number, max: number): string | number {
    if (!this.ok(addr, 1)) return -EFAULT;
    const end = this.bytes.indexOf(0, addr - BASE);
    if (end - (addr - BASE) >= max) return -ENAMETOOLONG;
    return Buffer.from(this.bytes.subarray(addr - BASE, end)).toString('latin1');
  }
  path(addr: number): string | number {
    return this.string(addr, 4096);
  }
  private scalar(addr: number, len: number, get: (v: DataView) => number): number {
    const v = this.view(addr, len);
    return typeof v === 'number' ? Number.NaN : get(v);
  }
  u32(addr: number): number {
    return this.scalar(addr, 4, (v) => v.getUint32(0, true));
  }
  i32(addr: number): number {
    return this.scalar(addr, 4, (v) => v.getInt32(0, true));
  }
  u64(addr: number): number {
    return this.scalar(addr, 8, (v) => Number(v.getBigUint64(0, true)));
  }
  i64(addr: number): number {
    return this.scalar(addr, 8, (v) => Number(v.getBigInt64(0, true)));
  }
  putU32(addr: number, value: number): number {
    this.stage(4).setUint32(0, value, true);
    return this.post(addr, 4);
  }
  putU64(addr: number, value: number): number {
    this.stage(8).setBigInt64(0, BigInt(value), true);
    return this.post(addr, 8);
  }
  iovec(addr: number, count: number): IoVec[] | number {
    if (count < 0 || count > 1024) return -EINVAL;
    const v = this.view(addr, count * 16);
    if (typeof v === 'number') return v;
    return Array.from({ length: count }, (_, i) => ({
      addr: Number(v.getBigUint64(i * 16, true)),
      len: Number(v.getBigUint64(i * 16 + 8, true)),
    }));
  }
  sink(iov: readonly IoVec[]): Sink {
    return new FakeSink(this, iov);
  }
  source(iov: readonly IoVec[]): Source {
    return new FakeSource(this, iov);
  }
  sink1(addr: number, len: number): Sink {
    return this.sink([{ addr, len }]);
  }
  source1(addr: number, len: number): Source {
    return this.source([{ addr, len }]);
  }
}

/** Walks a vector one byte at a time: slow and plain. */
class Cursor {
  protected readonly parts: { addr: number; len: number; start: number }[];
  constructor(
    protected readonly mem: FakeMemory,
    iov: readonly IoVec[],
  ) {
    this.parts = iov.map((p) => ({ ...p, start: p.addr }));
  }
  get remaining(): number {
    return this.parts.reduce((n, p) => n + p.len, 0);
  }
  protected step(max: number, move: (addr: number, i: number) => number): number {
    let i = 0;
    for (; i < max && this.remaining > 0; i++) {
      const part = this.parts.find((p) => p.len > 0);
      if (part === undefined) break;
      if (move(part.addr, i) < 0) return i > 0 ? i : -EFAULT;
      part.addr++;
      part.len--;
    }
    return i;
  }
}
class FakeSink extends Cursor implements Sink {
  put(src: Uint8Array, off: number, len: number): number {
    return this.step(len, (addr, i) => this.mem.write(addr, src, off + i, 1));
  }
  putHost(): number {
    throw new Error('no host files here');
  }
  putZero(len: number): number {
    return this.put(new Uint8Array(len), 0, len);
  }
}
class FakeSource extends Cursor implements Source {
  take(dst: Uint8Array, off: number, len: number): number {
    return this.step(len, (addr, i) => this.mem.read(addr, dst, off + i, 1));
  }
  giveBack(n: number): void {
    for (let i = 0; i < n; i++) {
      const part = this.parts.findLast((p) => p.addr > p.start);
      if (part === undefined) throw new Error('more given back than taken');
      part.addr--;
      part.len++;
    }
  }
  takeHost(): number {
    throw new Error('no host files here');
  }
}

class FakeFs implements FileSystem {
  readonly type = 'fake';
  readonly source = 'fake';
  readonly dev = 0x2a;
  readonly cacheNames = true;
  readonly root: Inode = new FakeInode(this, S_IFDIR | 0o755);
  statfs() {
    return { type: 1, bsize: 4096, blocks: 1, bfree: 1, bavail: 1, files: 1, ffree: 1, namelen: 255 };
  }
}

export class FakeInode extends Inode {
  readonly ino = 11;
  readonly attr: Attr;
  entries: DirEntry[] = [];
  constructor(
    readonly fs: FileSystem,
    mode: number,
  ) {
    super();
    const t = { sec: 1, nsec: 2 };
    this.attr = {
      ino: this.ino,
      mode,
      nlink: 1,
      uid: 1000,
      gid: 1000,
      rdev: 0,
      size: 0,
      blksize: 4096,
      blocks: 0,
      atime: t,
      mtime: t,
      ctime: t,
      btime: t,
    };
  }
  getattr(): Attr {
    return this.attr;
  }
  override setattr(change: SetAttr): number {
    if (change.mode !== undefined) this.attr.mode = (this.attr.mode & 0o170000) | change.mode;
    if (change.size !== undefined) this.attr.size = change.size;
    return 0;
  }
  override readdir(): DirEntry[] | number {
    return [...this.entries];
  }
}

/** A regular file in a byte array, a directory, or a stream that answers writes with what a test says. */
export class FakeFile extends OpenFile {
  data = new Uint8Array(0);
  answer: SyscallResult | undefined;
  synced = 0;

  override get seekable(): boolean {
    return (this.inode.mode & 0o170000) !== S_IFIFO;
  }
  override get pollable(): boolean {
    return !this.seekable;
  }
  override read(_task: Task, sink: Sink, pos: number): SyscallResult {
    if (this.answer !== undefined) return this.answer;
    if ((this.inode.mode & 0o170000) !== S_IFREG) return -EINVAL;
    return sink.put(this.data, pos, Math.max(0, Math.min(sink.remaining, this.data.length - pos)));
  }
  override write(_task: Task, source: Source, pos: number): SyscallResult {
    if (this.answer !== undefined) return this.answer;
    const len = source.remaining;
    const grown = new Uint8Array(Math.max(this.data.length, pos + len));
    grown.set(this.data);
    const n = source.take(grown, pos, len);
    this.data = grown;
    this.inode.setattr({ size: grown.length });
    return n;
  }
  override sync(): number {
    this.synced++;
    return 0;
  }
}

export interface World {
  task: Task;
  mem: FakeMemory;
  fs: FakeFs;
  /** Numbers of the signals sent, in order. */
  signals: number[];
  open(mode: number, flags: number): { fd: number; file: FakeFile; inode: FakeInode };
  call(handler: Handler, ...args: number[]): SyscallResult;
  place(addr: number, text: string): void;
}

function argsOf(values: readonly number[]): SyscallArgs {
  const at = (i: number): number => values[i] ?? 0;
  return {
    int: (i) => at(i) | 0,
    uint: (i) => at(i) >>> 0,
    long: at,
    ptr: at,
    big: (i) => BigInt(at(i)),
  };
}

/** @param uid of the task; 0 has all capabilities */
export function makeWorld(uid = 1000): World {
  const signals: number[] = [];
  const native = {
    sendSignal(_tgid: number, _tid: number, sig: number) {
      signals.push(sig);
      return 0;
    },
    hostProc: () => '',
    signalSets(_tid: number, sets: BigUint64Array) {
      sets.fill(0n);
      return 0;
    },
  } as unknown as Native;
  const kernel = new Kernel(native, {} as Logger, { maxTasks: 10 });
  const container = new Container(kernel, { id: 'h', hostname: 'h' });
  const fs = new FakeFs();
  const rootDentry = new Dentry('', undefined, fs.root);
  const mount = new Mount(1, fs, rootDentry, undefined, undefined, 0);
  const root: Path = { mount, dentry: rootDentry };
  const group = new ProcessGroup(5, new Session(5, container.pids));
  const limits = Array.from({ length: 16 }, () => ({ soft: Infinity, hard: Infinity }));
  limits[7] = { soft: 64, hard: 64 };
  const tg = new ThreadGroup(container, 5, 5, undefined, group, 17, limits);
  const mem = new FakeMemory();
  const task = new Task(
    5,
    5,
    tg,
    initialCred(uid, uid, []),
    new FsContext(root, root, 0o22),
    new FdTable(),
    () => mem,
  );
  tg.tasks.add(task);
  return {
    task,
    mem,
    fs,
    signals,
    open(mode, flags) {
      const inode = new FakeInode(fs, mode);
      const file = new FakeFile({ mount, dentry: new Dentry('f', rootDentry, inode) }, flags);
      return { fd: task.files.install(file, false, 64), file, inode };
    },
    call: (handler, ...args) => handler(task, argsOf(args)),
    place(addr, text) {
      mem.write(addr, Buffer.from(`${text}\0`, 'latin1'), 0, text.length + 1);
    },
  };
}

/** The handler of a family's entry. */
export function handlerOf(entry: { handler: Handler } | undefined): Handler {
  if (entry === undefined) throw new Error('no such call');
  return entry.handler;
}
