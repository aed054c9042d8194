/** mq_open(2), mq_unlink(2), mq_timedsend(2), mq_timedreceive(2), mq_notify(2), mq_getsetattr(2). */

import {
  EBADF,
  EBUSY,
  EEXIST,
  EFAULT,
  EINVAL,
  EMFILE,
  EMSGSIZE,
  ENOENT,
  ENOTSOCK,
} from '../src/abi/errno.js';
import { O_ACCMODE, O_CREAT, O_EXCL, O_NOCTTY, O_NONBLOCK, O_TRUNC } from '../src/abi/fcntl.js';
import { MQ_ATTR_SIZE, MQ_PRIO_MAX, NOTIFY_COOKIE_LEN } from '../src/abi/ipc.js';
import { RLIMIT_MSGQUEUE, RLIMIT_NOFILE } from '../src/abi/sched.js';
import { SIGEV_NONE, SIGEV_SIGNAL, SIGEV_THREAD } from '../src/abi/signal.js';
import { getI64, putI64, SIGEVENT_SIZE } from '../src/abi/structs-process.js';
import { checkMqName, MqFile, type MqLimits, type MqQueueInode, mqueueFs } from '../src/fs/mqueue/mqueue.js';
import type { CookieReceiver, MqMessage } from '../src/fs/mqueue/queue.js';
import type { Task } from '../src/kernel/task.js';
import type { SyscallResult } from '../src/kernel/wait.js';
import { Socket } from '../src/net/socket.js';
import type { OpenFile } from '../src/vfs/file.js';
import { MAY_READ, MAY_WRITE, mayAccess, mayCreateIn, mayRemoveFrom } from '../src/vfs/permission.js';
import { installFd } from './anon-fd.js';
import { fileOf } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { putStruct } from './ipc-args.js';
import { readTimeout } from './poll-args.js';

/** What each access mode needs; the last is none. */
const ACCESS: readonly number[] = [MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE];

/** struct mq_attr as mq_open takes it; undefined for none. */
function readLimits(task: Task, addr: number): MqLimits | undefined | number {
  if (addr === 0) return undefined;
  const dv = task.mem.view(addr, MQ_ATTR_SIZE);
  if (typeof dv === 'number') return dv;
  return { maxMessages: getI64(dv, 8), messageSize: getI64(dv, 16) };
}

function sysMqOpen(task: Task, args: SyscallArgs): SyscallResult {
  const flags = args.int(1);
  const asked = readLimits(task, args.ptr(3));
  if (typeof asked === 'number') return asked;
  const name = task.mem.path(args.ptr(0));
  if (typeof name === 'number') return name;
  if (name === '') return -ENOENT;
  if (task.files.roomFor(task.group.limit(RLIMIT_NOFILE)) < 0) return -EMFILE;
  const wrong = checkMqName(name);
  if (wrong < 0) return wrong;
  const fs = mqueueFs(task.container.ipc);
  let inode: MqQueueInode | number = fs.root.lookup(name);
  if (typeof inode === 'number') {
    if ((flags & O_CREAT) === 0) return inode;
    inode = createQueue(task, name, args.uint(2), asked);
    if (typeof inode === 'number') return inode;
  } else {
    const refused = mayOpen(task, inode, flags);
    if (refused < 0) return refused;
  }
  const kept = flags & ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
  return installFd(task, inode.open(task, fs.pathOf(name, inode), kept), true);
}

function createQueue(
  task: Task,
  name: string,
  mode: number,
  asked: MqLimits | undefined,
): MqQueueInode | number {
  const { root } = mqueueFs(task.container.ipc);
  const refused = mayCreateIn(task.cred, root);
  if (refused < 0) return refused;
  const limit = task.group.limit(RLIMIT_MSGQUEUE);
  return root.make(name, mode & 0o7777 & ~task.fs.umask, task.cred, asked, limit);
}

