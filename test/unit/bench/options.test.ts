/** The command line of the benchmarks, their history on disk and their words about noise. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { loadRun, saveRun } from '../../../bench/history.js';
import { NoiseMeter, noiseWarnings } from '../../../bench/noise.js';
import { parseOptions, UsageError } from '../../../bench/options.js';
import { allRows } from '../../../bench/rows.js';
import { withScratch } from '../../support/run.js';
import { makeRun } from './fake-run.js';

test('without options: ten rounds of everything, kept', () => {
  const options = parseOptions([]);
  assert.equal(options?.rounds, 10);
  assert.equal(options?.rows.length, allRows.length);
  assert.equal(options?.targets, undefined);
  assert.equal(options?.pin, undefined);
  assert.equal(options?.save, true);
  assert.equal(options?.leastChange, 0.05);
});

test('options are understood', () => {
  const line =
    '--rounds 3 --duration 7 --rows fork,memory --targets native,runsc --pin 1 --against last --fail-on-worse --least-change 2.5 --no-save --json x --target crun --target mine=box';
  const options = parseOptions(line.split(' '));
  assert.deepEqual(
    options?.rows.map((row) => row.name),
    ['mmap', 'mmap-file', 'brk', 'fork'],
  );
  assert.deepEqual([...(options?.targets ?? [])], ['native', 'runsc']);
  assert.deepEqual(
    [options?.rounds, options?.duration, options?.pin, options?.leastChange],
    [3, 7, 1, 0.025],
  );
  assert.deepEqual(
    [options?.against, options?.failOnWorse, options?.save, options?.json],
    ['last', true, false, 'x'],
  );
  assert.deepEqual(options?.others, [
    { name: 'crun', words: undefined },
    { name: 'mine', words: ['box'] },
  ]);
  assert.equal(parseOptions(['--help']), undefined);
});

test('mistakes are usage errors', () => {
  const mistakes = [
    '--rounds 0',
    '--rounds 1.5',
    '--rounds 0x10',
    '--duration -1',
    '--pin x',
    '--rows nothing',
    '--targets nothing',
    '--target a|b',
    '--target a=',
    '--nonsense',
    'operand',
    '--rounds',
    '--least-change lots',
    '--fail-on-worse',
    '--current x',
  ];
  for (const line of mistakes) {
    assert.throws(() => parseOptions(line.split(' ')), UsageError, line);
  }
});

test('row names are unique, and no family has the name of a row', () => {
  const names = allRows.map((row) => row.name);
  assert.equal(new Set(names).size, names.length);
  assert.ok(allRows.every((row) => !names.includes(row.family)));
});

test('runs are kept and found again', () =>
  withScratch('history', async (directory) => {
    const run = makeRun([{ row: 'a', target: 'tvisor', iterations: 2, samples: [1.5] }]);
    assert.equal(basename(saveRun(run, undefined, directory)), 'micro-20260102T030405-0123456.json');
    const later = { ...run, started: '2026-01-02T03:04:06.000Z', commit: { id: '', dirty: false } };
    saveRun(later, undefined, directory);
    saveRun({ ...run, kind: 'kernel', started: '2027-01-01T00:00:00.000Z' }, undefined, directory);
    assert.deepEqual(loadRun('last', 'micro', directory), later);
    const file = saveRun({ ...run, kind: 'kernel' }, join(directory, 'new', 'file.json'));
    assert.throws(() => loadRun(file, 'micro'), /a run of kernel, not of micro/);
    writeFileSync(file, 'null');
    assert.throws(() => loadRun(file, 'micro'), /not a run/);
    assert.throws(() => loadRun('last', 'micro', join(directory, 'none')), /no earlier run/);
  }));

test('a quiet machine has no warnings, a loud one has one for each reason', () => {
  const quiet = {
    spins: [],
    spread: 0.001,
    range: 0.02,
    steal: 0,
    preemptions: 1,
    load: { before: 0.1, after: 4 },
  };
  assert.deepEqual(noiseWarnings(quiet, 2), []);
  const loud = { ...quiet, spread: 0.2, steal: 0.1, preemptions: 300, load: { before: 5, after: 5 } };
  assert.equal(noiseWarnings(loud, 2).length, 4);
});

test('the meter counts what it times', () => {
  const meter = new NoiseMeter();
  meter.sample();
  meter.sample();
  const noise = meter.report(2);
  assert.equal(noise.spins.length, 40);
  assert.ok(noise.spins.every((ms) => ms > 0));
  assert.ok(noise.spread >= 0 && noise.range >= noise.spread);
  assert.ok(noise.steal >= 0 && noise.steal <= 1);
});
