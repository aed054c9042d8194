/**
 * TCP sockets of --network=filtered: sockets of the sandbox's own network that go outside when a rule lets them. A connection is
 * inside or outside from its connect(2) on; a listener may be both.
 */

import { EAGAIN, EINVAL, ENETUNREACH, EPERM } from '../../abi/errno.js';
import { O_NONBLOCK } from '../../abi/fcntl.js';
import { IPPROTO_TCP, TCP_CLOSE, TCP_INFO } from '../../abi/inet.js';
import { AF_UNSPEC, MSG_DONTWAIT, SHUT_RD, SO_ERROR, SO_REUSEADDR, SOL_SOCKET } from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Cred } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import type { HostInetSocket } from '../host/socket.js';
import { familyIn, type InetAddress, isAny, parseInetAddress } from '../inet/address.js';
import { intBytes } from '../inet/socket.js';
import { TcpSocket } from '../inet/tcp.js';
import type { ReceivedMessage, SendMessage, Socket } from '../socket.js';
import { hostAddress, wildcard } from './address.js';
import { type Filter, isInside } from './filter.js';
import { Outside } from './outside.js';

export class FilteredTcpSocket extends TcpSocket {
  private readonly outside: Outside;
  /** What the part outside is: a connection, or what takes connections beside (or, bound to the host's address, in place of) us. */
  private role: 'connection' | 'listener' | 'named' = 'connection';
  /** Where the connection outside leads to. */
  private target: Uint8Array | undefined;
  /** Which side accept(2) looks at first. */
  private outsideFirst = false;

  constructor(filter: Filter, kernel: Kernel, family: number, flags: number, cred?: Cred) {
    super(kernel, family, flags, cred);
    this.outside = new Outside(this, 'tcp', filter);
  }

  /** The host socket, when it is all there is of this one. */
  private get away(): HostInetSocket | undefined {
    return this.role === 'listener' ? undefined : this.outside.live;
  }

  override bind(task: Task, raw: Uint8Array): number {
    const address = parseInetAddress(raw, this.family);
    if (this.outside.live !== undefined) return -EINVAL;
    if (typeof address === 'number' || isAny(address.ip) || isInside(this.stack, address.ip)) {
      return super.bind(task, raw);
    }
    if (this.local.port !== 0 || !this.bindable) return -EINVAL;
    return this.bindOutside(task, address);
  }

  /** bind(2) to an address that only the host can have. */
  private bindOutside(task: Task, address: InetAddress): number {
    const { filter } = this.outside;
    if (address.port !== 0 && !filter.mayListen('tcp', address, task)) return -EPERM;
    const host = this.outside.openAt(task, hostAddress(this.family, address), address.port);
    if (typeof host === 'number') return host;
    this.role = 'named';
    return 0;
  }

  override listen(task: Task, backlog: number): number {
    const named = this.away;
    if (named !== undefined) return this.listenNamed(task, named, backlog);
    const r = super.listen(task, backlog);
    const { ip, port } = this.local;
    if (r < 0 || !isAny(ip)) return r;
    const listener = this.outside.live;
    if (listener !== undefined) return listener.listen(task, backlog);
    if (!this.outside.filter.mayListen('tcp', this.local, task)) return r;
    const opened = this.listenOutside(task, port, backlog);
    // Who cannot have the port outside does not have it.
    if (opened < 0) super.shutdown(SHUT_RD);
    return opened;
  }

  private listenNamed(task: Task, host: HostInetSocket, backlog: number): number {
    const own = parseInetAddress(host.localAddress(), this.family);
    if (this.role !== 'named' || typeof own === 'number') return -EINVAL;
    this.outside.ownPort = own.port;
    if (!this.outside.filter.mayListen('tcp', own, task)) return -EPERM;
    return host.listen(task, backlog);
  }

  private listenOutside(task: Task, port: number, backlog: number): number {
    // Connections of an earlier listener that linger at the host are not this guest's to know.
    this.outside.remember(SOL_SOCKET, SO_REUSEADDR, intBytes(1));
    const host = this.outside.openAt(task, wildcard(this.family, port), port);
    if (typeof host === 'number') return host;
    this.role = 'listener';
    const r = host.listen(task, backlog);
    if (r < 0) this.forsake();
    return r;
  }

  /** Nothing of this socket is outside any more. */
  private forsake(): void {
    this.outside.close();
    this.outside.ownPort = 0;
    this.role = 'connection';
    this.target = undefined;
  }

