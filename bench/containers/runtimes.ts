/** The runtimes that are compared, and the bundle that each runs. */
import { spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

export interface Runtime {
  readonly name: string;
  /** Program and what comes before the command. */
  readonly argv: readonly string[];
  /** A directory of the measurement's own. */
  readonly state: string;
}

/** Why one is not measured. */
export interface Missing {
  readonly name: string;
  readonly reason: string;
}

function findProgram(name: string): string | undefined {
  if (name.includes('/')) return resolve(name);
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here.
    }
  }
  return undefined;
}

/** crun refuses a host that has both versions of control groups: it gets a mount namespace without the second. */
const WITHOUT_UNIFIED = ['unshare', '-m', '--propagation', 'private', 'sh', '-c'];
const UNIFIED = '/sys/fs/cgroup/unified';

function isHybrid(): boolean {
  return readFileSync('/proc/self/mountinfo', 'utf8').includes(` ${UNIFIED} `);
}

/**
 * @param names tvisor, runc, crun, runsc, or paths of programs with their command line
 * @param state a directory for what they write
 */
export function findRuntimes(names: readonly string[], state: string): (Runtime | Missing)[] {
  return names.map((name) => {
    const path = findProgram(name === 'tvisor' ? './bin/tvisor' : name);
    if (path === undefined) return { name, reason: 'not installed' };
    const root = ['--root', join(state, name.replaceAll('/', '-'))];
    if (name === 'runsc')
      return { name, argv: [path, ...root, '--network=none', '--platform=ptrace'], state };
    if (name === 'crun' && isHybrid()) {
      const script = `umount ${UNIFIED}; exec "$0" "$@"`;
      return { name, argv: [...WITHOUT_UNIFIED, script, path, ...root], state };
    }
    return { name, argv: [path, ...root], state };
  });
}

/** Copies programs of this machine, and the libraries that ldd(1) names, to the same places below `root`. */
function copyPrograms(root: string, programs: readonly string[]): void {
  const libraries = spawnSync('ldd', programs, { encoding: 'utf8' }).stdout.match(/\/\S+\.so\S*/g) ?? [];
  for (const path of new Set([...programs, ...libraries])) {
    const to = join(root, path);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(path, to);
    chmodSync(to, 0o755);
  }
}

/** A root directory with the programs that bundles run. */
export function writeRoot(root: string): void {
  copyPrograms(root, ['/bin/true', '/bin/sleep']);
  for (const name of ['proc', 'dev', 'tmp', 'etc']) mkdirSync(join(root, name), { recursive: true });
}

/** A bundle with a root of `writeRoot`'s, read-only. */
export function writeBundle(directory: string, root: string, args: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  const kinds = ['pid', 'network', 'ipc', 'uts', 'mount'];
  const config = {
    ociVersion: '1.0.2',
    process: {
      user: { uid: 0, gid: 0 },
      args,
      env: ['PATH=/usr/bin:/bin'],
      cwd: '/',
    },
    root: { path: root, readonly: true },
    hostname: 'bench',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs' },
    ],
    linux: { namespaces: kinds.map((type) => ({ type })), resources: {} },
  };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
}
