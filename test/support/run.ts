/** Running programs natively and in the sandbox, and keeping what they print. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { compile } from './compile.js';
import { supportDir, tvisorPath } from './paths.js';

export { scratchDirectory, withScratch } from './scratch.js';

/** How a program ended and what it wrote. Output is latin1: one character a byte, nothing lost. */
export interface RunResult {
  /** Exit status, or 128 + signal number (the shell's convention, and the sandbox's). */
  status: number;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

export interface RunOptions {
  cwd?: string;
  /** Replaces the small default environment where names are equal. */
  env?: Record<string, string>;
  /** Standard input; a closed empty pipe without it. */
  stdin?: string;
  /** Milliseconds before SIGKILL; 60 s without it. */
  timeout?: number;
  /** Flags of `tvisor do`, sandbox runs only. */
  flags?: string[];
}

const signalNumbers: Record<string, number> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGSYS: 31,
};

/** The environment that both sides get: small and the same, whatever the developer's own looks like. */
export function baseEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: '/tmp',
    LC_ALL: 'C',
    TZ: 'UTC',
    TERM: 'dumb',
  };
}

/**
 * The exit status as a shell reports it.
 *
 * @param code what the process exited with, or null
 * @param signal what killed it, or null
 */
export function shellStatus(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signalNumbers[signal ?? ''] ?? 127);
}

/** The program that gives its child real pipes. */
function pipeRunner(): Promise<string> {
  return compile(join(supportDir, 'pipe-run.c'));
}

/** Kill a process and, when it leads a group of its own, everything in that group. */
function killTree(child: ChildProcess): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/**
 * Start a program, with pipes as its standard files, and wait for its end.
 *
 * @param command the program and its arguments
 * @returns status and output; a program that cannot be started rejects
 */
export async function run(command: string[], options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = [await pipeRunner(), ...command];
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? '/tmp',
      env: { ...baseEnvironment(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killTree(child);
    }, options.timeout ?? 60_000);
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program may end without reading its input.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({
        status: shellStatus(code, signal),
        stdout: Buffer.concat(stdout).toString('latin1'),
        stderr: Buffer.concat(stderr).toString('latin1'),
        timedOut,
      });
    });
    child.stdin.end(Buffer.from(options.stdin ?? '', 'latin1'));
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
