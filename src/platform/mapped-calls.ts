/**
 * Calls whose work is a mapping that only the host can make or take away: io_setup(2) and io_destroy(2), shmat(2) and
 * shmdt(2), and mmap(2) of descriptor 0. At its stop such a call is turned into mmap(2) or munmap(2), and at its end the caller gets its registers back.
 *
 * The mmap of a segment arrives as a notification, as that of any file; the dispatcher then puts the segment's descriptor at a
 * number that no other call of the moment uses. All arguments are in registers, which no other thread can change.
 */

import { EINVAL, ERESTARTNOINTR, ERESTARTSYS } from '../abi/errno.js';
import { MAP_ANONYMOUS } from '../abi/mman.js';
import { SYS } from '../arch/x86-64-syscalls.js';
import { AIO_PAGE, beginAio, destroyAio, prepareAio } from '../kernel/aio.js';
import type { ShmSegment } from '../kernel/ipc/shm.js';
import { attachError, prepareAttach, prepareDetach } from '../kernel/ipc/shmat.js';
import type { Task } from '../kernel/task.js';
import { type Native, Reg } from './native.js';

interface MappedCall {
  readonly token: unknown;
  /** What the call returns, by what the mapping returned. */
  finish(result: number): number;
  /** The caller has died. */
  gone?(): void;
}

export class MappedCalls {
  /** Calls that the host carries out, by host thread id. */
  private readonly calls = new Map<number, MappedCall>();
  /** A shmdt(2) that has more to take away: the host's own restart makes it once more. */
  private readonly unfinished = new WeakMap<Task, { addr: number; segment: ShmSegment }>();

  constructor(private readonly native: Native) {}

  /**
   * A task stands at its call.
   * @param token the observer's, given back by `ended`
   * @returns what the call returns if that is known, undefined when the host is on its way with it
   */
  begin(task: Task, nr: number, regs: Float64Array, token: unknown): number | undefined {
    const [first, second, third] = [regs[Reg.rdi], regs[Reg.rsi], regs[Reg.rdx]] as [number, number, number];
    if (nr === SYS.io_setup) return this.aioSetup(task, first >>> 0, second, token);
    if (nr === SYS.io_destroy) return this.aioDestroy(task, first, token);
    if (nr === SYS.shmat) return this.attach(task, first | 0, second, third | 0, token);
    if (nr === SYS.mmap) return this.mapZero(task, token);
    return this.detach(task, first, token);
  }

  /** mmap(2) of descriptor 0, which at the host is the loader's for good: the call runs with another number in its place. */
  private mapZero(task: Task, token: unknown): undefined {
    const fd = task.container.ipc.reserveFd();
    task.mapsZeroAs = fd;
    const end = (): void => {
      task.mapsZeroAs = undefined;
      task.container.ipc.freeFd(fd);
    };
    const finish = (result: number): number => {
      end();
      return result;
    };
    this.calls.set(task.hostTid, { finish, token, gone: end });
    this.native.ptraceMapAs(task.hostTid, fd);
    return undefined;
  }

  /** True for a call that belongs here. */
  static has(nr: number, regs: Float64Array): boolean {
    if (nr === SYS.mmap)
      return ((regs[Reg.r10] as number) & MAP_ANONYMOUS) === 0 && ((regs[Reg.r8] as number) | 0) === 0;
    return nr === SYS.io_setup || nr === SYS.io_destroy || nr === SYS.shmat || nr === SYS.shmdt;
  }

  private aioSetup(task: Task, requests: number, at: number, token: unknown): number | undefined {
    const ctx = prepareAio(task, requests, at);
    if (typeof ctx === 'number') return ctx;
    const finish = (page: number): number => (page < 0 ? page : beginAio(task, ctx, page, at));
    this.calls.set(task.hostTid, { finish, token });
    this.native.ptraceMap(task.hostTid, AIO_PAGE);
    return undefined;
  }

  /** That the guest may have unmapped the page itself does not matter. */
  private aioDestroy(task: Task, name: number, token: unknown): number | undefined {
    const err = destroyAio(task, name);
    if (err < 0) return err;
    this.calls.set(task.hostTid, { finish: () => 0, token });
    this.native.ptraceUnmap(task.hostTid, name, AIO_PAGE);
    return undefined;
  }

  private attach(task: Task, id: number, addr: number, flags: number, token: unknown): number | undefined {
    const plan = prepareAttach(task, id, addr, flags);
    if (typeof plan === 'number') return plan;
    const { segment, hostFd } = plan;
    const fd = task.container.ipc.reserveFd();
    task.attaching = { hostFd, fd };
    const end = (made: boolean): void => {
      task.attaching = undefined;
      task.container.ipc.freeFd(fd);
      segment.attachEnded(task.group.ref, made);
    };
    const finish = (result: number): number => {
      end(result >= 0);
      return attachError(result);
    };
    this.calls.set(task.hostTid, { finish, token, gone: () => end(false) });
    this.native.ptraceMapFile(task.hostTid, plan.addr, segment.size, plan.prot, plan.flags, fd);
    return undefined;
  }

  private detach(task: Task, addr: number, token: unknown): number | undefined {
    const rest = this.unfinished.get(task);
    this.unfinished.delete(task);
    const again = rest?.addr === addr ? rest.segment : undefined;
    const plan = prepareDetach(task, addr, again);
    if (typeof plan === 'number') return again !== undefined && plan === -EINVAL ? 0 : plan;
    const { segment } = plan;
    const finish = (result: number): number => {
      if (result < 0) return result;
      segment.closed(task.group.ref);
      if (typeof prepareDetach(task, addr, segment) === 'number') return 0;
      // Other mappings lie before what is left of the attachment.
      this.unfinished.set(task, { addr, segment });
      this.native.ptraceInterrupt(task.hostTid);
      return -ERESTARTNOINTR;
    };
    this.calls.set(task.hostTid, { finish, token });
    this.native.ptraceUnmap(task.hostTid, plan.start, plan.length);
    return undefined;
  }

  /**
   * A task has stopped at the end of a call.
   * @returns undefined if it is none of these; else the observer's token and what the call returns
   */
  ended(task: Task, result: number): { token: unknown; result: number } | undefined {
    const call = this.calls.get(task.hostTid);
    if (call === undefined) return undefined;
    this.calls.delete(task.hostTid);
    // A signal came before the sentry had taken the mapping: nothing has happened, so it is made again.
    const value = result === -ERESTARTSYS ? -ERESTARTNOINTR : result;
    const shown = call.finish(value);
    this.native.ptraceRestore(task.hostTid);
    this.native.ptraceResult(task.hostTid, shown);
    return { token: call.token, result: shown };
  }

  /** The thread has ended. */
  gone(tid: number): void {
    const call = this.calls.get(tid);
    this.calls.delete(tid);
    call?.gone?.();
  }
}
