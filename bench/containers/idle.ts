/** Idle containers of a runtime: what they take of memory and processor. */
import { setTimeout as sleep } from 'node:timers/promises';
import { availableMemory, processNumbers, usageOfProcesses } from '../apps/processes.js';
import { discard, timed } from './commands.js';
import type { Runtime } from './runtimes.js';

/** Milliseconds until the last one has come to rest, and for which the processors are watched. */
const SETTLE = 2_000;
const WATCH = 5_000;

export interface IdleContainers {
  started: number;
  /** Proportional set size of all processes of a container, bytes, on average. */
  pss: number;
  /** By how much a container lowered the machine's available memory, bytes, on average; not below 0. */
  memory: number;
  /** Milliseconds of processor time that an idle container takes a second, on average. */
  cpu: number;
}

/**
 * Start them one after the other, look at the processes that have come, and end them.
 *
 * @param bundle one whose program sleeps
 * @throws Error if one does not start
 */
export async function measureIdle(runtime: Runtime, bundle: string, count: number): Promise<IdleContainers> {
  const before = new Set(processNumbers());
  const memoryBefore = availableMemory();
  const ids: string[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const id = `idle-${process.pid}-${i}`;
      ids.push(id);
      timed(runtime, ['create', '--bundle', bundle, id]);
      timed(runtime, ['start', id]);
    }
    await sleep(SETTLE);
    const memory = Math.max(0, memoryBefore - availableMemory()) / count;
    const mine = processNumbers().filter((pid) => !before.has(pid));
    const first = usageOfProcesses(mine);
    const since = performance.now();
    await sleep(WATCH);
    const cpu = (usageOfProcesses(mine).cpu - first.cpu) / ((performance.now() - since) / 1000) / count;
    return { started: count, pss: first.pss / count, memory, cpu };
  } finally {
    for (const id of ids) discard(runtime, id);
  }
}
