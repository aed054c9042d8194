/**
 * The control group of a container on the host: its directories in all hierarchies, made, limited, entered, read and removed.
 *
 * **When a limit cannot be set.** A limit that was asked for and cannot be set is an error that names the field, the
 * controller and the cause; the container is not made. There is one exception: where no hierarchy lets us make a directory at
 * all (a user without delegation, a read-only /sys/fs/cgroup, none mounted), one warning is given, the container runs without
 * a cgroup, and what the sentry enforces by itself (memory, pids, the number of CPUs seen) still holds. With the manager
 * `disabled` nothing is touched and nothing is said.
 *
 * **What is removed.** The container's own directory with everything below it, if we made it, and parents that we made once
 * they are empty. A directory that was there before is its maker's.
 */

import { dirname } from 'node:path';
import { CgroupError, codeOf } from './error.js';
import { readKeyed, writeText } from './files.js';
import { type Hierarchy, type HostTexts, hostTexts, readHierarchies } from './hierarchy.js';
import { type CgroupDirectory, makeDirectory } from './make.js';
import { directoryIn, parsePath } from './path.js';
import { type Limits, readLimits, readStats } from './read-stats.js';
import { pidsBelow, removeCgroups, removeEmpty } from './remove.js';
import type { LinuxResources } from './resources.js';
import type { CgroupStats } from './stats.js';
import { controllersFor, type Place, writeResources } from './write.js';
import type { Warn } from './write-memory.js';

export interface CgroupOptions {
  /** The container's id: names its cgroup when the config does not. */
  readonly id: string;
  /** `systemd`: the path has the form `slice:prefix:name`. `disabled`: nothing is touched. */
  readonly manager: 'cgroupfs' | 'systemd' | 'disabled';
  /** Takes one line for the operator. */
  readonly warn: Warn;
  /** What the host looks like; for tests. */
  readonly host?: HostTexts;
}

/** For the state file. Plain data. */
export interface CgroupRecord {
  readonly version: 1;
  readonly directories: readonly CgroupDirectory[];
}

/** Controllers of version 1 that count the sentry's work as the container's. */
const SENTRY_CONTROLLERS: ReadonlySet<string> = new Set(['cpu', 'cpuacct', 'blkio']);

/** What is enabled for children of version 2, if it is there. */
const CONTROLLERS_2 = ['cpu', 'cpuset', 'memory', 'io', 'pids', 'hugetlb', 'rdma', 'misc'];

/** The version in which this host limits memory and processors: what its containers are shown. */
export function hostVersion(host: HostTexts = hostTexts()): 1 | 2 {
  const one = readHierarchies(host).some((h) => h.version === 1 && h.controllers.length > 0);
  return one ? 1 : 2;
}

/** Why a hierarchy has no directory of ours. */
type Refusals = ReadonlyMap<string, string>;

export class Cgroup {
  private constructor(
    private directories: readonly CgroupDirectory[],
    private readonly refusals: Refusals,
    private readonly warn: Warn,
  ) {}

  /**
   * Makes the directories of a new container and writes its limits.
   * @param path `linux.cgroupsPath`
   * @throws CgroupError; nothing is left behind then
   */
  static create(
    path: string | undefined,
    resources: LinuxResources | undefined,
    options: CgroupOptions,
  ): Cgroup {
    const { warn } = options;
    if (options.manager === 'disabled') return new Cgroup([], new Map(), warn);
    const parsed = parsePath(path, options.id, options.manager === 'systemd');
    if (parsed.warning !== undefined) warn(parsed.warning);
    const [directories, refusals] = makeAll(
      readHierarchies(options.host ?? hostTexts()),
      parsed.path,
      resources,
    );
    const cgroup = new Cgroup(directories, refusals, warn);
    if (directories.length === 0) {
      warn(
        `no cgroup for container ${options.id}: ${noneBecause(refusals)}; only what the sandbox limits by itself holds`,
      );
      return cgroup;
    }
    try {
      if (resources !== undefined) cgroup.write(resources);
    } catch (error) {
      cgroup.destroy();
      throw error;
    }
    return cgroup;
  }

  /** The cgroup of a container that another command made. */
  static restore(record: CgroupRecord, warn: Warn): Cgroup {
    return new Cgroup(record.directories, new Map(), warn);
  }

  get record(): CgroupRecord {
    return { version: 1, directories: this.directories };
  }

  /** There is one: limits are enforced and counted by the host. */
  get exists(): boolean {
    return this.directories.length > 0;
  }

  private place(controller: string): Place | undefined {
    const found = this.directories.find((d) =>
      controller === '' ? d.version === 2 : d.controllers.includes(controller),
    );
    return found === undefined ? undefined : { directory: found.directory, version: found.version };
  }

  private write(resources: LinuxResources): void {
    writeResources(
      resources,
      (c) => this.place(c),
      (c) => missing(c, this.refusals),
      this.warn,
    );
  }

  /**
   * Changes limits of a running container: absent fields and 0 keep what is there.
   * @throws CgroupError for the first that cannot be set; those before it are
   */
  update(resources: LinuxResources): void {
    if (this.exists) this.write(resources);
    else if (controllersFor(resources).length > 0)
      this.warn('there is no cgroup: limits of the host stay as they are');
  }

  /**
   * Moves a process with all its threads in.
   * @param pid as the caller's PID namespace has it
   * @returns false when there is no such process any more
   * @throws CgroupError
   */
  add(pid: number): boolean {
    return this.enter(pid, this.directories);
  }

