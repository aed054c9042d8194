/** Command lines as engines and people write them, all of which must come out the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { defaultRoot } from '../../src/cli/context.js';
import { createCommand } from '../../src/cli/create.js';
import { parseDuration } from '../../src/cli/events.js';
import { execCommand } from '../../src/cli/exec.js';
import { addGlobalFlags, globalFlags, overriddenFlags } from '../../src/cli/flags/global.js';
import { normalise } from '../../src/cli/flags/normalise.js';
import { resourcesOf } from '../../src/cli/update.js';

const all = Number.POSITIVE_INFINITY;

/** What commander makes of a command line. */
function parsed(command: Command, args: readonly string[], positionals: number = all) {
  const { args: own, rest } = normalise(command, args, positionals);
  command.exitOverride().action(() => undefined);
  command.parse(rest.length === 0 || rest[0] === '--' ? [...own, ...rest] : [...own, '--', ...rest], {
    from: 'user',
  });
  return { options: command.opts(), args: command.args };
}

test('GNU and Go style mean the same', () => {
  for (const line of [
    '--bundle /b --pid-file /p id',
    '--bundle=/b --pid-file=/p id',
    '-bundle /b -pid-file /p id',
    '-bundle=/b -pid-file=/p id',
    '-b /b --pid-file /p id',
    '-b=/b -pid-file /p id',
    'id -b /b --pid-file=/p',
    '-b /b -pid-file /p -- id',
  ]) {
    const { options, args } = parsed(createCommand(), line.split(' '));
    assert.deepEqual([options['bundle'], options['pidFile'], args], ['/b', '/p', ['id']], line);
  }
});

test('booleans take values, and may be put together', () => {
  for (const [line, detach, tty] of [
    ['-d -t id', true, true],
    ['-td id', true, true],
    ['--detach=true --tty=1 id', true, true],
    ['-detach -tty=false id', true, undefined],
    ['--detach=F id', undefined, undefined],
  ] as const) {
    const { options } = parsed(execCommand(), line.split(' '), 1);
    assert.deepEqual([options['detach'], options['tty']], [detach, tty], line);
  }
});

test('what comes after the id of exec belongs to the program', () => {
  const { options, args } = parsed(execCommand(), ['-e', 'A=-b', 'id', 'ls', '-d', '--tty', '--', '-x'], 1);
  assert.deepEqual(args, ['id', 'ls', '-d', '--tty', '--', '-x']);
  assert.deepEqual([options['env'], options['detach']], [['A=-b'], undefined]);
});

test('an unknown flag is an error that names it', () => {
  for (const flag of ['--bogus', '-bogus', '-bogus=1', '--bundl']) {
    assert.throws(() => parsed(createCommand(), [flag, 'id']), /unknown option '--?b/, flag);
  }
  assert.throws(() => parsed(createCommand(), ['id', '--bundle']), /argument missing/);
});

/** What the flags before a command come to. */
function globals(...args: string[]) {
  const program = new Command('tvisor').exitOverride();
  addGlobalFlags(program);
  program.parse(normalise(program, args, 0).args, { from: 'user' });
  return program.opts();
}

test('global flags as containerd, Docker, podman and CRI-O give them', () => {
  const flags = globalFlags(
    globals(
      '--root',
      '/run/x',
      '--log',
      '/l',
      '--log-format',
      'json',
      '--systemd-cgroup',
      '--rootless',
      'auto',
    ),
  );
  assert.deepEqual(
    [flags.root, flags.log, flags.logFormat, flags.systemdCgroup, flags.rootless],
    ['/run/x', '/l', 'json', true, 'auto'],
  );
  assert.equal(globalFlags(globals('--cgroup-manager', 'disabled')).ignoreCgroups, true);
  assert.equal(globalFlags(globals('-cgroup-manager=cgroupfs')).ignoreCgroups, false);
  assert.equal(globalFlags(globals('--rootless')).rootless, 'true');
  assert.equal(globalFlags(globals('--debug=false')).debug, false);
});

test("runsc's flags: what asks for what is so anyway is accepted, else refused by name", () => {
  const accepted =
    '--platform=systrap --overlay2=none --file-access=shared --directfs --gso=false --watchdog-action=log --network=sandbox';
  globalFlags(globals(...accepted.split(' ')));
  for (const flag of [
    '--platform=kvm',
    '--overlay2=root:self',
    '--net-raw',
    '--log-packets',
    '--host-fifo=open',
    '--directfs=false',
    '--network=nat',
    '--log-format=xml',
    '--metric-server=:80',
    '--debug=maybe',
  ]) {
    const name = flag.split('=')[0] ?? '';
    assert.throws(() => globalFlags(globals(flag)), new RegExp(`^UsageError: ${name}: `), flag);
  }
});

test('annotations set flags only where that is allowed', () => {
  const annotations = { 'dev.gvisor.flag.strace': 'true', 'dev.gvisor.flag.host-uds': 'open', other: 'x' };
  const flags = overriddenFlags(globals('--allow-flag-override'), annotations);
  assert.deepEqual([flags.strace, flags.hostUds], [true, 'open']);
  assert.throws(() => overriddenFlags(globals(), annotations), /allow-flag-override/);
  const root = { 'dev.gvisor.flag.root': '/tmp' };
  assert.throws(() => overriddenFlags(globals('--allow-flag-override'), root), /dev\.gvisor\.flag\.root/);
});

test('flags of update become linux.resources', () => {
  assert.deepEqual(
    resourcesOf({ memory: '50M', memorySwap: '-1', cpuShare: '200', cpusetCpus: '0-1', pidsLimit: '-1' }),
    {
      memory: { limit: 50 * 1024 * 1024, swap: -1 },
      cpu: { shares: 200, cpus: '0-1' },
      pids: { limit: -1 },
    },
  );
  assert.throws(() => resourcesOf({ memory: 'much' }), /--memory/);
  assert.throws(() => resourcesOf({ cpuQuota: '1e3' }), /--cpu-quota/);
});

test('where state is kept without --root', () => {
  assert.equal(defaultRoot({}, 0), '/run/tvisor');
  assert.equal(defaultRoot({ XDG_RUNTIME_DIR: '/run/user/5' }, 0), '/run/tvisor');
  assert.equal(defaultRoot({ XDG_RUNTIME_DIR: '/run/user/5' }, 5), '/run/user/5/tvisor');
  assert.equal(defaultRoot({ XDG_RUNTIME_DIR: '' }, 5), '/run/tvisor');
});

test('durations', () => {
  const cases = { '5s': 5000, '100ms': 100, '1m30s': 90_000, '1.5s': 1500, '2': 2000 };
  for (const [text, expected] of Object.entries(cases))
    assert.equal(parseDuration('--interval', text), expected);
  for (const text of ['', 's', '5 s', '-1s', '5x', '0s']) {
    assert.throws(() => parseDuration('--interval', text), /--interval/, text);
  }
});
