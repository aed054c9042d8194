/** The life of a container through the command line, as engines and people lead it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Bench, cgroupsNamed, eventually, skipContainers } from './bundle.js';

const id = (name: string) => `${name}-${process.pid}`;

/** One line on standard error, that says which command has failed. */
function failed(
  { status, stderr }: { status: number | null; stderr: string },
  pattern: RegExp,
  expected = 128,
): void {
  assert.equal(status, expected, stderr);
  assert.match(stderr, /^tvisor \w+: .*\n$/);
  assert.match(stderr, pattern);
}

describe('containers', { skip: skipContainers, timeout: 300_000 }, () => {
  const bench = new Bench('lifecycle');

  it('create, start, kill, delete: each state is what the next command finds', async () => {
    const c = id('life');
    const bundle = bench.bundle('life', ['sh', '-c', 'echo up >/tmp/up; exec sleep 100']);
    const pidFile = join(bench.directory, 'life.pid');
    assert.deepEqual(bench.run('create', '--bundle', bundle, '--pid-file', pidFile, c), {
      status: 0,
      stdout: '',
      stderr: '',
    });
    const pid = readFileSync(pidFile, 'utf8');
    assert.match(pid, /^\d+$/);
    assert.deepEqual([bench.state(c).status, bench.state(c).pid], ['created', Number(pid)]);
    assert.equal(existsSync(join(bench.directory, 'rootfs/tmp/up')), false);
    failed(bench.run('create', '--bundle', bundle, c), /already exists/);
    assert.equal(bench.run('start', c).status, 0);
    failed(bench.run('delete', c), /not stopped: it is running/);
    assert.equal(bench.state(c).status, 'running');
    failed(bench.run('start', c), /cannot start an already running container/);
    assert.ok(await eventually(() => existsSync(join(bench.directory, 'rootfs/tmp/up'))));
    assert.equal(bench.run('kill', c, 'KILL').status, 0);
    assert.ok(await eventually(() => bench.state(c).status === 'stopped'));
    assert.equal(bench.state(c).pid, 0);
    failed(bench.run('kill', c, '15'), /container not running/);
    assert.equal(bench.run('kill', '--all', c, '9').status, 0);
    failed(bench.run('start', c), /cannot start a container that has stopped/);
    failed(bench.run('exec', c, 'true'), /cannot exec in a stopped container/, 255);
    assert.equal(bench.run('wait', c).stdout, `{"id":"${c}","exitStatus":137}\n`);
    assert.deepEqual(bench.run('delete', c), { status: 0, stdout: '', stderr: '' });
    failed(bench.run('state', c), /container ".*" does not exist/);
    failed(bench.run('delete', c), /does not exist/);
    assert.equal(bench.run('delete', '--force', c).status, 0);
    assert.deepEqual([bench.files(), bench.processes(c), cgroupsNamed(c), bench.mounts()], [[], [], [], []]);
  });

  it('delete: a container that was never started goes, and one whose stub somebody has frozen', () => {
    const c = id('unused');
    assert.equal(bench.run('create', '--bundle', bench.bundle('unused', ['true']), c).status, 0);
    assert.deepEqual(bench.run('delete', c), { status: 0, stdout: '', stderr: '' });
    assert.deepEqual([bench.files(), cgroupsNamed(c)], [[], []]);
    const freezer = `/sys/fs/cgroup/freezer/${c}-frozen`;
    if (!existsSync('/sys/fs/cgroup/freezer/release_agent')) return;
    bench.run('run', '-d', '--bundle', bench.bundle('unused', ['sleep', '100']), c);
    mkdirSync(freezer);
    try {
      writeFileSync(`${freezer}/tasks`, String(bench.state(c).pid));
      writeFileSync(`${freezer}/freezer.state`, 'FROZEN');
      assert.deepEqual(bench.run('delete', '--force', c), { status: 0, stdout: '', stderr: '' });
    } finally {
      rmdirSync(freezer);
    }
  });

  it('delete --regex: all whose ids match, and no others', () => {
    const [one, two, other] = [id('several-1'), id('several-2'), id('single')];
    for (const c of [one, two, other]) bench.run('create', '--bundle', bench.bundle('several', ['true']), c);
    assert.deepEqual(bench.run('delete', '--regex', `^several-\\d-${process.pid}$`), {
      status: 0,
      stdout: '',
      stderr: '',
    });
    failed(bench.run('state', one), /does not exist/);
    failed(bench.run('state', two), /does not exist/);
    assert.equal(bench.state(other).status, 'created');
    failed(bench.run('delete', '--regex', '('), /not a regular expression/);
    assert.equal(bench.run('delete', other).status, 0);
    assert.deepEqual(bench.files(), []);
  });

  it('run: the exit status is the program’s, or the shell’s for one that cannot be run', () => {
    const c = id('run');
    const cases = [
      [['sh', '-c', 'echo out; echo err >&2; exit 7'], 7],
      [['sh', '-c', 'trap "exit 9" TERM; kill $$; sleep 5'], 9],
      [['no-such-program'], 127],
      [['/no/such'], 127],
      [['/etc'], 126],
    ] as const;
    for (const [args, status] of cases) {
      const result = bench.run('run', '--bundle', bench.bundle('run', args), c);
      assert.equal(result.status, status, `${args} ${result.stderr}`);
      if (status === 7) assert.deepEqual([result.stdout, result.stderr], ['out\n', 'err\n']);
    }
    assert.match(
      bench.run('run', '--bundle', bench.bundle('run', ['x']), c).stderr,
      /executable file not found in \$PATH/,
    );
    assert.deepEqual(bench.files(), []);
  });

  it('descriptors: those that are preserved, passed under another number, or a service manager’s', () => {
    const c = id('fds');
    const [path, words] = bench.command('run', '-b');
    const script = 'ls /proc/self/fd; echo $LISTEN_FDS $LISTEN_PID; cat <&7 2>/dev/null';
    const bundle = bench.bundle('fds', ['sh', '-c', script]);
    const run = (env: Record<string, string>, ...flags: string[]) =>
      spawnSync(
        'sh',
        ['-c', 'exec "$@" 3</etc/hostname 5</dev/null', 'sh', path, ...words, bundle, ...flags, c],
        {
          encoding: 'utf8',
          env,
          timeout: 60_000,
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      ).stdout;
    const numbers = (text: string) => text.split('\n').filter((line) => /^\d+$/.test(line));
    // ls has one descriptor more, for the directory.
    assert.deepEqual(numbers(run({})), ['0', '1', '2', '3']);
    assert.deepEqual(numbers(run({}, '--preserve-fds', '10')), ['0', '1', '2', '3', '4', '5']);
    assert.match(run({}, '--pass-fd', '3:7'), new RegExp(`${readFileSync('/etc/hostname', 'utf8')}$`));
    assert.match(run({ LISTEN_FDS: '1' }), /^3\n4\n1 1$/m);
  });

  it('delete --regex: those that match, and no others', () => {
    const [one, two, other] = [id('match-a'), id('match-b'), id('other')];
    const bundle = bench.bundle('match', ['true']);
    for (const c of [one, two, other]) bench.run('create', '-b', bundle, c);
    assert.deepEqual(bench.run('delete', '--force', '--regex', '^match-'), {
      status: 0,
      stdout: '',
      stderr: '',
    });
    assert.equal(bench.run('list', '-q').stdout, `${other}\n`);
    failed(bench.run('delete', '--regex', '['), /--regex: '\['/);
    bench.run('delete', other);
    assert.deepEqual(bench.files(), []);
  });

  it('run --keep and --detach', async () => {
    const c = id('keep');
    assert.equal(bench.run('run', '--keep', '-b', bench.bundle('keep', ['false']), c).status, 1);
    assert.equal(bench.state(c).status, 'stopped');
    bench.run('delete', c);
    assert.equal(bench.run('run', '-d', '-b', bench.bundle('keep', ['sleep', '100']), c).status, 0);
    assert.equal(bench.state(c).status, 'running');
    bench.run('delete', '-f', c);
    assert.deepEqual(bench.files(), []);
  });

  it('exec: arguments, a file, statuses, the pid file’s process, what engines look for', async () => {
    const c = id('exec');
    bench.run('run', '-d', '-b', bench.bundle('exec', ['sleep', '100']), c);
    const env = bench.run(
      'exec',
      '-e',
      'A=1 2',
      '--cwd',
      '/tmp',
      '-u',
      '7:8',
      c,
      'sh',
      '-c',
      'echo $A; pwd; id -u; id -g',
    );
    assert.deepEqual([env.status, env.stdout], [0, '1 2\n/tmp\n7\n8\n']);
    assert.equal(bench.run('exec', c, 'sh', '-c', 'exit 42').status, 42);
    failed(bench.run('exec', c, 'nothing'), /exec: "nothing": executable file not found in \$PATH/, 127);
    failed(bench.run('exec', c, '/etc'), /permission denied/, 126);
    failed(bench.run('exec', '--pid-file', '/no/such/file', c, 'true'), /no such file/, 255);
    failed(bench.run('exec', id('none'), 'true'), /does not exist/, 255);
    const file = join(bench.directory, 'process.json');
    const process_ = { args: ['sh', '-c', 'exit 5'], cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } };
    writeFileSync(file, JSON.stringify(process_));
    assert.equal(bench.run('exec', '--process', file, c).status, 5);
    writeFileSync(file, '{"args": 5}');
    failed(bench.run('exec', '--process', file, c), /process\.args/, 255);
    bench.run('delete', '-f', c);
  });

  it('the process of exec’s pid file ends as the program does', async () => {
    const c = id('orphan');
    bench.run('run', '-d', '-b', bench.bundle('orphan', ['sleep', '100']), c);
    // An engine is the subreaper of what the runtime leaves.
    const script = `
      import ctypes, os, subprocess, sys
      ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
      pid_file = sys.argv[1]
      subprocess.run([*sys.argv[2:], 'exec', '-d', '--pid-file', pid_file, '${c}', 'sh', '-c', 'sleep 0.3; exit 33'],
                     check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
      status = os.waitpid(int(open(pid_file).read()), 0)[1]
      print(os.waitstatus_to_exitcode(status))`.replaceAll('\n      ', '\n');
    const [path, args] = bench.command();
    const { stdout, stderr } = spawnSync(
      'python3',
      ['-c', script, join(bench.directory, 'exec.pid'), path, ...args],
      {
        encoding: 'utf8',
        timeout: 30_000,
      },
    );
    assert.equal(stdout, '33\n', stderr);
    bench.run('delete', '-f', c);
  });

  it('pause, ps, events, update, list', async () => {
    const c = id('ask');
    bench.run('run', '-d', '-b', bench.bundle('ask', ['sh', '-c', 'sleep 100 & exec sleep 101']), c);
    assert.ok(await eventually(() => bench.run('ps', c).stdout.trim().split('\n').length === 3));
    const table = bench.run('ps', c).stdout;
    assert.match(table, /^UID +PID +PPID +C +STIME +TTY +TIME +CMD$/m);
    assert.match(table, /^root +1 +0 .* sleep 101$/m);
    const pids = JSON.parse(bench.run('ps', '--format', 'json', c).stdout) as number[];
    assert.equal(pids.length, 2);
    for (const pid of pids) assert.ok(existsSync(`/proc/${pid}`), `${pid} is a process of the host`);
    const stats = JSON.parse(bench.run('events', '--stats', c).stdout) as Record<string, unknown>;
    assert.deepEqual([stats['type'], stats['id']], ['stats', c]);
    assert.equal((stats['data'] as { pids: { current: number } }).pids.current, 2);
    assert.equal(bench.run('pause', c).status, 0);
    assert.equal(bench.state(c).status, 'paused');
    failed(bench.run('pause', c), /it is paused/);
    failed(bench.run('exec', c, 'true'), /paused container/, 255);
    // It begins when the container goes on, and not before.
    let late: number | null | undefined;
    const ended = bench.start('exec', '--ignore-paused', c, 'sh', '-c', 'exit 9').then((status) => {
      late = status;
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(late, undefined);
    assert.equal(bench.run('resume', c).status, 0);
    await ended;
    assert.equal(late, 9);
    failed(bench.run('resume', c), /it is running/);
    assert.equal(bench.run('update', '--pids-limit', '20', '--memory', '100M', c).status, 0);
    failed(bench.run('update', '--memory', 'x', c), /--memory: 'x'/);
    assert.equal(bench.run('list', '-q').stdout, `${c}\n`);
    const listed = JSON.parse(bench.run('list', '--format', 'json').stdout) as {
      id: string;
      status: string;
    }[];
    assert.deepEqual([listed[0]?.id, listed[0]?.status], [c, 'running']);
    assert.match(bench.run('list').stdout, /^ID +PID +STATUS +BUNDLE +CREATED +OWNER\n/);
    bench.run('delete', '-f', c);
    assert.equal(bench.run('ps', c).status, 128);
  });

  it('hooks see the states of the specification; one that fails leaves nothing', () => {
    const c = id('hooks');
    const log = join(bench.directory, 'hooks.log');
    const hook = { path: '/bin/sh', args: ['sh', '-c', `cat >>${log}; echo >>${log}`] };
    const stages = ['prestart', 'createRuntime', 'createContainer', 'poststart', 'poststop'];
    const bundle = bench.bundle('hooks', ['true'], (config) => {
      config.hooks = Object.fromEntries(stages.map((stage) => [stage, [hook]]));
    });
    assert.equal(bench.run('run', '-b', bundle, c).status, 0);
    const states = readFileSync(log, 'utf8').trim().split('\n');
    assert.deepEqual(
      states.map((line) => (JSON.parse(line) as { status: string }).status),
      ['created', 'created', 'created', 'running', 'stopped'],
    );
    for (const stage of stages.slice(0, 4)) {
      const failing = bench.bundle('hooks', ['true'], (config) => {
        config.hooks = { [stage]: [{ path: '/bin/sh', args: ['sh', '-c', 'echo because >&2; exit 3'] }] };
      });
      failed(bench.run('run', '-b', failing, c), new RegExp(`${stage} hook #0: exit status 3.*because`));
      assert.deepEqual([bench.files(), cgroupsNamed(c)], [[], []]);
    }
  });

  it('two commands at once on one container: one wins, and the other says why', async () => {
    const c = id('race');
    const bundle = bench.bundle('race', ['sleep', '100']);
    const all = (...args: string[]) => Promise.all([1, 2, 3, 4].map(() => bench.start(...args)));
    const sorted = (codes: (number | null)[]) => codes.sort((a, b) => Number(a) - Number(b));
    assert.deepEqual(sorted(await all('create', '-b', bundle, c)), [0, 128, 128, 128]);
    assert.deepEqual(sorted(await all('start', c)), [0, 128, 128, 128]);
    bench.run('kill', c, 'KILL');
    assert.ok(await eventually(() => bench.state(c).status === 'stopped'));
    assert.deepEqual(sorted(await all('delete', c)), [0, 128, 128, 128]);
    assert.deepEqual([bench.files(), cgroupsNamed(c)], [[], []]);
  });

  it('a sentry that was killed leaves a stopped container, and delete cleans up', async () => {
    const c = id('killed');
    bench.run('run', '-d', '-b', bench.bundle('killed', ['sleep', '100']), c);
    const { sentry } = JSON.parse(readFileSync(join(bench.root, c, 'container.json'), 'utf8')) as {
      sentry: { pid: number };
    };
    process.kill(sentry.pid, 'SIGKILL');
    assert.ok(await eventually(() => bench.state(c).status === 'stopped'));
    failed(bench.run('kill', c), /container not running/);
    assert.equal(bench.run('delete', c).status, 0);
    assert.deepEqual([bench.files(), bench.processes(c), cgroupsNamed(c)], [[], [], []]);
  });

  it('mistakes: one line, and nothing is left', () => {
    const c = id('bad');
    const bundle = bench.bundle('bad', ['true']);
    const terminal = bench.bundle('badtty', ['true'], (config) => {
      config.process['terminal'] = true;
    });
    const cases: [string[], RegExp][] = [
      [['create', '-b', '/no/such', c], /bundle \/no\/such: no such file or directory/],
      [['create', '-b', '/etc/passwd', c], /not a directory/],
      [['create', '-b', bench.directory, c], /config\.json: no such file or directory/],
      [['create', '-b', bundle, 'a/b'], /invalid id/],
      [['create', '-b', bundle, '..'], /invalid id/],
      [['create', '-b', bundle, 'x'.repeat(2000)], /invalid container id/],
      [['create', '-b', bundle, ''], /must not be empty/],
      [['create', '-b', bundle], /missing required argument/],
      [['create', '-b', bundle, c, 'more'], /too many arguments/],
      [['create', '-b', terminal, c], /--console-socket/],
      [['create', '-b', terminal, '--console-socket', '/no/such', c], /console socket \/no\/such/],
      [['create', '-b', bundle, '--console-socket', '/no/such', c], /only for processes with a terminal/],
      [['create', '-b', bundle, '--pass-fd', '99:5', c], /descriptor 99 is not open/],
      [
        ['create', '-b', bundle, '--pid-file', '/no/such/file', c],
        /--pid-file \/no\/such\/file: no such file/,
      ],
      [['checkpoint', c], /not supported/],
      [['restore', c], /not supported/],
      [['checkpoint', '--help'], /not supported/],
    ];
    for (const [args, pattern] of cases) failed(bench.run(...args), pattern);
    assert.deepEqual([bench.files(), bench.processes(c), cgroupsNamed(c)], [[], [], []]);
  });

  it('a full disk for the state: one line, and nothing is left', () => {
    const bundle = bench.bundle('full', ['true']);
    const disk = join(bench.directory, 'disk');
    mkdirSync(disk);
    for (const option of ['size=4k', 'size=8k', 'nr_inodes=3', 'nr_inodes=5', 'nr_inodes=7']) {
      assert.equal(spawnSync('mount', ['-t', 'tmpfs', '-o', option, 'tmpfs', disk]).status, 0);
      try {
        failed(
          bench.run('--root', join(disk, 'state'), 'run', '-b', bundle, id('full')),
          /no space left on device$/m,
        );
        const left = readdirSync(disk, { recursive: true }).map(String);
        assert.deepEqual(
          left.filter((name) => !/^state(\/@sandboxes)?$/.test(name)),
          [],
          option,
        );
      } finally {
        spawnSync('umount', [disk]);
      }
    }
  });

  it('errors are the last line of --log as JSON, which engines read', () => {
    const log = join(bench.directory, 'log.json');
    bench.run('--log', log, '--log-format', 'json', 'start', id('none'));
    const last = JSON.parse(readFileSync(log, 'utf8').trim().split('\n').at(-1) ?? '') as Record<
      string,
      string
    >;
    assert.equal(last['level'], 'error');
    assert.match(last['msg'] ?? '', /does not exist/);
    assert.ok(Date.parse(last['time'] ?? '') > 0);
  });
});
