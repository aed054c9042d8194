/** From measurements to what people read: two tables and the reasons for what is missing in them. */
import type { Cell } from './measure.js';
import type { Limit, Row } from './rows.js';
import { type Summary, summarize } from './statistics.js';

const missing = '-';

/** Three significant digits, never in scientific notation. */
function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function unitOf(ns: number): { name: string; size: number } {
  return ns < 1e3
    ? { name: 'ns', size: 1 }
    : ns < 1e6
      ? { name: 'us', size: 1e3 }
      : { name: 'ms', size: 1e6 };
}

/** `4.51 us (4.47-4.76)`: median, smallest and largest, all in the median's unit. */
function formatTime(summary: Summary): string {
  const { name, size } = unitOf(summary.median);
  const spread = `${digits(summary.min / size)}-${digits(summary.max / size)}`;
  return `${digits(summary.median / size)} ${name} (${spread})`;
}

/**
 * Lay text out in columns: words to the left, numbers to the right.
 *
 * @param lines the head first
 * @param words the columns that hold words
 */
function formatTable(lines: readonly (readonly string[])[], words: readonly number[]): string {
  const widths: number[] = [];
  for (const line of lines) {
    line.forEach((text, column) => {
      widths[column] = Math.max(widths[column] ?? 0, text.length);
    });
  }
  const format = (line: readonly string[]): string =>
    line
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return words.includes(column) ? text.padEnd(width) : text.padStart(width);
      })
      .join('  ')
      .trimEnd();
  const [head = '', ...body] = lines.map(format);
  return [head, '-'.repeat(Math.max(...[head, ...body].map((line) => line.length))), ...body].join('\n');
}

/** Medians by row and target, for those that have one. */
export class Results {
  readonly rows: Row[];
  readonly targets: string[];

  constructor(private readonly cells: readonly Cell[]) {
    this.rows = [...new Set(cells.map((cell) => cell.row))];
    this.targets = [...new Set(cells.map((cell) => cell.target.name))];
  }

  /** Undefined when the target is not measured or failed in this row. */
  summary(row: Row, target: string): Summary | undefined {
    const cell = this.cells.find((candidate) => candidate.row === row && candidate.target.name === target);
    return cell === undefined || cell.failed !== undefined ? undefined : summarize(cell.samples);
  }

  /** The ratio of two targets' medians. */
  ratio(row: Row, target: string, base: string): number | undefined {
    const measured = this.summary(row, target);
    const yardstick = this.summary(row, base);
    return measured && yardstick && measured.median / yardstick.median;
  }

  /** `tvisor, fork + exit + wait: timed out`, one line a failure. */
  failures(): string[] {
    return this.cells
      .filter((cell) => cell.failed !== undefined)
      .map((cell) => `${cell.target.name}, ${cell.row.label}: ${cell.failed}`);
  }
}

/** The target that a limit means; runsc targets come best first. */
function yardstick(results: Results, limit: Limit): string {
  return limit.against === 'runsc-best'
    ? (results.targets.find((name) => name.startsWith('runsc-')) ?? 'runsc')
    : limit.against;
}

/** `1.12 of 1.25 bare-trap ok`, or `over`, or `?` where one of the two is not measured. */
function judge(results: Results, row: Row, limit: Limit): string {
  const base = yardstick(results, limit);
  const ratio = results.ratio(row, 'tvisor', base);
  const measured = ratio === undefined ? missing : digits(ratio);
  const verdict = ratio === undefined ? '?' : ratio <= limit.ratio ? 'ok' : 'over';
  return `${measured} of ${limit.ratio} ${base} ${verdict}`;
}

/** Time per operation: one column a target. */
export function timesTable(results: Results): string {
  const head = ['time per operation: median (min-max)', ...results.targets];
  const body = results.rows.map((row) => [
    row.label,
    ...results.targets.map((target) => {
      const summary = results.summary(row, target);
      return summary ? formatTime(summary) : missing;
    }),
  ]);
  return formatTable([head, ...body], [0]);
}

/** Every target against native, all above the floor against the bare trap, and tvisor against its limits. */
export function ratiosTable(results: Results): string {
  const againstNative = results.targets.filter((name) => name !== 'native');
  const againstTrap = againstNative.filter((name) => name !== 'bare-trap');
  const pairs = [
    ...(results.targets.includes('native') ? againstNative.map((name) => [name, 'native'] as const) : []),
    ...(results.targets.includes('bare-trap') ? againstTrap.map((name) => [name, 'bare-trap'] as const) : []),
  ];
  const head = ['ratio of medians', ...pairs.map(([name, base]) => `${name}/${base}`), 'target for tvisor'];
  const body = results.rows.map((row) => [
    row.label,
    ...pairs.map(([name, base]) => {
      const ratio = results.ratio(row, name, base);
      return ratio === undefined ? missing : digits(ratio);
    }),
    [...new Set(row.limits.map((limit) => judge(results, row, limit)))].join(', '),
  ]);
  return formatTable([head, ...body], [0, head.length - 1]);
}
