/** The workloads of `workloads/*.sh`: what each needs, and how to get it from Debian's packages. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findTool } from '../../test/support/tools.js';

const execute = promisify(execFile);

const directory = join(dirname(fileURLToPath(import.meta.url)), 'workloads');

/** What every workload reads first. */
export const library = join(directory, 'lib.sh');

export interface Workload {
  name: string;
  /** Absolute path of the shell script. */
  script: string;
  /** Programs to find in PATH, each with Debian's package of it. */
  needs: { program: string; package: string }[];
}

function readWorkload(script: string): Workload {
  const line = /^# needs: (.*)$/m.exec(readFileSync(script, 'utf8'))?.[1] ?? '';
  const needs = line.split(' ').map((word) => {
    const [program = '', name = ''] = word.split('=');
    return { program, package: name };
  });
  return { name: basename(script, '.sh'), script, needs };
}

/** All workloads, by name. */
export function readWorkloads(): Workload[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.sh') && name !== basename(library))
    .sort()
    .map((name) => readWorkload(join(directory, name)));
}

/** The packages of what the workloads need and the machine has not. */
export function missingPackages(workloads: readonly Workload[]): string[] {
  const missing = workloads
    .flatMap((workload) => workload.needs)
    .filter((need) => findTool(need.program) === undefined)
    .map((need) => need.package);
  return [...new Set(missing)];
}

/**
 * Install packages with apt-get.
 *
 * @throws Error with apt-get's last line
 */
export async function installPackages(packages: readonly string[]): Promise<void> {
  // In run level 1 no service starts; systemd does not ask, and starts what the package says.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  try {
    await execute('apt-get', ['-qq', 'update'], { env });
    await execute('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...packages], { env });
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new Error(`apt-get install ${packages.join(' ')}: ${words.split('\n').pop()}`);
  }
}
