/** Containers on directories of the host, without processes: what their world looks like. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { AT_FDCWD, O_CREAT, O_PATH, O_RDONLY, O_WRONLY } from '../../../src/abi/fcntl.js';
import { mountinfoText, mountsText } from '../../../src/fs/proc/mounts.js';
import { Container } from '../../../src/kernel/container.js';
import { type Cred, initialCred } from '../../../src/kernel/cred.js';
import { Kernel } from '../../../src/kernel/kernel.js';
import { FsContext, type Task } from '../../../src/kernel/task.js';
import { BufferSink, BufferSource } from '../../../src/kernel/useriov.js';
import type { Logger } from '../../../src/log/logger.js';
import { containerSpec, convertConfig, hostSources } from '../../../src/oci/convert.js';
import { readConfig } from '../../../src/oci/validate.js';
import type { Native } from '../../../src/platform/native.js';
import type { ContainerSpec } from '../../../src/sentry/container-spec.js';
import { buildContainerWorld } from '../../../src/sentry/container-world.js';
import { ReceivedFds } from '../../../src/sentry/received-files.js';
import { inodeOf } from '../../../src/vfs/dentry.js';
import { FdTable } from '../../../src/vfs/fdtable.js';
import { OpenFile } from '../../../src/vfs/file.js';
import type { Attr } from '../../../src/vfs/inode.js';
import { openAt, resolveAt } from '../../../src/vfs/namei.js';
import { realNative } from '../vfs/world.js';

export const options = { skip: realNative === undefined ? 'the addon is not built' : false };

/** The mounts that engines write. */
export const USUAL_MOUNTS: object[] = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  {
    destination: '/dev',
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
  },
  {
    destination: '/dev/pts',
    type: 'devpts',
    source: 'devpts',
    options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
  },
  {
    destination: '/dev/shm',
    type: 'tmpfs',
    source: 'shm',
    options: ['nosuid', 'noexec', 'nodev', 'mode=1777', 'size=65536k'],
  },
  { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
];

export class Box {
  readonly container: Container;
  readonly task: Task;
  readonly spec: ContainerSpec;

  constructor(bundle: string, config: object) {
    const native = realNative as Native;
    const kernel = new Kernel(native, {} as Logger, { maxTasks: 100 });
    const draft = convertConfig(readConfig(JSON.stringify(config)).value, 'box', bundle);
    const sources = hostSources(draft).map(({ path: at, directory }) => openPath(native, at, directory));
    this.spec = containerSpec(draft, {
      sources: sources.map((_, i) => i),
      process: { files: [], stub: 0, ...(draft.terminal ? { terminal: 0 } : {}) },
      namespaces: { pid: 'new', ipc: 'new', uts: 'new' },
      exitFile: 0,
    });
    this.container = new Container(kernel, { id: 'box', hostname: 'box' });
    buildContainerWorld(this.container, this.spec, new ReceivedFds(sources));
    this.task = this.as(initialCred(0, 0, []));
  }

  as(cred: Cred): Task {
    const { container } = this;
    const top = { mount: container.mounts.root, dentry: container.mounts.root.root };
    const table = new FdTable();
    return {
      cred,
      fs: new FsContext(top, top, 0o22),
      files: table,
      pid: 1,
      pids: container.pids,
      file: (fd: number) => table.get(fd),
      kernel: container.kernel,
      container,
    } as unknown as Task;
  }

  get mountinfo(): string[] {
    return mountinfoText(this.task).trimEnd().split('\n');
  }
  get mounts(): string[] {
    return mountsText(this.task).trimEnd().split('\n');
  }
  /** Mount points, in their order. */
  get points(): (string | undefined)[] {
    return this.mounts.map((line) => line.split(' ')[1]);
  }

  /** @returns attributes without following a last link, or -errno */
  stat(name: string): Attr | number {
    const found = resolveAt(this.task, AT_FDCWD, name, 0);
    return typeof found === 'number' ? found : inodeOf(found).getattr();
  }
  mode(name: string): string {
    const attr = this.stat(name);
    return typeof attr === 'number' ? String(attr) : attr.mode.toString(8);
  }

  /** @returns a description, or -errno */
  open(name: string, flags = O_RDONLY): OpenFile | number {
    const file = openAt(this.task, AT_FDCWD, name, flags, 0o644);
    return file instanceof OpenFile || typeof file === 'number' ? file : 1;
  }
  read(name: string): string {
    const file = this.open(name);
    if (typeof file === 'number') throw new Error(`open ${name}: ${file}`);
    const buf = new Uint8Array(65536);
    const native = this.container.kernel.native;
    const n = file.read(this.task, new BufferSink(buf, (...a) => native.pread(...a)), 0);
    return Buffer.from(buf.subarray(0, Number(n))).toString('latin1');
  }
  /** @returns 0 or -errno */
  write(name: string, text: string): number {
    const file = this.open(name, O_WRONLY | O_CREAT);
    if (typeof file === 'number') return file;
    const native = this.container.kernel.native;
    const n = file.write(this.task, new BufferSource(Buffer.from(text), (...a) => native.pwrite(...a)), 0);
    file.release();
    return Number(n) === text.length ? 0 : Number(n);
  }
}

function openPath(native: Native, at: string, directory: boolean): number {
  const dir = native.openRoot(directory ? at : path.dirname(at));
  if (directory) return dir;
  const fd = native.openAt(dir, path.basename(at), O_PATH, 0);
  native.close(dir);
  return fd;
}

/** A bundle with an empty rootfs. */
export class Bundle {
  readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tvisor-world-'));
  constructor() {
    for (const name of ['proc', 'dev', 'sys', 'tmp', 'etc'])
      fs.mkdirSync(this.host(name), { recursive: true });
  }
  /** Where a name of the rootfs is on the host. */
  host(name: string): string {
    return path.join(this.dir, 'rootfs', name);
  }
  /** A container of it. @param changes members of config.json, and of its parts process, root and linux */
  box(changes: { process?: object; root?: object; linux?: object; [field: string]: unknown } = {}): Box {
    return new Box(this.dir, {
      ociVersion: '1.0.2',
      mounts: USUAL_MOUNTS,
      ...changes,
      process: { args: ['sh'], cwd: '/', ...changes.process },
      root: { path: 'rootfs', ...changes.root },
      linux: { namespaces: ['network', 'ipc', 'uts'].map((type) => ({ type })), ...changes.linux },
    });
  }
  remove(): void {
    fs.rmSync(this.dir, { recursive: true });
  }
}
