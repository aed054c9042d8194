/**
 * A run as JUnit XML, for what shows test results in continuous integration. There is no one standard: this is what
 * Jenkins, GitLab, GitHub actions and Azure read alike, one level of suites with counts, times in seconds.
 */

import { create } from 'xmlbuilder2';
import type { CaseResult, CheckResult, CompatRun, TargetRun } from '../model.js';
import { tellingLine } from './groups.js';
import { checksOf, isFailure } from './matrix.js';
import { cut, firstLine, type TextLimits } from './text.js';

type Element = ReturnType<typeof create>;

/** A check's words: a CI server shows them in full. */
const LIMITS: TextLimits = { columns: 1000, lines: 500 };

interface Entry {
  result: CaseResult;
  check: CheckResult;
}

interface Counts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
  milliseconds: number;
}

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

/** `failure`: the check's own finding. `error`: it did not come to an end. Known gaps and what was not reached are skipped. */
function kindOf({ result, check }: Entry): 'pass' | 'failure' | 'error' | 'skipped' {
  if (check.outcome === 'pass') {
    return 'pass';
  }
  if (!isFailure(check.outcome) || result.expected === 'fail') {
    return 'skipped';
  }
  return check.outcome === 'fail' ? 'failure' : 'error';
}

function skipReason({ result, check }: Entry): string {
  if (isFailure(check.outcome)) {
    return `known gap: ${result.reason}`;
  }
  return check.outcome === 'not-reached'
    ? 'not reached: the case ended before'
    : `skipped: ${firstLine(check.detail)}`;
}

/** Servers make a tree of it, with a branch at each dot. */
function className(parts: string[]): string {
  return parts.map((part) => firstLine(part).replaceAll('.', '_')).join('.');
}

function addCase(suite: Element, target: TargetRun, entry: Entry): void {
  const { result, check } = entry;
  const element = suite.ele('testcase', {
    classname: className([target.target.name, result.family, result.name]),
    name: firstLine(check.title),
    // A check has no time of its own: an equal share of its case's, so that sums are right.
    time: seconds(result.milliseconds / checksOf(result).length),
  });
  const kind = kindOf(entry);
  if (kind === 'skipped') {
    element.ele('skipped', { message: firstLine(skipReason(entry), 300) });
  } else if (kind !== 'pass') {
    const message = tellingLine(check.detail) || check.outcome;
    element.ele(kind, { type: check.outcome, message }).txt(cut(check.detail, LIMITS));
  } else if (result.expected === 'fail' && result.outcome === 'pass') {
    element.ele('system-out').txt('listed as a known gap, but passes');
  }
}

function countEntries(entries: readonly Entry[]): Counts {
  const kinds = entries.map(kindOf);
  const number = (kind: string): number => kinds.filter((other) => other === kind).length;
  const cases = new Set(entries.map(({ result }) => result));
  return {
    tests: entries.length,
    failures: number('failure'),
    errors: number('error'),
    skipped: number('skipped'),
    milliseconds: Array.from(cases).reduce((sum, result) => sum + result.milliseconds, 0),
  };
}

function attributes({ milliseconds, ...counts }: Counts): Record<string, string> {
  const words = Object.entries(counts).map(([name, value]): [string, string] => [name, String(value)]);
  return { ...Object.fromEntries(words), time: seconds(milliseconds) };
}

function addProperties(suite: Element, run: CompatRun, { target }: TargetRun): void {
  const { machine } = run;
  const properties = suite.ele('properties');
  const values = {
    target: target.name,
    version: target.version,
    command: target.command,
    kernel: machine.kernel,
    cpu: machine.cpu,
  };
  for (const [name, value] of Object.entries(values)) {
    properties.ele('property', { name, value: firstLine(value, 400) });
  }
}

function addSuite(
  root: Element,
  run: CompatRun,
  target: TargetRun,
  family: string,
  entries: Entry[],
): Counts {
  const counts = countEntries(entries);
  const suite = root.ele('testsuite', {
    name: firstLine(`${target.target.name}/${family}`),
    timestamp: run.started.replace(/\.\d+Z?$|Z$/, ''),
    ...attributes(counts),
  });
  addProperties(suite, run, target);
  for (const entry of entries) {
    addCase(suite, target, entry);
  }
  return counts;
}

/** A suite whose only test is skipped: the server shows that nothing was run, and why. */
function addUnavailable(root: Element, run: CompatRun, target: TargetRun): Counts {
  const counts: Counts = { tests: 1, failures: 0, errors: 0, skipped: 1, milliseconds: 0 };
  const suite = root.ele('testsuite', { name: firstLine(target.target.name), ...attributes(counts) });
  addProperties(suite, run, target);
  suite
    .ele('testcase', {
      classname: className([target.target.name]),
      name: 'the target can be run',
      time: '0.000',
    })
    .ele('skipped', { message: firstLine(target.unavailable, 300) });
  return counts;
}

function addTarget(root: Element, run: CompatRun, target: TargetRun): Counts[] {
  if (target.unavailable !== '') {
    return [addUnavailable(root, run, target)];
  }
  const families = new Map<string, Entry[]>();
  for (const result of target.cases) {
    const entries = families.get(result.family) ?? [];
    families.set(result.family, entries);
    entries.push(...checksOf(result).map((check) => ({ result, check })));
  }
  return Array.from(families).map(([family, entries]) => addSuite(root, run, target, family, entries));
}

/**
 * The run as a JUnit XML document: one `testsuite` for each target and family, one `testcase` a check.
 *
 * @returns well-formed XML 1.0, whatever the tests have printed
 */
export function toJunit(run: CompatRun): string {
  const document = create({ version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\ufffd' });
  const root = document.ele('testsuites', { name: `tvisor compat: ${run.suite}` });
  const all = run.targets.flatMap((target) => addTarget(root, run, target));
  const sum = (name: keyof Counts): number => all.reduce((total, counts) => total + counts[name], 0);
  root.att(
    attributes({
      tests: sum('tests'),
      failures: sum('failures'),
      errors: sum('errors'),
      skipped: sum('skipped'),
      milliseconds: sum('milliseconds'),
    }),
  );
  return `${document.end({ prettyPrint: true })}\n`;
}
