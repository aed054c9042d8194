/** Taking directories of cgroups away. */

import { readdirSync, rmdirSync } from 'node:fs';
import { codeOf } from './error.js';
import { readText } from './files.js';

/** How long processes may take to die, milliseconds. */
const PATIENCE = 2000;
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 50;

/** Waits without giving the thread away: commands are short-lived and have nothing else to do. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function children(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((e) => e.isDirectory()).map((e) => `${directory}/${e.name}`);
  } catch {
    return [];
  }
}

/** @returns true when it is gone */
function tryRemove(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
  }
  for (const child of children(directory)) tryRemove(child);
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    return codeOf(error) === 'ENOENT';
  }
}

/**
 * Removes cgroups with all cgroups below them, again and again while processes in them die (EBUSY).
 * @param directories of one or several hierarchies; missing ones are fine
 * @returns those that are still there
 */
export function removeCgroups(directories: readonly string[]): string[] {
  const end = Date.now() + PATIENCE;
  let left = directories.filter((d) => !tryRemove(d));
  for (let ms = FIRST_PAUSE; left.length > 0 && Date.now() < end; ms = Math.min(2 * ms, LONGEST_PAUSE)) {
    pause(ms);
    left = left.filter((d) => !tryRemove(d));
  }
  return left;
}

/** Removes directories that others may use by now: only empty ones go. @param directories deepest first */
export function removeEmpty(directories: readonly string[]): void {
  for (const directory of directories) {
    try {
      rmdirSync(directory);
    } catch {
      // In use, or gone already: both are as they should be.
    }
  }
}

/** Host pids in a cgroup and in all below it. */
export function pidsBelow(directory: string): number[] {
  const found = new Set<number>();
  const visit = (at: string): void => {
    for (const line of (readText(`${at}/cgroup.procs`) ?? '').split('\n')) {
      // 0 is a process that our PID namespace does not see.
      if (Number(line) > 0) found.add(Number(line));
    }
    for (const child of children(at)) visit(child);
  };
  visit(directory);
  return [...found].sort((a, b) => a - b);
}
