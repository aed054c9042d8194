/** What a guest takes does not make the sentry grow without bound. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { runMeasured } from '../support/measured.js';
import { testRoot } from '../support/paths.js';
import { requireTool, requireTvisor } from '../support/tools.js';

/** Peak resident memory that no case may pass, in MB: several times what each needs, a fraction of what it would take unbounded. */
const MOST = 512;

describe('the sentry stays small', { timeout: 300_000 }, () => {
  for (const what of ['names', 'files', 'pipes', 'connections', 'directories', 'zombies', 'watched']) {
    test(what, async (t) => {
      if (!requireTool(t, 'gcc') || !requireTvisor(t)) {
        return;
      }
      const guest = await compile(join(testRoot, 'security', 'guests', 'growth.c'));
      const { status, output, peak } = await runMeasured([guest, what], 60_000);
      assert.equal(status, 0, output);
      assert.match(output, /alive\n$/);
      if (what === 'zombies') {
        assert.match(output, /refused: EAGAIN/);
      }
      if (what === 'watched') {
        assert.match(output, /^found 50000$/m);
        assert.doesNotMatch(output, /^slow/m);
      }
      assert.ok(peak > 0, 'its memory was seen');
      assert.ok(peak < MOST, `${peak} MB`);
    });
  }
});
