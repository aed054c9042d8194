/** From the name of somebody's test to the system calls that it is about. */
import { SYS } from '../../src/arch/x86-64-syscalls.js';

/** Names of library functions and of test families that are not names of calls. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  abort: ['tgkill'],
  bpf_map: ['bpf'],
  bpf_prog: ['bpf'],
  dirtyc0w: ['madvise'],
  dirtyc0w_shmem: ['madvise'],
  dirtypipe: ['splice'],
  execl: ['execve'],
  execle: ['execve'],
  execlp: ['execve'],
  execv: ['execve'],
  execvp: ['execve'],
  fanotify: ['fanotify_init', 'fanotify_mark'],
  file_attr: ['file_getattr', 'file_setattr'],
  fork_procs: ['fork'],
  fpathconf: ['fstatfs'],
  fstatat: ['newfstatat'],
  futex_cmp_requeue: ['futex'],
  futex_wait: ['futex'],
  futex_wait_bitset: ['futex'],
  futex_wake: ['futex'],
  getdomainname: ['uname'],
  gethostid: ['uname'],
  gethostname: ['uname'],
  inotify: ['inotify_init1', 'inotify_add_watch'],
  io_uring: ['io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  landlock: ['landlock_create_ruleset', 'landlock_add_rule', 'landlock_restrict_self'],
  leapsec: ['adjtimex'],
  llseek: ['lseek'],
  mallinfo: ['brk'],
  mallinfo2: ['brk'],
  mallopt: ['brk'],
  mq_send: ['mq_timedsend'],
  newuname: ['uname'],
  nftw: ['getdents64'],
  nice: ['setpriority'],
  pathconf: ['statfs'],
  pipeio: ['pipe'],
  pkey: ['pkey_mprotect', 'pkey_alloc', 'pkey_free'],
  posix_fadvise: ['fadvise64'],
  pread: ['pread64'],
  prot_hsymlinks: ['link', 'symlink'],
  pselect: ['pselect6'],
  pwrite: ['pwrite64'],
  readdir: ['getdents64'],
  realpath: ['getcwd', 'readlink'],
  recv: ['recvfrom'],
  sbrk: ['brk'],
  send: ['sendto'],
  setegid: ['setresgid'],
  seteuid: ['setresuid'],
  setpgrp: ['setpgid'],
  sgetmask: ['rt_sigprocmask'],
  shmt: ['shmat', 'shmctl', 'shmdt'],
  sigaction: ['rt_sigaction'],
  sighold: ['rt_sigprocmask'],
  signal: ['rt_sigaction'],
  sigpending: ['rt_sigpending'],
  sigprocmask: ['rt_sigprocmask'],
  sigqueue: ['rt_sigqueueinfo'],
  sigrelse: ['rt_sigprocmask'],
  sigsuspend: ['rt_sigsuspend'],
  sigtimedwait: ['rt_sigtimedwait'],
  sigwait: ['rt_sigtimedwait'],
  sigwaitinfo: ['rt_sigtimedwait'],
  socketcall: ['socket'],
  sockioctl: ['ioctl'],
  ssetmask: ['rt_sigprocmask'],
  statvfs: ['statfs'],
  stime: ['settimeofday'],
  sysconf: ['getrlimit'],
  sysctl: ['_sysctl'],
  timerfd: ['timerfd_create', 'timerfd_settime', 'timerfd_gettime'],
  ulimit: ['getrlimit', 'setrlimit'],
  umount: ['umount2'],
  wait: ['wait4'],
  waitpid: ['wait4'],
};

function lookUp(stem: string): readonly string[] | undefined {
  if (Object.hasOwn(aliases, stem)) return aliases[stem];
  return Object.hasOwn(SYS, stem) ? [stem] : undefined;
}

/**
 * The calls that a stem is about: itself, its alias, or those of its beginning (`ioctl_loop` is about `ioctl`), cut
 * where an underscore is.
 */
function callsOfStem(stem: string): readonly string[] {
  for (let rest = stem; rest !== ''; rest = rest.slice(0, Math.max(0, rest.lastIndexOf('_')))) {
    const calls = lookUp(rest);
    if (calls !== undefined) return calls;
  }
  return [];
}

/**
 * The system calls of an entry, found in its name: digits and suffixes (`_64`, `_16`, a letter) go, and numbers are two
 * digits, so that `dup201` is dup2's first and `dup05` dup's fifth.
 *
 * @param name of a runtest entry, for example `openat202`, `accept4_01`, `getuid01_16`
 * @returns names of calls as in the table; none for a test of something else
 */
export function callsOfEntry(name: string): readonly string[] {
  const base = name
    .toLowerCase()
    .replace(/#\d+$/, '')
    .replace(/_(16|64)$/, '')
    .replace(/(?<=\d)[a-z]$/, '');
  const numbered = /^(.*?)_?(\d\d)(?:_\d+)?$/.exec(base);
  if (numbered) {
    const exact = lookUp(numbered[1]!);
    if (exact !== undefined) return exact;
  }
  return callsOfStem(lookUp(base) === undefined ? base.replace(/_?\d+(?:_\d+)?$/, '') : base);
}

/**
 * The system calls of a test binary, found in its name: `open_test` and `fs/open_create_test` are about `open`.
 *
 * @param name its path in its directory
 */
export function callsOfBinary(name: string): readonly string[] {
  const base = name.slice(name.lastIndexOf('/') + 1).toLowerCase();
  return callsOfStem(base.replaceAll('-', '_').replace(/_?tests?$/, ''));
}
