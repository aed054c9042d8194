/**
 * A connection from outside, handed to a guest: bytes between a socket of the host and one of the sandbox's own network. At most one
 * piece is held for the guest, and none for the outside; who does not read is not read from.
 */

import { EAGAIN } from '../../abi/errno.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../abi/poll.js';
import { MSG_PEEK, MSG_TRUNC, SHUT_WR } from '../../abi/socket.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import { BufferSink, BufferSource } from '../../kernel/useriov.js';
import type { Waiter } from '../../kernel/wait.js';
import { putFile } from '../../vfs/fdtable.js';
import type { HostSocket } from '../host/host-socket.js';
import { emptyMessage, type Socket } from '../socket.js';
import type { Turns } from './turns.js';

const PIECE = 64 * 1024;
/** Pieces in one direction before others have their turn. */
const MOST_PIECES = 4;

/** Used within one turn only. */
const space = new Uint8Array(PIECE);

/** What the held pieces of all connections may take; beyond it, whoever does not read loses the connection. */
const MOST_HELD = 64 * 1024 * 1024;
let held = 0;

/** Connections that are open, by sandbox. */
const relaysOf = new WeakMap<Kernel, Set<TcpRelay>>();

function relaysIn(kernel: Kernel): Set<TcpRelay> {
  let relays = relaysOf.get(kernel);
  if (relays === undefined) relaysOf.set(kernel, (relays = new Set()));
  return relays;
}

type Progress = 'more' | 'waits' | 'ended' | 'broken';

export class TcpRelay implements Waiter {
  /** From the host, and not yet taken by the guest. */
  private rest: Uint8Array | undefined;
  private fromOutside: Progress = 'more';
  private fromGuest: Progress = 'more';
  private over = false;
  /** The host may have something to say that it has not been asked for. */
  private outsideChanged = true;

  /**
   * @param inside connected, or connecting, and non-blocking; its one reference is the relay's from now on
   * @param caller whose calls those on `inside` are taken for
   */
  constructor(
    private readonly outside: HostSocket,
    private readonly inside: Socket,
    private readonly caller: () => Task,
    private readonly turns: Turns,
  ) {
    relaysIn(inside.kernel).add(this);
    inside.queue.add(this);
    outside.watch(() => {
      this.outsideChanged = true;
      this.wake();
    });
    this.wake();
  }

  /** Something has happened on either side: looked at once the call that did it is over. */
  wake(): boolean {
    if (!this.over) this.turns.add(this);
    return false;
  }

  /** Moves what can be moved. */
  run(): void {
    if (this.over) return;
    const state = this.inside.poll();
    if ((state & (POLLOUT | POLLIN | POLLHUP | POLLERR)) === 0) return; // still connecting
    if (this.fromOutside !== 'ended') this.fromOutside = this.pump(() => this.inward());
    if (this.fromGuest !== 'ended') this.fromGuest = this.pump(() => this.outward());
    if (this.fromOutside === 'broken' || this.fromGuest === 'broken') this.abort();
    else if (this.fromOutside === 'ended' && this.fromGuest === 'ended') this.end();
    else if (this.fromOutside === 'more' || this.fromGuest === 'more') this.turns.later(this);
  }

  private pump(step: () => Progress): Progress {
    for (let i = 0; i < MOST_PIECES; i++) {
      const p = step();
      if (p !== 'more') return p;
    }
    return 'more';
  }

  /** One piece from the host to the guest. */
  private inward(): Progress {
    if (this.rest === undefined) {
      if (!this.outsideChanged || (this.inside.poll() & POLLOUT) === 0) return 'waits';
      const sink = new BufferSink(space);
      const n = this.outside.receive(sink, 0, emptyMessage());
      if (n === -EAGAIN) {
        this.outsideChanged = false;
        return 'waits';
      }
      if (n < 0) return 'broken';
      if (n === 0) {
        this.inside.shutdown(SHUT_WR);
        return 'ended';
      }
      return this.give(space.subarray(0, n));
    }
    const piece = this.rest;
    this.drop();
    return this.give(piece);
  }

  private give(piece: Uint8Array): Progress {
    const n = this.inside.send(this.caller(), new BufferSource(piece), { flags: 0 });
    if (typeof n !== 'number' || (n < 0 && n !== -EAGAIN)) return 'broken';
    const taken = Math.max(0, n);
    if (taken === piece.length) return 'more';
    if (held + piece.length - taken > MOST_HELD) return 'broken';
    this.rest = piece.slice(taken);
    held += this.rest.length;
    return 'waits';
  }
  private drop(): void {
    held -= this.rest?.length ?? 0;
    this.rest = undefined;
  }

  /** One piece from the guest to the host: what the host does not take stays in the guest's connection. */
  private outward(): Progress {
    const n = this.take(new BufferSink(space), MSG_PEEK);
    if (n === -EAGAIN) return 'waits';
    if (n < 0) return 'broken';
    if (n === 0) {
      this.outside.shutdown(SHUT_WR);
      return 'ended';
    }
    const sent = this.outside.send(new BufferSource(space.subarray(0, n)), 0);
    if (sent === -EAGAIN) return 'waits';
    if (sent < 0) return 'broken';
    this.take(new BufferSink(space.subarray(0, sent)), MSG_TRUNC);
    return sent === n ? 'more' : 'waits';
  }

  /** Bytes sent on since the sandbox has ended. */
  flushed = 0;
  /** Nobody inside is left: sends on what is still there. @returns false while the host has no room for it */
  flush(): boolean {
    for (;;) {
      const n = this.take(new BufferSink(space), MSG_PEEK);
      const sent = n > 0 ? this.outside.send(new BufferSource(space.subarray(0, n)), 0) : 0;
      if (sent === -EAGAIN) return false;
      if (sent <= 0) {
        this.end();
        return true;
      }
      this.take(new BufferSink(space.subarray(0, sent)), MSG_TRUNC);
      this.flushed += sent;
    }
  }

  private take(sink: BufferSink, flags: number): number {
    const n = this.inside.recv(this.caller(), sink, flags, emptyMessage(), (count) => count);
    return typeof n === 'number' ? n : -EAGAIN;
  }

  private end(): void {
    this.close();
    this.outside.close();
  }
  /** Either side has broken off: so does the other. */
  abort(): void {
    if (this.over) return;
    // With unread bytes or no time to linger a close is a reset.
    this.inside.options.lingerOn = 1;
    this.inside.options.lingerTime = 0;
    this.close();
    this.outside.reset();
  }
  private close(): void {
    this.over = true;
    this.drop();
    relaysIn(this.inside.kernel).delete(this);
    this.inside.queue.remove(this);
    putFile(this.inside);
  }
}

/** How long the outside may take no byte of what a sandbox has left behind, ms. */
const PATIENCE = 1000;
const INTERVAL = 5;

/**
 * The sandbox has ended. What its guests have sent is sent on, as a kernel does for programs that are gone: until the other side has
 * it, or takes no more.
 */
export async function flushRelays(kernel: Kernel): Promise<void> {
  const relays = relaysIn(kernel);
  let moved = kernel.now();
  const state = (): string => [...relays].map((relay) => relay.flushed).join();
  for (let before = ''; ; ) {
    for (const relay of [...relays]) relay.flush();
    if (relays.size === 0) return;
    const now = state();
    if (now !== before) moved = kernel.now();
    else if (kernel.now() - moved > PATIENCE) return;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}
