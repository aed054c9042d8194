/** The part of `create` that is done with the sandbox: the stub, hooks, the network, and the container in the sentry. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { O_DIRECTORY, O_PATH } from '../abi/fcntl.js';
import { MS_RDONLY } from '../abi/stat.js';
import { containerSpec, hostSources, type MountDraft, type Opened } from '../oci/convert.js';
import { sysctlParts } from '../oci/sysctl.js';
import { type Cgroup, hostVersion } from './cgroups/cgroup.js';
import { type FileDescriptorPair, processFiles, RequestFds } from './descriptors.js';
import type { Bundle } from './draft.js';
import { RuntimeError, reasonOf } from './errors.js';
import { closeQuietly, openTree } from './host.js';
import { setOomScore } from './oom-score.js';
import { namespaceId, type Sharing } from './pods.js';
import type { ProcessTerminal } from './process-terminal.js';
import type { NetworkRecord } from './record.js';
import type { Runtime } from './runtime.js';
import { type Sandbox, saveSandbox } from './sandbox.js';
import type { LockedContainer } from './state.js';
import { ociState } from './status.js';
import { type Stub, type StubMount, type StubNamespace, spawnContainerStub } from './stub.js';
import type { Undo } from './undo.js';

/** What has been made of a container so far. */
export interface Making {
  readonly runtime: Runtime;
  readonly container: LockedContainer;
  readonly bundle: Bundle;
  readonly sandbox: Sandbox;
  readonly cgroup: Cgroup;
  readonly sharing: Sharing;
  readonly undo: Undo;
}

export interface ProcessResources {
  readonly terminal: ProcessTerminal | undefined;
  readonly descriptors: readonly FileDescriptorPair[];
}

/** @throws errors of one line; what is to be taken back then is in `undo` */
export async function prepareContainer(making: Making, resources: ProcessResources): Promise<void> {
  const { sandbox, container, undo, runtime } = making;
  // Without hooks nothing can change the network between now and then: the sentry sets it up meanwhile.
  const early = !sandbox.joined && isEmptyNetwork(making) ? openNetwork(making, undefined) : undefined;
  early?.catch(() => undefined);
  // The host has every move into a cgroup wait for all its processors, but not for each of several at once: unless somebody looks
  // before, the stub is moved together with the container's program.
  const together = !hasHooks(making) && !ownCgroupNamespace(making);
  const stub = spawnStub(making, resources.terminal, !together);
  try {
    undo.add(() => stub.kill());
    // What engines look at in the stub's place: nothing that the container misses.
    for (const warning of stub.warnings) runtime.report.debug(warning);
    container.update({ init: { pid: stub.process.pid, startTime: stub.process.startTime } });
    await runHooks(making);
    if (early !== undefined) await early;
    else if (!sandbox.joined) await openNetwork(making, stub);
    stub.finish();
    await createInSandbox(making, resources, stub.link, together ? [stub.process.pid] : []);
  } finally {
    closeQuietly(stub.link);
  }
}

/** Namespaces that the stub has on the host; the pid namespace is the sandbox's, and a mount namespace it always has. */
function stubNamespaces({ bundle: { draft } }: Making): StubNamespace[] {
  return draft.namespaces.flatMap(({ type, path }) =>
    type === 'pid' || type === 'mount'
      ? []
      : [{ type: type as StubNamespace['type'], ...(path === undefined ? {} : { path }) }],
  );
}

function stubMount({ destination, bind, type, flags, data }: MountDraft): StubMount {
  return {
    destination,
    ...(bind === undefined || bind.mounted ? {} : { bind: bind.path }),
    type,
    readonly: (flags & MS_RDONLY) !== 0,
    data,
  };
}

const PING = 'ping_group_range';

/**
 * What the container's own network is set to on the host: what config.json says, and that the sentry may send echo requests, which it
 * does for guests that may.
 */
