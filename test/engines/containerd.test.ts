/** containerd and its shim, with `ctr` as the client. */
import assert from 'node:assert/strict';
import { groupValue } from './cgroups.js';
import { Containerd, containerdUnpacked } from './containerd.js';
import { eventually, fails, prints, refuses, runSteps, type Step, succeeds } from './steps.js';

const sh = (script: string): string[] => ['sh', '-c', script];

const once: Step<Containerd>[] = [
  [
    'run: output, errors, status',
    async (containerd) => {
      const result = await containerd.once([], sh('echo out; echo err >&2; exit 7'));
      assert.deepEqual([result.status, result.stdout], [7, 'out\n']);
      assert.match(result.stderr, /^err\n/);
    },
  ],
  [
    'run: a program that a signal ends',
    async (containerd) =>
      assert.equal((await containerd.once([], sh('sh -c "kill -KILL \\$\\$"; exit $?'))).status, 137),
  ],
  [
    'run: what cannot be run is said, and leaves nothing',
    async (containerd) => {
      refuses(await containerd.once([], ['no-such-program']), /executable file not found in \$PATH/);
      refuses(await containerd.once([], ['/etc/passwd']), /permission denied/);
    },
  ],
  [
    'run -t: a terminal, and the status',
    async (containerd) => {
      const terminal = await containerd.terminal(
        containerd.runWords(['--rm', '-t'], containerd.name(), ['sh']),
      );
      await terminal.expect(/# /);
      // The size comes a moment after the shell, and ctr makes its own terminal raw only then.
      terminal.send('sleep 0.5; tty; stty size; test -t 0 && echo on-a-"terminal"\n');
      await terminal.expect(/\/dev\/(pts\/\d+|console)\r+\n/);
      await terminal.expect(/24 80\r+\n/);
      await terminal.expect(/on-a-terminal/);
      terminal.send('exit 5\n');
      assert.equal(await terminal.end(), 5);
    },
  ],
  [
    '--env and --cwd',
    async (containerd) => {
      prints(await containerd.once(['--env=WORD=a b', '--cwd=/srv'], sh('echo $WORD; pwd')), 'a b\n/srv');
    },
  ],
  [
    '--mount: bind, read-only, tmpfs',
    async (containerd) => {
      const path = await containerd.room.write('volume/file', 'of the host\n');
      const source = path.slice(0, path.lastIndexOf('/'));
      const mount = (options: string): string =>
        `--mount=type=bind,src=${source},dst=/data,options=${options}`;
      prints(
        await containerd.once([mount('rbind:rw')], sh('cat /data/file; echo new >/data/new')),
        'of the host',
      );
      prints(await containerd.room.run(['cat', `${source}/new`]), 'new');
      fails(await containerd.once([mount('rbind:ro')], ['touch', '/data/f']), 1, /Read-only/);
      const tmpfs = '--mount=type=tmpfs,src=tmpfs,dst=/data,options=size=64k:mode=700';
      prints(await containerd.once([tmpfs], sh('stat -c %a /data; df -k /data | grep -cw 64')), '700\n1');
    },
  ],
  [
    '--read-only',
    async (containerd) => fails(await containerd.once(['--read-only'], ['touch', '/srv/f']), 1, /Read-only/),
  ],
  [
    '--rootfs: a directory of the host, and writes go through to it',
    async (containerd) => {
      const flags = [
        'run',
        '--rm',
        '--runc-binary',
        containerd.runtime,
        '--env=PATH=/bin',
        '--rootfs',
        containerd.root,
      ];
      prints(
        await containerd.run([...flags, containerd.name(), ...sh('cat /srv/hello; echo w >/srv/w')]),
        'hello from the image',
      );
      prints(await containerd.room.run(['cat', `${containerd.root}/srv/w`]), 'w');
      succeeds(await containerd.room.run(['rm', `${containerd.root}/srv/w`]));
    },
  ],
  [
    '--cap-add, --cap-drop',
    async (containerd) => {
      const show = ['grep', 'CapEff', '/proc/self/status'];
      const set = async (...flags: string[]): Promise<bigint> =>
        BigInt(`0x${succeeds(await containerd.once(flags, show)).split('\t')[1]}`);
      const plain = await set();
      assert.equal(await set('--cap-add=CAP_SYS_PTRACE'), plain | (1n << 19n));
      assert.equal(await set('--cap-drop=CAP_CHOWN'), plain & ~1n);
      prints(await containerd.once([], ['grep', 'NoNewPrivs', '/proc/self/status']), 'NoNewPrivs:\t1');
    },
  ],
  [
    '--seccomp: the default profile',
    async (containerd) =>
      prints(
        await containerd.once(['--seccomp'], ['grep', '-w', 'Seccomp:', '/proc/self/status']),
        'Seccomp:\t2',
      ),
  ],
  [
    '--device',
    async (containerd) =>
      prints(
        await containerd.once(['--device=/dev/zero'], sh('head -c 2 /dev/zero | od -An -tx1')),
        ' 00 00',
      ),
  ],
  [
    '--privileged: mounts',
    async (containerd) =>
      prints(
        await containerd.once(['--privileged'], sh('mount -t tmpfs none /srv && touch /srv/f && ls /srv')),
        'f',
      ),
  ],
  [
    '--net-host: the host’s network',
    async (containerd) => {
      containerd.room.daemon(['busybox', 'httpd', '-f', '-p', '127.0.0.1:8099', '-h', containerd.root]);
      const wget = 'until wget -qO- http://127.0.0.1:8099/srv/hello 2>/dev/null; do sleep 0.1; done';
      prints(await containerd.once(['--net-host'], sh(wget)), 'hello from the image');
      prints(
        await containerd.once(
          [],
          sh('ls /sys/class/net; wget -qO- http://127.0.0.1:8099/srv/hello 2>/dev/null || echo none'),
        ),
        'lo\nnone',
      );
    },
  ],
  [
    '--memory-limit: set, and a program of most of its size runs',
    async (containerd) => {
      const limit = `--memory-limit=${64 << 20}`;
      await containerd.with([limit], async (name) => {
        const value = groupValue(await containerd.pid(name), 'memory', 'memory.limit_in_bytes', 'memory.max');
        assert.equal(value, String(64 << 20));
      });
      prints(
        await containerd.once(
          [limit],
          sh('dd if=/dev/zero of=/dev/null bs=50M count=1 2>/dev/null && echo ran'),
        ),
        'ran',
      );
      assert.equal(
        (await containerd.once([limit], 'dd if=/dev/zero of=/dev/null bs=300M count=1'.split(' '))).status,
        137,
      );
    },
  ],
  [
    '--cpus',
    async (containerd) => {
      await containerd.with(['--cpus=0.5'], async (name) => {
        assert.match(
          groupValue(await containerd.pid(name), 'cpu', 'cpu.cfs_quota_us', 'cpu.max'),
          /^50000\b/,
        );
      });
    },
  ],
];

const lives: Step<Containerd>[] = [
  [
    'run -d and task ls; a status is told to who waits for it',
    async (containerd) => {
      await containerd.with([], async (name) => {
        assert.equal(await containerd.status(name), 'RUNNING');
        succeeds(await containerd.run(['task', 'kill', name]));
        await eventually('it stops', async () => (await containerd.status(name)) === 'STOPPED');
      });
      const name = containerd.name();
      const script = sh('trap "exit 4" TERM; echo ready; while :; do sleep 1000 & wait; done');
      const running = containerd.run(containerd.runWords(['--rm'], name, script));
      await eventually('it runs', async () => (await containerd.status(name)) === 'RUNNING');
      await new Promise((resolve) => setTimeout(resolve, 300));
      succeeds(await containerd.run(['task', 'kill', name]));
      assert.equal((await running).status, 4);
    },
  ],
  [
    'a second task of the same container, --pid-file',
    async (containerd) => {
      const file = `${containerd.room.directory}/pid`;
      await containerd.with(
        [],
        async (name) => {
          await eventually('it stops', async () => (await containerd.status(name)) === 'STOPPED');
          succeeds(await containerd.run(['task', 'rm', name]));
          const result = await containerd.run(['task', 'start', '--pid-file', file, name]);
          assert.deepEqual([result.status, result.stdout], [6, 'again\n']);
          assert.match(succeeds(await containerd.room.run(['cat', file])), /^\d+$/);
        },
        sh('test -e /srv/f && echo again; touch /srv/f; exit 6'),
      );
    },
  ],
  [
    'exec: output, status, --cwd, --user',
    async (containerd) => {
      await containerd.with([], async (name) => {
        const result = await containerd.exec(name, sh('echo out; echo err >&2; exit 6'));
        assert.deepEqual([result.status, result.stdout], [6, 'out\n']);
        assert.match(result.stderr, /^err\n/);
        prints(await containerd.exec(name, sh('pwd; id -u'), ['--cwd=/srv', '--user=1000']), '/srv\n1000');
        prints(await containerd.exec(name, ['cat', '/proc/1/comm']), 'sh');
        refuses(await containerd.exec(name, ['no-such-program']), /executable file not found in \$PATH/);
        assert.equal((await containerd.exec(name, sh('kill -KILL $$'))).status, 137);
      });
    },
  ],
  [
    'exec -t: a terminal',
    async (containerd) => {
      await containerd.with([], async (name) => {
        const terminal = await containerd.terminal(['task', 'exec', '-t', '--exec-id', 'x', name, 'sh']);
        await terminal.expect(/# /);
        terminal.send('sleep 0.5; tty; stty size\n');
        await terminal.expect(/\/dev\/(pts\/\d+|console)\r+\n/);
        await terminal.expect(/24 80\r+\n/);
        terminal.send('exit 8\n');
        assert.equal(await terminal.end(), 8);
      });
    },
  ],
  [
    'exec --detach: it goes on, and is seen',
    async (containerd) => {
      await containerd.with([], async (name) => {
        succeeds(await containerd.exec(name, ['sleep', '765'], ['--detach']));
        const see = async (): Promise<boolean> =>
          /sleep 765/.test((await containerd.exec(name, ['ps', '-o', 'args'])).stdout);
        await eventually('the program runs', see);
      });
    },
  ],
  [
    'task ps: pids of the host, of all its processes',
    async (containerd) => {
      await containerd.with([], async (name) => {
        succeeds(await containerd.exec(name, ['sleep', '764'], ['--detach']));
        const lines = async (): Promise<string[]> =>
          succeeds(await containerd.run(['task', 'ps', name]))
            .split('\n')
            .slice(1);
        await eventually('three processes', async () => (await lines()).length === 3);
        const pids = (await lines()).map((line) => line.split(/\s+/)[0] ?? '');
        const seen = succeeds(await containerd.room.run(['ps', '-o', 'pid=', '-p', pids.join()]));
        assert.equal(seen.split('\n').length, 3, seen);
      });
    },
  ],
  [
    'pause and resume',
    async (containerd) => {
      await containerd.with(['--mount=type=tmpfs,src=tmpfs,dst=/data'], async (name) => {
        succeeds(
          await containerd.exec(name, sh('i=0; while :; do i=$((i+1)); echo $i >/data/n; sleep 0.05; done'), [
            '--detach',
          ]),
        );
        const count = async (): Promise<string> => (await containerd.exec(name, ['cat', '/data/n'])).stdout;
        await eventually('it counts', async () => (await count()) !== '');
        succeeds(await containerd.run(['task', 'pause', name]));
        assert.equal(await containerd.status(name), 'PAUSED');
        succeeds(await containerd.run(['task', 'resume', name]));
        assert.equal(await containerd.status(name), 'RUNNING');
        const before = await count();
        await eventually('it counts on', async () => (await count()) !== before);
      });
    },
  ],
  [
    'metrics',
    async (containerd) => {
      await containerd.with([], async (name) => {
        const text = succeeds(await containerd.run(['task', 'metrics', '--format=json', name]));
        assert.match(text, /"usage"/);
        const pids = (JSON.parse(text) as { pids?: { current?: number } }).pids?.current ?? 0;
        assert.ok(pids >= 2 && pids < 100, text);
      });
    },
  ],
  [
    'kill: signals by name and number, all processes',
    async (containerd) => {
      const script = sh(
        'trap "touch /srv/hup" HUP; trap "touch /srv/usr1" USR1; while :; do sleep 1000 & wait; done',
      );
      await containerd.with(
        [],
        async (name) => {
          await new Promise((resolve) => setTimeout(resolve, 300));
          succeeds(await containerd.run(['task', 'kill', '-s', 'SIGHUP', name]));
          succeeds(await containerd.run(['task', 'kill', '-s', '10', name]));
          const both = async (): Promise<boolean> =>
            (await containerd.exec(name, ['ls', '/srv/hup', '/srv/usr1'])).status === 0;
          await eventually('both arrive', both);
          succeeds(await containerd.run(['task', 'kill', '-a', '-s', 'KILL', name]));
          await eventually('it stops', async () => (await containerd.status(name)) === 'STOPPED');
          refuses(await containerd.run(['task', 'kill', name]), /not found|already finished/);
        },
        script,
      );
    },
  ],
  [
    'task rm -f: of one that runs',
    async (containerd) => {
      await containerd.with([], async (name) => {
        refuses(await containerd.run(['task', 'rm', name]), /running/i);
        succeeds(await containerd.run(['task', 'rm', '-f', name]));
        assert.equal(await containerd.status(name), '');
      });
    },
  ],
  [
    'attach',
    async (containerd) => {
      await containerd.with(
        [],
        async (name) => {
          const attached = containerd.run(['task', 'attach', name]);
          await new Promise((resolve) => setTimeout(resolve, 700));
          succeeds(await containerd.exec(name, ['touch', '/srv/go']));
          const { status, stdout } = await attached;
          assert.deepEqual([status, stdout], [9, 'gone\n']);
        },
        sh('until test -e /srv/go; do sleep 0.1; done; echo gone; exit 9'),
      );
    },
  ],
  [
    'task checkpoint: refused, and the container runs on',
    async (containerd) => {
      await containerd.with([], async (name) => {
        refuses(await containerd.run(['task', 'checkpoint', name]));
        prints(await containerd.exec(name, ['echo', 'still here']), 'still here');
      });
    },
  ],
  [
    'the network and the processes of another container',
    async (containerd) => {
      await containerd.with(
        [],
        async (name) => {
          const pid = (await containerd.run(['task', 'ls'])).stdout.match(
            new RegExp(`${name}\\s+(\\d+)`),
          )?.[1];
          const wget =
            'i=0; until wget -qO- http://127.0.0.1/hello 2>/dev/null || [ $i -gt 30 ]; do i=$((i+1)); sleep 0.1; done';
          prints(
            await containerd.once([`--with-ns=network:/proc/${pid}/ns/net`], sh(wget)),
            'hello from the image',
          );
          assert.match(
            succeeds(await containerd.once([`--with-ns=pid:/proc/${pid}/ns/pid`], ['ps', '-o', 'args'])),
            /^httpd -f/m,
          );
        },
        ['httpd', '-f', '-p', '80', '-h', '/srv'],
      );
    },
  ],
  [
    'five containers at once',
    async (containerd) => {
      const all = Array.from({ length: 5 }, (_, i) => containerd.once([], ['echo', `number ${i}`]));
      const outputs = (await Promise.all(all)).map((result) => succeeds(result));
      assert.deepEqual(
        outputs,
        Array.from({ length: 5 }, (_, i) => `number ${i}`),
      );
    },
  ],
  [
    'a first process that is killed from outside',
    async (containerd) => {
      const name = containerd.name();
      const running = containerd.run(containerd.runWords(['--rm'], name, ['sleep', '1000']));
      await eventually('it runs', async () => (await containerd.status(name)) === 'RUNNING');
      process.kill(await containerd.pid(name), 'SIGKILL');
      assert.equal((await running).status, 137);
    },
  ],
  [
    'containers live on when containerd ends, and are found when it is there again',
    async (containerd) => {
      await containerd.with([], async (name) => {
        await containerd.stop();
        await containerd.start();
        assert.equal(await containerd.status(name), 'RUNNING');
        prints(await containerd.exec(name, ['echo', 'there']), 'there');
      });
    },
  ],
  ['nothing is left of them', (containerd) => containerd.assertNothingLeft()],
];

runSteps({
  title: 'containerd',
  programs: [],
  unpacked: containerdUnpacked,
  open: () => Containerd.open(),
  steps: [...once, ...lives],
});
