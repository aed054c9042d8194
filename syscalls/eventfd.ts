/** eventfd(2). */

import { EINVAL } from '../src/abi/errno.js';
import { EFD_CLOEXEC, EFD_NONBLOCK, EFD_SEMAPHORE } from '../src/abi/poll.js';
import { EventFd } from '../src/fs/eventfd.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { installFd } from './anon-fd.js';
import type { Family, SyscallArgs } from './family.js';

function create(task: Task, initial: number, flags: number): number {
  if ((flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) !== 0) return -EINVAL;
  const file = new EventFd(task.kernel, initial, (flags & EFD_SEMAPHORE) !== 0, flags & EFD_NONBLOCK);
  return installFd(task, file, (flags & EFD_CLOEXEC) !== 0);
}

function sysEventfd(task: Task, args: SyscallArgs): SyscallResult {
  return create(task, args.uint(0), 0);
}

function sysEventfd2(task: Task, args: SyscallArgs): SyscallResult {
  return create(task, args.uint(0), args.int(1));
}

export const eventfdFamily: Family = {
  eventfd: { handler: sysEventfd, args: ['uint'], status: 'full' },
  eventfd2: { handler: sysEventfd2, args: ['uint', 'hex'], status: 'full' },
};
