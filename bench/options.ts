/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util';
import { parseTarget, type TargetChoice } from '../compat/targets/create.js';
import { findProgram } from '../compat/targets/probe.js';
import { defaultCompare } from './compare.js';
import { allRows, type Row } from './rows.js';
import { targetNames } from './targets.js';

/** A mistake in the command line. */
export class UsageError extends Error {}

/** What both benchmarks, of sandboxes and of the kernel in one process, understand. */
export interface HistoryOptions {
  /** Compare with this run; a file or `last`. */
  against: string | undefined;
  /** Measure nothing: this file is the later run. */
  current: string | undefined;
  /** Exit with 1 if something became worse. */
  failOnWorse: boolean;
  /** A part: 0.05 is 5 %. */
  leastChange: number;
  /** Show the fastest parts of the loops and not the median ones. */
  fastest: boolean;
  /** Also write the run there. */
  json: string | undefined;
  /** Keep the run in the history. */
  save: boolean;
}

export interface Options extends HistoryOptions {
  rounds: number;
  /** Milliseconds. */
  duration: number;
  rows: Row[];
  targets: ReadonlySet<string> | undefined;
  /** Further targets than the usual ones. */
  others: TargetChoice[];
  pin: number | undefined;
}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

/** For `parseArgs`. */
export const historyFlags = {
  against: text,
  current: text,
  'fail-on-worse': flag,
  'least-change': { ...text, default: String(defaultCompare.leastChange * 100) },
  fastest: flag,
  json: text,
  'no-save': flag,
  help: flag,
};

export const historyUsage = `
  --against FILE    compare with an earlier run and say what became better or worse; "last": the newest of bench/out
  --current FILE    with --against: measure nothing, compare these two files
  --least-change P  a row that changed by less than P percent has not changed (${defaultCompare.leastChange * 100})
  --fail-on-worse   with --against: exit with 1 if a row became worse
  --fastest         tables of the fastest parts of the loops instead of the median ones: for noisy machines
  --json FILE       also write the run, with all samples, there
  --no-save         do not keep the run in bench/out
  --help`;

export const usage = `usage: npm run bench -- [OPTION...], or make bench ARGS='[OPTION...]'
  --rounds N        rounds in which the targets take turns, each in a fresh sandbox (10)
  --duration MS     length of one sample's loop (50)
  --rows A,B        only these rows or families (list below)
  --targets A,B     only these of the usual ones: ${targetNames.join(' ')}
  --target NAME=... one more, as in \`tvisor compat\`: crun, podman:runc, mine='sandbox --flag {}'; repeat for others
  --pin CPU         everything on this one processor${historyUsage}

${rowList()}`;

function rowList(): string {
  const families = [...new Set(allRows.map((row) => row.family))];
  return families
    .map((family) => {
      const names = allRows.filter((row) => row.family === family).map((row) => row.name);
      return `  ${family}: ${names.join(' ')}`;
    })
    .join('\n');
}

/**
 * A whole number of the command line.
 *
 * @throws UsageError
 */
export function wholeNumber(name: string, value: string, least: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < least) {
    throw new UsageError(`--${name}: not a whole number from ${least} up: ${value}`);
  }
  return number;
}

function percentage(name: string, value: string): number {
  const number = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value)) {
    throw new UsageError(`--${name}: not a percentage: ${value}`);
  }
  return number / 100;
}

/** Rows by their names or their families' names, in the table's order. */
export function chooseRows<T extends { name: string; family: string }>(
  all: readonly T[],
  list: string | undefined,
): T[] {
  const names = list?.split(',');
  const unknown = names?.find((name) => !all.some((row) => row.name === name || row.family === name));
  if (unknown !== undefined) {
    throw new UsageError(`--rows: no such row or family: ${unknown}`);
  }
  return names ? all.filter((row) => names.includes(row.name) || names.includes(row.family)) : [...all];
}

/** @throws UsageError */
export function historyOptions(values: {
  against?: string | undefined;
  current?: string | undefined;
  'fail-on-worse': boolean;
  'least-change': string;
  fastest: boolean;
  json?: string | undefined;
  'no-save': boolean;
}): HistoryOptions {
  if (values.against === undefined && (values.current !== undefined || values['fail-on-worse'])) {
    throw new UsageError('--current and --fail-on-worse need --against');
  }
  return {
    against: values.against,
    current: values.current,
    failOnWorse: values['fail-on-worse'],
    leastChange: percentage('least-change', values['least-change']),
    fastest: values.fastest,
    json: values.json,
    save: !values['no-save'],
  };
}

function chooseTargets(list: string | undefined): ReadonlySet<string> | undefined {
  const names = list?.split(',');
  const unknown = names?.find((name) => !targetNames.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--targets: no such target: ${unknown}`);
  }
  return names && new Set(names);
}

function parseChoice(choice: string): TargetChoice {
  try {
    return parseTarget(choice);
  } catch (error) {
    throw new UsageError(`--target: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * What to put before a command so that it stays on one processor; nothing without --pin.
 *
 * @throws UsageError
 */
export function pinning(cpu: number | undefined): string[] {
  if (cpu === undefined) {
    return [];
  }
  const taskset = findProgram('taskset');
  if (taskset === undefined) {
    throw new UsageError('--pin: taskset is not installed');
  }
  return [taskset, '-c', String(cpu)];
}

/** What `parseArgs` says of a command line, as a UsageError. */
export function parsing<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof TypeError && 'code' in error ? new UsageError(error.message) : error;
  }
}

/**
 * The command line; undefined when only help is wanted.
 *
 * @throws UsageError
 */
export function parseOptions(args: string[]): Options | undefined {
  const { values } = parsing(() =>
    parseArgs({
      args,
      options: {
        ...historyFlags,
        rounds: { ...text, default: '10' },
        duration: { ...text, default: '50' },
        rows: text,
        targets: text,
        target: { ...text, multiple: true, default: [] },
        pin: text,
      },
    }),
  );
  if (values.help) {
    return undefined;
  }
  return {
    ...historyOptions(values),
    rounds: wholeNumber('rounds', values.rounds, 1),
    duration: wholeNumber('duration', values.duration, 1),
    rows: chooseRows(allRows, values.rows),
    targets: chooseTargets(values.targets),
    others: values.target.map(parseChoice),
    pin: values.pin === undefined ? undefined : wholeNumber('pin', values.pin, 0),
  };
}
