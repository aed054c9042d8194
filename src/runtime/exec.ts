/** `exec`. */
import { rmSync } from 'node:fs';
import type { OciConfig } from '../oci/types.js';
import { readConfig } from '../oci/validate.js';
import { Cgroup } from './cgroups/cgroup.js';
import { exitStatus, runInForeground } from './console.js';
import { hostId } from './create.js';
import { type FileDescriptorPair, presentDescriptors, processFiles, RequestFds } from './descriptors.js';
import { RuntimeError, reasonOf } from './errors.js';
import { type ExecOverrides, type ExecProcess, execProcessDraft } from './exec-process.js';
import { writeWhole } from './files.js';
import { closeQuietly } from './host.js';
import { setOomScore } from './oom-score.js';
import { checkTerminal, makeTerminal, type ProcessTerminal } from './process-terminal.js';
import type { ContainerRecord } from './record.js';
import type { Connection, Runtime } from './runtime.js';
import { statusOf } from './status.js';
import { type Stub, spawnExecStub } from './stub.js';
import { Undo } from './undo.js';

export interface ExecOptions {
  readonly id: string;
  readonly args: readonly string[];
  /** Absolute paths. */
  readonly processFile?: string;
  readonly consoleSocket?: string;
  readonly pidFile?: string;
  readonly internalPidFile?: string;
  readonly overrides: ExecOverrides;
  readonly descriptors: readonly FileDescriptorPair[];
  readonly detach: boolean;
  readonly ignorePaused: boolean;
}

/** A container in which something can run. @throws RuntimeError */
function running(runtime: Runtime, { id, ignorePaused }: ExecOptions): [ContainerRecord, Connection] {
  const record = runtime.state.get(id);
  const status = statusOf(record);
  if (status === 'stopped') throw new RuntimeError('cannot exec in a stopped container');
  if (status === 'creating') throw new RuntimeError('cannot exec in a container that is being created');
  if (status === 'paused' && !ignorePaused) {
    throw new RuntimeError('cannot exec in a paused container (use --ignore-paused to override)');
  }
  const connection = runtime.connect(record);
  if (connection === undefined) throw new RuntimeError('cannot exec in a stopped container');
  return [record, connection];
}

/**
 * Run one more program in a container.
 *
 * @returns the exit status for the command: the program's own, 0 if the command does not stay
 * @throws errors of one line; nothing is left then
 */
export async function execProcess(runtime: Runtime, options: ExecOptions): Promise<number> {
  const descriptors = presentDescriptors(options.descriptors);
  const [record, connection] = running(runtime, options);
  const undo = new Undo((message) => runtime.report.warn(message));
  try {
    const { value: config } = readConfig(runtime.state.config(record.id));
    const { processFile, args, overrides } = options;
    const process_ = execProcessDraft(runtime, config, processFile, args, overrides);
    const terminal = openTerminal(process_, config, options);
    undo.add(() => terminal?.close());
    const target = { record, connection, undo };
    const stub = await launch(runtime, target, process_, terminal, { ...options, descriptors });
    undo.keep();
    if (options.detach) {
      terminal?.close();
      return 0;
    }
    connection.close();
    return foreground(stub, terminal);
  } catch (error) {
    await undo.run();
    throw error;
  } finally {
    connection.close();
  }
}

function foreground(stub: Stub, terminal: ProcessTerminal | undefined): number {
  const master = terminal?.takeMaster();
  terminal?.close();
  const status = runInForeground(stub.process.pid, master === undefined ? undefined : { master });
  closeQuietly(master);
  return exitStatus(status);
}

function openTerminal(
  { draft, terminal }: ExecProcess,
  { linux }: OciConfig,
  { detach, consoleSocket }: ExecOptions,
): ProcessTerminal | undefined {
  const maps = (linux?.uidMappings ?? []).map(({ containerID, hostID, size }) => ({
    containerId: containerID,
    hostId: hostID,
    size,
  }));
  const request = {
    terminal,
    detach,
    uid: hostId(draft.uid, maps),
    ...(consoleSocket === undefined ? {} : { consoleSocket }),
    ...(draft.consoleSize === undefined ? {} : { size: draft.consoleSize }),
  };
  checkTerminal(request);
  return makeTerminal(request);
}

interface Target {
  readonly record: ContainerRecord;
  readonly connection: Connection;
  readonly undo: Undo;
}

/** Make the process and its stub, tell who wants to know, and let it go. */
async function launch(
  runtime: Runtime,
  { record, connection, undo }: Target,
  { draft }: ExecProcess,
  terminal: ProcessTerminal | undefined,
  options: ExecOptions,
): Promise<Stub> {
  const { id, cgroup: directories, init } = record;
  if (init === undefined) throw new RuntimeError('cannot exec in a stopped container');
  const cgroup = directories && Cgroup.restore(directories, (message) => runtime.report.warn(message));
  const stub = spawnExecStub({
    title: `tvisor-exec ${id}`,
    containerPid: init.pid,
    ...(terminal === undefined ? {} : { terminal: terminal.slave }),
    ...(draft.oomScoreAdj === undefined ? {} : { oomScoreAdj: draft.oomScoreAdj }),
    place: (pid) => void cgroup?.add(pid),
  });
  undo.add(() => stub.kill());
  const request = new RequestFds();
  request.give(stub.link);
  try {
    for (const warning of stub.warnings) runtime.report.debug(warning);
    const process_ = {
      ...draft,
      ...(terminal === undefined ? {} : { terminal: request.add(terminal.slave) }),
      files: processFiles(request, terminal === undefined, options.descriptors),
      stub: 0,
    };
    const { pid, hostPid } = await connection.request('exec', { id, process: process_ }, request.fds);
    cgroup?.add(hostPid);
    setOomScore(hostPid, draft.oomScoreAdj, (line) => runtime.report.debug(line));
    writePid('--pid-file', options.pidFile, stub.process.pid, undo);
    writePid('--internal-pid-file', options.internalPidFile, pid, undo);
    await connection.request('startExec', { id, pid });
    return stub;
  } finally {
    request.close();
  }
}

function writePid(flag: string, path: string | undefined, pid: number, undo: Undo): void {
  if (path === undefined) return;
  try {
    writeWhole(path, String(pid), 0o644);
  } catch (error) {
    throw new RuntimeError(`${flag} ${path}: ${reasonOf(error)}`);
  }
  undo.add(() => rmSync(path, { force: true }));
}
