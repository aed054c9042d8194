/** AF_NETLINK sockets of the protocol NETLINK_ROUTE (netlink(7)): requests are answered while they are sent. */

import {
  EADDRINUSE,
  EAGAIN,
  ECONNREFUSED,
  EINVAL,
  ENOBUFS,
  ENOPROTOOPT,
  EOPNOTSUPP,
  EPERM,
} from '../../abi/errno.js';
import * as nl from '../../abi/netlink.js';
import { POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import { AF_NETLINK, MSG_OOB, MSG_PEEK, MSG_TRUNC } from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { familyIn } from '../inet/address.js';
import { interfaceIoctl } from '../inet/interfaces.js';
import { SocketOptions } from '../options.js';
import { emptyMessage, type ReceivedMessage, type SendMessage, Socket } from '../socket.js';
import { errorMessage, type NetlinkMessage, type Request, requests } from './message.js';
import { answerRoute } from './route.js';

/** Most bytes of one send, and of one datagram of an answer. */
const MAX_REQUEST = 65536;
const MAX_DATAGRAM = 16384;

const portsOf = new WeakMap<Kernel, Map<number, NetlinkSocket>>();

function portTable(kernel: Kernel): Map<number, NetlinkSocket> {
  let ports = portsOf.get(kernel);
  if (ports === undefined) portsOf.set(kernel, (ports = new Map()));
  return ports;
}

function encodeAddress(pid: number): Buffer {
  const raw = Buffer.alloc(nl.SOCKADDR_NL_SIZE);
  raw.writeUInt16LE(AF_NETLINK, 0);
  raw.writeUInt32LE(pid, 4);
  return raw;
}

export class NetlinkSocket extends Socket {
  readonly options = new SocketOptions();
  private readonly queueOut: Buffer[] = [];
  private queued = 0;
  /** Netlink's name of this socket, mostly the process id; 0: none yet. */
  private port = 0;
  private overrun = false;

  constructor(kernel: Kernel, type: number, protocol: number, flags: number, cred?: Cred) {
    super(kernel, AF_NETLINK, type, protocol, flags, cred);
  }

  /** @returns the port and groups of an address, or -EINVAL */
  private parse(raw: Uint8Array): { pid: number; groups: number } | number {
    if (raw.length < nl.SOCKADDR_NL_SIZE || familyIn(raw) !== AF_NETLINK) return -EINVAL;
    const dv = new DataView(raw.buffer, raw.byteOffset);
    return { pid: dv.getUint32(4, true), groups: dv.getUint32(8, true) };
  }

  /** Groups are joined in name only: the device never changes, so nothing is ever announced. */
  override bind(task: Task, raw: Uint8Array): number {
    const address = this.parse(raw);
    if (typeof address === 'number') return address;
    if (this.port !== 0) return address.pid === this.port || address.pid === 0 ? 0 : -EINVAL;
    if (address.pid === 0) return this.autobind(task);
    return this.take(address.pid) ? 0 : -EADDRINUSE;
  }

  private take(pid: number): boolean {
    const ports = portTable(this.kernel);
    if (ports.has(pid)) return false;
    ports.set(pid, this);
    this.port = pid;
    return true;
  }
  private autobind(task: Task): number {
    if (this.port !== 0 || this.take(task.pid)) return 0;
    // As Linux: others of the same process have numbers that no process has.
    for (let pid = 0xfffff000; pid > 0x80000000; pid--) if (this.take(pid)) return 0;
    return -EADDRINUSE;
  }

  override listen(): number {
    return -EOPNOTSUPP;
  }
  override accept(): SyscallResult {
    return -EOPNOTSUPP;
  }
  override connect(task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length >= 2 && familyIn(raw) === 0) return 0;
    const address = this.parse(raw);
    if (typeof address === 'number') return address;
    if (address.pid !== 0 || address.groups !== 0) return -EPERM;
    return this.autobind(task);
  }

  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    if ((message.flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
    if (message.to !== undefined && message.to.length > 0) {
      const to = this.parse(message.to);
      if (typeof to === 'number') return to;
      if (to.groups !== 0) return -EPERM;
      // Only the kernel listens.
      if (to.pid !== 0) return -ECONNREFUSED;
    }
    const bound = this.autobind(task);
    if (bound < 0) return bound;
    const len = source.remaining;
    if (len > MAX_REQUEST) return -ENOBUFS;
    const data = Buffer.alloc(len);
    const n = len === 0 ? 0 : source.take(data, 0, len);
    if (n < 0) return n;
    for (const request of requests(data.subarray(0, n))) this.answer(request);
    return n;
  }

  private answer(request: Request): void {
    if ((request.flags & nl.NLM_F_REQUEST) === 0) return;
    const own = request.type < nl.NLMSG_MIN_TYPE;
    const result = own ? 0 : answerRoute(request);
    let messages: NetlinkMessage[];
    if (typeof result === 'number') {
      if (result === 0 && (request.flags & nl.NLM_F_ACK) === 0) return;
      messages = [errorMessage(request, result)];
    } else {
      messages = result;
      const dumped = (request.flags & nl.NLM_F_DUMP) !== 0;
      if (!dumped && (request.flags & nl.NLM_F_ACK) !== 0) messages = [...result, errorMessage(request, 0)];
    }
    this.reply(messages.map((m) => m.encode(request.seq, this.port)));
  }

  /** Queues an answer, in datagrams that callers have room for; the end of a dump comes by itself. */
  private reply(messages: readonly Buffer[]): void {
    let parts: Buffer[] = [];
    let size = 0;
    const flush = (): void => {
      if (parts.length > 0) this.enqueue(Buffer.concat(parts));
      parts = [];
      size = 0;
    };
    for (const m of messages) {
      if (size + m.length > MAX_DATAGRAM / 4 || m.readUInt16LE(4) === nl.NLMSG_DONE) flush();
      parts.push(m);
      size += m.length;
    }
    flush();
  }

  private enqueue(datagram: Buffer): void {
    if (this.queued + datagram.length > this.options.rcvbuf) {
      this.overrun = true;
      return;
    }
    this.queueOut.push(datagram);
    this.queued += datagram.length;
    this.queue.wake(POLLIN | POLLRDNORM);
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
      const d = this.queueOut[0];
      if (d === undefined) return WOULD_BLOCK;
      const want = Math.min(d.length, sink.remaining);
      const n = want === 0 ? 0 : sink.put(d, 0, want);
      if (n < 0) return n;
      if (n < d.length) out.flags |= MSG_TRUNC;
      out.from = encodeAddress(0);
      if ((flags & MSG_PEEK) === 0) {
        this.queueOut.shift();
        this.queued -= d.length;
      }
      return finish((flags & MSG_TRUNC) !== 0 ? d.length : n);
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (this.dontWait(flags)) return -EAGAIN;
    return waitOn(this, attempt, this.timed(this.options.rcvTimeout));
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
    return encodeAddress(this.port);
  }
  override peerAddress(): Uint8Array {
    return encodeAddress(0);
  }

  /** Joining a group changes nothing, for there is nothing to be told; other options of this level are unknown. */
  override setOption(_task: Task, level: number, name: number, value: Uint8Array): number {
    if (level !== nl.SOL_NETLINK) return -ENOPROTOOPT;
    if (value.length < 4) return -EINVAL;
    return name === nl.NETLINK_ADD_MEMBERSHIP ? 0 : -ENOPROTOOPT;
  }
  override getOption(): number {
    return -ENOPROTOOPT;
  }

  override poll(): number {
    const readable = this.queueOut.length > 0 || this.overrun;
    return POLLOUT | POLLWRNORM | (readable ? POLLIN | POLLRDNORM : 0);
  }
  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    return interfaceIoctl(task, request, arg);
  }

  override release(): void {
    if (this.port !== 0) portTable(this.kernel).delete(this.port);
    this.queueOut.length = 0;
  }
}
