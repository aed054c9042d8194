/** Messages on their way to a socket (struct sk_buff, as far as local sockets need it). */

import type { Timespec } from '../../vfs/inode.js';
import type { UnixAddress } from '../address.js';
import type { Ucred } from '../socket.js';
import { STREAM_PIECE } from './charge.js';
import type { Rights } from './rights.js';

/** Who sent a message, as its receiver asks for it later: under the name that the socket has then. */
export interface Sender {
  readonly address: UnixAddress;
  /** Gives back room in the sender's buffer. */
  uncharge(bytes: number): void;
}

export class Message {
  /** Bytes already read (streams). */
  off = 0;
  /** When it was sent, if the receiver wanted to know then. */
  time: Timespec | undefined;
  /** Looked at with MSG_PEEK (sk_buff.peeked). */
  peeked = false;
  constructor(
    readonly data: Uint8Array,
    /** Undefined if neither side wanted to know when it was sent. */
    readonly cred: Ucred | undefined,
    public rights: Rights | undefined,
    readonly sender: Sender,
    /** What it takes of the sender's buffer (charge.ts). */
    readonly charge: number,
  ) {}
  get left(): number {
    return this.data.length - this.off;
  }
}

/** What all messages that are under way cost: the sentry's memory, to which each buffer's own limit is none. */
let underWay = 0;
const MOST_UNDER_WAY = 256 * 1024 * 1024;
/** Kept for sockets that have nothing under way, and their short messages: one greedy guest does not silence the others. */
const RESERVE = 64 * 1024 * 1024;
const SHORT = 8192;

/**
 * May another message of this cost be sent? Linux, short of memory, answers ENOBUFS.
 * @param sent what the sender has under way
 */
export function roomFor(charge: number, sent: number): boolean {
  const modest = sent === 0 && charge <= SHORT;
  return underWay + charge <= MOST_UNDER_WAY + (modest ? RESERVE : 0);
}

/** Memory of long pieces that were read, to be filled again: new memory costs more than what is copied into it. */
const spare: ArrayBuffer[] = [];
const MOST_SPARE = 16;

/** Room for `n` bytes, with whatever was there before. */
export function messageBuffer(n: number): Uint8Array {
  if (n <= STREAM_PIECE / 2 || n > STREAM_PIECE) return new Uint8Array(n);
  return new Uint8Array(spare.pop() ?? new ArrayBuffer(STREAM_PIECE), 0, n);
}
/** `bytes` of messageBuffer() are not needed any more. */
export function recycle({ buffer }: Uint8Array): void {
  if (buffer.byteLength === STREAM_PIECE && spare.length < MOST_SPARE && buffer instanceof ArrayBuffer)
    spare.push(buffer);
}

/** A queue whose removal at the front costs nothing. */
export class MessageQueue {
  private items: Message[] = [];
  private head = 0;
  /** Unread bytes. */
  bytes = 0;

  get length(): number {
    return this.items.length - this.head;
  }
  at(i: number): Message | undefined {
    return this.items[this.head + i];
  }
  /** There is something that was not read. An empty first message, which may be the mark of an urgent byte, does not count. */
  get unread(): boolean {
    const first = this.at(0);
    return first !== undefined && (first.left > 0 || this.length > 1);
  }
  /** Removes the message before `m` if nothing is left of it. */
  dropEmptyBefore(m: Message): void {
    const i = this.items.indexOf(m, this.head + 1);
    const before = this.items[i - 1];
    if (i <= this.head || before === undefined || before.left > 0) return;
    if (i === this.head + 1) {
      this.shift();
      return;
    }
    this.items.splice(i - 1, 1);
    this.gone(before);
  }
  push(m: Message): void {
    this.items.push(m);
    this.bytes += m.data.length;
    underWay += m.charge;
  }
  /** Puts a message before all others. */
  unshift(m: Message): void {
    this.items = [m, ...this.items.slice(this.head)];
    this.head = 0;
    this.bytes += m.data.length;
    underWay += m.charge;
  }
  /** Marks `n` bytes of the first message as read. */
  consume(m: Message, n: number): void {
    m.off += n;
    this.bytes -= n;
  }
  /** Removes the first message; what was not read of it is lost. */
  shift(): void {
    const m = this.items[this.head];
    if (m === undefined) return;
    this.bytes -= m.left;
    this.head++;
    if (this.head > 64 && this.head * 2 > this.items.length) {
      this.items = this.items.slice(this.head);
      this.head = 0;
    }
    this.gone(m);
  }
  private gone(m: Message): void {
    underWay -= m.charge;
    recycle(m.data);
    m.sender.uncharge(m.charge);
  }
  *[Symbol.iterator](): Generator<Message> {
    for (let i = this.head; i < this.items.length; i++) yield this.items[i] as Message;
  }
}
