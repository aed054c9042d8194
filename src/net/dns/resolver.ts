/** The sandbox's own resolver: answers guests' questions about names that rules allow, from its cache or from the servers outside. */

import type { Ip } from '../inet/address.js';
import { formatIp } from '../policy/cidr.js';
import type { DecisionRecord } from '../policy/decision-log.js';
import type { LearntAddresses } from '../policy/learnt.js';
import { formatRule } from '../policy/rule.js';
import type { Rules } from '../policy/rules.js';
import { DnsCache, questionKey } from './cache.js';
import { aliasTarget, type Chain, followAliases, MAX_ALIASES, negativeProof, negativeTtl } from './chain.js';
import {
  type Answer,
  CLASS_IN,
  type DnsRecord,
  decodeMessage,
  encodeAnswer,
  FORMERR,
  HEADER_SIZE,
  type Message,
  NOERROR,
  NOTIMP,
  NXDOMAIN,
  PLAIN_UDP_SIZE,
  type Question,
  REFUSED,
  SERVFAIL,
  TYPE_A,
  TYPE_AAAA,
} from './message.js';
import { lower } from './name.js';
import type { Upstream } from './upstream.js';

/** Most bytes of our own answers over UDP, and of those over TCP. */
const UDP_SIZE = 4096;
const TCP_SIZE = 65_535;
/** Guests that wait for the answer to one question. */
const MAX_WAITING = 64;
/** An answer is not kept longer than this, in seconds. */
const MAX_TTL = 86_400;
/** Types from here on are no records (RFC 6895 section 3.1). */
const FIRST_META_TYPE = 128;
const LAST_META_TYPE = 255;
/** Codes of RFC 8914. */
const EDE_BLOCKED = 15;
const EDE_NO_AUTHORITY = 22;
const MAPPED_PREFIX = `${'\0'.repeat(10)}\xff\xff`;

