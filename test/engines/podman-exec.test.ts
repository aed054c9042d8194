/** `podman exec`: programs that join a container. */
import assert from 'node:assert/strict';
import { Podman, podmanPrograms, podmanUnpacked } from './podman.js';
import { eventually, fails, prints, refuses, runSteps, type Step, succeeds } from './steps.js';

const sh = (script: string): string[] => ['sh', '-c', script];

const executed: Step<Podman>[] = [
  [
    'exec: output, errors, status, standard input',
    async (podman) => {
      await podman.with([], async (name) => {
        const result = await podman.run(['exec', name, ...sh('echo out; echo err >&2; exit 6')]);
        assert.deepEqual([result.status, result.stdout, result.stderr.split('\n')[0]], [6, 'out\n', 'err']);
        prints(await podman.run(['exec', '-i', name, 'wc', '-c'], { stdin: 'x'.repeat(100_000) }), '100000');
      });
    },
  ],
  [
    'exec -it: a terminal, and the status',
    async (podman) => {
      await podman.with([], async (name) => {
        const terminal = await podman.terminal(['exec', '-it', name, 'sh']);
        terminal.send('tty; stty size; echo "PID is $"$\n');
        await terminal.expect(/\/dev\/(pts\/\d+|console)\r\n/);
        await terminal.expect(/24 80\r\n/);
        terminal.resize();
        terminal.send('sleep 1; stty size; exit 8\n');
        await terminal.expect(/50 132\r\n/);
        assert.equal(await terminal.end(), 8);
      });
    },
  ],
  [
    'exec -t to a container that has a terminal of its own',
    async (podman) => {
      await podman.with(['-t'], async (name) => {
        prints(await podman.run(['exec', '-t', name, ...sh('test -t 1 && echo yes')]), 'yes\r');
        prints(await podman.run(['exec', name, ...sh('test -t 1 || echo no')]), 'no');
      });
    },
  ],
  [
    'exec --user, --workdir, --env, --privileged',
    async (podman) => {
      await podman.with(['--env=KEPT=1'], async (name) => {
        const flags = ['--user=user', '--workdir=/srv', '--env=MORE=2'];
        const script = 'id -u; id -G; pwd; echo $KEPT$MORE; grep CapEff /proc/self/status';
        const lines = ['1000', '1000 2000', '/srv', '12', 'CapEff:\t0000000000000000'];
        prints(await podman.run(['exec', ...flags, name, ...sh(script)]), lines.join('\n'));
        prints(await podman.run(['exec', '--user=77:88', name, ...sh('id -u; id -g')]), '77\n88');
      });
    },
  ],
  [
    'exec -d: it goes on, and is seen',
    async (podman) => {
      await podman.with([], async (name) => {
        assert.match(
          succeeds(await podman.run(['exec', '-d', name, ...sh('echo $$ >/srv/pid; exec sleep 765')])),
          /^[0-9a-f]{64}$/,
        );
        const see = ['exec', name, ...sh('tr "\\0" " " </proc/$(cat /srv/pid)/cmdline')];
        await eventually('the program runs', async () => /^sleep 765/.test((await podman.run(see)).stdout));
      });
    },
  ],
  [
    'exec: what cannot be run is 127 or 126, signals are 128 and their number',
    async (podman) => {
      await podman.with([], async (name) => {
        fails(await podman.run(['exec', name, 'no-such-program']), 127, /not found/);
        fails(await podman.run(['exec', name, '/etc/passwd']), 126, /permission denied/i);
        fails(await podman.run(['exec', '--workdir=/nowhere', name, 'pwd']), 126 + 1, /no such file/i);
        assert.equal((await podman.run(['exec', name, ...sh('kill -KILL $$')])).status, 137);
      });
    },
  ],
  [
    'exec: the same processes, and init can be ended from there',
    async (podman) => {
      await podman.with(
        [],
        async (name) => {
          await podman.wrote(name, /ready/);
          assert.match(succeeds(await podman.run(['exec', name, 'ps', '-o', 'pid,args'])), /^\s*1 sh -c/m);
          // It may end together with the first process, and then is killed.
          await podman.run(['exec', name, 'kill', '-TERM', '1']);
          prints(await podman.run(['wait', name]), '4');
        },
        sh('trap "exit 4" TERM; echo ready; while :; do sleep 1000 & wait; done'),
      );
    },
  ],
  [
    'exec: ends with the container, and not into one that has ended',
    async (podman) => {
      await podman.with([], async (name) => {
        const running = podman.run(['exec', name, ...sh('echo started; sleep 1000')]);
        await new Promise((resolve) => setTimeout(resolve, 700));
        succeeds(await podman.run(['kill', name]));
        assert.notEqual((await running).status, 0);
        refuses(
          await podman.run(['exec', name, 'true']),
          /can only create exec sessions on running containers|not running/,
        );
      });
    },
  ],
  [
    'exec: ten at once',
    async (podman) => {
      await podman.with([], async (name) => {
        const all = Array.from({ length: 10 }, (_, i) =>
          podman.run(['exec', name, ...sh(`sleep 0.1; echo ${i}`)]),
        );
        assert.deepEqual(
          (await Promise.all(all)).map((result) => result.stdout.trim()),
          [...'0123456789'],
        );
      });
    },
  ],
  ['nothing is left of them', (podman) => podman.assertNothingLeft()],
];

runSteps({
  title: 'podman exec',
  programs: podmanPrograms,
  unpacked: podmanUnpacked,
  open: () => Podman.open(),
  steps: executed,
});
