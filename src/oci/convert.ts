/** config.json and its bundle as what the host side has to do and what the sentry is told. */
import { readlinkSync, statfsSync, statSync } from 'node:fs';
import { hostname as osHostname } from 'node:os';
import { posix } from 'node:path';
import { MS_PRIVATE, MS_REC, NSFS_MAGIC } from '../abi/stat.js';
import type {
  ContainerLimits,
  ContainerSpec,
  DeviceRuleSpec,
  DeviceSpec,
  FdIndex,
  IdMapSpec,
  MountSpec,
  ProcessSpec,
} from '../sentry/container-spec.js';
import { type PodRole, podOf } from './annotations.js';
import { isBind } from './check-mounts.js';
import { convertProcess, type ProcessDraft } from './convert-process.js';
import { isIdmapOption, parseIdmapOption } from './idmap-option.js';
import { existsInRoot } from './in-root.js';
import { type MountOptions, parseMountOptions, propagationOf } from './mount-options.js';
import { ConfigError, quoted } from './report.js';
import type {
  OciConfig,
  OciDevice,
  OciDeviceRule,
  OciHook,
  OciMapping,
  OciMount,
  OciNamespace,
  OciResources,
} from './types.js';

/** Something of the host to open for the sentry: a detached mount of it (open_tree(2) with OPEN_TREE_CLONE). */
export interface HostSource {
  /** The field that names it, for messages. */
  readonly field: string;
  /** Absolute; it was there when the configuration was read. */
  readonly path: string;
  /** With what is mounted below (AT_RECURSIVE). */
  readonly recursive: boolean;
  /** A directory; else a file of any kind. */
  readonly directory: boolean;
  /** A mount that the stub makes, `path` inside of the container: the sentry gets what is mounted there. */
  readonly mounted?: true;
}

export type MountDraft = Omit<MountSpec, 'bind'> & { readonly bind?: HostSource };

/** A program of the operator's that runs on the host. */
export interface HookSpec {
  readonly path: string;
  /** With the name in front; may be empty. */
  readonly args: readonly string[];
  /** Undefined: config.json says nothing of it, and the hook gets that of the command. */
  readonly env?: readonly string[];
  /** Seconds. */
  readonly timeout?: number;
}

/** The hooks that the host side runs; startContainer is the sentry's. */
export interface HostHooks {
  readonly prestart: readonly HookSpec[];
  readonly createRuntime: readonly HookSpec[];
  readonly createContainer: readonly HookSpec[];
  readonly poststart: readonly HookSpec[];
  readonly poststop: readonly HookSpec[];
}

/** A namespace that config.json asks for: a new one, or the one that `path` names. */
export interface NamespaceRequest {
  readonly type: OciNamespace['type'];
  readonly path?: string;
}

/** A container of which nothing has been opened or made yet. */
export interface ContainerDraft {
  /** What the sentry is told, without what stands for something of the host. */
  readonly spec: Omit<
    ContainerSpec,
    'process' | 'root' | 'mounts' | 'namespaces' | 'exitFile' | 'cgroupVersion' | 'memoryStat'
  >;
  readonly process: ProcessDraft;
  readonly root: { readonly source: HostSource; readonly readonly: boolean };
  /** In the order of config.json. */
  readonly mounts: readonly MountDraft[];
  /** A console is wanted. */
  readonly terminal: boolean;
  readonly namespaces: readonly NamespaceRequest[];
  /** linux.cgroupsPath as it is; undefined: the runtime's choice. */
  readonly cgroupsPath?: string;
  readonly resources: OciResources;
  readonly hooks: HostHooks;
  readonly annotations: Readonly<Record<string, string>>;
  readonly pod: PodRole;
}

/** What the host side has opened and made for a draft. */
export interface Opened {
  /** By `hostSources`, in its order. */
  readonly sources: readonly FdIndex[];
  readonly process: Pick<ProcessSpec, 'terminal' | 'files' | 'stub'>;
  readonly namespaces: ContainerSpec['namespaces'];
  readonly exitFile: FdIndex;
  /** The version of the host's cgroups (2 without this); path and memory.stat of the container's, if it has one. */
  readonly cgroup?: { readonly version: 1 | 2; readonly path?: string; readonly memoryStat?: FdIndex };
}

