/** `tvisor compat`: the command line of the compatibility suite, and the entry of its bundle. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { quiet } from '../src/cli/quiet.js';
import { UsageError } from '../src/cli/usage-error.js';
import { type CaseFile, readCases } from './case-file.js';
import {
  type Expectations,
  improvements,
  readExpectations,
  regressions,
  updateExpectations,
  writeExpectations,
} from './expectations.js';
import type { CompatRun } from './model.js';
import { addOutsideOptions, checkOutsideOptions, type OutsideOptions } from './outside/options.js';
import { DEFAULT_TIMEOUT, type OutsideSuite, outsideSuite, runOutside } from './outside/run.js';
import { casesDirectory, expectedDirectory } from './paths.js';
import { checkReports, type ReportFiles, readRun, writeReports } from './report/files.js';
import { toOutsideText } from './report/outside-text.js';
import { type Summary, startProgress, styleFor, toText } from './report/terminal.js';
import { visible } from './report/text.js';
import { runCases } from './runner.js';
import { callsOf, caseDefects, selectCases } from './select.js';
import { createTarget, DEFAULT_TARGETS, parseTarget, type TargetChoice } from './targets/create.js';
import { findProgram } from './targets/probe.js';
import type { Target } from './targets/target.js';

/** tvisor's own errors, as for its other commands. */
const EXIT_FAILURE = 128;

/** The options as commander hands them over. */
interface Options extends ReportFiles, OutsideOptions {
  target?: TargetChoice[];
  family: string[];
  tag: string[];
  call: string[];
  list?: true;
  jobs: number;
  timeout?: number;
  expected?: string;
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

/** Where the known failures of a suite stand. */
function expectedIn(suite: CompatRun['suite'], { expected }: Options): string {
  return expected ?? (suite === 'cases' ? expectedDirectory : join(expectedDirectory, suite));
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

/** Do something with the targets; all that was made for it is gone at the end. */
async function withTargets<T>(
  options: Options,
  signal: AbortSignal,
  body: (targets: Target[]) => Promise<T>,
): Promise<T> {
  const targets = await createTargets(options.target ?? DEFAULT_TARGETS.map(parseTarget), signal);
  try {
    return await body(targets);
  } finally {
    for (const target of targets) await target.cleanup();
  }
}

/** The known failures of a suite by target, all read before anything is run. */
function expectationsOf(suite: CompatRun['suite'], options: Options): (target: string) => Expectations {
  const directory = expectedIn(suite, options);
  const names = options.target?.map(({ name }) => name) ?? DEFAULT_TARGETS;
  const expected = new Map(names.map((name) => [name, readExpectations(directory, name)]));
  return (target) => expected.get(target) ?? new Map();
}

/** Run the selected cases. */
async function runSuite(
  cases: readonly CaseFile[],
  options: Options,
  signal: AbortSignal,
): Promise<CompatRun> {
  if (findProgram('gcc') === undefined) throw new Error('needs gcc to compile the cases, and there is none');
  const expectations = expectationsOf('cases', options);
  return withTargets(options, signal, async (targets) => {
    const usable = targets.filter((target) => target.unavailable === '').length;
    const progress = startProgress(options.quiet ? 0 : cases.length * usable);
    try {
      return await runCases(cases, targets, {
        jobs: options.jobs,
        timeFactor: options.timeout ?? 1,
        signal,
        expectations,
        progress: progress.step,
      });
    } finally {
      progress.stop();
    }
  });
}

/** Run somebody else's suite, with a bar for each target in turn. */
async function runOutsideSuite(
  suite: OutsideSuite,
  options: Options,
  signal: AbortSignal,
): Promise<CompatRun> {
  const expectations = expectationsOf(suite.name, options);
  return withTargets(options, signal, (targets) =>
    runOutside(suite, targets, {
      resume: options.resume,
      expectations,
      progress: (target) => {
        let bar = startProgress(0);
        return {
          count: (cases) => {
            bar = startProgress(options.quiet ? 0 : cases);
          },
          step: (result) => bar.step(target, result),
          stop: () => bar.stop(),
        };
      },
    }),
  );
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
            ? improvements(readExpectations(expectedIn(run.suite, options), target.name), cases)
            : cases
                .filter(({ expected, outcome }) => expected === 'fail' && outcome === 'pass')
                .map(({ name }) => name),
      };
    });
}

