/** Failures with the same words, put together: where many cases fail for one reason, there is something to mend. */
import type { CaseResult, Outcome } from '../model.js';

export interface FailureGroup {
  outcome: Outcome;
  /** What they say, with numbers, paths and addresses left open. */
  words: string;
  /** Names of the cases, in the order of the run. */
  cases: string[];
}

/** The first line that says something, without what differs from test to test. */
function commonWords(detail: string): string {
  const line = detail.split('\n').find((text) => text.trim() !== '') ?? '';
  return line
    .replaceAll(/0x[0-9a-fA-F]+/g, 'N')
    .replaceAll(/(?<![\w)])\/[\w./@+-]+/g, 'PATH')
    .replaceAll(/LTP_\w+/g, 'PATH')
    .replaceAll(/(?<![A-Za-z_])-?\d+/g, 'N')
    .slice(0, 160);
}

/**
 * Group what has neither passed nor been skipped.
 *
 * @returns the groups, largest first
 */
export function groupFailures(results: readonly CaseResult[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  for (const { name, outcome, detail } of results) {
    if (outcome === 'pass' || outcome === 'skip') continue;
    const words = commonWords(detail);
    const key = `${outcome}\0${words}`;
    const group = groups.get(key) ?? { outcome, words, cases: [] };
    group.cases.push(name);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.cases.length - a.cases.length);
}