/** How a directory or file of the host is opened. @throws ConfigError if there is none */
function sourceAt(field: string, path: string, recursive: boolean): HostSource {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ConfigError([`${field}: ${quoted(path)}: no such file or directory`]);
  return { field, path, recursive, directory: found.isDirectory() };
}

/** statSync throws for more than a missing entry (ENOTDIR counts as that): EACCES, ELOOP, ENAMETOOLONG. */
function source(field: string, path: string, recursive: boolean): HostSource {
  try {
    return sourceAt(field, path, recursive);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([`${field}: ${quoted(path)}: ${reasonOf(error)}`]);
  }
}

/** Node puts a code in front of the reason and the call behind it. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /^E[A-Z0-9]+: ([^,]+)/.exec(text)?.[1] ?? text;
}

function mappingsOf(mappings: readonly OciMapping[] = []): IdMapSpec[] {
  return mappings.map(({ containerID, hostID, size }) => ({
    containerId: containerID,
    hostId: hostID,
    size,
  }));
}

/**
 * Directories of the host that are file systems of its kernel: what a container gets in their place are those of its own. The host's
 * would show it processes and settings of the host, and terminals that are not its own.
 */
const KERNEL_DIRECTORIES: ReadonlyMap<string, Pick<MountSpec, 'type' | 'data'>> = new Map([
  ['/proc', { type: 'proc', data: [] }],
  ['/sys', { type: 'sysfs', data: [] }],
  ['/sys/fs/cgroup', { type: 'cgroup', data: [] }],
  ['/dev/pts', { type: 'devpts', data: ['gid=5', 'mode=620', 'ptmxmode=666'] }],
  ['/dev/mqueue', { type: 'mqueue', data: [] }],
]);

function mountOf(mount: OciMount, index: number, bundle: string, config: OciConfig): MountDraft {
  const options = parseMountOptions(mount.options ?? []);
  const named = isBind(mount, options);
  const { type = '', source: from = '' } = mount;
  const host = posix.resolve(bundle, from);
  const own = named ? KERNEL_DIRECTORIES.get(host) : undefined;
  const bind = named && own === undefined;
  const root = posix.resolve(bundle, config.root.path);
  const destination = posix.normalize(`/${mount.destination}`).replace(/(.)\/$/, '$1');
  return {
    destination,
    type: own?.type ?? (bind ? 'bind' : type),
    source: bind ? host : from === '' ? 'none' : from,
    ...(bind ? { bind: source(`mounts[${index}].source`, host, isRecursive(mount, options)) } : {}),
    // Layers of the host's, as engines have them for images and volumes: its kernel puts them together.
    ...(type === 'overlay'
      ? {
          bind: {
            field: `mounts[${index}]`,
            path: destination,
            recursive: false,
            directory: true,
            mounted: true as const,
          },
        }
      : {}),
    flags: options.flags,
    propagation: options.propagation,
    data: own?.data ?? options.data,
    copyUp: options.copyUp,
    ...(type === 'tmpfs' && !existsInRoot(root, destination) ? { fresh: true } : {}),
    ...idMapsOf(mount, options, config),
  };
}

function isRecursive(mount: OciMount, options: MountOptions): boolean {
  return options.recursive || (mount.type === 'rbind' && !options.bind);
}

/** The mount's own mappings; with idmap alone those of the container. */
function idMapsOf(
  mount: OciMount,
  { idmap, data }: MountOptions,
  { linux = {} }: OciConfig,
): Pick<MountSpec, 'uidMappings' | 'gidMappings'> {
  const word = data.find(isIdmapOption);
  const custom = word === undefined ? undefined : parseIdmapOption(word, linux);
  if (custom !== undefined) {
    return { uidMappings: mappingsOf(custom.uids), gidMappings: mappingsOf(custom.gids) };
  }
  const from = mount.uidMappings !== undefined ? mount : idmap ? linux : undefined;
  if (from?.uidMappings === undefined) return {};
  return { uidMappings: mappingsOf(from.uidMappings), gidMappings: mappingsOf(from.gidMappings) };
}

