/** Names under each --network: dig(1), getent(1), and the resolvers that programs bring along. Nothing leaves the test's network. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { compile } from '../support/compile.js';
import { run } from '../support/run.js';
import { requireTool } from '../support/tools.js';
import { prints, programs } from './lan.js';
import { NAME_SERVER, withSurroundings } from './outside.js';

const RULES = ['allow tcp:*.example.test:80'];
const dig = (...words: string[]): string[] => ['dig', '+time=2', '+tries=1', ...words];

describe('names', { timeout: 300_000 }, () => {
  test('none: the files, and nobody to ask', (t) =>
    withSurroundings(t, async (around) => {
      if (!requireTool(t, 'dig')) return;
      const { lan } = around;
      const none = (command: string[]): string[] => lan.sandboxOn('a', command, ['--network', 'none']);
      await prints(
        lan,
        none(['getent', 'ahosts', '127.0.0.1']),
        '127.0.0.1       STREAM 127.0.0.1\n127.0.0.1       DGRAM  \n127.0.0.1       RAW    \n',
      );
      assert.equal((await lan.run(none(['getent', 'hosts', 'www.example.test']))).status, 2);
      for (const server of ['127.0.0.1', NAME_SERVER]) {
        const { status, stdout } = await lan.run(none(dig(`@${server}`, 'www.example.test')));
        assert.deepEqual([status, /198\.51/.test(stdout)], [9, false]);
      }
      assert.deepEqual(await around.questions.take(), []);
    }));

  test("host: the host's servers", (t) =>
    withSurroundings(t, async (around) => {
      if (!requireTool(t, 'dig')) return;
      const { lan } = around;
      const file = join(around.directory, 'resolv.conf');
      writeFileSync(file, `nameserver ${NAME_SERVER}\n`);
      const host = (command: string[]): string[] =>
        lan.sandboxOn('a', command, ['--network', 'host', '--volume', `${file}:/etc/resolv.conf:ro`]);
      await prints(lan, host(dig('+short', 'www.example.test')), '198.51.100.1\n');
      await prints(
        lan,
        host(dig('+short', '+tcp', 'alias.example.test')),
        'far.cdn.test.\nnear.cdn.test.\n203.0.113.1\n',
      );
      await prints(lan, host(['getent', 'hosts', 'www.example.test']), '198.51.100.1    www.example.test\n');
      await prints(
        lan,
        host(['getent', 'ahostsv6', 'six.example.test']),
        ahosts('2001:db8:1::1', 'six.example.test'),
      );
    }));

  test("filtered: the sandbox's own, over UDP and TCP", (t) =>
    withSurroundings(t, async (around) => {
      if (!requireTool(t, 'dig')) return;
      const { lan } = around;
      const filtered = (command: string[], more: string[] = []): string[] =>
        around.sandbox([...RULES, ...more], command);
      await prints(lan, filtered(dig('+short', 'www.example.test')), '198.51.100.1\n');
      await prints(
        lan,
        filtered(dig('+short', '+tcp', 'alias.example.test')),
        'far.cdn.test.\nnear.cdn.test.\n203.0.113.1\n',
      );
      await prints(lan, filtered(dig('+short', '+noedns', 'www.EXAMPLE.test')), '198.51.100.1\n');
      await prints(
        lan,
        filtered(['getent', 'hosts', 'www.example.test']),
        '198.51.100.1    www.example.test\n',
      );
      await prints(
        lan,
        filtered(['getent', 'ahostsv6', 'six.example.test']),
        ahosts('2001:db8:1::1', 'six.example.test'),
      );
      assert.equal((await lan.run(filtered(['getent', 'hosts', 'secret.test']))).status, 2);
      const { stdout: refused } = await lan.run(filtered(dig('secret.test')));
      assert.match(refused, /status: NXDOMAIN/);
      assert.match(refused, /EDE: 15 \(Blocked\)/);
      const { stdout: many } = await lan.run(filtered(dig('+short', 'many.example.test')));
      assert.equal(many.trim().split('\n').length, 120);
      // Other servers are hosts like any other.
      const other = dig('+short', `@${NAME_SERVER}`, 'secret.test');
      assert.equal((await lan.run(filtered(other))).status, 9);
      await prints(lan, filtered(other, [`allow udp:${NAME_SERVER}:53`]), '203.0.113.1\n');
    }));

  test('filtered: resolvers of musl, Node.js and Go', (t) =>
    withSurroundings(t, async (around) => {
      if (!requireTool(t, 'musl-gcc', 'go')) return;
      const { lan } = around;
      const musl = await compile(join(programs, 'resolve.c'), { compiler: 'musl-gcc', flags: ['-static'] });
      const go = join(around.directory, 'resolve');
      const source = join(programs, 'resolve.go');
      const env = { HOME: around.directory, CGO_ENABLED: '0' };
      const { stderr, status } = await run(['go', 'build', '-o', go, source], { env, timeout: 120_000 });
      assert.deepEqual({ stderr, status }, { stderr: '', status: 0 });
      const script = `
const dns = require('node:dns');
dns.lookup(process.argv[1], (error, address) => console.log(error?.code ?? address));`;
      const cares = `
require('node:dns').resolve4(process.argv[1], (error, list) => console.log(error?.code ?? list[0]));`;
      for (const [command, unknown] of [
        [[musl], 'none'],
        [[go], 'none'],
        [['node', '-e', script], 'ENOTFOUND'],
        [['node', '-e', cares], 'ENOTFOUND'],
      ] as const) {
        await prints(lan, around.sandbox(RULES, [...command, 'www.example.test']), '198.51.100.1\n');
        await prints(lan, around.sandbox(RULES, [...command, 'secret.test']), `${unknown}\n`);
      }
    }));
});

/** What getent(1) says of a name with one address. */
function ahosts(address: string, name: string): string {
  const column = address.padEnd(15);
  return `${column} STREAM ${name}\n${column} DGRAM  \n${column} RAW    \n`;
}
