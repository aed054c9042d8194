/** AF_UNIX sockets: names, connections and their ends (unix(7), net/unix/af_unix.c). Moving data is in transfer.ts. */

import {
  EADDRINUSE,
  EAGAIN,
  ECONNREFUSED,
  ECONNRESET,
  EEXIST,
  EINVAL,
  EISCONN,
  ENOTCONN,
  EOPNOTSUPP,
  EPERM,
  EPROTOTYPE,
} from '../../abi/errno.js';
import { AT_FDCWD } from '../../abi/fcntl.js';
import { FIONREAD, TIOCOUTQ } from '../../abi/ioctl.js';
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
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
import { S_IFMT, S_IFSOCK } from '../../abi/stat.js';
import { waitOn } from '../../fs/waiting.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { inodeOf, type Path } from '../../vfs/dentry.js';
import { putFile } from '../../vfs/fdtable.js';
import type { OpenFile } from '../../vfs/file.js';
import { vfsMknod } from '../../vfs/fsops.js';
import type { Inode } from '../../vfs/inode.js';
import { LOOKUP_FOLLOW, resolve } from '../../vfs/namei.js';
import { mayAccess } from '../../vfs/permission.js';
import { encodeUnixAddress, parseUnixAddress, UNNAMED, type UnixAddress } from '../address.js';
import { interfaceIoctl } from '../inet/interfaces.js';
import { SocketOptions } from '../options.js';
import { emptyMessage, type ReceivedMessage, type SendMessage, Socket, type Ucred } from '../socket.js';
import { abstractNames, boundInodes } from './names.js';
import { type Charged, MessageQueue } from './queue.js';
import { type Carrier, collectGarbage, registerCarrier } from './rights.js';
import { recvPacket, recvStream, sendPacket, sendStream } from './transfer.js';

/** net.unix.max_dgram_qlen */
export const MAX_DGRAM_QUEUE = 10;

/** Who a task is, as SO_PEERCRED shows it: effective ids. */
function peerCredOf(task: Task): Ucred {
  return { pid: task.pid, uid: task.cred.euid, gid: task.cred.egid };
}

export class UnixSocket extends Socket implements Carrier, Charged {
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
  address: UnixAddress = UNNAMED;
  private boundPath: Path | undefined;
  private backlog = 0;
  /** Connections that wait for accept(2). */
  private readonly pending: UnixSocket[] = [];
  private credential: Ucred = { pid: 0, uid: 0xffffffff, gid: 0xffffffff };

  constructor(kernel: Kernel, type: number, flags: number, cred?: Cred) {
    super(kernel, AF_UNIX, type, 0, flags, cred);
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
    return this.boundPath === undefined ? undefined : inodeOf(this.boundPath);
  }

  override bind(task: Task, raw: Uint8Array): number {
    const address = parseUnixAddress(raw);
    if (typeof address === 'number') return address;
    if (address.kind === 'unnamed') return this.autobind();
    if (address.kind === 'path') return this.bindPath(task, address);
    return this.address.kind !== 'unnamed' ? -EINVAL : this.bindAbstract(address.name);
  }

  private bindAbstract(name: string): number {
    const names = abstractNames(this.kernel, this.type);
    if (names.has(name)) return -EADDRINUSE;
    names.set(name, this);
    this.address = { kind: 'abstract', name };
    return 0;
  }

  /** Five hexadecimal digits that nobody uses. */
  private autobind(): number {
    if (this.address.kind !== 'unnamed') return 0;
    const names = abstractNames(this.kernel, this.type);
    for (let i = 1; i < 0x100000; i++) {
      const name = i.toString(16).padStart(5, '0');
      if (!names.has(name)) return this.bindAbstract(name);
    }
    return -EADDRINUSE;
  }

