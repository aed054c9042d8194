/** podman in a room, with storage, networks and settings of its own, and one image: `busybox`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type RunOptions, type RunResult, scratchDirectory } from '../support/run.js';
import type { Terminal } from '../support/terminal.js';
import { groupsNamed, removeGroups } from './cgroups.js';
import { makeRoot } from './image.js';
import { packaged, Room } from './room.js';
import { needsReachableLimits, onlyOneKindOfGroups, runtimeName, runtimeProgram } from './runtime.js';
import { eventually, succeeds } from './steps.js';

/** Programs that podman needs. */
export const podmanPrograms = ['podman', 'conmon'];
export const podmanUnpacked = ['netavark', 'aardvark-dns', 'catatonit'];

/** The image's name. */
export const IMAGE = 'localhost/busybox:latest';

/** A program for a container that is to live: it ends at once when told to. */
export const WAITER = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1000 & wait; done'];

/** Where podman is allowed to set only limits that the test itself has. */
const LIMITS = 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]';

function settings(directory: string, runtime: string): string {
  return `
[containers]
log_driver = "k8s-file"
init_path = "${packaged('usr/bin/catatonit')}"
${needsReachableLimits ? LIMITS : ''}
[network]
network_backend = "netavark"
network_config_dir = "${join(directory, 'networks')}"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
helper_binaries_dir = ["${packaged('usr/lib/podman')}", "${packaged('usr/bin')}"]
runtime_supports_json = ["${runtimeName}"]
runtime_supports_nocgroup = ["crun", "tvisor"]
[engine.runtimes]
${runtimeName} = ["${runtime}"]
`;
}

export class Podman {
  readonly room: Room;
  /** The runtime's path. */
  readonly runtime: string;
  /** A root directory of the host with the image's files. */
  readonly root: string;
  readonly #configuration: string;
  #made = 0;

  private constructor(room: Room, runtime: string, root: string, configuration: string) {
    this.room = room;
    this.runtime = runtime;
    this.root = root;
    this.#configuration = configuration;
  }

  /** A room with podman and the image. */
  static async open(): Promise<Podman> {
    const room = await Room.open({ onlyOneKind: onlyOneKindOfGroups });
    try {
      const runtime = await runtimeProgram(room);
      const configuration = await room.write('containers.conf', settings(room.directory, runtime));
      const root = join(scratchDirectory('image'), 'root');
      await makeRoot(root);
      const podman = new Podman(room, runtime, root, configuration);
      const changes = ['CMD=/bin/sh', 'ENV=PATH=/bin'].flatMap((change) => ['--change', change]);
      const words = podman.words(['import', '--quiet', ...changes, '-', IMAGE]);
      const script = 'root=$1; shift; tar -C "$root" -c . | exec "$@"';
      succeeds(await room.run(['sh', '-c', script, 'sh', root, ...words], { env: podman.environment }));
      return podman;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  /** The environment of every podman command, for `room.run`. */
  get environment(): Record<string, string> {
    return { CONTAINERS_CONF: this.#configuration };
  }

  /** The words of a podman command, for `room.run`. */
  words(args: readonly string[], runtime = runtimeName): string[] {
    const { directory } = this.room;
    const places = ['--root', join(directory, 'storage'), '--runroot', join(directory, 'run')];
    return ['podman', ...places, '--runtime', runtime, ...args];
  }

  /** `podman ARGS...`, with a time limit. */
  run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.room.run(this.words(args), { ...options, env: this.environment });
  }

  /** The same with the runtime named by its path, which then is given other flags. */
  runByPath(args: readonly string[]): Promise<RunResult> {
    return this.room.run(this.words(args, this.runtime), { env: this.environment });
  }

  /** `podman ARGS...` on a terminal. */
  terminal(args: readonly string[]): Promise<Terminal> {
    return this.room.terminal(this.words(args), this.environment);
  }

  /** `podman run --rm` without a network, which takes the least time. @param args flags, image, command */
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
   * @param flags of `podman run`; without a network if they name none
   * @param command what it runs; without it, it waits to be told to end
   */
  async with(
    flags: readonly string[],
    body: (name: string) => Promise<void>,
    command: readonly string[] = WAITER,
  ): Promise<void> {
    const name = this.name();
    const network = flags.some((flag) => /^--(network|pod)\b/.test(flag)) ? [] : ['--network=none'];
    try {
      succeeds(await this.run(['run', '-d', '--name', name, ...network, ...flags, IMAGE, ...command]));
      await body(name);
    } finally {
      await this.remove(name);
    }
  }

  /** Removes a container, if it is there. */
  async remove(...names: string[]): Promise<void> {
    await this.run(['rm', '-f', '-i', '-t', '0', ...names]);
  }

  /** `podman inspect` of a container: the values of a Go template. */
  async inspect(name: string, template: string): Promise<string> {
    return succeeds(await this.run(['inspect', '--type', 'container', '--format', template, name]));
  }

  /** The host's pid of a container's first process, in this process' PID namespace. */
  async pid(name: string): Promise<number> {
    return this.room.hostPid(Number(await this.inspect(name, '{{.State.Pid}}')));
  }

  /** What a container has written so far. */
  async logs(name: string): Promise<string> {
    return (await this.run(['logs', name])).stdout;
  }

  /** Waits until a container has written something that matches. */
  async wrote(name: string, pattern: RegExp): Promise<void> {
    await eventually(`${name} writes ${pattern}`, async () => pattern.test(await this.logs(name)));
  }

  /** All containers and pods that there ever were. */
  async #everMade(): Promise<string[]> {
    const { stdout } = await this.run(['events', '--stream=false', '--since=24h', '--format={{.ID}}']);
    return [...new Set(stdout.split('\n').filter((id) => id.length === 64))];
  }

  /** Removes all containers, and asserts that nothing of them is left on the machine. */
  async assertNothingLeft(): Promise<void> {
    succeeds(await this.run(['pod', 'rm', '-af', '-t', '0']));
    succeeds(await this.run(['rm', '-af', '-t', '0']));
    succeeds(await this.run(['volume', 'prune', '-f']));
    const ids = await this.#everMade();
    assert.ok(ids.length > 0);
    // What ends with a container may take a moment longer than podman.
    const isLeft = /aardvark-dns/;
    await eventually('processes end', () => this.room.processesLeft().every((line) => isLeft.test(line)));
    const groups = groupsNamed(ids.map((id) => `libpod-${id}`));
    assert.deepEqual(groups, []);
    const mounts = this.room.mountsLeft().filter((point) => ids.some((id) => point.includes(id)));
    assert.deepEqual(mounts, []);
    const state = succeeds(await this.room.run(['find', '/run', '-path', `*/${runtimeName}/*`]));
    const named = state.split('\n').filter((path) => ids.some((id) => path.includes(id)));
    assert.deepEqual(named, []);
  }

  /** Ends podman's containers and the room. */
  async close(): Promise<void> {
    await this.run(['pod', 'rm', '-af', '-t', '0']);
    await this.run(['rm', '-af', '-t', '0']);
    const ids = await this.#everMade();
    await this.room.close();
    removeGroups(groupsNamed(ids));
    removeGroups(groupsNamed(['/libpod_parent']));
  }
}
