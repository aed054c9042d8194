/** Measuring: every row is calibrated on every target, then come rounds in which the targets take turns. */
import { run } from '../test/support/run.js';
import { type Row, startRow } from './rows.js';
import { failure, type Target } from './targets.js';

/** Milliseconds before an invocation counts as hung. */
const invocationTimeout = 10_000;
/** A calibration run shorter than this (nanoseconds) says too little, and is followed by another. */
const calibrationFloor = 5e6;
const calibrationTries = 4;
const fewestIterations = 5;
const mostIterations = 20_000_000;
/** Start-up is short and noisy: at least this many runs of it. */
const startRounds = 10;

export interface Plan {
  rows: readonly Row[];
  targets: readonly Target[];
  /** The static guest program. */
  micro: string;
  rounds: number;
  /** How long one invocation's loop should last, in milliseconds. */
  duration: number;
  /** Put before every command: taskset, or nothing. */
  wrapper: readonly string[];
  /** Told what is going on. */
  progress: (line: string) => void;
}

/** One row on one target. */
export interface Cell {
  row: Row;
  target: Target;
  /** Operations of one invocation; 0 until calibrated. */
  iterations: number;
  /** Nanoseconds per operation, one a round. */
  samples: number[];
  /** Why there is no figure. One failure in any round is enough: a call that sometimes fails has no speed. */
  failed?: string;
}

/** Run `micro` once. Returns nanoseconds per operation, or why there are none. */
async function invoke(plan: Plan, cell: Cell, iterations: number): Promise<number | string> {
  const command = [...plan.wrapper, ...cell.target.prefix, plan.micro, cell.row.name, String(iterations)];
  const result = await run(command, { timeout: invocationTimeout });
  if (result.status !== 0 || result.timedOut) {
    return failure(result);
  }
  const ns = Number(result.stdout.trim());
  return Number.isFinite(ns) && ns > 0 ? ns : `not a time: ${JSON.stringify(result.stdout.slice(0, 40))}`;
}

/** Wall time in nanoseconds of running `true`, or why there is none. */
async function start(plan: Plan, target: Target): Promise<number | string> {
  if (!target.runsAnyProgram) {
    return 'a stopwatch, not a sandbox: runs no dynamically linked program';
  }
  const before = process.hrtime.bigint();
  const result = await run([...plan.wrapper, ...target.prefix, 'true'], { timeout: invocationTimeout });
  const elapsed = Number(process.hrtime.bigint() - before);
  return result.status === 0 && !result.timedOut ? elapsed : failure(result);
}

function iterationsFor(plan: Plan, ns: number): number {
  return Math.round(Math.min(mostIterations, Math.max(fewestIterations, (plan.duration * 1e6) / ns)));
}

/** Find the number of iterations that lasts for `plan.duration`, or fail the cell. */
async function calibrate(plan: Plan, cell: Cell): Promise<void> {
  let iterations = cell.row.firstIterations;
  for (let tries = 1; ; tries++) {
    const ns = await invoke(plan, cell, iterations);
    if (typeof ns === 'string') {
      cell.failed = ns;
      return;
    }
    const elapsed = ns * iterations;
    iterations = iterationsFor(plan, ns);
    if (elapsed >= calibrationFloor || tries === calibrationTries) {
      cell.iterations = iterations;
      return;
    }
  }
}

function record(cell: Cell, sample: number | string): void {
  if (typeof sample === 'string') {
    cell.failed = sample;
  } else {
    cell.samples.push(sample);
  }
}

/** One round: for every row each target in turn, so that a machine that slows down slows all of them. */
async function round(plan: Plan, rows: readonly Row[], cells: readonly Cell[]): Promise<void> {
  for (const row of rows) {
    for (const cell of cells) {
      if (cell.row !== row || cell.failed !== undefined) {
        continue;
      }
      record(
        cell,
        row === startRow ? await start(plan, cell.target) : await invoke(plan, cell, cell.iterations),
      );
    }
  }
}

/**
 * Measure every row on every target.
 *
 * @returns one cell a row and target, in the order of the plan
 */
export async function measure(plan: Plan): Promise<Cell[]> {
  const cells = plan.rows.flatMap((row) =>
    plan.targets.map((target): Cell => ({ row, target, iterations: 0, samples: [] })),
  );
  plan.progress('calibrating');
  for (const cell of cells) {
    if (cell.row !== startRow) {
      await calibrate(plan, cell);
    }
  }
  const callRows = plan.rows.filter((row) => row !== startRow);
  for (let i = 1; i <= plan.rounds; i++) {
    plan.progress(`round ${i} of ${plan.rounds}`);
    await round(plan, callRows, cells);
  }
  if (plan.rows.includes(startRow)) {
    plan.progress('start-up');
    for (let i = 0; i < Math.max(startRounds, plan.rounds); i++) {
      await round(plan, [startRow], cells);
    }
  }
  return cells;
}
