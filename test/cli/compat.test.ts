import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CompatRun } from '../../compat/model.js';
import { withScratch } from '../support/run.js';
import { requireTool } from '../support/tools.js';
import { runCli } from './run-cli.js';

test('compat: mistakes are one line and 128', () => {
  const mistakes: [string[], RegExp][] = [
    [['--target', 'nobody'], /^tvisor compat: --target: 'nobody': expected native, tvisor/],
    [['--target', 'x=a | b'], /^tvisor compat: --target: .*only words and quotes/],
    [['-t', 'native', '-t', 'native'], /^tvisor compat: --target: 'native' is given twice/],
    [['--jobs', '0'], /^tvisor compat: --jobs: '0': expected a positive whole number/],
    [['--timeout', 'x'], /^tvisor compat: --timeout: 'x': expected a positive number/],
    [['no-such-case'], /^tvisor compat: case 'no-such-case': no case has it/],
    [['--call', 'opennat'], /^tvisor compat: call 'opennat': no case has it/],
    [['--call', 'openat', '--family', 'time'], /^tvisor compat: no case fits all of what was asked for/],
    [['--call', 'umask', '--json', '/'], /^tvisor compat: --json: '\/': is a directory/],
    [['--call', 'umask', '--html', '/no/such/a'], /^tvisor compat: --html: '\/no\/such\/a': ENOENT/],
    [['--from', '/dev/null'], /^tvisor compat: --from: '\/dev\/null': /],
    [['--bad'], /^tvisor compat: unknown option '--bad' \(see tvisor compat --help\)/],
  ];
  for (const [args, expected] of mistakes) {
    const { status, stderr, stdout } = runCli(['compat', ...args]);
    assert.match(stderr, expected, args.join(' '));
    assert.deepEqual([status, stdout, stderr.trimEnd().split('\n').length], [128, '', 1], args.join(' '));
  }
});

test('compat: help and list', () => {
  const help = runCli(['compat', '--help']);
  assert.match(help.stdout, /^Usage: tvisor compat \[options\] \[case\.\.\.\]/);
  assert.equal(help.status, 0);
  const list = runCli(['compat', '--list', '--call', 'umask']);
  assert.deepEqual([list.status, list.stderr], [0, '']);
  assert.match(list.stdout, /^file\/chmod_modes.*: .*\bumask\b/m);
});

test('compat: without gcc one line says so', () => {
  const { status, stderr } = runCli(['compat', 'chmod_modes', '-t', 'native'], {
    PATH: process.execPath.replace(/\/[^/]*$/, ''),
  });
  if (existsSync(join(process.execPath, '../gcc'))) return;
  assert.equal(status, 128);
  assert.match(stderr, /^tvisor compat: needs gcc .*\n$/);
});

test('compat: a run, its reports, expectations and exit statuses', async (t) => {
  if (!requireTool(t, 'gcc', 'sed', 'sh')) return;
  await withScratch('compat', async (directory) => {
    const json = join(directory, 'run.json');
    // The other target changes one word of what a check prints.
    const broken = `broken=sh -c '"$@" | sed "s/^EINVAL$/EPERM/;s/g: 7777/g: 1777/"' sh {}`;
    const expected = join(directory, 'expected');
    mkdirSync(expected);
    const args = ['compat', 'chmod_modes', '-t', 'native', '-t', broken, '--expected', expected];
    const first = runCli([...args, '--json', json, '--html', join(directory, 'a.html')]);
    assert.equal(first.status, 1, first.stderr);
    assert.match(first.stdout, /^broken: fail file\/chmod_modes$/m);
    assert.doesNotMatch(first.stdout, /\x1b/);
    const run: CompatRun = JSON.parse(readFileSync(json, 'utf8'));
    assert.deepEqual(
      [run.format, run.targets.map(({ target }) => target.name)],
      ['tvisor-compat/1', ['native', 'broken']],
    );
    const [oracle, other] = run.targets.map(({ cases }) => cases[0]?.checks ?? []);
    assert.ok(oracle?.every((check) => check.outcome === 'pass'));
    const failed = other?.filter((check) => check.outcome !== 'pass') ?? [];
    assert.deepEqual(
      failed.map(({ detail }) => /^- g: 7777\n\+ g: 1777$/m.test(detail)),
      [true],
    );
    assert.match(readFileSync(join(directory, 'a.html'), 'utf8'), /^<!doctype html>/i);

    assert.equal(runCli([...args, '--update-expected', '--quiet']).status, 0);
    const file = join(expected, 'broken.json');
    assert.deepEqual(Object.keys(JSON.parse(readFileSync(file, 'utf8'))), [
      `chmod_modes/${failed[0]?.title}`,
    ]);
    const second = runCli(args);
    assert.deepEqual([second.status, second.stderr], [0, '']);
    assert.match(second.stdout, /broken: 1 cases fail as expected/);

    writeFileSync(file, '{"chmod_modes": 1}');
    const third = runCli(args);
    assert.equal(third.status, 128);
    assert.match(third.stderr, /^tvisor compat: .*broken\.json: 'chmod_modes': expected the reason/);

    const again = runCli(['compat', '--from', json, '--junit', join(directory, 'a.xml')]);
    assert.equal(again.status, 1);
    assert.match(readFileSync(join(directory, 'a.xml'), 'utf8'), /<testsuites /);
  });
});

test('compat: a target that is not there is shown, and is an error if it was named', (t) => {
  if (!requireTool(t, 'gcc')) return;
  const { status, stdout } = runCli([
    'compat',
    'chmod_modes',
    '-t',
    'native',
    '-t',
    'gone=/no/such/program {}',
  ]);
  assert.equal(status, 1);
  assert.match(stdout, /^gone: unavailable: 'true' ends with status 127/m);
});
