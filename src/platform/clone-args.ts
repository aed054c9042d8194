/** The arguments of the calls that make tasks, as they lie in registers and in struct clone_args. */

import { E2BIG, EFAULT, EINVAL, ENOSYS } from '../abi/errno.js';
import { CLONE_CLEAR_SIGHAND, CLONE_VFORK, CLONE_VM } from '../abi/sched.js';
import { SIGCHLD } from '../abi/signal.js';
import { SYS } from '../arch/x86-64-syscalls.js';
import type { CloneArgs } from '../kernel/fork.js';
import type { Task } from '../kernel/task.js';
import { Reg } from './native.js';

const CLONE_ARGS_SIZE_VER0 = 64;
const CLONE_ARGS_SIZE = 88;

/**
 * What a clone(2), fork(2), vfork(2) or clone3(2) that `task` stands at asks for.
 * @param regs its registers
 * @returns the arguments, or -errno
 */
export function cloneArgs(task: Task, nr: number, regs: Float64Array): CloneArgs | number {
  const args: CloneArgs = {
    flags: 0,
    exitSignal: SIGCHLD,
    stack: 0,
    stackSize: 0,
    parentTid: 0,
    childTid: 0,
    tls: 0,
    pidfd: 0,
  };
  if (nr === SYS.clone) {
    const word = regs[Reg.rdi] as number;
    args.flags = (word >>> 0) - (word & 0xff);
    args.exitSignal = word & 0xff;
    args.stack = regs[Reg.rsi] as number;
    args.parentTid = args.pidfd = regs[Reg.rdx] as number;
    args.childTid = regs[Reg.r10] as number;
    args.tls = regs[Reg.r8] as number;
  } else if (nr === SYS.vfork) {
    args.flags = CLONE_VFORK | CLONE_VM;
  } else if (nr === SYS.clone3) {
    return clone3Args(task, args, regs[Reg.rdi] as number, regs[Reg.rsi] as number);
  } else if (nr !== SYS.fork) {
    return -ENOSYS;
  }
  return args;
}

/** struct clone_args is read once and becomes registers. */
function clone3Args(task: Task, args: CloneArgs, addr: number, size: number): CloneArgs | number {
  if (size > 4096) return -E2BIG;
  if (size < CLONE_ARGS_SIZE_VER0) return -EINVAL;
  const dv = task.mem.view(addr, size);
  if (typeof dv === 'number') return -EFAULT;
  for (let i = CLONE_ARGS_SIZE; i < size; i++) if (dv.getUint8(i) !== 0) return -E2BIG;
  const field = (off: number): number => (off + 8 <= size ? Number(dv.getBigUint64(off, true)) : 0);
  args.flags = field(0);
  args.pidfd = field(8);
  args.childTid = field(16);
  args.parentTid = field(24);
  args.exitSignal = field(32);
  args.stack = field(40);
  args.stackSize = field(48);
  args.tls = field(56);
  if ((args.flags & 0xff) !== 0 || args.exitSignal > 64) return -EINVAL;
  if ((args.stack === 0) !== (args.stackSize === 0)) return -EINVAL;
  // clone(2), which the host is given, cannot clear handlers; libraries then do it themselves.
  if (args.flags >= CLONE_CLEAR_SIGHAND) return -EINVAL;
  if (field(72) !== 0) args.setTid = new Array<number>(Math.min(field(72), 32)).fill(0);
  return args;
}
