/** send(2), recv(2) and their forms with addresses, vectors and ancillary data. */

import { EAGAIN, EFAULT, EINVAL, EMSGSIZE, ERESTARTSYS } from '../src/abi/errno.js';
import { UIO_MAXIOV } from '../src/abi/limits.js';
import {
  MSG_CMSG_CLOEXEC,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSG_NOSIGNAL,
  MSG_WAITFORONE,
} from '../src/abi/socket.js';
import {
  MMSGHDR_LEN,
  MMSGHDR_SIZE,
  MSGHDR_CONTROL,
  MSGHDR_CONTROLLEN,
  MSGHDR_FLAGS,
  MSGHDR_IOV,
  MSGHDR_IOVLEN,
  MSGHDR_NAME,
  MSGHDR_NAMELEN,
  MSGHDR_SIZE,
  SOCKADDR_STORAGE_SIZE,
} from '../src/abi/structs-ipc.js';
import { waitOn } from '../src/fs/waiting.js';
import type { IoVec } from '../src/kernel/memory.js';
import type { Task } from '../src/kernel/task.js';
import type { Source } from '../src/kernel/useriov.js';
import { type Block, type SyscallResult, type Waiter, WaitQueue, WOULD_BLOCK } from '../src/kernel/wait.js';
import { emptyMessage, type SendMessage, type Socket } from '../src/net/socket.js';
import { accessOk, cappedCount } from './descriptors.js';
import type { Family, SyscallArgs } from './family.js';
import { withSigpipe } from './io.js';
import { readTimeout } from './poll-args.js';
import { readAddress, socketOf, storeAddress } from './socket-address.js';
import { dropFiles, readControl, storeControl } from './socket-control.js';

/** struct msghdr as read from the guest. */
interface MsgHdr {
  name: number;
  nameLen: number;
  iov: readonly IoVec[];
  control: number;
  controlLen: number;
}

/** @returns the header with its vector checked, -EFAULT, -EINVAL, -EMSGSIZE */
function readMsgHdr(task: Task, addr: number): MsgHdr | number {
  const dv = task.mem.view(addr, MSGHDR_SIZE);
  if (typeof dv === 'number') return dv;
  const word = (off: number): number => Number(dv.getBigInt64(off, true));
  const name = word(MSGHDR_NAME);
  const nameLen = dv.getInt32(MSGHDR_NAMELEN, true);
  const iovAddr = word(MSGHDR_IOV);
  const iovLen = word(MSGHDR_IOVLEN);
  const control = word(MSGHDR_CONTROL);
  const controlLen = word(MSGHDR_CONTROLLEN);
  if (nameLen < 0) return -EINVAL;
  if (iovLen < 0 || iovLen > UIO_MAXIOV) return -EMSGSIZE;
  const iov = iovLen === 0 ? [] : task.mem.iovec(iovAddr, iovLen);
  if (typeof iov === 'number') return iov;
  return {
    name,
    nameLen: name === 0 ? 0 : Math.min(nameLen, SOCKADDR_STORAGE_SIZE),
    iov,
    control,
    controlLen,
  };
}

/** Sends; a stream whose other end is gone raises SIGPIPE unless told not to. */
function sendOn(task: Task, socket: Socket, source: Source, message: SendMessage): SyscallResult {
  const r = socket.send(task, source, message);
  return (message.flags & MSG_NOSIGNAL) !== 0 ? r : withSigpipe(task, socket, r);
}

function sysSendto(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  const addr = args.ptr(1);
  const len = args.long(2);
  if (!accessOk(addr, len)) return -EFAULT;
  const flags = args.int(3);
  const to = args.ptr(4) === 0 ? undefined : readAddress(task, args.ptr(4), args.int(5));
  if (typeof to === 'number') return to;
  if (socket.lane !== undefined) socket.lane.used(task, args.int(0));
  return sendOn(task, socket, task.mem.source1(addr, cappedCount(len)), { flags, to });
}

