/** TCP, UDP and ping sockets of guests that are sockets of the host: waiting, and whatever the host must not be asked for. */

import {
  EACCES,
  EAGAIN,
  EALREADY,
  EFAULT,
  EINPROGRESS,
  EINTR,
  ENOPROTOOPT,
  EOPNOTSUPP,
  EPERM,
  EPIPE,
  EPROTONOSUPPORT,
  ERESTARTSYS,
  ESOCKTNOSUPPORT,
} from '../../abi/errno.js';
import {
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPPROTO_UDP,
} from '../../abi/inet.js';
import { FIONREAD, SIOCATMARK, SIOCGSTAMP, SIOCGSTAMPNS, SIOCOUTQNSD, TIOCOUTQ } from '../../abi/ioctl.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import { CAP_NET_BIND_SERVICE } from '../../abi/sched.js';
import {
  AF_INET,
  MSG_CONFIRM,
  MSG_DONTROUTE,
  MSG_EOR,
  MSG_ERRQUEUE,
  MSG_FASTOPEN,
  MSG_MORE,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  SO_ERROR,
  SO_PEEK_OFF,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
} from '../../abi/socket.js';
import { TIMEVAL_SIZE } from '../../abi/structs-ipc.js';
import { waitOn } from '../../fs/waiting.js';
import { type Cred, capable } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type Block, type SyscallResult, type Waiter, WaitQueue, WOULD_BLOCK } from '../../kernel/wait.js';
import { interfaceIoctl } from '../inet/interfaces.js';
import { intBytes } from '../inet/socket.js';
import { SocketOptions } from '../options.js';
import { emptyMessage, type ReceivedMessage, type SendMessage, Socket } from '../socket.js';
import { addressed, joinedGroup, peerOf } from './addresses.js';
import { Departure } from './departure.js';
import { type Accepted, HostSocket, REFUSED } from './host-socket.js';
import type { HostNetwork } from './network.js';
import { getSocketOption, inheritedOptions, setSocketOption } from './options.js';
import type { NetworkPolicy, Peer } from './policy.js';
import { UrgentBytes } from './urgent.js';

/** Flags that the host is told of. Not waiting and SIGPIPE are our own matter. */
const SEND_FLAGS = MSG_OOB | MSG_DONTROUTE | MSG_EOR | MSG_CONFIRM | MSG_MORE;
const RECEIVE_FLAGS = MSG_OOB | MSG_PEEK | MSG_TRUNC | MSG_ERRQUEUE;
/** Refused connections or datagrams that one call throws away before others have their turn. */
const MOST_REFUSED = 32;
/** Destinations of a socket that are remembered as allowed. */
const MOST_KNOWN = 256;

const LEVELS: ReadonlySet<number> = new Set([IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, IPPROTO_UDP]);
const DATA = POLLIN | POLLRDNORM;
const ROOM = POLLOUT | POLLWRNORM;

/** The queue of a socket: the host is asked to watch it as soon as somebody waits. */
class HostQueue extends WaitQueue {
  constructor(private readonly socket: { watch(): void }) {
    super();
  }
  override add(waiter: Waiter): void {
    super.add(waiter);
    this.socket.watch();
  }
}

/** What a host socket that is part of another socket has of that one. */
export interface Owner {
  readonly policy: NetworkPolicy;
  readonly options: SocketOptions;
}

export class HostInetSocket extends Socket {
  override readonly options: SocketOptions;
  override readonly queue: WaitQueue = new HostQueue(this);
  /** An error (positive errno) that the host has told already, to be found by the next call. */
  private pending = 0;
  private readonly known = new Set<string>();
  private acceptedFrom: Uint8Array | undefined;
  /** A connection that the host has handed over and that no call could take. */
  private held: Accepted | undefined;
  private readonly urgent = new UrgentBytes();
  /** Closed, with SO_LINGER. */
  private departure: Departure | undefined;

  protected constructor(
    readonly network: HostNetwork,
    readonly host: HostSocket,
    kernel: Kernel,
    family: number,
    type: number,
    protocol: number,
    flags: number,
    cred?: Cred,
    private readonly policy = network.policy,
    options = new SocketOptions(),
  ) {
    super(kernel, family, type, protocol, flags, cred);
    network.guests.set(host.fd, this.inode.ino);
    this.options = options;
  }

