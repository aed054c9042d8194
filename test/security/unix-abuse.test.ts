/** Local sockets in hostile hands: the sentry stays small and alive, and other guests get their answers. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { runMeasured } from '../support/measured.js';
import { testRoot } from '../support/paths.js';
import { requireTool, requireTvisor } from '../support/tools.js';

/** Peak resident memory in MB: the bound on what is under way, and as much again for what keeps it. */
const MOST = 640;
/** Milliseconds that another guest may wait for a few calls. */
const LONGEST = 3000;

/** What is done, for how many seconds, and what the guest says of it. */
const ABUSES: readonly (readonly [what: string, seconds: number, says: string])[] = [
  ['unread', 0, 'more than a hundred pairs: 1, ended by ENOBUFS\nmore than a gigabyte: 0\n'],
  ['islands', 5, 'made: 1\nleft: 0\n'],
  ['chain', 0, 'long: 1\nthe end: 0, soon: 1\n'],
  ['fuzz', 60, 'rounds: 1\n'],
];

describe('unix sockets in hostile hands', { timeout: 300_000 }, () => {
  for (const [what, seconds, says] of ABUSES) {
    test(what, async (t) => {
      if (!requireTool(t, 'gcc') || !requireTvisor(t)) return;
      const guest = await compile(join(testRoot, 'security', 'guests', 'unix-abuse.c'));
      const { status, output, peak } = await runMeasured(
        [guest, what, String(seconds)],
        seconds * 1000 + 60_000,
      );
      assert.equal(status, 0, output);
      const end = /^([\s\S]*)other guests unharmed: 1, the longest wait (\d+) ms\nalive\n$/.exec(output);
      assert.ok(end !== null, output);
      assert.equal(end[1], says);
      assert.ok(Number(end[2]) < LONGEST, output);
      assert.ok(peak > 0 && peak < MOST, `${peak} MB`);
    });
  }
});
