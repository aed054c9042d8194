/** What the rules of --network=filtered say about a connection or a name. The first rule that fits decides. */

import { type Ip, isV4 } from '../inet/address.js';
import { contains, within } from './cidr.js';
import { matchesName } from './names.js';
import { judgedAs, type RangeName, rangeOf } from './ranges.js';
import type { Direction, Rule, RuleProtocol } from './rule.js';

export type Protocol = Exclude<RuleProtocol, 'any' | 'dns'>;

/** The other side of a connection or a datagram, and the port that rules speak of. */
export interface Flow {
  readonly direction: Direction;
  readonly protocol: Protocol;
  /** The other side's address. */
  readonly ip: Ip;
  /** The other side's port, on the way in the sandbox's; 0 where there is none (ICMP). */
  readonly port: number;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The rule that decided, if one did. */
  readonly rule?: Rule;
  /** Why, when no rule did: none fits, or only ones that are too wide for an address of this range. */
  readonly reason: 'rule' | 'no rule' | Exclude<RangeName, 'public'>;
  /** The names under which the address was looked up. */
  readonly names: readonly string[];
}

const NAMELESS: readonly string[] = [];

export class Rules {
  private readonly out: readonly Rule[];
  private readonly in: readonly Rule[];

  /** @param namesOf the names that the resolver has given an address for */
  constructor(
    rules: readonly Rule[],
    private readonly namesOf: (ip: Ip) => readonly string[],
  ) {
    this.out = rules.filter((rule) => rule.direction === 'out');
    this.in = rules.filter((rule) => rule.direction === 'in');
  }

  /** May this be? */
  judge(flow: Flow): Verdict {
    return flow.direction === 'in' ? this.judgeIn(flow) : this.judgeOut(flow);
  }

  private judgeIn({ protocol, ip, port }: Flow): Verdict {
    for (const rule of this.in) {
      if (!speaksOf(rule, protocol, port)) continue;
      const { host } = rule;
      if (host.kind === 'any' || (host.kind === 'network' && contains(host.network, ip))) {
        return { allowed: rule.action === 'allow', rule, reason: 'rule', names: NAMELESS };
      }
    }
    return { allowed: false, reason: 'no rule', names: NAMELESS };
  }

  private judgeOut({ protocol, ip, port }: Flow): Verdict {
    const judged = judgedAs(ip);
    const names = this.namesFor(ip, judged);
    const range = rangeOf(judged);
    // The sandbox has a loopback device of its own; the host's is nobody's business.
    const never = range.name === 'loopback' || range.name === 'unspecified';
    let tooWide = never;
    for (const rule of never ? [] : this.out) {
      if (!speaksOf(rule, protocol, port) || !isAbout(rule, ip, judged, names)) continue;
      const allowed = rule.action === 'allow';
      if (!allowed || letsThrough(rule, range)) return { allowed, rule, reason: 'rule', names };
      tooWide = true;
    }
    const reason = tooWide && range.name !== 'public' ? range.name : 'no rule';
    return { allowed: false, reason, names };
  }

  private namesFor(ip: Ip, judged: Ip): readonly string[] {
    const names = this.namesOf(ip);
    return judged === ip ? names : [...names, ...this.namesOf(judged)];
  }

  /**
   * May `name` be looked up? Yes, if the first rule that says so of it as a whole does: one that allows anything of it, or that
   * denies all of it.
   * @param name in small letters, without the dot at the end
   */
  judgeName(name: string): Verdict {
    for (const rule of this.out) {
      const { action, host, protocol, ports } = rule;
      if (host.kind === 'network' || (host.kind === 'name' && !matchesName(host, name))) continue;
      const whole = (protocol === 'any' || protocol === 'dns') && ports.length === 0;
      if (action === 'deny' && !whole) continue;
      return { allowed: action === 'allow', rule, reason: 'rule', names: [name] };
    }
    return { allowed: false, reason: 'no rule', names: [name] };
  }

  /**
   * May a name lead to `ip`? To all public addresses, and to others that a network in a rule lets through: no name of the outside
   * leads into the operator's own networks (DNS rebinding).
   */
  mayLeadTo(ip: Ip): boolean {
    const judged = judgedAs(ip);
    const range = rangeOf(judged);
    if (range.name === 'public') return true;
    if (range.name === 'loopback' || range.name === 'unspecified') return false;
    return this.out.some(
      (rule) =>
        rule.action === 'allow' &&
        rule.host.kind === 'network' &&
        isAbout(rule, ip, judged, NAMELESS) &&
        letsThrough(rule, range),
    );
  }

  /**
   * May anything be said to that port (0: to any), whatever the protocol? As with names, rules that deny only some of it are passed
   * over.
   */
  mayReach(ip: Ip, port: number): boolean {
    const judged = judgedAs(ip);
    const range = rangeOf(judged);
    if (range.name === 'loopback' || range.name === 'unspecified') return false;
    const names = this.namesFor(ip, judged);
    for (const rule of this.out) {
      const { action, protocol, ports } = rule;
      if (protocol === 'dns' || !isAbout(rule, ip, judged, names)) continue;
      if (action === 'deny' && protocol === 'any' && ports.length === 0) return false;
      if (action === 'allow' && (port === 0 || hasPort(rule, port)) && letsThrough(rule, range)) return true;
    }
    return false;
  }

  /** May anybody come in at this port? Only then the host is asked to listen there. */
  mayListen(protocol: Protocol, port: number): boolean {
    return this.in.some((rule) => rule.action === 'allow' && speaksOf(rule, protocol, port));
  }
}

function speaksOf(rule: Rule, protocol: Protocol, port: number): boolean {
  if (rule.protocol !== 'any' && rule.protocol !== protocol) return false;
  return hasPort(rule, port);
}

function hasPort({ ports }: Rule, port: number): boolean {
  return ports.length === 0 || ports.some(([first, last]) => port >= first && port <= last);
}

function isAbout({ host }: Rule, ip: Ip, judged: Ip, names: readonly string[]): boolean {
  switch (host.kind) {
    case 'any':
      return true;
    case 'name':
      return names.some((name) => matchesName(host, name));
    case 'network':
      return contains(host.network, judged) || contains(host.network, ip);
  }
}

/**
 * Is a rule that allows an address narrow enough for the range that it is in? Public addresses need nothing; private ones a
 * network; and the others a network that lies within the range.
 */
function letsThrough({ host }: Rule, range: ReturnType<typeof rangeOf>): boolean {
  if (range.name === 'public') return true;
  if (host.kind !== 'network') return false;
  if (range.name === 'private') return true;
  return range.networks.some(
    (network) => isV4(network.ip) === isV4(host.network.ip) && within(host.network, network),
  );
}
