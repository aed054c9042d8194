/** Running the tests of a directory of gtest binaries under one target, each counted by itself. */
import { accessSync, constants, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { CaseResult, Outcome } from '../model.js';
import { callsOfBinary } from '../outside/calls.js';
import type { Journal } from '../outside/journal.js';
import { detached } from '../outside/lines.js';
import { matchesAny, type Shard, shardOf, unmatched } from '../outside/select.js';
import { Workplaces } from '../outside/workplaces.js';
import { forEachParallel } from '../runner.js';
import type { Target } from '../targets/target.js';
import { filterOf, type GtestTest, parseGtestList, portions } from './list.js';
import { GtestReader } from './output.js';
import { Binary } from './process.js';
import { giveUp, settle, type TestOutcome } from './settle.js';

/** Which tests are run. Names may have `*` and `?`, and are those of tests, binaries, or `BINARY:TEST`. */
export interface GtestSelection {
  names: readonly string[];
  calls: readonly string[];
  skip: readonly string[];
}

export interface GtestOptions {
  /** Absolute path. */
  directory: string;
  selection: GtestSelection;
  shard?: Shard;
  /** Milliseconds a test may take; so may the list. */
  timeout: number;
  jobs: number;
  /** Cases that it has are not run again, others are added. */
  journal?: Journal;
  /** Called when it is known how many cases there are. */
  onCount(count: number): void;
  /** Called for every case when its result is known. */
  onCase(result: CaseResult): void;
  signal?: AbortSignal;
}

/** Tests that one process runs: enough to forget its start, few enough to share work among jobs. */
const PORTION = 50;

/** Runs in a row that end before any test, after which a binary is given up. */
const MAX_FRUITLESS = 3;

/**
 * The executable files below a directory but libraries, by path in it.
 *
 * @throws Error if it cannot be read or holds none
 */
export function findBinaries(directory: string): string[] {
  const root = resolve(directory);
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((name) => !/(^|\/)\.|\.so(\.\d+)*$|\.(py|sh|pl|la|o)$/.test(name))
    .filter((name) => {
      try {
        accessSync(join(root, name), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  if (names.length === 0) throw new Error(`${directory}: no executable files in it`);
  return names.sort();
}

/** A test of a binary. */
interface Item {
  binary: string;
  test: GtestTest;
}

function toResult(binary: string, { name, outcome, milliseconds, detail }: TestOutcome): CaseResult {
  const calls = callsOfBinary(binary).map((call) => ({ name: call, detail: '' }));
  // What is wrong stands in the line after the place: one line says more than two.
  const words = outcome === 'pass' ? '' : detached(detail.replaceAll(': Failure\n', ': Failure: '));
  return {
    name: name === '' ? binary : `${binary}:${name}`,
    family: binary,
    tags: [],
    outcome,
    expected: 'pass',
    reason: '',
    milliseconds,
    // Its only check says it.
    detail: '',
    checks: [{ title: name || binary, calls, outcome, detail: words }],
    counts: { [outcome]: 1 },
  };
}

/** What a pattern may say to mean a test. */
function namesOf({ binary, test }: Item): string[] {
  return [binary, test.name, `${binary}:${test.name}`];
}

function isSelected(item: Item, { names, calls, skip }: GtestSelection): boolean {
  const matches = (patterns: readonly string[]): boolean =>
    namesOf(item).some((name) => matchesAny(patterns, name));
  return (
    (names.length === 0 || matches(names)) &&
    (calls.length === 0 || callsOfBinary(item.binary).some((call) => calls.includes(call))) &&
    !matches(skip)
  );
}

/** One run of the suite under one target. */
class GtestRun {
  readonly #target: Target;
  readonly #options: GtestOptions;
  readonly #workplaces = new Workplaces('gtest');
  readonly #results = new Map<string, CaseResult>();

  constructor(target: Target, options: GtestOptions) {
    this.#target = target;
    this.#options = options;
  }

  get results(): CaseResult[] {
    return [...this.#results.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The selected tests of the shard, by binary; binaries that have none are reported. */
  async list(): Promise<Map<string, GtestTest[]>> {
    const { directory, jobs, selection, shard } = this.#options;
    const lists = new Map<string, GtestTest[]>();
    const binaries = findBinaries(directory);
    await forEachParallel(binaries, jobs, async (binary) => {
      lists.set(binary, await this.#list(binary));
    });
    const items = binaries.flatMap((binary) => lists.get(binary)!.map((test) => ({ binary, test })));
    const unknown = unmatched(selection.names, [...binaries, ...items.flatMap(namesOf)]);
    if (unknown !== undefined) throw new Error(`'${unknown}': no binary and no test has this name`);
    const selected = shardOf(
      items.filter((item) => isSelected(item, selection)),
      shard,
    );
    return new Map(
      binaries.map((binary) => [
        binary,
        selected.filter((item) => item.binary === binary).map(({ test }) => test),
      ]),
    );
  }

  async run(): Promise<void> {
    const lists = await this.list();
    const count = [...lists.values()].reduce((sum, tests) => sum + tests.length, 0);
    this.#options.onCount(this.#results.size + count);
    const work = [...lists].flatMap(([binary, tests]) => {
      const names = tests.filter((test) => !this.#settleEarly(binary, test)).map(({ name }) => name);
      return portions(names, PORTION).map((portion) => ({ binary, portion }));
    });
    await forEachParallel(work, this.#options.jobs, ({ binary, portion }) => this.#portion(binary, portion));
  }

  #report(binary: string, outcome: TestOutcome): void {
    const result = toResult(binary, outcome);
    // The end of a binary is reported once for all its portions.
    if (this.#results.has(result.name)) return;
    this.#options.journal?.add(this.#target.info.name, result);
    this.#keep(result);
  }

  #keep(result: CaseResult): void {
    this.#results.set(result.name, result);
    this.#options.onCase(result);
  }

  /** A binary's tests; one that is no gtest, or cannot say its tests, is reported. */
  async #list(binary: string): Promise<GtestTest[]> {
    const { end, output, stderr } = await this.#use(binary, (process) => process.list());
    const tests = parseGtestList(output);
    const failed = end.timedOut || end.status >= 126;
    if (tests.length > 0 && !failed && end.status === 0) return tests;
    const outcome: Outcome = end.timedOut ? 'timeout' : failed ? 'crash' : 'skip';
    const what = failed
      ? `cannot list its tests: ${end.timedOut ? 'time limit' : `status ${end.status}`}`
      : 'no gtest, or one without tests';
    if (isSelected({ binary, test: { name: '', disabled: false } }, this.#options.selection)) {
      this.#keep(
        toResult(binary, { name: '', outcome, milliseconds: 0, detail: `${what}\n${stderr}`.trim() }),
      );
    }
    return [];
  }

  /** True for a test that an earlier run has settled, or that gtest will not run. */
  #settleEarly(binary: string, test: GtestTest): boolean {
    const earlier = this.#options.journal?.get(this.#target.info.name, `${binary}:${test.name}`);
    if (earlier !== undefined) this.#keep(earlier);
    else if (test.disabled)
      this.#report(binary, { name: test.name, outcome: 'skip', milliseconds: 0, detail: 'DISABLED_' });
    return earlier !== undefined || test.disabled;
  }

  /** Run tests, going on after each that ends the process. */
  async #portion(binary: string, names: readonly string[]): Promise<void> {
    let rest = names;
    let fruitless = 0;
    while (rest.length > 0) {
      this.#options.signal?.throwIfAborted();
      const asked = rest;
      const done = await this.#use(binary, async (process) => {
        const reader = new GtestReader(asked, () => process.alive());
        return { reader, end: await process.run(filterOf(asked), (chunk) => reader.push(chunk)) };
      });
      done.reader.end();
      const settled = settle(asked, done.reader, done.end);
      for (const outcome of settled.outcomes) this.#report(binary, outcome);
      if (settled.end !== undefined) this.#report(binary, settled.end);
      rest = settled.rest;
      fruitless = settled.progress ? 0 : fruitless + 1;
      if (fruitless === MAX_FRUITLESS) {
        for (const outcome of giveUp(rest, done.reader, done.end)) this.#report(binary, outcome);
        return;
      }
    }
  }

  #use<T>(binary: string, body: (process: Binary) => Promise<T>): Promise<T> {
    const { directory, timeout, signal } = this.#options;
    return this.#workplaces.use((cwd) =>
      body(new Binary(this.#target, { directory, path: join(directory, binary), cwd, timeout, signal })),
    );
  }
}

/**
 * Run the tests of a directory under a target. A test that crashes or hangs is reported, and the others of its binary
 * are run all the same. Tests that are disabled are skipped, as are files that are no gtests.
 *
 * @returns the results, those of the journal among them, by name
 * @throws the signal's reason, or an Error if the directory holds no programs
 */
export async function runGtest(target: Target, options: GtestOptions): Promise<CaseResult[]> {
  const run = new GtestRun(target, options);
  await run.run();
  return run.results;
}

/** The names of the tests that `runGtest` would run, `BINARY:TEST`. */
export async function listGtest(target: Target, options: GtestOptions): Promise<string[]> {
  const lists = await new GtestRun(target, options).list();
  return [...lists].flatMap(([binary, tests]) => tests.map(({ name }) => `${binary}:${name}`));
}
