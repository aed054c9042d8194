/** TCP and UDP sockets for ss(8) (net/ipv4/inet_diag.c). */

import { EINVAL, ENOENT, EOPNOTSUPP, EPERM } from '../../../abi/errno.js';
import {
  IP_TOS,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPPROTO_UDP,
  IPV6_TCLASS,
  TCP_CLOSE,
  TCP_ESTABLISHED,
  TCP_INFO,
  TCP_LISTEN,
} from '../../../abi/inet.js';
import { NLM_F_MULTI } from '../../../abi/netlink.js';
import { CAP_NET_ADMIN } from '../../../abi/sched.js';
import * as diag from '../../../abi/sock-diag.js';
import { AF_INET, AF_INET6 } from '../../../abi/socket.js';
import { capable } from '../../../kernel/cred.js';
import { anyOf, type Endpoint, isAny, to16 } from '../../inet/address.js';
import { type InetStack, inetStack } from '../../inet/stack.js';
import { TcpSocket } from '../../inet/tcp.js';
import { abort } from '../../inet/tcp-state.js';
import { TimeWait } from '../../inet/time-wait.js';
import { UdpSocket } from '../../inet/udp.js';
import { attributesOf, NetlinkMessage, u32 } from '../message.js';
import type { Answer } from '../protocol.js';
import { auditBytecode, runBytecode } from './bytecode.js';
import { memoryInfo } from './memory.js';
import type { DiagRequest } from './sock-diag.js';

/** Timer of a connection that is over. */
const TIMER_TIMEWAIT = 3;

type Listed = TcpSocket | UdpSocket;
type Shown = Listed | TimeWait;

function stateOf(s: Shown): number {
  if (!(s instanceof UdpSocket)) return s.state;
  return s.remote === undefined ? TCP_CLOSE : TCP_ESTABLISHED;
}

/** The first state is 1, and its bit the second. */
function inStates(s: Shown, states: number): boolean {
  return (states & (1 << stateOf(s))) !== 0;
}

function putEndpoint(
  b: Buffer,
  port: number,
  address: number,
  family: number,
  { ip, port: n }: Endpoint,
): void {
  b.writeUInt16BE(n, port);
  b.write(family === AF_INET ? ip : to16(ip), address, 'latin1');
}

function remoteOf(s: Shown): Endpoint {
  return s.remote ?? { ip: anyOf(s.family), port: 0 };
}

/** What stays of a connection has no owner, and a timer: how long its name stays taken, ms. */
function describeTimeWait(s: TimeWait, now: number): NetlinkMessage {
  const b = Buffer.alloc(diag.INET_DIAG_MSG_SIZE);
  b.set([s.family, s.state, TIMER_TIMEWAIT]);
  putEndpoint(b, 4, 8, s.family, s.local);
  putEndpoint(b, 6, 24, s.family, s.remote);
  b.writeUInt32LE(Math.max(0, Math.floor(s.until - now)), 52);
  return new NetlinkMessage(diag.SOCK_DIAG_BY_FAMILY, NLM_F_MULTI, b);
}

/** Bytes that are not read; the end that comes behind them has a number, too. */
function unread(s: TcpSocket): number {
  return s.rx.length > 0 && s.finReceived ? s.rx.length + 1 : s.rx.length;
}

/** Bytes received and not read, and sent and not acknowledged; of a listener its queue, and how long it may be. */
function queuesOf(s: Listed): [number, number] {
  if (s instanceof UdpSocket) return [s.messages.bytes, 0];
  return s.state === TCP_LISTEN ? [s.acceptable, s.backlogLimit] : [unread(s), 0];
}

/** Inode numbers are never used twice, and so do as cookies. */
function describe(s: Listed, ext: number, flags: number): NetlinkMessage {
  const b = Buffer.alloc(diag.INET_DIAG_MSG_SIZE);
  b[0] = s.family;
  b[1] = stateOf(s);
  putEndpoint(b, 4, 8, s.family, s.local);
  putEndpoint(b, 6, 24, s.family, remoteOf(s));
  b.writeUInt32LE(s.inode.ino, 44);
  const [rx, tx] = queuesOf(s);
  b.writeUInt32LE(rx, 56);
  b.writeUInt32LE(tx, 60);
  b.writeUInt32LE(s.uid, 64);
  b.writeUInt32LE(s.closed ? 0 : s.inode.ino, 68);
  const m = new NetlinkMessage(diag.SOCK_DIAG_BY_FAMILY, flags, b);
  m.attr(diag.INET_DIAG_SHUTDOWN, Buffer.of(s.shut));
  describeMore(m, s, ext);
  return m;
}

