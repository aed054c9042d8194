/** Standard input, output and error pass byte for byte, and the exit status is the guest's. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { assertSameRun } from '../support/compare.js';
import { type RunOptions, run, runSandbox, sandboxCommand } from '../support/run.js';
import { withScratch } from '../support/scratch.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const GIBIBYTE = 1 << 30;
/** Deterministic, and no two parts of it are alike. */
const source = `seq 1 200000000 | head -c ${GIBIBYTE}`;

async function same(t: TestContext, command: string[], options: RunOptions = {}): Promise<void> {
  if (requireTvisor(t)) {
    assertSameRun(await run(command, options), await runSandbox(command, options));
  }
}

/** Run a line of shell in which "$@" is the sandbox's command line. */
function shellAround(line: string, command: string[], options: RunOptions = {}) {
  return run(['bash', '-c', line, 'bash', ...sandboxCommand(command, options)], options);
}

describe('standard files', () => {
  test('1 GiB through cat, pipes on both sides', { timeout: 400_000 }, async (t) => {
    if (!requireTool(t, 'bash', 'seq', 'sha256sum') || !requireTvisor(t)) {
      return;
    }
    const timeout = 190_000;
    const expected = await run(['bash', '-c', `${source} | sha256sum`], { timeout });
    const line = `${source} | "$@" | sha256sum; echo "\${PIPESTATUS[2]}"`;
    const actual = await shellAround(line, ['cat'], { timeout });
    assert.equal(actual.stdout, `${expected.stdout}0\n`, actual.stderr);
  });

  test('all 256 bytes, in and out, and standard error apart', async (t) => {
    const bytes = Array.from({ length: 256 }, (_, i) => String.fromCharCode(i)).join('');
    await same(t, ['sh', '-c', 'tee /dev/stderr'], { stdin: bytes.repeat(300) });
  });

  test('empty input, unread input, no output', async (t) => {
    await same(t, ['cat']);
    await same(t, ['true'], { stdin: 'x'.repeat(1 << 20) });
    await same(t, ['head', '-c', '5'], { stdin: 'x'.repeat(1 << 20) });
  });

  test('sockets as standard files, as spawn() of Node gives them', async (t) => {
    const program =
      'process.stdin.on("data", (d) => console.log("got " + d)).on("end", () => console.error("end"))';
    await same(t, ['node', '-e', program], { stdin: 'some text' });
  });

  test('regular files as standard files', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    await withScratch('stdio', async (directory) => {
      const input = join(directory, 'in');
      const output = join(directory, 'out');
      writeFileSync(input, 'first\nsecond\n');
      writeFileSync(output, 'kept\n');
      const line = `{ read -r first; "$@"; } < ${input} >> ${output}`;
      const result = await shellAround(line, ['sh', '-c', 'cat; echo end']);
      assert.equal(result.status, 0, result.stderr);
      assert.equal(readFileSync(output, 'utf8'), 'kept\nsecond\nend\n');
    });
  });

  test('a reader that goes away ends the writer', { timeout: 60_000 }, async (t) => {
    if (requireTvisor(t)) {
      const result = await shellAround('"$@" | head -n 1; echo "$PIPESTATUS"', ['yes']);
      assert.equal(result.stdout, 'y\n141\n', result.stderr);
    }
  });

  test('a full device and closed standard files', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    const command = ['sh', '-c', 'cat; s=$?; echo out; exit $((s + $?))'];
    // Node opens /dev/null in place of a closed standard file before any program of ours runs, so that is what a guest gets.
    const cases = [
      ['>/dev/full', '>/dev/full'],
      ['<&-', '</dev/null'],
      ['>&- 2>&-', '>/dev/null 2>/dev/null'],
      ['<&- >&-', '</dev/null >/dev/null'],
    ];
    const around = (how: string) => `exec 3>&1; "$@" 3>&- ${how}; echo "status $?" >&3`;
    for (const [redirection = '', same = ''] of cases) {
      const native = await run(['bash', '-c', around(same), 'bash', ...command]);
      const inside = await shellAround(around(redirection), command);
      assert.equal(inside.stdout, native.stdout, `with ${redirection}`);
    }
  });
});

describe('exit status', () => {
  for (const status of [0, 1, 2, 42, 126, 127, 128, 255]) {
    test(`exit ${status}`, (t) => same(t, ['sh', '-c', `exit ${status}`]));
  }
  for (const signal of [1, 2, 3, 6, 9, 11, 13, 15, 31, 34, 64]) {
    test(`signal ${signal}`, async (t) => {
      await same(t, ['sh', '-c', `echo before; kill -${signal} $$; echo after`]);
    });
  }
  test('a program that does not exist, or cannot be run', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    assert.equal((await runSandbox(['/does/not/exist'])).status, 127);
    assert.equal((await runSandbox(['no-such-program'])).status, 127);
    assert.equal((await runSandbox(['/etc/passwd'])).status, 126);
    assert.equal((await runSandbox(['/etc'])).status, 126);
  });
  test('background processes do not keep the sandbox', { timeout: 30_000 }, async (t) => {
    if (requireTvisor(t)) {
      const result = await runSandbox(['sh', '-c', 'sleep 100 & exit 4'], { timeout: 20_000 });
      assert.equal(result.timedOut, false);
      assert.equal(result.status, 4);
    }
  });
});
