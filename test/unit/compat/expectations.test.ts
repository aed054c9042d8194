import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Expectations,
  expectation,
  improvements,
  parseExpectations,
  regressions,
  updateExpectations,
} from '../../../compat/expectations.js';
import type { CaseResult, Outcome } from '../../../compat/model.js';

/** A case with checks of these outcomes, called a, b, c. */
function result(name: string, outcomes: Outcome[], detail = ''): CaseResult {
  const checks = outcomes.map((outcome, index) => ({
    title: String.fromCharCode(97 + index),
    calls: [],
    outcome,
    detail: outcome === 'fail' ? '  x\n- one\n+ two' : '',
  }));
  const failed = outcomes.find((outcome) => outcome !== 'pass') ?? (detail === '' ? 'pass' : 'fail');
  return { ...base, name, outcome: failed, detail, checks };
}

const base = {
  family: 'file',
  tags: [],
  expected: 'pass' as const,
  reason: '',
  milliseconds: 1,
  counts: {},
};

const known = (entries: Record<string, string>): Expectations => new Map(Object.entries(entries));

describe('expectations', () => {
  test('the file is checked', () => {
    assert.deepEqual(parseExpectations('{"a": "why"}', 'f'), new Map([['a', 'why']]));
    assert.throws(() => parseExpectations('{', 'f'), /^Error: f: is not JSON: .*$/);
    assert.throws(() => parseExpectations('[]', 'f'), /^Error: f: expected an object/);
    assert.throws(() => parseExpectations('null', 'f'), /^Error: f: expected an object/);
    assert.throws(() => parseExpectations('{"a": 1}', 'f'), /^Error: f: 'a': expected the reason/);
    assert.throws(() => parseExpectations('{"a": " "}', 'f'), /^Error: f: 'a': expected the reason/);
  });

  test('a listed case is expected to fail, whatever of it does', () => {
    const list = known({ one: 'why' });
    assert.deepEqual(expectation(list, result('one', ['fail', 'crash'])), {
      expected: 'fail',
      reason: 'why',
    });
    assert.deepEqual(expectation(list, result('two', ['fail'])), { expected: 'pass', reason: '' });
  });

  test('a listed check excuses itself and what was not reached after it, nothing else', () => {
    const list = known({ 'one/b': 'why' });
    const expected = (outcomes: Outcome[], detail?: string): string =>
      expectation(list, result('one', outcomes, detail)).expected;
    assert.equal(expected(['pass', 'fail', 'pass']), 'fail');
    assert.equal(expected(['pass', 'crash', 'not-reached']), 'fail');
    assert.equal(expected(['fail', 'fail', 'pass']), 'pass');
    assert.equal(expected(['pass', 'pass', 'fail']), 'pass');
    assert.equal(expected(['pass', 'pass', 'not-reached']), 'pass');
    assert.equal(expected(['pass', 'pass', 'pass'], 'exit status 1'), 'pass');
  });

  test('what is listed and passes, or is not there, is an improvement', () => {
    const list = known({ one: 'x', 'two/a': 'x', 'two/b': 'x', 'two/gone': 'x', 'three/a': 'x', four: 'x' });
    const results = [result('one', ['pass']), result('two', ['pass', 'fail']), result('three', ['broken'])];
    assert.deepEqual(improvements(list, results), ['one', 'two/a', 'two/gone']);
  });

  test('what fails and is not listed is a regression', () => {
    const results = [
      result('one', ['pass']),
      result('two', ['fail']),
      { ...result('three', ['fail']), expected: 'fail' as const },
      result('four', ['skip']),
      result('five', ['broken']),
    ];
    assert.deepEqual(
      regressions(results).map(({ name }) => name),
      ['two', 'five'],
    );
  });

  test('the updated file fits the run, keeps reasons, and what was not run', () => {
    const list = known({ 'one/a': 'mine', 'one/b': 'old', whole: 'mine', elsewhere: 'kept', deleted: 'x' });
    const run = {
      cases: [
        result('one', ['fail', 'pass', 'fail']),
        result('whole', ['fail']),
        result('own', ['pass'], 'status 1'),
      ],
    };
    const updated = updateExpectations(list, run, new Set(['one', 'whole', 'own', 'elsewhere']));
    assert.deepEqual(Object.fromEntries(updated), {
      elsewhere: 'kept',
      'one/a': 'mine',
      'one/c': 'fail: two; natively one',
      own: 'fail: status 1',
      whole: 'mine',
    });
    for (const entry of run.cases) assert.equal(expectation(updated, entry).expected, 'fail', entry.name);
    assert.deepEqual(improvements(updated, run.cases), []);
  });
});
