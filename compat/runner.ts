/** Running the suite's cases under targets, several at a time. */
import { describeMachine } from '../bench/machine.js';
import type { CaseFile } from './case-file.js';
import { type Expectations, expectation } from './expectations.js';
import type { CaseResult, CompatRun, TargetRun } from './model.js';
import { type CaseOptions, runCase, type TargetVerdict } from './run-case.js';
import { nativeTarget } from './targets/prefix.js';
import type { Target } from './targets/target.js';

export interface RunOptions extends CaseOptions {
  /** How many cases run at the same time. */
  jobs: number;
  /** Of a target, by its name. */
  expectations(target: string): Expectations;
  /** Told of each result as it comes. */
  progress?(target: string, result: CaseResult): void;
}

/**
 * Do something with each item, several at a time.
 *
 * @returns when all are done; after the first that throws, no new ones are begun
 */
export async function forEachParallel<T>(
  items: readonly T[],
  jobs: number,
  body: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    while (!failed && next < items.length) {
      try {
        await body(items[next++] as T);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.max(1, jobs) }, worker));
  const rejected = results.find((result) => result.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
}

function toResult(entry: CaseFile, verdict: TargetVerdict, expectations: Expectations): CaseResult {
  const { name, family, tags } = entry;
  const counts: Record<string, number> = {};
  for (const { outcome } of verdict.checks) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return { name, family, tags, ...verdict, ...expectation(expectations, { name, ...verdict }), counts };
}

/** By family, then name: whichever finished first. */
function inOrder(a: CaseResult, b: CaseResult): number {
  return a.family.localeCompare(b.family) || a.name.localeCompare(b.name);
}

/**
 * Run cases under targets.
 *
 * @throws the abort signal's reason, when everything that ran has been killed
 */
export async function runCases(
  cases: readonly CaseFile[],
  targets: readonly Target[],
  options: RunOptions,
): Promise<CompatRun> {
  const machine = describeMachine();
  const started = new Date();
  const usable = targets.filter((target) => target.unavailable === '');
  const results = new Map(targets.map((target) => [target, [] as CaseResult[]]));
  const oracle = nativeTarget('');
  await forEachParallel(cases, options.jobs, (entry) =>
    runCase(entry, oracle, usable, options, (target, verdict) => {
      const result = toResult(entry, verdict, options.expectations(target.info.name));
      results.get(target)?.push(result);
      options.progress?.(target.info.name, result);
    }),
  );
  return {
    format: 'tvisor-compat/1',
    suite: 'cases',
    started: started.toISOString(),
    seconds: Math.round((Date.now() - started.getTime()) / 100) / 10,
    machine,
    targets: targets.map(
      (target): TargetRun => ({
        target: target.info,
        unavailable: target.unavailable,
        cases: (results.get(target) ?? []).sort(inOrder),
      }),
    ),
  };
}
