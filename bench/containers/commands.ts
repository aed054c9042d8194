/** Commands of a runtime, run and timed. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Runtime } from './runtimes.js';

const LIMIT = 60_000;

/** A runtime's command that failed. */
export class CommandError extends Error {}

/**
 * Run one command to its end.
 *
 * @returns milliseconds
 * @throws CommandError with the last line that it said
 */
export function timed(runtime: Runtime, args: readonly string[]): number {
  const [program = '', ...rest] = [...runtime.argv, ...args];
  // A file, for a sandbox that keeps its caller's streams would keep this call waiting for a pipe's end.
  const said = join(runtime.state, 'said');
  const stream = openSync(said, 'w');
  try {
    const before = performance.now();
    const result = spawnSync(program, rest, { stdio: ['ignore', 'ignore', stream], timeout: LIMIT });
    const took = performance.now() - before;
    if (result.status === 0) return took;
    const what = result.error?.message ?? readFileSync(said, 'utf8').trim().split('\n').pop() ?? '';
    throw new CommandError(`${args[0]}: status ${result.status ?? result.signal}: ${what}`);
  } finally {
    closeSync(stream);
  }
}

/** `state` until it says so. */
function stopped(runtime: Runtime, id: string): boolean {
  const [program = '', ...rest] = [...runtime.argv, 'state', id];
  const result = spawnSync(program, rest, { encoding: 'utf8', timeout: LIMIT });
  return result.status !== 0 || JSON.parse(result.stdout).status === 'stopped';
}

export interface Life {
  create: number;
  start: number;
  /** `delete` of the container that has ended. */
  delete: number;
}

/** A container of `true` from `create` to `delete`, with the time until its end left out. */
export function life(runtime: Runtime, bundle: string, id: string): Life {
  try {
    const create = timed(runtime, ['create', '--bundle', bundle, id]);
    const start = timed(runtime, ['start', id]);
    for (let tries = 0; !stopped(runtime, id); tries++) {
      if (tries > 200) throw new CommandError(`${id} does not end`);
    }
    return { create, start, delete: timed(runtime, ['delete', id]) };
  } catch (error) {
    discard(runtime, id);
    throw error;
  }
}

/** Whatever it is, it shall not be there any more. */
export function discard(runtime: Runtime, id: string): void {
  const [program = '', ...rest] = [...runtime.argv, 'delete', '--force', id];
  spawnSync(program, rest, { stdio: 'ignore', timeout: LIMIT });
}
