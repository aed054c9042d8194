/**
 * The C++ addon seen from TypeScript. Numbers are plain doubles; addresses of a guest are doubles below 2^47; every
 * result below zero is a negative errno. Strings are latin1 byte strings. `Native` is an interface so that unit tests can
 * put a fake in its place.
 */

/** What `next()` woke up for. */
export const EVENT_NONE = 0;
/** A guest's call waits for an answer; see the CTL_* fields. */
export const EVENT_SYSCALL = 1;
/** waitpid(2) reported a tracee: CTL_TID and CTL_STATUS. */
export const EVENT_CHILD = 2;
/** A watched host descriptor is ready: CTL_TID is the descriptor, CTL_STATUS the poll mask. */
export const EVENT_HOST_FD = 3;
/** The deadline given to `next` has passed. */
export const EVENT_TIMEOUT = 4;
/** A signal arrived for the sentry itself: CTL_TID is its number. */
export const EVENT_HOST_SIGNAL = 5;
/** No guest is left. */
export const EVENT_NO_GUEST = 6;
/** Sockets watched with `watchSocket` have changed: CTL_STATUS pairs in `socketEvents`. */
export const EVENT_HOST_SOCKETS = 7;

/** Indices in 32-bit words into the control block, shared by the addon and the sentry (addon/platform/ctl.h). */
export const CTL_TID = 0;
export const CTL_NR = 1;
export const CTL_STATUS = 2;
export const CTL_REPLY_KIND = 3;
/** Word index of six raw 64-bit arguments: low words at CTL_ARGS + 2 * i. */
export const CTL_ARGS = 8;
/** Index in doubles of the same six arguments as signed 64-bit values converted to doubles. */
export const CTL_ARGS_F64 = 10;
/** Index in doubles of the address behind the call's instruction. */
export const CTL_IP_F64 = 2;
/** Index in doubles of the value to reply with. */
export const CTL_REPLY_VALUE = 16;

/** System call numbers that `countCalls` tells apart (addon/platform/ctl.h). */
export const COUNTED_CALLS = 512;

export const REPLY_NONE = 0;
export const REPLY_VALUE = 1;
/** Let the host kernel run the call as it stands (SECCOMP_USER_NOTIF_FLAG_CONTINUE). */
export const REPLY_CONTINUE = 2;

/** How much of the host's network the sentry goes on using after its lock-down. */
export type SocketsKept = 'none' | 'published' | 'all';
/** Which unix sockets of the host it goes on using: connects to those that there are (open), makes new ones (create). */
export type HostUdsMode = 'none' | 'open' | 'create' | 'all';

/**
 * What lies beside the bytes of a message of a host socket, in the staging area: name and ancillary data, and words (32 bits) that
 * say their lengths and MSG_* flags after a receive (addon/host/sockets.cc).
 */
export const SOCK_META = 0x60000;
export const SOCK_NAME = SOCK_META + 16;
export const SOCK_CONTROL = SOCK_META + 256;
export const SOCK_CONTROL_ROOM = 0x4000;

/** Layout of `statBuf` (doubles) after the host stat calls. */
export const enum St {
  dev,
  ino,
  mode,
  nlink,
  uid,
  gid,
  rdev,
  size,
  blksize,
  blocks,
  atimeSec,
  atimeNsec,
  mtimeSec,
  mtimeNsec,
  ctimeSec,
  ctimeNsec,
  btimeSec,
  btimeNsec,
  /** The inode number in two halves, for it may be too large for a double. */
  inoLow,
  inoHigh,
}

/** Registers of a stopped tracee in `regs` (doubles, signed 64-bit converted), named as in struct user_regs_struct. */
export const enum Reg {
  r15,
  r14,
  r13,
  r12,
  rbp,
  rbx,
  r11,
  r10,
  r9,
  r8,
  rax,
  rcx,
  rdx,
  rsi,
  rdi,
  orig_rax,
  rip,
  cs,
  eflags,
  rsp,
  ss,
  fs_base,
  gs_base,
}

