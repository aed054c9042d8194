/** Tasks (threads), thread groups (processes), process groups and sessions, as in include/linux/sched.h. */

import type { Path } from '../vfs/dentry.js';
import type { FdTable } from '../vfs/fdtable.js';
import type { OpenFile } from '../vfs/file.js';
import type { Container } from './container.js';
import type { Cred } from './cred.js';
import type { SemUndoList } from './ipc/sem.js';
import type { IntervalTimer } from './itimers.js';
import type { Kernel } from './kernel.js';
import type { Key } from './keys/key.js';
import type { IoVec, UserMemory } from './memory.js';
import { AddressSpace } from './mm.js';
import { Pid, type PidNamespace } from './pid-namespace.js';
import type { PosixTimers } from './posix-timers.js';
import type { CallPolicy } from './seccomp/filter.js';
import type { HostFilter } from './seccomp/host-filter.js';
import type { Tty } from './tty.js';
import type { Usage } from './usage.js';
import { type Block, WaitQueue } from './wait.js';

/** What CLONE_FS shares: root, working directory, umask. */
export class FsContext {
  users = 1;
  constructor(
    public root: Path,
    public cwd: Path,
    public umask: number,
  ) {}
  copy(): FsContext {
    return new FsContext(this.root, this.cwd, this.umask);
  }
}

/** Hears of every signal that a process is sent (signalfd). */
export interface SignalListener {
  signalled(signo: number): void;
  /** The process has ended. */
  groupGone(tg: ThreadGroup): void;
}

/** A read of a signalfd under way (platform/signal-read.ts). */
export interface SignalRead {
  readonly mask: bigint;
  /** Where the results go. */
  readonly ranges: readonly IoVec[];
  /** How many signals are wanted at most. */
  readonly room: number;
  readonly nonblock: boolean;
  /** Taken so far, as struct signalfd_siginfo. */
  readonly infos: Uint8Array[];
  /** The thread is to stop; is on its way to the call that takes a signal; is in it. */
  stage: 'asked' | 'sent' | 'taking';
  /** Address of that call's arguments, and what was there if it is not the caller's buffer. */
  place: number;
  kept?: Uint8Array;
}

export interface Rlimit {
  /** Soft and hard limit; Infinity is RLIM_INFINITY. */
  soft: number;
  hard: number;
}

export class Session {
  /** Controlling terminal. */
  tty: Tty | undefined;
  readonly groups = new Set<ProcessGroup>();
  constructor(
    readonly sid: number,
    readonly pids: PidNamespace,
  ) {}
}

export class ProcessGroup {
  readonly members = new Set<ThreadGroup>();
  constructor(
    readonly pgid: number,
    readonly session: Session,
  ) {}
}

/** How a process ended, as wait4(2) encodes it: exit status << 8, or the signal number | 0x80 with a core. */
export type WaitStatus = number;

