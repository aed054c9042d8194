/** Which containers share a sandbox: those of a pod, and those that name another one's namespaces. */
import { statSync } from 'node:fs';
import type { ContainerDraft, NamespaceRequest } from '../oci/convert.js';
import type { ContainerSpec, NamespaceSpec } from '../sentry/container-spec.js';
import type { ContainerRecord, NetworkRecord } from './record.js';
import type { Runtime } from './runtime.js';
import { readSandbox } from './sandbox.js';
import { statusOf } from './status.js';

/** Types of namespaces whose members can be told by the stub's, and the names below /proc/PID/ns. */
const NAMES = { pid: 'pid', ipc: 'ipc', uts: 'uts', network: 'net' } as const;
type SharedType = keyof typeof NAMES;

/** What tells namespaces apart; undefined if there is none at `path`. */
export function namespaceId(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Containers that live, and whose namespaces others could ask for. */
function candidates(runtime: Runtime): ContainerRecord[] {
  return runtime.state
    .list()
    .filter((record) => record.phase !== 'creating' && statusOf(record) !== 'stopped');
}

/** The container whose namespace a path is. */
function ownerOf(
  type: SharedType,
  path: string,
  among: readonly ContainerRecord[],
): ContainerRecord | undefined {
  // All stubs of a sandbox are in one pid namespace: there the number in the path says whose it is.
  const pid = /^\/proc\/(\d+)\/ns\/\w+$/.exec(path)?.[1];
  const exact = among.find(({ init }) => pid !== undefined && init?.pid === Number(pid));
  if (exact !== undefined) return exact;
  const id = namespaceId(path);
  if (id === undefined) return undefined;
  return among.find(({ init }) => init && namespaceId(`/proc/${init.pid}/ns/${NAMES[type]}`) === id);
}

function pathOf(namespaces: readonly NamespaceRequest[], type: SharedType): string | undefined {
  return namespaces.find((namespace) => namespace.type === type)?.path;
}

/** What a container has of others. */
export interface Sharing {
  /** The sandbox to join; undefined: one of its own. */
  readonly sandbox?: string;
  readonly namespaces: ContainerSpec['namespaces'];
}

const ALONE: Sharing = { namespaces: { pid: 'new', ipc: 'new', uts: 'new' } };

/** The network that a container asks for, as a sandbox's record has it; undefined: one of its own, that is not there yet. */
export function wantedNetwork(namespaces: readonly NamespaceRequest[]): NetworkRecord | undefined {
  const request = namespaces.find(({ type }) => type === 'network');
  const path = request === undefined ? '/proc/self/ns/net' : request.path;
  const namespace = path === undefined ? undefined : namespaceId(path);
  return namespace === undefined ? undefined : { mode: 'host', namespace };
}

/** Whether a container may live in a sandbox without getting more of the network than it asks for, or another one. */
function fits(runtime: Runtime, { sandbox, init }: ContainerRecord, draft: ContainerDraft): boolean {
  const network = sandbox === undefined ? undefined : readSandbox(runtime, sandbox)?.network;
  if (network === undefined) return false;
  const wanted = wantedNetwork(draft.namespaces);
  if (network.mode === 'host') return wanted?.namespace === network.namespace;
  const theirs = init === undefined ? undefined : namespaceId(`/proc/${init.pid}/ns/net`);
  return wanted === undefined || wanted.namespace === theirs;
}

/** The first container of the pod that annotations name. */
function podOf(draft: ContainerDraft, among: readonly ContainerRecord[]): ContainerRecord | undefined {
  const { pod } = draft;
  return pod.role === 'container' ? among.find(({ id }) => id === pod.sandbox) : undefined;
}

/** Find out what a new container shares, and warn of what it asks for and does not get. */
export function sharingOf(runtime: Runtime, draft: ContainerDraft): Sharing {
  const { namespaces } = draft;
  const paths = (['pid', 'ipc', 'uts', 'network'] as const).map(
    (type) => [type, pathOf(namespaces, type)] as const,
  );
  if (draft.pod.role !== 'container' && paths.every(([, path]) => path === undefined)) return ALONE;
  const among = candidates(runtime);
  const owners = new Map(
    paths.flatMap(([type, path]) => {
      const owner = path === undefined ? undefined : ownerOf(type, path, among);
      return owner === undefined ? [] : [[type, owner] as const];
    }),
  );
  const pod = podOf(draft, among);
  const host =
    pod ??
    (['pid', 'ipc', 'network', 'uts'] as const)
      .map((type) => owners.get(type))
      .find((owner) => owner !== undefined && fits(runtime, owner, draft));
  const namespaceOf = (type: 'pid' | 'ipc' | 'uts'): NamespaceSpec => {
    const owner = owners.get(type);
    if (owner !== undefined && owner.sandbox === host?.sandbox) return { container: owner.id };
    if (pathOf(namespaces, type) !== undefined && type !== 'uts') {
      runtime.report.warn(
        `the ${type} namespace of config.json is no container's that can be shared: a new one is made`,
      );
    }
    // Without a namespace of its own a container of a pod has the pod's.
    const named = namespaces.some((namespace) => namespace.type === type);
    return pod !== undefined && !named && type !== 'pid' ? { container: pod.id } : 'new';
  };
  return {
    ...(host?.sandbox === undefined ? {} : { sandbox: host.sandbox }),
    namespaces: { pid: namespaceOf('pid'), ipc: namespaceOf('ipc'), uts: namespaceOf('uts') },
  };
}

/**
 * Whether a configuration may ask for a sandbox that there is: without reading it as a whole, so that a sentry can start
 * while that is done.
 */
export function mayShare(text: string): boolean {
  return (
    text.includes('io.kubernetes.cri') ||
    /"path"\s*:\s*"\/proc\/\d+\/ns\//.test(text) ||
    text.includes('/netns/')
  );
}
