/** `create`: from a bundle to a container whose program stands before its first instruction. */
import { rmSync } from 'node:fs';
import { readConfigText } from './bundle.js';
import { Cgroup } from './cgroups/cgroup.js';
import type { LinuxResources } from './cgroups/resources.js';
import { type FileDescriptorPair, listenEnv, presentDescriptors } from './descriptors.js';
import { cleanHalfMade } from './destroy.js';
import type { Bundle } from './draft.js';
import { RuntimeError, reasonOf } from './errors.js';
import { writeWhole } from './files.js';
import { processStat } from './host.js';
import { checkId } from './ids.js';
import { mayShare, type Sharing, sharingOf } from './pods.js';
import { prepareContainer } from './prepare.js';
import {
  checkTerminal,
  makeTerminal,
  type ProcessTerminal,
  type TerminalRequest,
} from './process-terminal.js';
import { type ContainerRecord, RECORD_VERSION } from './record.js';
import type { Runtime } from './runtime.js';
import { joinSandbox, releaseSandbox, type Sandbox, StartingSandbox, sweepSandboxes } from './sandbox.js';
import type { RuntimeSettings } from './settings.js';
import type { LockedContainer } from './state.js';
import { isHalfMade } from './status.js';
import { Undo } from './undo.js';

export interface CreateOptions {
  readonly id: string;
  /** Absolute paths. */
  readonly bundle: string;
  readonly config?: string;
  readonly consoleSocket?: string;
  readonly pidFile?: string;
  readonly descriptors: readonly FileDescriptorPair[];
  /** The command does not stay to look after the container. */
  readonly detach: boolean;
}

/** A container that has been made; locked. */
export interface Created {
  readonly container: LockedContainer;
  /** Its terminal, if that was not sent to a console socket: the caller's to look after. */
  readonly terminal?: ProcessTerminal;
}

/** Signals that end a command, which takes back then what it has done. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Take everything back when the command is told to end. @returns stops that */
function undoOnSignal(undo: Undo): () => void {
  const handler = (_: NodeJS.Signals, signal: number) => {
    undo.run().finally(() => process.exit(128 + signal));
  };
  for (const name of ENDING) process.once(name, handler);
  return () => {
    for (const name of ENDING) process.off(name, handler);
  };
}

/**
 * Make a container.
 *
 * @throws RuntimeError, HostError, HookError, CgroupError: one line each; nothing is left then
 */
export async function createContainer(runtime: Runtime, options: CreateOptions): Promise<Created> {
  checkId(options.id);
  const descriptors = presentDescriptors(options.descriptors);
  const text = readConfigText(options.bundle, options.config);
  const undo = new Undo((message) => runtime.report.warn(message));
  const forget = undoOnSignal(undo);
  try {
    await clean(runtime, options.id);
    const created = await make(runtime, { ...options, descriptors }, text, undo);
    undo.keep();
    return created;
  } catch (error) {
    await undo.run();
    throw error;
  } finally {
    forget();
  }
}

/** Make way: directories that are not there, and what killed commands have left. */
async function clean(runtime: Runtime, id: string): Promise<void> {
  const { state } = runtime;
  state.prepare();
  for (const record of state.list().filter(isHalfMade)) await cleanHalfMade(runtime, record.id);
  sweepSandboxes(runtime);
  if (state.exists(id)) throw new RuntimeError(`container with id "${id}" already exists`);
}

async function make(runtime: Runtime, options: CreateOptions, text: string, undo: Undo): Promise<Created> {
  // A sentry of its own starts while the configuration is read, unless it may turn out that another one is joined.
  const early = mayShare(text) ? undefined : startSandbox(runtime, runtime.settings, undo);
  const { readBundle } = await import('./draft.js');
  const bundle = withSockets(readBundle(runtime, text, options.id, options.bundle));
  const { draft, settings } = bundle;
  const request = terminalRequest(bundle, options);
  checkTerminal(request);
  const sharing = sharingOf(runtime, draft);
  const container = runtime.state.reserve(firstRecord(options, bundle), text);
  undo.add(() => container.remove());
  const starting = await sandboxFor(runtime, settings, sharing, early, undo);
  container.update({ ...starting.record, joined: starting.joined !== undefined });
  const cgroup = makeCgroup(runtime, bundle, options.id);
  undo.add(() => void cgroup.destroy());
  container.update({ cgroup: cgroup.record });
  const terminal = makeTerminal(request);
  undo.add(() => terminal?.close());
  const sandbox = starting.joined ?? (await starting.early.ready());
  undo.add(() => sandbox.connection.close());
  const shared: Sharing = starting.joined === undefined ? { namespaces: ALL_NEW } : sharing;
  await prepareContainer(
    { runtime, container, bundle, sandbox, cgroup, sharing: shared, undo },
    { terminal, descriptors: options.descriptors },
  );
  writePidFile(options.pidFile, container, undo);
  container.update({ phase: 'created' });
  sandbox.directory.release();
  sandbox.connection.close();
  return { container, ...(terminal === undefined ? {} : { terminal }) };
}

