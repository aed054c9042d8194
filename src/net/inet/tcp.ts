/** TCP sockets of the loopback device (tcp(7), net/ipv4/af_inet.c, tcp.c): a connection is two bounded queues of bytes. */

import {
  EADDRINUSE,
  EAGAIN,
  EALREADY,
  ECONNABORTED,
  ECONNRESET,
  EINPROGRESS,
  EINTR,
  EINVAL,
  EISCONN,
  ENETUNREACH,
  ENOTCONN,
  EOPNOTSUPP,
  ERESTARTSYS,
  ETIMEDOUT,
} from '../../abi/errno.js';
import {
  IPPROTO_TCP,
  RCV_SHUTDOWN,
  SEND_SHUTDOWN,
  SHUTDOWN_MASK,
  TCP_CLOSE,
  TCP_CLOSE_WAIT,
  TCP_DEFER_ACCEPT,
  TCP_ESTABLISHED,
  TCP_LISTEN,
  TCP_SYN_SENT,
  TCP_SYNCNT,
} from '../../abi/inet.js';
import { POLLHUP, POLLIN, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import {
  AF_UNSPEC,
  MSG_ERRQUEUE,
  MSG_ZEROCOPY,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SO_ZEROCOPY,
  SOCK_STREAM,
} from '../../abi/socket.js';
import { finishWith, waitOn } from '../../fs/waiting.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Timer } from '../../kernel/timers.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type Block, type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import type { Timespec } from '../../vfs/inode.js';
import type { LaneSide, LaneSocket } from '../lane/side.js';
import { emptyMessage, type ReceivedMessage, type SendMessage, type Socket } from '../socket.js';
import { anyOf, type Endpoint, encodeInetAddress, familyIn, isBroadcast } from './address.js';
import { Backlog, findListener } from './backlog.js';
import { ByteQueue } from './bytes.js';
import { ErrorQueue, noteCopied, receiveError } from './errqueue.js';
import { InetSocket } from './socket.js';
import { route, tupleKey } from './stack.js';
import { rememberTuple, takePort } from './tcp-names.js';
import { getTcpOption, setTcpOption } from './tcp-options.js';
import { abort, end, establish, leaveOrphan, receiveReset, sendFin } from './tcp-state.js';
import { readNow, recvTcp, sendTcp } from './tcp-transfer.js';
import { ioctlTcp, isPlain, lingerTcp, pollTcp, withControl } from './tcp-view.js';
import { TimeWait } from './time-wait.js';
import { countSegments, SYN_OPTIONS, settle } from './traffic.js';
import type { Urgent } from './urgent.js';

const DATA = POLLIN | POLLRDNORM;
const ROOM = POLLOUT | POLLWRNORM;

/** How long a sender waits for memory that others have, ms. */
const STARVING_MS = 100;

export class TcpSocket extends InetSocket implements LaneSocket {
  declare lane: LaneSide | undefined;
  state = TCP_CLOSE;
  /** How far connect(2) has come, as its callers know (SS_UNCONNECTED ...). */
  private phase: 'unconnected' | 'connecting' | 'connected' = 'unconnected';
  /** Bytes received and not yet read. */
  readonly rx = new ByteQueue();
  peer: TcpSocket | undefined;
  /** RCV_SHUTDOWN, SEND_SHUTDOWN. */
  shut = 0;
  /** The peer has said that it sends no more (SOCK_DONE). */
  finReceived = false;
  /** The last descriptor is closed. */
  closed = false;
  /** Words about messages sent with MSG_ZEROCOPY. */
  readonly errors = new ErrorQueue();
  /** The newest urgent byte that has not been read past. */
  urgent: Urgent | undefined;
  /** When the last bytes came, where somebody wants to know. */
  lastArrival: Timespec | undefined;
  /** Bytes sent, for TCP_INFO. */
  private sentBytes = 0;
  get bytesSent(): number {
    this.lane?.count();
    return this.sentBytes;
  }
  /** How many of them the device has counted. */
  bytesCounted = 0;
  /** Set while TCP_DEFER_ACCEPT keeps this connection from being accepted: to be called at its first event. */
  keptBack: (() => void) | undefined;
  congestion = 'cubic';
  private backlog: Backlog | undefined;
  private waitsFor: { among: Set<TcpSocket>; timer: Timer } | undefined;
  private starving: Timer | undefined;
  /** Runs while the peer has no room and TCP_USER_TIMEOUT is set. */
  userTimer: Timer | undefined;
  /** Its key among the connections. */
  tuple: string | undefined;
  /** This end's own FIN waits behind bytes that the peer has no room for. */
  finPending = false;
  /** The name of this end, once its owner has closed it. */
  orphan: TimeWait | undefined;
  /** A port that is no longer this socket's: getsockname(2) goes on showing it. */
  private lastPort = 0;

  constructor(kernel: Kernel, family: number, flags: number, cred?: Cred) {
    super(kernel, family, SOCK_STREAM, IPPROTO_TCP, flags, cred);
  }

  override get listening(): boolean {
    return this.state === TCP_LISTEN;
  }
  override get queuedBytes(): number {
    return this.rx.length;
  }
  /** Connections that accept(2) would find. */
  get acceptable(): number {
    return this.backlog?.ready.length ?? 0;
  }
  get backlogLimit(): number {
    return this.backlog?.most ?? 0;
  }
  protected override get bindable(): boolean {
    return this.state === TCP_CLOSE;
  }

  protected override claim(endpoint: Endpoint): boolean {
    const { tcp, timeWaits } = this.stack;
    timeWaits.purge(this.kernel.now());
    if (!tcp.free(this, endpoint)) return false;
    this.local = endpoint;
    this.portShared = false;
    tcp.add(this);
    return true;
  }
  protected override pickPort(ip: string): number {
    return this.stack.tcp.pick(this, ip);
  }
  override unclaim(): void {
    if (this.local.port === 0) return;
    settle(this);
    this.stack.tcp.remove(this);
    this.lastPort = this.local.port;
    this.local = { ip: this.addressFixed ? this.local.ip : anyOf(this.family), port: 0 };
  }
  /** The connection is over: its port may be used by others, but this socket goes on showing its name. */
  releasePort(): void {
    const { ip } = this.local;
    this.unclaim();
    this.local = { ip, port: 0 };
  }

  override listen(_task: Task, backlog: number): number {
    if (this.phase !== 'unconnected' || (this.state !== TCP_CLOSE && this.state !== TCP_LISTEN))
      return -EINVAL;
    if (this.backlog !== undefined) {
      this.backlog.setLimit(backlog);
      return 0;
    }
    if (!this.autobind() || !this.stack.tcp.free(this, this.local)) return -EADDRINUSE;
    this.backlog = new Backlog(this);
    this.backlog.setLimit(backlog);
    this.state = TCP_LISTEN;
    this.shut = 0;
    const { listeners } = this.stack;
    const same = listeners.get(this.local.port);
    if (same === undefined) listeners.set(this.local.port, [this]);
    else same.push(this);
    return 0;
  }

  /** Nobody is answered any more; who waits to be accepted is turned away. */
  private stopListening(): void {
    const { backlog } = this;
    if (backlog === undefined) return;
    this.backlog = undefined;
    this.state = TCP_CLOSE;
    const { listeners } = this.stack;
    const left = (listeners.get(this.local.port) ?? []).filter((s) => s !== this);
    if (left.length > 0) listeners.set(this.local.port, left);
    else listeners.delete(this.local.port);
    const { servers, clients } = backlog.abandon();
    for (const s of servers) s.discard();
    for (const c of clients) receiveReset(c);
    this.queue.wake(DATA | POLLHUP);
  }

  override accept(_task: Task, flags: number, finish: (socket: Socket) => number): SyscallResult {
    const attempt = (): number | typeof WOULD_BLOCK => {
      const { backlog } = this;
      if (backlog === undefined) return -EINVAL;
      const next = backlog.ready[0];
      if (next === undefined) return WOULD_BLOCK;
      const r = finish(next);
      // Without a free descriptor the connection stays for a later call.
      if (r < 0 && !next.closed) return r;
      backlog.ready.shift();
      this.admit(backlog);
      return r;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    return this.dontWait(flags) ? -EAGAIN : waitOn(this, attempt, this.timed(this.options.rcvTimeout));
  }

  /** There is room in the backlog: the oldest of those that wait gets it. */
  private admit(backlog: Backlog): void {
    for (const client of backlog.waiting) {
      if (backlog.full || this.stack.full) return;
      backlog.waiting.delete(client);
      this.answer(client, backlog);
    }
  }

  override connect(_task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length < 2) return -EINVAL;
    if (familyIn(raw) === AF_UNSPEC) return this.disconnect();
    if (this.phase === 'connected') return -EISCONN;
    let late = -EALREADY;
    if (this.phase === 'connecting') {
      if (this.state === TCP_SYN_SENT && this.nonblock) return -EALREADY;
    } else {
      if (this.state !== TCP_CLOSE) return -EISCONN;
      late = -EINPROGRESS;
      const r = this.start(raw);
      if (r < 0) return r;
      this.phase = 'connecting';
      if (this.nonblock) return -EINPROGRESS;
    }
    const attempt = (): number | typeof WOULD_BLOCK => this.outcome();
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    const ms = this.options.sndTimeout;
    return waitOn(this, attempt, {
      ...this.timed(ms),
      timeout: () => late,
      interrupted: ms > 0 ? -EINTR : -ERESTARTSYS,
    });
  }

  /** How the attempt to connect ended, if it has. */
  private outcome(): number | typeof WOULD_BLOCK {
    if (this.state === TCP_SYN_SENT) return WOULD_BLOCK;
    if (this.state === TCP_CLOSE && !this.finReceived) {
      this.phase = 'unconnected';
      return -(this.takeError() || ECONNABORTED);
    }
    this.phase = 'connected';
    return 0;
  }

  /** Sends the SYN: the answer is there at once, unless the listener's backlog is full. */
  private start(raw: Uint8Array): number {
    const address = this.parseDestination(raw);
    if (typeof address === 'number') return address;
    if (address.mapped && this.v6only) return -ENETUNREACH;
    const way = route(this.stack, address.ip, this.local.ip);
    if (typeof way === 'number') return way;
    if (isBroadcast(way.to)) return -ENETUNREACH;
    const remote = { ip: way.to, port: address.port };
    const r = takePort(this, way.from, remote);
    if (r < 0) return r;
    this.remote = remote;
    this.state = TCP_SYN_SENT;
    this.shut = 0;
    this.error = 0;
    this.finReceived = false;
    this.stack.counters.tcp.activeOpens++;
    this.callPeer(remote);
    return 0;
  }

  private callPeer(remote: Endpoint): void {
    if (!this.stack.device.up) {
      this.waitAmong(this.stack.unanswered);
      return;
    }
    // An old connection of the same name, which knows nothing of this one, ends when it is asked (RFC 9293, 3.10.7.4).
    const old = this.stack.connections.get(tupleKey(remote, this.local));
    if (old !== undefined && !(old instanceof TimeWait) && old !== this) receiveReset(old);
    const listener = findListener(this.stack, this.local, remote);
    const backlog = listener?.backlog;
    if (listener === undefined || backlog === undefined) {
      // Whoever calls his own number answers himself (simultaneous open).
      if (remote.ip === this.local.ip && remote.port === this.local.port) establish(this, this);
      else this.refuse();
    } else if (backlog.full || this.stack.full) {
      this.stack.counters.tcp.listenOverflows++;
      this.waitAmong(backlog.waiting);
    } else listener.answer(this, backlog);
  }

  /** Nobody answers: after as many attempts as TCP_SYNCNT says it is over. */
  private waitAmong(among: Set<TcpSocket>): void {
    among.add(this);
    const seconds = 2 ** ((this.options.int(IPPROTO_TCP, TCP_SYNCNT) ?? 6) + 1) - 1;
    const timer = this.kernel.timers.add(this.kernel.now() + seconds * 1000, () => {
      this.error = ETIMEDOUT;
      this.fail();
    });
    this.waitsFor = { among, timer };
  }

  /** The device is on again: the next attempt to connect. */
  callAgain(): void {
    this.stopWaiting();
    if (this.remote !== undefined) this.callPeer(this.remote);
  }

  private refuse(): void {
    const { tcp } = this.stack.counters;
    tcp.failedAttempts++;
    tcp.resetsSent++;
    countSegments(this, 2);
    receiveReset(this);
    this.giveBackName();
  }
  private fail(): void {
    end(this);
    this.giveBackName();
  }
  /** After a connection that did not come about the socket is as it was before. */
  private giveBackName(): void {
    this.remote = undefined;
    if (!this.portFixed) this.unclaim();
    if (!this.addressFixed) this.local = { ip: anyOf(this.family), port: this.local.port };
  }

  /** No longer among those that a backlog has no room for. */
  stopWaiting(): void {
    if (this.waitsFor === undefined) return;
    this.waitsFor.among.delete(this);
    this.kernel.timers.cancel(this.waitsFor.timer);
    this.waitsFor = undefined;
  }

  /** The listener's side of a new connection. */
  private answer(client: TcpSocket, backlog: Backlog): void {
    const server = new TcpSocket(this.kernel, this.family, 0, undefined);
    server.options.inherit(this.options);
    server.congestion = this.congestion;
    server.local = client.remote as Endpoint;
    server.remote = client.local;
    server.phase = 'connected';
    server.addressFixed = this.addressFixed;
    this.stack.tcp.add(server);
    rememberTuple(server, server.local, server.remote);
    this.stack.counters.tcp.passiveOpens++;
    countSegments(server, 3, SYN_OPTIONS);
    establish(client, server);
    const defer = this.options.int(IPPROTO_TCP, TCP_DEFER_ACCEPT) ?? 0;
    backlog.add(server, defer * 1000);
  }

  /** connect(2) with AF_UNSPEC: as new, but for the name that bind(2) gave (tcp_disconnect). */
  private disconnect(): number {
    const { state } = this;
    this.stopListening();
    this.abandonConnection();
    this.phase = 'unconnected';
    this.shut = 0;
    // Whoever ends a connection himself is told so too (tcp_disconnect).
    const rude = state !== TCP_CLOSE && state !== TCP_LISTEN;
    this.error = rude ? ECONNRESET : 0;
    this.finReceived = false;
    this.giveBackName();
    return 0;
  }

  private abandonConnection(): void {
    this.stopWaiting();
    abort(this);
    this.rx.free();
  }

  override get hasErrorQueue(): boolean {
    return true;
  }
  override send(_task: Task, source: Source, message: SendMessage): SyscallResult {
    const { flags } = message;
    const r = sendTcp(this, source, flags);
    if ((flags & MSG_ZEROCOPY) === 0 || this.soNumber(SO_ZEROCOPY) !== 1) return r;
    return finishWith(r, (n) => noteCopied(this, n));
  }
  override recv(
    _task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    if ((flags & MSG_ERRQUEUE) !== 0) return receiveError(this.errors, this.family, sink, out, finish);
    return recvTcp(this, sink, flags, out, withControl(this, out, finish));
  }
  override read(_task: Task, sink: Sink): SyscallResult {
    const n = readNow(this, sink);
    if (n !== undefined) return n;
    // sock_read_iter: nothing is asked for, nothing is said.
    return sink.remaining === 0 ? 0 : recvTcp(this, sink, 0, emptyMessage(), (count) => count);
  }
  override write(_task: Task, source: Source): SyscallResult {
    return sendTcp(this, source, 0);
  }

  /** Most bytes on their way to `peer`: the buffers of both sides. */
  capacity(peer: TcpSocket): number {
    return this.options.sendRoom + peer.options.receiveRoom;
  }
  /** With so many bytes on the way, is there too little room to call the socket writable? */
  crowded(bytes: number): boolean {
    return this.peer !== undefined && bytes * 3 > this.capacity(this.peer) * 2;
  }
  get writableNow(): boolean {
    const { peer } = this;
    return peer === undefined || !this.crowded(peer.rx.length);
  }

  /** There is no memory for a single byte: the sender looks again after a while (sk_stream_wait_memory). */
  retryLater(): void {
    const { kernel } = this;
    this.starving ??= kernel.timers.add(kernel.now() + STARVING_MS, () => {
      this.starving = undefined;
      this.queue.wake(ROOM);
    });
  }

  laneSent(bytes: number): void {
    this.sentBytes += bytes;
  }
  /** Too small a buffer would have the lane look at more than its ring; the rest is told at once, or not at all. */
  lanePartner(): TcpSocket | undefined {
    const { peer } = this;
    return peer !== undefined && peer !== this && isPlain(this, peer) && isPlain(peer, this)
      ? peer
      : undefined;
  }
  override shutdown(how: number): number {
    this.lane?.close();
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -EINVAL;
    const bits = how + 1;
    if (this.state === TCP_LISTEN) {
      if ((bits & RCV_SHUTDOWN) !== 0) this.stopListening();
      return 0;
    }
    if (this.state === TCP_SYN_SENT) return this.disconnect();
    const closed = this.state === TCP_CLOSE;
    this.shut |= bits;
    if ((bits & SEND_SHUTDOWN) !== 0) sendFin(this);
    this.queue.wake(DATA | ROOM | POLLRDHUP | (this.shut === SHUTDOWN_MASK ? POLLHUP : 0));
    return closed ? -ENOTCONN : 0;
  }

  override localAddress(): Uint8Array {
    const { ip, port } = this.local;
    return encodeInetAddress(this.family, { ip, port: port || this.lastPort });
  }
  override peerAddress(): Uint8Array | number {
    if (this.state === TCP_CLOSE || this.state === TCP_SYN_SENT) return -ENOTCONN;
    return super.peerAddress();
  }
  override acceptedAddress(): Uint8Array | number {
    return super.peerAddress();
  }

  override poll(): number {
    return pollTcp(this);
  }
  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    return ioctlTcp(this, task, request, arg) ?? super.ioctl(task, request, arg);
  }

  /** Bytes that the peer's receive buffer has no room for: those are still the sender's. */
  get unreceived(): number {
    const { peer } = this;
    return peer === undefined ? 0 : Math.max(0, peer.rx.length - peer.options.receiveRoom);
  }

  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    this.lane?.close();
    const r = level === IPPROTO_TCP ? setTcpOption(this, name, value) : undefined;
    return r ?? super.setOption(task, level, name, value);
  }
  override getOption(level: number, name: number, room: number): Uint8Array | number {
    const r = level === IPPROTO_TCP ? getTcpOption(this, name) : undefined;
    return r ?? super.getOption(level, name, room);
  }

  /** A connection that was never accepted goes away. */
  discard(): void {
    this.uncount();
    this.closed = true;
    this.keptBack = undefined;
    this.abandonConnection();
    this.unclaim();
  }

  override release(): void {
    if (this.closed) return;
    this.uncount();
    this.lane?.close();
    this.stopListening();
    const rude = this.rx.length > 0 || (this.options.lingerOn !== 0 && this.options.lingerTime === 0);
    this.closed = true;
    if (rude || this.state === TCP_SYN_SENT) this.abandonConnection();
    else if (this.state === TCP_ESTABLISHED || this.state === TCP_CLOSE_WAIT) sendFin(this);
    this.shut = SHUTDOWN_MASK;
    this.rx.free();
    this.errors.clear();
    leaveOrphan(this);
    if (this.state === TCP_CLOSE) this.unclaim();
    this.queue.wake(POLLHUP);
  }

  override lingering(): Block | undefined {
    return lingerTcp(this);
  }

  /** Nothing is connected without an address (socketpair(2)). */
  override pairWith(): number {
    return -EOPNOTSUPP;
  }
}
