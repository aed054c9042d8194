/**
 * The fast lane of a stream socket: once both ends have been busy with small reads and writes, their bytes move to memory that
 * the two processes share, and the calls are answered inside the guests. Here is one end's share of it; who has which memory,
 * and the guests' program text, are src/platform/lane.
 */

import { POLLIN, POLLRDNORM } from '../../abi/poll.js';
import { LANE_POSITION } from '../../arch/lane-layout.js';
import type { AddressSpace } from '../../kernel/mm.js';
import type { Task } from '../../kernel/task.js';
import type { Waiter } from '../../kernel/wait.js';
import type { FdTable } from '../../vfs/fdtable.js';
import type { FileLane, OpenFile } from '../../vfs/file.js';
import type { LaneRing } from './ring.js';

/** Calls before the lane is tried; and at most, after it had to be closed again and again. */
const FIRST_THRESHOLD = 48;
/** Calls before a call site is worth changing. */
const BUSY = 16;
const LAST_THRESHOLD = 1 << 16;

/** The bytes that a socket has received: its own, or those in a ring. */
export interface LaneBytes {
  readonly length: number;
  /** They move to `ring`. @param close ends that, through `fromLane` @returns false if they cannot */
  toLane(ring: LaneRing, close: () => void): boolean;
  /** The lane is closed. @param left what was in the ring */
  fromLane(left: Uint8Array): void;
}

/** A stream socket as the lane sees it. */
export interface LaneSocket extends OpenFile {
  /** Bytes received and not yet read. */
  readonly rx: LaneBytes;
  readonly lane: LaneSide | undefined;
  /** The other end, if the connection is one of mere bytes: no shutdown, error, mark or limit that a read or write would have to look at. */
  lanePartner(): LaneSocket | undefined;
  /** So many bytes more have been sent through the lane. */
  laneSent?(bytes: number): void;
}

/** A lane that is open. */
export interface OpenLane {
  close(): void;
}

/** Opens lanes (src/platform/lane/lanes.ts). */
export interface LaneOpener {
  /** The call being answered comes from a busy place, which may be made to lead to the lane. */
  site(task: Task): void;
  /** Opens the lane between `side` and its partner if that can be. */
  open(side: LaneSide): void;
}

/** Who made calls on an end: where its descriptor is. */
export interface LaneHolder {
  readonly vm: AddressSpace;
  readonly files: FdTable;
  readonly fd: number;
}

export class LaneSide implements FileLane {
  holder: LaneHolder | undefined;
  private calls = 0;
  private threshold = FIRST_THRESHOLD;
  private lane: OpenLane | undefined;
  private ring: LaneRing | undefined;
  /** Where this end writes, and its position when the bytes were last counted. */
  private out: LaneRing | undefined;
  private counted = 0;
  private partner: LaneSocket | undefined;
  /** Waiters and epoll instances that sleep until bytes come. */
  private sleepers = 0;

  constructor(
    readonly socket: LaneSocket,
    private readonly opener: LaneOpener,
  ) {}

  used(task: Task, fd: number): void {
    if (++this.calls < BUSY) return;
    this.opener.site(task);
    // With the lane open the call came from a place that does not lead there yet, or had to wait.
    if (this.lane !== undefined || this.calls < this.threshold) return;
    this.calls = BUSY;
    const { holder } = this;
    if (holder?.fd !== fd || holder.files !== task.files || holder.vm !== task.vm)
      this.holder = { vm: task.vm, files: task.files, fd };
    this.opener.open(this);
  }

  /** The lane is open. @param ring where this end reads from @param out where it writes to */
  opened(lane: OpenLane, ring: LaneRing, out: LaneRing, partner: LaneSocket): void {
    this.lane = lane;
    this.ring = ring;
    this.out = out;
    this.counted = out.position;
    this.partner = partner;
    const { queue } = this.socket;
    // Both ends of a pipe have one queue, and only readers sleep there.
    if (this.socket.readable) queue.watcher = this;
    this.sleepers = queue.count((w) => w.lazy !== true);
    ring.wantData = this.sleepers > 0;
    for (const w of this.socket.watchers ?? []) w.laneChanged?.();
  }

  /** The lane is closed and the bytes are the sentry's again. */
  closed(): void {
    this.count();
    this.lane = undefined;
    this.ring = undefined;
    this.out = undefined;
    this.partner = undefined;
    if (this.socket.queue.watcher === this) this.socket.queue.watcher = undefined;
    this.threshold = Math.min(this.threshold * 2, LAST_THRESHOLD);
    this.calls = 0;
    for (const w of this.socket.watchers ?? []) w.laneChanged?.();
    if (this.socket.rx.length > 0) this.socket.queue.wake(POLLIN | POLLRDNORM);
  }

  /** Tells the socket what it has sent. Of more than 2 GiB since the last time, what is beyond is missed. */
  count(): void {
    const { out } = this;
    if (out === undefined) return;
    const now = out.position;
    const bytes = (now - this.counted) & LANE_POSITION;
    this.counted = now;
    if (bytes > 0) this.socket.laneSent?.(bytes);
  }

  get isOpen(): boolean {
    return this.lane !== undefined;
  }
  get arrivals(): number | undefined {
    return this.ring?.arrivals;
  }

  close(): void {
    this.lane?.close();
  }

  /** A guest has written here and found that the other end sleeps. */
  kicked(): void {
    this.partner?.queue.wake(POLLIN | POLLRDNORM);
  }

  joined(waiter: Waiter): void {
    if (waiter.lazy !== true) this.sleep(true);
  }
  left(waiter: Waiter): void {
    if (waiter.lazy !== true) this.sleep(false);
  }

  sleep(begins: boolean): void {
    const { ring } = this;
    if (ring === undefined) return;
    const before = this.sleepers;
    this.sleepers += begins ? 1 : -1;
    if (before === 0 || this.sleepers === 0) ring.wantData = this.sleepers > 0;
  }
}
