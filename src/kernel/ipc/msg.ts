/** Message queues of System V (ipc/msg.c). */

import {
  E2BIG,
  EACCES,
  EAGAIN,
  EIDRM,
  EINVAL,
  ENOMEM,
  ENOMSG,
  EPERM,
  ERESTARTNOHAND,
} from '../../abi/errno.js';
import { IPC_NOWAIT, MSG_COPY, MSG_EXCEPT, MSG_NOERROR } from '../../abi/ipc.js';
import { CAP_SYS_RESOURCE } from '../../abi/sched.js';
import { type Cred, capable } from '../cred.js';
import type { Pid } from '../pid-namespace.js';
import type { Task } from '../task.js';
import { type Block, WaitQueue, WOULD_BLOCK } from '../wait.js';
import type { IpcNamespace } from './namespace.js';
import { IpcObject, ipcAllowed, updatePerm } from './util.js';

const LONG_MAX = 0x7fff_ffff_ffff_ffffn;
/** Bytes of the sentry's memory that a queue or a message takes beside its contents. */
const OVERHEAD = 256;
const S_IRUGO = 0o444;
const S_IWUGO = 0o222;

export interface Msg {
  readonly type: bigint;
  readonly text: Uint8Array;
}

/** What msgrcv(2) looks for: any message, or those whose type is, is not, or is at most `type`; or the one at a place. */
interface Search {
  readonly mode: 'any' | 'equal' | 'notequal' | 'lessequal' | 'number';
  readonly type: bigint;
}

function searchOf(type: bigint, flags: number): Search {
  if ((flags & MSG_COPY) !== 0) return { mode: 'number', type };
  if (type === 0n) return { mode: 'any', type };
  if (type < 0n) return { mode: 'lessequal', type: -type > LONG_MAX ? LONG_MAX : -type };
  return { mode: (flags & MSG_EXCEPT) !== 0 ? 'notequal' : 'equal', type };
}

function matches(search: Search, msg: Msg): boolean {
  switch (search.mode) {
    case 'equal':
      return msg.type === search.type;
    case 'notequal':
      return msg.type !== search.type;
    case 'lessequal':
      return msg.type <= search.type;
    default:
      return true;
  }
}

/** One who waits for a message (struct msg_receiver). */
interface Receiver {
  readonly task: Task;
  readonly search: Search;
  readonly size: number;
  readonly flags: number;
  readonly queue: WaitQueue;
  /** The message, handed over by its sender; or the error that ends the wait. */
  got: Msg | number | undefined;
}

/** Takes a message in the receiver's name: @returns what msgrcv(2) returns */
export type Deliver = (msg: Msg) => number;

export class MsgQueue extends IpcObject {
  stime = 0;
  rtime = 0;
  ctime: number;
  bytes = 0;
  maxBytes: number;
  sender: Pid | undefined;
  receiver: Pid | undefined;
  private messages: Msg[] = [];
  private readonly receivers = new Set<Receiver>();
  /** Senders wait here for room. */
  private readonly room = new WaitQueue();

  constructor(
    private readonly ns: IpcNamespace,
    key: number,
    mode: number,
    cred: Cred,
  ) {
    super(key, mode, cred);
    this.ctime = ns.seconds();
    this.maxBytes = ns.settings.msgMnb;
  }

  get length(): number {
    return this.messages.length;
  }

  /** newque. @returns the identifier, -ENOSPC, -ENOMEM */
  static create(ns: IpcNamespace, key: number, mode: number, cred: Cred): number {
    if (!ns.charge(OVERHEAD)) return -ENOMEM;
    const id = ns.msg.add(new MsgQueue(ns, key, mode & 0o777, cred), ns.settings.msgMni);
    if (id < 0) ns.uncharge(OVERHEAD);
    return id;
  }

  /** freeque: everybody who waits hears EIDRM. */
  remove(): void {
    this.ns.msg.remove(this);
    this.ns.uncharge(OVERHEAD);
    for (const msg of this.messages) this.forget(msg);
    this.messages = [];
    for (const r of [...this.receivers]) this.end(r, -EIDRM);
    this.room.wake(1);
  }

  private forget(msg: Msg): void {
    this.ns.messages--;
    this.ns.messageBytes -= msg.text.length;
    this.ns.uncharge(OVERHEAD + msg.text.length);
  }

  /** IPC_SET. @returns 0, -EPERM, -EINVAL */
  change(cred: Cred, uid: number, gid: number, mode: number, maxBytes: number): number {
    if (maxBytes > this.ns.settings.msgMnb && !capable(cred, CAP_SYS_RESOURCE)) return -EPERM;
    const err = updatePerm(this, uid, gid, mode);
    if (err < 0) return err;
    this.maxBytes = maxBytes;
    this.ctime = this.ns.seconds();
    // Some may no longer be allowed to, others have room now.
    for (const r of [...this.receivers]) if (!ipcAllowed(r.task.cred, this, S_IRUGO)) this.end(r, -EACCES);
    this.room.wake(1);
    return 0;
  }

