/** Which checks of a case a target passes, from what the case did natively and there. */
import { SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP } from '../src/abi/signal.js';
import type { BoundedResult } from './bounded.js';
import type { CaseFile } from './case-file.js';
import { difference } from './difference.js';
import type { CaseResult, CheckResult, CoveredCall, Outcome } from './model.js';
import { repeatedTitles, type Section, splitOutput } from './sections.js';
import { unknownCalls } from './select.js';

/** A run as it is judged. */
export type Run = Pick<BoundedResult, 'status' | 'stdout' | 'stderr' | 'timedOut' | 'tooMuch'>;

/** What the checks say of a case. */
export type Verdict = Pick<CaseResult, 'outcome' | 'detail' | 'checks'>;

/** The worst first. */
const SEVERITY: readonly Outcome[] = ['crash', 'timeout', 'fail', 'broken', 'not-reached', 'skip', 'pass'];

/** Exit statuses of case.h: it could not print, or something that must work did not. */
const CASE_BROKEN = [98, 99];

/** Exit statuses of a program that a fault or abort(3) ended: a case that does so natively has a mistake. */
const CRASHES = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV].map((signal) => 128 + signal);

/** The worst of several outcomes; `pass` of none. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  return SEVERITY.find((outcome) => outcomes.includes(outcome)) ?? 'pass';
}

/** How a run ended, if it is not as the native one did. */
function endDifference(native: Run, other: Run): { outcome: Outcome; detail: string } | undefined {
  if (other.timedOut) return { outcome: 'timeout', detail: 'did not end in time and was killed' };
  if (other.tooMuch) return { outcome: 'crash', detail: 'wrote without end and was killed' };
  if (other.status === native.status) return undefined;
  const detail = `exit status ${other.status} instead of ${native.status}`;
  const signalled = other.status > 128 && other.status <= 128 + 64;
  return signalled
    ? { outcome: 'crash', detail: `${detail}: signal ${other.status - 128}` }
    : { outcome: 'fail', detail };
}

/** Why the native run is no measure for others; empty if it is. */
export function nativeDefect(native: Run): string {
  const words = `${native.stdout}${native.stderr}`.trim().split('\n').slice(-5).join('\n');
  if (native.timedOut) return `the native run did not end in time:\n${words}`;
  if (native.tooMuch) return 'the native run wrote without end';
  if (CASE_BROKEN.includes(native.status)) return `the native run ended with ${native.status}:\n${words}`;
  if (CRASHES.includes(native.status))
    return `the native run crashed: signal ${native.status - 128}:\n${words}`;
  const { sections } = splitOutput(native.stdout);
  const unknown = unknownCalls(sections.flatMap(({ calls }) => calls.map(({ name }) => name)));
  if (unknown.length > 0) return `CHECK names what is no system call: ${unknown.join(' ')}`;
  const repeated = repeatedTitles(sections);
  return repeated.length === 0 ? '' : `titles of checks are not unique: ${repeated.join('; ')}`;
}

/** The calls of a case without checks. */
function coveredCalls(entry: Pick<CaseFile, 'covers'>): CoveredCall[] {
  return entry.covers.map((name) => ({ name, detail: '' }));
}

/** One section against the target's of the same header. */
function judgeSection(section: Section, other: Section | undefined): CheckResult {
  const { title, calls } = section;
  if (other === undefined) return { title, calls, outcome: 'not-reached', detail: '' };
  if (other.text === section.text) return { title, calls, outcome: 'pass', detail: '' };
  return { title, calls, outcome: 'fail', detail: difference(section.text, other.text) };
}

/** Lines that are not empty, one below the other. */
function lines(...parts: string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

/** The case is one check: everything that differs is held against the calls that it covers. */
function judgeWhole(entry: Pick<CaseFile, 'name' | 'covers'>, native: Run, other: Run): Verdict {
  const end = endDifference(native, other);
  const detail = lines(
    end?.detail ?? '',
    difference(native.stdout, other.stdout),
    label('standard error', difference(native.stderr, other.stderr)),
  );
  const outcome = end?.outcome ?? (detail === '' ? 'pass' : 'fail');
  return {
    outcome,
    detail: '',
    checks: [{ title: entry.name, calls: coveredCalls(entry), outcome, detail }],
  };
}

function label(name: string, text: string): string {
  return text === '' ? '' : `${name}:\n${text}`;
}

/**
 * Judge a run by the native one, check by check.
 *
 * A check passes if its section is the same. One whose section never began is `not-reached`. The section that was the
 * last to begin answers for a crash or a time-out, and, if all sections that began are the same, for another exit status
 * or standard error. What stands before the first check counts for the case alone.
 */
export function judge(entry: Pick<CaseFile, 'name' | 'covers'>, native: Run, other: Run): Verdict {
  const defect = nativeDefect(native);
  const expected = splitOutput(native.stdout);
  if (defect !== '') return brokenVerdict(entry, defect, expected.sections);
  if (expected.sections.length === 0) return judgeWhole(entry, native, other);
  const seen = splitOutput(other.stdout);
  const byHeader = new Map(seen.sections.toReversed().map((section) => [section.header, section]));
  const checks = expected.sections.map((section) => judgeSection(section, byHeader.get(section.header)));

  const before = difference(expected.before, seen.before);
  const headers = new Set(expected.sections.map((section) => section.header));
  const extra = seen.sections.filter((section) => !headers.has(section.header)).map(({ title }) => title);
  const end = endDifference(native, other);
  const stderr = label('standard error', difference(native.stderr, other.stderr));
  const own = lines(
    before,
    extra.length === 0 ? '' : `printed checks that are not there natively: ${extra.join('; ')}`,
  );

  const last = checks.find((check) => check.title === seen.sections.at(-1)?.title);
  const allSame = checks.every((check) => ['pass', 'not-reached'].includes(check.outcome));
  const abrupt = end !== undefined && end.outcome !== 'fail';
  const ending = lines(end?.detail ?? '', stderr);
  if (last !== undefined && (abrupt || (allSame && ending !== ''))) {
    last.outcome = end?.outcome ?? 'fail';
    last.detail = lines(ending, last.detail);
    return {
      outcome: worst([...checks.map((check) => check.outcome), own === '' ? 'pass' : 'fail']),
      detail: own,
      checks,
    };
  }
  const detail = lines(own, ending);
  const outcomes = [
    ...checks.map((check) => check.outcome),
    end?.outcome ?? (detail === '' ? 'pass' : 'fail'),
  ];
  return { outcome: worst(outcomes), detail, checks };
}

/** A case that cannot be judged: it does not work natively, or does not compile. */
export function brokenVerdict(
  entry: Pick<CaseFile, 'name' | 'covers'>,
  detail: string,
  sections: readonly Section[] = [],
): Verdict {
  const checks: CheckResult[] =
    sections.length === 0
      ? [{ title: entry.name, calls: coveredCalls(entry), outcome: 'broken', detail: '' }]
      : sections.map(({ title, calls }) => ({ title, calls, outcome: 'broken', detail: '' }));
  return { outcome: 'broken', detail, checks };
}
