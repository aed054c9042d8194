/** What a program sees of another machine, natively and in a sandbox with the same network. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { python, withLan } from './lan.js';

test('sockets to another machine do the same natively and in a sandbox', { timeout: 120_000 }, (t) =>
  withLan(t, ['a'], async (lan) => {
    await lan.start(lan.on('host', python('echo', 'tcp', '::', 7000)));
    await lan.start(lan.on('host', python('echo', 'udp', '::', 7000)));
    const native = await lan.run(lan.on('a', python('probe')));
    assert.deepEqual([native.status, native.stderr], [0, '']);
    const inside = await lan.run(lan.sandboxOn('a', python('probe')));
    assert.deepEqual(inside.stdout.split('\n'), native.stdout.split('\n'));
    assert.deepEqual([inside.status, inside.stderr], [0, '']);
  }),
);
