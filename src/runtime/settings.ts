/** What the operator asks of all containers, whatever config.json says: the flags before the command. */
import type { HostUdsMode } from '../platform/native.js';

export interface RuntimeSettings {
  readonly debug: boolean;
  /** Where sentries log: `%ID%` is the sandbox's id; a path that ends in / is a directory. */
  readonly debugLog?: string;
  /** sandbox, or undefined: what config.json says. */
  readonly network?: 'none' | 'host' | 'sandbox';
  readonly hostUds: HostUdsMode;
  readonly strace: boolean;
  readonly ignoreCgroups: boolean;
  readonly systemdCgroup: boolean;
  readonly ociSeccomp: boolean;
  readonly cpuNumFromQuota: boolean;
  readonly fastLane: boolean;
}

/** What a command of the runtime is given. */
export interface RuntimeContext {
  readonly flags: RuntimeSettings;
  /** The settings as annotations of a config.json change them. */
  flagsFor(annotations: Readonly<Record<string, string>>): RuntimeSettings;
  readonly report: Messages;
  /** The state directory. */
  readonly root: string;
}

/** Remarks beside a command's output. */
export interface Messages {
  debug(message: string): void;
  warn(message: string): void;
}
