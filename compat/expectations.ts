/**
 * What is known to fail under a target: `compat/expected/TARGET.json` maps a case, or `case/title of a check`, to the
 * reason. Everything else is expected to pass.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CaseResult, CheckResult, TargetRun } from './model.js';

/** From a case or `case/title` to a reason. */
export type Expectations = ReadonlyMap<string, string>;

/** The file of a target, which need not exist. */
export function expectationsFile(directory: string, target: string): string {
  return join(directory, `${target.replaceAll(':', '-')}.json`);
}

/**
 * Check the contents of such a file.
 *
 * @param file its name, for the message
 * @throws Error in one line that says what is wrong with it
 */
export function parseExpectations(text: string, file: string): Expectations {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${file}: expected an object from "case" or "case/check" to the reason of its failure`);
  }
  for (const [name, reason] of Object.entries(value)) {
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new Error(`${file}: '${name}': expected the reason, a text that is not empty`);
    }
  }
  return new Map(Object.entries(value));
}

/** Read a target's expectations; none if it has no file. */
export function readExpectations(directory: string, target: string): Expectations {
  const file = expectationsFile(directory, target);
  return existsSync(file) ? parseExpectations(readFileSync(file, 'utf8'), file) : new Map();
}

/** A check that counts as a failure when it is not expected. */
function hasFailed(check: Pick<CheckResult, 'outcome'>): boolean {
  return !['pass', 'skip'].includes(check.outcome);
}

/** The file's key of a check. */
export function checkKey(name: string, title: string): string {
  return `${name}/${title}`;
}

/**
 * What the expectations say of a result. A case is expected to fail if it is listed, or if checks of it are listed and
 * nothing else fails. A check that was not reached is excused by a listed one that failed.
 */
export function expectation(
  expectations: Expectations,
  { name, checks, detail }: Pick<CaseResult, 'name' | 'checks' | 'detail'>,
): Pick<CaseResult, 'expected' | 'reason'> {
  const whole = expectations.get(name);
  if (whole !== undefined) return { expected: 'fail', reason: whole };
  const reasonOf = (check: CheckResult): string | undefined => expectations.get(checkKey(name, check.title));
  const listed = checks.filter((check) => reasonOf(check) !== undefined);
  const excused = listed.some(hasFailed);
  const others = checks.filter(
    (check) =>
      hasFailed(check) && reasonOf(check) === undefined && !(excused && check.outcome === 'not-reached'),
  );
  if (listed.length === 0 || others.length > 0 || (detail !== '' && !excused))
    return { expected: 'pass', reason: '' };
  const reasons = listed
    .filter((check) => !excused || hasFailed(check))
    .map((check) => reasonOf(check) ?? '');
  return { expected: 'fail', reason: Array.from(new Set(reasons)).join('; ') };
}

/** The listed keys of the cases of a run that did not fail, or name a check that is not there: the file can lose them. */
export function improvements(expectations: Expectations, results: readonly CaseResult[]): string[] {
  return results.flatMap(({ name, outcome, checks }) => {
    const failed = new Set(
      checks.filter((check) => check.outcome !== 'pass').map(({ title }) => checkKey(name, title)),
    );
    const listed = Array.from(expectations.keys()).filter((key) => key.startsWith(`${name}/`));
    return [
      ...(expectations.has(name) && outcome === 'pass' ? [name] : []),
      ...(outcome === 'broken' ? [] : listed.filter((key) => !failed.has(key))),
    ];
  });
}

/** The results that ought to pass and do not. */
export function regressions(results: readonly CaseResult[]): CaseResult[] {
  return results.filter((result) => hasFailed(result) && result.expected === 'pass');
}

/** One line about a failure, for a reason that nobody has written yet. */
function shortReason({ outcome, detail }: Pick<CheckResult, 'outcome' | 'detail'>): string {
  const lines = detail.split('\n');
  const first = (sign: string): string => lines.find((line) => line.startsWith(`${sign} `))?.slice(2) ?? '';
  const [wanted, seen] = [first('-'), first('+')];
  const change =
    seen === '' ? `lacks ${wanted}` : wanted === '' ? `adds ${seen}` : `${seen}; natively ${wanted}`;
  const words = seen === '' && wanted === '' ? (lines[0] ?? '') : change;
  return words === '' ? outcome : `${outcome}: ${words}`.slice(0, 200);
}

/** The keys and reasons of one failed case; reasons that are known stay. */
function failures(known: Expectations, result: CaseResult): [string, string][] {
  const { name, checks, detail } = result;
  const failed = checks.filter((check) => hasFailed(check) && check.outcome !== 'not-reached');
  const single = checks.length === 1 && checks[0]?.title === name;
  if (known.has(name) || single || failed.length === 0) {
    const reason = shortReason(failed[0] ?? { outcome: result.outcome, detail });
    return [[name, known.get(name) ?? reason]];
  }
  return failed.map((check) => {
    const key = checkKey(name, check.title);
    return [key, known.get(key) ?? shortReason(check)];
  });
}

/**
 * Expectations that fit a run: what fails is listed, what passes is not, what was not run stays.
 *
 * @param names all cases that there are; entries of others are dropped
 */
export function updateExpectations(
  known: Expectations,
  run: Pick<TargetRun, 'cases'>,
  names: ReadonlySet<string>,
): Expectations {
  const ran = new Set(run.cases.map((result) => result.name));
  // A case of another suite may have a slash in its name.
  const caseOf = (key: string): string => (names.has(key) || ran.has(key) ? key : (key.split('/')[0] ?? ''));
  const kept = Array.from(known).filter(([key]) => names.has(caseOf(key)) && !ran.has(caseOf(key)));
  const now = run.cases.filter(hasFailed).flatMap((result) => failures(known, result));
  return new Map([...kept, ...now].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Write a target's file. */
export function writeExpectations(directory: string, target: string, expectations: Expectations): void {
  const text = `${JSON.stringify(Object.fromEntries(expectations), null, 2)}\n`;
  mkdirSync(directory, { recursive: true });
  writeFileSync(expectationsFile(directory, target), text);
}
