/**
 * Directories that belong to one process at a time. They appear under their name whole and locked, by rename(2), and go by
 * rename too, so that a name always stands for something complete; what a killed process leaves has a name that begins
 * with `@`, which no container has, and no lock.
 */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { RuntimeError } from './errors.js';
import { isAlive, processStat } from './host.js';

/** Takes an exclusive lock of an open directory; false if somebody else has it. */
export type TryLock = (fd: number) => boolean;

const TEMPORARY = '@new-';
const GOING = '@old-';

/** How long others wait for a directory, milliseconds: hooks run under the lock. */
const PATIENCE = 60_000;

let counter = 0;

/** A name that nobody else has, and that says whose it is. */
function uniqueName(prefix: string): string {
  return `${prefix}${process.pid}-${processStat(process.pid)?.startTime ?? 0}-${counter++}`;
}

/** Whether the maker of a directory of such a name lives. */
function isMade(name: string): boolean {
  const [, pid, startTime] = /^@(?:new|old)-(\d+)-(\d+)-/.exec(name) ?? [];
  return pid === undefined || isAlive({ pid: Number(pid), startTime: Number(startTime) });
}

function openDirectory(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
}

/** A lock that was obtained, or undefined if somebody else holds it. */
function lockOnce(tryLock: TryLock, path: string): number | undefined {
  const fd = openDirectory(path);
  try {
    if (tryLock(fd)) return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  closeSync(fd);
  return undefined;
}

/** Whether `fd` is what `path` names now. */
function isStill(fd: number, path: string): boolean {
  try {
    const [open, named] = [fstatSync(fd), statSync(path)];
    return open.ino === named.ino && open.dev === named.dev;
  } catch {
    return false;
  }
}

export class LockedDirectory {
  private constructor(
    readonly path: string,
    private fd: number,
  ) {}

  /**
   * Make a directory that nobody sees before `fill` has filled it.
   *
   * @param fill is given the directory's path as it is while it is filled
   * @returns undefined if the name is taken
   * @throws what the system or `fill` says; then nothing is left
   */
  static create(tryLock: TryLock, path: string, fill: (path: string) => void): LockedDirectory | undefined {
    const parent = dirname(path);
    const temporary = join(parent, uniqueName(TEMPORARY));
    mkdirSync(temporary, { mode: 0o700 });
    let fd: number | undefined;
    try {
      fd = lockOnce(tryLock, temporary);
      if (fd === undefined) throw new RuntimeError(`${temporary} is locked already`);
      fill(temporary);
      renameSync(temporary, path);
      return new LockedDirectory(path, fd);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      if (fd !== undefined) closeSync(fd);
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOTDIR') return undefined;
      throw error;
    }
  }

  /**
   * Lock a directory, and wait while somebody else has it.
   *
   * @param patience milliseconds
   * @returns undefined if there is none (any more)
   * @throws RuntimeError if it does not become free
   */
  static async lock(
    tryLock: TryLock,
    path: string,
    patience: number = PATIENCE,
  ): Promise<LockedDirectory | undefined> {
    const deadline = Date.now() + patience;
    for (let pause = 1; ; pause = Math.min(pause * 2, 50)) {
      let fd: number | undefined;
      try {
        fd = lockOnce(tryLock, path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      if (fd !== undefined && isStill(fd, path)) return new LockedDirectory(path, fd);
      if (fd !== undefined) closeSync(fd);
      if (Date.now() >= deadline) throw new RuntimeError(`${path} is in use by another command`);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** Lock a directory if nobody has it; undefined if somebody does or there is none. */
  static tryLock(tryLock: TryLock, path: string): LockedDirectory | undefined {
    try {
      const fd = lockOnce(tryLock, path);
      if (fd === undefined) return undefined;
      if (isStill(fd, path)) return new LockedDirectory(path, fd);
      closeSync(fd);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    return undefined;
  }

  /** Let others have it. */
  release(): void {
    if (this.fd >= 0) closeSync(this.fd);
    this.fd = -1;
  }

  /** Remove it, name first. */
  remove(): void {
    const going = join(dirname(this.path), uniqueName(GOING));
    renameSync(this.path, going);
    rmSync(going, { recursive: true, force: true });
    this.release();
  }

  /** Remove what killed processes have left in `parent`. */
  static sweep(tryLock: TryLock, parent: string): void {
    for (const name of readdirSync(parent)) {
      // Between mkdir(2) and flock(2) a directory is its maker's all the same.
      if (isMade(name)) continue;
      const path = join(parent, name);
      const found = LockedDirectory.tryLock(tryLock, path);
      if (found === undefined) continue;
      rmSync(path, { recursive: true, force: true });
      found.release();
    }
  }
}
