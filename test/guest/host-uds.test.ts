/** --host-uds: unix sockets of the host in volumes, and those that guests make there. */
import assert from 'node:assert/strict';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { readdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { describe, test } from 'node:test';
import { testRoot } from '../support/paths.js';
import { baseEnvironment, run, runSandbox, sandboxCommand, withScratch } from '../support/run.js';
import { requireTool, requireTvisor } from '../support/tools.js';

const outside = join(testRoot, 'guest', 'host-uds', 'outside.py');
const inside = join(testRoot, 'guest', 'host-uds', 'inside.py');

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** Starts a program and waits until it says that it is ready. @returns it, and all that it goes on to write */
async function ready(command: readonly string[]): Promise<{ child: Child; rest: () => string }> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: baseEnvironment(), stdio: ['pipe', 'pipe', 'inherit'] });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (/^ready$/m.test(text)) resolve();
    });
    child.on('close', () => reject(new Error(`ended before it was ready: ${text}`)));
  });
  return { child, rest: () => text };
}

/** What the guest's clients say with a volume, by line. @returns also what arrived at the host's datagram socket */
async function clients(mode: string, suffix = ''): Promise<{ said: string[]; grams: string }> {
  return withScratch('host-uds', async (directory) => {
    // Absolute, so that the guest follows it into its own root.
    symlinkSync(join(directory, 'stream'), join(directory, 'link'));
    const server = await ready(['python3', outside, 'serve', directory]);
    try {
      const flags = ['--host-uds', mode, '--volume', `${directory}:/v${suffix}`];
      flags.push('--volume', `${directory}/stream:/one`);
      const command = ['python3', inside, 'clients', join(directory, 'stream')];
      const { status, stdout, stderr } = await runSandbox(command, { flags });
      assert.equal(stderr, '');
      assert.equal(status, 0, stdout);
      return { said: stdout.trimEnd().split('\n'), grams: server.rest() };
    } finally {
      server.child.kill('SIGKILL');
    }
  });
}

const REFUSED = [
  'stream Connection refused',
  'seqpacket Connection refused',
  'dgram Connection refused',
  'by name Connection refused',
  'wrong kind Connection refused',
  'much Connection refused',
  'descriptors Connection refused',
  'send a descriptor Connection refused',
  "busy (111, 'Connection refused', 'Connection refused')",
  'the file alone Connection refused',
  'a link out of the volume Connection refused',
  "the root's own files Connection refused",
];

const CONNECTED = [
  "stream (b'HELLO', b'', '/v/stream')",
  "seqpacket (b'HELLO', b'', '/v/seqpacket')",
  'dgram 5',
  'by name 5',
  'wrong kind Protocol wrong type for socket',
  'much 3000000',
  "descriptors (b'here', [], True, 0)",
  'send a descriptor Operation not supported',
  "busy (0, 'Resource temporarily unavailable', 'Resource temporarily unavailable')",
  "the file alone (b'HELLO', b'', '/one')",
  'a link out of the volume Connection refused',
  "the root's own files Connection refused",
];

/** A guest's servers, and what the host's client and the guest say. */
async function servers(mode: string): Promise<{ host: string; guest: string; names: string[] }> {
  return withScratch('host-uds', async (directory) => {
    const wait = mode === 'create' || mode === 'all' ? ['wait'] : [];
    const flags = ['--host-uds', mode, '--volume', `${directory}:/v`];
    const guest = await ready(sandboxCommand(['python3', inside, 'servers', ...wait], { flags }));
    const ended = new Promise((resolve) => guest.child.on('close', resolve));
    const names = readdirSync(directory).filter((name) => statSync(join(directory, name)).isSocket());
    const host = await run(['python3', outside, 'call', directory]);
    guest.child.stdin.end();
    assert.equal(await ended, 0, guest.rest());
    return { host: host.stdout, guest: guest.rest(), names: names.sort() };
  });
}

const INSIDE = `bind None\nb'guest'\nbind None\nb'guest'\nbind None\nb'guest'\nready\n`;
const NAMES = ['dgram', 'n'.repeat(95), 'seqpacket', 'stream'];

describe('unix sockets of the host', { timeout: 120_000 }, () => {
  for (const mode of ['none', 'create']) {
    test(`--host-uds=${mode}: guests connect to none`, async (t) => {
      if (!requireTool(t, 'python3') || !requireTvisor(t)) return;
      const { said, grams } = await clients(mode);
      assert.deepEqual(said, REFUSED);
      assert.equal(grams, 'ready\n');
    });
  }

  for (const mode of ['open', 'all']) {
    test(`--host-uds=${mode}: guests connect, send and receive`, async (t) => {
      if (!requireTool(t, 'python3') || !requireTvisor(t)) return;
      const { said, grams } = await clients(mode);
      assert.deepEqual(said, CONNECTED);
      assert.equal(grams, 'ready\nhello\nnamed\n');
    });
  }

  test('a volume that is read-only has sockets to connect to all the same', async (t) => {
    if (!requireTool(t, 'python3') || !requireTvisor(t)) return;
    assert.deepEqual((await clients('open', ':ro')).said, CONNECTED);
  });

  for (const mode of ['none', 'open']) {
    test(`--host-uds=${mode}: names that guests make mean nothing on the host`, async (t) => {
      if (!requireTool(t, 'python3') || !requireTvisor(t)) return;
      const { host, guest, names } = await servers(mode);
      assert.equal(guest, INSIDE);
      assert.deepEqual(names, NAMES);
      assert.equal(
        host,
        ['stream', 'seqpacket', 'nnnnnnnnn', 'dgram'].map((name) => `${name} Connection refused\n`).join(''),
      );
    });
  }

  for (const mode of ['create', 'all']) {
    test(`--host-uds=${mode}: guests serve programs of the host`, async (t) => {
      if (!requireTool(t, 'python3') || !requireTvisor(t)) return;
      const { host, guest, names } = await servers(mode);
      assert.equal(host, 'stream 100000\nseqpacket 100000\nnnnnnnnnn 100000\ndgram 4\n');
      assert.ok(guest.startsWith(INSIDE), guest);
      assert.deepEqual(guest.slice(INSIDE.length).trimEnd().split('\n').sort(), [
        "dgram b'gram'",
        "served '' 100000",
        "served '' 100000",
        "served '' 100000",
      ]);
      assert.deepEqual(names, NAMES);
    });
  }
});
