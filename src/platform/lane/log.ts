/** epoll_ctl(2) calls that a process has put into its log instead of making them (addon/guest/lane.c, control). */

import { EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD } from '../../abi/poll.js';
import {
  epollEntry,
  LANE_EPOLLS,
  LANE_FDS,
  LANE_OPS,
  LOG_OPS,
  LOG_TAIL,
  OP_WORDS,
} from '../../arch/lane-layout.js';
import { Epoll } from '../../fs/epoll.js';
import type { Logger } from '../../log/logger.js';
import type { FdTable } from '../../vfs/fdtable.js';
import type { FileLane } from '../../vfs/file.js';
import type { LaneSpace } from './space.js';

/** One instance that the log may speak of. Only this process has a descriptor of it, and just one. */
class LaneEpoll implements FileLane {
  readonly arrivals = undefined;

  constructor(
    private readonly log: LaneLog,
    readonly epoll: Epoll,
    readonly fd: number,
    readonly index: number,
  ) {}

  get isOpen(): boolean {
    return this.epoll.lane === this;
  }
  used(): void {}
  sleep(begins: boolean): void {
    this.log.sleep(this.index, begins);
  }
  close(): void {
    this.log.unregister(this);
  }
}

export class LaneLog {
  private readonly words: Int32Array;
  private readonly epolls: (LaneEpoll | undefined)[] = new Array(LANE_EPOLLS).fill(undefined);
  private head = 0;
  private draining = false;

  constructor(
    private readonly space: LaneSpace,
    /** The descriptors that the entries mean. */
    private files: FdTable,
    private readonly logger: Logger,
  ) {
    this.words = new Int32Array(space.log.buffer);
  }

  /** From now on the process need not make calls of `epoll`. @param files its descriptors now: it may have left those that it shared */
  register(files: FdTable, fd: number, epoll: Epoll): void {
    if (files !== this.files && this.epolls.some((e) => e !== undefined)) return;
    this.files = files;
    const index = this.epolls.indexOf(undefined);
    if (index < 0 || fd >= LANE_FDS || this.files.get(fd) !== epoll) return;
    const lane = new LaneEpoll(this, epoll, fd, index);
    this.epolls[index] = lane;
    epoll.lane = lane;
    epoll.queue.watcher = epoll;
    for (const watched of epoll.watchedFds()) this.publish(epoll, index, watched);
    epoll.onChange = (changed) => this.publish(epoll, index, changed);
    this.space.setAsleep(index, !epoll.queue.empty);
    this.space.setEntry(fd, epollEntry(index));
  }

  unregister({ epoll, fd, index }: LaneEpoll): void {
    this.space.setEntry(fd, 0);
    this.drain();
    this.epolls[index] = undefined;
    epoll.lane = undefined;
    epoll.onChange = undefined;
    this.space.clearWatched(index);
  }

  /** All instances are reached by calls alone again. */
  end(): void {
    for (const lane of this.epolls) if (lane !== undefined) this.unregister(lane);
  }

  private publish(epoll: Epoll, index: number, fd: number): void {
    this.space.setWatched(fd, index, epoll.watches(this.files.get(fd), fd));
  }

  /** Somebody goes to sleep on an instance: whoever logs an entry after this tells us (NR_LANE_KICK). */
  sleep(index: number, begins: boolean): void {
    this.space.setAsleep(index, begins);
    if (begins) this.drain();
  }

  /** Carries out what is in the log. */
  drain(): void {
    const tail = Atomics.load(this.words, LOG_TAIL);
    if (tail === this.head || this.draining) return;
    this.draining = true;
    try {
      // More than fits was not written by the lane's code: the guest has spoilt its own log.
      if ((tail - this.head) >>> 0 <= LANE_OPS) this.carryOutTo(tail);
    } catch (error) {
      // A bug of ours must cost the guest these calls, not the sandbox.
      this.logger.error({ err: error }, 'a call in the log of the fast lane threw');
    }
    this.head = tail;
    this.space.setLogHead(tail);
    this.draining = false;
  }

  private carryOutTo(tail: number): void {
    for (let at = this.head; at !== tail; at = (at + 1) | 0) {
      if (this.carryOut(at, ((at + 1) | 0) !== tail)) at = (at + 1) | 0;
    }
  }

  /** @returns whether the entry after it is done too */
  private carryOut(at: number, more: boolean): boolean {
    const { words } = this;
    const entry = LOG_OPS + (at & (LANE_OPS - 1)) * OP_WORDS;
    const epollFd = words[entry] as number;
    const fd = words[entry + 2] as number;
    const epoll = this.files.get(epollFd);
    const file = this.files.get(fd);
    if (!(epoll instanceof Epoll) || file === undefined) return false;
    switch (words[entry + 1]) {
      case EPOLL_CTL_ADD:
        epoll.add(file, fd, this.wanted(entry));
        return false;
      case EPOLL_CTL_MOD:
        epoll.modify(file, fd, this.wanted(entry));
        return false;
      case EPOLL_CTL_DEL: {
        const next = LOG_OPS + ((at + 1) & (LANE_OPS - 1)) * OP_WORDS;
        const again =
          more && words[next] === epollFd && words[next + 1] === EPOLL_CTL_ADD && words[next + 2] === fd;
        if (again) epoll.renew(file, fd, this.wanted(next));
        else epoll.remove(file, fd);
        return again;
      }
      default:
        return false;
    }
  }

  private wanted(entry: number): { events: number; dataLow: number; dataHigh: number } {
    const { words } = this;
    return {
      events: words[entry + 3] as number,
      dataLow: (words[entry + 4] as number) >>> 0,
      dataHigh: (words[entry + 5] as number) >>> 0,
    };
  }
}
