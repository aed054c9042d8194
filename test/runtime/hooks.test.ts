import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Hook, HookError, type HookState, runHooks } from '../../src/runtime/hooks.js';
import { spawnContainerStub } from '../../src/runtime/stub.js';
import { withScratch } from '../support/scratch.js';
import { skipUnlessRoot, withReaper } from './namespace.js';

const state = (bundle: string): HookState => ({
  ociVersion: '1.2.0',
  id: 'box',
  status: 'creating',
  pid: process.pid,
  bundle,
  annotations: { 'a.b': 'ü' },
});

const shell = (script: string, more: Partial<Hook> = {}): Hook => ({
  path: '/bin/sh',
  args: ['sh', '-c', script],
  ...more,
});

test('a hook that config.json gives no environment has that of the command', async () => {
  await withScratch('hooks', async (bundle) => {
    process.env['TVISOR_TEST_HOOK'] = 'inherited';
    try {
      const hook = shell('test "$TVISOR_TEST_HOOK" = inherited');
      runHooks('prestart', [hook], state(bundle));
      assert.throws(() => runHooks('prestart', [{ ...hook, env: [] }], state(bundle)), HookError);
    } finally {
      delete process.env['TVISOR_TEST_HOOK'];
    }
  });
});

test('a hook gets the state, its arguments, its whole environment and the bundle as its directory', async () => {
  await withScratch('hooks', async (bundle) => {
    const script = `cat > state; printf '%s|' "$0" "$@" > args; tr '\\0' '\\n' < /proc/$$/environ > env`;
    const hook = { path: '/bin/sh', args: ['name', '-c', script, 'zero', 'a b', ''], env: ['A=1', 'B=x=y'] };
    assert.deepEqual(runHooks('prestart', [hook], state(bundle)), []);
    assert.deepEqual(JSON.parse(readFileSync(join(bundle, 'state'), 'utf8')), state(bundle));
    assert.equal(readFileSync(join(bundle, 'args'), 'utf8'), 'zero|a b||');
    assert.equal(readFileSync(join(bundle, 'env'), 'utf8'), 'A=1\nB=x=y\n');
  });
});

test('hooks run in order, and the first that fails is the last', async () => {
  await withScratch('hooks', async (bundle) => {
    const hooks = [
      shell('echo 1 >> out'),
      shell('echo no; echo why >&2; echo not >&2; exit 3'),
      shell('echo 3 >> out'),
    ];
    for (const kind of ['prestart', 'createRuntime', 'poststart'] as const) {
      assert.throws(
        () => runHooks(kind, hooks, state(bundle)),
        new HookError(`error running ${kind} hook #1: exit status 3, stdout: no, stderr: why; not`),
      );
    }
    assert.equal(readFileSync(join(bundle, 'out'), 'utf8'), '1\n1\n1\n');
    const warnings = runHooks('poststop', hooks, state(bundle));
    assert.deepEqual(warnings, [
      'error running poststop hook #1: exit status 3, stdout: no, stderr: why; not',
    ]);
    assert.equal(readFileSync(join(bundle, 'out'), 'utf8'), '1\n1\n1\n1\n3\n');
  });
});

test('what cannot run, takes too long or is killed is named', async () => {
  await withScratch('hooks', async (bundle) => {
    const problem = (hook: Hook) => runHooks('poststop', [hook], state(bundle))[0]?.replace(/^.*#0: /, '');
    assert.match(problem({ path: '/nowhere/hook' })!, /^\/nowhere\/hook: no such file or directory/);
    writeFileSync(join(bundle, 'plain'), 'x', { mode: 0o600 });
    assert.equal(problem({ path: join(bundle, 'plain') }), `${bundle}/plain: permission denied`);
    assert.match(problem(shell('kill -9 $$'))!, /^signal SIGKILL/);
    const started = Date.now();
    assert.match(
      problem(shell('echo slow >&2; sleep 100', { timeout: 1 }))!,
      /timed out after 1 s, stderr: slow$/,
    );
    // Nor does what it leaves in the background keep anybody.
    assert.equal(problem(shell('sleep 20 & exit 0')), undefined);
    assert.ok(Date.now() - started < 15_000, `${Date.now() - started} ms`);
  });
});

test("createContainer hooks see the host's files, the bundle's rootfs with its mounts, and the container's network", {
  skip: skipUnlessRoot,
}, async () => {
  await withReaper((reaperPid) =>
    withScratch('hooks', async (bundle) => {
      const root = join(bundle, 'rootfs');
      mkdirSync(root);
      const stub = spawnContainerStub({
        title: 'tvisor-init test',
        reaperPid,
        namespaces: [{ type: 'network' }],
        root,
        readonly: false,
        mounts: [{ destination: '/usr', type: 'none', bind: '/usr', readonly: true, data: [] }],
      });
      try {
        const hook = shell(`
          test -e /etc/passwd && test -e rootfs/usr/bin/env && readlink /proc/self/ns/net > net
          cat > state; mkdir rootfs/new; echo "$A" > a`);
        const current = { ...state(bundle), pid: stub.process.pid };
        runHooks('createContainer', [{ ...hook, env: ['A=b', 'PATH=/usr/bin:/bin'] }], current);
        assert.deepEqual(JSON.parse(readFileSync(join(bundle, 'state'), 'utf8')), current);
        assert.notEqual(readFileSync(join(bundle, 'net'), 'utf8'), '');
        assert.equal(readFileSync(join(bundle, 'a'), 'utf8'), 'b\n');
        assert.ok(!existsSync(join(root, 'usr/bin')), 'the mount is nobody else’s');
        stub.finish();
        assert.ok(existsSync(`/proc/${stub.process.pid}/root/new`));
        assert.throws(
          () => runHooks('createContainer', [shell('exit 4')], { ...current, bundle: '/' }),
          /exit status/,
        );
      } finally {
        stub.kill();
        closeSync(stub.link);
      }
    }),
  );
});
