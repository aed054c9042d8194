/** podman: networks, containers that share namespaces, pods, Kubernetes' files, and builds. */
import assert from 'node:assert/strict';
import { IMAGE, Podman, podmanPrograms, podmanUnpacked } from './podman.js';
import { eventually, fails, prints, refuses, runSteps, type Step, succeeds } from './steps.js';

const sh = (script: string): string[] => ['sh', '-c', script];
const SERVER = ['httpd', '-f', '-p', '80', '-h', '/srv'];
const HELLO = 'hello from the image';

/** Asks a web server, which may take its time to be there. @param wget the program that asks */
const fetch = (url: string, wget = 'wget'): string[] =>
  sh(`i=0; until ${wget} -qO- ${url} 2>/dev/null; do i=$((i+1)); [ $i -lt 40 ] || exit 9; sleep 0.1; done`);
const fetchOutside = (url: string): string[] => fetch(url, 'busybox wget');

const networks: Step<Podman>[] = [
  [
    '--network=none: a loopback device and no more',
    async (podman) => {
      prints(
        await podman.once([], sh('ls /sys/class/net; ping -c 1 -q 127.0.0.1 | grep -c "0% packet loss"')),
        'lo\n1',
      );
      fails(await podman.once([], ['wget', '-qO-', 'http://10.88.0.1/']), 1, /unreachable|can't connect/i);
    },
  ],
  [
    '--network=host: both ways, and the host’s addresses',
    async (podman) => {
      await podman.with(['--network=host'], async () => {
        prints(await podman.room.run(fetchOutside('http://127.0.0.1:8088/hello')), HELLO);
        const again = ['run', '--rm', '--network=host', IMAGE, ...fetch('http://127.0.0.1:8088/hello')];
        prints(await podman.run(again), HELLO);
      }, ['httpd', '-f', '-p', '8088', '-h', '/srv']);
    },
  ],
  [
    'a bridge: an address, a way out, and in',
    async (podman) => {
      await podman.with(
        ['--network=podman'],
        async (name) => {
          const address = await podman.inspect(name, '{{.NetworkSettings.IPAddress}}');
          assert.match(address, /^10\.88\./);
          const addresses = succeeds(
            await podman.run(['exec', name, 'ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0']),
          );
          assert.ok(addresses.includes(` ${address}/16 `), addresses);
          assert.match(
            succeeds(await podman.run(['exec', name, 'ip', 'route'])),
            /^default via 10\.88\.0\.1 dev eth0/,
          );
          prints(await podman.room.run(fetchOutside(`http://${address}/hello`)), HELLO);
          podman.room.daemon(['busybox', 'httpd', '-f', '-p', '10.88.0.1:8099', '-h', podman.root]);
          prints(await podman.run(['exec', name, ...fetch('http://10.88.0.1:8099/srv/hello')]), HELLO);
          prints(
            await podman.run([
              'exec',
              name,
              ...sh('ping -c 1 -q -W 5 10.88.0.1 | grep -c " 0% packet loss"'),
            ]),
            '1',
          );
        },
        SERVER,
      );
    },
  ],
  [
    '-p: published ports of TCP and UDP',
    async (podman) => {
      const flags = ['--network=podman', '-p', '8080:80', '-p', '127.0.0.1:8053:53/udp'];
      await podman.with(
        flags,
        async (name) => {
          prints(await podman.room.run(fetchOutside('http://127.0.0.1:8080/hello')), HELLO);
          prints(await podman.room.run(fetchOutside('http://10.88.0.1:8080/hello')), HELLO);
          assert.match(succeeds(await podman.run(['port', name, '80/tcp'])), /:8080$/);
          const ask = `
import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.settimeout(1)
    for i in range(5):
        s.sendto(b"ask", ("127.0.0.1", 8053))
        try: print(s.recv(10).decode()); break
        except TimeoutError: pass`;
          prints(await podman.room.run(['python3', '-c', ask]), 'ask');
        },
        sh(`/bin/udp-echo 53 & exec ${SERVER.join(' ')}`),
      );
    },
  ],
  [
    'a network of one’s own: names, a fixed address, an address of the device',
    async (podman) => {
      succeeds(await podman.run(['network', 'create', '--subnet=10.77.5.0/24', 'ours']));
      const flags = [
        '--network=ours',
        '--ip=10.77.5.9',
        '--mac-address=92:d0:c6:0a:29:33',
        '--network-alias=web',
      ];
      await podman.with(
        flags,
        async (name) => {
          const other = ['run', '--rm', '--network=ours', IMAGE];
          prints(await podman.run([...other, ...fetch('http://10.77.5.9/hello')]), HELLO);
          prints(await podman.run([...other, ...fetch('http://web/hello')]), HELLO);
          prints(await podman.run([...other, ...fetch(`http://${name}/hello`)]), HELLO);
          prints(await podman.run(['exec', name, 'cat', '/sys/class/net/eth0/address']), '92:d0:c6:0a:29:33');
        },
        SERVER,
      );
      succeeds(await podman.run(['network', 'rm', 'ours']));
    },
  ],
  [
    'network connect and disconnect, while it runs',
    async (podman) => {
      succeeds(await podman.run(['network', 'create', '--subnet=10.77.6.0/24', 'later']));
      await podman.with(
        ['--network=podman'],
        async (name) => {
          succeeds(await podman.run(['network', 'connect', '--ip=10.77.6.8', 'later', name]));
          prints(await podman.run(['exec', name, 'ls', '/sys/class/net']), 'eth0\neth1\nlo');
          prints(await podman.room.run(fetchOutside('http://10.77.6.8/hello')), HELLO);
          succeeds(await podman.run(['network', 'disconnect', 'later', name]));
          prints(await podman.run(['exec', name, 'ls', '/sys/class/net']), 'eth0\nlo');
        },
        SERVER,
      );
      succeeds(await podman.run(['network', 'rm', 'later']));
    },
  ],
];

const shared: Step<Podman>[] = [
  [
    '--network=container: one network for two',
    async (podman) => {
      await podman.with(
        ['--network=podman'],
        async (name) => {
          const other = ['run', '--rm', `--network=container:${name}`, IMAGE];
          prints(await podman.run([...other, ...fetch('http://127.0.0.1/hello')]), HELLO);
          const address = await podman.inspect(name, '{{.NetworkSettings.IPAddress}}');
          assert.ok(succeeds(await podman.run([...other, 'ip', 'addr'])).includes(` ${address}/16 `));
        },
        SERVER,
      );
    },
  ],
  [
    '--network=container, of one without a network: its loopback device',
    async (podman) => {
      await podman.with(
        [],
        async (name) => {
          const other = ['run', '--rm', `--network=container:${name}`, IMAGE];
          prints(await podman.run([...other, ...fetch('http://127.0.0.1/hello')]), HELLO);
        },
        SERVER,
      );
    },
  ],
  [
    '--pid=container: the other’s processes are seen, and can be ended',
    async (podman) => {
      await podman.with(
        [],
        async (name) => {
          const other = ['run', '--rm', '--network=none', `--pid=container:${name}`, IMAGE];
          assert.match(
            succeeds(await podman.run([...other, 'ps', '-o', 'pid,args'])),
            /^\s*\d+ sleep 4321$/m,
          );
          // With pid 1 goes everything in its namespace, perhaps the one who has ended it too.
          const { status } = await podman.run([...other, ...sh('kill -TERM 1')]);
          assert.ok(status === 0 || status === 137, `status ${status}`);
          prints(await podman.run(['wait', name]), '6');
        },
        sh('trap "exit 6" TERM; while :; do sleep 4321 & wait; done'),
      );
    },
  ],
  [
    '--ipc=container: shared memory of both kinds',
    async (podman) => {
      await podman.with(['--ipc=shareable'], async (name) => {
        succeeds(await podman.run(['exec', name, ...sh('echo shared >/dev/shm/f')]));
        const other = ['run', '--rm', '--network=none', `--ipc=container:${name}`, IMAGE];
        prints(await podman.run([...other, 'cat', '/dev/shm/f']), 'shared');
      });
    },
  ],
  [
    '--uts=container: one name',
    async (podman) => {
      await podman.with(['--hostname=keep'], async (name) => {
        prints(
          await podman.run(['run', '--rm', '--network=none', `--uts=container:${name}`, IMAGE, 'hostname']),
          'keep',
        );
      });
    },
  ],
  [
    'a pod: network, names and IPC are shared, files are not, ports are published',
    async (podman) => {
      succeeds(await podman.run(['pod', 'create', '--name=both', '--hostname=pair', '-p', '8070:80']));
      await podman.with(
        ['--pod=both'],
        async (name) => {
          const second = ['run', '--rm', '--pod=both', IMAGE];
          prints(await podman.run([...second, ...fetch('http://127.0.0.1/hello')]), HELLO);
          prints(await podman.run([...second, 'hostname']), 'pair');
          prints(await podman.room.run(fetchOutside('http://127.0.0.1:8070/hello')), HELLO);
          succeeds(await podman.run(['exec', name, ...sh('echo x >/dev/shm/f; echo x >/srv/f')]));
          prints(await podman.run([...second, ...sh('ls /dev/shm /srv')]), '/dev/shm:\nf\n\n/srv:\nhello');
        },
        SERVER,
      );
      succeeds(await podman.run(['pod', 'rm', '-f', '-t', '0', 'both']));
    },
  ],
  [
    'a pod: stop, start, pause, kill and remove all of it',
    async (podman) => {
      succeeds(await podman.run(['pod', 'create', '--name=group', '--network=none']));
      const state = async (): Promise<string> =>
        succeeds(await podman.run(['pod', 'inspect', '--format', '{{.State}}', 'group']));
      await podman.with(['--pod=group'], async (name) => {
        assert.equal(await state(), 'Running');
        succeeds(await podman.run(['pod', 'stop', '-t', '0', 'group']));
        assert.equal(await state(), 'Exited');
        succeeds(await podman.run(['pod', 'start', 'group']));
        prints(await podman.run(['exec', name, 'echo', 'again']), 'again');
        succeeds(await podman.run(['pod', 'pause', 'group']));
        assert.equal(await podman.inspect(name, '{{.State.Status}}'), 'paused');
        succeeds(await podman.run(['pod', 'unpause', 'group']));
        assert.match(succeeds(await podman.run(['pod', 'top', 'group', 'args'])), /sleep 1000/);
        succeeds(await podman.run(['pod', 'kill', 'group']));
        await eventually(
          'it has ended',
          async () => (await podman.inspect(name, '{{.State.Status}}')) === 'exited',
        );
      });
      succeeds(await podman.run(['pod', 'rm', '-f', '-t', '0', 'group']));
    },
  ],
  [
    'a pod without a container that holds it',
    async (podman) => {
      succeeds(await podman.run(['pod', 'create', '--infra=false', '--name=loose']));
      for (const word of ['one', 'two']) {
        prints(await podman.run(['run', '--rm', '--pod=loose', '--network=none', IMAGE, 'echo', word]), word);
      }
      await podman.with(['--pod=loose', '--network=none'], async (name) => {
        prints(await podman.run(['exec', name, 'echo', 'three']), 'three');
      });
      succeeds(await podman.run(['pod', 'rm', '-f', 'loose']));
    },
  ],
  [
    'a pod that shares processes',
    async (podman) => {
      succeeds(
        await podman.run(['pod', 'create', '--name=seen', '--share=pid,net,ipc,uts', '--network=none']),
      );
      await podman.with(['--pod=seen'], async () => {
        const seen = succeeds(await podman.run(['run', '--rm', '--pod=seen', IMAGE, 'ps', '-o', 'pid,args']));
        assert.match(seen, /sleep 1000/);
        assert.match(seen, /^\s*1 .*(pause|catatonit)/m);
      });
      succeeds(await podman.run(['pod', 'rm', '-f', '-t', '0', 'seen']));
    },
  ],
  [
    'kube play and down: two containers',
    async (podman) => {
      const container = (name: string, script: string): object => ({
        name,
        image: IMAGE,
        command: sh(script),
        env: [{ name: 'WORD', value: name }],
        volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
        resources: { limits: { memory: '128Mi' } },
      });
      const spec = {
        containers: [
          container('server', 'echo $WORD >/scratch/word; exec httpd -f -p 80 -h /srv'),
          container(
            'client',
            `${fetch('http://127.0.0.1/hello')[2]}; until cat /scratch/word; do sleep 0.1; done; exec sleep 1000`,
          ),
        ],
        volumes: [{ name: 'scratch', emptyDir: {} }],
      };
      const file = await podman.room.write(
        'pod.yaml',
        JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'duo' }, spec }),
      );
      succeeds(await podman.run(['kube', 'play', file]));
      await podman.wrote('duo-client', /^hello from the image\n([\s\S]*\n)?server\n$/);
      succeeds(await podman.run(['kube', 'down', file]));
      refuses(await podman.run(['inspect', '--type=container', 'duo-client']), /no such/);
    },
  ],
];

