/**
 * A network of its own for a test: namespaces on one switch, with no way out. Machine `a` has 10.77.0.2 and fd77::2, `b` 10.77.0.3 and
 * fd77::3; the switch itself is the machine `host`, 10.77.0.1 and fd77::1. Programs run in it directly or in sandboxes.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { testRoot } from '../support/paths.js';
import { baseEnvironment, type RunOptions, type RunResult, run, sandboxCommand } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

export type Machine = 'host' | 'a' | 'b';

/** Only root makes network namespaces that have a name, and devices between them. */
export function requireLan(t: TestContext): boolean {
  if (!requireTvisor(t) || !requireTool(t, 'python3', 'ip')) return false;
  if (process.getuid?.() === 0) return true;
  t.skip('needs root, to make network namespaces');
  return false;
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}

let made = 0;

export class Lan {
  private readonly prefix = `tv${process.pid}x${made++}`;
  private readonly started: ChildProcess[] = [];

  constructor(machines: readonly ('a' | 'b')[] = ['a']) {
    this.add('host');
    const inHost = ['-n', this.namespace('host')];
    ip(...inHost, 'link', 'add', 'br0', 'type', 'bridge');
    this.address('host', 'br0', 1);
    for (const [i, machine] of machines.entries()) {
      this.add(machine);
      ip(
        ...inHost,
        'link',
        'add',
        `v${machine}`,
        'type',
        'veth',
        'peer',
        'name',
        'eth0',
        'netns',
        this.namespace(machine),
      );
      ip(...inHost, 'link', 'set', `v${machine}`, 'master', 'br0', 'up');
      this.address(machine, 'eth0', 2 + i);
    }
  }

  namespace(machine: Machine): string {
    return `${this.prefix}-${machine}`;
  }
  private add(machine: Machine): void {
    ip('netns', 'add', this.namespace(machine));
    ip('-n', this.namespace(machine), 'link', 'set', 'lo', 'up');
  }
  private address(machine: Machine, device: string, last: number): void {
    const inside = ['-n', this.namespace(machine)];
    ip(...inside, 'addr', 'add', `10.77.0.${last}/24`, 'dev', device);
    ip(...inside, '-6', 'addr', 'add', `fd77::${last}/64`, 'dev', device, 'nodad');
    ip(...inside, 'link', 'set', device, 'up');
  }

  /** A command line that runs on a machine. */
  on(machine: Machine, command: readonly string[]): string[] {
    return ['ip', 'netns', 'exec', this.namespace(machine), ...command];
  }
  /** The same in a sandbox there. @param flags of `tvisor do`; without --network the machine's network is the sandbox's */
  sandboxOn(machine: Machine, command: string[], flags: readonly string[] = ['--network', 'host']): string[] {
    return this.on(machine, sandboxCommand(command, { flags: [...flags] }));
  }

  run(command: string[], options: RunOptions = {}): Promise<RunResult> {
    return run(command, { timeout: 30_000, ...options });
  }

  /**
   * Starts a server; resolves once it has said "ready". It ends with the network.
   * @param heard is given all that it prints @param times how often it says so, if it is several
   */
  async start(command: readonly string[], heard?: (text: string) => void, times = 1): Promise<ChildProcess> {
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      env: baseEnvironment(),
      cwd: '/tmp',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.started.push(child);
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        heard?.(chunk.toString('latin1'));
        if (text.split('ready').length > times) resolve();
      });
      child.once('exit', (code) => reject(new Error(`${command.join(' ')}: ended with ${code}: ${text}`)));
    });
    return child;
  }

  remove(): void {
    for (const child of this.started) child.kill('SIGKILL');
    for (const machine of ['a', 'b', 'host'] as const) {
      spawnSync('ip', ['netns', 'del', this.namespace(machine)], { stdio: 'ignore' });
    }
  }
}

/** Runs `body` in a network of its own, which is gone afterwards. */
export async function withLan(
  t: TestContext,
  machines: readonly ('a' | 'b')[],
  body: (lan: Lan) => Promise<void>,
): Promise<void> {
  if (!requireLan(t)) return;
  const lan = new Lan(machines);
  try {
    await body(lan);
  } finally {
    lan.remove();
  }
}

/** Where the programs are that servers and clients of these tests run. */
export const programs = join(testRoot, 'network', 'programs');

/** The command line of one of them. */
export function python(name: string, ...args: (string | number)[]): string[] {
  return ['python3', join(programs, `${name}.py`), ...args.map(String)];
}

/** Runs a command that must succeed and print exactly this. */
export async function prints(lan: Lan, command: string[], expected: string): Promise<void> {
  const { status, stdout, stderr } = await lan.run(command);
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: expected, stderr: '' });
}
