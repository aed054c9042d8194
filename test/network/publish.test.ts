/** --publish: ports of a network that the test makes lead to ports of a sandbox's own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { type Lan, prints, programs, python, withLan } from './lan.js';

/** Sockets that listen on the switch, or a machine. */
function listeners(lan: Lan): string[] {
  const [program = '', ...args] = lan.on('host', [
    'cat',
    '/proc/net/tcp',
    '/proc/net/tcp6',
    '/proc/net/udp6',
  ]);
  const { stdout } = spawnSync(program, args, { encoding: 'latin1' });
  return stdout.split('\n').filter((line) => / (0A|07) 0/.test(line));
}

describe('--publish', { timeout: 120_000 }, () => {
  test('connections of both families, from outside and from the host itself', (t) =>
    withLan(t, ['a'], async (lan) => {
      const server = python('echo', 'tcp', '0.0.0.0', 80);
      const child = await lan.start(lan.sandboxOn('host', server, ['--publish', '8080:80']));
      for (const address of ['10.77.0.1', 'fd77::1'])
        await prints(lan, lan.on('a', python('talk', 'tcp', address, 8080, 5_000_000)), '5000000 True\n');
      await prints(lan, lan.on('host', python('talk', 'tcp', '127.0.0.1', 8080, 1000)), '1000 True\n');
      // Nothing else inside can be reached, and nobody inside can see who calls.
      await prints(
        lan,
        lan.on('a', python('talk', 'tcp', '10.77.0.1', 80, 'hello')),
        'ConnectionRefusedError\n',
      );
      await prints(lan, lan.on('a', python('talk', 'tcp', '10.77.0.1', 8080, 'who')), '127.0.0.1\n');
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      assert.deepEqual(listeners(lan), []);
    }));

  test('resets are passed on, both ways', (t) =>
    withLan(t, [], async (lan) => {
      const server = python('echo', 'tcp', '127.0.0.1', 80);
      await lan.start(lan.sandboxOn('host', server, ['--publish', '8080:80', '--publish', '8081:81']));
      await prints(
        lan,
        lan.on('host', python('talk', 'tcp', '127.0.0.1', 8080, 'reset')),
        'ConnectionResetError\n',
      );
      // Nobody listens on 81.
      await prints(
        lan,
        lan.on('host', python('talk', 'tcp', '127.0.0.1', 8081, 'hello')),
        'ConnectionResetError\n',
      );
      const watching = `
import socket
with socket.create_server(("127.0.0.1", 80)) as server:
    print("ready", flush=True)
    connection, _ = server.accept()
    print(connection.recv(10), flush=True)
    try:
        print(connection.recv(10))
    except ConnectionResetError:
        print("reset", flush=True)`;
      const guest = await lan.start(
        lan.sandboxOn('host', ['python3', '-c', watching], ['--publish', '8082:80']),
      );
      const closed = new Promise((resolve) => guest.once('close', resolve));
      let seen = '';
      guest.stdout?.on('data', (chunk: Buffer) => {
        seen += chunk.toString('latin1');
      });
      const rude = `
import socket
with socket.create_connection(("127.0.0.1", 8082)) as s:
    s.sendall(b"hello")
    import time
    time.sleep(0.3)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\\1\\0\\0\\0\\0\\0\\0\\0")`;
      await prints(lan, lan.on('host', ['python3', '-c', rude]), '');
      await closed;
      assert.equal(seen, "b'hello'\nreset\n");
    }));

  test('datagrams, to each peer its own answers, from the address that it spoke to', (t) =>
    withLan(t, ['a'], async (lan) => {
      const server = python('echo', 'udp', '0.0.0.0', 53);
      await lan.start(lan.sandboxOn('host', server, ['--publish', '5353:53/udp']));
      const together = ['10.77.0.1', 'fd77::1', '10.77.0.1'].map((address) =>
        prints(lan, lan.on('a', python('talk', 'udp', address, 5353, 60_000)), '5 True\n'),
      );
      await Promise.all(together);
      await prints(lan, lan.on('host', python('talk', 'udp', '127.0.0.5', 5353, 'hello')), 'hello\n');
    }));

  test('an address of the host, and no other', (t) =>
    withLan(t, ['a'], async (lan) => {
      const flags = ['--publish', '127.0.0.1:8080:80', '--publish', '[fd77::1]:8081:80'];
      await lan.start(lan.sandboxOn('host', python('echo', 'tcp', '::', 80), flags));
      await prints(lan, lan.on('host', python('talk', 'tcp', '127.0.0.1', 8080, 'hello')), 'hello\n');
      await prints(lan, lan.on('a', python('talk', 'tcp', 'fd77::1', 8081, 'hello')), 'hello\n');
      await prints(
        lan,
        lan.on('a', python('talk', 'tcp', '10.77.0.1', 8080, 'hello')),
        'ConnectionRefusedError\n',
      );
      await prints(
        lan,
        lan.on('a', python('talk', 'tcp', '10.77.0.1', 8081, 'hello')),
        'ConnectionRefusedError\n',
      );
    }));

  test('who does not read is not read from, and others go on', (t) =>
    withLan(t, [], async (lan) => {
      const flags = ['--publish', '7001:7001', '--publish', '7002:7002'];
      const both = `sh -c 'python3 ${programs}/deaf.py 127.0.0.1 7001 & exec python3 ${programs}/echo.py tcp 127.0.0.1 7002'`;
      const child = await lan.start(lan.sandboxOn('host', ['sh', '-c', both], flags), undefined, 2);
      await prints(lan, lan.on('host', python('stalled', '127.0.0.1', 7001, 7002)), '500 5\n');
      assert.equal(child.exitCode, null);
    }));

  test('what a guest has sent arrives, though it has ended since', (t) =>
    withLan(t, [], async (lan) => {
      // Otherwise the host takes everything at once.
      for (const buffer of ['wmem', 'rmem']) {
        const small = `echo 4096 8192 8192 > /proc/sys/net/ipv4/tcp_${buffer}`;
        await prints(lan, lan.on('host', ['sh', '-c', small]), '');
      }
      const once = `
import os, socket
with socket.create_server(("127.0.0.1", 80)) as server:
    print("ready", flush=True)
    connection, _ = server.accept()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 200000)
    connection.setblocking(False)
    sent = connection.send(bytes(10000000))
    print(sent, flush=True)
os._exit(0)`;
      const guest = await lan.start(lan.sandboxOn('host', ['python3', '-c', once], ['--publish', '8080:80']));
      const closed = new Promise((resolve) => guest.once('close', resolve));
      let said = '';
      guest.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString('latin1');
      });
      const slowly = `
import socket, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
s.connect(("127.0.0.1", 8080))
time.sleep(0.5)
got = 0
while data := s.recv(65536):
    got += len(data)
print(got)`;
      const { stdout } = await lan.run(lan.on('host', ['python3', '-c', slowly]));
      await closed;
      assert.ok(Number(stdout) > 100_000, stdout);
      assert.equal(stdout, said);
    }));

  test('a port that is taken, or an address that is not there, is said in one line', (t) =>
    withLan(t, [], async (lan) => {
      await lan.start(lan.on('host', python('echo', 'tcp', '127.0.0.1', 8080)));
      const fails = async (port: string, reason: string): Promise<void> => {
        const { status, stderr } = await lan.run(lan.sandboxOn('host', ['true'], ['--publish', port]));
        assert.deepEqual([status, stderr], [128, `tvisor do: --publish: ${port}: ${reason}\n`]);
      };
      await fails('127.0.0.1:8080:80', 'the port is taken');
      await fails('8080:80', 'the port is taken');
      await fails('10.9.9.9:8080:80', 'the address is not one of this host');
    }));
});
