/** epoll(7): interest lists and their ready lists (fs/eventpoll.c). */

import { EEXIST, EINVAL, ELOOP, ENOENT, EPERM } from '../abi/errno.js';
import { O_RDWR } from '../abi/fcntl.js';
import {
  EPOLLERR,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLHUP,
  EPOLLIN,
  EPOLLONESHOT,
  EPOLLOUT,
  EPOLLWAKEUP,
  POLLIN,
  POLLRDNORM,
} from '../abi/poll.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import type { QueueWatcher, Waiter } from '../kernel/wait.js';
import type { OpenFile, ReleaseWatcher } from '../vfs/file.js';
import { AnonFile } from './anon-file.js';
import { closesLoop, tooManyWays } from './epoll-graph.js';

/** Files with an open fast lane that one instance watches: each costs every wait a look. */
const MAX_LANES = 256;
/** Bits that are not events. */
const PRIVATE_BITS = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE;
const EXCLUSIVE_OK = EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;

/** What epoll_wait(2) reports: events and the 64 bits of user data. */
export interface EpollEvent {
  events: number;
  dataLow: number;
  dataHigh: number;
}

/** One watched (file, descriptor number), struct epitem. It waits on the file's queue for as long as it exists. */
export class Item implements Waiter, ReleaseWatcher {
  readonly exclusive: boolean;
  readonly newestFirst: boolean;
  /** In the ready list. */
  queued = false;
  /** The fast lane wakes nobody here: `Epoll` looks for itself. */
  readonly lazy = true;
  /** What `FileLane.arrivals` was when the item was last looked at. */
  private seen: number | undefined;

  constructor(
    readonly epoll: Epoll,
    readonly file: OpenFile,
    readonly fd: number,
    public want: EpollEvent,
  ) {
    this.exclusive = (want.events & EPOLLEXCLUSIVE) !== 0;
    this.newestFirst = !this.exclusive;
  }

  /** False while a one-shot item waits to be armed again. */
  get armed(): boolean {
    return (this.want.events & ~PRIVATE_BITS) !== 0;
  }
  /** Events that are wanted and there now. */
  ready(task: Task | undefined): number {
    return this.armed ? this.file.poll(task) & this.want.events & ~PRIVATE_BITS : 0;
  }

  wake(events: number): boolean {
    if (!this.armed || (events !== 0 && (events & this.want.events & this.file.wakeMask) === 0)) return false;
    // An exclusive wake-up is used up only where somebody sleeps (ep_poll_callback): else it goes on to the next instance.
    const waiting = !this.epoll.queue.empty;
    this.epoll.enqueue(this);
    return waiting;
  }

  fileReleased(): void {
    this.epoll.drop(this);
  }

  laneAllowed(): boolean {
    return this.epoll.laneAllowed(this);
  }
  laneChanged(): void {
    this.epoll.laneChanged(this);
  }

  /** Whether the fast lane has brought something since the last look: for an edge new bytes, else readiness. */
  news(task: Task | undefined): boolean {
    if ((this.want.events & EPOLLET) === 0) return this.ready(task) !== 0;
    return this.look() && this.ready(task) !== 0;
  }
  /** @returns whether bytes have come since the last look */
  look(): boolean {
    const before = this.seen;
    this.seen = this.file.lane?.arrivals;
    return this.seen !== before && this.seen !== undefined;
  }
}

export class Epoll extends AnonFile implements QueueWatcher {
  private readonly items = new Map<OpenFile, Map<number, Item>>();
  /** Items that may be ready, oldest first. Idle ones cost nothing. */
  private readonly ready = new Set<Item>();
  /** Items whose file has an open fast lane: looked at by every call, and told of bytes only while somebody sleeps here. */
  private readonly lanes = new Set<Item>();

  /** Told of every descriptor number that begins or ceases to be watched. */
  onChange: ((fd: number) => void) | undefined;

  constructor(kernel: Kernel) {
    super(kernel, '[eventpoll]', O_RDWR);
  }