function networkSettings(sysctl: Readonly<Record<string, string>>): Map<string, string> {
  const settings = new Map([[`net/ipv4/${PING}`, '0 2147483647']]);
  for (const [name, value] of Object.entries(sysctl)) {
    const parts = sysctlParts(name);
    const isPath = parts.every((part) => part !== '' && part !== '..' && !part.includes('/'));
    if (parts[0] !== 'net' || !isPath || parts.at(-1) === PING) continue;
    settings.set(parts.join('/'), value);
  }
  return settings;
}

function spawnStub(making: Making, terminal: ProcessTerminal | undefined, place: boolean): Stub {
  const { bundle, sandbox, cgroup, container } = making;
  const { spec, process, root, mounts } = bundle.draft;
  return spawnContainerStub({
    title: `tvisor-container ${container.record.id}`,
    ...(terminal === undefined ? {} : { terminal: terminal.slave }),
    ...(process.oomScoreAdj === undefined ? {} : { oomScoreAdj: process.oomScoreAdj }),
    ...(place ? { place: (pid: number) => void cgroup.add(pid) } : {}),
    reaperPid: sandbox.record.reaper.pid,
    namespaces: stubNamespaces(making),
    ...(spec.hostname === undefined ? {} : { hostname: spec.hostname }),
    ...(spec.domainname === undefined ? {} : { domainname: spec.domainname }),
    uidMappings: spec.uidMappings,
    gidMappings: spec.gidMappings,
    networkSettings: networkSettings(spec.sysctl),
    root: root.source.path,
    readonly: root.readonly,
    mounts: mounts.map(stubMount),
  });
}

/** Hooks that run before the container's program is there. */
function hasHooks({ bundle: { draft } }: Making): boolean {
  const { prestart, createRuntime, createContainer } = draft.hooks;
  return prestart.length + createRuntime.length + createContainer.length > 0;
}

/** A new cgroup namespace has the cgroup for its root that its first process is in. */
function ownCgroupNamespace({ bundle: { draft } }: Making): boolean {
  return draft.namespaces.some(({ type, path }) => type === 'cgroup' && path === undefined);
}

/** prestart, createRuntime and createContainer: at the same point for us, in this order. */
async function runHooks(making: Making): Promise<void> {
  if (!hasHooks(making)) return;
  const { container } = making;
  const { prestart, createRuntime, createContainer } = making.bundle.draft.hooks;
  const hooks = await import('./hooks.js');
  // They come after the environment was made (runtime-spec, lifecycle): that is `created`.
  const state = ociState(container.record, 'created');
  hooks.runHooks('prestart', prestart, state);
  hooks.runHooks('createRuntime', createRuntime, state);
  hooks.runHooks('createContainer', createContainer, state);
}

// --- the network -------------------------------------------------------------------------------------------------------

/** Whether the container's network is a new one that nobody puts anything into before it starts. */
function isEmptyNetwork(making: Making): boolean {
  const { draft, settings } = making.bundle;
  const request = draft.namespaces.find(({ type }) => type === 'network');
  const fresh = request !== undefined && request.path === undefined;
  return settings.network === 'none' || (fresh && !hasHooks(making) && settings.network !== 'host');
}

/** Names of the network devices that a process sees. */
function devicesOf(pid: number): string[] {
  const lines = readFileSync(`/proc/${pid}/net/dev`, 'latin1').trimEnd().split('\n').slice(2);
  return lines.map((line) => line.slice(0, line.indexOf(':')).trim());
}

/** Which network the sandbox gets, now that hooks have done their part. @param pid of the stub; undefined: an empty one */
function networkOf({ bundle: { draft, settings } }: Making, pid: number | undefined): NetworkRecord {
  if (pid === undefined || settings.network === 'none') return { mode: 'none' };
  const request = draft.namespaces.find(({ type }) => type === 'network');
  const empty = devicesOf(pid).every((name) => name === 'lo');
  const fresh = request !== undefined && request.path === undefined;
  if (fresh && empty && settings.network !== 'host') return { mode: 'none' };
  const namespace = namespaceId(`/proc/${pid}/ns/net`);
  return { mode: 'host', ...(namespace === undefined ? {} : { namespace }) };
}

