/** Which rule decides, and what no wide rule lets through. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ip } from '../../../src/net/inet/address.js';
import { formatIp, parseIp } from '../../../src/net/policy/cidr.js';
import { LearntAddresses, MAX_LIFETIME, MIN_LIFETIME } from '../../../src/net/policy/learnt.js';
import { type Action, formatRule, parseRule } from '../../../src/net/policy/rule.js';
import { type Flow, Rules } from '../../../src/net/policy/rules.js';

function ip(text: string): Ip {
  const found = parseIp(text);
  assert.ok(found !== undefined, text);
  return found;
}

/** Rules from lines `allow ...` and `deny ...`, with addresses learnt for names. */
function rules(lines: string, learnt: Record<string, string[]> = {}): Rules {
  const list = lines
    .trim()
    .split(/\s*\n\s*/)
    .filter((line) => line !== '')
    .map((line) => {
      const [action = '', text = ''] = line.split(' ');
      return parseRule(action as Action, text);
    });
  const names = new Map(Object.entries(learnt).map(([address, list]) => [ip(address), list]));
  return new Rules(list, (address) => names.get(address) ?? []);
}

/** Asks for `tcp ADDRESS PORT` and the like; the answer is the rule, or why there was none. */
function ask(set: Rules, question: string): string {
  const [words = '', into] = question.split(' <- ').reverse();
  const [protocol, address = '', port = '0'] = words.split(' ');
  const direction = into === undefined ? 'out' : 'in';
  const { allowed, rule, reason } = set.judge({
    direction,
    protocol: protocol as Flow['protocol'],
    ip: ip(address),
    port: Number(port),
  });
  if (rule !== undefined) {
    assert.equal(reason, 'rule');
    assert.equal(rule.action === 'allow', allowed);
    return formatRule(rule);
  }
  assert.equal(allowed, false);
  return reason;
}

test('nothing is allowed without rules', () => {
  const none = rules('');
  for (const q of ['tcp 192.0.2.1 80', 'udp 2001:db8::1 53', 'icmp 192.0.2.1', 'in <- tcp 192.0.2.1 80'])
    assert.equal(ask(none, q), 'no rule');
  assert.equal(none.judgeName('example.org').allowed, false);
  assert.equal(none.mayListen('tcp', 80), false);
});

test('the first rule that fits decides', () => {
  const set = rules(`
    allow tcp:10.1.2.3:5432
    deny 10.0.0.0/8
    deny tcp:*:25
    allow tcp:0.0.0.0/0:1-1024
    allow udp:[2001:db8::/32]:53
  `);
  assert.equal(ask(set, 'tcp 10.1.2.3 5432'), 'allow tcp:10.1.2.3:5432');
  assert.equal(ask(set, 'tcp 10.1.2.3 5433'), 'deny 10.0.0.0/8');
  assert.equal(ask(set, 'udp 10.1.2.3 5432'), 'deny 10.0.0.0/8');
  assert.equal(ask(set, 'tcp 192.0.2.1 25'), 'deny tcp:*:25');
  assert.equal(ask(set, 'tcp 192.0.2.1 24'), 'allow tcp:0.0.0.0/0:1-1024');
  assert.equal(ask(set, 'tcp 192.0.2.1 1025'), 'no rule');
  assert.equal(ask(set, 'udp 192.0.2.1 24'), 'no rule');
  assert.equal(ask(set, 'udp 2001:db8::9 53'), 'allow udp:[2001:db8::/32]:53');
  assert.equal(ask(set, 'udp 2001:db9::9 53'), 'no rule');
});

test('a name lets its addresses through at its ports', () => {
  const set = rules(
    `deny evil.example.org
     allow tcp:*.example.org:443
     allow plain.test`,
    {
      '192.0.2.1': ['www.example.org'],
      '192.0.2.2': ['evil.example.org'],
      '192.0.2.3': ['example.org', 'plain.test'],
    },
  );
  assert.equal(ask(set, 'tcp 192.0.2.1 443'), 'allow tcp:*.example.org:443');
  assert.equal(ask(set, 'tcp 192.0.2.1 80'), 'no rule');
  assert.equal(ask(set, 'tcp 192.0.2.2 443'), 'deny evil.example.org');
  assert.equal(ask(set, 'udp 192.0.2.3 9'), 'allow plain.test');
  assert.equal(ask(set, 'tcp 192.0.2.4 443'), 'no rule');
  const name = (text: string): boolean => set.judgeName(text).allowed;
  assert.deepEqual(
    [
      'www.example.org',
      'a.b.example.org',
      'evil.example.org',
      'example.org',
      'badexample.org',
      'plain.test',
    ].map(name),
    [true, true, false, false, false, true],
  );
});

