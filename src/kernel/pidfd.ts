/** Descriptors that stand for a process (pidfd_open(2)). */

import { EINVAL } from '../abi/errno.js';
import { O_RDWR } from '../abi/fcntl.js';
import { POLLHUP, POLLIN, POLLRDNORM } from '../abi/poll.js';
import { anonPath } from '../fs/anon.js';
import { NO_SPLICES, OpenFile } from '../vfs/file.js';
import type { Kernel } from './kernel.js';
import type { PidNamespace } from './pid-namespace.js';
import type { ThreadGroup } from './task.js';
import type { Waiter } from './wait.js';

export class PidFile extends OpenFile {
  private target: ThreadGroup | undefined;
  private readonly waiter: Waiter = {
    wake: (events) => {
      this.queue.wake(events | POLLRDNORM);
      return false;
    },
  };

  /** @param flags O_NONBLOCK or 0 */
  constructor(kernel: Kernel, flags: number) {
    super(anonPath(kernel, 'anon_inode:[pidfd]', 0o600), O_RDWR | flags);
  }

  /** The process, or undefined while clone(2) has not made it yet. */
  get process(): ThreadGroup | undefined {
    return this.target;
  }

  bind(tg: ThreadGroup): this {
    this.target = tg;
    tg.exitQueue.add(this.waiter);
    return this;
  }

  /** Lines of /proc/pid/fdinfo, by which pidfd_getpid(3) finds the number: -1 once it is free, 0 for a process of another namespace. */
  fdinfo(pids: PidNamespace): string {
    const pid = this.target === undefined || this.target.reaped ? -1 : this.target.ref.in(pids);
    return `Pid:\t${pid}\nNSpid:\t${pid}\n`;
  }

  override get seekable(): boolean {
    return false;
  }
  override get splices(): typeof NO_SPLICES {
    return NO_SPLICES;
  }
  override get pollable(): boolean {
    return true;
  }
  /** Readable once the process has ended, and hung up once somebody has waited for it. */
  override poll(): number {
    if (this.target?.reaped === true) return POLLIN | POLLRDNORM | POLLHUP;
    return this.target?.zombie === true ? POLLIN | POLLRDNORM : 0;
  }
  override truncate(): number {
    return -EINVAL;
  }
  override release(): void {
    this.target?.exitQueue.remove(this.waiter);
  }
}
