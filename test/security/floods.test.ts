/** What one guest piles up neither ends the sandbox nor keeps the others waiting. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

/** Milliseconds that another process may wait for three calls: many times what each case needs, less than it would take unbounded. */
const LONGEST = 2500;

/** What is piled up, and what the guest says before it is done. */
const FLOODS: readonly (readonly [what: string, says: RegExp])[] = [
  ['keys', /^$/],
  ['semaphores', /^$/],
  ['segments', /^$/],
  ['requests', /^refused\n$/],
  ['mounts', /^deep\n$/],
  ['core', /^$/],
  ['epoll-tree', /^6400 links, EINVAL\n$/],
  ['epoll-wide', /^20000 and 500\n$/],
];

describe('a flood does not stop the others', { timeout: 300_000 }, () => {
  for (const [what, says] of FLOODS) {
    test(what, async (t) => {
      if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
      const guest = await compile(join(testRoot, 'security', 'guests', 'floods.c'));
      const { stdout, stderr } = await runSandbox([guest, what], { flags: ['--user', '0'], timeout: 60_000 });
      assert.equal(stderr, '');
      const end = /^([\s\S]*)alive, waited (\d+) ms\n$/.exec(stdout);
      assert.ok(end !== null, stdout);
      assert.match(end[1] as string, says);
      assert.ok(Number(end[2]) < LONGEST, `${end[2]} ms`);
    });
  }
});
