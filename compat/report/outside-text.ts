/** What a run of somebody else's suite looks like on a terminal: there may be thousands of tests, and hundreds that fail. */
import { formatMachine } from '../../bench/machine.js';
import type { CaseResult, CompatRun, Outcome, TargetRun } from '../model.js';
import { formatGroups, groupFailures, tellingLine } from './groups.js';
import { familyTable, type Style, type Summary } from './terminal.js';
import { firstLine, visible } from './text.js';

/** Failures that are named one by one; there are groups and files for more. */
const MAX_NAMED = 40;
const LINE = 110;
const GROUPS = 20;

const outcomes: readonly Outcome[] = ['pass', 'fail', 'timeout', 'crash', 'broken', 'not-reached', 'skip'];

/** `814 pass, 102 fail, 242 skip`, and the sum of the suite's own counts where it has some. */
export function describeCounts(cases: readonly CaseResult[]): string {
  const own = new Map<string, number>();
  for (const { counts } of cases) {
    for (const [word, count] of Object.entries(counts)) own.set(word, (own.get(word) ?? 0) + count);
  }
  const parts = outcomes
    .map((outcome) => [outcome, cases.filter((result) => result.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  const words = Array.from(own).filter(([word]) => !outcomes.some((outcome) => outcome === word));
  const inner = words.map(([word, count]) => `${word} ${count}`).join(', ');
  return `${cases.length} tests: ${parts.join(', ')}${inner === '' ? '' : ` (${inner})`}`;
}

function describeRun(run: TargetRun, style: Style): string[] {
  const { target, unavailable, cases } = run;
  if (unavailable !== '') return [`${target.name}: ${style.bad('unavailable')}: ${visible(unavailable)}`];
  const about = [target.version, style.faint(target.command)].filter((text) => text !== '').join('  ');
  return [`${target.name}: ${about}`, `  ${describeCounts(cases)}`];
}

function describeFailure(target: string, result: CaseResult, style: Style): string {
  const detail = result.checks[0]?.detail ?? result.detail;
  const words = firstLine(tellingLine(detail), LINE);
  return `${target}: ${style.bad(result.outcome)} ${visible(result.name)}  ${style.faint(words)}`;
}

function describeSummary(run: TargetRun, summary: Summary, style: Style): string[] {
  const { target, regressions, known, improvements } = summary;
  const groups = groupFailures(run);
  const more = regressions.length - MAX_NAMED;
  return [
    ...regressions.slice(0, MAX_NAMED).map((result) => describeFailure(target, result, style)),
    ...(more > 0 ? [style.faint(`${target}: ${more} more unexpected failures`)] : []),
    ...(known === 0 ? [] : [style.faint(`${target}: ${known} tests fail as expected`)]),
    ...improvements.map((key) =>
      style.good(`${target}: improved: ${visible(key)} passes, and is listed as failing`),
    ),
    ...(groups.length === 0 ? [] : [`${target}: the largest groups of failures`]),
    ...formatGroups(groups, GROUPS),
  ];
}

/** The whole report as text, without a newline at its end. */
export function toOutsideText(run: CompatRun, summaries: readonly Summary[], style: Style): string {
  return [
    formatMachine(run.machine),
    ...run.targets.flatMap((target) => describeRun(target, style)),
    familyTable(run, style),
    ...summaries.flatMap((summary) => {
      const target = run.targets.find((entry) => entry.target.name === summary.target);
      return target === undefined ? [] : describeSummary(target, summary, style);
    }),
    `${run.seconds.toFixed(1)} s`,
  ].join('\n');
}