/** Memory that the sentry shares with guests: a descriptor to map it by, and the sentry's own mapping. */
export interface LaneMemory {
  readonly hostFd: number;
  readonly buffer: ArrayBuffer;
}

/** Guest memory, host calls and the trap. */
export interface Native {
  /** Control block of 4096 bytes. */
  readonly ctl: ArrayBuffer;
  /** Doubles filled by the host stat calls. */
  readonly statBuf: Float64Array;
  /** Staging area of 1 MiB for structures and data; offsets below are into it. */
  readonly scratch: ArrayBuffer;

  // --- the fast lane (addon/platform/lane.cc) ------------------------------------------------------------------------
  /** @param readOnly nobody but the sentry can ever write there @returns the memory, or -errno */
  laneMemory(size: number, readOnly: boolean): LaneMemory | number;
  /** Writes into program text, whatever its protection; not where it is shared or writable. @returns bytes written or -errno */
  pokeText(tid: number, addr: number, bytes: Uint8Array): number;
  /** Lets a stopped thread go on from another address. @returns 0 or -errno */
  ptraceJump(tid: number, addr: number): number;

  // --- the trap -------------------------------------------------------------------------------------------------
  /** Starts room and reaper and the first guest process stopped before its execve. Throws an Error with a clear line when the host lacks something. */
  start(options: StartOptions): StartResult;
  /**
   * Gives up, for every thread of the sentry and for ever, the privileges and calls that it does not need once the sandbox has
   * started (addon/platform/confine.cc). Nothing can be executed or mounted afterwards, and no sockets be made but those of
   * `sockets` and `uds`. Throws an Error with one clear line.
   */
  confine(sockets: SocketsKept, uds: HostUdsMode, control: boolean): void;
  /**
   * Kills every guest and the reaper, and waits for them; at most `patience` milliseconds, -1: for ever. The reaper does not end before
   * the stubs in its namespace have been waited for, which is for others to do.
   */
  stop(patience: number): void;
  /** Sends the pending reply of the control block, then waits for the next event. `timeoutMs` < 0 waits for ever. */
  next(timeoutMs: number): number;
  /** Answers a call taken earlier; 0 or -ENOENT when the task is gone. */
  reply(tid: number, value: number): number;
  replyContinue(tid: number): number;
  /**
   * Starts counting calls by number. The array goes on changing: [nr] are the calls that came from the listener,
   * [COUNTED_CALLS + 1 + nr] those of them that `next` handed over; the rest was answered in C++. The last element of each
   * half is for numbers from COUNTED_CALLS up.
   */
  countCalls(): Float64Array;
  /** Puts host descriptor `hostFd` at number `guestFd` of the task whose call waits; number or -errno. */
  addFd(tid: number, hostFd: number, guestFd: number): number;

