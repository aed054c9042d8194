/** Terminals of containers: the runtime makes them, engines or `tvisor run` itself hold their other end. */
import { closeSync } from 'node:fs';
import { checked, connectSocket, HostError, host, sendAll } from './host.js';

/** A pseudo-terminal: `slave` is the container's, `master` of who looks at it. */
export interface Pty {
  readonly master: number;
  readonly slave: number;
  /** Path of the slave, e.g. /dev/pts/3. */
  readonly name: string;
}

/** @param uid owner of the slave, a host uid; @param gid its group. @throws HostError */
export function openPty(uid: number, gid: number): Pty {
  const pty = host().openPty(uid, gid);
  if (typeof pty === 'number') throw new HostError('make a terminal', -pty);
  return pty;
}

/** @throws HostError */
export function setWindowSize(fd: number, size: { readonly width: number; readonly height: number }): void {
  checked(host().setWindowSize(fd, size.height, size.width), 'set the window size');
}

/** Size of a terminal's window; undefined: `fd` is no terminal. */
export function windowSize(fd: number): { width: number; height: number } | undefined {
  const size = host().getWindowSize(fd);
  return size < 0 ? undefined : { width: size % 65536, height: Math.floor(size / 65536) };
}

/**
 * Hand a terminal's master to who listens at a console socket: one message with the descriptor and the terminal's name.
 *
 * @throws Error with one line if nobody does
 */
export function sendConsole(path: string, pty: Pty): void {
  let socket: number;
  try {
    socket = connectSocket(path);
  } catch (error) {
    const reason = error instanceof HostError ? error.message.slice(error.message.lastIndexOf(': ')) : '';
    throw new Error(`console socket ${path}: nobody listens there${reason}`);
  }
  try {
    sendAll(socket, Buffer.from(pty.name), [pty.master]);
  } finally {
    closeSync(socket);
  }
}
