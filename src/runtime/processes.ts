/** Waiting for processes of the host that are not ours to wait for. */
import { thaw } from './cgroups/thaw.js';
import { isAlive, type ProcessIdentity, signalProcess } from './host.js';

const SIGKILL = 9;

/**
 * Wait until a process has ended; a zombie has.
 *
 * @param timeout milliseconds
 * @returns false if it still runs then
 */
export async function waitEnd(process: ProcessIdentity, timeout: number): Promise<boolean> {
  const deadline = Date.now() + timeout;
  for (let pause = 1; isAlive(process); pause = Math.min(pause * 2, 50)) {
    if (Date.now() >= deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  return true;
}

/** How long a killed process may take to go, milliseconds: it may be in the middle of a slow disk's work. */
const DYING = 10_000;

/** Wait a while for a process to end by itself, then kill it. @returns false if even that does not end it */
export async function endProcess(process: ProcessIdentity, patience: number): Promise<boolean> {
  if (await waitEnd(process, patience)) return true;
  signalProcess(process, SIGKILL);
  thaw(process.pid);
  return waitEnd(process, DYING);
}
