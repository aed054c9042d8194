/** What the program says of itself. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { repoRoot } from '../support/paths.js';
import { withScratch } from '../support/run.js';
import { runCli } from './run-cli.js';

const { version } = JSON.parse(readFileSync(join(repoRoot, 'package.json'), 'utf8')) as { version: string };

/** As runc prints it, which engines show to people. */
const versionText = `tvisor version ${version}\nspec: 1.3.0\n`;

test('--version prints the version of package.json, and of the specification', { timeout: 60_000 }, () => {
  for (const flag of ['--version', '-version', '-v']) {
    assert.deepEqual(runCli([flag]), { status: 0, stdout: versionText, stderr: '' });
  }
});

test('--version works through a symbolic link, from any directory', { timeout: 60_000 }, () =>
  withScratch('link', async (directory) => {
    const link = join(directory, 'tvisor');
    symlinkSync(join(repoRoot, 'bin/tvisor'), link);
    const { status, stdout } = spawnSync(link, ['--version'], { cwd: directory, encoding: 'utf8' });
    assert.deepEqual([status, stdout], [0, versionText]);
  }),
);

test('--help names every command', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = runCli(['--help']);
  assert.deepEqual([status, stderr], [0, '']);
  const commands =
    'create start run exec state kill delete list ps pause resume wait events update spec features debug do profile syscalls';
  for (const command of commands.split(' ')) assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'));
});

test('do --help names every option and the exit statuses', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = runCli(['do', '--help']);
  assert.deepEqual([status, stderr], [0, '']);
  const options = [
    'root',
    'cwd',
    'env',
    'user',
    'hostname',
    'volume',
    'network',
    'network-namespace',
    'publish',
    'strace',
    'profile',
    'log',
    'log-level',
    'log-format',
  ];
  for (const option of options) assert.match(stdout, new RegExp(`--${option}\\b`));
  assert.match(stdout, /128\+N/);
});

test('help is whole when it goes through a pipe to a slow reader', { timeout: 60_000 }, () => {
  const { stdout } = spawnSync(
    'sh',
    ['-c', '"$0" do --help | { sleep 0.3; cat; }', join(repoRoot, 'bin/tvisor')],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(stdout, runCli(['do', '--help']).stdout);
});

test('syscalls prints the same table as text and as JSON', { timeout: 60_000 }, () => {
  const json = runCli(['syscalls', '--format', 'json']);
  assert.deepEqual([json.status, json.stderr], [0, '']);
  const entries = JSON.parse(json.stdout) as { nr: number; name: string; class: string; status: string }[];
  assert.ok(entries.some((entry) => entry.nr === 0 && entry.name === 'read'));
  const lines = runCli(['syscalls']).stdout.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^NR +NAME +CLASS +STATUS +NOTE$/);
  assert.equal(lines.length, entries.length + 1);
  for (const [index, entry] of entries.entries()) {
    const fields = (lines[index + 1] ?? '').split(/ +/);
    assert.deepEqual(fields.slice(0, 4), [String(entry.nr), entry.name, entry.class, entry.status]);
  }
});
