/**
 * What the sentry of a runtime sandbox is told: the contract between the host side (src/runtime, which has read config.json,
 * opened what it names and made namespaces and cgroups) and the kernel. Everything is plain JSON; descriptors travel beside a
 * request (SCM_RIGHTS) and are named here by their place among them. All strings are ordinary JavaScript strings.
 */
import type { LimitValues } from '../kernel/container-limits.js';
import type { HostUdsMode } from '../platform/native.js';
import type { FilterSpec, LogSpec, PublishedPort } from './spec.js';

/** Place of a descriptor among those that came with the request. */
export type FdIndex = number;

/** What one sandbox is, whatever containers are in it. Sent first. */
export interface BootSpec {
  readonly sandboxId: string;
  readonly fastLane: boolean;
  readonly hostUds: HostUdsMode;
  readonly strace: boolean;
  readonly log: LogSpec;
  /** Tasks at once over all containers. */
  readonly maxTasks: number;
}

/** The sandbox's network; sent once, before its first container. */
export interface NetworkSpec {
  readonly mode: 'none' | 'host' | 'filtered';
  /** The network namespace that stands for the host's network. */
  readonly namespace?: FdIndex;
  readonly filter?: FilterSpec;
  readonly publish: readonly PublishedPort[];
}

/** A container's own namespace, or that of a container of the same sandbox. */
export type NamespaceSpec = 'new' | { readonly container: string };

/** A range of ids of a user namespace, as a line of /proc/pid/uid_map. */
export interface IdMapSpec {
  readonly containerId: number;
  readonly hostId: number;
  readonly size: number;
}

/** One of config.json's `mounts`, in its order. */
export interface MountSpec {
  /** Absolute path inside. */
  readonly destination: string;
  /** What /proc/self/mountinfo shows as type and source. */
  readonly type: string;
  readonly source: string;
  /** For bind mounts: the host's file or directory (a detached mount, open_tree(2)); undefined for file systems of our own. */
  readonly bind?: { readonly fd: FdIndex; readonly directory: boolean };
  /** MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_NOATIME, MS_RELATIME, ... */
  readonly flags: number;
  /** MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, each also with MS_REC; in the order given. */
  readonly propagation: readonly number[];
  /** Data of the file system: size=, mode=, uid=, gid=, nr_inodes=, newinstance, ptmxmode=... */
  readonly data: readonly string[];
  /** tmpcopyup: a tmpfs begins with what it covers. */
  readonly copyUp: boolean;
  /** Nothing was at the place before the host side began: a tmpfs takes nothing over from the directory that is there now. */
  readonly fresh?: boolean;
  /** uidMappings and gidMappings of the mount, idmap and ridmap. */
  readonly uidMappings?: readonly IdMapSpec[];
  readonly gidMappings?: readonly IdMapSpec[];
}

export interface DeviceSpec {
  readonly path: string;
  /** c or u: character, b: block, p: FIFO. */
  readonly type: 'c' | 'b' | 'u' | 'p';
  readonly major: number;
  readonly minor: number;
  readonly fileMode: number;
  readonly uid: number;
  readonly gid: number;
}

/** resources.devices: the last rule that fits decides. */
export interface DeviceRuleSpec {
  readonly allow: boolean;
  /** a: all. */
  readonly type: 'a' | 'c' | 'b';
  /** Undefined: any. */
  readonly major?: number;
  readonly minor?: number;
  /** Of r, w and m. */
  readonly access: string;
}

export interface RlimitSpec {
  /** RLIMIT_* number. */
  readonly resource: number;
  /** Infinity does not survive JSON: null is RLIM_INFINITY. */
  readonly soft: number | null;
  readonly hard: number | null;
}

/** Capability sets as names without doubt: CAP_* that this kernel knows. */
export interface CapabilitySpec {
  readonly bounding: readonly string[];
  readonly effective: readonly string[];
  readonly permitted: readonly string[];
  readonly inheritable: readonly string[];
  readonly ambient: readonly string[];
}

/** A program to start: a container's first process, or one more of `exec`. */
export interface ProcessSpec {
  readonly args: readonly string[];
  /** Path of the program, where it is not what `args` begins with. */
  readonly program?: string;
  /** NAME=value; PATH of these is what a name without a slash is looked up in. */
  readonly env: readonly string[];
  /** Absolute; made if it does not exist (as runc does). */
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly umask: number;
  /** Undefined: all for root, none for others. */
  readonly capabilities?: CapabilitySpec;
  readonly rlimits: readonly RlimitSpec[];
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj?: number;
  readonly ioPriority?: number;
  readonly scheduler?: {
    readonly policy: number;
    readonly nice: number;
    readonly priority: number;
    /** SCHED_FLAG_* */
    readonly flags: number;
  };
  readonly personality?: number;
  /**
   * linux.seccomp of config.json as it is there (src/oci/seccomp.ts reads it); integers that a double does not hold are decimal text.
   */
  readonly seccomp?: unknown;
  /** Set: the standard streams are this terminal (the slave of a pty of the host), the process its session's leader. */
  readonly terminal?: FdIndex;
  readonly consoleSize?: { readonly width: number; readonly height: number };
  /** Standard input, output and error (closed: undefined), and from number 3 on what --preserve-fds or --pass-fd gives. */
  readonly files: readonly { readonly guestFd: number; readonly fd: FdIndex }[];
  /**
   * The sentry's end of the socketpair with the process's stub: wait status (int32) out, signal numbers (int32) in. Without it
   * nobody on the host stands for the process.
   */
  readonly stub?: FdIndex;
}

export interface ContainerSpec {
  readonly id: string;
  readonly hostname?: string;
  readonly domainname?: string;
  readonly process: ProcessSpec;
  /** The rootfs (a detached mount). */
  readonly root: { readonly fd: FdIndex; readonly readonly: boolean; readonly source: string };
  readonly rootPropagation: readonly number[];
  readonly mounts: readonly MountSpec[];
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly devices: readonly DeviceSpec[];
  readonly deviceRules: readonly DeviceRuleSpec[];
  /** Dotted names as in config.json, and values. */
  readonly sysctl: Readonly<Record<string, string>>;
  readonly namespaces: {
    readonly pid: NamespaceSpec;
    readonly ipc: NamespaceSpec;
    readonly uts: NamespaceSpec;
  };
  readonly uidMappings: readonly IdMapSpec[];
  readonly gidMappings: readonly IdMapSpec[];
  readonly limits: ContainerLimits;
  /** What /proc/self/cgroup shows below the root: "/" plus... the path as config.json has it. */
  readonly cgroupPath: string;
  /** What hooks that run inside get at their standard input: the container's state as JSON. */
  readonly hookState?: string;
  /** The version of cgroup file systems that the guest sees: that of the host. */
  readonly cgroupVersion: 1 | 2;
  /** memory.stat of the container's cgroup on the host, if it has one. */
  readonly memoryStat?: FdIndex;
  /** Hooks that run inside, before the program (startContainer). */
  readonly startHooks: readonly {
    readonly path: string;
    readonly args: readonly string[];
    readonly env: readonly string[];
    /** Seconds; undefined: for ever. */
    readonly timeout?: number;
  }[];
  /** Where the sentry writes the wait status as decimal text when the container has ended (state directory). */
  readonly exitFile: FdIndex;
}

/** What the guest is held to and sees; `update` changes what is there, and null takes a limit away. */
export type ContainerLimits = LimitValues;
