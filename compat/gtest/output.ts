/** The lines by which gtest tells how tests end, out of an output that has anything between and before them. */
import { LineSplitter, Tail, withoutColour } from '../outside/lines.js';

export type GtestVerdict = 'pass' | 'fail' | 'skip';

export interface GtestResult {
  verdict: GtestVerdict;
  milliseconds: number;
  /** What was printed between the test's start and its end, the last lines of it. */
  words: string;
}

/** Lines of a test that are kept. */
const WORDS = 30;

/** The markers; a test's half line may stand before one. */
const marker = /\[( RUN {6}| {7}OK | {2}FAILED {2}| {2}SKIPPED )\] ([^\s,]+)/;
const duration = / \((\d{1,9}) ms\)$/;
const summary =
  /\[(?:==========| {2}PASSED {2}| {2}FAILED {2}| {2}SKIPPED )\] \d+ tests?\b.*(?: ran\.|[.,:])/;

const verdicts: Readonly<Record<string, GtestVerdict>> = {
  '       OK ': 'pass',
  '  FAILED  ': 'fail',
  '  SKIPPED ': 'skip',
};

/**
 * Follows the standard output of one run of a gtest binary. A verdict counts only for the test that runs: the lists at
 * the end repeat names, and tests print what they like. Of two verdicts on one test the worse stays.
 */
export class GtestReader {
  readonly results = new Map<string, GtestResult>();
  readonly #expected: ReadonlySet<string>;
  readonly #onMarker: () => void;
  readonly #lines = new LineSplitter((line) => this.#line(withoutColour(line)));
  readonly #words = new Tail(WORDS);
  #running: string | undefined;
  #finished = false;

  /**
   * @param expected the tests that were asked for; markers of others are some test's own output
   * @param onMarker called when a test starts or ends
   */
  constructor(expected: readonly string[], onMarker: () => void = () => undefined) {
    this.#expected = new Set(expected);
    this.#onMarker = onMarker;
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  end(): void {
    this.#lines.end();
  }

  /** The test that has started and not ended. */
  get running(): string | undefined {
    return this.#running;
  }

  /** True when gtest has said that it is through with its tests. */
  get finished(): boolean {
    return this.#finished;
  }

  /** What was printed since the last marker. */
  get words(): string {
    return this.#words.text;
  }

  #line(line: string): void {
    const match = marker.exec(line);
    const name = match?.[2] ?? '';
    if (match === null || !this.#expected.has(name)) {
      this.#finished ||= this.#running === undefined && summary.test(line) && line.includes(' ran.');
      this.#words.push(line);
      return;
    }
    if (match.index > 0) this.#words.push(line.slice(0, match.index));
    const verdict = verdicts[match[1]!];
    if (verdict === undefined) this.#start(name);
    else this.#verdict(name, verdict, Number(duration.exec(line)?.[1] ?? 0));
  }

  #start(name: string): void {
    if (this.results.has(name)) return;
    this.#running = name;
    this.#words.clear();
    this.#onMarker();
  }

  #verdict(name: string, verdict: GtestVerdict, milliseconds: number): void {
    const earlier = this.results.get(name);
    if (name === this.#running) {
      this.results.set(name, { verdict, milliseconds, words: verdict === 'pass' ? '' : this.#words.text });
      this.#running = undefined;
      this.#words.clear();
      this.#onMarker();
    } else if (
      earlier !== undefined &&
      verdict === 'fail' &&
      this.#running === undefined &&
      !this.#finished
    ) {
      this.results.set(name, { ...earlier, verdict, words: this.#words.text });
    }
  }
}