function deviceOf({
  path,
  type,
  major = 0,
  minor = 0,
  fileMode = 0o666,
  uid = 0,
  gid = 0,
}: OciDevice): DeviceSpec {
  return {
    path: posix.normalize(path),
    type: type as DeviceSpec['type'],
    major,
    minor,
    // Only the permissions: some write the type of the file as well.
    fileMode: fileMode & 0o7777,
    uid,
    gid,
  };
}

/** -1 stands for any; without a type a rule is for all devices. */
function deviceRuleOf({
  allow,
  type = '',
  major = -1,
  minor = -1,
  access = '',
}: OciDeviceRule): DeviceRuleSpec {
  return {
    allow,
    type: type === '' ? 'a' : (type as DeviceRuleSpec['type']),
    ...(major < 0 ? {} : { major }),
    ...(minor < 0 ? {} : { minor }),
    access: access === '' ? 'rwm' : access,
  };
}

/** Period of the processor quota without one, microseconds. */
const DEFAULT_PERIOD = 100_000;

/**
 * What the guest is held to: 0 keeps what is there, and -1 takes a limit away.
 *
 * @param resources of config.json or of `update`
 */
export function limitsOf({ memory, cpu, pids }: OciResources): ContainerLimits {
  const { quota = 0, shares = 0, cpus = '' } = cpu ?? {};
  const period = cpu?.period || DEFAULT_PERIOD;
  const bytes = memory?.limit ?? 0;
  const tasks = pids?.limit ?? 0;
  return {
    // As much as the address space is no limit either.
    ...(bytes === 0 ? {} : { memory: bytes > 0 && bytes < 2 ** 52 ? bytes : null }),
    ...(tasks === 0 ? {} : { tasks: tasks > 0 ? tasks : null }),
    ...(quota > 0 ? { cpus: Math.ceil(quota / period), cpuQuota: quota, cpuPeriod: period } : {}),
    ...(quota < 0 ? { cpus: null, cpuQuota: null } : {}),
    ...(cpus.trim() === '' ? {} : { cpuset: cpus }),
    ...(shares > 0 ? { cpuShares: shares } : {}),
  };
}

