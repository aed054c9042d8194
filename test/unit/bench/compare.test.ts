/** --against: what is called worse, better and noise, on made-up runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRuns, defaultCompare } from '../../../bench/compare.js';
import type { BenchRun } from '../../../bench/model.js';
import { formatComparison } from '../../../bench/report.js';
import { type FakeCell, makeRun, randoms } from './fake-run.js';

const rows = Array.from({ length: 40 }, (_, i) => `row${i}`);

/** A run of a machine that is `speed` times as slow as usual and drifts by up to 30 % from round to round. */
function drifting(seed: number, speed: number, slowed: Record<string, number> = {}): BenchRun {
  const random = randoms(seed);
  const drift = Array.from({ length: 10 }, () => speed * (1 + 0.3 * random()));
  const cells = rows.flatMap((row): FakeCell[] => {
    const sampled = (ns: number): number[] => drift.map((d) => ns * d * (1 + 0.04 * random()));
    return [
      { row, target: 'native', iterations: 1, samples: sampled(200) },
      { row, target: 'bare-trap', iterations: 1, samples: sampled(5000) },
      { row, target: 'tvisor', iterations: 1, samples: sampled(6000 * (slowed[row] ?? 1)) },
    ];
  });
  return makeRun(cells, { rounds: 10 });
}

const verdicts = (before: BenchRun, after: BenchRun): Record<string, string> =>
  Object.fromEntries(
    compareRuns(before, after)
      .changes.filter((change) => change.verdict !== 'noise')
      .map((change) => [change.row, change.verdict]),
  );

test('two runs of one build are noise in every row, however the machine drifts between them', () => {
  for (let seed = 1; seed < 20; seed++) {
    assert.deepEqual(verdicts(drifting(seed, 1), drifting(seed + 100, 1.7)), {});
  }
});

test('a slowed and a quickened row are found on a machine that became slower, and no other', () => {
  const after = drifting(7, 1.7, { row3: 1.3, row11: 0.8 });
  assert.deepEqual(verdicts(drifting(5, 1), after), { row3: 'worse', row11: 'better' });
});

test('a change below the least one is noise, however sure it is', () => {
  const after = drifting(7, 1, { row3: 1.04 });
  assert.deepEqual(verdicts(drifting(5, 1), after), {});
  const finer = compareRuns(drifting(5, 1), after, { ...defaultCompare, leastChange: 0.005 });
  assert.deepEqual(
    finer.changes.filter((change) => change.verdict === 'worse').map((change) => change.row),
    ['row3'],
  );
});

test('rows are divided by the nearest yardstick that both runs have', () => {
  const cell = (row: string, target: string): FakeCell => ({
    row,
    target,
    iterations: 1,
    samples: [target === 'tvisor' ? 6 : 2, target === 'tvisor' ? 6 : 2],
  });
  const failed = { ...cell('b', 'bare-trap'), failed: 'not answered' };
  const before = makeRun([
    ...['native', 'bare-trap', 'tvisor'].map((target) => cell('a', target)),
    ...['native', 'tvisor'].map((target) => cell('b', target)),
    cell('c', 'tvisor'),
    ...['native', 'bare-trap', 'tvisor'].map((target) => cell('d', target)),
  ]);
  const after = structuredClone(before);
  before.cells.push({ ...failed, fastest: [] });
  after.cells = after.cells.filter((c) => c.row !== 'd' || c.target !== 'bare-trap');
  const changes = compareRuns(before, after).changes;
  assert.deepEqual(
    changes.map((change) => [change.row, change.normal, change.before, change.unit]),
    [
      ['a', 'bare-trap', 3, 2],
      ['b', 'native', 3, 2],
      ['c', 'none', 6, 1],
      ['d', 'native', 3, 2],
    ],
  );
});

test('what disturbs the loops but not their fastest parts is no change', () => {
  const cells = (disturbance: number): FakeCell[] =>
    rows.map((row, i) => ({
      row,
      target: 'tvisor',
      iterations: 1,
      samples: Array.from({ length: 10 }, (_, round) => (5000 + round) * disturbance),
      fastest: Array.from({ length: 10 }, (_, round) => 5000 + round + i),
    }));
  assert.deepEqual(verdicts(makeRun(cells(1)), makeRun(cells(3))), {});
});

test('only what is ours is judged, and rows without a partner are named', () => {
  const before = makeRun([
    { row: 'a', target: 'tvisor', iterations: 1, samples: [1, 2] },
    { row: 'b', target: 'tvisor', iterations: 1, samples: [1, 2] },
    { row: 'a', target: 'runc', iterations: 1, samples: [1, 2] },
  ]);
  const after = makeRun([
    { row: 'a', target: 'tvisor', iterations: 1, samples: [1, 2] },
    { row: 'b', target: 'tvisor', iterations: 1, samples: [], failed: 'Bad file descriptor' },
    { row: 'new', target: 'tvisor', iterations: 1, samples: [1, 2] },
    { row: 'a', target: 'runc', iterations: 1, samples: [10, 20] },
  ]);
  const { changes, remarks } = compareRuns(before, after);
  assert.deepEqual(
    changes.map((change) => `${change.target} ${change.row}`),
    ['tvisor a'],
  );
  assert.ok(remarks.includes('b fails now'));
  assert.ok(remarks.includes('not in the earlier run: new'));
});

test('too few rounds, other machines and noise are said', () => {
  const before = makeRun([{ row: 'a', target: 'tvisor', iterations: 1, samples: [1, 2] }], { rounds: 2 });
  const after = structuredClone(before);
  after.machine.cores = 64;
  after.settings.duration = 7;
  after.noise.warnings.push('loud');
  const { remarks } = compareRuns(before, after);
  for (const word of ['too few rounds', 'other machines', 'other settings', 'noisy in this run']) {
    assert.ok(
      remarks.some((remark) => remark.includes(word)),
      `${word} in ${remarks.join('; ')}`,
    );
  }
});

test('the table puts what is worse first and names the test', () => {
  const before = drifting(5, 1);
  const comparison = compareRuns(before, drifting(7, 1, { row30: 1.5 }));
  const text = formatComparison(before, comparison, defaultCompare);
  const first = text.split('\n')[3] ?? '';
  assert.match(first, /^row30 +bare trap +\d\.\d\d us +\d+\.\d+ us +\+\d\d\.\d % .* worse$/);
  assert.match(text, /1 worse, 0 better, 39 noise/);
  assert.match(text, /Mann-Whitney/);
});
