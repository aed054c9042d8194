/** Steps: small scenarios with one engine, each a test with a name of its own, one after the other in one room. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RunResult } from '../support/run.js';
import { knownFailures } from './known.js';
import { requireEngine } from './room.js';
import { requireRuntime, runtimeName } from './runtime.js';

/** A scenario. It must clean up what would be in the way of others. */
export type Step<Engine> = readonly [name: string, body: (engine: Engine) => Promise<void>];

export interface Suite<Engine extends { close(): Promise<void> }> {
  title: string;
  /** Programs of the machine that it needs. */
  programs: readonly string[];
  /** Programs that install.sh unpacks. */
  unpacked: readonly string[];
  open: () => Promise<Engine>;
  steps: readonly Step<Engine>[];
}

/** Milliseconds for a step, and for all of a suite. */
const STEP_TIMEOUT = 60_000;
const SUITE_TIMEOUT = 400_000;

/** TVISOR_STEP=text runs only the steps whose name contains it. */
const selection = process.env['TVISOR_STEP'] ?? '';

/** Runs a suite's steps; those that other runtimes are known to fail are marked, those of tvisor all count. */
export function runSteps<Engine extends { close(): Promise<void> }>(suite: Suite<Engine>): void {
  test(suite.title, { timeout: SUITE_TIMEOUT }, async (t) => {
    if (!requireEngine(t, suite.programs, suite.unpacked) || !requireRuntime(t)) return;
    const chosen = suite.steps.filter(([name]) => name.includes(selection));
    if (chosen.length === 0) return;
    const engine = await suite.open();
    let passed = 0;
    try {
      for (const [name, body] of chosen) {
        const todo = knownFailures(runtimeName).get(`${suite.title}: ${name}`);
        await t.test(name, { timeout: STEP_TIMEOUT, ...(todo === undefined ? {} : { todo }) }, async () => {
          await body(engine);
          passed += 1;
        });
      }
    } finally {
      await engine.close();
      report(t, `${suite.title}: ${runtimeName} passes ${passed} of ${chosen.length} steps`);
    }
  });
}

function report(t: TestContext, line: string): void {
  t.diagnostic(line);
}

/** How a command has ended, for messages. */
function told({ status, stdout, stderr, timedOut }: RunResult): string {
  return `${timedOut ? 'it did not end in time; ' : ''}status ${status}\nstdout: ${stdout}\nstderr: ${stderr}`;
}

/** The command must succeed. @returns what it printed, without the last newline */
export function succeeds(result: RunResult): string {
  assert.ok(result.status === 0 && !result.timedOut, told(result));
  return result.stdout.replace(/\n$/, '');
}

/** The command must succeed and print exactly this (and a newline). */
export function prints(result: RunResult, expected: string): void {
  assert.equal(succeeds(result), expected, told(result));
}

/** The command must end with this status, and what it says about it must match. */
export function fails(result: RunResult, status: number, message = /(?:)/): void {
  assert.equal(result.status, status, told(result));
  assert.match(result.stderr, message, told(result));
}

/** The command must not succeed, by itself. */
export function refuses(result: RunResult, message = /./): void {
  assert.ok(result.status !== 0 && !result.timedOut, told(result));
  assert.match(result.stderr, message, told(result));
}

/** Asks until the answer is yes, for at most ten seconds. @throws Error with the name of what was waited for */
export async function eventually(what: string, ask: () => Promise<boolean> | boolean): Promise<void> {
  const limit = Date.now() + 10_000;
  while (!(await ask())) {
    if (Date.now() > limit) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
