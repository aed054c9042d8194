/** The containers of a runtime sandbox: what the control protocol asks of them. */
import { ESRCH } from '../abi/errno.js';
import { SI_KERNEL, SI_USER, SIGKILL } from '../abi/signal.js';
import type {
  ContainerStats,
  ContainerStatus,
  ControlMethod,
  ControlMethods,
  PreparedProcess,
  ProcessInfo,
} from '../control/protocol.js';
import { type Call, ControlFailure } from '../control/server.js';
import { Container, UtsNamespace } from '../kernel/container.js';
import type { Kernel } from '../kernel/kernel.js';
import { sendToGroup, sendToProcess } from '../kernel/signals.js';
import type { WaitStatus } from '../kernel/task.js';
import { UserNamespace } from '../kernel/user-namespace.js';
import { socketMemory } from '../net/memory.js';
import type { ContainerLimits, ContainerSpec, NamespaceSpec } from './container-spec.js';
import { buildContainerWorld } from './container-world.js';
import { SandboxError } from './error.js';
import { GuestProcess, type ProcessMaker } from './guest-process.js';
import { listProcesses, usedBy } from './processes.js';
import { ReceivedFds } from './received-files.js';
import { runStartHooks } from './start-hooks.js';
import { idMap } from './world/file-systems.js';
import { toBytes } from './world.js';

type Params<M extends ControlMethod> = ControlMethods[M]['params'];

/** A container as the runtime sees it: the kernel's, and the host's side of its processes. */
class Member {
  init: GuestProcess | undefined;
  /** Processes of `exec` that have not ended, or whose end may still be asked for, by number. */
  readonly execs = new Map<number, GuestProcess>();
  /** All processes whose stub may still be there. */
  readonly linked = new Set<GuestProcess>();
  /** Processes of `exec` that were let go in a paused container: they begin when it is resumed. */
  readonly waiting: GuestProcess[] = [];
  status: ContainerStatus | 'creating' = 'creating';
  limits: ContainerLimits;

  constructor(
    readonly container: Container,
    readonly spec: ContainerSpec,
    readonly exitFile: number,
  ) {
    this.limits = spec.limits;
  }
}

/** Ends of processes of `exec` that are remembered for whoever asks late. */
const MAX_ENDED = 256;

export class Containers {
  private readonly members = new Map<string, Member>();
  /** There has been one. */
  any = false;

  constructor(
    private readonly kernel: Kernel,
    private readonly maker: ProcessMaker,
  ) {}

  /** All have ended. */
  get ended(): boolean {
    for (const m of this.members.values()) if (m.status !== 'stopped') return false;
    return true;
  }

  /** Some stub has not gone yet. */
  get linked(): boolean {
    for (const m of this.members.values()) for (const p of m.linked) if (p.linked) return true;
    return false;
  }

  /** SIGIO: a stub may have said something. */
  poll(): void {
    for (const m of this.members.values()) {
      for (const p of [...m.linked]) {
        p.poll();
        if (!p.linked && p.exitStatus !== undefined) m.linked.delete(p);
      }
    }
  }

  /** Kills everything. */
  killAll(): void {
    for (const m of this.members.values()) this.killMember(m);
  }

  /** The handlers of the methods that are about containers. @returns false if the method is none of these */
  handle(call: Call): boolean {
    const { params } = call;
    switch (call.method) {
      case 'create':
        this.create(call, params as Params<'create'>);
        return true;
      case 'start':
        this.start(call, params as Params<'start'>);
        return true;
      case 'exec':
        this.exec(call, params as Params<'exec'>);
        return true;
      case 'startExec':
        this.startExec(params as Params<'startExec'>);
        break;
      case 'state':
        call.answer(this.state(params as Params<'state'>));
        return true;
      case 'signal':
        this.signal(params as Params<'signal'>);
        break;
      case 'ps':
        call.answer(this.ps(params as Params<'ps'>));
        return true;
      case 'pause':
        this.pause(call, params as Params<'pause'>);
        return true;
      case 'resume':
        this.resume(params as Params<'resume'>);
        break;
      case 'update':
        this.update(params as Params<'update'>);
        break;
      case 'stats':
        call.answer(this.stats(params as Params<'stats'>));
        return true;
      case 'wait':
        this.wait(call, params as Params<'wait'>);
        return true;
      case 'delete':
        this.delete(call, params as Params<'delete'>);
        return true;
      default:
        return false;
    }
    call.answer({});
    return true;
  }

  private find(id: string): Member {
    const member = this.members.get(id);
    if (member === undefined) throw new ControlFailure('not-found', `container ${id} does not exist`);
    return member;
  }