  watches(file: OpenFile | undefined, fd: number): boolean {
    return file !== undefined && this.items.get(file)?.has(fd) === true;
  }
  /** Numbers of all watched descriptors. */
  *watchedFds(): Generator<number> {
    for (const byFd of this.items.values()) yield* byFd.keys();
  }

  /** An instance that is itself watched would have to wake its watchers. */
  laneAllowed(item: Item): boolean {
    return this.lanes.has(item) || (this.watchers === undefined && this.lanes.size < MAX_LANES);
  }
  laneChanged(item: Item): void {
    const asleep = !this.queue.empty;
    if (item.file.lane?.isOpen === true) {
      this.lanes.add(item);
      this.queue.watcher = this;
      item.look();
      if (asleep) item.file.lane.sleep(true);
    } else if (this.lanes.delete(item) && !item.queued && item.news(undefined)) {
      this.enqueue(item);
    }
  }
  joined(): void {
    if (this.queue.count(() => true) !== 1) return;
    this.lane?.sleep(true);
    for (const item of this.lanes) item.file.lane?.sleep(true);
  }
  left(): void {
    if (!this.queue.empty) return;
    this.lane?.sleep(false);
    for (const item of this.lanes) item.file.lane?.sleep(false);
  }

  /** Puts what the fast lanes have brought into the ready list. */
  private lookAtLanes(task: Task | undefined): void {
    for (const item of this.lanes) {
      if (item.queued || !item.news(task)) continue;
      item.queued = true;
      this.ready.add(item);
    }
  }

  /** EPOLL_CTL_ADD. @returns 0, -EEXIST, -EPERM, -EINVAL, -ELOOP */
  add(file: OpenFile, fd: number, want: EpollEvent, task?: Task): number {
    if (!file.pollable) return -EPERM;
    if (file === this) return -EINVAL;
    if (
      (want.events & EPOLLEXCLUSIVE) !== 0 &&
      (file instanceof Epoll || (want.events & ~EXCLUSIVE_OK) !== 0)
    ) {
      return -EINVAL;
    }
    if (this.items.get(file)?.has(fd) === true) return -EEXIST;
    if (file instanceof Epoll) {
      file.closeLanes();
      if (closesLoop(this, file)) return -ELOOP;
    }
    const item = new Item(this, file, fd, { ...want, events: want.events | EPOLLERR | EPOLLHUP });
    let byFd = this.items.get(file);
    if (byFd === undefined) this.items.set(file, (byFd = new Map()));
    byFd.set(fd, item);
    (file.watchers ??= new Set()).add(item);
    // Only a tree of several levels can have too many ways to one file.
    if ((file instanceof Epoll || (this.watchers?.size ?? 0) > 0) && tooManyWays(file)) {
      this.drop(item);
      return -EINVAL;
    }
    file.queue.add(item);
    if (file.lane?.isOpen === true) {
      if (this.laneAllowed(item)) this.laneChanged(item);
      else file.lane.close();
    }
    this.onChange?.(fd);
    // What is in the line already is no news, not even for who watches this instance.
    if (!item.queued && item.ready(task) !== 0) this.enqueue(item);
    return 0;
  }

  /** EPOLL_CTL_DEL and EPOLL_CTL_ADD at once. @returns as these */
  renew(file: OpenFile, fd: number, want: EpollEvent, task?: Task): number {
    const item = this.items.get(file)?.get(fd);
    if (item === undefined || item.exclusive) {
      const r = this.remove(file, fd);
      return r < 0 ? r : this.add(file, fd, want, task);
    }
    item.queued = false;
    this.ready.delete(item);
    return this.modify(file, fd, want, task);
  }

  /** EPOLL_CTL_MOD. @returns 0, -ENOENT, -EINVAL */
  modify(file: OpenFile, fd: number, want: EpollEvent, task?: Task): number {
    const item = this.items.get(file)?.get(fd);
    if ((want.events & EPOLLEXCLUSIVE) !== 0) return -EINVAL;
    if (item === undefined) return -ENOENT;
    if (item.exclusive) return -EINVAL;
    item.want = { ...want, events: want.events | EPOLLERR | EPOLLHUP };
    if (!item.queued && item.ready(task) !== 0) this.enqueue(item);
    return 0;
  }

