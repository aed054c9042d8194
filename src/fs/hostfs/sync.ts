/** fsync(2) of files on a disk of the host: another thread does it, so that a slow disk keeps nobody waiting but the caller. */

import { POLLIN } from '../../abi/poll.js';
import { type SyscallResult, WaitQueue, WOULD_BLOCK } from '../../kernel/wait.js';
import type { Native } from '../../platform/native.js';
import { whenReadable } from '../hostfile.js';

/**
 * Makes a host file durable.
 *
 * @param fd host descriptor; it may be closed meanwhile
 * @returns 0, -errno or, as a rule, a wait that no signal ends, as on Linux
 */
export function syncElsewhere(native: Native, fd: number, dataOnly: boolean): SyscallResult {
  const done = native.syncStart(fd, dataOnly);
  // Without a thread or a descriptor for it, it has to be done here.
  if (done < 0) return native.fsync(fd, dataOnly);
  const queue = new WaitQueue();
  let result: number | undefined;
  const ended = (): void => {
    native.unwatchFd(done);
    result = native.syncResult(done);
    queue.wake(POLLIN);
  };
  whenReadable(native, done, ended);
  return { on: [queue], retry: () => result ?? WOULD_BLOCK, uninterruptible: true };
}
