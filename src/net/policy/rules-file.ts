/** --network-rules: rules in a JSON file (docs/network.md). */

import { readFileSync } from 'node:fs';
import { type Action, makeRule, PROTOCOLS, parseHost, parsePortRange, type Rule, RuleError } from './rule.js';

const MAX_RULES = 10_000;
const FILE_FIELDS = ['rules'];
const RULE_FIELDS = ['action', 'direction', 'protocol', 'host', 'ports', 'comment'];

type Fields = Readonly<Record<string, unknown>>;

/** An object that has no other fields than these. Throws RuleError. */
function objectAt(where: string, value: unknown, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RuleError(`${where}: expected an object`);
  }
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    throw new RuleError(`${where}: unknown field ${JSON.stringify(stranger)}: expected ${known.join(', ')}`);
  }
  return value as Fields;
}

function choiceAt<T extends string>(where: string, value: unknown, choices: readonly T[], missing?: T): T {
  if (value === undefined && missing !== undefined) return missing;
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    const found = value === undefined ? 'missing' : JSON.stringify(value);
    throw new RuleError(`${where}: ${found}: expected ${choices.map((c) => `"${c}"`).join(' or ')}`);
  }
  return choice;
}

/** Runs `parse`; what it finds wrong is wrong with `where`. */
function at<T>(where: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RuleError) throw new RuleError(`${where}: ${error.message}`);
    throw error;
  }
}

function portsAt(where: string, value: unknown): Rule['ports'] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0) {
    throw new RuleError(`${where}: expected a list of ports, each a number or "FIRST-LAST"`);
  }
  return value.map((port: unknown, i) => {
    const place = `${where}[${i}]`;
    if (typeof port !== 'number' && typeof port !== 'string') {
      throw new RuleError(`${place}: ${JSON.stringify(port)}: expected a number or "FIRST-LAST"`);
    }
    return at(place, () => parsePortRange(String(port)));
  });
}

function ruleAt(where: string, value: unknown): Rule {
  const fields = objectAt(where, value, RULE_FIELDS);
  const { host, comment } = fields;
  if (typeof host !== 'string') {
    throw new RuleError(
      `${where}.host: ${host === undefined ? 'missing' : JSON.stringify(host)}: expected a string`,
    );
  }
  if (comment !== undefined && typeof comment !== 'string')
    throw new RuleError(`${where}.comment: expected a string`);
  const parts = {
    action: choiceAt<Action>(`${where}.action`, fields['action'], ['allow', 'deny']),
    direction: choiceAt(`${where}.direction`, fields['direction'], ['out', 'in'], 'out'),
    protocol: choiceAt(`${where}.protocol`, fields['protocol'], PROTOCOLS, 'any'),
    host: at(`${where}.host`, () => parseHost(host)),
    ports: portsAt(`${where}.ports`, fields['ports']),
  };
  return at(where, () => makeRule(parts));
}

/**
 * Parses `{"rules": [{"action": "allow", "direction": "out", "protocol": "tcp", "host": "*.example.org", "ports": [443,
 * "8000-8100"], "comment": "..."}]}`; only `action` and `host` are required.
 * Throws RuleError, which names the field at fault.
 */
export function parseRules(text: string): Rule[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new RuleError(`not JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
  const { rules } = objectAt('the file', document, FILE_FIELDS);
  if (!Array.isArray(rules)) throw new RuleError('rules: expected a list');
  if (rules.length > MAX_RULES) throw new RuleError(`rules: more than ${MAX_RULES}`);
  return rules.map((rule: unknown, i) => ruleAt(`rules[${i}]`, rule));
}

/** Reads such a file. Throws RuleError, also when it cannot be read. */
export function readRules(path: string): Rule[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new RuleError(code === 'ENOENT' ? 'no such file or directory' : message);
  }
  return parseRules(text);
}