const TYPE_NAMES = new Map([
  [TYPE_A, 'A'],
  [2, 'NS'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [12, 'PTR'],
  [15, 'MX'],
  [16, 'TXT'],
  [TYPE_AAAA, 'AAAA'],
  [33, 'SRV'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
]);

/** What was found out about a question, as far as guests may know it. */
interface Finding extends Answer {
  /** How long it holds, in seconds. */
  readonly ttl: number;
  /** Addresses that guests may connect to because of it. */
  readonly addresses: readonly Ip[];
}

export interface ResolverParts {
  readonly rules: Rules;
  readonly learnt: LearntAddresses;
  readonly upstream: Upstream;
  readonly log: ((record: DecisionRecord) => void) | undefined;
  readonly now: () => number;
  /** The sandbox's own name. */
  readonly hostname: () => string;
}

const nothing = (rcode: number, ede?: number): Finding => ({
  rcode,
  answers: [],
  authority: [],
  ttl: 0,
  addresses: [],
  ...(ede === undefined ? {} : { ede }),
});

/** The address in a record of type A or AAAA. */
function addressOf(record: DnsRecord): Ip {
  const ip = Buffer.from(record.data).toString('latin1');
  return ip.startsWith(MAPPED_PREFIX) ? ip.slice(12) : ip;
}

function aged(records: readonly DnsRecord[], age: number): DnsRecord[] {
  return records.map((r) => ({ ...r, ttl: Math.max(0, r.ttl - age) }));
}

export class Resolver {
  private readonly cache: DnsCache<Finding>;
  private readonly waiting = new Map<string, ((finding: Finding) => void)[]>();

  constructor(private readonly parts: ResolverParts) {
    this.cache = new DnsCache(parts.now);
  }

  /**
   * Answers one message of a guest.
   * @param stream it came over TCP
   * @param reply called at most once, with the answer: messages that are no queries get none
   */
  query(bytes: Uint8Array, stream: boolean, reply: (answer: Uint8Array) => void): void {
    if (bytes.length < HEADER_SIZE || ((bytes[2] as number) & 0x80) !== 0) return;
    const message = decodeMessage(bytes);
    if (message === undefined) {
      const id = ((bytes[0] as number) << 8) | (bytes[1] as number);
      const header = { id, opcode: 0, recursionDesired: false, questions: [] };
      reply(encodeAnswer(header, nothing(FORMERR), PLAIN_UDP_SIZE, undefined));
      return;
    }
    // What waits for an answer keeps no more of the message than it needs.
    const { id, opcode, recursionDesired, questions, edns } = message;
    const query = { id, opcode, recursionDesired, questions, edns };
    const size = query.edns === undefined ? PLAIN_UDP_SIZE : Math.max(PLAIN_UDP_SIZE, query.edns.size);
    const limit = stream ? TCP_SIZE : Math.min(size, UDP_SIZE);
    this.resolve(query, (finding, age) => {
      const answer = {
        ...finding,
        answers: aged(finding.answers, age),
        authority: aged(finding.authority, age),
      };
      reply(encodeAnswer(query, answer, limit, query.edns === undefined ? undefined : UDP_SIZE));
    });
  }

  private resolve(
    query: Pick<Message, 'opcode' | 'questions'>,
    done: (finding: Finding, age: number) => void,
  ): void {
    const [question] = query.questions;
    if (query.opcode !== 0) done(nothing(NOTIMP), 0);
    else if (question === undefined) done(nothing(FORMERR), 0);
    else if (question.class !== CLASS_IN) done(nothing(REFUSED), 0);
    else if (question.type >= FIRST_META_TYPE && question.type <= LAST_META_TYPE) done(nothing(NOTIMP), 0);
    else if (this.isOwnName(question.name)) done(localAnswer(question), 0);
    else this.judge(question, done);
  }

  /** `localhost` (RFC 6761) and the host name are the sandbox itself, and nobody else's business. */
  private isOwnName(name: string): boolean {
    const small = lower(name);
    return /(^|\.)localhost$/.test(small) || small === lower(this.parts.hostname());
  }

  /** A name that no rule allows is as if it did not exist, and nobody outside hears of it. */
  private judge(question: Question, done: (finding: Finding, age: number) => void): void {
    const { allowed, rule, reason } = this.parts.rules.judgeName(lower(question.name));
    const why = rule === undefined ? { reason } : { rule: formatRule(rule) };
    if (!allowed) {
      this.record(question, 'deny', why);
      done(nothing(NXDOMAIN, EDE_BLOCKED), 0);
      return;
    }
    const key = questionKey(question);
    const told = (finding: Finding, age: number): void => {
      const name = lower(question.name);
      for (const ip of finding.addresses) this.parts.learnt.learn(ip, name, finding.ttl - age);
      const addresses = finding.addresses.length === 0 ? {} : { addresses: finding.addresses.map(formatIp) };
      this.record(question, 'allow', { ...why, rcode: finding.rcode, ...addresses });
      done(finding, age);
    };
    const kept = this.cache.get(key);
    if (kept !== undefined) told(kept.value, kept.age);
    else this.ask(question, key, (finding) => told(finding, 0));
  }

  private record(question: Question, verdict: 'allow' | 'deny', more: object): void {
    const type = TYPE_NAMES.get(question.type) ?? `TYPE${question.type}`;
    this.parts.log?.({ event: 'dns', verdict, name: lower(question.name), type, ...more });
  }

  /** Asks outside; who asks the same meanwhile gets the same answer. */
  private ask(question: Question, key: string, done: (finding: Finding) => void): void {
    const others = this.waiting.get(key);
    if (others !== undefined) {
      if (others.length < MAX_WAITING) others.push(done);
      else done(nothing(SERVFAIL));
      return;
    }
    const waiters = [done];
    this.waiting.set(key, waiters);
    this.follow(question, [], (finding) => {
      this.waiting.delete(key);
      const records = [...finding.answers, ...finding.authority];
      const bytes = records.reduce((sum, r) => sum + r.data.length + r.name.length + 100, key.length + 200);
      this.cache.set(key, finding, Math.min(finding.ttl, MAX_TTL), bytes);
      for (const waiter of waiters) waiter(finding);
    });
  }

  /** @param before aliases that led from the name that the guest asked for to that of `question` */
  private follow(question: Question, before: readonly DnsRecord[], done: (finding: Finding) => void): void {
    this.parts.upstream.ask(question, (reply) => {
      const chain = reply && followAliases(reply.answers, question.name, question.type);
      if (reply === undefined || chain === undefined) {
        done(nothing(SERVFAIL, EDE_NO_AUTHORITY));
        return;
      }
      const aliases = [...before, ...chain.aliases];
      const proof = negativeProof(reply, chain.last);
      const open = chain.records.length === 0 && chain.aliases.length > 0 && proof === undefined;
      if (this.leadsToDenied(question, chain.aliases)) done(nothing(NXDOMAIN, EDE_BLOCKED));
      else if (open && reply.rcode === NOERROR && aliases.length < MAX_ALIASES) {
        // The server knows the alias and not what it stands for.
        this.follow({ ...question, name: chain.last }, aliases, done);
      } else done(this.conclude(question, reply.rcode, { ...chain, aliases }, proof));
    });
  }

  /** Is one of the names that an alias stands for denied by name? */
  private leadsToDenied(question: Question, aliases: readonly DnsRecord[]): boolean {
    for (const alias of aliases) {
      const target = lower(aliasTarget(alias));
      const { allowed, rule } = this.parts.rules.judgeName(target);
      if (allowed || rule === undefined || rule.host.kind === 'any') continue;
      this.record(question, 'deny', { rule: formatRule(rule), alias: target });
      return true;
    }
    return false;
  }

  private conclude(question: Question, rcode: number, chain: Chain, proof: DnsRecord | undefined): Finding {
    const { aliases, records } = chain;
    const hasAddresses = question.type === TYPE_A || question.type === TYPE_AAAA;
    const kept = hasAddresses ? records.filter((r) => this.parts.rules.mayLeadTo(addressOf(r))) : records;
    if (kept.length < records.length) {
      const addresses = records.filter((r) => !kept.includes(r)).map((r) => formatIp(addressOf(r)));
      this.record(question, 'deny', { reason: 'rebinding', addresses });
    }
    const answers = [...aliases, ...kept];
    const empty = kept.length === 0;
    const ttls = answers.map((r) => r.ttl);
    if (empty) ttls.push(proof === undefined ? 0 : negativeTtl(proof));
    return {
      rcode: records.length > 0 ? NOERROR : rcode,
      answers,
      authority: empty && proof !== undefined ? [proof] : [],
      ttl: Math.min(...ttls),
      addresses: hasAddresses ? kept.map(addressOf) : [],
      ...(empty && records.length > 0 ? { ede: EDE_BLOCKED } : {}),
    };
  }
}

function localAnswer({ name, type, class: cls }: Question): Finding {
  const data =
    type === TYPE_A
      ? Uint8Array.of(127, 0, 0, 1)
      : type === TYPE_AAAA
        ? Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? 1 : 0))
        : undefined;
  return {
    ...nothing(NOERROR),
    answers: data === undefined ? [] : [{ name, type, class: cls, ttl: 0, data }],
  };
}
