/**
 * Measuring: every row is calibrated on every target, then come rounds. In a round each target gets a fresh sandbox, and for
 * every row the targets take turns, so that a machine that slows down slows all of them.
 */
import { runBounded } from '../compat/bounded.js';
import { findProgram } from '../compat/targets/probe.js';
import type { CellResult } from './model.js';
import { type Row, startRow } from './rows.js';
import { type LoopTime, Session } from './session.js';
import { failure, type Target } from './targets.js';

/** Milliseconds before an answer counts as never coming. */
const answerTimeout = 20_000;
const calibrationTries = 4;
const fewestIterations = 5;
const mostIterations = 20_000_000;
/** Milliseconds for `true`. */
const startTimeout = 10_000;

export interface Plan {
  rows: readonly Row[];
  targets: readonly Target[];
  /** The static guest program. */
  micro: string;
  rounds: number;
  /** How long one sample's loop should last, in milliseconds. */
  duration: number;
  /** Told what is going on: how many of all steps are done. */
  progress: (done: number, all: number, what: string) => void;
  /** Called before the first, between and after the last round, with no sandbox running. */
  between: () => void;
  /** Ends everything early; `measure` then rejects with its reason. */
  signal: AbortSignal;
}

interface Cell {
  row: Row;
  target: Target;
  result: CellResult;
}

/** The targets' sandboxes of one round, each started when it is first needed or when it has ended. */
class Sandboxes {
  private readonly sessions = new Map<Target, Session>();

  constructor(private readonly plan: Plan) {}

  async ask(cell: Cell, iterations: number): Promise<LoopTime | string> {
    let session = this.sessions.get(cell.target);
    if (session === undefined || session.ended) {
      await session?.close();
      session = await Session.open(this.serve(cell.target), this.plan.signal);
      this.sessions.set(cell.target, session);
      // A kernel that is compiled as it runs is at its slowest now: this answer would be the row's own bad luck.
      await session.ask(cell.row.name, iterations, answerTimeout);
    }
    return session.ask(cell.row.name, iterations, answerTimeout);
  }

  private serve(target: Target) {
    const host = target.hostDirectory === undefined ? [] : [target.hostDirectory];
    return target.command([this.plan.micro, 'serve', target.memoryDirectory, ...host]);
  }

  async close(): Promise<void> {
    for (const session of this.sessions.values()) {
      await session.close();
    }
    this.sessions.clear();
  }
}

/** Wall time in nanoseconds of running `true`, or why there is none. */
async function start(target: Target): Promise<LoopTime | string> {
  const command = target.command([findProgram('true') ?? '/bin/true']);
  try {
    const { argv, cwd, env } = command;
    const result = await runBounded(argv, { cwd, env, timeout: startTimeout });
    const ns = result.milliseconds * 1e6;
    return result.status === 0 && !result.timedOut ? { median: ns, fastest: ns } : failure(result);
  } finally {
    await command.discard();
  }
}

/** True if a row is no affair of a target: the bare trap is a floor for some rows and a sandbox for none. */
function outOfScope(row: Row, target: Target): boolean {
  return target.floor && !row.floor;
}

/** Why a row cannot be measured on a target, known without trying. */
function impossible(row: Row, target: Target): string | undefined {
  const lacking = row.hostDirectory && target.hostDirectory === undefined;
  return lacking ? 'has no directory of the host to write to' : undefined;
}

/** Find the number of iterations that lasts for `plan.duration`, or fail the cell. */
async function calibrate(plan: Plan, sandboxes: Sandboxes, { result, ...cell }: Cell): Promise<void> {
  let iterations = cell.row.firstIterations;
  for (let tries = 1; tries <= calibrationTries; tries++) {
    const time = await sandboxes.ask({ result, ...cell }, iterations);
    if (typeof time === 'string') {
      result.failed = time;
      return;
    }
    const ns = time.median;
    const elapsed = ns * iterations;
    iterations = Math.round(Math.min(mostIterations, Math.max(fewestIterations, (plan.duration * 1e6) / ns)));
    result.iterations = iterations;
    if (elapsed >= (plan.duration * 1e6) / 2) {
      return;
    }
  }
}

async function sample(sandboxes: Sandboxes, { result, ...cell }: Cell): Promise<void> {
  const time =
    cell.row.name === startRow.name
      ? await start(cell.target)
      : await sandboxes.ask({ result, ...cell }, result.iterations);
  if (typeof time === 'string') {
    // One failure in any round is enough: a call that sometimes fails has no speed.
    result.failed = time;
  } else {
    result.samples.push(time.median);
    result.fastest.push(time.fastest);
  }
}

function makeCell(row: Row, target: Target): Cell {
  const failed = impossible(row, target);
  const iterations = row.name === startRow.name ? 1 : 0;
  const result: CellResult = { row: row.name, target: target.name, iterations, samples: [], fastest: [] };
  return { row, target, result: failed === undefined ? result : { ...result, failed } };
}

/**
 * Measure every row on every target.
 *
 * @returns one cell a row and target, in the order of the plan
 */
export async function measure(plan: Plan): Promise<CellResult[]> {
  const cells = plan.rows.flatMap((row) =>
    plan.targets.filter((target) => !outOfScope(row, target)).map((target) => makeCell(row, target)),
  );
  const possible = cells.filter((cell) => cell.result.failed === undefined);
  const all = possible.length * (plan.rounds + 1);
  let done = 0;
  const visit = async (what: string, each: (sandboxes: Sandboxes, cell: Cell) => Promise<void>) => {
    plan.between();
    const sandboxes = new Sandboxes(plan);
    try {
      for (const cell of possible) {
        plan.signal.throwIfAborted();
        plan.progress(done++, all, `${what}: ${cell.row.name}`);
        if (cell.result.failed === undefined) {
          await each(sandboxes, cell);
        }
      }
    } finally {
      await sandboxes.close();
    }
  };
  await visit('calibrating', async (sandboxes, cell) => {
    if (cell.row.name !== startRow.name) {
      await calibrate(plan, sandboxes, cell);
    }
  });
  for (let i = 1; i <= plan.rounds; i++) {
    await visit(`round ${i} of ${plan.rounds}`, sample);
  }
  plan.progress(all, all, 'done');
  plan.between();
  return cells.map((cell) => cell.result);
}
