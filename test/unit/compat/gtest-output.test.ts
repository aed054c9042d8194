import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterOf, parseGtestList, portions } from '../../../compat/gtest/list.js';
import { GtestReader } from '../../../compat/gtest/output.js';
import { settle } from '../../../compat/gtest/settle.js';

function read(names: readonly string[], lines: readonly string[]): GtestReader {
  const reader = new GtestReader(names);
  for (const byte of Buffer.from(lines.join('\n'))) reader.push(Buffer.of(byte));
  reader.end();
  return reader;
}

const ended = { status: 0, timedOut: false, stderr: '' };

test('a list: suites, tests, remarks, disabled ones, and what the program prints itself', () => {
  const tests = parseGtestList(`Running main() from gtest_main.cc
Plain.
  Passes
  DISABLED_Later
Typed/0.  # TypeParam = std::pair<int, char>
  Size
From-0/Numbers.
  Small/a-b  # GetParam() = (1, "x  # y")
  Small/1
DISABLED_Suite.
  Any
It is done.
  not a test, a sentence
`);
  assert.deepEqual(
    tests.map(({ name, disabled }) => (disabled ? `(${name})` : name)),
    [
      'Plain.Passes',
      '(Plain.DISABLED_Later)',
      'Typed/0.Size',
      'From-0/Numbers.Small/a-b',
      'From-0/Numbers.Small/1',
      '(DISABLED_Suite.Any)',
    ],
  );
  assert.deepEqual(parseGtestList('hello\n  world\n'), []);
});

test('filters: odd characters stand for any one, portions are bounded in number and length', () => {
  assert.equal(filterOf(['A.b', 'From-0/N.x:y*']), 'A.b:From?0/N.x?y?');
  assert.deepEqual(
    portions(['a', 'b', 'c', 'd', 'e'], 2).map((part) => part.length),
    [2, 2, 1],
  );
  const long = Array.from({ length: 100 }, (_, index) => `S.${'x'.repeat(2000)}${index}`);
  const parts = portions(long, 50);
  assert.deepEqual(parts.flat(), long);
  assert.ok(parts.every((part) => filterOf(part).length < 128 * 1024 - 1));
  assert.deepEqual(portions([], 2), []);
});

test('verdicts in the midst of other output', () => {
  const names = ['A.pass', 'A.fail', 'A.skip', 'P/A.val/0'];
  const reader = read(names, [
    '[ RUN      ] A.pass',
    'half a line[       OK ] A.pass (12 ms)',
    '[ RUN      ] A.fail',
    '[  FAILED  ] A.pass (0 ms)',
    '[       OK ] A.fail2 (0 ms)',
    'a.cc:1: Failure',
    '\x1b[0;31m[  FAILED  ] \x1b[mA.fail (3 ms)',
    '[ RUN      ] A.skip',
    '[  SKIPPED ] A.skip (0 ms)',
    '[ RUN      ] P/A.val/0',
    '[  FAILED  ] P/A.val/0, where GetParam() = (1, 2) (7 ms)',
    '[==========] 4 tests from 2 test suites ran. (22 ms total)',
    '[  FAILED  ] A.fail',
    '[  FAILED  ] A.pass',
  ]);
  assert.deepEqual(
    [...reader.results].map(([name, { verdict, milliseconds }]) => `${name} ${verdict} ${milliseconds}`),
    ['A.pass pass 12', 'A.fail fail 3', 'A.skip skip 0', 'P/A.val/0 fail 7'],
  );
  assert.match(reader.results.get('A.fail')!.words, /a\.cc:1: Failure/);
  assert.ok(reader.finished);
  assert.deepEqual(settle(names, reader, { ...ended, status: 1 }).end, undefined);
});

test('a run that ends in a test blames that one and leaves the others for the next run', () => {
  const names = ['A.one', 'A.two', 'A.three'];
  const reader = read(names, [
    '[ RUN      ] A.one',
    '[       OK ] A.one (0 ms)',
    '[ RUN      ] A.two',
    'last wo',
  ]);
  const cases: [end: Partial<typeof ended>, outcome: string, words: RegExp][] = [
    [{ status: 139 }, 'crash', /signal 11.*\nlast wo/],
    [{ status: 0 }, 'crash', /exited with status 0/],
    [{ timedOut: true }, 'timeout', /time limit/],
  ];
  for (const [end, outcome, words] of cases) {
    const settled = settle(names, reader, { ...ended, ...end });
    assert.deepEqual(
      settled.outcomes.map((entry) => `${entry.name} ${entry.outcome}`),
      ['A.one pass', `A.two ${outcome}`],
    );
    assert.match(settled.outcomes[1]!.detail, words);
    assert.deepEqual(settled.rest, ['A.three']);
    assert.equal(settled.end, undefined);
  }
});

test('a run that ends between tests blames none; one that ends badly after them is told apart', () => {
  const before = settle(['A.one'], read(['A.one'], ['hello']), { ...ended, status: 134 });
  assert.deepEqual([before.progress, before.rest], [false, ['A.one']]);
  const lines = [
    '[ RUN      ] A.one',
    '[       OK ] A.one (0 ms)',
    '[==========] 1 test from 1 test suite ran. (0 ms total)',
  ];
  const after = settle(['A.one', 'A.gone'], read(['A.one', 'A.gone'], lines), { ...ended, status: 139 });
  assert.equal(after.end?.outcome, 'crash');
  assert.deepEqual(
    after.outcomes.map((entry) => `${entry.name} ${entry.outcome}`),
    ['A.one pass', 'A.gone broken'],
  );
  assert.equal(settle(['A.one'], read(['A.one'], lines), { ...ended, status: 1 }).end?.outcome, 'fail');
  assert.equal(settle(['A.one'], read(['A.one'], lines), ended).end, undefined);
});
