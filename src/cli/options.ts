/** The values of options: from the text on the command line to checked values, or a UsageError. */
import { type Stats, statSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import { type LogFormat, type LogLevel, logFormats, logLevels } from '../log/levels.js';
import type { Ip } from '../net/inet/address.js';
import { parseIp } from '../net/policy/cidr.js';
import type { SortKey } from '../profile/table.js';
import type { PublishedPort, SandboxSpec, VolumeSpec } from '../sentry/spec.js';
import { UsageError } from './usage-error.js';

/** Largest user or group number; (uid_t)-1 means "no change" in setuid(2) and its kin. */
const MAX_ID = 0xffff_fffe;

/** Longest host name: __NEW_UTS_LEN of linux/utsname.h. */
const MAX_HOSTNAME = 64;

/** The host file behind `path`, or a UsageError that says why there is none. */
function statHost(option: string, path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'no such file or directory' : (error as Error).message;
    throw new UsageError(option, `'${path}': ${reason}`);
  }
}

function parseId(text: string, what: string): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= MAX_ID)) {
    throw new UsageError('--user', `'${text}': ${what} must be a number from 0 to ${MAX_ID}`);
  }
  return value;
}

/** `UID[:GID]`, both numbers; GID is UID if it is left out. */
export function parseUser(text: string): { uid: number; gid: number } {
  const [uidText = '', gidText, ...rest] = text.split(':');
  if (rest.length > 0) throw new UsageError('--user', `'${text}': expected UID[:GID]`);
  const uid = parseId(uidText, 'UID');
  return { uid, gid: gidText === undefined ? uid : parseId(gidText, 'GID') };
}

/**
 * The guest's environment: the caller's, changed by `NAME=value` and `NAME` entries in order. A lone NAME takes the
 * caller's value, or removes an earlier entry if the caller has none.
 */
export function parseEnv(entries: readonly string[], caller: Readonly<NodeJS.ProcessEnv>): string[] {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(caller)) {
    if (value !== undefined) result.set(name, value);
  }
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    const name = equals < 0 ? entry : entry.slice(0, equals);
    if (name === '') throw new UsageError('--env', `'${entry}': expected NAME=value or NAME`);
    const value = equals < 0 ? caller[name] : entry.slice(equals + 1);
    if (value === undefined) result.delete(name);
    else result.set(name, value);
  }
  return Array.from(result, ([name, value]) => `${name}=${value}`);
}

/** An absolute path inside the sandbox, as it was written: a trailing `..` may cross a symbolic link there. */
export function parseCwd(text: string): string {
  if (!text.startsWith('/')) throw new UsageError('--cwd', `'${text}': must be an absolute path`);
  return text;
}

/** A host name: letters, digits and inner hyphens in labels between dots (RFC 1123), at most 64 characters. */
export function parseHostname(text: string): string {
  if (text.length > MAX_HOSTNAME) {
    throw new UsageError('--hostname', `'${text}': longer than ${MAX_HOSTNAME} characters`);
  }
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
  if (!new RegExp(`^${label}(?:\\.${label})*$`).test(text)) {
    throw new UsageError('--hostname', `'${text}': expected letters, digits, '-' and '.'`);
  }
  return text;
}

/** `HOST:GUEST[:ro|:rw]`: an existing host directory (relative ones count from here) and an absolute guest path. */
export function parseVolume(text: string): VolumeSpec {
  const [host, guest, mode = 'rw', ...rest] = text.split(':');
  if (!host || !guest || rest.length > 0) {
    throw new UsageError('--volume', `'${text}': expected HOST:GUEST[:ro|:rw]`);
  }
  if (mode !== 'ro' && mode !== 'rw') {
    throw new UsageError('--volume', `'${text}': '${mode}': expected ro or rw`);
  }
  if (!guest.startsWith('/')) {
    throw new UsageError('--volume', `'${text}': guest path '${guest}' must be absolute`);
  }
  const target = posix.resolve(guest);
  if (target === '/') throw new UsageError('--volume', `'${text}': guest path is /: use --root for that`);
  const source = resolve(host);
  const found = statHost('--volume', source);
  if (!found.isDirectory() && !found.isFile() && !found.isSocket()) {
    throw new UsageError(
      '--volume',
      `'${text}': ${host} is neither a directory, a regular file nor a socket`,
    );
  }
  return { host: source, guest: target, readonly: mode === 'ro' };
}

