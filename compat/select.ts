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

/** The CHECKs in a case's source: their arguments as far as they are literals, else undefined. */
export function sourceChecks(source: string): { calls: string | undefined; title: string | undefined }[] {
  const argument = '(?:"((?:[^"\\\\]|\\\\.)*)"|[^,()]+?|[^,()]*\\([^()]*\\)[^,()]*?)';
  const pattern = new RegExp(`\\bCHECK\\(\\s*${argument}\\s*,\\s*${argument}\\s*\\)`, 'g');
  return Array.from(source.matchAll(pattern), (match) => ({ calls: match[1], title: match[2] }));
}

/** The names of all calls that a case is about, as far as its source says them as they are. */
export function callsOf(entry: CaseFile): string[] {
  const checks = sourceChecks(readFileSync(entry.source, 'utf8'));
  const names = checks.flatMap(({ calls }) => (parseCalls(calls ?? '') ?? []).map(({ name }) => name));
  const literal = checks.length > 0 && checks.every(({ calls }) => calls !== undefined);
  return Array.from(new Set(literal ? names : [...names, ...entry.covers])).sort();
}

/**
 * The cases that fit.
 *
 * @throws Error if a name, family, tag or call fits no case at all, which is a slip of the pen, or no case fits them all
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
  const selected = cases.filter((entry) =>
    filters.every(([, wanted, has]) => wanted.length === 0 || wanted.some((value) => has(entry, value))),
  );
  // Nothing that runs is nothing that fails: it would look like success.
  if (selected.length === 0) throw new Error('no case fits all of what was asked for (see --list)');
  return selected;
}

/** Those that are no system calls of x86-64. */
export function unknownCalls(names: readonly string[]): string[] {
  return names.filter((name) => !Object.hasOwn(SYS, name));
}

/** What is wrong with the names of calls and the titles of a case, one line each. */
export function caseDefects(entry: CaseFile): string[] {
  const checks = sourceChecks(readFileSync(entry.source, 'utf8'));
  const texts = checks.flatMap(({ calls }) => (calls === undefined ? [] : [calls]));
  const names = texts.flatMap((text) => parseCalls(text) ?? []).map(({ name }) => name);
  const titles = checks.flatMap(({ title }) => (title === undefined ? [] : [title]));
  const repeated = titles.filter((title, index) => titles.indexOf(title) !== index);
  return [
    ...(entry.covers.length > 0 || (checks.length > 0 && texts.length === checks.length)
      ? []
      : ['calls that no CHECK names as they are must stand in covers']),
    ...unknownCalls([...entry.covers, ...names]).map((name) => `'${name}' is no system call`),
    ...texts
      .filter((text) => parseCalls(text) === undefined)
      .map((text) => `CHECK("${text}", ...) does not name calls`),
    ...repeated.map((title) => `two checks are called '${title}'`),
  ].map((defect) => `${entry.family}/${entry.name}: ${defect}`);
}

/** What is wrong with the keys of a file of expectations: those whose case does not exist. */
export function keyDefects(keys: Iterable<string>, cases: readonly CaseFile[]): string[] {
  const names = new Set(cases.map(({ name }) => name));
  return Array.from(keys)
    .filter((key) => !names.has(key.split('/')[0] ?? ''))
    .map((key) => `'${key}': no such case`);
}
