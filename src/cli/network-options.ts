/** The options about the network: what is let through, and what names are asked of. */

import { resolve } from 'node:path';
import { DNS_PORT } from '../net/dns/resolv-conf.js';
import type { Endpoint } from '../net/inet/address.js';
import { parseIp } from '../net/policy/cidr.js';
import { parseRule, type Rule, RuleError } from '../net/policy/rule.js';
import { readRules } from '../net/policy/rules-file.js';
import type { SandboxSpec } from '../sentry/spec.js';
import * as parse from './options.js';
import { UsageError } from './usage-error.js';

/** A value of an option whose place among those of other options counts. */
export interface Placed {
  readonly text: string;
  readonly place: number;
}

export interface NetworkOptions {
  network: string;
  networkNamespace?: string;
  publish?: string[];
  allow?: Placed[];
  deny?: Placed[];
  networkRules?: Placed[];
  dns?: string[];
  networkLog?: string;
}

const FILTERED_ONLY = ['allow', 'deny', 'networkRules', 'dns', 'networkLog'] as const;

let place = 0;

/** Collects the values of an option that may be repeated, with their places. */
export function appendPlaced(text: string, previous: Placed[] = []): Placed[] {
  return [...previous, { text, place: place++ }];
}

/** Runs `parse`; what it finds wrong with a rule is a mistake of the command line. */
function rulesOf(option: string, shown: string, parseIt: () => Rule[]): Rule[] {
  try {
    return parseIt();
  } catch (error) {
    if (error instanceof RuleError) throw new UsageError(option, `'${shown}': ${error.message}`);
    throw error;
  }
}

/** All rules, in the order of the command line. */
function allRules(options: NetworkOptions): Rule[] {
  const groups: { place: number; rules: Rule[] }[] = [];
  for (const action of ['allow', 'deny'] as const) {
    for (const { text, place } of options[action] ?? []) {
      groups.push({ place, rules: rulesOf(`--${action}`, text, () => [parseRule(action, text)]) });
    }
  }
  for (const { text, place } of options.networkRules ?? []) {
    groups.push({ place, rules: rulesOf('--network-rules', text, () => readRules(text)) });
  }
  return groups.sort((a, b) => a.place - b.place).flatMap(({ rules }) => rules);
}

/** `ADDRESS`, `ADDRESS:PORT` or `[ADDRESS]:PORT`. */
export function parseServer(text: string): Endpoint {
  const match = /^\[([^\]]*)\](?::(\d{1,5}))?$/.exec(text) ?? /^([^:]*)(?::(\d{1,5}))?$/.exec(text);
  const ip = parseIp(match?.[1] ?? text);
  const port = match?.[2] === undefined ? DNS_PORT : Number(match[2]);
  if (ip === undefined || port < 1 || port > 65535) {
    throw new UsageError('--dns', `'${text}': expected ADDRESS[:PORT], IPv6 with a port as [ADDRESS]:PORT`);
  }
  return { ip, port };
}

/** What the options say. Throws UsageError for the first that is not right. */
export function networkSpec(
  options: NetworkOptions,
): Pick<SandboxSpec, 'network' | 'networkNamespace' | 'publish' | 'filter'> {
  const network = parse.parseNetwork(options.network);
  const publish = (options.publish ?? []).map(parse.parsePublish);
  if (network === 'host' && publish.length > 0) {
    throw new UsageError('--publish', "with --network host the ports of the sandbox are the host's already");
  }
  const stray =
    network === 'filtered' ? undefined : FILTERED_ONLY.find((name) => options[name] !== undefined);
  if (stray !== undefined) {
    const option = stray.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    throw new UsageError(`--${option}`, 'only with --network filtered');
  }
  const { networkNamespace, networkLog } = options;
  return {
    network,
    publish,
    ...(networkNamespace === undefined
      ? {}
      : { networkNamespace: parse.parseNetworkNamespace(networkNamespace) }),
    ...(network !== 'filtered'
      ? {}
      : {
          filter: {
            rules: allRules(options),
            servers: (options.dns ?? []).map(parseServer),
            ...(networkLog === undefined ? {} : { log: resolve(networkLog) }),
          },
        }),
  };
}
