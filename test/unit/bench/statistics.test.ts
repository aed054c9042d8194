/** Statistics of the benchmarks, against values worked out by hand or taken from tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeInterval, holm, rankSumTest, summarize } from '../../../bench/statistics.js';

const close = (actual: number, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected}`);

test('a summary has the median and the median distance from it', () => {
  assert.deepEqual(summarize([5, 1, 100, 3]), { median: 4, deviation: 2, min: 1, max: 100 });
  assert.equal(summarize([]), undefined);
});

test('the rank sum test counts exactly', () => {
  // The most uneven of the 20 ways to choose 3 of 6, and its mirror image.
  close(rankSumTest([1, 2, 3], [4, 5, 6]), 2 / 20);
  close(rankSumTest([4, 5, 6], [1, 2, 3]), 2 / 20);
  // Ranks 1, 2, 4 sum to 7; one set of ranks has 6, one has 7.
  close(rankSumTest([1, 2, 4], [3, 5, 6]), 4 / 20);
  close(rankSumTest([1, 4, 5], [2, 3, 6]), 1);
  // 2 of 184756 ways.
  const low = Array.from({ length: 10 }, (_, i) => i);
  close(
    rankSumTest(
      low,
      low.map((x) => x + 100),
    ),
    2 / 184756,
    1e-12,
  );
});

test('the critical value of the tables for 8 and 8 samples is found', () => {
  // U = 13 is the largest that is significant at 5 % two-sided; 14 is not.
  const withU = (u: number): number => {
    // Each of the second set's 8 values lies above all of the first set's, but for `u` inversions.
    const second = Array.from(
      { length: 8 },
      (_, i) => 8 - Math.min(8, Math.max(0, u - i * 8)) + 0.5 + i / 100,
    );
    return rankSumTest([1, 2, 3, 4, 5, 6, 7, 8], second);
  };
  assert.ok(withU(13) < 0.05);
  assert.ok(withU(14) > 0.05);
});

test('ties never make p smaller than an order without them would', () => {
  assert.equal(rankSumTest([1, 1, 1], [1, 1, 1]), 1);
  assert.ok(rankSumTest([1, 2, 3], [3, 4, 5]) >= rankSumTest([1, 2, 3], [3.1, 4, 5]));
});

test('many samples go through the normal distribution, near the exact value', () => {
  // 30 and 30 are counted, 31 and 31 are not: the same picture must give nearly the same p.
  const picture = (n: number): number =>
    rankSumTest(
      Array.from({ length: n }, (_, i) => i),
      Array.from({ length: n }, (_, i) => i + n * 0.3),
    );
  close(picture(30), picture(31), 0.002);
  assert.ok(picture(100) < 1e-4);
});

test('Holm makes each p larger by the number of those that are not smaller, never out of order', () => {
  const corrected = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((expected, i) => {
    close(corrected[i] as number, expected);
  });
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holm([]), []);
});

test('the interval of a change holds the true one and is the same each time', () => {
  const before = Array.from({ length: 10 }, (_, i) => 100 + i);
  const after = before.map((x) => x * 1.5);
  const interval = changeInterval(before, after);
  assert.ok(interval.low < 1.5 && interval.high > 1.5);
  assert.ok(interval.low > 1.3 && interval.high < 1.7);
  assert.deepEqual(changeInterval(before, after), interval);
});
