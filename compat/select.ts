/** Which cases of the suite are run, and whether what they say of themselves is right. */
import { readFileSync } from 'node:fs';
import { SYS } from '../src/arch/x86-64-syscalls.js';
import type { CaseFile } from './case-file.js';
import { parseCalls } from './sections.js';

/** A case is selected if it fits every list that is not empty. */
export interface Selection {
  /** Names, or parts of names where no case has the whole name. */
  names: readonly string[];
  families: readonly string[];
  tags: readonly string[];
  /** System calls that a check is about. */
  calls: readonly string[];
}

/** The first arguments and titles of the CHECKs in a case's source, as far as they are literals. */
export function sourceChecks(source: string): { calls: string; title: string }[] {
  const literal = '"((?:[^"\\\\]|\\\\.)*)"';
  const pattern = new RegExp(`\\bCHECK\\(\\s*${literal}\\s*,\\s*${literal}\\s*\\)`, 'g');
  return Array.from(source.matchAll(pattern), (match) => ({ calls: match[1] ?? '', title: match[2] ?? '' }));
}

/** The names of all calls that a case is about. */
export function callsOf(entry: CaseFile): string[] {
  const checks = sourceChecks(readFileSync(entry.source, 'utf8'));
  const names = checks.flatMap(({ calls }) => (parseCalls(calls) ?? []).map(({ name }) => name));
  return Array.from(new Set(checks.length > 0 ? names : entry.covers)).sort();
}

/**
 * The cases that fit.
 *
 * @throws Error if a name, family, tag or call fits no case at all, which is a slip of the pen
 */
export function selectCases(cases: readonly CaseFile[], selection: Selection): CaseFile[] {
  const fits = (name: string, entry: CaseFile): boolean =>
    cases.some((other) => other.name === name) ? entry.name === name : entry.name.includes(name);
  const filters: [
    what: string,
    wanted: readonly string[],
    has: (entry: CaseFile, value: string) => boolean,
  ][] = [
    ['case', selection.names, (entry, value) => fits(value, entry)],
    ['family', selection.families, (entry, value) => entry.family === value],
    ['tag', selection.tags, (entry, value) => entry.tags.includes(value)],
    ['call', selection.calls, (entry, value) => callsOf(entry).includes(value)],
  ];
  for (const [what, wanted, has] of filters) {
    const unknown = wanted.find((value) => !cases.some((entry) => has(entry, value)));
    if (unknown !== undefined) throw new Error(`${what} '${unknown}': no case has it (see --list)`);
  }
  return cases.filter((entry) =>
    filters.every(([, wanted, has]) => wanted.length === 0 || wanted.some((value) => has(entry, value))),
  );
}

/** What is wrong with the names of calls and the titles of a case, one line each. */
export function caseDefects(entry: CaseFile): string[] {
  const checks = sourceChecks(readFileSync(entry.source, 'utf8'));
  const where = `${entry.family}/${entry.name}`;
  const unknown = (names: readonly string[]): string[] =>
    names.filter((name) => !Object.hasOwn(SYS, name)).map((name) => `${where}: '${name}' is no system call`);
  const titles = checks.map(({ title }) => title);
  return [
    ...(checks.length === 0 && entry.covers.length === 0
      ? [`${where}: neither covers nor CHECK names a call`]
      : []),
    ...unknown(entry.covers),
    ...checks.flatMap(({ calls }) => {
      const parsed = parseCalls(calls);
      return parsed === undefined
        ? [`${where}: CHECK("${calls}", ...) does not name calls`]
        : unknown(parsed.map(({ name }) => name));
    }),
    ...titles
      .filter((title, index) => titles.indexOf(title) !== index)
      .map((title) => `${where}: two checks are called '${title}'`),
  ];
}
