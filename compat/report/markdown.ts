/** A run as Markdown, as GitHub, GitLab and a pull request's comment show it. */

import { formatMachine } from '../../bench/machine.js';
import type { CompatRun, TargetRun } from '../model.js';
import { day, duration, fraction, percent, remainder, suiteTitle } from './figures.js';
import { formatGroups, groupFailures } from './groups.js';
import { markdownTable } from './markdown-table.js';
import {
  type Cell,
  type CellState,
  cellState,
  computeMatrix,
  type FailingCheck,
  type Matrix,
  type MatrixRow,
} from './matrix.js';
import { syscallRows } from './syscall-rows.js';
import { count, cut, escapeHtml, escapeMarkdown, fencedBlock, firstLine, type TextLimits } from './text.js';

const LIMITS: TextLimits = { columns: 160, lines: 24 };
const NAME_COLUMNS = 100;
/** Servers stop showing a file of more than a megabyte: of each target no more failing cases than this are written out. */
const MOST_CASES = 150;
const MOST_GROUPS = 20;
/** Links to failing cases in one cell. */
const LINKS = 3;

const MARKS: Record<CellState, string> = {
  pass: '🟢',
  fail: '🔴',
  broken: '🔴',
  expected: '🟡',
  'not-reached': '🟣',
  skip: '⚪',
  none: '',
};

const text = (words: string, columns = NAME_COLUMNS): string => escapeMarkdown(firstLine(words, columns));

/** Failing cases of a target that are written out, with the names of their places. */
class Places {
  private readonly ids = new Map<string, string>();

  constructor(matrix: Matrix) {
    matrix.totals.forEach(({ checks }, column) => {
      const cases = Array.from(new Set(checks.failing.map(Places.path))).slice(0, MOST_CASES);
      for (const path of cases) {
        this.ids.set(`${column} ${path}`, `case-${this.ids.size}`);
      }
    });
  }

  static path({ family, caseName }: FailingCheck): string {
    return `${family}/${caseName}`;
  }

  of(column: number, failing: FailingCheck): string | undefined {
    return this.ids.get(`${column} ${Places.path(failing)}`);
  }
}

