/** Which addresses the resolver has given to guests for which names, for as long as that holds. */

import type { Ip } from '../inet/address.js';

/** Clients take their time between a name's answer and the connection, and some keep answers a little: seconds. */
export const MIN_LIFETIME = 60;
/** Nobody's answer holds longer, whatever it says: seconds. */
export const MAX_LIFETIME = 86_400;
const MAX_ADDRESSES = 16_384;
const MAX_NAMES_EACH = 64;

/** Drops the entry that was set first. */
function dropOldest<K>(map: Map<K, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}

export class LearntAddresses {
  /** For each address the names that led to it, each with the time until which it holds; those set last come last. */
  private readonly byAddress = new Map<Ip, Map<string, number>>();

  /** @param now the kernel's monotonic clock, ms */
  constructor(private readonly now: () => number) {}

  /** `name`, in small letters, has the address `ip` for `ttl` seconds, within the bounds above. */
  learn(ip: Ip, name: string, ttl: number): void {
    const until = this.now() + Math.max(MIN_LIFETIME, Math.min(ttl, MAX_LIFETIME)) * 1000;
    const names = this.byAddress.get(ip) ?? new Map<string, number>();
    const before = names.get(name) ?? 0;
    names.delete(name);
    if (names.size >= MAX_NAMES_EACH) dropOldest(names);
    names.set(name, Math.max(before, until));
    this.byAddress.delete(ip);
    if (this.byAddress.size >= MAX_ADDRESSES) dropOldest(this.byAddress);
    this.byAddress.set(ip, names);
  }

  /** The names that have led to `ip` and still hold. */
  namesOf(ip: Ip): string[] {
    const names = this.byAddress.get(ip);
    if (names === undefined) return [];
    const now = this.now();
    for (const [name, until] of names) if (until <= now) names.delete(name);
    if (names.size === 0) this.byAddress.delete(ip);
    return [...names.keys()];
  }
}
