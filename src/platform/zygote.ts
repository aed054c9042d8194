/**
 * The zygote: a process under the guests' filter that runs nothing but addon/guest/loader.c. The first process of each container
 * and of each exec is a copy of it, so that there is one filter, one listener and one reaper however many containers a sandbox
 * has. To guests and to the kernel's tables it does not exist; a copy does from the moment it is handed over, which is before it
 * has run anything of a guest's.
 */

import { NR_LOAD } from '../arch/load-plan.js';
import { NR_SPAWN, NR_SPAWNED, ZYGOTE } from '../arch/spawn-block.js';
import { type Native, Reg } from './native.js';

const PTRACE_EVENT_CLONE = 3;

/** A process that stands before its first instruction, in the call that waits for its arguments. */
export interface Standing {
  /** Thread id for host calls. */
  readonly hostTid: number;
  /** Its number in the guests' pid namespace. */
  readonly tid: number;
  /** Where its arguments are to be put. */
  readonly block: number;
}

interface Order {
  readonly size: number;
  /** @param process undefined when there will be none */
  readonly done: (process: Standing | undefined) => void;
}

export class Zygote {
  /** Asked for and not begun; the first of them is under way if `busy`. */
  private readonly orders: Order[] = [];
  private busy = false;
  /** It waits to be told of the next order. */
  private asks = false;
  private dead = false;
  /** The copy that is being made. */
  private child = 0;

  constructor(
    private readonly native: Native,
    /** The first process of the room, which stands at its execve. */
    private readonly hostTid: number,
    /** True, once, for a thread that has stopped before anybody knew of it. */
    private readonly takeEarly: (tid: number) => boolean,
  ) {
    const regs = new Float64Array(27);
    native.getRegs(hostTid, regs);
    native.ptraceExec(hostTid, regs[Reg.rdi] as number, regs[Reg.rsi] as number, regs[Reg.rdx] as number);
  }

  /**
   * Orders a process. @param size bytes of its arguments (arch/spawn-block.ts)
   * @param done told when it stands, or that it never will (the host refuses processes)
   */
  spawn(size: number, done: Order['done']): void {
    if (this.dead) {
      done(undefined);
      return;
    }
    this.orders.push({ size, done });
    this.next();
  }

  private next(): void {
    const order = this.orders[0];
    if (order === undefined || this.busy || !this.asks) return;
    this.busy = true;
    this.asks = false;
    this.native.reply(this.hostTid, order.size);
  }

  /**
   * A call of a thread that is no task.
   * @returns its answer; 'later': `reply` will give it; undefined: the thread is none of ours
   */
  call(tid: number, nr: number, address: number): number | 'later' | undefined {
    if (tid === this.hostTid) {
      if (nr === NR_LOAD) return ZYGOTE;
      if (nr !== NR_SPAWN) return undefined;
      // Back without a copy: the host has refused it.
      if (this.busy && this.child === 0) this.finish(undefined);
      this.asks = true;
      this.next();
      return 'later';
    }
    if (tid !== this.child || nr !== NR_SPAWNED) return undefined;
    const inner = this.native.guestTid(tid);
    this.finish(inner > 0 ? { hostTid: tid, tid: inner, block: address } : undefined);
    return 'later';
  }

  private finish(process: Standing | undefined): void {
    this.busy = false;
    this.child = 0;
    this.orders.shift()?.done(process);
    this.next();
  }

  /** A status of waitpid(2) of a thread that is no task. @returns whether it was one of ours */
  event(tid: number, status: number): boolean {
    if (tid !== this.hostTid && tid !== this.child) return false;
    if ((status & 0xff) !== 0x7f) this.ended(tid);
    else {
      if (tid === this.hostTid && status >> 16 === PTRACE_EVENT_CLONE) this.cloned();
      this.native.ptraceCont(tid, 0);
    }
    return true;
  }

  private cloned(): void {
    this.child = this.native.ptraceEventMessage(this.hostTid);
    if (this.takeEarly(this.child)) this.native.ptraceCont(this.child, 0);
  }

  /** Somebody has killed it: the host's memory killer, say. */
  private ended(tid: number): void {
    if (tid === this.child) {
      this.finish(undefined);
      return;
    }
    this.dead = true;
    for (const order of this.orders.splice(0)) order.done(undefined);
  }
}
