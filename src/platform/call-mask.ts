/**
 * Signals that only the mask of a call lets in: ppoll(2), pselect(2), epoll_pwait(2). Linux delivers them under that mask, and
 * the handler's frame holds the thread's own one, which comes back when it returns. The host knows nothing of the call's mask,
 * so the thread is stepped into its handler and the frame corrected there.
 */

import { SIGSTOP, SIGTRAP } from '../abi/signal.js';
import { RT_SIGFRAME_SIGMASK } from '../arch/x86-64.js';
import { deliverable, sigBit, signalState } from '../kernel/sigstate.js';
import type { Task } from '../kernel/task.js';
import { type Native, Reg } from './native.js';

export class CallMasks {
  private readonly regs = new Float64Array(27);
  /** Threads on their way into a handler, by host thread id, and the mask that they had before the call. */
  private readonly entering = new Map<number, bigint>();

  constructor(private readonly native: Native) {}

  /** The thread waits for its signal no more under its own mask, but under the call's. */
  apply(task: Task): void {
    if (task.tempSigmask === undefined) return;
    this.set(task, task.tempSigmask);
    task.tempSigmask = undefined;
  }

  /**
   * Delivers a signal to a thread at its signal stop and lets it go on.
   * @param inject 0 for none
   */
  deliver(task: Task, inject: number): void {
    const own = task.savedSigmask;
    const applied = own !== undefined && task.tempSigmask === undefined;
    task.savedSigmask = undefined;
    task.tempSigmask = undefined;
    if (own === undefined || !applied) {
      // Either no mask of a call, or the signal came under the thread's own.
      this.native.ptraceCont(task.hostTid, inject);
      return;
    }
    const state = inject === 0 ? undefined : signalState(task);
    const bit = inject === 0 ? 0n : sigBit(inject);
    if (state !== undefined && (state.caught & bit) !== 0n) {
      this.entering.set(task.hostTid, own);
      this.native.ptraceStep(task.hostTid, inject);
      return;
    }
    // What ends the process must not be blocked now; all else is over with this stop.
    const fatal = inject !== SIGSTOP && state !== undefined && deliverable(state, bit, 0n) !== 0n;
    if (!fatal) this.set(task, own);
    this.native.ptraceCont(task.hostTid, inject);
  }

  /**
   * A thread has stopped with a signal while it entered its handler.
   * @returns true if that was the handler's first instruction; then it goes on
   */
  entered(task: Task, sig: number): boolean {
    const own = this.entering.get(task.hostTid);
    if (own === undefined) return false;
    this.entering.delete(task.hostTid);
    if (sig !== SIGTRAP) {
      // No room for the frame: this is the SIGSEGV that follows.
      this.set(task, own);
      return false;
    }
    if (this.native.getRegs(task.hostTid, this.regs) >= 0) {
      const frame = this.regs[Reg.rsp] as number;
      task.mem.putU32(frame + RT_SIGFRAME_SIGMASK, Number(own & 0xffffffffn));
      task.mem.putU32(frame + RT_SIGFRAME_SIGMASK + 4, Number(own >> 32n));
    }
    this.native.ptraceCont(task.hostTid, 0);
    return true;
  }

  ended(tid: number): void {
    this.entering.delete(tid);
  }

  private set(task: Task, mask: bigint): void {
    new DataView(this.native.scratch).setBigUint64(0, mask, true);
    this.native.ptraceSetSigmask(task.hostTid);
  }
}
