/** `process` of config.json as the sentry wants it. */
import type { CapabilitySpec, ProcessSpec } from '../sentry/container-spec.js';
import { CAPABILITIES, IO_PRIORITIES, RLIMITS, SCHEDULER_FLAGS, SCHEDULERS } from './names.js';
import type { OciConfig, OciProcess, OciSeccomp } from './types.js';

/** A process whose descriptors have not been opened yet. */
export type ProcessDraft = Omit<ProcessSpec, 'terminal' | 'files' | 'stub'>;

const INFINITY = 2 ** 63;
const DEFAULT_UMASK = 0o022;

function numberOf(names: ReadonlyMap<string, number>, name: string): number {
  const number = names.get(name);
  if (number === undefined) throw new Error(`unchecked name ${name}`);
  return number;
}

/** Names that nobody knows are left out; who reads config.json has warned of them. */
function capabilitiesOf(from: NonNullable<OciProcess['capabilities']>): CapabilitySpec {
  const known = (names: readonly string[] = []) => names.filter((name) => CAPABILITIES.has(name));
  return {
    bounding: known(from.bounding),
    effective: known(from.effective),
    permitted: known(from.permitted),
    inheritable: known(from.inheritable),
    ambient: known(from.ambient),
  };
}

/** JSON between host side and sentry has no integers of 64 bits: those that need them travel as decimal text. */
function portable(seccomp: OciSeccomp): unknown {
  return JSON.parse(
    JSON.stringify(seccomp, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  );
}

function limit(n: number): number | null {
  return n >= INFINITY ? null : n;
}

function schedulerOf({ scheduler }: OciProcess): Pick<ProcessSpec, 'scheduler'> {
  if (scheduler === undefined) return {};
  const { policy, nice = 0, priority = 0, flags = [] } = scheduler;
  return {
    scheduler: {
      policy: numberOf(SCHEDULERS, policy),
      nice,
      priority,
      flags: flags.reduce((all, name) => all | numberOf(SCHEDULER_FLAGS, name), 0),
    },
  };
}

function ioPriorityOf({ ioPriority }: OciProcess): Pick<ProcessSpec, 'ioPriority'> {
  if (ioPriority === undefined) return {};
  const level = numberOf(IO_PRIORITIES, ioPriority.class);
  // IOPRIO_CLASS_SHIFT
  return { ioPriority: (level << 13) | (ioPriority.priority ?? 0) };
}

/** PER_LINUX, PER_LINUX32 (personality(2)). */
function personalityOf(config: OciConfig): Pick<ProcessSpec, 'personality'> {
  const domain = config.linux?.personality?.domain;
  return domain === undefined ? {} : { personality: domain === 'LINUX32' ? 0x08 : 0 };
}

/**
 * A process of a container: its first one, or that of `exec --process`.
 *
 * @param process checked
 * @param config of the container: what the process does not say itself, and what is the same for all
 */
export function convertProcess(process: OciProcess, config: OciConfig): ProcessDraft {
  const { user = {}, oomScoreAdj, consoleSize } = process;
  const seccomp = config.linux?.seccomp;
  const capabilities = process.capabilities ?? config.process.capabilities ?? {};
  return {
    args: process.args,
    env: process.env ?? [],
    cwd: process.cwd,
    uid: user.uid ?? 0,
    gid: user.gid ?? 0,
    additionalGids: user.additionalGids ?? [],
    umask: user.umask ?? DEFAULT_UMASK,
    // Who says nothing of capabilities has none, as with runc.
    capabilities: capabilitiesOf(capabilities),
    rlimits: (process.rlimits ?? []).map(({ type, soft, hard }) => ({
      resource: numberOf(RLIMITS, type),
      soft: limit(soft),
      hard: limit(hard),
    })),
    noNewPrivileges: process.noNewPrivileges ?? false,
    ...(oomScoreAdj === undefined ? {} : { oomScoreAdj }),
    ...ioPriorityOf(process),
    ...schedulerOf(process),
    ...personalityOf(config),
    ...(seccomp === undefined ? {} : { seccomp: portable(seccomp) }),
    ...(consoleSize === undefined
      ? {}
      : { consoleSize: { width: consoleSize.width, height: consoleSize.height } }),
  };
}
