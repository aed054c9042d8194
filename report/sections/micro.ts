/** The micro benchmarks: what one call costs, on which target, and compared with which. */
import type { BenchRun, RowInfo } from '../../bench/model.js';
import { digits, formatHead, formatTime, Results, unitOf } from '../../bench/report.js';
import { type Summary, summarize } from '../../bench/statistics.js';
import { firstLine, slug } from '../../compat/report/text.js';
import type { Figure, Headline, PlotValue, Section, Series } from '../model.js';
import type { Palette } from '../palette.js';

const label = (text: string): string => firstLine(text, 80);

/** Measured from outside, and a thousand times the rest: it has a plot of its own. */
const START = 'start';

/** `4.51 us` of nanoseconds, with as many digits as it needs: for axes. */
export function shortTime(ns: number): string {
  if (ns === 0) {
    return '0';
  }
  const { name, size } = unitOf(ns);
  return `${Number((ns / size).toPrecision(3))} ${name}`;
}

/** `0.5x`, `10x`. */
export function times(ratio: number): string {
  return `${Number(ratio.toPrecision(3))}x`;
}

/** The median with the median absolute deviation to both sides. */
export function plotValue({ median, deviation }: Summary): PlotValue {
  return { value: median, low: median - deviation, high: median + deviation };
}

/** Times by row and target; a row that nobody has is left out. */
function timesFigure(
  results: Results,
  title: string,
  all: readonly RowInfo[],
  palette: Palette,
): Figure | undefined {
  const of = (row: RowInfo, target: string): Summary | undefined => {
    const summary = results.summary(row.name, target);
    return summary && summary.median > 0 ? summary : undefined;
  };
  const targets = results.targets.filter((target) => all.some((row) => of(row, target)));
  const rows = all.filter((row) => targets.some((target) => of(row, target)));
  if (rows.length === 0) {
    return undefined;
  }
  return {
    title,
    words: `Time per operation, on a logarithmic axis: each line further to the right is ten times as long. Marks are medians, lines through them the median absolute deviation.`,
    plot: {
      kind: 'dots',
      axis: 'log',
      format: shortTime,
      rows: rows.map((row) => label(row.label)),
      series: targets.map((target) => ({
        name: label(target),
        style: palette.of(target),
        values: rows.map((row) => {
          const summary = of(row, target);
          return summary && plotValue(summary);
        }),
      })),
    },
    table: {
      head: ['operation', ...targets.map(label), ...ratioHeads(targets)],
      rows: rows.map((row) => [
        label(row.label),
        ...targets.map((target) => {
          const summary = of(row, target);
          return summary ? formatTime(summary) : '-';
        }),
        ...ratioHeads(targets).map((_, i) => {
          const ratio = results.ratio(row.name, targets.filter((one) => one !== 'native')[i] ?? '', 'native');
          return ratio === undefined ? '-' : `${digits(ratio)}x`;
        }),
      ]),
    },
  };
}

/** The columns of ratios to native, where native was measured. */
function ratioHeads(targets: readonly string[]): string[] {
  return targets.includes('native')
    ? targets.filter((target) => target !== 'native').map((target) => `${label(target)} : native`)
    : [];
}

/** tvisor's median over another's, with the spread of the ratios of each round. */
function ratioValue(results: Results, row: string, base: string): PlotValue | undefined {
  const ratio = results.ratio(row, 'tvisor', base);
  if (ratio === undefined || !Number.isFinite(ratio) || ratio <= 0) {
    return undefined;
  }
  const cell = (target: string): number[] =>
    results.run.cells.find((one) => one.row === row && one.target === target)?.samples ?? [];
  const bases = cell(base);
  const rounds = cell('tvisor').flatMap((sample, i) => (bases[i] ? [sample / (bases[i] as number)] : []));
  const deviation = summarize(rounds)?.deviation ?? 0;
  return { value: ratio, low: ratio - deviation, high: ratio + deviation };
}

function ratiosFigure(results: Results, palette: Palette): Figure | undefined {
  const bases = results.targets.filter((target) => target !== 'tvisor');
  const values = new Map(
    bases.map((base) => [base, results.run.rows.map((row) => ratioValue(results, row.name, base))]),
  );
  const used = bases.filter((base) => values.get(base)?.some((value) => value));
  const places = results.run.rows.flatMap((_, i) => (used.some((base) => values.get(base)?.[i]) ? [i] : []));
  const rows = places.map((i) => label(results.run.rows[i]?.label ?? ''));
  if (rows.length === 0) {
    return undefined;
  }
  const series = used.map(
    (base): Series => ({
      name: `tvisor : ${label(base)}`,
      style: palette.of(base),
      values: places.map((i) => values.get(base)?.[i]),
    }),
  );
  return {
    title: 'tvisor compared with each of the others',
    words:
      'The median of tvisor divided by that of another target, on a logarithmic axis. At 1, the dashed line, both take the same time; to the left of it tvisor is faster. Lines are the median absolute deviation of the ratios of each round.',
    plot: { kind: 'dots', axis: 'log', format: times, mark: 1, rows, series },
    table: {
      head: ['operation', ...series.map((one) => one.name)],
      rows: rows.map((row, i) => [
        row,
        ...series.map(({ values: list }) => (list[i] === undefined ? '-' : `${digits(list[i].value)}x`)),
      ]),
    },
  };
}

