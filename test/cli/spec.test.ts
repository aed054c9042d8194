/** From options to the sandbox that they ask for. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DoOptions, toSpec } from '../../src/cli/do.js';
import { appendPlaced } from '../../src/cli/network-options.js';
import { parseEnv, parseHostname, parsePublish, parseUser, parseVolume } from '../../src/cli/options.js';
import { formatIp } from '../../src/net/policy/cidr.js';
import { formatRule } from '../../src/net/policy/rule.js';
import { withScratch } from '../support/scratch.js';

const defaults: DoOptions = {
  root: '/',
  hostUds: 'none',
  network: 'none',
  logFormat: 'text',
  fastLane: true,
};

test('without options: the caller and the machine as they are', () => {
  const spec = toSpec(['ls', '-l'], defaults);
  assert.deepEqual(spec, {
    argv: ['ls', '-l'],
    env: Object.entries(process.env).map(([name, value]) => `${name}=${value}`),
    cwd: process.cwd(),
    root: '/',
    uid: process.geteuid?.(),
    gid: process.getegid?.(),
    groups: process.getgroups?.(),
    hostname: hostname(),
    volumes: [],
    hostUds: 'none',
    network: 'none',
    publish: [],
    fastLane: true,
    strace: false,
    log: { level: 'error', format: 'text' },
  });
});

test('the working directory falls back to / where the root has no such directory', () => {
  assert.equal(toSpec(['ls'], { ...defaults, root: '/etc' }).cwd, '/');
  assert.equal(toSpec(['ls'], { ...defaults, root: '/etc', cwd: '/x/../y' }).cwd, '/x/../y');
});

test('--strace shows its lines unless --log-level says otherwise', () => {
  assert.equal(toSpec(['ls'], { ...defaults, strace: true }).log.level, 'info');
  assert.equal(toSpec(['ls'], { ...defaults, strace: true, logLevel: 'error' }).log.level, 'error');
});

test('--log is taken from the caller working directory', () => {
  assert.equal(toSpec(['ls'], { ...defaults, log: 'x.log' }).log.file, `${process.cwd()}/x.log`);
});

test('--user: GID defaults to UID, and no supplementary groups remain', () => {
  assert.deepEqual(parseUser('1000'), { uid: 1000, gid: 1000 });
  assert.deepEqual(parseUser('0:4294967294'), { uid: 0, gid: 4294967294 });
  assert.deepEqual(toSpec(['id'], { ...defaults, user: '5:6' }).groups, []);
});

test('--env: sets, replaces, empties, passes through and removes, in order', () => {
  const caller = { A: '1', B: '2' };
  assert.deepEqual(parseEnv([], caller), ['A=1', 'B=2']);
  assert.deepEqual(parseEnv(['A=x=y', 'C='], caller), ['A=x=y', 'B=2', 'C=']);
  assert.deepEqual(parseEnv(['A=3', 'A'], caller), ['A=1', 'B=2']);
  assert.deepEqual(parseEnv(['C=3', 'C'], caller), ['A=1', 'B=2']);
});

test('--hostname: labels of letters, digits and inner hyphens', () => {
  for (const name of ['a', 'a-b.c9', 'A'.repeat(64)]) assert.equal(parseHostname(name), name);
  for (const name of ['', '.', 'a..b', 'a-', 'a b', 'A'.repeat(65)])
    assert.throws(() => parseHostname(name), /--hostname/);
});

test('--publish: every address or one, TCP unless it says udp', () => {
  const port = (text: string) => {
    const { ip, hostPort, port: inside, protocol } = parsePublish(text);
    return [
      ip === undefined ? undefined : Buffer.from(ip, 'latin1').toString('hex'),
      hostPort,
      inside,
      protocol,
    ];
  };
  assert.deepEqual(port('8080:80'), [undefined, 8080, 80, 'tcp']);
  assert.deepEqual(port('1.2.3.4:8080:80/udp'), ['01020304', 8080, 80, 'udp']);
  assert.deepEqual(port('[fd00::1]:65535:1/tcp'), [`fd${'0'.repeat(29)}1`, 65535, 1, 'tcp']);
});

test('--volume: writable unless it says ro; paths are made absolute and plain', () => {
  assert.deepEqual(parseVolume('/etc/:/mnt//x/../y/'), { host: '/etc', guest: '/mnt/y', readonly: false });
  assert.deepEqual(parseVolume('.:/src:ro'), { host: process.cwd(), guest: '/src', readonly: true });
  assert.deepEqual(parseVolume('/etc:/a:rw'), { host: '/etc', guest: '/a', readonly: false });
});

test('rules keep their order, whatever option they come from', () =>
  withScratch('rules', async (dir) => {
    const file = join(dir, 'rules.json');
    writeFileSync(
      file,
      '{"rules": [{"action": "deny", "host": "10.0.0.0/8"}, {"action": "allow", "host": "b.test"}]}',
    );
    let allow = appendPlaced('tcp:10.1.2.3:80');
    const networkRules = appendPlaced(file);
    const deny = appendPlaced('*:25');
    allow = appendPlaced('*', allow);
    const { network, filter } = toSpec(['true'], {
      ...defaults,
      network: 'filtered',
      allow,
      deny,
      networkRules,
      dns: ['192.0.2.1', '192.0.2.2:5353', '2001:db8::1', '[2001:db8::2]:5353'],
      networkLog: 'x.log',
    });
    assert.equal(network, 'filtered');
    assert.deepEqual(filter?.rules.map(formatRule), [
      'allow tcp:10.1.2.3:80',
      'deny 10.0.0.0/8',
      'allow b.test',
      'deny *:25',
      'allow *',
    ]);
    assert.deepEqual(
      filter?.servers.map(({ ip, port }) => `${formatIp(ip)} ${port}`),
      ['192.0.2.1 53', '192.0.2.2 5353', '2001:db8::1 53', '2001:db8::2 5353'],
    );
    assert.equal(filter?.log, `${process.cwd()}/x.log`);
  }));
