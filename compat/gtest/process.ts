/** One process of a gtest binary under a target. */
import { runBounded } from '../bounded.js';
import { isolationPrefix } from '../outside/isolation.js';
import { LineSplitter, Tail } from '../outside/lines.js';
import type { Target } from '../targets/target.js';
import type { GtestEnd } from './settle.js';

export interface BinaryPlace {
  /** The directory of all binaries, which they may look into. */
  directory: string;
  /** Absolute path of this one. */
  path: string;
  /** Its working directory. */
  cwd: string;
  /** Milliseconds without a word of gtest after which it is killed. */
  timeout: number;
  signal: AbortSignal | undefined;
}

/** Flags that make the output what we read, whatever the environment says. */
const flags = [
  '--gtest_color=no',
  '--gtest_print_time=1',
  '--gtest_repeat=1',
  '--gtest_shuffle=0',
  '--gtest_also_run_disabled_tests=0',
];

/** Bytes of a list of tests. */
const MAX_LIST = 16 << 20;
const STDERR_LINES = 10;

/** Why a process was ended by us: no error of anybody's but the test's. */
class TimeLimit extends Error {}

/** A binary that is about to be run, once. */
export class Binary {
  readonly #target: Target;
  readonly #place: BinaryPlace;
  readonly #limit = new AbortController();
  readonly #stderr = new Tail(STDERR_LINES);
  #timer: NodeJS.Timeout | undefined;

  constructor(target: Target, place: BinaryPlace) {
    this.#target = target;
    this.#place = place;
  }

  /** Give it its whole time again: a test has begun or ended. */
  alive(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#limit.abort(new TimeLimit('time limit')), this.#place.timeout);
  }

  /** Ask it for its tests. The list is cut when it is longer than any list is. */
  async list(): Promise<{ end: GtestEnd; output: string; stderr: string }> {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = await this.#start(['--gtest_list_tests'], (chunk) => {
      size += chunk.length;
      if (size <= MAX_LIST) chunks.push(chunk);
    });
    return { end, output: Buffer.concat(chunks).toString('utf8'), stderr: end.stderr };
  }

  /**
   * Run tests.
   *
   * @param filter which ones
   * @param onOutput takes its standard output
   */
  run(filter: string, onOutput: (chunk: Buffer) => void): Promise<GtestEnd> {
    return this.#start([...flags, `--gtest_filter=${filter}`], onOutput);
  }

  async #start(args: readonly string[], onOutput: (chunk: Buffer) => void): Promise<GtestEnd> {
    const { directory, path, cwd, signal } = this.#place;
    const env = {
      PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: cwd,
      TEST_TMPDIR: cwd,
      TMPDIR: cwd,
      LC_ALL: 'C',
      TZ: 'UTC',
      TERM: 'dumb',
    };
    const prefix = this.#target.native ? isolationPrefix() : [];
    // A shell stays before it: the first process of a sandbox is deaf to some signals.
    const words = [...prefix, '/bin/sh', '-c', '"$@"; exit $?', 'gtest', path, ...args];
    const command = this.#target.command(words, { cwd, env, visible: [directory] });
    const lines = new LineSplitter((line) => this.#stderr.push(line));
    this.alive();
    try {
      const result = await runBounded(command.argv, {
        cwd: command.cwd,
        env: command.env,
        // The limit of a test is kept by `alive`; this one is for a binary that speaks for ever.
        timeout: 1000 * this.#place.timeout,
        ownNetwork: this.#target.native,
        signal: signal === undefined ? this.#limit.signal : AbortSignal.any([signal, this.#limit.signal]),
        onOutput: (stream, chunk) => (stream === 'stdout' ? onOutput(chunk) : lines.push(chunk)),
      });
      return this.#end(result.status, result.timedOut, lines);
    } catch (error) {
      if (!(error instanceof TimeLimit)) throw error;
      return this.#end(0, true, lines);
    } finally {
      clearTimeout(this.#timer);
      await command.discard();
    }
  }

  #end(status: number, timedOut: boolean, lines: LineSplitter): GtestEnd {
    lines.end();
    return { status, timedOut, stderr: this.#stderr.text };
  }
}
