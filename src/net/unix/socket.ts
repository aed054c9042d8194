/** AF_UNIX sockets: names, connections and their ends (unix(7), net/unix/af_unix.c). Moving data is in transfer.ts. */

import { ECONNRESET, EINVAL, ENODATA, ENOTCONN, EOPNOTSUPP } from '../../abi/errno.js';
import { FIONREAD, SIOCATMARK, TIOCOUTQ } from '../../abi/ioctl.js';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../../abi/poll.js';
import {
  AF_UNIX,
  SHUT_RD,
  SHUT_RDWR,
  SHUT_WR,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
  SOMAXCONN,
} from '../../abi/socket.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task, ThreadGroup } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import type { SyscallResult } from '../../kernel/wait.js';
import { inodeOf } from '../../vfs/dentry.js';
import { putFile } from '../../vfs/fdtable.js';
import type { OpenFile } from '../../vfs/file.js';
import type { Inode } from '../../vfs/inode.js';

import { encodeUnixAddress, type UnixAddress } from '../address.js';
import type { HostSocket } from '../host/host-socket.js';
import type { LaneSide, LaneSocket } from '../lane/side.js';

import { SocketOptions } from '../options.js';
import { emptyMessage, type ReceivedMessage, type SendMessage, Socket, type Ucred } from '../socket.js';
import { acceptOn, connectPacket, connectStream, type Identity, identityOf } from './connections.js';
import { HostEnd } from './host-end.js';
import { unixIoctl } from './ioctl.js';

import { recvLane, sendLane, UnixLaneBytes, unixLanePartner } from './lane.js';
import { BoundName, type HostTarget, lookupName } from './names.js';

import { getUnixOption, setUnixOption, type Timestamps } from './options.js';
import { recvPacket, sendPacket } from './packet.js';
import { type Message, MessageQueue, type Sender } from './queue.js';
import { type Carrier, inFlight, registerCarrier, scheduleCollection } from './rights.js';
import { recvStream, sendStream } from './stream.js';
import { register, unregister } from './table.js';

/** net.unix.max_dgram_qlen */
export const MAX_DGRAM_QUEUE = 10;

export class UnixSocket extends Socket implements Carrier, Sender, LaneSocket {
  declare lane: LaneSide | undefined;
  /** What has come through the fast lane. */
  readonly rx = new UnixLaneBytes(this);
  readonly options = new SocketOptions();
  readonly messages = new MessageQueue();
  /** Bytes sent and not yet read. */
  sent = 0;
  peer: UnixSocket | undefined;
  state: 'idle' | 'listening' | 'connected' = 'idle';
  recvShut = false;
  sendShut = false;
  /** Pending error (positive errno). */
  error = 0;
  /** Closed: senders find nobody here. */
  dead = false;
  readonly name = new BoundName(this);
  /** False while it waits to be accepted. */
  accepted = true;
  /** SO_PASSPIDFD. */
  passPidfd = false;
  /** SO_PASSRIGHTS: messages with descriptors are welcome. */
  passRights = true;
  /** SO_INQ: reads tell how many bytes are left (streams). */
  tellsLeft = false;
  /** SO_TIMESTAMP, SO_TIMESTAMPNS. */
  timestamps: Timestamps = 'none';
  /** SO_PEEK_OFF: where the next MSG_PEEK begins; negative if each begins at the front. */
  peekOff = -1;
  /** The newest urgent byte, while it is neither taken nor passed by (streams). */
  urgent: Message | undefined;
  private backlog = 0;
  /** Connections that wait for accept(2). */
  readonly pending: UnixSocket[] = [];
  identity: Identity | undefined;
  /** Of a name or partner on the host (--host-uds). */
  host: HostEnd | undefined;
  /** The partner's name, if it is a socket of the host. */
  remote: UnixAddress | undefined;
  /** Partners that poll(2) told to wait until there is room here. */
  readonly crowd = new Set<UnixSocket>();

