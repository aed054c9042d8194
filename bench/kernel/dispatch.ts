/** The dispatcher: from a trapped call in the control block to the answer in it, with a host that only delivers calls. */
import { ENOENT, ENOSYS } from '../../src/abi/errno.js';
import { AT_FDCWD, O_RDONLY } from '../../src/abi/fcntl.js';
import { SYS } from '../../src/arch/x86-64-syscalls.js';
import type { UserMemory } from '../../src/kernel/memory.js';
import type { Logger } from '../../src/log/logger.js';
import {
  CTL_ARGS,
  CTL_ARGS_F64,
  CTL_NR,
  CTL_REPLY_VALUE,
  CTL_TID,
  EVENT_NO_GUEST,
  EVENT_SYSCALL,
  type Native,
} from '../../src/platform/native.js';
import type { Tracer } from '../../src/platform/tracer.js';
import { Dispatcher, type LoopHooks } from '../../src/sentry/dispatch.js';
import { world } from '../../test/unit/kernel/fake.js';
import { tmpWorld } from '../../test/unit/vfs/world.js';
import type { KernelRow } from './row.js';

const family = 'dispatch';
const batch = 100;

/** Guest memory that holds one path, wherever it is asked for, and takes every struct. */
function pathMemory(path: string): UserMemory {
  const buffer = new ArrayBuffer(512);
  const bytes = new Uint8Array(buffer);
  const views = new Map<number, DataView>();
  return {
    path: () => path,
    stage(len: number) {
      bytes.fill(0, 0, len);
      let view = views.get(len);
      if (view === undefined) {
        view = new DataView(buffer, 0, len);
        views.set(len, view);
      }
      return view;
    },
    post: () => 0,
  } as unknown as UserMemory;
}

const quiet = { warn() {}, error() {} } as unknown as Logger;

/** A kernel with one task that has `/d1/file` open as 0, and a host that delivers `batch` calls each time it is run. */
function machine(path: string) {
  const files = tmpWorld();
  const { kernel, container, init, host } = world();
  Object.assign(kernel, { log: quiet });
  container.mounts = files.mounts;
  files.put('/file', 'text');
  init.fs = files.task.fs;
  Object.assign(init.mem, pathMemory(path));
  init.files.install(files.open('/file', O_RDONLY), false, 64);
  let left = 0;
  const native = Object.assign(host, {
    next: () => (left-- > 0 ? EVENT_SYSCALL : EVENT_NO_GUEST),
  }) as unknown as Native;
  const dispatcher = new Dispatcher(kernel, native, {} as Tracer, undefined);
  const hooks: LoopHooks = { hostSignal() {}, otherChild: () => false, ended: () => false };
  return {
    words: new Int32Array(host.ctl),
    longs: new BigInt64Array(host.ctl),
    doubles: new Float64Array(host.ctl),
    tid: init.hostTid,
    deliver() {
      left = batch;
      dispatcher.run(hooks);
    },
  };
}

/**
 * A row that makes one call again and again.
 *
 * @param args the call's arguments
 * @param path what the memory holds
 * @param expected its result
 */
function calling(
  name: string,
  label: string,
  nr: number,
  args: readonly number[],
  path: string,
  expected: number,
): KernelRow {
  const prepare = () => {
    const { words, longs, doubles, tid, deliver } = machine(path);
    return () => {
      words[CTL_TID] = tid;
      words[CTL_NR] = nr;
      args.forEach((arg, i) => {
        longs[CTL_ARGS / 2 + i] = BigInt(arg);
        doubles[CTL_ARGS_F64 + i] = arg;
      });
      deliver();
      return doubles[CTL_REPLY_VALUE];
    };
  };
  return { name, label, family, batch, prepare, expected };
}

/** Any address: the memory is the same everywhere. */
const somewhere = 0x10000;

export const dispatchRows: readonly KernelRow[] = [
  calling('call-getppid', 'dispatch: getppid', SYS.getppid, [], '', 0),
  calling('call-fstat', 'dispatch: fstat', SYS.fstat, [0, somewhere], '', 0),
  calling(
    'call-stat-hit',
    'dispatch: newfstatat, hit',
    SYS.newfstatat,
    [AT_FDCWD, somewhere, somewhere, 0],
    '/file',
    0,
  ),
  calling(
    'call-stat-miss',
    'dispatch: newfstatat, miss',
    SYS.newfstatat,
    [AT_FDCWD, somewhere, somewhere, 0],
    '/missing',
    -ENOENT,
  ),
  calling('call-unknown', 'dispatch: a number that no call has', 9999, [], '', -ENOSYS),
];
