/** Running entries of the Linux Test Project under one target. */
import { runBounded } from '../bounded.js';
import type { CaseResult } from '../model.js';
import { callsOfEntry } from '../outside/calls.js';
import { isolationPrefix } from '../outside/isolation.js';
import type { Journal } from '../outside/journal.js';
import { detached } from '../outside/lines.js';
import { matchesAny, unmatched } from '../outside/select.js';
import { Workplaces } from '../outside/workplaces.js';
import { forEachParallel } from '../runner.js';
import type { Target } from '../targets/target.js';
import { ltpCommand, ltpEnvironment } from './command.js';
import { harmOf, hasOwnKernel } from './harm.js';
import { type LtpCounts, type LtpOutput, LtpReader } from './output.js';
import type { RuntestEntry } from './runtest.js';
import { entriesOf, isBuilt, type LtpTree } from './tree.js';
import { judge, type LtpVerdict } from './verdict.js';

/** An entry of a runtest file. */
export interface LtpCase extends RuntestEntry {
  /** The runtest file. */
  file: string;
  calls: readonly string[];
}

/** Which entries are run. Names may have `*` and `?`; an empty list means all. */
export interface LtpSelection {
  names: readonly string[];
  calls: readonly string[];
  skip: readonly string[];
}

export interface LtpOptions {
  tree: LtpTree;
  /** Milliseconds an entry may take. */
  timeout: number;
  jobs: number;
  /** Give the host's kernel also what changes the machine itself. */
  harmful: boolean;
  /** Cases that it has are not run again, others are added. */
  journal?: Journal;
  /** Called for every case when its result is known. */
  onCase(result: CaseResult): void;
  signal?: AbortSignal;
}

/**
 * The entries of runtest files that are selected. A name that an earlier file has too gets its file's name before it.
 *
 * @throws Error for a file that is not there, and for a name or call that no entry has, which is a slip of the pen
 */
export function selectLtp(tree: LtpTree, files: readonly string[], selection: LtpSelection): LtpCase[] {
  const entries = allEntries(tree, files);
  const { names, calls, skip } = selection;
  const unknown =
    unmatched(
      [...names, ...skip],
      entries.map(({ name }) => name),
    ) ?? calls.find((call) => !entries.some((entry) => entry.calls.includes(call)));
  if (unknown !== undefined) throw new Error(`'${unknown}': no entry of ${files.join(', ')} has it`);
  return entries
    .filter(({ name }) => names.length === 0 || matchesAny(names, name))
    .filter((entry) => calls.length === 0 || entry.calls.some((call) => calls.includes(call)))
    .filter(({ name }) => !matchesAny(skip, name));
}

function allEntries(tree: LtpTree, files: readonly string[]): LtpCase[] {
  const taken = new Set<string>();
  return files.flatMap((file) =>
    entriesOf(tree, file).map((entry) => {
      const name = taken.has(entry.name) ? `${file}:${entry.name}` : entry.name;
      taken.add(name);
      return { ...entry, name, file, calls: callsOfEntry(entry.name) };
    }),
  );
}

/** Counts and outcome in the shape that all suites share; the entry is its own only check. */
function toResult(entry: LtpCase, verdict: LtpVerdict, milliseconds: number, counts: LtpCounts): CaseResult {
  const { outcome } = verdict;
  const detail = detached(verdict.detail);
  return {
    name: entry.name,
    family: entry.file,
    tags: [],
    outcome,
    expected: 'pass',
    reason: '',
    milliseconds: Math.round(milliseconds),
    // Its only check says it.
    detail: '',
    checks: [
      {
        title: entry.name,
        calls: entry.calls.map((name) => ({ name, detail: entry.command })),
        outcome,
        detail,
      },
    ],
    counts,
  };
}

const noCounts: LtpCounts = { TPASS: 0, TFAIL: 0, TBROK: 0, TCONF: 0, TWARN: 0 };

/** Why an entry is not run at all; undefined if it is. */
function refusal(entry: LtpCase, target: Target, options: LtpOptions): string | undefined {
  if (!isBuilt(options.tree, entry)) return `not built in this tree: ${entry.program}`;
  const harm = options.harmful || hasOwnKernel(target.info.name) ? undefined : harmOf(entry.name);
  return harm === undefined ? undefined : `not run without --harmful: ${harm}`;
}

/** Run one entry in a directory of its own. */
async function runEntry(
  entry: LtpCase,
  target: Target,
  directory: string,
  options: LtpOptions,
): Promise<CaseResult> {
  const environment = ltpEnvironment(options.tree, options.timeout, directory);
  const prefix = target.native ? isolationPrefix() : [];
  const words = [...prefix, ...ltpCommand(entry.command, environment)];
  const command = target.command(words, {
    cwd: directory,
    env: environment,
    visible: [options.tree.root],
  });
  const reader = new LtpReader();
  try {
    const { argv, cwd, env } = command;
    const end = await runBounded(argv, {
      cwd,
      env,
      timeout: options.timeout,
      ownNetwork: target.native,
      onOutput: (_, chunk) => reader.push(chunk),
      ...(options.signal ? { signal: options.signal } : {}),
    });
    const output: LtpOutput = reader.end();
    return toResult(entry, judge(output, end), end.milliseconds, output.counts);
  } finally {
    await command.discard();
  }
}

/**
 * Run entries under a target, several at a time. One that hangs is killed with all that it has started, and reported.
 *
 * @returns the results, those of the journal among them, in the order of the entries
 * @throws the signal's reason, or an Error if the machine cannot start programs
 */
export async function runLtp(
  target: Target,
  entries: readonly LtpCase[],
  options: LtpOptions,
): Promise<CaseResult[]> {
  const workplaces = new Workplaces('ltp');
  const results = new Map<string, CaseResult>();
  const finish = (result: CaseResult): void => {
    results.set(result.name, result);
    options.onCase(result);
  };
  const one = async (entry: LtpCase): Promise<void> => {
    options.signal?.throwIfAborted();
    const earlier = options.journal?.get(target.info.name, entry.name);
    if (earlier !== undefined) {
      finish(earlier);
      return;
    }
    const reason = refusal(entry, target, options);
    const result =
      reason === undefined
        ? await workplaces.use((directory) => runEntry(entry, target, directory, options))
        : toResult(entry, { outcome: 'skip', detail: reason }, 0, noCounts);
    options.journal?.add(target.info.name, result);
    finish(result);
  };
  await forEachParallel(entries, options.jobs, one);
  return entries.flatMap(({ name }) => results.get(name) ?? []);
}