async function openNetwork(making: Making, stub: Stub | undefined): Promise<void> {
  const { sandbox } = making;
  const network = networkOf(making, stub?.process.pid);
  saveSandbox(sandbox, network);
  if (network.mode === 'none' || stub === undefined) {
    await sandbox.connection.request('network', { mode: 'none', publish: [] });
    return;
  }
  const namespace = openSync(`/proc/${stub.process.pid}/ns/net`, 'r');
  try {
    await sandbox.connection.request('network', { mode: 'host', namespace: 0, publish: [] }, [namespace]);
  } finally {
    closeSync(namespace);
  }
}

// --- in the sentry -----------------------------------------------------------------------------------------------------

/** Open a mount that the stub has made, and nothing else: the container's files may have links in its place. @throws Error */
function openMounted(pid: number, path: string): number {
  const fd = openSync(`/proc/${pid}/root${path}`, O_PATH | O_DIRECTORY);
  const id = /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
  const mounts = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
  const words = mounts.map((line) => line.split(' ')).find(([number]) => number === id);
  if (words?.[4] === path) return fd;
  closeSync(fd);
  throw new Error('the host has not mounted it');
}

/** Open what config.json names. @throws RuntimeError with the field */
function openSources(request: RequestFds, { bundle: { draft }, container }: Making): number[] {
  return hostSources(draft).map(({ field, path, recursive, mounted }) => {
    try {
      const { init } = container.record;
      return request.give(mounted && init ? openMounted(init.pid, path) : openTree(path, recursive));
    } catch (error) {
      throw new RuntimeError(`config.json: ${field}: ${reasonOf(error)}`);
    }
  });
}

/** What the sentry is given of the container's cgroup. */
function cgroupOf(cgroup: Cgroup, request: RequestFds): NonNullable<Opened['cgroup']> {
  const { path } = cgroup;
  const stat = cgroup.memoryStat();
  return {
    version: hostVersion(),
    ...(path === undefined ? {} : { path }),
    ...(stat === undefined ? {} : { memoryStat: request.give(openSync(stat, 'r')) }),
  };
}

/** @param unplaced processes of the host that are to come into the cgroup too */
async function createInSandbox(
  making: Making,
  { terminal, descriptors }: ProcessResources,
  link: number,
  unplaced: readonly number[],
): Promise<void> {
  const { runtime, container, bundle, sandbox, cgroup, sharing, undo } = making;
  const request = new RequestFds();
  try {
    const spec = containerSpec(bundle.draft, {
      sources: openSources(request, making),
      process: {
        ...(terminal === undefined ? {} : { terminal: request.add(terminal.slave) }),
        files: processFiles(request, terminal === undefined, descriptors),
        stub: request.add(link),
      },
      namespaces: sharing.namespaces,
      exitFile: request.give(openSync(runtime.state.exitFile(container.record.id), 'w', 0o600)),
      cgroup: cgroupOf(cgroup, request),
    });
    const answer = sandbox.connection.request('create', spec, request.fds);
    answer.catch(() => undefined);
    // Meanwhile; if it fails, the sandbox that is this container's own goes as a whole.
    if (!sandbox.joined) {
      cgroup.addSentry(sandbox.record.sentry.pid);
      for (const pid of unplaced) cgroup.add(pid);
    }
    const { hostPid } = await answer;
    undo.add(async () => {
      await sandbox.connection.request('delete', { id: container.record.id });
    });
    for (const pid of sandbox.joined ? [...unplaced, hostPid] : [hostPid]) cgroup.add(pid);
    const { oomScoreAdj } = bundle.draft.process;
    // The sentry of a pod has the score of its first container, as that of a pod's pause process usually is its own.
    for (const pid of sandbox.joined ? [hostPid] : [hostPid, sandbox.record.sentry.pid])
      setOomScore(pid, oomScoreAdj, (line) => runtime.report.debug(line));
  } finally {
    request.close();
  }
}