test('a name may be looked up unless all of it is denied first', () => {
  const set = rules(`
    deny tcp:a.test:25
    deny dns:b.test
    deny c.test
    allow *.c.test
    allow dns:*
  `);
  assert.deepEqual(
    ['a.test', 'b.test', 'c.test', 'x.c.test', 'anything.else'].map((name) => set.judgeName(name).allowed),
    [true, false, false, true, true],
  );
});

test('a wide rule never leads to addresses with a meaning of their own', () => {
  const wide = rules('allow 0.0.0.0/0\nallow [::/0]');
  const expected: Record<string, string> = {
    '0.0.0.0': 'unspecified',
    '0.1.2.3': 'unspecified',
    '127.0.0.1': 'loopback',
    '127.9.9.9': 'loopback',
    '169.254.0.1': 'link-local',
    '169.254.169.254': 'metadata',
    '100.100.100.200': 'metadata',
    '224.0.0.251': 'multicast',
    '239.255.255.250': 'multicast',
    '255.255.255.255': 'broadcast',
    '240.0.0.1': 'reserved',
    '::': 'unspecified',
    '::1': 'loopback',
    'fe80::1': 'link-local',
    'febf::1': 'link-local',
    'fd00:ec2::254': 'metadata',
    'ff02::1': 'multicast',
    // Other ways to write IPv4 addresses.
    '::ffff:127.0.0.1': 'loopback',
    '::ffff:169.254.169.254': 'metadata',
    '::127.0.0.1': 'loopback',
    '::a9fe:a9fe': 'metadata',
    '::ffff:0:127.0.0.1': 'loopback',
    '64:ff9b::127.0.0.1': 'loopback',
    '64:ff9b::169.254.1.1': 'link-local',
    '2002:7f00:1::': 'loopback',
    '2002:a9fe:a9fe::1': 'metadata',
    '2001:0:4136:e378::1': 'tunnel',
    '64:ff9b:1::1': 'tunnel',
    '10.0.0.1': 'allow 0.0.0.0/0',
    '64:ff9b::8.8.8.8': 'allow 0.0.0.0/0',
    '192.0.2.1': 'allow 0.0.0.0/0',
    '2001:db8::1': 'allow [::/0]',
    'fd00::1': 'allow [::/0]',
  };
  for (const [address, answer] of Object.entries(expected))
    assert.equal(ask(wide, `tcp ${address} 80`), answer, address);
});

test('a rule that names such a range does, but for loopback', () => {
  const set = rules(`
    deny tcp:169.254.169.254:81
    allow tcp:169.254.169.254
    allow 224.0.0.0/4
    allow [fe80::/10]
    allow 10.0.0.0/8
    allow *
  `);
  assert.equal(ask(set, 'tcp 169.254.169.254 80'), 'allow tcp:169.254.169.254');
  assert.equal(ask(set, 'tcp 169.254.169.254 81'), 'deny tcp:169.254.169.254:81');
  assert.equal(ask(set, 'udp 169.254.169.254 80'), 'metadata');
  assert.equal(ask(set, 'tcp 169.254.169.253 80'), 'link-local');
  assert.equal(ask(set, 'udp 224.0.0.251 5353'), 'allow 224.0.0.0/4');
  assert.equal(ask(set, 'udp fe80::1 1'), 'allow [fe80::/10]');
  assert.equal(ask(set, 'udp 10.0.0.1 1'), 'allow 10.0.0.0/8');
  assert.equal(ask(set, 'udp ::ffff:10.0.0.1 1'), 'allow 10.0.0.0/8');
  assert.equal(ask(set, 'udp 192.168.0.1 1'), 'private');
  assert.equal(ask(set, 'udp 192.0.2.1 1'), 'allow *');
});

test('a denied network is denied in every form', () => {
  const set = rules('deny 192.0.2.0/24\ndeny [64:ff9b::/96]\nallow 0.0.0.0/0\nallow [::/0]');
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '::192.0.2.1', '2002:c000:201::']) {
    assert.equal(ask(set, `tcp ${address} 80`), 'deny 192.0.2.0/24');
  }
  assert.equal(ask(set, 'tcp 64:ff9b::1.2.3.4 80'), 'deny [64:ff9b::/96]');
});

