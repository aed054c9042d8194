/** shmget(2) and shmctl(2); shmat(2) and shmdt(2) are the tracer's (platform/mapped-calls.ts). */

import { EACCES, EINVAL } from '../src/abi/errno.js';
import {
  IPC_INFO,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  putIpc64Perm,
  SHM_INFO,
  SHM_INFO_SIZE,
  SHM_LOCK,
  SHM_STAT,
  SHM_STAT_ANY,
  SHM_UNLOCK,
  SHMID64_DS_SIZE,
  SHMINFO64_SIZE,
  SHMMIN,
} from '../src/abi/ipc.js';
import { putI64 } from '../src/abi/structs-process.js';
import { ShmSegment, sweepSegments } from '../src/kernel/ipc/shm.js';
import { ipcAllowed, updatePerm } from '../src/kernel/ipc/util.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';
import { putStruct, readPermChange } from './ipc-args.js';

const S_IRUGO = 0o444;

function sysShmget(task: Task, args: SyscallArgs): SyscallResult {
  const { ipc } = task.container;
  const [key, size, flags] = [args.int(0), args.big(1), args.int(2)];
  sweepSegments(ipc);
  return ipc.shm.get(
    task.cred,
    key,
    flags,
    () => ShmSegment.create(ipc, task, key, size, flags),
    (segment) => (size > BigInt(segment.size) ? -EINVAL : 0),
  );
}

/** IPC_INFO: the limits. */
function shmLimits(task: Task, addr: number): number {
  const { ipc } = task.container;
  const { settings } = ipc;
  const fill = (dv: DataView): void => {
    dv.setBigUint64(0, ipc.shmMax, true);
    putI64(dv, 8, SHMMIN);
    putI64(dv, 16, settings.shmMni);
    putI64(dv, 24, settings.shmMni);
    dv.setBigUint64(32, ipc.shmAll, true);
  };
  return putStruct(task, addr, SHMINFO64_SIZE, fill, ipc.shm.maxIndex);
}

/** SHM_INFO: what is in use. */
function shmUse(task: Task, addr: number): number {
  const { ipc } = task.container;
  const resident = ipc.shm.all().reduce((sum, s) => sum + s.residentPages, 0);
  const fill = (dv: DataView): void => {
    dv.setInt32(0, ipc.shm.size, true);
    putI64(dv, 8, ipc.shmPages);
    putI64(dv, 16, resident);
  };
  return putStruct(task, addr, SHM_INFO_SIZE, fill, ipc.shm.maxIndex);
}

function shmStat(task: Task, id: number, cmd: number, addr: number): number {
  const { shm } = task.container.ipc;
  const segment = cmd === IPC_STAT ? shm.byId(id) : shm.byIndex(id);
  if (typeof segment === 'number') return segment;
  if (cmd !== SHM_STAT_ANY && !ipcAllowed(task.cred, segment, S_IRUGO)) return -EACCES;
  const attachments = segment.attachments();
  const fill = (dv: DataView): void => {
    putIpc64Perm(dv, segment);
    putI64(dv, 48, segment.size);
    putI64(dv, 56, segment.atime);
    putI64(dv, 64, segment.dtime);
    putI64(dv, 72, segment.ctime);
    dv.setInt32(80, segment.creator.in(task.pids), true);
    dv.setInt32(84, segment.last?.in(task.pids) ?? 0, true);
    putI64(dv, 88, attachments);
  };
  return putStruct(task, addr, SHMID64_DS_SIZE, fill, cmd === IPC_STAT ? 0 : segment.id);
}

function shmDown(task: Task, id: number, cmd: number, addr: number): number {
  const dv = cmd === IPC_SET ? task.mem.view(addr, SHMID64_DS_SIZE) : undefined;
  if (typeof dv === 'number') return dv;
  const change = dv === undefined ? undefined : readPermChange(dv);
  const segment = task.container.ipc.shm.toChange(task.cred, id);
  if (typeof segment === 'number') return segment;
  if (change === undefined) {
    segment.remove();
    return 0;
  }
  const err = updatePerm(segment, change.uid, change.gid, change.mode);
  if (err === 0) segment.ctime = task.container.ipc.seconds();
  return err;
}

function sysShmctl(task: Task, args: SyscallArgs): SyscallResult {
  const [id, cmd, addr] = [args.int(0), args.int(1), args.ptr(2)];
  if (id < 0 || cmd < 0) return -EINVAL;
  sweepSegments(task.container.ipc);
  switch (cmd) {
    case IPC_INFO:
      return shmLimits(task, addr);
    case SHM_INFO:
      return shmUse(task, addr);
    case IPC_STAT:
    case SHM_STAT:
    case SHM_STAT_ANY:
      return shmStat(task, id, cmd, addr);
    case IPC_SET:
    case IPC_RMID:
      return shmDown(task, id, cmd, addr);
    case SHM_LOCK:
    case SHM_UNLOCK: {
      const segment = task.container.ipc.shm.byId(id);
      return typeof segment === 'number' ? segment : segment.lock(task, cmd);
    }
    default:
      return -EINVAL;
  }
}

export const shmFamily: Family = {
  shmget: { handler: sysShmget, args: ['hex', 'size', 'hex'], status: 'partial', note: 'no huge pages' },
  shmctl: {
    handler: sysShmctl,
    args: ['int', 'int', 'ptr'],
    status: 'partial',
    note: 'SHM_LOCK is remembered and counted; pages may still be swapped out',
  },
};
