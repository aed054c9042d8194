/** signalfd(2). */

import { EBADF, EFAULT, EINVAL } from '../src/abi/errno.js';
import { O_NONBLOCK } from '../src/abi/fcntl.js';
import { SFD_CLOEXEC, SFD_NONBLOCK } from '../src/abi/signal.js';
import { SIGSET_SIZE } from '../src/abi/structs-ipc.js';
import { SignalFd } from '../src/fs/signalfd.js';
import type { Task } from '../src/kernel/task.js';
import { installFd } from './anon-fd.js';
import type { Family, SyscallArgs } from './family.js';

function signalfd(task: Task, args: SyscallArgs, flags: number): number {
  if (args.long(2) !== SIGSET_SIZE) return -EINVAL;
  const set = task.mem.view(args.ptr(1), SIGSET_SIZE);
  if (typeof set === 'number') return -EFAULT;
  const mask = set.getBigUint64(0, true);
  if ((flags & ~(SFD_CLOEXEC | SFD_NONBLOCK)) !== 0) return -EINVAL;
  if (args.int(0) === -1) {
    const file = new SignalFd(task.kernel, mask, (flags & SFD_NONBLOCK) !== 0 ? O_NONBLOCK : 0);
    return installFd(task, file, (flags & SFD_CLOEXEC) !== 0);
  }
  const file = task.file(args.int(0));
  if (file === undefined) return -EBADF;
  if (!(file instanceof SignalFd)) return -EINVAL;
  file.setMask(mask);
  return args.int(0);
}

export const signalfdFamily: Family = {
  signalfd: {
    handler: (task, args) => signalfd(task, args, 0),
    args: ['fd', 'ptr', 'size'],
    status: 'full',
  },
  signalfd4: {
    handler: (task, args) => signalfd(task, args, args.int(3)),
    args: ['fd', 'ptr', 'size', 'hex'],
    status: 'full',
  },
};
