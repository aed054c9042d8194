import assert from 'node:assert/strict';
import { test } from 'node:test';
import { betterOf, readOutcome } from '../../../bench/apps/outcome.js';
import { readWorkloads } from '../../../bench/apps/workloads.js';

const ended = (stdout: string, status = 0) => ({ status, stdout, stderr: 'first\nlast\n', timedOut: false });

test('figures count when an answer was checked', () => {
  const outcome = readOutcome(
    ended('noise\nresult a 1250e-2 ms\nchecked x\nresult b 7 requests/s\nchecked y\n'),
  );
  assert.deepEqual(outcome, {
    kind: 'figures',
    results: [
      { metric: 'a', value: 12.5, unit: 'ms' },
      { metric: 'b', value: 7, unit: 'requests/s' },
    ],
    checks: 2,
  });
});

test('figures without a checked answer are none', () => {
  assert.deepEqual(readOutcome(ended('result a 1 ms\n')), { kind: 'wrong', reason: 'no answer was checked' });
});

test('a wrong answer spoils the figures before it', () => {
  const outcome = readOutcome(ended('result a 1 ms\nchecked x\nwrong y: expected 1, got 2\n'));
  assert.deepEqual(outcome, { kind: 'wrong', reason: 'y: expected 1, got 2' });
});

test('a skip has its reason', () => {
  assert.deepEqual(readOutcome(ended('skip no TCP sockets: nope\n')), {
    kind: 'skip',
    reason: 'no TCP sockets: nope',
  });
});

test('an exit status, a time-out and nonsense are failures', () => {
  assert.deepEqual(readOutcome(ended('result a 1 ms\nchecked x\n', 3)), {
    kind: 'wrong',
    reason: 'exit status 3: last',
  });
  assert.deepEqual(readOutcome({ ...ended(''), timedOut: true }), {
    kind: 'wrong',
    reason: 'timed out: last',
  });
  assert.deepEqual(readOutcome(ended('checked x\n')), { kind: 'wrong', reason: 'it printed no figure' });
  for (const value of ['0', '-1', 'NaN', 'x', '']) {
    assert.equal(readOutcome(ended(`result a ${value} ms\nchecked x\n`)).kind, 'wrong');
  }
});

test('rates are better when higher', () => {
  assert.equal(betterOf('requests/s'), 'higher');
  assert.equal(betterOf('ms'), 'lower');
});

test('every workload says what it needs', () => {
  const workloads = readWorkloads();
  assert.ok(workloads.length >= 10);
  for (const { name, needs } of workloads) {
    assert.ok(needs.length > 0, name);
    for (const need of needs) assert.match(`${need.program}=${need.package}`, /^[\w.-]+=[a-z0-9.+-]+$/, name);
  }
});
