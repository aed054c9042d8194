/**
 * A program that the sentry starts by itself: a container's first process, or one more of `exec`. It is a copy of the zygote that
 * stands in a call of its loader until it is let go; by then it is a task like any other, with its identity, files and limits, and
 * its program has been found.
 */
import { E2BIG, EACCES, EEXIST, ENOENT, EPERM } from '../abi/errno.js';
import { AT_FDCWD, O_NONBLOCK, O_RDONLY } from '../abi/fcntl.js';
import { SI_KERNEL, SI_USER, SIGHUP, SIGINT, SIGKILL, SIGQUIT, SIGTSTP, SIGWINCH } from '../abi/signal.js';
import { S_IFMT, S_IFREG } from '../abi/stat.js';
import { encodeSpawn, type SpawnBlock, spawnSize } from '../arch/spawn-block.js';
import { ControlFailure } from '../control/server.js';
import type { Container } from '../kernel/container.js';
import { initialCred } from '../kernel/cred.js';
import { type ExecImage, releaseImage } from '../kernel/exec.js';
import { createExec, createInit } from '../kernel/fork.js';
import { isHostLimit } from '../kernel/limits.js';
import { dropChange, type FilterChange, planFilters } from '../kernel/seccomp/install.js';
import { sendToGroup, sendToProcess } from '../kernel/signals.js';
import { FsContext, type Rlimit, type Task, type ThreadGroup, type WaitStatus } from '../kernel/task.js';
import { BufferSink } from '../kernel/useriov.js';
import { seccompProgram } from '../oci/seccomp.js';
import type { OciSeccomp } from '../oci/types.js';
import type { Tracer } from '../platform/tracer.js';
import type { Standing } from '../platform/zygote.js';
import { vfsMkdir } from '../vfs/create.js';
import { OpenFile } from '../vfs/file.js';
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW, resolve } from '../vfs/namei.js';
import { openAt } from '../vfs/open.js';
import type { ProcessSpec } from './container-spec.js';
import { processCred, processLimits } from './credentials.js';
import type { DescriptorReserve } from './descriptor-reserve.js';
import { commandFailure, findCommand, isMissing } from './find-command.js';
import { type ReceivedFds, streamTable } from './received-files.js';
import { StubLink } from './stub-link.js';
import { HostTerminal } from './terminal.js';
import { toBytes } from './world.js';

/** What the sentry has to make processes with. */
export interface ProcessMaker {
  readonly tracer: Tracer;
  /** Limits where a spec says nothing, RLIMIT_NLIMITS of them. */
  readonly limits: readonly Rlimit[];
  readonly reserve: DescriptorReserve;
}

/** A passwd file's first bytes that are looked at. */
const PASSWD_MAX = 1 << 20;
const ROOT_CRED = initialCred(0, 0, []);

export class GuestProcess {
  private link: StubLink | undefined;
  private task: Task | undefined;
  private terminal: HostTerminal | undefined;
  private standing!: Standing;
  private readonly block: SpawnBlock & { env: string[] };
  /** How it ended. */
  exitStatus: WaitStatus | undefined;
  private begun = false;
  /** Told when it has been let go. */
  onBegin: (() => void) | undefined;
  /** What its program is to run under (config.json's linux.seccomp). */
  private filters: FilterChange | undefined;
  /** Told once it has ended, and that once the stub is gone too. */
  readonly onEnd: ((status: WaitStatus) => void)[] = [];

  private constructor(
    private readonly maker: ProcessMaker,
    readonly container: Container,
    private readonly spec: ProcessSpec,
  ) {
    const own = processLimits([], spec.rlimits);
    this.block = {
      argv: spec.args.map(toBytes),
      env: spec.env.map(toBytes),
      limits: spec.rlimits
        .filter((l) => isHostLimit(l.resource))
        .map((l) => ({ resource: l.resource, ...(own[l.resource] as Rlimit) })),
    };
  }

  /**
   * Makes a process that stands before its first instruction.
   * @param first the container's first process
   * @param fds what came with the request; those that the process needs are taken from it
   * @param done told when it stands, or why it cannot: a ControlFailure, or a defect of ours
   */
  static prepare(
    maker: ProcessMaker,
    container: Container,
    spec: ProcessSpec,
    fds: ReceivedFds,
    first: boolean,
    done: (result: GuestProcess | Error) => void,
  ): void {
    const process = new GuestProcess(maker, container, spec);
    const size = spawnSize(process.block);
    const { zygote } = maker.tracer;
    if (size === undefined) {
      done(
        new ControlFailure('not-executable', `exec ${spec.args[0]}: argument list too long (errno ${E2BIG})`),
      );
      return;
    }
    // HOME may be added yet.
    zygote?.spawn(size + 8192, (standing) => {
      if (standing === undefined) {
        done(new ControlFailure('internal', 'the host refuses another process'));
        return;
      }
      maker.reserve.use(() => done(process.tryEnter(standing, fds, first) ?? process));
    });
  }

