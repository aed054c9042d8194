/**
 * ioctls on the operator's terminal (tty_ioctl(2)). Modes, size and queues are the host's; session and foreground group are
 * the sandbox's own. Requests that reach further (TIOCSTI, TIOCLINUX, line disciplines ...) are refused.
 */

import { EFAULT, EINVAL, ENOTTY } from '../abi/errno.js';
import {
  FIONREAD,
  TCFLSH,
  TCGETA,
  TCGETS,
  TCIFLUSH,
  TCSBRK,
  TCSBRKP,
  TCSETA,
  TCSETAF,
  TCSETAW,
  TCSETS,
  TCSETSF,
  TCSETSW,
  TCXONC,
  TIOCEXCL,
  TIOCGETD,
  TIOCGEXCL,
  TIOCGPGRP,
  TIOCGSID,
  TIOCGWINSZ,
  TIOCNOTTY,
  TIOCNXCL,
  TIOCOUTQ,
  TIOCSCTTY,
  TIOCSPGRP,
  TIOCSWINSZ,
} from '../abi/ioctl.js';
import { S_IFCHR, S_IFMT } from '../abi/stat.js';
import { TERMIO_SIZE, TERMIOS_SIZE, TERMIOS2_SIZE, WINSIZE_SIZE } from '../abi/structs-ipc.js';
import type { Task } from '../kernel/task.js';
import type { Tty } from '../kernel/tty.js';
import type { Native } from '../platform/native.js';
import type { HostStream } from './hostfile.js';

/** The end of the staging area, which guest memory never uses; structures of host ioctls are put there. */
const SCRATCH = 0xf0000;

/** The terminal's termios2 requests are not in every header. */
const TCGETS2 = 0x802c542a;
const TCSETS2 = 0x402c542b;
const TCSETSW2 = 0x402c542c;
const TCSETSF2 = 0x402c542d;

/** Requests that read a structure, by its size. */
const GETTERS = new Map<number, number>([
  [TCGETS, TERMIOS_SIZE],
  [TCGETS2, TERMIOS2_SIZE],
  [TCGETA, TERMIO_SIZE],
  [TIOCGWINSZ, WINSIZE_SIZE],
  [FIONREAD, 4],
  [TIOCOUTQ, 4],
  [TIOCGETD, 4],
]);
/** Requests that change the terminal's modes: only for the foreground group. */
const SETTERS = new Map<number, number>([
  [TCSETS, TERMIOS_SIZE],
  [TCSETSW, TERMIOS_SIZE],
  [TCSETSF, TERMIOS_SIZE],
  [TCSETS2, TERMIOS2_SIZE],
  [TCSETSW2, TERMIOS2_SIZE],
  [TCSETSF2, TERMIOS2_SIZE],
  [TCSETA, TERMIO_SIZE],
  [TCSETAW, TERMIO_SIZE],
  [TCSETAF, TERMIO_SIZE],
]);
/** The same without waiting for output. */
const WITHOUT_DRAIN = new Map<number, number>([
  [TCSETSW, TCSETS],
  [TCSETSW2, TCSETS2],
  [TCSETAW, TCSETA],
  [TCSETSF, TCSETS],
  [TCSETSF2, TCSETS2],
  [TCSETAF, TCSETA],
]);
/** Those of them that throw unread input away first. */
const FLUSHING = new Set([TCSETSF, TCSETSF2, TCSETAF]);
/** Requests with a plain number. */
const PLAIN = new Set([TCSBRK, TCSBRKP, TCXONC, TCFLSH]);

/** Runs a reading request on the host and copies `size` bytes to the guest. */
function getHost(native: Native, fd: number, task: Task, request: number, arg: number, size: number): number {
  const area = new Uint8Array(native.scratch, SCRATCH, size);
  area.fill(0);
  const r = native.ioctlBuf(fd, request, SCRATCH);
  if (r < 0) return r;
  // A copy: writing to the guest may use the staging area itself.
  const bytes = area.slice();
  return task.mem.write(arg, bytes, 0, size) === size ? r : -EFAULT;
}

