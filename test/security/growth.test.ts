/** What a guest takes does not make the sentry grow without bound. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { baseEnvironment, sandboxCommand } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

/** Peak resident memory that no case may pass, in MB: several times what each needs, a fraction of what it would take unbounded. */
const MOST = 512;

function peak(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe('the sentry stays small', { timeout: 300_000 }, () => {
  for (const what of ['names', 'files', 'pipes', 'connections', 'directories', 'zombies', 'watched']) {
    test(what, async (t) => {
      if (!requireTool(t, 'gcc') || !requireTvisor(t)) {
        return;
      }
      const guest = await compile(join(testRoot, 'security', 'guests', 'growth.c'));
      const [program = '', ...args] = sandboxCommand([guest, what]);
      const child = spawn(program, args, { env: baseEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      let most = 0;
      const timer = setInterval(() => (most = Math.max(most, peak(child.pid ?? 0))), 50);
      const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
      const status = await new Promise((resolve) =>
        child.on('close', (code, signal) => resolve(code ?? signal)),
      );
      clearInterval(timer);
      clearTimeout(late);
      assert.equal(status, 0, output);
      assert.match(output, /alive\n$/);
      if (what === 'zombies') {
        assert.match(output, /refused: EAGAIN/);
      }
      if (what === 'watched') {
        assert.match(output, /^found 50000$/m);
        assert.doesNotMatch(output, /^slow/m);
      }
      assert.ok(most > 0, 'its memory was seen');
      assert.ok(most < MOST, `${most} MB`);
    });
  }
});
