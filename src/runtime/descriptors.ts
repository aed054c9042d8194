/** Descriptors that go to the sentry with a request, and those of ours that a process gets. */
import { readFileSync } from 'node:fs';
import type { FdIndex, ProcessSpec } from '../sentry/container-spec.js';
import { RuntimeError } from './errors.js';
import { closeQuietly } from './host.js';

/** A descriptor of this command, and the number that the container's process has it under. */
export interface FileDescriptorPair {
  readonly host: number;
  readonly guest: number;
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

const O_CLOEXEC = 0o2000000;

/** Whether a descriptor was there when the command was started: ours are all closed by execve(2). */
function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    return false;
  }
}

/** @throws RuntimeError for a descriptor that nobody has given us */
export function checkDescriptors(pairs: readonly FileDescriptorPair[]): void {
  for (const { host } of pairs) {
    if (!isInherited(host)) throw new RuntimeError(`descriptor ${host} is not open, and cannot be passed on`);
  }
}

/** Sockets that a service manager has given us (sd_listen_fds(3)): how many from number 3 on. */
export function listenFds(env: Readonly<NodeJS.ProcessEnv>): number {
  const { LISTEN_FDS: count = '', LISTEN_PID: pid } = env;
  return /^\d{1,3}$/.test(count) && pid === String(process.pid) ? Number(count) : 0;
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
