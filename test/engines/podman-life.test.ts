/** The life of podman's containers: what is done to them from outside while they run, and after. */
import assert from 'node:assert/strict';
import { groupValue } from './cgroups.js';
import { IMAGE, Podman, podmanPrograms, podmanUnpacked } from './podman.js';
import { eventually, prints, refuses, runSteps, type Step, succeeds } from './steps.js';

const sh = (script: string): string[] => ['sh', '-c', script];

/** Says its signals. */
const LISTENER = sh(
  'for s in HUP USR1 USR2; do trap "echo got $s" $s; done; trap "echo bye; exit 4" TERM; echo ready; while :; do sleep 1000 & wait; done',
);
/** Does not end when it is told to. */
const STUBBORN = sh('trap "" TERM; echo ready; while :; do sleep 1000 & wait; done');
/** Counts, ten times a second. */
const COUNTER = sh('i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done');

const watched: Step<Podman>[] = [
  [
    'run -d, ps and inspect',
    async (podman) => {
      await podman.with([], async (name) => {
        assert.match(succeeds(await podman.run(['ps', '--format', '{{.Names}} {{.Status}}'])), /^c\d+ Up /);
        assert.equal(await podman.inspect(name, '{{.State.Status}} {{.State.Running}}'), 'running true');
        assert.ok((await podman.pid(name)) > 0);
      });
    },
  ],
  [
    'logs: both streams, the last lines, what comes later',
    async (podman) => {
      const script = sh('echo one; echo two >&2; echo three; sleep 1; echo four');
      await podman.with(
        [],
        async (name) => {
          const { stdout } = await podman.run(['logs', '-f', name]);
          assert.equal(stdout, 'one\nthree\nfour\n');
          assert.equal((await podman.run(['logs', name])).stderr, 'two\n');
          prints(await podman.run(['logs', '--tail=1', name]), 'four');
        },
        script,
      );
    },
  ],
  [
    'top: of podman itself, and by the container’s ps',
    async (podman) => {
      await podman.with(
        ['--user=user'],
        async (name) => {
          const own = succeeds(await podman.run(['top', name, 'pid', 'user', 'args']));
          assert.match(own, /^\d+\s+\S+\s+sh -c/m);
          assert.match(own, /^\d+\s+\S+\s+sleep 987/m);
          assert.match(succeeds(await podman.run(['top', name, 'hpid'])), /\n\d+/);
          assert.match(succeeds(await podman.run(['top', name, '-o', 'pid,args'])), /1 sh -c/);
        },
        sh('sleep 987; true'),
      );
    },
  ],
  [
    'stats',
    async (podman) => {
      await podman.with([], async (name) => {
        const format = '{{.Name}} {{.PIDs}} {{.MemUsage}}';
        const line = succeeds(await podman.run(['stats', '--no-stream', '--format', format, name]));
        const [, shown, pids, used, unit] = /^(\S+) (\d+) ([\d.]+)(k?M?B) \//.exec(line) ?? [];
        assert.equal(shown, name, line);
        assert.ok(Number(pids) >= 2 && Number(pids) < 100, line);
        assert.ok(Number(used) > 0 && /[kM]B/.test(unit ?? ''), line);
      });
    },
  ],
  [
    'cp: to a running container and back, files and directories',
    async (podman) => {
      const here = (path: string): string => `${podman.room.directory}/${path}`;
      await podman.room.write('cp/a/file', 'of the host\n');
      await podman.with(['--tmpfs=/scratch'], async (name) => {
        succeeds(await podman.run(['cp', here('cp/a'), `${name}:/srv/`]));
        prints(await podman.run(['exec', name, 'cat', '/srv/a/file']), 'of the host');
        succeeds(
          await podman.run(['exec', name, ...sh('echo of the guest >/srv/made; echo memory >/scratch/m')]),
        );
        succeeds(await podman.run(['cp', `${name}:/srv/made`, here('cp/made')]));
        prints(await podman.room.run(['cat', here('cp/made')]), 'of the guest');
        succeeds(await podman.run(['cp', `${name}:/srv`, here('cp/all')]));
        prints(await podman.room.run(['cat', here('cp/all/a/file')]), 'of the host');
        refuses(await podman.run(['cp', `${name}:/no/such`, here('cp/none')]), /could not be found|no such/i);
      });
    },
  ],
  [
    'cp: a tmpfs of a running container',
    async (podman) => {
      await podman.with(['--tmpfs=/scratch'], async (name) => {
        const path = await podman.room.write('cp/into', 'into memory\n');
        succeeds(await podman.run(['cp', path, `${name}:/scratch/f`]));
        prints(await podman.run(['exec', name, 'cat', '/scratch/f']), 'into memory');
      });
    },
  ],
  [
    'cp: of a container that has ended',
    async (podman) => {
      await podman.with(
        [],
        async (name) => {
          prints(await podman.run(['wait', name]), '0');
          succeeds(await podman.run(['cp', `${name}:/srv/made`, `${podman.room.directory}/ended`]));
          prints(await podman.room.run(['cat', `${podman.room.directory}/ended`]), 'made');
        },
        sh('echo made >/srv/made'),
      );
    },
  ],
  [
    'mount, diff, export and commit see what the container wrote',
    async (podman) => {
      await podman.with([], async (name) => {
        succeeds(
          await podman.run([
            'exec',
            name,
            ...sh('echo new >/srv/new; rm /srv/hello; echo x >>/etc/passwd; sync'),
          ]),
        );
        const root = succeeds(await podman.run(['mount', name]));
        prints(await podman.room.run(['cat', `${root}/srv/new`]), 'new');
        const changes = succeeds(await podman.run(['diff', name])).split('\n');
        for (const line of ['A /srv/new', 'D /srv/hello', 'C /etc/passwd'])
          assert.ok(changes.includes(line), changes.join());
        const tar = `${podman.room.directory}/export.tar`;
        succeeds(await podman.run(['export', '-o', tar, name]));
        prints(await podman.room.run(['tar', '-xOf', tar, 'srv/new']), 'new');
        succeeds(await podman.run(['commit', '-q', name, 'localhost/committed']));
        prints(
          await podman.run(['run', '--rm', '--network=none', 'localhost/committed', 'ls', '/srv']),
          'new',
        );
      });
    },
  ],
];

