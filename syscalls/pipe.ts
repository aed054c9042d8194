/** pipe(2) and pipe2(2). */

import { EFAULT, EINVAL } from '../src/abi/errno.js';
import { O_CLOEXEC, O_DIRECT, O_NONBLOCK } from '../src/abi/fcntl.js';
import { makePipe } from '../src/fs/pipe/pipe.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { installPair } from './anon-fd.js';
import type { Family, SyscallArgs } from './family.js';

function pipe(task: Task, addr: number, flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_DIRECT | O_NONBLOCK)) !== 0) return -EINVAL;
  // An obviously bad address costs no pipe.
  if (addr === 0) return -EFAULT;
  const ends = makePipe(task.kernel, flags, task.cred);
  if (typeof ends === 'number') return ends;
  const [reader, writer] = ends;
  return installPair(task, reader, writer, (flags & O_CLOEXEC) !== 0, addr);
}

function sysPipe(task: Task, args: SyscallArgs): SyscallResult {
  return pipe(task, args.ptr(0), 0);
}

function sysPipe2(task: Task, args: SyscallArgs): SyscallResult {
  return pipe(task, args.ptr(0), args.int(1));
}

export const pipeFamily: Family = {
  pipe: { handler: sysPipe, args: ['ptr'], status: 'full' },
  pipe2: { handler: sysPipe2, args: ['ptr', 'open-flags'], status: 'full' },
};
