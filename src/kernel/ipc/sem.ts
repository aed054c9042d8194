/**
 * Semaphores (ipc/sem.c). All operations of a semop(2) happen or none; who cannot go on sleeps in a queue of the array, and
 * whoever changes a value carries out the operations that have become possible in the sleepers' place.
 */

import { EAGAIN, EIDRM, EINTR, EINVAL, ENOMEM, ENOSPC, ERANGE } from '../../abi/errno.js';
import { IPC_NOWAIT, SEM_UNDO, SEMAEM, SEMVMX } from '../../abi/ipc.js';
import type { Cred } from '../cred.js';
import type { Pid } from '../pid-namespace.js';
import type { Task } from '../task.js';
import { type Block, WaitQueue, WOULD_BLOCK } from '../wait.js';
import type { IpcNamespace } from './namespace.js';
import { IpcObject } from './util.js';

/** struct sembuf. */
export interface SemOp {
  readonly num: number;
  readonly op: number;
  readonly flags: number;
}

/** What the end of a process adds to the semaphores of one array (struct sem_undo). */
interface SemUndo {
  readonly adjust: Int16Array;
}

/** Adjustments of one process, or of several that share them by CLONE_SYSVSEM (struct sem_undo_list). */
export class SemUndoList {
  users = 1;
  readonly undos = new Map<SemArray, SemUndo>();
}

/** Bytes that an object counts beside its contents. */
const OVERHEAD = 256;

/** Operations that wait, or are just being tried (struct sem_queue). */
class SemQueue {
  /** Set when others have ended the wait. */
  result: number | undefined;
  /** The operation that cannot go on. */
  blocking: SemOp | undefined;
  /** What the operations before it add to its semaphore. */
  before = 0;
  readonly queue = new WaitQueue();

  constructor(
    readonly ops: readonly SemOp[],
    readonly pid: Pid,
    readonly undo: SemUndo | undefined,
    readonly alters: boolean,
  ) {}

  /** `op` cannot go on. */
  block(op: SemOp): void {
    this.blocking = op;
    this.before = 0;
    for (const earlier of this.ops) {
      if (earlier === op) break;
      if (earlier.num === op.num) this.before += earlier.op;
    }
  }

  /** The operation that could not go on still cannot: what else there is need not be tried, and that may be much. */
  stillBlocked(values: Uint16Array): boolean {
    const op = this.blocking;
    if (op === undefined) return false;
    const value = (values[op.num] as number) + this.before;
    return op.op === 0 ? value !== 0 : value + op.op < 0;
  }
}

/** One set of semaphores (struct sem_array). */
export class SemArray extends IpcObject {
  readonly values: Uint16Array;
  /** Who changed each last. */
  readonly pids: (Pid | undefined)[];
  otime = 0;
  ctime: number;
  /** Waiting for zero only, and the others; in the order of their coming. */
  private readonly constant = new Set<SemQueue>();
  private readonly altering = new Set<SemQueue>();
  /** Of `altering`, those with several operations. */
  private complex = 0;
  private readonly lists = new Set<SemUndoList>();

  constructor(
    private readonly ns: IpcNamespace,
    key: number,
    mode: number,
    cred: Cred,
    readonly count: number,
  ) {
    super(key, mode, cred);
    this.values = new Uint16Array(count);
    this.pids = new Array<Pid | undefined>(count).fill(undefined);
    this.ctime = ns.seconds();
  }

  private get memory(): number {
    return OVERHEAD + this.count * 6;
  }

  /** newary. @returns the identifier, -EINVAL, -ENOSPC, -ENOMEM */
  static create(ns: IpcNamespace, key: number, mode: number, cred: Cred, count: number): number {
    const { semMns, semMni } = ns.settings;
    if (count === 0) return -EINVAL;
    if (ns.semaphores + count > semMns) return -ENOSPC;
    if (!ns.charge(OVERHEAD + count * 6)) return -ENOMEM;
    const array = new SemArray(ns, key, mode & 0o777, cred, count);
    const id = ns.sem.add(array, semMni);
    if (id < 0) ns.uncharge(array.memory);
    else ns.semaphores += count;
    return id;
  }

  /** freeary: everybody who waits hears EIDRM. */
  remove(): void {
    this.ns.sem.remove(this);
    this.ns.semaphores -= this.count;
    this.ns.uncharge(this.memory);
    for (const list of this.lists) {
      list.undos.delete(this);
      this.ns.uncharge(undoMemory(this.count));
    }
    this.lists.clear();
    for (const q of [...this.constant, ...this.altering]) this.end(q, -EIDRM);
  }

  /** The adjustments of `task` for this array, made if there are none. -ENOMEM */
  private undoOf(task: Task): SemUndo | number {
    task.semUndo ??= new SemUndoList();
    const list = task.semUndo;
    const known = list.undos.get(this);
    if (known !== undefined) return known;
    if (!this.ns.charge(undoMemory(this.count))) return -ENOMEM;
    const undo = { adjust: new Int16Array(this.count) };
    list.undos.set(this, undo);
    this.lists.add(list);
    return undo;
  }

  /**
   * semtimedop(2) after its checks.
   * @param deadline kernel time in ms; undefined: none
   * @returns 0, -EAGAIN, -ERANGE, -ENOMEM, or the wait
   */
  operate(task: Task, ops: readonly SemOp[], deadline: number | undefined): number | Block {
    const alters = ops.some((o) => o.op !== 0);
    const undo = ops.some((o) => (o.flags & SEM_UNDO) !== 0) ? this.undoOf(task) : undefined;
    if (typeof undo === 'number') return undo;
    const q = new SemQueue(ops, task.group.ref, undo, alters);
    const r = this.perform(q);
    if (r === 0) {
      this.otime = this.ns.seconds();
      if (alters) this.update();
    }
    return r <= 0 ? r : this.sleep(q, deadline);
  }

