/** resolv.conf(5): the servers that the host asks, and the one that guests do. */

import type { Endpoint } from '../inet/address.js';
import { formatIp, parseIp } from '../policy/cidr.js';

export const DNS_PORT = 53;
/** As many as the C library takes (MAXNS). */
const MAX_SERVERS = 3;

/** The servers in the text of a resolv.conf, without those that only one device leads to. */
export function parseResolvConf(text: string): Endpoint[] {
  const servers: Endpoint[] = [];
  for (const line of text.split('\n')) {
    const ip = parseIp(/^nameserver[ \t]+(\S+)/.exec(line)?.[1] ?? '');
    if (ip !== undefined) servers.push({ ip, port: DNS_PORT });
  }
  return servers.slice(0, MAX_SERVERS);
}

/** The guests' resolv.conf. */
export function guestResolvConf(server: Endpoint): string {
  return `nameserver ${formatIp(server.ip)}\n`;
}
