/** A pseudo terminal pair: two byte queues and a line discipline between them (pty(7), drivers/tty/pty.c). */

import {
  TIOCPKT_DOSTOP,
  TIOCPKT_FLUSHREAD,
  TIOCPKT_FLUSHWRITE,
  TIOCPKT_IOCTL,
  TIOCPKT_NOSTOP,
  TIOCPKT_START,
  TIOCPKT_STOP,
} from '../../abi/ioctl.js';
import { POLLERR, POLLHUP, POLLIN, POLLOUT, POLLPRI, POLLRDNORM, POLLWRNORM } from '../../abi/poll.js';
import { EXTPROC, IXON, VSTART, VSTOP } from '../../abi/termios.js';
import type { Kernel } from '../../kernel/kernel.js';
import { LineDiscipline, type LineHost, type Termios } from '../../kernel/line-discipline.js';
import { Tty } from '../../kernel/tty.js';
import type { OpenFile } from '../../vfs/file.js';
import { makedev } from '../pseudo.js';

/** Bytes that either direction holds before writers wait. */
const QUEUE_MAX = 16384;
const READY_IN = POLLIN | POLLRDNORM;
const READY_OUT = POLLOUT | POLLWRNORM;

/** Bytes on their way. */
export class ByteQueue {
  private chunks: Uint8Array[] = [];
  length = 0;
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.chunks.push(bytes);
    this.length += bytes.length;
  }
  take(max: number): Uint8Array {
    const out = new Uint8Array(Math.min(max, this.length));
    let got = 0;
    while (got < out.length) {
      const chunk = this.chunks[0];
      const n = Math.min(chunk.length, out.length - got);
      out.set(chunk.subarray(0, n), got);
      got += n;
      if (n === chunk.length) this.chunks.shift();
      else this.chunks[0] = chunk.subarray(n);
    }
    this.length -= got;
    return out;
  }
  /** Puts bytes back in front. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.chunks.unshift(bytes);
    this.length += bytes.length;
  }
  clear(): void {
    this.chunks = [];
    this.length = 0;
  }
}

export class Pty implements LineHost {
  readonly tty: Tty;
  readonly ldisc = new LineDiscipline(this);
  /** TIOCSPTLCK: the slave cannot be opened yet. */
  locked = true;
  packet = false;
  private packetStatus = 0;
  /** What the slave wrote and the discipline echoed, for the master. */
  readonly output = new ByteQueue();
  /** What the master wrote and the discipline has no room for yet. */
  private readonly input = new ByteQueue();
  /** TCOOFF by a program, as opposed to a typed STOP. */
  private heldByCall = false;
  master: OpenFile | undefined;
  readonly slaves = new Set<OpenFile>();
  /** The last slave went away; a new one clears it. */
  slaveClosed = false;
  /** The master is gone: the slave's line is dead. */
  hungUp = false;

  constructor(
    kernel: Kernel,
    readonly index: number,
  ) {
    this.tty = new Tty(kernel, makedev(136, index));
    this.tty.localFlags = () => this.ldisc.termios.lflag;
  }

  // --- LineHost ---------------------------------------------------------------------------------------------------

  /** Echo. It may overshoot the queue a little; beyond twice its size it is dropped. */
  echo(bytes: Uint8Array): void {
    if (this.output.length < 2 * QUEUE_MAX) this.output.push(bytes);
    this.wakeMaster(READY_IN);
  }
  signal(signo: number): void {
    this.tty.signalForeground(signo);
  }
  readable(): void {
    this.wakeSlaves(READY_IN);
  }
  setStopped(stopped: boolean): void {
    this.packetEvent(stopped ? TIOCPKT_STOP : TIOCPKT_START, stopped ? TIOCPKT_START : TIOCPKT_STOP);
    if (!stopped) this.wakeSlaves(READY_OUT);
  }
  flushOutput(): void {
    this.output.clear();
    this.packetEvent(TIOCPKT_FLUSHREAD | TIOCPKT_FLUSHWRITE, 0);
    this.wakeSlaves(READY_OUT);
  }

  // --- the slave's side -----------------------------------------------------------------------------------------------

  /** Bytes that a slave may write now; 0: it has to wait. */
  get slaveRoom(): number {
    if (this.ldisc.stopped || this.heldByCall) return 0;
    return Math.max(0, QUEUE_MAX - this.output.length);
  }
  slaveWrote(bytes: Uint8Array): void {
    this.output.push(this.ldisc.processOutput(bytes));
    this.wakeMaster(READY_IN);
  }
  /** The slave took input: what waited behind it moves up. */
  slaveTook(): void {
    const before = this.input.length;
    this.pump();
    if (this.input.length < before) this.wakeMaster(READY_OUT);
  }
  slavePoll(): number {
    if (this.hungUp) return READY_IN | READY_OUT | POLLERR | POLLHUP;
    return (this.ldisc.pollReadable ? READY_IN : 0) | (this.slaveRoom > 0 ? READY_OUT : 0);
  }
  slaveOpened(file: OpenFile): void {
    this.slaves.add(file);
    this.slaveClosed = false;
  }
  slaveReleased(file: OpenFile): void {
    this.slaves.delete(file);
    if (this.slaves.size > 0) return;
    this.slaveClosed = true;
    this.wakeMaster(READY_IN | POLLHUP);
  }

  // --- the master's side ------------------------------------------------------------------------------------------------

  get masterRoom(): number {
    return Math.max(0, QUEUE_MAX - this.input.length);
  }
  masterWrote(bytes: Uint8Array): void {
    this.input.push(bytes);
    this.pump();
  }
  private pump(): void {
    while (this.input.length > 0 && this.ldisc.room > 0) {
      const bytes = this.input.take(4096);
      const n = this.ldisc.receive(bytes);
      this.input.unread(bytes.subarray(n));
      if (n === 0) break;
    }
  }
  /** The control byte of packet mode, 0 when there is none; taking it clears it. */
  takePacketStatus(): number {
    const status = this.packetStatus;
    this.packetStatus = 0;
    return status;
  }
  get hasPacketStatus(): boolean {
    return this.packet && this.packetStatus !== 0;
  }
  masterPoll(): number {
    let mask = this.masterRoom > 0 ? READY_OUT : 0;
    if (this.output.length > 0) mask |= READY_IN;
    if (this.hasPacketStatus) mask |= POLLPRI | READY_IN;
    if (this.slaveClosed) mask |= POLLHUP;
    return mask;
  }
  /** The master read something. */
  masterTook(): void {
    this.wakeSlaves(READY_OUT);
  }
  masterReleased(): void {
    this.hungUp = true;
    this.master = undefined;
    this.ldisc.flushInput();
    this.input.clear();
    this.output.clear();
    this.tty.hangup();
    this.wakeSlaves(READY_IN | READY_OUT | POLLERR | POLLHUP);
  }

  // --- both -----------------------------------------------------------------------------------------------------------

  setTermios(next: Termios): void {
    const old = this.ldisc.termios;
    const flow = (t: Termios): boolean => (t.iflag & IXON) !== 0 && t.cc[VSTOP] === 19 && t.cc[VSTART] === 17;
    this.ldisc.setTermios(next);
    if (flow(old) !== flow(next)) {
      if (flow(next)) this.packetEvent(TIOCPKT_DOSTOP, TIOCPKT_NOSTOP);
      else this.packetEvent(TIOCPKT_NOSTOP, TIOCPKT_DOSTOP);
    }
    if (((old.lflag ^ next.lflag) & EXTPROC) !== 0 || (next.lflag & EXTPROC) !== 0)
      this.packetEvent(TIOCPKT_IOCTL, 0);
    this.pump();
  }
  /** TCOOFF and TCOON. */
  hold(held: boolean): void {
    if (this.heldByCall === held) return;
    this.heldByCall = held;
    this.setStopped(held);
  }
  /** Throws away what was typed and not read. */
  flushTyped(): void {
    this.ldisc.flushInput();
    this.input.clear();
    this.packetEvent(TIOCPKT_FLUSHREAD, 0);
    this.wakeMaster(READY_OUT);
  }
  /** Throws away what was written and not read by the master. */
  flushWritten(): void {
    this.output.clear();
    this.packetEvent(TIOCPKT_FLUSHWRITE, 0);
    this.wakeSlaves(READY_OUT);
  }

  private packetEvent(set: number, clear: number): void {
    if (!this.packet) return;
    this.packetStatus = (this.packetStatus & ~clear) | set;
    this.wakeMaster(POLLPRI | READY_IN);
  }
  private wakeMaster(events: number): void {
    this.master?.queue.wake(events);
  }
  private wakeSlaves(events: number): void {
    for (const f of [...this.slaves]) f.queue.wake(events);
  }
}
