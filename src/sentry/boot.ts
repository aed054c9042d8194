/**
 * The sentry of a runtime sandbox, a process of its own: `tvisor boot`, which only the runtime starts. Descriptor 3 is the
 * connection over which the sandbox is described, 4 the socket on which everybody else is listened to afterwards.
 */
import { filterRules, hostCalls, syscallEntry } from '../../syscalls/table.js';
import { RLIMIT_NOFILE } from '../abi/sched.js';
import { SIGHUP, SIGINT, SIGIO, SIGTERM } from '../abi/signal.js';
import { CONTROL_VERSION, type ControlMethods } from '../control/protocol.js';
import { type Call, ControlFailure, ControlServer } from '../control/server.js';
import { Kernel } from '../kernel/kernel.js';
import { createLogger, type Logger } from '../log/logger.js';
import { flushRelays } from '../net/publish/relay.js';
import { loadAddon } from '../platform/addon.js';
import { compileFilter } from '../platform/filter.js';
import { Lanes } from '../platform/lane/lanes.js';
import type { Native } from '../platform/native.js';
import { Tracer } from '../platform/tracer.js';
import { GuestMemory } from '../platform/user-memory.js';
import type { BootSpec, NetworkSpec } from './container-spec.js';
import { Containers } from './containers.js';
import { describeTasks } from './describe.js';
import { DescriptorReserve } from './descriptor-reserve.js';
import { Dispatcher } from './dispatch.js';
import { hostLimits } from './host-limits.js';
import { enterNetwork, openNetwork } from './network.js';
import { Observers } from './observers.js';
import { ReceivedFds } from './received-files.js';
import { compileSoon } from './tiering.js';

/** Host ids of guests: nobody's. */
const NOBODY = 65534;
const FD_FIRST = 3;
const FD_LISTENER = 4;
/** How long stubs have to hear how their processes ended before the room goes, milliseconds. */
const STUB_PATIENCE = 2000;
/**
 * How long the room's end is waited for, milliseconds. All guests are dead long before; the namespace itself goes on until somebody
 * has waited for the stubs, which some machines' first process does once in seconds only, and whoever waits for the sentry
 * (`delete`) would wait for that.
 */
const ROOM_PATIENCE = 100;

/** Serves one sandbox to its end. */
export async function bootSandbox(): Promise<number> {
  const { native, loader, stub } = loadAddon();
  const sandbox = new Sandbox(native, { loader, stub });
  try {
    return await sandbox.run();
  } finally {
    native.stop(ROOM_PATIENCE);
  }
}

class Sandbox {
  private log: Logger = createLogger({ level: 'error', format: 'json' });
  private kernel!: Kernel;
  private tracer!: Tracer;
  private observers!: Observers;
  private containers!: Containers;
  private network: NetworkSpec | undefined;
  private spec: BootSpec | undefined;
  /** The request to be answered when its work, which has to wait for something, is done. */
  private pending: (() => Promise<void>) | undefined;
  private readonly server: ControlServer;
  private reaperPid = 0;
  private roomGone = false;
  /** When stubs are no longer waited for. */
  private deadline: number | undefined;
  private readonly limits;
  private readonly reserve;

  constructor(
    private readonly native: Native,
    private readonly programs: { readonly loader: string; readonly stub: string },
  ) {
    this.limits = hostLimits(native);
    this.reserve = new DescriptorReserve(native, this.limits[RLIMIT_NOFILE]?.soft ?? Infinity);
    this.server = new ControlServer(
      native,
      () => this.log,
      (call) => this.handle(call),
      (delay) => this.kernel.timers.add(this.kernel.now() + delay, () => this.pollServer()),
    );
  }

  async run(): Promise<number> {
    const ready = await this.server.serveFirst(
      FD_FIRST,
      () => this.network !== undefined,
      async () => {
        await this.pending?.();
        this.pending = undefined;
      },
    );
    if (!ready) return 1;
    this.reserve.begin();
    this.server.listen(FD_LISTENER);
    this.serve();
    if (this.network !== undefined && this.network.publish.length > 0) await flushRelays(this.kernel);
    this.server.close();
    return 0;
  }

  private handle(call: Call): void {
    switch (call.method) {
      case 'boot':
        if (this.spec !== undefined) throw new ControlFailure('wrong-state', 'the sandbox has been booted');
        call.answer(this.boot(call.params as BootSpec));
        return;
      case 'network':
        if (this.spec === undefined || this.pending !== undefined || this.network !== undefined)
          throw new ControlFailure('wrong-state', 'the network is set up once, after the boot');
        this.pending = () => this.openNetwork(call, call.params as NetworkSpec);
        return;
      case 'debug':
        call.answer(this.debug(call.params as ControlMethods['debug']['params']));
        return;
      default:
        if (this.network === undefined)
          throw new ControlFailure('wrong-state', 'the sandbox has no network yet');
        if (!this.containers.handle(call)) throw new ControlFailure('invalid', `no method ${call.method}`);
    }
  }

