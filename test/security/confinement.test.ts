/** The sentry's own confinement (SECURITY.md): what it gives up once it has started, on every thread, and that it does so. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repoRoot, testRoot } from '../support/paths.js';
import { baseEnvironment, run, sandboxCommand } from '../support/run.js';
import { requireTvisor } from '../support/tools.js';

/** CHOWN, DAC_OVERRIDE, DAC_READ_SEARCH, FOWNER, FSETID, KILL, SYS_PTRACE, SYS_NICE, SYS_RESOURCE. */
const KEPT = 0x188003fn;
const SECCOMP_MODE_FILTER = '2';

interface ThreadState {
  seccomp: string;
  noNewPrivs: string;
  capabilities: bigint;
}

function threadStates(pid: number): ThreadState[] {
  return readdirSync(`/proc/${pid}/task`).map((tid) => {
    const status = readFileSync(`/proc/${pid}/task/${tid}/status`, 'latin1');
    const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
    const capabilities =
      BigInt(`0x${field('CapEff')}`) | BigInt(`0x${field('CapPrm')}`) | BigInt(`0x${field('CapInh')}`);
    return { seccomp: field('Seccomp'), noNewPrivs: field('NoNewPrivs'), capabilities };
  });
}

/** What a process still can once it has confined itself. @param network its lines about sockets and namespaces */
async function attempts(kept: string, network: readonly string[], uds = 'none'): Promise<void> {
  const addon = join(repoRoot, 'build/Release/tvisor.node');
  const result = await run([process.execPath, join(testRoot, 'security/confined.cjs'), addon, kept, uds]);
  const expected = [
    'before: spawn 0',
    'execute a program: EPERM',
    'become another user: EPERM',
    'become another group: EPERM',
    ...network,
    'pool: works',
    'thread: works',
  ];
  assert.deepEqual(result.stdout.trim().split('\n'), expected, result.stderr);
  assert.equal(result.status, 0, result.stderr);
}

describe('the sentry confines itself', { timeout: 60_000 }, () => {
  test('before a guest runs, on every thread', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    const [program = '', ...args] = sandboxCommand(['sh', '-c', 'echo ready; exec sleep 1000']);
    const child = spawn(program, args, { env: baseEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const states = threadStates(child.pid ?? 0);
      assert.ok(states.length > 1, 'the runtime has threads of its own');
      for (const state of states) {
        assert.equal(state.seccomp, SECCOMP_MODE_FILTER);
        assert.equal(state.noNewPrivs, '1');
        assert.equal(state.capabilities & ~KEPT, 0n, state.capabilities.toString(16));
      }
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('so that it can execute, connect and become nothing, and its runtime still works', async (t) => {
    if (!requireTvisor(t)) {
      return;
    }
    await attempts('none', [
      'connect: EPERM',
      'listen: EPERM',
      'listen on a path: EPERM',
      'connect to a path: EPERM',
      'datagrams: EPERM',
      'raw socket: -94',
      'internet socket: -1',
      'netlink socket: -1',
      'network namespace: -1',
    ]);
  });

  for (const [uds, listen, connect] of [
    ['open', 'EPERM', 'ENOENT'],
    ['create', 'ALLOWED', 'EPERM'],
    ['all', 'ALLOWED', 'ENOENT'],
  ] as const) {
    test(`but for the unix sockets that --host-uds=${uds} is made of`, async (t) => {
      if (!requireTvisor(t)) return;
      const network = [
        'connect: EPERM',
        'listen: EPERM',
        `listen on a path: ${listen}`,
        `connect to a path: ${connect}`,
        'datagrams: EPERM',
        'raw socket: -94',
        'internet socket: -1',
        'netlink socket: -1',
        'network namespace: -1',
      ];
      await attempts('none', network, uds);
    });
  }

  test('but for the sockets that --network=host is made of', async (t) => {
    if (!requireTvisor(t)) return;
    await attempts('all', [
      'connect: ALLOWED',
      'listen: ALLOWED',
      'listen on a path: EPERM',
      'connect to a path: EPERM',
      'datagrams: ALLOWED',
      'raw socket: -94',
      'internet socket: ALLOWED',
      'netlink socket: -1',
      'network namespace: -1',
    ]);
  });
});
