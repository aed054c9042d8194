/** How local sockets come together: connect(2), accept(2), and the end of a partnership of datagrams (net/unix/af_unix.c). */

import { EAGAIN, ECONNREFUSED, ECONNRESET, EINVAL, EISCONN, EOPNOTSUPP, EPERM } from '../../abi/errno.js';
import { POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRBAND, POLLWRNORM } from '../../abi/poll.js';
import { AF_UNSPEC } from '../../abi/socket.js';
import { waitOn } from '../../fs/waiting.js';
import type { Task } from '../../kernel/task.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { parseUnixAddress, UNNAMED, type UnixAddress } from '../address.js';
import type { Socket, Ucred } from '../socket.js';
import { waitByClock } from './host-end.js';
import { HostTarget } from './names.js';
import { UnixSocket } from './socket.js';

/** Who a task is, as SO_PEERCRED and its relatives show it. */
export interface Identity {
  /** Effective ids, and the process. */
  readonly cred: Ucred;
  readonly groups: readonly number[];
}

export function identityOf(task: Task): Identity {
  const { cred } = task;
  return {
    cred: { pid: task.pid, uid: cred.euid, gid: cred.egid, process: task.group },
    groups: cred.groups,
  };
}

/** Connects to a socket of the host. */
function connectOut(socket: UnixSocket, target: HostTarget, address: UnixAddress): number {
  const r = target.uds.connect(target.place, socket.type, socket.host?.host);
  if (typeof r === 'number') return r;
  if (socket.host === undefined) socket.attach(r, false);
  socket.remote = address;
  socket.state = 'connected';
  return 0;
}

/** connect(2) of datagrams: whom they go to, and from whom alone they come. */
export function connectPacket(task: Task, socket: UnixSocket, raw: Uint8Array): number {
  const family = (raw[0] ?? 0) | ((raw[1] ?? 0) << 8);
  if (raw.length >= 2 && family === AF_UNSPEC) {
    disconnect(socket);
    return 0;
  }
  const address = parseUnixAddress(raw);
  if (typeof address === 'number') return address;
  socket.nameForCredentials();
  const target = socket.lookup(task, raw);
  if (typeof target === 'number') return target;
  if (target instanceof HostTarget) {
    const r = connectOut(socket, target, address);
    if (r < 0) return r;
    leavePeer(socket);
    socket.state = 'connected';
    return 0;
  }
  if (target.peer !== undefined && target.peer !== socket) return -EPERM;
  if (socket.peer !== target) disconnect(socket);
  socket.peer = target;
  socket.state = target.state = 'connected';
  return 0;
}

/** Datagrams: no partner any more. What had arrived is lost, and a partner that had us as its own hears of it. */
export function disconnect(socket: UnixSocket): void {
  if (socket.remote !== undefined) leaveHost(socket);
  leavePeer(socket);
}

function leavePeer(socket: UnixSocket): void {
  const { peer } = socket;
  socket.peer = undefined;
  socket.state = 'idle';
  if (peer === undefined) return;
  peer.crowd.delete(socket);
  if (peer.peer === undefined) peer.state = 'idle';
  if (socket.messages.length > 0) {
    socket.purge();
    socket.hadRoom();
    if (!peer.dead && peer.peer === socket) {
      peer.error = ECONNRESET;
      peer.queue.wake(POLLERR);
    }
  }
  socket.queue.wake(POLLOUT | POLLWRNORM | POLLWRBAND);
}

/** The end of a connection of datagrams with the host; a name that the host has stays. */
function leaveHost(socket: UnixSocket): void {
  const { host } = socket;
  socket.remote = undefined;
  if (host?.bound === true) {
    host.host.connect(new Uint8Array(2));
    return;
  }
  host?.host.close();
  socket.host = undefined;
}

/** connect(2) of streams and records. */
export function connectStream(task: Task, socket: UnixSocket, raw: Uint8Array): SyscallResult {
  const address = parseUnixAddress(raw);
  if (typeof address === 'number') return address;
  socket.nameForCredentials();
  const attempt = (): number | typeof WOULD_BLOCK => {
    const target = socket.lookup(task, raw);
    if (typeof target === 'number') return target;
    const outside = target instanceof HostTarget;
    if (!outside) {
      if (target.state !== 'listening' || target.recvShut) return -ECONNREFUSED;
      if (target.pending.length > target.backlogLimit) return WOULD_BLOCK;
    }
    if (socket.state !== 'idle') return socket.state === 'connected' ? -EISCONN : -EINVAL;
    if (!outside) return join(task, socket, target);
    const r = connectOut(socket, target, address);
    return r === -EAGAIN ? WOULD_BLOCK : r;
  };
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  if (socket.nonblock) return -EAGAIN;
  const target = socket.lookup(task, raw);
  if (typeof target === 'number') return target;
  const timed = socket.timed(socket.options.sndTimeout);
  if (target instanceof HostTarget) return waitByClock(socket, attempt, timed);
  // Only the caller is kept alive: the listener may go away, which wakes us too.
  return { ...waitOn(socket, attempt, timed), on: [target.queue] };
}

/** The connection appears at the listener, complete: the client may send before it is accepted. */
function join(task: Task, client: UnixSocket, listener: UnixSocket): number {
  const server = new UnixSocket(client.kernel, client.type, 0, task.cred);
  server.accepted = false;
  server.name.share(listener.name);
  server.identity = identityOf(task);
  server.options.passCred = listener.options.passCred;
  server.passPidfd = listener.passPidfd;
  server.passRights = listener.passRights;
  server.state = 'connected';
  server.peer = client;
  client.identity = listener.identity;
  client.state = 'connected';
  client.peer = server;
  client.startLanes(server);
  listener.pending.push(server);
  listener.queue.wake(POLLIN | POLLRDNORM);
  return 0;
}

/** Puts a connection from a program of the host among those that wait. @returns 0 or -errno */
function acceptOutside(listener: UnixSocket): number {
  const r = listener.host?.host.accept() ?? -EAGAIN;
  if (typeof r === 'number') return r === -EAGAIN ? 0 : r;
  const server = new UnixSocket(listener.kernel, listener.type, 0);
  server.accepted = false;
  server.name.share(listener.name);
  server.state = 'connected';
  server.remote = UNNAMED;
  server.attach(r.socket, false);
  listener.pending.push(server);
  return 0;
}

/** accept(2). @param finish gives the new socket its descriptor; its result is the call's */
export function acceptOn(
  listener: UnixSocket,
  flags: number,
  finish: (socket: Socket) => number,
): SyscallResult {
  if (!listener.connectionOriented) return -EOPNOTSUPP;
  if (listener.state !== 'listening') return -EINVAL;
  const { pending } = listener;
  const attempt = (): number | typeof WOULD_BLOCK => {
    const outside = pending.length === 0 ? acceptOutside(listener) : 0;
    if (outside < 0) return outside;
    const [next] = pending;
    if (next === undefined) return listener.recvShut && !listener.dontWait(flags) ? -EINVAL : WOULD_BLOCK;
    next.accepted = true;
    const r = finish(next);
    // Without a free descriptor the connection stays for a later call.
    if (r < 0 && !next.dead) {
      next.accepted = false;
      return r;
    }
    pending.shift();
    listener.queue.wake(POLLOUT);
    return r;
  };
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  return listener.dontWait(flags)
    ? -EAGAIN
    : waitOn(listener, attempt, listener.timed(listener.options.rcvTimeout));
}
