/** Runs on disk: one file each in `bench/out`, to compare with and to plot. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../compat/paths.js';
import type { BenchRun, Commit, RunKind } from './model.js';

/** Where runs are kept; not in the repository. */
export const historyDirectory = join(packageRoot, 'bench', 'out');

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, {
      cwd: packageRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

/** What is checked out. */
export function describeCommit(): Commit {
  const id = git('rev-parse', 'HEAD');
  return { id, dirty: id !== '' && git('status', '--porcelain', '--untracked-files=no') !== '' };
}

/** `1a2b3c4`, `1a2b3c4 with changes`, or words for no commit at all. */
export function formatCommit(commit: Commit): string {
  const short = commit.id === '' ? 'no commit' : commit.id.slice(0, 7);
  return commit.dirty ? `${short} with changes` : short;
}

/** `micro-20260102T030405-1a2b3c4.json`: by name in the order of time. */
function fileName(run: BenchRun): string {
  const time = run.started.replace(/[-:]|\.\d+Z?$/g, '');
  const commit = run.commit.id === '' ? 'none' : run.commit.id.slice(0, 7);
  return `${run.kind}-${time}-${commit}${run.commit.dirty ? '-dirty' : ''}.json`;
}

/**
 * Write a run.
 *
 * @param path where to; undefined for a new file of the history
 * @returns where it is now
 */
export function saveRun(run: BenchRun, path?: string, directory = historyDirectory): string {
  const file = path ?? join(directory, fileName(run));
  // Not recursively where the user says: below /proc, Node's recursive mkdir never ends.
  if (path === undefined) mkdirSync(directory, { recursive: true });
  else if (!existsSync(dirname(path))) mkdirSync(dirname(path));
  writeFileSync(file, `${JSON.stringify(run, null, 1)}\n`);
  return file;
}

/**
 * Read a run.
 *
 * @param path a file, or `last` for the newest of its kind in the history
 * @throws Error with words for the user, if there is none, or it is something else
 */
export function loadRun(path: string, kind: RunKind, directory = historyDirectory): BenchRun {
  const file = path === 'last' ? newest(kind, directory) : path;
  const run = JSON.parse(readFileSync(file, 'utf8')) as Partial<BenchRun> | null;
  if (run?.format !== 'tvisor-bench/1') {
    throw new Error(`${file}: not a run of these benchmarks`);
  }
  if (run.kind !== kind) {
    throw new Error(`${file}: a run of ${run.kind}, not of ${kind}`);
  }
  return run as BenchRun;
}

function newest(kind: RunKind, directory: string): string {
  let names: string[] = [];
  try {
    names = readdirSync(directory).filter((name) => name.startsWith(`${kind}-`) && name.endsWith('.json'));
  } catch {
    // No run was ever kept.
  }
  const last = names.sort().pop();
  if (last === undefined) {
    throw new Error(`no earlier run in ${directory}`);
  }
  return join(directory, last);
}