function links(cell: Cell, column: number, places: Places): string {
  const cases = new Map(cell.failing.map((failing) => [Places.path(failing), failing]));
  const shown = Array.from(cases.values())
    .slice(0, LINKS)
    .map((failing) => {
      const place = places.of(column, failing);
      const name = text(failing.caseName, 40);
      return place === undefined ? name : `[${name}](#${place})`;
    });
  const more = cases.size - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

function cellText(cell: Cell, column: number, places: Places): string {
  const failing = cell.failing.length === 0 ? '' : `<br>${links(cell, column, places)}`;
  return `${MARKS[cellState(cell)]} ${fraction(cell)}${failing}`.trim();
}

/** The targets that have a column, by their place in the run. */
function columns(matrix: Matrix): number[] {
  return matrix.targets.flatMap(({ unavailable }, column) => (unavailable === '' ? [column] : []));
}

function names(matrix: Matrix): string[] {
  return columns(matrix).map((column) => text((matrix.targets[column] as TargetRun).target.name, 40));
}

function cells(row: MatrixRow, matrix: Matrix, places: Places): string[] {
  return columns(matrix).map((column) => cellText(row.cells[column] as Cell, column, places));
}

function targetsTable(matrix: Matrix): string {
  const rows = matrix.targets.map(({ target, unavailable }, column) => {
    const totals = matrix.totals[column];
    const name = [text(target.name), text(target.version)];
    if (unavailable !== '' || totals === undefined) {
      return [...name, '', '', '', `not run: ${text(unavailable, 300)}`];
    }
    const { checks } = totals;
    const counts = Array.from(totals.counts, ([word, number]) => `${text(word, 40)} ${number}`);
    const surprises = [
      totals.regressed.length > 0 ? `${count(totals.regressed.length, 'case')} failed unexpectedly` : '',
      totals.improved.length > 0
        ? `known gaps that pass: ${totals.improved.map((n) => text(n, 40)).join(', ')}`
        : '',
    ];
    return [
      ...name,
      `${percent(checks.passed, checks.total)} (${fraction(checks) || '0'})`,
      `${totals.passingCalls}/${totals.coveredCalls}`,
      remainder(checks),
      [...counts, ...surprises].filter((words) => words !== '').join('; '),
    ];
  });
  return markdownTable(['target', 'version', 'checks that pass', 'calls that pass', 'the rest', ''], rows);
}

function syscallsTable(matrix: Matrix, places: Places): string {
  const rows = syscallRows(matrix).map((row) => {
    const { entry } = row;
    const says =
      entry === undefined ? ['', 'no call of x86-64'] : [String(entry.nr), `${entry.status}, ${entry.class}`];
    return [
      says[0] as string,
      `\`${row.name.replace(/[^\w]/g, '?').slice(0, 60)}\``,
      says[1] as string,
      ...cells(row, matrix, places),
    ];
  });
  return markdownTable(['nr', 'call', 'in tvisor', ...names(matrix)], rows);
}

function rowsTable(head: string, rows: readonly MatrixRow[], matrix: Matrix, places: Places): string {
  return markdownTable(
    [head, ...names(matrix)],
    rows.map((row) => [text(row.name), ...cells(row, matrix, places)]),
  );
}

function checkText(failing: FailingCheck): string {
  const calls = failing.calls.length === 0 ? '' : ` (${text(failing.calls.join(' '))})`;
  const known = failing.expected === '' ? '' : `, known gap: ${text(failing.expected, 300)}`;
  const head = `**${failing.outcome}**${known}: ${text(failing.title)}${calls}`;
  const { detail } = failing;
  return detail.trim() === '' ? head : `${head}\n\n${fencedBlock(cut(detail, LIMITS), 'diff')}`;
}

function failuresOf(column: number, matrix: Matrix, places: Places): string {
  const target = matrix.targets[column] as TargetRun;
  const byCase = new Map<string, FailingCheck[]>();
  for (const failing of matrix.totals[column]?.checks.failing ?? []) {
    const path = Places.path(failing);
    byCase.set(path, [...(byCase.get(path) ?? []), failing]);
  }
  if (byCase.size === 0) {
    return '';
  }
  const parts = Array.from(byCase.values())
    .slice(0, MOST_CASES)
    .map((list) => {
      const first = list[0] as FailingCheck;
      // Inside an element of HTML, Markdown's escapes would be shown.
      const summary = `${escapeHtml(firstLine(Places.path(first), NAME_COLUMNS))}: ${count(list.length, 'check')}`;
      const place = places.of(column, first) ?? '';
      return `<a id="${place}"></a>\n<details><summary>${summary}</summary>\n\n${list.map(checkText).join('\n\n')}\n\n</details>`;
    });
  const more = byCase.size - parts.length;
  const rest = more > 0 ? `\n\nAnd ${count(more, 'more case')}, in the page and in the JSON of the run.` : '';
  return `### ${text(target.target.name)}\n\n${parts.join('\n\n')}${rest}`;
}

function groupsOf(target: TargetRun): string {
  const lines = formatGroups(groupFailures(target), MOST_GROUPS);
  return lines.length === 0
    ? ''
    : `### ${text(target.target.name)}\n\n${fencedBlock(lines.map((line) => cut(line)).join('\n'))}`;
}

function section(title: string, parts: string[]): string[] {
  const filled = parts.filter((part) => part !== '');
  return filled.length === 0 ? [] : [`## ${title}`, ...filled];
}

/**
 * The run as a Markdown document: totals, families, every call of x86-64, what does not pass.
 *
 * @returns text in which nothing that a test has printed is markup
 */
export function toMarkdown(run: CompatRun): string {
  const matrix = computeMatrix(run);
  const places = new Places(matrix);
  const machine = formatMachine(run.machine)
    .split('\n')
    .map((line) => text(line, 300));
  const parts = [
    `# ${suiteTitle(run)}`,
    `${text(day(run.started))}, in ${duration(run.seconds)}. ${machine.join('; ')}.`,
    targetsTable(matrix),
    '🟢 all checks pass, 🔴 some fail, 🟡 known gaps only, 🟣 not reached because the case ended before, ⚪ skipped.',
    ...section('By family', [rowsTable('family', matrix.families, matrix, places)]),
    ...section(
      'By feature',
      matrix.tags.length === 0 ? [] : [rowsTable('feature', matrix.tags, matrix, places)],
    ),
    ...section('Every system call', [syscallsTable(matrix, places)]),
    ...section('Largest groups of failures', run.targets.map(groupsOf)),
    ...section(
      'What does not pass',
      run.targets.map((_, column) => failuresOf(column, matrix, places)),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}
