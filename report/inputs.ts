/** The files of earlier runs: read, checked, and found where the benchmarks and the compatibility suite leave them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AppsRun } from '../bench/apps/model.js';
import { historyDirectory } from '../bench/history.js';
import type { BenchRun } from '../bench/model.js';
import type { CompatRun } from '../compat/model.js';
import { packageRoot } from '../compat/paths.js';
import { firstLine } from '../compat/report/text.js';
import { misfit, type Shape } from './shape.js';

/** A file that is no run, or cannot be read: words for the user, in one line. */
export class InputError extends Error {}

/** What a run is of; each has an option of this name. */
export type InputKind = 'compat' | 'ltp' | 'bench' | 'kernel' | 'apps';

export interface Inputs {
  /** Each list has the newest run first. */
  compat: CompatRun[];
  /** Runs of other people's suites: the Linux Test Project, gtest binaries. */
  ltp: CompatRun[];
  bench: BenchRun[];
  kernel: BenchRun[];
  apps: AppsRun[];
}

/** Files that the command line names, by kind. */
export type ChosenFiles = { [kind in InputKind]?: string[] };

export const INPUT_KINDS: readonly InputKind[] = ['compat', 'ltp', 'bench', 'kernel', 'apps'];

/** Where runs are looked for when no file is named. */
export const RUN_DIRECTORIES = [historyDirectory, join(packageRoot, '.cache')];

/** Larger files are no runs. */
const MOST_BYTES = 256 << 20;

const MACHINE: Shape = {
  cpu: 'string',
  cores: 'number',
  architecture: 'string',
  memoryGiB: 'number',
  kernel: 'string',
  node: 'string',
  load: 'number',
  governor: 'string',
};
const COMMON = { started: 'string', seconds: 'number', machine: MACHINE } as const;
const VERSIONED: Shape = [{ name: 'string', version: 'string' }];

const CHECK: Shape = {
  title: 'string',
  outcome: 'string',
  detail: 'string',
  calls: [{ name: 'string', detail: 'string' }],
};
const CASE: Shape = {
  name: 'string',
  family: 'string',
  tags: ['string'],
  outcome: 'string',
  expected: 'string',
  reason: 'string',
  detail: 'string',
  checks: [CHECK],
  counts: {},
};
const COMPAT: Shape = {
  ...COMMON,
  suite: 'string',
  targets: [{ target: { name: 'string', version: 'string' }, unavailable: 'string', cases: [CASE] }],
};
const BENCH: Shape = {
  ...COMMON,
  kind: 'string',
  commit: { id: 'string' },
  settings: { rounds: 'number', duration: 'number' },
  noise: {
    spread: 'number',
    range: 'number',
    steal: 'number',
    preemptions: 'number',
    load: { before: 'number', after: 'number' },
    warnings: ['string'],
  },
  targets: VERSIONED,
  rows: [{ name: 'string', label: 'string', family: 'string' }],
  cells: [{ row: 'string', target: 'string', samples: ['number'], fastest: ['number'] }],
  notes: ['string'],
};
const APPS: Shape = {
  ...COMMON,
  rounds: 'number',
  targets: VERSIONED,
  figures: [
    {
      app: 'string',
      metric: 'string',
      unit: 'string',
      better: 'string',
      target: 'string',
      samples: ['number'],
    },
  ],
  missing: [{ app: 'string', target: 'string', kind: 'string', reason: 'string' }],
  notes: ['string'],
};
const SHAPES: { [kind in InputKind]: Shape } = {
  compat: COMPAT,
  ltp: COMPAT,
  bench: BENCH,
  kernel: BENCH,
  apps: APPS,
};

type Run = CompatRun | BenchRun | AppsRun;

/** What a file's contents say they are; undefined for none of these. */
function kindOf(value: unknown): InputKind | undefined {
  const { format, suite, kind } = (value ?? {}) as { format?: unknown; suite?: unknown; kind?: unknown };
  if (format === 'tvisor-compat/1') {
    return suite === 'cases' ? 'compat' : suite === 'ltp' || suite === 'gtest' ? 'ltp' : undefined;
  }
  if (format === 'tvisor-bench/1') {
    return kind === 'micro' ? 'bench' : kind === 'kernel' ? 'kernel' : undefined;
  }
  return format === 'tvisor-apps/1' ? 'apps' : undefined;
}

