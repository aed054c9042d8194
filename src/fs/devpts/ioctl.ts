/** ioctl_tty(2) for pseudo terminals, and the layouts that all terminals use. */

import { EFAULT, EINVAL, EIO, ENOTTY, EPERM } from '../../abi/errno.js';
import { O_CLOEXEC } from '../../abi/fcntl.js';
import {
  FIONREAD,
  TCFLSH,
  TCGETA,
  TCGETS,
  TCIFLUSH,
  TCIOFF,
  TCIOFLUSH,
  TCION,
  TCOFLUSH,
  TCOOFF,
  TCOON,
  TCSBRK,
  TCSBRKP,
  TCSETA,
  TCSETAF,
  TCSETAW,
  TCSETS,
  TCSETSF,
  TCSETSW,
  TCXONC,
  TIOCCONS,
  TIOCEXCL,
  TIOCGDEV,
  TIOCGETD,
  TIOCGEXCL,
  TIOCGPGRP,
  TIOCGPKT,
  TIOCGPTLCK,
  TIOCGPTN,
  TIOCGPTPEER,
  TIOCGSID,
  TIOCGWINSZ,
  TIOCNOTTY,
  TIOCNXCL,
  TIOCOUTQ,
  TIOCPKT,
  TIOCSCTTY,
  TIOCSETD,
  TIOCSIG,
  TIOCSPGRP,
  TIOCSPTLCK,
  TIOCSTI,
  TIOCSWINSZ,
  TIOCVHANGUP,
} from '../../abi/ioctl.js';
import { CAP_SYS_ADMIN, RLIMIT_NOFILE } from '../../abi/sched.js';
import { SIGINT, SIGQUIT, SIGTSTP } from '../../abi/signal.js';
import { VSTART, VSTOP } from '../../abi/termios.js';
import { capable } from '../../kernel/cred.js';
import type { Termios } from '../../kernel/line-discipline.js';
import type { Task } from '../../kernel/task.js';
import type { WinSize } from '../../kernel/tty.js';
import type { MasterFile, SlaveFile } from './files.js';
import type { Pty } from './pty.js';

/** struct termios2's requests; the headers hide them from the C library. */
const TCGETS2 = 0x802c542a;
const TCSETS2 = 0x402c542b;
const TCSETSW2 = 0x402c542c;
const TCSETSF2 = 0x402c542d;
const TERMIOS_SIZE = 36;
const TERMIOS2_SIZE = 44;
const CC_OFFSET = 17;
const NCCS_KERNEL = 19;
const TERMIO_SIZE = 18;
/** Characters of struct termio. */
const NCC = 8;

/** Writes struct termios (36 bytes) or termios2 (44). @returns 0 or -EFAULT */
export function putTermios(task: Task, addr: number, t: Termios, v2: boolean): number {
  const size = v2 ? TERMIOS2_SIZE : TERMIOS_SIZE;
  const view = task.mem.stage(size);
  [t.iflag, t.oflag, t.cflag, t.lflag].forEach((v, i) => void view.setUint32(4 * i, v, true));
  view.setUint8(16, t.line);
  for (let i = 0; i < NCCS_KERNEL; i++) view.setUint8(CC_OFFSET + i, t.cc[i]);
  if (v2) {
    view.setUint32(36, t.ispeed, true);
    view.setUint32(40, t.ospeed, true);
  }
  return task.mem.post(addr, size);
}

/** Reads struct termios or termios2; speeds not given are kept from `old`. */
export function getTermios(task: Task, addr: number, old: Termios, v2: boolean): Termios | number {
  const view = task.mem.view(addr, v2 ? TERMIOS2_SIZE : TERMIOS_SIZE);
  if (typeof view === 'number') return view;
  const cc = new Uint8Array(NCCS_KERNEL);
  for (let i = 0; i < NCCS_KERNEL; i++) cc[i] = view.getUint8(CC_OFFSET + i);
  return {
    iflag: view.getUint32(0, true),
    oflag: view.getUint32(4, true),
    cflag: view.getUint32(8, true),
    lflag: view.getUint32(12, true),
    line: view.getUint8(16),
    cc,
    ispeed: v2 ? view.getUint32(36, true) : old.ispeed,
    ospeed: v2 ? view.getUint32(40, true) : old.ospeed,
  };
}

