/**
 * Nothing is left behind, however a sandbox ends: no process, mount, temporary file or cgroup. In `tvisor do` the command
 * and the sentry are one process; below it is the reaper, the first process of the guests' PID namespace.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { baseEnvironment, sandboxCommand } from '../support/run.js';
import { withScratch } from '../support/scratch.js';
import { requireTvisor } from '../support/tools.js';
import {
  family,
  type HostProcess,
  isAlive,
  isNamespaceInit,
  leftovers,
  processesWith,
} from './host-state.js';

const START_LIMIT = 20_000;
const END_LIMIT = 10_000;

/** A guest of many kinds of process: sleeping, spinning, in another session, a zombie, one that ignores signals. */
const crowd = [
  'trap "" TERM HUP INT',
  'sleep 1000 &',
  'setsid sleep 1000 &',
  'sh -c "while :; do :; done" &',
  'sh -c "trap \'\' TERM; sleep 1000 & sleep 1000" &',
  'sh -c "exec sleep 1000" | cat &',
  'echo data > /tmp/file-of-the-guest',
  'echo ready',
].join('\n');

interface Sandbox {
  child: ChildProcess;
  pid: number;
  /** Everything ever seen below it. */
  members: HostProcess[];
  ended: Promise<number | string>;
}

async function until(condition: () => boolean, limit: number): Promise<boolean> {
  for (const end = Date.now() + limit; Date.now() < end; await delay(20)) {
    if (condition()) {
      return true;
    }
  }
  return condition();
}

