/** A kernel on a host that only remembers what it was told. */

import { Container } from '../../../src/kernel/container.js';
import { type Cred, initialCred } from '../../../src/kernel/cred.js';
import { type CloneArgs, createInit, finishClone, prepareClone } from '../../../src/kernel/fork.js';
import { Kernel } from '../../../src/kernel/kernel.js';
import type { UserMemory } from '../../../src/kernel/memory.js';
import { FsContext, type Task } from '../../../src/kernel/task.js';
import type { Logger } from '../../../src/log/logger.js';
import type { Native } from '../../../src/platform/native.js';
import type { Path } from '../../../src/vfs/dentry.js';
import { FdTable } from '../../../src/vfs/fdtable.js';

/** One signal that reached the host. `tid` 0: to the process. */
export interface Sent {
  tgid: number;
  tid: number;
  sig: number;
  code: number;
  pid: number;
  value: number;
}

/** Sets of signals of one thread, as lists of numbers. */
export interface Masks {
  pending?: number[];
  blocked?: number[];
  ignored?: number[];
  caught?: number[];
}

export class FakeHost {
  readonly sent: Sent[] = [];
  readonly replies: { tid: number; value: number }[] = [];
  /** By their numbers in the guests' pid namespace of the host. */
  readonly reaped: number[] = [];
  readonly interrupted: number[] = [];
  readonly masks = new Map<number, Masks>();
  /** CPU time by pid, microseconds. */
  readonly cpu = new Map<number, number>();
  readonly ctl = new ArrayBuffer(4096);
  readonly scratch = new ArrayBuffer(0x100000);
  readonly statBuf = new Float64Array(18);

  sendSignal(
    tgid: number,
    tid: number,
    sig: number,
    code: number,
    pid: number,
    _uid: number,
    value: number,
  ): number {
    this.sent.push({ tgid, tid, sig, code, pid, value });
    return 0;
  }
  reply(tid: number, value: number): number {
    this.replies.push({ tid, value });
    return 0;
  }
  reap(pid: number): void {
    this.reaped.push(pid);
  }
  ptraceInterrupt(tid: number): number {
    this.interrupted.push(tid);
    return 0;
  }
  ptraceGetSiginfo(): number {
    return 0;
  }
  cpuTime(pid: number): number {
    return this.cpu.get(pid) ?? 0;
  }
  clockGettime(): number {
    return 0;
  }
  hostProc(pid: number, name: string): string | number {
    if (name === 'stat') return `${pid} (a) b) R${' 0'.repeat(6)} 5 0 7 0 30 10${' 0'.repeat(30)}\n`;
    return name === 'status' ? 'Name:\tx\nVmHWM:\t    1234 kB\n' : -2;
  }
  signalSets(tid: number, sets: BigUint64Array): number {
    const m = this.masks.get(tid) ?? {};
    [[], m.pending, m.blocked, m.ignored, m.caught].forEach((list = [], i) => {
      sets[i] = list.reduce((set, sig) => set | (1n << BigInt(sig - 1)), 0n);
    });
    return 0;
  }
  /** Numbers of the signals sent to a host process, in order. */
  signalsOf(tgid: number): number[] {
    return this.sent.filter((s) => s.tgid === tgid).map((s) => s.sig);
  }
}

export interface World {
  kernel: Kernel;
  container: Container;
  host: FakeHost;
  init: Task;
  /** The kernel's clock, ms; timers run when `advance` passes them. */
  advance(ms: number): void;
  /** A child process of `parent` (host pid 1000 + pid). */
  fork(parent: Task, pid: number, args?: Partial<CloneArgs>): Task;
}

const NO_PATH = {} as Path;

export const PLAIN: CloneArgs = {
  flags: 0,
  exitSignal: 17,
  stack: 0,
  stackSize: 0,
  parentTid: 0,
  childTid: 0,
  tls: 0,
  pidfd: 0,
};

export function world(cred: Cred = initialCred(0, 0, [])): World {
  const host = new FakeHost();
  const kernel = new Kernel(host as unknown as Native, {} as Logger, { maxTasks: 100 });
  const container = new Container(kernel, { id: 'box', hostname: 'box' });
  let now = 1000;
  kernel.now = () => now;
  kernel.makeMemory = () => ({}) as UserMemory;
  const limits = Array.from({ length: 16 }, () => ({ soft: Infinity, hard: Infinity }));
  const fs = new FsContext(NO_PATH, NO_PATH, 0o22);
  const init = createInit(container, { hostPid: 1002, guestPid: 2, cred, fs, files: new FdTable(), limits });
  return {
    kernel,
    container,
    host,
    init,
    advance(ms) {
      now += ms;
      kernel.timers.run();
    },
    fork(parent, pid, args = {}) {
      const all = { ...PLAIN, ...args };
      const r = prepareClone(parent, all);
      if (r < 0) throw new Error(`clone: ${r}`);
      return finishClone(parent, all, 1000 + pid, pid);
    },
  };
}
