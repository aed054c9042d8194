/** `podman run`: files, volumes, devices, limits and namespaces that a program is given. */
import assert from 'node:assert/strict';
import { groupOf, groupValue } from './cgroups.js';
import { IMAGE, Podman, podmanPrograms, podmanUnpacked } from './podman.js';
import { eventually, fails, prints, refuses, runSteps, type Step, succeeds } from './steps.js';

const sh = (script: string): string[] => ['sh', '-c', script];

const files: Step<Podman>[] = [
  [
    '--read-only, with places that are not',
    async (podman) => {
      fails(await podman.once(['--read-only'], sh('touch /srv/f')), 1, /Read-only file system/);
      prints(
        await podman.once(['--read-only'], sh('for d in /tmp /run /dev/shm; do touch $d/f && echo $d; done')),
        '/tmp\n/run\n/dev/shm',
      );
      prints(await podman.once(['--read-only', '--tmpfs=/srv'], sh('touch /srv/f && ls /srv')), 'f\nhello');
    },
  ],
  [
    '--tmpfs: size, mode, and a copy of what was there',
    async (podman) => {
      const flags = ['--tmpfs=/fresh:size=1m,mode=1770,noexec'];
      const script = 'stat -c %a /fresh; df -k /fresh | tail -1 | { read a b c; echo $b; }; ls /fresh';
      prints(await podman.once(flags, sh(script)), '1770\n1024');
      prints(await podman.once(['--tmpfs=/srv'], ['cat', '/srv/hello']), 'hello from the image');
      fails(await podman.once(flags, sh('dd if=/dev/zero of=/fresh/f bs=64k count=32')), 1, /No space left/);
      fails(
        await podman.once(flags, sh('echo "#!/bin/sh" >/fresh/s && chmod 755 /fresh/s && /fresh/s')),
        126,
        /denied/,
      );
    },
  ],
  [
    '--volume: both ways, read-only, a single file',
    async (podman) => {
      const path = await podman.room.write('volume/file', 'of the host\n');
      const directory = path.slice(0, path.lastIndexOf('/'));
      const both = [`--volume=${directory}:/data`];
      prints(await podman.once(both, sh('cat /data/file; echo of the guest >/data/new')), 'of the host');
      prints(await podman.room.run(['cat', `${directory}/new`]), 'of the guest');
      fails(await podman.once([`--volume=${directory}:/data:ro`], sh('echo x >/data/new')), 1, /Read-only/);
      prints(
        await podman.once([`-v=${path}:/srv/hello`], sh('cat /srv/hello; ls /srv')),
        'of the host\nhello',
      );
      fails(await podman.once(['-v=/no/such/place:/data'], ['true']), 125, /no such file/);
    },
  ],
  [
    'volumes of podman: kept, shared, filled from the image, removed',
    async (podman) => {
      succeeds(await podman.run(['volume', 'create', 'kept']));
      succeeds(await podman.once(['-v=kept:/srv'], sh('echo more >/srv/more')));
      await podman.with(['-v=kept:/srv'], async (name) => {
        prints(
          await podman.once(['-v=kept:/other'], sh('cat /other/*; echo live >/other/live')),
          'hello from the image\nmore',
        );
        prints(await podman.run(['exec', name, 'cat', '/srv/live']), 'live');
        prints(await podman.once([`--volumes-from=${name}`], ['cat', '/srv/more']), 'more');
        refuses(await podman.run(['volume', 'rm', 'kept']), /being used/);
      });
      prints(await podman.run(['volume', 'rm', 'kept']), 'kept');
    },
  ],
  [
    '--mount: bind, tmpfs, volume',
    async (podman) => {
      const path = await podman.room.write('mount/file', 'of the host\n');
      const directory = path.slice(0, path.lastIndexOf('/'));
      const bind = `--mount=type=bind,source=${directory},destination=/data,readonly`;
      prints(await podman.once([bind], ['cat', '/data/file']), 'of the host');
      fails(await podman.once([bind], ['touch', '/data/f']), 1, /Read-only/);
      const tmpfs = '--mount=type=tmpfs,destination=/data,tmpfs-size=64k,tmpfs-mode=700';
      prints(
        await podman.once([tmpfs], sh('stat -f -c %T /data; stat -c %a /data; df -k /data | grep -cw 64')),
        'tmpfs\n700\n1',
      );
      prints(
        await podman.once(['--mount=type=volume,destination=/srv'], ['cat', '/srv/hello']),
        'hello from the image',
      );
      prints(
        await podman.once(
          [`--mount=type=image,source=${IMAGE},destination=/image`],
          ['cat', '/image/srv/hello'],
        ),
        'hello from the image',
      );
    },
  ],
  [
    'a secret is a file, or a variable',
    async (podman) => {
      succeeds(await podman.run(['secret', 'create', 'word', '-'], { stdin: 'swordfish' }));
      prints(await podman.once(['--secret=word'], ['cat', '/run/secrets/word']), 'swordfish');
      prints(await podman.once(['--secret=word,type=env,target=WORD'], sh('echo $WORD')), 'swordfish');
      succeeds(await podman.run(['secret', 'rm', 'word']));
    },
  ],
  [
    '--device, and the devices that are always there',
    async (podman) => {
      prints(
        await podman.once(['--device=/dev/zero:/dev/nought'], sh('head -c 3 /dev/nought | od -An -tx1')),
        ' 00 00 00',
      );
      const all = 'null zero full random urandom tty';
      prints(
        await podman.once(
          [],
          sh(`for d in ${all}; do test -c /dev/$d || echo $d; done; ls /dev/pts /dev/shm`),
        ),
        '/dev/pts:\nptmx\n\n/dev/shm:',
      );
      fails(await podman.once([], sh('mknod /tmp/sda b 8 0 && cat /tmp/sda')), 1, /not permitted|denied/);
    },
  ],
  [
    '--shm-size',
    async (podman) => prints(await podman.once(['--shm-size=1m'], sh('df -k /dev/shm | grep -cw 1024')), '1'),
  ],
  [
    'what podman puts into /etc and /run, --add-host and --dns',
    async (podman) => {
      const flags = ['--network=none', '--add-host=far:10.1.2.3'];
      const { stdout } = await podman.run([
        'run',
        '--rm',
        ...flags,
        IMAGE,
        'cat',
        '/etc/hosts',
        '/run/.containerenv',
      ]);
      assert.match(stdout, /10\.1\.2\.3\s+far/);
      const dns = ['run', '--rm', '--network=host', '--dns=10.9.8.7', '--dns-search=example.org', IMAGE];
      const conf = succeeds(await podman.run([...dns, 'cat', '/etc/resolv.conf']));
      assert.match(conf, /search example\.org\nnameserver 10\.9\.8\.7/);
    },
  ],
  [
    'masked and read-only paths of /proc and /sys',
    async (podman) => {
      prints(
        await podman.once([], sh('cat /proc/kcore /proc/keys 2>/dev/null | wc -c; ls /sys/firmware | wc -l')),
        '0\n0',
      );
      fails(await podman.once([], sh('echo 1 >/proc/sys/kernel/shmmni')), 1, /Read-only/);
      fails(await podman.once([], sh('echo b >/proc/sysrq-trigger')), 1, /Read-only|nonexistent|No such/);
    },
  ],
  [
    'mountinfo has the mounts that were asked for',
    async (podman) => {
      const lines = succeeds(
        await podman.once(['--tmpfs=/data', '-v=/srv:/mnt'], ['cat', '/proc/self/mountinfo']),
      ).split('\n');
      const seen = new Map(
        lines.map((line) => [line.split(' ')[4] ?? '', line.split(' - ')[1]?.split(' ')[0] ?? '']),
      );
      const types = {
        '/proc': 'proc',
        '/dev': 'tmpfs',
        '/dev/pts': 'devpts',
        '/dev/mqueue': 'mqueue',
        '/data': 'tmpfs',
        '/sys': 'sysfs',
      };
      for (const [point, type] of Object.entries(types))
        assert.equal(seen.get(point), type, lines.join('\n'));
      for (const point of ['/', '/mnt', '/etc/hosts', '/dev/shm']) assert.ok(seen.has(point), point);
    },
  ],
];