/** Writes struct termio, the older form: the low halves of the flags and eight characters. @returns 0 or -EFAULT */
function putTermio(task: Task, addr: number, t: Termios): number {
  const view = task.mem.stage(TERMIO_SIZE);
  [t.iflag, t.oflag, t.cflag, t.lflag].forEach((v, i) => void view.setUint16(2 * i, v & 0xffff, true));
  view.setUint8(8, t.line);
  for (let i = 0; i < NCC; i++) view.setUint8(9 + i, t.cc[i]);
  view.setUint8(17, 0);
  return task.mem.post(addr, TERMIO_SIZE);
}

/** Reads struct termio; what it does not say is kept from `old`. */
function getTermio(task: Task, addr: number, old: Termios): Termios | number {
  const view = task.mem.view(addr, TERMIO_SIZE);
  if (typeof view === 'number') return view;
  const half = (i: number, was: number): number => ((was & 0xffff0000) | view.getUint16(2 * i, true)) >>> 0;
  const cc = old.cc.slice();
  for (let i = 0; i < NCC; i++) cc[i] = view.getUint8(9 + i);
  return {
    ...old,
    iflag: half(0, old.iflag),
    oflag: half(1, old.oflag),
    cflag: half(2, old.cflag),
    lflag: half(3, old.lflag),
    line: view.getUint8(8),
    cc,
  };
}

export function putWinSize(task: Task, addr: number, size: WinSize): number {
  const view = task.mem.stage(8);
  [size.rows, size.cols, size.xpixel, size.ypixel].forEach((v, i) => void view.setUint16(2 * i, v, true));
  return task.mem.post(addr, 8);
}

export function getWinSize(task: Task, addr: number): WinSize | number {
  const view = task.mem.view(addr, 8);
  if (typeof view === 'number') return view;
  return {
    rows: view.getUint16(0, true),
    cols: view.getUint16(2, true),
    xpixel: view.getUint16(4, true),
    ypixel: view.getUint16(6, true),
  };
}

/** TCSET*: new modes, after throwing unread input away where the request says so. */
function setModes(task: Task, pty: Pty, slave: boolean, request: number, arg: number): number {
  const { tty, ldisc } = pty;
  const allowed = slave ? tty.checkChange(task) : 0;
  if (allowed !== 0) return allowed;
  const old = request === TCSETA || request === TCSETAW || request === TCSETAF;
  const v2 = request === TCSETS2 || request === TCSETSW2 || request === TCSETSF2;
  const next = old ? getTermio(task, arg, ldisc.termios) : getTermios(task, arg, ldisc.termios, v2);
  if (typeof next === 'number') return next;
  if (request === TCSETSF || request === TCSETSF2 || request === TCSETAF) pty.flushTyped();
  pty.setTermios(next);
  return 0;
}

/** What both ends do in the same way; undefined: not one of these. `slave`: job control applies. */
function commonIoctl(task: Task, pty: Pty, slave: boolean, request: number, arg: number): number | undefined {
  const { tty, ldisc } = pty;
  switch (request) {
    case TCGETS:
    case TCGETS2:
      return putTermios(task, arg, ldisc.termios, request === TCGETS2);
    case TCGETA:
      return putTermio(task, arg, ldisc.termios);
    case TCSETA:
    case TCSETAW:
    case TCSETAF:
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
    case TCSETS2:
    case TCSETSW2:
    case TCSETSF2:
      return setModes(task, pty, slave, request, arg);
    case TIOCGWINSZ:
      return putWinSize(task, arg, tty.winsize);
    case TIOCSWINSZ: {
      const size = getWinSize(task, arg);
      if (typeof size === 'number') return size;
      tty.resize(size);
      return 0;
    }
    case TIOCGPGRP: {
      const pgid = tty.getForeground(task, !slave);
      return pgid < 0 ? pgid : task.mem.putU32(arg, pgid);
    }
    case TIOCSPGRP: {
      const pgid = task.mem.i32(arg);
      return Number.isNaN(pgid) ? -EFAULT : tty.setForeground(task, pgid);
    }
    case TIOCGSID: {
      const sid = tty.getSid(task, !slave);
      return sid < 0 ? sid : task.mem.putU32(arg, sid);
    }
    case TIOCOUTQ:
      return task.mem.putU32(arg, 0);
    case TIOCSTI:
    case TIOCCONS:
      // Typing for others is refused always, as with dev.tty.legacy_tiocsti off.
      return -EPERM;
    case TIOCGETD:
      return task.mem.putU32(arg, 0);
    case TIOCSETD: {
      const line = task.mem.i32(arg);
      return Number.isNaN(line) ? -EFAULT : line === 0 ? 0 : -EINVAL;
    }
    case TIOCEXCL:
    case TIOCNXCL:
      tty.exclusive = request === TIOCEXCL;
      return 0;
    case TIOCGEXCL:
      return task.mem.putU32(arg, tty.exclusive ? 1 : 0);
    default:
      return undefined;
  }
}

