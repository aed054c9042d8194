/** Failures that look alike, the largest groups first: where to begin. */

import type { Outcome, TargetRun } from '../model.js';
import { checksOf, isFailure } from './matrix.js';
import { firstLine, visible } from './text.js';

export interface FailureGroup {
  outcome: Outcome;
  /** What its members say, with names, numbers and places left out. */
  signature: string;
  /** The call that most of them are about, or an empty string. */
  call: string;
  checks: number;
  /** Names of the cases, by name. */
  cases: string[];
  /** True when every one of them is in a case that is listed as a known gap. */
  expected: boolean;
  /** The words of the first of them. */
  example: string;
}

/** Lines that tell more than others, in a test's own words and in a difference. */
const TELLING = [
  /\b(?:TBROK|TFAIL)\b/,
  /^\s*Failure\b|: Failure$/,
  /^\+ /,
  /^- /,
  /\b(?:failed|error|unexpected|expected)\b/i,
];

/** Characters of a check's words that are looked at: there may be megabytes. */
const LOOKED_AT = 20_000;

/** The line of a check's words that says best what is wrong; a difference's first changed line, a test's first failure. */
export function tellingLine(detail: string): string {
  const lines = detail.slice(0, LOOKED_AT).split('\n');
  for (const pattern of TELLING) {
    const found = lines.find((line) => pattern.test(line));
    if (found !== undefined) {
      return firstLine(found);
    }
  }
  return firstLine(detail);
}

/**
 * A line without what differs between failures of one kind: colours, the source's line, quoted names, paths, addresses
 * and numbers. Names of errors stay.
 */
export function signatureOf(line: string): string {
  return visible(
    line
      .slice(0, 1000)
      .replace(/\x1b\[[0-9;]*m/g, '')
      .replace(/^\s*[+-] /, '')
      .replace(/^\S+\.(?:c|cc|cpp|h):\d+:\s*/, '')
      .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '"…"')
      .replace(/(?<![\w)])(?:\/[\w.@+-]+)+/g, '/…')
      .replace(/\b0x[0-9a-f]+\b/gi, 'X')
      .replace(/(?<![A-Za-z_…])-?\d+(?:\.\d+)?/g, 'N')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

function mostFrequent(words: Map<string, number>): string {
  return Array.from(words).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? '';
}

interface Draft extends Omit<FailureGroup, 'call' | 'cases'> {
  calls: Map<string, number>;
  names: Set<string>;
}

function newDraft(outcome: Outcome, signature: string, example: string): Draft {
  return { outcome, signature, checks: 0, expected: true, example, calls: new Map(), names: new Set() };
}

/** Failures that name ENOSYS belong together by call, whatever else they say. */
function signatureFor(line: string, calls: string[]): string {
  const call = calls[0];
  return call !== undefined && /\bENOSYS\b/.test(line) ? `ENOSYS: ${call}` : signatureOf(line);
}

/**
 * Group the failures of a target by outcome and by what they say.
 *
 * @returns most checks first; equal ones by signature
 */
export function groupFailures(target: TargetRun): FailureGroup[] {
  const drafts = new Map<string, Draft>();
  for (const result of target.cases) {
    for (const check of checksOf(result).filter(({ outcome }) => isFailure(outcome))) {
      const line = tellingLine(check.detail);
      const calls = check.calls.map((call) => call.name);
      const signature = signatureFor(line, calls);
      const key = JSON.stringify([check.outcome, signature]);
      const draft = drafts.get(key) ?? newDraft(check.outcome, signature, line);
      drafts.set(key, draft);
      draft.checks++;
      draft.names.add(result.name);
      draft.expected &&= result.expected === 'fail';
      for (const call of calls) {
        draft.calls.set(call, (draft.calls.get(call) ?? 0) + 1);
      }
    }
  }
  return Array.from(drafts.values(), ({ calls, names, ...group }) => ({
    ...group,
    call: mostFrequent(calls),
    cases: Array.from(names).sort(),
  })).sort((a, b) => b.checks - a.checks || (a.signature < b.signature ? -1 : 1));
}

const NAMES_SHOWN = 6;
const NAME_COLUMNS = 60;

/** Lines of plain text for people: the groups with their counts and some of their cases. */
export function formatGroups(groups: readonly FailureGroup[], limit = 20): string[] {
  return groups.slice(0, limit).map((group) => {
    const names = group.cases
      .slice(0, NAMES_SHOWN)
      .map((name) => firstLine(name, NAME_COLUMNS))
      .join(' ');
    const more = group.cases.length > NAMES_SHOWN ? ` and ${group.cases.length - NAMES_SHOWN} more` : '';
    const call = group.call === '' ? '' : ` [${firstLine(group.call, NAME_COLUMNS)}]`;
    const known = group.expected ? ', known' : '';
    return `${String(group.checks).padStart(5)}  ${group.outcome}${known}${call} ${group.signature}: ${names}${more}`;
  });
}
