/** Timing rows in this process, with the `benchmark` package. */
import { deepStrictEqual } from 'node:assert/strict';
import Benchmark from 'benchmark';
import { spin } from '../noise.js';
import type { KernelRow } from './row.js';

/** One row in one process. */
export interface RowTime {
  row: string;
  /** Operations of one timed loop. */
  iterations: number;
  /** Nanoseconds per operation. */
  kernel: number;
  /** Nanoseconds of a fixed loop of arithmetic, timed just before: how fast the machine was at that moment. */
  spin: number;
}

/** Loops timed. The fastest counts: what else the machine does makes them slower only. */
const samples = 5;

// The package would copy the source of the measured function into one of its own, without the variables around it.
Benchmark.support.decompilation = false;

function spinTime(): number {
  const times = Array.from({ length: samples }, () => {
    const start = process.hrtime.bigint();
    spin();
    return Number(process.hrtime.bigint() - start);
  });
  return Math.min(...times);
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
    { minTime: duration / 1000, maxTime: (duration * samples) / 1000, minSamples: samples },
  );
  benchmark.run({ async: false });
  if (benchmark.error) {
    throw benchmark.error;
  }
  deepStrictEqual(last, row.expected, row.name);
  const perBatch = Math.min(...(benchmark.stats.sample as number[]));
  return {
    row: row.name,
    iterations: benchmark.count * row.batch,
    kernel: (perBatch * 1e9) / row.batch,
    spin: before,
  };
}
