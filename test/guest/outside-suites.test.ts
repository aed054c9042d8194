/** Suites that others have written, under the host's kernel and in the sandbox. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { compile } from '../../compat/compile.js';
import { runGtest } from '../../compat/gtest/suite.js';
import { runLtp, selectLtp } from '../../compat/ltp/suite.js';
import { openLtpTree } from '../../compat/ltp/tree.js';
import type { CaseResult } from '../../compat/model.js';
import { Journal } from '../../compat/outside/journal.js';
import { createTarget } from '../../compat/targets/create.js';
import { hanging, makeLtpTree, processesWith, segmentSize, staying } from '../support/ltp-tree.js';
import { testRoot } from '../support/paths.js';
import { scratchDirectory, withScratch } from '../support/run.js';
import { missing, requireTvisor } from '../support/tools.js';

// Directories of its own for this process, so that what is left in them is nobody else's.
process.env['TMPDIR'] = scratchDirectory('outside');
chmodSync(tmpdir(), 0o755);

const everything = { names: [], calls: [], skip: [] };

/** A target that works here, or undefined after the test was skipped. */
async function target(t: TestContext, name: 'native' | 'tvisor') {
  if (name === 'tvisor' && !requireTvisor(t)) return undefined;
  return createTarget({ name, words: undefined });
}

/** What is left in the directories of single tests. */
function leftovers(): string[] {
  const own = readdirSync(tmpdir()).filter((name) => name.startsWith('tvisor-scratch-ltp-'));
  return own.flatMap((name) => readdirSync(join(tmpdir(), name)));
}

/** Name and outcome, and what else an entry must say. */
const ltpExpectations: Record<string, { outcome: string; counts?: Record<string, number>; detail?: RegExp }> =
  {
    access01: { outcome: 'pass', counts: { TPASS: 2, TFAIL: 0 } },
    access02: { outcome: 'fail', counts: { TFAIL: 1 }, detail: /arguments: -i 1/ },
    dup201: { outcome: 'broken', counts: { TBROK: 1 }, detail: /no device/ },
    fork01: { outcome: 'skip', counts: { TCONF: 1 }, detail: /not on this machine/ },
    fork02: { outcome: 'crash', detail: /signal 11/ },
    hang01: { outcome: 'timeout', counts: { TPASS: 1 }, detail: /time limit/ },
    stay01: { outcome: 'pass', counts: { TPASS: 1 } },
    big01: { outcome: 'pass', counts: { TPASS: 19999 } },
    shell01: { outcome: 'pass', counts: { TPASS: 1 } },
    place01: { outcome: 'pass', counts: { TPASS: 1 } },
    ipc01: { outcome: 'pass', counts: { TPASS: 1 } },
    gone01: { outcome: 'skip', detail: /not built/ },
  };

function checkLtp(results: readonly CaseResult[]): void {
  for (const [name, { outcome, counts = {}, detail }] of Object.entries(ltpExpectations)) {
    const result = results.find((entry) => entry.name === name);
    assert.equal(result?.outcome, outcome, `${name}: ${result?.checks[0]?.detail}`);
    for (const [word, count] of Object.entries(counts)) {
      assert.equal(result.counts[word], count, `${name}: ${word}`);
    }
    if (detail) assert.match(result.checks[0]!.detail, detail, name);
    assert.equal(result.checks.length, 1);
  }
}

for (const name of ['native', 'tvisor'] as const) {
  test(`a Linux Test Project tree under ${name}: outcomes, counts, and nothing is left`, async (t) => {
    const under = await target(t, name);
    if (under === undefined) return;
    await withScratch('tree', async (directory) => {
      chmodSync(directory, 0o755);
      makeLtpTree(directory);
      const tree = openLtpTree(directory);
      const entries = selectLtp(tree, ['syscalls'], { ...everything, skip: ['stime*'] });
      let reported = 0;
      const results = await runLtp(under, entries, {
        tree,
        timeout: 4000,
        jobs: 2,
        harmful: false,
        onCase: () => void reported++,
      });
      checkLtp(results);
      assert.equal(reported, entries.length);
      assert.deepEqual(
        results.map((entry) => entry.name),
        entries.map((entry) => entry.name),
      );
      assert.deepEqual(processesWith(hanging), []);
      assert.deepEqual(processesWith(staying), []);
      // Others on the machine may have segments of their own.
      assert.ok(
        !readFileSync('/proc/sysvipc/shm', 'latin1').split(/\s+/).includes(String(segmentSize)),
        'segment',
      );
      assert.ok(process.getuid?.() !== 0 || !existsSync('/dev/shm/ltp-tree-test'), '/dev/shm');
      assert.deepEqual(leftovers(), []);
    });
  });
}

