import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import {
  type BoundedOptions,
  type BoundedResult,
  baseEnvironment,
  runBounded,
} from '../../../compat/bounded.js';
import { requireTool } from '../../support/tools.js';

/** Run a shell script. */
function shell(script: string, options: Partial<BoundedOptions> = {}): Promise<BoundedResult> {
  return runBounded(['sh', '-c', script], {
    cwd: '/tmp',
    env: baseEnvironment(),
    timeout: 20_000,
    ...options,
  });
}

/** Processes with this word in their command line. */
function processesWith(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
    } catch {
      return false;
    }
  });
}

describe('a bounded run', () => {
  test('status, output and input', async (t) => {
    if (!requireTool(t, 'gcc')) return;
    const result = await shell('cat; echo err >&2; exit 7', { stdin: 'in\xff\n' });
    const { milliseconds, ...rest } = result;
    assert.ok(milliseconds > 0);
    assert.deepEqual(rest, {
      ...{ status: 7, signal: 0, stdout: 'in\xff\n', stderr: 'err\n', timedOut: false, tooMuch: false },
    });
    assert.deepEqual([(await shell('kill -9 $$')).status, (await shell('kill -9 $$')).signal], [137, 9]);
    assert.equal((await runBounded(['/no/such'], { cwd: '/', env: {}, timeout: 9000 })).status, 127);
  });

  test('a program that reads on only when its output is read, and one that reads nothing', async (t) => {
    if (!requireTool(t, 'gcc', 'head')) return;
    const stdin = 'x'.repeat(1 << 20);
    const echo = await shell('while head -c 200000 | grep .; do :; done', { stdin });
    assert.equal(echo.stdout.replaceAll('\n', '').length, stdin.length);
    const late = await shell('head -c 1000000 /dev/zero; sleep 60', { stdin, timeout: 700 });
    assert.deepEqual([late.timedOut, late.stdout.length], [true, 1_000_000]);
  });

  test('no descriptor but the standard ones, which are pipes', async (t) => {
    if (!requireTool(t, 'gcc')) return;
    const { stdout } = await shell('for f in /proc/$$/fd/*; do readlink $f; done');
    assert.match(stdout, /^(pipe:\[\d+\]\n){3}$/);
  });

  test('nothing is left: background, other sessions, orphans', async (t) => {
    if (!requireTool(t, 'gcc', 'setsid')) return;
    const word = randomUUID();
    const leave = `sh -c 'sleep 60; : ${word}' & setsid sh -c 'sleep 60; : ${word}' & (setsid sh -c 'sleep 60; : ${word}' &)`;
    const ended = await shell(`(${leave}) >/dev/null 2>&1 </dev/null; exit 0`);
    assert.equal(ended.status, 0);
    assert.deepEqual(processesWith(word), []);
    const late = await shell(`${leave}; sleep 60`, { timeout: 500 });
    assert.equal(late.timedOut, true);
    assert.deepEqual(processesWith(word), []);
  });

  test('too much output, and an end from outside', async (t) => {
    if (!requireTool(t, 'gcc')) return;
    const loud = await shell('yes', { maxOutput: 100_000 });
    assert.equal(loud.tooMuch, true);
    assert.ok(loud.stdout.length <= 100_000);
    const word = randomUUID();
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 300);
    await assert.rejects(shell(`sleep 60; : ${word}`, { signal: controller.signal }), /enough/);
    assert.deepEqual(processesWith(word), []);
  });

  test('a network of its own has a loopback device that is up', async (t) => {
    if (!requireTool(t, 'gcc')) return;
    if (process.getuid?.() !== 0) return t.skip('needs root');
    const { stdout } = await shell('cat /proc/net/route | wc -l; cat /proc/net/dev | grep -c :', {
      ownNetwork: true,
    });
    assert.equal(stdout, '1\n1\n');
  });
});
