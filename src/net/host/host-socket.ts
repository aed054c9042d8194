/** One socket of the host: what the addon does with its descriptor, and bytes in and out of it. Nothing here ever waits. */

import { EFAULT, EMSGSIZE } from '../../abi/errno.js';
import {
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDBAND,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRBAND,
  POLLWRNORM,
} from '../../abi/poll.js';
import {
  MSG_CMSG_CLOEXEC,
  MSG_OOB,
  MSG_PEEK,
  MSG_TRUNC,
  SHUT_RDWR,
  SO_LINGER,
  SOCK_STREAM,
  SOL_SOCKET,
} from '../../abi/socket.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type Native, SOCK_CONTROL, SOCK_CONTROL_ROOM, SOCK_NAME } from '../../platform/native.js';
import type { ControlItem, ReceivedMessage } from '../socket.js';
import { readControl, stageControl } from './control.js';
import type { HostNetwork, ReadyListener } from './network.js';

/** Most bytes of a stream in one go. No datagram is longer either. */
const CHUNK = 128 * 1024;
/** Where bytes are between guest memory and the host, within one call. */
let space: Uint8Array | undefined;
function buffer(): Uint8Array {
  space ??= new Uint8Array(CHUNK);
  return space;
}

/** Memory of all `unread`, and how much there may be. */
let keptBytes = 0;
const MOST_KEPT = 4 * 1024 * 1024;

const POLL_ALL = POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLWRNORM | POLLRDBAND | POLLWRBAND;

/** `receive` has thrown a datagram away whose sender is not welcome. */
export const REFUSED = -0x7fff0002;

/** struct linger: on, no time. */
const RESET = new Uint8Array(Int32Array.of(1, 0).buffer);

/** A connection off a backlog, and its peer's raw address. */
export interface Accepted {
  readonly socket: HostSocket;
  readonly peer: Uint8Array;
}

export class HostSocket {
  private readonly native: Native;
  private watched = false;
  closed = false;
  /** Bytes of a stream that the host has given and the guest could not take. */
  private unread: Uint8Array | undefined;

  private constructor(
    private readonly network: HostNetwork,
    readonly fd: number,
    private readonly type: number,
    private readonly controlRoom = SOCK_CONTROL_ROOM,
  ) {
    this.native = network.native;
  }

  /** @returns a new socket, or -errno: -EACCES for ping sockets that the host does not allow, -ENFILE ... */
  static open(network: HostNetwork, family: number, type: number, protocol: number): HostSocket | number {
    const r = network.reserve();
    if (r < 0) return r;
    const fd = network.native.sockOpen(family, type, protocol);
    if (fd < 0) network.unreserve();
    return fd < 0 ? fd : new HostSocket(network, fd, type);
  }

  /**
   * A unix socket that is there already, for which room was reserved. Its ancillary data is not looked at: descriptors that the
   * host's programs send are closed by the host.
   */
  static adoptUnix(network: HostNetwork, fd: number, type: number): HostSocket {
    return new HostSocket(network, fd, type, 0);
  }

  bind(address: Uint8Array): number {
    return this.native.sockBind(this.fd, address);
  }
  listen(backlog: number): number {
    return this.native.sockListen(this.fd, backlog);
  }
  /** @returns 0, -EINPROGRESS, -EALREADY, or how the attempt that was under way has failed */
  connect(address: Uint8Array): number {
    return this.native.sockConnect(this.fd, address);
  }

  /** @returns a connection off the backlog and its peer's address, or -errno */
  accept(): Accepted | number {
    const r = this.network.reserve();
    if (r < 0) return r;
    const fd = this.native.sockAccept(this.fd);
    if (fd < 0) {
      this.network.unreserve();
      return fd;
    }
    const peer = this.staged(SOCK_NAME, this.metaWord(0));
    return { socket: new HostSocket(this.network, fd, this.type, this.controlRoom), peer };
  }

  /**
   * Sends as much as the host takes now; the rest stays in `source`.
   * @param to raw destination @returns bytes, -EAGAIN, -EMSGSIZE, -EFAULT, -EPIPE (no signal is raised) ...
   */
  send(source: Source, flags: number, to?: Uint8Array, control?: readonly ControlItem[]): number {
    const wanted = source.remaining;
    const stream = this.type === SOCK_STREAM;
    if (!stream && wanted > CHUNK) return -EMSGSIZE;
    const controlLen = control === undefined ? 0 : stageControl(this.native.scratch, control);
    if (controlLen < 0) return controlLen;
    const buf = buffer();
    const taken = wanted === 0 ? 0 : source.take(buf, 0, Math.min(wanted, CHUNK));
    if (taken < 0) return taken;
    // A bad address behind good ones: nothing of this piece is sent.
    if (taken < Math.min(wanted, CHUNK)) {
      source.giveBack(taken);
      return -EFAULT;
    }
    if (to !== undefined) this.network.staging.set(to, SOCK_NAME);
    const n = this.native.sockSend(this.fd, buf, 0, taken, flags, to?.length ?? 0, controlLen);
    const sent = Math.max(0, n);
    if (sent < taken) source.giveBack(taken - sent);
    return n;
  }

