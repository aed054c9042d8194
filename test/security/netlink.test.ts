/** Malformed netlink and ancillary data, for a minute: nothing ends, nothing grows without bound, nobody else waits long. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { runSandbox } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const SECONDS = 60;
/** Milliseconds that another process may wait for a few calls. */
const LONGEST = 2500;

/** Mebibytes that queues of all sockets together may hold. */
const MOST_QUEUED = 64;

test('queues that nobody reads are bounded together', { timeout: 90_000 }, async (t) => {
  if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
  const guest = await compile(join(testRoot, 'security', 'guests', 'netlink.c'));
  const { stdout } = await runSandbox([guest, 'flood'], { flags: ['--user', '0'], timeout: 60_000 });
  const taken = Number(stdout);
  assert.ok(taken > 1 && taken <= MOST_QUEUED, stdout);
});

describe('malformed netlink', { timeout: 180_000 }, () => {
  for (const user of ['0', '12345']) {
    test(`as user ${user}`, async (t) => {
      if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
      const guest = await compile(join(testRoot, 'security', 'guests', 'netlink.c'));
      const seed = String(Date.now() % 1_000_000);
      t.diagnostic(`seed ${seed}`);
      const { stdout, stderr } = await runSandbox([guest, String(SECONDS / 2), seed, user], {
        flags: ['--user', '0'],
        timeout: 90_000,
      });
      assert.equal(stderr, '');
      const waited = /^alive, waited (\d+) ms\n$/.exec(stdout)?.[1];
      assert.ok(waited !== undefined, `${stdout} (seed ${seed})`);
      assert.ok(Number(waited) < LONGEST, `${waited} ms (seed ${seed})`);
    });
  }
});
