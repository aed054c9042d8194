/** A few rows over the runs that were kept, so that a change is seen that no single run shows. */
import { formatCommit } from '../../bench/history.js';
import { formatMachine } from '../../bench/machine.js';
import type { BenchRun } from '../../bench/model.js';
import { digits, Results } from '../../bench/report.js';
import { count, firstLine } from '../../compat/report/text.js';
import type { Section, Series } from '../model.js';
import { times } from './micro.js';

/** What most programs do most; those that a run has are shown. */
const ROWS = ['getppid', 'stat-hit', 'open-close', 'pread-4k', 'fork', 'start'];
/** Runs, the newest. */
const MOST_RUNS = 30;

/** Medians of the fastest parts of the loops, as comparisons take them: tvisor's over the yardstick's. */
function ratioOf(run: BenchRun, row: string, base: string): number | undefined {
  const ratio = new Results(run, true).ratio(row, 'tvisor', base);
  return ratio !== undefined && Number.isFinite(ratio) && ratio > 0 ? ratio : undefined;
}

/** A row needs two points to have a history. */
function seriesOf(runs: readonly BenchRun[], base: string): Series[] {
  return ROWS.map((row, style): Series => {
    const values = runs.map((run) => {
      const ratio = ratioOf(run, row, base);
      return ratio === undefined ? undefined : { value: ratio };
    });
    const label = runs.flatMap((run) => run.rows).find((one) => one.name === row)?.label ?? row;
    return { name: firstLine(label, 60), style, values };
  }).filter(({ values }) => values.filter((value) => value).length > 1);
}

/**
 * The section of several runs of the micro benchmarks.
 *
 * @param all in any order
 * @returns undefined when there is nothing that two of them have
 */
export function historySection(all: readonly BenchRun[]): Section | undefined {
  const runs = [...all].sort((a, b) => (a.started < b.started ? -1 : 1)).slice(-MOST_RUNS);
  const candidates = ['bare-trap', 'native'].map((base) => ({ base, series: seriesOf(runs, base) }));
  const { base, series } = candidates.find((one) => one.series.length > 0) ?? { base: '', series: [] };
  if (series.length === 0) {
    return undefined;
  }
  const words = base === 'bare-trap' ? 'the bare trap' : base;
  const points = runs.map((run) => formatCommit(run.commit).replace(' with changes', '+'));
  const machines = new Set(runs.map(({ machine }) => formatMachine({ ...machine, load: 0 })));
  return {
    id: 'history',
    title: 'From commit to commit',
    headlines: [],
    figures: [
      {
        title: `tvisor compared with ${words}, run by run`,
        words: `tvisor’s time divided by that of ${words} in the same run; the newest run is at the right, and less is better. A + after a commit: with changes.`,
        plot: { kind: 'lines', points, series, format: times },
        table: {
          head: ['run', 'commit', ...series.map(({ name }) => name)],
          rows: runs.map((run, i) => [
            firstLine(run.started.slice(0, 16).replace('T', ' '), 20),
            points[i] ?? '',
            ...series.map(({ values }) => (values[i] === undefined ? '-' : `${digits(values[i].value)}x`)),
          ]),
        },
      },
    ],
    notes: [],
    taken: [
      `${count(runs.length, 'run')} that were kept. Ratios of medians of the fastest part of each loop, which other programs have disturbed least; each run has its own rounds.`,
    ],
    warnings: [
      ...(machines.size > 1 ? [`these runs are of ${machines.size} different machines or kernels`] : []),
      ...(runs.some((run) => run.noise.warnings.length > 0) ? ['there was noise in some of the runs'] : []),
    ],
  };
}
