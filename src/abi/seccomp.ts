/** include/uapi/linux/seccomp.h and audit.h, and classic BPF as seccomp(2) takes it (filter.h, bpf_common.h). */

export const SECCOMP_MODE_DISABLED = 0;
export const SECCOMP_MODE_STRICT = 1;
export const SECCOMP_MODE_FILTER = 2;

export const SECCOMP_SET_MODE_STRICT = 0;
export const SECCOMP_SET_MODE_FILTER = 1;
export const SECCOMP_GET_ACTION_AVAIL = 2;
export const SECCOMP_GET_NOTIF_SIZES = 3;

export const SECCOMP_FILTER_FLAG_TSYNC = 1;
export const SECCOMP_FILTER_FLAG_LOG = 2;
export const SECCOMP_FILTER_FLAG_SPEC_ALLOW = 4;
export const SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;
export const SECCOMP_FILTER_FLAG_TSYNC_ESRCH = 16;
export const SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV = 32;

/** Actions as signed words: the smaller one takes precedence. */
export const SECCOMP_RET_KILL_PROCESS = 0x80000000 | 0;
export const SECCOMP_RET_KILL_THREAD = 0x00000000;
export const SECCOMP_RET_TRAP = 0x00030000;
export const SECCOMP_RET_ERRNO = 0x00050000;
export const SECCOMP_RET_USER_NOTIF = 0x7fc00000;
export const SECCOMP_RET_TRACE = 0x7ff00000;
export const SECCOMP_RET_LOG = 0x7ffc0000;
export const SECCOMP_RET_ALLOW = 0x7fff0000;
export const SECCOMP_RET_ACTION_FULL = 0xffff0000 | 0;
export const SECCOMP_RET_DATA = 0xffff;

/** struct seccomp_data: number, architecture, instruction pointer, six arguments; in 32-bit words. */
export const SECCOMP_DATA_SIZE = 64;
export const DATA_NR = 0;
export const DATA_ARCH = 1;
export const DATA_IP = 2;
export const DATA_ARGS = 4;

/** struct seccomp_notif_sizes: of struct seccomp_notif, seccomp_notif_resp and seccomp_data. */
export const SECCOMP_NOTIF_SIZES = [80, 24, 64] as const;

/** si_code of SIGSYS. */
export const SYS_SECCOMP = 1;
/** The largest errno that SECCOMP_RET_ERRNO gives. */
export const MAX_ERRNO = 4095;

/** Instructions of one program, and of all programs of a task (kernel/seccomp.c). */
export const BPF_MAXINSNS = 4096;
export const MAX_INSNS_PER_PATH = 32768;
/** What each further program counts beside its instructions. */
export const PENALTY_PER_FILTER = 4;
export const BPF_MEMWORDS = 16;
/** struct sock_filter: code (16 bits), jt, jf (8 bits each), k. struct sock_fprog: length (16 bits), padding, pointer. */
export const SOCK_FILTER_SIZE = 8;
export const SOCK_FPROG_SIZE = 16;

/** Instruction classes. */
export const BPF_LD = 0x00;
export const BPF_LDX = 0x01;
export const BPF_ST = 0x02;
export const BPF_STX = 0x03;
export const BPF_ALU = 0x04;
export const BPF_JMP = 0x05;
export const BPF_RET = 0x06;
export const BPF_MISC = 0x07;
/** Modes of loads; all are of words. */
export const BPF_IMM = 0x00;
export const BPF_ABS = 0x20;
export const BPF_MEM = 0x60;
export const BPF_LEN = 0x80;
/** Operations. */
export const BPF_ADD = 0x00;
export const BPF_SUB = 0x10;
export const BPF_MUL = 0x20;
export const BPF_DIV = 0x30;
export const BPF_OR = 0x40;
export const BPF_AND = 0x50;
export const BPF_LSH = 0x60;
export const BPF_RSH = 0x70;
export const BPF_NEG = 0x80;
export const BPF_XOR = 0xa0;
export const BPF_JA = 0x00;
export const BPF_JEQ = 0x10;
export const BPF_JGT = 0x20;
export const BPF_JGE = 0x30;
export const BPF_JSET = 0x40;
/** Where the second operand is. */
export const BPF_K = 0x00;
export const BPF_X = 0x08;
/** RET's value. */
export const BPF_A = 0x10;
export const BPF_TAX = 0x00;
export const BPF_TXA = 0x80;
