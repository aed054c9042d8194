/**
 * Contexts of asynchronous input and output (fs/aio.c, io_setup(2)). A context is named by the address of a page in its
 * process, which the tracer has the host map there: libraries look at it, and go to the kernel when they find no ring.
 */

import type { IoEvent } from '../abi/aio.js';
import { EAGAIN, EFAULT, EINVAL } from '../abi/errno.js';
import type { Kernel } from './kernel.js';
import type { Task, ThreadGroup } from './task.js';
import { WaitQueue } from './wait.js';

/** fs.aio-max-nr: requests that all contexts of the sandbox may hold. */
export const AIO_MAX_NR = 65536;
/** Bytes of the page that names a context. */
export const AIO_PAGE = 4096;
const NR_EVENTS_LIMIT = 0x10000000 / 32;
/** Requests that wait, or ended and were not fetched, of all contexts: smaller ones have room for more than they reserve. */
const MAX_OUTSTANDING = 2 * AIO_MAX_NR;
/** Least number of requests that a context has room for, as on a small machine. */
const LEAST_EVENTS = 8;

/** A request that has not ended when io_submit(2) returns: a poll. */
export interface PendingRequest {
  readonly obj: number;
  /** Ends it without an event. */
  drop(): void;
  /** io_cancel(2): it ends with the event of a cancelled request. */
  cancel(): void;
}

export class AioContext {
  /** What ended and was not fetched. */
  private readonly ended: IoEvent[] = [];
  private readonly waiting = new Set<PendingRequest>();
  /** Woken when a request ends, and at the context's end. */
  readonly queue = new WaitQueue();
  dead = false;
  /** Requests that it has room for: more than were asked for, as the pages of Linux's ring have it. */
  readonly room: number;

  /** @param all requests of the sandbox */
  constructor(
    readonly reserved: number,
    private readonly all: { outstanding: number },
  ) {
    const wanted = Math.max(reserved, LEAST_EVENTS) * 2 + 2;
    const pages = Math.ceil((32 + 32 * wanted) / AIO_PAGE);
    this.room = Math.floor((pages * AIO_PAGE - 32) / 32) - 1;
  }

  get full(): boolean {
    return this.ended.length + this.waiting.size >= this.room || this.all.outstanding >= MAX_OUTSTANDING;
  }
  get events(): readonly IoEvent[] {
    return this.ended;
  }
  get pending(): Iterable<PendingRequest> {
    return this.waiting;
  }

  complete(event: IoEvent): void {
    this.ended.push(event);
    this.all.outstanding++;
    this.queue.wake(1);
  }
  /** The caller has got the first `n` events. */
  fetched(n: number): void {
    this.ended.splice(0, n);
    this.all.outstanding -= n;
  }

  add(request: PendingRequest): void {
    this.waiting.add(request);
    this.all.outstanding++;
  }
  has(request: PendingRequest): boolean {
    return this.waiting.has(request);
  }
  /** @returns false if it was not pending any more */
  remove(request: PendingRequest): boolean {
    if (!this.waiting.delete(request)) return false;
    this.all.outstanding--;
    return true;
  }

  end(): void {
    this.dead = true;
    for (const request of [...this.waiting]) request.drop();
    this.fetched(this.ended.length);
    this.queue.wake(1);
  }
}

/** The contexts of one process; a new program has none. */
interface Table {
  program: unknown;
  readonly contexts: Map<number, AioContext>;
}
const tables = new WeakMap<ThreadGroup, Table>();
/** Requests reserved by contexts, and by which: a process that ends returns them when somebody asks next. */
const live = new WeakMap<Kernel, Map<AioContext, ThreadGroup>>();

const loads = new WeakMap<Kernel, { outstanding: number }>();

function owners(kernel: Kernel): Map<AioContext, ThreadGroup> {
  let map = live.get(kernel);
  if (map === undefined) live.set(kernel, (map = new Map()));
  return map;
}

function tableOf(group: ThreadGroup): Table {
  let table = tables.get(group);
  if (table === undefined || table.program !== group.exe) {
    tables.set(group, (table = { program: group.exe, contexts: new Map() }));
  }
  return table;
}

/** fs.aio-nr: requests reserved now. Contexts of processes and programs that are gone end here. */
export function aioReserved(kernel: Kernel): number {
  const map = owners(kernel);
  let total = 0;
  for (const [ctx, group] of map) {
    const table = tables.get(group);
    const gone = group.exitStatus !== undefined || table === undefined || table.program !== group.exe;
    if (gone) end(kernel, ctx);
    else total += ctx.reserved;
  }
  return total;
}

function end(kernel: Kernel, ctx: AioContext): void {
  owners(kernel).delete(ctx);
  ctx.end();
}

/** A process ends, or executes a program: so do its contexts, and the files that they hold. */
export function exitAio(group: ThreadGroup): void {
  const table = tables.get(group);
  if (table === undefined) return;
  tables.delete(group);
  for (const ctx of table.contexts.values()) end(group.kernel, ctx);
}

/** io_setup(2) up to the page. @param at where the context's name goes @returns a context, -EFAULT, -EINVAL or -EAGAIN */
export function prepareAio(task: Task, requests: number, at: number): AioContext | number {
  const old = task.mem.u64(at);
  if (Number.isNaN(old)) return -EFAULT;
  if (old !== 0 || requests === 0 || requests > NR_EVENTS_LIMIT) return -EINVAL;
  if (requests > AIO_MAX_NR || aioReserved(task.kernel) + requests > AIO_MAX_NR) return -EAGAIN;
  let all = loads.get(task.kernel);
  if (all === undefined) loads.set(task.kernel, (all = { outstanding: 0 }));
  return new AioContext(requests, all);
}

/** The page of a prepared context is there: the context gets its name. @returns 0 or -EFAULT */
export function beginAio(task: Task, ctx: AioContext, page: number, at: number): number {
  const err = task.mem.putU64(at, page);
  if (err < 0) return err;
  tableOf(task.group).contexts.set(page, ctx);
  owners(task.kernel).set(ctx, task.group);
  return 0;
}

/** The context that `name` means to the caller. */
export function findAio(task: Task, name: number): AioContext | undefined {
  return tableOf(task.group).contexts.get(name);
}

/** io_destroy(2) but for the page. @returns 0 or -EINVAL */
export function destroyAio(task: Task, name: number): number {
  const { contexts } = tableOf(task.group);
  const ctx = contexts.get(name);
  if (ctx === undefined) return -EINVAL;
  contexts.delete(name);
  end(task.kernel, ctx);
  return 0;
}