  private bindPath(task: Task, address: UnixAddress): number {
    if (this.address.kind !== 'unnamed') {
      // Linux makes the name before it looks at the socket, and takes it away again.
      return typeof resolve(task, task.fs.cwd, address.name, 0) === 'number' ? -EINVAL : -EADDRINUSE;
    }
    const made = vfsMknod(task, AT_FDCWD, address.name, S_IFSOCK | 0o777, 0);
    if (made < 0) return made === -EEXIST ? -EADDRINUSE : made;
    const path = resolve(task, task.fs.cwd, address.name, 0);
    if (typeof path === 'number') return path;
    // The path keeps the dentry and with it the very inode object that connect(2) will find.
    this.boundPath = path;
    boundInodes.set(inodeOf(path), this);
    this.address = address;
    return 0;
  }

  override listen(task: Task, backlog: number): number {
    if (!this.connectionOriented) return -EOPNOTSUPP;
    if (this.address.kind === 'unnamed' || this.state === 'connected') return -EINVAL;
    this.state = 'listening';
    this.backlog = Math.min(backlog >>> 0, SOMAXCONN);
    this.credential = peerCredOf(task);
    this.queue.wake(POLLOUT);
    return 0;
  }

  /** The socket that `raw` names, for connect and sendto. @returns -ECONNREFUSED, -ENOENT, -EACCES, -EPROTOTYPE ... */
  lookup(task: Task, raw: Uint8Array): UnixSocket | number {
    const address = parseUnixAddress(raw);
    if (typeof address === 'number') return address;
    let found: UnixSocket | undefined;
    if (address.kind === 'unnamed') return -EINVAL;
    if (address.kind === 'abstract') {
      found = abstractNames(this.kernel, this.type).get(address.name);
    } else {
      const path = resolve(task, task.fs.cwd, address.name, LOOKUP_FOLLOW);
      if (typeof path === 'number') return path;
      const inode = inodeOf(path);
      const denied = mayAccess(task.cred, inode, 2);
      if (denied < 0) return denied;
      if ((inode.mode & S_IFMT) === S_IFSOCK) found = boundInodes.get(inode);
    }
    if (found === undefined || found.dead) return -ECONNREFUSED;
    return found.type === this.type ? found : -EPROTOTYPE;
  }

