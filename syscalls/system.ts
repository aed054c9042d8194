/** The machine as a whole: names, figures, and what no guest may do to it. */

import { EFAULT, EINVAL, ENOSYS, EPERM } from '../src/abi/errno.js';
import { CAP_SYS_ADMIN } from '../src/abi/sched.js';
import { putI64, putText, SYSINFO_SIZE, UTSNAME_FIELD, UTSNAME_SIZE } from '../src/abi/structs-process.js';
import type { SyscallName } from '../src/arch/x86-64-syscalls.js';
import { meminfoBytes, shownMemory } from '../src/fs/proc/container-view.js';
import { hostUptime } from '../src/kernel/clocks.js';
import { capable } from '../src/kernel/cred.js';
import { machineFor, releaseFor } from '../src/kernel/personality.js';
import type { Task } from '../src/kernel/task.js';
import { SYSNAME, UTS_LEN, VERSION } from '../src/kernel/utsname.js';
import type { ArgKind, Family, FamilyEntry, SyscallArgs } from './family.js';

/** Fixed-point shift of the load averages in struct sysinfo. */
const SI_LOAD_SHIFT = 16;

function sysUname(task: Task, args: SyscallArgs): number {
  const { hostname, domainname } = task.container.uts;
  const dv = task.mem.stage(UTSNAME_SIZE);
  [
    SYSNAME,
    hostname,
    releaseFor(task.personality),
    VERSION,
    machineFor(task.personality),
    domainname,
  ].forEach((text, i) => {
    putText(dv, i * UTSNAME_FIELD, UTSNAME_FIELD, text);
  });
  return task.mem.post(args.ptr(0), UTSNAME_SIZE) < 0 ? -EFAULT : 0;
}

/** The name given to sethostname(2) or setdomainname(2), or -errno. */
function newName(task: Task, args: SyscallArgs): string | number {
  if (!capable(task.cred, CAP_SYS_ADMIN)) return -EPERM;
  const len = args.int(1);
  if (len < 0 || len > UTS_LEN) return -EINVAL;
  const bytes = new Uint8Array(len);
  if (len > 0 && task.mem.read(args.ptr(0), bytes, 0, len) < len) return -EFAULT;
  const text = String.fromCharCode(...bytes);
  const nul = text.indexOf('\0');
  return nul < 0 ? text : text.slice(0, nul);
}

function sysSethostname(task: Task, args: SyscallArgs): number {
  const name = newName(task, args);
  if (typeof name === 'number') return name;
  task.container.uts.hostname = name;
  return 0;
}

function sysSetdomainname(task: Task, args: SyscallArgs): number {
  const name = newName(task, args);
  if (typeof name === 'number') return name;
  task.container.uts.domainname = name;
  return 0;
}

/** Total, free, shared, buffers, swap and free swap in bytes. */
function memoryFigures(task: Task): number[] {
  const text = task.kernel.native.hostProc(-1, 'meminfo');
  const bytes = (key: string): number => (typeof text === 'string' ? meminfoBytes(text, key) : 0);
  const shown = shownMemory(task.container, bytes('MemTotal'));
  if (shown !== undefined) return [shown.total, shown.free, shown.files, 0, 0, 0];
  return ['MemTotal', 'MemFree', 'Shmem', 'Buffers', 'SwapTotal', 'SwapFree'].map(bytes);
}

function sysSysinfo(task: Task, args: SyscallArgs): number {
  const { kernel } = task;
  const loadavg = kernel.native.hostProc(-1, 'loadavg');
  const loads = typeof loadavg === 'string' ? loadavg.split(' ').slice(0, 3).map(Number) : [0, 0, 0];
  const figures = memoryFigures(task);
  const dv = task.mem.stage(SYSINFO_SIZE);
  putI64(dv, 0, Math.ceil(hostUptime(kernel) / 1000));
  loads.forEach((load, i) => {
    putI64(dv, 8 + i * 8, Math.floor(load * (1 << SI_LOAD_SHIFT)));
  });
  figures.forEach((value, i) => {
    putI64(dv, 32 + i * 8, value);
  });
  dv.setUint16(80, Math.min(kernel.tasks.size, 0xffff), true);
  dv.setUint32(104, 1, true);
  return task.mem.post(args.ptr(0), SYSINFO_SIZE) < 0 ? -EFAULT : 0;
}

/** A call that always fails in the same way. */
function refused(errno: number, args: readonly ArgKind[], note: string): FamilyEntry {
  return { handler: () => -errno, args, status: 'partial', note };
}

/** Numbers that Linux keeps for calls that it never had, or has no more: ENOSYS there, too. */
const GONE = [
  'uselib',
  '_sysctl',
  'create_module',
  'get_kernel_syms',
  'query_module',
  'nfsservctl',
  'getpmsg',
  'putpmsg',
  'afs_syscall',
  'tuxcall',
  'security',
  'set_thread_area',
  'get_thread_area',
  'lookup_dcookie',
  'epoll_ctl_old',
  'epoll_wait_old',
  'vserver',
] as const satisfies readonly SyscallName[];

export const systemFamily: Family = {
  ...Object.fromEntries(
    GONE.map((name) => [
      name,
      { handler: () => -ENOSYS, args: [], status: 'full', note: 'ENOSYS, as on Linux' },
    ]),
  ),
  uname: { handler: sysUname, args: ['ptr'], status: 'full' },
  sethostname: { handler: sysSethostname, args: ['str', 'size'], status: 'full' },
  setdomainname: { handler: sysSetdomainname, args: ['str', 'size'], status: 'full' },
  sysinfo: { handler: sysSysinfo, args: ['ptr'], status: 'full' },
  acct: refused(EPERM, ['path'], 'EPERM: no process accounting'),
  quotactl: refused(EPERM, ['hex', 'path', 'int', 'ptr'], 'EPERM: no quotas'),
  io_uring_setup: refused(ENOSYS, ['int', 'ptr'], 'ENOSYS: programs fall back to ordinary calls'),
  landlock_create_ruleset: refused(ENOSYS, ['ptr', 'size', 'hex'], 'ENOSYS'),
};
