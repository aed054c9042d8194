/** Summaries of repeated measurements, and a test whether two sets of them differ. */
import {
  errorFunction,
  median,
  medianAbsoluteDeviation,
  quantileSorted,
  sampleWithReplacement,
  wilcoxonRankSum,
} from 'simple-statistics';

export interface Summary {
  median: number;
  /** Median absolute deviation from the median. */
  deviation: number;
  min: number;
  max: number;
}

/**
 * @param samples in any order
 * @returns undefined when there are none; the median of an even number is the mean of the two in the middle
 */
export function summarize(samples: readonly number[]): Summary | undefined {
  if (samples.length === 0) {
    return undefined;
  }
  const values = [...samples];
  return {
    median: median(values),
    deviation: medianAbsoluteDeviation(values),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

/** Above this many samples in both sets together the normal distribution is near enough (and counting is slow). */
const mostForCounting = 60;

/**
 * How many of the ways to choose `n` of the ranks 1 to `total` have each sum.
 *
 * @returns index: the sum
 */
function rankSumCounts(n: number, total: number): Float64Array {
  const largest = (n * (2 * total - n + 1)) / 2;
  const counts = Array.from({ length: n + 1 }, () => new Float64Array(largest + 1));
  (counts[0] as Float64Array)[0] = 1;
  for (let rank = 1; rank <= total; rank++) {
    for (let chosen = Math.min(rank, n); chosen >= 1; chosen--) {
      const to = counts[chosen] as Float64Array;
      const from = counts[chosen - 1] as Float64Array;
      for (let sum = largest; sum >= rank; sum--) {
        to[sum] = (to[sum] as number) + (from[sum - rank] as number);
      }
    }
  }
  return counts[n] as Float64Array;
}

/**
 * The Mann-Whitney U test (Wilcoxon's rank sum), two-sided: how likely ranks at least this uneven are if both sets come from
 * one distribution. Exact by counting for small sets, with the normal distribution for large ones. Ties get their mean
 * rank; a half rank is counted as the next one towards the middle, so that p is never too small for it.
 *
 * @param a not empty
 * @param b not empty
 * @returns p, 0 to 1
 */
export function rankSumTest(a: readonly number[], b: readonly number[]): number {
  const total = a.length + b.length;
  const middle = (a.length * (total + 1)) / 2;
  const distance = Math.abs(wilcoxonRankSum([...a], [...b]) - middle);
  if (total > mostForCounting) {
    const sigma = Math.sqrt((a.length * b.length * (total + 1)) / 12);
    const z = Math.max(0, distance - 0.5) / sigma;
    return Math.min(1, 1 - errorFunction(z / Math.SQRT2));
  }
  const low = Math.ceil(middle - distance);
  let all = 0;
  let tail = 0;
  rankSumCounts(a.length, total).forEach((ways, sum) => {
    all += ways;
    tail += sum <= low ? ways : 0;
  });
  return Math.min(1, (2 * tail) / all);
}

/**
 * Holm's correction for many tests at once: the p of each, made larger so that the chance of even one false alarm among all
 * stays below the level that the results are held against.
 *
 * @returns in the order of `values`
 */
export function holm(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] as number) - (values[j] as number));
  const corrected = new Array<number>(values.length);
  let largest = 0;
  order.forEach((at, position) => {
    largest = Math.max(largest, Math.min(1, (values[at] as number) * (values.length - position)));
    corrected[at] = largest;
  });
  return corrected;
}

/** A generator of numbers in [0, 1) that is the same in every run (Marsaglia's xorshift). */
function seeded(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

const resamplings = 1000;

/**
 * How much larger the median of `after` is than that of `before`: bootstrapped, 95 %.
 *
 * @returns the ends of the interval of median(after) / median(before)
 */
export function changeInterval(
  before: readonly number[],
  after: readonly number[],
): { low: number; high: number } {
  const random = seeded();
  const draw = (from: readonly number[]): number =>
    median(sampleWithReplacement([...from], from.length, random));
  const ratios = Array.from({ length: resamplings }, () => draw(after) / draw(before)).sort((x, y) => x - y);
  return { low: quantileSorted(ratios, 0.025), high: quantileSorted(ratios, 0.975) };
}
