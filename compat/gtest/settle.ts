/** What one run of a gtest binary says about the tests that it was asked to run, and which have to be run again. */
import type { Outcome } from '../model.js';
import type { GtestReader } from './output.js';

/** How the process ended. */
export interface GtestEnd {
  /** Exit status, 128 + N for signal N. */
  status: number;
  /** It was killed since a test took too long. */
  timedOut: boolean;
  /** The last lines of its standard error. */
  stderr: string;
}

export interface TestOutcome {
  name: string;
  outcome: Outcome;
  milliseconds: number;
  detail: string;
}

export interface Settled {
  outcomes: TestOutcome[];
  /** Tests that the run did not come to. */
  rest: string[];
  /** True if a test began: then it is worth while to go on with the rest. */
  progress: boolean;
  /** What went wrong after the last test; undefined if nothing did. */
  end: TestOutcome | undefined;
}

/** The name under which the end of a binary is reported; no test can have it. */
export const END = '(end)';

function how({ status, timedOut }: GtestEnd): string {
  if (timedOut) return 'time limit';
  if (status === 128) return 'the sandbox itself failed';
  return status > 128 ? `ended by signal ${status - 128}` : `exited with status ${status}`;
}

function join(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

/** A test, or the end of a binary, that the process did not survive. */
function died(name: string, where: string, words: string, end: GtestEnd): TestOutcome {
  const outcome = end.timedOut ? 'timeout' : 'crash';
  return { name, outcome, milliseconds: 0, detail: join(`${how(end)} ${where}`, words, end.stderr) };
}

/** What is wrong with the end of a run that came through all its tests. */
function settleEnd(reader: GtestReader, end: GtestEnd): TestOutcome | undefined {
  if (end.timedOut || end.status >= 128) return died(END, 'after the last test', reader.words, end);
  const failed = [...reader.results.values()].some(({ verdict }) => verdict === 'fail');
  if (end.status === 0 || (end.status === 1 && failed)) return undefined;
  const detail = join(`${how(end)}, and no test says why`, reader.words, end.stderr);
  return { name: END, outcome: 'fail', milliseconds: 0, detail };
}

/**
 * Settle a run. A test that began and did not end is the one that crashed, hung or left; tests that gtest passed over
 * although it came to its end cannot be run.
 *
 * @param names the tests that were asked for
 * @param reader with the whole output
 */
export function settle(names: readonly string[], reader: GtestReader, end: GtestEnd): Settled {
  const outcomes: TestOutcome[] = [];
  const rest: string[] = [];
  for (const name of names) {
    const result = reader.results.get(name);
    if (result !== undefined) {
      outcomes.push({
        name,
        outcome: result.verdict,
        milliseconds: result.milliseconds,
        detail: result.words,
      });
    } else if (name === reader.running) {
      outcomes.push(died(name, 'in this test', reader.words, end));
    } else if (reader.finished) {
      outcomes.push({
        name,
        outcome: 'broken',
        milliseconds: 0,
        detail: 'listed, but not run when asked for',
      });
    } else {
      rest.push(name);
    }
  }
  return {
    outcomes,
    rest,
    progress: outcomes.length > 0,
    end: reader.finished ? settleEnd(reader, end) : undefined,
  };
}

/** All tests of a binary that ends again and again before it comes to one of them. */
export function giveUp(names: readonly string[], reader: GtestReader, end: GtestEnd): TestOutcome[] {
  return names.map((name) => died(name, 'before the first test', reader.words, end));
}
