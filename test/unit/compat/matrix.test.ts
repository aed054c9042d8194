import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatGroups, groupFailures, signatureOf } from '../../../compat/report/groups.js';
import { type Cell, cellState, checksOf, computeMatrix, emptyCell } from '../../../compat/report/matrix.js';
import { syscallRows } from '../../../compat/report/syscall-rows.js';
import { caseResult, check, compatRun, hostileRun, sampleRun, target } from './sample.js';

function counts({ passed, failed, expected, notReached, skipped, total }: Cell): number[] {
  return [passed, failed, expected, notReached, skipped, total];
}

test('a check counts once for each call it is about', () => {
  const matrix = computeMatrix(sampleRun());
  const cells = (name: string): number[][] => (matrix.calls.get(name)?.cells ?? []).map(counts);
  // The columns are native, tvisor and runc, which was not run.
  const none = [0, 0, 0, 0, 0, 0];
  assert.deepEqual(cells('openat'), [[2, 0, 0, 0, 0, 2], [1, 1, 0, 0, 0, 2], none]);
  assert.deepEqual(cells('close'), [[1, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 1], none]);
  assert.deepEqual(cells('clone'), [[2, 0, 0, 0, 0, 2], [0, 1, 0, 1, 0, 2], none]);
  assert.deepEqual(cells('signalfd4'), [none, [0, 0, 1, 0, 0, 1], none]);
  assert.deepEqual(cells('timer_create'), [[1, 0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 0], none]);
  assert.equal(matrix.calls.has('read'), false);
});

test('a call that one check names twice is counted once', () => {
  const run = compatRun([
    target('a', [caseResult('file/x', [check('t', 'openat(O_CREAT) openat(O_EXCL)')])]),
  ]);
  assert.equal(computeMatrix(run).calls.get('openat')?.cells[0]?.total, 1);
});

test('families and features add up the same checks', () => {
  const matrix = computeMatrix(sampleRun());
  assert.deepEqual(
    matrix.families.map(({ name }) => name),
    ['file', 'process', 'signal', 'time'],
  );
  assert.deepEqual(counts(matrix.families[0]?.cells[1] ?? emptyCell()), [2, 1, 0, 0, 0, 3]);
  assert.deepEqual(
    matrix.tags.map(({ name, cells }) => [name, ...cells.map(cellState)]),
    [['efault', 'pass', 'skip', 'none']],
  );
});

test('totals tell what is unexpected from what is known', () => {
  const totals = computeMatrix(sampleRun()).totals[1];
  assert.ok(totals);
  assert.deepEqual(counts(totals.checks), [2, 2, 1, 1, 1, 6]);
  assert.deepEqual(totals.regressed, ['open_flags', 'clone_flags']);
  assert.deepEqual(totals.improved, ['old_gap']);
  assert.equal(totals.expectedCases, 1);
  assert.deepEqual([totals.coveredCalls, totals.passingCalls], [5, 1]);
  assert.deepEqual(
    [totals.cases.pass, totals.cases.fail, totals.cases.crash, totals.cases.skip],
    [1, 2, 1, 1],
  );
});

test('counts in the words of a suite are added', () => {
  const cases = [
    caseResult('ltp/a01', [], { counts: { TPASS: 2, TFAIL: 1 }, outcome: 'fail' }),
    caseResult('ltp/a02', [], { counts: { TPASS: 3 } }),
  ];
  const totals = computeMatrix(compatRun([target('t', cases)], { suite: 'ltp' })).totals[0];
  assert.deepEqual(Array.from(totals?.counts ?? []), [
    ['TPASS', 5],
    ['TFAIL', 1],
  ]);
  assert.deepEqual(counts(totals?.checks ?? emptyCell()), [1, 1, 0, 0, 0, 2]);
});

test('a case that fails although its checks pass is counted by itself', () => {
  const passed = caseResult('file/x', [check('t', 'read')], { outcome: 'timeout', detail: 'time limit' });
  assert.deepEqual(
    checksOf(passed).map(({ title, outcome, detail }) => [title, outcome, detail]),
    [
      ['t', 'pass', ''],
      ['the case as a whole', 'timeout', 'time limit'],
    ],
  );
  const failed = caseResult('file/x', [check('t', 'read', 'fail')], { outcome: 'timeout' });
  assert.equal(checksOf(failed).length, 1);
  assert.equal(checksOf({ ...failed, detail: 'printed more at its end' }).length, 2);
  const silent = caseResult('file/x', [check('t', 'read'), check('u', 'read', 'not-reached')]);
  assert.deepEqual(
    checksOf(silent).map(({ outcome }) => outcome),
    ['pass', 'not-reached', 'fail'],
  );
  assert.deepEqual(checksOf(caseResult('file/x', [], { outcome: 'skip', detail: 'no tool' })), [
    { title: 'x', calls: [], outcome: 'skip', detail: 'no tool' },
  ]);
});

test('the worst of a cell gives its state', () => {
  const state = (more: Partial<Cell>): string => cellState({ ...emptyCell(), ...more });
  assert.equal(state({}), 'none');
  assert.equal(state({ skipped: 1 }), 'skip');
  assert.equal(state({ skipped: 1, passed: 1 }), 'pass');
  assert.equal(state({ passed: 1, notReached: 1 }), 'not-reached');
  assert.equal(state({ passed: 1, notReached: 1, expected: 1 }), 'expected');
  assert.equal(state({ passed: 1, expected: 1, failed: 1 }), 'fail');
  assert.equal(state({ notReached: 1, failed: 1 }), 'broken');
});

test('rows are all calls of x86-64, and names that it does not have', () => {
  const rows = syscallRows(computeMatrix(hostileRun()));
  assert.equal(rows[0]?.name, 'read');
  assert.deepEqual(
    rows.filter(({ entry }) => entry === undefined).map(({ name }) => name.slice(0, 11)),
    ['</script><s', '__proto__', 'constructor'],
  );
});

test('failures are grouped by what they say', () => {
  assert.equal(
    signatureOf('+ open("/tmp/x.a1b2/f", 0x41) = 3 \x1b[31mEEXIST\x1b[0m'),
    'open("…", X) = N EEXIST',
  );
  assert.equal(
    signatureOf('open01.c:63: TFAIL: open(/a/b) failed: ENOENT (2)'),
    'TFAIL: open(/…) failed: ENOENT (N)',
  );
  const failing = (name: string, call: string, detail: string) =>
    caseResult(`file/${name}`, [check('t', call, 'fail', detail)]);
  const groups = groupFailures(
    target('t', [
      failing('a', 'read', '  same\n- read = 1\n+ read = 77'),
      failing('b', 'write', '+ read = 5'),
      failing('c', 'read', '+ read = 6'),
      failing('d', 'mount', 'mount: ENOSYS'),
      caseResult('file/e', [check('t', 'read')]),
    ]),
  );
  assert.deepEqual(
    groups.map(({ signature, call, checks, cases }) => [signature, call, checks, cases.join()]),
    [
      ['read = N', 'read', 3, 'a,b,c'],
      ['ENOSYS: mount', 'mount', 1, 'd'],
    ],
  );
  assert.deepEqual(formatGroups(groups, 1), ['    3  fail [read] read = N: a b c']);
});
