/**
 * Every C program in `compat/cases/` runs natively and in the sandbox, as `tvisor compat` does it; both must print the same.
 * TVISOR_CASE=text runs only the cases whose name contains it; TVISOR_NATIVE=1 compares two native runs instead, which is
 * how a new case is checked for being deterministic. At the end docs/compatibility.md is held against these same results.
 */
import { describe, type TestContext, test } from 'node:test';
import { type CaseFile, readCases } from '../../compat/case-file.js';
import { improvements, readExpectations, regressions } from '../../compat/expectations.js';
import type { CompatRun } from '../../compat/model.js';
import { keepRun, readPage, staleness } from '../../compat/page-file.js';
import { casesDirectory, expectedDirectory } from '../../compat/paths.js';
import { unfitForPage } from '../../compat/report/page.js';
import { describeFailure, styleFor } from '../../compat/report/terminal.js';
import { runCases } from '../../compat/runner.js';
import { caseDefects, keyDefects } from '../../compat/select.js';
import { createTarget } from '../../compat/targets/create.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const selection = process.env['TVISOR_CASE'] ?? '';
const name = process.env['TVISOR_NATIVE'] ? 'native' : 'tvisor';
const expectations = readExpectations(expectedDirectory, name);
const target = createTarget({ name, words: undefined });
const cases = readCases(casesDirectory);
/** One for each case that was run. */
const runs: CompatRun[] = [];

/** Fails for what is not expected, and for what is expected and does not happen: the list stays true. */
async function runCase(t: TestContext, entry: CaseFile): Promise<void> {
  if (!requireTool(t, 'gcc') || (name === 'tvisor' && !requireTvisor(t))) {
    return;
  }
  const run = await runCases([entry], [await target], {
    jobs: 1,
    // The machine may run other tests beside this one.
    timeFactor: 3,
    expectations: () => expectations,
  });
  const result = run.targets[0]?.cases[0];
  if (result === undefined) {
    throw new Error(run.targets[0]?.unavailable);
  }
  runs.push(run);
  const passing = improvements(expectations, [result]);
  if (passing.length > 0) {
    throw new Error(
      `pass, but are listed in compat/expected/${name}.json: remove them there: ${passing.join(', ')}`,
    );
  }
  if (result.outcome !== 'pass' && result.expected === 'pass') {
    throw new Error(describeFailure(name, result, styleFor({})).join('\n'));
  }
  if (result.outcome !== 'pass') {
    t.todo(`known gap: ${result.reason}`);
  }
}

/** The runs of single cases as one. */
function wholeRun(): CompatRun | undefined {
  const [first] = runs;
  const [one] = first?.targets ?? [];
  if (first === undefined || one === undefined) {
    return undefined;
  }
  const results = runs.flatMap((run) => run.targets.flatMap((each) => each.cases));
  return { ...first, targets: [{ ...one, cases: results }] };
}

test('the files of expectations name only cases and checks that exist', () => {
  const unknown = ['tvisor', 'runc', 'runsc'].flatMap((other) =>
    keyDefects(readExpectations(expectedDirectory, other).keys(), cases).map(
      (key) => `${other}.json: ${key}`,
    ),
  );
  if (unknown.length > 0) {
    throw new Error(unknown.join('\n'));
  }
});

test('every case names system calls that exist, and its checks by different titles', () => {
  const defects = cases.flatMap(caseDefects);
  if (defects.length > 0) {
    throw new Error(defects.join('\n'));
  }
});

describe('differential', { concurrency: 2 }, () => {
  for (const entry of cases.filter((candidate) => candidate.name.includes(selection))) {
    test(entry.name, (t) => runCase(t, entry));
  }
});

// After all cases: tests of a file run one after the other.
test('docs/compatibility.md is what this run gives', (t) => {
  const run = wholeRun();
  const results = run?.targets[0]?.cases ?? [];
  if (name !== 'tvisor' || run === undefined || results.length < cases.length) {
    return t.skip('not all cases were run on tvisor');
  }
  keepRun(run);
  if (regressions(results).length > 0 || improvements(expectations, results).length > 0) {
    return t.skip(`cannot be told from this run: ${unfitForPage(run)}`);
  }
  const words = staleness(readPage(), run);
  if (words !== '') {
    throw new Error(words);
  }
});
