/** Names that config.json uses for numbers of the kernel. */
import * as abi from '../abi/sched.js';

/** RLIMIT_* by name (getrlimit(2)). */
export const RLIMITS: ReadonlyMap<string, number> = new Map([
  ['RLIMIT_CPU', abi.RLIMIT_CPU],
  ['RLIMIT_FSIZE', abi.RLIMIT_FSIZE],
  ['RLIMIT_DATA', abi.RLIMIT_DATA],
  ['RLIMIT_STACK', abi.RLIMIT_STACK],
  ['RLIMIT_CORE', abi.RLIMIT_CORE],
  ['RLIMIT_RSS', abi.RLIMIT_RSS],
  ['RLIMIT_NPROC', abi.RLIMIT_NPROC],
  ['RLIMIT_NOFILE', abi.RLIMIT_NOFILE],
  ['RLIMIT_MEMLOCK', abi.RLIMIT_MEMLOCK],
  ['RLIMIT_AS', abi.RLIMIT_AS],
  ['RLIMIT_LOCKS', abi.RLIMIT_LOCKS],
  ['RLIMIT_SIGPENDING', abi.RLIMIT_SIGPENDING],
  ['RLIMIT_MSGQUEUE', abi.RLIMIT_MSGQUEUE],
  ['RLIMIT_NICE', abi.RLIMIT_NICE],
  ['RLIMIT_RTPRIO', abi.RLIMIT_RTPRIO],
  ['RLIMIT_RTTIME', abi.RLIMIT_RTTIME],
]);

/** CAP_* by name, in the order of their numbers (capabilities(7)). */
export const CAPABILITIES: ReadonlyMap<string, number> = new Map(
  [
    'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE',
    'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN',
    'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE',
    'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE',
  ]
    .join(' ')
    .split(' ')
    .map((name, number) => [`CAP_${name}`, number]),
);

export const NAMESPACES = ['cgroup', 'ipc', 'mount', 'network', 'pid', 'time', 'user', 'uts'] as const;

/** process.scheduler.policy (sched_setscheduler(2)). */
export const SCHEDULERS: ReadonlyMap<string, number> = new Map([
  ['SCHED_OTHER', abi.SCHED_NORMAL],
  ['SCHED_FIFO', abi.SCHED_FIFO],
  ['SCHED_RR', abi.SCHED_RR],
  ['SCHED_BATCH', abi.SCHED_BATCH],
  ['SCHED_IDLE', abi.SCHED_IDLE],
  ['SCHED_DEADLINE', abi.SCHED_DEADLINE],
]);

/** process.scheduler.flags (sched_setattr(2)). */
export const SCHEDULER_FLAGS: ReadonlyMap<string, number> = new Map([
  ['SCHED_FLAG_RESET_ON_FORK', abi.SCHED_FLAG_RESET_ON_FORK],
  ['SCHED_FLAG_RECLAIM', abi.SCHED_FLAG_RECLAIM],
  ['SCHED_FLAG_DL_OVERRUN', abi.SCHED_FLAG_DL_OVERRUN],
  ['SCHED_FLAG_KEEP_POLICY', abi.SCHED_FLAG_KEEP_POLICY],
  ['SCHED_FLAG_KEEP_PARAMS', abi.SCHED_FLAG_KEEP_PARAMS],
  ['SCHED_FLAG_UTIL_CLAMP_MIN', abi.SCHED_FLAG_UTIL_CLAMP_MIN],
  ['SCHED_FLAG_UTIL_CLAMP_MAX', abi.SCHED_FLAG_UTIL_CLAMP_MAX],
]);

/** process.ioPriority.class (ioprio_set(2)). */
export const IO_PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['IOPRIO_CLASS_RT', 1],
  ['IOPRIO_CLASS_BE', 2],
  ['IOPRIO_CLASS_IDLE', 3],
]);

export const SECCOMP_ACTIONS = [
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_LOG',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_TRAP',
] as const;
/** Needs an agent outside that decides for the guest: known, and refused. */
export const SECCOMP_NOTIFY = 'SCMP_ACT_NOTIFY';

export const SECCOMP_OPERATORS = [
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_LE',
  'SCMP_CMP_LT',
  'SCMP_CMP_MASKED_EQ',
  'SCMP_CMP_NE',
] as const;

export const SECCOMP_ARCHITECTURES = [
  'SCMP_ARCH_AARCH64',
  'SCMP_ARCH_ARM',
  'SCMP_ARCH_LOONGARCH64',
  'SCMP_ARCH_M68K',
  'SCMP_ARCH_MIPS',
  'SCMP_ARCH_MIPS64',
  'SCMP_ARCH_MIPS64N32',
  'SCMP_ARCH_MIPSEL',
  'SCMP_ARCH_MIPSEL64',
  'SCMP_ARCH_MIPSEL64N32',
  'SCMP_ARCH_PARISC',
  'SCMP_ARCH_PARISC64',
  'SCMP_ARCH_PPC',
  'SCMP_ARCH_PPC64',
  'SCMP_ARCH_PPC64LE',
  'SCMP_ARCH_RISCV64',
  'SCMP_ARCH_S390',
  'SCMP_ARCH_S390X',
  'SCMP_ARCH_SH',
  'SCMP_ARCH_SHEB',
  'SCMP_ARCH_X32',
  'SCMP_ARCH_X86',
  'SCMP_ARCH_X86_64',
] as const;

export const SECCOMP_FLAGS = [
  'SECCOMP_FILTER_FLAG_LOG',
  'SECCOMP_FILTER_FLAG_SPEC_ALLOW',
  'SECCOMP_FILTER_FLAG_TSYNC',
  'SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV',
] as const;
