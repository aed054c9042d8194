/** What is measured: one entry a row of the table, with the limits that the project has set itself. */

/** What a measured median is held against: a target's name, or the best runsc platform of the machine. */
export type Yardstick = 'native' | 'bare-trap' | 'runsc-ptrace' | 'runsc-best';

export interface Limit {
  against: Yardstick;
  /** The highest ratio of tvisor's median to the yardstick's that is still fine. */
  ratio: number;
}

export interface Row {
  /** As `micro` and `--rows` know it. */
  name: string;
  /** As the table says it. */
  label: string;
  /** Iterations of the first calibration run: about 10 ms at the speed of a trap through ptrace. */
  firstIterations: number;
  limits: Limit[];
}

const fasterThanPtrace: Limit = { against: 'runsc-ptrace', ratio: 1 };

/** A call answered in TypeScript that moves none of the guest's memory. */
const noMemory: Limit = { against: 'bare-trap', ratio: 1.25 };

/** A call answered in TypeScript that moves a path or a struct. */
const pathOrStruct: Limit = { against: 'bare-trap', ratio: 1.8 };

/** A call that never leaves the host kernel (class `native`). */
const nativeCall: Limit = { against: 'native', ratio: 1.15 };

function row(name: string, label: string, firstIterations: number, ...limits: Limit[]): Row {
  return { name, label, firstIterations, limits: [...limits, fasterThanPtrace] };
}

/** The rows that `micro` runs in a loop, in the table's order. */
export const callRows: readonly Row[] = [
  row('getppid', 'getppid', 500, noMemory),
  row('pread-1', 'pread 1 B', 500),
  row('pread-4k', 'pread 4 KiB', 500),
  row('pread-64k', 'pread 64 KiB', 300),
  row('pwrite-4k', 'pwrite 4 KiB', 500),
  row('fstat', 'fstat', 500, pathOrStruct),
  row('stat-hit', 'stat, hit', 500, pathOrStruct),
  row('stat-miss', 'stat, miss', 500, pathOrStruct),
  row('open-close', 'open + close', 300, pathOrStruct),
  row('pipe-1', 'pipe write + read 1 B', 300),
  row('pipe-4k', 'pipe write + read 4 KiB', 300),
  row('mmap', 'mmap + touch + munmap 64 KiB', 100, nativeCall),
  row('clock_gettime', 'clock_gettime', 1000, nativeCall),
  row('fork', 'fork + exit + wait', 20),
  row('fork-exec', 'fork + exec + wait', 10),
];

/** The wall time of running `true`, from outside: the only row without a loop. */
export const startRow: Row = {
  name: 'start',
  label: 'start-up of `true`',
  firstIterations: 1,
  limits: [{ against: 'runsc-best', ratio: 1 }, fasterThanPtrace],
};