/** sendmsg of one header. */
function sendHeader(task: Task, socket: Socket, addr: number, flags: number): SyscallResult {
  const h = readMsgHdr(task, addr);
  if (typeof h === 'number') return h;
  const to = h.nameLen === 0 ? undefined : readAddress(task, h.name, h.nameLen);
  if (typeof to === 'number') return to;
  const refused = socket.unsendable();
  if (refused < 0) return refused;
  const control = readControl(task, h.control, h.controlLen);
  if (typeof control === 'number') return control;
  return sendOn(task, socket, task.mem.source(h.iov), {
    flags,
    to,
    files: control.files,
    cred: control.cred,
    control: control.items,
  });
}

function sysSendmsg(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  return typeof socket === 'number' ? socket : sendHeader(task, socket, args.ptr(1), args.int(2));
}

function sysRecvfrom(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  const addr = args.ptr(1);
  const len = args.long(2);
  const flags = args.int(3);
  const nameAddr = args.ptr(4);
  const lenAddr = args.ptr(5);
  if (!accessOk(addr, len)) return -EFAULT;
  if ((flags & MSG_ERRQUEUE) !== 0 && !socket.hasErrorQueue) return -EAGAIN;
  const out = emptyMessage();
  if (socket.lane !== undefined) socket.lane.used(task, args.int(0));
  return socket.recv(task, task.mem.sink1(addr, cappedCount(len)), flags, out, (n) => {
    dropFiles(out);
    if (n < 0 || nameAddr === 0) return n;
    const r = storeAddress(task, out.from ?? new Uint8Array(0), nameAddr, lenAddr);
    return r < 0 ? r : n;
  });
}

/** recvmsg into one header. */
function recvHeader(task: Task, socket: Socket, addr: number, flags: number): SyscallResult {
  const h = readMsgHdr(task, addr);
  if (typeof h === 'number') return h;
  if ((flags & MSG_ERRQUEUE) !== 0 && !socket.hasErrorQueue) return -EAGAIN;
  const out = emptyMessage();
  return socket.recv(task, task.mem.sink(h.iov), flags, out, (n) => {
    const room = Math.max(0, h.controlLen);
    const cloexec = (flags & MSG_CMSG_CLOEXEC) !== 0;
    const control = storeControl(task, out, h.control, room, cloexec);
    if (h.name !== 0) {
      const from = out.from ?? new Uint8Array(0);
      const len = Math.min(from.length, h.nameLen);
      if (len > 0 && task.mem.write(h.name, from, 0, len) !== len) return -EFAULT;
      if (task.mem.putU32(addr + MSGHDR_NAMELEN, from.length) < 0) return -EFAULT;
    }
    if (task.mem.putU32(addr + MSGHDR_FLAGS, out.flags | control.flags | (flags & MSG_CMSG_CLOEXEC)) < 0)
      return -EFAULT;
    return task.mem.putU64(addr + MSGHDR_CONTROLLEN, control.used) < 0 ? -EFAULT : n;
  });
}

function sysRecvmsg(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  return typeof socket === 'number' ? socket : recvHeader(task, socket, args.ptr(1), args.int(2));
}

/** The messages of one sendmmsg(2), one after the other; each may wait in its turn. */
class SendMany implements Waiter {
  private sent = 0;
  /** What the message waits for whose turn it is. */
  private current: Block | undefined;
  private readonly turn = new WaitQueue();

  constructor(
    private readonly task: Task,
    private readonly socket: Socket,
    private readonly base: number,
    private readonly count: number,
    private readonly flags: number,
  ) {}

  wake(events: number): boolean {
    this.turn.wake(events);
    return false;
  }

  /** Sends as many as go. @returns their number, or an errno if there is none, or WOULD_BLOCK */
  readonly attempt = (): number | typeof WOULD_BLOCK => {
    while (this.sent < this.count) {
      const n = this.current?.retry() ?? this.begin();
      if (n === WOULD_BLOCK) return n;
      const header = this.base + this.sent * MMSGHDR_SIZE;
      if (n < 0) return this.sent || n;
      if (this.task.mem.putU32(header + MMSGHDR_LEN, n) < 0) return this.sent || -EFAULT;
      this.leave();
      this.sent++;
    }
    return this.sent;
  };

