/**
 * A room: where an engine and everything that it starts lives. It has PIDs, mounts, a network, a host name and System V IPC of its own,
 * an empty /run and a directory in memory, so engines meet nothing of the machine's, and when the room's first process ends (with the
 * test, however that ends) all of it is gone.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type RunOptions, type RunResult, run } from '../support/run.js';
import { Terminal } from '../support/terminal.js';
import { missing, requireTool } from '../support/tools.js';
import { readIfThere, thaw } from './cgroups.js';

/** What install.sh has unpacked. */
const packages = join(process.env['TVISOR_ENGINES'] ?? '/var/cache/tvisor-engines', 'root');

/** A file of the unpacked packages. */
export const packaged = (path: string): string => join(packages, path);

/** Engines find what they start here, and nowhere else. */
const PATH = [packaged('usr/bin'), packaged('usr/sbin'), '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin'].join(
  ':',
);

/** Milliseconds for one command of an engine. */
const COMMAND_TIMEOUT = 30_000;

/**
 * What every test of this directory needs: root, programs of the machine, and those that install.sh unpacks.
 *
 * @returns true when all is there; else the test is skipped, or has failed in CI
 */
export function requireEngine(
  t: TestContext,
  programs: readonly string[],
  unpacked: readonly string[],
): boolean {
  if (process.getuid?.() !== 0) {
    t.skip('needs root, to make namespaces, mounts and control groups');
    return false;
  }
  if (!requireTool(t, 'unshare', 'nsenter', 'ip', 'iptables', 'busybox', 'tar', ...programs)) return false;
  const absent = ['tini-static', ...unpacked].filter((name) => !isThere(name));
  return absent.length === 0 || missing(t, `not unpacked (test/engines/install.sh): ${absent.join(', ')}`);
}

function isThere(name: string): boolean {
  return ['usr/bin', 'usr/sbin', 'usr/lib/podman'].some(
    (directory) => statSync(packaged(join(directory, name)), { throwIfNoEntry: false }) !== undefined,
  );
}

/** Runs as the room's first process after init; ends when its standard input does. */
const SETUP = `
set -e
mount -t tmpfs tmpfs /run
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir "$1/tmp"
ip link set lo up
# Only hierarchies of control groups, each in its place: engines and tests leave other directories beside them, which engines then
# take for hierarchies. $2: without that of version 2, where there is one beside those of version 1.
if [ -d /sys/fs/cgroup/memory ]; then
  mkdir "$1/groups"
  mount --rbind /sys/fs/cgroup "$1/groups"
  mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
  for hierarchy in "$1"/groups/*; do
    name=\${hierarchy##*/}
    if ! mountpoint -q "$hierarchy" || { [ -n "$2" ] && [ "$name" = unified ]; }; then continue; fi
    mkdir "/sys/fs/cgroup/$name"
    mount --move "$hierarchy" "/sys/fs/cgroup/$name"
  done
  umount -l "$1/groups"
  rmdir "$1/groups"
fi
echo ready
exec cat`;

export class Room {
  /** A directory that only the room sees full, and that goes with it: look into it with `run`. */
  readonly directory: string;
  /** The host's pid of the room's init. */
  readonly init: number;
  readonly #holder: ChildProcess;
  readonly #mounts: string[];