/**
 * Write down what fails.
 *
 * @param all the names of all cases that there are, if they are known: entries of others are dropped
 */
function updateFiles(run: CompatRun, all: readonly string[] | undefined, options: Options): void {
  const directory = expectedIn(run.suite, options);
  for (const result of run.targets.filter(
    ({ unavailable, target }) => unavailable === '' && target.name !== 'native',
  )) {
    const { name } = result.target;
    const known = readExpectations(directory, name);
    const names = new Set(all ?? known.keys());
    writeExpectations(directory, name, updateExpectations(known, result, names));
  }
}

/** Report on a run, and judge it. @returns the exit status */
function conclude(run: CompatRun, all: readonly string[] | undefined, options: Options): number {
  const summaries = summarize(run, options);
  const text = run.suite === 'cases' ? toText : toOutsideText;
  if (!options.quiet) console.log(text(run, summaries, styleFor(process.stdout)));
  writeReports(run, options);
  if (options.updateExpected) {
    updateFiles(run, all, options);
    return 0;
  }
  // A target that is only there by default may be missing.
  const missing = options.target !== undefined && run.targets.some(({ unavailable }) => unavailable !== '');
  return missing || summaries.some((summary) => summary.regressions.length > 0) ? 1 : 0;
}

/** The suite's own cases. @returns the exit status */
async function compatCases(names: string[], options: Options, signal: AbortSignal): Promise<number> {
  const all = readCases(casesDirectory);
  const cases = selectCases(all, { names, families: options.family, tags: options.tag, calls: options.call });
  const defects = cases.flatMap(caseDefects);
  for (const defect of defects) process.stderr.write(`tvisor compat: ${defect}\n`);
  if (options.list) {
    printList(cases);
    return defects.length > 0 ? 1 : 0;
  }
  const run = await runSuite(cases, options, signal);
  return conclude(
    run,
    all.map(({ name }) => name),
    options,
  );
}

/** Run, report, judge. @returns the exit status */
async function compat(names: string[], options: Options, signal: AbortSignal): Promise<number> {
  const others: [name: string, values: readonly unknown[]][] = [
    ['--family', options.family],
    ['--tag', options.tag],
  ];
  checkOutsideOptions(
    options,
    others.filter(([, values]) => values.length > 0).map(([name]) => name),
  );
  checkReports(options);
  if (options.from !== undefined) return conclude(readRun(options.from), undefined, options);
  const timeout = options.timeout === undefined ? DEFAULT_TIMEOUT : options.timeout * 1000;
  const suite = outsideSuite({ ...options, names, calls: options.call, timeout, signal });
  if (suite === undefined) return compatCases(names, options, signal);
  if (options.list) {
    const lines = await withTargets(options, signal, async ([target]) => suite.list(target!));
    for (const line of lines) console.log(visible(line));
    return 0;
  }
  return conclude(await runOutsideSuite(suite, options, signal), undefined, options);
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
  tvisor compat --from run.json --html run.html
  tvisor compat --ltp /opt/ltp --target tvisor --resume ltp.journal --json ltp.json
  tvisor compat --gtest build/tests --target runsc --shard 1/4 --timeout 20`;

function createCommand(action: (names: string[], options: Options) => Promise<void>): Command {
  const command = quiet(new Command('tvisor compat'), 'tvisor compat')
    .description('Compare sandboxes with Linux, system call by system call.')
    .argument('[case...]', 'only these cases: names, or parts of names (--ltp, --gtest: with * and ?)')
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
    .option(
      '--timeout <number>',
      'multiply the time limits of the cases; --ltp, --gtest: seconds a test may take (60)',
      positive('--timeout', false),
    )
    .option('--expected <dir>', `where the known failures stand (default: "${expectedDirectory}")`)
    .option('--update-expected', 'write the failures of this run into the files of known ones')
    .option('--json <file>', 'write the results as JSON')
    .option('--junit <file>', 'write them as JUnit XML')
    .option('--markdown <file>', 'write them as Markdown')
    .option('--html <file>', 'write them as one static page')
    .option('--from <file>', 'report on the results in a file of --json instead of running')
    .option('-q, --quiet', 'print nothing but errors')
    .addHelpText('after', notes)
    .action(action);
  return addOutsideOptions(command);
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
