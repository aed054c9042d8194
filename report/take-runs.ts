/** `--run`: takes the runs that a report is made of, one after the other, each with its own progress on the terminal. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../compat/paths.js';

const SCRIPT = [process.execPath, '--import', 'tsx'];

/** Where the run of the cases is kept. */
const COMPAT_FILE = join('.cache', 'compat.json');

const STEPS: { title: string; command: string[] }[] = [
  { title: 'compatibility', command: [join('bin', 'tvisor'), 'compat', '--json', COMPAT_FILE] },
  { title: 'micro benchmarks', command: [...SCRIPT, join('bench', 'run.ts')] },
  { title: 'applications', command: [...SCRIPT, join('bench', 'apps', 'run.ts')] },
  { title: 'the kernel by itself', command: [...SCRIPT, join('bench', 'kernel', 'run.ts')] },
];

function runStep(command: readonly string[], signal: AbortSignal): Promise<number | null> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    // What they print is theirs; the report's own output may be a pipe.
    const child = spawn(program, args, {
      cwd: packageRoot,
      stdio: ['ignore', process.stderr, process.stderr],
    });
    const end = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', end);
    child.once('error', reject);
    child.once('close', (status) => {
      signal.removeEventListener('abort', end);
      resolve(status);
    });
  });
}

/**
 * Wait for a run and its cleaning up, also when the user has enough. A terminal sends SIGINT to the run itself; SIGTERM is
 * passed on to it.
 *
 * @returns the signal that came meanwhile
 */
async function untilInterrupted(
  body: (signal: AbortSignal) => Promise<void>,
): Promise<NodeJS.Signals | undefined> {
  const controller = new AbortController();
  let came: NodeJS.Signals | undefined;
  const note = (name: NodeJS.Signals): void => {
    came = name;
    if (name === 'SIGTERM') controller.abort();
  };
  process.on('SIGINT', note).on('SIGTERM', note);
  try {
    await body(controller.signal);
  } finally {
    process.off('SIGINT', note).off('SIGTERM', note);
  }
  return came;
}

/**
 * Take all runs. One that fails is said, and the others are taken all the same: a compatibility run with failures ends with
 * status 1, and is shown.
 *
 * @param say a line for the user
 * @returns the signal that ended it early, if one did
 */
export async function takeRuns(say: (line: string) => void): Promise<NodeJS.Signals | undefined> {
  mkdirSync(join(packageRoot, '.cache'), { recursive: true });
  for (const [i, { title, command }] of STEPS.entries()) {
    say(`${i + 1} of ${STEPS.length}: ${title}`);
    let status: number | null = null;
    const interrupted = await untilInterrupted(async (signal) => {
      status = await runStep(command, signal);
    });
    if (interrupted !== undefined) {
      return interrupted;
    }
    if (status !== 0) {
      say(`${title}: ended with ${status === null ? 'a signal' : `status ${status}`}`);
    }
  }
  return undefined;
}
