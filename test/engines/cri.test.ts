/** Pods as Kubernetes runs them: containerd's CRI plugin with the settings of docs/engines.md, asked as the kubelet asks it. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { scratchDirectory } from '../support/run.js';
import { groupsNamed, removeGroups } from './cgroups.js';
import { containerdUnpacked } from './containerd.js';
import { Cri, type Message } from './cri.js';
import { imageArchive, makeRoot } from './image.js';
import { Room } from './room.js';
import { onlyOneKindOfGroups, runtimeProgram } from './runtime.js';
import { eventually, runSteps, type Step, succeeds } from './steps.js';

const IMAGE = 'localhost/busybox:latest';
const PARENT = `/tvisor-engines-${process.pid}`;

function settings(directory: string, runtime: string): string {
  const path = (name: string): string => JSON.stringify(join(directory, name));
  return `
version = 2
root = ${path('root')}
state = ${path('state')}
[grpc]
  address = ${path('sock')}
[ttrpc]
  address = ${path('ttrpc')}
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${IMAGE}"
  enable_unprivileged_ports = true
  # For runc, which the host must allow everything that it sets.
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = ${path('cni')}
[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "tvisor"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.tvisor]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.tvisor.options]
  BinaryName = ${JSON.stringify(runtime)}
  SystemdCgroup = false
`;
}

const NETWORK = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipam: {
        type: 'host-local',
        dataDir: '/run/cni',
        ranges: [[{ subnet: '10.99.0.0/24' }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
};

/** LinuxContainerConfig as the kubelet has it by default, with a PID namespace of its own, and with that of the pod. */
const OWN_PROCESSES: Message = { 2: { 3: { 2: 1 } } };
const PODS_PROCESSES: Message = { 2: { 3: { 2: 0 } } };

class Kubelet {
  private made = 0;

  private constructor(
    readonly room: Room,
    readonly cri: Cri,
  ) {}

