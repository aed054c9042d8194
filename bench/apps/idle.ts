/** Idle sandboxes: what one takes of memory and processor, how long the next one takes to start, how many fit. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { baseEnvironment, boundedProgram } from '../../compat/bounded.js';
import type { Target, TargetCommand } from '../../compat/targets/target.js';
import { availableMemory, usageOf } from './processes.js';

const READY = 'ready';
const START_LIMIT = 20_000;
/** No sandbox of a measurement lives longer, in milliseconds. */
const LIFE_LIMIT = 600_000;
/** Milliseconds until the last one has come to rest, and for which the processors are watched. */
const SETTLE = 2_000;
const WATCH = 5_000;
/** Sandboxes are no longer started when less than this part of the memory of the beginning is available. */
const LEAST_MEMORY = 0.25;

interface Idle {
  child: ChildProcess;
  command: TargetCommand;
  /** Milliseconds until the command inside ran. */
  start: number;
}

export interface IdleUsage {
  started: number;
  /** Why no more were started than that; empty if all were. */
  stopped: string;
  /** Milliseconds, one a sandbox, in their order. */
  starts: number[];
  /** Proportional set size of all processes of a sandbox, bytes, on average. */
  pss: number;
  /**
   * By how much a sandbox lowered the machine's available memory, bytes, on average: the kernel's own is in it, and
   * whatever else the machine did meanwhile. Not below 0.
   */
  memory: number;
  /** Milliseconds of processor time that an idle sandbox takes a second, on average. */
  cpu: number;
  /** How many would fit in the memory that was available at the beginning, by the larger of the two. */
  fit: number;
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Start one; resolves when the command inside runs. */
async function startIdle(target: Target, scratch: string): Promise<Idle> {
  const command = target.command(['/bin/sh', '-c', `echo ${READY}; exec sleep ${LIFE_LIMIT / 1000}`], {
    cwd: scratch,
    env: baseEnvironment(),
  });
  const before = performance.now();
  const child = spawn(await boundedProgram(), [String(LIFE_LIMIT), ...command.argv], {
    cwd: command.cwd,
    env: command.env,
    stdio: ['ignore', 'pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const idle = { child, command, start: 0 };
  try {
    await isReady(child);
  } catch (error) {
    await stopIdle(idle);
    throw error;
  }
  idle.start = performance.now() - before;
  return idle;
}

/** @throws Error if the child ends, or says nothing in time */
function isReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const words: string[] = [];
    const timer = setTimeout(() => reject(new Error('no sign of life')), START_LIMIT);
    const end = (error: Error | undefined): void => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(READY)) end(undefined);
    });
    child.stderr?.on('data', (chunk: Buffer) => words.push(chunk.toString()));
    child.once('error', end);
    child.once('close', () => end(new Error(words.join('').trim().split('\n').pop() || 'it ended')));
  });
}

async function stopIdle(idle: Idle): Promise<void> {
  if (idle.child.exitCode === null && idle.child.signalCode === null) {
    const closed = once(idle.child, 'close');
    idle.child.kill('SIGTERM');
    await closed;
  }
  await idle.command.discard();
}

function cpuOf(sandboxes: readonly Idle[]): number {
  return sandboxes.reduce((sum, idle) => sum + usageOf(idle.child.pid ?? 0).cpu, 0);
}

async function watch(sandboxes: readonly Idle[], memoryBefore: number): Promise<Omit<IdleUsage, 'stopped'>> {
  await sleep(SETTLE);
  const count = sandboxes.length;
  const memory = Math.max(0, memoryBefore - availableMemory()) / count;
  const pss = sandboxes.reduce((sum, idle) => sum + usageOf(idle.child.pid ?? 0).pss, 0) / count;
  const cpuBefore = cpuOf(sandboxes);
  const watchedSince = performance.now();
  await sleep(WATCH);
  const cpu = (cpuOf(sandboxes) - cpuBefore) / ((performance.now() - watchedSince) / 1000) / count;
  const starts = sandboxes.map((idle) => idle.start);
  return {
    started: count,
    starts,
    pss,
    memory,
    cpu,
    fit: Math.floor(memoryBefore / Math.max(1, memory, pss)),
  };
}

/**
 * Start idle sandboxes one after the other, look at them, and end them.
 *
 * @param count how many at most; fewer when the machine's memory runs low or one does not start
 * @param scratch a host directory
 * @param signal ends the measurement; it then rejects
 * @throws Error if not even one starts
 */
export async function measureIdle(
  target: Target,
  count: number,
  scratch: string,
  signal: AbortSignal,
): Promise<IdleUsage> {
  const memoryBefore = availableMemory();
  const sandboxes: Idle[] = [];
  let stopped = '';
  try {
    while (sandboxes.length < count && stopped === '') {
      signal.throwIfAborted();
      if (availableMemory() < memoryBefore * LEAST_MEMORY) {
        stopped = 'memory ran low';
        break;
      }
      try {
        sandboxes.push(await startIdle(target, scratch));
      } catch (error) {
        if (sandboxes.length === 0) throw error;
        stopped = error instanceof Error ? error.message : String(error);
      }
    }
    return { ...(await watch(sandboxes, memoryBefore)), stopped };
  } finally {
    await Promise.all(sandboxes.map(stopIdle));
  }
}
