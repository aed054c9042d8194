/**
 * Calls that the filter lets through to the host kernel: they touch nothing but the caller's own memory, its threads' sleep,
 * its signal mask and the clocks; never a path, a descriptor, a socket or IPC. SECURITY.md repeats the list with its reasons.
 */

import { MAP_ANONYMOUS, MAP_HUGETLB } from '../src/abi/mman.js';
import {
  ARCH_GET_CPUID,
  ARCH_GET_FS,
  ARCH_GET_XCOMP_PERM,
  ARCH_GET_XCOMP_SUPP,
  ARCH_REQ_XCOMP_PERM,
  ARCH_SET_CPUID,
  ARCH_SET_FS,
  ITIMER_REAL,
  PR_SET_SECCOMP,
} from '../src/abi/sched.js';
import { SIGCHLD } from '../src/abi/signal.js';
import type { SyscallName } from '../src/arch/x86-64-syscalls.js';
import type { ArgTest } from '../src/platform/filter.js';
import type { ArgKind } from './family.js';

export interface NativeCall {
  /** Why the host may run it unseen. */
  reason: string;
  /** Alternatives of argument tests; without: always. What fails them goes to the sentry. */
  when?: readonly (readonly ArgTest[])[];
  /** Of these, what stops for the tracer. */
  trace?: readonly (readonly ArgTest[])[];
}

/** FUTEX_* operations but the priority-inheriting ones: bits 0-3 of the operation tell them apart. */
const FUTEX_NOT_PI: readonly (readonly ArgTest[])[] = [
  // WAIT, WAKE, FD (refused by the host), REQUEUE
  [
    { arg: 1, clear: 8 },
    { arg: 1, clear: 4 },
  ],
  // CMP_REQUEUE, WAKE_OP
  [
    { arg: 1, clear: 8 },
    { arg: 1, set: 4 },
    { arg: 1, clear: 2 },
  ],
  // WAIT_BITSET
  [
    { arg: 1, set: 8 },
    { arg: 1, clear: 4 },
    { arg: 1, clear: 2 },
    { arg: 1, set: 1 },
  ],
  // WAKE_BITSET
  [
    { arg: 1, set: 8 },
    { arg: 1, clear: 4 },
    { arg: 1, set: 2 },
    { arg: 1, clear: 1 },
  ],
];

export const nativeCalls: Partial<Record<SyscallName, NativeCall>> = {
  brk: { reason: "the caller's heap" },
  mmap: {
    reason: 'anonymous memory only; a mapping of a descriptor is decided by the sentry',
    when: [
      [
        { arg: 3, set: MAP_ANONYMOUS },
        { arg: 3, clear: MAP_HUGETLB },
      ],
    ],
    // At the host that number is the loader's, and stays it: the mapping gets another one.
    trace: [[{ arg: 4, eq: 0 }]],
  },
  munmap: { reason: "the caller's memory" },
  mprotect: { reason: "the caller's memory; files are mapped with what may be granted at most" },
  mremap: { reason: "the caller's memory" },
  madvise: { reason: "the caller's memory" },
  msync: { reason: "the caller's mappings" },
  mincore: { reason: "the caller's mappings; of files it tells only those that are its own to write" },
  mlock: { reason: "the caller's memory, within RLIMIT_MEMLOCK" },
  mlock2: { reason: "the caller's memory, within RLIMIT_MEMLOCK" },
  munlock: { reason: "the caller's memory" },
  mlockall: { reason: "the caller's memory, within RLIMIT_MEMLOCK" },
  munlockall: { reason: "the caller's memory" },
  mseal: { reason: "the caller's mappings, sealed against the caller" },
  remap_file_pages: {
    reason:
      "the caller's mappings of one file, with the rights that they have; all are shown to the sentry, for removed segments cannot be mapped anew",
    when: [],
  },
  pkey_alloc: { reason: "the caller's protection keys" },
  pkey_free: { reason: "the caller's protection keys" },
  pkey_mprotect: { reason: "the caller's memory, as mprotect" },
  mbind: { reason: "which node the caller's memory comes from, among those that its sandbox may use" },
  set_mempolicy: {
    reason: "which node the caller's memory comes from, among those that its sandbox may use",
  },
  set_mempolicy_home_node: { reason: "the preferred node of the caller's memory" },
  get_mempolicy: { reason: "the caller's own memory policy" },
  futex: {
    reason: "sleep and wake-up on the caller's memory; not the priority-inheriting operations",
    when: FUTEX_NOT_PI,
  },
  futex_waitv: { reason: "sleep on several words of the caller's memory" },
  futex_wait: { reason: "sleep on a word of the caller's memory" },
  futex_wake: { reason: 'wakes sleepers on such a word' },
  futex_requeue: { reason: 'moves sleepers from one word to another' },
  set_robust_list: { reason: "a pointer to the caller's own futexes" },
  set_tid_address: { reason: "a pointer into the caller's memory, cleared at its exit" },
  rseq: { reason: "a structure in the caller's memory" },
  membarrier: { reason: 'memory ordering between the threads of the caller' },
  sched_yield: { reason: 'gives up the processor' },
  nanosleep: { reason: 'sleep' },
  clock_nanosleep: { reason: 'sleep' },
  clock_gettime: { reason: 'reads a clock (nearly always in the vDSO)' },
  clock_getres: { reason: 'reads the resolution of a clock' },
  gettimeofday: { reason: 'reads a clock' },
  time: { reason: 'reads a clock' },
  getcpu: { reason: 'reads the current processor' },
  getrandom: { reason: 'random bytes' },
  rt_sigaction: {
    reason: "the caller's handlers; SIGCHLD's is shown to the sentry, for zombies depend on it",
    when: [[{ arg: 0, ne: SIGCHLD }]],
  },
  rt_sigprocmask: { reason: "the caller's signal mask" },
  rt_sigreturn: { reason: 'end of a handler' },
  rt_sigsuspend: { reason: 'sleep with another signal mask' },
  rt_sigpending: { reason: "the caller's pending signals" },
  pause: { reason: 'sleep' },
  restart_syscall: { reason: 'continues an interrupted sleep of this list' },
  sigaltstack: { reason: "a place in the caller's memory" },
  arch_prctl: {
    reason: "the caller's fs base, cpuid and register state; gs is kept for the sentry",
    when: [
      ARCH_SET_FS,
      ARCH_GET_FS,
      ARCH_GET_CPUID,
      ARCH_SET_CPUID,
      ARCH_GET_XCOMP_SUPP,
      ARCH_GET_XCOMP_PERM,
      ARCH_REQ_XCOMP_PERM,
    ].map((code) => [{ arg: 0, eq: code }]),
  },
  setitimer: {
    reason: "timers over processor time, which only run while the caller runs; ITIMER_REAL is the sentry's",
    when: [[{ arg: 0, ne: ITIMER_REAL }]],
  },
  getitimer: { reason: 'the same timers', when: [[{ arg: 0, ne: ITIMER_REAL }]] },
  exit: { reason: 'end of a thread; the tracer sees it' },
  exit_group: { reason: 'end of a process; the tracer sees it' },
};

