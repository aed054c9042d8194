/** Memory that guests share with the sentry harms nobody but those who share it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

describe('the fast lane', { timeout: 120_000 }, () => {
  test('nonsense in its memory', async (t) => {
    if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
    const guest = await compile(join(testRoot, 'security', 'guests', 'lane.c'));
    const { stdout, stderr, status } = await runSandbox([guest, '5'], { timeout: 60_000 });
    assert.equal(stderr, '');
    assert.equal(stdout, 'enemy exited 0\ntalked on\nalive\n');
    assert.equal(status, 0);
  });

  test("memory that a client left to its child is nobody else's", async (t) => {
    if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
    const guest = await compile(join(testRoot, 'security', 'guests', 'lane-heir.c'));
    const { stdout, stderr, status } = await runSandbox([guest], { timeout: 60_000 });
    assert.equal(stderr, '');
    assert.equal(stdout, 'not overheard\nalive\n');
    assert.equal(status, 0);
  });
});
