/**
 * Two runs side by side: which rows became slower, which faster, and which differ by no more than chance. Times of two days
 * differ because the machine does, so what is compared is not time but its ratio to a yardstick that was measured in the same
 * round of the same run: the bare trap where it has the row, else native.
 */
import type { BenchRun, CellResult } from './model.js';
import { changeInterval, holm, rankSumTest, summarize } from './statistics.js';

export type Verdict = 'better' | 'worse' | 'noise';

/** What the numbers of both runs were divided by, or `none`. */
export type Normal = 'bare-trap' | 'native' | 'spin' | 'none';

export interface RowChange {
  row: string;
  label: string;
  target: string;
  normal: Normal;
  /** Medians of the samples' fastest parts: ratios to `normal`, or nanoseconds without one. */
  before: number;
  after: number;
  /** Nanoseconds that 1 of them stands for: what `normal` took in the later run, or 1. */
  unit: number;
  /** after / before - 1. */
  change: number;
  /** Bootstrapped, 95 %, of `change`. */
  interval: { low: number; high: number };
  /** Of the Mann-Whitney U test, and with Holm's correction for the number of rows. */
  p: number;
  corrected: number;
  verdict: Verdict;
}

export interface Comparison {
  changes: RowChange[];
  /** What makes the two runs less comparable, and rows that only one has. */
  remarks: string[];
}

export interface CompareOptions {
  /** A row has only changed if its corrected p is below this ... */
  level: number;
  /** ... and its median by at least this part. */
  leastChange: number;
}

export const defaultCompare: CompareOptions = { level: 0.01, leastChange: 0.05 };

/** The targets that are ours to make faster or slower. */
const judged = new Set(['tvisor', 'kernel']);

/** In the order of preference: the nearer to the sandbox's own work, the more of the machine's moods are in it. */
const yardsticks = ['bare-trap', 'native', 'spin'] as const;

function find(run: BenchRun, row: string, target: string): CellResult | undefined {
  const cell = run.cells.find((candidate) => candidate.row === row && candidate.target === target);
  return cell === undefined || cell.failed !== undefined || cell.samples.length === 0 ? undefined : cell;
}

/** In nanoseconds; 1 for what was not measured. */
function medianOf(run: BenchRun, row: string, target: string): number {
  return summarize(find(run, row, target)?.fastest ?? [])?.median ?? 1;
}

/** Divide the fastest part of each sample by the yardstick's of the same round. */
function normalise(run: BenchRun, cell: CellResult, normal: Normal): number[] {
  const yardstick = normal === 'none' ? undefined : find(run, cell.row, normal);
  if (yardstick === undefined) {
    return cell.fastest;
  }
  const middle = medianOf(run, cell.row, normal);
  return cell.fastest.map((sample, round) => sample / (yardstick.fastest[round] ?? middle));
}

function compareRow(before: BenchRun, after: BenchRun, old: CellResult, now: CellResult): RowChange {
  const normal =
    yardsticks.find((name) => find(before, old.row, name) && find(after, old.row, name)) ?? 'none';
  const a = normalise(before, old, normal);
  const b = normalise(after, now, normal);
  const [from, to] = [summarize(a)?.median ?? Number.NaN, summarize(b)?.median ?? Number.NaN];
  const interval = changeInterval(a, b);
  return {
    row: old.row,
    label: after.rows.find((row) => row.name === old.row)?.label ?? old.row,
    target: old.target,
    normal,
    before: from,
    after: to,
    unit: medianOf(after, old.row, normal),
    change: to / from - 1,
    interval: { low: interval.low - 1, high: interval.high - 1 },
    p: rankSumTest(a, b),
    corrected: 1,
    verdict: 'noise',
  };
}

function judge(change: RowChange, options: CompareOptions): Verdict {
  if (change.corrected >= options.level || Math.abs(change.change) < options.leastChange) {
    return 'noise';
  }
  return change.change > 0 ? 'worse' : 'better';
}

/** Differences between the runs themselves that a reader must know. */
function circumstances(before: BenchRun, after: BenchRun): string[] {
  const remarks: string[] = [];
  const machine = (run: BenchRun): string =>
    `${run.machine.cpu}, ${run.machine.cores} cores, Linux ${run.machine.kernel}, Node ${run.machine.node}`;
  if (machine(before) !== machine(after)) {
    remarks.push(`other machines: ${machine(before)} and ${machine(after)}`);
  }
  const settings = (run: BenchRun): string =>
    `loops of ${run.settings.duration} ms, ${run.settings.pin === null ? 'not pinned' : `processor ${run.settings.pin}`}`;
  if (settings(before) !== settings(after)) {
    remarks.push(`other settings: ${settings(before)} and ${settings(after)}`);
  }
  for (const [name, run] of [['earlier', before] as const, ['this', after] as const]) {
    if (run.noise.warnings.length > 0) {
      remarks.push(`the machine was noisy in ${name === 'this' ? 'this' : 'the earlier'} run`);
    }
  }
  return remarks;
}

/** Rows and targets that one of the two runs cannot show. */
function unmatched(before: BenchRun, after: BenchRun): string[] {
  const gone = before.cells
    .filter((cell) => judged.has(cell.target) && find(before, cell.row, cell.target))
    .filter((cell) => after.cells.some((other) => other.row === cell.row && other.target === cell.target))
    .filter((cell) => !find(after, cell.row, cell.target))
    .map((cell) => `${cell.row} fails now`);
  const news = after.cells
    .filter((cell) => judged.has(cell.target) && find(after, cell.row, cell.target))
    .filter((cell) => !find(before, cell.row, cell.target))
    .map((cell) => cell.row);
  return news.length > 0 ? [...gone, `not in the earlier run: ${news.join(', ')}`] : gone;
}

/**
 * Compare two runs of one kind.
 *
 * @param before the earlier run
 * @param after the later one
 */
export function compareRuns(
  before: BenchRun,
  after: BenchRun,
  options: CompareOptions = defaultCompare,
): Comparison {
  const changes: RowChange[] = [];
  for (const now of after.cells) {
    const old = find(before, now.row, now.target);
    if (judged.has(now.target) && old !== undefined && find(after, now.row, now.target) !== undefined) {
      changes.push(compareRow(before, after, old, now));
    }
  }
  const corrected = holm(changes.map((change) => change.p));
  changes.forEach((change, i) => {
    change.corrected = corrected[i] ?? 1;
    change.verdict = judge(change, options);
  });
  return {
    changes,
    remarks: [
      ...circumstances(before, after),
      ...unmatched(before, after),
      ...tooFew(before, after, changes.length, options),
    ],
  };
}

/** Whether the test could say anything at all: even the most uneven ranks have a p above zero. */
function tooFew(before: BenchRun, after: BenchRun, rows: number, options: CompareOptions): string[] {
  const ranks = (run: BenchRun, from: number): number[] =>
    Array.from({ length: run.settings.rounds }, (_, i) => from + i);
  const best = rankSumTest(ranks(before, 0), ranks(after, 1e6)) * rows;
  return best < options.level
    ? []
    : [
        `too few rounds (${before.settings.rounds} and ${after.settings.rounds}) to tell anything of ${rows} rows`,
      ];
}
