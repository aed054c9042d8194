/**
 * The flags before the command: runc's and runsc's. Those whose meaning we can keep are accepted; a value that asks for
 * something else is refused by name. A flag that only says how to do what we do in our own way has nothing to change.
 */
import { isAbsolute, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { RuntimeSettings } from '../../runtime/settings.js';
import { UsageError } from '../usage-error.js';
import { parseBool } from './normalise.js';

/** What the flags say, checked. */
export interface GlobalFlags extends RuntimeSettings {
  /** Absolute. */
  readonly root?: string;
  readonly log?: string;
  readonly logFormat: 'text' | 'json';
  readonly alsoLogToStderr: boolean;
  /** Go on where cgroups are not writable. */
  readonly rootless: 'true' | 'false' | 'auto';
  readonly allowFlagOverride: boolean;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

interface Flag {
  readonly name: string;
  /** How the value is called in help; booleans have none. */
  readonly value?: string;
  readonly help: string;
  /** Values that can be had; undefined: all. */
  readonly only?: readonly string[];
}

/** A boolean: `--name`, `--name=false`. */
function bool(name: string, help: string, only?: readonly ('true' | 'false')[]): Flag {
  return { name, help, ...(only === undefined ? {} : { only }) };
}

function text(name: string, value: string, help: string, only?: readonly string[]): Flag {
  return { name, value, help, ...(only === undefined ? {} : { only }) };
}

/** Flags that change something. */
const USED: readonly Flag[] = [
  text('root', 'dir', 'directory of the state of containers (default: /run/tvisor)'),
  text('log', 'file', 'append errors and warnings to a file too'),
  text('log-format', 'format', 'of --log: text or json (default: text)', ['text', 'json', 'json-k8s']),
  bool('debug', 'log more'),
  text(
    'debug-log',
    'file',
    "sandboxes log to a file (%ID%: the sandbox's id), or in a directory (ends in /)",
  ),
  bool('alsologtostderr', 'with --log: log to standard error too'),
  text('network', 'mode', 'none, host, or sandbox: what config.json says (default)', [
    'none',
    'host',
    'sandbox',
  ]),
  text(
    'host-uds',
    'mode',
    'unix sockets of the host in bind mounts: none, open, create or all (default: none)',
    ['none', 'open', 'create', 'all'],
  ),
  bool('strace', 'sandboxes log every system call'),
  bool('ignore-cgroups', 'place nothing in cgroups'),
  bool('systemd-cgroup', 'cgroupsPath is SLICE:PREFIX:NAME'),
  text('cgroup-manager', 'manager', 'cgroupfs, systemd or disabled', ['cgroupfs', 'systemd', 'disabled']),
  bool('allow-flag-override', 'annotations dev.gvisor.flag.NAME may set these flags'),
  bool('oci-seccomp', "enforce config.json's seccomp profile (default: true)"),
  bool('cpu-num-from-quota', 'show as many processors as the CPU quota allows (default: true)'),
  bool('fast-lane', 'no system call for reads and writes of busy connections (default: true)'),
];

/** Flags of runc and runsc that ask for what is so anyway, or about machinery that we do not have. */
const ACCEPTED: readonly Flag[] = [
  text('criu', 'path', 'accepted: there is no checkpoint'),
  text('debug-log-format', 'format', 'accepted: text', ['text']),
  text('debug-command', 'commands', 'accepted: sandboxes log whatever the command'),
  text('platform', 'name', 'accepted: systrap, ptrace', ['systrap', 'ptrace', 'tvisor']),
  text('overlay2', 'medium', 'accepted: none', ['none']),
  bool('overlay', 'accepted: false', ['false']),
  text('file-access', 'mode', 'accepted: exclusive, shared', ['exclusive', 'shared']),
  text('file-access-mounts', 'mode', 'accepted: exclusive, shared', ['exclusive', 'shared']),
  bool('directfs', 'accepted: true', ['true']),
  text('host-fifo', 'mode', 'accepted: none', ['none']),
  bool('allow-suid', 'accepted: true', ['true']),
  bool('net-raw', 'accepted: false', ['false']),
  bool('gso', 'accepted: no packets are made'),
  bool('software-gso', 'accepted: no packets are made'),
  bool('gvisor-gro', 'accepted: no packets are made'),
  bool('tx-checksum-offload', 'accepted: no packets are made'),
  bool('rx-checksum-offload', 'accepted: no packets are made'),
  text('qdisc', 'name', 'accepted: no packets are made', ['none', 'fifo']),
  text('num-network-channels', 'n', 'accepted: no packets are made'),
  bool('log-packets', 'accepted: false', ['false']),
  text('pcap-log', 'file', 'accepted: empty', ['']),
  text('panic-log', 'file', 'accepted: empty', ['']),
  text('ref-leak-mode', 'mode', 'accepted: disabled', ['disabled']),
  text('watchdog-action', 'action', 'accepted: log', ['log', 'logWarning']),
  text('fdlimit', 'n', 'accepted: -1', ['-1']),
  text('dcache', 'n', 'accepted: -1', ['-1']),
  bool('profile', 'accepted: false (do --profile measures)', ['false']),
  text('metric-server', 'address', 'accepted: empty', ['']),
  text('final-metrics-log', 'file', 'accepted: empty', ['']),
  text('host-settings', 'mode', 'accepted: ignore, check', ['ignore', 'check']),
  bool('gvisor-marker-file', 'accepted: false', ['false']),
  bool('mount-cgroup-v2', 'accepted: false', ['false']),
  bool('app-huge-pages', "accepted: the host's setting holds"),
  bool('reproduce-nat', 'accepted: false', ['false']),
  bool('net-disconnect-ok', 'accepted: nothing is saved'),
  text('strace-syscalls', 'names', 'accepted: empty', ['']),
  bool('strace-event', 'accepted: false', ['false']),
  text('strace-log-size', 'bytes', 'accepted: strings are shortened'),
];

const FLAGS = [...USED, ...ACCEPTED];

/** Add the flags to the program. */
export function addGlobalFlags(program: Command): void {
  for (const flag of FLAGS) {
    const option = new Option(
      `--${flag.name} ${flag.value === undefined ? '[bool]' : `<${flag.value}>`}`,
      flag.help,
    );
    program.addOption(ACCEPTED.includes(flag) ? option.hideHelp() : option);
  }
  // runc takes a word, runsc none.
  program.addOption(
    new Option('--rootless [when]', 'go on where cgroups are not writable: true, false or auto').choices([
      'true',
      'false',
      'auto',
    ]),
  );
}

/** One flag's value, or a UsageError. */
function checked(flag: Flag, value: string | boolean | undefined): string | undefined {
  if (value === undefined) return undefined;
  const word = value === true ? 'true' : String(value);
  const name = `--${flag.name}`;
  const bit = flag.value === undefined ? parseBool(word) : undefined;
  if (flag.value === undefined && bit === undefined) {
    throw new UsageError(name, `'${word}': expected true or false`);
  }
  const plain = bit === undefined ? word : String(bit);
  if (flag.only !== undefined && !flag.only.includes(plain)) {
    const allowed = flag.only.map((one) => one || "''").join(', ');
    throw new UsageError(name, `'${word}': not supported; possible: ${allowed}`);
  }
  return plain;
}

function camel(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Where sandboxes log, as --debug-log has it; relative to the caller's directory. */
function logPath(path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined;
  return isAbsolute(path) ? path : `${resolve(path)}${path.endsWith('/') ? '/' : ''}`;
}

/**
 * Check the values that commander has found.
 *
 * @throws UsageError for the first that cannot be had
 */
export function globalFlags(values: Values): GlobalFlags {
  const found = new Map(FLAGS.map((flag) => [flag.name, checked(flag, values[camel(flag.name)])]));
  const is = (name: string, otherwise = false) => (found.get(name) ?? String(otherwise)) === 'true';
  const root = found.get('root');
  const log = found.get('log');
  const network = found.get('network') as GlobalFlags['network'];
  const debugLog = logPath(found.get('debug-log'));
  return {
    ...(root ? { root: resolve(root) } : {}),
    ...(log ? { log: resolve(log) } : {}),
    logFormat: (found.get('log-format') ?? 'text').startsWith('json') ? 'json' : 'text',
    debug: is('debug'),
    ...(debugLog === undefined ? {} : { debugLog }),
    alsoLogToStderr: is('alsologtostderr'),
    ...(network === undefined ? {} : { network }),
    hostUds: (found.get('host-uds') ?? 'none') as GlobalFlags['hostUds'],
    strace: is('strace'),
    ignoreCgroups: is('ignore-cgroups') || found.get('cgroup-manager') === 'disabled',
    systemdCgroup: is('systemd-cgroup') || found.get('cgroup-manager') === 'systemd',
    rootless: rootless(values['rootless']),
    allowFlagOverride: is('allow-flag-override'),
    ociSeccomp: is('oci-seccomp', true),
    cpuNumFromQuota: is('cpu-num-from-quota', true),
    fastLane: is('fast-lane', true),
  };
}

function rootless(value: string | boolean | undefined): GlobalFlags['rootless'] {
  if (value === undefined || value === 'auto') return 'auto';
  return value === true || value === 'true' ? 'true' : 'false';
}

/** Flags that an annotation cannot set: they have been used before config.json is read. */
const NOT_BY_ANNOTATION = new Set(['root', 'log', 'log-format', 'allow-flag-override', 'criu']);

const ANNOTATION = 'dev.gvisor.flag.';

/**
 * The flags as annotations of config.json change them (runsc's `dev.gvisor.flag.NAME`).
 *
 * @param values what the command line says
 * @throws UsageError for a flag that there is not, or when --allow-flag-override was not given
 */
export function overriddenFlags(values: Values, annotations: Readonly<Record<string, string>>): GlobalFlags {
  const changed: Record<string, string | boolean | undefined> = { ...values };
  for (const [key, value] of Object.entries(annotations)) {
    if (!key.startsWith(ANNOTATION)) continue;
    const name = key.slice(ANNOTATION.length);
    if (!globalFlags(values).allowFlagOverride) {
      throw new UsageError(`annotation ${key}`, 'flags may be set so only with --allow-flag-override');
    }
    if (NOT_BY_ANNOTATION.has(name) || !FLAGS.some((flag) => flag.name === name)) {
      throw new UsageError(`annotation ${key}`, 'there is no such flag to set');
    }
    changed[camel(name)] = value;
  }
  return globalFlags(changed);
}
