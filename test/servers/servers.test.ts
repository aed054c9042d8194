/**
 * Servers and their clients from Debian's packages, together in one sandbox: every script in `scripts/` compares what they
 * answer and prints a line for each comparison. TVISOR_SCRIPT=text runs only the scripts whose name contains it;
 * TVISOR_LONG=1 runs the long forms: minutes, and loads as large as they are worth to be run by hand.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { testRoot } from '../support/paths.js';
import { runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const directory = join(testRoot, 'servers');
const selection = process.env['TVISOR_SCRIPT'] ?? '';
const long = process.env['TVISOR_LONG'] ?? '';

/** Milliseconds that a script may take. */
const TIMEOUT = long === '' ? 120_000 : 600_000;

/** The programs in `# needs: PROGRAM=PACKAGE ...`. */
function needs(script: string): string[] {
  const words = /^# needs: (.*)$/m.exec(readFileSync(script, 'utf8'))?.[1]?.split(' ') ?? [];
  return words.map((word) => word.split('=')[0] ?? '');
}

async function runScript(t: TestContext, script: string): Promise<void> {
  if (!requireTool(t, ...needs(script)) || !requireTvisor(t)) return;
  const { status, stdout, stderr, timedOut } = await runSandbox(['sh', script], {
    timeout: TIMEOUT,
    env: {
      LIB: join(directory, 'lib.sh'),
      PROGRAMS: join(directory, 'programs'),
      LONG: long,
    },
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  assert.ok(!timedOut, `it did not end:\n${stdout}${stderr}`);
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.ok(
    lines.some((line) => line.startsWith('checked: ')),
    'nothing was compared',
  );
}

describe('servers', () => {
  for (const file of readdirSync(join(directory, 'scripts')).sort()) {
    const name = basename(file, '.sh');
    if (name.includes(selection)) test(name, (t) => runScript(t, join(directory, 'scripts', file)));
  }
});
