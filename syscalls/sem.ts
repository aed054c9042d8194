/** semget(2), semop(2), semtimedop(2), semctl(2). */

import { E2BIG, EACCES, EFAULT, EFBIG, EINVAL, ERANGE } from '../src/abi/errno.js';
import {
  GETALL,
  GETNCNT,
  GETPID,
  GETVAL,
  GETZCNT,
  IPC_INFO,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  putIpc64Perm,
  SEM_INFO,
  SEM_STAT,
  SEM_STAT_ANY,
  SEMAEM,
  SEMBUF_SIZE,
  SEMID64_DS_SIZE,
  SEMINFO_SIZE,
  SEMUSZ,
  SEMVMX,
  SETALL,
  SETVAL,
} from '../src/abi/ipc.js';
import { putI64 } from '../src/abi/structs-process.js';
import { SemArray, type SemOp } from '../src/kernel/ipc/sem.js';
import { ipcAllowed, updatePerm } from '../src/kernel/ipc/util.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';
import { putStruct, readPermChange } from './ipc-args.js';
import { readTimeout } from './poll-args.js';

const S_IRUGO = 0o444;
const S_IWUGO = 0o222;

function sysSemget(task: Task, args: SyscallArgs): SyscallResult {
  const { ipc } = task.container;
  const { settings } = ipc;
  const [key, count, flags] = [args.int(0), args.int(1), args.int(2)];
  if (count < 0 || count > settings.semMsl) return -EINVAL;
  return ipc.sem.get(
    task.cred,
    key,
    flags,
    () => SemArray.create(ipc, key, flags, task.cred, count),
    (array) => (count > array.count ? -EINVAL : 0),
  );
}

/** The operations in guest memory. @returns them or -EFAULT */
function readOps(task: Task, addr: number, count: number): SemOp[] | number {
  const dv = task.mem.view(addr, count * SEMBUF_SIZE);
  if (typeof dv === 'number') return dv;
  return Array.from({ length: count }, (_, i) => {
    const at = i * SEMBUF_SIZE;
    return { num: dv.getUint16(at, true), op: dv.getInt16(at + 2, true), flags: dv.getInt16(at + 4, true) };
  });
}

/** @param timeout milliseconds, -EINVAL for what is no time, undefined for none */
function semop(task: Task, args: SyscallArgs, timeout: number | undefined): SyscallResult {
  const { ipc } = task.container;
  const { settings } = ipc;
  const count = args.uint(2);
  if (count > settings.semOpm) return -E2BIG;
  if (count < 1) return -EINVAL;
  const ops = readOps(task, args.ptr(1), count);
  if (typeof ops === 'number') return ops;
  if (timeout !== undefined && timeout < 0) return timeout;
  const array = ipc.sem.byId(args.int(0));
  if (typeof array === 'number') return array;
  if (ops.some((o) => o.num >= array.count)) return -EFBIG;
  if (!ipcAllowed(task.cred, array, ops.some((o) => o.op !== 0) ? S_IWUGO : S_IRUGO)) return -EACCES;
  return array.operate(task, ops, timeout === undefined ? undefined : task.kernel.now() + timeout);
}

function sysSemop(task: Task, args: SyscallArgs): SyscallResult {
  return semop(task, args, undefined);
}

function sysSemtimedop(task: Task, args: SyscallArgs): SyscallResult {
  const timeout = readTimeout(task, args.ptr(3));
  return timeout === -EFAULT ? -EFAULT : semop(task, args, timeout);
}

// --- semctl ---------------------------------------------------------------------------------------------------------------

/** IPC_INFO: the limits; SEM_INFO: with what is in use in place of two of them. */
function semInfo(task: Task, addr: number, used: boolean): number {
  const { ipc } = task.container;
  const { settings } = ipc;
  const { semMns, semMni, semMsl, semOpm } = settings;
  const fields = [
    semMns,
    semMni,
    semMns,
    semMns,
    semMsl,
    semOpm,
    semOpm,
    used ? ipc.sem.size : SEMUSZ,
    SEMVMX,
    used ? ipc.semaphores : SEMAEM,
  ];
  const fill = (dv: DataView): void => {
    for (const [i, n] of fields.entries()) dv.setInt32(i * 4, n, true);
  };
  return putStruct(task, addr, SEMINFO_SIZE, fill, ipc.sem.maxIndex);
}

