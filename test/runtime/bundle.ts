/** Bundles of a root with busybox, and the commands of the runtime on containers of them. */
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { tvisorPath } from '../support/paths.js';
import { scratchDirectory } from '../support/scratch.js';
import { skipUnlessRoot } from './namespace.js';

const BUSYBOX = '/bin/busybox';
const APPLETS =
  'sh ls cat echo sleep true false id ps env kill hostname stty tty pwd test trap seq readlink'.split(' ');

export const skipContainers =
  skipUnlessRoot ||
  (existsSync(BUSYBOX) ? false : 'needs a static busybox') ||
  (tvisorPath() ? false : 'not built');

export interface Namespace {
  type: string;
  path?: string;
}

/** The parts of config.json that tests change. */
export interface Config {
  process: Record<string, unknown>;
  root: Record<string, unknown>;
  mounts: unknown[];
  linux: Record<string, unknown> & { namespaces: Namespace[] };
  hooks?: Record<string, unknown>;
  annotations?: Record<string, string>;
}

const MOUNTS = [
  { destination: '/proc', type: 'proc', source: 'proc' },
  { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
  { destination: '/dev/pts', type: 'devpts', source: 'devpts', options: ['newinstance', 'gid=5'] },
];

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory with bundles and a state directory of its own. */
export class Bench {
  readonly directory: string;
  readonly root: string;
  private readonly rootfs: string;

  constructor(name: string) {
    this.directory = scratchDirectory(name);
    this.root = join(this.directory, 'state');
    this.rootfs = join(this.directory, 'rootfs');
    for (const sub of ['bin', 'proc', 'dev', 'tmp', 'etc'])
      mkdirSync(join(this.rootfs, sub), { recursive: true });
    copyFileSync(BUSYBOX, join(this.rootfs, 'bin/busybox'));
    for (const applet of APPLETS) symlinkSync('busybox', join(this.rootfs, 'bin', applet));
  }

  /** A bundle that runs `args`. @returns its path */
  bundle(name: string, args: readonly string[], change: (config: Config) => void = () => undefined): string {
    const path = join(this.directory, name);
    mkdirSync(path, { recursive: true });
    const config = {
      ociVersion: '1.0.2',
      process: { args, cwd: '/', env: ['PATH=/bin'], user: { uid: 0, gid: 0 } },
      root: { path: this.rootfs },
      mounts: MOUNTS,
      linux: {
        namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type): Namespace => ({ type })),
      },
    };
    change(config);
    writeFileSync(join(path, 'config.json'), JSON.stringify(config));
    return path;
  }

  /** What a command is run as. */
  command(...args: string[]): [string, string[]] {
    return [tvisorPath() ?? '', ['--root', this.root, ...args]];
  }

  /** Run a command to its end. Its output goes to files: containers keep their streams. */
  run(...args: string[]): Outcome {
    const [path, words] = this.command(...args);
    const script = '"$@" >"$0.out" 2>"$0.err" </dev/null';
    const file = join(this.directory, 'output');
    const { status } = spawnSync('sh', ['-c', script, file, path, ...words], {
      cwd: '/',
      timeout: 60_000,
      env: {},
    });
    return {
      status,
      stdout: readFileSync(`${file}.out`, 'utf8'),
      stderr: readFileSync(`${file}.err`, 'utf8'),
    };
  }

  /** The same without waiting. */
  start(...args: string[]): Promise<number | null> {
    const [path, words] = this.command(...args);
    return new Promise((resolve, reject) => {
      const child = spawn(path, words, { cwd: '/', stdio: 'ignore' });
      child.on('error', reject);
      child.on('exit', (code) => resolve(code));
    });
  }

  state(id: string): { status: string; pid: number } {
    return JSON.parse(this.run('state', id).stdout) as { status: string; pid: number };
  }

  /** What is in the state directory beside its own parts. */
  files(): string[] {
    if (!existsSync(this.root)) return [];
    const [own, sandboxes] = [this.root, join(this.root, '@sandboxes')].map((path) => readdirSync(path));
    return [...(own ?? []).filter((name) => name !== '@sandboxes'), ...(sandboxes ?? [])];
  }

  /** Processes of the host whose command line names one of these. */
  processes(...names: string[]): string[] {
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid)
      .map((pid) => `${pid} ${readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')}`)
      .filter((line) => names.some((name) => line.includes(name)));
  }

  /** Mounts of the host in our directory. */
  mounts(): string[] {
    return readText('/proc/self/mounts')
      .split('\n')
      .filter((line) => line.includes(this.directory));
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Directories of cgroups whose name ends so. */
export function cgroupsNamed(end: string): string[] {
  const { stdout } = spawnSync('find', ['/sys/fs/cgroup', '-type', 'd', '-name', `*${end}`], {
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Wait until `test` holds; false after ten seconds. */
export async function eventually(test: () => boolean): Promise<boolean> {
  for (let i = 0; i < 200; i++) {
    if (test()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