  // --- the tracer -----------------------------------------------------------------------------------------------
  getRegs(tid: number, regs: Float64Array): number;
  /** struct user_regs_struct of a stopped thread into scratch[off..off+216). */
  ptraceRegs(tid: number, off: number): number;
  /** Sets the general registers that the clone and execve rewriting needs; see addon/platform/tracer.cc. */
  ptraceClone(tid: number, flags: number, stack: number, ptid: number, ctid: number, tls: number): number;
  /** Notes that `childTid` is to get the registers that `tid` had. */
  ptraceAdopt(tid: number, childTid: number): number;
  /** Gives a stopped task the argument registers back that it had before its call was rewritten. */
  ptraceRestore(tid: number): number;
  /** Turns the trapped execve into one of the loader. `empty` is the address of a NUL byte. */
  ptraceExec(tid: number, empty: number, argv: number, envp: number): number;
  /** Turns the trapped call into another one of up to three arguments; its end is a stop. */
  ptraceCall(tid: number, nr: number, a0: number, a1: number, a2: number): number;
  /** Turns the trapped call into an anonymous mapping of `len` bytes, or into the end of one; its end is a stop. */
  ptraceMap(tid: number, len: number): number;
  /** Turns the trapped call into mmap(addr, len, prot, flags, fd, 0); its end is a stop. */
  ptraceMapFile(tid: number, addr: number, len: number, prot: number, flags: number, fd: number): number;
  /** Lets the trapped mmap run with `fd` in place of its descriptor; its end is a stop. */
  ptraceMapAs(tid: number, fd: number): number;
  ptraceUnmap(tid: number, addr: number, len: number): number;
  /** Skips the trapped call and returns `value` from it. */
  ptraceSkip(tid: number, value: number): number;
  /** Sets the result register of a stopped thread, and nothing else. */
  ptraceResult(tid: number, value: number): number;
  ptraceCont(tid: number, signal: number): number;
  /** Delivers a signal; the next stop, with SIGTRAP, is before the first instruction of its handler. */
  ptraceStep(tid: number, signal: number): number;
  /** Lets the trapped call run as it stands; its end is a stop. */
  ptraceToExit(tid: number): number;
  ptraceListen(tid: number): number;
  ptraceInterrupt(tid: number): number;
  /**
   * Makes a stopped thread run a call of ours next, by the syscall instruction that it has just executed.
   * @param first its registers now are the ones to go back to; else those of the first one are
   */
  ptraceInject(
    tid: number,
    nr: number,
    a0: number,
    a1: number,
    a2: number,
    a3: number,
    first: boolean,
  ): number;
  /** After that: the registers that it had, and `value` as result; or, if `again`, its own call is to be made once more. */
  ptraceReturn(tid: number, value: number, again: boolean): number;
  ptraceEventMessage(tid: number): number;
  /** siginfo of a stop into scratch[off..off+128), and back. */
  ptraceGetSiginfo(tid: number, off: number): number;
  ptraceSetSiginfo(tid: number, off: number): number;
  /** Signal mask of a stopped task into scratch[0..8), and back. */
  ptraceGetSigmask(tid: number): number;
  ptraceSetSigmask(tid: number): number;
  /** Thread id inside the guests' pid namespace, or -errno. */
  guestTid(tid: number): number;
  /** Sends a signal with siginfo fields; tid 0 sends to the whole process. */
  sendSignal(
    tgid: number,
    tid: number,
    sig: number,
    code: number,
    pid: number,
    uid: number,
    value: number,
  ): number;
  /** Lets the reaper collect a zombie, by its number in the guests' pid namespace. */
  reap(pid: number): void;

  // --- guest memory ---------------------------------------------------------------------------------------------
  /** Copies guest memory to scratch[off..off+len); bytes copied (short at the first bad page) or -EFAULT. */
  readMem(tid: number, addr: number, off: number, len: number): number;
  /** Copies scratch[off..off+len) to the guest; bytes copied or -EFAULT. */
  writeMem(tid: number, addr: number, off: number, len: number): number;
  /** The same with a byte array of the kernel's. */
  readMemTo(tid: number, addr: number, dst: Uint8Array, off: number, len: number): number;
  writeMemFrom(tid: number, addr: number, src: Uint8Array, off: number, len: number): number;
  /** NUL-terminated string of at most `max` bytes including the NUL, as latin1; -EFAULT, -ENAMETOOLONG. */
  readString(tid: number, addr: number, max: number): string | number;
  /** Host file -> guest memory in one go; `pos` < 0 reads at the descriptor's own offset (pipes, terminals) without blocking. */
  readHostToGuest(tid: number, hostFd: number, addr: number, len: number, pos: number): number;
  writeHostFromGuest(tid: number, hostFd: number, addr: number, len: number, pos: number): number;

