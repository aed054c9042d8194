/** `tvisor compat`: the command line of the compatibility suite, and the entry of its bundle. */
import { availableParallelism } from 'node:os';
import { Command, CommanderError } from 'commander';
import { quiet } from '../src/cli/quiet.js';
import { UsageError } from '../src/cli/usage-error.js';
import { type CaseFile, readCases } from './case-file.js';
import {
  improvements,
  readExpectations,
  regressions,
  updateExpectations,
  writeExpectations,
} from './expectations.js';
import type { CompatRun } from './model.js';
import { casesDirectory, expectedDirectory } from './paths.js';
import { type ReportFiles, readRun, writeReports } from './report/files.js';
import { type Summary, startProgress, styleFor, toText } from './report/terminal.js';
import { runCases } from './runner.js';
import { callsOf, caseDefects, selectCases } from './select.js';
import { createTarget, DEFAULT_TARGETS, parseTarget, type TargetChoice } from './targets/create.js';
import { findProgram } from './targets/probe.js';
import type { Target } from './targets/target.js';

/** tvisor's own errors, as for its other commands. */
const EXIT_FAILURE = 128;

/** The options as commander hands them over. */
interface Options extends ReportFiles {
  target?: TargetChoice[];
  family: string[];
  tag: string[];
  call: string[];
  list?: true;
  jobs: number;
  timeout: number;
  expected: string;
  updateExpected?: true;
  from?: string;
  quiet?: true;
}

function append<T>(parse: (text: string) => T): (text: string, previous: T[] | undefined) => T[] {
  return (text, previous = []) => [...previous, parse(text)];
}

/** A parser of positive numbers, whole ones if asked. */
function positive(option: string, whole: boolean): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value > 0) || (whole && !Number.isInteger(value))) {
      throw new UsageError(option, `'${text}': expected a positive ${whole ? 'whole ' : ''}number`);
    }
    return value;
  };
}

function toTarget(text: string): TargetChoice {
  try {
    return parseTarget(text);
  } catch (error) {
    throw new UsageError('--target', (error as Error).message);
  }
}

function printList(cases: readonly CaseFile[]): void {
  for (const entry of cases) {
    const tags = entry.tags.map((tag) => ` #${tag}`).join('');
    console.log(`${entry.family}/${entry.name}${tags}: ${callsOf(entry).join(' ')}`);
  }
}

/** Make the targets; the same name twice, or one that nobody knows, is an error. */
async function createTargets(choices: readonly TargetChoice[], signal: AbortSignal): Promise<Target[]> {
  const names = choices.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError('--target', `'${twice}' is given twice`);
  const targets: Target[] = [];
  for (const choice of choices) {
    try {
      targets.push(await createTarget(choice, signal));
    } catch (error) {
      signal.throwIfAborted();
      throw new UsageError('--target', (error as Error).message);
    }
  }
  return targets;
}

/** Run the selected cases; all that was made for it is gone at the end. */
async function runSuite(
  cases: readonly CaseFile[],
  options: Options,
  signal: AbortSignal,
): Promise<CompatRun> {
  if (findProgram('gcc') === undefined) throw new Error('needs gcc to compile the cases, and there is none');
  const choices = options.target ?? DEFAULT_TARGETS.map(parseTarget);
  const expected = new Map(choices.map(({ name }) => [name, readExpectations(options.expected, name)]));
  const targets = await createTargets(choices, signal);
  const usable = targets.filter((target) => target.unavailable === '').length;
  const progress = startProgress(options.quiet ? 0 : cases.length * usable);
  try {
    return await runCases(cases, targets, {
      jobs: options.jobs,
      timeFactor: options.timeout,
      signal,
      expectations: (target) => expected.get(target) ?? new Map(),
      progress: progress.step,
    });
  } finally {
    progress.stop();
    for (const target of targets) await target.cleanup();
  }
}

/** What came of each target, by what its results themselves and the expectations' files say. */
function summarize(run: CompatRun, options: Options): Summary[] {
  return run.targets
    .filter(({ unavailable }) => unavailable === '')
    .map(({ target, cases }) => {
      const failed = regressions(cases);
      return {
        target: target.name,
        regressions: failed,
        known: cases.filter((result) => result.expected === 'fail' && result.outcome !== 'pass').length,
        improvements:
          options.from === undefined
            ? improvements(readExpectations(options.expected, target.name), cases)
            : cases
                .filter(({ expected, outcome }) => expected === 'fail' && outcome === 'pass')
                .map(({ name }) => name),
      };
    });
}

