/** Compatibility: which checks, calls and tests of a suite pass on which target. */
import { formatMachine } from '../../bench/machine.js';
import type { CompatRun, Outcome, TargetRun } from '../../compat/model.js';
import { day, duration, fraction, percent, remainder, suiteTitle } from '../../compat/report/figures.js';
import { type Cell, computeMatrix, type Matrix, type TargetTotals } from '../../compat/report/matrix.js';
import { count, firstLine, slug } from '../../compat/report/text.js';
import type { Figure, Headline, PlotValue, Section } from '../model.js';
import type { Palette } from '../palette.js';

const NAME_COLUMNS = 60;

const name = (text: string): string => firstLine(text, NAME_COLUMNS);

/** The targets on which something was run, by their place in the matrix. */
function columnsOf(matrix: Matrix): number[] {
  return matrix.targets.flatMap(({ unavailable }, column) => (unavailable === '' ? [column] : []));
}

function nameOf(matrix: Matrix, column: number): string {
  return name(matrix.targets[column]?.target.name ?? '');
}

function totalsOf(matrix: Matrix, column: number): TargetTotals {
  return matrix.totals[column] as TargetTotals;
}

/** All checks of each target, as parts of a bar. */
function checksFigure(matrix: Matrix): Figure {
  const columns = columnsOf(matrix);
  const cells = columns.map((column) => totalsOf(matrix, column).checks);
  const parts: [string, string, (cell: Cell) => number][] = [
    ['pass', 'pass', (cell) => cell.passed],
    ['known gap', 'expected', (cell) => cell.expected],
    ['not reached', 'not-reached', (cell) => cell.notReached],
    ['fail', 'fail', (cell) => cell.failed],
  ];
  return {
    title: 'Checks that pass',
    words:
      'Share of the checks of each target that come out byte for byte as on Linux; known gaps are failures that are on its list. Skipped checks are left out.',
    plot: {
      kind: 'shares',
      rows: columns.map((column) => nameOf(matrix, column)),
      parts: parts.map(([words, state, of]) => ({ name: words, state, values: cells.map(of) })),
    },
    table: {
      head: ['target', 'checks that pass', 'share', 'calls whose checks all pass', 'the rest'],
      rows: columns.map((column) => {
        const { checks, passingCalls, coveredCalls } = totalsOf(matrix, column);
        return [
          nameOf(matrix, column),
          fraction(checks) || '0',
          percent(checks.passed, checks.total),
          `${passingCalls}/${coveredCalls}`,
          remainder(checks) || 'none',
        ];
      }),
    },
  };
}

function share(cell: Cell): PlotValue | undefined {
  return cell.total === 0 ? undefined : { value: (100 * cell.passed) / cell.total };
}

/** One row a family of calls. */
function familiesFigure(matrix: Matrix, palette: Palette): Figure {
  const columns = columnsOf(matrix);
  const families = matrix.families;
  return {
    title: 'By family of calls',
    words:
      'Share of the checks of a family that pass, 0 to 100 %. The further to the right, the more is as on Linux.',
    plot: {
      kind: 'dots',
      axis: 'percent',
      format: (value) => `${value} %`,
      rows: families.map((row) => name(row.name)),
      series: columns.map((column) => ({
        name: nameOf(matrix, column),
        style: palette.of(nameOf(matrix, column)),
        values: families.map(({ cells }) => share(cells[column] as Cell)),
      })),
    },
    table: {
      head: ['family', ...columns.map((column) => nameOf(matrix, column))],
      rows: families.map((row) => [
        name(row.name),
        ...columns.map((column) => fraction(row.cells[column] as Cell) || '-'),
      ]),
    },
  };
}

const OUTCOMES: [Outcome, string][] = [
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['broken', 'broken'],
  ['timeout', 'expected'],
  ['crash', 'not-reached'],
  ['skip', 'skip'],
];

