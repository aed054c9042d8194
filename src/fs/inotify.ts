/** inotify(7) instances and watches. */

import { EAGAIN, EEXIST, EFAULT, EINVAL, EMFILE, ENOSPC, ENOTTY } from '../abi/errno.js';
import { O_RDONLY } from '../abi/fcntl.js';
import { FIONREAD } from '../abi/ioctl.js';
import {
  IN_ALL_EVENTS,
  IN_DELETE_SELF,
  IN_EXCL_UNLINK,
  IN_IGNORED,
  IN_MASK_ADD,
  IN_MASK_CREATE,
  IN_ONESHOT,
  IN_Q_OVERFLOW,
  IN_UNMOUNT,
  POLLIN,
  POLLRDNORM,
} from '../abi/poll.js';
import { INOTIFY_EVENT_SIZE } from '../abi/structs-ipc.js';
import type { Kernel } from '../kernel/kernel.js';
import type { Task } from '../kernel/task.js';
import type { Sink } from '../kernel/useriov.js';
import { type SyscallResult, WOULD_BLOCK } from '../kernel/wait.js';
import type { Inode } from '../vfs/inode.js';
import { addMark, type Mark, removeMark } from '../vfs/notify.js';
import { AnonFile } from './anon-file.js';
import { waitOn } from './waiting.js';

/** Instances and watches of one user (struct ucounts). */
interface Count {
  instances: number;
  watches: number;
}
const counts = new WeakMap<Kernel, Map<number, Count>>();

function countOf(kernel: Kernel, uid: number): Count {
  let users = counts.get(kernel);
  if (users === undefined) counts.set(kernel, (users = new Map()));
  let count = users.get(uid);
  if (count === undefined) users.set(uid, (count = { instances: 0, watches: 0 }));
  return count;
}

interface Event {
  readonly wd: number;
  readonly mask: number;
  readonly cookie: number;
  readonly name: string;
}

class Watch implements Mark {
  constructor(
    readonly owner: Inotify,
    readonly wd: number,
    readonly inode: Inode,
    public mask: number,
  ) {}
  event(mask: number, name: string, cookie: number, unlinked: boolean): void {
    if (unlinked && (this.mask & IN_EXCL_UNLINK) !== 0) return;
    const type = mask & (IN_ALL_EVENTS | IN_UNMOUNT);
    if ((type & (this.mask | IN_UNMOUNT)) !== 0) {
      this.owner.push({ wd: this.wd, mask, cookie, name });
      if ((this.mask & IN_ONESHOT) !== 0) this.owner.removeWatch(this.wd);
    }
    if ((type & (IN_DELETE_SELF | IN_UNMOUNT)) !== 0 && name === '') this.owner.removeWatch(this.wd);
  }
}

/** Bytes of an event with its name, padded as Linux does to whole headers. */
function eventSize(e: Event): number {
  return (
    INOTIFY_EVENT_SIZE +
    (e.name === '' ? 0 : Math.ceil((e.name.length + 1) / INOTIFY_EVENT_SIZE) * INOTIFY_EVENT_SIZE)
  );
}

function encode(e: Event): Uint8Array {
  const bytes = Buffer.alloc(eventSize(e));
  bytes.writeInt32LE(e.wd, 0);
  bytes.writeUInt32LE(e.mask >>> 0, 4);
  bytes.writeUInt32LE(e.cookie, 8);
  bytes.writeUInt32LE(bytes.length - INOTIFY_EVENT_SIZE, 12);
  bytes.write(e.name, INOTIFY_EVENT_SIZE, 'latin1');
  return bytes;
}

export class Inotify extends AnonFile {
  private readonly watches = new Map<number, Watch>();
  private readonly byInode = new Map<Inode, Watch>();
  private events: Event[] = [];
  private nextWd = 1;

  private constructor(
    private readonly kernel: Kernel,
    private readonly count: Count,
    flags: number,
  ) {
    super(kernel, 'inotify', O_RDONLY | flags);
    count.instances++;
  }

  /** inotify_init1(2). @param uid the real user, whose limits count @returns a description or -EMFILE */
  static make(kernel: Kernel, uid: number, flags: number): Inotify | number {
    const count = countOf(kernel, uid);
    if (count.instances >= kernel.settings.inotifyMaxInstances) return -EMFILE;
    return new Inotify(kernel, count, flags);
  }

