/**
 * OCI bundles for runtimes such as runc: the host's files under an overlay that is gone afterwards, a world of namespaces,
 * and all that the caller may do, so that what is compared is the kernel's answers and not a policy.
 *
 * https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md
 */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import * as sched from '../../src/abi/sched.js';
import type { CommandOptions } from './target.js';

/**
 * Mounts an overlay of / on MOUNTPOINT/root, in the caller's own mount namespace, and becomes the command:
 * sh -c OVERLAY_SCRIPT sh MOUNTPOINT COMMAND [ARG...]. Nothing of it needs to be undone: the namespace goes with its
 * processes.
 */
export const OVERLAY_SCRIPT = `set -e
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
shift
exec "$@"`;

/**
 * As OVERLAY_SCRIPT, with cgroup 2 alone where the host has both versions side by side, which crun refuses.
 */
export const OVERLAY_CGROUP2_SCRIPT = OVERLAY_SCRIPT.replace(
  'shift\n',
  'test ! -d /sys/fs/cgroup/unified || mount -t cgroup2 cgroup2 /sys/fs/cgroup\nshift\n',
);

/** Names of the capabilities that this process has, `CAP_CHOWN` and so on. */
export function ownCapabilities(): string[] {
  const line = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'));
  const set = BigInt(`0x${line?.[1] ?? '0'}`);
  return Object.entries<unknown>(sched)
    .filter(([name]) => name.startsWith('CAP_') && name !== 'CAP_LAST_CAP')
    .filter(([, bit]) => typeof bit === 'number' && ((set >> BigInt(bit)) & 1n) === 1n)
    .map(([name]) => name);
}

function tmpfs(destination: string, ...options: string[]): object {
  return { destination, type: 'tmpfs', source: 'tmpfs', options };
}

function bind(path: string, mode: 'ro' | 'rw'): object {
  return { destination: path, type: 'bind', source: path, options: ['rbind', mode] };
}

/**
 * The bundle's config.json, as a value.
 *
 * @param root absolute path of the root file system
 */
export function bundleConfig(words: readonly string[], options: CommandOptions, root: string): object {
  const capabilities = ownCapabilities();
  return {
    ociVersion: '1.0.2',
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: words,
      env: Object.entries(options.env).map(([name, value]) => `${name}=${value}`),
      cwd: options.cwd,
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: false,
    },
    root: { path: root, readonly: false },
    hostname: hostname(),
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      tmpfs('/dev', 'nosuid', 'strictatime', 'mode=755', 'size=65536k'),
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
      },
      tmpfs('/dev/shm', 'nosuid', 'nodev', 'mode=1777'),
      {
        destination: '/dev/mqueue',
        type: 'mqueue',
        source: 'mqueue',
        options: ['nosuid', 'noexec', 'nodev'],
      },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      ...(options.visible ?? []).map((path) => bind(path, 'ro')),
      bind(options.cwd, 'rw'),
    ],
    linux: {
      namespaces: ['pid', 'network', 'ipc', 'uts', 'mount'].map((type) => ({ type })),
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  };
}
