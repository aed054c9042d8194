/** From runs to what people read: tables of times and ratios, and of what changed between two runs. */
import type { Comparison, Normal, RowChange } from './compare.js';
import { formatCommit } from './history.js';
import { formatMachine } from './machine.js';
import type { BenchRun, Noise, RowInfo } from './model.js';
import { allRows, type Limit } from './rows.js';
import { type Summary, summarize } from './statistics.js';

const missing = '-';

/** Three significant digits, never in scientific notation. */
export function digits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The unit that a time of so many nanoseconds is written in, and how many nanoseconds it has. */
export function unitOf(ns: number): { name: string; size: number } {
  return ns < 1e3
    ? { name: 'ns', size: 1 }
    : ns < 1e6
      ? { name: 'us', size: 1e3 }
      : { name: 'ms', size: 1e6 };
}

/** `4.51 us ±0.12`: median and median absolute deviation, both in the median's unit. */
export function formatTime(summary: Summary): string {
  const { name, size } = unitOf(summary.median);
  return `${digits(summary.median / size)} ${name} ±${digits(summary.deviation / size)}`;
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
  readonly targets: string[];

  /** @param fastest take the fastest parts of the samples, and not the whole */
  constructor(
    readonly run: BenchRun,
    readonly fastest = false,
  ) {
    this.targets = run.targets.map((target) => target.name);
  }

  /** Undefined when the target is not measured or failed in this row. */
  summary(row: string, target: string): Summary | undefined {
    const cell = this.run.cells.find((candidate) => candidate.row === row && candidate.target === target);
    return cell === undefined || cell.failed !== undefined
      ? undefined
      : summarize(this.fastest ? cell.fastest : cell.samples);
  }

  /** The ratio of two targets' medians. */
  ratio(row: string, target: string, base: string): number | undefined {
    const measured = this.summary(row, target);
    const yardstick = this.summary(row, base);
    return measured && yardstick && measured.median / yardstick.median;
  }

  /** `tvisor, fork + exit + wait: timed out`: one line for each reason, with the rows that it stopped. */
  failures(): string[] {
    const byReason = new Map<string, string[]>();
    for (const cell of this.run.cells) {
      if (cell.failed !== undefined) {
        const reason = `${cell.target}: ${cell.failed.replace(`${cell.row}: `, '')}`;
        byReason.set(reason, [...(byReason.get(reason) ?? []), cell.row]);
      }
    }
    return [...byReason].map(([reason, rows]) => `${reason}: ${rows.join(', ')}`);
  }
}

/** The target that a limit means; runsc targets come best first. */
function yardstick(results: Results, limit: Limit): string {
  return limit.against === 'runsc-best'
    ? (results.targets.find((name) => name.startsWith('runsc-')) ?? 'runsc')
    : limit.against;
}

/** `1.12 of 1.25 bare-trap ok`, or `over`, or `?` where one of the two is not measured. */
function judge(results: Results, row: RowInfo, limit: Limit): string {
  const base = yardstick(results, limit);
  const ratio = results.ratio(row.name, 'tvisor', base);
  const measured = ratio === undefined ? missing : digits(ratio);
  const verdict = ratio === undefined ? '?' : ratio <= limit.ratio ? 'ok' : 'over';
  return `${measured} of ${limit.ratio} ${base} ${verdict}`;
}

