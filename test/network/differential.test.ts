/**
 * The cases about internet sockets with --network=host, in a network namespace of their own: what a guest then sees is the host's
 * kernel through the sentry, and is to be what a native program sees. TVISOR_CASE=text runs only the cases whose name contains it.
 */
import { describe, type TestContext, test } from 'node:test';
import { type CaseFile, readCases } from '../../compat/case-file.js';
import { improvements, readExpectations } from '../../compat/expectations.js';
import { casesDirectory, expectedDirectory, tvisorPath } from '../../compat/paths.js';
import { describeFailure, styleFor } from '../../compat/report/terminal.js';
import { runCases } from '../../compat/runner.js';
import { createTarget } from '../../compat/targets/create.js';
import { requireTool } from '../support/tools.js';
import { requireLan } from './lan.js';

const name = 'tvisor-host';
const families = ['socket', 'inet'];
const selection = process.env['TVISOR_CASE'] ?? '';
const expectations = readExpectations(expectedDirectory, name);
const target = createTarget({
  name,
  words: [
    ...['unshare', '-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'],
    ...[tvisorPath() ?? 'tvisor', 'do', '--network', 'host', '--cwd', '{cwd}', '--', '{}'],
  ],
});

async function runCase(t: TestContext, entry: CaseFile): Promise<void> {
  if (!requireLan(t) || !requireTool(t, 'gcc', 'unshare')) return;
  const run = await runCases([entry], [await target], {
    jobs: 1,
    timeFactor: 3,
    expectations: () => expectations,
  });
  const result = run.targets[0]?.cases[0];
  if (result === undefined) throw new Error(run.targets[0]?.unavailable);
  const passing = improvements(expectations, [result]);
  if (passing.length > 0) {
    throw new Error(`pass, but are listed in compat/expected/${name}.json: ${passing.join(', ')}`);
  }
  if (result.outcome !== 'pass' && result.expected === 'pass') {
    throw new Error(describeFailure(name, result, styleFor({})).join('\n'));
  }
  if (result.outcome !== 'pass') t.todo(`known gap: ${result.reason}`);
}

describe('internet sockets of the host, natively and in the sandbox', { concurrency: 2 }, () => {
  for (const entry of readCases(casesDirectory)) {
    if (!families.includes(entry.family) || !entry.name.includes(selection)) continue;
    test(`${entry.family}/${entry.name}`, { timeout: 120_000 }, (t) => runCase(t, entry));
  }
});
