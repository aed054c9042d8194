/**
 * Terminals as the kernel's tables see them: session, foreground group, size, job control (drivers/tty/tty_jobctrl.c,
 * tty_ioctl(2)). Two kinds exist: the operator's terminal, whose bytes and modes are the host's, and pseudo terminals
 * (fs/devpts), which put a line discipline on top.
 */

import { EINVAL, EIO, ENOTTY, EPERM, ERESTARTSYS, ESRCH } from '../abi/errno.js';
import { CAP_SYS_ADMIN } from '../abi/sched.js';
import { SI_KERNEL, SIGCONT, SIGHUP, SIGTTIN, SIGTTOU, SIGWINCH } from '../abi/signal.js';
import { TOSTOP } from '../abi/termios.js';
import type { Path } from '../vfs/dentry.js';
import type { OpenFile } from '../vfs/file.js';
import { capable } from './cred.js';
import { isOrphanedGroup } from './ids.js';
import type { Kernel } from './kernel.js';
import { sendToGroup, sendToProcess } from './signals.js';
import { sigBit, signalState } from './sigstate.js';
import type { ProcessGroup, Session, Task, ThreadGroup } from './task.js';

/** struct winsize. */
export interface WinSize {
  rows: number;
  cols: number;
  xpixel: number;
  ypixel: number;
}

/** Processes that gave up their session's terminal on their own (TIOCNOTTY by a process that does not lead the session). */
const detached = new WeakMap<ThreadGroup, Session>();

/** The controlling terminal of a process, or undefined. */
export function controllingTty(tg: ThreadGroup): Tty | undefined {
  return detached.get(tg) === tg.session ? undefined : tg.session.tty;
}

export class Tty {
  /** The session it controls. */
  session: Session | undefined;
  foreground: ProcessGroup | undefined;
  winsize: WinSize = { rows: 0, cols: 0, xpixel: 0, ypixel: 0 };
  /** TIOCEXCL: only CAP_SYS_ADMIN may open it anew. */
  exclusive = false;
  /** Opens the terminal anew (for /dev/tty and its device node); set by whoever owns the bytes. */
  opener: ((task: Task, path: Path, flags: number) => OpenFile | number) | undefined;
  /** c_lflag now in force, for TOSTOP. The operator's terminal asks the host. */
  localFlags: () => number = () => 0;

  constructor(
    readonly kernel: Kernel,
    /** dev_t, as in tty_nr of /proc/pid/stat. */
    readonly rdev: number,
  ) {}

  /**
   * May `task` read (or write) now? A background process gets SIGTTIN or, under TOSTOP, SIGTTOU.
   * @returns 0, -ERESTARTSYS after a signal was sent to its group, or -EIO
   */
  jobControl(task: Task, write: boolean): number {
    if (write && (this.localFlags() & TOSTOP) === 0) return 0;
    return this.checkChange(task, write ? SIGTTOU : SIGTTIN);
  }

  /** The same for an ioctl that changes the terminal: SIGTTOU always (tty_check_change). */
  checkChange(task: Task, signo: number = SIGTTOU): number {
    const group = task.group.group;
    if (controllingTty(task.group) !== this) return 0;
    if (this.foreground === undefined || this.foreground === group) return 0;
    if (signalShut(task, signo)) return signo === SIGTTIN ? -EIO : 0;
    if (isOrphanedGroup(group)) return -EIO;
    sendToGroup(group, { signo, code: SI_KERNEL });
    return -ERESTARTSYS;
  }

  /** A session leader without a terminal that opens one gets it (open(2) without O_NOCTTY). */
  maybeControl(task: Task): void {
    const { session } = task.group;
    if (session.sid !== task.pid || session.tty !== undefined || this.session !== undefined) return;
    this.control(task);
  }

  /** Makes this the controlling terminal of `task`'s session, its group the foreground one. */
  control(task: Task): void {
    this.session = task.group.session;
    this.session.tty = this;
    this.foreground = task.group.group;
    detached.delete(task.group);
  }

