/** `docker run`: what a program is given, and how its end is told. */
import assert from 'node:assert/strict';
import { groupValue } from './cgroups.js';
import { Docker, dockerUnpacked, IMAGE } from './docker.js';
import { fails, prints, refuses, runSteps, type Step, succeeds } from './steps.js';

const sh = (script: string): string[] => ['sh', '-c', script];

const given: Step<Docker>[] = [
  [
    'run: output, errors, status',
    async (docker) => {
      const result = await docker.once([], sh('echo out; echo err >&2; exit 7'));
      assert.deepEqual([result.status, result.stdout, result.stderr], [7, 'out\n', 'err\n']);
    },
  ],
  [
    'run -i: standard input, and its end',
    async (docker) =>
      prints(await docker.once(['-i'], ['wc', '-c'], { stdin: 'x'.repeat(300_000) }), '300000'),
  ],
  [
    'run -it: a terminal, its size, and the status',
    async (docker) => {
      const terminal = await docker.terminal(['run', '-it', '--rm', '--network=none', IMAGE, 'sh']);
      await terminal.expect(/# /);
      terminal.send('sleep 0.5; tty; stty size; test -t 0 && echo on-a-"terminal"\n');
      await terminal.expect(/\/dev\/(pts\/\d+|console)\r\n/);
      await terminal.expect(/24 80\r\n/);
      await terminal.expect(/on-a-terminal/);
      terminal.resize();
      terminal.send('sleep 0.5; stty size; exit 5\n');
      await terminal.expect(/50 132\r\n/);
      assert.equal(await terminal.end(), 5);
    },
  ],
  [
    'what cannot be run is 127 or 126, wrong flags 125, signals 128 and their number',
    async (docker) => {
      fails(await docker.once([], ['no-such-program']), 127, /executable file not found in \$PATH/);
      fails(await docker.once([], ['/no/such/program']), 127, /no such file or directory/);
      fails(await docker.once([], ['/etc/passwd']), 126, /permission denied/);
      fails(await docker.once(['--no-such-flag'], ['true']), 125);
      fails(await docker.once([], sh('sh -c "kill -KILL \\$\\$"; exit $?')), 137);
    },
  ],
  [
    '--env, --workdir, --entrypoint, --hostname',
    async (docker) => {
      prints(
        await docker.once(['--env=WORD=a b', '--workdir=/made/here'], sh('echo $WORD; pwd')),
        'a b\n/made/here',
      );
      prints(await docker.once(['--entrypoint=/bin/echo'], ['a', 'b']), 'a b');
      prints(await docker.once(['--hostname=castle'], sh('hostname; cat /etc/hostname')), 'castle\ncastle');
    },
  ],
  [
    '--user and --group-add',
    async (docker) => {
      prints(await docker.once(['--user=user'], sh('id -u; id -g; id -G')), '1000\n1000\n1000 2000');
      prints(await docker.once(['--user=1234:55', '--group-add=66'], sh('id -u; id -G')), '1234\n55 66');
      fails(await docker.once(['--user=user'], sh('echo x >/etc/passwd')), 1, /Permission denied/);
    },
  ],
  [
    '--read-only and --tmpfs',
    async (docker) => {
      fails(await docker.once(['--read-only'], ['touch', '/srv/f']), 1, /Read-only/);
      const flags = ['--read-only', '--tmpfs=/fresh:size=1m,mode=1770'];
      prints(
        await docker.once(flags, sh('touch /fresh/f; stat -c %a /fresh; df -k /fresh | grep -cw 1024')),
        '1770\n1',
      );
    },
  ],
  [
    '--volume and --mount: directories and volumes',
    async (docker) => {
      const path = await docker.room.write('volume/file', 'of the host\n');
      const directory = path.slice(0, path.lastIndexOf('/'));
      prints(
        await docker.once([`-v=${directory}:/data`], sh('cat /data/file; echo new >/data/new')),
        'of the host',
      );
      prints(await docker.room.run(['cat', `${directory}/new`]), 'new');
      fails(await docker.once([`-v=${directory}:/data:ro`], ['touch', '/data/f']), 1, /Read-only/);
      prints(
        await docker.once(['-v=kept:/srv'], sh('echo more >/srv/more; cat /srv/hello')),
        'hello from the image',
      );
      prints(
        await docker.once(['--mount=type=volume,source=kept,target=/other'], ['ls', '/other']),
        'hello\nmore',
      );
      prints(
        await docker.once(['--mount=type=tmpfs,target=/t,tmpfs-size=65536'], sh('df -k /t | grep -cw 64')),
        '1',
      );
      succeeds(await docker.run(['volume', 'rm', 'kept']));
    },
  ],
  [
    '--cap-drop, --cap-add, no-new-privileges',
    async (docker) => {
      const show = ['grep', 'CapEff', '/proc/self/status'];
      prints(await docker.once(['--cap-drop=ALL'], show), 'CapEff:\t0000000000000000');
      prints(await docker.once(['--cap-drop=ALL', '--cap-add=CHOWN'], show), 'CapEff:\t0000000000000001');
      const flags = ['--security-opt=no-new-privileges'];
      prints(await docker.once(flags, ['grep', 'NoNewPrivs', '/proc/self/status']), 'NoNewPrivs:\t1');
    },
  ],
  [
    '--privileged',
    async (docker) =>
      prints(
        await docker.once(['--privileged'], sh('mount -t tmpfs none /srv && touch /srv/f && ls /srv')),
        'f',
      ),
  ],
  [
    '--security-opt seccomp: a profile of one’s own, the default, none',
    async (docker) => {
      const rule = { names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 28 };
      const profile = {
        defaultAction: 'SCMP_ACT_ALLOW',
        architectures: ['SCMP_ARCH_X86_64'],
        syscalls: [rule],
      };
      const path = await docker.room.write('profile.json', JSON.stringify(profile));
      fails(await docker.once([`--security-opt=seccomp=${path}`], ['mkdir', '/tmp/d']), 1, /No space left/);
      const show = ['grep', '-w', 'Seccomp:', '/proc/self/status'];
      prints(await docker.once([], show), 'Seccomp:\t2');
      prints(await docker.once(['--security-opt=seccomp=unconfined'], show), 'Seccomp:\t0');
    },
  ],
  [
    '--ulimit, --shm-size, --sysctl, --oom-score-adj',
    async (docker) => {
      prints(await docker.once(['--ulimit=nofile=100:200'], sh('ulimit -Sn; ulimit -Hn')), '100\n200');
      prints(await docker.once(['--shm-size=1m'], sh('df -k /dev/shm | grep -cw 1024')), '1');
      prints(await docker.once(['--sysctl=kernel.msgmax=4321'], ['cat', '/proc/sys/kernel/msgmax']), '4321');
      prints(await docker.once(['--oom-score-adj=500'], ['cat', '/proc/self/oom_score_adj']), '500');
    },
  ],
  [
    '--device',
    async (docker) =>
      prints(
        await docker.once(['--device=/dev/zero:/dev/nought'], sh('head -c 2 /dev/nought | od -An -tx1')),
        ' 00 00',
      ),
  ],
  [
    '--init: a first process that collects orphans',
    async (docker) => {
      const script =
        '(sh -c "sleep 0.1 &"); sleep 0.5; tr "\\0" " " </proc/1/cmdline; echo; ps -o stat | grep -c Z';
      const { stdout } = await docker.once(['--init'], sh(script));
      assert.match(stdout, /docker-init.*\n0\n$/);
    },
  ],
  [
    '--memory: set, a program of most of its size runs, and what is too large is killed',
    async (docker) => {
      await docker.with(['--memory=64m'], async (name) => {
        assert.equal(
          groupValue(await docker.pid(name), 'memory', 'memory.limit_in_bytes', 'memory.max'),
          String(64 << 20),
        );
      });
      prints(
        await docker.once(
          ['--memory=64m'],
          sh('dd if=/dev/zero of=/dev/null bs=50M count=1 2>/dev/null && echo ran'),
        ),
        'ran',
      );
      const name = docker.name();
      const eat = 'dd if=/dev/zero of=/dev/null bs=300M count=1'.split(' ');
      assert.equal(
        (await docker.run(['run', '--name', name, '--network=none', '--memory=64m', IMAGE, ...eat])).status,
        137,
      );
      assert.equal(await docker.inspect(name, '{{.State.OOMKilled}} {{.State.ExitCode}}'), 'true 137');
      await docker.remove(name);
    },
  ],
  [
    '--pids-limit and --cpus',
    async (docker) => {
      const script =
        'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 3 & done; echo all; kill $(jobs -p)';
      assert.match(
        (await docker.once(['--pids-limit=10'], sh(script))).stderr,
        /can't fork|Resource temporarily/,
      );
      await docker.with(['--cpus=0.5'], async (name) => {
        assert.match(groupValue(await docker.pid(name), 'cpu', 'cpu.cfs_quota_us', 'cpu.max'), /^50000\b/);
      });
    },
  ],
  [
    'masked and read-only paths of /proc',
    async (docker) => {
      prints(
        await docker.once([], sh('cat /proc/kcore /proc/keys 2>/dev/null | wc -c; ls /sys/firmware | wc -l')),
        '0\n0',
      );
      fails(await docker.once([], sh('echo 1 >/proc/sys/kernel/shmmni')), 1, /Read-only/);
    },
  ],
];

const networks: Step<Docker>[] = [
  [
    '--network=none and --network=host',
    async (docker) => {
      prints(await docker.once([], ['ls', '/sys/class/net']), 'lo');
      await docker.with(['--network=host'], async () => {
        const wget =
          'i=0; until wget -qO- http://127.0.0.1:8088/hello 2>/dev/null || [ $i -gt 40 ]; do i=$((i+1)); sleep 0.1; done';
        prints(await docker.room.run(['busybox', 'sh', '-c', wget]), 'hello from the image');
        prints(
          await docker.run(['run', '--rm', '--network=host', IMAGE, ...sh(wget)]),
          'hello from the image',
        );
      }, ['httpd', '-f', '-p', '8088', '-h', '/srv']);
    },
  ],
  [
    'a bridge: an address, a way out and in, -p of TCP and UDP',
    async (docker) => {
      await docker.with(
        ['--network=bridge', '-p', '8080:80', '-p', '8053:53/udp'],
        async (name) => {
          const address = await docker.inspect(name, '{{.NetworkSettings.IPAddress}}');
          const wget = (url: string): string[] =>
            sh(`i=0; until wget -qO- ${url} 2>/dev/null || [ $i -gt 40 ]; do i=$((i+1)); sleep 0.1; done`);
          const outside = (url: string): string[] => ['busybox', ...wget(url)];
          prints(await docker.room.run(outside(`http://${address}/hello`)), 'hello from the image');
          prints(await docker.room.run(outside('http://127.0.0.1:8080/hello')), 'hello from the image');
          prints(
            await docker.run(['run', '--rm', IMAGE, ...wget(`http://${address}/hello`)]),
            'hello from the image',
          );
          prints(
            await docker.run([
              'exec',
              name,
              ...sh('ping -c 1 -q -W 5 172.17.0.1 | grep -c " 0% packet loss"'),
            ]),
            '1',
          );
          const ask = `
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.settimeout(1)
    for i in range(5):
        s.sendto(b"ask", ("127.0.0.1", 8053))
        try: print(s.recv(10).decode()); break
        except TimeoutError: pass`;
          prints(await docker.room.run(['python3', '-c', ask]), 'ask');
        },
        sh('/bin/udp-echo 53 & exec httpd -f -p 80 -h /srv'),
      );
    },
  ],
  [
    'a network of one’s own: names of containers, connect and disconnect',
    async (docker) => {
      succeeds(await docker.run(['network', 'create', '--subnet=10.78.5.0/24', 'ours']));
      await docker.with(
        ['--network=ours', '--network-alias=web'],
        async (name) => {
          for (const host of ['web', name]) {
            const wget = `i=0; until wget -qO- http://${host}/hello 2>/dev/null || [ $i -gt 40 ]; do i=$((i+1)); sleep 0.1; done`;
            prints(
              await docker.run(['run', '--rm', '--network=ours', IMAGE, ...sh(wget)]),
              'hello from the image',
            );
          }
          succeeds(await docker.run(['network', 'connect', 'bridge', name]));
          prints(await docker.run(['exec', name, 'ls', '/sys/class/net']), 'eth0\neth1\nlo');
          succeeds(await docker.run(['network', 'disconnect', 'bridge', name]));
        },
        ['httpd', '-f', '-p', '80', '-h', '/srv'],
      );
      succeeds(await docker.run(['network', 'rm', 'ours']));
    },
  ],
  [
    '--network, --pid and --ipc of another container',
    async (docker) => {
      await docker.with(
        ['--ipc=shareable'],
        async (name) => {
          const wget =
            'i=0; until wget -qO- http://127.0.0.1/hello 2>/dev/null || [ $i -gt 40 ]; do i=$((i+1)); sleep 0.1; done';
          prints(
            await docker.run(['run', '--rm', `--network=container:${name}`, IMAGE, ...sh(wget)]),
            'hello from the image',
          );
          assert.match(
            succeeds(await docker.once([`--pid=container:${name}`], ['ps', '-o', 'args'])),
            /^httpd -f/m,
          );
          succeeds(await docker.run(['exec', name, ...sh('echo shared >/dev/shm/f')]));
          prints(await docker.once([`--ipc=container:${name}`], ['cat', '/dev/shm/f']), 'shared');
        },
        ['httpd', '-f', '-p', '80', '-h', '/srv'],
      );
    },
  ],
  [
    'build: RUN, COPY, USER',
    async (docker) => {
      const lines = [
        `FROM ${IMAGE}`,
        'COPY file /srv/file',
        'RUN cat /srv/file && mkdir /made',
        'USER user',
        'RUN id -u >/tmp/id',
        'CMD cat /srv/file /tmp/id',
      ];
      await docker.room.write('build/file', 'from the context\n');
      const file = await docker.room.write('build/Dockerfile', `${lines.join('\n')}\n`);
      const context = file.slice(0, file.lastIndexOf('/'));
      assert.match(succeeds(await docker.run(['build', '-t', 'built', context])), /from the context\n/);
      prints(await docker.run(['run', '--rm', '--network=none', 'built']), 'from the context\n1000');
      await docker.room.write('broken/Dockerfile', `FROM ${IMAGE}\nRUN exit 3\n`);
      refuses(await docker.run(['build', context.replace(/build$/, 'broken')]), /non-zero code: 3/);
    },
  ],
  [
    'five containers at once',
    async (docker) => {
      const all = Array.from({ length: 5 }, (_, i) => docker.once([], ['echo', `number ${i}`]));
      const outputs = (await Promise.all(all)).map((result) => succeeds(result));
      assert.deepEqual(
        outputs,
        Array.from({ length: 5 }, (_, i) => `number ${i}`),
      );
    },
  ],
  ['nothing is left of them', (docker) => docker.assertNothingLeft()],
];

runSteps({
  title: 'docker run',
  programs: ['python3'],
  unpacked: dockerUnpacked,
  open: () => Docker.open(),
  steps: [...given, ...networks],
});
