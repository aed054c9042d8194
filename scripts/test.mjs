// Runs the tests: all of them, or those in the files and directories that are named.
//   test.mjs [PATH...]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const DIRECTORIES = [
  'unit',
  'cli',
  'differential',
  'guest',
  'security',
  'servers',
  'tools',
  'network',
  'engines',
  'runtime',
].map((name) => join(root, 'test', name));

/** No file of tests runs longer, in milliseconds: a sandbox that hangs must not hang the run. Tests set their own too. */
const FILE_TIMEOUT = 20 * 60_000;

/** The test files that `path` names: itself, or those below it. */
function testFiles(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(path, name))
    .sort();
}

const named = process.argv.slice(2).map((path) => resolve(path));
const files = (named.length > 0 ? named : DIRECTORIES).flatMap(testFiles).map((path) => relative(root, path));
if (files.length === 0) {
  console.error('test: no test files found');
  process.exit(1);
}
if (!files.some((path) => path.startsWith(join('test', 'differential')))) {
  console.log('test: docs/compatibility.md is not checked, since the differential tests are not among these');
}
const { status } = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${Math.min(availableParallelism(), 4)}`,
    `--test-timeout=${FILE_TIMEOUT}`,
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
);
process.exit(status ?? 1);
