/** A case's output, split into checks at the lines that CHECK of case.h prints: `@@ CALLS: TITLE`. */
import type { CoveredCall } from './model.js';

export interface Section {
  /** The whole line. */
  header: string;
  title: string;
  calls: CoveredCall[];
  /** What follows, up to the next header or the end. */
  text: string;
}

export interface SplitOutput {
  /** What stands before the first check. */
  before: string;
  sections: Section[];
}

/**
 * Parse the first argument of CHECK: names separated by blanks, each with what is tried of it in parentheses if there is
 * something to say.
 *
 * @returns undefined if it is not of that form
 */
export function parseCalls(text: string): CoveredCall[] | undefined {
  const calls: CoveredCall[] = [];
  const word = /\s*([a-z_][a-z0-9_]*)(?:\(([^()]*)\))?(?=\s|$)/y;
  while (word.lastIndex < text.trimEnd().length) {
    const match = word.exec(text);
    if (match === null) return undefined;
    calls.push({ name: match[1] ?? '', detail: match[2] ?? '' });
  }
  return calls.length === 0 ? undefined : calls;
}

/** The calls and the title of a header line, or undefined if the line is none. */
export function parseHeader(line: string): Pick<Section, 'title' | 'calls'> | undefined {
  const match = /^@@ ((?:[^:()]|\([^()]*\))+): (.*\S)\s*$/.exec(line);
  const calls = match === null ? undefined : parseCalls(match[1] ?? '');
  return calls === undefined ? undefined : { calls, title: match?.[2] ?? '' };
}

/** Split what a case has written to its standard output. */
export function splitOutput(output: string): SplitOutput {
  const result: SplitOutput = { before: '', sections: [] };
  for (const line of output.split(/(?<=\n)/)) {
    const header = line.startsWith('@@ ') ? parseHeader(line.trimEnd()) : undefined;
    if (header !== undefined) {
      result.sections.push({ header: line.trimEnd(), ...header, text: '' });
      continue;
    }
    const last = result.sections.at(-1);
    if (last === undefined) result.before += line;
    else last.text += line;
  }
  return result;
}

/** The titles that occur more than once, which CHECK forbids. */
export function repeatedTitles(sections: readonly Section[]): string[] {
  const titles = sections.map((section) => section.title);
  return Array.from(new Set(titles.filter((title, index) => titles.indexOf(title) !== index)));
}
