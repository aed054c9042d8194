/** --network=host: sockets of guests are sockets of a network that the test makes. Nothing leaves it. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { sandboxCommand, withScratch } from '../support/run.js';
import { Lan, prints, python, requireLan, withLan } from './lan.js';

describe('--network=host', { timeout: 120_000 }, () => {
  test('a web server inside and a client outside, and the other way round', (t) =>
    withLan(t, ['a'], (lan) =>
      withScratch('web', async (directory) => {
        const body = randomBytes(3_000_000);
        writeFileSync(join(directory, 'file'), body);
        const expected = `200 ${body.length} ${createHash('sha256').update(body).digest('hex')}\n`.repeat(2);
        const server = `
import functools, http.server
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=${JSON.stringify(directory)})
handler.func.log_message = lambda *_: None
server = http.server.ThreadingHTTPServer(("0.0.0.0", 8000), handler)
print("ready", flush=True)
server.serve_forever()`;
        await lan.start(lan.sandboxOn('a', ['python3', '-c', server]));
        const url = 'http://10.77.0.2:8000/file';
        await prints(lan, lan.on('host', python('fetch', url, url)), expected);
        await lan.start(lan.on('host', ['python3', '-c', server]));
        const back = 'http://10.77.0.1:8000/file';
        await prints(lan, lan.sandboxOn('a', python('fetch', back, back)), expected);
      }),
    ));

  test('two sandboxes and a program of the host, over both families', (t) =>
    withLan(t, ['a', 'b'], async (lan) => {
      await lan.start(lan.sandboxOn('a', python('echo', 'tcp', '10.77.0.2', 7000)));
      await lan.start(lan.sandboxOn('b', python('echo', 'tcp', '::', 7000)));
      const same = '5000000 True\n';
      await prints(lan, lan.sandboxOn('b', python('talk', 'tcp', '10.77.0.2', 7000, 5_000_000)), same);
      await prints(lan, lan.sandboxOn('a', python('talk', 'tcp', 'fd77::3', 7000, 5_000_000)), same);
      await prints(lan, lan.on('host', python('talk', 'tcp', '10.77.0.3', 7000, 5_000_000)), same);
      await prints(lan, lan.on('host', python('talk', 'tcp', '10.77.0.2', 7000, 'who')), '10.77.0.1\n');
    }));

  test('datagrams, over both families', (t) =>
    withLan(t, ['a', 'b'], async (lan) => {
      await lan.start(lan.sandboxOn('a', python('echo', 'udp', '::', 7000)));
      for (const address of ['10.77.0.2', 'fd77::2']) {
        await prints(lan, lan.on('host', python('talk', 'udp', address, 7000, 60_000)), '5 True\n');
        await prints(lan, lan.sandboxOn('b', python('talk', 'udp', address, 7000, 60_000)), '5 True\n');
      }
      const refused = python('talk', 'udp', '10.77.0.1', 9, 'anybody');
      await prints(lan, lan.sandboxOn('b', refused), 'ConnectionRefusedError\n');
    }));

  test("a namespace may be named instead of being entered, and its loopback device is the sandbox's", (t) =>
    withLan(t, ['a'], async (lan) => {
      await lan.start(lan.on('a', python('echo', 'tcp', '127.0.0.1', 7000)));
      const flags = ['--network', 'host', '--network-namespace', `/run/netns/${lan.namespace('a')}`];
      const talk = (...args: string[]): string[] => sandboxCommand(python('talk', 'tcp', ...args), { flags });
      await prints(lan, talk('127.0.0.1', '7000', '300000'), '300000 True\n');
      await prints(lan, talk('10.77.0.1', '7000', 'nobody'), 'ConnectionRefusedError\n');
      await prints(lan, talk('192.0.2.1', '7000', 'no way'), 'OSError\n');
    }));

  test('a peer that does not read, or does not answer, keeps no other guest waiting', (t) =>
    withLan(t, ['a'], async (lan) => {
      await lan.start(lan.on('host', python('deaf', '10.77.0.1', 7001)));
      await lan.start(lan.on('host', python('echo', 'tcp', '10.77.0.1', 7002)));
      await prints(lan, lan.sandboxOn('a', python('stalled', '10.77.0.1', 7001, 7002)), '500 5\n');
    }));

  test('an operator without privileges has the same network', (t) =>
    withLan(t, ['a'], async (lan) => {
      await lan.start(lan.on('host', python('echo', 'tcp', '10.77.0.1', 7000)));
      const talk = sandboxCommand(python('talk', 'tcp', '10.77.0.1', 7000, 1_000_000), {
        flags: ['--network', 'host'],
      });
      const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
      await prints(lan, lan.on('a', [...nobody, ...talk]), '1000000 True\n');
    }));

  test('reserved ports need the capability inside', (t) =>
    withLan(t, [], async (lan) => {
      const bind = `
import socket
for address, port in (("127.0.0.1", 80), ("127.0.0.1", 1024), ("10.9.9.9", 80)):
    try:
        socket.socket().bind((address, port))
        print("bound")
    except OSError as error:
        print(error.errno)`;
      const guest = ['python3', '-c', bind];
      await prints(lan, lan.sandboxOn('host', guest), 'bound\nbound\n99\n');
      const ordinary = ['--network', 'host', '--user', '1000'];
      await prints(lan, lan.sandboxOn('host', guest, ordinary), '13\nbound\n99\n');
    }));

  test('nobody sees packets', (t) =>
    withLan(t, [], async (lan) => {
      const attempts = `
import socket
for family, kind, protocol in ((17, 3, 768), (17, 2, 768), (2, 3, 1), (2, 3, 255), (10, 3, 58), (2, 5, 132), (2, 6, 33), (40, 1, 0)):
    try:
        socket.socket(family, kind, protocol)
        print("made")
    except OSError as error:
        print(error.errno)`;
      const refused = [1, 1, 1, 1, 1, 94, 94, 97];
      await prints(lan, lan.sandboxOn('host', ['python3', '-c', attempts]), `${refused.join('\n')}\n`);
    }));

  test('what is no network namespace is said in one line', async (t) => {
    if (!requireLan(t)) return;
    const lan = new Lan([]);
    try {
      const { status, stderr } = await lan.run(
        sandboxCommand(['true'], { flags: ['--network', 'host', '--network-namespace', '/etc/passwd'] }),
      );
      assert.equal(stderr, 'tvisor do: --network-namespace: /etc/passwd: not a network namespace\n');
      assert.equal(status, 128);
    } finally {
      lan.remove();
    }
  });
});
