/** Descriptors that go to the sentry with a request, and those of ours that a process gets. */
import { readdirSync, readlinkSync } from 'node:fs';
import type { FdIndex, ProcessSpec } from '../sentry/container-spec.js';
import { RuntimeError } from './errors.js';
import { closeQuietly } from './host.js';

/** A descriptor of this command, and the number that the container's process has it under. */
export interface FileDescriptorPair {
  readonly host: number;
  readonly guest: number;
  /** It may be that there is no such descriptor: one of a range. */
  readonly optional?: true;
}

/** The descriptors of one request, in order. */
export class RequestFds {
  readonly fds: number[] = [];
  private readonly own: number[] = [];

  /** Add one that stays the caller's. @returns its place */
  add(fd: number): FdIndex {
    return this.fds.push(fd) - 1;
  }

  /** Add one that is closed with the request. @returns its place */
  give(fd: number): FdIndex {
    this.own.push(fd);
    return this.add(fd);
  }

  close(): void {
    for (const fd of this.own.splice(0)) closeQuietly(fd);
  }
}

/** What the descriptors are that this process has, by number. */
function ownDescriptors(): Map<number, string> {
  const names = new Map<number, string>();
  for (const fd of readdirSync('/proc/self/fd').map(Number)) {
    try {
      names.set(fd, readlinkSync(`/proc/self/fd/${fd}`));
    } catch {
      // The directory's own, closed since.
    }
  }
  return names;
}

/**
 * Whether a descriptor was there when the command was started. Node marks those to be closed by execve(2) as it does its own, so it is
 * told by what it is: Node has event descriptors, and pipes of which it has both ends.
 */
function isInherited(fd: number, all: Map<number, string>): boolean {
  const name = all.get(fd);
  if (name === undefined || /^anon_inode:\[(eventpoll|eventfd|io_uring)\]$/.test(name)) return false;
  return (
    !name.startsWith('pipe:') || [...all].every(([other, its]) => other === fd || other < 3 || its !== name)
  );
}

/** Those that there are. @throws RuntimeError for one that must be there and that nobody has given us */
export function presentDescriptors(pairs: readonly FileDescriptorPair[]): FileDescriptorPair[] {
  if (pairs.length === 0) return [];
  const all = ownDescriptors();
  return pairs.filter(({ host, optional }) => {
    if (isInherited(host, all)) return true;
    if (optional) return false;
    throw new RuntimeError(`descriptor ${host} is not open, and cannot be passed on`);
  });
}

/** Sockets that a service manager has given us (sd_listen_fds(3)): how many from number 3 on. */
export function listenFds(env: Readonly<NodeJS.ProcessEnv>): number {
  const { LISTEN_FDS: count = '', LISTEN_PID: pid } = env;
  return /^\d{1,2}$/.test(count) && (pid === undefined || pid === String(process.pid)) ? Number(count) : 0;
}

/** Variables that tell a container's first process of these sockets. */
export function listenEnv(env: Readonly<NodeJS.ProcessEnv>): string[] {
  if (listenFds(env) === 0) return [];
  const names = env['LISTEN_FDNAMES'];
  return [
    `LISTEN_FDS=${listenFds(env)}`,
    'LISTEN_PID=1',
    ...(names === undefined ? [] : [`LISTEN_FDNAMES=${names}`]),
  ];
}

/**
 * The open files of a new process.
 *
 * @param standard whether its standard streams are ours; false: they are a terminal
 */
export function processFiles(
  request: RequestFds,
  standard: boolean,
  passed: readonly FileDescriptorPair[],
): ProcessSpec['files'] {
  const streams = standard ? [0, 1, 2].map((fd) => ({ host: fd, guest: fd })) : [];
  return [...streams, ...passed].map(({ host, guest }) => ({ guestFd: guest, fd: request.add(host) }));
}