const builds: Step<Podman>[] = [
  [
    'build: RUN in both forms, COPY, USER, ENV, WORKDIR',
    async (podman) => {
      const lines = [
        `FROM ${IMAGE}`,
        'COPY file /srv/file',
        'ENV WORD=built',
        'RUN cat /srv/file && echo $WORD >/srv/word && mkdir /made',
        'RUN ["sh", "-c", "id -u"]',
        'USER user',
        'WORKDIR /made',
        'RUN echo I am $(id -u) in $(pwd)',
        'CMD ["cat", "/srv/word", "/srv/file"]',
      ];
      await podman.room.write('build/file', 'from the context\n');
      const file = await podman.room.write('build/Containerfile', `${lines.join('\n')}\n`);
      const context = file.slice(0, file.lastIndexOf('/'));
      const result = await podman.run([
        'build',
        '--isolation=oci',
        '--network=none',
        '-t',
        'localhost/built',
        context,
      ]);
      assert.match(succeeds(result), /from the context\n/);
      assert.match(result.stdout, /I am 1000 in \/made/);
      prints(
        await podman.run(['run', '--rm', '--network=none', 'localhost/built']),
        'built\nfrom the context',
      );
    },
  ],
  [
    'build: a RUN that fails, fails the build with its status',
    async (podman) => {
      const file = await podman.room.write('broken/Containerfile', `FROM ${IMAGE}\nRUN exit 3\n`);
      const context = file.slice(0, file.lastIndexOf('/'));
      const result = await podman.run(['build', '--isolation=oci', '--network=none', context]);
      fails(result, 3, /exit status 3/);
    },
  ],
  [
    'build: several stages, with a volume and a cache',
    async (podman) => {
      const lines = [
        `FROM ${IMAGE} AS first`,
        'RUN --mount=type=cache,target=/cache echo kept >/cache/f; echo made >/product',
        `FROM ${IMAGE}`,
        'COPY --from=first /product /product',
        'RUN --mount=type=cache,target=/cache cat /cache/f /volume/g /product',
      ];
      await podman.room.write('stages/volume/g', 'mounted\n');
      const file = await podman.room.write('stages/Containerfile', `${lines.join('\n')}\n`);
      const context = file.slice(0, file.lastIndexOf('/'));
      const flags = ['--isolation=oci', '--network=podman', `--volume=${context}/volume:/volume`];
      assert.match(succeeds(await podman.run(['build', ...flags, context])), /^kept\nmounted\nmade$/m);
    },
  ],
  [
    'build: RUN with the network',
    async (podman) => {
      const file = await podman.room.write(
        'online/Containerfile',
        `FROM ${IMAGE}\nRUN ip -4 -o addr show dev eth0\n`,
      );
      const context = file.slice(0, file.lastIndexOf('/'));
      const result = await podman.run(['build', '--isolation=oci', '--network=podman', context]);
      assert.match(succeeds(result), /eth0 +inet 10\.88\./);
    },
  ],
  ['nothing is left of them', (podman) => podman.assertNothingLeft()],
];

runSteps({
  title: 'podman: networks, pods, builds',
  programs: [...podmanPrograms, 'python3'],
  unpacked: podmanUnpacked,
  open: () => Podman.open(),
  steps: [...networks, ...shared, ...builds],
});