  private sleep(q: SemQueue, deadline: number | undefined): Block {
    (q.alters ? this.altering : this.constant).add(q);
    if (q.alters && q.ops.length > 1) this.complex++;
    return {
      on: [q.queue],
      retry: () => q.result ?? WOULD_BLOCK,
      // Never restarted, whatever the handler's flags are (signal(7)).
      interrupted: -EINTR,
      ...(deadline === undefined ? {} : { deadline, timeout: () => -EAGAIN }),
      done: () => this.unlink(q),
    };
  }

  private unlink(q: SemQueue): void {
    if (!(q.alters ? this.altering : this.constant).delete(q)) return;
    if (q.alters && q.ops.length > 1) this.complex--;
  }

  private end(q: SemQueue, result: number): void {
    this.unlink(q);
    q.result = result;
    q.queue.wake(1);
  }

  /** Carries out all operations or none. @returns 0, 1: it has to wait, -ERANGE, -EAGAIN for IPC_NOWAIT */
  private perform(q: SemQueue): number {
    const { ops, undo } = q;
    let done = 0;
    let err = 0;
    for (; done < ops.length; done++) {
      const op = ops[done] as SemOp;
      err = this.performOne(op, undo);
      if (err !== 0) {
        q.block(op);
        break;
      }
    }
    if (err === 0) {
      for (const op of ops) this.pids[op.num] = q.pid;
      return 0;
    }
    while (--done >= 0) this.takeBack(ops[done] as SemOp, undo);
    return err;
  }

  private performOne(op: SemOp, undo: SemUndo | undefined): number {
    const value = this.values[op.num] as number;
    const result = value + op.op;
    if ((op.op === 0 && value !== 0) || result < 0) return (op.flags & IPC_NOWAIT) !== 0 ? -EAGAIN : 1;
    if (result > SEMVMX) return -ERANGE;
    if (undo !== undefined && (op.flags & SEM_UNDO) !== 0) {
      const adjust = (undo.adjust[op.num] as number) - op.op;
      if (adjust < -SEMAEM - 1 || adjust > SEMAEM) return -ERANGE;
      undo.adjust[op.num] = adjust;
    }
    this.values[op.num] = result;
    return 0;
  }

  private takeBack(op: SemOp, undo: SemUndo | undefined): void {
    this.values[op.num] = (this.values[op.num] as number) - op.op;
    if (undo !== undefined && (op.flags & SEM_UNDO) !== 0) {
      undo.adjust[op.num] = (undo.adjust[op.num] as number) + op.op;
    }
  }

  /** Some value has changed: lets those go on who can now, who waits for zero first (do_smart_update). */
  private update(): void {
    let again = true;
    while (again) {
      this.wakeZero();
      again = this.wakeAltering();
    }
  }

  private wakeZero(): void {
    for (const q of this.constant) this.attempt(q);
  }

  /** @returns true if what came earlier in the queue may be possible now */
  private wakeAltering(): boolean {
    for (const q of this.altering) {
      const { complex } = this;
      if (!this.attempt(q) || q.result !== 0) continue;
      if (complex > 0) return true;
      // A lone decrease helps none but those who wait for zero.
      this.wakeZero();
    }
    return false;
  }

  /** @returns true if the wait has ended */
  private attempt(q: SemQueue): boolean {
    if (q.stillBlocked(this.values)) return false;
    const r = this.perform(q);
    if (r > 0) return false;
    if (r === 0) this.otime = this.ns.seconds();
    this.end(q, r);
    return true;
  }

  /** SETVAL and SETALL: sets values from `first` on; pending adjustments of them are forgotten. */
  set(first: number, values: ArrayLike<number>, pid: Pid): void {
    for (let i = 0; i < values.length; i++) {
      this.values[first + i] = values[i] as number;
      this.pids[first + i] = pid;
    }
    for (const list of this.lists) list.undos.get(this)?.adjust.fill(0, first, first + values.length);
    this.ctime = this.ns.seconds();
    this.update();
  }

  /** GETNCNT and GETZCNT: how many wait for semaphore `num` to grow, or to be zero (count_semcnt). */
  waiting(num: number, zero: boolean): number {
    let n = 0;
    for (const q of zero ? [...this.constant, ...this.altering] : this.altering) {
      const { blocking } = q;
      if (blocking?.num === num && (blocking.op === 0) === zero) n++;
    }
    return n;
  }

  /** The end of a process: its adjustments are made (exit_sem). */
  adjust(list: SemUndoList, pid: Pid): void {
    const undo = list.undos.get(this);
    if (undo === undefined) return;
    this.lists.delete(list);
    this.ns.uncharge(undoMemory(this.count));
    for (const [num, by] of undo.adjust.entries()) {
      if (by === 0) continue;
      this.values[num] = Math.min(SEMVMX, Math.max(0, (this.values[num] as number) + by));
      this.pids[num] = pid;
    }
    this.otime = this.ns.seconds();
    this.update();
  }
}

function undoMemory(count: number): number {
  return OVERHEAD + count * 2;
}

/** clone(2) with CLONE_SYSVSEM: the list that parent and child share from now on. */
export function shareSemUndo(task: Task): SemUndoList {
  task.semUndo ??= new SemUndoList();
  task.semUndo.users++;
  return task.semUndo;
}

/** The task has ended, or leaves its list (unshare(2)): the last user's end makes the adjustments. */
export function exitSem(task: Task): void {
  const list = task.semUndo;
  task.semUndo = undefined;
  if (list === undefined || --list.users > 0) return;
  for (const array of list.undos.keys()) array.adjust(list, task.group.ref);
  list.undos.clear();
}
