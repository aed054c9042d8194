/**
 * Every C program in `compat/cases/` runs natively and in the sandbox; output and exit status must be the same. Linux is the
 * oracle, so there is no expected output to get wrong. TVISOR_CASE=text runs only the cases whose name contains it;
 * TVISOR_NATIVE=1 compares two native runs instead, which is how a new case is checked for being deterministic.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type CaseFile, readCases } from '../../compat/case-file.js';
import { describeDifference } from '../support/compare.js';
import { compile } from '../support/compile.js';
import { repoRoot } from '../support/paths.js';
import { type RunOptions, type RunResult, run, runSandbox } from '../support/run.js';
import { withScratch } from '../support/scratch.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const casesDirectory = join(repoRoot, 'compat', 'cases');
const selection = process.env['TVISOR_CASE'] ?? '';
const nativeOnly = Boolean(process.env['TVISOR_NATIVE']);
const expectedFailures: Record<string, string | undefined> = JSON.parse(
  readFileSync(join(repoRoot, 'compat', 'expected', 'tvisor.json'), 'utf8'),
);

function options(entry: CaseFile): RunOptions {
  return { stdin: entry.stdin, timeout: entry.timeout };
}

function runNative(program: string, entry: CaseFile): Promise<RunResult> {
  return withScratch('case', (cwd) => run([program, ...entry.args], { ...options(entry), cwd }));
}

/** Both runs of a case; what differs, or undefined. */
async function compareCase(entry: CaseFile): Promise<string | undefined> {
  const program = await compile(entry.source, {
    flags: [`-I${casesDirectory}`, ...entry.flags],
    libs: entry.libs,
  });
  const native = await runNative(program, entry);
  if (native.timedOut || native.status === 98 || native.status === 99) {
    throw new Error(
      `the native run could not finish (status ${native.status}):\n${native.stdout}${native.stderr}`,
    );
  }
  const other = nativeOnly
    ? await runNative(program, entry)
    : await runSandbox([program, ...entry.args], options(entry));
  return describeDifference(native, other);
}

async function runCase(t: TestContext, entry: CaseFile): Promise<void> {
  if (!requireTool(t, 'gcc') || !(nativeOnly || requireTvisor(t))) {
    return;
  }
  const reason = nativeOnly ? undefined : expectedFailures[entry.name];
  const difference = await compareCase(entry);
  if (reason === undefined) {
    if (difference !== undefined) {
      throw new Error(`native and sandbox differ\n${difference}`);
    }
    return;
  }
  if (difference === undefined) {
    throw new Error('passes, but is listed in compat/expected/tvisor.json: remove it there');
  }
  t.todo(`known gap: ${reason}`);
}

const cases = readCases(casesDirectory);

test('compat/expected/tvisor.json names only cases that exist', () => {
  const names = new Set(cases.map((entry) => entry.name));
  const unknown = Object.keys(expectedFailures).filter((name) => !names.has(name));
  if (unknown.length > 0) {
    throw new Error(`no such case: ${unknown.join(', ')}`);
  }
});

describe('differential', { concurrency: 2 }, () => {
  for (const entry of cases.filter((candidate) => candidate.name.includes(selection))) {
    test(entry.name, (t) => runCase(t, entry));
  }
});
