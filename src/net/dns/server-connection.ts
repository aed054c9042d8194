/** One guest's connection to the resolver: messages with their length before them, a bounded number of them at a time. */

import { EAGAIN } from '../../abi/errno.js';
import { MSG_DONTWAIT, MSG_NOSIGNAL } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Timer } from '../../kernel/timers.js';
import { BufferSink, BufferSource } from '../../kernel/useriov.js';
import type { Waiter } from '../../kernel/wait.js';
import { putFile } from '../../vfs/fdtable.js';
import { callerIn } from '../publish/caller.js';
import type { Runnable, Turns } from '../publish/turns.js';
import { emptyMessage, type Socket } from '../socket.js';
import type { Resolver } from './resolver.js';

/** Questions of one connection whose answers are not written yet. */
const MAX_UNANSWERED = 8;
const LENGTH_SIZE = 2;
const MAX_MESSAGE = 65_535;
const PIECE = 4096;
/** A connection that has said nothing for so long, and waits for nothing, is closed (ms). */
const IDLE = 10_000;

export class ResolverConnection implements Runnable, Waiter {
  /** Read and not yet understood: less than a message and a piece. */
  private input: Uint8Array = new Uint8Array(0);
  private readonly output: Uint8Array[] = [];
  private asked = 0;
  private ended = false;
  private over = false;
  private idle: Timer;

  constructor(
    private readonly kernel: Kernel,
    private readonly resolver: Resolver,
    private readonly turns: Turns,
    private readonly socket: Socket,
    private readonly finished: () => void,
  ) {
    this.idle = this.expectMore();
    socket.queue.add(this);
    turns.add(this);
  }

  private expectMore(): Timer {
    return this.kernel.timers.add(this.kernel.now() + IDLE, () => this.close());
  }

  wake(): boolean {
    if (!this.over) this.turns.add(this);
    return false;
  }

  run(): void {
    if (this.over) return;
    this.write();
    while (!this.over && !this.ended && this.unanswered < MAX_UNANSWERED && this.read()) this.understand();
    if (this.ended && this.unanswered === 0) this.close();
  }

  private get unanswered(): number {
    return this.asked + this.output.length;
  }

  /** @returns true if something came */
  private read(): boolean {
    if (this.input.length >= LENGTH_SIZE + MAX_MESSAGE) return true;
    const piece = new Uint8Array(PIECE);
    const sink = new BufferSink(piece);
    const n = this.socket.recv(callerIn(this.kernel), sink, MSG_DONTWAIT, emptyMessage(), (count) => count);
    if (n === -EAGAIN) return false;
    if (typeof n !== 'number' || n < 0) {
      this.close();
      return false;
    }
    if (n === 0) {
      this.ended = true;
      return false;
    }
    this.kernel.timers.cancel(this.idle);
    this.idle = this.expectMore();
    this.input = Buffer.concat([this.input, piece.subarray(0, n)]);
    return true;
  }

  /** Asks what is there in whole messages, as many as may be unanswered. */
  private understand(): void {
    while (!this.over && this.unanswered < MAX_UNANSWERED) {
      const [high, low] = this.input;
      if (high === undefined || low === undefined) return;
      const end = LENGTH_SIZE + ((high << 8) | low);
      if (this.input.length < end) return;
      const query = this.input.slice(LENGTH_SIZE, end);
      this.input = this.input.slice(end);
      this.ask(query);
    }
  }

  private ask(query: Uint8Array): void {
    this.asked++;
    let answered = false;
    this.resolver.query(query, true, (answer) => {
      answered = true;
      this.asked--;
      if (this.over) return;
      this.output.push(Buffer.concat([Uint8Array.of(answer.length >> 8, answer.length & 0xff), answer]));
      this.turns.add(this);
    });
    // What is no question gets no answer, and there is no sense in hearing more.
    if (!answered && !isQuery(query)) this.close();
  }

  private write(): void {
    for (;;) {
      const [first] = this.output;
      if (first === undefined) break;
      const message = { flags: MSG_DONTWAIT | MSG_NOSIGNAL };
      const n = this.socket.send(callerIn(this.kernel), new BufferSource(first), message);
      if (n === -EAGAIN) return;
      if (typeof n !== 'number' || n < 0) {
        this.close();
        return;
      }
      if (n < first.length) {
        this.output[0] = first.subarray(n);
        return;
      }
      this.output.shift();
    }
    this.understand();
  }

  private close(): void {
    if (this.over) return;
    this.over = true;
    this.kernel.timers.cancel(this.idle);
    this.socket.queue.remove(this);
    putFile(this.socket);
    this.finished();
  }
}

/** Has it a header, and not that of an answer? */
function isQuery(message: Uint8Array): boolean {
  return message.length >= 12 && ((message[2] as number) & 0x80) === 0;
}