/** Time per operation: one column a target. */
export function timesTable(results: Results, targets: readonly string[] = results.targets): string {
  const what = results.fastest ? 'fastest parts: median ±deviation' : 'time per operation: median ±deviation';
  const head = [what, ...targets];
  const body = results.run.rows.map((row) => [
    row.label,
    ...targets.map((target) => {
      const summary = results.summary(row.name, target);
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
  const body = results.run.rows.map((row) => {
    const limits = allRows.find((candidate) => candidate.name === row.name)?.limits ?? [];
    return [
      row.label,
      ...pairs.map(([name, base]) => {
        const ratio = results.ratio(row.name, name, base);
        return ratio === undefined ? missing : digits(ratio);
      }),
      [...new Set(limits.map((limit) => judge(results, row, limit)))].join(', '),
    ];
  });
  return formatTable([head, ...body], [0, head.length - 1]);
}

/** How quiet the machine was, with a warning if it was not. */
export function formatNoise(noise: Noise): string {
  const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
  const facts = [
    `a fixed loop ±${percent(noise.spread)}, at worst +${percent(noise.range)}`,
    `steal ${percent(noise.steal)}`,
    `${noise.preemptions.toFixed(0)} preemptions a second`,
    `load ${noise.load.before.toFixed(2)} before and ${noise.load.after.toFixed(2)} after`,
  ];
  const warnings = noise.warnings.map((warning) => `  ${warning}`);
  return [
    `Noise: ${facts.join('; ')}`,
    ...(warnings.length > 0 ? ['TOO NOISY to believe small differences:', ...warnings] : []),
  ].join('\n');
}

/** What was measured, where and how: the lines above every table. */
export function formatHead(run: BenchRun): string {
  const { rounds, duration, pin } = run.settings;
  const pinned = pin === null ? 'not pinned' : `all on processor ${pin}`;
  return [
    formatMachine(run.machine),
    `${formatCommit(run.commit)}, ${run.started}: ${rounds} rounds, loops of ${duration} ms, ${pinned}, ${run.seconds} s`,
    formatNoise(run.noise),
  ].join('\n');
}

const normalWords: Record<Normal, string> = {
  'bare-trap': 'bare trap',
  native: 'native',
  spin: 'fixed loop',
  none: 'nothing',
};

/** A ratio as the time that it means at the speed of the later run. */
function formatValue(change: RowChange, value: number): string {
  const { name, size } = unitOf(value * change.unit);
  return `${digits((value * change.unit) / size)} ${name}`;
}

function formatP(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}

function changeLine(change: RowChange): string[] {
  const percent = (part: number): string => `${part >= 0 ? '+' : ''}${(part * 100).toFixed(1)} %`;
  return [
    change.label,
    normalWords[change.normal],
    formatValue(change, change.before),
    formatValue(change, change.after),
    percent(change.change),
    `${percent(change.interval.low)} to ${percent(change.interval.high)}`,
    formatP(change.p),
    formatP(change.corrected),
    change.verdict,
  ];
}

/**
 * What changed, the changed rows first, and how that was found.
 *
 * @param leastChange as given to `compareRuns`
 */
export function formatComparison(
  before: BenchRun,
  comparison: Comparison,
  options: { level: number; leastChange: number },
): string {
  const order = ['worse', 'better', 'noise'];
  const changes = [...comparison.changes].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const head = ['row', 'divided by', 'before', 'now', 'change', '95 %', 'p', 'p (Holm)', 'verdict'];
  const count = (verdict: string): number => changes.filter((change) => change.verdict === verdict).length;
  return [
    `Against ${formatCommit(before.commit)} of ${before.started}:`,
    formatTable([head, ...changes.map(changeLine)], [0, 1, head.length - 1]),
    '',
    `${count('worse')} worse, ${count('better')} better, ${count('noise')} noise.`,
    ...comparison.remarks.map((remark) => `Note: ${remark}`),
    'Machines drift from day to day, so times are not compared. Of each sample the fastest part is taken, which other programs have',
    'disturbed least, and divided by that of something that has not changed, in the same round of the same run: the bare trap, else',
    'native, or for the kernel by itself a fixed loop. These ratios are compared: their medians, the change with a bootstrapped interval, and the Mann-Whitney U test (two-sided) with',
    'Holm’s correction for the number of rows. Before and now are the ratios times what the divisor took in this run. A row is',
    `worse or better if its corrected p is below ${options.level} and it changed by ${options.leastChange * 100} % or more; all else is noise.`,
  ].join('\n');
}
