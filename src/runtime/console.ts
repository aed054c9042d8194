/** A container's process in the foreground (`run` and `exec` without --detach): the caller's terminal and signals are its own. */
import { checked, host } from './host.js';
import { type Pty, setWindowSize, windowSize } from './terminal.js';

/** The new terminal has the caller's window, where the caller has one and the config says nothing. */
export function copyWindow(pty: Pty, size?: { readonly width: number; readonly height: number }): void {
  const wanted = size ?? windowSize(0) ?? windowSize(1);
  if (wanted !== undefined) setWindowSize(pty.master, wanted);
}

/** Keeps signals for `runInForeground`, so that none is lost while the process is being started. @throws HostError */
export function holdSignals(): void {
  checked(host().holdSignals(), 'signals');
}

/**
 * Wait for the end of a stub that this process has spawned. Signals that come meanwhile go to it, and with a terminal what is typed
 * and shown goes to and fro; the caller's own is in raw mode for that time.
 *
 * @param pid the stub
 * @param pty its terminal, of which the caller has closed the slave; undefined: the container has the caller's descriptors itself
 * @returns the wait status, as wait4(2) encodes it
 * @throws HostError
 */
export function runInForeground(pid: number, pty?: Pick<Pty, 'master'>): number {
  return checked(host().supervise(pid, pty?.master ?? -1, 0, 1), `wait for process ${pid}`);
}

/** @returns the exit status as a shell has it: 128 + N after signal N */
export function exitStatus(waitStatus: number): number {
  const signal = waitStatus & 0x7f;
  return signal === 0 ? (waitStatus >> 8) & 0xff : 128 + signal;
}
