/** `podman run`: what a program is given (streams, a terminal, user, environment, files) and how its end is told. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { IMAGE, Podman, podmanPrograms, podmanUnpacked } from './podman.js';
import { fails, prints, runSteps, type Step, succeeds } from './steps.js';

/** A megabyte of all bytes, not one after the other. */
const megabyte = Array.from({ length: 1 << 20 }, (_, i) =>
  String.fromCharCode((i * 7 + (i >> 8)) & 255),
).join('');
const digest = createHash('md5').update(Buffer.from(megabyte, 'latin1')).digest('hex');

const streams: Step<Podman>[] = [
  [
    'output, errors and status are the program’s',
    async (podman) => {
      const result = await podman.once([], ['sh', '-c', 'echo out; echo err >&2; exit 7']);
      assert.deepEqual([result.status, result.stdout, result.stderr], [7, 'out\n', 'err\n']);
    },
  ],
  [
    '-i: standard input reaches the program, and its end',
    async (podman) => {
      prints(
        await podman.once(['-i'], ['cat'], { stdin: 'a line\nand no newline' }),
        'a line\nand no newline',
      );
      prints(await podman.once([], ['cat'], { stdin: 'nobody reads this' }), '');
    },
  ],
  [
    '-i: a megabyte in and out is whole',
    async (podman) => {
      prints(await podman.once(['-i'], ['md5sum'], { stdin: megabyte }), `${digest}  -`);
      const { stdout } = await podman.once(['-i'], ['cat'], { stdin: megabyte });
      assert.equal(createHash('md5').update(Buffer.from(stdout, 'latin1')).digest('hex'), digest);
    },
  ],
  [
    '-it: a terminal of the caller’s size, and the status',
    async (podman) => {
      const terminal = await podman.terminal(['run', '-it', '--rm', '--network=none', IMAGE, 'sh']);
      terminal.send('tty; stty size; test -t 0 && test -t 1 && test -t 2 && echo on-a-"terminal"\n');
      await terminal.expect(/\/dev\/(pts\/\d+|console)\r\n/);
      await terminal.expect(/24 80\r\n/);
      await terminal.expect(/on-a-terminal/);
      terminal.send('exit 5\n');
      assert.equal(await terminal.end(), 5);
    },
  ],
  [
    '-it: the window follows, and ^C interrupts',
    async (podman) => {
      const script =
        'trap "stty size" WINCH; trap "echo stopped; exit 9" INT; echo ready; while :; do sleep 0.1; done';
      const command = [IMAGE, 'sh', '-c', script];
      const terminal = await podman.terminal(['run', '-it', '--rm', '--network=none', ...command]);
      await terminal.expect(/ready/);
      terminal.resize();
      await terminal.expect(/50 132\r\n/);
      terminal.send('\x03');
      await terminal.expect(/stopped/);
      assert.equal(await terminal.end(), 9);
    },
  ],
  [
    '-t without -i: output only, in the terminal’s way',
    async (podman) => prints(await podman.once(['-t'], ['sh', '-c', 'tty >/dev/null && echo yes']), 'yes\r'),
  ],
  [
    'a program that a signal ends: 128 and its number',
    async (podman) => {
      fails(await podman.once([], ['sh', '-c', 'sh -c "kill -KILL \\$\\$"; exit $?']), 137);
    },
  ],
  [
    'the programs that cannot be run: 127, 126, and 125 for flags',
    async (podman) => {
      fails(await podman.once([], ['no-such-program']), 127, /executable file.*not found in \$PATH/i);
      fails(await podman.once([], ['/no/such/program']), 127, /no such file or directory/i);
      fails(await podman.once([], ['/etc/passwd']), 126, /permission denied/i);
      fails(await podman.once([], ['/etc']), 126, /permission denied|is a directory/i);
      fails(await podman.once(['--no-such-flag'], ['true']), 125, /unknown flag/);
    },
  ],
  [
    'the runtime by its path: errors are read off its standard error',
    async (podman) => {
      const run = (command: string) => podman.runByPath(['run', '--rm', '--network=none', IMAGE, command]);
      fails(await run('no-such-program'), 127, /executable file.*not found in \$PATH/i);
      fails(await run('/etc/passwd'), 126, /permission denied/i);
      assert.equal((await run('true')).status, 0);
    },
  ],
  [
    '--rootfs: a directory instead of an image, and writes go through to it',
    async (podman) => {
      const flags = ['run', '--rm', '--network=none', '--env=PATH=/bin'];
      const script = 'cat /srv/hello; echo written >/srv/new';
      prints(
        await podman.run([...flags, '--rootfs', podman.root, 'sh', '-c', script]),
        'hello from the image',
      );
      prints(await podman.room.run(['cat', `${podman.root}/srv/new`]), 'written');
      succeeds(await podman.room.run(['rm', `${podman.root}/srv/new`]));
    },
  ],
  [
    '--cidfile, --pidfile, --timeout, --preserve-fds',
    async (podman) => {
      const file = (name: string): string => `${podman.room.directory}/${name}`;
      const flags = [`--cidfile=${file('cid')}`, `--conmon-pidfile=${file('pid')}`];
      succeeds(await podman.once(flags, ['true']));
      assert.match(succeeds(await podman.room.run(['cat', file('cid')])), /^[0-9a-f]{64}$/);
      assert.match(succeeds(await podman.room.run(['cat', file('pid')])), /^\d+$/);
      assert.notEqual((await podman.once(['--timeout=1'], ['sleep', '1000'])).status, 0);
      const words = podman.words([
        'run',
        '--rm',
        '--network=none',
        '--preserve-fds=1',
        IMAGE,
        'cat',
        '/dev/fd/3',
      ]);
      await podman.room.write('third', 'the third descriptor');
      const script = `exec 3<${file('third')}; exec "$@"`;
      const env = podman.environment;
      prints(await podman.room.run(['sh', '-c', script, 'sh', ...words], { env }), 'the third descriptor');
    },
  ],
];

