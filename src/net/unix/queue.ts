/** Messages on their way to a socket (struct sk_buff, as far as local sockets need it). */

import type { UnixAddress } from '../address.js';
import type { Ucred } from '../socket.js';
import type { Rights } from './rights.js';

/** Every message is charged this much beyond its bytes, so that empty ones are not free. */
const OVERHEAD = 512;

export interface Charged {
  /** Gives back room in the sender's buffer. */
  uncharge(bytes: number): void;
}

export class Message {
  /** Bytes already read (streams). */
  off = 0;
  readonly charge: number;
  constructor(
    readonly data: Uint8Array,
    readonly from: UnixAddress,
    readonly cred: Ucred,
    public rights: Rights | undefined,
    readonly sender: Charged,
  ) {
    this.charge = data.length + OVERHEAD;
  }
  get left(): number {
    return this.data.length - this.off;
  }
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
  push(m: Message): void {
    this.items.push(m);
    this.bytes += m.data.length;
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
    m.sender.uncharge(m.charge);
  }
  *[Symbol.iterator](): Generator<Message> {
    for (let i = this.head; i < this.items.length; i++) yield this.items[i] as Message;
  }
}