  /** One that runs, or is about to. */
  private alive(id: string): Member & { init: GuestProcess } {
    const member = this.find(id);
    if (member.init === undefined || member.status === 'stopped' || member.status === 'creating')
      throw new ControlFailure('not-running', 'container not running');
    return member as Member & { init: GuestProcess };
  }

  // --- life --------------------------------------------------------------------------------------------------------

  private create(call: Call, spec: Params<'create'>): void {
    if (this.members.has(spec.id)) throw new ControlFailure('exists', `container ${spec.id} already exists`);
    const fds = new ReceivedFds(call.fds);
    const container = new Container(this.kernel, this.containerOptions(spec));
    const member = new Member(container, spec, fds.take(spec.exitFile));
    if (spec.memoryStat !== undefined) container.memory.followCgroup(fds.take(spec.memoryStat));
    container.cgroup = { path: toBytes(spec.cgroupPath), version: spec.cgroupVersion };
    this.any = true;
    this.members.set(spec.id, member);
    this.limit(container, spec.limits);
    try {
      buildContainerWorld(container, spec, fds);
    } catch (error) {
      this.forget(member);
      throw error instanceof SandboxError ? new ControlFailure('invalid', error.message) : error;
    }
    GuestProcess.prepare(this.maker, container, spec.process, fds, true, (result) => {
      if (result instanceof GuestProcess) this.created(call, member, result);
      else {
        this.forget(member);
        call.fail(result);
      }
    });
  }

  private containerOptions(spec: ContainerSpec): ConstructorParameters<typeof Container>[1] {
    const shared = (ns: NamespaceSpec): Container | undefined =>
      ns === 'new' ? undefined : this.alive(ns.container).container;
    const pids = shared(spec.namespaces.pid)?.pids;
    const ipc = shared(spec.namespaces.ipc)?.ipc;
    const hostname = toBytes(spec.hostname ?? 'localhost');
    const uts = shared(spec.namespaces.uts)?.uts ?? new UtsNamespace(hostname);
    if (spec.domainname !== undefined) uts.domainname = toBytes(spec.domainname);
    return {
      id: spec.id,
      hostname,
      uts,
      users: new UserNamespace(idMap(spec.uidMappings), idMap(spec.gidMappings)),
      ...(pids === undefined ? {} : { pids }),
      ...(ipc === undefined ? {} : { ipc }),
    };
  }

  private created(call: Call, member: Member, process: GuestProcess): void {
    member.init = process;
    member.status = 'created';
    member.linked.add(process);
    process.onEnd.push((status) => this.stopped(member, status));
    call.answer(prepared(process));
  }

  private start(call: Call, { id }: Params<'start'>): void {
    const member = this.find(id);
    const { init } = member;
    if (member.status !== 'created' || init === undefined)
      throw new ControlFailure('wrong-state', `cannot start a container that is ${member.status}`);
    member.status = 'running';
    runStartHooks(this.maker, member.container, member.spec, (failure) => {
      try {
        if (failure !== undefined) throw failure;
        init.begin();
        call.answer({});
      } catch (error) {
        init.kill();
        call.fail(error);
      }
    });
  }

  private exec(call: Call, { id, process: spec }: Params<'exec'>): void {
    const member = this.alive(id);
    GuestProcess.prepare(this.maker, member.container, spec, new ReceivedFds(call.fds), false, (result) => {
      if (!(result instanceof GuestProcess)) {
        call.fail(result);
        return;
      }
      member.execs.set(result.group.pid, result);
      member.linked.add(result);
      result.onEnd.push(() => forgetOldest(member.execs));
      // Who began it has to let it go: killed before, nobody else will.
      const untie = call.tie(() => result.kill());
      result.onBegin = untie;
      result.onEnd.push(untie);
      // The container has ended between the request and its answer.
      if (member.status === 'stopped') result.kill();
      call.answer(prepared(result));
    });
  }

  private startExec({ id, pid }: Params<'startExec'>): void {
    const member = this.find(id);
    const process = member.execs.get(pid);
    if (process === undefined) throw new ControlFailure('not-found', `no process ${pid} in container ${id}`);
    if (member.status === 'paused') {
      // It is let go: its client may leave.
      process.onBegin?.();
      member.waiting.push(process);
      return;
    }
    try {
      process.begin();
    } catch (error) {
      process.kill();
      throw error;
    }
  }

  private stopped(member: Member, status: WaitStatus): void {
    member.status = 'stopped';
    const text = Buffer.from(`${status}\n`);
    this.kernel.native.pwrite(member.exitFile, text, 0, text.length, 0);
  }

  private delete(call: Call, { id }: Params<'delete'>): void {
    const member = this.find(id);
    const gone = (): void => {
      this.forget(member);
      call.answer({});
    };
    if (member.status === 'stopped' && this.empty(member)) {
      gone();
      return;
    }
    member.container.onExit = gone;
    this.killMember(member);
  }

