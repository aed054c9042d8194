/**
 * `npm run bench`: what a system call costs natively, under a bare trap, in tvisor, runc and runsc, taken in one interleaved
 * run. No test depends on a time.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchDirectory } from '../compat/scratch.js';
import { finish, runMain } from './finish.js';
import { describeCommit } from './history.js';
import { describeMachine } from './machine.js';
import { measure } from './measure.js';
import type { BenchRun } from './model.js';
import { NoiseMeter } from './noise.js';
import { type Options, parseOptions, pinning, UsageError, usage } from './options.js';
import { makeProgress } from './progress.js';
import { formatHead, Results, ratiosTable, timesTable } from './report.js';
import { compilePrograms, findTargets, type Places } from './targets.js';

async function prepare(options: Options): Promise<Places> {
  const directory = scratchDirectory('bench');
  const wrapper = pinning(options.pin);
  const places = {
    programs: await compilePrograms(directory),
    host: join(directory, 'host'),
    wrapper,
  };
  mkdirSync(places.host);
  return places;
}

async function takeRun(options: Options, signal: AbortSignal): Promise<BenchRun> {
  const places = await prepare(options);
  const machine = describeMachine();
  const commit = describeCommit();
  const started = new Date();
  const { targets, notes } = await findTargets(places, { names: options.targets, others: options.others });
  if (targets.length === 0) {
    throw new UsageError(`no target to measure\n${notes.join('\n')}`);
  }
  process.once('exit', () => {
    for (const target of targets) {
      // The native ones made it on the host.
      rmSync(target.memoryDirectory, { recursive: true, force: true });
    }
  });
  const noise = new NoiseMeter();
  const progress = makeProgress();
  try {
    const cells = await measure({
      rows: options.rows,
      targets,
      micro: places.programs.micro,
      rounds: options.rounds,
      duration: options.duration,
      progress: (done, all, what) => progress.update(done, all, what),
      between: () => noise.sample(),
      signal,
    });
    return {
      format: 'tvisor-bench/1',
      kind: 'micro',
      started: started.toISOString(),
      seconds: Math.round((Date.now() - started.getTime()) / 1000),
      commit,
      machine,
      settings: { rounds: options.rounds, duration: options.duration, pin: options.pin ?? null },
      noise: noise.report(machine.cores),
      targets: targets.map(({ name, version }) => ({ name, version })),
      rows: options.rows.map(({ name, label, family }) => ({ name, label, family })),
      cells,
      notes,
    };
  } finally {
    progress.stop();
    for (const target of targets) {
      await target.cleanup();
    }
  }
}

function show(run: BenchRun, fastest: boolean): string {
  const results = new Results(run, fastest);
  const remarks = [...run.notes, ...results.failures()];
  const absent =
    remarks.length > 0 ? `\n\nNot measured (-):\n${remarks.map((line) => `  ${line}`).join('\n')}` : '';
  return `${formatHead(run)}\n\n${timesTable(results)}\n\n${ratiosTable(results)}${absent}`;
}

await runMain(async (signal) => {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  return finish(
    options,
    'micro',
    () => takeRun(options, signal),
    (run) => show(run, options.fastest),
  );
});
