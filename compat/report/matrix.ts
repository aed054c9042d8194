/** The matrix of a run: what each call, family and feature came to on each target. All reports are views of it. */

import type { CaseResult, CheckResult, CompatRun, Outcome, TargetRun } from '../model.js';

/** A check that is not a pass, with what is known of its case. */
export interface FailingCheck {
  family: string;
  caseName: string;
  title: string;
  /** As the case writes them: `openat(O_CREAT|O_EXCL)`. */
  calls: string[];
  outcome: Outcome;
  detail: string;
  /** Why the target's expectations list its case; empty if they do not. */
  expected: string;
}

/** The checks about one thing on one target. Each is counted once: `total` is the sum of the others without `skipped`. */
export interface Cell {
  passed: number;
  /** Failed, timed out, crashed or broken, and should not have. */
  failed: number;
  /** The same in a case that is listed as a known gap. */
  expected: number;
  /** Their case ended before it came to them. */
  notReached: number;
  /** They say themselves that they cannot be tried here. */
  skipped: number;
  total: number;
  /** What was not passed: failed and expected, then not reached. */
  failing: FailingCheck[];
}

/**
 * A cell in one word. `none`: nothing covers it. `skip`: only skipped checks. `expected`: known gaps and nothing worse.
 * `not-reached`: nothing failed, but something was not tried. `fail`: some failed. `broken`: something failed and nothing passed.
 */
export type CellState = 'pass' | 'fail' | 'broken' | 'expected' | 'not-reached' | 'skip' | 'none';

export interface TargetTotals {
  checks: Cell;
  /** Cases by their own outcome. */
  cases: Record<Outcome, number>;
  /** Cases that are no pass, and are listed as known gaps. */
  expectedCases: number;
  /** Names of cases that are listed as known gaps, and pass. */
  improved: string[];
  /** Names of cases that should pass, and do not. */
  regressed: string[];
  /** Calls with at least one check, and those whose checks all pass. */
  coveredCalls: number;
  passingCalls: number;
  /** The sum of the suite's own counts (TPASS, TFAIL ...). Our cases have no words but those of outcomes, and none here. */
  counts: Map<string, number>;
}

export interface MatrixRow {
  name: string;
  /** One for each target of the run, in its order. An unavailable target has an empty cell. */
  cells: Cell[];
}

export interface Matrix {
  targets: TargetRun[];
  /** Only what some check is about, by name. */
  calls: Map<string, MatrixRow>;
  families: MatrixRow[];
  tags: MatrixRow[];
  /** One for each target. */
  totals: TargetTotals[];
}

export function emptyCell(): Cell {
  return { passed: 0, failed: 0, expected: 0, notReached: 0, skipped: 0, total: 0, failing: [] };
}

/** True for what a check or a case must not end as. */
export function isFailure(outcome: Outcome): boolean {
  return outcome === 'fail' || outcome === 'timeout' || outcome === 'crash' || outcome === 'broken';
}

/** The cell's one word. */
export function cellState(cell: Cell): CellState {
  if (cell.failed > 0) {
    return cell.passed > 0 ? 'fail' : 'broken';
  }
  if (cell.expected > 0) {
    return 'expected';
  }
  if (cell.notReached > 0) {
    return 'not-reached';
  }
  if (cell.passed > 0) {
    return 'pass';
  }
  return cell.skipped > 0 ? 'skip' : 'none';
}

/** True for a case that ended as a case must not: also one that stopped before its last check without a word. */
function caseFailed({ outcome }: CaseResult): boolean {
  return isFailure(outcome) || outcome === 'not-reached';
}

/**
 * A case's checks, and the case itself where they do not tell the whole. A case without checks is one; a case that failed
 * gets one more for what no check says: its detail, or the bare fact if no check failed.
 */
export function checksOf(result: CaseResult): CheckResult[] {
  const whole = (title: string, outcome: Outcome): CheckResult => ({
    title,
    calls: [],
    outcome,
    detail: result.detail,
  });
  if (result.checks.length === 0) {
    return [whole(result.name, result.outcome)];
  }
  const told = result.detail === '' && result.checks.some((check) => isFailure(check.outcome));
  if (!caseFailed(result) || told) {
    return result.checks;
  }
  const outcome = result.outcome === 'not-reached' ? 'fail' : result.outcome;
  return [...result.checks, whole('the case as a whole', outcome)];
}

