/** --network=filtered: what rules let through and what they do not, in a network that the test makes. Nothing leaves it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requireTool } from '../support/tools.js';
import { prints, python } from './lan.js';
import { withSurroundings } from './outside.js';

describe('--network=filtered', { timeout: 300_000 }, () => {
  test('by address and port: what rules allow is reached, and nobody else hears of the rest', (t) =>
    withSurroundings(t, async (around) => {
      const rules = [
        'deny 198.51.100.2',
        'allow tcp:198.51.100.0/24:80',
        'allow udp:[2001:db8:1::/48]:9000',
        'allow tcp:[2001:db8:1::1]:443',
      ];
      await around.attempts(rules, {
        'tcp,198.51.100.1,80': '198.51.100.1 80',
        'tcp,198.51.100.1,443': 'EPERM',
        'tcp,198.51.100.2,80': 'EPERM',
        'tcp,203.0.113.1,80': 'EPERM',
        'tcp,2001:db8:1::1,443': '2001:db8:1::1 443',
        'tcp,2001:db8:1::2,443': 'EPERM',
        'tcp,::ffff:198.51.100.1,80': '198.51.100.1 80',
        'udp,2001:db8:1::2,9000': '2001:db8:1::2 9000',
        'connected,2001:db8:1::2,9000': '2001:db8:1::2 9000',
        'udp,2001:db8:1::2,443': 'EPERM',
        'udp,198.51.100.1,80': 'EPERM',
        // To ask for a route is no message, and none may follow.
        'connected,198.51.100.1,80': 'EPERM',
        'tcp,10.77.0.1,80': 'EPERM',
        'listen,8080': 'x 127.0.0.1',
      });
      assert.deepEqual(await around.visitors.take(), [
        'tcp 198.51.100.1 80',
        'tcp 198.51.100.1 80',
        'tcp 2001:db8:1::1 443',
        'udp 2001:db8:1::2 9000',
        'udp 2001:db8:1::2 9000',
      ]);
    }));

  test('without rules there is only the sandbox', (t) =>
    withSurroundings(t, async (around) => {
      await around.attempts([], {
        'tcp,198.51.100.1,80': 'EPERM',
        'udp,198.51.100.1,9000': 'EPERM',
        'name,www.example.test,80': 'no such name',
        'lookup,db.localhost': '127.0.0.1 ::1',
        'listen,8080': 'x 127.0.0.1',
      });
      assert.deepEqual(await around.visitors.take(), []);
      assert.deepEqual(await around.questions.take(), []);
    }));

  test('by name: its addresses at its ports, and no name that was not allowed leaves the machine', (t) =>
    withSurroundings(t, async (around) => {
      const rules = ['deny other.example.test', 'allow tcp:*.example.test:80', 'allow dns:secret.test'];
      await around.attempts(rules, {
        // Before the name was looked up the address is nobody's.
        'tcp,198.51.100.1,80': 'EPERM',
        'name,www.example.test,80': '198.51.100.1 80',
        'tcp,198.51.100.1,80 ': '198.51.100.1 80',
        'tcp,198.51.100.1,443': 'EPERM',
        'udp,198.51.100.1,80': 'EPERM',
        'name,www.example.test,443': 'EPERM',
        'name,six.example.test,80': '2001:db8:1::1 80',
        'lookup,both.example.test': '198.51.100.2 2001:db8:1::2',
        'name,other.example.test,80': 'no such name',
        'name,example.test,80': 'no such name',
        'name,data.attacker.test,80': 'no such name',
        'name,alias.example.test,80': '203.0.113.1 80',
        'lookup,secret.test': '203.0.113.1',
        'lookup,gone.example.test': 'no such name',
      });
      assert.deepEqual(await around.visitors.take(), [
        'tcp 198.51.100.1 80',
        'tcp 198.51.100.1 80',
        'tcp 2001:db8:1::1 80',
        'tcp 203.0.113.1 80',
      ]);
      const asked = new Set((await around.questions.take()).map((line) => line.split(' ')[1]));
      assert.deepEqual([...asked].sort(), [
        ...['alias', 'both', 'gone'].map((name) => `${name}.example.test`),
        'near.cdn.test',
        'secret.test',
        ...['six', 'www'].map((name) => `${name}.example.test`),
      ]);
    }));

  test('echo requests', (t) =>
    withSurroundings(t, async (around) => {
      if (!requireTool(t, 'ping')) return;
      const { lan } = around;
      await prints(lan, lan.on('a', ['sysctl', '-qw', 'net.ipv4.ping_group_range=0 65535']), '');
      await around.attempts(
        ['allow icmp:198.51.100.1', 'allow icmp:[2001:db8:1::1]', 'allow tcp:198.51.100.2'],
        {
          'ping,127.0.0.1': '0',
          'ping,::1': '0',
          'ping,198.51.100.1': '0',
          'ping,2001:db8:1::1': '0',
          'ping,198.51.100.2': '1',
          'ping,10.77.0.2': '2',
          'ping,169.254.169.254': '2',
        },
      );
    }));

  test('every decision is one line of JSON', (t) =>
    withSurroundings(t, async (around) => {
      const rules = [
        'allow tcp:www.example.test:80',
        'allow udp:198.51.100.2',
        'allow in:tcp:10.77.0.0/24:8080',
      ];
      await around.attempts(rules, {
        'name,www.example.test,80': '198.51.100.1 80',
        'name,secret.test,80': 'no such name',
        'udp,198.51.100.2,9000': '198.51.100.2 9000',
        'tcp,10.77.0.1,80': 'EPERM',
        'tcp,169.254.169.254,80': 'EPERM',
        'listen,8080': 'x 127.0.0.1',
      });
      const seen = around.decisions().map(({ time, pid, ...rest }) => {
        assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        assert.equal(pid, rest.event === 'dns' ? undefined : 1);
        return rest;
      });
      const out = { direction: 'out', protocol: 'tcp', comm: 'python3' };
      const www = {
        event: 'dns',
        verdict: 'allow',
        name: 'www.example.test',
        rule: 'allow tcp:www.example.test:80',
        rcode: 0,
      };
      const secret = { event: 'dns', verdict: 'deny', name: 'secret.test', reason: 'no rule' };
      const expected = [
        { ...www, type: 'A', addresses: ['198.51.100.1'] },
        { ...www, type: 'AAAA' },
        {
          event: 'connect',
          verdict: 'allow',
          rule: 'allow tcp:www.example.test:80',
          ...out,
          address: '198.51.100.1',
          port: 80,
          names: ['www.example.test'],
        },
        { ...secret, type: 'A' },
        { ...secret, type: 'AAAA' },
        {
          event: 'send',
          verdict: 'allow',
          rule: 'allow udp:198.51.100.2',
          ...out,
          protocol: 'udp',
          address: '198.51.100.2',
          port: 9000,
        },
        { event: 'connect', verdict: 'deny', reason: 'no rule', ...out, address: '10.77.0.1', port: 80 },
        {
          event: 'connect',
          verdict: 'deny',
          reason: 'no rule',
          ...out,
          address: '169.254.169.254',
          port: 80,
        },
        { event: 'listen', verdict: 'allow', ...out, direction: 'in', address: '0.0.0.0', port: 8080 },
      ];
      const order = (list: object[]): string[] =>
        list.map((entry) => JSON.stringify(Object.entries(entry).sort())).sort();
      assert.deepEqual(order(seen), order(expected));
    }));

  test('names lead to no address of the inside, and lying servers are not believed', (t) =>
    withSurroundings(t, async (around) => {
      await around.attempts(['allow *:80'], {
        'lookup,inside.example.test': 'no such name',
        'name,inside.example.test,80': 'no such name',
        'lookup,mixed.example.test': '198.51.100.1',
        'name,mixed.example.test,80': '198.51.100.1 80',
        'tcp,10.77.0.1,80': 'EPERM',
        'lookup,forged.example.test': '198.51.100.1',
        'lookup,slow.example.test': '198.51.100.1',
        'lookup,loop.example.test': 'no such name',
      });
      await around.attempts(['allow *:80', 'allow tcp:10.77.0.1:80'], {
        'lookup,mixed.example.test': '10.77.0.1 198.51.100.1',
        'lookup,inside.example.test': '10.77.0.1 ::ffff:10.77.0.1',
        'name,inside.example.test,80': '10.77.0.1 80',
        'name,inside.example.test,443': 'EPERM',
      });
      const many = around.lan.run(around.sandbox(['allow *'], python('attempt', 'lookup,many.example.test')));
      assert.equal((await many).stdout.trim().split(' ').length, 120);
      assert.ok((await around.questions.take()).includes('question many.example.test 1 tcp'));
    }));

  test('whatever guests say to the resolver, it goes on answering', (t) =>
    withSurroundings(t, async (around) => {
      const rules = ['allow *.example.test', 'allow *.silent.test'];
      const { stdout, stderr, status } = await around.lan.run(around.sandbox(rules, python('flood')), {
        timeout: 120_000,
      });
      assert.deepEqual({ stdout, stderr, status }, { stdout: '7f000001\n7f000001\n', stderr: '', status: 0 });
    }));

  test('no other way to write an address leads around a rule', (t) =>
    withSurroundings(t, async (around) => {
      // A wide rule, and one address denied: none of these may reach it, or the host itself.
      const rules = ['deny 198.51.100.2', 'allow 0.0.0.0/0', 'allow [::/0]'];
      await around.lan.start(around.lan.on('a', python('echo', 'tcp', '::', 80)));
      await around.lan.start(around.lan.on('a', python('echo', 'udp', '::', 9000)));
      const refused = [
        'tcp,::ffff:198.51.100.2,80',
        'tcp,64:ff9b::c633:6402,80',
        'tcp,2002:c633:6402::1,80',
        'tcp,::198.51.100.2,80',
        'tcp,::ffff:0:198.51.100.2,80',
        'tcp,169.254.169.254,80',
        'tcp,::ffff:169.254.169.254,80',
        'tcp,64:ff9b::a9fe:a9fe,80',
        'tcp,64:ff9b::7f00:1,80',
        'tcp,224.0.0.1,80',
        'tcp,255.255.255.255,80',
        'tcp,240.0.0.1,80',
        'udp,169.254.169.254,9000',
        'connected,::ffff:169.254.169.254,9000',
        'familyless,198.51.100.2,9000',
        'familyless,169.254.169.254,9000',
        'v4from6,198.51.100.2,9000',
        'astray,198.51.100.1,9000,198.51.100.2',
        'unspecified,STREAM,198.51.100.1,80,198.51.100.2',
        'unspecified,DGRAM,198.51.100.1,9000,198.51.100.2',
        'long,198.51.100.2,80',
        'redirect,198.51.100.1,80,http://198.51.100.2:80/',
        'redirect,198.51.100.1,80,http://[::ffff:198.51.100.2]:80/',
        'redirect,198.51.100.1,80,http://169.254.169.254/',
      ];
      await around.attempts(rules, {
        ...Object.fromEntries(refused.map((step) => [step, 'EPERM'])),
        // The wildcard address is the sandbox, and nobody listens there: the host, which listens, does not hear of it.
        'tcp,0.0.0.0,80': 'ECONNREFUSED',
        'tcp,127.0.0.1,80': 'ECONNREFUSED',
        'tcp,::,80': 'ECONNREFUSED',
        'tcp,::1,80': 'ECONNREFUSED',
        'tcp,::ffff:0.0.0.0,80': 'ECONNREFUSED',
        'tcp,::ffff:127.0.0.1,80': 'ECONNREFUSED',
        'connected,0.0.0.0,9000': 'ECONNREFUSED',
        'connected,127.9.9.9,9000': 'ECONNREFUSED',
        // Of several messages those before the one that is denied go.
        'many,9000,198.51.100.1,203.0.113.1,198.51.100.2,203.0.113.1': '2',
        'many,9000,198.51.100.2,198.51.100.1': 'EPERM',
        'familyless,198.51.100.1,9000': '5',
        'v4from6,198.51.100.1,9000': '5',
        'fastopen,198.51.100.2,80': 'ENOTSUP',
      });
      const visits = await around.visitors.take();
      assert.deepEqual(
        [...new Set(visits)],
        ['tcp 198.51.100.1 80', 'udp 198.51.100.1 9000', 'udp 203.0.113.1 9000'],
      );
      assert.equal(visits.filter((line) => line.startsWith('udp')).length, 4);
    }));

  test('options, netlink and passed sockets lead around no rule', (t) =>
    withSurroundings(t, async (around) => {
      const rules = ['allow 198.51.100.1'];
      const [ipOptions, bindToDevice, mark, transparent] = ['0,4', '1,25', '1,36', '0,19'];
      // A loose source route over the address that is allowed to the one that is not.
      const sourceRoute = `83070${4}c6336401${'00'}`;
      const steps: Record<string, string> = {
        [`option,${ipOptions},${sourceRoute},198.51.100.1,80`]: 'connected',
        [`option,${bindToDevice},6574683000,198.51.100.2,80`]: 'EPERM',
        [`option,${bindToDevice},6c6f0000,198.51.100.2,80`]: 'EPERM',
        [`option,${bindToDevice},6c6f0000,198.51.100.1,80`]: 'ENETUNREACH',
        [`option,${mark},01000000,198.51.100.2,80`]: 'EPERM',
        [`option,${transparent},01000000,198.51.100.2,80`]: 'EPERM',
      };
      await around.attempts(rules, steps);
      const passed = around.lan.run(
        around.sandbox(rules, python('attempt', 'passed,198.51.100.1,9000,198.51.100.2')),
      );
      assert.equal((await passed).stdout, 'EPERM\nended\n');
      // A guest that gives the sandbox an address of somebody else talks to itself.
      await around.attempts(rules, {
        'route,addr,add,198.51.100.2/32,dev,lo': '0',
        'tcp,198.51.100.2,80': 'ECONNREFUSED',
      });
      const visits = await around.visitors.take();
      assert.deepEqual(visits, ['tcp 198.51.100.1 80', 'udp 198.51.100.1 9000']);
    }));
});