  static async open(): Promise<Kubelet> {
    const room = await Room.open({ onlyOneKind: onlyOneKindOfGroups });
    try {
      const config = await room.write(
        'containerd.toml',
        settings(room.directory, await runtimeProgram(room)),
      );
      await room.write('cni/10-pods.conflist', JSON.stringify(NETWORK));
      const daemon = room.daemon(['containerd', '-c', config]);
      const ctr = ['ctr', '-a', join(room.directory, 'sock'), '-n', 'k8s.io'];
      const answers = async (): Promise<boolean> =>
        (await room.run([...ctr, 'version'], { timeout: 3000 })).status === 0;
      await eventually('containerd answers', answers);
      const root = join(scratchDirectory('image'), 'root');
      await makeRoot(root);
      // The pod's own container only has to be there.
      const archive = await imageArchive(root, IMAGE, ['/bin/sleep', '100000']);
      succeeds(await room.run([...ctr, 'image', 'import', archive]));
      const cri = new Cri(`/proc/${room.init}/root${join(room.directory, 'sock')}`);
      const kubelet = new Kubelet(room, cri);
      await eventually('the network is ready', async () => {
        const status = await cri.call('Status', {});
        return status.message(1).text(1) !== '';
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${daemon.output().slice(-3000)}`);
      });
      return kubelet;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  /** A pod of the runtime class under test, for as long as `body` takes. @param linux fields of LinuxPodSandboxConfig */
  async pod(body: (pod: string, config: Message) => Promise<void>, linux: Message = {}): Promise<void> {
    this.made += 1;
    const name = `pod${this.made}`;
    const config: Message = {
      1: { 1: name, 2: `uid-${name}`, 3: 'tests' },
      // In the node's network it has the node's name.
      ...(linux[2] === undefined ? { 2: name } : {}),
      3: join(this.room.directory, 'logs', name),
      8: { 1: `${PARENT}/${name}`, ...linux },
    };
    const pod = (await this.cri.call('RunPodSandbox', { 1: config, 2: 'tvisor' })).text(1);
    try {
      await body(pod, config);
    } finally {
      await this.cri.call('StopPodSandbox', { 1: pod });
      await this.cri.call('RemovePodSandbox', { 1: pod });
    }
  }

  /** A container of a pod, started. @param more fields of ContainerConfig @returns its id */
  async container(
    pod: string,
    config: Message,
    name: string,
    script: string,
    more: Message = {},
  ): Promise<string> {
    const container: Message = {
      1: { 1: name },
      2: { 1: IMAGE },
      3: ['sh', '-c', script],
      11: `${name}.log`,
      15: OWN_PROCESSES,
      ...more,
    };
    const id = (await this.cri.call('CreateContainer', { 1: pod, 2: container, 3: config })).text(1);
    await this.cri.call('StartContainer', { 1: id });
    return id;
  }

  /** @returns what a command prints, and its status */
  async exec(id: string, script: string): Promise<[string, number]> {
    const answer = await this.cri.call('ExecSync', { 1: id, 2: ['sh', '-c', script], 3: 20 });
    return [answer.text(1), answer.number(3)];
  }

  /** A container's status: 0 created, 1 running, 2 exited; and how it has ended. */
  async status(id: string): Promise<{ state: number; exitCode: number }> {
    const status = (await this.cri.call('ContainerStatus', { 1: id })).message(1);
    return { state: status.number(3), exitCode: status.number(7) };
  }

  async close(): Promise<void> {
    this.cri.close();
    await this.room.close();
    removeGroups(groupsNamed([PARENT.slice(1)]));
  }
}

const LIVE = 'trap "exit 0" TERM; while :; do sleep 1000 & wait; done';

const steps: Step<Kubelet>[] = [
  [
    'a pod with two containers: one network and IPC, separate files and processes',
    (kubelet) =>
      kubelet.pod(async (pod, config) => {
        const web = await kubelet.container(pod, config, 'web', 'exec httpd -f -p 80 -h /srv');
        const other = await kubelet.container(pod, config, 'other', `echo mine >/srv/mine; ${LIVE}`);
        const ask =
          'i=0; until wget -qO- http://127.0.0.1/hello 2>/dev/null || [ $i -gt 40 ]; do i=$((i+1)); sleep 0.1; done';
        assert.deepEqual(await kubelet.exec(other, ask), ['hello from the image\n', 0]);
        assert.deepEqual(await kubelet.exec(web, 'ls /srv; echo shared >/dev/shm/f'), ['hello\n', 0]);
        assert.deepEqual(await kubelet.exec(other, 'cat /dev/shm/f; hostname'), ['shared\npod1\n', 0]);
        const [seen] = await kubelet.exec(other, 'ps -o args');
        assert.ok(!seen.includes('httpd'), seen);
      }),
  ],
  [
    'a pod whose containers share their processes',
    (kubelet) =>
      kubelet.pod(async (pod, config) => {
        const first = await kubelet.container(pod, config, 'first', LIVE, { 15: PODS_PROCESSES });
        await kubelet.container(pod, config, 'second', 'exec sleep 4321', { 15: PODS_PROCESSES });
        const [seen] = await kubelet.exec(first, 'ps -o pid,args');
        assert.match(seen, /^ *1 .*sleep 100000$/m);
        assert.match(seen, / sleep 4321$/m);
      }),
  ],
  [
    'the pod’s address: reached from the node, and shown inside',
    (kubelet) =>
      kubelet.pod(async (pod, config) => {
        const web = await kubelet.container(pod, config, 'web', 'exec httpd -f -p 80 -h /srv');
        const status = (await kubelet.cri.call('PodSandboxStatus', { 1: pod })).message(1);
        const address = status.message(5).text(1);
        assert.match(address, /^10\.99\.0\.\d+$/);
        const ask = `i=0; until busybox wget -qO- http://${address}/hello 2>/dev/null || [ $i -gt 40 ]; do i=$((i+1)); sleep 0.1; done`;
        assert.equal((await kubelet.room.run(['sh', '-c', ask])).stdout, 'hello from the image\n');
        const [shown] = await kubelet.exec(web, 'ip -4 -o addr show dev eth0');
        assert.ok(shown.includes(` ${address}/24 `), shown);
      }),
  ],
  [
    'exec: output and status; a container that ends: its status, and the others live on',
    (kubelet) =>
      kubelet.pod(async (pod, config) => {
        const short = await kubelet.container(pod, config, 'short', 'exit 7');
        const long = await kubelet.container(pod, config, 'long', LIVE);
        await eventually('it ends', async () => (await kubelet.status(short)).state === 2);
        assert.equal((await kubelet.status(short)).exitCode, 7);
        assert.deepEqual(await kubelet.exec(long, 'echo out; exit 3'), ['out\n', 3]);
        assert.equal((await kubelet.status(long)).state, 1);
        await kubelet.cri.call('StopContainer', { 1: long, 2: 5 });
        assert.deepEqual(await kubelet.status(long), { state: 2, exitCode: 0 });
      }),
  ],
  [
    'a container is made again in the same pod',
    (kubelet) =>
      kubelet.pod(async (pod, config) => {
        for (const attempt of [1, 2, 3]) {
          const id = await kubelet.container(
            pod,
            config,
            `c${attempt}`,
            `echo ${attempt} >>/dev/shm/n; sleep 0.1; exit ${attempt}`,
          );
          await eventually('it ends', async () => (await kubelet.status(id)).state === 2);
          assert.equal((await kubelet.status(id)).exitCode, attempt);
          await kubelet.cri.call('RemoveContainer', { 1: id });
        }
        const last = await kubelet.container(pod, config, 'last', LIVE);
        assert.deepEqual(await kubelet.exec(last, 'cat /dev/shm/n'), ['1\n2\n3\n', 0]);
      }),
  ],
  [
    'logs, environment, user, a read-only root',
    (kubelet) =>
      kubelet.pod(async (pod, config) => {
        const script = 'echo $WORD $(id -u); touch /srv/f || echo refused';
        const context: Message = { 2: { 5: { 1: 1000 }, 7: 1 } };
        const id = await kubelet.container(pod, config, 'user', script, {
          6: [{ 1: 'WORD', 2: 'hello' }],
          15: context,
        });
        await eventually('it ends', async () => (await kubelet.status(id)).state === 2);
        const log = await kubelet.room.run([
          'cat',
          join(kubelet.room.directory, 'logs', String((config[1] as Message)[1]), 'user.log'),
        ]);
        assert.match(log.stdout, / stdout F hello 1000\n/);
        assert.match(log.stdout, / stdout F refused\n/);
      }),
  ],
  [
    'a pod in the node’s network',
    (kubelet) =>
      kubelet.pod(
        async (pod, config) => {
          const id = await kubelet.container(pod, config, 'host', LIVE, { 15: { 2: { 3: { 1: 2 } } } });
          const [names] = await kubelet.exec(id, 'ls /sys/class/net');
          assert.ok(names.includes('cni0'), names);
        },
        { 2: { 1: { 1: 2 } } },
      ),
  ],
  [
    'nothing is left of them',
    async (kubelet) => {
      const left = (): string[] =>
        kubelet.room.processesLeft().filter((line) => !line.startsWith('containerd -c'));
      await eventually('processes end', () => left().length === 0).catch((error: Error) => {
        throw new Error(`${error.message}: ${left().join('; ')}`);
      });
    },
  ],
];

runSteps({
  title: 'pods of Kubernetes',
  programs: ['/usr/lib/cni/bridge', '/usr/lib/cni/loopback'],
  unpacked: containerdUnpacked,
  open: () => Kubelet.open(),
  steps,
});