  private boot(spec: BootSpec): ControlMethods['boot']['result'] {
    const { native } = this;
    this.spec = spec;
    this.log = createLogger(spec.log);
    const kernel = new Kernel(native, this.log, { maxTasks: spec.maxTasks });
    this.kernel = kernel;
    kernel.makeMemory = (task) => new GuestMemory(native, task);
    this.observers = new Observers(kernel, spec, undefined);
    const watched = this.observers.forCalls !== undefined;
    if (spec.fastLane && !watched) kernel.lanes = new Lanes(native, this.log);
    const started = native.start({
      filter: compileFilter(filterRules(), false),
      ...this.programs,
      hostUid: NOBODY,
      hostGid: NOBODY,
      argv: ['tvisor-zygote'],
      env: [],
    });
    compileSoon();
    this.reaperPid = started.reaperPid;
    this.tracer = new Tracer(
      kernel,
      native,
      this.observers.forTracer,
      (nr) => syscallEntry(nr)?.class === 'native',
      hostCalls(),
      undefined,
    );
    this.tracer.openZygote(started.pid);
    this.containers = new Containers(kernel, {
      tracer: this.tracer,
      limits: this.limits,
      reserve: this.reserve,
    });
    return { version: CONTROL_VERSION, pid: process.pid, reaperPid: started.reaperPid };
  }

  private async openNetwork(call: Call, spec: NetworkSpec): Promise<void> {
    try {
      const descriptors = (this.limits[RLIMIT_NOFILE]?.soft ?? Infinity) - this.reserve.size;
      const { namespace, mode, publish, filter } = spec;
      const { hostUds } = this.spec ?? { hostUds: 'none' };
      const options = {
        network: mode,
        publish: [...publish],
        hostUds,
        ...(filter === undefined ? {} : { filter }),
        ...(namespace === undefined ? {} : { networkNamespace: this.namespacePath(call, namespace) }),
      };
      enterNetwork(this.kernel, options, descriptors);
      const sockets = await openNetwork(this.kernel, options, descriptors);
      this.native.confine(sockets, hostUds, true);
      this.network = spec;
      call.answer({});
    } catch (error) {
      call.fail(error);
    }
  }

  private namespacePath(call: Call, index: number): string {
    return `/proc/self/fd/${new ReceivedFds(call.fds).take(index)}`;
  }

  /** The kernel's loop, until the last container has ended. */
  private serve(): void {
    const dispatcher = new Dispatcher(this.kernel, this.native, this.tracer, this.observers.forCalls);
    dispatcher.run({
      hostSignal: (sig) => this.signalled(sig),
      otherChild: (pid, status) => {
        if (pid !== this.reaperPid) return false;
        this.log.error({ status }, 'the reaper died: the sandbox ends');
        this.roomGone = true;
        return true;
      },
      ended: () => this.over(),
    });
  }

  /** All containers have ended and their stubs too; or nobody is there who would make the first one. */
  private over(): boolean {
    const { containers, server, kernel } = this;
    if (this.roomGone) return true;
    if (!containers.any) return server.idle;
    if (!containers.ended) {
      this.deadline = undefined;
      return false;
    }
    if (!containers.linked) return true;
    // Stubs are gone in a moment; one that is not must not keep the sandbox.
    if (this.deadline === undefined) {
      this.deadline = kernel.now() + STUB_PATIENCE;
      kernel.timers.add(this.deadline, () => {});
    }
    return kernel.now() >= this.deadline;
  }

  private pollServer(): void {
    this.reserve.use(() => this.server.poll());
  }

  private signalled(sig: number): void {
    if (sig === SIGIO) {
      this.pollServer();
      this.containers.poll();
    } else if (sig === SIGTERM || sig === SIGINT || sig === SIGHUP) this.containers.killAll();
  }

  private debug({ logLevel, stacks, strace }: ControlMethods['debug']['params']): { text: string } {
    if (this.spec === undefined) throw new ControlFailure('wrong-state', 'the sandbox has not been booted');
    if (strace !== undefined) {
      // Whoever is not watched from the beginning has the fast lane, whose calls nobody sees.
      if (!this.spec.strace)
        throw new ControlFailure(
          'refused',
          'calls are logged only in a sandbox that was created with --strace',
        );
      this.observers.logging = strace;
    }
    if (logLevel !== undefined) this.log.level = logLevel;
    return { text: stacks === true ? describeTasks(this.kernel) : '' };
  }
}
