/** One case: compiled, run natively as the oracle, then under each target. */
import { brokenVerdict, judge, nativeDefect, type Run, type Verdict } from './attribute.js';
import { type BoundedResult, baseEnvironment, runBounded } from './bounded.js';
import type { CaseFile } from './case-file.js';
import { compile } from './compile.js';
import { casesDirectory } from './paths.js';
import { withScratch } from './scratch.js';
import type { Target } from './targets/target.js';

export interface CaseOptions {
  /** The time limit of a case is multiplied with this. */
  timeFactor: number;
  signal?: AbortSignal;
}

/** Compile a case. */
export function compileCase(entry: CaseFile): Promise<string> {
  return compile(entry.source, { flags: [`-I${casesDirectory}`, ...entry.flags], libs: entry.libs });
}

/** Run a compiled case under a target, in a new empty directory. */
export function runUnder(
  target: Target,
  program: string,
  entry: CaseFile,
  { timeFactor, signal }: CaseOptions,
): Promise<BoundedResult> {
  return withScratch('case', async (cwd) => {
    const command = target.command([program, ...entry.args], { cwd, env: baseEnvironment() });
    try {
      return await runBounded(command.argv, {
        cwd: command.cwd,
        env: command.env,
        stdin: entry.stdin,
        timeout: entry.timeout * timeFactor,
        ownNetwork: target.native,
        signal,
      });
    } finally {
      await command.discard();
    }
  });
}

/** How one target did in a case. */
export interface TargetVerdict extends Verdict {
  milliseconds: number;
}

/**
 * Run a case once natively and then under each target, one after the other. Nothing that a case does makes this throw: a
 * case that does not compile, or does not work natively, is `broken` for every target.
 *
 * @param oracle the native target
 * @param report called for each target as soon as its verdict is known
 */
export async function runCase(
  entry: CaseFile,
  oracle: Target,
  targets: readonly Target[],
  options: CaseOptions,
  report: (target: Target, verdict: TargetVerdict) => void,
): Promise<void> {
  const broken = (error: unknown): void => {
    const detail = error instanceof Error ? error.message : String(error);
    for (const target of targets) report(target, { ...brokenVerdict(entry, detail), milliseconds: 0 });
  };
  let native: Run;
  let program: string;
  try {
    program = await compileCase(entry);
    native = await runUnder(oracle, program, entry, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return broken(error);
  }
  const usable = nativeDefect(native) === '';
  for (const target of targets) {
    const other = usable ? await runUnder(target, program, entry, options) : { ...native, milliseconds: 0 };
    report(target, { ...judge(entry, native, other), milliseconds: Math.round(other.milliseconds) });
  }
}
