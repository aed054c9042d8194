/** procfs (proc(5)): processes, settings and the machine, as the guest may know them. */

import { ENOENT } from '../../abi/errno.js';
import { S_IFDIR } from '../../abi/stat.js';
import type { Container } from '../../kernel/container.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { DirEntry, FileSystem, Inode, StatFs, Timespec } from '../../vfs/inode.js';
import { dirEntry, inoOf, LinkInode, PseudoDir, populate, StaticDir } from '../pseudo.js';
import { machineTree } from './machine.js';
import { PidDir } from './pid.js';
import { sysctlTree } from './sysctl.js';

const PROC_SUPER_MAGIC = 0x9fa0;
/** PROC_ROOT_INO. */
const ROOT_INO = 1;

/** The proc of a container's pid namespace. */
export class ProcFs implements FileSystem {
  readonly type = 'proc';
  readonly source = 'proc';
  readonly cacheNames = false;
  readonly root: Inode;
  readonly time: Timespec;
  readonly kernel: Kernel;

  constructor(
    readonly container: Container,
    readonly dev: number,
  ) {
    this.kernel = container.kernel;
    this.time = container.kernel.realtime();
    this.root = new ProcRoot(this);
  }

  statfs(): StatFs {
    return {
      type: PROC_SUPER_MAGIC,
      bsize: 4096,
      blocks: 0,
      bfree: 0,
      bavail: 0,
      files: 0,
      ffree: 0,
      namelen: 255,
    };
  }
}

class ProcRoot extends PseudoDir {
  override readonly ino = ROOT_INO;
  private readonly fixed: StaticDir;

  constructor(private readonly proc: ProcFs) {
    super(proc, 'proc', 0o555, proc.time, undefined, 100);
    const { container, time } = proc;
    this.fixed = new StaticDir(proc, 'proc', 0o555, time);
    populate(this.fixed, machineTree(container), time);
    const sys = new StaticDir(proc, 'proc/sys', 0o555, time);
    populate(sys, sysctlTree(container), time);
    this.fixed.add('sys', sys);
    const link = (name: string, text: (task: Task | undefined) => string | number): void =>
      this.fixed.add(name, new LinkInode(proc, `proc/${name}`, time, text));
    link('self', (task) => (this.sees(task) ? String(task.pid) : -ENOENT));
    link('thread-self', (task) => (this.sees(task) ? `${task.pid}/task/${task.tid}` : -ENOENT));
    link('mounts', () => 'self/mounts');
    link('net', () => 'self/net');
  }

  /** Does the caller have a number here? */
  private sees(task: Task | undefined): task is Task {
    return task?.pids === this.proc.container.pids;
  }

  override lookup(name: string): Inode | number {
    const fixed = this.fixed.lookup(name);
    if (typeof fixed !== 'number') return fixed;
    if (!/^[1-9]\d{0,9}$/.test(name)) return -ENOENT;
    const { pids } = this.proc.container;
    const id = Number(name);
    // A thread id leads to its process's directory, too, though it is not listed.
    const tg = pids.processes.get(id) ?? pids.tasksByTid.get(id)?.group;
    return tg === undefined || tg.reaped ? -ENOENT : new PidDir(this.proc, { tg }, `proc/${tg.pid}`);
  }

  override readdir(): DirEntry[] {
    const pids = [...this.proc.container.pids.processes.keys()].sort((a, b) => a - b);
    const processes = pids.map((pid) => ({
      name: String(pid),
      ino: inoOf(`proc/${pid}`),
      type: S_IFDIR >> 12,
    }));
    const fixed = this.fixed.readdir().map((e) => {
      const inode = this.fixed.get(e.name);
      return inode === undefined ? e : dirEntry(e.name, inode);
    });
    return [...fixed, ...processes];
  }
}