function hookOf({ path, args = [], env, timeout }: OciHook): HookSpec {
  return {
    path,
    args,
    ...(env === undefined ? {} : { env }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

function hooksOf({ hooks = {} }: OciConfig): HostHooks {
  const of = (list: readonly OciHook[] = []) => list.map(hookOf);
  return {
    prestart: of(hooks.prestart),
    createRuntime: of(hooks.createRuntime),
    createContainer: of(hooks.createContainer),
    poststart: of(hooks.poststart),
    poststop: of(hooks.poststop),
  };
}

/** What /proc/self/cgroup shows: the path as it is, or the root of a namespace of its own. */
function shownCgroup({ linux }: OciConfig, id: string): string {
  if (linux?.namespaces?.some(({ type }) => type === 'cgroup')) return '/';
  const path = linux?.cgroupsPath ?? '';
  return posix.normalize(`/${path === '' ? id : path}`);
}

function linkText(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function namespaceOf({ type, path = '' }: OciNamespace, index: number): NamespaceRequest {
  if (path === '') return { type };
  const field = `linux.namespaces[${index}].path`;
  source(field, path, false);
  const refuse = (why: string): never => {
    throw new ConfigError([`${field}: ${quoted(path)}: ${why}`]);
  };
  if (statfsSync(path).type !== NSFS_MAGIC) refuse('not a namespace');
  // Where it is found in /proc its link says of which type it is; elsewhere nobody knows before it is joined.
  const kind = /^(\w+):\[\d+\]$/
    .exec(linkText(path))?.[1]
    ?.replace(/^net$/, 'network')
    .replace(/^mnt$/, 'mount');
  if (kind !== undefined && kind !== type) refuse(`a namespace of type ${kind}, not ${type}`);
  return { type, path };
}

function specOf(config: OciConfig, id: string): ContainerDraft['spec'] {
  const { linux = {}, hostname, domainname } = config;
  const propagation = propagationOf(linux.rootfsPropagation ?? '') ?? MS_PRIVATE | MS_REC;
  return {
    id,
    // A UTS namespace begins with the names of the one that it was made in.
    hostname: hostname ?? osHostname(),
    ...(domainname === undefined ? {} : { domainname }),
    rootPropagation: [propagation],
    maskedPaths: linux.maskedPaths ?? [],
    readonlyPaths: linux.readonlyPaths ?? [],
    devices: (linux.devices ?? []).map(deviceOf),
    deviceRules: (linux.resources?.devices ?? []).map(deviceRuleOf),
    sysctl: linux.sysctl ?? {},
    uidMappings: mappingsOf(linux.uidMappings),
    gidMappings: mappingsOf(linux.gidMappings),
    limits: limitsOf(linux.resources ?? {}),
    cgroupPath: shownCgroup(config, id),
    // Inside, the environment is the container's.
    startHooks: (config.hooks?.startContainer ?? []).map((hook) => ({
      env: config.process.env ?? [],
      ...hookOf(hook),
    })),
  };
}

/**
 * Takes a checked config.json apart.
 *
 * @param bundle absolute path of the directory that config.json is in
 * @throws ConfigError if the root or the source of a bind mount is not there
 */
export function convertConfig(config: OciConfig, id: string, bundle: string): ContainerDraft {
  const root = source('root.path', posix.resolve(bundle, config.root.path), false);
  if (!root.directory) throw new ConfigError([`root.path: ${quoted(root.path)}: not a directory`]);
  const { linux = {}, annotations = {} } = config;
  return {
    spec: specOf(config, id),
    process: convertProcess(config.process, config),
    root: { source: { ...root, recursive: true }, readonly: config.root.readonly ?? false },
    mounts: (config.mounts ?? []).map((mount, i) => mountOf(mount, i, bundle, config)),
    terminal: config.process.terminal ?? false,
    namespaces: (linux.namespaces ?? []).map(namespaceOf),
    ...(linux.cgroupsPath === undefined || linux.cgroupsPath === ''
      ? {}
      : { cgroupsPath: linux.cgroupsPath }),
    resources: linux.resources ?? {},
    hooks: hooksOf(config),
    annotations,
    pod: podOf(annotations),
  };
}

/** What is to be opened for a container, the root first. */
export function hostSources({ root, mounts }: ContainerDraft): HostSource[] {
  return [root.source, ...mounts.flatMap(({ bind }) => (bind === undefined ? [] : [bind]))];
}

/** The request to the sentry, once all that the draft names is open. */
export function containerSpec(draft: ContainerDraft, opened: Opened): ContainerSpec {
  const fds = [...opened.sources];
  const next = (): FdIndex => {
    const fd = fds.shift();
    if (fd === undefined) throw new Error('a descriptor is missing');
    return fd;
  };
  const { root } = draft;
  return {
    ...draft.spec,
    root: { fd: next(), readonly: root.readonly, source: root.source.path },
    mounts: draft.mounts.map(({ bind, ...mount }) =>
      bind === undefined ? mount : { ...mount, bind: { fd: next(), directory: bind.directory } },
    ),
    process: { ...draft.process, ...opened.process },
    namespaces: opened.namespaces,
    exitFile: opened.exitFile,
    cgroupVersion: opened.cgroup?.version ?? 2,
    // A cgroup namespace of its own shows it as the root.
    cgroupPath: draft.spec.cgroupPath === '/' ? '/' : (opened.cgroup?.path ?? draft.spec.cgroupPath),
    ...(opened.cgroup?.memoryStat === undefined ? {} : { memoryStat: opened.cgroup.memoryStat }),
  };
}
