import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge, type Run, worst } from '../../../compat/attribute.js';
import { parseCalls, parseHeader, splitOutput } from '../../../compat/sections.js';

const entry = { name: 'sample', covers: ['openat', 'close'] };

function run(stdout: string, rest: Partial<Run> = {}): Run {
  return { status: 0, stdout, stderr: '', timedOut: false, tooMuch: false, ...rest };
}

/** A section for each letter: `a` is about umask, `b` about openat ... */
const calls: Record<string, string> = { a: 'umask', b: 'openat(O_EXCL)', c: 'stat lstat' };
const section = (title: string, text: string): string => `@@ ${calls[title]}: ${title}\n${text}\n`;
const native = run(`start\n${section('a', '1')}${section('b', '2')}${section('c', '3')}`);

/** Outcomes of the case and of its checks, as one word. */
function outcomes(other: Run, oracle = native): string {
  const { outcome, checks } = judge(entry, oracle, other);
  return [outcome, ...checks.map((check) => `${check.title}=${check.outcome}`)].join(' ');
}

describe('sections', () => {
  test('calls with and without details', () => {
    assert.deepEqual(parseCalls('openat(O_CREAT|O_EXCL) stat  fcntl(F_SETLK, F_GETLK)'), [
      { name: 'openat', detail: 'O_CREAT|O_EXCL' },
      { name: 'stat', detail: '' },
      { name: 'fcntl', detail: 'F_SETLK, F_GETLK' },
    ]);
    for (const wrong of ['', ' ', 'openat(', 'openat)', 'Open', 'a(b)c', 'a, b']) {
      assert.equal(parseCalls(wrong), undefined, wrong);
    }
  });

  test('a header ends at the first colon outside of parentheses', () => {
    assert.deepEqual(parseHeader('@@ read(a: b): title: with a colon'), {
      calls: [{ name: 'read', detail: 'a: b' }],
      title: 'title: with a colon',
    });
    for (const wrong of ['@@ read', '@@ read: ', '@@: title', '@@ two words, comma: title', ' @@ read: x']) {
      assert.equal(parseHeader(wrong), undefined, wrong);
    }
  });

  test('output is split, and nothing of it is lost', () => {
    const split = splitOutput('before\n@@ read: one\nx\n@@ no header\n@@ write: two\ny');
    assert.equal(split.before, 'before\n');
    assert.deepEqual(
      split.sections.map(({ title, text }) => [title, text]),
      [
        ['one', 'x\n@@ no header\n'],
        ['two', 'y'],
      ],
    );
  });
});

describe('attribution', () => {
  test('the same output passes', () => assert.equal(outcomes(native), 'pass a=pass b=pass c=pass'));

  test('only the section that differs fails', () => {
    const other = run(`start\n${section('a', '1')}${section('b', 'X')}${section('c', '3')}`);
    assert.equal(outcomes(other), 'fail a=pass b=fail c=pass');
    const [, failed] = judge(entry, native, other).checks;
    assert.deepEqual(failed?.calls, [{ name: 'openat', detail: 'O_EXCL' }]);
    assert.equal(failed?.detail, '- 2\n+ X');
  });

  test('a crash and a time-out belong to the section begun last, the rest was not reached', () => {
    const begun = `start\n${section('a', '1')}@@ openat(O_EXCL): b\n`;
    assert.equal(outcomes(run(begun, { status: 139 })), 'crash a=pass b=crash c=not-reached');
    assert.equal(
      outcomes(run(begun, { status: 137, timedOut: true })),
      'timeout a=pass b=timeout c=not-reached',
    );
    assert.equal(outcomes(run(begun, { status: 143, tooMuch: true })), 'crash a=pass b=crash c=not-reached');
  });

  test('a program that leaves early fails in the section it left', () => {
    const other = run(`start\n${section('a', '1')}${section('b', '2')}`, { status: 99 });
    assert.equal(outcomes(other), 'fail a=pass b=fail c=not-reached');
  });

  test('another exit status or standard error counts for the last section if all are the same', () => {
    assert.equal(outcomes(run(native.stdout, { status: 1 })), 'fail a=pass b=pass c=fail');
    assert.equal(outcomes(run(native.stdout, { stderr: 'oh' })), 'fail a=pass b=pass c=fail');
    const other = run(native.stdout.replace('\n1\n', '\nX\n'), { status: 1 });
    assert.equal(outcomes(other), 'fail a=fail b=pass c=pass');
    assert.match(judge(entry, native, other).detail, /exit status 1 instead of 0/);
  });

  test('what stands before the first check is the case alone', () => {
    const other = run(native.stdout.replace('start', 'begin'));
    assert.equal(outcomes(other), 'fail a=pass b=pass c=pass');
    assert.equal(judge(entry, native, other).detail, '- start\n+ begin');
  });

  test('nothing at all', () => {
    const missing = 'a=not-reached b=not-reached c=not-reached';
    assert.equal(outcomes(run('', { status: 1, stderr: 'cannot start' })), `fail ${missing}`);
    assert.equal(outcomes(run('', { status: 137, timedOut: true })), `timeout ${missing}`);
    assert.match(judge(entry, native, run('', { status: 1, stderr: 'cannot start' })).detail, /cannot start/);
  });

  test('sections that are not there natively', () => {
    const other = run(`${native.stdout}${section('a', '1')}@@ read: extra\n`);
    assert.equal(outcomes(other), 'fail a=pass b=pass c=pass');
    assert.match(judge(entry, native, other).detail, /extra/);
  });

  test('a case without checks is one check of what it covers', () => {
    const { checks, outcome } = judge(entry, run('x\n'), run('y\n', { status: 3 }));
    assert.equal(outcome, 'fail');
    assert.deepEqual(
      checks.map((check) => check.calls.map(({ name }) => name)),
      [['openat', 'close']],
    );
    assert.match(checks[0]?.detail ?? '', /exit status 3 instead of 0\n- x\n\+ y/);
    assert.equal(outcomes(run('x\n'), run('x\n')), 'pass sample=pass');
    assert.equal(outcomes(run('x\n', { status: 139 }), run('x\n')), 'crash sample=crash');
  });

  test('a native run that does not work is broken for everybody', () => {
    const all = 'a=broken b=broken c=broken';
    assert.equal(outcomes(native, { ...native, status: 99 }), `broken ${all}`);
    assert.equal(outcomes(native, { ...native, timedOut: true }), `broken ${all}`);
    assert.equal(outcomes({ ...native, status: 139 }, { ...native, status: 139 }), `broken ${all}`);
    const twice = run(`${section('a', '1')}${section('a', '2')}`);
    assert.match(judge(entry, twice, twice).detail, /not unique: a/);
    const unknown = run('@@ mkfifo: a\n');
    assert.match(judge(entry, unknown, unknown).detail, /no system call: mkfifo/);
  });

  test('dying by the same signal is the same', () => {
    const dying = { ...native, status: 140 };
    assert.equal(outcomes(dying, dying), 'pass a=pass b=pass c=pass');
  });

  test('the worst of outcomes', () => {
    assert.equal(worst([]), 'pass');
    assert.equal(worst(['pass', 'skip', 'fail', 'not-reached']), 'fail');
    assert.equal(worst(['timeout', 'crash', 'broken']), 'crash');
  });
});
