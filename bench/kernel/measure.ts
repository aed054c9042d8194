/** Timing rows in this process, with the `benchmark` package. */
import { deepStrictEqual } from 'node:assert/strict';
import Benchmark from 'benchmark';
import { spin } from '../noise.js';
import type { LoopTime } from '../session.js';
import { summarize } from '../statistics.js';
import type { KernelRow } from './row.js';

/** One row in one process. */
export interface RowTime {
  row: string;
  /** Operations of one timed loop. */
  iterations: number;
  /** Of an operation. */
  kernel: LoopTime;
  /** Of a fixed loop of arithmetic, timed just before: how fast the machine was at that moment. */
  spin: LoopTime;
}

/** Loops timed: the parts of one sample. */
const parts = 20;

// The package would copy the source of the measured function into one of its own, without the variables around it.
Benchmark.support.decompilation = false;

/** @param times nanoseconds, not empty */
function loopTime(times: readonly number[]): LoopTime {
  const { median, min } = summarize(times) ?? { median: Number.NaN, min: Number.NaN };
  return { median, fastest: min };
}

function spinTime(): LoopTime {
  const times = Array.from({ length: parts }, () => {
    const start = process.hrtime.bigint();
    spin();
    return Number(process.hrtime.bigint() - start);
  });
  return loopTime(times);
}

/**
 * Time one row.
 *
 * @param duration how long one timed loop should last, in milliseconds
 * @throws AssertionError if the row does not return what it must: a wrong answer has no speed
 */
export function timeRow(row: KernelRow, duration: number): RowTime {
  const operation = row.prepare();
  deepStrictEqual(operation(), row.expected, row.name);
  const before = spinTime();
  let last: unknown;
  const benchmark = new Benchmark(
    row.name,
    () => {
      last = operation();
    },
    { minTime: duration / 1000, maxTime: (duration * parts) / 1000, minSamples: parts },
  );
  benchmark.run({ async: false });
  if (benchmark.error) {
    throw benchmark.error;
  }
  deepStrictEqual(last, row.expected, row.name);
  const times = (benchmark.stats.sample as number[]).map((seconds) => (seconds * 1e9) / row.batch);
  return {
    row: row.name,
    iterations: benchmark.count * row.batch,
    kernel: loopTime(times),
    spin: before,
  };
}