test('names lead to no private or special address unless a network does', () => {
  const learnt = {
    '10.0.0.1': ['a.test'],
    '192.168.0.1': ['a.test'],
    '169.254.169.254': ['a.test'],
    '192.0.2.1': ['a.test'],
  };
  const set = rules('allow a.test\nallow tcp:10.0.0.0/8:80', learnt);
  assert.equal(ask(set, 'tcp 10.0.0.1 80'), 'allow tcp:10.0.0.0/8:80');
  assert.equal(ask(set, 'tcp 10.0.0.1 81'), 'private');
  assert.equal(ask(set, 'tcp 192.168.0.1 80'), 'private');
  assert.equal(ask(set, 'tcp 169.254.169.254 80'), 'metadata');
  assert.equal(ask(set, 'tcp 192.0.2.1 80'), 'allow a.test');
  assert.deepEqual(
    [
      '10.0.0.1',
      '192.168.0.1',
      '169.254.169.254',
      '127.0.0.1',
      '::1',
      '0.0.0.0',
      '::ffff:192.168.0.1',
      '192.0.2.1',
    ].map((a) => set.mayLeadTo(ip(a))),
    [true, false, false, false, false, false, false, true],
  );
  assert.equal(rules('allow *\nallow 0.0.0.0/0').mayLeadTo(ip('192.168.0.1')), true);
  assert.equal(rules('allow *\nallow 0.0.0.0/0').mayLeadTo(ip('169.254.169.254')), false);
});

test('who may come in, and where', () => {
  const set = rules('deny in:192.0.2.66\nallow in:tcp:192.0.2.0/24:8080\nallow in:udp:*:5000-6000\nallow *');
  assert.equal(ask(set, 'in <- tcp 192.0.2.1 8080'), 'allow in:tcp:192.0.2.0/24:8080');
  assert.equal(ask(set, 'in <- tcp 192.0.2.66 8080'), 'deny in:192.0.2.66');
  assert.equal(ask(set, 'in <- tcp 192.0.3.1 8080'), 'no rule');
  assert.equal(ask(set, 'in <- tcp 192.0.2.1 8081'), 'no rule');
  assert.equal(ask(set, 'in <- udp fe80::1 5353'), 'allow in:udp:*:5000-6000');
  assert.deepEqual(
    [set.mayListen('tcp', 8080), set.mayListen('udp', 8080), set.mayListen('udp', 6000)],
    [true, false, true],
  );
});

test('what was learnt holds for its time to live, and not less than a client needs', () => {
  let now = 0;
  const learnt = new LearntAddresses(() => now);
  const address = ip('192.0.2.1');
  learnt.learn(address, 'a.test', 300);
  learnt.learn(address, 'b.test', 0);
  learnt.learn(address, 'c.test', 2 ** 31);
  assert.deepEqual(learnt.namesOf(address), ['a.test', 'b.test', 'c.test']);
  // A shorter answer does not end a longer one.
  learnt.learn(address, 'a.test', 1);
  now = MIN_LIFETIME * 1000;
  assert.deepEqual(learnt.namesOf(address), ['c.test', 'a.test']);
  now = 300_000;
  assert.deepEqual(learnt.namesOf(address), ['c.test']);
  now = MAX_LIFETIME * 1000;
  assert.deepEqual(learnt.namesOf(address), []);
});

test('names and addresses that are learnt are bounded; the oldest go', () => {
  const learnt = new LearntAddresses(() => 0);
  for (let i = 0; i < 200; i++) learnt.learn(ip('192.0.2.1'), `n${i}.test`, 60);
  const names = learnt.namesOf(ip('192.0.2.1'));
  assert.equal(names.length, 64);
  assert.equal(names.at(-1), 'n199.test');
  for (let i = 0; i < 20_000; i++)
    learnt.learn(String.fromCharCode(10, i >> 16, (i >> 8) & 255, i & 255), 'x.test', 60);
  assert.deepEqual(learnt.namesOf(ip('192.0.2.1')), []);
  assert.deepEqual(learnt.namesOf(String.fromCharCode(10, 0, 19_999 >> 8, 19_999 & 255)), ['x.test']);
});

test('addresses as text', () => {
  const texts = [
    '192.0.2.1',
    '::',
    '::1',
    '2001:db8::',
    '2001:db8::1:0:0:1',
    '1:0:0:2::3',
    '1:2:3:4:5:6:7:8',
    'fe80::1',
  ];
  for (const text of texts) assert.equal(formatIp(ip(text)), text);
  assert.equal(formatIp(ip('2001:DB8:0:0:1:0:0:1')), '2001:db8::1:0:0:1');
  assert.equal(formatIp(ip('::ffff:192.0.2.1')), '192.0.2.1');
  assert.equal(formatIp(ip('64:ff9b::192.0.2.33')), '64:ff9b::c000:221');
  for (const text of ['', '1.2.3', '01.2.3.4', '1::2::3', '::g', 'fe80::1%1', '1.2.3.4.5'])
    assert.equal(parseIp(text), undefined);
});
