/** Sandboxes: one sentry each, for one container or the containers of a pod. */
import { closeSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogLevel } from '../log/levels.js';
import type { LogSpec } from '../sentry/spec.js';
import { RuntimeError, reasonOf } from './errors.js';
import { makeDirectories, readIfThere, writeWhole } from './files.js';
import { isAlive, listenSocket, type ProcessIdentity, processStat, socketPair } from './host.js';
import { LockedDirectory } from './locked-directory.js';
import { endProcess } from './processes.js';
import { type NetworkRecord, RECORD_VERSION, type SandboxRecord } from './record.js';
import { CONTROL_SOCKET, type Connection, type Runtime } from './runtime.js';
import { spawnSentry } from './sentry-process.js';
import type { RuntimeSettings } from './settings.js';

const RECORD = 'sandbox.json';

/** Tasks of one sandbox at most; a container's own limit is usually less. */
const MAX_TASKS = 32_768;

/** How long a sentry may take to end after its last container, milliseconds. */
const ENDING = 3000;

/** A sandbox that this command has for itself. */
export interface Sandbox {
  readonly id: string;
  readonly directory: LockedDirectory;
  readonly connection: Connection;
  readonly record: SandboxRecord;
  /** Another command has made it; this one's container is not its first. */
  readonly joined: boolean;
}

function level({ debug, strace, debugLog }: RuntimeSettings): LogLevel {
  if (debug) return 'debug';
  if (strace) return 'info';
  return debugLog === undefined ? 'error' : 'warn';
}

/** Where a sandbox logs. */
export function sandboxLog(settings: RuntimeSettings, id: string): LogSpec {
  const path = settings.debugLog?.replaceAll('%ID%', id).replaceAll('%COMMAND%', 'boot');
  const file = path?.replaceAll('%TIMESTAMP%', new Date().toISOString().replace(/[-:]|\.\d+/g, ''));
  if (file === undefined) return { level: level(settings), format: 'text' };
  const whole = file.endsWith('/') ? `${file}${id}.log` : file;
  makeDirectories(dirname(whole), 0o755);
  return { file: whole, level: level(settings), format: 'text' };
}

/** A name that no other sandbox has; node:crypto would take longer to load than this needs to be unguessable. */
function newId(): string {
  return `${process.pid.toString(36)}-${process.hrtime.bigint().toString(36)}`;
}

/** A sentry that is starting. */
export class StartingSandbox {
  private constructor(
    readonly id: string,
    private readonly directory: LockedDirectory,
    private readonly connection: Connection,
    readonly sentry: ProcessIdentity,
    private readonly booted: Promise<{ reaperPid: number }>,
  ) {
    // Looked at later, when somebody waits for it; until then a failure must not be taken for one that nobody handles.
    booted.catch(() => undefined);
  }

  /** Start a sentry. It boots while the caller does something else. @throws RuntimeError; nothing is left then */
  static start(runtime: Runtime, settings: RuntimeSettings): StartingSandbox {
    const id = newId();
    const path = join(runtime.state.sandboxes, id);
    let directory: LockedDirectory | undefined;
    try {
      directory = LockedDirectory.create(runtime.state.tryFlock, path, () => undefined);
      if (directory === undefined) throw new RuntimeError(`${path}: there already`);
      const { sentry, socket } = spawn(path, id);
      const connection = runtime.connection(socket);
      const booted = connection.request('boot', {
        sandboxId: id,
        fastLane: settings.fastLane,
        hostUds: settings.hostUds,
        strace: settings.strace,
        log: sandboxLog(settings, id),
        maxTasks: MAX_TASKS,
      });
      return new StartingSandbox(id, directory, connection, sentry, booted);
    } catch (error) {
      directory?.remove();
      throw new RuntimeError(`cannot start a sandbox: ${reasonOf(error)}`);
    }
  }