/** @throws InputError in one line if it cannot be read or is no JSON */
function parseFile(file: string): unknown {
  try {
    if (statSync(file).size > MOST_BYTES) {
      throw new Error(`has more than ${MOST_BYTES >> 20} MiB`);
    }
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError(firstLine(`${file}: ${(error as Error).message}`));
  }
}

const WORDS: { [kind in InputKind]: string } = {
  compat: 'a run of the compatibility cases (tvisor compat --json)',
  ltp: 'a run of the Linux Test Project or gtest binaries (tvisor compat --ltp --json)',
  bench: 'a run of npm run bench',
  kernel: 'a run of npm run bench:kernel',
  apps: 'a run of npm run bench:apps',
};

const OUTCOMES = new Set<string>(['pass', 'fail', 'timeout', 'crash', 'skip', 'broken', 'not-reached']);

/** What has the right form and yet makes no sense: unknown outcomes, negative times and sizes. Empty if all is well. */
function nonsense(run: Run): string {
  const cases = 'suite' in run ? run.targets.flatMap((target) => target.cases) : [];
  const results = cases.flatMap((one) => [one, ...one.checks]);
  const unknown = results.find(({ outcome }) => !OUTCOMES.has(outcome));
  if (unknown !== undefined) {
    return firstLine(`unknown outcome '${unknown.outcome}'`);
  }
  const lists = [
    ...('cells' in run ? run.cells.flatMap(({ samples, fastest }) => [samples, fastest]) : []),
    ...('figures' in run ? run.figures.map(({ samples }) => samples) : []),
  ];
  return lists.some((list) => list.some((sample) => sample < 0)) ? 'has a sample below 0' : '';
}

/**
 * Read a run and check its form.
 *
 * @throws InputError in one line, with the file's name, if it is not of that kind
 */
export function readInput(file: string, kind: InputKind): Run {
  const value = parseFile(file);
  const found = kindOf(value);
  if (found !== kind) {
    const instead = found === undefined ? '' : `, but ${WORDS[found]}: use --${found}`;
    throw new InputError(`${file}: is not ${WORDS[kind]}${instead}`);
  }
  const wrong = misfit(value, SHAPES[kind], '') || nonsense(value as Run);
  if (wrong !== '') {
    throw new InputError(`${file}: is not ${WORDS[kind]}: ${wrong}`);
  }
  return value as Run;
}

function filesOf(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(directory, name));
  } catch {
    // Nothing was ever kept there.
    return [];
  }
}

/** Every run that lies in these directories; other files are passed over. */
function discover(directories: readonly string[]): ChosenFiles {
  const found: ChosenFiles = {};
  for (const file of directories.flatMap(filesOf)) {
    let kind: InputKind | undefined;
    try {
      kind = kindOf(parseFile(file));
    } catch {
      // A file that is being written, or none of ours.
    }
    if (kind !== undefined) {
      found[kind] = [...(found[kind] ?? []), file];
    }
  }
  return found;
}

/**
 * Read the runs of a report.
 *
 * @param chosen the files that the user named
 * @param directories where to look for the kinds of which no file was named
 * @throws InputError in one line if a file is no run of its kind
 */
export function readInputs(chosen: ChosenFiles, directories: readonly string[] = RUN_DIRECTORIES): Inputs {
  const complete = INPUT_KINDS.every((kind) => chosen[kind] !== undefined);
  const files = { ...(complete ? {} : discover(directories)), ...chosen };
  const read = <T extends Run>(kind: InputKind): T[] =>
    (files[kind] ?? [])
      .map((file) => readInput(file, kind) as T)
      .sort((a, b) => (a.started < b.started ? 1 : -1));
  /** Runs that lie about may be of other states of the project: only who names several wants them side by side. */
  const together = (kind: 'compat' | 'ltp'): CompatRun[] =>
    read<CompatRun>(kind).slice(0, chosen[kind] === undefined ? 1 : undefined);
  return {
    compat: together('compat'),
    ltp: together('ltp'),
    bench: read('bench'),
    kernel: read('kernel'),
    apps: read('apps'),
  };
}