const ended: Step<Podman>[] = [
  [
    'kill: signals that are named and numbered, and the end',
    async (podman) => {
      await podman.with(
        [],
        async (name) => {
          await podman.wrote(name, /ready/);
          succeeds(await podman.run(['kill', '-s', 'USR1', name]));
          await podman.wrote(name, /got USR1/);
          succeeds(await podman.run(['kill', '-s', '12', name]));
          await podman.wrote(name, /got USR2/);
          succeeds(await podman.run(['kill', name]));
          prints(await podman.run(['wait', name]), '137');
          refuses(await podman.run(['kill', name]), /can only kill running|not running/);
        },
        LISTENER,
      );
    },
  ],
  [
    'stop: asked first, and killed if it does not listen',
    async (podman) => {
      await podman.with(
        [],
        async (name) => {
          await podman.wrote(name, /ready/);
          succeeds(await podman.run(['stop', '-t', '10', name]));
          assert.equal(await podman.inspect(name, '{{.State.Status}} {{.State.ExitCode}}'), 'exited 4');
        },
        LISTENER,
      );
      await podman.with(
        [],
        async (name) => {
          await podman.wrote(name, /ready/);
          succeeds(await podman.run(['stop', '-t', '1', name]));
          assert.equal(await podman.inspect(name, '{{.State.ExitCode}}'), '137');
        },
        STUBBORN,
      );
      await podman.with(
        ['--stop-signal=USR1'],
        async (name) => {
          await podman.wrote(name, /ready/);
          succeeds(await podman.run(['stop', '-t', '1', name]));
          await podman.wrote(name, /got USR1/);
        },
        LISTENER,
      );
    },
  ],
  [
    'restart, and start again: files stay',
    async (podman) => {
      await podman.with(
        [],
        async (name) => {
          await podman.wrote(name, /^run 1$/m);
          const first = await podman.pid(name);
          succeeds(await podman.run(['restart', '-t', '0', name]));
          await podman.wrote(name, /^run 2$/m);
          assert.notEqual(await podman.pid(name), first);
          succeeds(await podman.run(['stop', '-t', '0', name]));
          succeeds(await podman.run(['start', name]));
          await podman.wrote(name, /^run 3$/m);
        },
        sh('echo x >>/srv/runs; echo run $(wc -l </srv/runs); exec sleep 1000'),
      );
    },
  ],
  [
    'create, init, start: in three steps',
    async (podman) => {
      const name = podman.name();
      succeeds(
        await podman.run(['create', '--name', name, '--network=none', IMAGE, ...sh('echo ran; exit 5')]),
      );
      assert.equal(await podman.inspect(name, '{{.State.Status}}'), 'created');
      succeeds(await podman.run(['init', name]));
      assert.equal(await podman.inspect(name, '{{.State.Status}}'), 'initialized');
      assert.equal(await podman.logs(name), '');
      const result = await podman.run(['start', '-a', name]);
      assert.deepEqual([result.status, result.stdout], [5, 'ran\n']);
      await podman.remove(name);
    },
  ],
  [
    'start -ai: standard input of a container that was created',
    async (podman) => {
      const name = podman.name();
      succeeds(await podman.run(['create', '-i', '--name', name, '--network=none', IMAGE, 'cat']));
      prints(await podman.run(['start', '-ai', name], { stdin: 'late but whole\n' }), 'late but whole');
      await podman.remove(name);
    },
  ],
  [
    'attach: to its output, and to its terminal',
    async (podman) => {
      await podman.with(
        ['-it'],
        async (name) => {
          const terminal = await podman.terminal(['attach', name]);
          terminal.send('echo six times seven is $((6*7))\n');
          await terminal.expect(/seven is 42\r\n/);
          // The keys that detach: they count only if they come one by one.
          terminal.send('\x10');
          await new Promise((resolve) => setTimeout(resolve, 200));
          terminal.send('\x11');
          await terminal.end();
          assert.equal(await podman.inspect(name, '{{.State.Running}}'), 'true');
          const again = await podman.terminal(['attach', name]);
          again.send('exit 3\n');
          await again.end();
          prints(await podman.run(['wait', name]), '3');
        },
        ['sh'],
      );
    },
  ],
  [
    'wait',
    async (podman) => {
      await podman.with(
        [],
        async (name) => prints(await podman.run(['wait', name]), '33'),
        sh('sleep 0.3; exit 33'),
      );
    },
  ],
  [
    'rm: not while it runs, but with force; --rm leaves nothing',
    async (podman) => {
      await podman.with([], async (name) => {
        refuses(await podman.run(['rm', name]), /running/);
        succeeds(await podman.run(['rm', '-f', '-t', '0', name]));
        refuses(await podman.run(['inspect', '--type=container', name]), /no such/);
      });
    },
  ],
  [
    '--restart=on-failure: again, but not for ever',
    async (podman) => {
      await podman.with(
        ['--restart=on-failure:2'],
        async (name) => {
          await eventually('three runs', async () => (await podman.logs(name)) === 'run\nrun\nrun\n');
          await eventually(
            'an end',
            async () => (await podman.inspect(name, '{{.State.Status}}')) === 'exited',
          );
        },
        sh('echo run; exit 1'),
      );
    },
  ],
  [
    'a first process that is killed from outside',
    async (podman) => {
      await podman.with([], async (name) => {
        process.kill(await podman.pid(name), 'SIGKILL');
        prints(await podman.run(['wait', name]), '137');
        await eventually(
          'podman sees it',
          async () => (await podman.inspect(name, '{{.State.Status}}')) === 'exited',
        );
      });
    },
  ],
];

