/** --network=filtered: guests that serve the outside, and guests that race with themselves. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { requireTool } from '../support/tools.js';
import { prints, programs, python } from './lan.js';
import { type Surroundings, withSurroundings } from './outside.js';

/** Starts an echo server in a filtered sandbox on `a`. */
function serve(
  around: Surroundings,
  rules: string[],
  kind: string,
  address: string,
  port: number,
): Promise<unknown> {
  return around.lan.start(around.sandbox(rules, python('echo', kind, address, port)));
}

describe('--network=filtered, servers', { timeout: 300_000 }, () => {
  test('who may come in is served, others find nobody', (t) =>
    withSurroundings(t, async (around) => {
      const { lan } = around;
      const rules = [
        'deny in:203.0.113.1',
        'allow in:tcp:10.77.0.0/24:7000',
        'allow in:tcp:[fd77::/64]:7001',
        'allow in:tcp:10.77.0.0/24:7001',
      ];
      await serve(around, rules, 'tcp', '0.0.0.0', 7000);
      await serve(around, rules, 'tcp', '::', 7001);
      await serve(around, rules, 'tcp', '0.0.0.0', 7002);
      await serve(around, rules, 'tcp', '127.0.0.1', 7003);
      const talk = (address: string, port: number, what: string | number): string[] =>
        lan.on('host', python('talk', 'tcp', address, port, what));
      await prints(lan, talk('10.77.0.2', 7000, 'who'), '10.77.0.1\n');
      await prints(lan, talk('10.77.0.2', 7000, 3_000_000), '3000000 True\n');
      await prints(lan, talk('fd77::2', 7001, 'who'), 'fd77::1\n');
      await prints(lan, talk('10.77.0.2', 7001, 'who'), '::ffff:10.77.0.1\n');
      await prints(lan, talk('10.77.0.2', 7002, 'who'), 'ConnectionRefusedError\n');
      await prints(lan, talk('10.77.0.2', 7003, 'who'), 'ConnectionRefusedError\n');
      const accepted = around.decisions().filter(({ event }) => event === 'accept');
      assert.deepEqual(
        accepted.map(({ verdict, address, port, rule }) => [verdict, address, port, rule]),
        [
          ['allow', '10.77.0.1', 7000, 'allow in:tcp:10.77.0.0/24:7000'],
          ['allow', '10.77.0.1', 7000, 'allow in:tcp:10.77.0.0/24:7000'],
          ['allow', 'fd77::1', 7001, 'allow in:tcp:[fd77::/64]:7001'],
          ['allow', '10.77.0.1', 7001, 'allow in:tcp:10.77.0.0/24:7001'],
        ],
      );
    }));

  test('a peer that may not come in is cut off before the guest hears of it', (t) =>
    withSurroundings(t, async (around) => {
      const { lan } = around;
      const rules = ['deny in:10.77.0.1', 'allow in:tcp:*:7000'];
      await serve(around, rules, 'tcp', '::', 7000);
      const talk = (address: string): string[] =>
        lan.on('host', python('talk', 'tcp', address, 7000, 'hello'));
      const { stdout } = await lan.run(talk('10.77.0.2'));
      assert.doesNotMatch(stdout, /hello/);
      await prints(lan, talk('fd77::2'), 'hello\n');
      const [denied] = around.decisions().filter(({ event }) => event === 'accept');
      assert.deepEqual([denied?.verdict, denied?.['rule']], ['deny', 'deny in:10.77.0.1']);
    }));

  test('a connection that was let in is no way out', (t) =>
    withSurroundings(t, async (around) => {
      const { lan } = around;
      const server = `
import ctypes, errno, socket
libc = ctypes.CDLL(None, use_errno=True)
with socket.create_server(("0.0.0.0", 7000)) as listener:
    print("ready", flush=True)
    s, _ = listener.accept()
    print("unspecified", libc.connect(s.fileno(), bytes(16), 16), flush=True)
    for what in (lambda: s.connect(("198.51.100.1", 80)), lambda: s.connect(("127.0.0.1", 80)),
                 lambda: s.bind(("0.0.0.0", 7001))):
        try:
            what()
            print("done", flush=True)
        except OSError as error:
            print(errno.errorcode[error.errno], flush=True)`;
      const started = await lan.start(around.sandbox(['allow in:tcp:*:7000'], ['python3', '-c', server]));
      let text = '';
      started.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      const ended = new Promise((resolve) => started.once('exit', resolve));
      await lan.run(lan.on('host', python('talk', 'tcp', '10.77.0.2', 7000, 'hello')));
      await ended;
      assert.equal(text, 'unspecified 0\nEPERM\nEPERM\nEPERM\n');
      assert.deepEqual(await around.visitors.take(), []);
    }));

  test('datagrams come in where rules let them, answers to what was sent always, and nothing else', (t) =>
    withSurroundings(t, async (around) => {
      const { lan } = around;
      await serve(around, ['allow in:udp:10.77.0.1:7000'], 'udp', '0.0.0.0', 7000);
      await prints(lan, lan.on('host', python('talk', 'udp', '10.77.0.2', 7000, 'hello')), 'hello\n');
      // A port that no rule opens: the one that the guest has written to may answer, another may not.
      const client = `
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 7100))
s.settimeout(3)
s.sendto(b"x", ("198.51.100.1", 9000))
print(s.recvfrom(100)[0].decode().strip(), flush=True)
print("ready", flush=True)
try:
    print(s.recvfrom(100))
except TimeoutError:
    print("nobody else", flush=True)`;
      const started = await lan.start(
        around.sandbox(['allow udp:198.51.100.1:9000'], ['python3', '-c', client]),
      );
      let text = '';
      started.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
      const { stdout: sockets } = await lan.run(lan.on('a', ['ss', '-uHan']));
      // It is not the one that the guest has bound to: that might be a port which the host needs itself.
      const port = Number(/:(\d+)\s/.exec(sockets.replaceAll(/^.*:7000\s.*\n/gm, ''))?.[1]);
      assert.ok(port > 1024 && port !== 7100, sockets);
      const intruder = `
import socket
for address in ("10.77.0.1", "198.51.100.1"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind((address, 0))
        s.sendto(b"intruder", ("10.77.0.2", ${port}))`;
      await prints(lan, lan.on('host', ['python3', '-c', intruder]), '');
      await new Promise((resolve) => started.once('exit', resolve));
      assert.equal(text.trim().split('\n').at(-1), 'nobody else');
      const refused = around
        .decisions()
        .filter(({ event, verdict }) => event === 'receive' && verdict === 'deny');
      assert.deepEqual(
        refused.map(({ address, port }) => [address, port]),
        [
          ['10.77.0.1', 7100],
          ['198.51.100.1', 7100],
        ],
      );
    }));

  test('programs that wait with epoll: clients and servers of Node.js, and curl', (t) =>
    withSurroundings(t, async (around) => {
      if (!requireTool(t, 'curl')) return;
      const { lan } = around;
      const server = `
require('node:http').createServer((request, answer) => answer.end(request.socket.remoteAddress + '\\n'))
  .listen(7000, () => require('node:fs').writeSync(1, 'ready'));`;
      await lan.start(around.sandbox(['allow in:tcp:*:7000'], ['node', '-e', server]));
      await prints(lan, lan.on('host', ['curl', '-s', 'http://10.77.0.2:7000/']), '::ffff:10.77.0.1\n');
      await prints(lan, lan.on('host', ['curl', '-s', 'http://[fd77::2]:7000/']), 'fd77::1\n');
      const rules = ['allow tcp:*.example.test:80'];
      const curl = (...words: string[]): string[] => around.sandbox(rules, ['curl', '-sS', ...words]);
      await prints(
        lan,
        curl('http://www.example.test/', 'http://six.example.test/'),
        '198.51.100.1 80\n2001:db8:1::1 80\n',
      );
      const refused = await lan.run(curl('-L', 'http://www.example.test/to/http://169.254.169.254/'));
      assert.deepEqual([refused.status, refused.stdout], [7, '']);
      const client = `
const get = (url) => fetch(url).then((answer) => answer.text(), (error) => error.cause.code + '\\n');
(async () => {
  const all = ['http://www.example.test/', 'http://six.example.test/', 'http://203.0.113.1/', 'http://secret.test/'];
  for (const text of await Promise.all(all.map(get))) process.stdout.write(text);
})();`;
      await prints(
        lan,
        around.sandbox(rules, ['node', '-e', client]),
        '198.51.100.1 80\n2001:db8:1::1 80\nEPERM\nENOTFOUND\n',
      );
    }));

  test('guests of an operator without privileges', (t) =>
    withSurroundings(t, async (around) => {
      const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
      chmodSync(around.directory, 0o777);
      const command = around.sandbox(
        ['allow tcp:www.example.test:80'],
        python('attempt', 'name,www.example.test,80', 'tcp,198.51.100.2,80'),
      );
      const [netns, exec, ns, ...rest] = command;
      assert.deepEqual([netns, exec], ['ip', 'netns']);
      await prints(
        around.lan,
        ['ip', 'netns', ns ?? '', rest[0] ?? '', ...nobody, ...rest.slice(1)],
        '198.51.100.1 80\nEPERM\n',
      );
    }));

  test("a multicast group is the sandbox's own unless a rule names it", (t) =>
    withSurroundings(t, async (around) => {
      const { lan } = around;
      const member = `
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5000))
s.settimeout(4)
try:
    s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("239.1.2.3") + socket.inet_aton(sys.argv[1]))
except OSError:
    pass  # the sandbox's own device has no route to groups
print("ready", flush=True)
try:
    print(*s.recvfrom(100), flush=True)
except TimeoutError:
    print("nothing", flush=True)`;
      const sender = `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(sys.argv[1]))
for _ in range(5):
    s.sendto(b"x", ("239.1.2.3", 5000))`;
      const py = (script: string, ...words: string[]): string[] => ['python3', '-c', script, ...words];
      const open = ['allow udp:239.1.2.3:5000', 'allow in:udp:10.77.0.0/24:5000'];
      for (const [rules, heard] of [
        [open, /^ready\n.*10\.77\.0\.1/],
        [['allow *', 'allow in:*'], /^ready\nnothing/],
      ] as const) {
        let text = '';
        const guest = await lan.start(around.sandbox(rules, py(member, '0.0.0.0')), (more) => (text += more));
        const ended = new Promise((resolve) => guest.once('exit', resolve));
        await prints(lan, lan.on('host', py(sender, '10.77.0.1')), '');
        await ended;
        assert.match(text, heard);
      }
      let text = '';
      const host = await lan.start(lan.on('host', py(member, '10.77.0.1')), (more) => (text += more));
      const ended = new Promise((resolve) => host.once('exit', resolve));
      await lan.run(around.sandbox(['allow *'], py(sender, '0.0.0.0')));
      await prints(lan, around.sandbox(open, py(sender, '0.0.0.0')), '');
      await ended;
      assert.match(text, /10\.77\.0\.2/);
    }));

  test('an address that changes while it is used is the one that was decided over', (t) =>
    withSurroundings(t, async (around) => {
      const race = await compile(join(programs, 'race.c'), { libs: ['-lpthread'] });
      const command = around.sandbox(['allow 198.51.100.1'], [race, '198.51.100.1', '198.51.100.2', '9000']);
      await prints(around.lan, command, 'sendto both\nsendmmsg both\nconnect udp both\nconnect tcp both\n');
      const visits = new Set(await around.visitors.take());
      assert.deepEqual([...visits], ['tcp 198.51.100.1 9000', 'udp 198.51.100.1 9000']);
    }));
});
