/**
 * Host calls of the runtime's side: what goes wrong is a HostError with one line for people, in the words that engines look for.
 * Everything waits; the processes that use it are short-lived.
 */
import { closeSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { getSystemErrorName } from 'node:util';
import { loadAddon } from '../platform/addon.js';
import type { HostNative } from './host-native.js';

export const SOCK_STREAM = 1;
export const SOCK_SEQPACKET = 5;

const OPEN_TREE_CLONE = 1;
const AT_RECURSIVE = 0x8000;
const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** Words of errnos as C libraries and Go have them, where they differ from the names that Node gives. */
const WORDS: Readonly<Record<string, string>> = {
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  ESRCH: 'no such process',
  EINTR: 'interrupted system call',
  EIO: 'input/output error',
  ENXIO: 'no such device or address',
  EBADF: 'bad file descriptor',
  ECHILD: 'no child processes',
  EAGAIN: 'resource temporarily unavailable',
  ENOMEM: 'cannot allocate memory',
  EACCES: 'permission denied',
  EBUSY: 'device or resource busy',
  EEXIST: 'file exists',
  ENODEV: 'no such device',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EINVAL: 'invalid argument',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in system',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EPIPE: 'broken pipe',
  ENAMETOOLONG: 'file name too long',
  ELOOP: 'too many levels of symbolic links',
  ECONNREFUSED: 'connection refused',
  ETIMEDOUT: 'connection timed out',
  EADDRINUSE: 'address already in use',
  ENOTSOCK: 'socket operation on non-socket',
  EUSERS: 'too many users',
};

/** @param errno positive @returns what it means, in the words of strerror(3) with a small first letter */
export function errnoText(errno: number): string {
  const name = getSystemErrorName(-errno);
  return WORDS[name] ?? name;
}

/** A host call that was refused. */
export class HostError extends Error {
  /** Positive. */
  readonly errno: number;
  /** e.g. ENOENT */
  readonly code: string;

  /** @param what what could not be done, without the reason */
  constructor(what: string, errno: number) {
    super(`${what}: ${errnoText(errno)}`);
    this.name = 'HostError';
    this.errno = errno;
    this.code = getSystemErrorName(-errno);
  }
}

let loaded: { native: HostNative; stub: string } | undefined;

function addon(): { native: HostNative; stub: string } {
  if (loaded === undefined) {
    const { native, stub } = loadAddon();
    loaded = { native: native as unknown as HostNative, stub };
  }
  return loaded;
}

/** The addon's host functions. */
export function host(): HostNative {
  return addon().native;
}

/** Path of the stub (addon/stub). */
export function stubPath(): string {
  return addon().stub;
}

/** `result` unless it is a negative errno. @throws HostError */
export function checked(result: number, what: string): number {
  if (result < 0) throw new HostError(what, -result);
  return result;
}

/** close(2) of what may be closed already. */
export function closeQuietly(fd: number | undefined): void {
  if (fd === undefined || fd < 0) return;
  try {
    closeSync(fd);
  } catch {
    // Nothing that the caller could do.
  }
}

/**
 * A detached copy of the mount at a path: a descriptor that stands for the tree even where the path is mounted over or gone.
 *
 * @param recursive with the mounts below it (rbind)
 * @throws HostError
 */
export function openTree(path: string, recursive: boolean): number {
  const flags = OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0);
  return checked(host().openTree(path, flags), path);
}

/** @returns two connected unix sockets. @throws HostError */
export function socketPair(type: number = SOCK_STREAM): [number, number] {
  const pair = host().socketPair(type);
  if (typeof pair === 'number') throw new HostError('socketpair', -pair);
  return pair;
}

/** Connect to a unix stream socket, whatever the length of its path. @throws HostError */
export function connectSocket(path: string): number {
  return checked(host().connectSocket(path), `connect ${path}`);
}

/** Make and listen on a unix stream socket of mode 0600. @param backlog who may wait there @throws HostError: EADDRINUSE where the name is taken */
export function listenSocket(directory: string, name: string, backlog = 256): number {
  return checked(host().unixListen(directory, name, backlog), `listen ${join(directory, name)}`);
}

/** Send all the bytes; the descriptors go with the first of them. @throws HostError */
export function sendAll(fd: number, bytes: Uint8Array, fds: readonly number[] = []): void {
  checked(host().sendMessage(fd, bytes, fds), 'send');
}

/**
 * Receive what is there, waiting for the first byte.
 *
 * @param timeout milliseconds, -1: for ever
 * @returns bytes in `bytes` (0 at the end), and the descriptors that came with them, the caller's to close
 * @throws HostError, ETIMEDOUT too
 */
export function receive(fd: number, bytes: Uint8Array, timeout = -1): { length: number; fds: number[] } {
  const fds: number[] = [];
  const length = checked(host().receiveFds(fd, bytes, fds, timeout), 'receive');
  return { length, fds };
}

/** A file in memory with this text, its position at the beginning. @throws HostError */
export function memoryFile(name: string, text: string): number {
  const fd = checked(host().memfd(name), 'memfd_create');
  const bytes = Buffer.from(text);
  // With positions: the file's own stays where a reader begins.
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
  return fd;
}

/** Take a lock of a whole open file, waiting for it, or with `wait` false at once. @returns false: somebody else has it */
export function lockFile(fd: number, kind: 'shared' | 'exclusive', wait = true): boolean {
  const operation = (kind === 'shared' ? LOCK_SH : LOCK_EX) | (wait ? 0 : LOCK_NB);
  const result = host().flock(fd, operation);
  if (result < 0 && getSystemErrorName(result) === 'EAGAIN') return false;
  checked(result, 'flock');
  return true;
}

/** Wait for the end of a child. @returns its wait status, as wait4(2) encodes it. @throws HostError */
export function waitChild(pid: number): number {
  return checked(host().waitPid(pid, 0), `wait for process ${pid}`);
}

/** What identifies a process for good: its number may be given to another one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Ticks since the host's boot (proc_pid_stat(5), starttime). */
  readonly startTime: number;
}

export interface ProcessStat extends ProcessIdentity {
  /** One letter of proc_pid_stat(5): R, S, D, Z, T ... */
  readonly state: string;
  readonly parent: number;
}

/** What /proc says of a process; undefined where there is none of that number. */
export function processStat(pid: number): ProcessStat | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return undefined;
  }
  // The name, in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, state: fields[0]!, parent: Number(fields[1]), startTime: Number(fields[19]) };
}

/** Whether just this process runs: a zombie counts as dead, and so does another one that has got its number. */
export function isAlive(process: ProcessIdentity): boolean {
  const stat = processStat(process.pid);
  return stat !== undefined && stat.startTime === process.startTime && !/[ZXx]/.test(stat.state);
}

/**
 * Send a signal to just this process.
 *
 * @returns false if it has ended
 * @throws HostError for other errors
 */
export function signalProcess(process: ProcessIdentity, signal: number): boolean {
  const pidfd = host().pidfdOpen(process.pid);
  if (pidfd < 0) return gone(pidfd);
  try {
    // Looked at after the descriptor was opened, so that it is this very process.
    if (!isAlive(process)) return false;
    const result = host().pidfdSignal(pidfd, signal);
    return result < 0 ? gone(result) : true;
  } finally {
    closeSync(pidfd);
  }
}

function gone(result: number): false {
  if (getSystemErrorName(result) === 'ESRCH') return false;
  throw new HostError('kill', -result);
}
