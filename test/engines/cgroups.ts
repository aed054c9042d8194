/** Control groups of engines, of both versions, as the host sees them. */
import { existsSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** The text of a file that may vanish at any time, or ''. */
export function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/**
 * The directory of a process' control group.
 *
 * @param pid of the host
 * @param controller one of version 1's names; where the machine has only version 2 there is one group for all
 */
export function groupOf(pid: number | string, controller: string): string {
  for (const line of readIfThere(`/proc/${pid}/cgroup`).split('\n')) {
    const [, names = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (names.split(',').includes(controller)) return join(ROOT, controller, path);
    if (names === '' && existsSync(join(ROOT, 'cgroup.controllers'))) return join(ROOT, path);
  }
  return '';
}

/** The first of these files of a process' control group that is there, without the newline. @param names version 1's, then 2's */
export function groupValue(pid: number | string, controller: string, ...names: string[]): string {
  const group = groupOf(pid, controller);
  const name = names.find((candidate) => existsSync(join(group, candidate)));
  return name === undefined ? '' : readIfThere(join(group, name)).trim();
}

/** Lets processes go on that are paused: not even SIGKILL ends them before. */
export function thaw(pid: number | string): void {
  const group = groupOf(pid, 'freezer');
  for (const [file, text] of [
    ['freezer.state', 'THAWED'],
    ['cgroup.freeze', '0'],
  ] as const) {
    try {
      if (existsSync(join(group, file))) writeFileSync(join(group, file), text);
    } catch {
      // The root group cannot be paused, and has a file that says so.
    }
  }
}

/** All groups, deepest first, in whose path one of these texts is. */
export function groupsNamed(texts: readonly string[]): string[] {
  const found: string[] = [];
  const walk = (directory: string): void => {
    let names: string[] = [];
    try {
      names = readdirSync(directory, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name);
    } catch {
      // Removed meanwhile.
    }
    for (const name of names) walk(join(directory, name));
    if (texts.some((text) => text !== '' && directory.includes(text))) found.push(directory);
  };
  walk(ROOT);
  return found;
}

/** Removes groups in which nobody is. */
export function removeGroups(groups: readonly string[]): void {
  for (const group of groups) {
    try {
      rmdirSync(group);
    } catch {
      // Somebody is in it, or it is gone.
    }
  }
}