/** A process. */
export class ThreadGroup {
  readonly tasks = new Set<Task>();
  readonly children = new Set<ThreadGroup>();
  /** Parents wait here: children that changed state. */
  readonly childQueue = new WaitQueue();
  /** Ends, for pidfds. */
  readonly exitQueue = new WaitQueue();
  /** Set once the last task is gone. A zombie until the parent waits. */
  exitStatus: WaitStatus | undefined;
  /** Waited for: pid and entry are free. */
  reaped = false;
  /** Signal that stopped it, until continued. */
  stopSignal = 0;
  /** State changes not yet reported by wait: WSTOPPED and WCONTINUED. */
  stopReport = false;
  continueReport = false;
  /** Signal for the parent at exit (0: none). */
  exitSignal: number;
  /** PR_SET_CHILD_SUBREAPER. */
  childSubreaper = false;
  /** PR_SET_PDEATHSIG. */
  parentDeathSignal = 0;
  dumpable = 1;
  /** The signal that it wrote a core file for. */
  coreSignal = 0;
  /** What it is shown to have died of, when the sentry had to kill it with SIGKILL; 0: what the host says. */
  forcedSignal = 0;
  /** What the guest set for SIGCHLD: 0 default, 1 ignored or SA_NOCLDWAIT, 2 a handler. The filter shows these calls to the sentry. */
  sigchldDisposition: 0 | 1 | 2 = 0;
  /** SA_NOCLDSTOP of the same record: stops and continuations of children raise no SIGCHLD. */
  noCldStop = false;
  /** The thread that made this process: whose death sends PR_SET_PDEATHSIG, and whose wait(__WNOTHREAD) sees it. */
  parentTask: Task | undefined;
  /** The stop signal behind an injected SIGSTOP (kernel/signals.ts, onSignalStop). */
  pendingStop = 0;
  /** Credentials of the last task, for permission checks on a zombie. */
  exitCred: Cred | undefined;
  /** The last task of a zombie: calls that only ask still find it, until it is reaped. */
  exitTask: Task | undefined;
  /** alarm(2) and setitimer(ITIMER_REAL). */
  realTimer: IntervalTimer | undefined;
  /** timer_create(2). */
  posixTimers: PosixTimers | undefined;
  processRing: Key | undefined;
  /** signalfds in use. */
  signalListeners: Set<SignalListener> | undefined;
  /** What the process used, set when it is reaped; and what its reaped children used. */
  exitUsage: Usage | undefined;
  childUsage: Usage | undefined;
  /** PR_SET_THP_DISABLE. */
  thpDisable = false;
  didExec = false;
  /** Path of the executable, for /proc/pid/exe. */
  exe: Path | undefined;
  /** What the loader changed in the auxiliary vector, for /proc/pid/auxv: AT_* and value. */
  auxv: readonly (readonly [number, number])[] = [];
  /** For scripts: words put in front of the host's view of the arguments, for /proc/pid/cmdline. */
  cmdlinePrefix: string[] = [];
  limits: Rlimit[];
  oomScoreAdj = 0;
  /** CPU time of reaped children and self at exit, microseconds. */
  childUtime = 0;
  childStime = 0;
  utime = 0;
  stime = 0;
  maxRss = 0;
  /** Start, kernel monotonic ms. */
  readonly startTime: number;

  readonly kernel: Kernel;
  readonly pids: PidNamespace;
  /** Its number for others to keep. */
  readonly ref: Pid;
  /** Of a process that has no parent inside, as those that are started in a running container: told how it ended. */
  onExit: ((status: WaitStatus) => void) | undefined;

  constructor(
    readonly container: Container,
    /** Pid as the guest sees it. */
    readonly pid: number,
    /** Pid as the sentry's host calls take it. */
    readonly hostPid: number,
    public parent: ThreadGroup | undefined,
    public group: ProcessGroup,
    exitSignal: number,
    limits: Rlimit[],
  ) {
    this.exitSignal = exitSignal;
    this.limits = limits.map((l) => ({ ...l }));
    this.kernel = container.kernel;
    this.pids = container.pids;
    this.ref = new Pid(pid, container.pids);
    this.startTime = container.kernel.now();
  }

  get session(): Session {
    return this.group.session;
  }
  /** The task whose tid is the pid; any other one if the leader has exited. */
  get leader(): Task | undefined {
    for (const t of this.tasks) if (t.tid === this.pid) return t;
    for (const t of this.tasks) return t;
    return undefined;
  }
  get zombie(): boolean {
    return this.exitStatus !== undefined;
  }
  /** RLIMIT_* soft limit. */
  limit(resource: number): number {
    return this.limits[resource]?.soft ?? Infinity;
  }
}

/** What siginfo of a SIGSYS tells (SYS_SECCOMP). */
export interface SeccompTrap {
  /** Address behind the call's instruction. */
  readonly addr: number;
  readonly nr: number;
  readonly arch: number;
  /** SECCOMP_RET_DATA. */
  readonly data: number;
}