  /** TIOCSCTTY. `readable`: the descriptor it was asked through is open for reading. @returns 0 or -EPERM */
  setControlling(task: Task, arg: number, readable: boolean): number {
    const { session } = task.group;
    const leader = session.sid === task.pid;
    if (leader && session === this.session) return 0;
    if (!leader || session.tty !== undefined) return -EPERM;
    const admin = capable(task.cred, CAP_SYS_ADMIN);
    if (this.session !== undefined) {
      if (arg !== 1 || !admin) return -EPERM;
      this.session.tty = undefined;
    }
    if (!readable && !admin) return -EPERM;
    this.control(task);
    return 0;
  }

  /** TIOCNOTTY. @returns 0 or -ENOTTY */
  giveUp(task: Task): number {
    if (controllingTty(task.group) !== this) return -ENOTTY;
    if (task.group.session.sid === task.pid) disassociate(task.group, false);
    else detached.set(task.group, task.group.session);
    return 0;
  }

  /** TIOCGPGRP through this terminal itself (`viaMaster` skips the check that it is the caller's). @returns pgid, 0, -ENOTTY */
  getForeground(task: Task, viaMaster = false): number {
    if (!viaMaster && controllingTty(task.group) !== this) return -ENOTTY;
    return this.foreground?.session.pids === task.pids ? this.foreground.pgid : 0;
  }

  /** TIOCSPGRP. @returns 0, -ENOTTY, -EINVAL, -ESRCH, -EPERM, -ERESTARTSYS */
  setForeground(task: Task, pgid: number): number {
    const changed = this.checkChange(task);
    if (changed !== 0) return changed === -EIO ? -ENOTTY : changed;
    if (controllingTty(task.group) !== this || this.session !== task.group.session) return -ENOTTY;
    if (pgid < 0) return -EINVAL;
    const group = task.pids.groups.get(pgid);
    if (group === undefined) return -ESRCH;
    if (group.session !== task.group.session) return -EPERM;
    this.foreground = group;
    return 0;
  }

  /** TIOCGSID. @returns sid or -ENOTTY */
  getSid(task: Task, viaMaster = false): number {
    if (!viaMaster && controllingTty(task.group) !== this) return -ENOTTY;
    if (this.session === undefined) return -ENOTTY;
    return this.session.pids === task.pids ? this.session.sid : 0;
  }

  /** New size; the foreground group hears of a change by SIGWINCH. */
  resize(size: WinSize): void {
    const old = this.winsize;
    if (
      old.rows === size.rows &&
      old.cols === size.cols &&
      old.xpixel === size.xpixel &&
      old.ypixel === size.ypixel
    )
      return;
    this.winsize = { ...size };
    this.signalForeground(SIGWINCH);
  }

  signalForeground(signo: number): void {
    if (this.foreground !== undefined) sendToGroup(this.foreground, { signo, code: SI_KERNEL });
  }

  /** The line is gone: the session's leader gets SIGHUP and SIGCONT, and nobody has this terminal any more. */
  hangup(): void {
    const session = this.session;
    if (session !== undefined) {
      const leader = session.pids.processes.get(session.sid);
      if (leader !== undefined && !leader.zombie && leader.session === session) {
        sendToProcess(leader, { signo: SIGHUP, code: SI_KERNEL });
        sendToProcess(leader, { signo: SIGCONT, code: SI_KERNEL });
      }
      if (session.tty === this) session.tty = undefined;
    }
    this.session = undefined;
    this.foreground = undefined;
  }
}

/**
 * A session leader lets go of its controlling terminal: at exit (`onExit`; call it from exit.ts before the process leaves
 * its group) or by TIOCNOTTY. The foreground group gets SIGHUP, and SIGCONT when it is not an exit.
 */
export function disassociate(tg: ThreadGroup, onExit: boolean): void {
  const { session } = tg;
  const tty = session.tty;
  if (tty === undefined || session.sid !== tg.pid) return;
  tty.signalForeground(SIGHUP);
  if (!onExit) tty.signalForeground(SIGCONT);
  session.tty = undefined;
  if (tty.session === session) {
    tty.session = undefined;
    tty.foreground = undefined;
  }
}

/** True if `signo` is blocked or ignored by the task; masks and actions are the host kernel's. */
function signalShut(task: Task, signo: number): boolean {
  const state = signalState(task);
  return state !== undefined && ((state.blocked | state.ignored) & sigBit(signo)) !== 0n;
}
