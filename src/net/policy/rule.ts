/** One rule of --network=filtered: its text on the command line, and whom it is about (docs/network.md). */

import { type Cidr, formatCidr, parseCidr } from './cidr.js';
import { parseNamePattern } from './names.js';

export type Action = 'allow' | 'deny';
/** `dns`: that a name may be looked up, and nothing else. */
export type RuleProtocol = 'any' | 'tcp' | 'udp' | 'icmp' | 'dns';
/** `in`: others come to the sandbox. */
export type Direction = 'out' | 'in';

/** `*` is every name, and every public address. */
export type Host =
  | { readonly kind: 'any' }
  | { readonly kind: 'network'; readonly network: Cidr }
  /** @property subdomains the names below `name`, and not that name itself */
  | { readonly kind: 'name'; readonly name: string; readonly subdomains: boolean };

/** First and last of some ports. */
export type PortRange = readonly [number, number];

export interface Rule {
  readonly action: Action;
  readonly direction: Direction;
  readonly protocol: RuleProtocol;
  readonly host: Host;
  /** Of the other side for connections out of the sandbox, of the sandbox for those into it. None: all ports. */
  readonly ports: readonly PortRange[];
}

/** What is wrong with a rule, for the one who wrote it. */
export class RuleError extends Error {}

export const PROTOCOLS: readonly RuleProtocol[] = ['any', 'tcp', 'udp', 'icmp', 'dns'];
const MAX_PORT = 65535;
const LOOPBACK: readonly string[] = ['127.', '::1'];

/** `*`, a number, or `FIRST-LAST`. Throws RuleError. */
export function parsePortRange(text: string): PortRange {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1] ?? Number.NaN);
  const last = match?.[2] === undefined ? first : Number(match[2]);
  if (!(first >= 1 && last <= MAX_PORT))
    throw new RuleError(`'${text}': expected a port or FIRST-LAST, 1 to ${MAX_PORT}`);
  if (last < first) throw new RuleError(`'${text}': the first port is above the last`);
  return [first, last];
}

/** `*`, a network or a name. Throws RuleError. */
export function parseHost(text: string): Host {
  if (text === '*') return { kind: 'any' };
  const network = parseCidr(text);
  if (typeof network === 'string') throw new RuleError(`'${text}': ${network}`);
  if (network !== undefined) return { kind: 'network', network };
  const pattern = parseNamePattern(text);
  if (pattern === undefined) {
    throw new RuleError(`'${text}': expected an address, ADDRESS/BITS, a host name, *.NAME or *`);
  }
  return { kind: 'name', ...pattern };
}

/** Puts the parts of a rule together, if they fit. Throws RuleError. */
export function makeRule(rule: Rule): Rule {
  const { direction, protocol, host, ports } = rule;
  if (direction === 'in' && host.kind === 'name') {
    throw new RuleError('who comes in has an address and no name: expected an address, ADDRESS/BITS or *');
  }
  if (direction === 'in' && protocol === 'dns') throw new RuleError('dns is only for the way out');
  if (protocol === 'dns' && host.kind === 'network') throw new RuleError('dns is about names, not addresses');
  if (ports.length > 0 && (protocol === 'dns' || protocol === 'icmp')) {
    throw new RuleError(`${protocol} has no ports`);
  }
  if (direction === 'out' && host.kind === 'network') {
    const text = formatCidr(host.network);
    if (LOOPBACK.some((prefix) => text.startsWith(prefix))) {
      throw new RuleError(`'${text}': the loopback addresses are the sandbox's own and need no rule`);
    }
  }
  return rule;
}

/** Splits `HOST[:PORTS]`; an IPv6 address with ports is in brackets. */
function splitPorts(text: string): [host: string, ports: string | undefined] {
  const bracketed = /^\[([^\]]*)\](\/\d+)?(?::(.*))?$/.exec(text);
  if (bracketed !== null) return [`${bracketed[1]}${bracketed[2] ?? ''}`, bracketed[3]];
  const colon = text.indexOf(':');
  if (colon < 0 || text.indexOf(':', colon + 1) >= 0) return [text, undefined];
  return [text.slice(0, colon), text.slice(colon + 1)];
}

/**
 * Parses `[in:][PROTOCOL:]HOST[:PORTS]`, for example `tcp:example.org:443`, `*.example.org`, `udp:10.0.0.0/8:53,8000-8100`,
 * `tcp:[2001:db8::/32]:443`, `in:tcp:192.0.2.0/24:8080`. PORTS is `*` or ports and ranges with commas between them.
 * Throws RuleError.
 */
export function parseRule(action: Action, text: string): Rule {
  let rest = text;
  const take = (word: string): boolean => {
    if (!rest.startsWith(`${word}:`)) return false;
    rest = rest.slice(word.length + 1);
    return true;
  };
  const direction = take('in') ? 'in' : 'out';
  const protocol = PROTOCOLS.find(take) ?? 'any';
  const [host, ports] = splitPorts(rest);
  return makeRule({
    action,
    direction,
    protocol,
    host: parseHost(host),
    ports: ports === undefined || ports === '*' ? [] : ports.split(',').map(parsePortRange),
  });
}

/** The rule as `parseRule` reads it, with the action before it. */
export function formatRule({ action, direction, protocol, host, ports }: Rule): string {
  const where = direction === 'in' ? 'in:' : '';
  const what = protocol === 'any' ? '' : `${protocol}:`;
  const list = ports.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
  return `${action} ${where}${what}${formatHost(host)}${list === '' ? '' : `:${list}`}`;
}

function formatHost(host: Host): string {
  if (host.kind === 'any') return '*';
  if (host.kind === 'name') return host.subdomains ? `*.${host.name}` : host.name;
  const text = formatCidr(host.network);
  return text.includes(':') ? `[${text}]` : text;
}
