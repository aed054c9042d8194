/** What is measured: one entry a row of the table, with the limits that the project has set itself. */
import type { RowInfo } from './model.js';

/** What a measured median is held against: a target's name, or the best runsc platform of the machine. */
export type Yardstick = 'native' | 'bare-trap' | 'runsc-ptrace' | 'runsc-best';

export interface Limit {
  against: Yardstick;
  /** The highest ratio of tvisor's median to the yardstick's that is still fine. */
  ratio: number;
}

export interface Row extends RowInfo {
  /** Iterations of the first calibration run: a few milliseconds at the speed of a trap through ptrace. */
  firstIterations: number;
  /** True when the bare trap answers all calls of the row, so that it is the row's floor. */
  floor: boolean;
  /** True when the row needs a directory of the host that is writable inside. */
  hostDirectory: boolean;
  limits: Limit[];
}

const fasterThanPtrace: Limit = { against: 'runsc-ptrace', ratio: 1 };

/** A call answered in TypeScript that moves none of the guest's memory. */
const noMemory: Limit = { against: 'bare-trap', ratio: 1.25 };

/** A call answered in TypeScript that moves a path or a struct. */
const pathOrStruct: Limit = { against: 'bare-trap', ratio: 1.8 };

/** A call that never leaves the host kernel (class `native`). */
const nativeCall: Limit = { against: 'native', ratio: 1.15 };

/** What servers live on: twice as fast as the best of runsc. */
const talks: Limit = { against: 'runsc-best', ratio: 0.5 };

type Entry = Omit<Row, 'family'>;

/** A row that the bare trap knows nothing of. `first`: see `firstIterations`. */
function call(name: string, label: string, first: number, ...limits: Limit[]): Entry {
  const all = [...limits, fasterThanPtrace];
  return { name, label, firstIterations: first, floor: false, hostDirectory: false, limits: all };
}

/** A row with a floor. */
function floored(name: string, label: string, ...limits: Limit[]): Entry {
  return { ...call(name, label, 500, ...limits), floor: true };
}

/** A row that works on a file of the host. */
function onHost(name: string, label: string): Entry {
  return { ...call(name, label, 300), hostDirectory: true };
}

/** The rows that the guest program runs in a loop, in the table's order. The families are its files. */
const families: Record<string, readonly Entry[]> = {
  caller: [
    floored('getppid', 'getppid', noMemory),
    floored('getpid', 'getpid', noMemory),
    floored('gettid', 'gettid', noMemory),
    floored('getcwd', 'getcwd', pathOrStruct),
    call('clock_gettime', 'clock_gettime', 1000, nativeCall),
    call('sched_yield', 'sched_yield', 500, nativeCall),
    call('sigprocmask', 'rt_sigprocmask', 500, nativeCall),
    call('kill-self', 'kill(self), handled', 200),
    floored('dup-close', 'dup + close', noMemory),
    floored('fcntl-getfl', 'fcntl(F_GETFL)', noMemory),
    floored('lseek', 'lseek', noMemory),
    floored('fstat', 'fstat', pathOrStruct),
  ],
  data: [
    floored('read-1', 'read 1 B, memory'),
    floored('read-4k', 'read 4 KiB, memory'),
    floored('write-1', 'write 1 B, memory'),
    floored('write-4k', 'write 4 KiB, memory'),
    onHost('host-read-1', 'read 1 B, host file'),
    onHost('host-read-4k', 'read 4 KiB, host file'),
    onHost('host-write-1', 'write 1 B, host file'),
    onHost('host-write-4k', 'write 4 KiB, host file'),
    floored('pread-1', 'pread 1 B'),
    floored('pread-4k', 'pread 4 KiB'),
    floored('pread-64k', 'pread 64 KiB'),
    floored('pwrite-4k', 'pwrite 4 KiB'),
    call('readv', 'readv 4 x 1 KiB', 300),
    call('writev', 'writev 4 x 1 KiB', 300),
  ],
  names: [
    floored('stat-hit', 'stat, hit', pathOrStruct),
    floored('stat-miss', 'stat, miss', pathOrStruct),
    floored('statx', 'statx', pathOrStruct),
    floored('access', 'access', pathOrStruct),
    floored('readlink', 'readlink', pathOrStruct),
    floored('open-close', 'open + close', pathOrStruct),
    call('getdents', 'open + getdents of 10 + close', 100),
    call('rename', 'rename there and back', 100),
    call('create-unlink', 'create + close + unlink', 100),
    call('new-file-4k', 'create + write 4 KiB + close + unlink', 100),
    call('mkdir-rmdir', 'mkdir + rmdir', 100),
  ],
  channels: [
    floored('pipe-1', 'pipe write + read 1 B'),
    floored('pipe-4k', 'pipe write + read 4 KiB'),
    call('pipe-two', 'pipe there and back, two processes', 100),
    floored('socketpair-1', 'socketpair write + read 1 B'),
    floored('eventfd', 'eventfd write + read'),
    call('poll', 'poll, 1 of 16 ready', 300),
    call('epoll-wait', 'epoll_wait, 1 of 16 ready', 300),
    call('epoll-ctl', 'epoll_ctl add + del', 200),
    call('futex-wake', 'futex wake, nobody sleeps', 500, nativeCall),
    call('futex-two', 'futex hand-over, two threads', 200, nativeCall),
  ],
  traffic: [
    call('unix-two', 'unix stream there and back, two processes', 100, talks),
    call('tcp-two', 'TCP there and back, two processes', 100, talks),
    call('udp-two', 'UDP there and back, two processes', 100, talks),
    call('pipe-stream', 'pipe, 64 KiB to another process', 100, talks),
    call('unix-stream', 'unix stream, 64 KiB to another process', 100, talks),
    call('tcp-stream', 'TCP, 64 KiB to another process', 100, talks),
    call('tcp-accept', 'TCP connect + accept + close', 50, talks),
    call('unix-accept', 'unix connect + accept + close', 50, talks),
    call('epoll-wait-10k', 'epoll_wait, 1 of 10,000 ready', 300, talks),
  ],
  memory: [
    call('mmap', 'mmap + touch + munmap 64 KiB', 100, nativeCall),
    call('mmap-file', 'mmap of a file + touch + munmap 64 KiB', 100),
    call('brk', 'brk up and down 64 KiB', 200, nativeCall),
  ],
  process: [
    call('thread', 'thread create + join', 20),
    call('fork', 'fork + exit + wait', 20),
    call('fork-exec', 'fork + exec + wait', 10),
  ],
};

export const callRows: readonly Row[] = Object.entries(families).flatMap(([family, entries]) =>
  entries.map((entry) => ({ ...entry, family })),
);

/** The wall time of running `true`, from outside: the only row without a loop. */
export const startRow: Row = {
  name: 'start',
  label: 'start-up of `true`',
  family: 'process',
  firstIterations: 1,
  floor: false,
  hostDirectory: false,
  limits: [{ against: 'runsc-best', ratio: 1 }, fasterThanPtrace],
};

/** In the table's order. */
export const allRows: readonly Row[] = [...callRows, startRow];
