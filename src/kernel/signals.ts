/**
 * Sending signals and what follows from them, as in kernel/signal.c. The host kernel queues and delivers; here it is decided
 * who may send, what pid 1 is protected from, which waiting call a signal interrupts, and what parents hear of stops.
 */

import { POLLPRI } from '../abi/poll.js';
import { CAP_KILL } from '../abi/sched.js';
import {
  CLD_CONTINUED,
  CLD_STOPPED,
  SI_TIMER,
  SI_USER,
  SIGCHLD,
  SIGCONT,
  SIGKILL,
  SIGSTOP,
  SIGTSTP,
  SIGTTIN,
  SIGTTOU,
} from '../abi/signal.js';
import { type RawSiginfo, readSiginfo, SIGINFO_SIZE } from '../abi/structs-process.js';
import { interruptBlock, settle } from './blocking.js';
import { type Cred, capable } from './cred.js';
import { isOrphanedGroup } from './ids.js';
import { deliverable, type SignalState, sigBit, signalState } from './sigstate.js';
import type { ProcessGroup, Task, ThreadGroup } from './task.js';

export interface SigInfo {
  signo: number;
  /** SI_* or CLD_*. */
  code: number;
  /** Guest pid of the sender; 0 or undefined: the kernel, or the operator. For SI_TIMER the timer's id. */
  pid?: number;
  /** Its uid; for SI_TIMER the overrun count. */
  uid?: number;
  /** si_status of SIGCHLD. */
  status?: number;
  /** sigval as a double. */
  value?: number;
  utime?: number;
  stime?: number;
}

/** Where siginfo of a stop is put in the staging area: its last bytes, which handlers never use. */
const SIGINFO_OFFSET = 0x100000 - 256;

const STOP_SIGNALS = sigBit(SIGTSTP) | sigBit(SIGTTIN) | sigBit(SIGTTOU);

/**
 * Sends to one thread.
 * @returns 0, or -EAGAIN when the queue is full (only real-time signals)
 */
export function sendToTask(task: Task, info: SigInfo): number {
  return send(task.group, task, info);
}

/** What a call raises for its own caller, such as SIGPIPE: it looks as if the process had sent it (send_sig with 0). */
export function raise(task: Task, signo: number): void {
  sendToTask(task, { signo, code: SI_USER, pid: task.pid, uid: task.cred.uid });
}

/** Sends to a process; some thread that does not block the signal takes it. */
export function sendToProcess(tg: ThreadGroup, info: SigInfo): number {
  return send(tg, undefined, info);
}

/** Sends to every member of a group. */
export function sendToGroup(pg: ProcessGroup, info: SigInfo): void {
  for (const tg of [...pg.members]) sendToProcess(tg, info);
}

function send(tg: ThreadGroup, task: Task | undefined, info: SigInfo): number {
  const target = task ?? tg.leader;
  if (tg.zombie || target === undefined || info.signo === 0) return 0;
  const sig = info.signo;
  const forced = sig === SIGKILL || sig === SIGSTOP;
  const state = forced || handlesChildren(tg, sig) ? undefined : signalState(target);
  if (protectedInit(tg, target, info, state)) return 0;
  // A traced process would be stopped even for a signal that it ignores, and its sleep be disturbed: do not send it.
  const bit = sigBit(sig);
  const heeded = state === undefined || (state.blocked & bit) !== 0n || deliverable(state, bit, 0n) !== 0n;
  if (!heeded && sig !== SIGCONT && !awaited(target, bit)) return 0;
  const r = tg.kernel.native.sendSignal(
    tg.hostPid,
    task?.hostTid ?? 0,
    sig,
    info.code,
    info.pid ?? 0,
    info.uid ?? 0,
    info.value ?? info.status ?? 0,
  );
  if (r < 0) return r;
  if (sig === SIGCONT) resumed(tg);
  if (sig === SIGKILL) return 0;
  for (const t of task === undefined ? tg.tasks : [task]) t.signalHint = true;
  if (task !== undefined) interruptFor(task, sig, state, true);
  else interruptSome(tg, target, sig, state);
  if (tg.signalListeners !== undefined) for (const l of [...tg.signalListeners]) l.signalled(sig);
  return 0;
}

/** The most frequent signal, to a process whose handler is known: the host need not be asked whether it is heeded. */
function handlesChildren(tg: ThreadGroup, sig: number): boolean {
  return sig === SIGCHLD && tg.sigchldDisposition === 2 && tg.tasks.size === 1;
}

/** Did the signal come from a guest's call (kill, tkill, sigqueue), not from the kernel or the operator? */
function fromGuest(info: { code: number; pid?: number }): boolean {
  return info.code <= 0 && info.code !== SI_TIMER && (info.pid ?? 0) !== 0;
}

