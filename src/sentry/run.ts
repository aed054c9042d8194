/**
 * A sandbox from start to end: the CLI and the sentry are one process for `tvisor do`, so that nothing is left to clean up
 * whichever of them dies, and so that a start costs one runtime and not two.
 */

import { filterRules, hostCalls, syscallEntry } from '../../syscalls/table.js';
import { ENOENT } from '../abi/errno.js';
import { RLIMIT_NOFILE } from '../abi/sched.js';
import { SIGKILL } from '../abi/signal.js';
import { Container } from '../kernel/container.js';
import { initialCred } from '../kernel/cred.js';
import { createInit } from '../kernel/fork.js';
import { Kernel } from '../kernel/kernel.js';
import { FsContext, type Task } from '../kernel/task.js';
import { createLogger, type Logger } from '../log/logger.js';
import { flushRelays } from '../net/publish/relay.js';
import { loadAddon } from '../platform/addon.js';
import { compileFilter } from '../platform/filter.js';
import { Lanes } from '../platform/lane/lanes.js';
import { Reg } from '../platform/native.js';
import { Tracer } from '../platform/tracer.js';
import { GuestMemory } from '../platform/user-memory.js';
import type { Profile } from '../profile/profile.js';
import { LOOKUP_DIRECTORY, LOOKUP_FOLLOW, resolve } from '../vfs/namei.js';
import { Dispatcher } from './dispatch.js';
import { SandboxError } from './error.js';
import { findCommand, isMissing } from './find-command.js';
import { hostLimits } from './host-limits.js';
import { HostSignals } from './host-signals.js';
import { enterNetwork, openNetwork } from './network.js';
import { Observers } from './observers.js';
import type { SandboxSpec } from './spec.js';
import { HostTerminal } from './terminal.js';
import { compileSoon } from './tiering.js';
import { buildWorld, standardStreams, toBytes } from './world.js';

/** Host ids of guests when the sentry is root: nobody's. */
const NOBODY = 65534;
/** Tasks in a sandbox at once; a fork bomb ends here with EAGAIN. */
const MAX_TASKS = 4096;
/** Exit statuses as the shells and podman have them. */
const EXIT_NOT_EXECUTABLE = 126;
const EXIT_NOT_FOUND = 127;

/**
 * Runs one sandbox to its end.
 * @returns the exit status: the guest's own, or 128 + N if signal N ended it
 * Throws SandboxError with one clear line if it could not be started.
 */
export async function runSandbox(spec: SandboxSpec): Promise<number> {
  const log = openLog(spec);
  const profiling = await openProfile(spec);
  const { native, loader, stub } = loadAddon();
  const kernel = new Kernel(native, log, { maxTasks: MAX_TASKS });
  const container = new Container(kernel, { id: 'do', hostname: toBytes(spec.hostname) });
  // Pid 1 of `do` is an ordinary program: it dies of its own `kill $$` as it would outside.
  container.pids.initProtected = false;
  const profile = profiling?.(kernel);
  const memory = profile?.memory ?? native;
  kernel.makeMemory = (task) => new GuestMemory(memory, task);
  const terminal = HostTerminal.find(container);
  const limits = hostLimits(native);
  const descriptors = limits[RLIMIT_NOFILE]?.soft ?? Infinity;
  enterNetwork(kernel, spec, descriptors);
  buildWorld(container, spec, terminal);
  const files = standardStreams(kernel, terminal);
  const argv = spec.argv.map(toBytes);
  const env = spec.env.map(toBytes);
  const sockets = await openNetwork(kernel, spec, descriptors);
  if (spec.filter !== undefined) (await import('./filtered.js')).provideResolver(container.mounts);
  const started = native.start({
    filter: compileFilter(filterRules(), profile !== undefined),
    loader,
    stub,
    hostUid: NOBODY,
    hostGid: NOBODY,
    argv,
    env,
  });
  compileSoon();
  const signals = new HostSignals(container, terminal);
  try {
    const { mounts } = container;
    const root = mounts.lookupMount({ mount: mounts.root, dentry: mounts.root.root });
    const init = createInit(container, {
      hostPid: started.pid,
      guestPid: native.guestTid(started.pid),
      cred: initialCred(spec.uid, spec.gid, spec.groups),
      fs: new FsContext(root, root, 0o022),
      files,
      limits,
    });
    init.fs.umask = process.umask();
    enterCwd(init, spec.cwd);
    const observers = new Observers(kernel, spec, profile);
    // Whoever watches calls wants to see them all.
    const watched = observers.forCalls !== undefined || observers.forTracer !== undefined;
    if (spec.fastLane && !watched) kernel.lanes = new Lanes(native, log);
    const tracer = new Tracer(
      kernel,
      native,
      observers.forTracer,
      (nr) => syscallEntry(nr)?.class === 'native',
      hostCalls(),
      observers.forNatives,
    );
    tracer.adopted(init);
    terminal?.tty.control(init);
    firstExec(kernel, tracer, init, argv[0] as string, env, spec.argv[0] as string);
    profile?.sample();
    native.confine(sockets, spec.hostUds, false);
    new Dispatcher(kernel, profile?.trap ?? native, tracer, observers.forCalls).run({
      hostSignal: (sig) => signals.received(sig),
      otherChild: (pid, status) => pid === started.reaperPid && reaperGone(container, status),
      ended: () => container.exitStatus !== undefined,
    });
  } finally {
    terminal?.restore();
    native.stop(-1);
    if (spec.publish.length > 0) await flushRelays(kernel);
    profile?.finish(spec.argv, exitStatus(container));
  }
  return exitStatus(container);
}

