/**
 * `npm run bench:apps`: real programs, natively and in sandboxes: how long they take, what an idle sandbox costs, how
 * many fit. Targets take turns; every workload checks its answers. Figures are for looking at; no test depends on one.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { scratchDirectory } from '../../compat/scratch.js';
import { createTarget, DEFAULT_TARGETS, parseTarget } from '../../compat/targets/create.js';
import type { Target } from '../../compat/targets/target.js';
import { describeMachine, formatMachine } from '../machine.js';
import { measureApps, type Plan } from './measure.js';
import { appsTable } from './report.js';
import { installPackages, missingPackages, readWorkloads } from './workloads.js';

interface Options {
  target: string[] | undefined;
  apps: string[] | undefined;
  rounds: number;
  idle: number;
  install: boolean;
  json: string | undefined;
}

/** What is not a script: measured from outside. */
const IDLE = 'idle';

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError('not a whole number from 1 up');
  }
  return value;
}

const names = (text: string): string[] => text.split(',');
const append = (text: string, list: string[] | undefined): string[] => [...(list ?? []), text];

function parse(args: string[]): Options {
  const apps = [IDLE, ...readWorkloads().map((workload) => workload.name)];
  const program = new Command('bench:apps')
    .description('Real programs, natively and in sandboxes.')
    .option(
      '--target <target>',
      `as in tvisor compat; repeat for more (default: ${DEFAULT_TARGETS.join(', ')})`,
      append,
    )
    .option('--apps <list>', `of ${apps.join(', ')} (default: all)`, names)
    .option('--rounds <n>', 'rounds in which the targets take turns', wholeNumber, 3)
    .option('--idle <n>', 'idle sandboxes to start of each target', wholeNumber, 30)
    .option('--no-install', 'do not install missing packages with apt-get (only root does)')
    .option('--json <file>', 'also write everything there (default: bench/out/apps-TIME.json)')
    .parse(args, { from: 'user' });
  const options = program.opts<Options>();
  const unknown = options.apps?.find((name) => !apps.includes(name));
  if (unknown !== undefined) {
    program.error(`error: no such application: ${unknown} (there are: ${apps.join(', ')})`);
  }
  return options;
}

/** Install what is lacking, or say what would have to be. */
async function ensurePackages(
  plan: Pick<Plan, 'workloads'>,
  install: boolean,
  notes: string[],
): Promise<void> {
  const packages = missingPackages(plan.workloads);
  if (packages.length === 0) {
    return;
  }
  if (!install || process.getuid?.() !== 0) {
    notes.push(`not installed (as root this is done): apt-get install ${packages.join(' ')}`);
    return;
  }
  console.error(`bench:apps: installing ${packages.join(' ')}`);
  try {
    await installPackages(packages);
  } catch (error) {
    notes.push(error instanceof Error ? error.message : String(error));
  }
}

/** Those that work here; a note says why another does not. */
async function usableTargets(
  choices: readonly string[],
  notes: string[],
  signal: AbortSignal,
): Promise<Target[]> {
  const usable: Target[] = [];
  for (const choice of choices) {
    const target = await createTarget(parseTarget(choice), signal);
    if (target.unavailable === '') usable.push(target);
    else notes.push(`${target.info.name}: not measured: ${target.unavailable}`);
  }
  return usable;
}

async function main(options: Options, signal: AbortSignal): Promise<void> {
  const started = new Date();
  const wanted = options.apps;
  const workloads = readWorkloads().filter((workload) => wanted?.includes(workload.name) ?? true);
  const notes: string[] = [];
  await ensurePackages({ workloads }, options.install, notes);
  const targets = await usableTargets(options.target ?? DEFAULT_TARGETS, notes, signal);
  try {
    const run = await measureApps({
      workloads,
      targets,
      rounds: options.rounds,
      idle: wanted === undefined || wanted.includes(IDLE) ? options.idle : 0,
      scratch: scratchDirectory('apps'),
      notes,
      machine: describeMachine(),
      started,
      signal,
    });
    const file =
      options.json ?? join('bench', 'out', `apps-${started.toISOString().replaceAll(':', '')}.json`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(run, null, 2)}\n`);
    console.log(`${formatMachine(run.machine)}\n${run.rounds} rounds, ${run.seconds} s\n\n${appsTable(run)}`);
    console.log(`\nwritten to ${file}`);
  } finally {
    await Promise.all(targets.map((target) => target.cleanup()));
  }
}

// An interrupted run ends what it started, in order, and leaves nothing behind.
const interrupted = new AbortController();
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    process.exitCode = status;
    interrupted.abort();
  });
}

try {
  await main(parse(process.argv.slice(2)), interrupted.signal);
} catch (error) {
  if (!interrupted.signal.aborted) throw error;
}
