/** Running the program for tests of its command line. */
import { spawnSync } from 'node:child_process';
import { repoRoot } from '../support/paths.js';

export interface CliResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Run `bin/tvisor` with arguments, nothing on its standard input, and these variables beside PATH. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliResult {
  const { status, stdout, stderr, error } = spawnSync(`${repoRoot}/bin/tvisor`, args, {
    encoding: 'utf8',
    input: '',
    timeout: 60_000,
    env: { PATH: process.env['PATH'], ...env },
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}