function mayOpen(task: Task, inode: MqQueueInode, flags: number): number {
  if ((flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) return -EEXIST;
  const access = ACCESS[flags & O_ACCMODE];
  return access === undefined ? -EINVAL : mayAccess(task.cred, inode, access);
}

function sysMqUnlink(task: Task, args: SyscallArgs): SyscallResult {
  const name = task.mem.path(args.ptr(0));
  if (typeof name === 'number') return name;
  const wrong = checkMqName(name);
  if (wrong < 0) return wrong;
  const { root } = mqueueFs(task.container.ipc);
  const inode = root.lookup(name);
  if (typeof inode === 'number') return inode;
  const refused = mayRemoveFrom(task.cred, root, inode);
  return refused < 0 ? refused : root.unlink(name);
}

/** The open queue behind a descriptor. */
function queueOf(task: Task, fd: number): MqFile | undefined {
  const file = fileOf(task, fd);
  return file instanceof MqFile ? file : undefined;
}

/** An absolute time of the wall clock as one of the kernel's clock; undefined for none. Below zero: -EINVAL, -EFAULT */
function readDeadline(task: Task, addr: number): number | undefined {
  const at = readTimeout(task, addr);
  if (at === undefined || at < 0) return at;
  const { sec, nsec } = task.kernel.realtime();
  return task.kernel.now() + Math.max(0, at - (sec * 1000 + nsec / 1e6));
}

function sysMqTimedsend(task: Task, args: SyscallArgs): SyscallResult {
  const [addr, length, priority] = [args.ptr(1), args.long(2), args.uint(3)];
  const deadline = readDeadline(task, args.ptr(4));
  if (deadline !== undefined && deadline < 0) return deadline;
  if (priority >= MQ_PRIO_MAX) return -EINVAL;
  const file = queueOf(task, args.int(0));
  if (file === undefined || !file.writable) return -EBADF;
  const { queue } = file.node;
  if (length < 0 || length > queue.messageSize) return -EMSGSIZE;
  const text = new Uint8Array(length);
  if (length > 0 && task.mem.read(addr, text, 0, length) !== length) return -EFAULT;
  const result = queue.send(task, file, { priority, text }, deadline);
  if (result === 0) file.node.touch();
  return result;
}

function sysMqTimedreceive(task: Task, args: SyscallArgs): SyscallResult {
  const [addr, length, priorityAt] = [args.ptr(1), args.long(2), args.ptr(3)];
  const deadline = readDeadline(task, args.ptr(4));
  if (deadline !== undefined && deadline < 0) return deadline;
  const file = queueOf(task, args.int(0));
  if (file === undefined || !file.readable) return -EBADF;
  const { queue } = file.node;
  if (length >= 0 && length < queue.messageSize) return -EMSGSIZE;
  const deliver = ({ priority, text }: MqMessage): number => {
    file.node.touch();
    if (priorityAt !== 0 && task.mem.putU32(priorityAt, priority) < 0) return -EFAULT;
    const n = text.length;
    return n === 0 || task.mem.write(addr, text, 0, n) === n ? n : -EFAULT;
  };
  return queue.receive(file, deliver, deadline);
}

function sysMqGetsetattr(task: Task, args: SyscallArgs): SyscallResult {
  const [newAt, oldAt] = [args.ptr(1), args.ptr(2)];
  const dv = newAt === 0 ? undefined : task.mem.view(newAt, MQ_ATTR_SIZE);
  if (typeof dv === 'number') return dv;
  const flags = dv === undefined ? undefined : dv.getBigInt64(0, true);
  if (flags !== undefined && (flags & ~BigInt(O_NONBLOCK)) !== 0n) return -EINVAL;
  const file = queueOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  const { queue } = file.node;
  const before = file.flags & O_NONBLOCK;
  if (flags !== undefined) file.flags = (file.flags & ~O_NONBLOCK) | Number(flags);
  if (oldAt === 0) return 0;
  const fill = (out: DataView): void => {
    putI64(out, 0, before);
    putI64(out, 8, queue.maxMessages);
    putI64(out, 16, queue.messageSize);
    putI64(out, 24, queue.length);
  };
  return putStruct(task, oldAt, MQ_ATTR_SIZE, fill, 0);
}

// --- mq_notify ------------------------------------------------------------------------------------------------------------

interface SigEvent {
  readonly value: number;
  readonly signo: number;
  readonly kind: number;
}

function readEvent(task: Task, addr: number): SigEvent | number {
  const dv = task.mem.view(addr, SIGEVENT_SIZE);
  if (typeof dv === 'number') return dv;
  const event = { value: getI64(dv, 0), signo: dv.getInt32(8, true), kind: dv.getInt32(12, true) };
  const { kind, signo } = event;
  if (kind !== SIGEV_NONE && kind !== SIGEV_SIGNAL && kind !== SIGEV_THREAD) return -EINVAL;
  return kind === SIGEV_SIGNAL && (signo < 0 || signo > 64) ? -EINVAL : event;
}

/** For SIGEV_THREAD the library gives 32 bytes to send and a netlink socket that its helper thread reads. */
function cookieOf(task: Task, event: SigEvent): { cookie: Uint8Array; socket: CookieReceiver } | number {
  const cookie = new Uint8Array(NOTIFY_COOKIE_LEN);
  const n = task.mem.read(event.value, cookie, 0, NOTIFY_COOKIE_LEN);
  if (n !== NOTIFY_COOKIE_LEN) return -EFAULT;
  const file = fileOf(task, event.signo);
  if (file === undefined) return -EBADF;
  if (takesCookies(file)) return { cookie, socket: file };
  return file instanceof Socket ? -EINVAL : -ENOTSOCK;
}

function takesCookies(file: OpenFile): file is OpenFile & CookieReceiver {
  return typeof (file as Partial<CookieReceiver>).receiveCookie === 'function';
}

function sysMqNotify(task: Task, args: SyscallArgs): SyscallResult {
  const addr = args.ptr(1);
  const event = addr === 0 ? undefined : readEvent(task, addr);
  if (typeof event === 'number') return event;
  const thread = event?.kind === SIGEV_THREAD ? cookieOf(task, event) : undefined;
  if (typeof thread === 'number') return thread;
  const file = queueOf(task, args.int(0));
  if (file === undefined) return -EBADF;
  const { queue } = file.node;
  if (event === undefined) {
    if (queue.notified?.owner === task.group) queue.unregister();
    return 0;
  }
  if (queue.notified !== undefined) return -EBUSY;
  queue.register({ owner: task.group, ...event, ...thread });
  return 0;
}

export const mqueueFamily: Family = {
  mq_open: { handler: sysMqOpen, args: ['str', 'open-flags', 'mode', 'ptr'], status: 'full' },
  mq_unlink: { handler: sysMqUnlink, args: ['str'], status: 'full' },
  mq_timedsend: {
    handler: sysMqTimedsend,
    args: ['fd', 'buf', 'size', 'uint', 'struct'],
    status: 'partial',
    note: 'who waits is served in turn, not by scheduling priority',
  },
  mq_timedreceive: {
    handler: sysMqTimedreceive,
    args: ['fd', 'ptr', 'size', 'ptr', 'struct'],
    status: 'partial',
    note: 'who waits is served in turn, not by scheduling priority',
  },
  mq_notify: {
    handler: sysMqNotify,
    args: ['fd', 'struct'],
    status: 'full',
  },
  mq_getsetattr: { handler: sysMqGetsetattr, args: ['fd', 'struct', 'ptr'], status: 'full' },
};
