/**
 * What a test of the Linux Test Project says: lines of its libraries, old and new, and the summary of the new one.
 * Formats as in its doc/users/test_results and lib/tst_test.c, lib/tst_res.c of any version since 2010.
 */
import { LineSplitter, Tail, withoutColour } from '../outside/lines.js';

/** The verdicts that are counted. */
export const ltpWords = ['TPASS', 'TFAIL', 'TBROK', 'TCONF', 'TWARN'] as const;
export type LtpWord = (typeof ltpWords)[number];
export type LtpCounts = Record<LtpWord, number>;

/** What was read from a test's output. */
export interface LtpOutput {
  counts: LtpCounts;
  /** The first failures' lines, `TFAIL: ...`, TBROK and TWARN too. */
  failures: string[];
  /** The first reason for a TCONF. */
  skipped: string;
  /** The last lines of the output. */
  tail: string;
}

/** Lines of failures that are kept. */
const MAX_FAILURES = 20;
const TAIL_LINES = 12;

/**
 * A verdict: `file.c:12: TPASS: text`, `name   3  TFAIL  :  text`, `name 1 TCONF: text`. A child's half line may stand
 * before it. Each part is bounded, so that no output makes the search slow.
 */
const verdict =
  /(?:[\w./+-]{1,200}:\d{1,7}: |^[\w./+-]{1,200}\s{1,8}\d{1,7}\s{1,8})(TPASS|TFAIL|TBROK|TCONF|TWARN)(?:\|\w{1,20})? *: {0,2}(.*)/;

/** Cheaper than the whole, for outputs that have no verdicts at all. */
const anyWord = /TPASS|TFAIL|TBROK|TCONF|TWARN/;

const summaryRows: Readonly<Record<string, LtpWord>> = {
  passed: 'TPASS',
  failed: 'TFAIL',
  broken: 'TBROK',
  skipped: 'TCONF',
  warnings: 'TWARN',
};
const summaryRow = /^(passed|failed|broken|skipped|warnings) +(\d{1,9})$/;

function zero(): LtpCounts {
  return { TPASS: 0, TFAIL: 0, TBROK: 0, TCONF: 0, TWARN: 0 };
}

/**
 * Counts verdicts in an output as it comes. The new library's summary has the counts that its processes share, so it
 * wins over the lines before it, except where it counts less (a child that was killed while it spoke). A script may run
 * several programs: then every summary is for the lines since the one before.
 */
export class LtpReader {
  readonly #total = zero();
  readonly #failures: string[] = [];
  readonly #tail = new Tail(TAIL_LINES);
  readonly #lines = new LineSplitter((line) => this.#line(withoutColour(line)));
  /** Lines since the last summary. */
  #counts = zero();
  /** The rows of the summary that is being read. */
  #summary: LtpCounts | undefined;
  #skipped = '';

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  /** The output has ended. */
  end(): LtpOutput {
    this.#lines.end();
    this.#closeSummary();
    this.#addUp();
    return {
      counts: { ...this.#total },
      failures: [...this.#failures],
      skipped: this.#skipped,
      tail: this.#tail.text,
    };
  }

  #line(line: string): void {
    this.#tail.push(line);
    if (line === 'Summary:') {
      this.#closeSummary();
      this.#summary = zero();
      return;
    }
    if (this.#summary !== undefined) {
      const row = summaryRow.exec(line.trimEnd());
      if (row) {
        this.#summary[summaryRows[row[1]!]!] = Number(row[2]);
        return;
      }
      this.#closeSummary();
    }
    const match = anyWord.test(line) ? verdict.exec(line) : null;
    if (match) this.#verdict(match[1] as LtpWord, match[2]!.trim());
  }

  #verdict(word: LtpWord, text: string): void {
    this.#counts[word]++;
    if (word === 'TCONF' && this.#skipped === '') this.#skipped = text;
    if (word !== 'TPASS' && word !== 'TCONF' && this.#failures.length < MAX_FAILURES) {
      this.#failures.push(`${word}: ${text.slice(0, 300)}`);
    }
  }

  #closeSummary(): void {
    if (this.#summary === undefined) return;
    for (const word of ltpWords) this.#counts[word] = Math.max(this.#counts[word], this.#summary[word]);
    this.#summary = undefined;
    this.#addUp();
  }

  #addUp(): void {
    for (const word of ltpWords) this.#total[word] += this.#counts[word];
    this.#counts = zero();
  }
}
