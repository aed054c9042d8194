/** What a sandbox is started from: the contract between whoever parses a command line and the sentry. */
import type { LogFormat, LogLevel } from '../log/levels.js';
import type { Endpoint } from '../net/inet/address.js';
import type { Rule } from '../net/policy/rule.js';
import type { PublishSpec } from '../net/publish/publish.js';
import type { HostUdsMode } from '../platform/native.js';

/** A host directory or file that is visible inside the sandbox. */
export interface VolumeSpec {
  /** Absolute path on the host; it exists. */
  host: string;
  /** Absolute path inside the sandbox, normalized, never `/`. */
  guest: string;
  readonly: boolean;
}

/** A port of the host that leads to a port inside; `text` is how the operator wrote it. */
export interface PublishedPort extends PublishSpec {
  readonly text: string;
}

/** What --network=filtered lets through. */
export interface FilterSpec {
  /** The first that fits decides. */
  readonly rules: readonly Rule[];
  /** Servers that names are asked of; none: those of the host's resolv.conf. */
  readonly servers: readonly Endpoint[];
  /** Absolute path of the file that gets a line for each decision. */
  readonly log?: string;
}

/** Where log records go, and which. */
export interface LogSpec {
  /** Appended to; standard error without it. */
  file?: string;
  level: LogLevel;
  format: LogFormat;
}

/**
 * Everything that decides how one sandbox starts. All strings are ordinary JavaScript strings (UTF-16); all values
 * have been checked for form, and host paths for existence, but nothing here has been looked up inside the guest.
 */
export interface SandboxSpec {
  /** The command and its arguments; at least one. A name without a slash is looked up in the PATH of `env`. */
  argv: string[];
  /** `NAME=value` entries; no name twice. */
  env: string[];
  /** Absolute working directory inside the sandbox. */
  cwd: string;
  /** Absolute host directory that is the guest's `/`, read-only under an in-memory overlay. */
  root: string;
  uid: number;
  gid: number;
  /** Supplementary groups. */
  groups: number[];
  hostname: string;
  volumes: VolumeSpec[];
  /**
   * none: the sandbox's own loopback device and nothing else. host: sockets of guests are the host's. filtered: the sandbox's own
   * loopback device, and beyond it what `filter` lets through.
   */
  network: 'none' | 'host' | 'filtered';
  /** Set if and only if the network is filtered. */
  filter?: FilterSpec;
  /** Path of the network namespace that stands for the host's network; that of the caller without it. */
  networkNamespace?: string;
  /** What unix sockets of the host in volumes are to guests: nothing, there to connect to (open), theirs to make (create). */
  hostUds: HostUdsMode;
  /** Ports of the host's network that lead to ports of the sandbox's own. */
  publish: PublishedPort[];
  /** Let the bytes of busy connections go through memory that the programs at their ends share (ARCHITECTURE.md, the fast lane). */
  fastLane: boolean;
  /** Log one line a system call. */
  strace: boolean;
  /** Measure calls and the sentry: the absolute path of the file that says what was found. */
  profile?: string;
  log: LogSpec;
}