  // --- host files: always below `dirFd`, never following a symbolic link in the last or any component -------------
  /** O_PATH descriptor of a host directory named by the operator. */
  openRoot(path: string): number;
  openAt(dirFd: number, path: string, flags: number, mode: number): number;
  /** Opens the regular file `name` of the directory `dirFd` ('': the file that `dirFd` is); statBuf tells of it. Descriptor or -errno, -ENXIO for others. */
  openFileAt(dirFd: number, name: string, flags: number): number;
  /** Makes a regular file with this owner (-1: as it comes) and mode, for reading and writing; '' makes a nameless one. statBuf tells of it. Descriptor or -errno. */
  createAt(dirFd: number, name: string, mode: number, uid: number, gid: number): number;
  /** A name in `dirFd` for the open file `fd`. 0 or -errno. */
  linkFd(fd: number, dirFd: number, name: string): number;
  close(fd: number): void;
  /** lstat into statBuf; an empty path means `dirFd` itself. */
  statAt(dirFd: number, path: string): number;
  fstat(fd: number): number;
  readlinkAt(dirFd: number, path: string): string | number;
  /** Names, inode numbers and DT_* types of a directory, without `.` and `..`. */
  readdirAt(dirFd: number, path: string): HostDirEntry[] | number;
  pread(fd: number, dst: Uint8Array, off: number, len: number, pos: number): number;
  pwrite(fd: number, src: Uint8Array, off: number, len: number, pos: number): number;
  mkdirAt(dirFd: number, path: string, mode: number): number;
  unlinkAt(dirFd: number, path: string, isDir: boolean): number;
  renameAt(fromFd: number, from: string, toFd: number, to: string, flags: number): number;
  symlinkAt(dirFd: number, target: string, path: string): number;
  mknodAt(dirFd: number, path: string, mode: number, rdev: number): number;
  chmodAt(dirFd: number, path: string, mode: number): number;
  chownAt(dirFd: number, path: string, uid: number, gid: number): number;
  /** nsec may be UTIME_NOW or UTIME_OMIT. */
  utimensAt(dirFd: number, path: string, asec: number, ansec: number, msec: number, mnsec: number): number;
  ftruncate(fd: number, size: number): number;
  fallocate(fd: number, mode: number, pos: number, len: number): number;
  fsync(fd: number, dataOnly: boolean): number;
  /** sync_file_range(2) with SYNC_FILE_RANGE_WRITE alone; `length` 0: to the end. 0 or -errno. */
  startWriteback(fd: number, pos: number, length: number): number;
  /** fsync by another thread. A descriptor that becomes readable when it is done, for `syncResult`; or -errno. */
  syncStart(fd: number, dataOnly: boolean): number;
  /** What `syncStart` has come to: 0 or -errno. Closes the descriptor. */
  syncResult(done: number): number;
  /** Writes a whole host file system to its disk. */
  syncfs(fd: number): number;
  lseek(fd: number, pos: number, whence: number): number;
  statfs(dirFd: number, path: string): HostStatfs | number;
  getxattr(dirFd: number, path: string, name: string): Uint8Array | number;
  setxattr(dirFd: number, path: string, name: string, value: Uint8Array, flags: number): number;
  listxattr(dirFd: number, path: string): Uint8Array | number;
  removexattr(dirFd: number, path: string, name: string): number;
  memfd(name: string): number;
  /** F_ADD_SEALS on a memfd; -EBUSY while it is mapped shared and writable. */
  addSeals(fd: number, seals: number): number;
  /** A second descriptor of an open file (a memfd) that can only be read through. */
  reopenReadOnly(fd: number): number;
  /** copies between host descriptors with copy_file_range/sendfile; bytes or -errno. */
  copyRange(inFd: number, inPos: number, outFd: number, outPos: number, len: number): number;

  // --- the control socket and the stubs' (addon/platform/control.cc) ------------------------------------------------