  /**
   * socket(2) of the internet families. Raw sockets are refused as without CAP_NET_RAW, whatever the guest's capabilities, but for those of raw-icmp.ts.
   * @param owner whose policy and options hold in place of those of the network and of its own
   * @returns -EPROTONOSUPPORT, -ESOCKTNOSUPPORT, -EPERM, or what the host says
   */
  static make(
    task: Task,
    network: HostNetwork,
    family: number,
    type: number,
    protocol: number,
    flags: number,
    owner?: Owner,
  ): HostInetSocket | number {
    if (type === SOCK_RAW) return protocol === IPPROTO_IP ? -EPROTONOSUPPORT : -EPERM;
    if (type !== SOCK_STREAM && type !== SOCK_DGRAM) return -ESOCKTNOSUPPORT;
    const host = HostSocket.open(network, family, type, protocol);
    if (typeof host === 'number') return host;
    const usual = type === SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP;
    return new HostInetSocket(
      network,
      host,
      task.kernel,
      family,
      type,
      protocol || usual,
      flags,
      task.cred,
      owner?.policy,
      owner?.options,
    );
  }

  private get spoken(): Peer['protocol'] {
    if (this.type === SOCK_STREAM) return 'tcp';
    return this.protocol === IPPROTO_ICMP || this.protocol === IPPROTO_ICMPV6 ? 'icmp' : 'udp';
  }
  /** Is there anybody to be told of changes? The host tells each change once, and the present state at first. */
  watch(): void {
    this.host.watch((events) => this.changed(events));
  }
  override owned(): void {
    this.watch();
  }
  private changed(events: number): void {
    const data = (events & POLLIN) !== 0 ? DATA : 0;
    const room = (events & POLLOUT) !== 0 ? ROOM : 0;
    this.urgent.changed(this, events);
    this.queue.wake(events | data | room);
  }

  override bind(task: Task, raw: Uint8Array): number {
    const own = addressed(raw, this.family, this.spoken);
    if (own !== undefined) {
      const denied = this.checkOwn(task, own, raw);
      if (denied < 0) return denied;
    }
    return this.host.bind(raw);
  }

  private checkOwn(task: Task, own: Peer, raw: Uint8Array): number {
    const privileged = own.port !== 0 && own.port < this.network.firstFreePort && own.protocol !== 'icmp';
    if (privileged && !capable(task.cred, CAP_NET_BIND_SERVICE)) return this.checkAddress(raw) || -EACCES;
    return this.policy.bind(task, own);
  }

  /** Would the host take this address with another port? An address that is not its own is said before a port that is reserved. */
  private checkAddress(raw: Uint8Array): number {
    const trial = HostSocket.open(this.network, this.family, this.type, 0);
    if (typeof trial === 'number') return trial;
    const unnumbered = Uint8Array.from(raw);
    unnumbered.fill(0, 2, 4);
    const r = trial.bind(unnumbered);
    trial.close();
    return r;
  }

  override listen(task: Task, backlog: number): number {
    const name = this.host.name();
    const own = typeof name === 'number' ? undefined : peerOf(name, this.spoken);
    if (own?.port === 0) {
      const denied = this.policy.bind(task, own);
      if (denied < 0) return denied;
    }
    return this.host.listen(backlog);
  }

  override connect(task: Task, raw: Uint8Array): SyscallResult {
    const peer = peerOf(raw, this.spoken);
    if (peer !== undefined) {
      const denied = this.policy.connect(task, peer);
      if (denied < 0) return denied;
    }
    // The attempt goes on at the host; asked again, it says how far that is.
    const attempt = (): number | typeof WOULD_BLOCK => {
      const r = this.host.connect(raw);
      return r === -EINPROGRESS || r === -EALREADY ? WOULD_BLOCK : r;
    };
    const first = this.host.connect(raw);
    if (this.nonblock || (first !== -EINPROGRESS && first !== -EALREADY)) return first;
    const ms = this.options.sndTimeout;
    return waitOn(this, attempt, {
      ...this.timed(ms),
      timeout: () => first,
      interrupted: ms > 0 ? -EINTR : -ERESTARTSYS,
    });
  }

