/**
 * docs/compatibility.md: tvisor's own table of calls beside what the suite's checks of them came to. It is the same
 * wherever it is made: no times, no versions, no machine, nothing of other targets.
 */

import { type SyscallEntry, syscallTable } from '../../syscalls/table.js';
import type { CaseResult, CompatRun } from '../model.js';
import { fraction } from './figures.js';
import { markdownTable } from './markdown-table.js';
import { checksOf, computeMatrix, emptyCell, type Matrix } from './matrix.js';
import { count, escapeMarkdown, firstLine } from './text.js';

/** How the page is made again. */
export const REGENERATE = 'npm run docs:compat';

const STATUSES = ['full', 'partial', 'missing'] as const;
const CLASSES = ['native', 'notify', 'trace', 'refused'] as const;

const INTRO = `# Compatibility

<!-- Made by \`${REGENERATE}\` from syscalls/ and a run of compat/cases. Changes by hand are lost. -->

Every system call of Linux on x86-64, what tvisor does with it, and how many of the compatibility suite's checks about it pass.

- **Status** and **note** are from the table in \`syscalls/\`, the one that the seccomp filter and the dispatcher are made from.
  *full*: as Linux; *partial*: the note says what is missing; *missing*: \`ENOSYS\`.
- **Class** says who answers. *notify*: the sentry; *native*: the host kernel, because the call touches nothing but the caller's own
  memory, signals and clocks; *trace*: the host kernel, after the sentry has changed the arguments; *refused*: nobody, by policy.
- **Checks** are passed/all. A check is a part of a case in \`compat/cases\` that names the calls it is about; it passes if it prints
  in the sandbox, byte for byte, what it prints on the host's own Linux. It counts for each call that it names. No entry: no check
  is about the call, which says nothing about whether it works.
- What does not pass is listed below the table, with the reason. A check that fails and is not listed fails the tests, and then this
  page is not made at all: the numbers do not depend on the luck of a run.

[How to read the matrix](reading-the-matrix.md) tells how to compare other sandboxes, and what such numbers can and cannot say.`;

function totalsTable(): string {
  const number = (fits: (entry: SyscallEntry) => boolean): string => String(syscallTable.filter(fits).length);
  const rows = STATUSES.map((status) => [
    status,
    ...CLASSES.map((kind) => number((entry) => entry.status === status && entry.class === kind)),
    number((entry) => entry.status === status),
  ]);
  const sums = CLASSES.map((kind) => number((entry) => entry.class === kind));
  const right = ['---', ...CLASSES.map(() => '---:'), '---:'];
  return markdownTable(['calls', ...CLASSES, 'all'], [...rows, ['all', ...sums, number(() => true)]], right);
}

function totalsText(matrix: Matrix, cases: readonly CaseResult[]): string {
  const totals = matrix.totals[0];
  const checks = totals?.checks ?? emptyCell();
  const covered = totals?.coveredCalls ?? 0;
  return [
    `${count(cases.length, 'case')} with ${count(checks.total, 'check')} about ${covered} of the ${syscallTable.length} calls:`,
    `${checks.passed} pass, ${checks.total - checks.passed} are known gaps.`,
    `All checks pass for ${totals?.passingCalls ?? 0} of these calls.`,
  ].join(' ');
}

function callsTable(matrix: Matrix): string {
  const rows = syscallTable.map((entry) => {
    const cell = matrix.calls.get(entry.name)?.cells[0] ?? emptyCell();
    return [
      String(entry.nr),
      `\`${entry.name}\``,
      entry.class,
      entry.status,
      fraction(cell),
      escapeMarkdown(entry.note),
    ];
  });
  return markdownTable(['nr', 'call', 'class', 'status', 'checks', 'note'], rows, [
    '---:',
    '---',
    '---',
    '---',
    '---:',
  ]);
}

/** Cases that do not pass, with the checks that do not. */
function gapsTable(cases: readonly CaseResult[]): string {
  const rows = cases
    .filter(({ expected }) => expected === 'fail')
    .map((result) => {
      const failing = checksOf(result).filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip');
      const titles = failing.map(({ title }) => escapeMarkdown(firstLine(title)));
      return [
        `${result.family}/${escapeMarkdown(result.name)}`,
        titles.join('; '),
        escapeMarkdown(result.reason),
      ];
    });
  return rows.length === 0 ? 'None.' : markdownTable(['case', 'checks', 'why'], rows);
}

/** Why a run cannot be made into the page; empty if it can. */
export function unfitForPage(run: CompatRun): string {
  const [target, ...others] = run.targets;
  if (run.suite !== 'cases' || target === undefined || others.length > 0 || target.target.name !== 'tvisor') {
    return 'it must be a run of the cases on tvisor alone';
  }
  if (target.unavailable !== '') {
    return `tvisor was not run: ${target.unavailable}`;
  }
  const names = (list: CaseResult[]): string =>
    list.map(({ family, name }) => `${family}/${name}`).join(', ');
  const bad = target.cases.filter(
    (result) => result.expected === 'pass' && checksOf(result).some(({ outcome }) => outcome !== 'pass'),
  );
  if (bad.length > 0) {
    return `these cases should pass and did not: ${names(bad)}`;
  }
  const better = target.cases.filter(({ expected, outcome }) => expected === 'fail' && outcome === 'pass');
  return better.length === 0 ? '' : `these cases pass, but are listed as known gaps: ${names(better)}`;
}

/**
 * The page from a run of all cases on tvisor.
 *
 * @throws Error if the run is not fit for it (see `unfitForPage`)
 */
export function toCompatibilityPage(run: CompatRun): string {
  const unfit = unfitForPage(run);
  if (unfit !== '') {
    throw new Error(unfit);
  }
  const cases = (run.targets[0]?.cases ?? [])
    .slice()
    .sort((a, b) => (`${a.family}/${a.name}` < `${b.family}/${b.name}` ? -1 : 1));
  const matrix = computeMatrix(run);
  return `${[
    INTRO,
    '## Totals',
    totalsTable(),
    totalsText(matrix, cases),
    '## Calls',
    callsTable(matrix),
    '## Known gaps',
    'The cases that do not pass on tvisor, the checks in them that do not, and why.',
    gapsTable(cases),
  ].join('\n\n')}\n`;
}
