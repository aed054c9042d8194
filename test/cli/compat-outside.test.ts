/** `tvisor compat --ltp` and `--gtest` as somebody types them; what the runners find out is tested in test/guest. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CompatRun } from '../../compat/model.js';
import { hanging, makeLtpTree, processesWith } from '../support/ltp-tree.js';
import { repoRoot } from '../support/paths.js';
import { withScratch } from '../support/scratch.js';
import { runCli } from './run-cli.js';

/** Run the command with a small tree; TMPDIR is the test's own. */
function withTree(
  body: (directory: string, compat: (...args: string[]) => ReturnType<typeof runCli>) => unknown,
) {
  return withScratch('tree', async (directory) => {
    makeLtpTree(directory);
    mkdirSync(join(directory, 'tmp'));
    const compat = (...args: string[]) =>
      runCli(['compat', '--ltp', directory, '--target', 'native', '--expected', directory, ...args], {
        TMPDIR: join(directory, 'tmp'),
      });
    await body(directory, compat);
  });
}

test('a run: table, counts, groups, JSON, exit status, and nothing left', () =>
  withTree((directory, compat) => {
    const json = join(directory, 'run.json');
    const { status, stdout, stderr } = compat('--timeout', '3', '--skip', 'big*', '--json', json);
    assert.equal(stderr, '');
    assert.equal(status, 1);
    assert.match(stdout, /12 tests: 5 pass, 1 fail, 1 timeout, 1 crash, 1 broken, 3 skip \(TPASS 7, TFAIL 1/);
    assert.match(stdout, /native: broken dup201 {2}TBROK: no device/);
    assert.match(stdout, /largest groups of failures/);
    const run: CompatRun = JSON.parse(readFileSync(json, 'utf8'));
    assert.equal(run.suite, 'ltp');
    assert.deepEqual(run.targets[0]?.cases.map(({ name }) => name).slice(0, 3), [
      'access01',
      'access02',
      'dup201',
    ]);
    assert.deepEqual(run.targets[0]?.cases[2]?.checks[0]?.calls, [{ name: 'dup2', detail: 'dup201' }]);
    assert.deepEqual(readdirSync(join(directory, 'tmp')), []);
    const again = compat('--from', json);
    assert.equal(again.status, 1);
    assert.match(again.stdout, /12 tests: 5 pass/);
  }));

test('what is listed as failing does not count, and is said when it passes', () =>
  withTree((directory, compat) => {
    writeFileSync(join(directory, 'native.json'), '{"access02": "a gap", "access01": "another"}');
    const { status, stdout } = compat('access*');
    assert.equal(status, 0);
    assert.match(stdout, /1 tests fail as expected/);
    assert.match(stdout, /improved: access01/);
  }));

test('selection by name, call, file, shard and list of skips', () =>
  withTree((directory, compat) => {
    writeFileSync(join(directory, 'skips'), '# not now\nhang*\nbig01\n');
    const list = (...args: string[]): string[] =>
      compat('--list', ...args)
        .stdout.trim()
        .split('\n');
    assert.deepEqual(list('acc*1'), ['syscalls/access01: access']);
    assert.deepEqual(list('--call', 'dup2'), ['syscalls/dup201: dup2']);
    assert.deepEqual(list('--ltp-file', 'more'), ['more/access01: access', 'more/more01:']);
    assert.equal(list().length, 13);
    assert.equal(list('--skip', `@${join(directory, 'skips')}`).length, 11);
    const shards = ['1/3', '2/3', '3/3'].flatMap((shard) => list('--shard', shard));
    assert.deepEqual(shards.sort(), list().sort());
  }));

test('options that do not fit are refused with one line', () =>
  withTree((directory, compat) => {
    const refused: [args: string[], words: RegExp][] = [
      [['compat', '--shard', '1/2'], /--shard: only with --ltp or --gtest/],
      [['compat', '--gtest', directory, '--harmful'], /--harmful: only with --ltp/],
      [['compat', '--gtest', directory, '--ltp', directory], /--gtest: not together with --ltp/],
      [['compat', '--ltp', '/etc'], /no directory 'runtest'/],
      [['compat', '--gtest', join(directory, 'runtest')], /no executable files/],
      [
        ['compat', '--gtest', directory, '--target', 'native', '--timeout', '1', 'nosuch'],
        /'nosuch': no binary and no test/,
      ],
    ];
    for (const [args, words] of refused) {
      const { status, stderr } = runCli(args);
      assert.equal(status, 128);
      assert.match(stderr, words);
      assert.equal(stderr.trim().split('\n').length, 1);
    }
    for (const [args, words] of [
      [['nosuch*'], /'nosuch\*': no entry/],
      [['--ltp-file', 'nosuch'], /has no file 'nosuch'/],
      [['--family', 'file'], /--family: only for the cases/],
      [['--shard', '3/2'], /expected I\/N/],
    ] as [string[], RegExp][]) {
      const { status, stderr } = compat(...args);
      assert.equal(status, 128);
      assert.match(stderr, words);
    }
  }));

test('killed at any moment, a run leaves no process and goes on from its journal', () =>
  withTree(async (directory, compat) => {
    const journal = join(directory, 'journal');
    const args = ['compat', '--ltp', directory, '--target', 'native', '--resume', journal, '--jobs', '1'];
    const first = spawn(join(repoRoot, 'bin', 'tvisor'), [...args, '--timeout', '60'], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: join(directory, 'tmp') },
    });
    const ended = once(first, 'exit');
    const deadline = Date.now() + 30_000;
    while (processesWith(hanging).length === 0 && Date.now() < deadline) await sleep(50);
    first.kill('SIGKILL');
    await ended;
    while (processesWith(hanging).length > 0 && Date.now() < deadline) await sleep(50);
    assert.deepEqual(processesWith(hanging), []);
    const finished = readFileSync(journal, 'utf8').trim().split('\n').length - 1;
    assert.equal(finished, 5, 'the entries before the one that hangs');
    const programs = join(directory, 'testcases', 'bin');
    writeFileSync(join(programs, 'access01'), '#!/bin/sh\nexit 1\n');
    const { stdout } = compat('--resume', journal, '--timeout', '2', '--skip', 'big*');
    assert.match(stdout, /12 tests: 5 pass, 1 fail, 1 timeout, 1 crash, 1 broken, 3 skip/);
    assert.ok(existsSync(journal));
  }));
