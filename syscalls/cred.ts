/** User and group ids, supplementary groups, capabilities. Credentials are the sentry's: a guest's host ids never change. */

import { EFAULT, EINVAL, EPERM, ESRCH } from '../src/abi/errno.js';
import { NGROUPS_MAX } from '../src/abi/limits.js';
import { CAP_SETGID, CAP_SETPCAP } from '../src/abi/sched.js';
import { CAP_FULL_SET, type Cred, capable } from '../src/kernel/cred.js';
import {
  commitCred,
  KEEP,
  setfsgid,
  setfsuid,
  setgid,
  setregid,
  setresgid,
  setresuid,
  setreuid,
  setuid,
} from '../src/kernel/cred-change.js';
import { findTask, findTaskOrZombie } from '../src/kernel/ids.js';
import type { Task } from '../src/kernel/task.js';
import type { Family, SyscallArgs } from './family.js';

const CAPABILITY_VERSION_1 = 0x19980330;
const CAPABILITY_VERSION_2 = 0x20071026;
const CAPABILITY_VERSION_3 = 0x20080522;

/** Do all of these users exist inside? KEEP always does. */
function haveUids({ container }: Task, args: SyscallArgs, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const id = args.uint(i);
    if (id !== KEEP && !container.users.hasUid(id)) return false;
  }
  return true;
}
function haveGids({ container }: Task, args: SyscallArgs, count: number): boolean {
  for (let i = 0; i < count; i++) {
    const id = args.uint(i);
    if (id !== KEEP && !container.users.hasGid(id)) return false;
  }
  return true;
}

/** Puts the result of a change in force. */
function commit(task: Task, next: Cred | number): number {
  if (typeof next === 'number') return next;
  commitCred(task, next);
  return 0;
}

function sysSetuid(task: Task, args: SyscallArgs): number {
  const uid = args.uint(0);
  return uid === KEEP || !haveUids(task, args, 1) ? -EINVAL : commit(task, setuid(task.cred, uid));
}

function sysSetgid(task: Task, args: SyscallArgs): number {
  const gid = args.uint(0);
  return gid === KEEP || !haveGids(task, args, 1) ? -EINVAL : commit(task, setgid(task.cred, gid));
}

function sysSetfsuid(task: Task, args: SyscallArgs): number {
  const old = task.cred.fsuid;
  if (haveUids(task, args, 1)) commitCred(task, setfsuid(task.cred, args.uint(0)));
  return old;
}

function sysSetfsgid(task: Task, args: SyscallArgs): number {
  const old = task.cred.fsgid;
  if (haveGids(task, args, 1)) commitCred(task, setfsgid(task.cred, args.uint(0)));
  return old;
}

/** Stores three ids at the three addresses of the call. */
function putThree(task: Task, args: SyscallArgs, ids: readonly [number, number, number]): number {
  for (let i = 0; i < 3; i++) if (task.mem.putU32(args.ptr(i), ids[i]) < 0) return -EFAULT;
  return 0;
}

function sysGetresuid(task: Task, args: SyscallArgs): number {
  const { uid, euid, suid } = task.cred;
  return putThree(task, args, [uid, euid, suid]);
}

function sysGetresgid(task: Task, args: SyscallArgs): number {
  const { gid, egid, sgid } = task.cred;
  return putThree(task, args, [gid, egid, sgid]);
}

function sysGetgroups(task: Task, args: SyscallArgs): number {
  const size = args.int(0);
  const { groups } = task.cred;
  if (size < 0) return -EINVAL;
  if (size === 0) return groups.length;
  if (size < groups.length) return -EINVAL;
  if (groups.length === 0) return 0;
  const dv = task.mem.stage(groups.length * 4);
  groups.forEach((gid, i) => {
    dv.setUint32(i * 4, gid, true);
  });
  return task.mem.post(args.ptr(1), groups.length * 4) < 0 ? -EFAULT : groups.length;
}

function sysSetgroups(task: Task, args: SyscallArgs): number {
  const size = args.uint(0);
  if (!capable(task.cred, CAP_SETGID)) return -EPERM;
  if (size > NGROUPS_MAX) return -EINVAL;
  const groups: number[] = [];
  if (size > 0) {
    const dv = task.mem.view(args.ptr(1), size * 4);
    if (typeof dv === 'number') return -EFAULT;
    for (let i = 0; i < size; i++) groups.push(dv.getUint32(i * 4, true));
  }
  if (groups.includes(KEEP) || groups.some((gid) => !task.container.users.hasGid(gid))) return -EINVAL;
  task.cred = { ...task.cred, groups: groups.sort((a, b) => a - b) };
  return 0;
}

/** How many 32-bit words a set has in this version of the header; -EINVAL after telling the caller which version to use. */
function capWords(task: Task, header: number): number {
  const version = task.mem.u32(header);
  if (Number.isNaN(version)) return -EFAULT;
  if (version === CAPABILITY_VERSION_1) return 1;
  if (version === CAPABILITY_VERSION_2 || version === CAPABILITY_VERSION_3) return 2;
  return task.mem.putU32(header, CAPABILITY_VERSION_3) < 0 ? -EFAULT : -EINVAL;
}