function startFigure(results: Results, palette: Palette): Figure | undefined {
  const measured = results.targets.flatMap((target) => {
    const summary = results.summary(START, target);
    return summary ? [{ target, summary }] : [];
  });
  if (measured.length === 0) {
    return undefined;
  }
  return {
    title: 'Start-up',
    words: 'Wall time of running `true`, from the outside, until the command has returned. Bars are medians.',
    plot: {
      kind: 'bars',
      rows: measured.map(({ target }) => label(target)),
      styles: measured.map(({ target }) => palette.of(target)),
      values: measured.map(({ summary }) => plotValue(summary)),
      format: shortTime,
    },
    table: {
      head: ['target', 'start-up'],
      rows: measured.map(({ target, summary }) => [label(target), formatTime(summary)]),
    },
  };
}

const TITLES: Record<string, string> = {
  caller: 'The caller and its descriptors',
  data: 'Reading and writing',
  names: 'Names and files',
  channels: 'Pipes, sockets, events, futexes',
  memory: 'Memory',
  process: 'Threads and processes',
};

function familyFigures(results: Results, palette: Palette): Figure[] {
  const rows = results.run.rows.filter((row) => row.name !== START);
  const families = Array.from(new Set(rows.map((row) => row.family)));
  return families.flatMap((family) => {
    const title = Object.hasOwn(TITLES, family) ? (TITLES[family] as string) : label(family);
    const list = rows.filter((row) => row.family === family);
    return timesFigure(results, title, list, palette) ?? [];
  });
}

function headlines(results: Results): Headline[] {
  const list: Headline[] = [];
  const call = results.summary('getppid', 'tvisor');
  const trap = results.ratio('getppid', 'tvisor', 'bare-trap');
  if (call) {
    const over = trap === undefined ? '' : `, ${digits(trap)} times the bare trap`;
    list.push({ value: shortTime(call.median), words: `for getppid in tvisor${over}` });
  }
  const start = results.summary(START, 'tvisor');
  if (start) {
    list.push({ value: shortTime(start.median), words: 'to start a sandbox, run true and be done' });
  }
  return list;
}

function taken(run: BenchRun, statistic: string): string[] {
  const versions = run.targets.filter(({ version }) => version !== '');
  // The warnings at its end are shown by themselves.
  const [head = ''] = formatHead(run).split('\nTOO NOISY');
  return [
    statistic,
    ...head.split('\n').map((line) => firstLine(line, 300)),
    ...versions.map(({ name, version }) => `${label(name)}: ${firstLine(version, 120)}`),
  ];
}

/** The section of a run of the micro benchmarks. */
export function microSection(run: BenchRun, palette: Palette): Section {
  const results = new Results(run);
  return {
    id: 'micro',
    title: 'What a call costs',
    headlines: headlines(results),
    figures: [
      ...[ratiosFigure(results, palette), startFigure(results, palette)].flatMap((figure) => figure ?? []),
      ...familyFigures(results, palette),
    ],
    notes: [...run.notes, ...results.failures()].map((note) => firstLine(note, 300)),
    taken: taken(
      run,
      'The loop is inside the guest; in each round every target has a fresh sandbox, and they take turns.',
    ),
    warnings: run.noise.warnings.map((warning) => firstLine(warning, 300)),
  };
}

/** The section of a run of the kernel's own functions, which has no sandbox. */
export function kernelSection(run: BenchRun, palette: Palette): Section {
  // The fixed loop beside them is a yardstick for comparisons, and tells a reader nothing.
  const results = new Results({ ...run, targets: run.targets.filter(({ name }) => name !== 'spin') });
  const figure = timesFigure(results, 'Functions of the kernel', run.rows, palette);
  return {
    id: slug('kernel'),
    title: 'The TypeScript kernel by itself',
    headlines: [],
    figures: figure === undefined ? [] : [figure],
    notes: run.notes.map((note) => firstLine(note, 300)),
    taken: taken(
      run,
      'Functions called in one process, without a sandbox; each round is a process of its own.',
    ),
    warnings: run.noise.warnings.map((warning) => firstLine(warning, 300)),
  };
}
