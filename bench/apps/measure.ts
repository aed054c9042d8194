/** The measurement: every workload on every target in turn, round after round, then the idle sandboxes. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import cliProgress from 'cli-progress';
import type { Target } from '../../compat/targets/target.js';
import type { Machine } from '../machine.js';
import { measureIdle } from './idle.js';
import type { AppsRun, Figure, Missing } from './model.js';
import { betterOf, type Outcome } from './outcome.js';
import { type Prepared, prepare, runWorkload } from './workload-run.js';
import type { Workload } from './workloads.js';

export interface Plan {
  workloads: readonly Workload[];
  targets: readonly Target[];
  rounds: number;
  /** Idle sandboxes of each target; 0 for none. */
  idle: number;
  /** A host directory of this run. */
  scratch: string;
  notes: string[];
  machine: Machine;
  started: Date;
  /** Ends the measurement early; it then rejects. */
  signal: AbortSignal;
}

const MIB = 1 << 20;

/** Figures and what is missing, as they come in. */
class Record {
  readonly figures: Figure[] = [];
  readonly missing: Missing[] = [];

  add(figure: Omit<Figure, 'samples'>, ...samples: number[]): void {
    const same = this.figures.find(
      (other) => other.app === figure.app && other.metric === figure.metric && other.target === figure.target,
    );
    if (same === undefined) this.figures.push({ ...figure, samples });
    else same.samples.push(...samples);
  }

  lack(app: string, target: string, kind: Missing['kind'], reason: string): void {
    this.missing.push({ app, target, kind, reason });
    // A workload that failed in one round has no speed.
    const left = this.figures.filter((figure) => figure.app !== app || figure.target !== target);
    this.figures.splice(0, this.figures.length, ...left);
  }

  lacks(app: string, target: string): boolean {
    return this.missing.some((entry) => entry.app === app && entry.target === target);
  }

  outcome(app: string, target: string, outcome: Outcome): void {
    if (outcome.kind !== 'figures') {
      this.lack(app, target, outcome.kind, outcome.reason);
      return;
    }
    for (const { metric, unit, value } of outcome.results) {
      this.add({ app, metric, unit, better: betterOf(unit), target }, value);
    }
  }
}

/** A bar on a terminal; nothing elsewhere. */
function progressBar(total: number): cliProgress.SingleBar {
  const bar = new cliProgress.SingleBar(
    {
      format: '{bar} {value}/{total} {what}',
      stream: process.stderr,
      noTTYOutput: false,
      clearOnComplete: true,
    },
    cliProgress.Presets.shades_grey,
  );
  bar.start(total, 0, { what: '' });
  return bar;
}

async function runRounds(plan: Plan, prepared: readonly Prepared[], record: Record): Promise<void> {
  const bar = progressBar(plan.rounds * prepared.length * plan.targets.length);
  const directory = join(plan.scratch, 'run');
  mkdirSync(directory);
  // Servers that refuse to be root must be able to come through.
  chmodSync(plan.scratch, 0o755);
  chmodSync(directory, 0o1777);
  for (let round = 0; round < plan.rounds; round++) {
    for (const input of prepared) {
      for (const target of plan.targets) {
        const app = input.workload.name;
        bar.increment(1, { what: `${app} on ${target.info.name}` });
        if (!record.lacks(app, target.info.name)) {
          record.outcome(app, target.info.name, await runWorkload(input, target, directory, plan.signal));
        }
      }
    }
  }
  bar.stop();
}

async function runIdle(plan: Plan, record: Record): Promise<void> {
  const bar = progressBar(plan.targets.length);
  for (const target of plan.targets) {
    const name = target.info.name;
    bar.increment(1, { what: `idle sandboxes of ${name}` });
    try {
      const usage = await measureIdle(target, plan.idle, plan.scratch, plan.signal);
      const add = (metric: string, unit: string, better: Figure['better'], ...samples: number[]): void =>
        record.add({ app: 'idle', metric, unit, better, target: name }, ...samples);
      add('start-up', 'ms', 'lower', ...usage.starts);
      add('PSS of one', 'MiB', 'lower', usage.pss / MIB);
      add('memory of one, with the kernel', 'MiB', 'lower', usage.memory / MIB);
      add('processor time of one', 'ms a second', 'lower', usage.cpu);
      add('that would fit in this memory', 'sandboxes', 'higher', usage.fit);
      if (usage.stopped !== '') {
        plan.notes.push(`idle, ${name}: ${usage.started} of ${plan.idle} started: ${usage.stopped}`);
      }
    } catch (error) {
      plan.signal.throwIfAborted();
      record.lack('idle', name, 'wrong', error instanceof Error ? error.message : String(error));
    }
  }
  bar.stop();
}

/** Measure everything in the plan. */
export async function measureApps(plan: Plan): Promise<AppsRun> {
  const record = new Record();
  const inputs = join(plan.scratch, 'input');
  const prepared: Prepared[] = [];
  for (const workload of plan.workloads) {
    const input = await prepare(workload, inputs, plan.signal);
    if (input.skip === '') prepared.push(input);
    else for (const target of plan.targets) record.lack(workload.name, target.info.name, 'skip', input.skip);
  }
  await runRounds(plan, prepared, record);
  if (plan.idle > 0) {
    await runIdle(plan, record);
  }
  return {
    format: 'tvisor-apps/1',
    started: plan.started.toISOString(),
    seconds: Math.round((Date.now() - plan.started.getTime()) / 1000),
    rounds: plan.rounds,
    machine: plan.machine,
    targets: plan.targets.map(({ info }) => ({ name: info.name, version: info.version })),
    figures: record.figures,
    missing: record.missing,
    notes: plan.notes,
  };
}
