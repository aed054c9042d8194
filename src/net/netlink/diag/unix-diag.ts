/** Unix sockets for ss(8) (net/unix/diag.c). */

import { EINVAL, ENOENT, ESTALE } from '../../../abi/errno.js';
import { TCP_CLOSE, TCP_ESTABLISHED, TCP_LISTEN } from '../../../abi/inet.js';
import { NLM_F_MULTI } from '../../../abi/netlink.js';
import * as diag from '../../../abi/sock-diag.js';
import { AF_UNIX, SOCK_DGRAM } from '../../../abi/socket.js';
import type { UnixSocket } from '../../unix/socket.js';
import { unixSockets } from '../../unix/table.js';
import { NetlinkMessage, u32 } from '../message.js';
import type { Answer } from '../protocol.js';
import { memoryInfo } from './memory.js';
import type { DiagRequest } from './sock-diag.js';

function stateOf(s: UnixSocket): number {
  if (s.listening) return TCP_LISTEN;
  return s.peer !== undefined && (s.state === 'connected' || s.type === SOCK_DGRAM)
    ? TCP_ESTABLISHED
    : TCP_CLOSE;
}

/** The name as ss(8) shows it: an abstract one begins with NUL. */
function nameOf(s: UnixSocket): Buffer | undefined {
  const { kind, name } = s.address;
  if (kind === 'unnamed') return undefined;
  return Buffer.from(kind === 'abstract' ? `\0${name}` : `${name}\0`, 'latin1');
}

function describe(s: UnixSocket, show: number, flags: number): NetlinkMessage {
  const b = Buffer.alloc(diag.UNIX_DIAG_MSG_SIZE);
  b[0] = AF_UNIX;
  b[1] = s.type;
  b[2] = stateOf(s);
  b.writeUInt32LE(s.inode.ino, 4);
  b.writeUInt32LE(s.inode.ino, 8);
  const m = new NetlinkMessage(diag.SOCK_DIAG_BY_FAMILY, flags, b);
  const asked = (bit: number): boolean => (show & bit) !== 0;
  const name = nameOf(s);
  if (asked(diag.UDIAG_SHOW_NAME) && name !== undefined) m.attr(diag.UNIX_DIAG_NAME, name);
  const bound = s.boundInode;
  if (asked(diag.UDIAG_SHOW_VFS) && bound !== undefined) {
    m.attr(diag.UNIX_DIAG_VFS, Buffer.concat([u32(bound.ino), u32(bound.fs.dev)]));
  }
  if (asked(diag.UDIAG_SHOW_PEER) && s.peer !== undefined) m.attr(diag.UNIX_DIAG_PEER, s.peer.inode.ino);
  if (asked(diag.UDIAG_SHOW_ICONS) && s.listening && s.waiting.length > 0) {
    m.attr(diag.UNIX_DIAG_ICONS, Buffer.concat(s.waiting.map((w) => u32(w.peer?.inode.ino ?? 0))));
  }
  if (asked(diag.UDIAG_SHOW_RQLEN)) {
    const queues = s.listening ? [s.waiting.length, s.backlogLimit] : [s.messages.bytes, s.sent];
    m.attr(diag.UNIX_DIAG_RQLEN, Buffer.concat(queues.map(u32)));
  }
  if (asked(diag.UDIAG_SHOW_MEMINFO)) {
    m.attr(diag.UNIX_DIAG_MEMINFO, memoryInfo(s.options, s.messages.bytes, s.sent));
  }
  m.attr(diag.UNIX_DIAG_SHUTDOWN, Buffer.of(Number(s.recvShut) | (Number(s.sendShut) << 1)));
  if (asked(diag.UDIAG_SHOW_UID)) m.attr(diag.UNIX_DIAG_UID, s.inode.getattr().uid);
  return m;
}

function* list(r: DiagRequest, states: number, show: number): Generator<NetlinkMessage> {
  for (const s of unixSockets(r.kernel)) {
    if ((states & (1 << stateOf(s))) !== 0) yield describe(s, show, NLM_F_MULTI);
  }
}

export function unixDiag(r: DiagRequest): Answer {
  const { body } = r.request;
  if (body.length < diag.UNIX_DIAG_REQ_SIZE) return -EINVAL;
  const show = body.readUInt32LE(12);
  if (r.dump) return { dump: list(r, body.readUInt32LE(4), show), doneApart: true };
  const ino = body.readUInt32LE(8);
  if (ino === 0) return -EINVAL;
  const found = [...unixSockets(r.kernel)].find((s) => s.inode.ino === ino);
  if (found === undefined) return -ENOENT;
  const low = body.readUInt32LE(16);
  const free = low === 0xffffffff && body.readUInt32LE(20) === 0xffffffff;
  return free || low === ino ? describe(found, show, 0) : -ESTALE;
}
