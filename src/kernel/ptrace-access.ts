/** Who may look into another process (__ptrace_may_access of kernel/ptrace.c): /proc/pid files, pidfd_getfd(2), kcmp(2). */

import { CAP_SYS_PTRACE } from '../abi/sched.js';
import { capable } from './cred.js';
import { credOf } from './signals.js';
import type { Task, ThreadGroup } from './task.js';

/**
 * @param real judge by the caller's real ids (PTRACE_MODE_REALCREDS) rather than the file system ids (PTRACE_MODE_FSCREDS)
 */
export function mayInspect(caller: Task, target: ThreadGroup, real: boolean): boolean {
  if (caller.group === target) return true;
  const theirs = credOf(target);
  if (theirs === undefined) return false;
  const { cred } = caller;
  if (capable(cred, CAP_SYS_PTRACE)) return true;
  const uid = real ? cred.uid : cred.fsuid;
  const gid = real ? cred.gid : cred.fsgid;
  const same =
    [theirs.uid, theirs.euid, theirs.suid].every((id) => id === uid) &&
    [theirs.gid, theirs.egid, theirs.sgid].every((id) => id === gid);
  if (!same || target.dumpable !== 1) return false;
  return (theirs.capPermitted & ~cred.capPermitted) === 0n;
}