  constructor(kernel: Kernel, type: number, flags: number, cred?: Cred) {
    super(kernel, AF_UNIX, type, 0, flags, cred);
    register(this);
  }

  get address(): UnixAddress {
    return this.name.address;
  }
  /** Whoever asks for the sender of messages. */
  get wantsSender(): boolean {
    return this.options.passCred || this.passPidfd;
  }
  /** Who wants to be told of senders is given a name, to be told by whom (unix_autobind). */
  nameForCredentials(): void {
    if (this.wantsSender) this.name.choose();
  }

  /** STREAM and SEQPACKET have connections. */
  get connectionOriented(): boolean {
    return this.type !== SOCK_DGRAM;
  }
  override get listening(): boolean {
    return this.state === 'listening';
  }
  /** Connections that wait for accept(2), and how many may. */
  get waiting(): readonly UnixSocket[] {
    return this.pending;
  }
  get backlogLimit(): number {
    return this.backlog;
  }
  /** The inode of the path that the socket is bound to. */
  get boundInode(): Inode | undefined {
    return this.name.path === undefined ? undefined : inodeOf(this.name.path);
  }

  override bind(task: Task, raw: Uint8Array): number {
    return this.name.bind(task, raw);
  }

  override listen(task: Task, backlog: number): number {
    if (!this.connectionOriented) return -EOPNOTSUPP;
    if (!this.name.given || this.state === 'connected') return -EINVAL;
    const outside = this.host?.host.listen(backlog) ?? 0;
    if (outside < 0) return outside;
    this.state = 'listening';
    this.backlog = Math.min(backlog >>> 0, SOMAXCONN);
    this.identity = identityOf(task);
    this.queue.wake(POLLOUT);
    return 0;
  }

  /** See lookupName. */
  lookup(task: Task, raw: Uint8Array): UnixSocket | HostTarget | number {
    return lookupName(task, this, raw);
  }

  /** A socket of the host is this one's other side from now on. @param bound by its name */
  attach(host: HostSocket, bound: boolean): void {
    this.host = new HostEnd(this, host, bound);
  }
  override connect(task: Task, raw: Uint8Array): SyscallResult {
    return this.connectionOriented ? connectStream(task, this, raw) : connectPacket(task, this, raw);
  }
  override accept(_task: Task, flags: number, finish: (socket: Socket) => number): SyscallResult {
    return acceptOn(this, flags, finish);
  }

  override pairWith(task: Task, other: Socket): number {
    if (!(other instanceof UnixSocket)) return -EINVAL;
    for (const [a, b] of [
      [this, other],
      [other, this],
    ] as const) {
      a.peer = b;
      a.state = 'connected';
      a.identity = identityOf(task);
    }
    this.startLanes(other);
    return 0;
  }

  /** The ends of a new connection of a stream may have a fast lane. */
  startLanes(peer: UnixSocket): void {
    const { lanes } = this.kernel;
    if (lanes === undefined || this.type !== SOCK_STREAM) return;
    this.lane = lanes.sideOf(this);
    peer.lane = lanes.sideOf(peer);
  }
  lanePartner(): UnixSocket | undefined {
    return unixLanePartner(this);
  }

