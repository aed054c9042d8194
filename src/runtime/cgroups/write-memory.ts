/** The memory controller's limits (memory.rst of cgroup-v1, cgroup-v2.rst "Memory"). */

import { CgroupError, codeOf } from './error.js';
import { apply, failure, integer, readNumber, readText, type Setting, writeText } from './files.js';
import type { LinuxMemory } from './resources.js';

/** Tells of something that was left out. */
export type Warn = (message: string) => void;

/** True for a number that means something: 0 is how engines say "not set". */
export function given(value: number | undefined): value is number {
  return value !== undefined && value !== 0;
}

function setting(field: keyof LinuxMemory, file: string, value: string): Setting {
  return { controller: 'memory', file, value, field: `memory.${field}` };
}

function checkUsage(memory: LinuxMemory, directory: string, file: string): void {
  if (memory.checkBeforeUpdate !== true || !given(memory.limit) || memory.limit < 0) return;
  const usage = readNumber(`${directory}/${file}`);
  if (usage <= memory.limit) return;
  throw new CgroupError(
    `linux.resources.memory.limit cannot be set: ${integer(memory.limit)} bytes are less than the ${usage} in use`,
  );
}

/** Writes the limit and says how much is in use when the kernel cannot get below it (EBUSY). */
function applyLimit(directory: string, limit: Setting): void {
  try {
    writeText(`${directory}/${limit.file}`, limit.value);
  } catch (error) {
    if (codeOf(error) !== 'EBUSY') throw failure(directory, limit, error);
    const now = readNumber(`${directory}/memory.usage_in_bytes`);
    const most = readNumber(`${directory}/memory.max_usage_in_bytes`);
    throw new CgroupError(
      `linux.resources.memory.limit cannot be set to ${limit.value} bytes: ${now} are in use, at most ${most} were`,
    );
  }
}

/** The limit must never be above that of memory and swap together, so which comes first depends on what was there. */
function limitAndSwap1(memory: LinuxMemory, directory: string): void {
  const { limit } = memory;
  const swapFile = 'memory.memsw.limit_in_bytes';
  let { swap } = memory;
  const counted = readNumber(`${directory}/${swapFile}`) !== 0;
  if (limit === -1 && !given(swap) && counted) swap = -1;
  const settings: Setting[] = [];
  if (given(limit)) settings.push(setting('limit', 'memory.limit_in_bytes', integer(limit)));
  if (given(swap)) settings.push(setting('swap', swapFile, integer(swap)));
  const before = readNumber(`${directory}/${swapFile}`);
  if (given(swap) && (swap < 0 || swap > before)) settings.reverse();
  for (const one of settings) {
    if (one.field === 'memory.limit') applyLimit(directory, one);
    else apply(directory, one);
  }
}

/** Version 1. @throws CgroupError */
export function writeMemory1(memory: LinuxMemory, directory: string, warn: Warn): void {
  checkUsage(memory, directory, 'memory.usage_in_bytes');
  limitAndSwap1(memory, directory);
  const { reservation, kernelTCP, swappiness } = memory;
  if (given(memory.kernel))
    warn('linux.resources.memory.kernel has no effect on Linux: it is counted in memory.limit');
  if (given(reservation)) {
    apply(directory, setting('reservation', 'memory.soft_limit_in_bytes', integer(reservation)));
  }
  if (given(kernelTCP)) {
    apply(directory, setting('kernelTCP', 'memory.kmem.tcp.limit_in_bytes', integer(kernelTCP)));
  }
  if (memory.disableOOMKiller === true)
    apply(directory, setting('disableOOMKiller', 'memory.oom_control', '1'));
  if (swappiness !== undefined) {
    if (swappiness > 100) {
      throw new CgroupError(`linux.resources.memory.swappiness: ${swappiness} is not between 0 and 100`);
    }
    apply(directory, setting('swappiness', 'memory.swappiness', integer(swappiness)));
  }
}

function orMax(value: number): string {
  return value < 0 ? 'max' : integer(value);
}

/** The limit of version 2 that is in force, if there is one. */
function limitNow(directory: string): number | undefined {
  const limit = readNumber(`${directory}/memory.max`);
  return Number.isFinite(limit) && limit > 0 ? limit : undefined;
}

/** Version 2 limits swap alone. @returns undefined when there is nothing to write */
function swap2({ limit: asked, swap }: LinuxMemory, directory: string): Setting | undefined {
  const limit = given(asked) ? asked : limitNow(directory);
  if (asked === -1 && !given(swap)) return setting('swap', 'memory.swap.max', 'max');
  if (!given(swap)) return undefined;
  if (swap < 0) return setting('swap', 'memory.swap.max', 'max');
  if (!given(limit) || limit < 0) {
    throw new CgroupError(
      'linux.resources.memory.swap needs a memory.limit: it is the sum of memory and swap',
    );
  }
  if (swap < limit)
    throw new CgroupError('linux.resources.memory.swap is less than memory.limit, and it includes it');
  return setting('swap', 'memory.swap.max', integer(swap - limit));
}

/** Version 2. @throws CgroupError */
export function writeMemory2(memory: LinuxMemory, directory: string, warn: Warn): void {
  checkUsage(memory, directory, 'memory.current');
  const swap = swap2(memory, directory);
  if (swap !== undefined) {
    // Without swap accounting there is no file, and nothing to take a limit off.
    const missing = readText(`${directory}/memory.swap.max`) === undefined;
    if (!missing || (swap.value !== 'max' && swap.value !== '0')) apply(directory, swap);
  }
  if (given(memory.limit)) apply(directory, setting('limit', 'memory.max', orMax(memory.limit)));
  if (given(memory.reservation)) {
    apply(directory, setting('reservation', 'memory.low', orMax(memory.reservation)));
  }
  for (const field of ['kernel', 'kernelTCP', 'swappiness'] as const) {
    if (given(memory[field]))
      warn(`linux.resources.memory.${field} has no effect: cgroup version 2 does not have it`);
  }
  if (memory.disableOOMKiller === true) {
    warn('linux.resources.memory.disableOOMKiller has no effect: cgroup version 2 does not have it');
  }
}