function setHost(native: Native, fd: number, task: Task, request: number, arg: number, size: number): number {
  const bytes = new Uint8Array(size);
  if (task.mem.read(arg, bytes, 0, size) !== size) return -EFAULT;
  new Uint8Array(native.scratch, SCRATCH, size).set(bytes);
  return native.ioctlBuf(fd, request, SCRATCH);
}

/** Sessions and groups: the sandbox's own tables. undefined: not such a request. */
function jobIoctl(tty: Tty, file: HostStream, task: Task, request: number, arg: number): number | undefined {
  switch (request) {
    case TIOCGPGRP: {
      const pgid = tty.getForeground(task);
      return pgid < 0 ? pgid : task.mem.putU32(arg, pgid);
    }
    case TIOCSPGRP: {
      const pgid = task.mem.i32(arg);
      return Number.isNaN(pgid) ? -EFAULT : tty.setForeground(task, pgid);
    }
    case TIOCGSID: {
      const sid = tty.getSid(task);
      return sid < 0 ? sid : task.mem.putU32(arg, sid);
    }
    case TIOCSCTTY:
      return tty.setControlling(task, arg, file.readable);
    case TIOCNOTTY:
      return tty.giveUp(task);
    case TIOCEXCL:
      tty.exclusive = true;
      return 0;
    case TIOCNXCL:
      tty.exclusive = false;
      return 0;
    case TIOCGEXCL:
      return task.mem.putU32(arg, tty.exclusive ? 1 : 0);
    default:
      return undefined;
  }
}

/** struct winsize into the sandbox's table too, so that SIGWINCH reaches the foreground group. */
function setWindowSize(native: Native, tty: Tty, file: HostStream, task: Task, arg: number): number {
  const dv = task.mem.view(arg, WINSIZE_SIZE);
  if (typeof dv === 'number') return dv;
  const size = {
    rows: dv.getUint16(0, true),
    cols: dv.getUint16(2, true),
    xpixel: dv.getUint16(4, true),
    ypixel: dv.getUint16(6, true),
  };
  const r = setHost(native, file.fd, task, TIOCSWINSZ, arg, WINSIZE_SIZE);
  if (r === 0) tty.resize(size);
  return r;
}

/** ioctl(2) on a host stream. @returns result or -errno; -ENOTTY for everything that is not known to be harmless */
export function hostTtyIoctl(
  native: Native,
  file: HostStream,
  task: Task,
  request: number,
  arg: number,
): number {
  const { tty } = file;
  if (tty === undefined) {
    const device = (file.getattr().mode & S_IFMT) === S_IFCHR;
    return request === FIONREAD && !device ? getHost(native, file.fd, task, request, arg, 4) : -ENOTTY;
  }
  const own = jobIoctl(tty, file, task, request, arg);
  if (own !== undefined) return own;
  const getSize = GETTERS.get(request);
  if (getSize !== undefined) return getHost(native, file.fd, task, request, arg, getSize);
  if (request === TIOCSWINSZ) return setWindowSize(native, tty, file, task, arg);
  const setSize = SETTERS.get(request);
  if (setSize === undefined && !PLAIN.has(request)) return -ENOTTY;
  const denied = tty.checkChange(task);
  if (denied !== 0) return denied;
  if (FLUSHING.has(request)) native.ioctlInt(file.fd, TCFLSH, TCIFLUSH);
  if (setSize !== undefined)
    return setHost(native, file.fd, task, WITHOUT_DRAIN.get(request) ?? request, arg, setSize);
  if (arg < 0 || arg > 0x7fffffff) return -EINVAL;
  // tcdrain and the draining TCSETSW would stop the sentry while the operator holds the output with ^S; what was written
  // is in the host terminal's queue already, in order, so waiting for it is left out.
  if (request === TCSBRK && arg !== 0) return 0;
  return native.ioctlInt(file.fd, request, arg);
}