function semStat(task: Task, id: number, cmd: number, addr: number): number {
  const { sem } = task.container.ipc;
  const array = cmd === IPC_STAT ? sem.byId(id) : sem.byIndex(id);
  if (typeof array === 'number') return array;
  if (cmd !== SEM_STAT_ANY && !ipcAllowed(task.cred, array, S_IRUGO)) return -EACCES;
  const fill = (dv: DataView): void => {
    putIpc64Perm(dv, array);
    putI64(dv, 48, array.otime);
    putI64(dv, 64, array.ctime);
    putI64(dv, 80, array.count);
  };
  return putStruct(task, addr, SEMID64_DS_SIZE, fill, cmd === IPC_STAT ? 0 : array.id);
}

function semSetVal(task: Task, id: number, num: number, value: number): number {
  if (value < 0 || value > SEMVMX) return -ERANGE;
  const array = task.container.ipc.sem.byId(id);
  if (typeof array === 'number') return array;
  if (num < 0 || num >= array.count) return -EINVAL;
  if (!ipcAllowed(task.cred, array, S_IWUGO)) return -EACCES;
  array.set(num, [value], task.group.ref);
  return 0;
}

/** GETALL, GETVAL, GETPID, GETNCNT, GETZCNT, SETALL. */
function semMain(task: Task, id: number, num: number, cmd: number, addr: number): number {
  const array = task.container.ipc.sem.byId(id);
  if (typeof array === 'number') return array;
  if (!ipcAllowed(task.cred, array, cmd === SETALL ? S_IWUGO : S_IRUGO)) return -EACCES;
  const size = array.count * 2;
  if (cmd === GETALL) {
    const bytes = new Uint8Array(array.values.buffer, 0, size);
    return task.mem.write(addr, bytes, 0, size) === size ? 0 : -EFAULT;
  }
  if (cmd === SETALL) {
    const values = new Uint16Array(array.count);
    if (task.mem.read(addr, new Uint8Array(values.buffer), 0, size) !== size) return -EFAULT;
    if (values.some((v) => v > SEMVMX)) return -ERANGE;
    array.set(0, values, task.group.ref);
    return 0;
  }
  if (num < 0 || num >= array.count) return -EINVAL;
  if (cmd === GETVAL) return array.values[num] as number;
  if (cmd === GETPID) return array.pids[num]?.in(task.pids) ?? 0;
  return array.waiting(num, cmd === GETZCNT);
}

function semDown(task: Task, id: number, cmd: number, addr: number): number {
  const dv = cmd === IPC_SET ? task.mem.view(addr, SEMID64_DS_SIZE) : undefined;
  if (typeof dv === 'number') return dv;
  const change = dv === undefined ? undefined : readPermChange(dv);
  const array = task.container.ipc.sem.toChange(task.cred, id);
  if (typeof array === 'number') return array;
  if (change === undefined) {
    array.remove();
    return 0;
  }
  const err = updatePerm(array, change.uid, change.gid, change.mode);
  if (err === 0) array.ctime = task.container.ipc.seconds();
  return err;
}

function sysSemctl(task: Task, args: SyscallArgs): SyscallResult {
  const [id, num, cmd] = [args.int(0), args.int(1), args.int(2)];
  const addr = args.ptr(3);
  if (id < 0) return -EINVAL;
  switch (cmd) {
    case IPC_INFO:
    case SEM_INFO:
      return semInfo(task, addr, cmd === SEM_INFO);
    case IPC_STAT:
    case SEM_STAT:
    case SEM_STAT_ANY:
      return semStat(task, id, cmd, addr);
    case GETALL:
    case GETVAL:
    case GETPID:
    case GETNCNT:
    case GETZCNT:
    case SETALL:
      return semMain(task, id, num, cmd, addr);
    case SETVAL:
      return semSetVal(task, id, num, args.int(3));
    case IPC_RMID:
    case IPC_SET:
      return semDown(task, id, cmd, addr);
    default:
      return -EINVAL;
  }
}

export const semFamily: Family = {
  semget: { handler: sysSemget, args: ['hex', 'int', 'hex'], status: 'full' },
  semop: { handler: sysSemop, args: ['int', 'ptr', 'uint'], status: 'full' },
  semtimedop: { handler: sysSemtimedop, args: ['int', 'ptr', 'uint', 'struct'], status: 'full' },
  semctl: { handler: sysSemctl, args: ['int', 'int', 'int', 'ptr'], status: 'full' },
};
