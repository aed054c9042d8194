/** System V IPC and POSIX message queues: flags, commands, limits and layouts (linux/ipc.h, sem.h, msg.h, shm.h, mqueue.h; x86-64). */

export const IPC_PRIVATE = 0;
export const IPC_CREAT = 0o1000;
export const IPC_EXCL = 0o2000;
export const IPC_NOWAIT = 0o4000;

export const IPC_RMID = 0;
export const IPC_SET = 1;
export const IPC_STAT = 2;
export const IPC_INFO = 3;

/** Bits of an identifier that are the index; the rest is the sequence number (IPCMNI_SHIFT). */
export const IPCMNI_SHIFT = 15;
export const IPCMNI = 1 << IPCMNI_SHIFT;

// --- semaphores ---------------------------------------------------------------------------------------------------------

export const GETPID = 11;
export const GETVAL = 12;
export const GETALL = 13;
export const GETNCNT = 14;
export const GETZCNT = 15;
export const SETVAL = 16;
export const SETALL = 17;
export const SEM_STAT = 18;
export const SEM_INFO = 19;
export const SEM_STAT_ANY = 20;
export const SEM_UNDO = 0x1000;

export const SEMMNI = 32000;
export const SEMMSL = 32000;
export const SEMMNS = SEMMNI * SEMMSL;
export const SEMOPM = 500;
export const SEMVMX = 32767;
/** Largest adjustment that undo may have to make. */
export const SEMAEM = SEMVMX;
/** struct sem_undo's size as semctl(IPC_INFO) tells it. */
export const SEMUSZ = 20;

/** struct sembuf. */
export const SEMBUF_SIZE = 6;
export const SEMID64_DS_SIZE = 104;
export const SEMINFO_SIZE = 40;

// --- message queues -----------------------------------------------------------------------------------------------------

export const MSG_STAT = 11;
export const MSG_INFO = 12;
export const MSG_STAT_ANY = 13;
export const MSG_NOERROR = 0o10000;
export const MSG_EXCEPT = 0o20000;
export const MSG_COPY = 0o40000;

export const MSGMNI = 32000;
export const MSGMAX = 8192;
export const MSGMNB = 16384;
export const MSGSSZ = 16;
/** Kilobytes of all queues, and the number of segments, which is cut to 16 bits. */
export const MSGPOOL = (MSGMNI * MSGMNB) / 1024;
export const MSGSEG = 0xffff;

export const MSQID64_DS_SIZE = 120;
export const MSQID64_DS_QBYTES = 88;
export const MSGINFO_SIZE = 32;

// --- shared memory ------------------------------------------------------------------------------------------------------

export const SHM_R = 0o400;
export const SHM_W = 0o200;
export const SHM_HUGETLB = 0o4000;
export const SHM_NORESERVE = 0o10000;
export const SHM_RDONLY = 0o10000;
export const SHM_RND = 0o20000;
export const SHM_REMAP = 0o40000;
export const SHM_EXEC = 0o100000;
/** In the mode of a segment: gone with the last attachment; locked into memory. */
export const SHM_DEST = 0o1000;
export const SHM_LOCKED = 0o2000;
export const SHM_LOCK = 11;
export const SHM_UNLOCK = 12;
export const SHM_STAT = 13;
export const SHM_INFO = 14;
export const SHM_STAT_ANY = 15;

export const SHMMIN = 1;
export const SHMMNI = 4096;
/** ULONG_MAX - 2^24: the default of shmmax and shmall. */
export const SHMMAX = 0xffff_ffff_feff_ffffn;

export const SHMID64_DS_SIZE = 112;
export const SHMINFO64_SIZE = 72;
export const SHM_INFO_SIZE = 48;

// --- POSIX message queues -----------------------------------------------------------------------------------------------

export const MQ_PRIO_MAX = 32768;
export const MQ_ATTR_SIZE = 64;
/** Bounds for those with CAP_SYS_RESOURCE (include/linux/ipc_namespace.h). */
export const HARD_MSGMAX = 65536;
export const HARD_MSGSIZEMAX = 16 << 20;
export const HARD_QUEUESMAX = 1024;
/** What a queue counts against RLIMIT_MSGQUEUE for each message and each priority, besides the bytes themselves. */
export const MQ_MESSAGE_OVERHEAD = 48;
export const MQ_PRIORITY_OVERHEAD = 48;
/** st_size of a queue. */
export const MQ_FILENT_SIZE = 80;
/** Bytes that SIGEV_THREAD sends, and what the last one says. */
export const NOTIFY_COOKIE_LEN = 32;
export const NOTIFY_WOKENUP = 1;
export const NOTIFY_REMOVED = 2;

/** struct ipc64_perm: uid, gid, mode, and the whole size. */
export const IPC64_PERM_UID = 4;
export const IPC64_PERM_GID = 8;
export const IPC64_PERM_MODE = 20;
export const IPC64_PERM_SIZE = 48;

/** What struct ipc64_perm tells of an object. */
export interface Ipc64Perm {
  readonly key: number;
  readonly uid: number;
  readonly gid: number;
  readonly cuid: number;
  readonly cgid: number;
  readonly mode: number;
  readonly seq: number;
}

/** Writes struct ipc64_perm at the start of `dv`, which is zeroed. */
export function putIpc64Perm(dv: DataView, perm: Ipc64Perm): void {
  dv.setInt32(0, perm.key, true);
  dv.setUint32(IPC64_PERM_UID, perm.uid, true);
  dv.setUint32(IPC64_PERM_GID, perm.gid, true);
  dv.setUint32(12, perm.cuid, true);
  dv.setUint32(16, perm.cgid, true);
  dv.setUint32(IPC64_PERM_MODE, perm.mode, true);
  dv.setUint16(24, perm.seq, true);
}