  override accept(_task: Task, _flags: number, finish: (socket: Socket) => number): SyscallResult {
    const attempt = (): number | typeof WOULD_BLOCK => {
      for (let i = 0; i < MOST_REFUSED; i++) {
        const r = this.held ?? this.host.accept();
        if (typeof r === 'number') return r === -EAGAIN ? WOULD_BLOCK : r;
        const peer = r === this.held ? undefined : peerOf(r.peer, this.spoken);
        if (peer === undefined || this.policy.accept(peer) >= 0) return this.accepted(r, finish);
        r.socket.reset();
      }
      this.lookAgain();
      return WOULD_BLOCK;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (this.nonblock) return -EAGAIN;
    return waitOn(this, attempt, this.timed(this.options.rcvTimeout));
  }

  private accepted(connection: Accepted, finish: (socket: Socket) => number): number {
    const { network, kernel, family, type, protocol, policy } = this;
    const made = new HostInetSocket(
      network,
      connection.socket,
      kernel,
      family,
      type,
      protocol,
      0,
      undefined,
      policy,
      inheritedOptions(this.options),
    );
    made.acceptedFrom = connection.peer;
    const r = finish(made);
    // Without a free descriptor nobody has it: it waits for the next call.
    this.held = r < 0 && made.refs === 0 && !connection.socket.closed ? connection : undefined;
    return r;
  }
  override acceptedAddress(): Uint8Array | number {
    return this.acceptedFrom ?? this.peerAddress();
  }

  /** There may be more to see, of which the host will not tell again; but others have their turn first. */
  private lookAgain(): void {
    this.kernel.timers.add(this.kernel.now() + 1, () => this.queue.wake(DATA));
  }

  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    if ((message.flags & MSG_FASTOPEN) !== 0) return -EOPNOTSUPP;
    const stream = this.type === SOCK_STREAM;
    // A stream's peer is settled: the host does not look at a name.
    const to = stream || message.to?.length === 0 ? undefined : message.to;
    const denied = to === undefined ? 0 : this.checkDestination(task, to);
    if (denied < 0) return denied;
    const flags = message.flags & SEND_FLAGS;
    const total = source.remaining;
    let moved = 0;
    const attempt = (): number | typeof WOULD_BLOCK => {
      for (;;) {
        const n =
          this.pending === 0 ? this.host.send(source, flags, to, message.control) : -this.takePending();
        if (n === -EAGAIN) return WOULD_BLOCK;
        if (n < 0) return this.partial(moved, n);
        moved += n;
        if (!stream || moved >= total) return moved;
      }
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (this.dontWait(message.flags)) return moved > 0 ? moved : -EAGAIN;
    return waitOn(
      this,
      attempt,
      this.timed(this.options.sndTimeout, () => moved),
    );
  }

  /** After some bytes an error is the next call's to find: the host has told it, and will not again. */
  private partial(moved: number, error: number): number {
    if (moved === 0) return error;
    if (error !== -EPIPE && error !== -EFAULT) this.pending = -error;
    return moved;
  }
  override setPendingError(errno: number): void {
    this.pending = errno;
  }
  private takePending(): number {
    const error = this.pending;
    this.pending = 0;
    return error;
  }

  private checkDestination(task: Task, to: Uint8Array): number {
    const peer = addressed(to, this.family, this.spoken);
    if (peer === undefined) return 0;
    const key = `${peer.ip}${peer.port}/${peer.scope}`;
    if (this.known.has(key)) return 0;
    const r = this.policy.send(task, peer);
    if (r < 0) return r;
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.add(key);
    return 0;
  }

  override recv(
    _task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    const wanted = sink.remaining;
    const target = this.leastToReceive(wanted, flags);
    const waits = !this.dontWait(flags) && !this.neverWaits(flags);
    let copied = 0;
    const attempt = (): number | typeof WOULD_BLOCK => {
      for (;;) {
        const failed = this.pending !== 0 && (flags & MSG_ERRQUEUE) === 0;
        const n = failed ? -this.takePending() : this.receiveNow(sink, flags, out);
        // Of a datagram socket only who waits for a message is told that none will come.
        if (n === -EAGAIN) return waits && this.readsNoMore ? finish(0) : WOULD_BLOCK;
        if (n < 0) return copied > 0 ? finish(this.partial(copied, n)) : n;
        copied += n;
        if (n === 0 || copied >= target || (n > 0 && this.atMark(flags))) return finish(copied);
      }
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (!waits) return copied > 0 ? finish(copied) : -EAGAIN;
    return waitOn(
      this,
      attempt,
      this.timed(this.options.rcvTimeout, () => (copied > 0 ? finish(copied) : 0)),
    );
  }

  /** Even who wants all of it gets no more than what stands before an urgent byte. */
  private atMark(flags: number): boolean {
    return (flags & MSG_WAITALL) !== 0 && this.host.intIoctl(SIOCATMARK) === 1;
  }

  /** Errors and urgent bytes are there or not: on Linux nobody is kept waiting for them. */
  private neverWaits(flags: number): boolean {
    return (flags & MSG_ERRQUEUE) !== 0 || (this.type === SOCK_STREAM && (flags & MSG_OOB) !== 0);
  }

  /** How many bytes a call waits for. What is only looked at, errors and messages come in one piece. */
  private leastToReceive(wanted: number, flags: number): number {
    if (this.type !== SOCK_STREAM || (flags & (MSG_PEEK | MSG_OOB | MSG_ERRQUEUE)) !== 0) return 0;
    return (flags & MSG_WAITALL) !== 0 ? wanted : Math.min(this.options.rcvLowat, wanted);
  }

  private get readsNoMore(): boolean {
    return this.type !== SOCK_STREAM && (this.host.poll() & POLLRDHUP) !== 0;
  }
  protected receiveNow(sink: Sink, flags: number, out: ReceivedMessage): number {
    const passed = flags & RECEIVE_FLAGS;
    if (this.type === SOCK_STREAM) {
      if ((flags & (MSG_OOB | MSG_PEEK)) === MSG_OOB) this.urgent.read();
      return this.host.receive(sink, passed, out);
    }
    for (let i = 0; i < MOST_REFUSED; i++) {
      const n = this.host.receive(sink, passed, out, (from) => this.admits(from));
      if (n !== REFUSED) return n;
    }
    this.lookAgain();
    return -EAGAIN;
  }
  private admits(from: Uint8Array): boolean {
    const peer = peerOf(from, this.spoken);
    return peer === undefined || this.policy.receive(peer) >= 0;
  }

  override read(task: Task, sink: Sink): SyscallResult {
    // sock_read_iter: nothing is asked for, nothing is said.
    return sink.remaining === 0 ? 0 : this.recv(task, sink, 0, emptyMessage(), (n) => n);
  }
  override write(task: Task, source: Source): SyscallResult {
    return this.send(task, source, { flags: 0 });
  }

  override shutdown(how: number): number {
    return this.host.shutdown(how);
  }
  override localAddress(): Uint8Array {
    const name = this.host.name();
    return typeof name === 'number' ? new Uint8Array(0) : name;
  }
  override peerAddress(): Uint8Array | number {
    return this.host.peerName();
  }

  override lingering(): Block | undefined {
    const { departure } = this;
    if (departure === undefined || departure.gone) return undefined;
    const retry = (): number | typeof WOULD_BLOCK => (departure.gone ? 0 : WOULD_BLOCK);
    return { on: [this.queue], retry, interrupted: () => 0 };
  }

  /** Nothing is connected without an address (socketpair(2)). */
  override pairWith(): number {
    return -EOPNOTSUPP;
  }
  override get hasErrorQueue(): boolean {
    return true;
  }
  override setSocketOption(_task: Task, name: number, value: Uint8Array): number | undefined {
    return setSocketOption(this.host, this.options, name, value);
  }
  override getSocketOption(name: number, room: number): Uint8Array | number | undefined {
    if (name === SO_ERROR && this.pending !== 0) return intBytes(this.takePending());
    return getSocketOption(this.host, name, room);
  }
  override peekOffset(): number {
    const value = getSocketOption(this.host, SO_PEEK_OFF, 4);
    return value instanceof Uint8Array
      ? new DataView(value.buffer).getInt32(0, true)
      : (value ?? -EOPNOTSUPP);
  }
  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    const group = joinedGroup(level, name, value, this.spoken);
    if (group !== undefined) {
      const denied = this.policy.join(task, group);
      if (denied < 0) return denied;
    }
    return this.host.setOption(level, name, value);
  }
  override getOption(level: number, name: number, room: number): Uint8Array | number {
    if (!LEVELS.has(level)) return this.family === AF_INET ? -EOPNOTSUPP : -ENOPROTOOPT;
    return this.host.getOption(level, name, room);
  }

  override poll(): number {
    const mask = this.host.poll();
    if (mask < 0) return POLLERR;
    return mask | (this.pending === 0 ? 0 : POLLERR) | (this.held === undefined ? 0 : DATA);
  }

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    if (request === SIOCGSTAMP || request === SIOCGSTAMPNS) return this.stamp(task, request, arg);
    if (request !== FIONREAD && request !== TIOCOUTQ && request !== SIOCOUTQNSD && request !== SIOCATMARK)
      return interfaceIoctl(task, request, arg);
    const r = this.host.intIoctl(request);
    if (r < 0) return r;
    return task.mem.putU32(arg, request === FIONREAD ? r + this.host.unreadLength : r);
  }

  /** When the last message came: struct timeval, or timespec. */
  private stamp(task: Task, request: number, arg: number): number {
    const time = this.host.bytesIoctl(request, TIMEVAL_SIZE);
    if (typeof time === 'number') return time;
    return task.mem.write(arg, time, 0, TIMEVAL_SIZE) === TIMEVAL_SIZE ? 0 : -EFAULT;
  }

  override release(): void {
    const { host, kernel, options } = this;
    this.network.guests.delete(host.fd);
    if (options.lingerOn !== 0 && options.lingerTime > 0 && this.type === SOCK_STREAM)
      this.departure = new Departure(kernel, host, options.lingerTime * 1000, () => this.queue.wake(POLLHUP));
    else host.close();
    this.held?.socket.reset();
    this.queue.wake(POLLHUP);
  }
}
