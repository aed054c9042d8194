/** containerd in a room, with state of its own and one image, driven by its `ctr`. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type RunOptions, type RunResult, scratchDirectory } from '../support/run.js';
import type { Terminal } from '../support/terminal.js';
import { groupsNamed, removeGroups } from './cgroups.js';
import { imageArchive, makeRoot } from './image.js';
import { Room } from './room.js';
import { onlyOneKindOfGroups, runtimeName, runtimeProgram } from './runtime.js';
import { eventually, succeeds } from './steps.js';

export const containerdUnpacked = ['containerd', 'ctr', 'containerd-shim-runc-v2'];

/** The image's name. */
export const IMAGE = 'localhost/busybox:latest';

/** A program for a container that is to live: it ends at once when told to. */
export const WAITER = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 1000 & wait; done'];

function settings(directory: string): string {
  const path = (name: string): string => JSON.stringify(join(directory, name));
  return `
version = 2
root = ${path('root')}
state = ${path('state')}
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = ${path('sock')}
[ttrpc]
  address = ${path('ttrpc')}
`;
}

export class Containerd {
  readonly room: Room;
  /** The runtime's path. */
  readonly runtime: string;
  /** A root directory of the host with the image's files. */
  readonly root: string;
  /** containerd's namespace, and the name of all control groups. */
  readonly namespace = `tvisor-engines-${process.pid}`;
  readonly #settings: string;
  #daemon: { stop: () => void; output: () => string } | undefined;
  #made = 0;

  private constructor(room: Room, runtime: string, root: string, path: string) {
    this.room = room;
    this.runtime = runtime;
    this.root = root;
    this.#settings = path;
  }

  /** A room with containerd and the image. */
  static async open(): Promise<Containerd> {
    const room = await Room.open({ onlyOneKind: onlyOneKindOfGroups });
    try {
      const root = join(scratchDirectory('image'), 'root');
      await makeRoot(root);
      const path = await room.write('containerd.toml', settings(room.directory));
      const containerd = new Containerd(room, await runtimeProgram(room), root, path);
      await containerd.start();
      const archive = await imageArchive(root, IMAGE);
      succeeds(await containerd.run(['image', 'import', archive]));
      return containerd;
    } catch (error) {
      await room.close();
      throw error;
    }
  }

  /** Starts the daemon, and waits until it answers. */
  async start(): Promise<void> {
    const daemon = this.room.daemon(['containerd', '-c', this.#settings]);
    this.#daemon = daemon;
    const answers = async (): Promise<boolean> =>
      (await this.run(['version'], { timeout: 3000 })).status === 0;
    await eventually('containerd answers', answers).catch((error: Error) => {
      throw new Error(`${error.message}\n${daemon.output()}`);
    });
  }

  /** Ends the daemon, not what it has started. */
  async stop(): Promise<void> {
    await this.room.run(['pkill', '-TERM', '-x', 'containerd']);
    const gone = async (): Promise<boolean> =>
      (await this.room.run(['pgrep', '-x', 'containerd'])).status !== 0;
    await eventually('containerd ends', gone);
  }

  #words(args: readonly string[]): string[] {
    return ['ctr', '-a', join(this.room.directory, 'sock'), '-n', this.namespace, ...args];
  }

  /** `ctr ARGS...`, with a time limit. */
  run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return this.room.run(this.#words(args), options);
  }

  /** `ctr ARGS...` on a terminal. */
  terminal(args: readonly string[]): Promise<Terminal> {
    return this.room.terminal(this.#words(args));
  }

  /** A name that no other container has. */
  name(): string {
    this.#made += 1;
    return `c${this.#made}-${process.pid}`;
  }

  /** `ctr run` with the runtime under test. */
  runWords(flags: readonly string[], name: string, command: readonly string[]): string[] {
    return ['run', '--runc-binary', this.runtime, ...flags, IMAGE, name, ...command];
  }

  /** Runs a command in a container of its own. */
  once(flags: readonly string[], command: readonly string[]): Promise<RunResult> {
    return this.run(this.runWords(['--rm', ...flags], this.name(), command));
  }

  /** Has a container run for as long as `body` takes. @param command what it runs; without it, it waits to be told to end */
  async with(
    flags: readonly string[],
    body: (name: string) => Promise<void>,
    command: readonly string[] = WAITER,
  ): Promise<void> {
    const name = this.name();
    try {
      succeeds(await this.run(this.runWords(['-d', ...flags], name, command)));
      await body(name);
    } finally {
      await this.remove(name);
    }
  }

  /** Ends and removes a container, if it is there. */
  async remove(name: string): Promise<void> {
    await this.run(['task', 'rm', '-f', name]);
    await this.run(['container', 'rm', name]);
  }

  /** Runs a command in a running container. */
  exec(name: string, command: readonly string[], flags: readonly string[] = []): Promise<RunResult> {
    this.#made += 1;
    return this.run(['task', 'exec', '--exec-id', `e${this.#made}`, ...flags, name, ...command]);
  }

  /** RUNNING, PAUSED, STOPPED, CREATED, or '' if it has no task. */
  async status(name: string): Promise<string> {
    const lines = succeeds(await this.run(['task', 'ls'])).split('\n');
    return lines.map((line) => line.split(/\s+/)).find((words) => words[0] === name)?.[2] ?? '';
  }

  /** The host's pid of a container's first process. */
  async pid(name: string): Promise<number> {
    const lines = succeeds(await this.run(['task', 'ls'])).split('\n');
    const words = lines.map((line) => line.split(/\s+/)).find((all) => all[0] === name);
    return this.room.hostPid(Number(words?.[1]));
  }

  /** Asserts that nothing of the containers, all of which have been removed, is left on the machine. */
  async assertNothingLeft(): Promise<void> {
    succeeds(await this.run(['task', 'ls', '-q']));
    const left = (): string[] =>
      this.room.processesLeft().filter((line) => !line.startsWith('containerd -c'));
    await eventually('processes end', () => left().length === 0).catch((error: Error) => {
      throw new Error(`${error.message}: ${left().join('; ')}`);
    });
    const groups = groupsNamed([this.namespace]).filter((group) => !group.endsWith(this.namespace));
    assert.deepEqual(groups, []);
    const files = succeeds(await this.room.run(['find', '/run', '-name', `c*-${process.pid}`]));
    assert.equal(files, '', runtimeName);
  }

  /** Ends containers, daemon and room. */
  async close(): Promise<void> {
    const { stdout } = await this.run(['task', 'ls', '-q']);
    for (const name of stdout.split('\n').filter((line) => line !== ''))
      await this.run(['task', 'rm', '-f', name]);
    this.#daemon?.stop();
    await this.room.close();
    removeGroups(groupsNamed([this.namespace]));
  }
}
