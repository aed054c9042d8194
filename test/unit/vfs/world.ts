/** A task with a root file system, for tests of names and files. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { AT_FDCWD, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../../src/abi/fcntl.js';
import { MS_RELATIME } from '../../../src/abi/stat.js';
import { TmpFs, type TmpFsOptions } from '../../../src/fs/tmpfs/tmpfs.js';
import { type Cred, initialCred } from '../../../src/kernel/cred.js';
import { FsContext, type Task } from '../../../src/kernel/task.js';
import { INITIAL_USERS } from '../../../src/kernel/user-namespace.js';
import { BufferSink, BufferSource } from '../../../src/kernel/useriov.js';
import { type Native, St } from '../../../src/platform/native.js';
import { FdTable } from '../../../src/vfs/fdtable.js';
import { OpenFile } from '../../../src/vfs/file.js';
import type { FileSystem } from '../../../src/vfs/inode.js';
import { closeLocks } from '../../../src/vfs/locks.js';
import { MountNamespace } from '../../../src/vfs/mounts.js';
import { openAt } from '../../../src/vfs/namei.js';

/** Host memory files as byte arrays; everything else of the host is absent. */
export class FakeHost {
  readonly statBuf = new Float64Array(18);
  readonly files = new Map<number, Uint8Array>();
  private next = 100;

  memfd(): number {
    this.files.set(this.next, new Uint8Array(0));
    return this.next++;
  }
  private resize(fd: number, size: number): void {
    const old = this.files.get(fd) as Uint8Array;
    const now = new Uint8Array(size);
    now.set(old.subarray(0, size));
    this.files.set(fd, now);
  }
  ftruncate(fd: number, size: number): number {
    this.resize(fd, size);
    return 0;
  }
  pwrite(fd: number, src: Uint8Array, off: number, len: number, pos: number): number {
    if ((this.files.get(fd) as Uint8Array).length < pos + len) this.resize(fd, pos + len);
    this.files.get(fd)?.set(src.subarray(off, off + len), pos);
    return len;
  }
  pread(fd: number, dst: Uint8Array, off: number, len: number, pos: number): number {
    const part = (this.files.get(fd) as Uint8Array).subarray(pos, pos + len);
    dst.set(part, off);
    return part.length;
  }
  fstat(fd: number): number {
    this.statBuf[St.blocks] = Math.ceil((this.files.get(fd) as Uint8Array).length / 4096) * 8;
    return 0;
  }
  close(fd: number): void {
    this.files.delete(fd);
  }
  get native(): Native {
    return this as unknown as Native;
  }
}

const addonPath = fileURLToPath(new URL('../../../build/Release/tvisor.node', import.meta.url));
/** The real addon, or undefined where it is not built. */
export const realNative: Native | undefined = existsSync(addonPath)
  ? (createRequire(import.meta.url)(addonPath) as Native)
  : undefined;

export class World {
  readonly mounts = new MountNamespace();
  readonly files = new FdTable(closeLocks);
  readonly task: Task;

  constructor(
    readonly native: Native,
    root: FileSystem,
    uid = 0,
  ) {
    const mount = this.mounts.mount(root, undefined, MS_RELATIME);
    const path = { mount, dentry: mount.root };
    const table = this.files;
    this.task = {
      cred: initialCred(uid, uid, []),
      fs: new FsContext(path, path, 0o22),
      files: table,
      pid: 1,
      file: (fd: number) => table.get(fd),
      kernel: { native },
      container: { mounts: this.mounts, users: INITIAL_USERS },
      group: { ref: {} },
    } as unknown as Task;
  }

  /** The same files seen by another user. */
  as(uid: number, groups: number[] = []): Task {
    const cred: Cred = initialCred(uid, uid, groups);
    return Object.assign(Object.create(this.task) as Task, { cred, pid: 100 + uid });
  }

  open(name: string, flags = O_RDONLY, mode = 0o644, task = this.task): OpenFile {
    const file = openAt(task, AT_FDCWD, name, flags, mode);
    if (!(file instanceof OpenFile)) throw new Error(`open ${name}: ${String(file)}`);
    file.refs = 1;
    return file;
  }

  /** The result of an open that should fail. */
  error(name: string, flags: number, task = this.task): number {
    const file = openAt(task, AT_FDCWD, name, flags, 0o644);
    if (file instanceof OpenFile) {
      file.release();
      return 0;
    }
    return typeof file === 'number' ? file : 1;
  }

  put(name: string, text: string): void {
    const file = this.open(name, O_WRONLY | O_CREAT | O_TRUNC);
    this.write(file, text, 0);
    file.release();
  }

  write(file: OpenFile, text: string, pos: number): number {
    const source = new BufferSource(Buffer.from(text, 'latin1'), (...a) => this.native.pwrite(...a));
    return file.write(this.task, source, pos) as number;
  }

  read(file: OpenFile, len: number, pos: number): string {
    const buf = new Uint8Array(len);
    const n = file.read(this.task, new BufferSink(buf, (...a) => this.native.pread(...a)), pos);
    if (typeof n !== 'number' || n < 0) throw new Error(`read: ${String(n)}`);
    return Buffer.from(buf.subarray(0, n)).toString('latin1');
  }

  get(name: string): string {
    const file = this.open(name);
    const text = this.read(file, 1 << 20, 0);
    file.release();
    return text;
  }

  list(name: string): string[] {
    const file = this.open(name);
    const entries = file.readdir(this.task);
    file.release();
    if (typeof entries === 'number') throw new Error(`readdir: ${entries}`);
    return entries.map((e) => e.name);
  }
}

/** A world whose root is a tmpfs over a fake host. */
export function tmpWorld(options: TmpFsOptions = {}, uid = 0): World & { host: FakeHost; root: TmpFs } {
  const host = new FakeHost();
  const root = new TmpFs(host.native, { mode: 0o755, ...options });
  return Object.assign(new World(host.native, root, uid), { host, root });
}