const process: Step<Podman>[] = [
  [
    '--env and --env-file',
    async (podman) => {
      const path = await podman.room.write('variables', 'FROM_FILE=a b\n# nothing\n');
      const flags = ['--env=ONE=1=2', `--env-file=${path}`, '--env=EMPTY='];
      const lines = succeeds(await podman.once(flags, ['env'])).split('\n');
      for (const line of [
        'ONE=1=2',
        'FROM_FILE=a b',
        'EMPTY=',
        'PATH=/bin',
        'HOME=/root',
        'container=podman',
      ]) {
        assert.ok(lines.includes(line), `${line} in ${lines}`);
      }
    },
  ],
  [
    '--workdir',
    async (podman) => {
      prints(await podman.once(['--workdir=/srv'], ['pwd']), '/srv');
      prints(await podman.once(['-w', '/srv'], ['cat', 'hello']), 'hello from the image');
      fails(
        await podman.once(['--workdir=/not/there'], ['pwd']),
        126,
        /workdir "\/not\/there" does not exist/,
      );
    },
  ],
  [
    '--user: names, numbers, groups, and what they may do',
    async (podman) => {
      const ids = 'id -u; id -g; id -G; echo $HOME';
      prints(await podman.once(['--user=user'], ['sh', '-c', ids]), '1000\n1000\n1000 2000\n/home/user');
      prints(
        await podman.once(['--user=1234:55', '--group-add=66'], ['sh', '-c', ids]),
        '1234\n55\n55 66\n/',
      );
      fails(await podman.once(['--user=user'], ['sh', '-c', 'echo x >/etc/passwd']), 1, /Permission denied/);
      prints(
        await podman.once(['--user=user'], ['sh', '-c', 'echo x >/tmp/f; stat -c %u:%g /tmp/f']),
        '1000:1000',
      );
      fails(await podman.once(['--user=nobody-of-that-name'], ['true']), 126, /unable to find user/);
    },
  ],
  [
    '--entrypoint',
    async (podman) => {
      prints(await podman.once(['--entrypoint=/bin/echo'], ['a', 'b']), 'a b');
      prints(await podman.once(['--entrypoint=["/bin/sh","-c"]'], ['echo $((6*7))']), '42');
    },
  ],
  [
    '--hostname, and a name of its own without it',
    async (podman) => {
      prints(
        await podman.once(['--hostname=castle'], ['sh', '-c', 'hostname; cat /etc/hostname']),
        'castle\ncastle',
      );
      assert.match(succeeds(await podman.once([], ['hostname'])), /^[0-9a-f]{12}$/);
      fails(await podman.once([], ['hostname', 'another']), 1, /not permitted/);
    },
  ],
  [
    '--umask, --oom-score-adj, --tz',
    async (podman) => {
      prints(
        await podman.once(['--umask=0077'], ['sh', '-c', 'umask; touch /tmp/f; stat -c %a /tmp/f']),
        '0077\n600',
      );
      prints(await podman.once(['--oom-score-adj=500'], ['cat', '/proc/self/oom_score_adj']), '500');
    },
  ],
  [
    '--ulimit',
    async (podman) => {
      const show = ['sh', '-c', 'ulimit -Sn; ulimit -Hn; ulimit -Sc'];
      // Without it podman asks for more processes than root may have everywhere.
      const nproc = '--ulimit=nproc=1000:1000';
      prints(await podman.once(['--ulimit=nofile=100:200', '--ulimit=core=0', nproc], show), '100\n200\n0');
    },
  ],
  [
    '--cap-drop and --cap-add',
    async (podman) => {
      const show = ['grep', '-E', '^Cap(Eff|Bnd|Prm)', '/proc/self/status'];
      const sets = (value: string): string =>
        ['Prm', 'Eff', 'Bnd'].map((set) => `Cap${set}:\t${value}`).join('\n');
      prints(await podman.once(['--cap-drop=all'], show), sets('0000000000000000'));
      prints(await podman.once(['--cap-drop=all', '--cap-add=chown,kill'], show), sets('0000000000000021'));
      succeeds(await podman.once([], ['chown', '5', '/srv/hello']));
      fails(await podman.once(['--cap-drop=chown'], ['chown', '5', '/srv/hello']), 1, /not permitted/);
      fails(await podman.once([], ['mount', '-t', 'tmpfs', 'x', '/srv']), 1, /denied|not permitted|must be/);
    },
  ],
  [
    '--security-opt no-new-privileges',
    async (podman) => {
      const show = ['grep', 'NoNewPrivs', '/proc/self/status'];
      prints(await podman.once(['--security-opt=no-new-privileges'], show), 'NoNewPrivs:\t1');
      prints(await podman.once([], show), 'NoNewPrivs:\t0');
    },
  ],
  [
    '--security-opt seccomp: a profile of one’s own, the default, none',
    async (podman) => {
      const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 28 };
      const profile = {
        defaultAction: 'SCMP_ACT_ALLOW',
        architectures: ['SCMP_ARCH_X86_64'],
        syscalls: [rule],
      };
      const path = await podman.room.write('profile.json', JSON.stringify(profile));
      const strict = [`--security-opt=seccomp=${path}`];
      fails(await podman.once(strict, ['mkdir', '/tmp/d']), 1, /No space left/);
      prints(
        await podman.once(strict, ['sh', '-c', 'echo fine; grep -w Seccomp: /proc/self/status']),
        'fine\nSeccomp:\t2',
      );
      succeeds(await podman.once([], ['mkdir', '/tmp/d']));
      const show = ['grep', '-w', 'Seccomp:', '/proc/self/status'];
      prints(await podman.once(['--security-opt=seccomp=unconfined'], show), 'Seccomp:\t0');
    },
  ],
  [
    '--init: a first process that collects orphans',
    async (podman) => {
      const script =
        '(sh -c "sleep 0.1 &"); sleep 0.5; tr "\\0" " " </proc/1/cmdline; ps -o stat | grep -c Z';
      const { stdout } = await podman.once(['--init'], ['sh', '-c', script]);
      assert.match(stdout, /catatonit|\/dev\/init|podman-init/);
      assert.match(stdout, /\n?0\n$/);
      fails(await podman.once(['--init'], ['sh', '-c', 'exit 9']), 9);
    },
  ],
  [
    '--privileged',
    async (podman) => {
      const script = 'mount -t tmpfs none /srv && touch /srv/f && ls /srv; grep CapEff /proc/self/status';
      assert.match(
        succeeds(await podman.once(['--privileged'], ['sh', '-c', script])),
        /^f\nCapEff:\t0*1f{3}[ef]f{6}$/,
      );
    },
  ],
  [
    '--stop-signal and the signal that podman run passes on',
    async (podman) => {
      const name = podman.name();
      const script = 'trap "echo got it; exit 3" TERM; echo ready; while :; do sleep 1000 & wait; done';
      const words = ['run', '--rm', '--name', name, '--network=none', IMAGE, 'sh', '-c', script];
      const running = podman.run(words);
      await podman.wrote(name, /ready/);
      succeeds(await podman.room.run(['pkill', '-TERM', '-f', `^podman .* --name ${name} `]));
      const { status, stdout } = await running;
      assert.deepEqual([status, stdout], [3, 'ready\ngot it\n']);
    },
  ],
  ['nothing is left of them', (podman) => podman.assertNothingLeft()],
];

runSteps({
  title: 'podman run: process',
  programs: podmanPrograms,
  unpacked: podmanUnpacked,
  open: () => Podman.open(),
  steps: [...streams, ...process],
});