  /** inotify_add_watch(2) on an inode. @returns watch descriptor, -EEXIST, -ENOSPC */
  addWatch(inode: Inode, mask: number): number {
    const kept = mask & (IN_ALL_EVENTS | IN_ONESHOT | IN_EXCL_UNLINK);
    const old = this.byInode.get(inode);
    if (old !== undefined) {
      if ((mask & IN_MASK_CREATE) !== 0) return -EEXIST;
      old.mask = (mask & IN_MASK_ADD) !== 0 ? old.mask | kept : kept;
      return old.wd;
    }
    if (this.count.watches >= this.kernel.settings.inotifyMaxWatches) return -ENOSPC;
    this.count.watches++;
    const watch = new Watch(this, this.nextWd++, inode, kept);
    this.watches.set(watch.wd, watch);
    this.byInode.set(inode, watch);
    addMark(inode, watch);
    return watch.wd;
  }

  /** inotify_rm_watch(2), and the end of the watched object. @returns 0 or -EINVAL */
  removeWatch(wd: number): number {
    const watch = this.watches.get(wd);
    if (watch === undefined) return -EINVAL;
    this.forget(watch);
    this.push({ wd, mask: IN_IGNORED, cookie: 0, name: '' });
    return 0;
  }

  private forget(watch: Watch): void {
    this.count.watches--;
    this.watches.delete(watch.wd);
    this.byInode.delete(watch.inode);
    removeMark(watch.inode, watch);
  }

  /** Queues an event; one that repeats the last is dropped, and so is everything while the queue is full. */
  push(e: Event): void {
    const last = this.events.at(-1);
    if (
      last !== undefined &&
      last.wd === e.wd &&
      last.mask === e.mask &&
      last.cookie === e.cookie &&
      last.name === e.name
    ) {
      return;
    }
    if (this.events.length >= this.kernel.settings.inotifyMaxQueued) {
      if (last?.mask !== IN_Q_OVERFLOW)
        this.events.push({ wd: -1, mask: IN_Q_OVERFLOW, cookie: 0, name: '' });
      return;
    }
    this.events.push(e);
    this.queue.wake(POLLIN | POLLRDNORM);
  }

  override read(_task: Task, sink: Sink): SyscallResult {
    const attempt = (): number | typeof WOULD_BLOCK => {
      let done = 0;
      let taken = 0;
      for (const e of this.events) {
        const bytes = encode(e);
        if (bytes.length > sink.remaining) break;
        const n = sink.put(bytes, 0, bytes.length);
        if (n < bytes.length) {
          if (taken === 0) return -EFAULT;
          break;
        }
        done += n;
        taken++;
      }
      if (taken === 0) return this.events.length === 0 ? WOULD_BLOCK : -EINVAL;
      this.events = this.events.slice(taken);
      return done;
    };
    const r = attempt();
    if (r !== WOULD_BLOCK) return r;
    return this.nonblock ? -EAGAIN : waitOn(this, attempt);
  }

  override poll(): number {
    return this.events.length > 0 ? POLLIN | POLLRDNORM : 0;
  }

  override ioctl(task: Task, request: number, arg: number): SyscallResult {
    if (request !== FIONREAD) return -ENOTTY;
    return task.mem.putU32(
      arg,
      this.events.reduce((n, e) => n + eventSize(e), 0),
    );
  }

  /** Lines of /proc/pid/fdinfo: the watches, newest first. */
  fdinfo(): string {
    const lines = [...this.watches.values()].map((w) => {
      const dev = ((w.inode.fs.dev & 0xfff00) << 12) | (w.inode.fs.dev & 0xff);
      return `inotify wd:${w.wd} ino:${w.inode.ino.toString(16)} sdev:${dev.toString(16)} mask:${(w.mask >>> 0).toString(16)} ignored_mask:0 fhandle-bytes:0 fhandle-type:0 f_handle:\n`;
    });
    return lines.reverse().join('');
  }

  override release(): void {
    for (const w of [...this.watches.values()]) this.forget(w);
    this.count.instances--;
  }
}
