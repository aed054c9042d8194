/** Filters that guests give themselves take away and never give, and cost others little. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { testRoot } from '../support/paths.js';
import { runSandbox } from '../support/run.js';
import { missing, requireTool, requireTvisor } from '../support/tools.js';
import { auditCalls } from './syscall-audit.js';
import { loadTable } from './syscall-table.js';

/** The sixth argument of every call that enumerate.c makes. */
const MARK = 0x7e571e57n;
/** uretprobe and uprobe, which the host lets past every filter. */
const BEYOND_FILTERS = new Set([335, 336]);
/** Milliseconds that another process may wait for three calls. */
const LONGEST = 2500;

const guest = (name: string): Promise<string> =>
  compile(join(testRoot, 'security', 'guests', `${name}.c`), { libs: ['-lpthread'] });

describe('filters of guests', { timeout: 600_000 }, () => {
  const survives: [what: string, mode: string[]][] = [
    ['nonsense where the host reads the filter', ['spoil', '5']],
    ['random filters and calls of all kinds', ['random', '60']],
  ];
  for (const [what, mode] of survives) {
    test(what, async (t) => {
      if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
      const { stdout, stderr, status } = await runSandbox([await guest('filters'), ...mode], {
        timeout: 120_000,
      });
      assert.equal(stderr, '');
      assert.equal(stdout, 'alive\n');
      assert.equal(status, 0);
    });
  }

  test('the longest ones, asked all the time, keep nobody else waiting', async (t) => {
    if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
    const { stdout, stderr } = await runSandbox([await guest('filters'), 'heavy', '3'], { timeout: 60_000 });
    assert.equal(stderr, '');
    const waited = /^alive, waited (\d+) ms\n$/.exec(stdout)?.[1];
    assert.ok(waited !== undefined && Number(waited) < LONGEST, stdout);
  });

  test('all together are bounded, and what they took up is given back', async (t) => {
    if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
    const { stdout, stderr } = await runSandbox([await guest('filters'), 'many'], { timeout: 120_000 });
    assert.equal(stderr, '');
    assert.equal(stdout, 'full, and again\nalive\n');
  });

  test('where each call is looked at, nothing but native calls executes on the host', async (t) => {
    if (!requireTool(t, 'gcc', 'mount') || !requireTvisor(t)) return;
    const program = await guest('enumerate');
    const command = [await guest('filters'), 'log', program, 'all'];
    const audit = await auditCalls(MARK, () => runSandbox(command, { timeout: 500_000 }));
    if (typeof audit === 'string') {
      missing(t, audit);
      return;
    }
    assert.match(audit.result.stdout, /alive\n$/);
    const classes = new Map((await loadTable()).map((entry) => [entry.nr, entry.class]));
    const wrong = audit.calls.filter(
      ({ nr }) => !['native', 'trace'].includes(classes.get(nr) ?? 'unknown') && !BEYOND_FILTERS.has(nr),
    );
    assert.deepEqual([...new Set(wrong.map(({ nr }) => nr))], []);
    assert.ok(audit.calls.length > 0, 'native calls carry the mark too, and must be in the record');
  });
});