  /** Has SIGIO raised whenever something happens to a socket (EVENT_HOST_SIGNAL); makes it non-blocking. 0 or -errno. */
  signalSocket(fd: number): number;
  /** accept4(2) of a non-blocking listener; descriptor or -errno. */
  acceptSocket(fd: number): number;
  /** recvmsg(2): bytes at `off` of `dst`, 0 at the end, or -errno; descriptors that came are appended to `fds`. `wait`: until there is something. */
  receiveMessage(fd: number, dst: Uint8Array, off: number, fds: number[], wait: boolean): number;
  /** send(2) from `off` on, never waiting: bytes or -errno. */
  sendBytes(fd: number, src: Uint8Array, off: number): number;
  /** A client's: a stream socket connected to a path of any length (an ordinary string), or -errno. */
  connectSocket(path: string): number;
  /** A client's: all of the bytes, with the descriptors at their beginning; waits for room. 0 or -errno. */
  sendMessage(fd: number, bytes: Uint8Array, fds: readonly number[]): number;

  // --- host descriptors of the operator's (standard streams, terminals) ---------------------------------------------
  /** Reads without blocking; -EAGAIN when nothing is there. */
  readNonblock(fd: number, dst: Uint8Array, off: number, len: number): number;
  writeNonblock(fd: number, src: Uint8Array, off: number, len: number): number;
  /** poll(2) of one descriptor with timeout 0; the mask. */
  pollFd(fd: number, events: number): number;
  /** Opens the terminal that `fd` is once more, non-blocking and with the same access; the new descriptor or -errno. */
  openTerminal(fd: number): number;
  /** Watches a descriptor once for `events`; `next` then returns EVENT_HOST_FD. -EPERM: always ready (a regular file). */
  watchFd(fd: number, events: number): number;
  unwatchFd(fd: number): void;
  /** Watches a host socket until it is closed, edge-triggered: `next` returns EVENT_HOST_SOCKETS. */
  watchSocket(fd: number): number;
  /** Descriptor and EPOLL* mask of each socket that has changed. */
  readonly socketEvents: Int32Array;
  /** ioctl with a buffer in scratch[off..]: the caller knows direction and size. */
  ioctlBuf(fd: number, request: number, off: number): number;
  ioctlInt(fd: number, request: number, arg: number): number;

  // --- sockets of the host: internet families only, all of them non-blocking; addresses are raw struct sockaddr -------------
  /** socket(2): SOCK_STREAM or SOCK_DGRAM of AF_INET or AF_INET6; descriptor or -errno. */
  sockOpen(family: number, type: number, protocol: number): number;
  sockBind(fd: number, address: Uint8Array): number;
  sockListen(fd: number, backlog: number): number;
  /** connect(2); -EINPROGRESS where it would wait. A call after that one tells how it ended. */
  sockConnect(fd: number, address: Uint8Array): number;
  /** accept4(2); descriptor or -errno. The peer's address is at SOCK_NAME, its length in the first word of SOCK_META. */
  sockAccept(fd: number): number;
  /** sendmsg(2), never waiting, never raising SIGPIPE. `nameLen` bytes at SOCK_NAME and `controlLen` at SOCK_CONTROL go with it. */
  sockSend(
    fd: number,
    src: Uint8Array,
    off: number,
    len: number,
    flags: number,
    nameLen: number,
    controlLen: number,
  ): number;
  /** recvmsg(2), never waiting: fills SOCK_META (lengths of name and ancillary data, flags), SOCK_NAME and SOCK_CONTROL. */
  sockReceive(
    fd: number,
    dst: Uint8Array,
    off: number,
    len: number,
    flags: number,
    controlRoom: number,
  ): number;
  /** getsockopt(2) of what addon/host/socket-options.cc lists, else -ENOPROTOOPT: length of the value at SOCK_CONTROL, or -errno. */
  sockGetOption(fd: number, level: number, name: number, room: number): number;
  sockSetOption(fd: number, level: number, name: number, value: Uint8Array): number;
  sockShutdown(fd: number, how: number): number;
  /** getsockname(2), getpeername(2): length of the address at SOCK_NAME, or -errno. */
  sockName(fd: number, peer: boolean): number;
  /** close(2), without waiting for SO_LINGER. */
  sockClose(fd: number): number;
  /**
   * connect(2) to the unix socket of a path, without following links; `fd` -1 makes a socket of `type` for it.
   * @returns the descriptor, -ECONNREFUSED also for what is no socket, -EAGAIN for a full backlog (readiness does not tell of it)
   */
  udsConnect(rootFd: number, path: string, type: number, fd: number): number;
  /** A new unix socket of `type` bound to a path, with mode 0600; descriptor, -EEXIST, or -errno. */
  udsBind(rootFd: number, path: string, type: number): number;
  /** Moves the sentry into the network namespace of a path; 0 or -errno (-EINVAL: something else is there). */
  enterNetwork(path: string): number;
  /** A socket in that namespace to ask: NETLINK_ROUTE or NETLINK_SOCK_DIAG. */
  netlinkOpen(protocol: number): number;
  /**
   * Asks over it one RTM_GET* or SOCK_DIAG_BY_FAMILY message; bytes of the answer in `answer`, -EPERM for others, -ENOBUFS if it is
   * too long. The length of the answer's last datagram is in the first word of SOCK_META.
   */
  netlinkAsk(fd: number, request: Uint8Array, answer: Uint8Array): number;
  /** SIOCGIFCONF: struct ifreq after struct ifreq; bytes or -errno. */
  interfaceList(fd: number, entries: Uint8Array): number;