function describeCall({ name, detail }: { name: string; detail: string }): string {
  return detail === '' ? name : `${name}(${detail})`;
}

function failingCheck(result: CaseResult, check: CheckResult): FailingCheck {
  return {
    family: result.family,
    caseName: result.name,
    title: check.title,
    calls: check.calls.map(describeCall),
    outcome: check.outcome,
    detail: check.detail,
    expected: result.expected === 'fail' ? result.reason || 'listed as a known gap' : '',
  };
}

function tally(cell: Cell, check: CheckResult, failing: FailingCheck): void {
  if (check.outcome === 'skip') {
    cell.skipped++;
    return;
  }
  cell.total++;
  if (check.outcome === 'pass') {
    cell.passed++;
  } else if (check.outcome === 'not-reached') {
    cell.notReached++;
    cell.failing.push(failing);
  } else {
    cell[failing.expected === '' ? 'failed' : 'expected']++;
    cell.failing.push(failing);
  }
}

/** Rows by name; `at` makes them as they come. */
class Rows {
  readonly byName = new Map<string, MatrixRow>();

  constructor(private readonly width: number) {}

  at(name: string, column: number): Cell {
    let row = this.byName.get(name);
    if (row === undefined) {
      row = { name, cells: Array.from({ length: this.width }, emptyCell) };
      this.byName.set(name, row);
    }
    return row.cells[column] as Cell;
  }

  sorted(): MatrixRow[] {
    return Array.from(this.byName.values()).sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

const OUTCOMES: Outcome[] = ['pass', 'fail', 'timeout', 'crash', 'skip', 'broken', 'not-reached'];

function emptyTotals(): TargetTotals {
  return {
    checks: emptyCell(),
    cases: Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>,
    expectedCases: 0,
    improved: [],
    regressed: [],
    coveredCalls: 0,
    passingCalls: 0,
    counts: new Map(),
  };
}

function countCase(totals: TargetTotals, result: CaseResult): void {
  totals.cases[result.outcome]++;
  const listed = result.expected === 'fail';
  if (listed && result.outcome === 'pass') {
    totals.improved.push(result.name);
  } else if (caseFailed(result)) {
    if (listed) {
      totals.expectedCases++;
    } else {
      totals.regressed.push(result.name);
    }
  }
}

function addCounts(totals: TargetTotals, result: CaseResult): void {
  for (const [word, number] of Object.entries(result.counts)) {
    totals.counts.set(word, (totals.counts.get(word) ?? 0) + number);
  }
}

function countCalls(totals: TargetTotals, rows: Iterable<MatrixRow>, column: number): void {
  for (const row of rows) {
    const cell = row.cells[column] as Cell;
    totals.coveredCalls += cell.total > 0 ? 1 : 0;
    totals.passingCalls += cellState(cell) === 'pass' ? 1 : 0;
  }
}

/** Work out the matrix of a run. A check that is about several calls counts for each of them. */
export function computeMatrix(run: CompatRun): Matrix {
  const calls = new Rows(run.targets.length);
  const families = new Rows(run.targets.length);
  const tags = new Rows(run.targets.length);
  const totals = run.targets.map(emptyTotals);
  run.targets.forEach((target, column) => {
    const sum = totals[column] as TargetTotals;
    for (const result of target.cases) {
      countCase(sum, result);
      if (run.suite !== 'cases') {
        addCounts(sum, result);
      }
      for (const check of checksOf(result)) {
        const failing = failingCheck(result, check);
        const names = new Set(check.calls.map((call) => call.name));
        const cells = [
          sum.checks,
          families.at(result.family, column),
          ...result.tags.map((tag) => tags.at(tag, column)),
          ...Array.from(names, (name) => calls.at(name, column)),
        ];
        for (const cell of cells) {
          tally(cell, check, failing);
        }
      }
    }
    countCalls(sum, calls.byName.values(), column);
  });
  return {
    targets: run.targets,
    calls: calls.byName,
    families: families.sorted(),
    tags: tags.sorted(),
    totals,
  };
}
