/** Guests that mean harm, with sockets of the host: the sentry goes on, and others are served. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { withScratch } from '../support/run.js';
import { prints, programs, python, withLan } from './lan.js';

describe('abuse of host sockets', { timeout: 120_000 }, () => {
  test('calls of chance', (t) =>
    withLan(t, ['a'], (lan) =>
      withScratch('abuse', async (directory) => {
        const log = join(directory, 'log');
        const all = [1, 2, 3].map((seed) => `python3 ${programs}/abuse.py ${seed} 6 &`).join(' ');
        const script = `${all} python3 ${programs}/waits.py 6; wait; echo alive`;
        const flags = ['--network', 'host', '--log', log];
        const { stdout, stderr, status } = await lan.run(lan.sandboxOn('a', ['sh', '-c', script], flags));
        const lines = stdout.trim().split('\n').sort();
        assert.deepEqual(
          { lines, stderr, status },
          {
            lines: ['True', 'True True', 'True True', 'True True', 'alive'],
            stderr: '',
            status: 0,
          },
        );
        // A handler that throws is a line there.
        assert.equal(readFileSync(log, 'utf8').replace(/.*not implemented.*\n/g, ''), '');
      }),
    ));

  test('sockets without end leave descriptors to files of others', (t) =>
    withLan(t, [], async (lan) => {
      const few = ['sh', '-c', 'ulimit -n 3000; exec "$@"', 'sh'];
      const command = lan.sandboxOn('host', python('exhaust'));
      const split = command.indexOf('exec') + 2;
      await prints(
        lan,
        [...command.slice(0, split), ...few, ...command.slice(split)],
        "['ENFILE']\n300\n100\n",
      );
    }));
});
