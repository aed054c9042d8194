/**
 * `npm run bench:kernel`: what the TypeScript kernel's own work costs, in one process and without a sandbox, so that a commit
 * that makes it slower is seen before anything is trapped. Each round is a process of its own: how V8 compiles a function, and
 * where its data comes to lie, differs from process to process more than within one.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { baseEnvironment, runBounded } from '../../compat/bounded.js';
import { packageRoot } from '../../compat/paths.js';
import { finish, runMain } from '../finish.js';
import { describeCommit } from '../history.js';
import { describeMachine } from '../machine.js';
import type { BenchRun, CellResult } from '../model.js';
import { NoiseMeter } from '../noise.js';
import {
  chooseRows,
  type HistoryOptions,
  historyFlags,
  historyOptions,
  historyUsage,
  parsing,
  pinning,
  wholeNumber,
} from '../options.js';
import { makeProgress } from '../progress.js';
import { formatHead, Results, timesTable } from '../report.js';
import type { RowTime } from './measure.js';
import type { KernelRow } from './row.js';
import { kernelRows } from './rows.js';

const usage = `usage: npm run bench:kernel -- [OPTION...]
  --rounds N        rounds, each in a process of its own (10)
  --duration MS     length of each of the 20 parts of a sample's loop (4)
  --rows A,B        only these rows or families (list below)
  --pin CPU         everything on this one processor${historyUsage}

  ${kernelRows.map((row) => row.name).join(' ')}`;

interface KernelOptions extends HistoryOptions {
  rounds: number;
  duration: number;
  rows: KernelRow[];
  pin: number | undefined;
}

function parse(args: string[]): KernelOptions | undefined {
  const text = { type: 'string' } as const;
  const { values } = parsing(() =>
    parseArgs({
      args,
      options: {
        ...historyFlags,
        rounds: { ...text, default: '10' },
        duration: { ...text, default: '4' },
        rows: text,
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
    rows: chooseRows(kernelRows, values.rows),
    pin: values.pin === undefined ? undefined : wholeNumber('pin', values.pin, 0),
  };
}

/** All rows once, in a fresh process. */
async function round(options: KernelOptions, signal: AbortSignal): Promise<RowTime[]> {
  const worker = join(packageRoot, 'bench', 'kernel', 'worker.ts');
  const words = [process.execPath, '--import', 'tsx', worker, String(options.duration)];
  const result = await runBounded(
    [...pinning(options.pin), ...words, ...options.rows.map((row) => row.name)],
    {
      cwd: packageRoot,
      env: baseEnvironment(),
      signal,
      timeout: 20_000 + options.rows.length * options.duration * 1000,
    },
  );
  if (result.status !== 0) {
    throw new Error(result.timedOut ? 'a round timed out' : result.stderr);
  }
  return result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RowTime);
}

/** One cell for the kernel and one for the fixed loop, a row. */
function cellsOf(row: KernelRow, rounds: readonly RowTime[][]): CellResult[] {
  const times = rounds.flatMap((times) => times.filter((time) => time.row === row.name));
  const iterations = times[0]?.iterations ?? 0;
  return (['kernel', 'spin'] as const).map((target) => ({
    row: row.name,
    target,
    iterations: target === 'kernel' ? iterations : 1,
    samples: times.map((time) => time[target].median),
    fastest: times.map((time) => time[target].fastest),
  }));
}

async function takeRun(options: KernelOptions, signal: AbortSignal): Promise<BenchRun> {
  const machine = describeMachine();
  const commit = describeCommit();
  const started = new Date();
  const noise = new NoiseMeter();
  const progress = makeProgress();
  const rounds: RowTime[][] = [];
  try {
    for (let i = 0; i < options.rounds; i++) {
      progress.update(i, options.rounds, `round ${i + 1} of ${options.rounds}`);
      noise.sample();
      rounds.push(await round(options, signal));
    }
    noise.sample();
  } finally {
    progress.stop();
  }
  return {
    format: 'tvisor-bench/1',
    kind: 'kernel',
    started: started.toISOString(),
    seconds: Math.round((Date.now() - started.getTime()) / 1000),
    commit,
    machine,
    settings: { rounds: options.rounds, duration: options.duration, pin: options.pin ?? null },
    noise: noise.report(machine.cores),
    targets: [
      { name: 'kernel', version: '' },
      { name: 'spin', version: '' },
    ],
    rows: options.rows.map(({ name, label, family }) => ({ name, label, family })),
    cells: options.rows.flatMap((row) => cellsOf(row, rounds)),
    notes: [],
  };
}

await runMain(async (signal) => {
  const options = parse(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const show = (run: BenchRun): string =>
    `${formatHead(run)}\n\n${timesTable(new Results(run, options.fastest), ['kernel'])}`;
  return finish(options, 'kernel', () => takeRun(options, signal), show);
});
