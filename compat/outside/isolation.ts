/**
 * A world of its own for a native test: what it mounts, its System V and POSIX objects, its host name and its processes
 * go with it, and none of it is seen by its neighbours. The kernel that answers is the host's all the same.
 */
import { spawnSync } from 'node:child_process';

/** Best first: as root everything; else what an unprivileged user namespace gives without changing who one is. */
const attempts: readonly (readonly string[])[] = [
  [
    '--mount',
    '--propagation',
    'private',
    '--ipc',
    '--uts',
    '--pid',
    '--fork',
    '--kill-child',
    '--mount-proc',
  ],
  ['--user', '--map-current-user', '--ipc', '--pid', '--fork', '--kill-child'],
];

/** POSIX shared memory that ends with the mount namespace, where there is one. */
const ownSharedMemory = 'mount -t tmpfs -o mode=1777 tmpfs /dev/shm 2>/dev/null; exec "$@"';

let found: readonly string[] | undefined;

/**
 * The command line (unshare of util-linux) to put before a native test's; empty where the machine allows none of it:
 * then processes are still killed, but other things may stay behind.
 */
export function isolationPrefix(): readonly string[] {
  found ??=
    attempts
      .map((flags) => ['unshare', ...flags, '--'])
      .map((words) => (words.includes('--mount') ? [...words, 'sh', '-c', ownSharedMemory, 'sh'] : words))
      .find(([program = '', ...args]) => {
        const { status } = spawnSync(program, [...args, 'true'], { stdio: 'ignore', timeout: 10_000 });
        return status === 0;
      }) ?? [];
  return found;
}
