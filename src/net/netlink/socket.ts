/** AF_NETLINK sockets (netlink(7), net/netlink/af_netlink.c): requests are answered while they are sent, dumps while they are read. */

import {
  EADDRINUSE,
  EAGAIN,
  EBUSY,
  ECONNREFUSED,
  EINVAL,
  EMSGSIZE,
  ENOBUFS,
  ENODATA,
  EOPNOTSUPP,
  EPERM,
} from '../../abi/errno.js';
import * as nl from '../../abi/netlink.js';
import { POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import { CAP_NET_ADMIN } from '../../abi/sched.js';
import { AF_NETLINK, AF_UNSPEC, MSG_OOB, MSG_PEEK, MSG_TRUNC } from '../../abi/socket.js';
import type { CookieReceiver } from '../../fs/mqueue/queue.js';
import { waitOn } from '../../fs/waiting.js';
import { type Cred, capable } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { familyIn } from '../inet/address.js';
import { interfaceIoctl } from '../inet/interfaces.js';
import { SocketOptions } from '../options.js';
import { emptyMessage, type ReceivedMessage, type SendMessage, Socket, type Ucred } from '../socket.js';
import { DumpReader } from './dump.js';
import { errorMessage, NetlinkMessage, type Request, requests, u32 } from './message.js';
import { getNetlinkOption, NetlinkOptions, setNetlinkOption } from './options.js';
import { broadcast, chargeQueues, type NetlinkTable, netlinkTable } from './ports.js';
import type { Answer, NetlinkProtocol } from './protocol.js';

/** What a datagram takes of a buffer beyond its bytes, about. */
const OVERHEAD = 256;
/** The kernel, as the sender of a message (SCM_CREDENTIALS). */
const KERNEL_CRED: Ucred = { pid: 0, uid: 0, gid: 0 };

/** A message on its way to a socket. */
export interface NetlinkDatagram {
  readonly data: Buffer;
  /** Port of the sender; 0: the kernel. */
  readonly from: number;
  /** Group that it was sent to; 0: none. */
  readonly group: number;
  readonly cred?: Ucred;
}

/** @returns the mask with the bit of a group, 0 for none of the first 32 */
function maskOf(group: number): number {
  return group === 0 || group > 32 ? 0 : (1 << (group - 1)) >>> 0;
}
/** @returns the lowest group of a mask, 0 for none */
function groupOf(mask: number): number {
  return mask === 0 ? 0 : 32 - Math.clz32(mask & -mask);
}

function encodeAddress(pid: number, groups: number): Buffer {
  const raw = Buffer.alloc(nl.SOCKADDR_NL_SIZE);
  raw.writeUInt16LE(AF_NETLINK, 0);
  raw.writeUInt32LE(pid, 4);
  raw.writeUInt32LE(groups, 8);
  return raw;
}

/** @returns the port and groups of an address, or -EINVAL */
function parse(raw: Uint8Array): { pid: number; groups: number } | number {
  if (raw.length < nl.SOCKADDR_NL_SIZE || familyIn(raw) !== AF_NETLINK) return -EINVAL;
  const dv = new DataView(raw.buffer, raw.byteOffset);
  return { pid: dv.getUint32(4, true), groups: dv.getUint32(8, true) };
}

export class NetlinkSocket extends Socket implements CookieReceiver {
  readonly options = new SocketOptions();
  readonly netlink = new NetlinkOptions();
  private readonly table: NetlinkTable;
  private readonly received: NetlinkDatagram[] = [];
  /** Bytes charged for what is received and not read. */
  queued = 0;
  /** Netlink's name of this socket, mostly the process id; 0: none yet. */
  port = 0;
  /** Where connect(2) has led to. */
  peerPort = 0;
  peerGroup = 0;
  /** Messages lost for want of room. */
  drops = 0;
  private overrun = false;
  private readonly dump = new DumpReader(this);

  constructor(
    kernel: Kernel,
    type: number,
    protocol: number,
    readonly rules: NetlinkProtocol,
    flags: number,
    cred?: Cred,
  ) {
    super(kernel, AF_NETLINK, type, protocol, flags, cred);
    this.table = netlinkTable(kernel, protocol);
    this.table.sockets.add(this);
  }

  get dumping(): boolean {
    return this.dump.running;
  }
  memberOf(group: number): boolean {
    return this.netlink.groups.has(group);
  }

  override bind(task: Task, raw: Uint8Array): number {
    const address = parse(raw);
    if (typeof address === 'number') return address;
    if (address.groups !== 0 && !this.mayListen(task)) return -EPERM;
    if (this.port !== 0 && address.pid !== this.port) return -EINVAL;
    if (this.port === 0) {
      if (address.pid === 0) this.autobind(task);
      else if (!this.take(address.pid)) return -EADDRINUSE;
    }
    for (let g = 1; g <= Math.min(32, this.rules.groups); g++) {
      if ((address.groups & maskOf(g)) !== 0) this.netlink.groups.add(g);
      else this.netlink.groups.delete(g);
    }
    return 0;
  }

  /** Joining groups is for everybody or for the administrator, as the protocol says. */
  mayListen(task: Task): boolean {
    return this.rules.everybodyListens || capable(task.cred, CAP_NET_ADMIN);
  }
  private maySend(task: Task): boolean {
    return this.rules.everybodySends || capable(task.cred, CAP_NET_ADMIN);
  }

  private take(port: number): boolean {
    if (!this.table.take(port, this)) return false;
    this.port = port;
    return true;
  }
  private autobind(task: Task): void {
    if (this.port === 0 && !this.take(task.pid)) this.port = this.table.takeFree(this);
  }

  override listen(): number {
    return -EOPNOTSUPP;
  }
  override accept(): SyscallResult {
    return -EOPNOTSUPP;
  }
  override pairWith(): number {
    return -EOPNOTSUPP;
  }
  override connect(task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -EINVAL;
    if (familyIn(raw) === AF_UNSPEC) {
      this.peerPort = this.peerGroup = 0;
      return 0;
    }
    const address = parse(raw);
    if (typeof address === 'number') return address;
    if ((address.pid !== 0 || address.groups !== 0) && !this.maySend(task)) return -EPERM;
    this.autobind(task);
    this.peerPort = address.pid;
    this.peerGroup = groupOf(address.groups);
    return 0;
  }

  /** Where a message goes to. @returns -EINVAL, -EPERM */
  private destination(task: Task, to: Uint8Array | undefined): { pid: number; group: number } | number {
    if (to === undefined || to.length === 0) return { pid: this.peerPort, group: this.peerGroup };
    const address = parse(to);
    if (typeof address === 'number') return address;
    const group = groupOf(address.groups);
    if ((group !== 0 || address.pid !== 0) && !this.maySend(task)) return -EPERM;
    return { pid: address.pid, group };
  }

  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    const len = source.remaining;
    if (len === 0) return -ENODATA;
    const to = this.destination(task, message.to);
    if (typeof to === 'number') return to;
    this.autobind(task);
    if (len > this.options.sndbuf - 32) return -EMSGSIZE;
    const data = Buffer.alloc(len);
    const n = source.take(data, 0, len);
    if (n < 0) return n;
    const { cred } = task;
    const datagram = {
      data: data.subarray(0, n),
      from: this.port,
      group: to.group,
      cred: message.cred ?? { pid: task.pid, uid: cred.euid, gid: cred.egid, process: task.group },
    };
    if (to.group !== 0) this.tellGroup(datagram, to.pid);
    return to.pid === 0 ? this.ask(task, datagram.data) : this.sendTo(to.pid, datagram, message.flags);
  }

  /** @param port who is told apart, and so not as a member */
  private tellGroup(datagram: NetlinkDatagram, port: number): void {
    for (const s of [...this.table.sockets]) {
      if (s !== this && s.port !== port && s.memberOf(datagram.group)) s.enqueue(datagram, false);
    }
  }

  /** A message to another socket, which may have no room. */
  private sendTo(port: number, datagram: NetlinkDatagram, flags: number): SyscallResult {
    const attempt = (): number | typeof WOULD_BLOCK => {
      const receiver = this.table.at(port);
      if (receiver === undefined) return -ECONNREFUSED;
      // Who is connected hears of nobody else.
      if (receiver.peerPort !== 0 && receiver.peerPort !== this.port) return -ECONNREFUSED;
      return receiver.enqueue(datagram, true) ? datagram.data.length : WOULD_BLOCK;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    const receiver = this.table.at(port);
    if (receiver === undefined || this.dontWait(flags)) return -EAGAIN;
    return waitOn(receiver, attempt, this.timed(this.options.sndTimeout));
  }

  /** A message to the kernel: requests, each with its answer. */
  private ask(task: Task, data: Buffer): number {
    if (this.rules.answer === undefined) return -ECONNREFUSED;
    for (const request of requests(data)) this.answer(task, request);
    return data.length;
  }

  private answer(task: Task, request: Request): void {
    const { rules } = this;
    let result: Answer = 0;
    if ((request.flags & nl.NLM_F_REQUEST) !== 0 && request.type >= nl.NLMSG_MIN_TYPE) {
      result = rules.answer?.(this.kernel, request, { task, strict: this.netlink.strict }) ?? 0;
    }
    if (result === 'ignored') result = 0;
    if (typeof result === 'object' && 'dump' in result) {
      if (!this.dump.running) {
        this.dump.start(request, result);
        return;
      }
      result = -EBUSY;
    }
    if (result instanceof NetlinkMessage) {
      this.reply(request, result);
      result = 0;
    }
    if (result === 0 && (request.flags & nl.NLM_F_ACK) === 0) return;
    this.reply(request, errorMessage(request, result, this.netlink));
  }

  private reply(request: Request, message: NetlinkMessage): void {
    this.enqueue({ data: message.encode(request.seq, this.port), from: 0, group: 0 }, false);
  }

  get roomLeft(): number {
    return this.options.rcvbuf - this.queued;
  }

  /**
   * Adds a message to those that are to be read.
   * @param mayWait the sender waits when there is no room; else the message is lost, and the reader is told (ENOBUFS)
   * @returns false if there was no room
   */
  enqueue(datagram: NetlinkDatagram, mayWait: boolean): boolean {
    const size = datagram.data.length + OVERHEAD;
    // One message always fits, however small the buffer.
    const fits = this.queued === 0 || size <= this.roomLeft;
    if (!fits || !chargeQueues(this.kernel, size)) {
      if (!mayWait) this.lose();
      return false;
    }
    this.received.push(datagram);
    this.queued += size;
    this.queue.wake(POLLIN | POLLRDNORM);
    return true;
  }
  private lose(): void {
    this.drops++;
    if (this.netlink.noErrors || this.overrun) return;
    this.overrun = true;
    this.queue.wake(POLLERR);
  }

  /** What mq_notify(3) with SIGEV_THREAD sends: a message of the kernel's. */
  receiveCookie(cookie: Uint8Array): void {
    this.enqueue({ data: Buffer.from(cookie), from: 0, group: 0 }, false);
  }

  override recv(
    _task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    if ((flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    const attempt = (): number | typeof WOULD_BLOCK => {
      if (this.overrun) {
        this.overrun = false;
        return -ENOBUFS;
      }
      const d = this.received[0];
      if (d === undefined) return WOULD_BLOCK;
      this.dump.sawRoom(sink.remaining);
      const want = Math.min(d.data.length, sink.remaining);
      const n = want === 0 ? 0 : sink.put(d.data, 0, want);
      if (n < 0) return n;
      if (n < d.data.length) out.flags |= MSG_TRUNC;
      this.describe(d, out);
      if ((flags & MSG_PEEK) === 0) this.drop(d);
      return finish((flags & MSG_TRUNC) !== 0 ? d.data.length : n);
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (this.dontWait(flags)) return -EAGAIN;
    return waitOn(this, attempt, this.timed(this.options.rcvTimeout));
  }

  private describe(d: NetlinkDatagram, out: ReceivedMessage): void {
    out.from = encodeAddress(d.from, maskOf(d.group));
    if (this.options.passCred) out.cred = d.cred ?? KERNEL_CRED;
    if (this.netlink.packetInfo) {
      out.control = [{ level: nl.SOL_NETLINK, type: nl.NETLINK_PKTINFO, data: u32(d.group) }];
    }
  }

  private drop(d: NetlinkDatagram): void {
    this.received.shift();
    this.queued -= d.data.length + OVERHEAD;
    chargeQueues(this.kernel, -(d.data.length + OVERHEAD));
    this.dump.more();
    this.queue.wake(POLLOUT | POLLWRNORM);
  }

  override read(task: Task, sink: Sink): SyscallResult {
    return this.recv(task, sink, 0, emptyMessage(), (n) => n);
  }
  override write(task: Task, source: Source): SyscallResult {
    return this.send(task, source, { flags: 0 });
  }

  override shutdown(): number {
    return -EOPNOTSUPP;
  }
  override localAddress(): Uint8Array {
    let groups = 0;
    for (const g of this.netlink.groups) groups |= maskOf(g);
    return encodeAddress(this.port, groups >>> 0);
  }
  override peerAddress(): Uint8Array {
    return encodeAddress(this.peerPort, maskOf(this.peerGroup));
  }
  override takeError(): number {
    const error = this.overrun ? ENOBUFS : 0;
    this.overrun = false;
    return error;
  }

  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    return setNetlinkOption(this, task, level, name, value);
  }
  override getOption(level: number, name: number, room: number): Uint8Array | number {
    return getNetlinkOption(this, level, name, room);
  }

  override poll(): number {
    const readable = this.received.length > 0 ? POLLIN | POLLRDNORM : 0;
    return POLLOUT | POLLWRNORM | readable | (this.overrun ? POLLERR : 0);
  }
  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    return interfaceIoctl(task, request, arg);
  }

  override release(): void {
    if (this.port !== 0) this.table.remove(this.port, this);
    this.table.sockets.delete(this);
    this.dump.stop();
    chargeQueues(this.kernel, -this.queued);
    this.received.length = 0;
    this.queued = 0;
    this.queue.wake(POLLOUT | POLLERR);
  }
}

/** Tells everybody in a group of NETLINK_ROUTE and the like, as the kernel. */
export function announce(kernel: Kernel, protocol: number, group: number, message: NetlinkMessage): void {
  broadcast(kernel, protocol, group, message.encode(0, 0));
}
