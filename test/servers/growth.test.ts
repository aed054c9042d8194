/** Serving for a long time does not make the sentry grow. TVISOR_LONG=1: fifty rounds. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { baseEnvironment, sandboxCommand } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

/** Rounds until memory has found its level, and those after which it is looked at again. */
const WARM = process.env['TVISOR_LONG'] ? 20 : 3;
const MORE = process.env['TVISOR_LONG'] ? 50 : 4;
/** How much larger the sentry may be then, MiB: less than a hundred bytes for each request of the rounds. */
const MOST = 32;

/** Eighty thousand requests over kept connections and two thousand over one of their own, again and again. */
const SCRIPT = `
  cd "$(mktemp -d)" || exit 1
  redis-server --port 6399 --bind 127.0.0.1 --save '' >log 2>&1 &
  until redis-cli -p 6399 ping >log.ping 2>&1; do sleep 0.1; done
  for round in $(seq ${WARM + MORE}); do
    redis-benchmark -p 6399 -q -t set,get -P 16 -c 50 -n 40000 >log.kept 2>&1 || exit 1
    redis-benchmark -p 6399 -q -t get -k 0 -c 50 -n 2000 >log.new 2>&1 || exit 1
    echo round $round
    sleep 0.2
  done
  redis-cli -p 6399 shutdown
`;

/** Resident memory, MiB. */
function resident(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024;
}

test('the sentry does not grow while Redis serves', { timeout: 600_000 }, async (t) => {
  if (!requireTool(t, 'redis-server', 'redis-benchmark') || !requireTvisor(t)) return;
  const [program = '', ...args] = sandboxCommand(['sh', '-c', SCRIPT]);
  const child = spawn(program, args, { env: baseEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const sizes: number[] = [];
  createInterface(child.stdout).on('line', () => sizes.push(resident(child.pid ?? 0)));
  const status = await new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)));
  assert.equal(status, 0);
  assert.equal(sizes.length, WARM + MORE);
  const before = Math.max(...sizes.slice(0, WARM));
  const after = Math.min(...sizes.slice(-3));
  t.diagnostic(`MiB: ${sizes.map(Math.round).join(' ')}`);
  assert.ok(after < before + MOST, `MiB after each round: ${sizes.map(Math.round).join(' ')}`);
});
