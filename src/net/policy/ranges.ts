/** Addresses with a meaning of their own (RFC 6890 and the registries of IANA), which rules must name to let through. */

import { type Ip, isV4 } from '../inet/address.js';
import { type Cidr, cidr, contains } from './cidr.js';

/** What kind of address it is; `public` if none of the others. */
export type RangeName =
  | 'public'
  | 'private'
  | 'loopback'
  | 'unspecified'
  | 'link-local'
  | 'metadata'
  | 'multicast'
  | 'broadcast'
  | 'reserved'
  | 'tunnel';

/** One range, and the networks that it has. */
interface Range {
  readonly name: Exclude<RangeName, 'public'>;
  readonly networks: readonly Cidr[];
}

/** The tables are made when the first address is looked up: sandboxes without rules never do, and start sooner. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const range = (name: Range['name'], ...networks: string[]): Range => ({ name, networks: networks.map(cidr) });

/** The first that has an address is the one it belongs to. */
const ranges = once((): readonly Range[] => [
  range('unspecified', '0.0.0.0/8', '::'),
  range('loopback', '127.0.0.0/8', '::1'),
  // Where clouds answer their machines with credentials: AWS, GCP, Azure and OpenStack; AWS and GCP over IPv6; Alibaba; Azure's
  // host; Oracle.
  range(
    'metadata',
    '169.254.169.254',
    '169.254.170.2',
    'fd00:ec2::/64',
    'fd20:ce::/64',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
  ),
  range('link-local', '169.254.0.0/16', 'fe80::/10'),
  range('multicast', '224.0.0.0/4', 'ff00::/8'),
  range('broadcast', '255.255.255.255'),
  range('reserved', '240.0.0.0/4', '192.0.0.0/24', '100::/64'),
  // Teredo and the locally chosen translations of RFC 8215: what IPv4 address is behind them cannot be told for certain.
  range('tunnel', '2001::/32', '64:ff9b:1::/48'),
  range('private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10'),
]);

/** Forms of IPv6 addresses that are another way to write an IPv4 address, and where in them it stands. */
const embedded = once((): readonly (readonly [Cidr, offset: number])[] => [
  [cidr('64:ff9b::/96'), 12],
  [cidr('2002::/16'), 2],
  [{ ip: `${'\0'.repeat(8)}\xff\xff${'\0'.repeat(6)}`, bits: 96 }, 12],
  [{ ip: `${'\0'.repeat(10)}\xff\xff${'\0'.repeat(4)}`, bits: 96 }, 12],
  // IPv4-compatible; :: and ::1 are addresses of their own.
  [cidr('::/96'), 12],
]);

/**
 * The address by which an address is judged: of forms that stand for an IPv4 address (IPv4-mapped, -compatible and -translated,
 * 6to4, NAT64) that address, else itself.
 */
export function judgedAs(ip: Ip): Ip {
  if (isV4(ip) || rangeOf(ip).name !== 'public') return ip;
  for (const [network, offset] of embedded()) {
    if (contains(network, ip)) return ip.slice(offset, offset + 4);
  }
  return ip;
}

/** The range of an address, and the networks of that range. */
export function rangeOf(ip: Ip): { readonly name: RangeName; readonly networks: readonly Cidr[] } {
  for (const candidate of ranges()) {
    if (candidate.networks.some((network) => contains(network, ip))) return candidate;
  }
  return PUBLIC;
}

const PUBLIC = { name: 'public', networks: [] } as const;