/** An existing host directory; the result is absolute. */
export function parseRoot(text: string): string {
  const path = resolve(text);
  if (text === '' || !statHost('--root', path).isDirectory()) {
    throw new UsageError('--root', `'${text}': not a directory`);
  }
  return path;
}

/** One of the words that an option takes. */
function parseChoice<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((candidate) => candidate === text);
  if (choice === undefined) {
    throw new UsageError(
      option,
      `'${text}': expected ${choices.length > 1 ? 'one of ' : ''}${choices.join(', ')}`,
    );
  }
  return choice;
}

export function parseHostUds(text: string): SandboxSpec['hostUds'] {
  return parseChoice('--host-uds', text, ['none', 'open', 'create', 'all']);
}

export function parseNetwork(text: string): SandboxSpec['network'] {
  return parseChoice('--network', text, ['none', 'host', 'filtered']);
}

/** A network namespace that there is (ip-netns(8) keeps its own below /run/netns); the result is absolute. */
export function parseNetworkNamespace(text: string): string {
  const path = resolve(text);
  if (text === '' || !statHost('--network-namespace', path).isFile()) {
    throw new UsageError('--network-namespace', `'${text}': not a network namespace`);
  }
  return path;
}

/** A port number as text. */
function parsePort(whole: string, text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= 1 && value <= 65535)) {
    throw new UsageError('--publish', `'${whole}': '${text}': expected a port from 1 to 65535`);
  }
  return value;
}

/** `[IP:]HOSTPORT:PORT[/tcp|/udp]`; an IPv6 address stands in brackets. */
export function parsePublish(text: string): PublishedPort {
  const match = /^(?:(\[[^\]]*\]|[^:[\]]*):)?([^:/]*):([^:/]*)(?:\/(.*))?$/.exec(text);
  if (match === null) throw new UsageError('--publish', `'${text}': expected [IP:]HOSTPORT:PORT[/tcp|/udp]`);
  const [, address, hostPort = '', port = '', protocol = 'tcp'] = match;
  if (protocol !== 'tcp' && protocol !== 'udp') {
    throw new UsageError('--publish', `'${text}': '${protocol}': expected tcp or udp`);
  }
  return {
    text,
    ...(address === undefined ? {} : { ip: parseAddress(text, address) }),
    hostPort: parsePort(text, hostPort),
    port: parsePort(text, port),
    protocol,
  };
}

/** The bytes of an address: IPv4, or IPv6 in brackets. */
function parseAddress(whole: string, text: string): Ip {
  const bracketed = /^\[(.*)\]$/.exec(text)?.[1];
  const ip = parseIp(bracketed ?? text);
  if (ip === undefined || text.includes(':') !== (bracketed !== undefined)) {
    throw new UsageError(
      '--publish',
      `'${whole}': '${text}': expected an IPv4 address, or an IPv6 address in brackets`,
    );
  }
  return ip;
}

export function parseLogLevel(text: string): LogLevel {
  return parseChoice('--log-level', text, logLevels);
}

export function parseLogFormat(text: string): LogFormat {
  return parseChoice('--log-format', text, logFormats);
}

/** `--sort` of `tvisor profile`. */
export function parseSortKey(text: string): SortKey {
  return parseChoice('--sort', text, ['time', 'wait', 'count', 'bytes']);
}

/** `--format` of the commands that print tables. */
export function parseTableFormat(text: string): 'table' | 'json' {
  return parseChoice('--format', text, ['table', 'json']);
}
