/** The benchmarks of the kernel itself: each builds its world and answers right, for a few iterations. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { timeRow } from '../../../bench/kernel/measure.js';
import { kernelRows } from '../../../bench/kernel/rows.js';

for (const row of kernelRows) {
  test(`runs: ${row.label}`, () => {
    const operation = row.prepare();
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(operation(), row.expected);
    }
  });
}

test('a row is timed', () => {
  const [row] = kernelRows;
  assert.ok(row);
  const time = timeRow(row, 1);
  assert.equal(time.row, row.name);
  for (const { median, fastest } of [time.kernel, time.spin]) {
    assert.ok(fastest > 0 && fastest <= median);
  }
  assert.ok(time.kernel.median > 1 && time.kernel.median < 1e6);
  assert.ok(time.iterations >= row.batch);
});

test('a row with a wrong answer has no time', () => {
  const [row] = kernelRows;
  assert.ok(row);
  assert.throws(() => timeRow({ ...row, expected: 'something else' }, 1), /AssertionError|something else/);
});

test('names are unique', () => {
  assert.equal(new Set(kernelRows.map((row) => row.name)).size, kernelRows.length);
});
