/** Applications: how much longer they take than natively, and what an idle sandbox costs. */
import type { Figure as AppsFigure, AppsRun } from '../../bench/apps/model.js';
import { formatMachine } from '../../bench/machine.js';
import { digits } from '../../bench/report.js';
import { type Summary, summarize } from '../../bench/statistics.js';
import { day, duration } from '../../compat/report/figures.js';
import { count, firstLine } from '../../compat/report/text.js';
import type { Figure, Headline, PlotValue, Section } from '../model.js';
import type { Palette } from '../palette.js';
import { plotValue, times } from './micro.js';

const IDLE = 'idle';

const text = (words: string): string => firstLine(words, 80);

/** The figures of one metric by target; the first says what it is of. */
interface Metric {
  first: AppsFigure;
  summaries: Map<string, Summary>;
}

function metricsOf(run: AppsRun): Metric[] {
  const metrics = new Map<string, Metric>();
  for (const figure of run.figures) {
    const summary = summarize(figure.samples);
    const key = JSON.stringify([figure.app, figure.metric]);
    const metric = metrics.get(key) ?? { first: figure, summaries: new Map<string, Summary>() };
    if (summary) {
      metric.summaries.set(figure.target, summary);
      metrics.set(key, metric);
    }
  }
  return Array.from(metrics.values());
}

/** How many times worse than native: of rates the other way round, so that less is always better. */
function slowdown({ first, summaries }: Metric, target: string): PlotValue | undefined {
  const own = summaries.get(target);
  const native = summaries.get('native');
  if (!own || !native || own.median <= 0 || native.median <= 0) {
    return undefined;
  }
  const ratio = first.better === 'lower' ? own.median / native.median : native.median / own.median;
  const spread = own.deviation / own.median;
  return { value: ratio, low: ratio * (1 - spread), high: ratio * (1 + spread) };
}

function formatCell(metric: Metric, target: string): string {
  const summary = metric.summaries.get(target);
  if (!summary) {
    return '-';
  }
  const ratio = target === 'native' ? undefined : slowdown(metric, target);
  const times = ratio === undefined ? '' : ` (${digits(ratio.value)}x)`;
  return `${digits(summary.median)} ${text(metric.first.unit)}${times}`;
}

const title = ({ first }: Metric): string => text(`${first.app}: ${first.metric}`);

function applicationsFigure(metrics: readonly Metric[], run: AppsRun, palette: Palette): Figure | undefined {
  const targets = run.targets.map(({ name }) => name);
  const others = targets.filter(
    (target) => target !== 'native' && metrics.some((metric) => slowdown(metric, target)),
  );
  const rows = metrics.filter((metric) => others.some((target) => slowdown(metric, target)));
  if (rows.length === 0) {
    return undefined;
  }
  return {
    title: 'Real programs, relative to native',
    words:
      'How many times worse than natively, on a logarithmic axis: the time, or for rates its reverse. At 1, the dashed line, a program does not notice its sandbox; far to the left of it, a sandbox keeps files in memory that native runs write to a disk. Marks are medians, lines the median absolute deviation.',
    plot: {
      kind: 'dots',
      axis: 'log',
      format: times,
      mark: 1,
      rows: rows.map(title),
      series: others.map((target) => ({
        name: text(target),
        style: palette.of(target),
        values: rows.map((metric) => slowdown(metric, target)),
      })),
    },
    table: {
      head: ['application', ...targets.map(text)],
      rows: rows.map((metric) => [title(metric), ...targets.map((target) => formatCell(metric, target))]),
    },
  };
}

/** By what the benchmark calls it: a title, and what it is. */
const IDLE_WORDS: Record<string, { title: string; words: string }> = {
  'start-up': {
    title: 'Start-up of an idle sandbox',
    words: 'Time until the command inside runs, one sandbox after the other.',
  },
  'PSS of one': {
    title: 'Memory of an idle sandbox',
    words: 'The proportional set size of all its processes, on average.',
  },
  'memory of one, with the kernel': {
    title: 'Memory of an idle sandbox, the host kernel’s included',
    words:
      'By how much it lowers the memory that the machine has available, with whatever else the machine did meanwhile.',
  },
  'processor time of one': {
    title: 'Processor time of an idle sandbox',
    words: 'What it takes while nothing happens in it.',
  },
  'that would fit in this memory': {
    title: 'Density: idle sandboxes that fit',
    words:
      'The memory that was available, divided by what one takes by the larger of the two measures above.',
  },
};

