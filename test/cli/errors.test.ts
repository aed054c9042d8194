/** Every mistake in a command line is one line that says what is wrong and where, and status 128. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repoRoot } from '../support/paths.js';
import { runCli } from './run-cli.js';

/** The arguments, and the whole of what standard error must say. */
const cases: readonly (readonly [args: string[], message: string])[] = [
  [['nonsense'], "tvisor: unknown command 'nonsense' (see tvisor --help)"],
  [['--nonsense'], "tvisor: unknown option '--nonsense' (see tvisor --help)"],
  [['do'], 'tvisor do: COMMAND: missing: say what to run'],
  [['do', '--'], 'tvisor do: COMMAND: missing: say what to run'],
  [['do', '--nonsense', 'true'], "tvisor do: unknown option '--nonsense' (see tvisor do --help)"],
  [['do', '--user'], "tvisor do: option '-u, --user <uid[:gid]>' argument missing (see tvisor do --help)"],
  [['do', '--user', 'root', 'true'], "tvisor do: --user: 'root': UID must be a number from 0 to 4294967294"],
  [['do', '--user', '0:', 'true'], "tvisor do: --user: '': GID must be a number from 0 to 4294967294"],
  [['do', '--user', '1:2:3', 'true'], "tvisor do: --user: '1:2:3': expected UID[:GID]"],
  [
    ['do', '--user', '4294967295', 'true'],
    "tvisor do: --user: '4294967295': UID must be a number from 0 to 4294967294",
  ],
  [['do', '--env', '=x', 'true'], "tvisor do: --env: '=x': expected NAME=value or NAME"],
  [['do', '--cwd', 'tmp', 'true'], "tvisor do: --cwd: 'tmp': must be an absolute path"],
  [['do', '--root', '/no/such', 'true'], "tvisor do: --root: '/no/such': no such file or directory"],
  [['do', '--root', '/etc/passwd', 'true'], "tvisor do: --root: '/etc/passwd': not a directory"],
  [
    ['do', '--hostname', 'a_b', 'true'],
    "tvisor do: --hostname: 'a_b': expected letters, digits, '-' and '.'",
  ],
  [['do', '--hostname', '-a', 'true'], "tvisor do: --hostname: '-a': expected letters, digits, '-' and '.'"],
  [['do', '--volume', '/etc', 'true'], "tvisor do: --volume: '/etc': expected HOST:GUEST[:ro|:rw]"],
  [['do', '--volume', ':/a', 'true'], "tvisor do: --volume: ':/a': expected HOST:GUEST[:ro|:rw]"],
  [['do', '--volume', '/etc:/a:rx', 'true'], "tvisor do: --volume: '/etc:/a:rx': 'rx': expected ro or rw"],
  [['do', '--volume', '/etc:a', 'true'], "tvisor do: --volume: '/etc:a': guest path 'a' must be absolute"],
  [
    ['do', '--volume', '/etc:/a/..', 'true'],
    "tvisor do: --volume: '/etc:/a/..': guest path is /: use --root for that",
  ],
  [['do', '--volume', '/no/such:/a', 'true'], "tvisor do: --volume: '/no/such': no such file or directory"],
  [
    ['do', '--network-namespace', '/no/such', 'true'],
    "tvisor do: --network-namespace: '/no/such': no such file or directory",
  ],
  [['do', '--publish', '80', 'true'], "tvisor do: --publish: '80': expected [IP:]HOSTPORT:PORT[/tcp|/udp]"],
  [['do', '--publish', '0:80', 'true'], "tvisor do: --publish: '0:80': '0': expected a port from 1 to 65535"],
  [
    ['do', '--publish', '80:80/sctp', 'true'],
    "tvisor do: --publish: '80:80/sctp': 'sctp': expected tcp or udp",
  ],
  [
    ['do', '--publish', '::1:80:80', 'true'],
    "tvisor do: --publish: '::1:80:80': expected [IP:]HOSTPORT:PORT[/tcp|/udp]",
  ],
  [
    ['do', '--publish', 'name:80:80', 'true'],
    "tvisor do: --publish: 'name:80:80': 'name': expected an IPv4 address, or an IPv6 address in brackets",
  ],
  [
    ['do', '--network', 'host', '--publish', '80:80', 'true'],
    "tvisor do: --publish: with --network host the ports of the sandbox are the host's already",
  ],
  [['do', '--network', 'nat', 'true'], "tvisor do: --network: 'nat': expected one of none, host, filtered"],
  [['do', '--allow', 'tcp:*:443', 'true'], 'tvisor do: --allow: only with --network filtered'],
  [
    ['do', '--network', 'host', '--network-log', 'x', 'true'],
    'tvisor do: --network-log: only with --network filtered',
  ],
  [
    ['do', '--network', 'filtered', '--deny', '10.0.0.1/8', 'true'],
    "tvisor do: --deny: '10.0.0.1/8': '10.0.0.1/8': has bits set beyond its prefix: 10.0.0.0/8?",
  ],
  [
    ['do', '--network', 'filtered', '--allow', 'example.org:https', 'true'],
    "tvisor do: --allow: 'example.org:https': 'https': expected a port or FIRST-LAST, 1 to 65535",
  ],
  [
    ['do', '--network', 'filtered', '--network-rules', '/no/such', 'true'],
    "tvisor do: --network-rules: '/no/such': no such file or directory",
  ],
  [
    ['do', '--network', 'filtered', '--network-rules', `${repoRoot}/package.json`, 'true'],
    `tvisor do: --network-rules: '${repoRoot}/package.json': the file: unknown field "name": expected rules`,
  ],
  [
    ['do', '--network', 'filtered', '--dns', 'dns.example', 'true'],
    "tvisor do: --dns: 'dns.example': expected ADDRESS[:PORT], IPv6 with a port as [ADDRESS]:PORT",
  ],
  [
    ['do', '--network', 'filtered', '--network-log', '/no/such/file', 'true'],
    'tvisor do: --network-log: /no/such/file: ENOENT: no such file or directory',
  ],
  [
    ['do', '--log-level', 'loud', 'true'],
    "tvisor do: --log-level: 'loud': expected one of trace, debug, info, warn, error, fatal, silent",
  ],
  [['do', '--log-format', 'xml', 'true'], "tvisor do: --log-format: 'xml': expected one of text, json"],
  [
    ['do', '--profile', '/no/such/file', 'true'],
    'tvisor do: --profile: /no/such/file: ENOENT: no such file or directory',
  ],
  [['profile'], "tvisor profile: missing required argument 'file' (see tvisor profile --help)"],
  [
    ['profile', '/dev/null'],
    "tvisor profile: FILE: '/dev/null': empty: the sandbox still runs, or never did, or was killed",
  ],
  [
    ['profile', '/etc/passwd'],
    "tvisor profile: FILE: '/etc/passwd': not written by this version of tvisor do --profile",
  ],
  [['profile', '/no/such/file'], "tvisor profile: FILE: '/no/such/file': no such file or directory"],
  [
    ['profile', '--sort', 'name', 'x'],
    "tvisor profile: --sort: 'name': expected one of time, wait, count, bytes",
  ],
  [['syscalls', '--format', 'xml'], "tvisor syscalls: --format: 'xml': expected one of table, json"],
];

for (const [args, message] of cases) {
  test(`tvisor ${args.join(' ')}`, { timeout: 60_000 }, () => {
    assert.deepEqual(runCli(args), { status: 128, stdout: '', stderr: `${message}\n` });
  });
}

test('no command at all: the help, on standard error', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = runCli([]);
  assert.equal(status, 128);
  assert.equal(stdout, '');
  assert.match(stderr, /^Usage: tvisor \[options\] COMMAND/m);
});
