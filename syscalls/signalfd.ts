/**
 * signalfd(2). Pending signals of a guest are in the host kernel, and only the guest itself can take one off its queue; a
 * descriptor that reports signals without consuming them would be a lie. So: arguments are checked, then ENOSYS.
 */

import { EINVAL, ENOSYS } from '../src/abi/errno.js';
import { SFD_CLOEXEC, SFD_NONBLOCK } from '../src/abi/signal.js';
import { SIGSET_SIZE } from '../src/abi/structs-ipc.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';

function sysSignalfd(_task: Task, args: SyscallArgs): SyscallResult {
  return args.long(2) === SIGSET_SIZE ? -ENOSYS : -EINVAL;
}

function sysSignalfd4(_task: Task, args: SyscallArgs): SyscallResult {
  if (args.long(2) !== SIGSET_SIZE || (args.int(3) & ~(SFD_CLOEXEC | SFD_NONBLOCK)) !== 0) return -EINVAL;
  return -ENOSYS;
}

const note = "ENOSYS: pending signals are the host kernel's and cannot be consumed from outside the guest";

export const signalfdFamily: Family = {
  signalfd: { handler: sysSignalfd, args: ['fd', 'ptr', 'size'], status: 'partial', note },
  signalfd4: { handler: sysSignalfd4, args: ['fd', 'ptr', 'size', 'hex'], status: 'partial', note },
};