function openLog(spec: SandboxSpec): Logger {
  try {
    return createLogger(spec.log);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/,.*/, '') : String(error);
    throw new SandboxError(`--log: ${spec.log.file}: ${reason}`, 128);
  }
}

/**
 * Opens the files of --profile, which is loaded only now that it is wanted.
 * @returns what makes the profile once there is a kernel
 */
async function openProfile(spec: SandboxSpec): Promise<((kernel: Kernel) => Profile) | undefined> {
  if (spec.profile === undefined) return undefined;
  const { Profile, ProfileFiles } = await import('../profile/profile.js');
  try {
    const files = new ProfileFiles(spec.profile);
    return (kernel) => new Profile(files, kernel);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/,.*/, '') : String(error);
    throw new SandboxError(`--profile: ${spec.profile}: ${reason}`, 128);
  }
}

/** The reaper's death takes every guest with it; SIGKILL is then the status of the sandbox too. */
function reaperGone(container: Container, status: number): boolean {
  container.kernel.log.error({ status }, 'the reaper died: the sandbox ends');
  container.exitStatus ??= SIGKILL;
  return true;
}

function exitStatus(container: Container): number {
  const status = container.exitStatus ?? SIGKILL;
  const signal = status & 0x7f;
  return signal !== 0 ? 128 + signal : (status >> 8) & 0xff;
}

function enterCwd(init: Task, cwd: string): void {
  const path = resolve(init, init.fs.cwd, toBytes(cwd), LOOKUP_FOLLOW | LOOKUP_DIRECTORY);
  if (typeof path === 'number') {
    throw new SandboxError(
      `--cwd: ${cwd}: ${path === -ENOENT ? 'no such directory' : 'cannot be entered'} inside the sandbox`,
      128,
    );
  }
  init.fs.cwd = path;
}

/** Starts the command: the first guest process already stands at an execve. */
function firstExec(
  kernel: Kernel,
  tracer: Tracer,
  init: Task,
  command: string,
  env: string[],
  shown: string,
): void {
  const image = findCommand(init, command, env);
  if (typeof image === 'number') {
    const missing = isMissing(image);
    throw new SandboxError(
      `${shown}: ${missing ? 'command not found' : 'cannot be executed'} (errno ${-image})`,
      missing ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE,
    );
  }
  const regs = new Float64Array(27);
  kernel.native.getRegs(init.hostTid, regs);
  tracer.startExec(
    init,
    image,
    regs[Reg.rdi] as number,
    regs[Reg.rsi] as number,
    regs[Reg.rdx] as number,
    undefined,
  );
}