  private begin(): number | typeof WOULD_BLOCK {
    const { task, socket, base, flags } = this;
    const r = sendHeader(task, socket, base + this.sent * MMSGHDR_SIZE, flags);
    if (typeof r === 'number') return r;
    this.current = r;
    for (const q of r.on) q.add(this);
    return r.retry();
  }
  /** The message's turn is over. */
  leave(): void {
    for (const q of this.current?.on ?? []) q.remove(this);
    this.current?.done?.();
    this.current = undefined;
  }

  /** The wait that begins after WOULD_BLOCK. A time limit is that of the message that waits first. */
  block(): Block {
    const { current } = this;
    const orSent = (ending: Block['interrupted']): number =>
      this.sent || (typeof ending === 'number' ? ending : (ending?.() ?? -ERESTARTSYS));
    return {
      on: [this.turn],
      retry: this.attempt,
      ...(current?.deadline === undefined ? {} : { deadline: current.deadline }),
      timeout: () => orSent(() => this.current?.timeout?.() ?? -EAGAIN),
      interrupted: () => orSent(this.current?.interrupted),
      done: () => this.leave(),
    };
  }
}

function sysSendmmsg(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  const many = new SendMany(task, socket, args.ptr(1), Math.min(args.uint(2), UIO_MAXIOV), args.int(3));
  const r = many.attempt();
  if (r === WOULD_BLOCK) return many.block();
  many.leave();
  return r;
}

/** Receives until all headers are filled or the time is over, or with MSG_WAITFORONE until nothing more is there. */
function sysRecvmmsg(task: Task, args: SyscallArgs): SyscallResult {
  const socket = socketOf(task, args.int(0));
  if (typeof socket === 'number') return socket;
  const base = args.ptr(1);
  const count = Math.min(args.uint(2), UIO_MAXIOV);
  const flags = args.int(3);
  const timeout = readTimeout(task, args.ptr(4));
  if (timeout !== undefined && timeout < 0) return timeout;
  const end = timeout === undefined ? Infinity : task.kernel.now() + timeout;
  let i = 0;
  // An error after the first message is the next call's.
  const failed = (errno: number): number => {
    if (i > 0) socket.setPendingError(-errno);
    return i > 0 ? i : errno;
  };
  const attempt = (): number | typeof WOULD_BLOCK => {
    while (i < count) {
      const r = recvHeader(task, socket, base + i * MMSGHDR_SIZE, (flags | MSG_DONTWAIT) & ~MSG_WAITFORONE);
      if (typeof r !== 'number') return -EINVAL;
      if (r === -EAGAIN) return i > 0 && (flags & MSG_WAITFORONE) !== 0 ? i : WOULD_BLOCK;
      if (r < 0) return failed(r);
      if (task.mem.putU32(base + i * MMSGHDR_SIZE + MMSGHDR_LEN, r) < 0) return failed(-EFAULT);
      i++;
      // The time is looked at after each message only: none comes, and the call waits on (recvmmsg(2), BUGS).
      if (task.kernel.now() >= end) break;
    }
    return i;
  };
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  if (socket.dontWait(flags)) return i > 0 ? i : -EAGAIN;
  return waitOn(
    socket,
    attempt,
    socket.timed(socket.options.rcvTimeout, () => i),
  );
}

export const socketIoFamily: Family = {
  sendto: { handler: sysSendto, args: ['fd', 'buf', 'size', 'hex', 'struct', 'int'], status: 'full' },
  recvfrom: { handler: sysRecvfrom, args: ['fd', 'ptr', 'size', 'hex', 'ptr', 'ptr'], status: 'full' },
  sendmsg: { handler: sysSendmsg, args: ['fd', 'struct', 'hex'], status: 'full' },
  recvmsg: { handler: sysRecvmsg, args: ['fd', 'struct', 'hex'], status: 'full' },
  sendmmsg: { handler: sysSendmmsg, args: ['fd', 'struct', 'uint', 'hex'], status: 'full' },
  recvmmsg: { handler: sysRecvmmsg, args: ['fd', 'struct', 'uint', 'hex', 'struct'], status: 'full' },
};