  override accept(task: Task, flags: number, finish: (socket: Socket) => number): SyscallResult {
    const host = this.outside.live;
    if (host === undefined) return super.accept(task, flags, finish);
    if (this.role !== 'listener') return host.accept(task, flags, finish);
    const sides = [
      (): SyscallResult => super.accept(task, MSG_DONTWAIT, finish),
      (): SyscallResult => {
        host.flags |= O_NONBLOCK;
        return host.accept(task, MSG_DONTWAIT, finish);
      },
    ];
    const attempt = (): number | typeof WOULD_BLOCK => {
      this.outsideFirst = !this.outsideFirst;
      for (const side of this.outsideFirst ? sides.toReversed() : sides) {
        const r = side();
        if (typeof r === 'number' && r !== -EAGAIN) return r;
      }
      return WOULD_BLOCK;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    return this.dontWait(flags) ? -EAGAIN : waitOn(this, attempt, this.timed(this.options.rcvTimeout));
  }

  override connect(task: Task, raw: Uint8Array): SyscallResult {
    if (raw.length >= 2 && familyIn(raw) === AF_UNSPEC) {
      this.forsake();
      return super.connect(task, raw);
    }
    const host = this.outside.live;
    if (host !== undefined && this.role === 'connection') {
      const r = this.proceed(task, host);
      if (r !== undefined) return r;
    }
    const address = this.parseDestination(raw);
    if (typeof address === 'number' || isInside(this.stack, address.ip) || this.state !== TCP_CLOSE) {
      // The sandbox itself cannot be reached from an address of the host.
      return this.away === undefined ? super.connect(task, raw) : -EINVAL;
    }
    return this.connectOutside(task, address);
  }

  /** Asked again, connect(2) tells of the attempt under way. @returns undefined if there is none: it has failed, and that is known */
  private proceed(task: Task, host: HostInetSocket): SyscallResult | undefined {
    const info = host.host.getOption(IPPROTO_TCP, TCP_INFO, 1);
    const ended = info instanceof Uint8Array && info[0] === TCP_CLOSE;
    if (!ended && this.target !== undefined) return host.connect(task, this.target);
    const error = host.getSocketOption(SO_ERROR, 4);
    this.forsake();
    const pending =
      error instanceof Uint8Array ? new DataView(error.buffer, error.byteOffset).getInt32(0, true) : 0;
    return pending === 0 ? undefined : -pending;
  }

  private connectOutside(task: Task, address: InetAddress): SyscallResult {
    if (address.mapped && this.v6only) return -ENETUNREACH;
    // A packet from the loopback device does not leave the machine.
    if (this.addressFixed) return -EINVAL;
    if (!this.outside.admits('connect', task, address)) return -EPERM;
    const host = this.outside.open(task);
    if (typeof host === 'number') return host;
    // Its port is the host's choice, whatever this socket is bound to: as behind any router.
    this.role = 'connection';
    this.target = hostAddress(this.family, address);
    return host.connect(task, this.target);
  }

  override send(task: Task, source: Source, message: SendMessage): SyscallResult {
    return this.away?.send(task, source, message) ?? super.send(task, source, message);
  }
  override recv(
    task: Task,
    sink: Sink,
    flags: number,
    out: ReceivedMessage,
    finish: (n: number) => number,
  ): SyscallResult {
    return this.away?.recv(task, sink, flags, out, finish) ?? super.recv(task, sink, flags, out, finish);
  }
  override read(task: Task, sink: Sink): SyscallResult {
    return this.away?.read(task, sink) ?? super.read(task, sink);
  }
  override write(task: Task, source: Source): SyscallResult {
    return this.away?.write(task, source) ?? super.write(task, source);
  }
  override shutdown(how: number): number {
    const { away } = this;
    if (away !== undefined) return away.shutdown(how);
    const r = super.shutdown(how);
    if (this.role === 'listener' && !this.listening) this.forsake();
    return r;
  }
  override localAddress(): Uint8Array {
    return this.away?.localAddress() ?? super.localAddress();
  }
  override peerAddress(): Uint8Array | number {
    return this.away?.peerAddress() ?? super.peerAddress();
  }
  override takeError(): number {
    return this.away?.takeError() ?? super.takeError();
  }
  override poll(): number {
    const host = this.outside.live;
    if (host === undefined) return super.poll();
    return this.role === 'listener' ? super.poll() | host.poll() : host.poll();
  }
  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    return this.away?.ioctl(task, request, arg) ?? super.ioctl(task, request, arg);
  }
  override get hasErrorQueue(): boolean {
    return this.away !== undefined || super.hasErrorQueue;
  }

  override setSocketOption(task: Task, name: number, value: Uint8Array): number | undefined {
    const r = this.outside.setSocketOption(task, name, value);
    return (this.away && r) ?? super.setSocketOption(task, name, value);
  }
  override getSocketOption(name: number, room: number): Uint8Array | number | undefined {
    return this.away?.getSocketOption(name, room) ?? super.getSocketOption(name, room);
  }
  override setOption(task: Task, level: number, name: number, value: Uint8Array): number {
    const { away } = this;
    if (away !== undefined) {
      return this.outside.knowsOption(level, name) ? away.setOption(task, level, name, value) : -EPERM;
    }
    const r = super.setOption(task, level, name, value);
    if (r !== 0) return r;
    this.outside.remember(level, name, value);
    if (this.outside.knowsOption(level, name)) this.outside.live?.setOption(task, level, name, value);
    return r;
  }
  override getOption(level: number, name: number, room: number): Uint8Array | number {
    return this.away?.getOption(level, name, room) ?? super.getOption(level, name, room);
  }

  override release(): void {
    this.forsake();
    super.release();
  }
}
