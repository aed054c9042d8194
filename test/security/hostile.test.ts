/** The sentry survives what guests do, and the same sandbox still answers afterwards. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { type RunResult, runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';
import { loadTable } from './syscall-table.js';

const MINUTE = 60_000;
/** How many calls one sandbox tries; a failure then names few suspects. */
const CALLS_A_SANDBOX = 25;
/**
 * Not called with arbitrary arguments: they would end the test program itself, or the group of its first process, as they
 * should (kill and its kin, exit), or are no ordinary calls (rt_sigreturn).
 */
const LEFT_OUT = new Set([
  'exit',
  'exit_group',
  'rt_sigreturn',
  'kill',
  'tkill',
  'tgkill',
  'rt_sigqueueinfo',
  'rt_tgsigqueueinfo',
  'pidfd_send_signal',
  'reboot',
]);

async function runGuest(name: string, args: string[], timeout: number): Promise<RunResult> {
  const program = await compile(join(testRoot, 'security', 'guests', `${name}.c`), { libs: ['-lpthread'] });
  return runSandbox([program, ...args], { timeout });
}

/** The guest ended well, and the sandbox has neither hung nor complained about itself. */
function assertSurvived(result: RunResult): void {
  const words = `${result.stdout.slice(-2000)}${result.stderr.slice(-4000)}`;
  assert.equal(result.timedOut, false, `hangs: ${words}`);
  assert.equal(result.status, 0, words);
  assert.match(result.stdout, /alive\n$/, words);
  // A stack trace is a defect of the sentry, whatever the guest did.
  assert.doesNotMatch(result.stderr, /\n\s+at .*\.(ts|js|cjs|mjs):\d+/, words);
}

function ready(t: TestContext): boolean {
  return requireTool(t, 'gcc') && requireTvisor(t);
}

describe('bad pointers in every argument of every call', { timeout: 30 * MINUTE }, () => {
  test('the calls of the table', async (t) => {
    if (!ready(t)) {
      return;
    }
    const calls = (await loadTable()).filter(
      (entry) => entry.class !== 'refused' && entry.status !== 'missing' && !LEFT_OUT.has(entry.name),
    );
    assert.ok(calls.length > 100);
    for (let first = 0; first < calls.length; first += CALLS_A_SANDBOX) {
      const part = calls.slice(first, first + CALLS_A_SANDBOX);
      await t.test(`${part[0]?.name} to ${part.at(-1)?.name}`, { timeout: 8 * MINUTE }, async () => {
        const result = await runGuest(
          'badpointers',
          part.map((entry) => String(entry.nr)),
          7 * MINUTE,
        );
        assertSurvived(result);
        assert.equal(result.stdout.match(/tried/g)?.length, part.length);
      });
    }
  });
});

describe('hostile guests', () => {
  test('processes that end while their calls are in flight', { timeout: 4 * MINUTE }, async (t) => {
    if (ready(t)) {
      assertSurvived(await runGuest('inflight', [], 3 * MINUTE));
    }
  });

  test('10,000 descriptors, endless paths, absurd counts', { timeout: 4 * MINUTE }, async (t) => {
    if (ready(t)) {
      const result = await runGuest('resources', [], 3 * MINUTE);
      assertSurvived(result);
      assert.match(result.stdout, /descriptors: many, EMFILE/);
      assert.doesNotMatch(result.stdout, /: 0\n/, result.stdout);
    }
  });

  for (const [name, limit] of [
    ['under RLIMIT_NPROC', '50'],
    ["under the sandbox's own limit", '0'],
  ] as const) {
    test(`a fork bomb ${name}`, { timeout: 4 * MINUTE }, async (t) => {
      if (ready(t)) {
        const result = await runGuest('forkbomb', [limit], 3 * MINUTE);
        assertSurvived(result);
        assert.match(result.stdout, /refused: EAGAIN\nbounded\n/);
      }
    });
  }

  test('a shell with ulimit -u', { timeout: 2 * MINUTE }, async (t) => {
    if (!ready(t) || !requireTool(t, 'bash', 'setpriv')) {
      return;
    }
    const script = 'ulimit -u 20; for i in $(seq 1 40); do sleep 5 & done; wait; echo survived';
    const result = await runSandbox(
      ['setpriv', '--reuid=54322', '--regid=54322', '--clear-groups', 'bash', '-c', script],
      { timeout: MINUTE },
    );
    assert.equal(result.timedOut, false);
    assert.match(result.stderr, /fork: .*(Resource temporarily unavailable|retry)/);
  });
});
