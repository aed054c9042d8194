/** One workload on one target: prepared once natively, run in a new directory of the target's own. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { baseEnvironment, runBounded } from '../../compat/bounded.js';
import type { Target } from '../../compat/targets/target.js';
import { type Outcome, readOutcome } from './outcome.js';
import { library, type Workload } from './workloads.js';

/** Milliseconds: ptrace is slow, and a compile under it takes a minute. */
const RUN_LIMIT = 180_000;
const PREPARE_LIMIT = 120_000;

/** A workload whose input has been made. */
export interface Prepared {
  workload: Workload;
  /** Host directory of the input, for everybody to read. */
  input: string;
  /** Why it cannot run anywhere on this machine; empty if it can. */
  skip: string;
}

function environment(input: string): Record<string, string> {
  return { ...baseEnvironment(), LIB: library, INPUT: input };
}

/**
 * Make a workload's input, natively.
 *
 * @param directory where inputs go; a directory in it is made
 */
export async function prepare(workload: Workload, directory: string, signal: AbortSignal): Promise<Prepared> {
  const input = join(directory, workload.name);
  mkdirSync(input, { recursive: true, mode: 0o755 });
  const ended = await runBounded(['sh', workload.script, 'prepare'], {
    cwd: input,
    env: environment(input),
    timeout: PREPARE_LIMIT,
    signal,
  });
  const skip = /^skip (.*)$/m.exec(ended.stdout)?.[1] ?? '';
  if (skip === '' && (ended.timedOut || ended.status !== 0)) {
    const words = ended.stderr.trim().split('\n').pop() ?? '';
    return { workload, input, skip: `its input could not be made: ${words || `status ${ended.status}`}` };
  }
  return { workload, input, skip };
}

/**
 * Run a workload under a target.
 *
 * @param scratch a host directory that the workload may write below
 */
export async function runWorkload(
  prepared: Prepared,
  target: Target,
  scratch: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const { script } = prepared.workload;
  const inside = 'cd "$(mktemp -d)" && chmod 755 . && exec sh "$0" run';
  const command = target.command(['/bin/sh', '-c', inside, script], {
    cwd: scratch,
    env: { ...environment(prepared.input), TMPDIR: scratch },
    visible: [dirname(script), prepared.input],
  });
  try {
    const ended = await runBounded(command.argv, {
      cwd: command.cwd,
      env: command.env,
      timeout: RUN_LIMIT,
      signal,
      ownNetwork: target.native,
    });
    return readOutcome(ended);
  } finally {
    await command.discard();
  }
}