function updateFiles(run: CompatRun, all: readonly CaseFile[], options: Options): void {
  const names = new Set(all.map(({ name }) => name));
  for (const result of run.targets.filter(
    ({ unavailable, target }) => unavailable === '' && target.name !== 'native',
  )) {
    const { name } = result.target;
    const known = readExpectations(options.expected, name);
    writeExpectations(options.expected, name, updateExpectations(known, result, names));
  }
}

/** Run, report, judge. @returns the exit status */
async function compat(names: string[], options: Options, signal: AbortSignal): Promise<number> {
  const all = readCases(casesDirectory);
  const cases = selectCases(all, { names, families: options.family, tags: options.tag, calls: options.call });
  const defects = cases.flatMap(caseDefects);
  for (const defect of defects) process.stderr.write(`tvisor compat: ${defect}\n`);
  if (options.list) {
    printList(cases);
    return defects.length > 0 ? 1 : 0;
  }
  const run = options.from === undefined ? await runSuite(cases, options, signal) : readRun(options.from);
  const summaries = summarize(run, options);
  if (!options.quiet) console.log(toText(run, summaries, styleFor(process.stdout)));
  writeReports(run, options);
  if (options.updateExpected && options.from === undefined) {
    updateFiles(run, all, options);
    return 0;
  }
  // A target that is only there by default may be missing.
  const missing = options.target !== undefined && run.targets.some(({ unavailable }) => unavailable !== '');
  return missing || summaries.some((summary) => summary.regressions.length > 0) ? 1 : 0;
}

const notes = `
Each case is a C program that prints what it sees; Linux itself, natively, says what is right. A case's checks are
compared one by one.

Targets: native (a second native run: what differs is chance), tvisor, runc, crun, runsc, podman:RUNTIME; runtimes take
flags (--target 'runsc=--platform=kvm'), and NAME='COMMAND {}' is any command line, with {} where the tested command
stands and {cwd} where its directory does. Without --target: ${DEFAULT_TARGETS.join(', ')}, as far as they are installed.

Known failures stand in TARGET.json in the directory of --expected: from "case" or "case/check" to the reason.

Exit status: 0; 1 if something failed that was expected to pass, or a target that was named is not available; 128 if
the suite itself fails.

Examples:
  tvisor compat --target tvisor --call openat
  tvisor compat --target native --target 'bwrap=bwrap --dev-bind / / --chdir {cwd} {}' --family file --json run.json
  tvisor compat --from run.json --html run.html`;

function createCommand(action: (names: string[], options: Options) => Promise<void>): Command {
  return quiet(new Command('tvisor compat'), 'tvisor compat')
    .description('Compare sandboxes with Linux, system call by system call.')
    .argument('[case...]', 'only these cases: names, or parts of names')
    .option('-t, --target <target>', 'what to test; repeat for more', append(toTarget))
    .option('--family <name>', 'only cases of this family; repeat for more', append(String), [])
    .option('--tag <name>', 'only cases with this tag; repeat for more', append(String), [])
    .option('--call <name>', 'only cases about this system call; repeat for more', append(String), [])
    .option('--list', 'print the cases instead of running them')
    .option(
      '-j, --jobs <number>',
      'cases that run at the same time',
      positive('--jobs', true),
      availableParallelism(),
    )
    .option('--timeout <factor>', 'multiply the time limits of the cases', positive('--timeout', false), 1)
    .option('--expected <dir>', 'where the known failures stand', expectedDirectory)
    .option('--update-expected', 'write the failures of this run into the files of known ones')
    .option('--json <file>', 'write the results as JSON')
    .option('--junit <file>', 'write them as JUnit XML')
    .option('--markdown <file>', 'write them as Markdown')
    .option('--html <file>', 'write them as one static page')
    .option('--from <file>', 'report on the results in a file of --json instead of running')
    .option('-q, --quiet', 'print nothing but errors')
    .addHelpText('after', notes)
    .action(action);
}

/** The signals that end a run early, and the exit statuses that a shell expects then. */
const INTERRUPTIONS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Run `tvisor compat`.
 *
 * @param args the arguments after `compat`
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  const controller = new AbortController();
  let interrupted = 0;
  for (const [name, status] of Object.entries(INTERRUPTIONS)) {
    process.on(name, () => {
      // Asked twice: not even cleaning up. The helpers kill what they run when this process is gone.
      if (interrupted !== 0) process.exit(status);
      interrupted = status;
      controller.abort(new Error('interrupted'));
    });
  }
  let status = 0;
  try {
    const command = createCommand(async (names, options) => {
      status = await compat(names, options, controller.signal);
    });
    await command.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_FAILURE;
    process.stderr.write(`tvisor compat: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env['TVISOR_DEBUG'] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return interrupted || EXIT_FAILURE;
  }
}