/**
 * Pid 1 gets no signal that it has no handler for, from inside not even SIGKILL and SIGSTOP (SIGNAL_UNKILLABLE,
 * pid_namespaces(7)). A blocked one stays pending and is looked at again when it is delivered.
 */
function protectedInit(
  tg: ThreadGroup,
  target: Task,
  info: SigInfo,
  state: SignalState | undefined,
): boolean {
  if (tg !== tg.pids.init || !tg.pids.initProtected) return false;
  if (info.signo === SIGKILL || info.signo === SIGSTOP) return fromGuest(info);
  if (state === undefined) return false;
  if (((state.caught | state.blocked) & sigBit(info.signo)) !== 0n || info.signo === SIGCONT) return false;
  return !awaited(target, sigBit(info.signo));
}

/**
 * True if the thread sits in rt_sigtimedwait(2) and has the signal blocked: what it waits for is then absent from the mask
 * that the host shows (real_blocked), and must be queued even if it would be ignored otherwise.
 */
function awaited(task: Task, bit: bigint): boolean {
  return ((task.sigwaitBlocked ?? 0n) & bit) !== 0n;
}

/**
 * Ends a task's wait if the signal, already at the host, is to be acted on there.
 * @param sure the host has marked this very thread (it is the only choice)
 */
function interruptFor(task: Task, sig: number, known: SignalState | undefined, sure: boolean): boolean {
  if (settle(task)) return false;
  const { block } = task;
  if (block === undefined) return false;
  if (sig === SIGSTOP) {
    interruptBlock(task, { sure });
    return true;
  }
  const state = known ?? signalState(task);
  if (state === undefined) return false;
  const bit = sigBit(sig);
  if (deliverable(state, bit, block.sigmask ?? state.blocked) === 0n) return false;
  const hidden = (state.blocked & bit) !== 0n;
  interruptBlock(task, { hidden, blocked: state.blocked, caught: (state.caught & bit) !== 0n, sure });
  return true;
}

/**
 * For a process-directed signal: the host wakes the first thread if that one does not block the signal, else another of
 * its choice, which we cannot know.
 */
function interruptSome(tg: ThreadGroup, target: Task, sig: number, state: SignalState | undefined): void {
  const bit = sigBit(sig);
  const takes = state === undefined || (state.blocked & bit) === 0n;
  if (target.block !== undefined && interruptFor(target, sig, state, takes && target.tid === tg.pid)) return;
  if (takes && target.tid === tg.pid) return;
  for (const t of [...tg.tasks]) if (t !== target && interruptFor(t, sig, undefined, false)) return;
}

/**
 * May `sender` send `sig` to `target`? (kill_ok_by_cred, check_kill_permission)
 */
export function mayKill(sender: Task, target: ThreadGroup, sig: number): boolean {
  if (sender.group === target) return true;
  const theirs = credOf(target);
  const { cred } = sender;
  if (theirs === undefined || capable(cred, CAP_KILL)) return true;
  if (
    cred.euid === theirs.suid ||
    cred.euid === theirs.uid ||
    cred.uid === theirs.suid ||
    cred.uid === theirs.uid
  ) {
    return true;
  }
  return sig === SIGCONT && sender.group.session === target.session;
}

/** Credentials of a process: its first thread's, or those it ended with. */
export function credOf(tg: ThreadGroup): Cred | undefined {
  return tg.leader?.cred ?? tg.exitCred;
}

/** siginfo of a task that is in a signal-delivery stop. */
export function stopInfo(task: Task): RawSiginfo | undefined {
  const { native } = task.kernel;
  if (native.ptraceGetSiginfo(task.hostTid, SIGINFO_OFFSET) < 0) return undefined;
  return readSiginfo(new DataView(native.scratch, SIGINFO_OFFSET, 128), 0);
}

/**
 * A task has stopped because a signal is about to be delivered.
 * @returns the signal to inject; 0: it has no effect
 */
export function onSignalStop(task: Task, sig: number): number {
  const tg = task.group;
  if (tg.posixTimers !== undefined) {
    const info = stopInfo(task);
    if (info !== undefined && info.code === SI_TIMER) {
      const overrun = tg.posixTimers.delivered(info.pid);
      const dv = new DataView(tg.kernel.native.scratch, SIGINFO_OFFSET, 128);
      dv.setInt32(20, overrun, true);
      tg.kernel.native.ptraceSetSiginfo(task.hostTid, SIGINFO_OFFSET);
    }
  }
  if (tg === tg.pids.init && tg.pids.initProtected && lateForInit(task, sig)) return 0;
  if (((1n << BigInt(sig - 1)) & STOP_SIGNALS) === 0n) return sig;
  const state = signalState(task);
  if (state === undefined || ((state.caught | state.ignored) & sigBit(sig)) !== 0n) return sig;
  // To the host all guests are one orphaned group, so it would never stop them for these: our groups decide.
  if (isOrphanedGroup(tg.group)) return 0;
  tg.pendingStop = sig;
  return SIGSTOP;
}

