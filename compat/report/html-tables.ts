/** The tables of the page: calls, families and features. */

import type { TargetRun } from '../model.js';
import { fraction, remainder } from './figures.js';
import type { FailureIds } from './html-failures.js';
import { type Cell, cellState, isFailure, type Matrix, type MatrixRow } from './matrix.js';
import type { SyscallRow } from './syscall-rows.js';
import { escapeHtml, firstLine, slug, visible } from './text.js';

const NAME_COLUMNS = 80;
/** Failing checks that a cell shows; all of them are further down. */
const SHOWN_OF_CELL = 300;
/** Words of a row that the filter looks at. */
const WORDS = 2000;

/** The targets that have a column, with their place in the matrix: those on which nothing was run have only a card. */
function runTargets(matrix: Matrix): [TargetRun, number][] {
  return matrix.targets
    .map((target, column): [TargetRun, number] => [target, column])
    .filter(([{ unavailable }]) => unavailable === '');
}

function cell(value: Cell, row: string, target: TargetRun, ids: FailureIds): string {
  const state = cellState(value);
  const text = fraction(value) || '·';
  const rest = remainder(value);
  if (value.failing.length === 0) {
    const title = state === 'none' ? 'nothing covers it' : rest;
    return `<td class="c"><span class="cell ${state}"${title === '' ? '' : ` title="${title}"`}>${text}</span></td>`;
  }
  const list = value.failing.slice(0, SHOWN_OF_CELL).map((failing) => ids.of(failing));
  const label = `${row} on ${firstLine(target.target.name, NAME_COLUMNS)}: ${text}, ${rest}`;
  return `<td class="c"><a class="cell ${state}" href="#${list[0]}" data-f="${list.join(' ')}" title="${rest}" aria-label="${escapeHtml(label)}">${text}</a></td>`;
}

function cellsOf(row: MatrixRow, matrix: Matrix, ids: FailureIds): string {
  const name = firstLine(row.name, NAME_COLUMNS);
  return runTargets(matrix)
    .map(([target, column]) => cell(row.cells[column] as Cell, name, target, ids))
    .join('');
}

function targetHeads(matrix: Matrix): string {
  return runTargets(matrix)
    .map(([{ target }]) => `<th class="t">${escapeHtml(firstLine(target.name, NAME_COLUMNS))}</th>`)
    .join('');
}

/** Which of the filter's buttons show the row. */
function kinds(row: MatrixRow, matrix: Matrix): string {
  const cells = runTargets(matrix).map(([, column]) => row.cells[column] as Cell);
  const states = cells.map(cellState);
  const list: string[] = [];
  list.push(states.some((state) => state !== 'none') ? 'covered' : 'uncovered');
  if (states.some((state) => ['fail', 'broken', 'expected', 'not-reached'].includes(state))) {
    list.push('failing');
  }
  if (new Set(cells.map((value) => `${cellState(value)} ${fraction(value)}`)).size > 1) {
    list.push('differing');
  }
  return list.join(' ');
}

function wordsOf(row: SyscallRow): string {
  const failing = row.cells.flatMap((value) =>
    value.failing
      .filter(({ outcome }) => isFailure(outcome))
      .slice(0, 20)
      .map(({ caseName, family }) => `${family}/${caseName}`),
  );
  const { entry } = row;
  const says = entry === undefined ? [] : [String(entry.nr), entry.class, entry.status, entry.note];
  return escapeHtml([row.name, ...says, ...failing].join(' ').toLowerCase().slice(0, WORDS));
}

function syscallRow(row: SyscallRow, matrix: Matrix, ids: FailureIds): string {
  const { entry } = row;
  const name = escapeHtml(firstLine(row.name, NAME_COLUMNS));
  const says =
    entry === undefined
      ? '<td class="says" colspan="2">no call of x86-64</td>'
      : `<td class="says"><b class="${entry.status}">${entry.status}</b> · ${entry.class}</td><td class="note"><span>${escapeHtml(entry.note)}</span></td>`;
  const id = entry === undefined ? '' : ` id="call-${row.name}"`;
  return `<tr${id} data-kinds="${kinds(row, matrix)}" data-words="${wordsOf(row)}"><td class="nr">${entry?.nr ?? ''}</td><th class="call" scope="row">${name}</th>${says}${cellsOf(row, matrix, ids)}</tr>`;
}

const BUTTONS: [string, string][] = [
  ['all', 'All'],
  ['failing', 'Not passing'],
  ['differing', 'Targets differ'],
  ['covered', 'Covered'],
  ['uncovered', 'Nothing covers'],
];

/** All calls, with what tvisor's table says of them. */
export function syscallTableSection(matrix: Matrix, rows: readonly SyscallRow[], ids: FailureIds): string {
  const buttons = BUTTONS.map(
    ([value, text]) => `<button value="${value}" aria-pressed="${value === 'all'}">${text}</button>`,
  );
  return `<section><h2>Every system call</h2>
<p class="soft">Passed of all checks that are about the call. Click a cell for what does not pass. Status and class are tvisor's own.</p>
<div class="tools" hidden><input id="filter" type="search" placeholder="Filter: name, number, note, case" aria-label="Filter the calls">${buttons.join('')}<output></output></div>
<div class="scroll"><table><thead><tr><th></th><th>Call</th><th colspan="2">In tvisor</th>${targetHeads(matrix)}</tr></thead><tbody>
${rows.map((row) => syscallRow(row, matrix, ids)).join('\n')}
</tbody></table></div></section>`;
}

function plainTable(head: string, rows: readonly MatrixRow[], matrix: Matrix, ids: FailureIds): string {
  const lines = rows.map((row) => {
    const name = visible(firstLine(row.name, NAME_COLUMNS));
    return `<tr id="${slug(head)}-${slug(name)}"><th class="call" scope="row">${escapeHtml(name)}</th>${cellsOf(row, matrix, ids)}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>${head}</th>${targetHeads(matrix)}</tr></thead><tbody>
${lines.join('\n')}
</tbody></table></div>`;
}

/** Families, and the features that go across them. */
export function familiesSection(matrix: Matrix, ids: FailureIds): string {
  const families = plainTable('Family', matrix.families, matrix, ids);
  const tags =
    matrix.tags.length === 0 ? '' : `<h2>By feature</h2>${plainTable('Feature', matrix.tags, matrix, ids)}`;
  return `<section><h2>By family</h2>${families}${tags}</section>`;
}
