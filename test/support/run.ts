/** Running programs natively and in the sandbox, and keeping what they print. */
import { constants } from 'node:os';
import { type BoundedResult, baseEnvironment, runBounded } from '../../compat/bounded.js';
import { tvisorPath } from './paths.js';

export { baseEnvironment } from '../../compat/bounded.js';
export { scratchDirectory, withScratch } from './scratch.js';

/** How a program ended and what it wrote. Output is latin1: one character a byte, nothing lost. */
export type RunResult = Pick<BoundedResult, 'status' | 'stdout' | 'stderr' | 'timedOut'>;

export interface RunOptions {
  cwd?: string;
  /** Replaces the small default environment where names are equal. */
  env?: Record<string, string>;
  /** Standard input; a closed empty pipe without it. */
  stdin?: string;
  /** Milliseconds before SIGKILL; 60 s without it. */
  timeout?: number;
  /** In a network with only a loopback device, where the caller may make one: natively the same as inside the sandbox. */
  ownNetwork?: boolean;
  /** Flags of `tvisor do`, sandbox runs only. */
  flags?: string[];
}

/**
 * The exit status as a shell reports it.
 *
 * @param code what the process exited with, or null
 * @param signal what killed it, or null
 */
export function shellStatus(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 127 : constants.signals[signal]);
}

/**
 * Start a program, with pipes as its standard files, and wait for its end.
 *
 * @param command the program and its arguments
 * @returns status and output; nothing that it started is left
 */
export function run(command: string[], options: RunOptions = {}): Promise<RunResult> {
  return runBounded(command, {
    cwd: options.cwd ?? '/tmp',
    env: { ...baseEnvironment(), ...options.env },
    stdin: options.stdin,
    timeout: options.timeout ?? 60_000,
    ownNetwork: options.ownNetwork ?? false,
  });
}

/**
 * The command line that runs a program in a fresh sandbox.
 *
 * @param command the program and its arguments
 * @param options cwd and flags count; the environment is the caller's, the rest is for `run`
 */
export function sandboxCommand(command: string[], options: RunOptions = {}): string[] {
  const tvisor = tvisorPath();
  if (tvisor === undefined) {
    throw new Error('bin/tvisor is not built');
  }
  return [tvisor, 'do', '--cwd', options.cwd ?? '/tmp', ...(options.flags ?? []), '--', ...command];
}

/**
 * Run a program in a fresh sandbox with `tvisor do`.
 *
 * @returns as `run`
 */
export function runSandbox(command: string[], options: RunOptions = {}): Promise<RunResult> {
  return run(sandboxCommand(command, options), { ...options, cwd: '/tmp' });
}