  /** Wait until it has booted. @throws RuntimeError; it is the caller's to end it then */
  async ready(): Promise<Sandbox> {
    const { reaperPid } = await this.booted;
    const reaper = processStat(reaperPid);
    if (reaper === undefined) throw new RuntimeError('the sandbox has ended while it was made');
    const record: SandboxRecord = {
      version: RECORD_VERSION,
      id: this.id,
      sentry: this.sentry,
      reaper: { pid: reaper.pid, startTime: reaper.startTime },
      network: { mode: 'none' },
    };
    return { id: this.id, directory: this.directory, connection: this.connection, record, joined: false };
  }

  /** End it, whatever it is doing. */
  async end(): Promise<void> {
    this.connection.close();
    await endProcess(this.sentry, 0);
    this.directory.remove();
  }
}

/** Start the process; the socket is this side's end of the connection over which it is told what to do. */
function spawn(path: string, id: string): { sentry: ProcessIdentity; socket: number } {
  const [ours, theirs] = socketPair();
  const listen = listenSocket(path, CONTROL_SOCKET);
  try {
    return { sentry: spawnSentry({ control: theirs, listen, sandboxId: id }), socket: ours };
  } catch (error) {
    closeSync(ours);
    throw error;
  } finally {
    closeSync(theirs);
    closeSync(listen);
  }
}

/** Write down what others must know to join a sandbox. */
export function saveSandbox(sandbox: Sandbox, network: NetworkRecord): void {
  const record: SandboxRecord = { ...sandbox.record, network };
  try {
    writeWhole(join(sandbox.directory.path, RECORD), JSON.stringify(record), 0o600);
  } catch (error) {
    throw new RuntimeError(`cannot write the state of the sandbox: ${reasonOf(error)}`);
  }
}

/** What is written about a sandbox; undefined if it is not complete or of another version. */
export function readSandbox(runtime: Runtime, id: string): SandboxRecord | undefined {
  const text = readIfThere(join(runtime.state.sandboxes, id, RECORD));
  if (text === undefined) return undefined;
  const record = JSON.parse(text) as SandboxRecord;
  return record.version === RECORD_VERSION ? record : undefined;
}

/** Join a sandbox that there is; undefined if there is none or it has ended. */
export async function joinSandbox(runtime: Runtime, id: string): Promise<Sandbox | undefined> {
  const directory = await LockedDirectory.lock(runtime.state.tryFlock, join(runtime.state.sandboxes, id));
  if (directory === undefined) return undefined;
  const record = readSandbox(runtime, id);
  const connection = record !== undefined && isAlive(record.sentry) ? runtime.connectSandbox(id) : undefined;
  if (record === undefined || connection === undefined) {
    directory.release();
    return undefined;
  }
  return { id, directory, connection, record, joined: true };
}

/**
 * Remove a sandbox if no container is in it any more: its sentry ends by itself, or is ended.
 *
 * @param id of a sandbox whose containers have been removed, or some of them
 */
export async function releaseSandbox(
  runtime: Runtime,
  id: string,
  sentry: ProcessIdentity | undefined,
): Promise<void> {
  const directory = await LockedDirectory.lock(runtime.state.tryFlock, join(runtime.state.sandboxes, id));
  if (directory === undefined) return;
  if (runtime.state.list().some(({ sandbox }) => sandbox === id)) {
    directory.release();
    return;
  }
  const process_ = sentry ?? readSandbox(runtime, id)?.sentry;
  if (process_ !== undefined && !(await endProcess(process_, ENDING))) {
    runtime.report.warn(`the sandbox's process ${process_.pid} does not end`);
  }
  directory.remove();
}

/** Remove the sandboxes that killed commands have left. */
export function sweepSandboxes(runtime: Runtime): void {
  const used = new Set(runtime.state.list().map(({ sandbox }) => sandbox));
  for (const id of readdirSync(runtime.state.sandboxes)) {
    if (id.startsWith('@') || used.has(id)) continue;
    const directory = LockedDirectory.tryLock(runtime.state.tryFlock, join(runtime.state.sandboxes, id));
    // Whoever makes or joins it has the lock until a container says so; its sentry ends when nobody is connected.
    if (directory === undefined) continue;
    const sentry = readSandbox(runtime, id)?.sentry;
    const over = sentry === undefined || !isAlive(sentry);
    if (over && !runtime.state.list().some(({ sandbox }) => sandbox === id)) directory.remove();
    else directory.release();
  }
}