/** Tests of somebody else's suite by how they ended, with the suite's own counts in the table. */
function outcomesFigure(matrix: Matrix): Figure {
  const columns = columnsOf(matrix);
  const totals = columns.map((column) => totalsOf(matrix, column));
  const used = OUTCOMES.filter(([outcome]) => totals.some(({ cases }) => cases[outcome] > 0));
  const words = Array.from(new Set(totals.flatMap(({ counts }) => Array.from(counts.keys())))).filter(
    (word) => !OUTCOMES.some(([outcome]) => outcome === word),
  );
  return {
    title: 'How the tests end',
    words:
      'Share of the tests of each target by their end. A test that says itself that it cannot run here is skipped.',
    plot: {
      kind: 'shares',
      rows: columns.map((column) => nameOf(matrix, column)),
      parts: used.map(([outcome, state]) => ({
        name: outcome,
        state,
        values: totals.map(({ cases }) => cases[outcome]),
      })),
    },
    table: {
      head: ['target', ...used.map(([outcome]) => outcome), ...words.map((word) => firstLine(word, 30))],
      rows: columns.map((column, i) => [
        nameOf(matrix, column),
        ...used.map(([outcome]) => String(totals[i]?.cases[outcome] ?? 0)),
        ...words.map((word) => String(totals[i]?.counts.get(word) ?? 0)),
      ]),
    },
  };
}

/** What is remembered of tvisor. */
function headlines(run: CompatRun, matrix: Matrix): Headline[] {
  const column = columnsOf(matrix).find((one) => nameOf(matrix, one) === 'tvisor');
  if (column === undefined) {
    return [];
  }
  const { checks, cases } = totalsOf(matrix, column);
  const on = 'on tvisor';
  if (run.suite === 'cases') {
    return [
      {
        value: percent(checks.passed, checks.total),
        words: `of ${checks.total} compatibility checks pass ${on}`,
      },
    ];
  }
  const tried = Object.values(cases).reduce((sum, number) => sum + number, 0) - cases.skip;
  const suite = run.suite === 'ltp' ? 'Linux Test Project tests' : 'gtest cases';
  return [{ value: percent(cases.pass, tried), words: `of ${tried} ${suite} pass ${on}` }];
}

function taken(run: CompatRun): string[] {
  const versions = run.targets
    .filter(({ unavailable }) => unavailable === '')
    .map(({ target }) => `${name(target.name)}: ${firstLine(target.version || 'no version told', 120)}`);
  const cases = new Set(
    run.targets.flatMap((target) => target.cases.map((one) => `${one.family}/${one.name}`)),
  );
  const method =
    run.suite === 'cases'
      ? `${count(cases.size, 'case')}, each compared with a native run of the same minute.`
      : `${count(cases.size, 'test')}, judged by the suite itself.`;
  return [
    `${method} ${day(run.started)}, in ${duration(run.seconds)}.`,
    ...formatMachine(run.machine).split('\n'),
    ...versions,
  ];
}

function notRun(run: CompatRun): string[] {
  return run.targets
    .filter(({ unavailable }) => unavailable !== '')
    .map(({ target, unavailable }) => `${name(target.name)}: not run: ${firstLine(unavailable, 300)}`);
}

/** Shares of different wholes are not comparable. */
function uneven(run: CompatRun): string[] {
  const tried = run.targets.filter(({ unavailable }) => unavailable === '');
  const numbers = tried.map(({ target, cases }) => `${name(target.name)} ${cases.length}`);
  const differ = new Set(tried.map(({ cases }) => cases.length)).size > 1;
  return differ ? [`The targets did not all run the same number of tests: ${numbers.join(', ')}.`] : [];
}

/** One run of all targets of several: of a target that was run in more than one, the newest. */
function merge(runs: readonly CompatRun[]): CompatRun {
  const targets = new Map<string, TargetRun>();
  for (const target of runs.toReversed().flatMap((run) => run.targets)) {
    if (target.unavailable === '' || !targets.has(target.target.name)) {
      targets.set(target.target.name, target);
    }
  }
  return { ...(runs[0] as CompatRun), targets: Array.from(targets.values()) };
}

/**
 * The section of a suite: of our own cases by checks and families, of other suites by outcomes.
 *
 * @param runs of one suite, at least one, the newest first; several, for a suite that was run on one target after the other
 */
export function compatSection(runs: readonly CompatRun[], palette: Palette): Section {
  const run = merge(runs);
  const matrix = computeMatrix(run);
  const any = columnsOf(matrix).length > 0;
  const own = run.suite === 'cases';
  const figures = own ? [checksFigure(matrix), familiesFigure(matrix, palette)] : [outcomesFigure(matrix)];
  return {
    id: `suite-${slug(run.suite)}`,
    title: suiteTitle(run),
    headlines: headlines(run, matrix),
    figures: any ? figures : [],
    notes: [...notRun(run), ...uneven(run)],
    taken: runs.flatMap(taken),
    warnings: [],
  };
}
