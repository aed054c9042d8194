/**
 * `npm run bench:containers`: what a container costs with one OCI runtime and with another: `run` of true, its life in the steps
 * that engines take, and many idle ones. Runtimes take turns within each round. Figures are for looking at; no test depends on one.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { scratchDirectory } from '../../compat/scratch.js';
import { describeMachine, formatMachine } from '../machine.js';
import { summarize } from '../statistics.js';
import { discard, life, timed } from './commands.js';
import { type IdleContainers, measureIdle } from './idle.js';
import { findRuntimes, type Missing, type Runtime, writeBundle, writeRoot } from './runtimes.js';

interface Options {
  runtime: string[] | undefined;
  rounds: number;
  idle: number;
  json: string | undefined;
}

/** Milliseconds by what was done; or, of idle containers, bytes and milliseconds a second. */
type Samples = Record<'run' | 'create' | 'start' | 'delete' | 'create + start + delete', number[]>;

interface Result {
  runtime: string;
  samples: Samples;
  idle: IdleContainers | undefined;
  notes: string[];
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('not a whole number');
  return value;
}

const append = (text: string, list: string[] | undefined): string[] => [...(list ?? []), text];

function parse(args: string[]): Options {
  return new Command('bench:containers')
    .description('What a container costs with this runtime and with others.')
    .option(
      '--runtime <name>',
      'tvisor, runc, crun, runsc or a path; repeat for more (default: those four)',
      append,
    )
    .option('--rounds <n>', 'rounds in which the runtimes take turns', wholeNumber, 20)
    .option('--idle <n>', 'idle containers to start with each', wholeNumber, 50)
    .option('--json <file>', 'also write everything there (default: bench/out/containers-TIME.json)')
    .parse(args, { from: 'user' })
    .opts<Options>();
}

function isRuntime(found: Runtime | Missing): found is Runtime {
  return 'argv' in found;
}

function round(runtime: Runtime, bundle: string, id: string, samples: Samples): void {
  try {
    samples.run.push(timed(runtime, ['run', '--bundle', bundle, `${id}-run`]));
  } catch (error) {
    discard(runtime, `${id}-run`);
    throw error;
  }
  const steps = life(runtime, bundle, id);
  samples.create.push(steps.create);
  samples.start.push(steps.start);
  samples.delete.push(steps.delete);
  samples['create + start + delete'].push(steps.create + steps.start + steps.delete);
}

function cell(values: readonly number[] | undefined, base: readonly number[] | undefined): string {
  const own = summarize(values ?? []);
  const other = summarize(base ?? []);
  if (own === undefined) return '-';
  const ratio = other === undefined || base === values ? '' : ` (${(own.median / other.median).toFixed(2)}x)`;
  return `${own.median.toPrecision(3)}${ratio}`;
}

const MIB = 2 ** 20;

function report(results: readonly Result[]): string {
  const [first] = results;
  const table = new Table({
    head: ['median (ratio to the first)', 'unit', ...results.map((r) => r.runtime)],
    style: { head: [], border: [], compact: true },
  });
  for (const name of Object.keys(first?.samples ?? {}) as (keyof Samples)[])
    table.push([name, 'ms', ...results.map((r) => cell(r.samples[name], first?.samples[name]))]);
  const idle = (label: string, unit: string, value: (i: IdleContainers) => number): void => {
    const cells = results.map((r) => (r.idle === undefined ? '-' : value(r.idle).toPrecision(3)));
    table.push([label, unit, ...cells]);
  };
  idle('idle container: PSS', 'MiB', (i) => i.pss / MIB);
  idle('idle container: memory of the machine', 'MiB', (i) => i.memory / MIB);
  idle('idle container: processor', 'ms/s', (i) => i.cpu);
  return table.toString();
}

async function main(options: Options): Promise<void> {
  const started = new Date();
  const machine = describeMachine();
  const scratch = scratchDirectory('containers');
  try {
    const found = findRuntimes(options.runtime ?? ['tvisor', 'runc', 'crun', 'runsc'], scratch);
    const runtimes = found.filter(isRuntime);
    const results = new Map<Runtime, Result>();
    for (const runtime of runtimes) {
      const samples: Samples = { run: [], create: [], start: [], delete: [], 'create + start + delete': [] };
      results.set(runtime, { runtime: runtime.name, samples, idle: undefined, notes: [] });
    }
    const quick = join(scratch, 'true');
    const sleeper = join(scratch, 'sleep');
    const root = join(scratch, 'root');
    writeRoot(root);
    writeBundle(quick, root, ['/bin/true']);
    writeBundle(sleeper, root, ['/bin/sleep', '1000']);
    for (let i = 0; i < options.rounds; i++) {
      console.error(`bench:containers: round ${i + 1} of ${options.rounds}`);
      for (const [runtime, result] of results) {
        try {
          round(runtime, quick, `bench-${process.pid}-${i}`, result.samples);
        } catch (error) {
          result.notes.push(String(error));
        }
      }
    }
    for (const [runtime, result] of options.idle > 0 ? results : []) {
      console.error(`bench:containers: ${options.idle} idle containers of ${runtime.name}`);
      try {
        result.idle = await measureIdle(runtime, sleeper, options.idle);
      } catch (error) {
        result.notes.push(String(error));
      }
    }
    const all = [...results.values()];
    const file =
      options.json ?? join('bench', 'out', `containers-${started.toISOString().replaceAll(':', '')}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ machine, started, results: all }, undefined, 2)}\n`);
    console.log(`${formatMachine(machine)}\n\n${report(all)}`);
    for (const missing of found) if (!isRuntime(missing)) console.log(`  ${missing.name}: ${missing.reason}`);
    for (const r of all) for (const note of new Set(r.notes)) console.log(`  ${r.runtime}: ${note}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main(parse(process.argv.slice(2)));
