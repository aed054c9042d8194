/** Running a suite that others have written, and bringing its results into the shape of a run. */
import { describeMachine } from '../../bench/machine.js';
import { type Expectations, expectation } from '../expectations.js';
import { listGtest, runGtest } from '../gtest/suite.js';
import { runLtp, selectLtp } from '../ltp/suite.js';
import { openLtpTree } from '../ltp/tree.js';
import type { CaseResult, CompatRun, TargetRun } from '../model.js';
import type { Target } from '../targets/target.js';
import { Journal } from './journal.js';
import type { OutsideOptions } from './options.js';
import { shardOf } from './select.js';

/** Milliseconds that a test may take if nobody says so. */
export const DEFAULT_TIMEOUT = 60_000;

/** What the command line says of a run. */
export interface OutsideRequest extends OutsideOptions {
  /** Names or patterns; none means all. */
  names: readonly string[];
  calls: readonly string[];
  /** Milliseconds a test may take. */
  timeout: number;
  jobs: number;
  signal: AbortSignal;
}

/** Told how a target's run goes. */
export interface OutsideProgress {
  /** So many cases are going to be reported. */
  count(cases: number): void;
  step(result: CaseResult): void;
}

/** A suite whose options are checked. */
export interface OutsideSuite {
  name: 'ltp' | 'gtest';
  /** One line for every test that would be run. */
  list(target: Target): Promise<string[]>;
  run(target: Target, progress: OutsideProgress, journal: Journal | undefined): Promise<CaseResult[]>;
}

function ltpSuite(directory: string, request: OutsideRequest): OutsideSuite {
  const { names, calls, skip = [], timeout, jobs, signal, shard } = request;
  const tree = openLtpTree(directory);
  const files = request.ltpFile ?? ['syscalls'];
  const entries = shardOf(selectLtp(tree, files, { names, calls, skip }), shard);
  return {
    name: 'ltp',
    list: async () =>
      entries.map((entry) => `${entry.file}/${entry.name}: ${entry.calls.join(' ')}`.trimEnd()),
    run: (target, progress, journal) => {
      progress.count(entries.length);
      const options = { tree, timeout, jobs, harmful: request.harmful === true, signal };
      const onCase = (result: CaseResult): void => progress.step(result);
      return runLtp(target, entries, { ...options, onCase, ...(journal ? { journal } : {}) });
    },
  };
}

function gtestSuite(directory: string, request: OutsideRequest): OutsideSuite {
  const { names, calls, skip = [], timeout, jobs, signal, shard } = request;
  const options = {
    directory,
    selection: { names, calls, skip },
    timeout,
    jobs,
    signal,
    ...(shard ? { shard } : {}),
  };
  const silent = { onCount: () => undefined, onCase: () => undefined };
  return {
    name: 'gtest',
    list: (target) => listGtest(target, { ...options, ...silent }),
    run: (target, progress, journal) =>
      runGtest(target, {
        ...options,
        ...(journal ? { journal } : {}),
        onCount: (count) => progress.count(count),
        onCase: (result) => progress.step(result),
      }),
  };
}

/**
 * The suite that the command line asks for; undefined if it is the suite's own cases.
 *
 * @throws Error for a directory that holds no such suite, or names that none of its tests has
 */
export function outsideSuite(request: OutsideRequest): OutsideSuite | undefined {
  if (request.ltp !== undefined) return ltpSuite(request.ltp, request);
  return request.gtest === undefined ? undefined : gtestSuite(request.gtest, request);
}

/** What else a run needs. */
export interface OutsideRunOptions {
  /** Path of a journal. */
  resume: string | undefined;
  expectations(target: string): Expectations;
  /** A new one for each target. */
  progress(target: string): OutsideProgress & { stop(): void };
}

/**
 * Run a suite under targets, one after the other.
 *
 * @throws the abort signal's reason, when everything that ran has been killed
 */
export async function runOutside(
  suite: OutsideSuite,
  targets: readonly Target[],
  options: OutsideRunOptions,
): Promise<CompatRun> {
  const machine = describeMachine();
  const started = new Date();
  const journal = options.resume === undefined ? undefined : Journal.open(options.resume, suite.name);
  const runs: TargetRun[] = [];
  try {
    for (const target of targets) {
      const cases = target.unavailable === '' ? await runTarget(suite, target, options, journal) : [];
      runs.push({ target: target.info, unavailable: target.unavailable, cases });
    }
  } finally {
    journal?.close();
  }
  return {
    format: 'tvisor-compat/1',
    suite: suite.name,
    started: started.toISOString(),
    seconds: Math.round((Date.now() - started.getTime()) / 100) / 10,
    machine,
    targets: runs,
  };
}

async function runTarget(
  suite: OutsideSuite,
  target: Target,
  options: OutsideRunOptions,
  journal: Journal | undefined,
): Promise<CaseResult[]> {
  const progress = options.progress(target.info.name);
  try {
    const results = await suite.run(target, progress, journal);
    const expectations = options.expectations(target.info.name);
    return results.map((result) => ({ ...result, ...expectation(expectations, result) }));
  } finally {
    progress.stop();
  }
}
