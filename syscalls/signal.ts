/** Sending signals, and the one disposition that the sentry must know. Masks, handlers and waits are the host kernel's. */

import { EBADF, EFAULT, EINVAL, EPERM, ESRCH } from '../src/abi/errno.js';
import { SA_NOCLDSTOP, SA_NOCLDWAIT, SI_TKILL, SI_USER, SIGCHLD } from '../src/abi/signal.js';
import { getI64, readSiginfo, SIGACTION_SIZE, SIGINFO_SIZE } from '../src/abi/structs-process.js';
import { PidDir } from '../src/fs/proc/pid.js';
import { findByTid, findProcess, findTask } from '../src/kernel/ids.js';
import { PidFile } from '../src/kernel/pidfd.js';
import { mayKill, type SigInfo, sendToProcess, sendToTask } from '../src/kernel/signals.js';
import type { ProcessGroup, Task, ThreadGroup } from '../src/kernel/task.js';
import { CONTINUE, type SyscallResult } from '../src/kernel/wait.js';
import { inodeOf } from '../src/vfs/dentry.js';
import type { Family, SyscallArgs } from './family.js';

const NSIG = 64;
const SIGSET_SIZE = 8;
const SIG_DFL = 0;
const SIG_IGN = 1;
const PIDFD_SIGNAL_THREAD = 1;
const PIDFD_SIGNAL_THREAD_GROUP = 2;
const PIDFD_SIGNAL_PROCESS_GROUP = 4;

function validSignal(sig: number): boolean {
  return sig >= 0 && sig <= NSIG;
}

/** Checks and sends to one process; signal 0 only checks. */
function killOne(task: Task, tg: ThreadGroup, info: SigInfo): number {
  if (!mayKill(task, tg, info.signo)) return -EPERM;
  return info.signo === 0 ? 0 : sendToProcess(tg, info);
}

/** kill_pgrp_info: success if one member could be signalled. */
function killGroup(task: Task, group: ProcessGroup | undefined, info: SigInfo): number {
  let result = -ESRCH;
  let sent = false;
  for (const tg of group === undefined ? [] : [...group.members]) {
    result = killOne(task, tg, info);
    if (result === 0) sent = true;
  }
  return sent ? 0 : result;
}

/** Everything but pid 1 and the caller. */
function killAll(task: Task, info: SigInfo): number {
  let result = -ESRCH;
  let count = 0;
  for (const tg of [...task.pids.processes.values()]) {
    if (tg.pid === 1 || tg === task.group) continue;
    const r = killOne(task, tg, info);
    if (count++ === 0 || r !== -EPERM) result = r;
  }
  return count === 0 ? -ESRCH : result === -EPERM ? 0 : result;
}

function userInfo(task: Task, signo: number, code: number): SigInfo {
  return { signo, code, pid: task.pid, uid: task.cred.uid };
}

function sysKill(task: Task, args: SyscallArgs): SyscallResult {
  const pid = args.int(0);
  const sig = args.int(1);
  if (!validSignal(sig)) return -EINVAL;
  const info = userInfo(task, sig, SI_USER);
  if (pid > 0) {
    const tg = findByTid(task.pids, pid);
    return tg === undefined ? -ESRCH : killOne(task, tg, info);
  }
  if (pid === -0x80000000) return -ESRCH;
  if (pid === -1) return killAll(task, info);
  return killGroup(task, pid === 0 ? task.group.group : task.pids.groups.get(-pid), info);
}

/** @param tgid the process the thread must belong to; 0: any */
function killThread(task: Task, tgid: number, tid: number, info: SigInfo): number {
  const target = findTask(task.pids, tid);
  if (target === undefined || (tgid !== 0 && findProcess(task.pids, tgid) !== target.group)) {
    return zombieThread(task, tgid, tid, info);
  }
  if (!mayKill(task, target.group, info.signo)) return -EPERM;
  return info.signo === 0 ? 0 : sendToTask(target, info);
}

/** The first thread of a zombie can still be signalled, to no effect. */
function zombieThread(task: Task, tgid: number, tid: number, info: SigInfo): number {
  const tg = findProcess(task.pids, tid);
  if (tg === undefined || (tgid !== 0 && findProcess(task.pids, tgid) !== tg)) return -ESRCH;
  return mayKill(task, tg, info.signo) ? 0 : -EPERM;
}

function sysTkill(task: Task, args: SyscallArgs): SyscallResult {
  const tid = args.int(0);
  const sig = args.int(1);
  if (tid <= 0 || !validSignal(sig)) return -EINVAL;
  return killThread(task, 0, tid, userInfo(task, sig, SI_TKILL));
}

function sysTgkill(task: Task, args: SyscallArgs): SyscallResult {
  const tgid = args.int(0);
  const tid = args.int(1);
  const sig = args.int(2);
  if (tgid <= 0 || tid <= 0 || !validSignal(sig)) return -EINVAL;
  return killThread(task, tgid, tid, userInfo(task, sig, SI_TKILL));
}

/** siginfo_t from the caller; -EFAULT. */
function copySiginfo(task: Task, addr: number): SigInfo | number {
  const dv = task.mem.view(addr, SIGINFO_SIZE);
  if (typeof dv === 'number') return -EFAULT;
  const { signo, code, pid, uid, value } = readSiginfo(dv, 0);
  return { signo, code, pid, uid, value };
}