/** The first process is told of the sockets that a service manager has given us. */
function withSockets(bundle: Bundle): Bundle {
  const { process: first } = bundle.draft;
  const env = [...first.env, ...listenEnv(process.env)];
  return { ...bundle, draft: { ...bundle.draft, process: { ...first, env } } };
}

const ALL_NEW = { pid: 'new', ipc: 'new', uts: 'new' } as const;

function startSandbox(runtime: Runtime, settings: RuntimeSettings, undo: Undo): StartingSandbox {
  const starting = StartingSandbox.start(runtime, settings);
  undo.add(() => starting.end());
  return starting;
}

/** The sandbox that a container comes into, and what is written down of it. */
type SandboxChoice = { readonly record: Pick<ContainerRecord, 'sandbox' | 'sentry'> } & (
  | { readonly joined: Sandbox }
  | { readonly joined: undefined; readonly early: StartingSandbox }
);

async function sandboxFor(
  runtime: Runtime,
  settings: RuntimeSettings,
  { sandbox: id }: Sharing,
  early: StartingSandbox | undefined,
  undo: Undo,
): Promise<SandboxChoice> {
  if (early === undefined && id !== undefined) {
    const joined = await joinSandbox(runtime, id);
    if (joined !== undefined) {
      undo.add(() => {
        joined.directory.release();
        return releaseSandbox(runtime, id, joined.record.sentry);
      });
      return { record: { sandbox: id, sentry: joined.record.sentry }, joined };
    }
  }
  // Annotations may have asked for other settings than those that it was started with.
  const same = early !== undefined && JSON.stringify(settings) === JSON.stringify(runtime.settings);
  if (early !== undefined && !same) await early.end();
  const own = early !== undefined && same ? early : startSandbox(runtime, settings, undo);
  return { record: { sandbox: own.id, sentry: own.sentry }, joined: undefined, early: own };
}

function firstRecord(options: CreateOptions, { config, draft }: Bundle): ContainerRecord {
  const self = processStat(process.pid);
  if (self === undefined) throw new RuntimeError('/proc is not mounted');
  return {
    version: RECORD_VERSION,
    id: options.id,
    bundle: options.bundle,
    rootfs: draft.root.source.path,
    ociVersion: config.ociVersion,
    annotations: draft.annotations,
    created: new Date().toISOString(),
    owner: process.geteuid?.() ?? 0,
    creator: { pid: self.pid, startTime: self.startTime },
    phase: 'creating',
    paused: false,
    joined: false,
  };
}

function terminalRequest({ draft }: Bundle, { detach, consoleSocket }: CreateOptions): TerminalRequest {
  const { consoleSize, uid } = draft.process;
  return {
    terminal: draft.terminal,
    detach,
    uid: hostId(uid, draft.spec.uidMappings),
    ...(consoleSocket === undefined ? {} : { consoleSocket }),
    ...(consoleSize === undefined ? {} : { size: consoleSize }),
  };
}

/** A user of the container as the host numbers it. */
export function hostId(id: number, maps: Bundle['draft']['spec']['uidMappings']): number {
  const map = maps.find(({ containerId, size }) => id >= containerId && id < containerId + size);
  return map === undefined ? id : map.hostId + (id - map.containerId);
}

function makeCgroup(runtime: Runtime, { draft, settings }: Bundle, id: string): Cgroup {
  const manager = settings.ignoreCgroups ? 'disabled' : settings.systemdCgroup ? 'systemd' : 'cgroupfs';
  return Cgroup.create(draft.cgroupsPath, draft.resources as LinuxResources, {
    id,
    manager,
    warn: (message) => runtime.report.warn(message),
  });
}

/** The pid of the stub for whoever waits for the container. */
function writePidFile(path: string | undefined, { record }: LockedContainer, undo: Undo): void {
  if (path === undefined) return;
  try {
    writeWhole(path, String(record.init?.pid), 0o644);
  } catch (error) {
    throw new RuntimeError(`--pid-file ${path}: ${reasonOf(error)}`);
  }
  undo.add(() => rmSync(path, { force: true }));
}