/** One bar a target. */
function idleFigure(metric: Metric, run: AppsRun, palette: Palette): Figure {
  const { first, summaries } = metric;
  const targets = run.targets.map(({ name }) => name).filter((name) => summaries.has(name));
  // What a process takes without any sandbox would make the others' bars alike, or too small to see.
  const sandboxes = targets.filter((name) => name !== 'native');
  const of = (target: string): Summary => summaries.get(target) as Summary;
  const format = (value: number): string => `${Number(value.toPrecision(3))} ${text(first.unit)}`;
  const about = Object.hasOwn(IDLE_WORDS, first.metric) ? IDLE_WORDS[first.metric] : undefined;
  const better = first.better === 'lower' ? 'Less' : 'More';
  return {
    title: about?.title ?? title(metric),
    words: `${about === undefined ? '' : `${about.words} `}${better} is better. Native processes are in the table only.`,
    plot: {
      kind: 'bars',
      rows: sandboxes.map(text),
      styles: sandboxes.map((target) => palette.of(target)),
      values: sandboxes.map((target) => plotValue(of(target))),
      format,
    },
    table: {
      head: ['target', text(first.metric)],
      rows: targets.map((target) => [text(target), `${digits(of(target).median)} ${text(first.unit)}`]),
    },
  };
}

function headlines(metrics: readonly Metric[]): Headline[] {
  const pss = metrics.find(({ first }) => first.app === IDLE && first.metric === 'PSS of one');
  const summary = pss?.summaries.get('tvisor');
  return pss && summary
    ? [
        {
          value: `${digits(summary.median)} ${text(pss.first.unit)}`,
          words: 'of memory for an idle sandbox of tvisor',
        },
      ]
    : [];
}

/** The same reason of many targets and workloads is one line. */
function missingNotes(run: AppsRun): string[] {
  const byReason = new Map<string, string[]>();
  for (const { app, target, kind, reason } of run.missing) {
    const key = `${kind === 'wrong' ? 'failed' : 'skipped'}: ${firstLine(reason, 240)}`;
    byReason.set(key, [...(byReason.get(key) ?? []), text(`${app} on ${target}`)]);
  }
  return Array.from(byReason, ([reason, list]) => `${list.join(', ')}: ${reason}`);
}

/** True where no sandbox has anything that a bar could show. */
function isNothing({ summaries }: Metric): boolean {
  return Array.from(summaries).every(([target, { median }]) => target === 'native' || median === 0);
}

/** The section of a run of the applications. */
export function appsSection(run: AppsRun, palette: Palette): Section {
  const metrics = metricsOf(run);
  const applications = applicationsFigure(
    metrics.filter(({ first }) => first.app !== IDLE),
    run,
    palette,
  );
  const idle = metrics.filter(({ first }) => first.app === IDLE);
  const nothing = idle.filter(isNothing);
  return {
    id: 'applications',
    title: 'Applications and idle sandboxes',
    headlines: headlines(metrics),
    figures: [
      ...(applications === undefined ? [] : [applications]),
      ...idle.filter((metric) => !isNothing(metric)).map((metric) => idleFigure(metric, run, palette)),
    ],
    notes: [
      ...nothing.map(
        (metric) => `${title(metric)}: 0 ${text(metric.first.unit)}, as far as can be measured.`,
      ),
      ...missingNotes(run),
      ...run.notes.map((note) => firstLine(note, 300)),
    ],
    taken: [
      `${count(run.rounds, 'round')} in which the targets take turns; medians; every answer is checked. ${day(run.started)}, in ${duration(run.seconds)}.`,
      ...formatMachine(run.machine).split('\n'),
      ...run.targets
        .filter(({ version }) => version !== '')
        .map(({ name, version }) => `${text(name)}: ${firstLine(version, 120)}`),
    ],
    warnings:
      run.machine.load > run.machine.cores / 2
        ? [
            `the load was ${run.machine.load.toFixed(2)} on ${run.machine.cores} processors before the run began`,
          ]
        : [],
  };
}
