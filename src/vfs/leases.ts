/**
 * Leases (fs/locks.c, fcntl(2) F_SETLEASE): their holder is told before somebody opens the file in a way that does not go
 * with them, and has fs.lease-break-time seconds to give them up.
 */

import { EACCES, EAGAIN, EINVAL } from '../abi/errno.js';
import { F_OWNER_PID, F_RDLCK, F_UNLCK, F_WRLCK } from '../abi/fcntl.js';
import { CAP_LEASE } from '../abi/sched.js';
import { POLL_MSG } from '../abi/signal.js';
import { S_IFMT, S_IFREG } from '../abi/stat.js';
import { capable } from '../kernel/cred.js';
import type { Kernel } from '../kernel/kernel.js';
import { signalOwner } from '../kernel/sigio.js';
import type { Task } from '../kernel/task.js';
import { type Block, type SyscallResult, WaitQueue, WOULD_BLOCK } from '../kernel/wait.js';
import type { OpenFile, ReleaseWatcher } from './file.js';
import type { Inode } from './inode.js';
import { eachOpenFile } from './open-files.js';

class Lease implements ReleaseWatcher {
  /** What it is to become: somebody waits for that. */
  target: number | undefined;
  /** When it becomes that by itself, on the kernel's clock. */
  deadline = Infinity;

  constructor(
    readonly file: OpenFile,
    readonly fd: number,
    public type: number,
  ) {}

  fileReleased(): void {
    change(this, F_UNLCK);
  }
}

interface FileLeases {
  readonly list: Lease[];
  /** Those who wait for leases to go. */
  readonly queue: WaitQueue;
}

const leases = new WeakMap<Inode, FileLeases>();
/** Leases that exist at all: nothing is looked up while there are none. */
let active = 0;

/** False: no opening needs to look. */
export function anyLeases(): boolean {
  return active > 0;
}

/** F_RDLCK, F_WRLCK or F_UNLCK: what `lease` is from now on. */
function change(lease: Lease, type: number): void {
  const { file } = lease;
  const all = leases.get(file.inode);
  const at = all?.list.indexOf(lease) ?? -1;
  if (all === undefined || at < 0) return;
  lease.type = type;
  lease.target = undefined;
  lease.deadline = Infinity;
  if (type === F_UNLCK) {
    all.list.splice(at, 1);
    file.watchers?.delete(lease);
    file.owner = 0;
    file.ownerSignal = 0;
    active--;
  }
  all.queue.wake(1);
}

/** Leases whose time is up become what they have to. */
function expire(kernel: Kernel, all: FileLeases): void {
  const now = kernel.now();
  for (const lease of [...all.list])
    if (lease.deadline <= now && lease.target !== undefined) change(lease, lease.target);
}

/** Is the file open in a way that does not go with a lease of `type` for `file`? (check_conflicting_open) */
function openOtherwise(kernel: Kernel, file: OpenFile, type: number): boolean {
  const { inode } = file;
  if (type === F_RDLCK) return inode.writers > 0;
  const others = new Set<OpenFile>();
  eachOpenFile(kernel, (f) => {
    if (f !== file && f.inode === inode && (f.readable || f.writable)) others.add(f);
  });
  return others.size > 0;
}

/** F_SETLEASE. @returns 0, -EACCES, -EINVAL, or -EAGAIN when it does not go with how the file is open */
export function setLease(task: Task, file: OpenFile, fd: number, type: number): number {
  const { inode } = file;
  const { kernel } = task;
  if (type !== F_RDLCK && type !== F_WRLCK && type !== F_UNLCK) return -EINVAL;
  const all = leases.get(inode);
  if (all !== undefined) expire(kernel, all);
  const own = all?.list.find((l) => l.file === file);
  if (type === F_UNLCK) {
    if (own === undefined) return -EAGAIN;
    change(own, F_UNLCK);
    return 0;
  }
  const attr = inode.getattr();
  if (task.cred.fsuid !== attr.uid && !capable(task.cred, CAP_LEASE)) return -EACCES;
  if ((attr.mode & S_IFMT) !== S_IFREG || kernel.settings.leasesEnable === 0) return -EINVAL;
  if (openOtherwise(kernel, file, type) || own?.target === F_UNLCK) return -EAGAIN;
  const others = all?.list.filter((l) => l !== own) ?? [];
  if (others.length > 0 && type === F_WRLCK) return -EAGAIN;
  if (others.some((l) => l.target === F_UNLCK)) return -EAGAIN;
  if (own !== undefined) {
    change(own, type);
    return 0;
  }
  const lease = new Lease(file, fd, type);
  if (all === undefined) leases.set(inode, { list: [lease], queue: new WaitQueue() });
  else all.list.push(lease);
  (file.watchers ??= new Set()).add(lease);
  active++;
  if (file.owner === 0) {
    file.owner = task.pid;
    file.ownerPids = task.pids;
    file.ownerKind = F_OWNER_PID;
  }
  return 0;
}

/** F_GETLEASE: the lease of this description, or what it is about to become. */
export function getLease(kernel: Kernel, file: OpenFile): number {
  const all = leases.get(file.inode);
  if (all === undefined) return F_UNLCK;
  expire(kernel, all);
  const own = all.list.find((l) => l.file === file);
  return own === undefined ? F_UNLCK : (own.target ?? own.type);
}

/** Leases that are in the way of an opening. */
function inTheWay(all: FileLeases, writes: boolean): Lease[] {
  return all.list.filter((l) => writes || l.type === F_WRLCK);
}

/**
 * Before a regular file is opened or truncated by name: tells the holders of leases that are in the way.
 * @param writes for writing, or with truncation
 * @returns 0 when nothing is in the way; -EAGAIN with O_NONBLOCK; or a wait, after which `go` opens
 */
export function breakLeases(
  task: Task,
  inode: Inode,
  writes: boolean,
  nonblock: boolean,
  go: () => SyscallResult,
): 0 | number | Block {
  if (active === 0) return 0;
  const all = leases.get(inode);
  if (all === undefined) return 0;
  const { kernel } = task;
  expire(kernel, all);
  const conflicts = inTheWay(all, writes);
  if (conflicts.length === 0) return 0;
  const target = writes ? F_UNLCK : F_RDLCK;
  const seconds = kernel.settings.leaseBreakTime;
  for (const lease of conflicts) {
    const told = lease.target !== undefined;
    if (told && (lease.target === F_UNLCK || target === F_RDLCK)) continue;
    lease.target = target;
    if (lease.deadline === Infinity && seconds > 0) lease.deadline = kernel.now() + seconds * 1000;
    signalOwner(lease.file, POLL_MSG, lease.fd);
  }
  if (nonblock) return -EAGAIN;
  const deadline = Math.max(...conflicts.map((l) => l.deadline));
  const retry = (): number | typeof WOULD_BLOCK => {
    if (inTheWay(all, writes).length > 0) return WOULD_BLOCK;
    const r = go();
    // Nothing ran since nothing was in the way, so there is nothing else to wait for.
    return typeof r === 'number' ? r : -EAGAIN;
  };
  return {
    on: [all.queue],
    retry,
    ...(deadline === Infinity ? {} : { deadline }),
    timeout() {
      expire(kernel, all);
      const r = retry();
      return r === WOULD_BLOCK ? -EAGAIN : r;
    },
  };
}