const changed: Step<Podman>[] = [
  [
    'pause and unpause',
    async (podman) => {
      await podman.with(
        [],
        async (name) => {
          await podman.wrote(name, /^3$/m);
          succeeds(await podman.run(['pause', name]));
          assert.equal(await podman.inspect(name, '{{.State.Status}}'), 'paused');
          const before = await podman.logs(name);
          await new Promise((resolve) => setTimeout(resolve, 500));
          assert.equal(await podman.logs(name), before);
          refuses(await podman.run(['exec', name, 'true']), /running|paused/);
          succeeds(await podman.run(['unpause', name]));
          await eventually('it counts on', async () => (await podman.logs(name)).length > before.length);
        },
        COUNTER,
      );
    },
  ],
  [
    'a paused container can be removed',
    async (podman) => {
      await podman.with([], async (name) => {
        succeeds(await podman.run(['pause', name]));
        succeeds(await podman.run(['rm', '-f', '-t', '0', name]));
      });
    },
  ],
  [
    'update: limits of a running container',
    async (podman) => {
      await podman.with(['--memory=64m'], async (name) => {
        succeeds(await podman.run(['update', '--memory=128m', '--cpus=0.5', name]));
        const pid = await podman.pid(name);
        assert.equal(groupValue(pid, 'memory', 'memory.limit_in_bytes', 'memory.max'), String(128 << 20));
        assert.match(groupValue(pid, 'cpu', 'cpu.cfs_quota_us', 'cpu.max'), /^50000\b/);
        succeeds(await podman.run(['exec', name, 'dd', 'if=/dev/zero', 'of=/dev/null', 'bs=90M', 'count=1']));
      });
    },
  ],
  [
    'healthcheck: healthy, and not',
    async (podman) => {
      const check = ['--health-cmd=test -e /srv/well', '--health-interval=disable', '--health-retries=1'];
      await podman.with(check, async (name) => {
        refuses(await podman.run(['healthcheck', 'run', name]), /(?:)/);
        succeeds(await podman.run(['exec', name, 'touch', '/srv/well']));
        succeeds(await podman.run(['healthcheck', 'run', name]));
        assert.equal(await podman.inspect(name, '{{.State.Health.Status}}'), 'healthy');
      });
    },
  ],
  [
    'rename, port and list',
    async (podman) => {
      await podman.with([], async (name) => {
        succeeds(await podman.run(['rename', name, 'another']));
        prints(await podman.run(['exec', 'another', 'echo', 'there']), 'there');
        succeeds(await podman.run(['rename', 'another', name]));
      });
    },
  ],
  [
    'checkpoint: refused in one line, and the container runs on',
    async (podman) => {
      await podman.with([], async (name) => {
        refuses(await podman.run(['container', 'checkpoint', name]), /^Error: .*\n$/);
        prints(await podman.run(['exec', name, 'echo', 'still here']), 'still here');
      });
    },
  ],
  [
    'ten containers at once',
    async (podman) => {
      const all = Array.from({ length: 10 }, (_, i) => podman.once([], ['echo', `number ${i}`]));
      const outputs = (await Promise.all(all)).map((result) => succeeds(result));
      assert.deepEqual(
        outputs,
        Array.from({ length: 10 }, (_, i) => `number ${i}`),
      );
    },
  ],
  [
    'info names the runtime',
    async (podman) => {
      const info = succeeds(
        await podman.run(['info', '--format', '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}']),
      );
      assert.match(info, /^\S+ .*\d+\.\d+/);
    },
  ],
  ['nothing is left of them', (podman) => podman.assertNothingLeft()],
];

runSteps({
  title: 'podman: lives of containers',
  programs: podmanPrograms,
  unpacked: podmanUnpacked,
  open: () => Podman.open(),
  steps: [...watched, ...ended, ...changed],
});