  /** @returns what is in the way; the process is gone then */
  private tryEnter(standing: Standing, fds: ReceivedFds, first: boolean): Error | undefined {
    try {
      this.enter(standing, fds, first);
      return undefined;
    } catch (error) {
      this.abandon(standing);
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  /** The group in the tables. */
  get group(): ThreadGroup {
    if (this.task === undefined) throw new Error('a process that has not been entered');
    return this.task.group;
  }
  get hostPid(): number {
    return this.standing.hostTid;
  }
  /** True while the stub is there. */
  get linked(): boolean {
    return this.link !== undefined && !this.link.closed;
  }

  private enter(standing: Standing, fds: ReceivedFds, first: boolean): void {
    const { container, spec, maker } = this;
    this.standing = standing;
    const { root: top } = container.mounts;
    const root = container.mounts.lookupMount({ mount: top, dentry: top.root });
    const { kernel } = container;
    if (spec.terminal !== undefined) {
      this.terminal = HostTerminal.open(container, fds.take(spec.terminal), processCred(spec), first);
    }
    const options = {
      hostPid: standing.hostTid,
      guestPid: standing.tid,
      cred: processCred(spec),
      fs: new FsContext(root, root, spec.umask),
      files: streamTable(kernel, spec.files, fds, this.terminal),
      limits: processLimits(maker.limits, spec.rlimits),
    };
    const ended = (status: WaitStatus): void => this.ended(status);
    const task = first ? createInit(container, options) : createExec(container, options, ended);
    if (first) container.onInitExit = ended;
    this.task = task;
    maker.tracer.adopted(task);
    task.noNewPrivs = spec.noNewPrivileges;
    this.filters = containerFilters(task, spec.seccomp);
    task.group.oomScoreAdj = spec.oomScoreAdj ?? 0;
    task.ioprio = spec.ioPriority ?? 0;
    task.personality = spec.personality ?? 0;
    this.schedule();
    this.terminal?.tty.control(task);
    this.enterCwd(task, first);
    this.addHome(task);
    releaseImage(this.program(task));
    if (spec.stub === undefined) return;
    this.link = new StubLink(kernel.native, fds.take(spec.stub), {
      signal: (signo) => this.signalled(signo),
      gone: () => this.kill(),
    });
  }

  /** Policy and niceness are the host's to keep; one that it refuses the sentry is left out. */
  private schedule(): void {
    const { scheduler } = this.spec;
    if (scheduler === undefined) return;
    const { native } = this.container.kernel;
    native.schedSetscheduler(this.hostPid, scheduler.policy, scheduler.priority);
    native.setPriority(this.hostPid, scheduler.nice);
  }

  /** That of a container's first process is made if it is missing, as other runtimes do; root may enter what the user may not. */
  private enterCwd(task: Task, first: boolean): void {
    const cwd = toBytes(this.spec.cwd);
    const flags = LOOKUP_FOLLOW | LOOKUP_DIRECTORY;
    let path = resolve(task, task.fs.root, cwd, flags);
    if (typeof path === 'number') {
      const cred = task.cred;
      task.cred = ROOT_CRED;
      if (path === -ENOENT && first) makeDirectories(task, cwd);
      path = resolve(task, task.fs.root, cwd, flags);
      task.cred = cred;
    }
    if (typeof path === 'number') {
      const why =
        path === -ENOENT
          ? 'no such file or directory'
          : path === -EACCES
            ? 'permission denied'
            : 'not a directory';
      throw new ControlFailure('not-executable', `chdir to cwd (${JSON.stringify(this.spec.cwd)}): ${why}`);
    }
    task.fs.cwd = path;
  }

  /** HOME from the container's own list of users, where the environment has none. */
  private addHome(task: Task): void {
    if (this.block.env.some((e) => e.startsWith('HOME='))) return;
    const text = readAll(task, '/etc/passwd');
    const line = text.split('\n').find((l) => l.split(':')[2] === String(this.spec.uid));
    const home = line?.split(':')[5];
    this.block.env.push(`HOME=${home === undefined || home === '' || home.length > 4096 ? '/' : home}`);
  }

  private program(task: Task): ExecImage {
    const { program } = this.spec;
    const command = program === undefined ? (this.block.argv[0] as string) : toBytes(program);
    const image = findCommand(task, command, this.block.env);
    if (typeof image !== 'number') return image;
    // Engines know runtimes to pass over what cannot be executed along PATH, where a shell would say so.
    const failure = image === -EACCES && !command.includes('/') ? -ENOENT : image;
    const code = isMissing(failure) ? 'no-such-program' : 'not-executable';
    throw new ControlFailure(code, commandFailure(program ?? (this.spec.args[0] as string), failure));
  }

  /** Lets it go. Throws ControlFailure if its program has become impossible meanwhile. */
  begin(): void {
    const { task, standing } = this;
    if (task === undefined || this.exitStatus !== undefined)
      throw new ControlFailure('wrong-state', 'the process has ended');
    if (this.begun) throw new ControlFailure('wrong-state', 'the process has been started');
    const { native } = task.kernel;
    const image = this.program(task);
    const bytes = encodeSpawn(standing.block, this.block);
    if (native.writeMemFrom(standing.hostTid, standing.block, bytes, 0, bytes.length) !== bytes.length) {
      releaseImage(image);
      throw new ControlFailure('internal', 'the new process has no memory for its arguments');
    }
    this.begun = true;
    this.onBegin?.();
    image.filters = this.filters;
    this.filters = undefined;
    this.maker.tracer.setFirstProgram(task, image);
    native.reply(standing.hostTid, 0);
  }

  /** A signal for it from outside. @returns 0 or -errno */
  signal(signo: number): number {
    if (this.exitStatus !== undefined) return -EPERM;
    return sendToProcess(this.group, { signo, code: SI_USER });
  }

  /** SIGKILL, also for one that has not begun. */
  kill(): void {
    if (this.task === undefined || this.exitStatus !== undefined) return;
    sendToProcess(this.group, { signo: SIGKILL, code: SI_KERNEL });
  }

  /** What the stub was sent: signals of the terminal are for its foreground, others for the process. */
  private signalled(signo: number): void {
    const tty = this.terminal?.tty;
    if (tty !== undefined && [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH].includes(signo)) {
      const group = tty.foreground ?? this.group.group;
      sendToGroup(group, { signo, code: SI_KERNEL });
      return;
    }
    if (tty !== undefined && signo === SIGHUP) tty.hangup();
    else this.signal(signo);
  }

  /** The stub's socket has something. */
  poll(): void {
    this.link?.poll();
  }

  private ended(status: WaitStatus): void {
    this.exitStatus = status;
    this.dropFilters();
    this.terminal?.retire();
    this.link?.exit(status);
    for (const told of this.onEnd.splice(0)) told(status);
  }

  /** Filters that its program will not need. */
  private dropFilters(): void {
    if (this.filters !== undefined) dropChange(this.filters);
    this.filters = undefined;
  }

  /** It will not be: the host process goes. */
  private abandon(standing: Standing): void {
    this.dropFilters();
    this.link?.close();
    this.terminal?.retire();
    this.container.kernel.native.sendSignal(standing.hostTid, 0, SIGKILL, 0, 0, 0, 0);
  }
}

/** @returns undefined if there are to be none. Throws ControlFailure for a profile that cannot be. */
function containerFilters(task: Task, profile: unknown): FilterChange | undefined {
  if (profile === undefined) return undefined;
  const made = seccompProgram(profile as OciSeccomp);
  if (typeof made === 'string') throw new ControlFailure('invalid', made);
  const change = planFilters(task, [made.program], made.log);
  if (typeof change !== 'number') return change;
  throw new ControlFailure('internal', `linux.seccomp: the filter cannot be installed (errno ${-change})`);
}

function makeDirectories(task: Task, path: string): void {
  const { umask } = task.fs;
  task.fs.umask = 0o022;
  const names = path.split('/').filter((n) => n !== '');
  for (let i = 1; i <= names.length; i++) {
    const r = vfsMkdir(task, AT_FDCWD, `/${names.slice(0, i).join('/')}`, 0o755);
    if (r < 0 && r !== -EEXIST) break;
  }
  task.fs.umask = umask;
}

/** The text of a file of the guest's, as root reads it; empty if there is none. */
function readAll(task: Task, path: string): string {
  const cred = task.cred;
  task.cred = ROOT_CRED;
  const file = openAt(task, AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0);
  task.cred = cred;
  if (!(file instanceof OpenFile)) return '';
  file.refs++;
  const { native } = task.kernel;
  const attr = file.getattr();
  const size = (attr.mode & S_IFMT) === S_IFREG ? Math.min(attr.size, PASSWD_MAX) : 0;
  const bytes = new Uint8Array(size);
  const sink = new BufferSink(bytes, (fd, dst, off, n, at) => native.pread(fd, dst, off, n, at));
  const n = file.read(task, sink, 0);
  if (--file.refs === 0) file.release();
  return typeof n === 'number' && n > 0 ? Buffer.from(bytes.subarray(0, n)).toString('latin1') : '';
}
