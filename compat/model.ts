/**
 * The results of a run, as everything that reports them sees them: one shape for the suite's own cases, the Linux Test
 * Project and gtest binaries. `--json` writes a `CompatRun` as it is.
 */
import type { Machine } from '../bench/machine.js';

/**
 * How a check or a case ended. `skip`: it says itself that it cannot be tried here (TCONF, GTEST_SKIP, a missing tool).
 * `not-reached`: the case ended before it came to this check. `broken`: the test could not do its work (TBROK, a native
 * run that failed).
 */
export type Outcome = 'pass' | 'fail' | 'timeout' | 'crash' | 'skip' | 'broken' | 'not-reached';

/** A call that a check is about: `openat(O_CREAT|O_EXCL)` is `{ name: 'openat', detail: 'O_CREAT|O_EXCL' }`. */
export interface CoveredCall {
  name: string;
  detail: string;
}

/** The smallest thing that passes or fails by itself. */
export interface CheckResult {
  /** Unique in its case. */
  title: string;
  calls: CoveredCall[];
  outcome: Outcome;
  /** Why it is not a pass, for people: a difference with `-` expected and `+` seen, or the test's own words. */
  detail: string;
}

export interface CaseResult {
  /** Unique in its suite. */
  name: string;
  /** The group it is shown in: `file`, `process` ...; for LTP the runtest file, for gtest the binary. */
  family: string;
  tags: string[];
  /** The worst of its checks, or its own end. */
  outcome: Outcome;
  /** What the expectations say: `pass` unless the target's file lists the case. */
  expected: 'pass' | 'fail';
  /** Why it is expected to fail; empty if it is not. */
  reason: string;
  milliseconds: number;
  /** Why the outcome is not `pass`, where no check says it. */
  detail: string;
  checks: CheckResult[];
  /** Counts in the suite's own words (TPASS, TFAIL, TBROK, TCONF ...). */
  counts: Record<string, number>;
}

/** What is tested: a way of running a command. */
export interface TargetInfo {
  /** As `--target` knows it: native, tvisor, runc ... */
  name: string;
  /** What its program says of itself; empty when it says nothing. */
  version: string;
  /** For people: the command line, with {} where the tested command stands. */
  command: string;
}

export interface TargetRun {
  target: TargetInfo;
  /** Why nothing was run; empty if something was. */
  unavailable: string;
  cases: CaseResult[];
}

export interface CompatRun {
  format: 'tvisor-compat/1';
  suite: 'cases' | 'ltp' | 'gtest';
  /** ISO 8601. */
  started: string;
  seconds: number;
  machine: Machine;
  targets: TargetRun[];
}