/** Only to itself may a process pretend that the kernel or tkill(2) sent a signal. */
function forged(info: SigInfo): boolean {
  return info.code >= 0 || info.code === SI_TKILL;
}

function sysRtSigqueueinfo(task: Task, args: SyscallArgs): SyscallResult {
  const pid = args.int(0);
  const sig = args.int(1);
  const info = copySiginfo(task, args.ptr(2));
  if (typeof info === 'number') return info;
  if (forged(info) && pid !== task.pid) return -EPERM;
  if (!validSignal(sig)) return -EINVAL;
  const tg = pid > 0 ? findByTid(task.pids, pid) : undefined;
  return tg === undefined ? -ESRCH : killOne(task, tg, { ...info, signo: sig });
}

function sysRtTgsigqueueinfo(task: Task, args: SyscallArgs): SyscallResult {
  const tgid = args.int(0);
  const tid = args.int(1);
  const sig = args.int(2);
  const info = copySiginfo(task, args.ptr(3));
  if (typeof info === 'number') return info;
  if (tgid <= 0 || tid <= 0) return -EINVAL;
  if (forged(info) && findTask(task.pids, tid) !== task) return -EPERM;
  if (!validSignal(sig)) return -EINVAL;
  return killThread(task, tgid, tid, { ...info, signo: sig });
}

/** The process of a pidfd, or of a directory /proc/<pid>. @returns undefined when it has none yet or any more; -EBADF */
function pidfdProcess(task: Task, fd: number): ThreadGroup | undefined | number {
  const file = task.file(fd);
  if (file instanceof PidFile) return file.process;
  const inode = file === undefined ? undefined : inodeOf(file.path);
  return inode instanceof PidDir ? (inode.process ?? -EBADF) : -EBADF;
}

function sysPidfdSendSignal(task: Task, args: SyscallArgs): SyscallResult {
  const sig = args.int(1);
  const infoAddr = args.ptr(2);
  const flags = args.uint(3);
  if (![0, PIDFD_SIGNAL_THREAD, PIDFD_SIGNAL_THREAD_GROUP, PIDFD_SIGNAL_PROCESS_GROUP].includes(flags))
    return -EINVAL;
  const tg = pidfdProcess(task, args.int(0));
  if (typeof tg === 'number') return tg;
  let info: SigInfo | number = userInfo(task, sig, SI_USER);
  if (infoAddr !== 0) {
    info = copySiginfo(task, infoAddr);
    if (typeof info === 'number') return info;
    if (info.signo !== sig) return -EINVAL;
    if (forged(info) && tg !== task.group) return -EPERM;
  }
  if (!validSignal(sig)) return -EINVAL;
  // Numbers of the caller's namespace would mean nothing there.
  if (tg !== undefined && tg.pids !== task.pids) return -EINVAL;
  if (tg === undefined || tg.reaped) return -ESRCH;
  if (flags === PIDFD_SIGNAL_PROCESS_GROUP) return killGroup(task, tg.group, info);
  if (flags === PIDFD_SIGNAL_THREAD) return killThread(task, tg.pid, tg.pid, { ...info, code: SI_TKILL });
  return killOne(task, tg, info);
}

/**
 * The filter shows rt_sigaction(SIGCHLD) to the sentry: it must know whether children are to be reaped by themselves. The host
 * then carries the call out. A struct changed in between deceives only its own process.
 */
function sysRtSigaction(task: Task, args: SyscallArgs): SyscallResult {
  const act = args.ptr(1);
  if (args.int(0) !== SIGCHLD || act === 0 || args.long(3) !== SIGSET_SIZE) return CONTINUE;
  const dv = task.mem.view(act, SIGACTION_SIZE);
  if (typeof dv === 'number') return CONTINUE;
  const handler = getI64(dv, 0);
  const flags = dv.getUint32(8, true);
  const tg = task.group;
  if (handler === SIG_IGN || (flags & SA_NOCLDWAIT) !== 0) tg.sigchldDisposition = 1;
  else tg.sigchldDisposition = handler === SIG_DFL ? 0 : 2;
  tg.noCldStop = (flags & SA_NOCLDSTOP) !== 0;
  return CONTINUE;
}

export const signalFamily: Family = {
  kill: { handler: sysKill, args: ['int', 'signal'], status: 'full' },
  tkill: { handler: sysTkill, args: ['int', 'signal'], status: 'full' },
  tgkill: { handler: sysTgkill, args: ['int', 'int', 'signal'], status: 'full' },
  rt_sigqueueinfo: { handler: sysRtSigqueueinfo, args: ['int', 'signal', 'struct'], status: 'full' },
  rt_tgsigqueueinfo: {
    handler: sysRtTgsigqueueinfo,
    args: ['int', 'int', 'signal', 'struct'],
    status: 'full',
  },
  pidfd_send_signal: {
    handler: sysPidfdSendSignal,
    args: ['fd', 'signal', 'struct', 'hex'],
    status: 'full',
  },
  rt_sigaction: {
    handler: sysRtSigaction,
    args: ['signal', 'struct', 'ptr', 'size'],
    status: 'full',
    note: 'only SIGCHLD is seen here',
  },
};
