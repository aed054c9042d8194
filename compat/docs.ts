/**
 * Makes docs/compatibility.md (`npm run docs:compat`): runs all cases on tvisor, or takes a run from a file.
 *
 *   node --import tsx compat/docs.ts [--check] [--from RUN.json]
 *
 * A case that fails and should not is tried once more, alone: a page is not to depend on a busy machine. If it fails
 * again, nothing is written. Exit status: 0; 1 if --check finds another page than it should be; 2 if none can be made.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { readCases } from './case-file.js';
import { readExpectations, regressions } from './expectations.js';
import type { CompatRun } from './model.js';
import { keepRun, PAGE, readPage, staleness, writePage } from './page-file.js';
import { casesDirectory, expectedDirectory } from './paths.js';
import { readRun } from './report/files.js';
import { unfitForPage } from './report/page.js';
import { runCases } from './runner.js';
import { createTarget } from './targets/create.js';

const TARGET = 'tvisor';

/** Run all cases; those that fail unexpectedly get a second try when the machine has nothing else to do. */
async function runAll(): Promise<CompatRun> {
  const cases = readCases(casesDirectory);
  const expectations = readExpectations(expectedDirectory, TARGET);
  const target = await createTarget({ name: TARGET, words: undefined });
  const options = { timeFactor: 3, expectations: () => expectations };
  const run = await runCases(cases, [target], { ...options, jobs: availableParallelism() });
  const results = run.targets[0]?.cases ?? [];
  const failed = new Set(regressions(results).map(({ name }) => name));
  if (failed.size === 0) {
    return run;
  }
  console.error(`docs: once more: ${Array.from(failed).join(', ')}`);
  const again = cases.filter(({ name }) => failed.has(name));
  const second = await runCases(again, [target], { ...options, jobs: 1 });
  const better = new Map(second.targets[0]?.cases.map((result) => [result.name, result]));
  const merged = results.map((result) => better.get(result.name) ?? result);
  return { ...run, targets: run.targets.map((one) => ({ ...one, cases: merged })) };
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, from: { type: 'string' } } });
  const run = values.from === undefined ? await runAll() : readRun(values.from);
  if (values.from === undefined) {
    keepRun(run);
  }
  const unfit = unfitForPage(run);
  if (unfit !== '') {
    console.error(`docs: ${PAGE} cannot be made from this run: ${unfit}`);
    return 2;
  }
  if (!values.check) {
    writePage(run);
    return 0;
  }
  const words = staleness(readPage(), run);
  if (words !== '') {
    console.error(words);
  }
  return words === '' ? 0 : 1;
}

process.exitCode = await main();
