/** The life of docker's containers: what is done to them from outside while they run, and after. */
import assert from 'node:assert/strict';
import { groupValue } from './cgroups.js';
import { Docker, dockerUnpacked, IMAGE } from './docker.js';
import { eventually, prints, refuses, runSteps, type Step, succeeds } from './steps.js';

const sh = (script: string): string[] => ['sh', '-c', script];

const lives: Step<Docker>[] = [
  [
    'run -d, ps, logs, wait',
    async (docker) => {
      await docker.with(
        [],
        async (name) => {
          assert.match(
            succeeds(await docker.run(['ps', '--format', '{{.Names}} {{.Status}}'])),
            new RegExp(`${name} Up`),
          );
          prints(await docker.run(['wait', name]), '33');
          const { stdout, stderr } = await docker.run(['logs', name]);
          assert.deepEqual([stdout, stderr], ['one\n', 'two\n']);
        },
        sh('echo one; echo two >&2; sleep 1; exit 33'),
      );
    },
  ],
  [
    'exec: output, status, standard input, user, directory, environment',
    async (docker) => {
      await docker.with([], async (name) => {
        const result = await docker.run(['exec', name, ...sh('echo out; echo err >&2; exit 6')]);
        assert.deepEqual([result.status, result.stdout, result.stderr], [6, 'out\n', 'err\n']);
        prints(await docker.run(['exec', '-i', name, 'wc', '-c'], { stdin: 'x'.repeat(100_000) }), '100000');
        const flags = ['--user=user', '--workdir=/srv', '--env=WORD=2'];
        prints(await docker.run(['exec', ...flags, name, ...sh('id -u; pwd; echo $WORD')]), '1000\n/srv\n2');
        const none = await docker.run(['exec', name, 'no-such-program']);
        assert.deepEqual(
          [none.status, /executable file not found/.test(none.stdout + none.stderr)],
          [126, true],
        );
        assert.equal((await docker.run(['exec', name, ...sh('kill -KILL $$')])).status, 137);
      });
    },
  ],
  [
    'exec -it and exec -d',
    async (docker) => {
      await docker.with([], async (name) => {
        const terminal = await docker.terminal(['exec', '-it', name, 'sh']);
        await terminal.expect(/# /);
        terminal.send('sleep 0.5; tty; stty size; exit 8\n');
        await terminal.expect(/\/dev\/(pts\/\d+|console)\r\n/);
        await terminal.expect(/24 80\r\n/);
        assert.equal(await terminal.end(), 8);
        succeeds(await docker.run(['exec', '-d', name, 'sleep', '765']));
        const see = async (): Promise<boolean> =>
          /sleep 765/.test((await docker.run(['exec', name, 'ps', '-o', 'args'])).stdout);
        await eventually('the program runs', see);
      });
    },
  ],
  [
    'top: its own processes and no others',
    async (docker) => {
      await docker.with(
        ['--user=user'],
        async (name) => {
          const lines = succeeds(await docker.run(['top', name, '-o', 'pid,user,args'])).split('\n');
          assert.equal(lines.length, 3, lines.join('\n'));
          assert.match(lines.join('\n'), /sleep 987/);
          assert.match(lines.join('\n'), /sh -c/);
        },
        sh('sleep 987; true'),
      );
    },
  ],
  [
    'stats',
    async (docker) => {
      await docker.with(['--memory=64m'], async (name) => {
        const line = succeeds(
          await docker.run(['stats', '--no-stream', '--format', '{{.PIDs}} {{.MemUsage}}', name]),
        );
        const [, pids, used] = /^(\d+) ([\d.]+)[KM]iB \/ 64MiB$/.exec(line) ?? [];
        assert.ok(Number(pids) >= 2 && Number(pids) < 100 && Number(used) > 0, line);
      });
    },
  ],
  [
    'cp, diff, export, commit',
    async (docker) => {
      const path = await docker.room.write('cp/file', 'of the host\n');
      await docker.with([], async (name) => {
        succeeds(await docker.run(['cp', path, `${name}:/srv/file`]));
        prints(
          await docker.run(['exec', name, ...sh('cat /srv/file; rm /srv/hello; echo made >/srv/made; sync')]),
          'of the host',
        );
        succeeds(await docker.run(['cp', `${name}:/srv/made`, `${path}2`]));
        prints(await docker.room.run(['cat', `${path}2`]), 'made');
        const changes = succeeds(await docker.run(['diff', name])).split('\n');
        for (const line of ['A /srv/made', 'A /srv/file', 'D /srv/hello'])
          assert.ok(changes.includes(line), changes.join());
        succeeds(await docker.run(['export', '-o', `${path}.tar`, name]));
        prints(await docker.room.run(['tar', '-xOf', `${path}.tar`, 'srv/made']), 'made');
        succeeds(await docker.run(['commit', name, 'committed']));
        prints(await docker.run(['run', '--rm', '--network=none', 'committed', 'ls', '/srv']), 'file\nmade');
      });
    },
  ],
  [
    'pause, unpause, and removal of a paused container',
    async (docker) => {
      await docker.with(
        [],
        async (name) => {
          const logs = async (): Promise<string> => succeeds(await docker.run(['logs', name]));
          await docker.wrote(name, /^3$/m);
          succeeds(await docker.run(['pause', name]));
          assert.equal(await docker.inspect(name, '{{.State.Status}}'), 'paused');
          const before = await logs();
          await new Promise((resolve) => setTimeout(resolve, 400));
          assert.equal(await logs(), before);
          refuses(await docker.run(['exec', name, 'true']), /paused/);
          succeeds(await docker.run(['unpause', name]));
          await eventually('it counts on', async () => (await logs()) !== before);
          succeeds(await docker.run(['pause', name]));
          succeeds(await docker.run(['rm', '-f', name]));
        },
        sh('i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done'),
      );
    },
  ],
  [
    'update',
    async (docker) => {
      await docker.with(['--memory=64m', '--memory-swap=64m'], async (name) => {
        succeeds(await docker.run(['update', '--memory=128m', '--memory-swap=128m', '--cpus=0.5', name]));
        const pid = await docker.pid(name);
        assert.equal(groupValue(pid, 'memory', 'memory.limit_in_bytes', 'memory.max'), String(128 << 20));
        assert.match(groupValue(pid, 'cpu', 'cpu.cfs_quota_us', 'cpu.max'), /^50000\b/);
        succeeds(await docker.run(['exec', name, 'dd', 'if=/dev/zero', 'of=/dev/null', 'bs=90M', 'count=1']));
      });
    },
  ],
  [
    'kill, stop, restart, start',
    async (docker) => {
      const listener = sh(
        'trap "echo usr" USR1; trap "echo bye; exit 4" TERM; echo ready; while :; do sleep 1000 & wait; done',
      );
      await docker.with(
        [],
        async (name) => {
          await docker.wrote(name, /ready/);
          succeeds(await docker.run(['kill', '-s', 'USR1', name]));
          await docker.wrote(name, /usr/);
          succeeds(await docker.run(['stop', name]));
          assert.equal(await docker.inspect(name, '{{.State.ExitCode}}'), '4');
          succeeds(await docker.run(['start', name]));
          await docker.wrote(name, /ready\n[\s\S]*ready/);
          succeeds(await docker.run(['restart', '-t', '5', name]));
          await docker.wrote(name, /(ready\n[\s\S]*){3}/);
          succeeds(await docker.run(['kill', name]));
          prints(await docker.run(['wait', name]), '137');
        },
        listener,
      );
      await docker.with(
        [],
        async (name) => {
          await docker.wrote(name, /ready/);
          succeeds(await docker.run(['stop', '-t', '1', name]));
          assert.equal(await docker.inspect(name, '{{.State.ExitCode}}'), '137');
        },
        sh('trap "" TERM; echo ready; while :; do sleep 1000 & wait; done'),
      );
    },
  ],
  [
    'create, start -a, rename, rm',
    async (docker) => {
      const name = docker.name();
      succeeds(
        await docker.run(['create', '--name', name, '--network=none', IMAGE, ...sh('echo ran; exit 5')]),
      );
      const result = await docker.run(['start', '-a', name]);
      assert.deepEqual([result.status, result.stdout], [5, 'ran\n']);
      succeeds(await docker.run(['rename', name, 'another']));
      succeeds(await docker.run(['rm', 'another']));
      await docker.with([], async (running) => {
        refuses(await docker.run(['rm', running]), /running/);
        succeeds(await docker.run(['rm', '-f', running]));
      });
    },
  ],
  [
    'attach: to a terminal',
    async (docker) => {
      await docker.with(
        ['-it'],
        async (name) => {
          const terminal = await docker.terminal(['attach', name]);
          await new Promise((resolve) => setTimeout(resolve, 500));
          terminal.send('echo six times seven is $((6*7))\n');
          await terminal.expect(/seven is 42\r+\n/);
          terminal.send('exit 3\n');
          assert.equal(await terminal.end(), 3);
        },
        ['sh'],
      );
    },
  ],
  [
    'health: healthy, and not',
    async (docker) => {
      const flags = ['--health-cmd=test -e /srv/well', '--health-interval=300ms', '--health-retries=1'];
      await docker.with(flags, async (name) => {
        const health = async (): Promise<string> => docker.inspect(name, '{{.State.Health.Status}}');
        await eventually('unhealthy', async () => (await health()) === 'unhealthy');
        succeeds(await docker.run(['exec', name, 'touch', '/srv/well']));
        await eventually('healthy', async () => (await health()) === 'healthy');
      });
    },
  ],
  [
    '--restart=on-failure',
    async (docker) => {
      await docker.with(
        ['--restart=on-failure:2'],
        async (name) => {
          await eventually(
            'three runs',
            async () => (await docker.run(['logs', name])).stdout === 'run\nrun\nrun\n',
          );
        },
        sh('echo run; exit 1'),
      );
    },
  ],
  [
    'a first process that is killed from outside',
    async (docker) => {
      await docker.with([], async (name) => {
        process.kill(await docker.pid(name), 'SIGKILL');
        prints(await docker.run(['wait', name]), '137');
      });
    },
  ],
  ['nothing is left of them', (docker) => docker.assertNothingLeft()],
];

runSteps({
  title: 'docker: lives of containers',
  programs: [],
  unpacked: dockerUnpacked,
  open: () => Docker.open(),
  steps: lives,
});
