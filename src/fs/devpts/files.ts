/** Open ends of pseudo terminals. */

import { EAGAIN, EIO, ERESTARTSYS } from '../../abi/errno.js';
import type { Task } from '../../kernel/task.js';
import type { Timer } from '../../kernel/timers.js';
import type { Sink, Source } from '../../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../../kernel/wait.js';
import type { Path } from '../../vfs/dentry.js';
import { OpenFile } from '../../vfs/file.js';
import { waitOn } from '../waiting.js';
import { masterIoctl, slaveIoctl } from './ioctl.js';
import type { Pty } from './pty.js';

/** Bytes moved in one step. */
const STEP = 4096;

abstract class PtyFile extends OpenFile {
  constructor(
    path: Path,
    flags: number,
    readonly pty: Pty,
  ) {
    super(path, flags);
  }
  override get seekable(): boolean {
    return false;
  }
  override get pollable(): boolean {
    return true;
  }

  /**
   * Writes all of `source` through `accept`, waiting for room in between.
   * @param room bytes that can go now; 0: wait; below zero: -errno
   */
  protected writeAll(source: Source, room: () => number, accept: (bytes: Uint8Array) => void): SyscallResult {
    let total = 0;
    const step = (): number | typeof WOULD_BLOCK => {
      while (source.remaining > 0) {
        const space = room();
        if (space < 0) return total > 0 ? total : space;
        if (space === 0) return WOULD_BLOCK;
        const buf = new Uint8Array(Math.min(space, source.remaining, STEP));
        const n = source.take(buf, 0, buf.length);
        if (n <= 0) return total > 0 ? total : n;
        accept(buf.subarray(0, n));
        total += n;
      }
      return total;
    };
    const r = step();
    if (r !== WOULD_BLOCK) return r;
    if (this.nonblock) return total > 0 ? total : -EAGAIN;
    return waitOn(this, step, { interrupted: () => (total > 0 ? total : -ERESTARTSYS) });
  }
}

/** The program's side. */
export class SlaveFile extends PtyFile {
  constructor(path: Path, flags: number, pty: Pty) {
    super(path, flags, pty);
    pty.slaveOpened(this);
  }

  override read(task: Task, sink: Sink): SyscallResult {
    const { pty } = this;
    if (pty.hungUp) return 0;
    const allowed = pty.tty.jobControl(task, false);
    if (allowed !== 0) return allowed;
    if (sink.remaining === 0) return 0;
    const { ldisc } = pty;
    const want = sink.remaining;
    const deliver = (): number => {
      const bytes = ldisc.take(want);
      pty.slaveTook();
      return bytes.length === 0 ? 0 : sink.put(bytes, 0, bytes.length);
    };
    if (ldisc.canonical) return this.wait(() => ldisc.hasInput(), deliver);
    const { vmin, vtime } = ldisc;
    const enough = (): boolean => ldisc.hasInput(Math.max(1, Math.min(vmin, want)));
    if (vmin === 0) {
      if (ldisc.hasInput() || vtime === 0) return deliver();
      return this.wait(enough, deliver, { deadline: pty.tty.kernel.now() + vtime, timeout: deliver });
    }
    if (vtime === 0) return this.wait(enough, deliver);
    return this.waitBetween(enough, deliver, vtime);
  }

  private wait(
    enough: () => boolean,
    deliver: () => number,
    timed: { deadline?: number; timeout?: () => number } = {},
  ): SyscallResult {
    const step = (): number | typeof WOULD_BLOCK => {
      if (this.pty.hungUp) return -EIO;
      return enough() ? deliver() : WOULD_BLOCK;
    };
    const r = step();
    if (r !== WOULD_BLOCK) return r;
    const some = (): boolean => !this.pty.ldisc.canonical && this.pty.ldisc.hasInput();
    if (this.nonblock) return some() ? deliver() : -EAGAIN;
    return waitOn(this, step, { ...timed, interrupted: () => (some() ? deliver() : -ERESTARTSYS) });
  }

  /** VMIN > 0 and VTIME > 0: the timer runs between bytes, from the first one on. */
  private waitBetween(enough: () => boolean, deliver: () => number, vtime: number): SyscallResult {
    const { ldisc, tty } = this.pty;
    const { timers } = tty.kernel;
    let timer: Timer | undefined;
    let seen = 0;
    let expired = false;
    const stop = (): void => {
      if (timer !== undefined) timers.cancel(timer);
      timer = undefined;
    };
    const ready = (): boolean => {
      if (expired || enough()) return true;
      if (ldisc.available > seen) {
        seen = ldisc.available;
        stop();
        timer = timers.add(tty.kernel.now() + vtime, () => {
          timer = undefined;
          expired = true;
          this.queue.wake(0x41);
        });
      }
      return false;
    };
    const result = this.wait(ready, deliver);
    if (typeof result === 'number') {
      stop();
      return result;
    }
    return {
      ...result,
      done() {
        stop();
        result.done?.();
      },
    };
  }

  override write(task: Task, source: Source): SyscallResult {
    const { pty } = this;
    if (pty.hungUp) return -EIO;
    const allowed = pty.tty.jobControl(task, true);
    if (allowed !== 0) return allowed;
    return this.writeAll(
      source,
      () => (pty.hungUp ? -EIO : pty.slaveRoom),
      (bytes) => pty.slaveWrote(bytes),
    );
  }
  override poll(): number {
    return this.pty.slavePoll();
  }
  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    return slaveIoctl(task, this, request, arg);
  }
  override release(): void {
    this.pty.slaveReleased(this);
  }
}

/** The terminal emulator's side. */
export class MasterFile extends PtyFile {
  constructor(
    path: Path,
    flags: number,
    pty: Pty,
    /** Opens the slave without a name (TIOCGPTPEER). */
    readonly openPeer: (task: Task, flags: number) => OpenFile | number,
    private readonly closed: () => void,
  ) {
    super(path, flags, pty);
    pty.master = this;
  }

  override read(_task: Task, sink: Sink): SyscallResult {
    if (sink.remaining === 0) return 0;
    const step = (): number | typeof WOULD_BLOCK => this.readNow(sink);
    const r = step();
    if (r !== WOULD_BLOCK) return r;
    return this.nonblock ? -EAGAIN : waitOn(this, step);
  }

  private readNow(sink: Sink): number | typeof WOULD_BLOCK {
    const { pty } = this;
    if (pty.hasPacketStatus) return sink.put(Uint8Array.of(pty.takePacketStatus()), 0, 1);
    if (pty.output.length === 0) return pty.slaveClosed ? -EIO : WOULD_BLOCK;
    const prefix = pty.packet ? 1 : 0;
    const bytes = pty.output.take(Math.min(sink.remaining - prefix, STEP));
    let framed = bytes;
    if (prefix === 1) {
      framed = new Uint8Array(bytes.length + 1);
      framed.set(bytes, 1);
    }
    const n = sink.put(framed, 0, framed.length);
    pty.output.unread(bytes.subarray(Math.max(0, n - prefix)));
    pty.masterTook();
    return n;
  }

  override write(_task: Task, source: Source): SyscallResult {
    return this.writeAll(
      source,
      () => this.pty.masterRoom,
      (bytes) => this.pty.masterWrote(bytes),
    );
  }
  override poll(): number {
    return this.pty.masterPoll();
  }
  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    return masterIoctl(task, this, request, arg);
  }
  override release(): void {
    this.pty.masterReleased();
    this.closed();
  }
}