async function startSandbox(script: string, mark: string, temporary: string): Promise<Sandbox> {
  const [program = '', ...args] = sandboxCommand(['sh', '-c', script]);
  const child = spawn(program, args, {
    cwd: '/tmp',
    env: { ...baseEnvironment(), TMPDIR: temporary, TVISOR_TEST_MARK: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  let complaints = '';
  let over = false;
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = new Promise<number | string>((resolve) => {
    child.on('exit', (code, signal) => {
      over = true;
      resolve(code ?? signal ?? -1);
    });
  });
  const pid = child.pid ?? 0;
  await until(() => over || output.includes('ready'), START_LIMIT);
  if (!output.includes('ready')) {
    child.kill('SIGKILL');
    throw new Error(`the guest did not start: ${output}${complaints}`);
  }
  return { child, pid, members: family(pid), ended };
}

/** The sandbox's end, within a time. */
async function end(sandbox: Sandbox): Promise<number | string> {
  const late = delay(END_LIMIT).then(() => {
    throw new Error('tvisor does not end');
  });
  return Promise.race([sandbox.ended, late]);
}

/** Run a procedure on a sandbox with a crowd in it, then look for what is left. */
async function leavesNothing(
  t: TestContext,
  script: string,
  procedure: (sandbox: Sandbox) => Promise<void> | void,
): Promise<number | string> {
  const mark = `${process.pid}-${t.name.replaceAll(' ', '-')}`;
  return withScratch('cleanup', async (temporary) => {
    const before = leftovers();
    const sandbox = await startSandbox(script, mark, temporary);
    try {
      assert.ok(sandbox.members.length > 1, 'the guest has host processes below the sentry');
      await procedure(sandbox);
      const status = await end(sandbox);
      await until(() => !sandbox.members.some(isAlive) && processesWith(mark).length === 0, END_LIMIT);
      assert.deepEqual(sandbox.members.filter(isAlive), [], 'processes');
      assert.deepEqual(processesWith(mark), [], 'processes with the environment of the sandbox');
      assert.deepEqual(readdirSync(temporary), [], 'temporary files');
      // Other tests make and remove things at the same time: only what stays counts.
      const remaining = (): string[] => [...leftovers()].filter((name) => !before.has(name));
      let suspects = remaining();
      await until(() => {
        const now = new Set(remaining());
        suspects = suspects.filter((name) => now.has(name));
        return suspects.length === 0;
      }, END_LIMIT);
      assert.deepEqual(suspects, [], 'mounts, files and cgroups');
      return status;
    } finally {
      for (const entry of [...sandbox.members].reverse()) {
        if (isAlive(entry)) {
          process.kill(entry.pid, 'SIGKILL');
        }
      }
    }
  });
}

function reaper(sandbox: Sandbox): number {
  const found = sandbox.members.find((entry) => entry.pid !== sandbox.pid && isNamespaceInit(entry.pid));
  assert.ok(found, 'there is a first process of a PID namespace below the sentry');
  return found.pid;
}

const waiting = `${crowd}\nwhile :; do sleep 1000; done`;

/** SIGKILL for a process that may be going already: with the sandbox's first process all others end. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

describe('nothing is left behind', { timeout: 600_000 }, () => {
  test('after an exit, with processes in the background', async (t) => {
    if (requireTvisor(t)) {
      assert.equal(await leavesNothing(t, `${crowd}\nsleep 0.3; exit 9`, () => undefined), 9);
    }
  });

  test('after the guest kills itself', async (t) => {
    if (requireTvisor(t)) {
      assert.equal(await leavesNothing(t, `${crowd}\nsleep 0.3; kill -KILL $$`, () => undefined), 137);
    }
  });

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGHUP', 'SIGSEGV', 'SIGABRT', 'SIGBUS'] as const) {
    test(`after ${signal} to the command, which is the sentry`, async (t) => {
      if (requireTvisor(t)) {
        // A trap on TERM and HUP in the guest may keep it; the second, deadly one must not fail.
        await leavesNothing(t, waiting, async (sandbox) => {
          sandbox.child.kill(signal);
          await Promise.race([sandbox.ended, delay(2000)]);
          sandbox.child.kill('SIGKILL');
        });
      }
    });
  }

  test('after SIGSTOP, then SIGKILL to the sentry', async (t) => {
    if (requireTvisor(t)) {
      await leavesNothing(t, waiting, async (sandbox) => {
        sandbox.child.kill('SIGSTOP');
        await delay(100);
        sandbox.child.kill('SIGKILL');
      });
    }
  });

  test('after SIGKILL to the reaper', async (t) => {
    if (requireTvisor(t)) {
      const status = await leavesNothing(t, waiting, (sandbox) => {
        process.kill(reaper(sandbox), 'SIGKILL');
      });
      assert.notEqual(status, 0, 'and the command says that something went wrong');
    }
  });

  test('after SIGKILL to every host process of the guest', async (t) => {
    if (requireTvisor(t)) {
      await leavesNothing(t, waiting, (sandbox) => {
        const first = reaper(sandbox);
        for (const entry of sandbox.members.filter(({ pid }) => pid !== sandbox.pid && pid !== first)) {
          if (isAlive(entry) && family(first).some(({ pid }) => pid === entry.pid)) {
            killIfThere(entry.pid);
          }
        }
      });
    }
  });

  test('after SIGKILL at any time of the start', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    const mark = `${process.pid}-start`;
    await withScratch('cleanup', async (temporary) => {
      const before = leftovers();
      for (let wait = 10; wait <= 400; wait += 30) {
        const [program = '', ...args] = sandboxCommand(['sleep', '1000']);
        const child = spawn(program, args, {
          env: { ...baseEnvironment(), TMPDIR: temporary, TVISOR_TEST_MARK: mark },
          stdio: 'ignore',
        });
        await delay(wait);
        child.kill('SIGKILL');
      }
      await until(() => processesWith(mark).length === 0, END_LIMIT);
      assert.deepEqual(processesWith(mark), [], 'processes');
      assert.deepEqual(readdirSync(temporary), [], 'temporary files');
      let suspects = [...leftovers()].filter((name) => !before.has(name));
      await until(() => {
        const now = leftovers();
        suspects = suspects.filter((name) => now.has(name));
        return suspects.length === 0;
      }, END_LIMIT);
      assert.deepEqual(suspects, [], 'mounts, files and cgroups');
    });
  });

  test('of processes that were waited for, while others run', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    await withScratch('cleanup', async (temporary) => {
      const script =
        'i=0; while [ $i -lt 20 ]; do /bin/true; i=$((i + 1)); done; echo ready; exec sleep 1000';
      const sandbox = await startSandbox(script, `${process.pid}-zombies`, temporary);
      const zombies = () => family(sandbox.pid).filter(({ state }) => state === 'Z');
      await until(() => zombies().length === 0, END_LIMIT);
      assert.deepEqual(zombies(), []);
      sandbox.child.kill('SIGKILL');
      await sandbox.ended;
    });
  });
});