  private constructor(directory: string, holder: ChildProcess) {
    this.directory = directory;
    this.#holder = holder;
    const children = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, 'latin1');
    this.init = Number(children.trim());
    this.#mounts = this.mounts();
  }

  /**
   * @param onlyOneKind of control groups: without the second hierarchy of a machine that has both
   * @throws Error when the machine does not allow one
   */
  static async open({ onlyOneKind = false } = {}): Promise<Room> {
    const directory = mkdtempSync(join(tmpdir(), 'tvisor-engine-'));
    const namespaces = ['--mount', '--net', '--pid', '--uts', '--ipc', '--propagation', 'private'];
    const init = [
      packaged('usr/bin/tini-static'),
      '--',
      'sh',
      '-c',
      SETUP,
      'sh',
      directory,
      onlyOneKind ? '1' : '',
    ];
    const holder = spawn('unshare', [...namespaces, '--fork', '--kill-child', '--mount-proc', ...init], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      let error = '';
      holder.stderr.on('data', (chunk: Buffer) => (error += chunk.toString()));
      holder.stdout.once('data', () => resolve());
      holder.once('close', () => reject(new Error(`no room: ${error}`)));
    });
    return new Room(directory, holder);
  }

  /** The command line that runs a command in the room. @param env variables beside PATH, HOME and TMPDIR */
  inside(command: readonly string[], env: Record<string, string> = {}): string[] {
    const all = { PATH, HOME: this.directory, TMPDIR: join(this.directory, 'tmp'), ...env };
    const variables = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    return [
      'nsenter',
      '-t',
      String(this.init),
      '-m',
      '-n',
      '-p',
      '-u',
      '-i',
      '--',
      'env',
      ...variables,
      ...command,
    ];
  }

  /** Runs a command in the room, with a time limit. */
  run(command: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(this.inside(command, options.env), { timeout: COMMAND_TIMEOUT, ...options });
  }

  /** Runs a command on a terminal. */
  terminal(command: readonly string[], env: Record<string, string> = {}): Promise<Terminal> {
    return Terminal.start(this.inside(command, env));
  }

  /**
   * Starts a daemon, which ends with the room at the latest.
   *
   * @returns output: what it has written; stop: ends it
   */
  daemon(
    command: readonly string[],
    env: Record<string, string> = {},
  ): { output: () => string; stop: () => void } {
    const [program = '', ...args] = this.inside(command, env);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-100_000)));
    }
    return { output: () => output, stop: () => void child.kill('SIGTERM') };
  }

  /** Writes a file in the room's directory; directories on its way are made. @returns its path */
  async write(name: string, text: string, mode = '644'): Promise<string> {
    const path = join(this.directory, name);
    const script = 'mkdir -p "$(dirname "$1")" && cat >"$1" && chmod "$2" "$1"';
    const { status, stderr } = await this.run(['sh', '-c', script, 'sh', path, mode], { stdin: text });
    if (status !== 0) throw new Error(stderr);
    return path;
  }

  /** The mount points that are seen in the room. */
  mounts(): string[] {
    const lines = readFileSync(`/proc/${this.init}/mountinfo`, 'latin1').split('\n');
    return lines.map((line) => line.split(' ')[4] ?? '').filter((point) => point !== '');
  }

  /** Mount points that were not there at first. */
  mountsLeft(): string[] {
    return this.mounts().filter((point) => !this.#mounts.includes(point));
  }

  /** The host's pids of the room's processes but init and its one child. */
  #processes(): string[] {
    const own = readIfThere(`/proc/${this.init}/task/${this.init}/children`).split(' ')[0];
    const inside = (pid: string): boolean => {
      let at = pid;
      while (Number(at) > 1 && Number(at) !== this.init) {
        at = /^PPid:\s*(\d+)/m.exec(readIfThere(`/proc/${at}/status`))?.[1] ?? '';
      }
      return Number(at) === this.init;
    };
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return all.filter((pid) => pid !== own && Number(pid) !== this.init && inside(pid));
  }

  /** The host's pid of a process that has this pid in the room. @throws Error if there is none */
  hostPid(pid: number): number {
    for (const candidate of this.#processes()) {
      const names = /^NSpid:\s*(.*)$/m.exec(readIfThere(`/proc/${candidate}/status`))?.[1]?.split('\t') ?? [];
      if (Number(names[this.#level]) === pid) return Number(candidate);
    }
    throw new Error(`no process ${pid} in the room`);
  }

  /** How many PID namespaces of this process are above the room's. */
  get #level(): number {
    const status = readIfThere(`/proc/${this.init}/status`);
    return (/^NSpid:\s*(.*)$/m.exec(status)?.[1]?.split('\t').length ?? 1) - 1;
  }

  /** Command lines of what has been started in the room and has not ended. */
  processesLeft(): string[] {
    const lines = this.#processes().map((pid) =>
      readIfThere(`/proc/${pid}/cmdline`).split('\0').join(' ').trim(),
    );
    return lines.filter((line) => line !== '');
  }

  /** Ends everything in the room. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#holder.once('close', resolve));
    if (this.#holder.exitCode === null && this.#holder.signalCode === null) {
      for (const pid of this.#processes()) thaw(pid);
      this.#holder.kill('SIGKILL');
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
