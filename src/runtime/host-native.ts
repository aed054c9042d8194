/**
 * What the addon does for the command line's process, which is no sentry: descriptors, sockets, terminals, programs
 * (addon/host/{control-sockets,spawn,terminals}.cc). Results below zero are negative errnos; strings are ordinary ones.
 */
import type { Native } from '../platform/native.js';

export interface HostNative extends Pick<Native, 'connectSocket' | 'sendMessage' | 'memfd'> {
  /** A connected pair of unix sockets of a type, SOCK_STREAM or SOCK_SEQPACKET. */
  socketPair(type: number): [number, number] | number;
  /** A listening stream socket with a short name in a directory whose path may be of any length; its mode is 0600. */
  unixListen(directory: string, name: string, backlog: number): number;
  /** Receives bytes, 0 at the end; descriptors are put into `fds`. -ETIMEDOUT after `timeout` milliseconds; -1: waits for ever. */
  receiveFds(fd: number, bytes: Uint8Array, fds: number[], timeout: number): number;

  /** Starts a program: fds[i] becomes its descriptor i, -1: closed. No signal is ignored or blocked. Its pid. */
  spawn(options: {
    path: string;
    argv: readonly string[];
    env: readonly string[];
    fds: readonly number[];
  }): number;
  /** waitpid(2) of a child: its wait status; -EAGAIN with WNOHANG while it runs. */
  waitPid(pid: number, options: number): number;
  /** open_tree(2). */
  openTree(path: string, flags: number): number;
  pidfdOpen(pid: number): number;
  pidfdSignal(pidfd: number, signal: number): number;
  /** flock(2). */
  flock(fd: number, operation: number): number;
  /** A copy of a descriptor with a number not below `least`. */
  duplicate(fd: number, least: number, closeOnExec: boolean): number;
  setCloseOnExec(fd: number, closeOnExec: boolean): number;

  /** A new terminal whose slave belongs to an owner and group; `name` is the slave's path. */
  openPty(uid: number, gid: number): { master: number; slave: number; name: string } | number;
  setWindowSize(fd: number, rows: number, columns: number): number;
  /** rows * 65536 + columns. */
  getWindowSize(fd: number): number;

  /** Signals that come from now on are kept for `supervise`. */
  holdSignals(): number;
  /**
   * Waits for the end of a child, hands signals that come meanwhile on to it, and carries bytes between a terminal's master
   * (-1: none) and two descriptors, of which `input` is in raw mode for that time if it is a terminal. The child's wait status.
   */
  supervise(pid: number, master: number, input: number, output: number): number;
}
