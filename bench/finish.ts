/** What both benchmarks do with a run: keep it, compare it, and say how the process ends. */
import { compareRuns, defaultCompare } from './compare.js';
import { loadRun, saveRun } from './history.js';
import type { BenchRun, RunKind } from './model.js';
import { type HistoryOptions, UsageError } from './options.js';
import { formatComparison } from './report.js';

function load(path: string, kind: RunKind): BenchRun {
  try {
    return loadRun(path, kind);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Save a run that has been shown already: if that fails, words are enough. @returns whether it was saved */
function keep(run: BenchRun, path?: string): boolean {
  try {
    const file = saveRun(run, path);
    if (path === undefined) console.log(`\nKept in ${file}`);
    return true;
  } catch (error) {
    console.error(`bench: not kept: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

/**
 * Get the run, from `measure` or with --current from a file, show it, keep it and compare it.
 *
 * @param measure takes the run
 * @param show the run's own tables
 * @returns the exit status
 * @throws UsageError for files that are no runs; before anything is measured
 */
export async function finish(
  options: HistoryOptions,
  kind: RunKind,
  measure: () => Promise<BenchRun>,
  show: (run: BenchRun) => string,
): Promise<number> {
  const before = options.against === undefined ? undefined : load(options.against, kind);
  const measured = options.current === undefined;
  const run = options.current === undefined ? await measure() : load(options.current, kind);
  console.log(`\n${show(run)}`);
  const toFile = !measured || options.json === undefined || keep(run, options.json);
  const toHistory = !measured || !options.save || keep(run);
  const lost = toFile && toHistory ? 0 : 1;
  if (before === undefined) {
    return lost;
  }
  const settings = { ...defaultCompare, leastChange: options.leastChange };
  const comparison = compareRuns(before, run, settings);
  console.log(`\n${formatComparison(before, comparison, settings)}`);
  const worse = comparison.changes.some((change) => change.verdict === 'worse');
  return worse && options.failOnWorse ? 1 : lost;
}

/**
 * Run a program's `main`: usage errors become words and status 2; a first SIGINT or SIGTERM aborts the signal, so that
 * sandboxes are ended and cleaned up after, and a second one ends the process.
 *
 * @param main returns the exit status
 */
export async function runMain(main: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const controller = new AbortController();
  for (const [name, status] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        process.exit(status);
      }
      process.exitCode = status;
      controller.abort();
    });
  }
  try {
    const status = await main(controller.signal);
    process.exitCode ??= status;
  } catch (error) {
    if (controller.signal.aborted) {
      return;
    }
    if (!(error instanceof UsageError)) {
      throw error;
    }
    console.error(`bench: ${error.message} (--help says more)`);
    process.exitCode = 2;
  }
}