function describeMore(m: NetlinkMessage, s: Listed, ext: number): void {
  const asked = (what: number): boolean => (ext & (1 << (what - 1))) !== 0;
  const [rx] = queuesOf(s);
  if (asked(diag.INET_DIAG_TOS))
    m.attr(diag.INET_DIAG_TOS, Buffer.of(s.options.int(IPPROTO_IP, IP_TOS) ?? 0));
  if (s.family === AF_INET6) {
    if (asked(diag.INET_DIAG_TCLASS)) {
      m.attr(diag.INET_DIAG_TCLASS, Buffer.of(s.options.int(IPPROTO_IPV6, IPV6_TCLASS) ?? 0));
    }
    if (stateOf(s) === TCP_LISTEN || stateOf(s) === TCP_CLOSE)
      m.attr(diag.INET_DIAG_SKV6ONLY, Buffer.of(Number(s.v6only || !isAny(s.local.ip))));
  }
  if (asked(diag.INET_DIAG_MEMINFO)) m.attr(diag.INET_DIAG_MEMINFO, Buffer.concat([rx, 0, 0, 0].map(u32)));
  if (asked(diag.INET_DIAG_SKMEMINFO)) m.attr(diag.INET_DIAG_SKMEMINFO, memoryInfo(s.options, rx, 0));
  if (!(s instanceof TcpSocket)) return;
  if (asked(diag.INET_DIAG_INFO)) {
    const info = s.getOption(IPPROTO_TCP, TCP_INFO, 0);
    if (typeof info !== 'number') m.attr(diag.INET_DIAG_INFO, Buffer.from(info));
  }
  if (asked(diag.INET_DIAG_CONG)) m.attr(diag.INET_DIAG_CONG, s.congestion);
}

/** The sockets of a protocol, or undefined for one that cannot be listed. */
function socketsOf(stack: InetStack, protocol: number): Iterable<Shown> | undefined {
  if (protocol === IPPROTO_TCP) return stack.tcp.all();
  return protocol === IPPROTO_UDP ? stack.udp.all() : undefined;
}

export function inetDiag(r: DiagRequest): Answer {
  const { body } = r.request;
  if (body.length < diag.INET_DIAG_REQ_SIZE) return -EINVAL;
  const sockets = socketsOf(inetStack(r.kernel), body[1] ?? 0);
  if (!r.dump) return sockets === undefined ? -ENOENT : getOne(r, sockets);
  const program = attributesOf(r.request, diag.INET_DIAG_REQ_SIZE).get(diag.INET_DIAG_REQ_BYTECODE);
  if (program !== undefined && auditBytecode(program) < 0) return -EINVAL;
  if (sockets === undefined) return { dump: [], result: -ENOENT };
  return { dump: list(r, [...sockets], program), doneApart: true };
}

function* list(
  { kernel, request }: DiagRequest,
  sockets: readonly Shown[],
  program?: Buffer,
): Generator<NetlinkMessage> {
  const { body } = request;
  const family = body[0];
  const states = body.readUInt32LE(4);
  const local = body.readUInt16BE(8);
  const remote = body.readUInt16BE(10);
  for (const s of sockets) {
    if (s.family !== family || s.local.port === 0 || !inStates(s, states)) continue;
    const there = remoteOf(s);
    if ((local !== 0 && local !== s.local.port) || (remote !== 0 && remote !== there.port)) continue;
    const seen = { family: s.family, local: s.local, remote: there, autobound: s.portShared };
    if (program !== undefined && !runBytecode(program, seen)) continue;
    if (s instanceof TimeWait) yield describeTimeWait(s, kernel.now());
    else yield describe(s, body[2] ?? 0, NLM_F_MULTI);
  }
}

/** The connection with these names, else who listens for it. @returns -ENOENT also for another's cookie */
function find(body: Buffer, sockets: Iterable<Shown>): Listed | number {
  const family = body[0] ?? 0;
  const size = family === AF_INET ? 4 : 16;
  const same = (at: number, ip: string): boolean =>
    body.toString('latin1', at, at + size) === (family === AF_INET ? ip : to16(ip));
  let best: Listed | undefined;
  for (const s of sockets) {
    if (s instanceof TimeWait || s.family !== family || s.local.port !== body.readUInt16BE(8)) continue;
    if (s.remote !== undefined) {
      if (s.remote.port !== body.readUInt16BE(10) || !same(28, s.remote.ip) || !same(12, s.local.ip))
        continue;
      best = s;
      break;
    }
    if (s instanceof TcpSocket && s.state !== TCP_LISTEN) continue;
    if (same(12, s.local.ip) || (best === undefined && isAny(s.local.ip))) best = s;
  }
  if (best === undefined) return -ENOENT;
  const low = body.readUInt32LE(48);
  const high = body.readUInt32LE(52);
  const free = low === 0xffffffff && high === 0xffffffff;
  return free || (low === best.inode.ino && high === 0) ? best : -ENOENT;
}

function getOne({ request }: DiagRequest, sockets: Iterable<Shown>): Answer {
  const found = find(request.body, sockets);
  return typeof found === 'number' ? found : describe(found, request.body[2] ?? 0, 0);
}

/** SOCK_DESTROY (ss -K): the administrator ends a connection, whose owner is told (ECONNABORTED). */
export function destroyInet({ kernel, request, sender }: DiagRequest): Answer {
  const { body } = request;
  if (body.length < diag.INET_DIAG_REQ_SIZE) return -EINVAL;
  if (body[1] !== IPPROTO_TCP) return -EOPNOTSUPP;
  const found = find(body, inetStack(kernel).tcpSockets());
  if (typeof found === 'number') return found;
  if (!capable(sender.task.cred, CAP_NET_ADMIN)) return -EPERM;
  if (!(found instanceof TcpSocket) || found.state === TCP_LISTEN) return -EOPNOTSUPP;
  abort(found);
  return 0;
}
