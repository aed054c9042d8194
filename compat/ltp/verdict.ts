/** From a test's output and end to an outcome, by the rules of the Linux Test Project's libraries. */
import type { Outcome } from '../model.js';
import type { LtpOutput } from './output.js';

/** Bits of the exit status: what the test has seen (tst_res_flags.h). */
export const status = { TFAIL: 1, TBROK: 2, TWARN: 4, TCONF: 32 } as const;
const ALL_BITS = status.TFAIL | status.TBROK | status.TWARN | status.TCONF;

/** How a test ended. */
export interface TestEnd {
  /** Exit status, 128 + N for signal N. */
  status: number;
  timedOut: boolean;
}

export interface LtpVerdict {
  outcome: Outcome;
  /** Why it is no pass; empty if it is one. */
  detail: string;
}

/** The worst that lines and status say, worst first; undefined if neither says anything bad. */
function worst({ counts }: LtpOutput, bits: number): Outcome | undefined {
  if (counts.TFAIL > 0 || bits & status.TFAIL) return 'fail';
  if (counts.TBROK > 0 || bits & status.TBROK) return 'broken';
  // A warning is a test that could not clean up, or saw what it did not expect: its passes are not worth much.
  if (counts.TWARN > 0 || bits & status.TWARN) return 'broken';
  return undefined;
}

/**
 * The outcome of a test. A crash of the test outweighs what it said before, as does the time limit; otherwise the worst
 * of its lines and of its exit status counts. It is skipped if it says so and nothing passed.
 */
export function judge(output: LtpOutput, end: TestEnd): LtpVerdict {
  const words = output.failures.join('\n') || output.tail;
  if (end.timedOut) return { outcome: 'timeout', detail: `time limit\n${words}`.trim() };
  if (end.status >= 128) {
    const how = end.status === 128 ? 'the sandbox itself failed' : `ended by signal ${end.status - 128}`;
    return { outcome: 'crash', detail: `${how}\n${words}`.trim() };
  }
  if (end.status === 126 || end.status === 127) {
    return { outcome: 'broken', detail: `cannot be executed (status ${end.status})\n${words}`.trim() };
  }
  // A program that is no test of the library has a status of its own: anything but 0 is a failure.
  const known = (end.status & ~ALL_BITS) === 0;
  const bad = known ? worst(output, end.status) : 'fail';
  if (bad !== undefined) return { outcome: bad, detail: words || `exit status ${end.status}` };
  const skipped = output.counts.TCONF > 0 || (end.status & status.TCONF) !== 0;
  if (skipped && output.counts.TPASS === 0) {
    return { outcome: 'skip', detail: output.skipped || words };
  }
  return { outcome: 'pass', detail: '' };
}
