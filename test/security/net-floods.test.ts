/** Whatever internet sockets pile up, the sentry's memory stays bounded and other connections work. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { baseEnvironment, sandboxCommand } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

/** Peak resident memory that no flood may pass, in MB: the budget of all buffers (384) and what so many sockets cost. */
const MOST = 900;

/** What is piled up, and what the guest says before it is done. */
const FLOODS: readonly (readonly [what: string, says: RegExp])[] = [
  ['half-open', /^100000 half open\n$/],
  ['come-and-go', /^$/],
  ['ended', /^$/],
  ['streams', /^$/],
  ['datagrams', /^$/],
  ['errors', /^$/],
];

/** Peak resident memory of a process, MB; 0 when it is gone. */
function peak(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

describe('floods of internet sockets', { timeout: 400_000 }, () => {
  for (const [what, says] of FLOODS) {
    test(what, async (t) => {
      if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
      const guest = await compile(join(testRoot, 'security', 'guests', 'netfloods.c'));
      const [program = '', ...args] = sandboxCommand([guest, what]);
      const child = spawn(program, args, { env: baseEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
      let most = 0;
      const timer = setInterval(() => (most = Math.max(most, peak(child.pid ?? 0))), 20);
      const late = setTimeout(() => child.kill('SIGKILL'), 120_000);
      const status = await new Promise((resolve) =>
        child.on('close', (code, signal) => resolve(code ?? signal)),
      );
      clearInterval(timer);
      clearTimeout(late);
      assert.equal(status, 0, output);
      const end = /^([\s\S]*?)alive\nalive\n$/.exec(output);
      assert.ok(end !== null, output);
      assert.match(end[1] as string, says);
      assert.ok(most > 0, 'its memory was seen');
      assert.ok(most < MOST, `${most} MB`);
    });
  }
});