  /** Records are asked for a connection first (unix_seqpacket_sendmsg). */
  override unsendable(): number {
    if (this.type !== SOCK_SEQPACKET) return 0;
    if (this.error !== 0) return -this.takeError();
    return this.state === 'connected' ? 0 : -ENOTCONN;
  }
  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    const named = this.type === SOCK_DGRAM && message.to !== undefined && message.to.length > 0;
    if (this.host !== undefined && this.remote !== undefined && !named)
      return this.host.send(task, source, message);
    return this.type === SOCK_STREAM
      ? (sendLane(this, source, message) ?? sendStream(task, this, source, message))
      : sendPacket(task, this, source, message);
  }
  override recv(
    _task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    if (
      this.host !== undefined &&
      this.state !== 'listening' &&
      (this.remote !== undefined || !this.connectionOriented)
    )
      return this.host.recv(sink, flags, out, finish);
    return this.type === SOCK_STREAM
      ? (recvLane(this, sink, flags, out, finish) ?? recvStream(this, sink, flags, out, finish))
      : recvPacket(this, sink, flags, out, finish);
  }
  override read(task: Task, sink: Sink): SyscallResult {
    if (sink.remaining === 0) return 0;
    const out = emptyMessage();
    return this.recv(task, sink, 0, out, (n) => {
      // read(2) has no place for descriptors.
      for (const f of out.files ?? []) putFile(f);
      return n;
    });
  }
  override write(task: Task, source: Source): SyscallResult {
    return this.send(task, source, { flags: 0 });
  }

  uncharge(bytes: number): void {
    this.sent -= bytes;
    if (this.writableNow && !this.queue.empty) this.queue.wake(POLLOUT | POLLWRNORM | POLLWRBAND);
  }
  private get writableNow(): boolean {
    return this.sent * 4 <= this.options.sndbuf;
  }

  override shutdown(how: number): number {
    if (how !== SHUT_RD && how !== SHUT_WR && how !== SHUT_RDWR) return -EINVAL;
    this.lane?.close();
    const read = how !== SHUT_WR;
    const write = how !== SHUT_RD;
    const outside =
      this.remote === undefined && this.state !== 'listening' ? 0 : (this.host?.host.shutdown(how) ?? 0);
    if (outside < 0) return outside;
    this.halfClose(read, write);
    // The peer of a connection sees the mirror image.
    if (this.connectionOriented) this.peer?.halfClose(write, read);
    return 0;
  }

  private halfClose(read: boolean, write: boolean): void {
    if (read) this.recvShut = true;
    if (write) this.sendShut = true;
    const both = this.recvShut && this.sendShut;
    this.queue.wake(
      (read ? POLLIN | POLLRDNORM | POLLRDHUP : 0) |
        (write ? POLLOUT | POLLWRNORM : 0) |
        (both ? POLLHUP : 0),
    );
  }

  override localAddress(): Uint8Array {
    return encodeUnixAddress(this.address);
  }
  override peerAddress(): Uint8Array | number {
    const address = this.remote ?? this.peer?.address;
    return address === undefined ? -ENOTCONN : encodeUnixAddress(address);
  }
  override peerCred(): Ucred {
    return this.identity?.cred ?? super.peerCred();
  }
  override peerGroups(): readonly number[] | number {
    return this.identity?.groups ?? -ENODATA;
  }
  override peerProcess(): ThreadGroup | number {
    return this.identity?.cred.process ?? -ENODATA;
  }
  override setSocketOption(task: Task, name: number, value: Uint8Array): number | undefined {
    return setUnixOption(task, this, name, value);
  }
  override getSocketOption(name: number, _room: number): Uint8Array | undefined {
    return getUnixOption(this, name);
  }
  override setPeekOffset(offset: number): number {
    this.peekOff = offset;
    return 0;
  }
  override peekOffset(): number {
    return this.peekOff;
  }
  /** A look has seen `n` bytes. */
  peeked(n: number): void {
    if (this.peekOff >= 0) this.peekOff += n;
  }
  /** `n` bytes were taken. */
  consumed(n: number): void {
    if (this.peekOff >= 0) this.peekOff = Math.max(0, this.peekOff - n);
  }
  override takeError(): number {
    const e = this.error || (this.host?.takeError() ?? 0);
    this.error = 0;
    return e;
  }

  /** Its queue takes no more from somebody who is not its partner. */
  fullFor(sender: UnixSocket): boolean {
    return this.peer !== sender && this.messages.length > MAX_DGRAM_QUEUE;
  }
  /** A message was taken: senders that found the queue full may go on, and pollers that were told so look again. */
  hadRoom(): void {
    if (this.messages.length > MAX_DGRAM_QUEUE) return;
    if (!this.queue.empty) this.queue.wake(POLLOUT);
    if (this.crowd.size > 0) this.wakeCrowd();
  }
  private wakeCrowd(): void {
    const waiting = [...this.crowd];
    this.crowd.clear();
    for (const s of waiting) s.queue.wake(POLLOUT | POLLWRNORM | POLLWRBAND);
  }
  /** False, and woken later, while the partner's queue is full. */
  private partnerHasRoom(): boolean {
    const { peer } = this;
    if (this.type !== SOCK_DGRAM || peer === undefined || peer.dead || !peer.fullFor(this)) return true;
    peer.crowd.add(this);
    return false;
  }

  override poll(): number {
    const outside = this.host?.poll() ?? 0;
    if (this.remote !== undefined) return outside | (this.messages.length > 0 ? POLLIN | POLLRDNORM : 0);
    let mask = this.connectionOriented && this.state !== 'listening' ? 0 : outside & (POLLIN | POLLRDNORM);
    if (this.error !== 0) mask |= POLLERR;
    if (this.recvShut && this.sendShut) mask |= POLLHUP;
    if (this.recvShut) mask |= POLLRDHUP | POLLIN | POLLRDNORM;
    const { ring } = this.rx;
    if (this.messages.length > 0 || (ring !== undefined && ring.length > 0) || this.pending.length > 0)
      mask |= POLLIN | POLLRDNORM;
    if (this.urgent !== undefined) mask |= POLLPRI;
    if (this.connectionOriented && this.state === 'idle') mask |= POLLHUP;
    if (this.state !== 'listening' && this.writableNow && this.partnerHasRoom())
      mask |= POLLOUT | POLLWRNORM | POLLWRBAND;
    return mask;
  }

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    this.lane?.close();
    const through = request === FIONREAD || request === TIOCOUTQ || request === SIOCATMARK;
    if (!through || this.host === undefined || this.remote === undefined)
      return unixIoctl(task, this, request, arg);
    const r = this.host.ioctl(request);
    return r < 0 ? r : task.mem.putU32(arg, r);
  }

  /** See Carrier. */
  *carried(): Generator<OpenFile> {
    for (const m of this.messages) if (m.rights !== undefined) yield* m.rights.files;
    for (const p of this.pending) yield* p.carried();
  }
  purge(): void {
    while (this.messages.length > 0) {
      const m = this.messages.at(0);
      this.messages.shift();
      m?.rights?.discard();
    }
    for (const p of this.pending) p.purge();
  }

  override release(): void {
    if (this.dead) return;
    this.lane?.close();
    this.dead = true;
    unregister(this);
    this.name.release();
    this.host?.host.close();
    const unread = this.messages.unread;
    const { peer } = this;
    if (peer !== undefined && this.connectionOriented && !peer.dead) {
      if (unread) peer.error = ECONNRESET;
      peer.halfClose(true, true);
    }
    for (const p of this.pending.splice(0)) {
      if (p.peer !== undefined) p.peer.error = ECONNRESET;
      p.release();
    }
    this.purge();
    peer?.crowd.delete(this);
    this.wakeCrowd();
    this.queue.wake(POLLOUT | POLLHUP);
    scheduleCollection(this.kernel);
  }

  /** A descriptor of it is closed: from now on perhaps only messages hold it. */
  override flush(): void {
    if (inFlight(this)) scheduleCollection(this.kernel);
  }
}

registerCarrier((file): file is Carrier => file instanceof UnixSocket);

/** SOCK_RAW is what Linux takes for SOCK_DGRAM here. */
export function unixType(type: number): number | undefined {
  if (type === SOCK_STREAM || type === SOCK_DGRAM || type === SOCK_SEQPACKET) return type;
  return type === 3 ? SOCK_DGRAM : undefined;
}
