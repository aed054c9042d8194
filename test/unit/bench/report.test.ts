/** The tables of the benchmarks, of made-up runs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHead, formatNoise, Results, ratiosTable, timesTable } from '../../../bench/report.js';
import { makeRun } from './fake-run.js';

const cell = (row: string, target: string, samples: number[], failed?: string) => ({
  row,
  target,
  iterations: 1,
  samples,
  ...(failed === undefined ? {} : { failed }),
});

const run = makeRun([
  cell('getppid', 'native', [100, 110, 120]),
  cell('getppid', 'bare-trap', [4000, 4100, 4200]),
  cell('getppid', 'tvisor', [5000, 5125, 9000]),
  cell('getppid', 'runsc-ptrace', [2e4, 3e4, 1e6]),
  cell('fork', 'native', [1e5, 1e5, 1e5]),
  cell('fork', 'tvisor', [1], 'Cannot allocate memory'),
]);

test('times have a median and a deviation in one unit, and nothing where there is nothing', () => {
  const [head = '', line = '', getppid = '', fork = ''] = timesTable(new Results(run)).split('\n');
  assert.match(head, /^time per operation.* native +bare-trap +tvisor +runsc-ptrace$/);
  assert.match(line, /^-+$/);
  assert.match(getppid, /^getppid +110 ns ±10\.0 {2}4\.10 us ±0\.10 {2}5\.13 us ±0\.13 {2}30\.0 us ±10\.0$/);
  assert.match(fork, /^fork +100 us ±0\.00 +- +- +-$/);
});

test('ratios are of medians, and tvisor is held against its limits', () => {
  const [, , getppid = '', fork = ''] = ratiosTable(new Results(run)).split('\n');
  assert.match(
    getppid,
    /^getppid +37\.3 +46\.6 +273 +1\.25 +7\.32 +1\.25 of 1\.25 bare-trap ok, 0\.17 of 1 runsc-ptrace ok$/,
  );
  assert.match(fork, /^fork +- +- +- +- +- +- of 1 runsc-ptrace \?$/);
});

test('--fastest shows the fastest parts', () => {
  const noisy = makeRun([{ ...cell('getppid', 'native', [900, 990, 950]), fastest: [101, 103, 102] }]);
  assert.match(timesTable(new Results(noisy)), /getppid +950 ns/);
  assert.match(timesTable(new Results(noisy, true)), /^fastest parts.*\n-+\ngetppid +102 ns ±1\.00$/);
});

test('failures are told by reason', () => {
  assert.deepEqual(new Results(run).failures(), ['tvisor: Cannot allocate memory: fork']);
});

test('the head says how it was taken, and shouts when the machine was too noisy', () => {
  assert.match(formatHead(run), /0123456, 2026-.*: 3 rounds, loops of 50 ms, not pinned/);
  assert.match(formatHead({ ...run, settings: { ...run.settings, pin: 1 } }), /all on processor 1/);
  assert.doesNotMatch(formatNoise(run.noise), /NOISY/);
  assert.match(formatNoise({ ...run.noise, warnings: ['loud'] }), /TOO NOISY.*\n {2}loud/);
});