const limits: Step<Podman>[] = [
  [
    '--memory: the limit is set, and a program of most of its size runs',
    async (podman) => {
      await podman.with(['--memory=64m'], async (name) => {
        const pid = await podman.pid(name);
        const limit = groupValue(pid, 'memory', 'memory.limit_in_bytes', 'memory.max');
        assert.equal(limit, String(64 << 20));
      });
      prints(
        await podman.once(
          ['--memory=64m'],
          sh('dd if=/dev/zero of=/dev/null bs=50M count=2 2>/dev/null && echo ran'),
        ),
        'ran',
      );
    },
  ],
  [
    '--memory: what is too large is killed: 137, or the shell says so',
    async (podman) => {
      const flags = ['--memory=32m', '--memory-swap=32m'];
      const alone = ['dd', 'if=/dev/zero', 'of=/dev/null', 'bs=200M', 'count=1'];
      assert.equal((await podman.once(flags, alone)).status, 137);
      // By its own hand: what the sentry writes into a program that has been killed may cost another one its life.
      const eat = `busybox awk 'BEGIN { s = "xxxxxxxx"; for (;;) s = s s }'`;
      prints(await podman.once(flags, sh(`${eat} 2>/dev/null; echo $?; echo alive`)), '137\nalive');
      // conmon notes it in its working directory, and chooses this one.
      await podman.room.run(['rm', '-f', '/oom']);
    },
  ],
  [
    '--pids-limit',
    async (podman) => {
      const script = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 5 & done; echo all';
      const limited = await podman.once(['--pids-limit=10'], sh(`${script}; kill $(jobs -p)`));
      assert.match(limited.stderr, /can't fork|Resource temporarily/);
      assert.match((await podman.once(['--pids-limit=100'], sh(script))).stdout, /all/);
    },
  ],
  [
    '--cpus, --cpu-shares, --cpuset-cpus',
    async (podman) => {
      await podman.with(['--cpus=0.5', '--cpu-shares=512', '--cpuset-cpus=0'], async (name) => {
        const pid = await podman.pid(name);
        assert.match(groupValue(pid, 'cpu', 'cpu.cfs_quota_us', 'cpu.max'), /^50000\b/);
        assert.match(groupValue(pid, 'cpu', 'cpu.shares', 'cpu.weight'), /^(512|20|59)$/);
        assert.equal(groupValue(pid, 'cpuset', 'cpuset.cpus'), '0');
        prints(await podman.run(['exec', name, 'nproc']), '1');
      });
    },
  ],
  [
    '--cpus: half a processor gets half the time',
    async (podman) => {
      const script = 'i=0; while [ $i -lt 100000000 ]; do i=$((i+1)); done';
      const used = async (cpus: string): Promise<number> => {
        const result = await podman.once([`--cpus=${cpus}`], sh(`timeout 1 sh -c '${script}'; times`));
        const [, minutes, seconds] = /\n(\d+)m([\d.]+)s/.exec(result.stdout) ?? [];
        return Number(minutes) * 60 + Number(seconds);
      };
      const little = await used('0.2');
      assert.ok(little > 0.05 && little < 0.5, `${little} s of processor in one second`);
    },
  ],
  [
    '--cgroup-parent, and the container’s own view of it',
    async (podman) => {
      const parent = `tvisor-engines-${process.pid}`;
      await podman.with([`--cgroup-parent=/${parent}`], async (name) => {
        const id = await podman.inspect(name, '{{.Id}}');
        const group = groupOf(await podman.pid(name), 'memory');
        assert.ok(group.endsWith(`/${parent}/libpod-${id}`), group);
        succeeds(await podman.run(['exec', name, 'cat', '/proc/self/cgroup']));
      });
    },
  ],
  [
    '--cgroups=disabled',
    async (podman) => prints(await podman.once(['--cgroups=disabled'], ['echo', 'ran']), 'ran'),
  ],
];

const namespaces: Step<Podman>[] = [
  [
    '--sysctl',
    async (podman) => {
      const flags = ['--sysctl=kernel.msgmax=4321', '--sysctl=net.ipv4.ip_unprivileged_port_start=77'];
      const script = 'cat /proc/sys/kernel/msgmax /proc/sys/net/ipv4/ip_unprivileged_port_start';
      prints(await podman.once(flags, sh(script)), '4321\n77');
      refuses(await podman.once(['--sysctl=kernel.panic=5'], ['true']));
    },
  ],
  [
    '--uidmap: root inside is somebody else outside',
    async (podman) => {
      const flags = ['--uidmap=0:100000:5000', '--gidmap=0:200000:5000'];
      const map = succeeds(await podman.once(flags, ['cat', '/proc/self/uid_map']));
      assert.match(map, /^\s*0\s+100000\s+5000$/);
      prints(
        await podman.once(flags, sh('id -u; touch /tmp/f; stat -c %u:%g /tmp/f /srv/hello')),
        '0\n0:0\n0:0',
      );
    },
  ],
  [
    'a PID namespace of its own: the program is 1 and sees nobody else',
    async (podman) => {
      prints(await podman.once([], sh('echo $$; echo /proc/[0-9]*')), '1\n/proc/1');
      prints(await podman.once([], sh('sleep 0 & wait; kill -TERM 1; echo alive')), 'alive');
    },
  ],
  [
    '--ipc: private objects, and those of the host',
    async (podman) => {
      for (const mode of ['private', 'host']) {
        prints(
          await podman.once(
            [`--ipc=${mode}`],
            sh('ipcs -q | grep -c 0x; touch /dev/shm/f-$$ && rm /dev/shm/f-$$; echo ok'),
          ),
          '0\nok',
        );
      }
    },
  ],
  [
    '--uts=host and --pid=host run',
    async (podman) => {
      prints(
        await podman.once(['--uts=host'], sh('hostname')),
        succeeds(await podman.room.run(['hostname'])),
      );
      prints(await podman.once(['--pid=host'], ['echo', 'ran']), 'ran');
    },
  ],
  [
    'hooks are run, and are told the container’s state',
    async (podman) => {
      const log = `${podman.room.directory}/hooked`;
      const program = await podman.room.write('hook', `#!/bin/sh\necho "$1 $(cat)" >>${log}\n`, '755');
      for (const stage of ['prestart', 'poststart', 'poststop']) {
        const hook = {
          version: '1.0.0',
          hook: { path: program, args: ['hook', stage] },
          when: { always: true },
          stages: [stage],
        };
        await podman.room.write(`hooks.d/${stage}.json`, JSON.stringify(hook));
      }
      succeeds(
        await podman.run([
          '--hooks-dir',
          `${podman.room.directory}/hooks.d`,
          'run',
          '--rm',
          '--network=none',
          IMAGE,
          'sleep',
          '0.5',
        ]),
      );
      await eventually('all hooks have run', async () =>
        /poststop/.test((await podman.room.run(['cat', log])).stdout),
      );
      const told = succeeds(await podman.room.run(['cat', log]));
      assert.match(told, /^prestart \{.*"status":\s*"creat(ing|ed)"/s);
      assert.match(told, /poststart \{.*"status":\s*"running"/s);
      assert.match(told, /"pid":\s*\d+/);
    },
  ],
  ['nothing is left of them', (podman) => podman.assertNothingLeft()],
];

runSteps({
  title: 'podman run: files, limits, namespaces',
  programs: podmanPrograms,
  unpacked: podmanUnpacked,
  open: () => Podman.open(),
  steps: [...files, ...limits, ...namespaces],
});
