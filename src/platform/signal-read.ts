/**
 * Taking signals for a read of a signalfd: the reading thread, stopped on its way back to the program, is made to run
 * rt_sigtimedwait(2) with a zero timeout, as often as there is something, and then gets the registers that it would have
 * after its read. A signal that is to be delivered in between comes first; the read then ends short, or is made anew.
 */

import { EAGAIN, EFAULT } from '../abi/errno.js';
import { SI_KERNEL, SI_TIMER, SIGCHLD, SIGIO } from '../abi/signal.js';
import { SIGNALFD_SIGINFO_SIZE } from '../abi/structs-ipc.js';
import { SIGINFO_SIZE } from '../abi/structs-process.js';
import { SYS } from '../arch/x86-64-syscalls.js';
import { waitedSiginfo } from '../kernel/signals.js';
import { signalState } from '../kernel/sigstate.js';
import type { SignalRead, Task } from '../kernel/task.js';
import { type Native, Reg } from './native.js';

/** The call's set and timeout lie where its siginfo will be put: the host has read them by then. */
const TIMEOUT_OFFSET = 8;
const SIGSET_SIZE = 8;
/** Below the stack pointer: past the red zone, room for one siginfo. */
const STACK_GAP = 128 + SIGINFO_SIZE;

export class SignalReads {
  private readonly regs = new Float64Array(27);
  constructor(private readonly native: Native) {}

  /** The thread stands still: begins to take signals. */
  begin(task: Task, read: SignalRead): void {
    if (read.place === 0 && !this.choosePlace(task, read)) {
      this.finish(task, read, -EFAULT);
      return;
    }
    this.take(task, read);
  }

  /** @returns true if the rt_sigtimedwait(2) that `task` stands at is the one it was made to run */
  entered(task: Task): boolean {
    const read = task.signalRead;
    if (read?.stage !== 'sent') return false;
    read.stage = 'taking';
    this.native.ptraceToExit(task.hostTid);
    return true;
  }

  /** The call has ended. @param result a signal's number or -errno */
  ended(task: Task, read: SignalRead, result: number): void {
    if (result > 0) {
      const info = this.info(task, read);
      if (info === undefined) {
        this.finish(task, read, -EFAULT);
        return;
      }
      read.infos.push(info);
      const more = read.infos.length < read.room && this.pending(task, read);
      if (more) this.take(task, read);
      else this.finish(task, read, 0);
    } else if (result === -EAGAIN && read.infos.length === 0 && !read.nonblock) {
      // Another thread was faster: waits again.
      this.leave(task, read, 0, true);
      this.native.ptraceCont(task.hostTid, 0);
    } else {
      this.finish(task, read, result);
    }
  }

  /** A signal is about to be delivered in the midst of it. */
  interrupted(task: Task, read: SignalRead): void {
    if (read.stage === 'asked') task.signalRead = undefined;
    else if (read.infos.length === 0) this.leave(task, read, 0, true);
    else this.leave(task, read, this.deliver(task, read), false);
  }

  /** In the caller's buffer if one piece of it is large enough, else on the stack, which then is put back. */
  private choosePlace(task: Task, read: SignalRead): boolean {
    const range = read.ranges.find((r) => r.len >= SIGINFO_SIZE);
    if (range !== undefined) {
      read.place = range.addr;
      return true;
    }
    if (this.native.getRegs(task.hostTid, this.regs) < 0) return false;
    read.place = (this.regs[Reg.rsp] as number) - STACK_GAP;
    read.kept = new Uint8Array(SIGINFO_SIZE);
    return task.mem.read(read.place, read.kept, 0, SIGINFO_SIZE) === SIGINFO_SIZE;
  }

  private pending(task: Task, read: SignalRead): boolean {
    return ((signalState(task)?.pending ?? 0n) & read.mask) !== 0n;
  }

  private take(task: Task, read: SignalRead): void {
    const { place } = read;
    const dv = task.mem.stage(TIMEOUT_OFFSET + 16);
    dv.setBigUint64(0, read.mask, true);
    if (task.mem.post(place, TIMEOUT_OFFSET + 16) < 0) {
      this.finish(task, read, -EFAULT);
      return;
    }
    const first = read.stage === 'asked';
    read.stage = 'sent';
    this.native.ptraceInject(
      task.hostTid,
      SYS.rt_sigtimedwait,
      place,
      place,
      place + TIMEOUT_OFFSET,
      SIGSET_SIZE,
      first,
    );
  }

  private info(task: Task, read: SignalRead): Uint8Array | undefined {
    waitedSiginfo(task, read.place);
    const from = task.mem.view(read.place, SIGINFO_SIZE);
    return typeof from === 'number' ? undefined : signalfdInfo(from);
  }

  /** Stores what was taken. @returns the read's result */
  private deliver(task: Task, read: SignalRead): number {
    const bytes = Buffer.concat(read.infos);
    return task.mem.sink(read.ranges).put(bytes, 0, bytes.length);
  }

  /** Ends the read with what there is, or else with `result`, and lets the thread go. */
  private finish(task: Task, read: SignalRead, result: number): void {
    const value = read.infos.length > 0 ? this.deliver(task, read) : result;
    this.leave(task, read, value, false);
    this.native.ptraceCont(task.hostTid, 0);
  }

  /** Gives the registers back. @param again the read is to be made once more instead of ending with `value` */
  private leave(task: Task, read: SignalRead, value: number, again: boolean): void {
    if (read.kept !== undefined) task.mem.write(read.place, read.kept, 0, SIGINFO_SIZE);
    task.signalRead = undefined;
    this.native.ptraceReturn(task.hostTid, value, again);
  }
}

/** struct signalfd_siginfo from siginfo_t (signalfd_copyinfo). */
export function signalfdInfo(info: DataView): Uint8Array {
  const bytes = new Uint8Array(SIGNALFD_SIGINFO_SIZE);
  const out = new DataView(bytes.buffer);
  const signo = info.getInt32(0, true);
  const code = info.getInt32(8, true);
  const move = (from: number, to: number): void => out.setUint32(to, info.getUint32(from, true), true);
  const move64 = (from: number, to: number): void =>
    out.setBigUint64(to, info.getBigUint64(from, true), true);
  move(0, 0);
  move(4, 4);
  move(8, 8);
  if (code > 0 && code < SI_KERNEL && signo === SIGIO) {
    move(16, 28); // band
    move(24, 20); // fd
  } else if (code > 0 && code < SI_KERNEL && signo === SIGCHLD) {
    move(16, 12); // pid
    move(20, 16); // uid
    move(24, 40); // status
    move64(32, 56); // utime
    move64(40, 64); // stime
  } else if (code > 0 && code < SI_KERNEL) {
    move64(16, 72); // addr
  } else if (code === SI_TIMER) {
    move(16, 24); // tid
    move(20, 32); // overrun
    move64(24, 48); // ptr
    move(24, 44); // int
  } else {
    move(16, 12); // pid
    move(20, 16); // uid
    if (code < 0) {
      move64(24, 48); // ptr
      move(24, 44); // int
    }
  }
  return bytes;
}
