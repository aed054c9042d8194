/** What an answer says about the name that was asked for, and nothing else of it. */

import { CLASS_IN, type DnsRecord, type Message, TYPE_CNAME, TYPE_SOA } from './message.js';
import { type DnsName, lower, readName } from './name.js';

/** Aliases that lead from one to the next; longer chains are loops or mistakes. */
export const MAX_ALIASES = 16;

export interface Chain {
  /** The aliases that were followed, in order. */
  readonly aliases: readonly DnsRecord[];
  /** Where they lead. */
  readonly last: DnsName;
  /** The records of the wanted type that `last` has. */
  readonly records: readonly DnsRecord[];
}

/** The name in the data of a CNAME, which the decoder has checked. */
export function aliasTarget(record: DnsRecord): DnsName {
  return readName(record.data, 0)?.name ?? '';
}

/**
 * Follows the aliases of `name` through the answers and picks the records of `type` at their end. Whatever else a server has put
 * there is nobody's question.
 * @returns undefined for a loop
 */
export function followAliases(answers: readonly DnsRecord[], name: DnsName, type: number): Chain | undefined {
  const aliases: DnsRecord[] = [];
  let last = name;
  for (;;) {
    const here = answers.filter((r) => r.class === CLASS_IN && lower(r.name) === lower(last));
    const records = here.filter((r) => r.type === type);
    if (records.length > 0) return { aliases, last, records };
    const alias = here.find((r) => r.type === TYPE_CNAME);
    if (alias === undefined) return { aliases, last, records: [] };
    if (aliases.length >= MAX_ALIASES) return undefined;
    aliases.push(alias);
    last = aliasTarget(alias);
  }
}

/** The record that says how long it holds that there is nothing (RFC 2308): of the zone that `name` is in. */
export function negativeProof(reply: Message, name: DnsName): DnsRecord | undefined {
  const wanted = lower(name);
  return reply.authority.find((r) => {
    const zone = lower(r.name);
    return r.type === TYPE_SOA && (zone === '' || wanted === zone || wanted.endsWith(`.${zone}`));
  });
}

/** For how long such a record holds, in seconds: its own time or the zone's minimum, whatever is less. */
export function negativeTtl(soa: DnsRecord): number {
  const { data } = soa;
  if (data.length < 4) return 0;
  const minimum = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(data.length - 4);
  return Math.min(soa.ttl, minimum);
}
