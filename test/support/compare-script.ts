/** Running a script natively and in the sandbox, each time in a fresh directory, and comparing what it prints. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type ScriptFile, shellCommand } from '../guest/script-file.js';
import { assertSameRun } from './compare.js';
import { testRoot } from './paths.js';
import { type RunOptions, type RunResult, run, runSandbox } from './run.js';
import { requireTool, requireTvisor } from './tools.js';

const nativeOnly = Boolean(process.env['TVISOR_NATIVE']);

/** Runs the rest of its arguments in a directory of its own, and cleans up. */
const inFreshDirectory =
  'dir=$(mktemp -d /tmp/guest.XXXXXX) || exit 99; cd "$dir" || exit 99; "$@"; status=$?; cd /; ' +
  'chmod -R u+w "$dir"; rm -rf "$dir"; exit $status';

/** Only the name of the fresh directory, and the pids in a shell's reports on killed children, may differ. */
function normalise(result: RunResult): RunResult {
  const clean = (text: string): string =>
    text
      .replaceAll(/\/tmp\/guest\.[A-Za-z0-9]{6}/g, '/tmp/guest')
      .replaceAll(/(: line \d+: ) *\d+ /g, '$1PID ');
  return { ...result, stdout: clean(result.stdout), stderr: clean(result.stderr) };
}

/**
 * Both runs must print the same and end alike. TVISOR_NATIVE=1 compares two native runs instead.
 *
 * @param shell one of the script's shells
 * @param environment variables for the script, beside PROGRAMS: the directory of test/guest/programs
 * @param options of the runs: their network, and flags of `tvisor do`
 */
export async function compareScript(
  t: TestContext,
  script: ScriptFile,
  shell: string,
  options: Pick<RunOptions, 'ownNetwork' | 'env' | 'flags'> = {},
): Promise<void> {
  if (!requireTool(t, 'sh', shell, ...script.needs) || !(nativeOnly || requireTvisor(t))) {
    return;
  }
  const command = ['sh', '-c', inFreshDirectory, 'sh', ...shellCommand(shell), script.path];
  const all: RunOptions = {
    ...options,
    timeout: script.timeout,
    env: {
      PROGRAMS: join(testRoot, 'guest', 'programs'),
      PYTHONDONTWRITEBYTECODE: '1',
      ...options.env,
    },
  };
  const native = normalise(await run(command, all));
  const other = normalise(nativeOnly ? await run(command, all) : await runSandbox(command, all));
  if (native.timedOut || native.status === 99) {
    throw new Error(`the native run could not finish:\n${native.stdout}${native.stderr}`);
  }
  assertSameRun(native, other);
}
