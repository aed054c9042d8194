import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LtpOutput, LtpReader } from '../../../compat/ltp/output.js';
import { judge } from '../../../compat/ltp/verdict.js';

function read(text: string, chunk = text.length): LtpOutput {
  const reader = new LtpReader();
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  return reader.end();
}

const newLibrary = `tst_test.c:2048: TINFO: LTP version: 20260529
access01.c:63: TPASS: access as root : EINVAL (22)
access01.c:70: TFAIL: access() succeeded
tst_test.c:100: TBROK: mount(): EPERM (1)

Summary:
passed   1
failed   1
broken   1
skipped  0
warnings 0
`;

test('the new library: the summary agrees with the lines and nothing is counted twice', () => {
  for (const chunk of [1, 7, 10_000]) {
    const output = read(newLibrary, chunk);
    assert.deepEqual(output.counts, { TPASS: 1, TFAIL: 1, TBROK: 1, TCONF: 0, TWARN: 0 });
    assert.deepEqual(output.failures, ['TFAIL: access() succeeded', 'TBROK: mount(): EPERM (1)']);
  }
});

test('the new library in colours, without a summary, behind half a line', () => {
  const output = read(
    'half a line x.c:1: \x1b[1;32mTPASS: \x1b[0mfine\nx.c:2: \x1b[1;33mTCONF: \x1b[0mno such device\n',
  );
  assert.deepEqual(output.counts, { TPASS: 1, TFAIL: 0, TBROK: 0, TCONF: 1, TWARN: 0 });
  assert.equal(output.skipped, 'no such device');
});

test('the old library and its shell functions', () => {
  const output = read(`fork07    0  TINFO  :  Forking 100 children
fork07      1  TPASS  :  all is well
fork07      2  TFAIL  :  fork07.c:50: TEST_ERRNO=ENOSYS(38): Function not implemented
fork07      3  TBROK|TERRNO  :  fork07.c:51: cannot
mkdir_sh 1 TCONF: no mkfs here
mkdir_sh 1 TWARN: still mounted
`);
  assert.deepEqual(output.counts, { TPASS: 1, TFAIL: 1, TBROK: 1, TCONF: 1, TWARN: 1 });
});

test('every summary of a script is for the lines before it, and the last lines count without one', () => {
  const part = 'a.c:1: TPASS: x\n\nSummary:\npassed   3\nfailed   0\nbroken   0\nskipped  1\nwarnings 0\n';
  assert.deepEqual(read(`${part}${part}b.c:1: TPASS: y\n`).counts, {
    TPASS: 7,
    TFAIL: 0,
    TBROK: 0,
    TCONF: 2,
    TWARN: 0,
  });
});

test('words that only look like verdicts are none', () => {
  const output = read('TPASS\nI said TFAIL: no\n  TBROK: x\npassed   9\nx.c:12: TINFO: TFAIL is a word\n');
  assert.deepEqual(Object.values(output.counts), [0, 0, 0, 0, 0]);
});

test('an output of many megabytes, with lines as long, stays small and is counted to its end', () => {
  const reader = new LtpReader();
  const block = Buffer.alloc(1 << 20, 'x');
  for (let i = 0; i < 64; i++) reader.push(block);
  reader.push(Buffer.from('\n'));
  const failures = Buffer.from('a.c:1: TFAIL: again\n'.repeat(1000));
  for (let i = 0; i < 50; i++) reader.push(failures);
  const output = reader.end();
  assert.equal(output.counts.TFAIL, 50_000);
  assert.equal(output.failures.length, 20);
  assert.ok(output.tail.length < 10_000);
});

const pass = 'a.c:1: TPASS: x\n';
const conf = 'a.c:2: TCONF: not here\n';
const cases: [name: string, text: string, status: number, outcome: string][] = [
  ['passed', pass, 0, 'pass'],
  ['silent, status 0', '', 0, 'pass'],
  ['skipped', conf, 32, 'skip'],
  ['skipped in part', pass + conf, 0, 'pass'],
  ['failed by its lines though it says 0', `${pass}a.c:1: TFAIL: no\n`, 0, 'fail'],
  ['failed by its status though it printed no failure', pass, 1, 'fail'],
  ['broken', 'a.c:1: TBROK: no\n', 2, 'broken'],
  ['failed and broken', 'a.c:1: TBROK: no\n', 3, 'fail'],
  ['warned', `${pass}a.c:1: TWARN: hm\n`, 4, 'broken'],
  ['ended by a signal', pass, 139, 'crash'],
  ['the sandbox itself failed', pass, 128, 'crash'],
  ['not to be executed', '', 127, 'broken'],
  ['a status that is not of the library', pass, 64, 'fail'],
];
for (const [name, text, status, outcome] of cases) {
  test(`verdict: ${name}`, () => {
    const verdict = judge(read(text), { status, timedOut: false });
    assert.equal(verdict.outcome, outcome);
    assert.equal(verdict.detail === '', outcome === 'pass');
  });
}

test('verdict: the time limit outweighs all that was said', () => {
  assert.equal(judge(read(pass), { status: 137, timedOut: true }).outcome, 'timeout');
});