  /** EPOLL_CTL_DEL. @returns 0 or -ENOENT */
  remove(file: OpenFile, fd: number): number {
    const item = this.items.get(file)?.get(fd);
    if (item === undefined) return -ENOENT;
    this.drop(item);
    return 0;
  }

  private closeLanes(): void {
    for (const item of [...this.lanes]) item.file.lane?.close();
  }

  enqueue(item: Item): void {
    if (!item.queued) {
      item.queued = true;
      this.ready.add(item);
    }
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  drop(item: Item): void {
    const { file } = item;
    const byFd = this.items.get(file);
    if (byFd?.get(item.fd) !== item) return;
    byFd.delete(item.fd);
    if (byFd.size === 0) this.items.delete(file);
    file.watchers?.delete(item);
    file.queue.remove(item);
    if (this.lanes.delete(item) && !this.queue.empty) file.lane?.sleep(false);
    item.queued = false;
    this.ready.delete(item);
    this.onChange?.(item.fd);
  }

  /**
   * Reports up to `max` ready items through `store`, which says how many of them it could deliver: the others stay as they are.
   * @returns how many, or -1 if `store` failed
   */
  collect(max: number, store: (events: readonly EpollEvent[]) => number, task?: Task): number {
    if (this.lanes.size > 0) this.lookAtLanes(task);
    const taken: Item[] = [];
    const events: EpollEvent[] = [];
    for (const item of this.ready) {
      if (events.length === max) break;
      item.look();
      const mask = item.ready(task);
      if (mask === 0) {
        item.queued = false;
        this.ready.delete(item);
        continue;
      }
      taken.push(item);
      events.push({ ...item.want, events: mask });
    }
    if (events.length === 0) return 0;
    const stored = store(events);
    for (let i = 0; i < stored; i++) this.reported(taken[i] as Item);
    return stored > 0 ? stored : -1;
  }

  /** After a report: a one-shot item is disarmed, an edge waits for the next wake-up, a level goes to the end of the line. */
  private reported(item: Item): void {
    this.ready.delete(item);
    item.queued = false;
    if ((item.want.events & EPOLLONESHOT) !== 0) {
      item.want = { ...item.want, events: item.want.events & PRIVATE_BITS };
    } else if ((item.want.events & EPOLLET) === 0) {
      item.queued = true;
      this.ready.add(item);
    }
  }

  override poll(task?: Task): number {
    if (this.lanes.size > 0) this.lookAtLanes(task);
    for (const item of this.ready) {
      if (item.ready(task) !== 0) return POLLIN | POLLRDNORM;
      item.queued = false;
      this.ready.delete(item);
    }
    return 0;
  }

  /** The files that it watches, each once. */
  get watched(): Iterable<OpenFile> {
    return this.items.keys();
  }

  /** Lines of /proc/pid/fdinfo: what it watches. */
  fdinfo(): string {
    const lines: string[] = [];
    for (const [file, byFd] of this.items) {
      const { inode } = file;
      const dev = ((inode.fs.dev & 0xfff00) << 12) | (inode.fs.dev & 0xff);
      for (const { fd, want } of byFd.values()) {
        const data = ((BigInt(want.dataHigh) << 32n) | BigInt(want.dataLow)).toString(16).padStart(16);
        const events = (want.events >>> 0).toString(16).padStart(8);
        lines.push(
          `tfd: ${String(fd).padStart(8)} events: ${events} data: ${data}  pos:${file.pos} ino:${inode.ino.toString(16)} sdev:${dev.toString(16)}\n`,
        );
      }
    }
    return lines.join('');
  }

  override release(): void {
    for (const byFd of [...this.items.values()]) for (const item of [...byFd.values()]) this.drop(item);
  }
}