/** Marks si_errno of a signal that the sentry sent (addon/platform/tracer.cc, Envelope). */
const ENVELOPE_MARK = 0x5456;

/**
 * A task has taken a signal with rt_sigtimedwait(2), which no stop precedes: the siginfo that it got is put right in its memory.
 * @param addr where its siginfo_t is
 */
export function waitedSiginfo(task: Task, addr: number): void {
  const view = task.mem.view(addr, SIGINFO_SIZE);
  if (typeof view === 'number') return;
  const bytes = new Uint8Array(SIGINFO_SIZE);
  bytes.set(new Uint8Array(view.buffer, view.byteOffset, SIGINFO_SIZE));
  const info = new DataView(bytes.buffer);
  if (info.getUint16(6, true) !== ENVELOPE_MARK || info.getInt32(8, true) >= 0) return;
  const code = info.getInt16(4, true);
  const pid = info.getInt32(32, true);
  info.setInt32(4, 0, true);
  info.setInt32(8, code, true);
  info.setInt32(16, pid, true);
  info.setInt32(
    20,
    code === SI_TIMER ? (task.group.posixTimers?.delivered(pid) ?? 0) : info.getInt32(36, true),
    true,
  );
  info.setBigInt64(32, 0n, true);
  task.mem.write(addr, bytes, 0, SIGINFO_SIZE);
}

/** A signal that was blocked when somebody sent it to pid 1, and still has no handler. */
function lateForInit(task: Task, sig: number): boolean {
  const info = stopInfo(task);
  if (info === undefined || info.code > 0) return false;
  const state = signalState(task);
  return state !== undefined && (state.caught & sigBit(sig)) === 0n;
}

/**
 * A task has entered a group stop (PTRACE_EVENT_STOP with a stop signal). The stop is the process's once all its threads are
 * in it; then the parent hears of it.
 */
export function onGroupStop(task: Task, sig: number): void {
  const tg = task.group;
  task.stopped = true;
  // Waiting threads do not see the stop at the host; end their waits, so that they do. The host has marked every thread.
  for (const t of [...tg.tasks]) if (t.block !== undefined) interruptBlock(t, { sure: true });
  checkGroupStop(tg, sig);
}

/** Completes a group stop when the last running thread has stopped, or exited. */
export function checkGroupStop(tg: ThreadGroup, sig: number): void {
  if (tg.stopSignal !== 0 || tg.tasks.size === 0) return;
  for (const t of tg.tasks) if (!t.stopped) return;
  tg.stopSignal = sig === SIGSTOP && tg.pendingStop !== 0 ? tg.pendingStop : sig;
  tg.pendingStop = 0;
  tg.stopReport = true;
  tg.continueReport = false;
  reportToParent(tg, CLD_STOPPED, tg.stopSignal);
  if (tg === tg.pids.init) tg.pids.initStopped?.();
}

/** A task runs again after a group stop. Does nothing if SIGCONT has already told. */
export function onContinued(task: Task): void {
  task.stopped = false;
  resumed(task.group);
}

function resumed(tg: ThreadGroup): void {
  tg.pendingStop = 0;
  for (const t of tg.tasks) t.stopped = false;
  if (tg.stopSignal === 0) return;
  tg.stopSignal = 0;
  tg.stopReport = false;
  tg.continueReport = true;
  reportToParent(tg, CLD_CONTINUED, SIGCONT);
}

function reportToParent(tg: ThreadGroup, code: number, status: number): void {
  const { parent } = tg;
  if (parent === undefined || parent.zombie) return;
  if (!parent.noCldStop && parent.sigchldDisposition !== 1) {
    sendToProcess(parent, { signo: SIGCHLD, code, pid: tg.pid, uid: credOf(tg)?.uid ?? 0, status });
  }
  parent.childQueue.wake(POLLPRI);
}

/** After a successful execve(2): handlers are gone, what was ignored stays so; the exit signal is SIGCHLD again. */
export function signalsForExec(tg: ThreadGroup): void {
  if (tg.sigchldDisposition === 2) tg.sigchldDisposition = 0;
  tg.noCldStop = false;
  tg.exitSignal = SIGCHLD;
  tg.posixTimers?.clear();
  tg.posixTimers = undefined;
}