  /**
   * Moves the sentry in, as far as its work is to count as the container's: CPU time and disk traffic, not memory and tasks.
   * Only version 1 can tell these apart; in a cgroup of version 2 the sentry stays outside of it.
   * @throws CgroupError
   */
  addSentry(pid: number): boolean {
    return this.enter(
      pid,
      this.directories.filter((d) => d.version === 1 && d.controllers.some((c) => SENTRY_CONTROLLERS.has(c))),
    );
  }

  private enter(pid: number, directories: readonly CgroupDirectory[]): boolean {
    for (const { directory } of directories) {
      try {
        writeText(`${directory}/cgroup.procs`, String(pid));
      } catch (error) {
        if (codeOf(error) === 'ESRCH') return false;
        throw new CgroupError(
          `process ${pid} cannot be moved into ${directory}: ${codeOf(error) || String(error)}`,
        );
      }
    }
    return true;
  }

  /** What it has used. Missing controllers and files give zeros; without a cgroup everything is 0. */
  stats(): CgroupStats {
    return readStats((c) => this.place(c));
  }

  /** Limits as they are in force now. */
  limits(): Limits {
    return readLimits((c) => this.place(c));
  }

  /** Host pids in it and below, ascending; empty when it is gone. */
  pids(): number[] {
    const directory = (this.place('pids') ?? this.place('memory') ?? this.place(''))?.directory;
    const any = directory ?? this.directories[0]?.directory;
    return any === undefined ? [] : pidsBelow(any);
  }

  /** Its name in the hierarchy of the memory controller, or of what there is; undefined without a cgroup. */
  get path(): string | undefined {
    const memory = this.directories.find((d) => d.controllers.includes('memory'));
    return (memory ?? this.directories[0])?.path;
  }

  /** memory.stat of the container, for a sentry that follows the use of memory; undefined: it must look at its guests itself. */
  memoryStat(): string | undefined {
    const place = this.place('memory');
    return place === undefined ? undefined : `${place.directory}/memory.stat`;
  }

  /** How many processes the host's OOM killer has killed in it. */
  oomKills(): number {
    const place = this.place('memory');
    if (place === undefined) return 0;
    const file = place.version === 1 ? 'memory.oom_control' : 'memory.events';
    return readKeyed(`${place.directory}/${file}`).get('oom_kill') ?? 0;
  }

  /**
   * Moves the sentry out again, to where the container's was put: it may outlive its first container.
   * Nobody else is where CPU time is counted and memory is not.
   */
  private releaseSentry(): void {
    const members = new Set(this.pids());
    for (const { directory, owned, controllers, parents } of this.directories) {
      if (!owned || !controllers.some((c) => SENTRY_CONTROLLERS.has(c))) continue;
      for (const pid of pidsBelow(directory)) {
        if (!members.has(pid)) moveQuietly(pid, dirname(parents.at(-1) ?? directory));
      }
    }
  }

  /**
   * Removes it. Processes in it must be dead or dying: they are given two seconds.
   * @returns true when everything is gone that was ours; a warning names what is not
   */
  destroy(): boolean {
    this.releaseSentry();
    const left = removeMade(this.directories);
    for (const directory of left) {
      this.warn(`${directory} cannot be removed: in use by ${pidsBelow(directory).join(', ') || 'nobody'}`);
    }
    this.directories = [];
    return left.length === 0;
  }
}

/** Errors of hierarchies that are not there for us. */
const NOT_OURS: ReadonlySet<string> = new Set(['EROFS', 'EACCES', 'EPERM', 'ENOENT']);

/** @returns what is still there */
function removeMade(directories: readonly CgroupDirectory[]): string[] {
  const left = removeCgroups(directories.filter((d) => d.owned).map((d) => d.directory));
  for (const { parents } of directories) removeEmpty(parents);
  return left;
}

/** Moves a process; one that has ended has left by itself. */
function moveQuietly(pid: number, directory: string): void {
  try {
    writeText(`${directory}/cgroup.procs`, String(pid));
  } catch {
    // The removal will tell what is still there.
  }
}

/** Makes the directory in every hierarchy that lets us. @throws CgroupError for what is no matter of rights */
function makeAll(
  hierarchies: readonly Hierarchy[],
  path: string,
  resources: LinuxResources | undefined,
): [CgroupDirectory[], Refusals] {
  const directories: CgroupDirectory[] = [];
  const refusals = new Map<string, string>();
  const unifiedOnly = hierarchies.every((h) => h.version === 2);
  // Beside version 1, version 2 is mostly systemd's: nothing is changed there that is not needed.
  const needed = controllersFor(resources ?? {}).map((c) => (c === 'blkio' ? 'io' : c));
  const wanted = unifiedOnly ? CONTROLLERS_2 : needed;
  for (const hierarchy of hierarchies) {
    const directory = directoryIn(hierarchy, path, unifiedOnly);
    try {
      directories.push(makeDirectory(hierarchy, directory, wanted));
    } catch (error) {
      const why = `${directory} cannot be made: ${codeOf(error) || String(error)}`;
      if (!NOT_OURS.has(codeOf(error))) {
        removeMade(directories);
        throw new CgroupError(why);
      }
      for (const name of hierarchy.version === 2 ? CONTROLLERS_2 : hierarchy.controllers)
        refusals.set(name, why);
      refusals.set('', why);
    }
  }
  return [directories, refusals];
}

function noneBecause(refusals: Refusals): string {
  return refusals.get('') ?? 'no cgroup file system is mounted';
}

function missing(controller: string, refusals: Refusals): string {
  return refusals.get(controller) ?? `there is no ${controller} controller for this cgroup`;
}