export function slaveIoctl(task: Task, file: SlaveFile, request: number, arg: number): number {
  const { pty } = file;
  const { tty } = pty;
  if (pty.hungUp) return request === TIOCSPGRP ? -ENOTTY : -EIO;
  switch (request) {
    case FIONREAD:
      return task.mem.putU32(arg, pty.ldisc.available);
    case TIOCSCTTY:
      return tty.setControlling(task, arg | 0, file.readable);
    case TIOCNOTTY:
      return tty.giveUp(task);
    case TIOCGDEV:
      return task.mem.putU32(arg, tty.rdev);
    case TIOCVHANGUP:
      if (!capable(task.cred, CAP_SYS_ADMIN)) return -EPERM;
      tty.hangup();
      return 0;
    case TCSBRK:
    case TCSBRKP:
      // No line to break, and output is never "on the wire": draining is done at once.
      return tty.checkChange(task);
    case TCFLSH: {
      const allowed = tty.checkChange(task);
      return allowed !== 0
        ? allowed
        : flush(
            arg | 0,
            () => pty.flushTyped(),
            () => pty.flushWritten(),
          );
    }
    case TCXONC: {
      const allowed = tty.checkChange(task);
      return allowed !== 0 ? allowed : flowControl(pty, arg | 0);
    }
    default:
      return commonIoctl(task, pty, true, request, arg) ?? -ENOTTY;
  }
}

function flush(what: number, input: () => void, output: () => void): number {
  if (what !== TCIFLUSH && what !== TCOFLUSH && what !== TCIOFLUSH) return -EINVAL;
  if (what !== TCOFLUSH) input();
  if (what !== TCIFLUSH) output();
  return 0;
}

function flowControl(pty: Pty, action: number): number {
  const { cc } = pty.ldisc.termios;
  if (action === TCOOFF) pty.hold(true);
  else if (action === TCOON) pty.hold(false);
  else if (action === TCIOFF || action === TCION) {
    const c = cc[action === TCIOFF ? VSTOP : VSTART];
    if (c !== 0) pty.echo(Uint8Array.of(c));
  } else return -EINVAL;
  return 0;
}

export function masterIoctl(task: Task, file: MasterFile, request: number, arg: number): number {
  const { pty } = file;
  switch (request) {
    case FIONREAD:
      return task.mem.putU32(arg, pty.output.length);
    case TIOCGPTN:
      return task.mem.putU32(arg, pty.index);
    case TIOCSPTLCK: {
      const lock = task.mem.i32(arg);
      if (Number.isNaN(lock)) return -EFAULT;
      pty.locked = lock !== 0;
      return 0;
    }
    case TIOCGPTLCK:
      return task.mem.putU32(arg, pty.locked ? 1 : 0);
    case TIOCPKT: {
      const on = task.mem.i32(arg);
      if (Number.isNaN(on)) return -EFAULT;
      if (on !== 0 && !pty.packet) pty.takePacketStatus();
      pty.packet = on !== 0;
      return 0;
    }
    case TIOCGPKT:
      return task.mem.putU32(arg, pty.packet ? 1 : 0);
    case TIOCGPTPEER: {
      const flags = arg | 0;
      const peer = file.openPeer(task, flags);
      if (typeof peer === 'number') return peer;
      return task.files.install(peer, (flags & O_CLOEXEC) !== 0, task.group.limit(RLIMIT_NOFILE));
    }
    case TIOCSIG:
      if (arg !== SIGINT && arg !== SIGQUIT && arg !== SIGTSTP) return -EINVAL;
      pty.tty.signalForeground(arg);
      return 0;
    case TIOCSCTTY:
    case TIOCNOTTY:
      return -ENOTTY;
    case TIOCGDEV:
      return task.mem.putU32(arg, pty.tty.rdev);
    case TCSBRK:
    case TCSBRKP:
      return 0;
    case TCFLSH:
      return flush(
        arg | 0,
        () => pty.flushWritten(),
        () => pty.flushTyped(),
      );
    default:
      return commonIoctl(task, pty, false, request, arg) ?? -ENOTTY;
  }
}
