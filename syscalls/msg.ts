/** msgget(2), msgsnd(2), msgrcv(2), msgctl(2). */

import { EACCES, EFAULT, EINVAL, ENOMEM } from '../src/abi/errno.js';
import {
  IPC_INFO,
  IPC_NOWAIT,
  IPC_RMID,
  IPC_SET,
  IPC_STAT,
  MSG_COPY,
  MSG_EXCEPT,
  MSG_INFO,
  MSG_STAT,
  MSG_STAT_ANY,
  MSGINFO_SIZE,
  MSGMNB,
  MSGPOOL,
  MSGSEG,
  MSGSSZ,
  MSQID64_DS_QBYTES,
  MSQID64_DS_SIZE,
  putIpc64Perm,
} from '../src/abi/ipc.js';
import { putI64 } from '../src/abi/structs-process.js';
import { type Msg, MsgQueue } from '../src/kernel/ipc/msg.js';
import { ipcAllowed } from '../src/kernel/ipc/util.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';
import { putStruct, readPermChange } from './ipc-args.js';

const S_IRUGO = 0o444;
/** Where the text is in struct msgbuf. */
const MSGBUF_TEXT = 8;
/** No message of more bytes is even looked at, whatever msgmax says: they would be the sentry's. */
const TEXT_MAX = 64 << 20;

function sysMsgget(task: Task, args: SyscallArgs): SyscallResult {
  const { ipc } = task.container;
  const [key, flags] = [args.int(0), args.int(1)];
  return ipc.msg.get(
    task.cred,
    key,
    flags,
    () => MsgQueue.create(ipc, key, flags, task.cred),
    () => 0,
  );
}

function sysMsgsnd(task: Task, args: SyscallArgs): SyscallResult {
  const { ipc } = task.container;
  const { settings } = ipc;
  const [id, addr, size, flags] = [args.int(0), args.ptr(1), args.long(2), args.int(3)];
  const dv = task.mem.view(addr, MSGBUF_TEXT);
  if (typeof dv === 'number') return dv;
  const type = dv.getBigInt64(0, true);
  if (size > settings.msgMax || size < 0 || id < 0 || type < 1n) return -EINVAL;
  if (size > TEXT_MAX) return -ENOMEM;
  const text = new Uint8Array(size);
  if (size > 0 && task.mem.read(addr + MSGBUF_TEXT, text, 0, size) !== size) return -EFAULT;
  const queue = ipc.msg.byId(id);
  return typeof queue === 'number' ? queue : queue.send(task, { type, text }, flags);
}

/** Puts a message into struct msgbuf at `addr`. @returns bytes of its text */
function deliver(task: Task, addr: number, size: number, msg: Msg): number {
  task.mem.stage(MSGBUF_TEXT).setBigInt64(0, msg.type, true);
  if (task.mem.post(addr, MSGBUF_TEXT) < 0) return -EFAULT;
  const n = Math.min(size, msg.text.length);
  return n === 0 || task.mem.write(addr + MSGBUF_TEXT, msg.text, 0, n) === n ? n : -EFAULT;
}

/** MSG_COPY first reads what is in the buffer, as Linux does to get a message of that size. */
function copyable(task: Task, addr: number, size: number, flags: number): number {
  if ((flags & MSG_EXCEPT) !== 0 || (flags & IPC_NOWAIT) === 0) return -EINVAL;
  const bytes = Math.min(size, task.container.ipc.settings.msgMax, TEXT_MAX);
  const text = new Uint8Array(bytes);
  return bytes === 0 || task.mem.read(addr, text, 0, bytes) === bytes ? 0 : -EFAULT;
}

function sysMsgrcv(task: Task, args: SyscallArgs): SyscallResult {
  const [id, addr, size, flags] = [args.int(0), args.ptr(1), args.long(2), args.int(4)];
  const type = BigInt.asIntN(64, args.big(3));
  if (id < 0 || size < 0) return -EINVAL;
  if ((flags & MSG_COPY) !== 0) {
    const err = copyable(task, addr, size, flags);
    if (err < 0) return err;
  }
  const queue = task.container.ipc.msg.byId(id);
  if (typeof queue === 'number') return queue;
  return queue.receive(task, type, size, flags, (msg) => deliver(task, addr, size, msg));
}

