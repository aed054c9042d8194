/** A Linux Test Project tree on this machine: installed, or built where its source is. */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type RuntestEntry, readRuntest } from './runtest.js';

export interface LtpTree {
  /** Absolute path. */
  root: string;
  /** Directories with test programs, absolute. */
  programs: string[];
  /** Names in `runtest/`. */
  runtestFiles: string[];
}

function directories(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name));
}

/** Deepest level below `testcases` that holds programs: testcases/kernel/syscalls/ipc/msgctl/... */
const MAX_DEPTH = 6;

function isProgram(directory: string, name: string): boolean {
  const path = join(directory, name);
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** The directories of a built source tree in which there are programs. */
function programDirectories(path: string, depth = 0): string[] {
  const own = readdirSync(path).some((name) => !name.includes('.') && isProgram(path, name)) ? [path] : [];
  if (depth === MAX_DEPTH) return own;
  return [...own, ...directories(path).flatMap((child) => programDirectories(child, depth + 1))];
}

/**
 * Find out what is in a directory.
 *
 * @param directory an installed tree (`testcases/bin`), or a source tree after make
 * @throws Error that says what is missing
 */
export function openLtpTree(directory: string): LtpTree {
  const root = resolve(directory);
  const runtest = join(root, 'runtest');
  if (!existsSync(runtest)) {
    throw new Error(`${directory}: no Linux Test Project tree: there is no directory 'runtest' in it`);
  }
  const installed = join(root, 'testcases', 'bin');
  const programs = existsSync(installed)
    ? [installed]
    : ['kernel/syscalls', 'kernel/mem', 'lib'].flatMap((part) => {
        const path = join(root, 'testcases', part);
        return existsSync(path) ? programDirectories(path) : [];
      });
  if (programs.length === 0)
    throw new Error(`${directory}: has no test programs: build and install it first`);
  const runtestFiles = readdirSync(runtest).filter((name) => statSync(join(runtest, name)).isFile());
  return { root, programs, runtestFiles: runtestFiles.sort() };
}

/** True when an entry's program was built; a shell's own words and those of the machine count as built. */
export function isBuilt(tree: LtpTree, entry: RuntestEntry): boolean {
  const machine = (process.env['PATH'] ?? '/usr/bin:/bin').split(':');
  return (
    entry.program.includes('/') ||
    ['', '(', '{', '.', 'cd', 'for', 'if', 'while', 'export', 'ulimit'].includes(entry.program) ||
    [...tree.programs, ...machine].some((path) => isProgram(path, entry.program))
  );
}

/**
 * The entries of one of the tree's runtest files.
 *
 * @throws Error with the names that there are
 */
export function entriesOf(tree: LtpTree, file: string): RuntestEntry[] {
  if (!tree.runtestFiles.includes(file)) {
    throw new Error(`${tree.root}/runtest has no file '${file}': it has ${tree.runtestFiles.join(', ')}`);
  }
  return readRuntest(join(tree.root, 'runtest', file));
}
