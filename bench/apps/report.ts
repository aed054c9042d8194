/** The table that `npm run bench:apps` prints. */
import Table from 'cli-table3';
import { summarize } from '../statistics.js';
import type { AppsRun, Figure } from './model.js';

/** Three significant digits, never in scientific notation. */
function digits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

/** The median, and how far it is from native's: `52.1 ms (1.3x)`. */
function cell(figure: Figure | undefined, native: Figure | undefined): string {
  const summary = figure && summarize(figure.samples);
  if (figure === undefined || summary === undefined) {
    return '-';
  }
  const base = native && native !== figure && summarize(native.samples);
  const ratio = base && base.median > 0 ? ` (${digits(summary.median / base.median)}x)` : '';
  return `${digits(summary.median)}${ratio}`;
}

/** Rows are figures, columns targets; then what is missing, and the notes. */
export function appsTable(run: AppsRun): string {
  const targets = run.targets.map((target) => target.name);
  const table = new Table({
    head: ['median (ratio to native)', 'unit', ...targets],
    style: { head: [], border: [], compact: true },
  });
  const rows = new Map(run.figures.map((figure) => [`${figure.app}: ${figure.metric}`, figure]));
  for (const [label, { app, metric, unit, better }] of rows) {
    const of = (target: string): Figure | undefined =>
      run.figures.find((other) => other.app === app && other.metric === metric && other.target === target);
    const sign = better === 'higher' ? ' (more is better)' : '';
    table.push([label, `${unit}${sign}`, ...targets.map((target) => cell(of(target), of('native')))]);
  }
  const missing = run.missing.map(
    (entry) => `  ${entry.app}, ${entry.target}: ${entry.kind}: ${entry.reason}`,
  );
  const notes = run.notes.map((note) => `  ${note}`);
  return [
    table.toString(),
    ...(missing.length > 0 ? ['\nNot measured (-):', ...missing] : []),
    ...notes,
  ].join('\n');
}