  // --- sending ------------------------------------------------------------------------------------------------------------

  /** msgsnd(2) after its checks. @returns 0, -EACCES, -EAGAIN, -EIDRM, -ENOMEM or the wait */
  send(task: Task, msg: Msg, flags: number): number | Block {
    // Also while it waits its bytes are the sentry's memory.
    const memory = OVERHEAD + msg.text.length;
    if (!this.ns.charge(memory)) return -ENOMEM;
    let kept = false;
    const attempt = (): number | typeof WOULD_BLOCK => {
      if (this.deleted) return -EIDRM;
      if (!ipcAllowed(task.cred, this, S_IWUGO)) return -EACCES;
      if (!this.fits(msg)) return WOULD_BLOCK;
      this.sender = task.group.ref;
      this.stime = this.ns.seconds();
      if (!this.handOver(msg)) {
        kept = true;
        this.enqueue(msg);
      }
      return 0;
    };
    const first = attempt();
    const done = (): void => {
      if (!kept) this.ns.uncharge(memory);
    };
    if (first !== WOULD_BLOCK || (flags & IPC_NOWAIT) !== 0) {
      done();
      return first === WOULD_BLOCK ? -EAGAIN : first;
    }
    return { on: [this.room], retry: attempt, interrupted: -ERESTARTNOHAND, done };
  }

  private fits(msg: Msg): boolean {
    return msg.text.length + this.bytes <= this.maxBytes && this.messages.length + 1 <= this.maxBytes;
  }

  private enqueue(msg: Msg): void {
    this.messages.push(msg);
    this.bytes += msg.text.length;
    this.ns.messages++;
    this.ns.messageBytes += msg.text.length;
  }

  /** Gives the message to the first who waits for one like it (pipelined_send). */
  private handOver(msg: Msg): boolean {
    for (const r of this.receivers) {
      if (!matches(r.search, msg)) continue;
      if (msg.text.length > r.size && (r.flags & MSG_NOERROR) === 0) {
        this.end(r, -E2BIG);
        continue;
      }
      this.receiver = r.task.group.ref;
      this.rtime = this.ns.seconds();
      this.end(r, msg);
      return true;
    }
    return false;
  }

  // --- receiving ----------------------------------------------------------------------------------------------------------

  /**
   * msgrcv(2) after its checks.
   * @param type as the guest gave it
   * @param size room for the text
   * @param deliver puts a message into the guest's memory
   * @returns what `deliver` does, -EACCES, -ENOMSG, -E2BIG, -EINVAL or the wait
   */
  receive(task: Task, type: bigint, size: number, flags: number, deliver: Deliver): number | Block {
    if (!ipcAllowed(task.cred, this, S_IRUGO)) return -EACCES;
    const search = searchOf(type, flags);
    const at = this.find(search);
    if (at >= 0) return this.take(task, at, size, flags, deliver);
    if ((flags & IPC_NOWAIT) !== 0) return -ENOMSG;
    const r: Receiver = { task, search, size, flags, queue: new WaitQueue(), got: undefined };
    this.receivers.add(r);
    return {
      on: [r.queue],
      retry: () => {
        if (r.got === undefined) return WOULD_BLOCK;
        return typeof r.got === 'number' ? r.got : deliver(r.got);
      },
      interrupted: -ERESTARTNOHAND,
      done: () => this.receivers.delete(r),
    };
  }

  private end(r: Receiver, got: Msg | number): void {
    this.receivers.delete(r);
    r.got = got;
    r.queue.wake(1);
  }

  /** @returns the place of the message that is searched for, or -1 */
  private find(search: Search): number {
    if (search.mode === 'number') {
      return search.type >= 0n && search.type < BigInt(this.messages.length) ? Number(search.type) : -1;
    }
    if (search.mode !== 'lessequal') return this.messages.findIndex((m) => matches(search, m));
    // The lowest type, of these the oldest.
    let best = -1;
    let limit = search.type;
    for (const [i, m] of this.messages.entries()) {
      if (m.type > limit) continue;
      best = i;
      if (m.type === 1n) break;
      limit = m.type - 1n;
    }
    return best;
  }

  private take(task: Task, at: number, size: number, flags: number, deliver: Deliver): number {
    const msg = this.messages[at] as Msg;
    const tooBig = msg.text.length > size;
    if (tooBig && (flags & MSG_NOERROR) === 0) return -E2BIG;
    if ((flags & MSG_COPY) !== 0) return tooBig ? -EINVAL : deliver(msg);
    this.messages.splice(at, 1);
    this.bytes -= msg.text.length;
    this.forget(msg);
    this.receiver = task.group.ref;
    this.rtime = this.ns.seconds();
    const result = deliver(msg);
    this.room.wake(1);
    return result;
  }
}
