import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError } from '../../../src/oci/report.js';
import { specTemplate } from '../../../src/oci/spec-template.js';
import { readConfig, readProcess, readResources } from '../../../src/oci/validate.js';
import { goodConfig, MISTAKES, mistaken } from './mistakes.js';

function mistakesOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.mistakes;
  }
  return [];
}
const warningsOf = (config: unknown) => readConfig(JSON.stringify(config)).warnings;

test('a configuration as engines write it has no mistakes and no warnings', () => {
  assert.deepEqual(readConfig(JSON.stringify(goodConfig())).warnings, []);
});

for (const [way, value, message] of MISTAKES) {
  test(message, () => {
    const found = mistakesOf(() => readConfig(mistaken(way, value)));
    assert.equal(found[0], message);
    assert.doesNotMatch(message, /\n/);
  });
}

test('every mistake is told, not only the first', () => {
  const text = JSON.stringify({ ociVersion: 5, process: { cwd: 'x', args: 1 }, root: { path: 'r' } });
  assert.deepEqual(
    mistakesOf(() => readConfig(text)),
    [
      'ociVersion: must be text, not 5',
      'process.args: must be a list, not 1',
      'process.cwd: must be an absolute path, not "x"',
    ],
  );
});

test('what is no JSON, and no object', () => {
  assert.match(mistakesOf(() => readConfig('{"a":\n}'))[0] ?? '', /^not JSON: [^\n]+$/);
  assert.match(mistakesOf(() => readConfig(''))[0] ?? '', /^not JSON: /);
  assert.deepEqual(
    mistakesOf(() => readConfig('[]')),
    ['must be an object, not a list'],
  );
});

test('unknown fields and annotations are never a mistake', () => {
  const config = { ...goodConfig(), extra: { a: [1] }, annotations: { 'run.oci.x': 'y', plain: '' } };
  assert.deepEqual(warningsOf(config), []);
});

test('null is as good as nothing: Go programs write it for empty lists', () => {
  const config = goodConfig();
  assert.deepEqual(warningsOf({ ...config, hooks: null, mounts: null, annotations: null }), []);
});

test('what is not done is warned of', () => {
  const config = goodConfig();
  const process = config['process'] as Record<string, unknown>;
  assert.deepEqual(
    warningsOf({
      ...config,
      process: {
        ...process,
        apparmorProfile: 'unconfined',
        selinuxLabel: 'a:b',
        capabilities: { bounding: ['CAP_KILL', 'CAP_FLY'] },
      },
      mounts: [
        { destination: 'data', type: 'none', source: '/x', options: ['bind', 'nocopy'] },
        { destination: '/t', type: 'tmpfs', source: 't', options: ['context="a:b"'] },
      ],
      vm: {},
    }),
    [
      'process.capabilities.bounding[1]: unknown capability "CAP_FLY", left out',
      'process.apparmorProfile: is ignored: guests have no AppArmor',
      'process.selinuxLabel: is ignored: guests have no SELinux',
      'mounts[0].destination: "data" is taken as an absolute path',
      'mounts[0].options[1]: "nocopy" means nothing to a bind mount',
      'mounts[1].options[0]: is ignored: guests have no SELinux',
      'vm: is ignored: there is no virtual machine',
    ],
  );
});

test('integers of 64 bits keep their digits where it matters', () => {
  const text = mistaken(['linux', 'seccomp', 'syscalls', 0, 'args', 0, 'value'], 7)
    .replace('"value":7', '"value":18446744073709551615')
    .replace('"hard":1048576', '"hard":18446744073709551615');
  const { value } = readConfig(text);
  assert.equal(value.linux?.seccomp?.syscalls?.[0]?.args?.[0]?.value, 18446744073709551615n);
  assert.equal(value.process.rlimits?.[0]?.hard, 2 ** 64);
  assert.deepEqual(
    mistakesOf(() => readConfig(text.replaceAll('18446744073709551615', '18446744073709551616')))[0],
    'process.rlimits[0].hard: must be a whole number from 0 to 18446744073709551615, not 18446744073709551616',
  );
});

test('digits inside of texts are left alone', () => {
  const config = {
    ...goodConfig(),
    annotations: { a: '1', b: '\\"18446744073709551615,', '99999999999999999999': 'x' },
  };
  assert.deepEqual(readConfig(JSON.stringify(config)).value.annotations, config.annotations);
});

test('a member called __proto__ changes nothing', () => {
  const { value } = readConfig(JSON.stringify(goodConfig()).replace('{', '{"__proto__":{"process":1},'));
  assert.equal(value.process.args[0], 'sh');
});

test('a process alone', () => {
  assert.equal(readProcess('{"args":["ls"],"cwd":"/"}').value.args[0], 'ls');
  assert.deepEqual(
    mistakesOf(() => readProcess('{"args":[],"cwd":"/"}')),
    ['process.args: must have at least one item'],
  );
  assert.deepEqual(
    mistakesOf(() => readProcess('{"args":["x"]}')),
    ['process.cwd: is missing'],
  );
});

test('names in other letters, as Go reads them', () => {
  const { value } = readResources('{"CPU":{"Shares":5,"shares":7,"QUOTA":2000},"Extra":1}');
  assert.deepEqual(value.cpu, { Shares: 5, shares: 7, quota: 2000 });
  assert.equal(value['Extra'], 1);
  assert.deepEqual(
    mistakesOf(() => readResources('{"CPU":{"Quota":1}}')),
    ['resources.cpu.quota: must be at least 1000, not 1'],
  );
});

test('resources alone', () => {
  assert.equal(readResources('{"pids":{"limit":5},"cpu":{"shares":0}}').value.pids?.limit, 5);
  assert.deepEqual(
    mistakesOf(() => readResources('{"cpu":{"quota":1}}')),
    ['resources.cpu.quota: must be at least 1000, not 1'],
  );
});

test('what `spec` writes is right', () => {
  for (const options of [
    {},
    { rootless: { uid: 1000, gid: 1000 } },
    { netns: '/run/netns/a', args: ['ls', '-l'] },
  ])
    assert.deepEqual(warningsOf(specTemplate(options)), []);
});
