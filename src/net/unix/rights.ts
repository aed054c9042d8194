/**
 * Descriptions in flight (SCM_RIGHTS, net/unix/garbage.c). A socket whose only references are messages can be reachable
 * from itself alone; such islands are found by counting and their queues emptied.
 */

import { ETOOMANYREFS } from '../../abi/errno.js';
import { CAP_SYS_ADMIN, CAP_SYS_RESOURCE, RLIMIT_NOFILE } from '../../abi/sched.js';
import { capable } from '../../kernel/cred.js';
import type { Kernel } from '../../kernel/kernel.js';
import type { Task } from '../../kernel/task.js';
import { putFile } from '../../vfs/fdtable.js';
import type { OpenFile } from '../../vfs/file.js';

/** A socket that can hold messages with descriptions. */
export interface Carrier extends OpenFile {
  /** Descriptions in its receive queue, and in those of connections that nobody accepted yet. */
  carried(): Iterable<OpenFile>;
  /** Throws these messages away. */
  purge(): void;
}

/** Carriers in flight, with the number of messages that hold them. */
const flying = new Map<OpenFile, number>();
/** Descriptions in flight by user. */
const byUser = new Map<number, number>();
let carriers: (file: OpenFile) => file is Carrier = (_file): _file is Carrier => false;

/** Tells which files are carriers (avoids a cycle of imports). */
export function registerCarrier(test: (file: OpenFile) => file is Carrier): void {
  carriers = test;
}

/** Descriptions that travel in one message, each with a reference of its own. */
export class Rights {
  private closed = false;
  private constructor(
    readonly files: readonly OpenFile[],
    private readonly uid: number,
  ) {}

  /** @returns -ETOOMANYREFS when the sender's user has more in flight than RLIMIT_NOFILE allows */
  static send(task: Task, files: readonly OpenFile[]): Rights | number {
    const { uid } = task.cred;
    const count = byUser.get(uid) ?? 0;
    const privileged = capable(task.cred, CAP_SYS_RESOURCE) || capable(task.cred, CAP_SYS_ADMIN);
    if (count > (privileged ? HARD_LIMIT : task.group.limit(RLIMIT_NOFILE))) return -ETOOMANYREFS;
    for (const f of files) {
      f.refs++;
      if (carriers(f)) flying.set(f, (flying.get(f) ?? 0) + 1);
    }
    byUser.set(uid, count + files.length);
    return new Rights(files, uid);
  }

  /** Out of flight; the references are now the caller's. */
  land(): readonly OpenFile[] {
    if (this.closed) return [];
    this.closed = true;
    for (const f of this.files) {
      const n = flying.get(f);
      if (n !== undefined) {
        if (n > 1) flying.set(f, n - 1);
        else flying.delete(f);
      }
    }
    const left = (byUser.get(this.uid) ?? 0) - this.files.length;
    if (left > 0) byUser.set(this.uid, left);
    else byUser.delete(this.uid);
    return this.files;
  }

  /**
   * The message is thrown away. Closing a description may throw away others, in as long a chain as a guest likes: they take
   * their turn here rather than one within the other.
   */
  discard(): void {
    thrownAway.push(this);
    if (thrownAway.length > 1) return;
    for (let i = 0; i < thrownAway.length; i++) for (const f of (thrownAway[i] as Rights).land()) putFile(f);
    thrownAway.length = 0;
  }
}
/** Rights that are being discarded; not empty while somebody sees to it. */
const thrownAway: Rights[] = [];

/** Even a privileged sender must not fill the sentry's memory. */
const HARD_LIMIT = 65536;

/** True if a message holds `file`, a carrier. */
export function inFlight(file: OpenFile): boolean {
  return flying.has(file);
}

/** When the last collection ended and how long it took, ms. */
let lastEnd = 0;
let lastCost = 0;
const scheduled = new WeakSet<Kernel>();
/** A collection is followed by at least this many times its own length without one: others must get on. */
const REST = 9;

/**
 * Has garbage looked for soon: something happened that may have made some. Called whenever a descriptor of a socket in flight
 * or any socket is closed.
 */
export function scheduleCollection(kernel: Kernel): void {
  if (flying.size === 0 || scheduled.has(kernel)) return;
  scheduled.add(kernel);
  kernel.timers.add(Math.max(kernel.now(), lastEnd + REST * lastCost), () => {
    scheduled.delete(kernel);
    const start = kernel.now();
    collectGarbage();
    lastEnd = kernel.now();
    lastCost = lastEnd - start;
  });
}

/** Marks `file` and everything that its messages hold as reachable. */
function mark(file: OpenFile, live: Set<OpenFile>): void {
  const todo = [file];
  for (let f = todo.pop(); f !== undefined; f = todo.pop()) {
    if (live.has(f)) continue;
    live.add(f);
    if (carriers(f)) for (const held of f.carried()) if (flying.has(held)) todo.push(held);
  }
}

/** Frees sockets that only messages in each other's queues refer to. */
export function collectGarbage(): void {
  if (flying.size === 0) return;
  // Candidates have no reference but messages. What a descriptor or a live socket's queue refers to is reachable.
  const candidates = new Map<OpenFile, number>();
  for (const [f, n] of flying) if (f.refs === n) candidates.set(f, n);
  if (candidates.size === 0) return;
  for (const f of candidates.keys()) {
    if (!carriers(f)) continue;
    for (const held of f.carried()) {
      const n = candidates.get(held);
      if (n !== undefined) candidates.set(held, n - 1);
    }
  }
  const live = new Set<OpenFile>();
  for (const [f, outside] of candidates) if (outside > 0) mark(f, live);
  const dead: Carrier[] = [];
  for (const f of candidates.keys()) if (!live.has(f) && carriers(f)) dead.push(f);
  for (const f of dead) f.refs++;
  for (const f of dead) f.purge();
  for (const f of dead) putFile(f);
}
