/** Addresses and networks as text and as bytes (inet_pton(3), inet_ntop(3), RFC 4632, RFC 5952). */

import { createRequire } from 'node:module';
import { type Ip, isV4 } from '../inet/address.js';

/** Loaded with the first address that is read: it takes milliseconds of every start otherwise, and few sandboxes need it. */
let net: typeof import('node:net') | undefined;
function nodeNet(): typeof import('node:net') {
  net ??= createRequire(import.meta.url)('node:net') as typeof import('node:net');
  return net;
}

const MAPPED_PREFIX = `${'\0'.repeat(10)}\xff\xff`;

/** The addresses whose first `bits` bits are those of `ip`; the other bits of `ip` are zero. */
export interface Cidr {
  readonly ip: Ip;
  readonly bits: number;
}

function parseV4(text: string): Ip {
  return String.fromCharCode(...text.split('.').map(Number));
}

/** The groups of one side of `::`. */
function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

function parseV6(text: string): Ip {
  // An IPv4 address at the end stands for two groups.
  const tail = /[^:]*\.[^:]*$/.exec(text);
  let plain = text;
  if (tail !== null) {
    const [a = 0, b = 0, c = 0, d = 0] = tail[0].split('.').map(Number);
    plain = `${text.slice(0, tail.index)}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  }
  const [left = '', right] = plain.split('::');
  const head = groups(left);
  const rest = right === undefined ? [] : groups(right);
  const all = [...head, ...new Array<number>(8 - head.length - rest.length).fill(0), ...rest];
  return String.fromCharCode(...all.flatMap((group) => [group >> 8, group & 0xff]));
}

/**
 * The address that `text` is: dotted decimal with four numbers, or IPv6 without a zone. An IPv4-mapped address is the IPv4
 * address.
 * @returns undefined for anything else
 */
export function parseIp(text: string): Ip | undefined {
  const { isIPv4, isIPv6 } = nodeNet();
  if (isIPv4(text)) return parseV4(text);
  if (!isIPv6(text) || text.includes('%')) return undefined;
  const ip = parseV6(text);
  return ip.startsWith(MAPPED_PREFIX) ? ip.slice(12) : ip;
}

/** The usual text of an address; of IPv6 with the longest run of zeroes left out. */
export function formatIp(ip: Ip): string {
  const bytes = Array.from(ip, (c) => c.charCodeAt(0));
  if (isV4(ip)) return bytes.join('.');
  const words = Array.from(
    { length: 8 },
    (_, i) => ((bytes[2 * i] as number) << 8) | (bytes[2 * i + 1] as number),
  );
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && words[i + n] === 0) n++;
    if (n > length) {
      start = i;
      length = n;
    }
  }
  const hex = (part: number[]): string => part.map((word) => word.toString(16)).join(':');
  return start < 0 ? hex(words) : `${hex(words.slice(0, start))}::${hex(words.slice(start + length))}`;
}

export function formatCidr({ ip, bits }: Cidr): string {
  return bits === ip.length * 8 ? formatIp(ip) : `${formatIp(ip)}/${bits}`;
}

/** `ip` with all but its first `bits` bits zero. */
function masked(ip: Ip, bits: number): Ip {
  return String.fromCharCode(
    ...Array.from(ip, (c, i) => {
      const kept = Math.max(0, Math.min(8, bits - 8 * i));
      return c.charCodeAt(0) & (0xff00 >> kept) & 0xff;
    }),
  );
}

/**
 * `ADDRESS` or `ADDRESS/BITS`.
 * @returns undefined if it does not begin with an address; a string that says what is wrong with the rest
 */
export function parseCidr(text: string): Cidr | string | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const ip = parseIp(address);
  if (ip === undefined) return undefined;
  if (isV4(ip) && address.includes(':')) return `write IPv4-mapped addresses as IPv4: ${formatIp(ip)}`;
  const most = ip.length * 8;
  if (slash < 0) return { ip, bits: most };
  const length = text.slice(slash + 1);
  const bits = /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(bits <= most)) return `'/${length}': the prefix length must be a number from 0 to ${most}`;
  const network = { ip: masked(ip, bits), bits };
  return network.ip === ip ? network : `has bits set beyond its prefix: ${formatCidr(network)}?`;
}

/** A network of the source's own, known to be right. */
export function cidr(text: string): Cidr {
  const network = parseCidr(text);
  if (network === undefined || typeof network === 'string') throw new Error(`bad network: ${text}`);
  return network;
}

export function contains({ ip: network, bits }: Cidr, ip: Ip): boolean {
  if (ip.length !== network.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (ip.charCodeAt(i) !== network.charCodeAt(i)) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return mask === 0 || ((ip.charCodeAt(whole) ^ network.charCodeAt(whole)) & mask) === 0;
}

/** Is every address of `inner` one of `outer`? */
export function within(inner: Cidr, outer: Cidr): boolean {
  return inner.bits >= outer.bits && contains(outer, inner.ip);
}
