/**
 * The results of a run, as everything that reports, compares or plots them sees them. `bench/out/*.json` holds one
 * `BenchRun` each; `bench/history.ts` reads and writes them.
 */
import type { Machine } from './machine.js';

/** What a run measured: `micro` system calls in sandboxes, `kernel` functions of the TypeScript kernel in one process. */
export type RunKind = 'micro' | 'kernel';

/** The build that was measured. */
export interface Commit {
  /** Full hash; empty outside of a git work tree. */
  id: string;
  /** True when tracked files differed from it. */
  dirty: boolean;
}

/** A way of running a program. For kernel runs there is one, named `kernel`. */
export interface TargetInfo {
  /** As `--targets` knows it: native, bare-trap, tvisor, runc, runsc-ptrace ... */
  name: string;
  /** What its program says of itself; empty when it says nothing. */
  version: string;
}

export interface RowInfo {
  /** As `--rows` knows it. */
  name: string;
  /** As tables say it. */
  label: string;
  /** The group that it is shown in. */
  family: string;
}

/** One row on one target. */
export interface CellResult {
  /** A row's name. */
  row: string;
  /** A target's name. */
  target: string;
  /** Operations of one sample. */
  iterations: number;
  /** Nanoseconds per operation; the n-th of every cell of a row was taken in the n-th round. */
  samples: number[];
  /**
   * The same of the fastest part of each sample's loop. What else the machine does makes parts slower and never faster, so
   * two runs are compared by these. Equal to `samples` where a sample has no parts.
   */
  fastest: number[];
  /** Why there is no figure; then the samples count for nothing. */
  failed?: string;
}

/** How quiet the machine was: a fixed loop of arithmetic timed again and again between the measurements. */
export interface Noise {
  /** Milliseconds of every timing of the loop, in order. */
  spins: number[];
  /** Median absolute deviation of `spins`, as a part of their median. */
  spread: number;
  /** The longest of `spins` over the shortest, minus 1. */
  range: number;
  /** Part of the processors' time that the hypervisor gave to others, 0 to 1, over the whole run. */
  steal: number;
  /** How often the loop lost its processor to another program, per second of its own running. */
  preemptions: number;
  /** Load of the last minute at the start and at the end. */
  load: { before: number; after: number };
  /** Sentences for the reader; none when the machine was quiet enough. */
  warnings: string[];
}

/** What was asked for: two runs with other settings are not compared. */
export interface Settings {
  rounds: number;
  /** Milliseconds that one sample's loop should last. */
  duration: number;
  /** The one processor that everything ran on; null when not pinned. */
  pin: number | null;
}

export interface BenchRun {
  format: 'tvisor-bench/1';
  kind: RunKind;
  /** ISO 8601. */
  started: string;
  seconds: number;
  commit: Commit;
  machine: Machine;
  settings: Settings;
  noise: Noise;
  targets: TargetInfo[];
  rows: RowInfo[];
  cells: CellResult[];
  /** Why a target is not among them, and the like: sentences for the reader. */
  notes: string[];
}
