/**
 * What a filtered sandbox on machine `a` has around it: machine `host` with public addresses, private ones and those of a cloud's
 * metadata service, servers at all of them that say who came, and a name server. All of it in namespaces that lead nowhere else.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { sandboxCommand, withScratch } from '../support/run.js';
import { type Lan, type Machine, python, withLan } from './lan.js';

/** Addresses of `host` beside 10.77.0.1 and fd77::1. */
const ADDRESSES = [
  '198.51.100.1',
  '198.51.100.2',
  '203.0.113.1',
  '169.254.169.254',
  '2001:db8:1::1',
  '2001:db8:1::2',
  '64:ff9b::c633:6402',
  '2002:c633:6402::1',
];
export const NAME_SERVER = '10.77.0.1';
const PORTS = [80, 443, 9000];

export const ZONE: Readonly<Record<string, unknown>> = {
  'www.example.test': { A: ['198.51.100.1'] },
  'six.example.test': { AAAA: ['2001:db8:1::1'] },
  'both.example.test': { A: ['198.51.100.2'], AAAA: ['2001:db8:1::2'] },
  'other.example.test': { A: ['198.51.100.2'] },
  'alias.example.test': { CNAME: 'far.cdn.test' },
  'far.cdn.test': { CNAME: 'near.cdn.test' },
  'near.cdn.test': { A: ['203.0.113.1'] },
  'inside.example.test': {
    A: ['127.0.0.1', '0.0.0.0', '10.77.0.1', '169.254.169.254'],
    AAAA: ['::1', 'fd77::1', 'fe80::1', '64:ff9b::7f00:1', '::ffff:10.77.0.1'],
  },
  'mixed.example.test': { A: ['10.77.0.1', '198.51.100.1'] },
  'many.example.test': { A: Array.from({ length: 120 }, (_, i) => `198.51.100.${i + 1}`) },
  'slow.example.test': { A: ['198.51.100.1'], DROP: 1 },
  'forged.example.test': { A: ['198.51.100.1'], FORGE: ['203.0.113.1'] },
  // A record whose name points to itself.
  'loop.example.test': { RAW: 'c0240001000100000001000401020304' },
  'silent.test': { DROP: 1_000_000 },
  'secret.test': { A: ['203.0.113.1'] },
};

/** A process that says a line for whatever happens, and what it has said so far. */
class Lines {
  private text = '';
  constructor(child: ChildProcess) {
    child.stdout?.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
    });
  }
  /** The lines since the last time, sorted. Those who speak may take a moment. */
  async take(): Promise<string[]> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const lines = this.text.split('\n').filter((line) => line !== '');
    this.text = '';
    return lines.sort();
  }
}

/** One line of --network-log. */
export interface Decision {
  readonly time: string;
  readonly event: string;
  readonly verdict: string;
  readonly [field: string]: unknown;
}

export class Surroundings {
  constructor(
    readonly lan: Lan,
    /** Who came to the servers on `host`. */
    readonly visitors: Lines,
    /** What the name server was asked. */
    readonly questions: Lines,
    readonly directory: string,
  ) {}

  /** The command line of a filtered sandbox on `a`. */
  sandbox(rules: readonly string[], command: string[]): string[] {
    const flags = rules.flatMap((rule) => {
      const [action = '', text = ''] = rule.split(' ');
      return [`--${action}`, text];
    });
    const log = ['--network-log', this.logFile];
    return this.lan.on(
      'a',
      sandboxCommand(command, {
        flags: ['--network', 'filtered', '--dns', NAME_SERVER, ...log, ...flags],
      }),
    );
  }
  private get logFile(): string {
    return join(this.directory, 'network.log');
  }

  /** Runs steps of attempt.py one after the other under some rules, and compares what came of each. */
  async attempts(rules: readonly string[], steps: Readonly<Record<string, string>>): Promise<void> {
    const command = this.sandbox(rules, python('attempt', ...Object.keys(steps)));
    const { stdout, stderr, status } = await this.lan.run(command, { timeout: 90_000 });
    const found = stdout.trimEnd().split('\n');
    const shown = Object.fromEntries(Object.keys(steps).map((step, i) => [step, found[i]]));
    assert.deepEqual({ status, stderr, shown }, { status: 0, stderr: '', shown: steps });
  }

  /** What the log says so far. */
  decisions(): Decision[] {
    return readFileSync(this.logFile, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Decision);
  }
}

function ip(lan: Lan, machine: Machine, ...args: string[]): void {
  const { status, stderr } = spawnSync('ip', ['-n', lan.namespace(machine), ...args], { encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' }, args.join(' '));
}

/** Runs `body` in such surroundings, which are gone afterwards. */
export function withSurroundings(
  t: TestContext,
  body: (around: Surroundings) => Promise<void>,
): Promise<void> {
  return withLan(t, ['a'], (lan) =>
    withScratch('filtered', async (directory) => {
      for (const address of ADDRESSES) {
        const six = address.includes(':');
        ip(
          lan,
          'host',
          'addr',
          'add',
          `${address}/${six ? 128 : 32}`,
          'dev',
          'br0',
          ...(six ? ['nodad'] : []),
        );
      }
      ip(lan, 'a', 'route', 'add', 'default', 'via', '10.77.0.1');
      ip(lan, 'a', '-6', 'route', 'add', 'default', 'via', 'fd77::1');
      const visitors = new Lines(await lan.start(lan.on('host', python('witness', ...PORTS))));
      const questions = new Lines(
        await lan.start(lan.on('host', python('dns', NAME_SERVER, JSON.stringify(ZONE)))),
      );
      await body(new Surroundings(lan, visitors, questions, directory));
    }),
  );
}
