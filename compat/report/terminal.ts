/** What a run looks like on a terminal: a bar while it runs, then a table and the failures. */
import { SingleBar } from 'cli-progress';
import Table from 'cli-table3';
import { formatMachine } from '../../bench/machine.js';
import type { CaseResult, CompatRun } from '../model.js';
import { fraction } from './figures.js';
import { type Cell, computeMatrix } from './matrix.js';
import { visible } from './text.js';

/** Lines of a difference that are shown; all of them are in the files. */
const DETAIL_LINES = 12;

/** Colours, or none. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  faint(text: string): string;
}

/** ANSI colours for a terminal; plain text for anything else, and where NO_COLOR asks for it. */
export function styleFor(stream: { isTTY?: boolean }): Style {
  const colour = stream.isTTY === true && !process.env['NO_COLOR'];
  const paint = (code: number) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { good: paint(32), bad: paint(31), faint: paint(2) };
}

/** A bar on standard error while a run is under way; nothing where that is no terminal. */
export function startProgress(total: number): {
  step(target: string, result: CaseResult): void;
  stop(): void;
} {
  if (!process.stderr.isTTY || total === 0) return { step: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    format: '{bar} {value}/{total}  {failed} failed  {last}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  let failed = 0;
  bar.start(total, 0, { failed, last: '' });
  return {
    step: (target, result) => {
      if (!['pass', 'skip'].includes(result.outcome)) failed++;
      bar.increment(1, { failed, last: `${target}: ${result.name}`.slice(0, 40) });
    },
    stop: () => bar.stop(),
  };
}

function cellText(cell: Cell, unavailable: string, style: Style): string {
  if (unavailable !== '') return style.faint('-');
  const paint =
    cell.failed > 0 ? style.bad : cell.passed === cell.total ? style.good : (text: string) => text;
  return paint(fraction(cell));
}

/** Rows are families, columns are targets, cells are passed/total checks. */
export function familyTable(run: CompatRun, style: Style): string {
  const { families, totals } = computeMatrix(run);
  const table = new Table({
    head: ['', ...run.targets.map(({ target }) => target.name)],
    colAligns: ['left', ...run.targets.map(() => 'right' as const)],
    style: { head: [], border: [], compact: true },
  });
  const row = (name: string, cells: readonly Cell[]): string[] => [
    name,
    ...cells.map((cell, column) => cellText(cell, run.targets[column]?.unavailable ?? '', style)),
  ];
  for (const { name, cells } of families) table.push(row(name, cells));
  table.push(
    row(
      'all',
      totals.map(({ checks }) => checks),
    ),
  );
  return table.toString();
}

function indented(detail: string, style: Style): string[] {
  const all = visible(detail).split('\n');
  const shown = all.slice(0, DETAIL_LINES).map((line) => `      ${line}`);
  return all.length > DETAIL_LINES
    ? [...shown, style.faint(`      ... ${all.length - DETAIL_LINES} more lines`)]
    : shown;
}

/** One failed case with its failed checks, as lines. */
export function describeFailure(target: string, result: CaseResult, style: Style): string[] {
  const bad = result.checks.filter((check) => !['pass', 'skip', 'not-reached'].includes(check.outcome));
  const missed = result.checks.filter((check) => check.outcome === 'not-reached').length;
  return [
    `${target}: ${style.bad(result.outcome)} ${result.family}/${result.name}`,
    ...(result.detail === '' ? [] : indented(result.detail, style)),
    ...bad.flatMap((check) => [
      `    ${check.outcome}: ${visible(check.title)}  ${style.faint(check.calls.map(({ name }) => name).join(' '))}`,
      ...(check.detail === '' ? [] : indented(check.detail, style)),
    ]),
    ...(missed === 0 ? [] : [style.faint(`    ${missed} checks not reached`)]),
  ];
}

/** What one target's outcome comes to. */
export interface Summary {
  target: string;
  regressions: readonly CaseResult[];
  /** Listed failures that happened. */
  known: number;
  /** Listed failures that did not: `case` or `case/check`. */
  improvements: readonly string[];
}

function describeSummary(summary: Summary, style: Style): string[] {
  const { target, regressions, known, improvements } = summary;
  return [
    ...regressions.flatMap((result) => describeFailure(target, result, style)),
    ...(known === 0 ? [] : [style.faint(`${target}: ${known} cases fail as expected`)]),
    ...improvements.map((key) =>
      style.good(`${target}: improved: ${key} is listed as failing, and does not`),
    ),
  ];
}

/** The whole report as text, without a newline at its end. */
export function toText(run: CompatRun, summaries: readonly Summary[], style: Style): string {
  return [
    formatMachine(run.machine),
    ...run.targets.map(({ target, unavailable }) =>
      unavailable === ''
        ? `${target.name}: ${[target.version, style.faint(target.command)].filter((text) => text !== '').join('  ')}`
        : `${target.name}: ${style.bad('unavailable')}: ${visible(unavailable)}`,
    ),
    familyTable(run, style),
    ...summaries.flatMap((summary) => describeSummary(summary, style)),
    `${run.seconds.toFixed(1)} s`,
  ].join('\n');
}
