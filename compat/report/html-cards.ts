/** The head of the page: a card for each target, with its figures and a picture of all calls. */

import type { TargetRun } from '../model.js';
import { fraction, percent, remainder } from './figures.js';
import { type Cell, cellState, type Matrix, type TargetTotals } from './matrix.js';
import type { SyscallRow } from './syscall-rows.js';
import { count, escapeHtml, firstLine } from './text.js';

const WAFFLE_COLUMNS = 32;
const SQUARE = 10;
const GAP = 2.4;
const BAR_WIDTH = 1000;
const NAMES_SHOWN = 5;
const NAME_COLUMNS = 80;

/** All calls of x86-64 in the order of their numbers, a square each, coloured as in the table. */
function waffle(rows: readonly SyscallRow[], column: number): string {
  const known = rows.filter(({ entry }) => entry !== undefined);
  const step = SQUARE + GAP;
  const width = WAFFLE_COLUMNS * step - GAP;
  const height = Math.ceil(known.length / WAFFLE_COLUMNS) * step - GAP;
  const squares = known.map((row, index) => {
    const cell = row.cells[column] as Cell;
    const x = ((index % WAFFLE_COLUMNS) * step).toFixed(1);
    const y = (Math.floor(index / WAFFLE_COLUMNS) * step).toFixed(1);
    const title = `${row.name} ${fraction(cell) || 'not covered'}`;
    return `<a href="#call-${row.name}" tabindex="-1"><rect class="${cellState(cell)}" x="${x}" y="${y}" width="${SQUARE}" height="${SQUARE}" rx="2.2"><title>${title}</title></rect></a>`;
  });
  return `<svg viewBox="0 0 ${width.toFixed(1)} ${height.toFixed(1)}" role="img" aria-label="All system calls by number, coloured by what their checks came to">${squares.join('')}</svg>`;
}

/** Parts of all checks as one bar. */
function bar(cell: Cell): string {
  const parts: [string, number][] = [
    ['pass', cell.passed],
    ['expected', cell.expected],
    ['not-reached', cell.notReached],
    ['fail', cell.failed],
  ];
  let x = 0;
  const rects = parts.map(([name, number]) => {
    const width = cell.total === 0 ? 0 : (number / cell.total) * BAR_WIDTH;
    const rect = `<rect class="${name}" x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="9"/>`;
    x += width;
    return rect;
  });
  return `<svg class="bar" viewBox="0 0 ${BAR_WIDTH} 9" preserveAspectRatio="none" aria-hidden="true"><rect class="none" width="${BAR_WIDTH}" height="9"/>${rects.join('')}</svg>`;
}

function names(list: readonly string[]): string {
  const shown = list.slice(0, NAMES_SHOWN).map((name) => escapeHtml(firstLine(name, NAME_COLUMNS)));
  const more = list.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function facts(totals: TargetTotals): [string, string][] {
  const { checks } = totals;
  const cases = Object.values(totals.cases).reduce((sum, number) => sum + number, 0);
  const list: [string, string][] = [
    ['checks', `${fraction(checks) || '0'}`],
    ['cases', `${totals.cases.pass}/${cases - totals.cases.skip}`],
    ['calls that pass', `${totals.passingCalls}/${totals.coveredCalls}`],
  ];
  const rest = remainder(checks);
  if (rest !== '') {
    list.push(['not passed', rest]);
  }
  const ends = (['timeout', 'crash', 'broken'] as const).filter((outcome) => totals.cases[outcome] > 0);
  if (ends.length > 0) {
    list.push(['cases ended by', ends.map((outcome) => `${totals.cases[outcome]} ${outcome}`).join(', ')]);
  }
  for (const [word, number] of totals.counts) {
    list.push([escapeHtml(firstLine(word, 40)), String(number)]);
  }
  return list;
}

/** Where the target is not as its expectations say. */
function surprises(totals: TargetTotals): string {
  const lists: [string, string, string[]][] = [
    ['warn', 'fail unexpectedly', totals.regressed],
    ['glad', 'listed as a gap, but pass', totals.improved],
  ];
  return lists
    .filter(([, , list]) => list.length > 0)
    .map(
      ([kind, words, list]) =>
        `<p class="${kind}">${count(list.length, 'case')} ${words}: ${names(list)}</p>`,
    )
    .join('');
}

function heading({ target }: TargetRun): string {
  const version = target.version.trim() === '' ? '' : firstLine(target.version, 120);
  return `<h3>${escapeHtml(firstLine(target.name, NAME_COLUMNS))}</h3><div class="version">${escapeHtml(version)}</div>`;
}

function card(target: TargetRun, totals: TargetTotals, rows: readonly SyscallRow[], column: number): string {
  if (target.unavailable !== '') {
    return `<div class="card away">${heading(target)}<div class="figure">not run</div><p class="soft">${escapeHtml(firstLine(target.unavailable, 400))}</p></div>`;
  }
  const { checks } = totals;
  const list = facts(totals).map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`);
  const picture = totals.coveredCalls > 0 ? waffle(rows, column) : '';
  return `<div class="card">${heading(target)}
<div class="figure"><span>${percent(checks.passed, checks.total)}</span> <small>of checks pass</small></div>
${bar(checks)}${picture}<dl>${list.join('')}</dl>${surprises(totals)}</div>`;
}

/** The cards of all targets. */
export function cards(matrix: Matrix, rows: readonly SyscallRow[]): string {
  const list = matrix.targets.map((target, column) =>
    card(target, matrix.totals[column] as TargetTotals, rows, column),
  );
  return `<div class="targets">${list.join('\n')}</div>`;
}