  private empty(member: Member): boolean {
    for (const tg of member.container.processes) if (!tg.zombie) return false;
    return true;
  }

  private killMember(member: Member): void {
    for (const tg of [...member.container.processes])
      if (!tg.zombie) sendToProcess(tg, { signo: SIGKILL, code: SI_KERNEL });
  }

  private forget(member: Member): void {
    this.members.delete(member.spec.id);
    this.kernel.native.close(member.exitFile);
    // A process may still be on its way out.
    if (this.empty(member)) member.container.dispose();
    else member.container.onExit = () => member.container.dispose();
  }

  // --- questions and changes -------------------------------------------------------------------------------------------

  private state({ id }: Params<'state'>): ControlMethods['state']['result'] {
    const member = this.find(id);
    const exitStatus = member.init?.exitStatus;
    return {
      status: member.status === 'creating' ? 'created' : member.status,
      hostPid: member.init?.hostPid ?? 0,
      ...(exitStatus === undefined ? {} : { exitStatus }),
    };
  }

  private signal({ id, signal, pid, pgid, all }: Params<'signal'>): void {
    const member = all === true ? this.find(id) : this.alive(id);
    const { container } = member;
    const info = { signo: signal, code: SI_USER };
    if (all === true) {
      for (const tg of [...container.processes]) if (!tg.zombie) sendToProcess(tg, info);
    } else if (pgid !== undefined) {
      const group = container.pids.groups.get(pgid);
      if (group === undefined)
        throw new ControlFailure('not-found', `no process group ${pgid}: no such process`);
      sendToGroup(group, info);
    } else if (pid !== undefined) {
      const tg = container.pids.processes.get(pid);
      if (tg === undefined || tg.zombie) throw new ControlFailure('not-found', `${pid}: no such process`);
      sendToProcess(tg, info);
    } else if (member.init?.signal(signal) === -ESRCH) {
      throw new ControlFailure('not-running', 'process already finished');
    }
  }

  private ps({ id }: Params<'ps'>): readonly ProcessInfo[] {
    return listProcesses(this.alive(id).container);
  }

  private pause(call: Call, { id }: Params<'pause'>): void {
    const member = this.alive(id);
    if (member.status === 'paused')
      throw new ControlFailure('wrong-state', `container ${id} is paused already`);
    if (member.status !== 'running')
      throw new ControlFailure('wrong-state', `cannot pause a container that is ${member.status}`);
    member.status = 'paused';
    this.maker.tracer.pause(member.container, () => call.answer({}));
  }

  private resume({ id }: Params<'resume'>): void {
    const member = this.alive(id);
    if (member.status !== 'paused') throw new ControlFailure('wrong-state', `container ${id} is not paused`);
    member.status = 'running';
    this.maker.tracer.resume(member.container);
    for (const process of member.waiting.splice(0)) {
      try {
        process.begin();
      } catch (error) {
        this.kernel.log.warn(
          { err: error },
          'a program of exec has become impossible while its container was paused',
        );
        process.kill();
      }
    }
  }

  private update({ id, limits }: Params<'update'>): void {
    const member = this.alive(id);
    member.limits = { ...member.limits, ...limits };
    this.limit(member.container, limits);
  }

  private limit(container: Container, limits: ContainerLimits): void {
    container.setLimits(limits);
    socketMemory.within(this.kernel.memoryLimit);
  }

  private stats({ id }: Params<'stats'>): ContainerStats {
    const member = this.find(id);
    return { ...usedBy(member.container), tasks: member.container.tasks, limits: member.limits };
  }

  private wait(call: Call, { id, pid }: Params<'wait'>): void {
    const member = this.find(id);
    const process = pid === undefined ? member.init : member.execs.get(pid);
    if (process === undefined)
      throw new ControlFailure('not-found', `no process ${pid ?? 1} in container ${id}`);
    if (process.exitStatus !== undefined) call.answer({ status: process.exitStatus });
    else process.onEnd.push((status) => call.answer({ status }));
  }
}

function prepared(process: GuestProcess): PreparedProcess {
  return { pid: process.group.pid, hostPid: process.hostPid };
}

/** Of the processes that have ended the oldest is forgotten when there are too many. */
function forgetOldest(execs: Map<number, GuestProcess>): void {
  let ended = 0;
  for (const p of execs.values()) if (p.exitStatus !== undefined) ended++;
  if (ended <= MAX_ENDED) return;
  for (const [pid, p] of execs) {
    if (p.exitStatus === undefined) continue;
    execs.delete(pid);
    return;
  }
}