test('what harms the machine is not given to its kernel unasked, and is to a sandbox', async (t) => {
  const native = await target(t, 'native');
  await withScratch('tree', async (directory) => {
    makeLtpTree(directory);
    const tree = openLtpTree(directory);
    const entries = selectLtp(tree, ['syscalls'], { ...everything, calls: ['settimeofday'] });
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['stime01'],
    );
    const options = { tree, timeout: 10_000, jobs: 1, onCase: () => undefined };
    const outcome = async (harmful: boolean): Promise<string | undefined> =>
      (await runLtp(native!, entries, { ...options, harmful }))[0]?.outcome;
    assert.equal(await outcome(false), 'skip');
    assert.equal(await outcome(true), 'pass');
  });
});

test('a journal: finished entries are not run again, others are, and names are told apart by file', async (t) => {
  const native = await target(t, 'native');
  await withScratch('tree', async (directory) => {
    makeLtpTree(directory);
    const tree = openLtpTree(directory);
    const run = async (names: string[]): Promise<string[]> => {
      const journal = Journal.open(join(directory, 'journal'), 'ltp');
      const results = await runLtp(native!, selectLtp(tree, ['syscalls', 'more'], { ...everything, names }), {
        tree,
        timeout: 10_000,
        jobs: 1,
        harmful: false,
        journal,
        onCase: () => undefined,
      });
      journal.close();
      return results.map((entry) => `${entry.name} ${entry.outcome}`);
    };
    assert.deepEqual(await run(['*access01']), ['access01 pass', 'more:access01 pass']);
    // What is run now fails: what was found before stays.
    writeFileSync(join(directory, 'testcases', 'bin', 'access01'), '#!/bin/sh\nexit 1\n');
    assert.deepEqual(await run(['*access01', 'more01']), [
      'access01 pass',
      'more:access01 pass',
      'more01 fail',
    ]);
  });
});

const gtestExpectations: Record<string, [outcome: string, detail?: RegExp]> = {
  'samples:Plain.Passes': ['pass'],
  'samples:Plain.FailsAndSaysWhy': ['fail', /one is not two/],
  'samples:Plain.DISABLED_NotYet': ['skip'],
  'samples:Plain.Skips': ['skip', /nothing to try here/],
  'samples:Noise.HalfLineBeforeTheEnd': ['pass'],
  'samples:Noise.SaysThatOthersFailed': ['pass'],
  'samples:Noise.Bytes': ['pass'],
  'samples:From_0/Numbers.AreSmall/n1': ['pass'],
  'samples:From_0/Numbers.AreSmall/n2': ['fail', /2 vs 2/],
  'samples:Numbers.AreSmall/0': ['pass'],
  'samples:Typed/1.HasASize': ['pass'],
  'samples:SampleDeathTest.Dies': ['pass'],
  'samples:Ends.WithASignal': ['crash', /signal 11 in this test/],
  'samples:Ends.WithExit': ['crash', /status 0 in this test/],
  'samples:Ends.Never': ['timeout'],
  'samples:Ends.WithAChildThatStays': ['pass'],
  'samples:Ends.Well': ['pass'],
  'bad-end:Ends.Well': ['pass'],
  'bad-end:(end)': ['fail', /status 23/],
  'no-start:Plain.Passes': ['crash', /signal 6 before the first test/],
  'no-list': ['crash', /cannot list its tests/],
  script: ['skip', /no gtest/],
  true: ['skip', /no gtest/],
};

for (const name of ['native', 'tvisor'] as const) {
  test(`gtest binaries under ${name}: every test by itself, whatever the others do`, async (t) => {
    if (!existsSync('/usr/include/gtest/gtest.h')) return void missing(t, 'not installed: libgtest-dev');
    const under = await target(t, name);
    if (under === undefined) return;
    const source = join(testRoot, 'support', 'gtest-samples.cc');
    const samples = await compile(source, { compiler: 'g++', libs: ['-lgtest', '-lpthread'] });
    await withScratch('gtest', async (directory) => {
      chmodSync(directory, 0o755);
      for (const role of ['samples', 'no-list', 'no-start', 'bad-end']) {
        copyFileSync(samples, join(directory, role));
      }
      copyFileSync('/bin/true', join(directory, 'true'));
      writeFileSync(join(directory, 'script'), '#!/bin/sh\necho "I am no test"\n');
      chmodSync(join(directory, 'script'), 0o755);
      mkdirSync(join(directory, 'data'));
      const run = (shard?: { index: number; count: number }): Promise<CaseResult[]> =>
        runGtest(under, {
          directory,
          selection: everything,
          timeout: 3000,
          jobs: 2,
          onCount: () => undefined,
          onCase: () => undefined,
          ...(shard ? { shard } : {}),
        });
      const results = await run();
      for (const [test, [outcome, detail]] of Object.entries(gtestExpectations)) {
        const result = results.find((entry) => entry.name === test);
        assert.equal(result?.outcome, outcome, `${test}: ${result?.checks[0]?.detail}`);
        if (detail) assert.match(result.checks[0]!.detail, detail, test);
      }
      if (name === 'tvisor') return;
      const shards = [...(await run({ index: 1, count: 2 })), ...(await run({ index: 2, count: 2 }))];
      // Files that are no gtests are seen by every shard.
      assert.deepEqual(
        new Set(shards.map((entry) => entry.name)),
        new Set(results.map((entry) => entry.name)),
      );
    });
  });
}
