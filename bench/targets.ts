/** What is compared: ways to run one program, found on this machine and tried once. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repoRoot, tvisorPath } from '../test/support/paths.js';
import { type RunResult, run } from '../test/support/run.js';
import { findTool } from '../test/support/tools.js';

const execute = promisify(execFile);

/** Milliseconds in which a trial of a target must have ended: a broken runsc platform may hang for ever. */
const trialTimeout = 5_000;

export interface Target {
  /** As `--targets` and the table's head know it. */
  name: string;
  /** Put before the program to run and its arguments. */
  prefix: string[];
  /** False when programs of the machine that are linked dynamically do not run under it. */
  runsAnyProgram: boolean;
}

/** The targets to measure, and why others are not among them. */
export interface Found {
  targets: Target[];
  /** Sentences for the reader. */
  notes: string[];
}

/** The programs compiled for a run. */
export interface Programs {
  micro: string;
  bareTrap: string;
}

/**
 * Compile the guest program and the bare trap.
 *
 * @param directory where to put them
 * @throws Error with the compiler's words
 */
export async function compilePrograms(directory: string): Promise<Programs> {
  const micro = join(directory, 'micro');
  const bareTrap = join(directory, 'bare-trap');
  const flags = ['-O2', '-Wall', '-Wextra', '-o'];
  await execute('cc', [...flags, micro, '-static', join(repoRoot, 'bench', 'guest', 'micro.c')]);
  await execute('cc', [...flags, bareTrap, join(repoRoot, 'bench', 'trap', 'bare-trap.c')]);
  return { micro, bareTrap };
}

/**
 * Why a program failed, in one line.
 *
 * @param result of a program that did not exit with 0
 */
export function failure(result: RunResult): string {
  if (result.timedOut) {
    return 'timed out';
  }
  const words = result.stderr.trim().split('\n').pop()?.slice(0, 160);
  return words ? `exit status ${result.status}: ${words}` : `exit status ${result.status}`;
}

/** Undefined when the target can start a program that does nothing, else why not. */
async function trial(target: Target, micro: string): Promise<string | undefined> {
  try {
    const result = await run([...target.prefix, micro, 'exit0'], { timeout: trialTimeout });
    return result.status === 0 && !result.timedOut ? undefined : failure(result);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The runsc platforms to try, best first. */
const runscPlatforms = ['systrap', 'kvm', 'ptrace'];

function runscTarget(runsc: string, platform: string, stateDirectory: string): Target {
  const rootless = process.getuid?.() === 0 ? [] : ['--rootless'];
  const flags = ['--root', join(stateDirectory, platform), '--network=none', `--platform=${platform}`];
  return { name: `runsc-${platform}`, prefix: [runsc, ...rootless, ...flags, 'do'], runsAnyProgram: true };
}

/**
 * Find the targets of this machine and try each: native, the bare trap, tvisor, and of runsc its best working
 * platform and always ptrace.
 *
 * @param programs from `compilePrograms`
 * @param stateDirectory for what runsc keeps of its sandboxes
 * @param wanted names from `--targets`; undefined for all
 * @param runscPath another runsc than the one in PATH
 */
export async function findTargets(
  programs: Programs,
  stateDirectory: string,
  wanted: ReadonlySet<string> | undefined,
  runscPath: string | undefined,
): Promise<Found> {
  const found: Found = { targets: [], notes: [] };
  const isWanted = (name: string): boolean => wanted === undefined || wanted.has(name);
  const add = async (target: Target): Promise<boolean> => {
    const reason = await trial(target, programs.micro);
    if (reason === undefined) {
      found.targets.push(target);
    } else {
      found.notes.push(`${target.name}: not measured: ${reason}`);
    }
    return reason === undefined;
  };

  if (isWanted('native')) {
    await add({ name: 'native', prefix: [], runsAnyProgram: true });
  }
  if (isWanted('bare-trap')) {
    await add({ name: 'bare-trap', prefix: [programs.bareTrap], runsAnyProgram: false });
  }
  if (isWanted('tvisor')) {
    const tvisor = tvisorPath();
    if (tvisor === undefined) {
      found.notes.push('tvisor: not measured: bin/tvisor is not built (make build)');
    } else {
      await add({ name: 'tvisor', prefix: [tvisor, 'do', '--'], runsAnyProgram: true });
    }
  }
  const runsc = runscPath ?? findTool('runsc');
  let haveBest = false;
  for (const platform of runscPlatforms) {
    // `runsc` stands for all of its platforms. Between the best one and ptrace there is nothing to learn.
    const asked = isWanted('runsc') || isWanted(`runsc-${platform}`);
    if (!asked || (haveBest && platform !== 'ptrace')) {
      continue;
    }
    if (runsc === undefined) {
      found.notes.push('runsc: not measured: not installed (Debian: apt-get install runsc)');
      break;
    }
    haveBest = (await add(runscTarget(runsc, platform, stateDirectory))) || haveBest;
  }
  return found;
}
