/** fsync(2) and fdatasync(2) of files that are shared with the host. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { testRoot } from '../support/paths.js';
import { runSandbox, withScratch } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

test('files of a volume are made durable by threads, signals or not, and by one that is killed', async (t) => {
  if (!requireTool(t, 'python3') || !requireTvisor(t)) return;
  await withScratch('durable', async (directory) => {
    const program = join(testRoot, 'guest', 'programs', 'durable.py');
    const { status, stdout, stderr } = await runSandbox(['python3', program, '/volume'], {
      flags: ['--volume', `${directory}:/volume`],
    });
    assert.deepEqual(
      { status, stdout, stderr },
      { status: 0, stdout: '0 0 0 0 0 0 0 0 -1\n9 True done\n', stderr: '' },
    );
    const expected = Array.from({ length: 30 }, (_, i) => `${i} `.padEnd(3)).join('');
    for (let n = 0; n < 9; n++) {
      // Each number begins where the one before it has its third byte.
      assert.equal(
        readFileSync(join(directory, `f${n}`), 'latin1')
          .replaceAll('\0', ' ')
          .trimEnd(),
        expected.trimEnd(),
      );
    }
  });
});
