/** What sending and receiving have in common for streams and packets (net/unix/af_unix.c). */

import { EAGAIN, EFAULT, EPERM } from '../../abi/errno.js';
import { waitOn } from '../../fs/waiting.js';
import type { Task } from '../../kernel/task.js';
import type { Source } from '../../kernel/useriov.js';
import { type Block, type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import { encodeUnixAddress } from '../address.js';
import type { ReceivedMessage, SendMessage, Ucred } from '../socket.js';
import { Message, messageBuffer, recycle } from './queue.js';
import { Rights } from './rights.js';
import type { UnixSocket } from './socket.js';

/** What credentials a message without any has for a receiver who asks too late: pid 0 and nobody's ids. */
const UNKNOWN: Ucred = { pid: 0, uid: 65534, gid: 65534 };
const NO_NAME = new Uint8Array(0);

/** Who sends, if anybody wants to know: what the message says, or else the real ids (unix_maybe_add_creds). */
export function senderCred(
  task: Task,
  message: SendMessage,
  from: UnixSocket,
  to: UnixSocket,
): Ucred | undefined {
  if (message.cred !== undefined) return message.cred;
  if (!from.wantsSender && !to.wantsSender && to.accepted) return undefined;
  return { pid: task.pid, uid: task.cred.uid, gid: task.cred.gid, process: task.group };
}

/** Puts the descriptions of a message to `to` in flight. @returns -EPERM, -ETOOMANYREFS, or undefined if there are none */
export function rightsOf(task: Task, message: SendMessage, to: UnixSocket): Rights | undefined | number {
  if (message.files === undefined || message.files.length === 0) return undefined;
  return to.passRights ? Rights.send(task, message.files) : -EPERM;
}

/** Copies `n` bytes of the source, all or none. @returns the bytes or -EFAULT */
export function takeBytes(source: Source, n: number): Uint8Array | number {
  const data = messageBuffer(n);
  if (n === 0 || source.take(data, 0, n) === n) return data;
  recycle(data);
  return -EFAULT;
}

/** Appends a message to the receiver's queue, at the sender's expense; waking the receiver is the caller's. @returns the message */
export function deliver(
  from: UnixSocket,
  to: UnixSocket,
  data: Uint8Array,
  cred: Ucred | undefined,
  rights: Rights | undefined,
  charge: number,
): Message {
  const m = new Message(data, cred, rights, from, charge);
  from.sent += charge;
  to.messages.push(m);
  return m;
}

/** Tells `out` who sent `m`: the name now, and the credentials if the receiver asks for them. */
export function describeSender(socket: UnixSocket, m: Message, out: ReceivedMessage): void {
  const { address } = m.sender;
  out.from = address.kind === 'unnamed' ? NO_NAME : encodeUnixAddress(address);
  if (!socket.wantsSender) return;
  const cred = m.cred ?? UNKNOWN;
  if (socket.options.passCred) out.cred = cred;
  if (socket.passPidfd) out.process = cred.process ?? null;
}

/** Takes the descriptions out of a message; a peek leaves them in flight and takes references of its own. */
export function takeRights(m: Message, peek: boolean, out: ReceivedMessage): void {
  if (m.rights === undefined) return;
  if (peek) {
    for (const f of m.rights.files) f.refs++;
    out.files = [...(out.files ?? []), ...m.rights.files];
  } else {
    out.files = m.rights.land();
    m.rights = undefined;
  }
}

/** Waits for `attempt` as receiving calls do. */
export function waitToReceive(
  socket: UnixSocket,
  flags: number,
  attempt: Block['retry'],
  partial: () => number,
): SyscallResult {
  const r = attempt();
  if (r !== WOULD_BLOCK) return r;
  if (socket.dontWait(flags)) return partial() || -EAGAIN;
  return waitOn(socket, attempt, socket.timed(socket.options.rcvTimeout, partial));
}
