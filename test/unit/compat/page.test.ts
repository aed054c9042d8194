import assert from 'node:assert/strict';
import { test } from 'node:test';
import { staleness } from '../../../compat/page-file.js';
import { toCompatibilityPage, unfitForPage } from '../../../compat/report/page.js';
import { syscallTable } from '../../../syscalls/table.js';
import { caseResult, check, compatRun, target } from './sample.js';

const fine = [
  caseResult('file/opens', [check('a', 'openat'), check('b', 'openat close')]),
  caseResult('file/gap', [check('c', 'openat', 'fail', '+ x'), check('d', 'flock')], {
    expected: 'fail',
    reason: 'no such | thing',
  }),
];

test('the page has a row for each call, and the known gaps', () => {
  const page = toCompatibilityPage(compatRun([target('tvisor', fine)]));
  for (const { nr, name } of syscallTable) {
    assert.ok(page.includes(`\n| ${nr} | \`${name}\` | `), name);
  }
  assert.match(page, /\| 257 \| `openat` \| notify \| full \| 2\/3 \| /);
  assert.match(page, /\| 3 \| `close` \| notify \| full \| 1\/1 \| /);
  assert.match(page, /\| 0 \| `read` \| notify \| full \| {2}\| /);
  assert.match(page, /\| file\/gap \| c \| no such \\\| thing \|/);
  assert.match(page, /^2 cases with 4 checks about 3 of the \d+ calls: 3 pass, 1 are known gaps\./m);
});

test('the page does not depend on time, machine, versions or the order of results', () => {
  const one = compatRun([target('tvisor', fine)]);
  const cases = fine.toReversed().map((result) => ({ ...result, milliseconds: 7 }));
  const machine = { ...one.machine, cpu: 'Another', kernel: '9.9', load: 7 };
  const other = compatRun(
    [{ ...target('tvisor', cases), target: { name: 'tvisor', version: '9', command: 'x' } }],
    {
      machine,
      started: '2030-01-01T00:00:00Z',
      seconds: 1,
    },
  );
  assert.equal(toCompatibilityPage(other), toCompatibilityPage(one));
});

test('a run with surprises is not made into a page', () => {
  const unfit = (...targets: Parameters<typeof compatRun>[0]): string => unfitForPage(compatRun(targets));
  const failing = caseResult('file/flaky', [check('a', 'read', 'timeout')]);
  const better = caseResult('file/mended', [check('a', 'read')], { expected: 'fail', reason: 'was missing' });
  assert.equal(unfit(target('tvisor', fine)), '');
  assert.match(unfit(target('tvisor', [...fine, failing])), /should pass and did not: file\/flaky/);
  assert.match(unfit(target('tvisor', [...fine, better])), /listed as known gaps: file\/mended/);
  assert.match(unfit(target('tvisor', [], 'not built')), /not built/);
  assert.match(unfit(target('runc', fine)), /on tvisor alone/);
  assert.match(unfit(target('tvisor', fine), target('runc', fine)), /on tvisor alone/);
  assert.throws(() => toCompatibilityPage(compatRun([target('tvisor', [failing])])), /file\/flaky/);
});

test('a page that is not what a run gives says how to make it again', () => {
  const run = compatRun([target('tvisor', fine)]);
  const page = toCompatibilityPage(run);
  assert.equal(staleness(page, run), '');
  const words = staleness(page.replace('| 2/3 |', '| 1/3 |'), run);
  assert.match(words, /is stale/);
  assert.match(words, /^- \| 257 \| `openat` \| notify \| full \| 1\/3 \|/m);
  assert.match(words, /^\+ \| 257 \| `openat` \| notify \| full \| 2\/3 \|/m);
  assert.match(words, /`npm run docs:compat`/);
  assert.match(staleness(undefined, run), /does not exist/);
});
