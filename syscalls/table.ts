/**
 * The one table of system calls: number, name, class, handler, status and note. The seccomp program, the dispatcher,
 * `tvisor syscalls` and the compatibility page are made from it.
 */

import { EPERM } from '../src/abi/errno.js';
import { SYS, type SyscallName } from '../src/arch/x86-64-syscalls.js';
import type { HostCalls } from '../src/kernel/seccomp/host-filter.js';
import type { FilterRule, SyscallClass } from '../src/platform/filter.js';
import { aioFamily } from './aio.js';
import { attrFamily } from './attr.js';
import { copyFamily } from './copy.js';
import { credFamily } from './cred.js';
import { dirFamily } from './dir.js';
import { epollFamily } from './epoll.js';
import { eventfdFamily } from './eventfd.js';
import type { ArgKind, Family, FamilyEntry, Handler } from './family.js';
import { fcntlFamily } from './fcntl.js';
import { fdFamily } from './fd.js';
import { fileAttrFamily } from './file-attr.js';
import { fstypesFamily } from './fstypes.js';
import { handleFamily } from './handle.js';
import { inotifyFamily } from './inotify.js';
import { ioctlFamily } from './ioctl.js';
import { keyctlFamily } from './keyctl.js';
import { keysFamily } from './keys.js';
import { limitsFamily } from './limits.js';
import { lockFamily } from './lock.js';
import { memfdFamily } from './memfd.js';
import { mmapFamily } from './mmap.js';
import { mountFamily } from './mount.js';
import { mqueueFamily } from './mqueue.js';
import { msgFamily } from './msg.js';
import { namesFamily } from './names.js';
import { nativeCalls, partlyTraced, refusedCalls, tracedCalls } from './native.js';
import { openFamily } from './open.js';
import { pipeFamily } from './pipe.js';
import { pollFamily } from './poll.js';
import { processFamily } from './process.js';
import { rwFamily } from './rw.js';
import { schedFamily } from './sched.js';
import { semFamily } from './sem.js';
import { shmFamily } from './shm.js';
import { signalFamily } from './signal.js';
import { signalfdFamily } from './signalfd.js';
import { socketFamily } from './socket.js';
import { spliceFamily } from './splice.js';
import { statFamily } from './stat.js';
import { syslogFamily } from './syslog.js';
import { systemFamily } from './system.js';
import { timeFamily } from './time.js';
import { timerFamily } from './timer.js';
import { timerfdFamily } from './timerfd.js';
import { waitFamily } from './wait.js';
import { xattrFamily } from './xattr.js';
import { xattrAtFamily } from './xattr-at.js';

export interface SyscallEntry {
  nr: number;
  name: SyscallName;
  class: SyscallClass;
  /** full: as Linux; partial: the note says what is missing; missing: ENOSYS. */
  status: 'full' | 'partial' | 'missing';
  note: string;
  /** For --strace; empty if nothing is known. */
  args: readonly ArgKind[];
  handler: Handler | undefined;
}

const families: readonly Family[] = [
  aioFamily,
  attrFamily,
  copyFamily,
  credFamily,
  dirFamily,
  epollFamily,
  eventfdFamily,
  fcntlFamily,
  fdFamily,
  fileAttrFamily,
  fstypesFamily,
  handleFamily,
  inotifyFamily,
  ioctlFamily,
  keyctlFamily,
  keysFamily,
  limitsFamily,
  lockFamily,
  memfdFamily,
  mmapFamily,
  mountFamily,
  mqueueFamily,
  msgFamily,
  namesFamily,
  openFamily,
  pipeFamily,
  pollFamily,
  processFamily,
  rwFamily,
  schedFamily,
  semFamily,
  shmFamily,
  signalFamily,
  signalfdFamily,
  socketFamily,
  spliceFamily,
  statFamily,
  syslogFamily,
  systemFamily,
  timeFamily,
  timerFamily,
  timerfdFamily,
  waitFamily,
  xattrFamily,
  xattrAtFamily,
];

const implemented: Family = Object.assign({}, ...families) as Family;

function entryOf(name: SyscallName): SyscallEntry {
  const nr = SYS[name];
  const own: FamilyEntry | undefined = implemented[name];
  const entry: SyscallEntry = {
    nr,
    name,
    class: 'notify',
    status: own?.status ?? 'missing',
    note: own?.note ?? '',
    args: own?.args ?? [],
    handler: own?.handler,
  };
  const native = nativeCalls[name];
  const traced = tracedCalls[name];
  const refused = refusedCalls[name];
  if (native !== undefined) {
    entry.class = 'native';
    entry.status = own?.status ?? 'full';
    entry.note = [native.reason, own?.note].filter((s) => s !== undefined && s !== '').join('; ');
  } else if (traced !== undefined) {
    entry.class = 'trace';
    entry.status = traced.status ?? 'full';
    entry.note = traced.note;
    entry.args = traced.args;
  } else if (refused !== undefined) {
    entry.class = 'refused';
    entry.status = 'full';
    entry.note = `EPERM: ${refused}`;
  }
  return entry;
}

/** All calls of x86-64 by ascending number. */
export const syscallTable: readonly SyscallEntry[] = (Object.keys(SYS) as SyscallName[])
  .map(entryOf)
  .sort((a, b) => a.nr - b.nr);

/** Handlers by number. */
export const handlers: ReadonlyMap<number, Handler> = new Map(
  syscallTable.flatMap((e): [number, Handler][] => (e.handler === undefined ? [] : [[e.nr, e.handler]])),
);

const byNumber = new Map(syscallTable.map((e) => [e.nr, e]));

/** Entry of a number; undefined for numbers that x86-64 does not have. */
export function syscallEntry(nr: number): SyscallEntry | undefined {
  return byNumber.get(nr);
}

/** Name of a number, for people. */
export function syscallName(nr: number): string {
  return byNumber.get(nr)?.name ?? `syscall_${nr}`;
}

/** What the filter is compiled from. */
export function filterRules(): FilterRule[] {
  return syscallTable.map((e) => {
    const rule: FilterRule = { nr: e.nr, class: e.class };
    const when = nativeCalls[e.name]?.when;
    if (when !== undefined) rule.when = when;
    const trace = nativeCalls[e.name]?.trace ?? partlyTraced[e.name];
    if (trace !== undefined) rule.trace = trace;
    if (e.class === 'refused') rule.errno = EPERM;
    return rule;
  });
}

/** Calls that do not come to the sentry by themselves, by number. */
export function hostCalls(): HostCalls {
  const numbers = (wanted: SyscallClass): number[] =>
    syscallTable.filter((e) => e.class === wanted).map((e) => e.nr);
  return { native: numbers('native'), refused: numbers('refused') };
}