/** A thread. */
export class Task {
  /** 15 bytes at most (PR_SET_NAME, /proc/pid/comm), latin1. */
  comm = '';
  /** Name of the call being answered, for the log. */
  block: Block | undefined;
  /** How the current block is woken and cancelled; owned by kernel/blocking.ts. */
  unblock: (() => void) | undefined;
  /** CLONE_CHILD_CLEARTID and robust lists are the host kernel's; nothing here. */
  noNewPrivs = false;
  /** The child for which this thread waits in vfork(2), or once did. */
  vforkChild: Task | undefined;
  keepCaps = false;
  /** A signal may be pending at the host that no delivery stop has shown yet (kernel/blocking.ts looks before it waits). */
  signalHint = false;
  /** Mappings that the loader has still to make for the current program. */
  loadingMaps = 0;
  /** It has been let go for the first time; or the sentry itself has made it, and lets it go by its execve. */
  begun = false;
  /** In a group stop. */
  stopped = false;
  /** Whoever watches calls hears here of the result of one that had to wait; undefined: the caller died. */
  callEnded: ((result: number | undefined) => void) | undefined;
  /** Whoever watches calls lets one that waits try again from here, to see what that costs; undefined: nobody watches. */
  callRetry: ((block: Block) => ReturnType<Block['retry']>) | undefined;
  /** Number of the call being answered; the dispatcher sets it. */
  currentNr = -1;
  /** The last answer was a restart code: the sentry itself ended that call for a signal. */
  restartAnswered = false;
  /** Deadline of a call that restarts, and the number and arguments it is for (kernel/blocking.ts). */
  restartDeadline: { readonly deadline: number; readonly key: string } | undefined;
  /** Mask to set at the next ptrace stop (ppoll and its like), and the one to put back at the signal-delivery stop. */
  tempSigmask: bigint | undefined;
  savedSigmask: bigint | undefined;
  /** While in rt_sigtimedwait(2): the mask that the thread had before, which the host has made smaller. */
  sigwaitBlocked: bigint | undefined;
  signalRead: SignalRead | undefined;
  /** Key rings (keyrings(7)); the session's goes to children. What request_key(2) puts keys into (KEY_REQKEY_DEFL_*). */
  threadRing: Key | undefined;
  sessionRing: Key | undefined;
  requestKeyDefault = 0;
  /** PR_SET_TIMERSLACK in nanoseconds, ioprio_set(2): recorded, see syscalls/process.ts and sched.ts. */
  timerSlack = 50_000;
  /** What PR_SET_TIMERSLACK of 0 goes back to: the slack of the thread that made this one. */
  defaultTimerSlack = 50_000;
  ioprio = 0;
  /** An mmap(2) of descriptor 0 that runs under another number at the host. */
  mapsZeroAs: number | undefined;
  /** A shmat(2) that has become mmap(2): the numbers of the segment's descriptor at the host and in the guest. */
  attaching: { readonly hostFd: number; readonly fd: number } | undefined;
  /** Memory of the fast lane that the next call may map: numbers of its descriptor at the host and in the guest, PROT_*. */
  laneMap: { readonly hostFd: number; readonly fd: number; readonly prot: number } | undefined;
  /** personality(2). */
  personality = 0;
  /** seccomp(2): what decides over its calls; undefined: nothing. Set by kernel/seccomp/install.ts alone. */
  seccomp: CallPolicy | undefined;
  /** Which of the calls that the host runs by itself stop because of it: the host's own filter (platform/guest-filters.ts). */
  hostFilter: HostFilter | undefined;
  /** A SIGSYS of its filters that is about to be delivered. */
  seccompTrap: SeccompTrap | undefined;
  /** The signal that its filters end this one thread with; it is on its way out. */
  fate = 0;
  /** Calls that the loader has still to make for the current program and that the host's filter stops. */
  loaderTraps = 0;
  /** Stand-ins for what the host keeps, so that kcmp(2) can tell who shares it. */
  vm = new AddressSpace();
  sighand: object = {};
  ioContext: object | undefined;
  /** Shared by CLONE_SYSVSEM; made with the first SEM_UNDO. */
  semUndo: SemUndoList | undefined;
  /** Memory of the caller, as the calls see it. */
  readonly mem: UserMemory;

  constructor(
    /** Thread id as the guest sees it. */
    public tid: number,
    /** Thread id as the sentry's host calls take it. */
    public hostTid: number,
    public group: ThreadGroup,
    public cred: Cred,
    public fs: FsContext,
    public files: FdTable,
    mem: (task: Task) => UserMemory,
  ) {
    this.mem = mem(this);
    this.vm.tasks.add(this);
  }

  get kernel(): Kernel {
    return this.group.kernel;
  }
  get container(): Container {
    return this.group.container;
  }
  get pids(): PidNamespace {
    return this.group.pids;
  }
  get pid(): number {
    return this.group.pid;
  }
  /** The description behind a descriptor number, or undefined (EBADF). */
  file(fd: number): OpenFile | undefined {
    return this.files.get(fd);
  }
}

/** Names of threads are cut to this many bytes (TASK_COMM_LEN - 1). */
export const TASK_COMM_MAX = 15;
