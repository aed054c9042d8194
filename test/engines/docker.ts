/** dockerd in a room, with a containerd, networks and images of its own, and the runtime under test as its default. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type RunOptions, type RunResult, scratchDirectory } from '../support/run.js';
import type { Terminal } from '../support/terminal.js';
import { groupsNamed, removeGroups } from './cgroups.js';
import { makeRoot } from './image.js';
import { packaged, Room } from './room.js';
import { onlyOneKindOfGroups, runtimeName, runtimeProgram } from './runtime.js';
import { eventually, succeeds } from './steps.js';

export const dockerUnpacked = [
  'dockerd',
  'docker',
  'containerd',
  'containerd-shim-runc-v2',
  'docker-proxy',
  'docker-init',
];

export const IMAGE = 'busybox';

/** A program for a container that is to live: it ends at once when told to. */
export const WAITER = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1000 & wait; done'];

/** The control group of all containers. */
const GROUP = `tvisor-engines-${process.pid}`;

/** Settings as in /etc/docker/daemon.json. */
function settings(directory: string, runtime: string): string {
  return JSON.stringify({
    'data-root': join(directory, 'data'),
    'exec-root': join(directory, 'exec'),
    pidfile: join(directory, 'docker.pid'),
    hosts: [`unix://${join(directory, 'sock')}`],
    'storage-driver': 'overlay2',
    'exec-opts': ['native.cgroupdriver=cgroupfs'],
    'cgroup-parent': `/${GROUP}`,
    ip6tables: false,
    runtimes: { [runtimeName === 'runc' ? 'tested' : runtimeName]: { path: runtime } },
    'default-runtime': runtimeName === 'runc' ? 'tested' : runtimeName,
  });
}

export class Docker {
  readonly room: Room;
  readonly #daemon: { stop: () => void; output: () => string };
  #made = 0;

  private constructor(room: Room, daemon: { stop: () => void; output: () => string }) {
    this.room = room;
    this.#daemon = daemon;
  }

  /** A room with dockerd and the image. */
  static async open(): Promise<Docker> {
    const room = await Room.open({ onlyOneKind: onlyOneKindOfGroups });
    try {
      const path = await room.write('daemon.json', settings(room.directory, await runtimeProgram(room)));
      const docker = new Docker(room, room.daemon(['dockerd', '--config-file', path]));
      const answers = async (): Promise<boolean> =>
        (await docker.run(['version'], { timeout: 3000 })).status === 0;
      await eventually('dockerd answers', answers).catch((error: Error) => {
        throw new Error(`${error.message}\n${docker.#daemon.output()}`);
      });
      const root = join(scratchDirectory('image'), 'root');
      await makeRoot(root);
      const changes = ['CMD /bin/sh', 'ENV PATH=/bin'].flatMap((change) => ['--change', change]);
      const script = 'root=$1; shift; tar -C "$root" -c . | exec "$@"';
      const words = docker.#words(['import', ...changes, '-', IMAGE]);
      succeeds(await room.run(['sh', '-c', script, 'sh', root, ...words]));
      return docker;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  #words(args: readonly string[]): string[] {
    return [packaged('usr/bin/docker'), '-H', `unix://${join(this.room.directory, 'sock')}`, ...args];
  }

  /** `docker ARGS...`, with a time limit. */
  run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.room.run(this.#words(args), { ...options, env: { DOCKER_BUILDKIT: '0' } });
  }

  /** `docker ARGS...` on a terminal. */
  terminal(args: readonly string[]): Promise<Terminal> {
    return this.room.terminal(this.#words(args));
  }

  /** `docker run --rm` without a network, which takes the least time. */
  once(flags: readonly string[], command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.run(['run', '--rm', '--network=none', ...flags, IMAGE, ...command], options);
  }

  /** A name that no other container has. */
  name(): string {
    this.#made += 1;
    return `c${this.#made}`;
  }

  /**
   * Has a container run for as long as `body` takes.
   *
   * @param flags of `docker run`; without a network if they name none
   * @param command what it runs; without it, it waits to be told to end
   */
  async with(
    flags: readonly string[],
    body: (name: string) => Promise<void>,
    command: readonly string[] = WAITER,
  ): Promise<void> {
    const name = this.name();
    const network = flags.some((flag) => flag.startsWith('--network')) ? [] : ['--network=none'];
    try {
      succeeds(await this.run(['run', '-d', '--name', name, ...network, ...flags, IMAGE, ...command]));
      await body(name);
    } finally {
      await this.remove(name);
    }
  }

  /** Ends and removes a container, if it is there. */
  async remove(name: string): Promise<void> {
    await this.run(['rm', '-f', name]);
  }

  /** `docker inspect` of a container: the values of a Go template. */
  async inspect(name: string, template: string): Promise<string> {
    return succeeds(await this.run(['inspect', '--type=container', '--format', template, name]));
  }

  /** The host's pid of a container's first process. */
  async pid(name: string): Promise<number> {
    return this.room.hostPid(Number(await this.inspect(name, '{{.State.Pid}}')));
  }

  /** Waits until a container has written something that matches. */
  async wrote(name: string, pattern: RegExp): Promise<void> {
    const ask = async (): Promise<boolean> => pattern.test((await this.run(['logs', name])).stdout);
    await eventually(`${name} writes ${pattern}`, ask);
  }

  /** Asserts that nothing of the containers, all of which have been removed, is left on the machine. */
  async assertNothingLeft(): Promise<void> {
    succeeds(await this.run(['ps', '-aq']));
    const own = /^(dockerd|containerd) --config/;
    const left = (): string[] => this.room.processesLeft().filter((line) => !own.test(line));
    await eventually('processes end', () => left().length === 0).catch((error: Error) => {
      throw new Error(`${error.message}: ${left().join('; ')}`);
    });
    assert.deepEqual(groupsNamed([`${GROUP}/`]), []);
    // Containers have names of 64 digits; runtimes may have directories of their own beside them.
    const script = 'find "$1"/exec/runtime-* -mindepth 2 | grep -E "[0-9a-f]{64}"';
    const { stdout } = await this.room.run(['sh', '-c', script, 'sh', this.room.directory]);
    assert.equal(stdout, '');
  }

  /** Ends containers, daemon and room. */
  async close(): Promise<void> {
    const { stdout } = await this.run(['ps', '-aq']);
    const names = stdout.split('\n').filter((line) => line !== '');
    if (names.length > 0) await this.run(['rm', '-f', ...names]);
    this.#daemon.stop();
    await this.room.close();
    removeGroups(groupsNamed([GROUP]));
  }
}
