/** What is counted of one call at one place. */

import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { errnoName } from '../strace/format.js';
import type { CallReport, Place, Times } from './report.js';

/** 1% of resolution up to 20 hours takes 40 KB a histogram; what is longer counts as that in the percentiles. */
const FIGURES = 2;
const HIGHEST = 2 ** 46;
const MAX_ERRNO = 4095;

/** Durations, in nanoseconds. */
export class Timing {
  private histogram: RecordableHistogram | undefined;
  private total = 0;
  private max = 0;
  private samples = 0;

  record(ns: number): void {
    this.histogram ??= createHistogram({ lowest: 1, highest: HIGHEST, figures: FIGURES });
    const n = Math.max(0, Math.round(ns));
    this.histogram.record(Math.min(Math.max(n, 1), HIGHEST));
    this.samples++;
    this.total += n;
    if (n > this.max) this.max = n;
  }

  report(): Times {
    const at = (p: number): number => Math.min(this.histogram?.percentile(p) ?? 0, this.max);
    const { samples, total, max } = this;
    return { samples, total, p50: at(50), p90: at(90), p99: at(99), max };
  }
}

export class Row {
  count = 0;
  succeeded = 0;
  moved = 0;
  guestRead = 0;
  guestWritten = 0;
  readonly time = new Timing();
  readonly wait = new Timing();
  private readonly errors = new Map<number, number>();
  private failed = 0;

  constructor(
    readonly name: string,
    readonly nr: number | null,
    readonly place: Place,
    /** The result is a number of bytes of data. */
    private readonly moves: boolean,
  ) {}

  /** @param result as the guest gets it */
  ended(result: number): void {
    if (result < 0 && result >= -MAX_ERRNO) {
      this.failed++;
      this.errors.set(-result, (this.errors.get(-result) ?? 0) + 1);
      return;
    }
    this.succeeded++;
    if (this.moves) this.moved += result;
  }

  report(): CallReport {
    const { name, nr, place, count, succeeded, failed } = this;
    return {
      name,
      nr,
      place,
      count,
      succeeded,
      failed,
      unknown: count - succeeded - failed,
      errors: Object.fromEntries(
        [...this.errors].sort((a, b) => b[1] - a[1]).map(([n, times]) => [errnoName(n), times]),
      ),
      time: this.time.report(),
      wait: this.wait.report(),
      bytes: { moved: this.moved, guestRead: this.guestRead, guestWritten: this.guestWritten },
    };
  }
}