  // --- the host as the guest may know it ------------------------------------------------------------------------------
  /** Whole text of /proc/<pid>/<name> of a guest process (maps, stat, status, cmdline, environ ...); pid 0: the sentry's own; pid -1: of the machine (/proc/<name>). */
  hostProc(pid: number, name: string): string | number;
  /** Signal sets of a guest's thread, five words into `sets`: pending for it, for its process, blocked, ignored, caught. 0 or -errno. */
  signalSets(tid: number, sets: BigUint64Array): number;
  /** nanoseconds of a host clock, as seconds and nanoseconds into statBuf[0], statBuf[1]. */
  clockGettime(clock: number): number;
  /** CPU time of a guest process's threads so far via clock_getcpuclockid, microseconds user/system from /proc. */
  cpuTime(tid: number): number;
  getrandom(dst: Uint8Array, off: number, len: number): number;
  schedGetaffinity(tid: number): Uint8Array | number;
  schedSetaffinity(tid: number, mask: Uint8Array): number;
  /** sched_setscheduler(2). */
  schedSetscheduler(tid: number, policy: number, priority: number): number;
  getPriority(pid: number): number;
  setPriority(pid: number, nice: number): number;
  /** prlimit(2) on the host process; returns [soft, hard], -1 for infinity. */
  prlimit(pid: number, resource: number, soft: number, hard: number): number;
}

export interface HostDirEntry {
  name: string;
  ino: number;
  type: number;
}
export interface HostStatfs {
  type: number;
  bsize: number;
  blocks: number;
  bfree: number;
  bavail: number;
  files: number;
  ffree: number;
  namelen: number;
}

export interface StartOptions {
  /** The seccomp program: struct sock_filter array. */
  filter: Uint8Array;
  /** Path of the loader (build/Release/loader). */
  loader: string;
  /** Path of the stub (build/Release/stub), which the reaper becomes. */
  stub: string;
  /** uid and gid that guests have on the host when the sentry is root. */
  hostUid: number;
  hostGid: number;
  /** Arguments and environment of the first program, as latin1 byte strings. */
  argv: string[];
  env: string[];
}
export interface StartResult {
  /** Pid of the first guest process in the sentry's pid namespace. It stands at its execve. */
  pid: number;
  reaperPid: number;
}
