/** Finding out whether a target works here, and what its program calls itself. */
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { baseEnvironment, runBounded } from '../bounded.js';
import { withScratch } from '../scratch.js';
import type { Target } from './target.js';

/** Milliseconds for `true` under a target, and for its program to say its version. */
const PROBE_TIMEOUT = 30_000;

/**
 * Look a program up in PATH.
 *
 * @param name a file name, or a path with a slash
 * @returns its path, or undefined
 */
export function findProgram(name: string): string | undefined {
  const directories = name.includes('/') ? [''] : (process.env['PATH'] ?? '/usr/bin:/bin').split(':');
  for (const directory of directories) {
    const candidate = directory === '' ? name : join(directory, name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this directory.
    }
  }
  return undefined;
}

/** The first line that `PROGRAM --version` prints; empty if it prints none or fails. */
export async function programVersion(program: string, signal?: AbortSignal): Promise<string> {
  const { status, stdout } = await runBounded([program, '--version'], {
    cwd: '/',
    env: baseEnvironment(),
    timeout: PROBE_TIMEOUT,
    signal,
  });
  return status === 0 ? (stdout.split('\n')[0] ?? '').trim() : '';
}

/** The last line that is not empty: what a program says before it gives up. */
function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/**
 * Run `true` under a target.
 *
 * @returns why that does not work; empty if it does
 */
export function probe(target: Target, signal?: AbortSignal): Promise<string> {
  return withScratch('probe', async (cwd) => {
    const program = findProgram('true') ?? '/bin/true';
    const command = target.command([program], { cwd, env: baseEnvironment() });
    try {
      const result = await runBounded(command.argv, { ...command, timeout: PROBE_TIMEOUT, signal });
      if (result.timedOut) return `'true' did not end within ${PROBE_TIMEOUT / 1000} s`;
      if (result.status === 0) return '';
      const words = lastLine(result.stderr) || lastLine(result.stdout);
      return `'true' ends with status ${result.status}${words === '' ? '' : `: ${words}`}`;
    } finally {
      await command.discard();
    }
  });
}
