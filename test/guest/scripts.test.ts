/**
 * Real programs: every script in `scripts/` runs natively and in the sandbox, in a fresh directory that is removed
 * afterwards, and must print the same and end alike. TVISOR_SCRIPT=text runs only the scripts whose name contains it;
 * TVISOR_NATIVE=1 compares two native runs instead.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { assertSameRun } from '../support/compare.js';
import { testRoot } from '../support/paths.js';
import { type RunOptions, type RunResult, run, runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';
import { readScript, type ScriptFile, shellCommand } from './script-file.js';

const scriptsDirectory = join(testRoot, 'guest', 'scripts');
const selection = process.env['TVISOR_SCRIPT'] ?? '';
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

async function compareScript(t: TestContext, script: ScriptFile, shell: string): Promise<void> {
  if (!requireTool(t, 'sh', shell, ...script.needs) || !(nativeOnly || requireTvisor(t))) {
    return;
  }
  const command = ['sh', '-c', inFreshDirectory, 'sh', ...shellCommand(shell), script.path];
  const options: RunOptions = {
    timeout: script.timeout,
    env: { PROGRAMS: join(testRoot, 'guest', 'programs'), PYTHONDONTWRITEBYTECODE: '1' },
  };
  const native = normalise(await run(command, options));
  const other = normalise(nativeOnly ? await run(command, options) : await runSandbox(command, options));
  if (native.timedOut || native.status === 99) {
    throw new Error(`the native run could not finish:\n${native.stdout}${native.stderr}`);
  }
  assertSameRun(native, other);
}

describe('real programs', () => {
  for (const file of readdirSync(scriptsDirectory)
    .filter((name) => name.endsWith('.sh'))
    .sort()) {
    const script = readScript(join(scriptsDirectory, file));
    for (const shell of script.shells.filter(() => script.name.includes(selection))) {
      test(`${script.name} (${shell})`, (t) => compareScript(t, script, shell));
    }
  }
});
