/** What guests see of the way out: addresses that are nobody's, as signs that there is one. */

import { networkInterfaces } from 'node:os';
import { IFA_F_PERMANENT, RT_SCOPE_UNIVERSE } from '../../abi/rtnetlink.js';
import { type Ip, isV4 } from '../inet/address.js';
import { LOOPBACK_NAME, type LoopbackDevice } from '../inet/device.js';
import { parseIp } from '../policy/cidr.js';
import { rangeOf } from '../policy/ranges.js';

/** The dummy addresses of RFC 7600 and RFC 9780. */
const DUMMIES = ['192.0.0.8', '100:0:0:1::1'];

/** The families in which the host has an address that leads anywhere. */
function hostFamilies(): ReadonlySet<boolean> {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const leading = all.filter(
    ({ internal, address }) => !internal && rangeOf(parseIp(address) ?? '').name !== 'link-local',
  );
  return new Set(leading.map(({ family }) => family === 'IPv4'));
}

/**
 * Gives the loopback device an address of each family that the host has: programs look up names only in families of which the machine
 * has an address beside those of loopback (AI_ADDRCONFIG of getaddrinfo(3)).
 */
export function showWayOut(device: LoopbackDevice): void {
  const families = hostFamilies();
  for (const text of DUMMIES) {
    const ip: Ip | undefined = parseIp(text);
    if (ip === undefined || !families.has(isV4(ip))) continue;
    device.add({
      ip,
      peer: ip,
      prefix: ip.length * 8,
      scope: RT_SCOPE_UNIVERSE,
      flags: IFA_F_PERMANENT,
      label: isV4(ip) ? LOOPBACK_NAME : '',
      broadcast: undefined,
      proto: 0,
      created: 0,
    });
  }
}
