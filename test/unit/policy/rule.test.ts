/** Rules as text and in a file: what is understood, and what is said of the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRule, parseRule, RuleError } from '../../../src/net/policy/rule.js';
import { parseRules } from '../../../src/net/policy/rules-file.js';

test('rules are read and written alike', () => {
  const texts: [given: string, shown?: string][] = [
    ['*'],
    ['example.org'],
    ['Example.ORG.', 'example.org'],
    ['*.example.org:443'],
    ['tcp:example.org:443,8000-8100'],
    ['udp:10.0.0.0/8:53'],
    ['tcp:192.0.2.7'],
    ['192.0.2.7/32:*', '192.0.2.7'],
    ['any:192.0.2.7', '192.0.2.7'],
    ['2001:db8::/32', '[2001:db8::/32]'],
    ['tcp:[2001:DB8:0::]/32:443', 'tcp:[2001:db8::/32]:443'],
    ['[2001:db8::1]:1-65535'],
    ['icmp:*'],
    ['dns:*.example.org'],
    ['in:tcp:*:8080'],
    ['in:[fe80::/10]'],
    ['0.0.0.0/0'],
    ['tcp'],
    ['a_b.xn--p1ai'],
  ];
  for (const [given, shown = given] of texts) {
    assert.equal(formatRule(parseRule('deny', given)), `deny ${shown}`);
    assert.equal(formatRule(parseRule('allow', shown)), `allow ${shown}`);
  }
});

test('a mistake in a rule is named', () => {
  const host = 'expected an address, ADDRESS/BITS, a host name, *.NAME or *';
  const mistakes: [text: string, message: string][] = [
    ['', `'': ${host}`],
    ['tcp:', `'': ${host}`],
    ['443', `'443': ${host}`],
    ['tcp:443', `'443': ${host}`],
    ['10.0.0.256', `'10.0.0.256': ${host}`],
    ['10.0.0', `'10.0.0': ${host}`],
    ['0x7f.1', `'0x7f.1': ${host}`],
    ['www.*.org', `'www.*.org': ${host}`],
    ['*example.org', `'*example.org': ${host}`],
    ['a..b', `'a..b': ${host}`],
    ['-a.b', `'-a.b': ${host}`],
    [`${'a'.repeat(64)}.org`, `'${'a'.repeat(64)}.org': ${host}`],
    ['fe80::1%lo', `'fe80::1%lo': ${host}`],
    ['sctp:example.org:80', `'sctp:example.org:80': ${host}`],
    ['10.0.0.0/33', "'10.0.0.0/33': '/33': the prefix length must be a number from 0 to 32"],
    ['10.0.0.0/', "'10.0.0.0/': '/': the prefix length must be a number from 0 to 32"],
    ['[2001:db8::/129]', "'2001:db8::/129': '/129': the prefix length must be a number from 0 to 128"],
    ['10.1.2.3/8', "'10.1.2.3/8': has bits set beyond its prefix: 10.0.0.0/8?"],
    ['2001:db8:0:1::/32', "'2001:db8:0:1::/32': has bits set beyond its prefix: 2001:db8::/32?"],
    ['[::ffff:10.0.0.1]', "'::ffff:10.0.0.1': write IPv4-mapped addresses as IPv4: 10.0.0.1"],
    ['a.org:0', "'0': expected a port or FIRST-LAST, 1 to 65535"],
    ['a.org:65536', "'65536': expected a port or FIRST-LAST, 1 to 65535"],
    ['a.org:80-', "'80-': expected a port or FIRST-LAST, 1 to 65535"],
    ['a.org:http', "'http': expected a port or FIRST-LAST, 1 to 65535"],
    ['a.org:90-80', "'90-80': the first port is above the last"],
    ['in:example.org', 'who comes in has an address and no name: expected an address, ADDRESS/BITS or *'],
    ['in:dns:*', 'dns is only for the way out'],
    ['dns:10.0.0.0/8', 'dns is about names, not addresses'],
    ['icmp:*:7', 'icmp has no ports'],
    ['dns:*:53', 'dns has no ports'],
    ['127.0.0.1:80', "'127.0.0.1': the loopback addresses are the sandbox's own and need no rule"],
    ['[::1]:80', "'::1': the loopback addresses are the sandbox's own and need no rule"],
  ];
  for (const [text, message] of mistakes) {
    assert.throws(() => parseRule('allow', text), { message }, text);
    assert.throws(() => parseRule('deny', text), RuleError);
  }
});

test('a file of rules', () => {
  const rules = parseRules(`{"rules": [
    {"action": "deny", "host": "10.0.0.0/8", "comment": "ours"},
    {"action": "allow", "protocol": "tcp", "host": "*.example.org", "ports": [443, "8000-8100"]},
    {"action": "allow", "direction": "in", "protocol": "udp", "host": "*", "ports": ["53"]}
  ]}`);
  assert.deepEqual(rules.map(formatRule), [
    'deny 10.0.0.0/8',
    'allow tcp:*.example.org:443,8000-8100',
    'allow in:udp:*:53',
  ]);
  assert.deepEqual(parseRules('{"rules": []}'), []);
});

test('a mistake in a file is named with its field', () => {
  const ports = 'expected a list of ports, each a number or "FIRST-LAST"';
  const rule = (fields: string): string => `{"rules": [{"action": "allow", "host": "*"}, {${fields}}]}`;
  const mistakes: [text: string, message: string | RegExp][] = [
    ['', /^not JSON: [^\n]+$/],
    ['{"rules": [', /^not JSON: [^\n]+$/],
    ['[]', 'the file: expected an object'],
    ['null', 'the file: expected an object'],
    ['{}', 'rules: expected a list'],
    ['{"rules": {}}', 'rules: expected a list'],
    ['{"rules": [], "rule": []}', 'the file: unknown field "rule": expected rules'],
    ['{"rules": [5]}', 'rules[0]: expected an object'],
    [rule('"host": "*"'), 'rules[1].action: missing: expected "allow" or "deny"'],
    [rule('"action": "drop", "host": "*"'), 'rules[1].action: "drop": expected "allow" or "deny"'],
    [rule('"action": "deny"'), 'rules[1].host: missing: expected a string'],
    [rule('"action": "deny", "host": ["a"]'), 'rules[1].host: ["a"]: expected a string'],
    [
      rule('"action": "deny", "host": "10.0.0.1/8"'),
      "rules[1].host: '10.0.0.1/8': has bits set beyond its prefix: 10.0.0.0/8?",
    ],
    [
      rule('"action": "deny", "host": "*", "port": 80'),
      'rules[1]: unknown field "port": expected action, direction, protocol, host, ports, comment',
    ],
    [rule('"action": "deny", "host": "*", "ports": 80'), `rules[1].ports: ${ports}`],
    [rule('"action": "deny", "host": "*", "ports": []'), `rules[1].ports: ${ports}`],
    [
      rule('"action": "deny", "host": "*", "ports": [80, null]'),
      'rules[1].ports[1]: null: expected a number or "FIRST-LAST"',
    ],
    [
      rule('"action": "deny", "host": "*", "ports": [80.5]'),
      "rules[1].ports[0]: '80.5': expected a port or FIRST-LAST, 1 to 65535",
    ],
    [
      rule('"action": "deny", "host": "*", "direction": "out", "protocol": "sctp"'),
      'rules[1].protocol: "sctp": expected "any" or "tcp" or "udp" or "icmp" or "dns"',
    ],
    [
      rule('"action": "deny", "host": "a.org", "direction": "in"'),
      'rules[1]: who comes in has an address and no name: expected an address, ADDRESS/BITS or *',
    ],
    [rule('"action": "deny", "host": "*", "comment": 1'), 'rules[1].comment: expected a string'],
  ];
  for (const [text, message] of mistakes)
    assert.throws(() => parseRules(text), { name: 'Error', message }, text);
});

test('whatever is written, it is a rule that can be written again, or one line that says why not', () => {
  let seed = 99;
  const next = (max: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * max);
  };
  const parts = [
    'in:',
    'tcp:',
    'udp:',
    'icmp:',
    'dns:',
    '*',
    '*.',
    'a',
    'example.org',
    '.',
    ':',
    '::',
    '[',
    ']',
    '/',
    '-',
    ',',
  ];
  parts.push('10.0.0.0', '2001:db8::', '1', '8', '443', '65535', '99999', '%', ' ', 'é', '\0', '0x1');
  let good = 0;
  for (let i = 0; i < 50_000; i++) {
    const text = Array.from({ length: 1 + next(6) }, () => parts[next(parts.length)]).join('');
    try {
      const rule = parseRule('allow', text);
      good++;
      assert.deepEqual(parseRule('allow', formatRule(rule).slice('allow '.length)), rule, text);
    } catch (error) {
      assert.ok(error instanceof RuleError, `${text}: ${error}`);
    }
  }
  assert.ok(good > 500, `${good}`);
});
