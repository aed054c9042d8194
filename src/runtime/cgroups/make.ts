/** Making a container's directory in one hierarchy. */

import { mkdirSync } from 'node:fs';
import { posix } from 'node:path';
import { codeOf } from './error.js';
import { readText, writeText } from './files.js';
import { controllersOf, type Hierarchy } from './hierarchy.js';
import { removeEmpty } from './remove.js';

/** A container's cgroup in one hierarchy, as the state file keeps it. */
export interface CgroupDirectory {
  /** As in /proc/PID/cgroup: `memory`, `cpu,cpuacct`, `name=systemd`; empty for version 2. */
  readonly name: string;
  readonly version: 1 | 2;
  /** What can be limited and read here, with version 1's names. */
  readonly controllers: readonly string[];
  readonly directory: string;
  /** Its name in the hierarchy, as far as that is mounted: what /proc/PID/cgroup shows. */
  readonly path: string;
  /** It was made by us, and goes with the container. */
  readonly owned: boolean;
  /** Parents that were made on the way, deepest first. They go when they are empty. */
  readonly parents: readonly string[];
}

/** From the mount point's first child down to `directory`. */
function chain(mountPoint: string, directory: string): string[] {
  const out: string[] = [];
  for (let at = directory; at.length > mountPoint.length; at = posix.dirname(at)) out.unshift(at);
  return out;
}

/** @returns the directories that were not there before, topmost first. @throws the file system's error */
function makeAll(directories: readonly string[]): string[] {
  const made: string[] = [];
  for (const directory of directories) {
    try {
      mkdirSync(directory, { mode: 0o755 });
      made.push(directory);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') {
        removeEmpty(made.reverse());
        throw error;
      }
    }
  }
  return made;
}

/** How often somebody may remove an empty parent under our feet. */
const TRIES = 10;

function makeChain(directories: readonly string[]): string[] {
  for (let n = 1; ; n++) {
    try {
      return makeAll(directories);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || n === TRIES) throw error;
    }
  }
}

/** A new cpuset of version 1 has neither CPUs nor memory, and nothing can enter it: it gets those of its parent. */
function inheritCpuset(mountPoint: string, directories: readonly string[]): void {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    let above = readText(`${mountPoint}/${file}`) ?? '';
    for (const directory of directories) {
      const own = readText(`${directory}/${file}`) ?? '';
      if (own === '' && above !== '') writeText(`${directory}/${file}`, above);
      above = own === '' ? above : own;
    }
  }
}

/**
 * Hands controllers of version 2 down to `directories`' last. One that cannot be handed on is left out, and missed only if a
 * limit of it is asked for.
 */
function enableControllers(
  mountPoint: string,
  directories: readonly string[],
  wanted: readonly string[],
): void {
  for (const parent of [mountPoint, ...directories.slice(0, -1)]) {
    const enabled = (readText(`${parent}/cgroup.subtree_control`) ?? '').split(' ');
    for (const controller of controllersOf(parent)) {
      if (!wanted.includes(controller) || enabled.includes(controller)) continue;
      try {
        writeText(`${parent}/cgroup.subtree_control`, `+${controller}`);
      } catch {
        // EBUSY: the parent has processes of its own. EACCES: it is not ours.
      }
    }
  }
}

/**
 * @param wanted controllers of version 2 to hand down
 * @throws the file system's error; nothing is left behind then
 */
export function makeDirectory(
  hierarchy: Hierarchy,
  directory: string,
  wanted: readonly string[],
): CgroupDirectory {
  const { mountPoint, version, name } = hierarchy;
  const directories = chain(mountPoint, directory);
  const made = makeChain(directories).reverse();
  const owned = made[0] === directory;
  try {
    if (hierarchy.controllers.includes('cpuset') && version === 1) inheritCpuset(mountPoint, directories);
    if (version === 2) enableControllers(mountPoint, directories, wanted);
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
  const controllers = version === 1 ? hierarchy.controllers : controllersOf(directory);
  return {
    name,
    version,
    controllers: controllers.map((c) => (c === 'io' ? 'blkio' : c)),
    directory,
    path: directory.slice(mountPoint === '/' ? 0 : mountPoint.length),
    owned,
    parents: owned ? made.slice(1) : made,
  };
}