function sysCapget(task: Task, args: SyscallArgs): number {
  const header = args.ptr(0);
  const data = args.ptr(1);
  const words = capWords(task, header);
  if (words < 0) return data === 0 && words === -EINVAL ? 0 : words;
  const pid = task.mem.i32(header + 4);
  if (Number.isNaN(pid)) return -EFAULT;
  if (pid < 0) return -EINVAL;
  const target = pid === 0 ? task : findTaskOrZombie(task.pids, pid);
  if (target === undefined) return -ESRCH;
  if (data === 0) return 0;
  const dv = task.mem.stage(words * 12);
  const { capEffective, capPermitted, capInheritable } = target.cred;
  for (let w = 0; w < words; w++) {
    [capEffective, capPermitted, capInheritable].forEach((set, i) => {
      dv.setUint32(w * 12 + i * 4, Number((set >> BigInt(32 * w)) & 0xffffffffn), true);
    });
  }
  return task.mem.post(data, words * 12) < 0 ? -EFAULT : 0;
}

function sysCapset(task: Task, args: SyscallArgs): number {
  const words = capWords(task, args.ptr(0));
  if (words < 0) return words;
  const pid = task.mem.i32(args.ptr(0) + 4);
  if (Number.isNaN(pid)) return -EFAULT;
  if (pid !== 0 && findTask(task.pids, pid) !== task) return -EPERM;
  const dv = task.mem.view(args.ptr(1), words * 12);
  if (typeof dv === 'number') return -EFAULT;
  const sets = [0n, 0n, 0n];
  for (let w = 0; w < words; w++) {
    for (let i = 0; i < 3; i++) sets[i] |= BigInt(dv.getUint32(w * 12 + i * 4, true)) << BigInt(32 * w);
  }
  const next = capset(task.cred, sets[0] & CAP_FULL_SET, sets[1] & CAP_FULL_SET, sets[2] & CAP_FULL_SET);
  if (typeof next === 'number') return next;
  task.cred = next;
  return 0;
}

/** cap_capset of security/commoncap.c. */
function capset(cred: Cred, effective: bigint, permitted: bigint, inheritable: bigint): Cred | number {
  const setpcap = capable(cred, CAP_SETPCAP);
  if (!setpcap && (inheritable & ~(cred.capInheritable | cred.capPermitted)) !== 0n) return -EPERM;
  if ((inheritable & ~(cred.capInheritable | cred.capBounding)) !== 0n) return -EPERM;
  if ((permitted & ~cred.capPermitted) !== 0n) return -EPERM;
  if ((effective & ~permitted) !== 0n) return -EPERM;
  return {
    ...cred,
    capEffective: effective,
    capPermitted: permitted,
    capInheritable: inheritable,
    capAmbient: cred.capAmbient & permitted & inheritable,
  };
}

export const credFamily: Family = {
  getuid: { handler: (task) => task.cred.uid, args: [], status: 'full' },
  geteuid: { handler: (task) => task.cred.euid, args: [], status: 'full' },
  getgid: { handler: (task) => task.cred.gid, args: [], status: 'full' },
  getegid: { handler: (task) => task.cred.egid, args: [], status: 'full' },
  setuid: { handler: sysSetuid, args: ['int'], status: 'full' },
  setgid: { handler: sysSetgid, args: ['int'], status: 'full' },
  setreuid: {
    handler: (task, args) =>
      haveUids(task, args, 2) ? commit(task, setreuid(task.cred, args.uint(0), args.uint(1))) : -EINVAL,
    args: ['int', 'int'],
    status: 'full',
  },
  setregid: {
    handler: (task, args) =>
      haveGids(task, args, 2) ? commit(task, setregid(task.cred, args.uint(0), args.uint(1))) : -EINVAL,
    args: ['int', 'int'],
    status: 'full',
  },
  setresuid: {
    handler: (task, args) =>
      haveUids(task, args, 3)
        ? commit(task, setresuid(task.cred, args.uint(0), args.uint(1), args.uint(2)))
        : -EINVAL,
    args: ['int', 'int', 'int'],
    status: 'full',
  },
  setresgid: {
    handler: (task, args) =>
      haveGids(task, args, 3)
        ? commit(task, setresgid(task.cred, args.uint(0), args.uint(1), args.uint(2)))
        : -EINVAL,
    args: ['int', 'int', 'int'],
    status: 'full',
  },
  setfsuid: { handler: sysSetfsuid, args: ['int'], status: 'full' },
  setfsgid: { handler: sysSetfsgid, args: ['int'], status: 'full' },
  getresuid: { handler: sysGetresuid, args: ['ptr', 'ptr', 'ptr'], status: 'full' },
  getresgid: { handler: sysGetresgid, args: ['ptr', 'ptr', 'ptr'], status: 'full' },
  getgroups: { handler: sysGetgroups, args: ['int', 'ptr'], status: 'full' },
  setgroups: { handler: sysSetgroups, args: ['int', 'ptr'], status: 'full' },
  capget: { handler: sysCapget, args: ['struct', 'ptr'], status: 'full' },
  capset: { handler: sysCapset, args: ['struct', 'struct'], status: 'full' },
};
