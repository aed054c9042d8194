/** Several containers in one sandbox. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Bench, type Config, eventually, skipContainers } from './bundle.js';

interface Record_ {
  sandbox: string;
  sentry: { pid: number };
  init: { pid: number };
}

describe('pods', { skip: skipContainers, timeout: 300_000 }, () => {
  const bench = new Bench('pods');
  const id = (name: string) => `${name}-${process.pid}`;
  const recordOf = (c: string) =>
    JSON.parse(readFileSync(join(bench.root, c, 'container.json'), 'utf8')) as Record_;

  /** Change the path of a namespace. */
  const share = (config: Config, type: string, pid: number, file: string = type) => {
    for (const namespace of config.linux.namespaces) {
      if (namespace.type === type) namespace.path = `/proc/${pid}/ns/${file}`;
    }
  };

  const start = (c: string, args: readonly string[], change?: (config: Config) => void) => {
    const { status, stderr } = bench.run('run', '-d', '-b', bench.bundle(c, args, change), c);
    assert.equal(status, 0, stderr);
  };

  const annotated = (type: string, sandbox: string) => (config: Config) => {
    config.annotations = {
      'io.kubernetes.cri.container-type': type,
      'io.kubernetes.cri.sandbox-id': sandbox,
    };
  };

  it('containers of a pod have one sentry, and die one by one', async () => {
    const [pause, one, two] = [id('pause'), id('one'), id('two')];
    start(pause, ['sleep', '100'], annotated('sandbox', pause));
    const { init } = recordOf(pause);
    const inPod = (config: Config) => {
      annotated('container', pause)(config);
      share(config, 'ipc', init.pid);
      share(config, 'network', init.pid, 'net');
      share(config, 'uts', init.pid);
    };
    start(one, ['sleep', '101'], inPod);
    start(two, ['sleep', '102'], inPod);
    assert.deepEqual(
      [recordOf(one).sandbox, recordOf(two).sandbox],
      [recordOf(pause).sandbox, recordOf(pause).sandbox],
    );
    // Process trees of their own: each has its own first process.
    assert.match(bench.run('exec', one, 'ps').stdout, /^ +1 .*sleep 101$/m);
    assert.doesNotMatch(bench.run('exec', one, 'ps').stdout, /sleep 102/);
    assert.equal(bench.run('list', '-q', '--sandbox').stdout, `${pause}\n`);
    bench.run('delete', '-f', one);
    assert.equal(bench.run('exec', two, 'true').status, 0);
    bench.run('delete', '-f', pause);
    assert.equal(bench.run('exec', two, 'true').status, 0, 'the sandbox outlives its first container');
    const { sentry } = recordOf(two);
    bench.run('delete', '-f', two);
    assert.ok(await eventually(() => !existsSync(`/proc/${sentry.pid}`)));
    assert.deepEqual(bench.files(), []);
  });

  it('a pod that is not ours, or dead: a sandbox of its own', async () => {
    const [dead, alone, late] = [id('dead'), id('alone'), id('late')];
    start(alone, ['sleep', '100'], annotated('container', 'nobody-knows'));
    start(dead, ['true'], annotated('sandbox', dead));
    assert.ok(await eventually(() => bench.state(dead).status === 'stopped'));
    start(late, ['sleep', '100'], annotated('container', dead));
    const sandboxes = [alone, dead, late].map((c) => recordOf(c).sandbox);
    assert.equal(new Set(sandboxes).size, 3);
    for (const c of [dead, alone, late]) assert.equal(bench.run('delete', '-f', c).status, 0);
    assert.deepEqual(bench.files(), []);
  });

  it("the pid namespace of another container's pid is that container's", () => {
    const [first, second, third] = [id('first'), id('second'), id('third')];
    start(first, ['sleep', '201']);
    const { init } = recordOf(first);
    start(second, ['sleep', '202'], (config) => share(config, 'pid', init.pid));
    assert.equal(recordOf(second).sandbox, recordOf(first).sandbox);
    assert.match(bench.run('exec', second, 'ps').stdout, /sleep 201/);
    assert.match(bench.run('exec', first, 'ps').stdout, /sleep 202/);
    // Somebody else's namespace cannot be shared: a new one, and a word about it.
    const bundle = bench.bundle('foreign', ['sleep', '203'], (config) => share(config, 'pid', process.pid));
    const { status, stderr } = bench.run('run', '-d', '-b', bundle, third);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^tvisor: warning: the pid namespace .*\n$/);
    assert.notEqual(recordOf(third).sandbox, recordOf(first).sandbox);
    for (const c of [first, second, third]) assert.equal(bench.run('delete', '-f', c).status, 0);
    assert.deepEqual(bench.files(), []);
  });

  it('who wants the network of the host does not share a sandbox that has none, nor the other way', () => {
    const [none, host] = [id('none'), id('host')];
    start(none, ['sleep', '100']);
    const { init } = recordOf(none);
    start(host, ['sleep', '100'], (config) => {
      share(config, 'ipc', init.pid);
      config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network');
    });
    assert.notEqual(recordOf(host).sandbox, recordOf(none).sandbox);
    for (const c of [none, host]) assert.equal(bench.run('delete', '-f', c).status, 0);
    assert.deepEqual(bench.files(), []);
  });
});
