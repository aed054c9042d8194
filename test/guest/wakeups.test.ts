/**
 * No wake-up is lost: processes and threads that wait for one another through pipes, sockets, epoll, eventfds, timers, signals
 * and FIFOs all get on. Some seconds of it by default; TVISOR_STRESS_SECONDS=300 looks longer.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const seconds = Number(process.env['TVISOR_STRESS_SECONDS'] ?? 15);

test('nobody waits for ever', { timeout: (seconds + 120) * 1000 }, async (t) => {
  if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
  const guest = await compile(join(testRoot, 'guest', 'programs', 'wakeups.c'));
  const { stdout, stderr, status } = await runSandbox([guest, String(seconds)], {
    timeout: (seconds + 90) * 1000,
  });
  assert.equal(stderr, '');
  assert.equal(stdout, 'ok, many rounds\n');
  assert.equal(status, 0);
});
