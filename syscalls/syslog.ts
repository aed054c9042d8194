/** syslog(2): the sandbox's kernel log, which holds the line of its start, and vhangup(2). */

import { EFAULT, EINVAL, EPERM } from '../src/abi/errno.js';
import { CAP_SYS_TTY_CONFIG, CAP_SYSLOG } from '../src/abi/sched.js';
import { capable } from '../src/kernel/cred.js';
import type { Task } from '../src/kernel/task.js';
import { RELEASE, SYSNAME, VERSION } from '../src/kernel/utsname.js';
import { type SyscallResult, WOULD_BLOCK } from '../src/kernel/wait.js';
import type { Family, SyscallArgs } from './family.js';

const CLOSE = 0;
const OPEN = 1;
const READ = 2;
const READ_ALL = 3;
const READ_CLEAR = 4;
const CLEAR = 5;
const CONSOLE_OFF = 6;
const CONSOLE_ON = 7;
const CONSOLE_LEVEL = 8;
const SIZE_UNREAD = 9;
const SIZE_BUFFER = 10;

const DEFAULT_LEVEL = 7;
const MINIMUM_LEVEL = 1;

const TEXT = `<5>[    0.000000] ${SYSNAME} version ${RELEASE} ${VERSION}\n`;

/** Bytes of the log that READ has taken, whether CLEAR has hidden it, and the console's level to go back to. */
const log = { taken: 0, cleared: false, saved: DEFAULT_LEVEL };

function put(task: Task, addr: number, text: string): number {
  return task.mem.write(addr, Buffer.from(text, 'latin1'), 0, text.length) < text.length
    ? -EFAULT
    : text.length;
}

/** Consumes what is unread; waits for more. */
function read(task: Task, addr: number, len: number): SyscallResult {
  if (log.taken === TEXT.length) return { on: [], retry: () => WOULD_BLOCK };
  const piece = TEXT.slice(log.taken, log.taken + len);
  const n = put(task, addr, piece);
  if (n > 0) log.taken += n;
  return n;
}

function readAll(task: Task, addr: number, len: number, clear: boolean): number {
  const n = log.cleared ? 0 : put(task, addr, len < TEXT.length ? '' : TEXT);
  if (n >= 0 && clear) log.cleared = true;
  return n;
}

function setLevel(task: Task, level: number): number {
  if (level < MINIMUM_LEVEL || level > 8) return -EINVAL;
  task.kernel.consoleLevel = log.saved = level;
  return 0;
}

function sysSyslog(task: Task, args: SyscallArgs): SyscallResult {
  const [type, addr, len] = [args.int(0), args.ptr(1), args.int(2)];
  if (!capable(task.cred, CAP_SYSLOG)) return -EPERM;
  switch (type) {
    case CLOSE:
    case OPEN:
      return 0;
    case READ:
    case READ_ALL:
    case READ_CLEAR:
      if (addr === 0 || len < 0) return -EINVAL;
      if (len === 0) return 0;
      return type === READ ? read(task, addr, len) : readAll(task, addr, len, type === READ_CLEAR);
    case CLEAR:
      log.cleared = true;
      return 0;
    case CONSOLE_OFF:
      log.saved = task.kernel.consoleLevel;
      task.kernel.consoleLevel = MINIMUM_LEVEL;
      return 0;
    case CONSOLE_ON:
      task.kernel.consoleLevel = log.saved;
      return 0;
    case CONSOLE_LEVEL:
      return setLevel(task, len);
    case SIZE_UNREAD:
      return TEXT.length - log.taken;
    case SIZE_BUFFER:
      return TEXT.length;
    default:
      return -EINVAL;
  }
}

/** The terminal of the caller's session, if it has one, is hung up. */
function sysVhangup(task: Task): number {
  if (!capable(task.cred, CAP_SYS_TTY_CONFIG)) return -EPERM;
  task.group.session.tty?.hangup();
  return 0;
}

export const syslogFamily: Family = {
  syslog: {
    handler: sysSyslog,
    args: ['int', 'ptr', 'size'],
    status: 'full',
    note: 'the log holds one line',
  },
  vhangup: { handler: sysVhangup, args: [], status: 'full' },
};