/** What of a call of the sentry's stops for the tracer instead. */
export const partlyTraced: Partial<Record<SyscallName, readonly (readonly ArgTest[])[]>> = {
  // As seccomp(2).
  prctl: [[{ arg: 0, eq: PR_SET_SECCOMP }]],
};

interface TracedCall {
  note: string;
  args: readonly ArgKind[];
  status?: 'partial';
}

/** Calls that stop for the tracer, because registers must change before the host may run them. */
export const tracedCalls: Partial<Record<SyscallName, TracedCall>> = {
  clone: {
    note: 'becomes a clone whose child belongs to the reaper',
    args: ['clone-flags', 'ptr', 'ptr', 'ptr', 'ptr'],
  },
  fork: { note: 'becomes clone', args: [] },
  vfork: { note: 'becomes clone', args: [] },
  clone3: {
    note: 'its structure is read once and becomes the registers of clone',
    args: ['struct', 'size'],
  },
  execve: { note: 'becomes an execveat of the loader', args: ['path', 'ptr', 'ptr'] },
  execveat: {
    note: 'becomes an execveat of the loader',
    args: ['dirfd', 'path', 'ptr', 'ptr', 'at-flags'],
  },
  io_setup: {
    note: "becomes a mapping of the page that names the context; the context is the sentry's",
    args: ['uint', 'ptr'],
  },
  io_destroy: { note: 'becomes the end of that mapping', args: ['ptr'] },
  shmat: {
    note: 'becomes an mmap of the segment, whose descriptor the sentry puts in place',
    args: ['int', 'ptr', 'hex'],
  },
  shmdt: { note: 'becomes a munmap of the attachment', args: ['ptr'] },
  seccomp: {
    note: 'filters are evaluated by the sentry; the host is given one that stops the native calls that they do not allow. SECCOMP_FILTER_FLAG_NEW_LISTENER: EINVAL',
    args: ['int', 'hex', 'ptr'],
    status: 'partial',
  },
  rt_sigtimedwait: {
    note: 'runs as it stands, then the siginfo of signals that the sentry sent is put right',
    args: ['struct', 'ptr', 'struct', 'size'],
  },
};

const HOST = "the machine is the host's";
const MODULES = 'there are no kernel modules';
const OBSERVERS = 'would look into or extend the host kernel';

/** Calls that the filter itself answers with EPERM: what no guest may have, whoever it is. */
export const refusedCalls: Partial<Record<SyscallName, string>> = {
  reboot: HOST,
  kexec_load: HOST,
  kexec_file_load: HOST,
  swapon: HOST,
  swapoff: HOST,
  iopl: HOST,
  ioperm: HOST,
  init_module: MODULES,
  finit_module: MODULES,
  delete_module: MODULES,
  bpf: OBSERVERS,
  perf_event_open: OBSERVERS,
  userfaultfd: OBSERVERS,
};
