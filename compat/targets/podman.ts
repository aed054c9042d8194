/** `podman run --runtime X`: the runtime behind a container engine, with the engine's own limits and seccomp policy. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { baseEnvironment, runBounded } from '../bounded.js';
import type { TargetInfo } from '../model.js';
import { scratchDirectory } from '../scratch.js';
import { notBelowRoot } from './oci.js';
import type { CommandOptions, Target, TargetCommand } from './target.js';

const REMOVE_TIMEOUT = 30_000;
/** podman's own largest number of processes: it lowers itself to that, and cannot go back without CAP_SYS_RESOURCE. */
const MAX_PROCESSES = 32768;
/** The cgroup that it makes for its own helpers, and never removes. */
const CONMON_PARENT = 'libpod_parent';

/** A hard limit of this process, from /proc/self/limits; `most` where there is none or a larger one. */
function hardLimit(name: string, most: number): number {
  const line = readFileSync('/proc/self/limits', 'latin1')
    .split('\n')
    .find((text) => text.startsWith(name));
  const value = Number(/\s(\d+)\s+\S+\s*$/.exec(line ?? '')?.[1] ?? most);
  return Math.min(value, most);
}

/** The cgroups of a name, in whichever hierarchies there are. */
function cgroups(name: string): string[] {
  return ['', ...readdirSync('/sys/fs/cgroup')]
    .map((hierarchy) => join('/sys/fs/cgroup', hierarchy, name))
    .filter((path) => existsSync(path));
}

/** Remove a cgroup and those below it, as far as there is no process in them. */
function removeCgroup(path: string): void {
  try {
    const below = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const entry of below) removeCgroup(join(path, entry.name));
    rmdirSync(path);
  } catch {
    // Its processes are about to end, or it is gone.
  }
}

/**
 * A target of podman.
 *
 * @param runtime what --runtime is given
 * @param init the compiled init.c
 * @param mountScript one of those of bundle.ts
 * @param cgroupMode podman's own flags about them
 */
export function podmanTarget(
  info: TargetInfo,
  runtime: string,
  init: string,
  mountScript: string,
  cgroupMode: 'enabled' | 'disabled',
): Target {
  const directory = scratchDirectory('podman');
  const mountpoint = join(directory, 'mnt');
  mkdirSync(mountpoint);
  const hadParent = cgroups(CONMON_PARENT).length > 0;
  const parent = `tvisor-compat-${process.pid}`;
  const environment = { ...baseEnvironment(), CONTAINERS_CONF: join(directory, 'containers.conf') };
  // Its locks would stay in /dev/shm.
  writeFileSync(environment.CONTAINERS_CONF, '[engine]\nlock_type = "file"\n');
  const podman = [
    'podman',
    ...[
      '--root',
      join(directory, 'root'),
      '--runroot',
      join(directory, 'run'),
      '--tmpdir',
      join(directory, 'tmp'),
    ],
    ...['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--runtime', runtime],
  ];
  const files = hardLimit('Max open files', 1 << 20);
  const processes = hardLimit('Max processes', MAX_PROCESSES);
  let count = 0;

  function inMountNamespace(words: readonly string[]): string[] {
    const prefix = [
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-c',
      mountScript,
      'sh',
      mountpoint,
    ];
    return [...prefix, ...words];
  }

  async function discard(name: string): Promise<void> {
    await runBounded([...podman, 'rm', '--force', '--ignore', '--time', '0', name], {
      cwd: '/',
      env: environment,
      timeout: REMOVE_TIMEOUT,
    });
  }

  function command(words: readonly string[], options: CommandOptions): TargetCommand {
    const name = `tvisor-compat-${process.pid}-${++count}`;
    const visible = notBelowRoot([...(options.visible ?? []), dirname(words[0] ?? '/'), dirname(init)]);
    return {
      argv: inMountNamespace([
        ...podman,
        ...['run', '--rm', '--interactive', '--name', name, '--network', 'none', '--log-driver', 'none'],
        ...(cgroupMode === 'disabled' ? ['--cgroups', 'disabled'] : ['--cgroup-parent', `/${parent}`]),
        ...['--ulimit', `nofile=${files}:${files}`, '--ulimit', `nproc=${processes}:${processes}`],
        ...Object.entries(options.env).flatMap(([key, value]) => ['--env', `${key}=${value}`]),
        ...visible.flatMap((path) => ['--volume', `${path}:${path}:ro`]),
        ...['--volume', `${options.cwd}:${options.cwd}`, '--workdir', options.cwd],
        ...['--rootfs', join(mountpoint, 'root'), init, ...words],
      ]),
      env: environment,
      cwd: '/',
      discard: () => discard(name),
    };
  }

  return {
    info,
    unavailable: '',
    native: false,
    command,
    cleanup: async () => {
      for (const path of [...cgroups(parent), ...(hadParent ? [] : cgroups(CONMON_PARENT))])
        removeCgroup(path);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