  override connect(task: Task, raw: Uint8Array): SyscallResult {
    const family = (raw[0] ?? 0) | ((raw[1] ?? 0) << 8);
    if (this.type === SOCK_DGRAM) {
      if (raw.length >= 2 && family === 0) {
        this.peer = undefined;
        this.state = 'idle';
        return 0;
      }
      const target = this.lookup(task, raw);
      if (typeof target === 'number') return target;
      if (target.peer !== undefined && target.peer !== this) return -EPERM;
      this.peer = target;
      this.state = 'connected';
      return 0;
    }
    const attempt = (): number | typeof WOULD_BLOCK => {
      const target = this.lookup(task, raw);
      if (typeof target === 'number') return target;
      if (this.state !== 'idle') return this.state === 'connected' ? -EISCONN : -EINVAL;
      if (target.state !== 'listening' || target.recvShut) return -ECONNREFUSED;
      if (target.pending.length > target.backlog) return WOULD_BLOCK;
      this.join(task, target);
      return 0;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    if (this.nonblock) return -EAGAIN;
    const target = this.lookup(task, raw);
    if (typeof target === 'number') return target;
    // Only the caller is kept alive: the listener may go away, which wakes us too.
    return { ...waitOn(this, attempt, this.timed(this.options.sndTimeout)), on: [target.queue] };
  }

  /** The connection appears at the listener, complete: the client may send before it is accepted. */
  private join(task: Task, listener: UnixSocket): void {
    const server = new UnixSocket(this.kernel, this.type, 0, task.cred);
    server.address = listener.address;
    server.credential = peerCredOf(task);
    server.options.passCred = listener.options.passCred;
    server.state = 'connected';
    server.peer = this;
    this.credential = listener.credential;
    this.state = 'connected';
    this.peer = server;
    listener.pending.push(server);
    listener.queue.wake(POLLIN | POLLRDNORM);
  }

  override accept(_task: Task, flags: number, finish: (socket: Socket) => number): SyscallResult {
    if (!this.connectionOriented) return -EOPNOTSUPP;
    if (this.state !== 'listening') return -EINVAL;
    const attempt = (): number | typeof WOULD_BLOCK => {
      const next = this.pending[0];
      if (next === undefined) return this.recvShut ? -EINVAL : WOULD_BLOCK;
      const r = finish(next);
      // Without a free descriptor the connection stays for a later call.
      if (r < 0 && !next.dead) return r;
      this.pending.shift();
      this.queue.wake(POLLOUT);
      return r;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    return this.dontWait(flags) ? -EAGAIN : waitOn(this, attempt, this.timed(this.options.rcvTimeout));
  }

  override pairWith(task: Task, other: Socket): number {
    if (!(other instanceof UnixSocket)) return -EINVAL;
    for (const [a, b] of [
      [this, other],
      [other, this],
    ] as const) {
      a.peer = b;
      a.state = 'connected';
      a.credential = peerCredOf(task);
    }
    return 0;
  }

  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    return this.type === SOCK_STREAM
      ? sendStream(task, this, source, message)
      : sendPacket(task, this, source, message);
  }
  override recv(
    task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    return this.type === SOCK_STREAM
      ? recvStream(task, this, sink, flags, out, finish)
      : recvPacket(task, this, sink, flags, out, finish);
  }
  override read(task: Task, sink: Sink): SyscallResult {
    if (sink.remaining === 0 && this.type === SOCK_STREAM) return 0;
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
    const read = how !== SHUT_WR;
    const write = how !== SHUT_RD;
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
    return this.peer === undefined ? -ENOTCONN : encodeUnixAddress(this.peer.address);
  }
  override peerCred(): Ucred {
    return this.credential;
  }
  override takeError(): number {
    const e = this.error;
    this.error = 0;
    return e;
  }

  override poll(): number {
    if (this.state === 'listening') return this.pending.length > 0 ? POLLIN | POLLRDNORM : 0;
    let mask = 0;
    if (this.error !== 0) mask |= POLLERR;
    if (this.recvShut && this.sendShut) mask |= POLLHUP;
    if (this.recvShut) mask |= POLLRDHUP | POLLIN | POLLRDNORM;
    if (this.messages.length > 0) mask |= POLLIN | POLLRDNORM;
    if (this.connectionOriented && this.state === 'idle') mask |= POLLHUP;
    const crowded =
      this.type === SOCK_DGRAM &&
      this.peer !== undefined &&
      this.peer.peer !== this &&
      this.peer.messages.length > MAX_DGRAM_QUEUE;
    if (this.writableNow && !crowded) mask |= POLLOUT | POLLWRNORM | POLLWRBAND;
    return mask;
  }

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    if (request === FIONREAD) {
      if (this.state === 'listening') return -EINVAL;
      const n = this.type === SOCK_DGRAM ? (this.messages.at(0)?.left ?? 0) : this.messages.bytes;
      return task.mem.putU32(arg, n);
    }
    return request === TIOCOUTQ ? task.mem.putU32(arg, this.sent) : interfaceIoctl(task, request, arg);
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
    this.dead = true;
    if (this.address.kind === 'abstract') {
      const names = abstractNames(this.kernel, this.type);
      if (names.get(this.address.name) === this) names.delete(this.address.name);
    }
    if (this.boundPath !== undefined && boundInodes.get(inodeOf(this.boundPath)) === this) {
      boundInodes.delete(inodeOf(this.boundPath));
    }
    const unread = this.messages.length > 0;
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
    this.queue.wake(POLLOUT | POLLHUP);
    collectGarbage();
  }
}

registerCarrier((file): file is Carrier => file instanceof UnixSocket);

/** SOCK_RAW is what Linux takes for SOCK_DGRAM here. */
export function unixType(type: number): number | undefined {
  if (type === SOCK_STREAM || type === SOCK_DGRAM || type === SOCK_SEQPACKET) return type;
  return type === 3 ? SOCK_DGRAM : undefined;
}