// --- msgctl ---------------------------------------------------------------------------------------------------------------

/** IPC_INFO: the limits; MSG_INFO: with what is in use in place of three of them. */
function msgInfo(task: Task, addr: number, used: boolean): number {
  const { ipc } = task.container;
  const { settings } = ipc;
  const fields = [
    used ? ipc.msg.size : MSGPOOL,
    used ? ipc.messages : MSGMNB,
    settings.msgMax,
    settings.msgMnb,
    settings.msgMni,
    MSGSSZ,
    used ? ipc.messageBytes : MSGMNB,
  ];
  const fill = (dv: DataView): void => {
    for (const [i, n] of fields.entries()) dv.setInt32(i * 4, n, true);
    dv.setUint16(28, MSGSEG, true);
  };
  return putStruct(task, addr, MSGINFO_SIZE, fill, ipc.msg.maxIndex);
}

function msgStat(task: Task, id: number, cmd: number, addr: number): number {
  const { msg } = task.container.ipc;
  const queue = cmd === IPC_STAT ? msg.byId(id) : msg.byIndex(id);
  if (typeof queue === 'number') return queue;
  if (cmd !== MSG_STAT_ANY && !ipcAllowed(task.cred, queue, S_IRUGO)) return -EACCES;
  const fill = (dv: DataView): void => {
    putIpc64Perm(dv, queue);
    putI64(dv, 48, queue.stime);
    putI64(dv, 56, queue.rtime);
    putI64(dv, 64, queue.ctime);
    putI64(dv, 72, queue.bytes);
    putI64(dv, 80, queue.length);
    putI64(dv, MSQID64_DS_QBYTES, queue.maxBytes);
    dv.setInt32(96, queue.sender?.in(task.pids) ?? 0, true);
    dv.setInt32(100, queue.receiver?.in(task.pids) ?? 0, true);
  };
  return putStruct(task, addr, MSQID64_DS_SIZE, fill, cmd === IPC_STAT ? 0 : queue.id);
}

function msgSet(task: Task, id: number, addr: number): number {
  const dv = task.mem.view(addr, MSQID64_DS_SIZE);
  if (typeof dv === 'number') return dv;
  const { uid, gid, mode } = readPermChange(dv);
  const maxBytes = Number(dv.getBigUint64(MSQID64_DS_QBYTES, true));
  const queue = task.container.ipc.msg.toChange(task.cred, id);
  return typeof queue === 'number' ? queue : queue.change(task.cred, uid, gid, mode, maxBytes);
}

function sysMsgctl(task: Task, args: SyscallArgs): SyscallResult {
  const [id, cmd, addr] = [args.int(0), args.int(1), args.ptr(2)];
  if (id < 0 || cmd < 0) return -EINVAL;
  switch (cmd) {
    case IPC_INFO:
    case MSG_INFO:
      return msgInfo(task, addr, cmd === MSG_INFO);
    case IPC_STAT:
    case MSG_STAT:
    case MSG_STAT_ANY:
      return msgStat(task, id, cmd, addr);
    case IPC_SET:
      return msgSet(task, id, addr);
    case IPC_RMID: {
      const queue = task.container.ipc.msg.toChange(task.cred, id);
      if (typeof queue === 'number') return queue;
      queue.remove();
      return 0;
    }
    default:
      return -EINVAL;
  }
}

export const msgFamily: Family = {
  msgget: { handler: sysMsgget, args: ['hex', 'hex'], status: 'full' },
  msgsnd: { handler: sysMsgsnd, args: ['int', 'ptr', 'size', 'hex'], status: 'full' },
  msgrcv: { handler: sysMsgrcv, args: ['int', 'ptr', 'size', 'int', 'hex'], status: 'full' },
  msgctl: { handler: sysMsgctl, args: ['int', 'int', 'ptr'], status: 'full' },
};