  /**
   * Receives what is there, at most one buffer full.
   * @param out gets sender, flags and ancillary data @param admit asked about a datagram's sender
   * @returns bytes (with MSG_TRUNC those of the datagram), 0 at the end, REFUSED if the sender was not admitted, -EAGAIN ...
   */
  receive(sink: Sink, flags: number, out: ReceivedMessage, admit?: (from: Uint8Array) => boolean): number {
    if (this.unread !== undefined) return this.receiveUnread(sink, flags);
    const buf = buffer();
    const want = Math.min(sink.remaining, CHUNK);
    const n = this.native.sockReceive(this.fd, buf, 0, want, flags, this.controlRoom);
    if (n < 0) return n;
    const nameLen = this.metaWord(0);
    const from = nameLen > 0 ? this.staged(SOCK_NAME, nameLen) : undefined;
    if (admit !== undefined && from !== undefined && !admit(from)) {
      if ((flags & MSG_PEEK) !== 0) this.native.sockReceive(this.fd, buf, 0, 0, 0, 0);
      return REFUSED;
    }
    const control = readControl(this.native.scratch, this.metaWord(1));
    // A stream's bytes that are only to be dropped were not copied.
    const copy = this.type === SOCK_STREAM && (flags & MSG_TRUNC) !== 0 ? 0 : Math.min(n, want);
    const put = copy === 0 ? 0 : sink.put(buf, 0, copy);
    if (put < copy && this.type === SOCK_STREAM) {
      if ((flags & (MSG_PEEK | MSG_OOB)) === 0) this.keep(buf.slice(Math.max(0, put), copy));
      return put;
    }
    if (put < 0) return put;
    out.from = from;
    out.flags |= this.metaWord(2) & ~MSG_CMSG_CLOEXEC;
    out.control = control;
    return n;
  }

  /** A guest that gives bad addresses again and again loses its connections, not our memory. */
  private keep(bytes: Uint8Array): void {
    if (keptBytes + bytes.length > MOST_KEPT) {
      this.native.sockShutdown(this.fd, SHUT_RDWR);
      return;
    }
    keptBytes += bytes.length;
    this.unread = bytes;
  }
  private receiveUnread(sink: Sink, flags: number): number {
    const bytes = this.unread as Uint8Array;
    const want = Math.min(sink.remaining, bytes.length);
    const n = (flags & MSG_TRUNC) !== 0 ? want : sink.put(bytes, 0, want);
    if (n <= 0 || (flags & MSG_PEEK) !== 0) return n;
    if (n < bytes.length) this.unread = bytes.subarray(n);
    else this.dropUnread();
    return n;
  }
  private dropUnread(): void {
    keptBytes -= this.unread?.buffer.byteLength ?? 0;
    this.unread = undefined;
  }
  /** How many such bytes there are. */
  get unreadLength(): number {
    return this.unread?.length ?? 0;
  }

  /** POLL* bits that are set now. */
  poll(): number {
    const mask = this.native.pollFd(this.fd, POLL_ALL);
    return mask >= 0 && this.unread !== undefined ? mask | POLLIN | POLLRDNORM : mask;
  }
  /** Has `listener` told of changes from now on. Only the first call counts. */
  watch(listener: ReadyListener): void {
    if (this.watched) return;
    this.watched = true;
    this.network.watch(this.fd, listener);
  }

  /** @returns the value, at most `room` bytes of it, or -errno (-ENOPROTOOPT also for what guests may not read) */
  getOption(level: number, name: number, room: number): Uint8Array | number {
    const len = this.native.sockGetOption(this.fd, level, name, room);
    return len < 0 ? len : this.staged(SOCK_CONTROL, len);
  }
  setOption(level: number, name: number, value: Uint8Array): number {
    return this.native.sockSetOption(this.fd, level, name, value);
  }
  shutdown(how: number): number {
    return this.native.sockShutdown(this.fd, how);
  }
  name(): Uint8Array | number {
    return this.nameOf(false);
  }
  peerName(): Uint8Array | number {
    return this.nameOf(true);
  }
  private nameOf(peer: boolean): Uint8Array | number {
    const len = this.native.sockName(this.fd, peer);
    return len < 0 ? len : this.staged(SOCK_NAME, len);
  }
  /** ioctl(2) that gives an int. */
  intIoctl(request: number): number {
    const r = this.native.ioctlBuf(this.fd, request, SOCK_CONTROL);
    return r < 0 ? r : new DataView(this.native.scratch).getInt32(SOCK_CONTROL, true);
  }

  /** ioctl(2) that gives `size` bytes. */
  bytesIoctl(request: number, size: number): Uint8Array | number {
    const r = this.native.ioctlBuf(this.fd, request, SOCK_CONTROL);
    return r < 0 ? r : this.staged(SOCK_CONTROL, size);
  }

  /** Closes a connection by a reset. */
  reset(): void {
    this.setOption(SOL_SOCKET, SO_LINGER, RESET);
    this.close();
  }
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.dropUnread();
    if (this.watched) this.network.forget(this.fd);
    this.native.sockClose(this.fd);
    this.network.unreserve();
  }

  private metaWord(i: number): number {
    return this.network.meta[i] as number;
  }
  private staged(at: number, len: number): Uint8Array {
    return this.network.staging.slice(at, at + len);
  }
}
